/*
 * What a policy would have earned, from the log of another one (off-policy evaluation). A row of
 * the log is one display: the item, where it stood, the chance that the logging policy gave it
 * there, and whether it was clicked. A policy is a table choice[position][item]; at each position
 * it sums to 1.
 *
 *	w = choice / propensity
 *	IPS     mean of w r				(Horvitz and Thompson 1952)
 *	SNIPS   sum of w r / sum of w			(Swaminathan and Joachims 2015)
 *	DR      mean of  sum_a choice(a) q(a) + w (r - q)	(Dudik, Langford and Li 2011)
 *
 * q is a direct model of clicks, learned on rows that are not evaluated. Errors are standard errors
 * over rows; of SNIPS by linearisation. Usual sizes: ten thousand to millions of rows, tens of
 * items, a few positions.
 */
#ifndef TACIT_TRAIN_BANDIT_H
#define TACIT_TRAIN_BANDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct bandit_row {
	int64_t time;			/* ms */
	uint32_t item;			/* 0 .. items - 1 */
	uint16_t position;		/* 0 .. positions - 1 */
	uint16_t clicked;		/* 0 or 1 */
	double propensity;		/* 0 < propensity <= 1 */
};

struct bandit_log {
	struct bandit_row *row;		/* [rows], in the order of time */
	uint64_t rows;
	uint32_t items, positions;
};

/* Counts of some rows. */
struct bandit_counts {
	uint32_t items, positions;
	uint64_t *shown, *clicked;	/* [positions * items] */
	double rate;			/* clicks of all displays */
};

/* Counts rows from .. to - 1. What learns from them below needs a rate above 0. */
int bandit_count(const struct bandit_log *log, uint64_t from, uint64_t to,
		 struct bandit_counts *out, struct error *error);
void bandit_counts_free(struct bandit_counts *counts);

/* Whether the logging policy took account of the position: the propensities of an item differ more
 * between positions than within one (an F ratio above 10). */
bool bandit_by_position(const struct bandit_log *log);

/* Policies into choice[positions * items]. Popular takes the item with the best click rate so far,
 * of equal ones the one shown more often, then the first. Where by_position is false, the counts of
 * all positions are one. */
void bandit_uniform(const struct bandit_counts *counts, double *choice);
void bandit_popular(const struct bandit_counts *counts, bool by_position, double *choice);
/* As often as the counted rows showed it. */
void bandit_shown(const struct bandit_counts *counts, double *choice);
/* Thompson sampling: of each item a click rate is drawn from its posterior, the largest is shown.
 * The prior is Beta(1, 1 / rate - 1), or Beta(1, 1) for rates above 1/2: the rate of all, with the
 * weight of one click. */
int bandit_thompson(const struct bandit_counts *counts, bool by_position, double *choice,
		    struct error *error);

/* The direct model q[positions * items]: the click rate of an item at a position, smoothed by one
 * click at the item's rate, which is smoothed by one click at the rate of all. */
void bandit_model(const struct bandit_counts *counts, double *q);

/* bandit_best.c: the probability that a draw from Beta(alpha[i], beta[i]) is the largest of all, by
 * numerical integration, into chance[count]; every alpha and beta at least 1. They are scaled to
 * sum to 1; *missed (may be NULL) is by how much they missed it before, which measures the
 * integration: below 1e-9 for usual sizes, and above 1e-6 it is an error. O(nodes * count). */
int bandit_best(const double *alpha, const double *beta, uint32_t count, double *chance,
		double *missed, struct error *error);

struct bandit_estimate {
	uint64_t rows;			/* whose weight is above 0 */
	double ips, ips_error, snips, snips_error, dr, dr_error;
};

/* Estimates the clicks per display of a policy on rows from .. to - 1. `q`: NULL for a model that
 * is zero. The variance of a few clicks with unequal weights is mostly found too small, as the
 * heavy ones have not happened yet. So each variance has one click more (as in the intervals of Fay
 * and Feuer 1997, which take the largest weight) of the mean weight of a click, sum of w^2 / sum of
 * w; where no row with a weight was clicked, 1.96 errors reach as far as the rule of three does
 * (Hanley and Lippman-Hand 1983), 3 clicks of the largest weight. */
int bandit_estimate(const struct bandit_log *log, uint64_t from, uint64_t to,
		    const double *choice, const double *q, struct bandit_estimate *out,
		    struct error *error);

/* The mean click rate of rows from .. to - 1 under their own policy, in all three places: every
 * weight is 1. */
void bandit_on_policy(const struct bandit_log *log, uint64_t from, uint64_t to,
		      struct bandit_estimate *out);

#endif
