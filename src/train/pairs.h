/*
 * Item-to-item weights as a pack keeps them: of the weighted sum of closed forms, for each item the
 * pairs that weigh most.
 */
#ifndef TACIT_TRAIN_PAIRS_H
#define TACIT_TRAIN_PAIRS_H

#include "train/closed.h"

struct pairs {
	uint32_t items, banks;
	struct closed_bank bank[LIMIT_PAIR_BANKS];
	uint64_t *start;		/* [items + 1] */
	uint32_t *item;			/* [start[items]], ascending within a row */
	float *value;			/* [start[items]][banks] */
};

/* Banks of all models side by side; models without weights add none. At most `most` pairs of each
 * item. Cost: a pass over the dense weights. */
int pairs_make(struct closed_model *const *model, const float *weight, uint32_t models,
	       uint32_t items, uint32_t most, struct pairs **out, struct error *error);
void pairs_free(struct pairs *pairs);

#endif
