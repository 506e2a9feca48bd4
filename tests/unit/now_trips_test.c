/* Quantiles by hand, trips of visits by hand, and how often times of invented lives are covered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../lives.h"
#include "base/error.h"
#include "base/fixed.h"
#include "places/quantile.h"

#define MINUTE 60000LL
#define HOUR 3600000LL

static bool of(const int64_t *values, size_t count, uint32_t next, int32_t share, int64_t *out)
{
	struct quantile_value list[64];
	size_t i;

	for (i = 0; i < count; i++)
		list[i] = (struct quantile_value){ values[i], FIXED_ONE };
	quantile_sort(list, count);
	return quantile_of(list, count, next, share, out);
}

static void quantiles_by_hand(void **state)
{
	static const int64_t nine[] = { 90, 10, 80, 20, 70, 30, 60, 40, 50 };
	struct quantile_value two[] = { { 100, FIXED_ONE }, { 200, 3 * FIXED_ONE } };
	int64_t value;

	(void)state;
	assert_true(of(nine, 9, FIXED_ONE, FIXED_ONE / 2, &value));
	assert_int_equal(value, 50);			/* 0.5 * 10: the fifth */
	assert_true(of(nine, 9, FIXED_ONE, TRIPS_Q80, &value));
	assert_int_equal(value, 80);			/* 0.8 * 10: the eighth */
	assert_true(of(nine, 4, FIXED_ONE, TRIPS_Q80, &value));
	assert_int_equal(value, 90);			/* 0.8 * 5: the fourth of four */
	assert_false(of(nine, 3, FIXED_ONE, TRIPS_Q80, &value));
	assert_true(of(nine, 5, FIXED_ONE, TRIPS_Q80, &value));
	assert_int_equal(value, 88);			/* 0.8 * 6 = 4.8: 80 + 0.8 * 10 */
	assert_false(of(nine, 0, FIXED_ONE, FIXED_ONE / 2, &value));
	/* places 1/2 of 1 and 1 + 3/2 = 2.5 of 4: 0.5 * 4 = 2 is 3/4 of the way */
	assert_true(quantile_of(two, 2, 0, FIXED_ONE / 2, &value));
	assert_int_equal(value, 175);
	assert_int_equal(quantile_fade(0, 1000), FIXED_ONE);
	assert_int_equal(quantile_fade(1000, 1000), FIXED_ONE / 2);
	assert_int_equal(quantile_fade(INT64_MAX, 1000), 0);
}

/* For exchangeable numbers the share is met however few there are. */
static void quantiles_cover(void **state)
{
	struct random random = { 3 };
	size_t n, round, i;

	(void)state;
	for (n = 4; n < 24; n += 3) {
		size_t covered = 0;

		for (round = 0; round < 20000; round++) {
			int64_t values[24], value, next = random_below(&random, 1000000);

			for (i = 0; i < n; i++)
				values[i] = random_below(&random, 1000000);
			assert_true(of(values, n, FIXED_ONE, TRIPS_Q80, &value));
			covered += next <= value;
		}
		/* 0.8 with an error of 0.0028 */
		assert_in_range(covered, 15770, 16230);
	}
}

