/*
 * Lunch: hit@1, hit@3 and how often the first repeats the last meal, beside the most frequent and
 * the last visited places, on noon check-ins (users FIRST..LAST of a file of user, venue, minute
 * since 2012-04-03 14:00 in New York) or on a log of meals (date and kind of food). Each noon
 * visit of the later half whose place the person had been to is asked for, from all before it.
 *
 *	build/bench/lunch CHECKINS FIRST LAST
 *	build/bench/lunch MEALS.csv
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fixed.h"
#include "now/lunch.h"
#include "places/visit.h"

#define MOST 40000
#define PLACES 4096

static struct lunch_visit visit[MOST];
static struct lunch_place place[PLACES];
static uint32_t venue[PLACES];
static size_t visits, places;

enum { OURS, FREQUENT, FREQUENT_NOON, LAST, WAYS };
static const char *const ways[WAYS] = { "the sum", "most frequent", "most frequent at noon",
					"last visited at noon" };
static size_t asked, hit[WAYS][2], repeats, repeated, said;
static double promised;

static bool noon(const struct lunch_visit *v)
{
	int64_t local = visit_local(v->time, v->zone);
	int64_t day = local - visit_day(local) * VISIT_DAY_MS;

	return day >= 11 * 3600000 && day < 14 * 3600000 + 1800000;
}

/* The first three by a key of (count, latest); of noon visits alone, or all. */
static size_t plain(size_t until, bool only_noon, bool last, uint32_t *out)
{
	static int64_t key[PLACES];
	size_t i, k, n;

	memset(key, 0, sizeof(key));
	for (i = 0; i < until; i++)
		if (!only_noon || noon(&visit[i]))
			key[visit[i].place] = (last ? 0 : (key[visit[i].place] / MOST + 1) * MOST) +
					      (int64_t)i + 1;
	for (n = 0; n < 3; n++) {
		size_t best = PLACES;

		for (k = 0; k < places; k++)
			if (key[k] > 0 && (best == PLACES || key[k] > key[best]))
				best = k;
		if (best == PLACES)
			break;
		out[n] = (uint32_t)best;
		key[best] = 0;
	}
	return n;
}

static void count(int way, const uint32_t *list, size_t n, uint32_t right)
{
	size_t i;

	for (i = 0; i < n; i++) {
		hit[way][0] += i == 0 && list[i] == right;
		hit[way][1] += list[i] == right;
	}
}

static void ask(size_t i, const struct lunch_rules *rules, size_t last)
{
	struct lunch_moment moment = { visit[i].time, visit[i].zone, LUNCH_WEATHER_UNKNOWN };
	struct lunch_pick pick[3];
	struct lunch_known *known;
	struct error error;
	uint32_t list[3];
	size_t n, k;

	if (lunch_learn(place, places, visit, i, visit[i].time, &known, &error) != 0)
		exit(1);
	asked++;
	n = lunch_list(known, rules, &moment, 3, pick);
	for (k = 0; k < n; k++)
		list[k] = pick[k].place;
	count(OURS, list, n, visit[i].place);
	if (n > 0) {
		promised += lunch_chance(known, &moment, &pick[0]) / (double)FIXED_ONE;
		said += list[0] == visit[i].place;
		repeated += list[0] == visit[last].place;
	}
	repeats += visit[i].place == visit[last].place;
	lunch_free(known);
	n = plain(i, false, false, list);
	count(FREQUENT, list, n, visit[i].place);
	n = plain(i, true, false, list);
	count(FREQUENT_NOON, list, n, visit[i].place);
	n = plain(i, true, true, list);
	count(LAST, list, n, visit[i].place);
}

static void person(void)
{
	struct lunch_rules rules = { .budget = -1, .metres = -1 };
	static bool known[PLACES];
	size_t i, meals = 0, last = 0;

	memset(known, 0, sizeof(known));
	for (i = 0; i < visits; i++) {
		if (noon(&visit[i])) {
			if (meals >= 3 && i >= visits / 2 && known[visit[i].place])
				ask(i, &rules, last);
			meals++;
			last = i;
		}
		known[visit[i].place] = true;
	}
	visits = places = 0;
}

static int by_time(const void *a, const void *b)
{
	const struct lunch_visit *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

static void add(int64_t time, int16_t zone, uint32_t name)
{
	size_t k;

	for (k = 0; k < places && venue[k] != name; k++)
		;
	if (visits == MOST || k == PLACES)
		return;
	if (k == places) {
		venue[places] = name;
		place[places++] = (struct lunch_place){ "", NULL, NULL, -1, -1 };
	}
	visit[visits++] = (struct lunch_visit){ (uint32_t)k, time, zone, LUNCH_WEATHER_UNKNOWN };
}

static uint32_t hash(const char *text)
{
	uint32_t h = 5381;

	while (*text != '\0' && *text != ',' && *text != '\n')
		h = h * 33 + (unsigned char)*text++;
	return h;
}

int main(int argc, char **argv)
{
	unsigned user, item, minute, last = 0, from, to;
	FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
	char line[4096], meal[32];
	int w, y, m, d, at;

	if (file == NULL)
		return 2;
	from = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	to = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (argc > 3 && sscanf(line, "%u %u %u", &user, &item, &minute) == 3 &&
		    user >= from && user <= to) {
			if (user != last) {
				qsort(visit, visits, sizeof(*visit), by_time);
				person();
			}
			last = user;
			add(clock_days(2012, 4, 3) * VISIT_DAY_MS + (18 * 60LL + minute) * 60000,
			    -240, item);
		} else if (argc <= 3 && sscanf(line, "%*[^,],%d/%d/%d,%31[^,],%n", &y, &m, &d, meal,
					       &at) == 4) {
			int hour = strcmp(meal, "lunch") == 0 ? 12 :
				   strcmp(meal, "dinner") == 0 ? 19 : 8;

			add(clock_days(y, m, d) * VISIT_DAY_MS + hour * 3600000LL, 0,
			    hash(line + at));
		}
	}
	fclose(file);
	qsort(visit, visits, sizeof(*visit), by_time);
	person();
	printf("%zu noons; chance promised %.3f, taken %.3f; first is the last meal %.3f, "
	       "the person's %.3f\n", asked, promised / (double)asked,
	       (double)said / (double)asked, (double)repeated / (double)asked,
	       (double)repeats / (double)asked);
	for (w = 0; w < WAYS; w++)
		printf("%-24s hit@1 %.4f  hit@3 %.4f\n", ways[w],
		       (double)hit[w][0] / (double)asked, (double)hit[w][1] / (double)asked);
	return 0;
}
