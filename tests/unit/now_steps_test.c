/* Goals by hand, when something is said and when not, and projections of invented days. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/fixed.h"
#include "base/random.h"
#include "now/steps.h"
#include "places/visit.h"

#define HOUR 3600000LL

static int32_t goal(const int32_t *totals, size_t count, uint32_t *used)
{
	struct steps_day days[20];
	size_t i;

	for (i = 0; i < count; i++)
		days[i] = (struct steps_day){ .day = 100 - (int64_t)i, .total = totals[i] };
	return steps_goal(days, count, 101, used);
}

static void goals_by_hand(void **state)
{
	static const int32_t totals[] = { 9000, 1000, 8000, 2000, 7000, 3000, 6000, 4000, 5000,
					  99999, 99999 };
	static const int32_t holes[] = { 9000, 0, 1000, 0, 8000, 0, 2000, 0, 7000 };
	struct steps_day twice[6];
	uint32_t used;
	size_t i;

	(void)state;
	assert_int_equal(goal(totals, 11, &used), 6000);	/* the sixth of the last nine */
	assert_int_equal(used, 9);
	assert_int_equal(goal(totals, 8, &used), 6400);	/* place 5.4 of 1 2 3 4 6 7 8 9 */
	assert_int_equal(goal(totals, 4, &used), 0);
	assert_int_equal(used, 4);
	/* 1000 2000 7000 8000 9000 at place 3.6: 7600; days without steps are no days */
	assert_int_equal(goal(holes, 9, &used), 7600);
	assert_int_equal(used, 5);
	/* two tellings of a day count once, the larger; today does not count */
	for (i = 0; i < 6; i++)
		twice[i] = (struct steps_day){ .day = 90 + (int64_t)i / 2, .total = 1000 };
	assert_int_equal(steps_goal(twice, 6, 101, &used), 0);
	assert_int_equal(used, 3);
	assert_int_equal(steps_goal(NULL, 0, 101, &used), 0);
}

/* Ten days of 500 steps an hour from 8 to 20 o'clock: 6,000 a day. */
static size_t even_days(struct steps_day *days)
{
	size_t i;
	int h;

	for (i = 0; i < 10; i++) {
		days[i] = (struct steps_day){ .day = 19999 - (int64_t)i, .total = 6000,
					      .hourly = true };
		for (h = 0; h < 24; h++)
			days[i].by_hour[h] = h < 8 ? 0 : h >= 20 ? 6000 : 500 * (h - 7);
	}
	return 10;
}

static enum steps_verdict at(int hour, int32_t steps, int32_t told, struct steps_state *s,
			     struct prompt *prompt)
{
	struct steps_day days[10];
	struct steps_moment moment = { 20000 * VISIT_DAY_MS + hour * HOUR + 300 * 60000LL, -300,
				       steps, told };

	return steps_prompt(days, even_days(days), &moment, s, prompt);
}

static void said_only_where_a_walk_reaches(void **state)
{
	struct steps_state s;
	struct prompt prompt;
	int32_t steps;

	(void)state;
	/* at 17:00 4,500 are usual, 1,500 to come; the goal is 6,000 */
	assert_int_equal(at(17, 3000, 0, &s, &prompt), STEPS_SAID);
	assert_int_equal(s.goal, 6000);
	assert_int_equal(s.usual, 4500);
	assert_int_equal(s.rest[1], 1500);
	assert_int_equal(s.projected[1], 4500);
	assert_int_equal(s.missing, 3000);
	assert_int_equal(s.walk, 4000);
	assert_string_equal(prompt.words, "A walk of about 15 minutes reaches today's goal of 6000 "
			    "steps.");
	assert_int_equal(prompt.until, 20000 * VISIT_DAY_MS + 26 * HOUR - 15 * 60000);
	assert_false(prompt.critical);
	assert_int_equal(at(17, 6000, 0, &s, &prompt), STEPS_REACHED);
	assert_int_equal(at(17, 4500, 0, &s, &prompt), STEPS_ON_WAY);
	assert_int_equal(at(17, 300, 0, &s, &prompt), STEPS_HOPELESS);
	assert_int_equal(at(9, 100, 0, &s, &prompt), STEPS_NOT_NOW);
	assert_int_equal(at(22, 5000, 0, &s, &prompt), STEPS_NOT_NOW);
	assert_int_equal(at(17, -1, 0, &s, &prompt), STEPS_NO_PACE);
	assert_int_equal(at(17, 3000, 2500, &s, &prompt), STEPS_REACHED);
	assert_int_equal(at(17, 3000, 20000, &s, &prompt), STEPS_HOPELESS);
	/* more steps never turn hopeless or silence into it, and it is said in one stretch */
	for (steps = 0; steps < 6100; steps += 10) {
		enum steps_verdict verdict = at(17, steps, 0, &s, &prompt);

		assert_int_equal(verdict, steps < 500 ? STEPS_HOPELESS : steps < 4500 ? STEPS_SAID :
				 steps < 6000 ? STEPS_ON_WAY : STEPS_REACHED);
	}
}

