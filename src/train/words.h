/*
 * `words`: what an item's words say about its rows, for items that nobody in the training data
 * had, and for titles outside the catalogue. Ridge regression from word indicators to the rows
 * of P and Q:  W = (F' D F + lambda I)^-1 F' D Y,  F[i][w] = 1 / sqrt(words of i),
 * D = log2(1 + count).
 */
#ifndef TACIT_TRAIN_WORDS_H
#define TACIT_TRAIN_WORDS_H

#include <stdint.h>

#include "train/data.h"
#include "train/follow.h"

#define WORDS_MAX 1024		/* the most frequent words of the catalogue are kept */

struct words_model {
	uint32_t words, columns;	/* columns = (banks + 1) * dim: the P rows, then Q */
	uint64_t *key;			/* [words] ascending */
	float *row;			/* [words][columns] */
};

/* Fits on items with training events (count[items]). A catalogue without words gives 0 words. */
int words_fit(const struct train_data *data, const uint32_t *count,
	      const struct follow_model *model, struct words_model *out, struct error *error);
void words_free(struct words_model *words);

/* Gives items without training events the rows that their words predict (0 without words). */
void words_fill(const struct train_data *data, const uint32_t *count,
		const struct words_model *words, struct follow_model *model);

#endif
