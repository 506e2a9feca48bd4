/*
 * Where next: a chance for each place of the person's own history, and one for somewhere new. Only
 * that history votes. Each move j (from visit j - 1 to visit j, at time t_j) votes for its place
 * with
 *
 *	v_j = age_j * (1 + a near_j) * (1 + b wide_j) * order_j * (1 + c same_j / 4)
 *
 * near and wide: bumps exp(-d^2 / 2 s^2) over the distance d of the times of day, smaller between a
 * weekday and the weekend (wide: larger on the same weekday). order: if move j began where the
 * person is, 1 + e ((n + 5) / (n_here + 1))^1/4, and more if the place before is the same too
 * (order 2); if only one of the two was the one before, a little. same: how many pairs of the last
 * four places are equal. age: a decay with days and moves, and a shorter memory of some moves:
 * exp(-days / 125) / (1 + moves / 256) + (exp(-moves / 4) + exp(-moves / 16)) / 5. So where the
 * place was left often, what followed it decides, and else the time of the day, and else what is
 * frequent: a back-off without steps (Nadaraya 1964, Watson 1964: an average weighted by likeness).
 *
 * The share of a place is V^p / sum V^p over places, V = f g sum of its votes: f for places seen
 * once, twice, five times at most; g for how long ago it was last seen (a place of this morning is
 * less likely, one of this time yesterday more). p makes chances of shares: it is fitted on the
 * person's own latest 128 moves, each predicted from what was before, by penalised likelihood
 * about a usual value. The chance of the likeliest place is at last what such a chance meant at
 * these moves, m = (8 c + sum k_i came_i) / (8 + sum k_i), k_i = exp(-(c - c_i)^2 / 2 (0.1)^2); all
 * others share the rest as before. Where the hour of arrival is not known half of the share is
 * the mean over what it could be: four quantiles of the times that such moves took.
 *
 * Somewhere new: the mean of "this move led to a new place" over the moves, with weights
 * sqrt(v_j / age_j) exp(-moves / 32), with a prior of some moves; the places share the rest.
 *
 * All constants were chosen on the moves between 60 and 80 per cent of each history of a check-in
 * data set (bench/onward.c). Shares are rounded once, at the end. Cost: linear in the visits, the
 * newest ONWARD_MOST of which are used.
 */
#ifndef TACIT_PLACES_ONWARD_H
#define TACIT_PLACES_ONWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "places/visit.h"

#define ONWARD_MOST 2048		/* visits */
#define ONWARD_GUESSES 16

struct onward;

/* What is asked: in both the person is where the last visit was. */
enum onward_ask {
	ONWARD_LEAVING,			/* `when` is the leaving; when they arrive is not known */
	ONWARD_ARRIVING			/* `when` is about when they arrive */
};

struct onward_guess {
	uint32_t place;
	int32_t chance;			/* 2^-20 */
	/* The counts behind it: moves to this place from the last two places in order; from the
	 * last place; within an hour of this time of day on the same kind of day; at all. */
	uint32_t order2, order1, hour, visits;
	int64_t last;			/* ms: its latest visit began */
};

/* chances of list + others + fresh = FIXED_ONE, exactly. Without history all is fresh. */
struct onward_answer {
	size_t count;
	struct onward_guess list[ONWARD_GUESSES];	/* likeliest first; of equals the later */
	int32_t others;			/* known places that are not listed */
	int32_t fresh;			/* somewhere new, or nowhere in particular */
	uint32_t moves, new_moves;	/* that were counted; that led to somewhere new */
};

/* Visits in the order of arrival; what is VISIT_NOWHERE was somewhere new each time. Takes a copy.
 * Free with onward_free(). TACIT_E_MEMORY. */
int onward_learn(const struct visit *visit, size_t visits, struct onward **out,
		 struct error *error);
void onward_free(struct onward *onward);

/* One more visit, later than the others; the fit stays. TACIT_E_MEMORY. */
int onward_add(struct onward *onward, const struct visit *visit, struct error *error);

/* From now on visits that are added say where the person is, but teach nothing. For measuring. */
void onward_freeze(struct onward *onward);

/* TACIT_E_MEMORY. */
int onward_next(const struct onward *onward, enum onward_ask ask, int64_t when, int16_t zone,
		struct onward_answer *out, struct error *error);

#endif
