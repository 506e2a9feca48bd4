/* Time of the week and return rates, in whole numbers. */
#include "again.h"

#include <stdbool.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "taste/strength.h"

#define MINUTE_MS 60000
#define DAY_MINUTES 1440
#define FADE_MINUTES 1440
#define SKIP_MS 30000		/* a shorter listen was a skip */
#define AGAIN_PRIOR 5

/* week of events so many half hours apart: on the same kind of day, and on the other. (1 + 5 k) / m
 * and (1 + 5 k / 2) / m with k = exp(-(q / 2)^2 / (2 * 1.5^2)) and m = 1.78332, the mean of the
 * first over a day; rounded to 2^-20. */
static const int32_t week[2][25] = {
	{
		3527943, 3369065, 2942120, 2371161, 1796640, 1321075, 985869, 781228, 671971,
		  620651, 599357, 591529, 588977, 588237, 588047, 588002, 587993, 587991,
		  587991, 587991, 587991, 587991, 587991, 587991, 587991
	}, {
		2057967, 1978528, 1765055, 1479576, 1192315, 954533, 786930, 684609, 629981,
		  604321, 593674, 589760, 588484, 588114, 588019, 587996, 587992, 587991,
		  587991, 587991, 587991, 587991, 587991, 587991, 587991
	},
};

/* How many of the things taken at least 1, 2, 3, 4 times were taken once more, by half of the
 * people of foursquare-nyc (bench/again.c): 2^-20. */
static const int32_t usual[AGAIN_TIMES] = { 359128, 678155, 828992, 905021 };

static int32_t act_strength(const struct vault_history *history, uint32_t e)
{
	int32_t one = strength_of(history, &e, 1);

	if (history->verb[e] == ACT_LISTEN && history->duration[e] != ACT_NONE &&
	    history->duration[e] < SKIP_MS)
		return -FIXED_ONE / 4;
	return one;
}

/* Minutes since 1970 where the clock shows `zone`. */
static int64_t local_minutes(int64_t time, int16_t zone)
{
	int64_t minutes = time / MINUTE_MS - (time % MINUTE_MS < 0);

	return minutes + (zone == ACT_ZONE_UNKNOWN ? 0 : zone);
}

static int64_t day_of(int64_t minutes)
{
	return minutes / DAY_MINUTES - (minutes % DAY_MINUTES < 0);
}

/* 1970-01-01 was a Thursday: Saturday and Sunday are days 2 and 3 from there. */
static bool weekend(int64_t minutes)
{
	int64_t day = (day_of(minutes) % 7 + 7) % 7;

	return day == 2 || day == 3;
}

static int32_t week_of(const struct vault_history *history, uint32_t e, int64_t now, int16_t zone)
{
	int64_t then = local_minutes(history->time[e], history->zone[e]), here, apart;

	if ((history->flags[e] & ACT_DATE_ONLY) != 0)
		return FIXED_ONE;
	here = local_minutes(now, history->zone[e] == ACT_ZONE_UNKNOWN ? ACT_ZONE_UNKNOWN : zone);
	apart = (here - day_of(here) * DAY_MINUTES) - (then - day_of(then) * DAY_MINUTES);
	apart = apart < 0 ? -apart : apart;
	apart = apart > DAY_MINUTES / 2 ? DAY_MINUTES - apart : apart;
	return week[weekend(then) != weekend(here)][(apart + 15) / 30];
}

int64_t again_value(const struct vault_history *history, uint32_t e, int64_t now, int16_t zone,
		    bool of_week)
{
	int64_t age = now > history->time[e] ? (now - history->time[e]) / MINUTE_MS : 0;
	int64_t value = fixed_multiply(act_strength(history, e),
				       fixed_power_law((uint64_t)age, FADE_MINUTES));

	return of_week ? fixed_multiply(value, week_of(history, e, now, zone)) : value;
}

int16_t again_zone(const struct vault_history *history, uint32_t from, uint32_t until,
		   uint32_t skip)
{
	uint32_t e = until;

	while (e-- > from)
		if (e != skip && history->zone[e] != ACT_ZONE_UNKNOWN &&
		    (history->flags[e] & ACT_DATE_ONLY) == 0)
			return history->zone[e];
	return ACT_ZONE_UNKNOWN;
}

void again_rates(const uint32_t *times, size_t items, int32_t rate[AGAIN_TIMES])
{
	uint64_t things[AGAIN_TIMES + 1] = { 0 };
	size_t i;
	uint32_t n;

	for (i = 0; i < items; i++)
		for (n = 0; n <= AGAIN_TIMES && n < times[i]; n++)
			things[n]++;
	for (n = 0; n < AGAIN_TIMES; n++)
		rate[n] = (int32_t)(((things[n + 1] << FIXED_BITS) +
				     AGAIN_PRIOR * (uint64_t)usual[n]) / (things[n] + AGAIN_PRIOR));
}
