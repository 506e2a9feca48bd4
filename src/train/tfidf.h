/*
 * The baseline for unseen items: tf-idf over the same features as the words kernel.
 *
 *   v[i][w] = log(items / items with w) where i has w, else 0, divided by its L2 norm
 *   profile = sum over the history of decay(position) * v[item]
 *   score(i) = profile . v[i]
 *
 * A person's score is the cosine with the profile but for the profile's own norm, which orders
 * nothing. Features are a set, so that the frequency of a term is 1.
 */
#ifndef TACIT_TRAIN_TFIDF_H
#define TACIT_TRAIN_TFIDF_H

#include "base/error.h"
#include "train/cold.h"
#include "train/data.h"

struct tfidf {
	uint32_t items, words;
	uint64_t *start;		/* [items + 1] */
	uint32_t *word;			/* item i's start[i] .. start[i + 1] - 1 */
	float *value;
	float *profile;			/* [words]: work space */
};

/* What is chosen on validation items: how old events fade, and which words count. */
struct tfidf_config {
	float rho, power;		/* decay(r) = rho^r * (1 + r)^-power, r = 0 the newest */
	uint32_t least;			/* words of fewer items are left out */
};

int tfidf_new(const struct train_data *data, uint32_t least, struct tfidf *out,
	      struct error *error);
void tfidf_free(struct tfidf *tfidf);

/* The scores of all candidates by the user's events whose items are no candidates. */
void tfidf_score(struct tfidf *tfidf, const struct tfidf_config *config,
		 const struct train_data *data, const struct cold *cold, uint32_t user,
		 double *score);

/* Recall@20 over the people who took a candidate and have something else. */
int tfidf_measure(struct tfidf *tfidf, const struct tfidf_config *config,
		  const struct train_data *data, const struct cold *cold, struct cold_mean *out,
		  struct error *error);

/* The best of eight on the validation draw from `data`, from which test items are removed. */
int tfidf_choose(const struct train_data *data, struct tfidf_config *out, struct error *error);

#endif
