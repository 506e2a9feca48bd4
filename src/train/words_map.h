/*
 * The map M from the words of things had to the words of a thing looked for, in closed form:
 *
 *   M = (X'X + a I)^-1 (X'X - D) (G'G + b I)^-1
 *
 * X: a row for each person, the sum of the word vectors f of what they had over the root of how
 * much it was; D: what of X'X comes of a thing and itself, so that nothing is learned from having
 * the thing already; G: the vectors of all things had by anybody. It is the least-squares map
 * from what people had to the words of what else they had, ridged on both sides.
 */
#ifndef TACIT_TRAIN_WORDS_MAP_H
#define TACIT_TRAIN_WORDS_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

#define WORDS_OF_ITEM 64

/* Which words each item has: item i's known[i * WORDS_OF_ITEM] .. + n[i] - 1, ascending. */
struct words_table {
	uint32_t items, words;
	uint32_t *known;
	uint8_t *n;
};

struct words_map {
	uint32_t words;
	float *had, *other, *all;	/* X'X, X'X - D, G'G: [words][words], symmetric */
	float *idf;			/* [words]: squared log of items / items with the word */
	double scale;			/* mean diagonal of X'X */
};

/* f: the vector of an item is added, `weight` times, to a dense one. */
void words_add(const struct words_table *table, uint32_t item, float weight, float *out);

/* `learned` [items]: the items that count, of others nothing is read. */
int words_map_new(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		  const struct words_table *table, const bool *learned, struct words_map *out,
		  struct error *error);
void words_map_free(struct words_map *map);

/* M [words][words] with a = first * the mean diagonal of X'X, b = second. */
int words_map_solve(const struct words_map *map, float first, float second, float *m,
		    struct error *error);
/* The factor on idf that gives it the size of M (Frobenius norm). */
float words_map_size(const struct words_map *map, const float *m);

/* The best M of that rank as left' right, both [rank][words], in the metrics of X'X + a I and
 * G'G + b I (what scores are made of): subspace iteration from a fixed start. */
int words_map_factor(const struct words_map *map, float first, float second, const float *m,
		     uint32_t rank, float *left, float *right, struct error *error);

/* words_choose.c: what validation says. */
struct words_choice {
	float rho;			/* how what was had fades */
	float first, second;		/* of words_map_solve */
	float diagonal;			/* of idf, in sizes of M */
	float share;			/* of the ridge's scores, beside one of the map's */
	float ridge, map;		/* factors on either's scores that come of it */
	uint32_t extra;			/* 0: the ridge alone */
	float kin, kin_rho, kin_power;	/* factor on cosines of kin (kin.h), and their bank */
};

struct follow_model;
int words_choose(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		 const uint32_t *count, const struct follow_model *model,
		 const struct words_table *table, struct words_choice *out, struct error *error);

/* words.c: the ridge, rows [words][banks + 1][dim], on items with learned[i]. */
int words_ridge(const struct words_table *table, const uint32_t *count, const bool *learned,
		const struct follow_model *model, float *row, struct error *error);

#endif
