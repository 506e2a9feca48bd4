/*
 * What the person told about news, which always wins over what was inferred: "no politics" takes
 * items out, "more about chess" and "always The Feed" put them above all others. A rule's words
 * have to be among the words of the title, the names and the feed's name, all of them; those of
 * "always" in the feed's name. No wins over the others.
 */
#ifndef TACIT_NOW_RULES_H
#define TACIT_NOW_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define RULES_MOST 256
#define RULES_WORDS 16

enum rules_kind { RULES_NO, RULES_MORE, RULES_ALWAYS };

struct rules_rule {
	enum rules_kind kind;
	size_t count;			/* at least 1 */
	uint64_t word[RULES_WORDS];
};

struct rules {
	size_t count;
	const struct rules_rule *list;	/* the caller's */
	uint64_t any;			/* one bit for the first word of each rule */
};

enum rules_verdict { RULES_NOTHING, RULES_OUT, RULES_UP };

/* A rule of its topic ("politics"). TACIT_E_ARGUMENT: no word in it, or more than RULES_WORDS. */
int rules_rule_make(enum rules_kind kind, const char *topic, struct rules_rule *out,
		    struct error *error);
/* "no X", "never X", "more X", "more about X", "always X", in any case; TACIT_E_ARGUMENT for
 * anything else. */
int rules_read(const char *sentence, struct rules_rule *out, struct error *error);
/* Over the caller's list, which has to stay. */
void rules_make(const struct rules_rule *list, size_t count, struct rules *out);

/* word[] are of the title and names, feed_word[] of the feed's name (news_words.h). */
enum rules_verdict rules_judge(const struct rules *rules, const uint64_t *word, size_t count,
			       const uint64_t *feed_word, size_t feed_count);

/* What a rule would have done to the newest items, before it is saved. */
struct news_item;
#define RULES_TEST_ITEMS 500

struct rules_report {
	uint32_t items, removed, raised;
	uint32_t removed_read, raised_read;	/* of these, read by the person */
};

/* `feeds` are names of feeds, indexed by item.feed. hit[count] (may be NULL) tells of each item
 * whether the rule was about it and it was among the newest RULES_TEST_ITEMS. TACIT_E_MEMORY. */
int rules_test(const struct rules_rule *rule, const struct news_item *items, size_t count,
	       const char *const *feeds, uint32_t feed_count, bool *hit, struct rules_report *out,
	       struct error *error);

#endif
