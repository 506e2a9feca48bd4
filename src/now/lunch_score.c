/* Sums over own visits, and what is learnt from past meals; see lunch.h. */
#include "lunch_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"

#define MOST_EVENTS 2000
#define RATE_MEALS 150
#define CHANCE_MEALS 100
#define MEMORIES 4
#define SURE 1.0		/* deviations of a count that mean nothing */

static int by_time(const void *a, const void *b)
{
	const struct lunch_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

size_t lunch_until(const struct lunch_known *known, int64_t now)
{
	size_t low = 0, high = known->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (known->event[middle].time < now)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int back_class(uint32_t back)
{
	return back <= 2 ? (int)back - 1 : back <= 5 ? 2 : back <= 10 ? 3 : 4;
}

void lunch_sums(const struct lunch_known *known, size_t count, int64_t now, int32_t of_week,
		int16_t weather, struct lunch_sum *sums)
{
	int today = of_week / (int)VISIT_DAY_MS;
	uint32_t back = 0;
	size_t i;

	memset(sums, 0, known->place_count * sizeof(*sums));
	for (i = 0; i < known->place_count; i++)
		sums[i].back = LUNCH_BACK_CLASSES - 1;
	for (i = count; i-- > 0;) {
		const struct lunch_event *e = &known->event[i];
		struct lunch_sum *sum = &sums[e->place];
		int day = e->of_week / (int)VISIT_DAY_MS;
		int64_t age = (now > e->time ? now - e->time : 0) / LUNCH_AGE_MS;
		int64_t w = known->memory[age < LUNCH_AGES ? age : LUNCH_AGES - 1];

		if (!e->noon)
			w /= 4;
		sum->visits += w;
		sum->week += known->week * (day == today ? w / 2 :
					    (day >= 5) != (today >= 5) ? -(w / 4) : 0);
		if (weather != LUNCH_WEATHER_UNKNOWN && e->weather != LUNCH_WEATHER_UNKNOWN)
			sum->weather += e->weather == weather ? w / 4 : -(w / 4);
		if (e->meal) {
			back++;
			if (sum->meals++ == 0)
				sum->back = back_class(back);
		}
	}
	for (i = 0; i < known->place_count; i++)
		sums[i].rest = fixed_multiply(lunch_total(&sums[i]),
					      known->back[sums[i].back] - FIXED_ONE);
}

/* How often the person returned after k meals, over how often the sums alone would have it. Returns
 * the sum of the logarithms of the shares that the sums gave to what was taken. */
static double learn_rates(struct lunch_known *known, struct lunch_sum *sums)
{
	double had[LUNCH_BACK_CLASSES], expected[LUNCH_BACK_CLASSES];
	uint32_t left = RATE_MEALS;
	double likely = 0;
	size_t i, k;

	for (k = 0; k < LUNCH_BACK_CLASSES; k++)
		known->back[k] = FIXED_ONE;
	for (k = 0; k < LUNCH_BACK_CLASSES; k++)
		had[k] = expected[k] = 2;
	for (i = known->count; i-- > 0 && left > 0;) {
		const struct lunch_event *e = &known->event[i];
		int64_t all = 0;

		if (!e->meal)
			continue;
		left--;
		lunch_sums(known, i, e->time, e->of_week, e->weather, sums);
		for (k = 0; k < known->place_count; k++)
			all += lunch_total(&sums[k]);
		if (sums[e->place].visits == 0 || all <= 0)
			continue;
		had[sums[e->place].back]++;
		likely += log2((double)(lunch_total(&sums[e->place]) + 1) / (double)all);
		for (k = 0; k < known->place_count; k++)
			expected[sums[k].back] += (double)lunch_total(&sums[k]) / (double)all;
	}
	for (k = 0; k < LUNCH_BACK_CLASSES; k++) {
		double more = had[k] - expected[k], noise = SURE * sqrt(expected[k]);
		double rate = (expected[k] + (more > noise ? more - noise :
					      more < -noise ? more + noise : 0)) / expected[k];

		rate = rate < .25 ? .25 : rate > 4 ? 4 : rate;
		known->back[k] = (int32_t)(rate * FIXED_ONE + .5);
	}
	return likely;
}

/* (1 + age / unit)^-1/2, squared some times. */
static void remember(struct lunch_known *known, uint32_t unit, uint32_t squared)
{
	uint32_t age, k;

	for (age = 0; age < LUNCH_AGES; age++) {
		int64_t w = unit == 0 ? FIXED_ONE :
			    fixed_power_law((uint64_t)age * (LUNCH_AGE_MS / 1000), unit);

		for (k = 0; k < squared; k++)
			w = fixed_multiply(w, w);
		known->memory[age] = (int32_t)w;
	}
}

/* Whether the person goes by what was lately or by what was often, then by days of the week or not:
 * what made the past likeliest. */
static void learn_memory(struct lunch_known *known, struct lunch_sum *sums)
{
	/* 0: for ever. That is who has favourites and no phases. */
	static const uint32_t unit[] = { 86400, 90 * 86400, 14 * 86400, 0 };
	static const uint32_t squared[] = { 0, 0, 2, 0 };
	static const int32_t week[] = { 1, 0, 3 };
	double likely, most = -INFINITY;
	size_t k, best = 0, best_week = 0;

	for (k = 0; k < MEMORIES + 2; k++) {
		size_t memory = k < MEMORIES ? k : best, days = k < MEMORIES ? 0 :
				k - MEMORIES + 1;

		if (k <= MEMORIES)
			remember(known, unit[memory], squared[memory]);
		known->week = week[days];
		likely = learn_rates(known, sums);
		if (likely > most) {
			most = likely;
			best = memory;
			best_week = days;
		}
	}
	known->week = week[best_week];
	learn_rates(known, sums);
}

int lunch_bin(int64_t share)
{
	return share < FIXED_ONE / 8 ? 0 : share < FIXED_ONE / 4 ? 1 :
	       share < FIXED_ONE / 2 ? 2 : 3;
}

static void learn_chances(struct lunch_known *known, struct lunch_sum *sums)
{
	uint32_t left = CHANCE_MEALS;
	size_t i, k;

	for (i = known->count; i-- > 0;) {
		const struct lunch_event *e = &known->event[i];
		int64_t all = 0;
		size_t best = 0;
		int bin;

		if (!e->meal)
			continue;
		known->meals++;
		if (left == 0)
			continue;
		left--;
		lunch_sums(known, i, e->time, e->of_week, e->weather, sums);
		for (k = 0; k < known->place_count; k++) {
			all += lunch_total(&sums[k]);
			if (lunch_total(&sums[k]) > lunch_total(&sums[best]))
				best = k;
		}
		known->fresh += sums[e->place].meals == 0;
		if (all <= 0)
			continue;
		bin = lunch_bin((int64_t)((__int128)lunch_total(&sums[best]) * FIXED_ONE / all));
		known->asked[bin]++;
		known->taken[bin] += best == e->place;
	}
	if (known->meals > CHANCE_MEALS)
		known->meals = CHANCE_MEALS;
}

/* Copies the latest events in order, and marks meals. */
static int take_events(struct lunch_known *known, const struct lunch_visit *visits, size_t count,
		       int64_t now)
{
	struct lunch_event *event = malloc((count + 1) * sizeof(*event));
	size_t n = 0, i, k;

	if (event == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < count; i++) {
		int64_t local = visit_local(visits[i].time, visits[i].zone);
		int64_t of_day = local - visit_day(local) * VISIT_DAY_MS;

		if (visits[i].place >= known->place_count || visits[i].time >= now)
			continue;
		event[n++] = (struct lunch_event){
			visits[i].time, visit_day(local), (int32_t)visit_of_week(local),
			visits[i].place, visits[i].weather,
			of_day >= LUNCH_FROM && of_day < LUNCH_UNTIL, false };
	}
	if (n > 1)
		qsort(event, n, sizeof(*event), by_time);
	if (n > MOST_EVENTS) {
		memmove(event, event + n - MOST_EVENTS, MOST_EVENTS * sizeof(*event));
		n = MOST_EVENTS;
	}
	for (i = 0; i < n; i++) {
		event[i].meal = event[i].noon;
		for (k = i; k-- > 0 && event[k].day >= event[i].day - 1 && event[i].meal;)
			event[i].meal = !(event[k].meal && event[k].day == event[i].day &&
					  event[k].place == event[i].place);
	}
	known->event = event;
	known->count = n;
	return 0;
}

int lunch_learn(const struct lunch_place *places, size_t place_count,
		const struct lunch_visit *visits, size_t visit_count, int64_t now,
		struct lunch_known **out, struct error *error)
{
	struct lunch_known *known;
	struct lunch_sum *sums;

	if (place_count > LUNCH_PLACES)
		return error_set(error, TACIT_E_LIMIT, "%zu places for lunch, above %d",
				 place_count, LUNCH_PLACES);
	known = calloc(1, sizeof(*known));
	sums = calloc(place_count + 1, sizeof(*sums));
	if (known == NULL || sums == NULL)
		goto failed;
	known->place = places;
	known->place_count = place_count;
	if (take_events(known, visits, visit_count, now) != 0)
		goto failed;
	learn_memory(known, sums);
	learn_chances(known, sums);
	free(sums);
	*out = known;
	return 0;
failed:
	free(sums);
	lunch_free(known);
	return error_memory(error);
}

void lunch_free(struct lunch_known *known)
{
	if (known == NULL)
		return;
	free(known->event);
	free(known);
}
