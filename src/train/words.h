/*
 * `words`: what an item's words say about its rows, for items that nobody in the training data
 * had, and for titles outside the catalogue. Two maps, side by side in the rows of a word:
 *
 * Ridge regression from word indicators to the rows of P and Q, in the columns of the model:
 *   W = (F' D F + lambda I)^-1 F' D Y,  F[i][w] = 1 / sqrt(words of i),  D = log2(1 + count).
 *
 * Where validation says that it helps, a map from the words of what was had to the words of what
 * is looked for, in columns of their own (src/train/words_map.h): of what was had they stand in
 * a bank of their own, whose decay is chosen too, and in Q they are zero but for items that nobody
 * had. So items with events score as without them.
 *
 * Beside both, what nobody had has pairs with its kin (src/train/kin.h), where that helps.
 *
 * How they are weighed and how many columns there are is chosen on a tenth of the items with
 * events, as if they had none (src/train/words_choose.c).
 */
#ifndef TACIT_TRAIN_WORDS_H
#define TACIT_TRAIN_WORDS_H

#include <stdint.h>

#include "train/data.h"
#include "train/follow.h"

#define WORDS_MAX 1024		/* the most frequent words of the catalogue are kept */

struct words_model {
	uint32_t words, dim;		/* dim: the model's */
	uint32_t extra;			/* columns of the map between words, behind the model's */
	uint32_t banks;			/* the model's, and the map's where extra > 0 */
	float rho;			/* of the map's bank */
	float kin, kin_rho, kin_power;	/* 0: none; else as words_choice has them */
	uint64_t *key;			/* [words] ascending */
	float *row;			/* [words][banks + 1][dim + extra]: the P rows, then Q */
};

/* Fits on items with training events (count[items]): those from start[u] to end[u] - 1 of each
 * user. A catalogue without words gives 0 words. */
int words_fit(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const uint32_t *count, const struct follow_model *model, struct words_model *out,
	      struct error *error);
void words_free(struct words_model *words);

/* The rows of item i, [banks + 1][dim + extra]: with training events the model's own, widened by
 * what its words say of it as a thing had; without, those that its words predict (0 without
 * words). */
void words_rows(const struct train_data *data, const uint32_t *count,
		const struct words_model *words, const struct follow_model *model, uint32_t item,
		float *out);

#endif
