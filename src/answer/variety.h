/*
 * Variety: a list that is made one by one, each time the item with the largest
 *
 *	score - variety * VARIETY_COST * (how alike it is to the most alike of those picked already)
 *
 * which is maximal marginal relevance (Carbonell and Goldstein 1998) on exact scores, exactly over
 * the whole catalogue. Alike is 0 .. 1 in 2^-20: the cosine of the int8 rows of Q, cut at 0; where
 * an item has no row, the words that both have over the words that either has. The same creator
 * directly before counts as wholly alike, so that the same hand does not come twice in a row
 * without paying for it. The cost is a cause of its own (reason "variety").
 */
#ifndef TACIT_ANSWER_VARIETY_H
#define TACIT_ANSWER_VARIETY_H

#include "answer/answer.h"

#define VARIETY_COST 4		/* at 100 %: as much less likely as e^-4, about one in 55 */

struct variety_pick {
	uint32_t item;
	uint32_t like;			/* what it is most like; FOLD_NO_ITEM where cost 0 */
	int64_t cost;			/* 2^-20, taken off its score */
};

/* The first `count` of a catalogue after a scan_pass, best first, with `variety` in 2^-20; fewer
 * where there are fewer candidates. Every item is looked at that could be among them: all whose
 * score is at most variety * VARIETY_COST below the count-th best. Cost: one dot of rows for each
 * of these and each pick. */
int variety_pick(struct scan *scan, const struct pack *pack, int32_t variety, uint32_t count,
		 struct variety_pick *out, uint32_t *got, struct error *error);

/* The same over things that are given, best first: score[n] in 2^-20, alike(context, a, b) of two
 * of them, `next` whether b stands right after a. out[].item and .like are indices into these. */
typedef int32_t variety_alike(const void *context, uint32_t a, uint32_t b, bool next);
int variety_order(const int64_t *score, uint32_t n, variety_alike *alike, const void *context,
		  int32_t variety, uint32_t count, struct variety_pick *out, uint32_t *got,
		  struct error *error);

/* How alike two texts of words are ("A|B"): those in both over those in either, 2^-20. */
int32_t variety_words(const char *a, const char *b);

/* Takes the cost off a suggestion as its cause; `like` is the title it is like. The array of
 * causes has room for one more. */
void variety_charge(struct tacit_suggestion *suggestion, int64_t cost, const char *like);

#endif
