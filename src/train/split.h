/*
 * What is learned from and what is held out, per person in time order, and the figures that come
 * of ranking all items for the held-out events.
 *
 * Whatever the protocol, of each person: what is learned from is a first part of their events (or
 * nothing), what is held out lies behind it. A validating event is found by all that is before it,
 * tests by what is before the first of them.
 */
#ifndef TACIT_TRAIN_SPLIT_H
#define TACIT_TRAIN_SPLIT_H

#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

enum split_protocol {
	SPLIT_LEAVE_ONE_OUT,	/* the last event tests; the one before validates, of fewer than
				 * 3000 people up to five */
	SPLIT_LAST_FIFTH,	/* the last fifth tests, the last fifth of the rest validates */
	SPLIT_VALIDATE_ONLY,	/* the last events validate, nothing tests: for making a pack */
	/* People in the order of their first events: 85 % fit with all that they have, of the next
	 * 5 % the last fifth validates, of the last 10 % the last fifth tests, the rest folded in
	 * (strong generalisation, Liang et al. 2018): nobody is learned from whose events test. */
	SPLIT_LATER_PEOPLE,
	/* Events before the date that leaves 10 % of them are learned from; of each person with
	 * something before it, the first event from that date on whose item had been learned from
	 * tests. Validation is the same again within what is learned from. */
	SPLIT_TIME,
	/* As SPLIT_VALIDATE_ONLY, of data that unseen items were removed from (train/cold.h): these
	 * test, no events. */
	SPLIT_COLD_ITEMS,
};

/* Of user u: events start[u] .. fit_end[u] - 1 fit, valid_from[u] .. valid_to[u] - 1 validate;
 * then start[u] .. refit_end[u] - 1 fit again, test_from[u] .. test_to[u] - 1 test. */
struct split {
	uint32_t users;
	uint64_t *start, *fit_end, *valid_from, *valid_to;	/* [users] */
	uint64_t *refit_end, *test_from, *test_to;
	/* What the long view is chosen on, as a set: set_from[u] .. set_to[u] - 1, behind what fits
	 * and before what tests; empty for most. Where validation is too short for it, of some
	 * hundred people (at most a quarter) the last fifth is left out of what fits. */
	uint64_t *set_from, *set_to;
};

/* TACIT_E_FORMAT where there are too few people or dates for later people or a split in time. */
int split_make(const struct train_data *data, enum split_protocol protocol, struct split *out,
	       struct error *error);
void split_free(struct split *split);

/* The event behind a history of `length` events, of each user who tests and has that many before
 * one: from[u] .. to[u] - 1, empty for others. Both [users]. */
void split_at_length(const struct split *split, const struct train_data *data, uint64_t length,
		     uint64_t *from, uint64_t *to);

/* Sums over users; divide by `users` for means. */
struct split_metrics {
	uint64_t users, events;
	double hr5, hr10, hr20, ndcg10, mrr, recall20, recall50, ndcg100;
	double ndcg10_squares, mrr_squares;
};

/* One user: the ranks (0 = first) of the held-out items among all candidates, in any order.
 * A held-out item that is no candidate has rank UINT32_MAX.
 *   HR@k      1 if any is among the first k
 *   Recall@k  found / min(k, held out)
 *   NDCG@k    sum of 1 / log2(rank + 2) over that of the ideal order
 *   MRR       1 / (1 + best rank) */
void split_metrics_add(struct split_metrics *metrics, const uint32_t *rank, uint32_t count);

/* The standard error of a mean over n users, from the sum of their values and of the squares. */
double split_standard_error(double sum, double squares, uint64_t n);

#endif
