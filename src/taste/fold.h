/*
 * Folding a history into a pack's model, in integers:
 *
 *   h = sum over entries e, banks b of  m(e, b) * p[x_e][b]        unit 2^-30, exact in int64
 *       + sum over values f of the moment of  m(f) * c[f]
 *   m(e, b) = strength(e) * theta_b * decay_b^r(e) * p_scale[x_e][b]   unit 2^-30
 *   m(f)    = c_scale[f], rounded once                             unit 2^-30
 *   score(i) = length[bucket(n)][i] + q_scale[i] * (q[i] . h)      unit 2^-62, exact in int128
 *
 * r(e) is the entry's position: 0 for the newest. Every score is the exact sum of what its entries
 * contribute, because both products are linear and nothing is rounded after m.
 */
#ifndef TACIT_TASTE_FOLD_H
#define TACIT_TASTE_FOLD_H

#include <stdint.h>

#include "base/fixed.h"
#include "base/limits.h"
#include "pack/pack.h"
#include "taste/dot.h"
#include "taste/head.h"

#define FOLD_NO_ITEM UINT32_MAX
#define FOLD_DIGITS 4			/* of 15 bits, in which h is multiplied */

/* One thing in a person's history, as the model sees it. Newest first in every array. */
struct fold_entry {
	uint32_t item;			/* in the pack, or FOLD_NO_ITEM: words only */
	int32_t strength;		/* 2^-20; 0 leaves a place but adds nothing */
	uint32_t word_count;		/* for words only: rows into pack->word_row */
	const uint32_t *word;
};

/* The decays of a pack by position times the thetas of a head, 2^-30 and below 2^32: weight[b][r],
 * and where every bank has faded to zero. Each is rounded down twice, the power and its product
 * with theta, so that a theta of 1 changes no bit. */
struct fold_decay {
	uint32_t weight[LIMIT_BANKS][LIMIT_HISTORY];
	uint32_t pair_weight[LIMIT_PAIR_BANKS][LIMIT_HISTORY];	/* of pairs.h */
	uint32_t banks, faded;		/* weights are all zero from `faded` on */
};

/* Of the head "next". */
void fold_decay_make(const struct pack *pack, struct fold_decay *decay);
void fold_decay_of(const struct pack *pack, const struct head *head, struct fold_decay *decay);

/* h[dim] of `count` entries (those beyond LIMIT_HISTORY or faded add nothing). `skip` leaves one
 * entry out as if it had never been (older ones move one position nearer), UINT32_MAX none.
 * Cost: entries * banks * dim multiply-adds. */
void fold_state(const struct pack *pack, const struct fold_decay *decay,
		const struct fold_entry *entry, uint32_t count, uint32_t skip, int64_t *h);

/* What the entry at position r adds to the state: added to h[dim]. */
void fold_add(const struct pack *pack, const struct fold_decay *decay,
	      const struct fold_entry *entry, uint32_t r, int64_t *h);

/* What a row of the pack's moments adds to the state, at strength 1: added to h[dim]. */
void fold_moment(const struct pack *pack, uint32_t row, int64_t *h);

/* q_scale[item] * (q[item] . h), exact. */
fixed_wide fold_dot(const struct pack *pack, const int64_t *h, uint32_t item);

/* The exact scores of items that are given, with intercept and bonus (2^-20 [items], NULL: none):
 * score[k] is that of item[k]. Cheaper than one by one from about four items on. */
void fold_scores(const struct pack *pack, const int64_t *h, uint32_t bucket, const int32_t *bonus,
		 const uint32_t *item, uint32_t count, fixed_wide *score);

/* A state taken apart for many such calls; `h` is borrowed. Aligned: not for plain malloc. */
struct fold_ready {
	struct dot_state digit[FOLD_DIGITS];
	const int64_t *h;
	bool split;				/* the digits hold h */
};
void fold_ready_make(const int64_t *h, uint32_t dim, struct fold_ready *out);
void fold_ready_scores(const struct pack *pack, const struct fold_ready *ready, uint32_t bucket,
		       const int32_t *bonus, const uint32_t *item, uint32_t count,
		       fixed_wide *score);

/* A title that the pack does not have, as a candidate: the Q rows of its words, as the trainer
 * gives them to an item that nobody had. Each row's scale is divided by the root of `count` and
 * rounded to 2^-32 once, so that this is linear in h and exact, as fold_dot is. */
fixed_wide fold_dot_words(const struct pack *pack, const int64_t *h, const uint32_t *row,
			  uint32_t count);
/* The intercept of such a title: that of the item which the fewest take, because nothing says that
 * more would take this one. Cost: a pass over a bucket's intercepts. */
fixed_wide fold_least_length(const struct pack *pack, uint32_t bucket);

/* length[bucket(n)][item] as wide, and the bucket; FOLD_NO_BUCKET where no intercept counts. */
#define FOLD_NO_BUCKET UINT32_MAX
uint32_t fold_bucket(const struct pack *pack, uint64_t n);
static inline fixed_wide fold_length(const struct pack *pack, uint32_t bucket, uint32_t item)
{
	return pack->length == NULL || bucket == FOLD_NO_BUCKET ? 0 :
	       (fixed_wide)pack->length[(size_t)bucket * pack->items + item] *
	       ((fixed_wide)1 << (FIXED_WIDE_BITS - 11));
}

#endif
