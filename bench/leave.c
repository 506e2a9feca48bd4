/*
 * How often times of trips cover what they say, by level: on invented lives (tests/lives.h) and on
 * GeoLife traces (PLT files below a folder; stays of 200 metres, places within 200 metres of their
 * first stay). Each trip is asked for when it begins, from the trips that had ended by then.
 *
 *	build/bench/leave cover [GEOLIFE]
 *	build/bench/leave alerts
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../tests/lives.h"
#include "base/error.h"
#include "base/fixed.h"
#include "now/leave.h"

#define SHARES 3
static const int32_t shares[SHARES] = { 524288, 838860, 996147 };	/* 50, 80, 95 % */

struct cover {
	size_t asked[TRIPS_LEVELS], covered[TRIPS_LEVELS][SHARES];
};

static void measure(const struct trip *trips, size_t count, size_t first, struct cover *cover)
{
	struct trips_known *known;
	struct trips_answer answer;
	int64_t times[SHARES];
	struct error error;
	size_t i, k;

	if (trips_learn(trips, count, 0, &known, &error) != 0)
		exit(1);
	for (i = first; i < count; i++) {
		struct trips_query query = { trips[i].from, trips[i].to, trips[i].metres,
					     trips[i].depart_week, false, TRIPS_ANY,
					     trips[i].depart };

		if (trips_times(known, &query, shares, SHARES, times, &answer, &error) != 0)
			exit(1);
		cover->asked[answer.level]++;
		for (k = 0; k < SHARES; k++)
			cover->covered[answer.level][k] +=
				trips[i].arrive - trips[i].depart <= times[k];
	}
	trips_free(known);
}

static void show(const char *name, const struct cover *cover)
{
	size_t all = 0, covered[SHARES] = { 0 }, level, k;

	for (level = 0; level < TRIPS_LEVELS; level++) {
		if (cover->asked[level] == 0)
			continue;
		printf("%-24s level %zu %7zu trips", name, level, cover->asked[level]);
		for (k = 0; k < SHARES; k++) {
			printf("  %5.1f %%", 100.0 * (double)cover->covered[level][k] /
			       (double)cover->asked[level]);
			covered[k] += cover->covered[level][k];
		}
		printf("\n");
		all += cover->asked[level];
	}
	printf("%-24s all     %7zu trips", name, all);
	for (k = 0; k < SHARES && all > 0; k++)
		printf("  %5.1f %%", 100.0 * (double)covered[k] / (double)all);
	printf("\n");
}

static void lives(enum lives_world world, int64_t days, const char *name)
{
	struct cover cover = { 0 };
	uint64_t seed;

	for (seed = 1; seed <= 20; seed++) {
		struct life life;
		struct trip *trips;
		struct error error;
		size_t count;

		lives_make(&life, world, seed % 2 == 0 ? LIVES_BERLIN : LIVES_NEW_YORK,
			   seed + 100, 19500 + (int64_t)seed * 17, days);
		if (trips_find(life.visits, life.count, life.place, LIVES_PLACES, NULL, 0, &trips,
			       &count, &error) != 0)
			exit(1);
		measure(trips, count, days > 100 ? count / 2 : 0, &cover);
		free(trips);
		lives_free(&life);
	}
	show(name, &cover);
}

/* Alerts for invented events, followed: late share and slack by own trips of the pair so far. */
enum { CLASSES = 5 };
struct lateness {
	int64_t slack[CLASSES][20000];
	size_t count[CLASSES], late[CLASSES];
};

static int64_t delay_of(struct life *life, int habit)
{
	return habit == 0 ? 0 : habit == 1 ? (int64_t)(lives_unit(life) * 5 * 60000) :
	       (int64_t)(exp(.5 * lives_normal(life)) * 2 * 60000);
}

static size_t class_of(const struct trip *trips, size_t count, size_t from, size_t to, int64_t now)
{
	size_t own = 0, i;

	for (i = 0; i < count; i++)
		own += trips[i].from == from && trips[i].to == to && trips[i].arrive <= now;
	return own == 0 ? 0 : own < 5 ? 1 : own < 9 ? 2 : own < 20 ? 3 : 4;
}

