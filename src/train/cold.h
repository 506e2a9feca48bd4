/*
 * Unseen items: a tenth of the items that have words is taken out of the data, so that nothing is
 * learned from it, and each person who took one of them is asked for it, given all else that they
 * had.
 */
#ifndef TACIT_TRAIN_COLD_H
#define TACIT_TRAIN_COLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

#define COLD_FIRST 20		/* the places that count */

/* Which items are unseen, and who took which of them. */
struct cold {
	uint32_t users, items;
	const uint64_t *first, *end;	/* [users], borrowed: events that are looked at */
	uint32_t candidates;
	uint32_t *candidate;		/* [candidates] ascending: the unseen items */
	uint32_t *place;		/* [items]: among the candidates, UINT32_MAX for others */
	uint64_t *start;		/* [users + 1] */
	uint32_t *taken;		/* user u's start[u] .. start[u + 1] - 1: places */
};

enum cold_draw { COLD_TEST, COLD_VALIDATE };

/* Whether a hash of the item's id puts it into the tenth; the two draws have nothing to do with
 * each other. An item without words is never drawn. */
bool cold_is_drawn(const struct train_item *item, enum cold_draw draw);

/* Draws among the items that have an event among those from first[u] to end[u] - 1 of each user;
 * both [users] stay the caller's. */
int cold_find(const struct train_data *data, const uint64_t *first, const uint64_t *end,
	      enum cold_draw draw, struct cold *out, struct error *error);
void cold_free(struct cold *cold);

/* Removes all events of the unseen items; a person may be left without any. data->start changes:
 * where it is the bounds of `cold` they go on to hold. */
void cold_remove(const struct cold *cold, struct train_data *data);

/* Whether the user took a candidate and has an event of something else. */
bool cold_has_both(const struct cold *cold, const struct train_data *data, uint32_t user);

/* Recall@20 of one person by the scores of all candidates: found / min(20, taken). Of equal
 * scores the earlier candidate in a shuffled order counts as the better one. */
double cold_recall(const struct cold *cold, uint32_t user, const double *score);

/* A mean over people. */
struct cold_mean {
	uint64_t people;
	double sum, squares;
};
void cold_mean_add(struct cold_mean *mean, double value);
double cold_mean(const struct cold_mean *mean);

/* What a random order makes of it on average. */
double cold_chance(const struct cold *cold);

#endif
