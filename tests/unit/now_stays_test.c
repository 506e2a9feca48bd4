/* Stays against the plain algorithm, on invented walks and on GeoLife traces where they are there. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/random.h"
#include "places/stays.h"

#define MOST 400000
#define MINUTE 60000

struct track {
	size_t count;
	int64_t time[MOST];
	int32_t latitude[MOST], longitude[MOST];
};

/* By the words of the paper: every pair on the sphere, no shortcut, another formula. */
static double distance(const struct track *t, size_t a, size_t b)
{
	double u = M_PI / 180e7, la = t->latitude[a] * u, lb = t->latitude[b] * u;
	double d = ((double)t->longitude[b] - t->longitude[a]) * u;
	double y = hypot(cos(lb) * sin(d), cos(la) * sin(lb) - sin(la) * cos(lb) * cos(d));
	double x = sin(la) * sin(lb) + cos(la) * cos(lb) * cos(d);

	return 6371008.8 * atan2(y, x);		/* Vincenty on a sphere */
}

static size_t slow(const struct track *t, const struct stays_rule *rule, struct stay *out)
{
	size_t found = 0, i = 0;

	while (i < t->count) {
		size_t j = i + 1, k;
		bool sure = true;
		int64_t leave;
		double latitude = 0, longitude = 0;

		while (j < t->count && distance(t, i, j) <= rule->metres)
			j++;
		for (k = i + 1; k < j; k++)
			if (t->time[k] - t->time[k - 1] > rule->gap)
				sure = false;
		leave = t->time[j - 1];
		if (j < t->count && t->time[j] - t->time[j - 1] <= rule->gap)
			leave = t->time[j];
		if (leave - t->time[i] < rule->duration) {
			i++;
			continue;
		}
		for (k = i; k < j; k++) {
			latitude += t->latitude[k];
			longitude += t->longitude[k];
		}
		out[found++] = (struct stay){ t->time[i], leave,
			(int32_t)llround(latitude / (double)(j - i)),
			(int32_t)llround(longitude / (double)(j - i)), (uint32_t)(j - i), sure };
		i = j;
	}
	return found;
}

static size_t compare(const struct track *t, const struct stays_rule *rule)
{
	const struct stays_track track = { t->count, t->time, t->latitude, t->longitude };
	struct stay *fast, *expected = malloc(sizeof(*expected) * (t->count + 1));
	size_t count, wanted = slow(t, rule, expected), k;

	assert_int_equal(stays_find(&track, rule, &fast, &count, NULL), 0);
	assert_int_equal(count, wanted);
	for (k = 0; k < count; k++) {
		assert_int_equal(fast[k].arrive, expected[k].arrive);
		assert_int_equal(fast[k].leave, expected[k].leave);
		assert_in_range(fast[k].latitude - expected[k].latitude + 1, 0, 2);
		assert_in_range(fast[k].longitude - expected[k].longitude + 1, 0, 2);
		assert_int_equal(fast[k].points, expected[k].points);
		assert_int_equal(fast[k].sure, expected[k].sure);
	}
	free(fast);
	free(expected);
	return count;
}

/* Rests and walks with noise, some gaps, from a place on. */
static void walk(struct track *t, struct random *random, int32_t latitude, int32_t longitude)
{
	int64_t now = 1600000000000;
	double y = latitude, x = longitude, dy = 0, dx = 0;
	size_t left = 0;

	for (t->count = 0; t->count < 20000; t->count++) {
		if (left-- == 0) {
			bool rest = random_u64(random) % 2 == 0;

			left = 5 + random_u64(random) % 100;
			dy = rest ? 0 : ((double)(random_u64(random) % 2001) - 1000) * 2;
			dx = rest ? 0 : ((double)(random_u64(random) % 2001) - 1000) * 2;
		}
		y += dy + (double)(random_u64(random) % 801) - 400;
		x += dx + (double)(random_u64(random) % 801) - 400;
		y = fmax(fmin(y, 899000000), -899000000);
		t->time[t->count] = now;
		t->latitude[t->count] = (int32_t)y;
		t->longitude[t->count] = (int32_t)fmod(x, 1.79e9);
		now += 1000 + (int64_t)(random_u64(random) % 20000);
		if (random_u64(random) % 200 == 0)
			now += (int64_t)(random_u64(random) % 60) * MINUTE;
	}
}

