/* When to leave: the sum by hand, who is told nothing, clocks that change, and how late people who
 * follow the alerts of invented lives come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../lives.h"
#include "base/error.h"
#include "base/fixed.h"
#include "now/leave.h"

#define MINUTE 60000LL
#define HOUR 3600000LL
#define NOON (19700 * VISIT_DAY_MS + 12 * HOUR)

static const struct leave_person nobody = { NULL, 0, NULL, 0, LEAVE_UNKNOWN };
static const struct leave_spot home = { 0, true, { 0, 0 }, "Home" };

static struct leave_event dentist(void)
{
	return (struct leave_event){ "e1", "Dentist", NOON, NOON + HOUR, 60, false, false,
				     { 1, true, { 450000, 0 }, "Dentist" } };
}

/* `count` trips from 0 to 1 of 20 minutes, one a day before NOON. */
static struct trips_known *twenty_minutes(struct trip *trips, size_t count)
{
	struct trips_known *known;
	struct error error;
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t depart = NOON - ((int64_t)i + 1) * VISIT_DAY_MS;

		trips[i] = (struct trip){ 0, 1, depart, depart + 20 * MINUTE, 5000,
			(int32_t)visit_of_week(depart), (int32_t)visit_of_week(depart), TRIPS_RIDE };
	}
	assert_int_equal(trips_learn(trips, count, 0, &known, &error), 0);
	return known;
}

static int64_t reason(const struct prompt *prompt, const char *name)
{
	size_t i;

	for (i = 0; i < prompt->why.count; i++)
		if (strcmp(prompt->why.list[i].name, name) == 0)
			return prompt->why.list[i].value;
	fail_msg("no reason %s", name);
	return 0;
}

static enum leave_verdict ask(const struct trips_known *known, const struct leave_spot *here,
			      const struct leave_event *event, const struct leave_person *person,
			      int64_t now, struct prompt *out)
{
	enum leave_verdict verdict;
	struct error error;

	assert_int_equal(leave_prompt(known, here, event, person, now, out, &verdict, &error), 0);
	if (verdict == LEAVE_SAID) {
		int64_t habit = reason(out, "margin") + reason(out, "correction");

		assert_int_equal(out->from, reason(out, "event") - reason(out, "trip q80") -
				 reason(out, "habit"));
		assert_int_equal(out->from, reason(out, "leave at"));
		assert_int_equal(reason(out, "habit"), habit < 0 ? 0 : habit);
		assert_int_equal(out->until, event->start);
		assert_int_equal(out->kind, PROMPT_LEAVE);
		assert_true(out->critical);
	}
	return verdict;
}

static void the_sum_by_hand(void **state)
{
	struct leave_event event = dentist();
	struct leave_seen seen[40];
	struct leave_person person = { seen, 0, NULL, 0, LEAVE_UNKNOWN };
	struct trip trips[200];
	struct trips_known *known = twenty_minutes(trips, 200);
	struct prompt prompt;
	int64_t early[] = { 600000, 600000, 600000, 600000, 600000 };
	size_t i;

	(void)state;
	/* all trips took 20 minutes, nothing is known of departures: 12:00 - 20 - 5 */
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - 2 * HOUR, &prompt), LEAVE_SAID);
	assert_int_equal(reason(&prompt, "trip q80"), 20 * MINUTE);
	assert_int_equal(reason(&prompt, "habit"), 5 * MINUTE);
	assert_int_equal(prompt.from, NOON - 25 * MINUTE);
	assert_string_equal(prompt.words, "Leave at 12:35 for Dentist at 13:00: the way takes up to "
			    "20 minutes.");
	/* forty departures after seven minutes each, all in time: -40 * 3.15 s */
	for (i = 0; i < 40; i++) {
		int64_t alert = NOON - ((int64_t)i + 2) * VISIT_DAY_MS;

		seen[i] = (struct leave_seen){ alert, alert + 7 * MINUTE, alert + 30 * MINUTE,
					       alert + 28 * MINUTE };
	}
	person.seen_count = 40;
	assert_int_equal(ask(known, &home, &event, &person, NOON - 2 * HOUR, &prompt), LEAVE_SAID);
	assert_int_equal(reason(&prompt, "margin"), 7 * MINUTE);
	assert_int_equal(reason(&prompt, "correction"), -126000);
	assert_int_equal(reason(&prompt, "departures"), 40);
	/* all late: more each time, 86.85 s for each, but 30 minutes at most */
	for (i = 0; i < 40; i++)
		seen[i].arrived = seen[i].start + 1;
	person.seen_count = 10;
	ask(known, &home, &event, &person, NOON - 2 * HOUR, &prompt);
	assert_int_equal(reason(&prompt, "correction"), 868500);
	assert_int_equal(reason(&prompt, "late"), 10);
	person.seen_count = 40;
	ask(known, &home, &event, &person, NOON - 2 * HOUR, &prompt);
	assert_int_equal(reason(&prompt, "correction"), 30 * MINUTE);
	/* who always came ten minutes early is alerted so that they usually are, by eight */
	person = (struct leave_person){ NULL, 0, early, 5, LEAVE_UNKNOWN };
	ask(known, &home, &event, &person, NOON - 2 * HOUR, &prompt);
	assert_int_equal(reason(&prompt, "habit"), 8 * MINUTE);
	person.wish = 15 * MINUTE;
	ask(known, &home, &event, &person, NOON - 2 * HOUR, &prompt);
	assert_int_equal(reason(&prompt, "habit"), 15 * MINUTE);
	trips_free(known);
}

