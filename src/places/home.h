/*
 * Home and work from visits, as claims that hold for a span. A claim below HOME_SURE is "not
 * sure": it says where the evidence points, and nothing may rest on it.
 *
 * Home. A week (seven days from noon to noon, counted from the first) shows the place with the
 * most time, if half of the week is known and the place has at least 4/3 of the next one's time.
 * The confidence is the mean posterior over the weeks of the claim of a hidden Markov chain in
 * which a base changes about once in five years, journeys begin three times a year and last four
 * weeks in the mean, and data begin as often on a journey as not (home_chain.h). So a month in a
 * hotel is no home, and a new home is believed after some fifteen weeks, or after eight where a
 * place of before (work) goes on being visited: a week with a place visited on three to six of its
 * days, four hours each, as in a third of all weeks or more, and under two bases if weeks show
 * several, is twice as likely at the base.
 *
 * A second home (weekends; a week here and a week there) is no base. A place is one if in most
 * fortnights a spell of at least two days in a row began there, each day with more time than
 * anywhere else and one session of 16 hours or more among them, and if it has more than a fifth of
 * the days:
 *
 *	confidence = P(Beta(1 + k, 1 + f - k) > 1/2) * P(Beta(1 + w s, 1 + w (1 - s)) > 1/5)
 *
 * of k of f >= 4 fortnights, and a share s of the days of w weeks, from its first to its last day.
 *
 * Work. A day at work is a session of 4 to 14 hours at a place that is no home; a week shows the
 * place with the most days, if at least three. The chain is the same, with jobs that change once in
 * three years, and an engagement elsewhere every 15 months for five weeks. The confidence is its
 * mean posterior times
 *
 *	P(Beta(1 + r, 1 + n - r) > 1/2) * P(Beta(1 + b, 1 + n - b) < 1/3)
 *
 * for r of the n days that began within 75 minutes of their circular mean, and b of them on which
 * the person spent more time there than anywhere: a friend's place is. Who comes at any hour
 * is a student or a customer; who works 12-hour shifts is not claimed.
 *
 * Beta bounds are with a uniform prior (Bayes 1763). What the person confirmed is a claim of 2^20
 * from the word on; what they rejected is claimed never; a place told to be something else is not
 * claimed either.
 *
 * Cost: linear in visits, plus some ms for each year of weeks.
 */
#ifndef TACIT_PLACES_HOME_H
#define TACIT_PLACES_HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/fixed.h"
#include "places/places.h"

#define HOME_SURE ((FIXED_ONE * 4 + 4) / 5)

struct home_claim {
	uint32_t place;
	enum place_kind kind;		/* PLACE_HOME or PLACE_WORK */
	int64_t from, until;		/* ms: first arrival, last leaving of the span */
	bool open;			/* it still was so when the data end */
	bool told;			/* the person's word */
	bool second;			/* by the rule of second homes */
	int32_t confidence;		/* 2^-20; FIXED_ONE only if told */
	uint32_t weeks, held;		/* known weeks (fortnights if second); with the place */
};

struct homes {
	size_t count;
	struct home_claim *list;	/* by kind, then from, then place */
};

/* Visits in the order of arrival, with places of the list. Fills *out (home_free).
 * TACIT_E_MEMORY. */
int home_find(const struct visit *visit, size_t visits, const struct place *place, size_t places,
	      struct homes *out, struct error *error);
void home_free(struct homes *homes);

/* Sets the kind of each place that is not told by the sure claims that hold at `now`, else
 * PLACE_OTHER. */
void home_mark(const struct homes *homes, int64_t now, struct place *place, size_t places);

/* The sure claim of a kind that holds at a time: told before inferred, then the most confident;
 * NULL for "not sure". An open claim holds on after the data end. */
const struct home_claim *home_at(const struct homes *homes, enum place_kind kind, int64_t time);

#endif
