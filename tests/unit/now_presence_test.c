/* Presence and departures on generated lives, and on weeks by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fixed.h"
#include "places/presence.h"
#include "now_lives.h"

#define MOST 64

static int32_t share_of(const struct visit *visit, size_t visits, int64_t now, int64_t of_week,
			uint32_t place, uint32_t *weeks)
{
	struct presence_share list[MOST];
	size_t count, i;
	int64_t sum = 0;
	int32_t share = 0;

	assert_int_equal(presence_at(visit, visits, now, of_week, list, MOST, &count, NULL), 0);
	for (i = 0; i < count; i++) {
		assert_true(i == 0 || list[i - 1].share >= list[i].share);
		sum += list[i].share;
		if (weeks != NULL)
			*weeks = list[i].weeks;
		share = list[i].place == place ? list[i].share : share;
	}
	assert_true(sum <= FIXED_ONE + MOST);
	return share;
}

/* How well the shares of past weeks foretell the next ones: calibrated, and better than the mean. */
static void shares_come_true(void **state)
{
	double said[10] = { 0 }, true_then[10] = { 0 }, loss = 0, plain = 0, error = 0;
	size_t bin[10] = { 0 }, tests = 0, lives, i;
	struct life *life = malloc(sizeof(*life));
	int b;

	(void)state;
	for (lives = 0; lives < 40; lives++) {
		enum life_type type = (enum life_type[]){ LIFE_DAY, LIFE_NIGHT, LIFE_STUDENT,
							  LIFE_CLIENTS }[lives % 4];

		life_begin(life, type, 160, 40 + lives);
		if (lives % 8 < 4)
			life_plan(life);
		else
			life_drift(life);
		for (i = 0; i < 60; i++) {
			/* moments alike in time, not in visits: short visits are many */
			int64_t first = life->visit[0].arrive;
			int64_t last = life->visit[life->visits - 1].leave;
			int64_t at = last - (int64_t)(life_unit(life) * (double)(last - first) / 3);
			uint32_t k, place[2] = { L_HOME, L_WORK };
			size_t v = 0;

			while (v + 1 < life->visits && life->visit[v].leave <= at)
				v++;
			if (life->visit[v].arrive > at)
				continue;
			for (k = 0; k < 2; k++) {
				/* as it looked a day before */
				double p = share_of(life->visit, life->visits, at - VISIT_DAY_MS,
					visit_of_week(visit_local(at, life->visit[v].zone)),
					place[k], NULL) / (double)FIXED_ONE;
				bool there = life->visit[v].place == place[k];

				b = (int)(p * 10) > 9 ? 9 : (int)(p * 10);
				bin[b]++;
				said[b] += p;
				true_then[b] += there;
				loss += (p - there) * (p - there);
				plain += (0.5 - there) * (0.5 - there);
				tests++;
			}
		}
	}
	for (b = 0; b < 10; b++)
		error += fabs(said[b] - true_then[b]) / (double)tests;
	print_message("presence: Brier %.3f (a coin: %.3f), error %.3f over %zu;",
		      loss / (double)tests, plain / (double)tests, error, tests);
	for (b = 0; b < 10; b++)
		print_message(" %.0f/%.0f", 100 * said[b] / ((double)bin[b] + 1e-9),
			      100 * true_then[b] / ((double)bin[b] + 1e-9));
	print_message(" %%\n");
	assert_true(loss < 0.5 * plain);
	assert_true(error < 0.08);
	free(life);
}