static void said_to_nobody_who_has_no_use(void **state)
{
	struct leave_event event = dentist();
	struct leave_spot here = home;
	struct trip trips[20];
	struct trips_known *known = twenty_minutes(trips, 20);
	struct prompt prompt;

	(void)state;
	event.declined = true;
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - HOUR, &prompt), LEAVE_DECLINED);
	event = dentist();
	event.all_day = true;
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - HOUR, &prompt), LEAVE_ALL_DAY);
	event = dentist();
	assert_int_equal(ask(known, &home, &event, &nobody, NOON, &prompt), LEAVE_OVER);
	here.place = 1;
	assert_int_equal(ask(known, &here, &event, &nobody, NOON - HOUR, &prompt), LEAVE_THERE);
	here = (struct leave_spot){ TRIPS_UNKNOWN, true, { 450500, 0 }, NULL };
	assert_int_equal(ask(known, &here, &event, &nobody, NOON - HOUR, &prompt), LEAVE_THERE);
	here = (struct leave_spot){ TRIPS_UNKNOWN, false, { 0, 0 }, NULL };
	assert_int_equal(ask(known, &here, &event, &nobody, NOON - HOUR, &prompt), LEAVE_LOST);
	event.spot.located = false;
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - HOUR, &prompt), LEAVE_PLACELESS);
	event.spot = (struct leave_spot){ TRIPS_UNKNOWN, true, { 450000000, 0 }, NULL };
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - HOUR, &prompt), LEAVE_FAR);
	/* a first trip over 20 km: said, and that it is one */
	event.spot.at.latitude = 1800000;
	assert_int_equal(ask(known, &home, &event, &nobody, NOON - HOUR, &prompt), LEAVE_SAID);
	assert_int_equal(reason(&prompt, "level used"), TRIPS_PACE);
	trips_free(known);
}

/* Work at 8:10 on weekdays by the clock on the wall, over both changes of both zones. */
static void habits_stay_over_changes(void **state)
{
	static const enum lives_zone zones[] = { LIVES_BERLIN, LIVES_NEW_YORK };
	size_t z, i;
	int change;

	(void)state;
	for (z = 0; z < 2; z++)
		for (change = 0; change < 2; change++) {
			/* the Monday after the change of 2024 */
			int64_t monday = 1 + (change == 0 ? z == 0 ? clock_days(2024, 3, 31) :
					      clock_days(2024, 3, 10) : z == 0 ?
					      clock_days(2024, 10, 27) : clock_days(2024, 11, 3));
			struct visit visits[60];
			struct leave_usual usual;
			int64_t day, start;
			size_t count = 0;

			for (day = monday - 28; day < monday; day++) {
				int64_t at = lives_utc(zones[z], day * VISIT_DAY_MS + 490 * MINUTE +
						       (day % 3 - 1) * MINUTE);

				if (visit_of_week(day * VISIT_DAY_MS) < 5 * VISIT_DAY_MS)
					visits[count++] = (struct visit){ at, at + 8 * HOUR, 1,
						lives_zone(zones[z], at), true };
			}
			assert_true(leave_usual(visits, count, 1, monday, &usual));
			assert_int_equal(usual.arrive[1], 490 * MINUTE);
			assert_int_equal(usual.days, 20);
			start = lives_utc(zones[z], monday * VISIT_DAY_MS + 490 * MINUTE);
			assert_int_equal(leave_habit_start(&usual, 1, monday, lives_zone(zones[z], start)),
					 start);
			/* the Friday before, at another hour of UTC */
			day = monday - 3;
			assert_int_equal(llabs((start - lives_utc(zones[z], day * VISIT_DAY_MS +
					       490 * MINUTE)) % VISIT_DAY_MS),
					 change == 0 ? 23 * HOUR : HOUR);
			assert_false(leave_usual(visits, count, 2, monday, &usual));
			assert_false(leave_usual(visits, count, 1, monday - 1, &usual));
		}
	/* a week in Tokyo: 8:10 there, too */
	{
		struct visit visits[15];
		struct leave_usual usual;

		for (i = 0; i < 15; i++) {
			int16_t zone = i >= 10 ? 540 : 60;
			int64_t local = (19723 + (int64_t)(i / 5 * 7 + i % 5)) * VISIT_DAY_MS +
					490 * MINUTE;

			visits[i] = (struct visit){ local - zone * MINUTE, local - zone * MINUTE +
						    HOUR, 1, zone, true };
		}
		assert_int_equal(visit_of_week(19723 * VISIT_DAY_MS) / VISIT_DAY_MS, 0);
		assert_true(leave_usual(visits, 15, 1, 19744, &usual));
		assert_int_equal(usual.arrive[0], 490 * MINUTE);
		assert_int_equal(usual.arrive[2], 490 * MINUTE);
	}
}