static void trips_by_hand(void **state)
{
	/* 0.01 degrees of latitude are 1,112 metres */
	static const struct trips_place places[] = { { 0, 0 }, { 100000, 0 }, { 500000, 0 } };
	const struct visit visits[] = {
		{ 0, 8 * HOUR, 0, 60, true },
		{ 8 * HOUR + 15 * MINUTE, 9 * HOUR, 1, 60, true },		/* on foot */
		{ 9 * HOUR + 10 * MINUTE, 10 * HOUR, VISIT_NOWHERE, 60, true },
		{ 10 * HOUR + 10 * MINUTE, 11 * HOUR, 0, 60, true },	/* no trip */
		{ 11 * HOUR + 10 * MINUTE, 12 * HOUR, 2, 60, true },	/* 5.6 km: by car */
		{ 12 * HOUR + 20 * MINUTE, 13 * HOUR, 2, 60, true },	/* round: none */
		{ 15 * HOUR + 50 * MINUTE, 16 * HOUR, 1, 60, true },	/* too slow */
		{ 16 * HOUR + 1000, 17 * HOUR, 2, 60, true },		/* too fast */
		{ 16 * HOUR + 30 * MINUTE, 18 * HOUR, 0, 60, true },	/* at two places at once */
		{ 18 * HOUR + 15 * MINUTE, 19 * HOUR, 1, 60, true },	/* a gap lies between */
		{ 19 * HOUR + 6 * MINUTE, 20 * HOUR, 0, 60, true },		/* by bicycle */
	};
	const struct trips_gap gaps[] = { { 18 * HOUR, 18 * HOUR + 10 * MINUTE } };
	struct error error;
	struct trip *trips;
	size_t count;

	(void)state;
	assert_int_equal(trips_find(visits, sizeof(visits) / sizeof(visits[0]), places, 3, gaps, 1,
				    &trips, &count, &error), 0);
	assert_int_equal(count, 3);
	assert_int_equal(trips[0].from, 0);
	assert_int_equal(trips[0].to, 1);
	assert_int_equal(trips[0].arrive - trips[0].depart, 15 * MINUTE);
	assert_int_equal(trips[0].metres, 1112);
	assert_int_equal(trips[0].mode, TRIPS_WALK);
	/* Thursday, local 9:00 */
	assert_int_equal(trips[0].depart_week, 3 * VISIT_DAY_MS + 9 * HOUR);
	assert_int_equal(trips[1].to, 2);
	assert_int_equal(trips[1].mode, TRIPS_RIDE);
	assert_int_equal(trips[2].mode, TRIPS_CYCLE);
	free(trips);
	assert_int_equal(trips_find(NULL, 0, NULL, 0, NULL, 0, &trips, &count, &error), 0);
	assert_int_equal(count, 0);
	free(trips);
}

static const int32_t q80[] = { TRIPS_Q80 };

static int64_t ask(const struct trips_known *known, uint32_t from, uint32_t to, uint32_t metres,
		   int64_t now, struct trips_answer *answer)
{
	struct trips_query query = { from, to, metres, -1, false, TRIPS_ANY, now };
	struct error error;
	int64_t time;

	assert_int_equal(trips_times(known, &query, q80, 1, &time, answer, &error), 0);
	return time;
}

static void levels(void **state)
{
	struct trip trips[40];
	struct trips_known *known;
	struct trips_answer answer;
	struct error error;
	size_t i;

	(void)state;
	assert_int_equal(trips_learn(NULL, 0, 0, &known, &error), 0);
	assert_true(ask(known, 0, 1, 2000, 0, &answer) >= trips_line(2000));
	assert_int_equal(answer.level, TRIPS_LINE);
	assert_int_equal(answer.mode, TRIPS_ANY);
	assert_int_equal(answer.base, trips_line(2000));
	trips_free(known);
	for (i = 0; i < 40; i++)
		trips[i] = (struct trip){ 0, 1, (int64_t)i * VISIT_DAY_MS,
			(int64_t)i * VISIT_DAY_MS + 20 * MINUTE, 5000, 0, 0, TRIPS_RIDE };
	assert_int_equal(trips_learn(trips, 40, 0, &known, &error), 0);
	ask(known, 2, 3, 5000, 10 * VISIT_DAY_MS, &answer);
	assert_int_equal(answer.level, TRIPS_PACE);
	ask(known, 1, 0, 5000, 10 * VISIT_DAY_MS, &answer);
	assert_int_equal(answer.level, TRIPS_BACK);
	assert_int_equal(answer.base, 20 * MINUTE);
	/* only what had ended by then is known: days 0 .. 2 */
	ask(known, 0, 1, 5000, 3 * VISIT_DAY_MS, &answer);
	assert_int_equal(answer.level, TRIPS_FEW);
	assert_int_equal(answer.trips, 3);
	/* all took the same, so that is what the next one takes */
	assert_int_equal(ask(known, 0, 1, 5000, 40 * VISIT_DAY_MS, &answer), 20 * MINUTE);
	assert_int_equal(answer.level, TRIPS_PAIR);
	assert_int_equal(answer.trips, 40);
	assert_int_equal(answer.mode, TRIPS_RIDE);
	trips_free(known);
	assert_int_equal(trips_line(400), 400000);		/* on foot */
	assert_int_equal(trips_line(7000), 480000 + 1000000);
}