static void follow(struct life *life, const struct trip *trips, size_t count, int habit, bool told,
		   int64_t first, int64_t days, struct lateness *out)
{
	struct trips_known *known;
	struct leave_seen *seen = calloc((size_t)days * 2, sizeof(*seen));
	struct leave_person person = { seen, 0, NULL, 0, LEAVE_UNKNOWN };
	struct error error;
	int64_t day;

	if (seen == NULL || trips_learn(trips, count, 0, &known, &error) != 0)
		exit(1);
	for (day = first + 10; day < first + days; day++) {
		size_t to = lives_unit(life) < .5 ? 1 : 4 + random_below(&life->random,
									LIVES_PLACES - 4);
		int64_t local = day * VISIT_DAY_MS +
				(8 * 60 + random_below(&life->random, 22) * 30) * LIVES_MINUTE;
		int64_t start = lives_utc(life->zone, local), now = start - 3 * 3600000, depart;
		struct leave_spot here = { 0, true, life->place[0], "Home" };
		struct leave_event event = { "x", "Event", start, LEAVE_UNKNOWN,
			lives_zone(life->zone, start), false, false,
			{ (uint32_t)to, true, life->place[to], NULL } };
		enum leave_verdict verdict;
		struct prompt prompt;
		size_t class = class_of(trips, count, 0, to, now);

		if (leave_prompt(known, &here, &event, &person, now, &prompt, &verdict,
				 &error) != 0 || verdict != LEAVE_SAID)
			exit(1);
		depart = prompt.from + delay_of(life, habit);
		seen[person.seen_count] = (struct leave_seen){ prompt.from, depart, start,
			depart + lives_trip(life, 0, to, depart) };
		out->slack[class][out->count[class]++] = start - seen[person.seen_count].arrived;
		out->late[class] += seen[person.seen_count].arrived > start;
		person.seen_count += told;
	}
	trips_free(known);
	free(seen);
}

static int by_slack(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void show_late(const char *name, struct lateness *l)
{
	static const char *const classes[] = { "0", "1-4", "5-8", "9-19", "20+" };
	static int64_t all[100000];
	size_t count = 0, late = 0, c;

	for (c = 0; c < CLASSES; c++) {
		memcpy(all + count, l->slack[c], l->count[c] * sizeof(*all));
		count += l->count[c];
		late += l->late[c];
		qsort(l->slack[c], l->count[c], sizeof(*all), by_slack);
		if (l->count[c] > 0)
			printf("%-34s %5s own trips: %5zu alerts, late %4.1f %%, median slack "
			       "%4.1f min\n", name, classes[c], l->count[c], 100. *
			       (double)l->late[c] / (double)l->count[c],
			       (double)l->slack[c][l->count[c] / 2] / 60000);
	}
	qsort(all, count, sizeof(*all), by_slack);
	printf("%-34s   all           : %5zu alerts, late %4.1f %%, median slack %4.1f min\n", name,
	       count, 100. * (double)late / (double)count, (double)all[count / 2] / 60000);
}

static void alerts(enum lives_world world, int habit, bool told, int64_t days, const char *name)
{
	static struct lateness out;
	uint64_t seed;

	memset(&out, 0, sizeof(out));
	for (seed = 1; seed <= 20; seed++) {
		struct life life;
		struct trip *trips;
		struct error error;
		size_t count;
		int64_t first = 19500 + (int64_t)seed * 17;

		lives_make(&life, world, seed % 2 == 0 ? LIVES_BERLIN : LIVES_NEW_YORK,
			   seed + 300, first, days);
		if (trips_find(life.visits, life.count, life.place, LIVES_PLACES, NULL, 0, &trips,
			       &count, &error) != 0)
			exit(1);
		follow(&life, trips, count, habit, told, first, days, &out);
		free(trips);
		lives_free(&life);
	}
	show_late(name, &out);
}

#define USERS 200
#define FOLDER 4096
struct point {
	int64_t time;
	int32_t latitude, longitude;
};
static struct {
	struct point *point;
	size_t count, capacity;
} user[USERS];

/* 39.984702,116.318417,0,492,39744.12,2008-10-23,02:53:04 */
static void read_plt(const char *path, size_t u)
{
	FILE *file = fopen(path, "r");
	char line[256];
	double latitude, longitude;
	struct tm tm;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		memset(&tm, 0, sizeof(tm));
		if (sscanf(line, "%lf,%lf,%*[^,],%*[^,],%*[^,],%d-%d-%d,%d:%d:%d", &latitude,
			   &longitude, &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
			   &tm.tm_min, &tm.tm_sec) != 8 || fabs(latitude) > 90)
			continue;
		tm.tm_year -= 1900;
		tm.tm_mon--;
		if (user[u].count == user[u].capacity) {
			user[u].capacity = user[u].capacity * 2 + 4096;
			user[u].point = realloc(user[u].point,
						user[u].capacity * sizeof(struct point));
		}
		user[u].point[user[u].count++] = (struct point){ (int64_t)timegm(&tm) * 1000,
			(int32_t)lround(latitude * 1e7), (int32_t)lround(longitude * 1e7) };
	}
	if (file != NULL)
		fclose(file);
}