/* Ten Mondays 9 to 17 at place 1, else at place 0; week 11 is asked for. */
static void weeks_by_hand(void **state)
{
	const int64_t monday = 4 * VISIT_DAY_MS, hour = 3600000;
	struct visit visit[64];
	size_t n = 0, w;
	uint32_t weeks = 0;
	int64_t now;

	(void)state;
	for (w = 0; w < 10; w++) {
		int64_t t = monday + (int64_t)w * VISIT_WEEK_MS;

		visit[n++] = (struct visit){ t - 8 * hour, t + 8 * hour, 0, 0, true };
		visit[n++] = (struct visit){ t + 9 * hour, t + 17 * hour, 1, 0, true };
		visit[n++] = (struct visit){ t + 18 * hour, t + 30 * hour, 0, 0, true };
	}
	now = monday + 10 * VISIT_WEEK_MS;
	/* weights e^(-7 k / 60) for k = 1 .. 10 (about: a visit ends before the week does) are 5.5 in
	 * all, the prior is 8 of 36 hours, twice: (5.5 + 2 * .22) / (5.5 + 2) = .79 */
	assert_in_range(share_of(visit, n, now, 12 * hour, 1, &weeks), FIXED_ONE * 77 / 100,
			FIXED_ONE * 82 / 100);
	assert_int_equal(weeks, 10);
	/* at three in the night (5.5 + 2 * .78) / 7.5 = .94 */
	assert_in_range(share_of(visit, n, now, 3 * hour, 0, NULL), FIXED_ONE * 92 / 100,
			FIXED_ONE * 96 / 100);
	/* of Sunday noon nothing is known: the share of all time, 8 of 36 hours at place 1 */
	assert_in_range(share_of(visit, n, now, 6 * VISIT_DAY_MS + 12 * hour, 1, &weeks),
			FIXED_ONE * 20 / 100, FIXED_ONE * 25 / 100);
	assert_int_equal(weeks, 0);
	/* nothing of later than now is used */
	assert_int_equal(share_of(visit, n, monday - 9 * hour, 12 * hour, 1, NULL), 0);
	assert_int_equal(share_of(NULL, 0, now, 12 * hour, 1, NULL), 0);
}

static void departures_by_hand(void **state)
{
	const int64_t monday = 4 * VISIT_DAY_MS, minute = 60000;
	struct presence_move move = { 0, 1, PRESENCE_WEEKDAYS, 0, INT64_MAX };
	struct presence_departure got;
	struct visit visit[200];
	size_t n = 0;
	int d;

	(void)state;
	/* twenty days, leaving at 8:00 + d minutes local, to work but every fifth day to a shop;
	 * clocks change in the middle */
	for (d = 0; d < 28; d++) {
		int16_t zone = d < 14 ? 60 : 120;
		int64_t t = monday + d * VISIT_DAY_MS - zone * minute;
		int64_t leave = t + (480 + d) * minute;

		visit[n++] = (struct visit){ t - 300 * minute, leave, 0, zone, true };
		visit[n++] = (struct visit){ leave + 20 * minute, t + 1000 * minute,
					     d % 5 == 4 ? 2 : 1, zone, true };
	}
	visit[n++] = (struct visit){ visit[n - 1].leave + minute, visit[n - 1].leave + 600 * minute,
				     0, 120, true };
	assert_int_equal(presence_departure(visit, n, &move, &got, NULL), 0);
	/* weekdays 0-4, 7-11, 14-18, 21-25; without 4, 9, 14, 24: sixteen */
	assert_int_equal(got.days, 20);
	assert_int_equal(got.moves, 16);
	assert_int_equal(got.q10, (480 + 1) * minute);	/* the second of sixteen */
	assert_int_equal(got.q50, (480 + 11) * minute);	/* the eighth: 0 1 2 3 7 8 10 11 */
	assert_int_equal(got.q90, (480 + 23) * minute);	/* the fifteenth: .. 21 22 23 25 */
	move.days = PRESENCE_DAY(1);		/* Tuesdays: 1, 8, 15, 22: too few to say when */
	assert_int_equal(presence_departure(visit, n, &move, &got, NULL), 0);
	assert_int_equal(got.moves, 4);
	assert_int_equal(got.q50, -1);
	move = (struct presence_move){ 5, VISIT_NOWHERE, PRESENCE_ANY, 0, INT64_MAX };
	assert_int_equal(presence_departure(visit, n, &move, &got, NULL), 0);
	assert_int_equal(got.days, 0);
}

/* Leaving about midnight for a night shift: the quantiles hold together. */
static void around_midnight(void **state)
{
	const int64_t minute = 60000;
	struct presence_move move = { 0, 1, PRESENCE_ANY, 0, INT64_MAX };
	struct presence_departure got;
	struct visit visit[200];
	size_t n = 0;
	int d;

	(void)state;
	for (d = 1; d <= 21; d++) {
		int64_t leave = d * VISIT_DAY_MS + (d % 7 - 3) * 10 * minute;

		visit[n++] = (struct visit){ leave - 600 * minute, leave, 0, 0, true };
		visit[n++] = (struct visit){ leave + 20 * minute, leave + 400 * minute, 1, 0, true };
	}
	assert_int_equal(presence_departure(visit, n, &move, &got, NULL), 0);
	assert_int_equal(got.moves, 21);
	assert_int_equal(got.q90 - got.q10, 60 * minute);
	assert_int_equal(got.q50, 1440 * minute);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_come_true),
		cmocka_unit_test(weeks_by_hand),
		cmocka_unit_test(departures_by_hand),
		cmocka_unit_test(around_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
