/*
 * Where the person usually is at a time of the week, and when they usually leave one place for
 * another. Past weeks vote; each answer says how many did.
 *
 *	P(at p | tau) = (sum w_i x_i + a q) / (sum w_i + a)
 *
 * over slots i, a quarter of an hour apart, where something is known: x_i is whether the person was
 * at p, q the share of all known time at p, a = 2 (the weight of two weeks), and
 *
 *	w_i = exp(-days / 60) * exp(-d_i^2 / 2 (30 min)^2) * c_i / 5	(slots of a bump: 5)
 *
 * with d_i the distance of the times of day, and c = 1 on the same day of the week, 1/2 on another
 * weekday for a weekday, 1/2 on the other day of a weekend, 0 between a weekday and a weekend (a
 * kernel estimate, Nadaraya 1964, Watson 1964, with a Beta prior). Time in no visit is not known,
 * and tells nothing.
 */
#ifndef TACIT_PLACES_PRESENCE_H
#define TACIT_PLACES_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "places/visit.h"

/* Bits of days of the week, Monday first. */
#define PRESENCE_DAY(day) (1U << (day))
#define PRESENCE_WEEKDAYS 0x1fU
#define PRESENCE_WEEKEND 0x60U
#define PRESENCE_ANY 0x7fU

struct presence_share {
	uint32_t place;
	int32_t share;			/* 2^-20 */
	uint32_t weeks, held;		/* that time of the week was known; at p then */
};

/* The shares of all places at a time of the week (ms since Monday 00:00), as seen at `now`: of the
 * visits in the order of arrival those that began before it. Fills up to `most` shares of places
 * that were visited then at all or have more than 1/1024, largest first, of equals the lower place;
 * *count says how many. TACIT_E_MEMORY. Cost: linear in visits. */
int presence_at(const struct visit *visit, size_t visits, int64_t now, int64_t of_week,
		struct presence_share *out, size_t most, size_t *count, struct error *error);

struct presence_departure {
	uint32_t days;			/* of those days: where the person left `from` at all */
	uint32_t moves;			/* of them with a move to `to` */
	/* Times of day of the first such move of a day, ms since its midnight (above a day: after
	 * the next one): what 10, 50 and 90 of 100 are not later than. -1 with fewer than five. */
	int64_t q10, q50, q90;
};

/*
 * Departures from a place to another (VISIT_NOWHERE: to anywhere) on days of a set, from `since`
 * to before `now`. A move is a visit at `from` and the next visit at `to`, which begins within
 * three hours. A day goes from the hour at which the fewest of these moves begin, so that a shift
 * that begins about midnight is not torn. Quantiles are values that occurred: the ceil(q n)-th
 * smallest.
 */
struct presence_move {
	uint32_t from, to;
	unsigned days;
	int64_t since, now;		/* ms */
};

/* TACIT_E_MEMORY. Cost: linear in visits, and a sort of the moves. */
int presence_departure(const struct visit *visit, size_t visits, const struct presence_move *move,
		       struct presence_departure *out, struct error *error);

#endif
