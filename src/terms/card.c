/* Each part has its own allowance of words; the sum of the allowances is within CARD_WORDS. */
#include "card.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "terms/budget.h"
#include "terms/purpose.h"
#include "terms/shape.h"

struct card {
	char *out;
	size_t size;
};

static void put(struct card *card, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct card *card, const char *format, ...)
{
	va_list list;
	int written;

	va_start(list, format);
	written = vsnprintf(card->out + card->size, CARD_BYTES - card->size, format, list);
	va_end(list);
	assert(written >= 0 && (size_t)written < CARD_BYTES - card->size);
	card->size += (size_t)written;
}

/* At most `words` words and 96 bytes of somebody's text, made safe to print. */
static void put_quoted(struct card *card, const char *text, int words)
{
	char safe[97];
	size_t size = text_safe(text, text_cut(text, strlen(text), 90), safe, sizeof(safe));
	bool cut = size < strlen(text);
	size_t first = strspn(safe, " "), i, end = first;

	for (i = first; i < size; i++) {
		if (safe[i] != ' ')
			end = i + 1;
		else if (safe[i - 1] != ' ' && --words == 0)
			break;
	}
	cut = cut || i < size;
	put(card, "\"%.*s%s\"", (int)(end - first), safe + first, cut ? "…" : "");
}

size_t card_words(const char *text)
{
	size_t words = 0;
	bool inside = false;

	for (; *text != 0; text++) {
		bool blank = *text == ' ' || *text == '\n';

		words += !blank && !inside;
		inside = !blank;
	}
	return words;
}

/* Up to 17 words. What choose gives is a set at every precision. */
static void put_list(struct card *card, const struct ask *ask)
{
	char guess[24];

	switch (ask->precision) {
	case NOTCH_SILENT:
		put(card, "nothing; you alone see the order.");
		break;
	case NOTCH_SUBSET:
		budget_guess_words(ask->epsilon, guess);
		put(card, "%u of %u things, unordered; guessing your favourite between two: right"
		    " %s.", ask->limit, ask->candidates, guess);
		break;
	default:
		put(card, ask->type == TYPE_CHOOSE ? "your best %u of %u things, unordered"
						   : "your order of the first %u of %u things",
		    ask->limit, ask->candidates);
		put(card, ask->precision == NOTCH_REASONS ? ", with reasons." : ".");
	}
}

/* Up to 16 words: a yes is one to questions of this kind, and the card says so. */
static void put_question(struct card *card, const struct ask *ask)
{
	switch (ask->question_kind) {
	case QUESTION_OVER:
		put(card, "whether you are as old as it asks, now %u.", ask->over);
		return;
	case QUESTION_LIKES:
		put(card, "whether you like things it names, now ");
		break;
	case QUESTION_HAD:
		put(card, "whether you had things it names, now ");
		break;
	default:
		put(card, "what you said about ");
	}
	put_quoted(card, ask->about, 8);
	put(card, ".");
}

/* Up to 15 words for facts (12 of them and three), 14 for a question. */
static void put_leaves(struct card *card, const struct ask *ask)
{
	uint32_t i;

	put(card, "Leaves: ");
	if (ask->type == TYPE_RANK || ask->type == TYPE_CHOOSE) {
		put_list(card, ask);
		return;
	}
	if (ask->type == TYPE_ANSWER) {
		put_question(card, ask);
		return;
	}
	for (i = 0; i < ask->facts; i++) {
		put(card, i == 0 ? "" : ", ");
		put_quoted(card, ask->fact[i], 1);
	}
	put(card, ".");
}

/* Up to 11 words. */
static void put_back(struct card *card, const struct ask *ask)
{
	put(card, "\nBack: ");
	if (ask->offers)
		put(card, "%llu.%02u %s", (unsigned long long)(ask->amount / 100),
		    (unsigned)(ask->amount % 100), ask->unit);
	if (ask->offers && ask->declared != NULL)
		put(card, "; ");
	if (ask->declared != NULL) {
		put(card, "in its words ");
		put_quoted(card, ask->declared, 5);
	}
	put(card, !ask->offers && ask->declared == NULL ? "nothing said." : ".");
}

/* A key says nothing to a person; enough of it stands there to tell two programs apart. */
static void put_client(struct card *card, const char *client)
{
	if (shape_key(client, NULL))
		put(card, "a program with key %.16s…", client);
	else
		put(card, "%s", client);
}

size_t card_write(const struct ask *ask, char out[CARD_BYTES])
{
	struct card card = { out, 0 };

	put_client(&card, ask->client);				/* 5 words */
	put(&card, " (");
	put_quoted(&card, ask->name, 3);
	put(&card, ") asks about your %s.\n", ask->domain);	/* 7 */
	put_leaves(&card, ask);					/* 18 */
	put(&card, "\nFor: %s", purpose_words(ask->purpose));	/* 5 */
	put_back(&card, ask);					/* 11 */
	if (ask->retention == 0)
		put(&card, "\nKept: not at all");		/* 7 */
	else
		put(&card, "\nKept: %u day%s", ask->retention, ask->retention == 1 ? "" : "s");
	if (ask->others)
		put(&card, "; handed on to others");		/* 4 */
	put(&card, ".");
	assert(card_words(out) <= CARD_WORDS);
	return card.size;
}
