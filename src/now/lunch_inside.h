/* What lunch.c and lunch_score.c share. */
#ifndef TACIT_NOW_LUNCH_INSIDE_H
#define TACIT_NOW_LUNCH_INSIDE_H

#include "now/lunch.h"
#include "places/visit.h"

#define LUNCH_BACK_CLASSES 5
#define LUNCH_BINS 4
#define LUNCH_AGES 8192			/* quarters of a day; older ones count as the last */
#define LUNCH_AGE_MS (6 * 3600000LL)
#define LUNCH_FROM (11 * 3600000LL)
#define LUNCH_UNTIL (14 * 3600000LL + 1800000LL)

struct lunch_event {
	int64_t time, day;		/* ms UTC; local day */
	int32_t of_week;		/* ms since local Monday */
	uint32_t place;
	int16_t weather;
	bool noon, meal;		/* meal: the first of this place on this day's noon */
};

struct lunch_known {
	const struct lunch_place *place;
	size_t place_count, count;
	struct lunch_event *event;	/* by time */
	int32_t memory[LUNCH_AGES];	/* 2^-20 */
	int32_t week;			/* strength of days of the week: 0, 1, 3 */
	int32_t back[LUNCH_BACK_CLASSES];	/* r, 2^-20 */
	uint32_t asked[LUNCH_BINS], taken[LUNCH_BINS];
	uint32_t meals, fresh;		/* fresh: at a place that was new then */
};

struct lunch_sum {
	int64_t visits, week, weather, rest;
	uint32_t meals;			/* there, so far */
	int back;			/* class */
};

/* Of all places from the first `count` events, as of a time; places[] has room for all. */
void lunch_sums(const struct lunch_known *known, size_t count, int64_t now, int32_t of_week,
		int16_t weather, struct lunch_sum *sums);
/* The event's number from which on nothing is known at `now`. */
size_t lunch_until(const struct lunch_known *known, int64_t now);
int lunch_bin(int64_t share);

static inline int64_t lunch_total(const struct lunch_sum *sum)
{
	return sum->visits + sum->week + sum->weather + sum->rest;
}

#endif