static void walk(const char *path, size_t u)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char inner[FOLDER];

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		size_t size = strlen(entry->d_name);
		unsigned number = USERS;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (size == 3 && sscanf(entry->d_name, "%3u", &number) == 1 && number < USERS)
			walk(inner, number);
		else if (size > 4 && strcmp(entry->d_name + size - 4, ".plt") == 0 && u < USERS)
			read_plt(inner, u);
		else if (entry->d_type == DT_DIR)
			walk(inner, u);
	}
	if (folder != NULL)
		closedir(folder);
}

static int by_time(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

#define PLACES 4000
static size_t visits_of(const struct stay *stays, size_t count, struct visit *visits,
			struct trips_place *places)
{
	size_t place_count = 0, i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < place_count; k++)
			if (stays_metres(places[k].latitude, places[k].longitude,
					 stays[i].latitude, stays[i].longitude) <= 200)
				break;
		if (k == place_count && k < PLACES)
			places[place_count++] = (struct trips_place){ stays[i].latitude,
								      stays[i].longitude };
		visits[i] = (struct visit){ stays[i].arrive, stays[i].leave, (uint32_t)k, 480,
					    stays[i].sure };
	}
	return place_count;
}

static void measure_user(size_t u, struct cover *cover)
{
	size_t n = user[u].count, i, stay_count, count, gap_count = 0;
	int64_t *time = malloc((n + 1) * sizeof(*time));
	int32_t *latitude = malloc((n + 1) * sizeof(*latitude));
	int32_t *longitude = malloc((n + 1) * sizeof(*longitude));
	struct trips_gap *gaps = malloc((n + 1) * sizeof(*gaps));
	struct stays_track track = { n, time, latitude, longitude };
	struct stays_rule rule = { 200.0, 10 * 60000, 20 * 60000 };
	static struct trips_place places[PLACES];
	struct stay *stays;
	struct visit *visits;
	struct trip *trips;
	struct error error;

	qsort(user[u].point, n, sizeof(struct point), by_time);
	for (i = 0; i < n; i++) {
		time[i] = user[u].point[i].time;
		latitude[i] = user[u].point[i].latitude;
		longitude[i] = user[u].point[i].longitude;
		if (i > 0 && time[i] - time[i - 1] > rule.gap)
			gaps[gap_count++] = (struct trips_gap){ time[i - 1], time[i] };
	}
	if (stays_find(&track, &rule, &stays, &stay_count, &error) != 0)
		exit(1);
	visits = malloc((stay_count + 1) * sizeof(*visits));
	count = visits_of(stays, stay_count, visits, places);
	if (trips_find(visits, stay_count, places, count, gaps, gap_count, &trips, &count,
		       &error) != 0)
		exit(1);
	printf("user %03zu: %zu points, %zu stays, %zu trips\n", u, n, stay_count, count);
	measure(trips, count, 0, cover);
	free(trips);
	free(visits);
	free(stays);
	free(gaps);
	free(time);
	free(latitude);
	free(longitude);
}

static void all_alerts(void)
{
	alerts(LIVES_SMOOTH, 0, true, 200, "smooth, at once");
	alerts(LIVES_SMOOTH, 1, true, 200, "smooth, delay to 5 min");
	alerts(LIVES_SMOOTH, 2, true, 200, "smooth, delay lognormal");
	alerts(LIVES_SMOOTH, 0, false, 200, "smooth, at once, never told");
	alerts(LIVES_SMOOTH, 1, false, 200, "smooth, delay to 5, never told");
	alerts(LIVES_BUILT, 0, true, 200, "built, at once");
	alerts(LIVES_BUILT, 1, true, 200, "built, delay to 5 min");
	alerts(LIVES_BUILT, 2, true, 200, "built, delay lognormal");
	alerts(LIVES_BUILT, 0, false, 200, "built, at once, never told");
	alerts(LIVES_BUILT, 1, false, 200, "built, delay to 5, never told");
}

int main(int argc, char **argv)
{
	struct cover cover = { 0 };
	size_t u;

	if (argc > 1 && strcmp(argv[1], "alerts") == 0) {
		all_alerts();
		return 0;
	}
	lives(LIVES_SMOOTH, 365, "smooth, one year");
	lives(LIVES_BUILT, 365, "built, one year");
	lives(LIVES_BUILT, 250, "built, 250 days");
	lives(LIVES_SMOOTH, 20, "smooth, first 20 days");
	lives(LIVES_BUILT, 20, "built, first 20 days");
	if (argc > 2)
		walk(argv[2], USERS);
	for (u = 0; u < USERS; u++)
		if (user[u].count > 0)
			measure_user(u, &cover);
	show("GeoLife", &cover);
	return 0;
}
