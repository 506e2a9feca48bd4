/* The calendar against known dates and against a day-by-day count. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_days_count_every_day(void **state)
{
	int32_t year, month, day;
	int64_t count = 0;
	struct clock_date back;

	(void)state;
	/* 1970-01-01 is day 0; the days from there on must simply count up. */
	for (year = 1970; year <= 2401; year++)
		for (month = 1; month <= 12; month++)
			for (day = 1; day <= 31; day++) {
				if (!clock_date_valid(year, month, day))
					continue;
				assert_int_equal(clock_days(year, month, day), count);
				clock_civil(count, &back);
				assert_int_equal(back.year, year);
				assert_int_equal(back.month, month);
				assert_int_equal(back.day, day);
				count++;
			}
	/* 0001-01-01 is 719162 days before 1970 (python: date(1970,1,1).toordinal() - 1). */
	assert_int_equal(clock_days(1, 1, 1), -719162);
}

static void test_valid_dates(void **state)
{
	(void)state;
	assert_true(clock_date_valid(2000, 2, 29));
	assert_false(clock_date_valid(1900, 2, 29));
	assert_true(clock_date_valid(2024, 2, 29));
	assert_false(clock_date_valid(2023, 2, 29));
	assert_false(clock_date_valid(2023, 4, 31));
	assert_false(clock_date_valid(2023, 13, 1));
	assert_false(clock_date_valid(2023, 0, 1));
	assert_false(clock_date_valid(0, 1, 1));
	assert_false(clock_date_valid(10000, 1, 1));
}

struct iso_case {
	const char *text;
	int64_t ms;
	int zone;
	bool date_only;
};

static void test_iso(void **state)
{
	/* 1546398245 is 2019-01-02 03:04:05 UTC (date -u -d @1546398245). */
	static const struct iso_case good[] = {
		{ "2019-01-02", 1546387200000, INT16_MIN, true },
		{ "2019-01-02T03:04", 1546398240000, INT16_MIN, false },
		{ "2019-01-02 03:04:05", 1546398245000, INT16_MIN, false },
		{ "2019-01-02T03:04:05Z", 1546398245000, 0, false },
		{ "2019-01-02 03:04:05 UTC", 1546398245000, 0, false },
		{ "2019-01-02T03:04:05.678Z", 1546398245678, 0, false },
		{ "2019-01-02T03:04:05.6789123Z", 1546398245678, 0, false },
		{ "2019-01-02T05:04:05+02:00", 1546398245000, 120, false },
		{ "2019-01-02T05:04:05+0200", 1546398245000, 120, false },
		{ "2019-01-02 05:04:05 +0200", 1546398245000, 120, false },
		{ "2019-01-01T23:34:05-03:30", 1546398245000, -210, false },
		{ "1969-12-31T23:59:59Z", -1000, 0, false },
	};
	static const char *const bad[] = {
		"", "2019", "2019-01", "2019-1-2", "2019-02-30", "2019-01-02T", "2019-01-02T3:04",
		"2019-01-02T24:00", "2019-01-02T03:60", "2019-01-02T03:04:61", "2019-01-02T03:04:05.",
		"2019-01-02T03:04:05X", "2019-01-02T03:04:05+", "2019-01-02T03:04:05+2",
		"2019-01-02T03:04:05+19:00", "2019-01-02 ", "2019-01-02x", "x2019-01-02",
		"2019/01/02", "2019-01-02T03:04:05 CET", "2019-01-02T03:04Z1",
	};
	size_t i;
	int64_t ms;
	int16_t zone;
	bool date_only;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(clock_parse_iso(good[i].text, strlen(good[i].text), &ms, &zone,
					    &date_only));
		assert_int_equal(ms, good[i].ms);
		assert_int_equal(zone, good[i].zone);
		assert_int_equal(date_only, good[i].date_only);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(clock_parse_iso(bad[i], strlen(bad[i]), &ms, &zone, &date_only));
	/* Exactly `size` bytes: what stands behind does not count. */
	assert_true(clock_parse_iso("2019-01-02garbage", 10, &ms, &zone, &date_only));
}

static void test_format(void **state)
{
	char out[32];

	(void)state;
	clock_format_date(1546398245678, out);
	assert_string_equal(out, "2019-01-02");
	clock_format_minute(1546398245678, out);
	assert_string_equal(out, "2019-01-02 03:04");
	clock_format_iso(1546398245678, out);
	assert_string_equal(out, "2019-01-02T03:04:05.678Z");
	clock_format_iso(-1, out);
	assert_string_equal(out, "1969-12-31T23:59:59.999Z");
	clock_format_iso(INT64_MAX, out);
	assert_string_equal(out, "-");
	clock_format_date(INT64_MIN, out);
	assert_string_equal(out, "-");
	clock_format_minute(253402300800000, out);	/* 10000-01-01 */
	assert_string_equal(out, "-");
}

static void test_pretend(void **state)
{
	(void)state;
	assert_true(clock_now() > 1700000000000);
	clock_pretend(42);
	assert_int_equal(clock_now(), 42);
	clock_pretend(0);
	assert_true(clock_now() > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_count_every_day),
		cmocka_unit_test(test_valid_dates),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_pretend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
