/*
 * The terms of `again` (again.c): what one event adds to its thing, and how likely a thing that was
 * taken so often comes again.
 *
 *	term(e) = a(e) * (1 + age(e) / 1 day)^-1/2 * week(e, now) * rate[times taken]
 *	week    = (1 + 5 d(days) exp(-(hours apart)^2 / (2 * 1.5^2))) / (its mean over a day)
 *
 * d is 1 between two weekdays or two days of a weekend, else 1/2. Hours are the person's: those of
 * the event in its zone, and of now in the zone of the newest event that has one; an event without
 * a zone is compared in UTC. A date without a time of day has week 1, the mean.
 */
#ifndef TACIT_ANSWER_AGAIN_H
#define TACIT_ANSWER_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/vault.h"

#define AGAIN_TIMES 4			/* taken once, twice, three times, more often */

/* a(e) * age * week, 2^-20; where things are taken once, the time of week counts for nothing. */
int64_t again_value(const struct vault_history *history, uint32_t e, int64_t now, int16_t zone,
		    bool of_week);

/* The zone of the newest of events from..until-1 that has one, without `skip` (UINT32_MAX). */
int16_t again_zone(const struct vault_history *history, uint32_t from, uint32_t until,
		   uint32_t skip);

/* The person's own return rates: of the things taken at least n times, how many were taken again,
 * shrunk to what others do as if they had had five more things. `times` [items]. */
void again_rates(const uint32_t *times, size_t items, int32_t rate[AGAIN_TIMES]);

/* The rate of a thing taken so many times (1 at least). */
static inline int32_t again_rate(const int32_t rate[AGAIN_TIMES], uint32_t times)
{
	return rate[times < AGAIN_TIMES ? times - (times > 0) : AGAIN_TIMES - 1];
}

#endif
