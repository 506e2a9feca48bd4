/*
 * What the prompts of a moment are computed from: plain arrays in the order of time. Nothing in
 * this room but read.h knows a vault.
 *
 * Times are ms since 1970 UTC. Whatever hangs on the time of the day or the week uses `zone`, the
 * minutes east of UTC that a clock on the wall there showed then, so that a change of clocks or a
 * journey moves nothing: local time = time + zone * 60,000.
 */
#ifndef TACIT_PLACES_VISIT_H
#define TACIT_PLACES_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#define VISIT_NOWHERE UINT32_MAX	/* a stay at no place of the person's */

struct visit {
	int64_t arrive, leave;		/* ms */
	uint32_t place;			/* index of a place, or VISIT_NOWHERE */
	int16_t zone;			/* minutes east of UTC */
	bool sure;			/* no gap within it */
};

#define VISIT_DAY_MS 86400000LL
#define VISIT_WEEK_MS (7 * VISIT_DAY_MS)

static inline int64_t visit_local(int64_t time, int16_t zone)
{
	return time + zone * 60000LL;
}

/* Days since Thursday 1970-01-01 of a local time, also before it. */
static inline int64_t visit_day(int64_t local)
{
	return (local >= 0 ? local : local - (VISIT_DAY_MS - 1)) / VISIT_DAY_MS;
}

/* ms since Monday 00:00 of a local time, 0 .. VISIT_WEEK_MS - 1. */
static inline int64_t visit_of_week(int64_t local)
{
	int64_t since = (local + 3 * VISIT_DAY_MS) % VISIT_WEEK_MS;

	return since < 0 ? since + VISIT_WEEK_MS : since;
}

#endif
