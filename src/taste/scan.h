/*
 * Finding the best items of a whole catalogue exactly, at the cost of one pass over its int8 rows.
 *
 * h is rounded to int16 with a shift s. The rounded score of an item differs from its exact one
 * by at most 2^(s-1) * L1(q[i]) * q_scale[i], because each component of h moved by at most
 * 2^(s-1). Every item whose upper bound reaches the k-th best lower bound is scored again exactly;
 * no other item can be among the first k.
 */
#ifndef TACIT_TASTE_SCAN_H
#define TACIT_TASTE_SCAN_H

#include <stdint.h>

#include "base/fixed.h"
#include "pack/pack.h"

struct scan_hit {
	fixed_wide score;		/* exact */
	uint32_t item;
};

/* Work space for one pack, reused between answers; not shared between threads. */
struct scan;
struct scan *scan_new(const struct pack *pack);
void scan_free(struct scan *scan);

/* Rounded scores of all items for state h and a length bucket (FOLD_NO_BUCKET: no intercepts).
 * `excluded` is a bitmap [items] (NULL: none) of items that are no candidates; `bonus` (NULL: none)
 * is added, 2^-20 [items]. */
void scan_pass(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
	       const int32_t *bonus);

/* After a pass: the exact first k (fewer where there are fewer candidates), best first, ties by
 * the lower item number. Returns how many. `examined` (may be NULL): how many were scored again. */
uint32_t scan_top(struct scan *scan, uint32_t k, struct scan_hit *out, uint32_t *examined);

/* A pass and the exact first k at once, for whoever needs nothing else of it: the same list, from
 * about half of the bytes. Afterwards scan_score may be called, scan_rank and scan_log_share not
 * until the next pass. The first call makes a copy of Q of half its size. */
uint32_t scan_first(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
		    const int32_t *bonus, uint32_t k, struct scan_hit *out, uint32_t *examined);

/* After a pass: how many candidates rank before `item` (0 = it is first); exact. */
uint32_t scan_rank(struct scan *scan, uint32_t item);

/* After a pass: the exact score of an item, with intercept and bonus. */
fixed_wide scan_score(const struct scan *scan, uint32_t item);

/* After a pass: log2 of the item's share of the softmax over all candidates, 2^-20 (<= 0), from
 * its exact score and the rounded scores of the others. */
int32_t scan_log_share(struct scan *scan, fixed_wide score);

/* After a pass: what of it scan_log_share needs, for whoever keeps it beyond the next pass. */
struct scan_share {
	int64_t top;
	int right;			/* shift of the unit of the pass to 2^-20 */
	int shift;
	int32_t sum;			/* log2, 2^-20 */
};
void scan_share_make(struct scan *scan, struct scan_share *out);
int32_t scan_share_log(const struct scan_share *share, fixed_wide score);

#endif
