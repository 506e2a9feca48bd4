/*
 * Kin of things that nobody had: the things with events whose words are most like theirs, by the
 * cosine of tf-idf vectors (tfidf.h). The map between words knows what many things share; rare
 * words, such as the name of a series, tell only which other things bear them, and that is kept
 * here as pairs from a thing had to a thing that nobody had.
 */
#ifndef TACIT_TRAIN_KIN_H
#define TACIT_TRAIN_KIN_H

#include <stdbool.h>
#include <stdint.h>

#include "train/closed.h"
#include "train/data.h"
#include "train/pairs.h"

#define KIN_MOST 100			/* of one thing */

struct kin {
	uint32_t items;
	uint64_t *start;		/* [items + 1]: of items with `wanted` */
	uint32_t *from;			/* [start[items]]: items with `learned` */
	float *value;			/* cosines, above 0 */
};

/* Cost: for each wanted item the things that share a word with it, of words in at most KIN_COMMON
 * items. TACIT_E_MEMORY. */
#define KIN_COMMON 20000
int kin_make(const struct train_data *data, const bool *learned, const bool *wanted,
	     struct kin *out, struct error *error);
void kin_free(struct kin *kin);

/* Sum of the kin's weights[items] times their cosines. */
float kin_score(const struct kin *kin, const float *weights, uint32_t item);

/* The pairs of `other` (NULL: none) and, in a bank behind theirs, those of kin times `factor`. */
int kin_pairs(const struct kin *kin, const struct closed_bank *bank, float factor,
	      const struct pairs *other, struct pairs **out, struct error *error);

#endif
