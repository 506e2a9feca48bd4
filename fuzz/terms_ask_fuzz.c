/* Asks of any bytes: what is read is within its limits, has a card, and is its own canonical form's. */
#include "../src/terms/document.c"
#include "../src/terms/canonical.c"
#include "../src/terms/ask.c"

#include "replay.h"
#include "terms/card.h"
#include "terms/decide.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes form = BYTES_INIT, again = BYTES_INIT;
	const struct budget all = { 0, 0 };
	struct decision decision;
	struct ask *ask = NULL, *twin = NULL;
	struct document *tree = NULL;
	struct error error = { 0 };
	char card[CARD_BYTES];

	if (document_read((const char *)data, size, &tree, &error) != 0) {
		must(error.code != 0 && tree == NULL);
		must(ask_read((const char *)data, size, &ask, &error) != 0);
		return 0;
	}
	must(canonical_write(document_root(tree), NULL, &form) == 0);
	document_free(tree);
	must(document_read((const char *)form.data, form.size, &tree, &error) == 0);
	must(canonical_write(document_root(tree), NULL, &again) == 0);
	must(form.size == again.size && memcmp(form.data, again.data, form.size) == 0);
	document_free(tree);
	if (ask_read((const char *)data, size, &ask, &error) == 0) {
		must(ask_read((const char *)form.data, form.size, &twin, &error) == 0);
		must(twin->type == ask->type && twin->candidates == ask->candidates);
		must(ask->limit <= ask->candidates && ask->facts <= LIMIT_ASK_FACTS);
		must(card_write(ask, card) < CARD_BYTES && card_words(card) <= CARD_WORDS);
		decide_ask(ask, NULL, NULL, 0, &all, ask->issued, &decision);
		must(decision.outcome == OUTCOME_PENDING || decision.outcome == OUTCOME_DENY);
		must(decision.notch == NOTCH_OFF && decision.epsilon == 0);
	}
	ask_free(ask);
	ask_free(twin);
	bytes_free(&form);
	bytes_free(&again);
	return 0;
}
