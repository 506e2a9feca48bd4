/*
 * What the prompts of a kind were good for in the last 28 days: counts, how early they came, and
 * their effect: how much more often what a prompt wanted came about when it was said than when it
 * was withheld by the draw.
 *
 * Each decision of known end weighs 1 / (the chance of its state once chosen), so that a hold-out
 * share that changed meanwhile shifts nothing (Horvitz and Thompson 1952; shares as in Hajek 1971).
 * A decision that could only go one way tells nothing of the effect and is left out.
 *
 * The interval is 95 %, from Wilson intervals of both shares (Newcombe 1998, "Interval estimation
 * for the difference between independent proportions", method 10), n being (sum of
 * weights)^2 / sum of squares (Kish 1965). With one hold-out share it is the plain one of counts.
 */
#ifndef TACIT_NOW_SCORECARD_H
#define TACIT_NOW_SCORECARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "now/prompt.h"

#define SCORECARD_DAYS 28
#define SCORECARD_FEWEST 5	/* on either side, else the effect is not known */

struct discipline_entry;

struct scorecard_effect {
	bool known;
	int32_t effect, low, high;			/* 2^-20, -ONE .. ONE */
	/* Decisions whose end is known, and of these those where it came about. */
	uint32_t said, said_achieved, withheld, withheld_achieved;
};

struct scorecard_kind {
	uint32_t said, withheld, used, dismissed, creepy;
	bool minutes_known;
	int32_t minutes;	/* median early, below 0 late; of two middles the lower */
	uint32_t minutes_count;
	struct scorecard_effect effect;
};

/* out[PROMPT_KINDS] from the decisions of now - 28 days (without) .. now (with). The log may be in
 * any order. TACIT_E_MEMORY: nothing in out. */
struct error;
int scorecard_make(const struct discipline_entry *log, size_t count, int64_t now,
		   struct scorecard_kind *out, struct error *error);

/* Weighted sums of one side: what is needed for a share and its interval. */
struct scorecard_side {
	double weight, square, achieved;	/* sums of w, of w^2, of w where it came about */
	uint32_t count, count_achieved;
};

/* Adds an entry with that factor on its weight, where its end is known and it could have gone the
 * other way. side[0] is withheld, side[1] said. */
void scorecard_add(struct scorecard_side side[2], const struct discipline_entry *entry,
		   double factor);
void scorecard_compare(const struct scorecard_side side[2], struct scorecard_effect *out);
/* The Wilson interval of share of n, in doubles, z = 1.96 deviations. */
void scorecard_wilson(double share, double n, double *low, double *high);

#endif