/* Of the later half of six lives in each world: the share of trips that the Q80 covered. */
static double covered(enum lives_world world, int64_t days, bool all)
{
	size_t asked = 0, hit = 0, i, count;
	uint64_t seed;

	for (seed = 1; seed <= 6; seed++) {
		struct trips_known *known;
		struct trips_answer answer;
		struct error error;
		struct trip *trips;
		struct life life;

		lives_make(&life, world, seed % 2 == 0 ? LIVES_BERLIN : LIVES_NEW_YORK, seed, 19700,
			   days);
		assert_int_equal(trips_find(life.visits, life.count, life.place, LIVES_PLACES, NULL,
					    0, &trips, &count, &error), 0);
		assert_int_equal(trips_learn(trips, count, 0, &known, &error), 0);
		for (i = all ? 0 : count / 2; i < count; i++) {
			struct trips_query query = { trips[i].from, trips[i].to, trips[i].metres,
						     trips[i].depart_week, false, TRIPS_ANY,
						     trips[i].depart };
			int64_t time;

			assert_int_equal(trips_times(known, &query, q80, 1, &time, &answer, &error),
					 0);
			asked++;
			hit += trips[i].arrive - trips[i].depart <= time;
		}
		trips_free(known);
		free(trips);
		lives_free(&life);
	}
	print_message("world %d, %d days: %zu trips, %.1f %%\n", world, (int)days, asked,
		      100. * (double)hit / (double)asked);
	return (double)hit / (double)asked;
}

static void calibrated(void **state)
{
	(void)state;
	assert_true(fabs(covered(LIVES_SMOOTH, 250, false) - .8) < .02);
	assert_true(fabs(covered(LIVES_BUILT, 200, false) - .8) < .02);
	/* a few hundred trips: an error of two more per cent */
	assert_true(fabs(covered(LIVES_SMOOTH, 20, true) - .8) < .05);
	assert_true(fabs(covered(LIVES_BUILT, 20, true) - .8) < .05);
}

static void any_order(void **state)
{
	struct trip trips[300], shuffled[300];
	struct random random = { 9 };
	struct trips_known *a, *b;
	struct trips_answer answer;
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < 300; i++) {
		int64_t depart = (int64_t)i * 5 * HOUR;

		trips[i] = (struct trip){ random_below(&random, 3), 3 + random_below(&random, 3),
			depart, depart + (10 + random_below(&random, 20)) * MINUTE, 4000,
			(int32_t)visit_of_week(depart), (int32_t)visit_of_week(depart), TRIPS_RIDE };
	}
	memcpy(shuffled, trips, sizeof(trips));
	for (i = 299; i > 0; i--) {
		size_t k = random_below(&random, (uint32_t)i + 1);
		struct trip swap = shuffled[i];

		shuffled[i] = shuffled[k];
		shuffled[k] = swap;
	}
	assert_int_equal(trips_learn(trips, 300, 0, &a, &error), 0);
	assert_int_equal(trips_learn(shuffled, 300, 0, &b, &error), 0);
	for (i = 0; i < 60; i++)
		assert_int_equal(ask(a, (uint32_t)i % 4, 3 + (uint32_t)i % 5, 4000,
				     (int64_t)i * 25 * HOUR, &answer),
				 ask(b, (uint32_t)i % 4, 3 + (uint32_t)i % 5, 4000,
				     (int64_t)i * 25 * HOUR, &answer));
	trips_free(a);
	trips_free(b);
	trips_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_by_hand), cmocka_unit_test(quantiles_cover),
		cmocka_unit_test(trips_by_hand), cmocka_unit_test(levels),
		cmocka_unit_test(calibrated), cmocka_unit_test(any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