/* Events at the hours at which the person goes there; a departure lingers. */
static void follow(struct life *life, int kind, int64_t first, int64_t days, size_t *late,
		   int64_t *slack, size_t *count)
{
	struct leave_seen seen[400];
	struct leave_person person = { seen, 0, NULL, 0, LEAVE_UNKNOWN };
	struct trips_known *known;
	struct trip *trips;
	struct error error;
	size_t n;
	int64_t day;

	assert_int_equal(trips_find(life->visits, life->count, life->place, LIVES_PLACES, NULL, 0,
				    &trips, &n, &error), 0);
	assert_int_equal(trips_learn(trips, n, 0, &known, &error), 0);
	for (day = first + 20; day < first + days; day++) {
		bool weekday = visit_of_week(day * VISIT_DAY_MS) < 5 * VISIT_DAY_MS;
		bool work = weekday && lives_unit(life) < .7;
		uint32_t to = work ? 1 : 4 + random_below(&life->random, LIVES_PLACES - 4);
		int64_t minute = work ? 495 + random_below(&life->random, 3) * 15 :
				 (weekday ? 1050 : 630) + random_below(&life->random, 6) * 15;
		int64_t start = lives_utc(life->zone, day * VISIT_DAY_MS + minute * MINUTE), depart;
		struct leave_spot here = { 0, true, life->place[0], "Home" };
		struct leave_event event = { "x", "Event", start, LEAVE_UNKNOWN,
			lives_zone(life->zone, start), false, false,
			{ to, true, life->place[to], NULL } };
		struct prompt prompt;

		assert_int_equal(ask(known, &here, &event, &person, start - 3 * HOUR, &prompt),
				 LEAVE_SAID);
		depart = prompt.from + (kind == 0 ? (int64_t)(lives_unit(life) * 4 * 60000) :
			 (int64_t)(exp(.5 * lives_normal(life)) * 2 * 60000));
		seen[person.seen_count] = (struct leave_seen){ prompt.from, depart, start,
			depart + lives_trip(life, 0, to, depart) };
		slack[(*count)++] = start - seen[person.seen_count].arrived;
		*late += seen[person.seen_count++].arrived > start;
	}
	trips_free(known);
	free(trips);
}

static int by_slack(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void few_are_late(void **state)
{
	static int64_t slack[4000];
	int kind;

	(void)state;
	for (kind = 0; kind < 4; kind++) {
		size_t late = 0, count = 0;
		uint64_t seed;

		for (seed = 1; seed <= 8; seed++) {
			int64_t first = 19500 + (int64_t)seed * 31;
			struct life life;

			lives_make(&life, kind < 2 ? LIVES_SMOOTH : LIVES_BUILT,
				   seed % 2 == 0 ? LIVES_BERLIN : LIVES_NEW_YORK, seed + 40, first, 200);
			follow(&life, kind % 2, first, 200, &late, slack, &count);
			lives_free(&life);
		}
		qsort(slack, count, sizeof(*slack), by_slack);
		print_message("kind %d: %zu alerts, late %.1f %%, median slack %.1f min\n", kind,
			      count, 100. * (double)late / (double)count,
			      (double)slack[count / 2] / 60000);
		assert_true(late * 20 <= count);
		assert_true(slack[count / 2] <= 8 * MINUTE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_by_hand), cmocka_unit_test(said_to_nobody_who_has_no_use),
		cmocka_unit_test(habits_stay_over_changes), cmocka_unit_test(few_are_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
