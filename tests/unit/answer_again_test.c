/* What one event adds by time of week, in whose zone, and return rates by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "answer/again_time.c"
#include "history_kit.h"

/* The table is the stated function, and its mean over a day is 1. */
static void the_table_is_the_function(void **state)
{
	double mean = 0, all = 0;
	int q;

	(void)state;
	for (q = 0; q < 48; q++)
		mean += (1 + 5 * exp(-pow((q < 24 ? q : 48 - q) / 2.0, 2) / 4.5)) / 48;
	for (q = 0; q <= 24; q++) {
		double k = exp(-pow(q / 2.0, 2) / 4.5);

		assert_true(fabs(week[0][q] - (1 + 5 * k) / mean * FIXED_ONE) < 4);
		assert_true(fabs(week[1][q] - (1 + 2.5 * k) / mean * FIXED_ONE) < 4);
	}
	for (q = 0; q < 48; q++)
		all += week[0][q < 24 ? q : 48 - q];
	assert_true(fabs(all / 48 - FIXED_ONE) < 4);
}

static void hours_are_the_persons(void **state)
{
	struct vault_history history;
	int64_t wednesday = 20LL * CLOCK_DAY_MS, eight = wednesday + 8 * CLOCK_HOUR_MS;

	(void)state;
	kit_history(&history, 1, 1, 1);
	history.time[0] = eight;
	/* the same hour a day later; across midnight; the other side of the clock */
	assert_int_equal(week_of(&history, 0, eight + CLOCK_DAY_MS, ACT_ZONE_UNKNOWN), week[0][0]);
	assert_int_equal(week_of(&history, 0, eight + 17 * CLOCK_HOUR_MS, ACT_ZONE_UNKNOWN), week[0][14]);
	assert_int_equal(week_of(&history, 0, eight + 12 * CLOCK_HOUR_MS, ACT_ZONE_UNKNOWN), week[0][24]);
	/* Saturday is the other kind of day */
	assert_int_equal(week_of(&history, 0, eight + 3 * CLOCK_DAY_MS, ACT_ZONE_UNKNOWN), week[1][0]);
	/* eight in Tokyo (nine hours east) and eight in New York are the same hour of two people's day */
	history.zone[0] = 540;
	history.time[0] = eight - 9 * CLOCK_HOUR_MS;
	assert_int_equal(week_of(&history, 0, eight + CLOCK_DAY_MS + 5 * CLOCK_HOUR_MS, -300), week[0][0]);
	/* a date has no hour */
	history.flags[0] = ACT_DATE_ONLY;
	assert_int_equal(week_of(&history, 0, eight, -300), FIXED_ONE);
	kit_history_free(&history);
}

static void the_newest_zone_counts(void **state)
{
	struct vault_history history;

	(void)state;
	kit_history(&history, 5, 10, 1);
	assert_int_equal(again_zone(&history, 0, 10, UINT32_MAX), ACT_ZONE_UNKNOWN);
	history.zone[3] = 60;
	history.zone[7] = 120;
	history.flags[3] = history.flags[7] = 0;
	assert_int_equal(again_zone(&history, 0, 10, UINT32_MAX), 120);
	assert_int_equal(again_zone(&history, 0, 10, 7), 60);
	assert_int_equal(again_zone(&history, 0, 7, UINT32_MAX), 60);
	history.flags[7] = ACT_DATE_ONLY;
	assert_int_equal(again_zone(&history, 0, 10, UINT32_MAX), 60);
	kit_history_free(&history);
}

static void rates_are_counted(void **state)
{
	const uint32_t none[3] = { 0, 0, 0 }, times[6] = { 1, 1, 1, 2, 3, 9 };
	int32_t rate[AGAIN_TIMES];
	int n;

	(void)state;
	again_rates(none, 3, rate);
	for (n = 0; n < AGAIN_TIMES; n++)
		assert_int_equal(rate[n], usual[n]);
	/* 6 things taken once, 3 of them again; 3 twice, 2 again; 2 three times, 1 again; 1 four times, 1 again */
	again_rates(times, 6, rate);
	assert_int_equal(rate[0], (3 * (int64_t)FIXED_ONE + 5 * (int64_t)usual[0]) / 11);
	assert_int_equal(rate[1], (2 * (int64_t)FIXED_ONE + 5 * (int64_t)usual[1]) / 8);
	assert_int_equal(rate[2], (1 * (int64_t)FIXED_ONE + 5 * (int64_t)usual[2]) / 7);
	assert_int_equal(rate[3], (1 * (int64_t)FIXED_ONE + 5 * (int64_t)usual[3]) / 6);
	assert_int_equal(again_rate(rate, 1), rate[0]);
	assert_int_equal(again_rate(rate, 4), rate[3]);
	assert_int_equal(again_rate(rate, 400), rate[3]);
	assert_int_equal(again_rate(rate, 0), rate[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_function),
		cmocka_unit_test(hours_are_the_persons),
		cmocka_unit_test(the_newest_zone_counts),
		cmocka_unit_test(rates_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
