/*
 * The popularity baseline: items ordered by how often they were taken in what was learned from,
 * and what is told of suggestions beside it. A method that ranks below this has learned nothing.
 */
#ifndef TACIT_TRAIN_POPULAR_H
#define TACIT_TRAIN_POPULAR_H

#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

struct popular {
	uint32_t items, people;		/* people with any event that was learned from */
	uint32_t *taken;		/* [items]: events */
	uint32_t *takers;		/* [items]: people, each once */
	uint32_t *place;		/* [items]: 0 = most events; ties by the lower number */
};

/* Counts events start[u] .. end[u] - 1 of each user. */
int popular_count(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		  struct popular *out, struct error *error);
void popular_free(struct popular *popular);

/* How many items are before `item` when those of left_out (each once, without `item`) are no
 * candidates. */
uint32_t popular_rank(const struct popular *popular, uint32_t item, const uint32_t *left_out,
		      uint32_t count);

/* -log2 of the share of people who had it; as if one had where nobody did. */
double popular_novelty(const struct popular *popular, uint32_t item);

#endif
