/*
 * What is learned from and what is held out, per person in time order, and the figures that come
 * of ranking all items for the held-out events.
 */
#ifndef TACIT_TRAIN_SPLIT_H
#define TACIT_TRAIN_SPLIT_H

#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

enum split_protocol {
	SPLIT_LEAVE_ONE_OUT,	/* the last event tests, the one before validates */
	SPLIT_LAST_FIFTH,	/* the last fifth tests, the last fifth of the rest validates */
	SPLIT_VALIDATE_ONLY,	/* the last event validates, nothing tests: for making a pack */
};

/* Of user u: events start[u] .. fit_end[u] - 1 fit, up to valid_end[u] validate, up to
 * test_end[u] test. */
struct split {
	uint32_t users;
	uint64_t *start, *fit_end, *valid_end, *test_end;	/* [users] */
};

int split_make(const struct train_data *data, enum split_protocol protocol, struct split *out,
	       struct error *error);
void split_free(struct split *split);

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
