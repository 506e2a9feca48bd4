/*
 * Invented lives with known truth for tests and figures: people who move between places by two
 * differently built worlds, in zones whose clocks change. One world draws trips from lognormals
 * with rush hours and seasons; the other puts them together of walks, waits at a stop, red lights,
 * weather and disruptions, with road works for two months.
 */
#ifndef TESTS_LIVES_H
#define TESTS_LIVES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "places/stays.h"
#include "places/trips.h"
#include "places/visit.h"

#define LIVES_UNUSED __attribute__((unused))
#define LIVES_PLACES 10
#define LIVES_MINUTE 60000LL

enum lives_world { LIVES_SMOOTH, LIVES_BUILT };
enum lives_zone { LIVES_BERLIN, LIVES_NEW_YORK };

struct life {
	enum lives_world world;
	enum lives_zone zone;
	struct random random;
	struct trips_place place[LIVES_PLACES];
	double factor[LIVES_PLACES][LIVES_PLACES], sigma;
	int64_t begin;				/* ms of its first local midnight, about */
	struct visit *visits;
	size_t count, capacity;
};

LIVES_UNUSED static double lives_unit(struct life *life)
{
	return ((double)(random_u64(&life->random) >> 11) + .5) / 9007199254740992.0;
}

LIVES_UNUSED static double lives_normal(struct life *life)
{
	double u = lives_unit(life), v = lives_unit(life);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* The nth (from 1) or the last (0) Sunday of a month, as days since 1970. */
LIVES_UNUSED static int64_t lives_sunday(int32_t year, int32_t month, int nth)
{
	int64_t first = clock_days(year, month, nth == 0 ? 25 : 1), day = first;

	while ((day + 4) % 7 != 0)
		day++;
	return nth == 0 ? day : day + 7 * (nth - 1);
}

/* Minutes east of UTC: Berlin changes at 01:00 UTC, New York at 02:00 local. */
LIVES_UNUSED static int16_t lives_zone(enum lives_zone zone, int64_t utc)
{
	struct clock_date date;

	clock_civil(visit_day(utc), &date);
	if (zone == LIVES_BERLIN) {
		int64_t on = lives_sunday(date.year, 3, 0) * VISIT_DAY_MS + 60 * LIVES_MINUTE;
		int64_t off = lives_sunday(date.year, 10, 0) * VISIT_DAY_MS + 60 * LIVES_MINUTE;

		if (date.month == 3 && lives_sunday(date.year, 3, 0) < clock_days(date.year, 3, 25))
			on += 7 * VISIT_DAY_MS;
		return utc >= on && utc < off ? 120 : 60;
	}
	return utc >= lives_sunday(date.year, 3, 2) * VISIT_DAY_MS + 7 * 60 * LIVES_MINUTE &&
	       utc < lives_sunday(date.year, 11, 1) * VISIT_DAY_MS + 6 * 60 * LIVES_MINUTE ?
	       -240 : -300;
}

/* UTC of a local wall time. */
LIVES_UNUSED static int64_t lives_utc(enum lives_zone zone, int64_t local)
{
	int64_t guess = local - lives_zone(zone, local) * LIVES_MINUTE;

	return local - lives_zone(zone, guess) * LIVES_MINUTE;
}

LIVES_UNUSED static double lives_metres(const struct life *life, size_t a, size_t b)
{
	return stays_metres(life->place[a].latitude, life->place[a].longitude,
			    life->place[b].latitude, life->place[b].longitude);
}

static double lives_smooth(struct life *life, size_t from, size_t to, int64_t local)
{
	double metres = lives_metres(life, from, to), day = (double)visit_day(local);
	double hour = (double)(visit_of_week(local) % VISIT_DAY_MS) / 3600000.0, minutes;
	bool weekday = visit_of_week(local) < 5 * VISIT_DAY_MS;

	if (metres < 1300)
		minutes = metres * 1.25 / 1.35 / 60;
	else
		minutes = 6 + metres * 1.35 / 8.0 / 60;
	if (weekday && metres >= 1300)
		minutes *= 1 + .4 * exp(-(hour - 8) * (hour - 8)) +
			   .35 * exp(-(hour - 17.5) * (hour - 17.5) / 1.5);
	minutes *= 1 + .06 * cos(2 * M_PI * day / 365);
	return minutes * life->factor[from][to] * exp(life->sigma * lives_normal(life));
}

static double lives_built(struct life *life, size_t from, size_t to, int64_t local)
{
	double metres = lives_metres(life, from, to), minutes = 1 + lives_unit(life), lights;
	int64_t day = visit_day(local);
	bool rain = (uint64_t)(day * 2654435761) % 100 < 30;
	double headway = 5 + 10 * (life->factor[from][to] - .8);

	if (metres < 1500)
		return minutes + metres * 1.2 / (1.3 + .08 * lives_normal(life)) / 60;
	if (!rain && metres < 5000 && lives_unit(life) < .4)
		return minutes + metres * 1.25 / (4.6 + .3 * lives_normal(life)) / 60;
	minutes += 2 + 3 * life->factor[from][to] + headway * lives_unit(life);
	for (lights = 0; lights < metres / 600; lights++)
		minutes += lives_unit(life) < .5 ? lives_unit(life) * .7 : 0;
	minutes += metres * 1.3 / 9.5 / 60;
	if (day % 365 > 200 && day % 365 < 260)
		minutes *= 1.2;
	if (lives_unit(life) < .04)
		minutes += -9 * log(lives_unit(life));
	return minutes;
}

/* How long a trip that departs at utc takes, ms: a fresh draw. */
LIVES_UNUSED static int64_t lives_trip(struct life *life, size_t from, size_t to, int64_t utc)
{
	int64_t local = visit_local(utc, lives_zone(life->zone, utc));
	double minutes = life->world == LIVES_SMOOTH ? lives_smooth(life, from, to, local) :
			 lives_built(life, from, to, local);

	return (int64_t)(fmax(minutes, .5) * 60000);
}

static void lives_visit(struct life *life, int64_t arrive, int64_t leave, size_t place)
{
	if (life->count == life->capacity) {
		life->capacity = life->capacity * 2 + 256;
		life->visits = realloc(life->visits, life->capacity * sizeof(*life->visits));
	}
	life->visits[life->count++] = (struct visit){ arrive, leave, (uint32_t)place,
		lives_zone(life->zone, arrive), true };
}

/* Leaves for `to` at a local minute of the day (not before five minutes here). */
static void lives_go(struct life *life, int64_t day, double minute, size_t to)
{
	struct visit *here = &life->visits[life->count - 1];
	int64_t leave = lives_utc(life->zone, day * VISIT_DAY_MS + (int64_t)(minute * 60000));

	if (leave < here->arrive + 5 * LIVES_MINUTE)
		leave = here->arrive + 5 * LIVES_MINUTE;
	here->leave = leave;
	if (here->place == to)
		return;
	leave += lives_trip(life, here->place, to, leave);
	lives_visit(life, leave, leave + 5 * LIVES_MINUTE, to);
}

/* Home is 0, work 1, lunch 2 and 3 near work, the rest errands, the last ones rare. */
static void lives_day(struct life *life, int64_t day)
{
	bool weekday = visit_of_week(day * VISIT_DAY_MS) < 5 * VISIT_DAY_MS;
	size_t errand = 4 + (size_t)(pow(lives_unit(life), 2) * (LIVES_PLACES - 4));
	double shift;

	if (life->world == LIVES_SMOOTH && weekday) {
		lives_go(life, day, 465 + 8 * lives_normal(life), 1);
		if (lives_unit(life) < .6) {
			lives_go(life, day, 735 + 10 * lives_normal(life),
				 lives_unit(life) < .7 ? 2 : 3);
			lives_go(life, day, 780 + 10 * lives_normal(life), 1);
		}
		if (lives_unit(life) < .5)
			lives_go(life, day, 1030 + 20 * lives_normal(life), errand);
		lives_go(life, day, 1100 + 30 * lives_normal(life), 0);
	} else if (life->world == LIVES_BUILT && day % 4 < 3) {
		shift = day / 4 % 2 == 0 ? 345 : 790;
		lives_go(life, day, shift + 5 * lives_normal(life), 1);
		lives_go(life, day, shift + 520 + 10 * lives_normal(life),
			 lives_unit(life) < .3 ? errand : 0);
		lives_go(life, day, shift + 600 + 10 * lives_normal(life), 0);
	} else {
		lives_go(life, day, 600 + 60 * lives_normal(life), errand);
		if (lives_unit(life) < .5)
			lives_go(life, day, 780 + 60 * lives_normal(life),
				 4 + random_below(&life->random, LIVES_PLACES - 4));
		lives_go(life, day, 1000 + 60 * lives_normal(life), 0);
	}
}

/* `days` days from a local day on. free_life() it. */
LIVES_UNUSED static void lives_make(struct life *life, enum lives_world world,
				    enum lives_zone zone, uint64_t seed, int64_t first, int64_t days)
{
	size_t i, j;
	int64_t day;

	memset(life, 0, sizeof(*life));
	life->world = world;
	life->zone = zone;
	life->random.state = seed * 7919 + (uint64_t)world;
	life->sigma = .08 + .1 * lives_unit(life);
	for (i = 0; i < LIVES_PLACES; i++) {
		double r = i == 0 ? 0 : i == 2 || i == 3 ? 400 + 500 * lives_unit(life) :
			   700 * exp(2.8 * lives_unit(life)), angle = 2 * M_PI * lives_unit(life);
		struct trips_place *from = &life->place[i == 2 || i == 3 ? 1 : 0];

		if (i == 0)
			*from = (struct trips_place){ 450000000, zone == 0 ? 90000000 : -740000000 };
		life->place[i] = (struct trips_place){
			from->latitude + (int32_t)(r * 90 * sin(angle)),
			from->longitude + (int32_t)(r * 127 * cos(angle)) };
		for (j = 0; j < LIVES_PLACES; j++)
			life->factor[i][j] = exp(.15 * lives_normal(life));
	}
	life->begin = lives_utc(zone, first * VISIT_DAY_MS);
	lives_visit(life, life->begin, life->begin + 60 * LIVES_MINUTE, 0);
	for (day = first; day < first + days; day++)
		lives_day(life, day);
}

LIVES_UNUSED static void lives_free(struct life *life)
{
	free(life->visits);
}

#endif
