/* Time zones of the system's table against what the C library makes of its compiled ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "formats/zones.h"

#define TABLE "/usr/share/zoneinfo/tzdata.zi"

static struct act_text text(const char *name)
{
	return (struct act_text){ name, (uint32_t)strlen(name) };
}

/* Every four days or so from 1970 to 2037, at another time of the day each. */
static uint64_t compare(const char *name)
{
	const struct zone *zone = zones_find(text(name));
	uint64_t compared = 0;
	time_t at;

	assert_non_null(zone);
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
	for (at = 0; at < 2145916800; at += 4 * 86400 + 3600 * 7 + 1800 - 11, compared++) {
		struct tm local;

		assert_non_null(localtime_r(&at, &local));
		if (zones_offset(zone, at) != local.tm_gmtoff)
			fail_msg("%s at %lld: %d, and the library has %ld", name, (long long)at,
				 zones_offset(zone, at), local.tm_gmtoff);
	}
	return compared;
}

/* Each zone and each link of the table. */
static void test_library(void **state)
{
	FILE *file = fopen(TABLE, "r");
	char line[256], first[64], second[64], name[96];
	uint64_t zones = 0, compared = 0;

	(void)state;
	if (file == NULL) {
		print_message("SKIPPED: no " TABLE " here\n");
		skip();
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "Z %63s", first) == 1)
			snprintf(name, sizeof(name), "%s", first);
		else if (sscanf(line, "L %63s %63s", first, second) == 2)
			snprintf(name, sizeof(name), "%s", second);
		else
			continue;
		compared += compare(name);
		zones++;
	}
	fclose(file);
	print_message("%llu zones, %llu times\n", (unsigned long long)zones,
		      (unsigned long long)compared);
	assert_true(zones > 300);
}

/* Around the hours that are left out and that come twice, by hand: 31 March and 27 October 2024. */
static void test_clock(void **state)
{
	const struct zone *zone = zones_find(text("Europe/Berlin"));

	(void)state;
	if (zone == NULL)
		skip();
	assert_int_equal(zones_local(zone, 1711846799), 3600);	/* 00:59:59 */
	assert_int_equal(zones_local(zone, 1711852200), 3600);	/* 02:30: there is none */
	assert_int_equal(zones_local(zone, 1711854000), 7200);	/* 03:00 */
	assert_int_equal(zones_local(zone, 1729996200), 7200);	/* 02:30, the first */
	assert_int_equal(zones_local(zone, 1729998000), 3600);	/* 03:00 */
	assert_int_equal(zones_offset(zone, 1729990800 - 1), 7200);
	assert_int_equal(zones_offset(zone, 1729990800), 3600);	/* 01:00 UTC */
	/* A July in the year 2390. */
	assert_int_equal(zones_offset(zone, 13270000000), 7200);
	assert_null(zones_find(text("Europe/Nowhere")));
	assert_null(zones_find(text("")));
	assert_null(zones_find(text("../../etc/passwd")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
