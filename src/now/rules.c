/* Told rules; see rules.h. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "now/news.h"
#include "now/news_words.h"

int rules_rule_make(enum rules_kind kind, const char *topic, struct rules_rule *out,
		    struct error *error)
{
	uint64_t word[RULES_WORDS + 1];
	size_t count = news_words(topic, word, 0, RULES_WORDS + 1);

	if (count == 0)
		return error_set(error, TACIT_E_ARGUMENT, "a rule needs a topic, a word at least");
	if (count > RULES_WORDS)
		return error_set(error, TACIT_E_ARGUMENT,
				 "a topic of more than %d words: say it in fewer", RULES_WORDS);
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->count = count;
	memcpy(out->word, word, count * sizeof(*word));
	return 0;
}

int rules_read(const char *sentence, struct rules_rule *out, struct error *error)
{
	static const struct {
		const char *begins;
		enum rules_kind kind;
	} forms[] = {
		{ "no ", RULES_NO }, { "never ", RULES_NO }, { "more about ", RULES_MORE },
		{ "more ", RULES_MORE }, { "always ", RULES_ALWAYS },
	};
	size_t i;

	sentence += strspn(sentence, " \t");
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strncasecmp(sentence, forms[i].begins, strlen(forms[i].begins)) == 0)
			return rules_rule_make(forms[i].kind, sentence + strlen(forms[i].begins),
					       out, error);
	return error_set(error, TACIT_E_ARGUMENT, "'%.80s' is no rule: say \"no X\", "
			 "\"more about X\" or \"always FEED\"", sentence);
}

void rules_make(const struct rules_rule *list, size_t count, struct rules *out)
{
	size_t i;

	*out = (struct rules){ count, list, 0 };
	for (i = 0; i < count; i++)
		out->any |= 1ULL << (list[i].word[0] & 63);
}

static bool among(uint64_t wanted, const uint64_t *word, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (word[i] == wanted)
			return true;
	return false;
}

static bool about(const struct rules_rule *rule, const uint64_t *word, size_t count,
		  const uint64_t *feed_word, size_t feed_count)
{
	size_t i;

	for (i = 0; i < rule->count; i++)
		if (!among(rule->word[i], feed_word, feed_count) &&
		    (rule->kind == RULES_ALWAYS || !among(rule->word[i], word, count)))
			return false;
	return true;
}

enum rules_verdict rules_judge(const struct rules *rules, const uint64_t *word, size_t count,
			       const uint64_t *feed_word, size_t feed_count)
{
	enum rules_verdict verdict = RULES_NOTHING;
	uint64_t have = 0;
	size_t i;

	for (i = 0; i < count; i++)
		have |= 1ULL << (word[i] & 63);
	for (i = 0; i < feed_count; i++)
		have |= 1ULL << (feed_word[i] & 63);
	if ((have & rules->any) == 0)
		return verdict;
	for (i = 0; i < rules->count; i++) {
		if (!about(&rules->list[i], word, count, feed_word, feed_count))
			continue;
		if (rules->list[i].kind == RULES_NO)
			return RULES_OUT;
		verdict = RULES_UP;
	}
	return verdict;
}

struct dated {
	int64_t time;
	size_t item;
};

static int newest_first(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time) - (x->time > y->time) :
	       (x->item > y->item) - (x->item < y->item);
}

int rules_test(const struct rules_rule *rule, const struct news_item *items, size_t count,
	       const char *const *feeds, uint32_t feed_count, bool *hit, struct rules_report *out,
	       struct error *error)
{
	struct dated *order = malloc((count + 1) * sizeof(*order));
	struct rules rules;
	size_t i;

	if (order == NULL)
		return error_memory(error);
	memset(out, 0, sizeof(*out));
	rules_make(rule, 1, &rules);
	for (i = 0; i < count; i++) {
		order[i] = (struct dated){ items[i].time, i };
		if (hit != NULL)
			hit[i] = false;
	}
	qsort(order, count, sizeof(*order), newest_first);
	for (i = 0; i < count && i < RULES_TEST_ITEMS; i++) {
		const struct news_item *item = &items[order[i].item];
		uint64_t word[NEWS_WORDS_MOST], feed[NEWS_WORDS_MOST];
		size_t words = news_words(item->title, word, 0, NEWS_WORDS_MOST), names = 0;
		enum rules_verdict verdict;

		words = news_words(item->words, word, words, NEWS_WORDS_MOST);
		if (item->feed < feed_count)
			names = news_words(feeds[item->feed], feed, 0, NEWS_WORDS_MOST);
		verdict = rules_judge(&rules, word, words, feed, names);
		out->items++;
		out->removed += verdict == RULES_OUT;
		out->raised += verdict == RULES_UP;
		out->removed_read += verdict == RULES_OUT && item->read;
		out->raised_read += verdict == RULES_UP && item->read;
		if (hit != NULL)
			hit[order[i].item] = verdict != RULES_NOTHING;
	}
	free(order);
	return 0;
}