static void not_known(void **state)
{
	struct steps_day days[10];
	struct steps_moment moment = { 20000 * VISIT_DAY_MS + 17 * HOUR, 0, 3000, 0 };
	struct steps_state s;
	struct prompt prompt;
	size_t i;

	(void)state;
	even_days(days);
	assert_int_equal(steps_prompt(days, 4, &moment, &s, &prompt), STEPS_NO_GOAL);
	for (i = 0; i < 10; i++)
		days[i].hourly = false;
	assert_int_equal(steps_prompt(days, 10, &moment, &s, &prompt), STEPS_NO_PACE);
	assert_int_equal(s.goal, 6000);
	assert_int_equal(steps_prompt(NULL, 0, &moment, &s, &prompt), STEPS_NO_GOAL);
}

/* Two kinds of people: even walkers with bouts, and those of few long walks. */
static void make_day(struct random *random, int kind, struct steps_day *d)
{
	double mood = exp((random_unit(random) - .5) * .8), sum = 0;
	int h, walk = kind == 1 ? 9 + (int)random_below(random, 11) : -1;

	d->hourly = true;
	for (h = 0; h < 24; h++) {
		double hour = h < 7 || h > 22 ? 0 : 150 + 500 * random_unit(random);

		if (h == 8 || h == 17)
			hour += 1500 * random_unit(random);
		if (h == walk && random_unit(random) < .6f)
			hour += 3000 + 3000 * random_unit(random);
		sum += hour * mood;
		d->by_hour[h] = (int32_t)sum;
	}
	d->total = (int32_t)sum;
}

static void projections_cover(void **state)
{
	size_t asked = 0, low = 0, high = 0, said = 0, reached = 0;
	struct random random = { 11 };
	int person, i, hour;

	(void)state;
	for (person = 0; person < 40; person++) {
		struct steps_day days[120];

		for (i = 0; i < 120; i++) {
			days[i] = (struct steps_day){ .day = 19000 + i };
			make_day(&random, person % 2, &days[i]);
		}
		for (i = 60; i < 120; i++)
			for (hour = 12; hour <= 20; hour += 4) {
				struct steps_moment moment = { (19000 + i) * VISIT_DAY_MS +
					hour * HOUR, 0, days[i].by_hour[hour - 1], 0 };
				struct steps_state s;
				struct prompt prompt;

				if (steps_prompt(days, (size_t)i, &moment, &s, &prompt) ==
				    STEPS_SAID) {
					said++;
					reached += days[i].total + s.walk >= s.goal;
					assert_true(s.missing > 0 && days[i].total > 0);
				}
				asked++;
				low += days[i].total <= s.projected[0];
				high += days[i].total <= s.projected[2];
			}
	}
	print_message("projections: %.1f %% below Q20, %.1f %% below Q80; said %zu of %zu, a walk "
		      "reached %.1f %%\n", 100. * (double)low / (double)asked,
		      100. * (double)high / (double)asked, said, asked,
		      100. * (double)reached / (double)said);
	assert_true(fabs((double)low / (double)asked - .2) < .03);
	assert_true(fabs((double)high / (double)asked - .8) < .03);
	assert_true(said > 100 && (double)reached > .6 * (double)said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goals_by_hand), cmocka_unit_test(said_only_where_a_walk_reaches),
		cmocka_unit_test(not_known), cmocka_unit_test(projections_cover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
