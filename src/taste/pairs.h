/*
 * Item-to-item weights of a pack, in integers: what a history adds to the scores of items that its
 * things have pairs with.
 *
 *   m(e, b)  = strength(e) * theta_b * d_b(r(e)) * pair_scale[x_e][b]  unit 2^-36, rounded
 *   term(e, i) = sum over b of m(e, b) * pair_value[x_e, i][b]        unit 2^-20, rounded once
 *   d_b(r) = rho_b^r (1 + r)^(-halves_b / 2)                          unit 2^-30
 *
 * Each term is a whole number, so that terms sum to what they add to a score to the bit.
 */
#ifndef TACIT_TASTE_PAIRS_H
#define TACIT_TASTE_PAIRS_H

#include "taste/fold.h"

/* The weights of each bank by position times the head's thetas, 2^-30; `faded` as in fold.h. Fills
 * its part of `decay`. */
void pairs_decay_make(const struct pack *pack, const struct head *head, struct fold_decay *decay);

/* sum[items] += the terms of the entry at position r. Cost: its pairs. */
void pairs_add(const struct pack *pack, const struct fold_decay *decay,
	       const struct fold_entry *entry, uint32_t r, int64_t *sum);

/* out[items] = base[items] (NULL: zeros) + the terms of all entries but `skip`, which is as if it
 * had never been; held within int32. `sum[items]` is work space, `base` may be `out`. */
void pairs_state(const struct pack *pack, const struct fold_decay *decay,
		 const struct fold_entry *entry, uint32_t count, uint32_t skip,
		 const int32_t *base, int64_t *sum, int32_t *out);

/* The term of one entry for one item. Cost: log2 of its pairs. */
int64_t pairs_term(const struct pack *pack, const struct fold_decay *decay,
		   const struct fold_entry *entry, uint32_t r, uint32_t item);

#endif
