/*
 * Choosing how much each part of a model says about the next year: a factor for every bank of
 * `follow`, every bank of the pairs and the intercepts, by NDCG@100 of what people took in the last
 * stretch of their events (a set: its order does not count), found by what was before it.
 *
 * The score of every item is kept part by part for some hundred people, so that a factor is tried
 * in one pass. Coordinate search over a small grid: each factor in turn, kept where it raises the
 * figure by more than a thousandth.
 */
#ifndef TACIT_TRAIN_HEADS_H
#define TACIT_TRAIN_HEADS_H

#include "train/fit.h"

struct heads;

/* The people of split->set_from .. set_to, as many as fit in `bytes` of scores, by the parts of a
 * model that was fitted without these events. *out NULL where there are none. TACIT_E_MEMORY. */
int heads_new(const struct train_data *data, const struct split *split,
	      const struct fit_config *config, const struct fit_model *model, double bytes,
	      struct heads **out, struct error *error);
void heads_free(struct heads *heads);

uint32_t heads_people(const struct heads *heads);
/* NDCG@100 of the sum as it stands; at first all factors are 1. */
double heads_quality(const struct heads *heads);

/* The weight under which `model` adds most to the sum, and what it makes. */
float heads_try(struct heads *heads, const struct closed_model *model, double *quality);
void heads_add(struct heads *heads, const struct closed_model *model, float weight);

/* Searches; the factors of the banks of the model that heads_new got, in out's order. */
void heads_search(struct heads *heads, struct fit_head *out);

#endif