static void same_as_the_plain_algorithm(void **state)
{
	static const int32_t from[][2] = { { 399000000, 1163000000 }, { 0, 0 },
					   { -337000000, 1510000000 }, { 848000000, 100000000 },
					   { 895000000, -600000000 } };
	static const struct stays_rule rules[] = { { 100.0, 5 * MINUTE, 15 * MINUTE },
						   { 30.0, MINUTE, 2 * MINUTE },
						   { 500.0, 20 * MINUTE, 60 * MINUTE } };
	struct track *t = malloc(sizeof(*t));
	struct random random = { 5 };
	size_t i, r, found = 0;

	(void)state;
	for (i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		walk(t, &random, from[i][0], from[i][1]);
		for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
			found += compare(t, &rules[r]);
	}
	assert_true(found > 500);
	free(t);
}

static void add(struct track *t, int64_t minutes, int32_t latitude, int32_t longitude)
{
	t->time[t->count] = minutes * MINUTE;
	t->latitude[t->count] = latitude;
	t->longitude[t->count++] = longitude;
}

/* 0.001 degrees of latitude are 111 metres. */
static void gaps_by_hand(void **state)
{
	struct track *t = malloc(sizeof(*t));
	struct stays_track track;
	struct stay *stay;
	size_t count;

	(void)state;
	t->count = 0;
	add(t, 0, 0, 0);		/* six minutes here */
	add(t, 3, 1000, 0);
	add(t, 6, 0, 1000);
	add(t, 7, 20000, 0);		/* away, at once: left at minute 7 */
	add(t, 8, 40000, 0);		/* here, then a gap of an hour, and here again */
	add(t, 68, 40000, 0);
	add(t, 69, 80000, 0);
	add(t, 70, 99000, 0);		/* four minutes, then away behind a gap: not a stay */
	add(t, 74, 99000, 0);
	add(t, 174, 200000, 0);
	track = (struct stays_track){ t->count, t->time, t->latitude, t->longitude };
	assert_int_equal(stays_find(&track, &stays_usual, &stay, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_int_equal(stay[0].arrive, 0);
	assert_int_equal(stay[0].leave, 7 * MINUTE);
	assert_int_equal(stay[0].points, 3);
	assert_int_equal(stay[0].latitude, 333);
	assert_true(stay[0].sure);
	assert_int_equal(stay[1].arrive, 8 * MINUTE);
	assert_int_equal(stay[1].leave, 69 * MINUTE);
	assert_false(stay[1].sure);
	free(stay);
	track.count = 0;
	assert_int_equal(stays_find(&track, &stays_usual, &stay, &count, NULL), 0);
	assert_int_equal(count, 0);
	free(stay);
	free(t);
}

/* 39.984702,116.318417,0,492,39744.12,2008-10-23,02:53:04 */
static void read_plt(const char *path, struct track *t)
{
	FILE *file = fopen(path, "r");
	char line[256];
	double latitude, longitude;
	struct tm tm;

	t->count = 0;
	while (file != NULL && fgets(line, sizeof(line), file) != NULL && t->count < MOST) {
		memset(&tm, 0, sizeof(tm));
		if (sscanf(line, "%lf,%lf,%*[^,],%*[^,],%*[^,],%d-%d-%d,%d:%d:%d", &latitude,
			   &longitude, &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
			   &tm.tm_min, &tm.tm_sec) != 8 || fabs(latitude) > 90)
			continue;
		tm.tm_year -= 1900;
		tm.tm_mon--;
		t->time[t->count] = (int64_t)timegm(&tm) * 1000;
		t->latitude[t->count] = (int32_t)llround(latitude * 1e7);
		t->longitude[t->count++] = (int32_t)llround(longitude * 1e7);
	}
	if (file != NULL)
		fclose(file);
}

static size_t files, points, stays;

static void walk_folder(const char *path, struct track *t)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char inner[4096];

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (size > 4 && strcmp(entry->d_name + size - 4, ".plt") == 0) {
			read_plt(inner, t);
			files++;
			points += t->count;
			stays += compare(t, &stays_usual);
		} else if (entry->d_type == DT_DIR) {
			walk_folder(inner, t);
		}
	}
	if (folder != NULL)
		closedir(folder);
}

static void same_on_geolife(void **state)
{
	struct track *t = malloc(sizeof(*t));

	(void)state;
	walk_folder("../shared/data/geolife", t);
	free(t);
	print_message("GeoLife: %zu files, %zu points, %zu stays\n", files, points, stays);
	if (files == 0)
		skip();
	assert_true(stays > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_the_plain_algorithm),
		cmocka_unit_test(gaps_by_hand),
		cmocka_unit_test(same_on_geolife),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
