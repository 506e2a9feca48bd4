/*
 * A weighted sum of models, its weights chosen on validation events: forward selection, each step
 * the part and weight that raise NDCG@10 most (after Caruana et al. 2004).
 *
 * The sum of the scores so far at every validating event is kept; a part that is tried is scored
 * once and judged under all weights of a grid in the same pass.
 */
#ifndef TACIT_TRAIN_BLEND_H
#define TACIT_TRAIN_BLEND_H

#include "train/closed.h"
#include "train/follow.h"

struct blend;

/* Events from[u] .. to[u] - 1 validate, each by the history before it; at most as many as fit in
 * `bytes` of scores, spread evenly. Begins with the scores of `follow` (folded; NULL: zeros). */
int blend_new(const struct train_data *data, const uint64_t *from, const uint64_t *to,
	      const struct follow_model *follow, const struct follow_config *config,
	      double bytes, uint32_t threads, struct blend **out, struct error *error);
void blend_free(struct blend *blend);

/* NDCG@10 of the sum as it stands. */
double blend_quality(const struct blend *blend);
/* Validating events that are looked at. */
uint32_t blend_events(const struct blend *blend);

/* The weight under which `model` adds most to the sum as it stands; *quality is what it makes. The
 * sum does not change. */
float blend_try(struct blend *blend, const struct closed_model *model, double *quality);
/* Of `count` (< 16) given weights the one that makes the best sum; 0 is always one of them. */
float blend_retry(struct blend *blend, const struct closed_model *model, const float *weight,
		  uint32_t count, double *quality);
/* Adds it. */
void blend_add(struct blend *blend, const struct closed_model *model, float weight);

/* The factor on all scores under which the softmax over candidates makes the validation events
 * likeliest. */
float blend_temperature(const struct blend *blend);

#endif
