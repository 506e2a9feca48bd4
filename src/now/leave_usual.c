/* When the person usually comes; see leave.h. */
#include "leave.h"

#include "base/fixed.h"
#include "places/quantile.h"

#define ENOUGH 5
#define DAYS 56
#define MINUTE_MS 60000LL

/* 0 is Monday. */
static int of_week(int64_t day)
{
	return (int)(visit_of_week(day * VISIT_DAY_MS) / VISIT_DAY_MS);
}

static bool of_sort(int64_t day, int64_t today, bool weekday)
{
	int a = of_week(day), b = of_week(today);

	return weekday ? a == b : (a >= 5) == (b >= 5);
}

bool leave_usual(const struct visit *visits, size_t count, uint32_t place, int64_t today,
		 struct leave_usual *out)
{
	static const int32_t shares[3] = { FIXED_ONE / 5, FIXED_ONE / 2, TRIPS_Q80 };
	int64_t first[DAYS], value;
	bool data[DAYS] = { false };
	struct quantile_value list[DAYS];
	struct leave_usual usual;
	size_t n, i;
	int64_t k;
	int sort;

	for (k = 0; k < DAYS; k++)
		first[k] = VISIT_DAY_MS;
	for (i = 0; i < count; i++) {
		int64_t arrive = visit_local(visits[i].arrive, visits[i].zone);
		int64_t from = visit_day(arrive) - (today - DAYS);
		int64_t until = visit_day(visit_local(visits[i].leave, visits[i].zone)) -
				(today - DAYS);

		if (visits[i].place == place && from >= 0 && from < DAYS &&
		    arrive - visit_day(arrive) * VISIT_DAY_MS < first[from])
			first[from] = arrive - visit_day(arrive) * VISIT_DAY_MS;
		for (k = from < 0 ? 0 : from; k <= until && k < DAYS; k++)
			data[k] = true;
	}
	for (sort = 1; sort >= 0; sort--) {
		usual = (struct leave_usual){ .weekday = sort };
		n = 0;
		for (k = 0; k < DAYS; k++) {
			if (!of_sort(today - DAYS + k, today, sort))
				continue;
			usual.of += data[k];
			if (first[k] < VISIT_DAY_MS)
				list[n++] = (struct quantile_value){ first[k], FIXED_ONE };
		}
		if (n >= ENOUGH)
			break;
	}
	if (n < ENOUGH)
		return false;
	quantile_sort(list, n);
	for (i = 0; i < 3; i++) {
		quantile_of(list, n, 0, shares[i], &value);
		usual.arrive[i] = (int32_t)value;
	}
	usual.days = (uint32_t)n;
	usual.chance = (int32_t)(((2 * (int64_t)n + 1) * FIXED_ONE) / (2 * (int64_t)usual.of + 2));
	*out = usual;
	return true;
}

int64_t leave_habit_start(const struct leave_usual *usual, int which, int64_t day, int16_t zone)
{
	return day * VISIT_DAY_MS + usual->arrive[which] - zone * MINUTE_MS;
}
