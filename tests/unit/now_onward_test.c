/* The next place: on lives with known rules, and on check-ins beside the plain chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "places/onward.h"
#include "now_lives.h"
#include "onward_kit.h"

#define CHECKINS "../shared/data/foursquare-nyc/checkins.tsv"

static void check_sum(const struct onward_answer *answer)
{
	int64_t sum = (int64_t)answer->others + answer->fresh;
	size_t i;

	assert_true(answer->others >= 0 && answer->fresh >= 0);
	for (i = 0; i < answer->count; i++) {
		assert_true(answer->list[i].chance >= 0);
		assert_true(i == 0 || answer->list[i].chance <= answer->list[i - 1].chance);
		assert_true(answer->list[i].order2 <= answer->list[i].order1);
		assert_true(answer->list[i].order1 <= answer->list[i].visits);
		sum += answer->list[i].chance;
	}
	assert_int_equal(sum, FIXED_ONE);
}

static void nothing_is_known(void **state)
{
	const struct visit one = { 0, 1000, 7, 0, true };
	const struct visit nowhere = { 0, 1000, VISIT_NOWHERE, 0, true };
	struct onward_answer answer;
	struct onward *onward;

	(void)state;
	assert_int_equal(onward_learn(NULL, 0, &onward, NULL), 0);
	assert_int_equal(onward_next(onward, ONWARD_LEAVING, 5, 0, &answer, NULL), 0);
	check_sum(&answer);
	assert_int_equal(answer.fresh, FIXED_ONE);
	onward_free(onward);
	assert_int_equal(onward_learn(&one, 1, &onward, NULL), 0);
	assert_int_equal(onward_next(onward, ONWARD_ARRIVING, 5, 0, &answer, NULL), 0);
	check_sum(&answer);
	assert_int_equal(answer.fresh, FIXED_ONE);
	onward_free(onward);
	assert_int_equal(onward_learn(&nowhere, 1, &onward, NULL), 0);
	assert_int_equal(onward_next(onward, ONWARD_LEAVING, 5, 0, &answer, NULL), 0);
	assert_int_equal(answer.count, 0);
	onward_free(onward);
	onward_free(NULL);
}

/* A B A C A B A C ...: where A leads depends on what was before it, and the counts say so. */
static void order_two(void **state)
{
	static const uint32_t round[] = { 10, 20, 10, 30 };
	struct visit visit[200];
	struct onward_answer answer;
	struct onward *onward;
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++)
		visit[i] = (struct visit){ (int64_t)i * 18000000, (int64_t)i * 18000000 + 9000000,
					   round[i % 4], 0, true };
	for (i = 197; i <= 200; i++) {
		assert_int_equal(onward_learn(visit, i, &onward, NULL), 0);
		assert_int_equal(onward_next(onward, ONWARD_LEAVING, visit[i - 1].leave, 0, &answer,
					     NULL), 0);
		check_sum(&answer);
		assert_int_equal(answer.list[0].place, round[i % 4]);
		assert_true(answer.list[0].chance > FIXED_ONE * 6 / 10);
		/* all of its visits came from these two, but one at the beginning perhaps */
		assert_true(answer.list[0].order2 + 1 >= answer.list[0].order1 / 2);
		assert_true(answer.list[0].order1 >= 48);
		assert_true(answer.fresh < FIXED_ONE / 10);
		onward_free(onward);
	}
}

/* Regular lives: likelier than the plain chain, and what is said comes true. */
static void lives_by_plan(void **state)
{
	struct kit_score score;
	struct life *life = malloc(sizeof(*life));
	bool seen[L_PLACES];
	size_t lives, i;

	(void)state;
	memset(&score, 0, sizeof(score));
	for (lives = 0; lives < 24; lives++) {
		enum life_type type = (enum life_type[]){ LIFE_DAY, LIFE_NIGHT, LIFE_STUDENT,
							  LIFE_REMOTE }[lives % 4];
		struct kit_row *row;
		struct onward *onward;

		life_begin(life, type, 120, 70 + lives);
		if (lives % 8 < 4)
			life_plan(life);
		else
			life_drift(life);
		row = malloc(life->visits * sizeof(*row));
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < life->visits; i++)
			row[i].venue = life->visit[i].place;
		assert_int_equal(onward_learn(life->visit, life->visits * 4 / 5, &onward, NULL), 0);
		for (i = 0; i < life->visits; i++) {
			const struct visit *visit = &life->visit[i];
			bool fresh = visit->place == VISIT_NOWHERE || !seen[visit->place];
			struct onward_answer answer;

			if (visit->place != VISIT_NOWHERE)
				seen[visit->place] = true;
			if (i < life->visits * 4 / 5)
				continue;
			assert_int_equal(onward_next(onward, ONWARD_LEAVING, visit[-1].leave,
						     visit[-1].zone, &answer, NULL), 0);
			check_sum(&answer);
			kit_judge(&answer, visit->place, fresh, &score);
			score.plain += !fresh && kit_plain(row, i, row[i - 1].venue, true) ==
				       visit->place;
			assert_int_equal(onward_add(onward, visit, NULL), 0);
		}
		onward_free(onward);
		free(row);
	}
	print_message("lives: acc@1 %.1f %%, order 1 %.1f %%, error %.3f, new %.1f %% said %.1f %%\n",
		      100.0 * (double)score.first / (double)score.tests,
		      100.0 * (double)score.plain / (double)score.tests,
		      kit_error(score.said, score.right, score.tests),
		      100.0 * (double)score.fresh / (double)score.tests,
		      100.0 * score.fresh_said / (double)score.tests);
	assert_true(score.first * 100 >= score.plain * 100 + score.tests * 3);
	assert_true(kit_error(score.said, score.right, score.tests) < 0.06);
	free(life);
}

/* A sample of people; bench/onward.c has all of them. */
static void checkins(void **state)
{
	struct kit_score leaving, arriving;
	size_t rows;
	struct kit_row *row = kit_read(CHECKINS, &rows);

	(void)state;
	if (row == NULL) {
		print_message("no check-ins at " CHECKINS ": skipped\n");
		skip();
	}
	leaving = kit_run(row, rows, 1, UINT32_MAX, 4, ONWARD_LEAVING, false);
	arriving = kit_run(row, rows, 1, UINT32_MAX, 4, ONWARD_ARRIVING, false);
	print_message("check-ins, %zu tests: leaving %.2f %%, arriving %.2f %%, order 1 %.2f %%; "
		      "error %.3f, %.3f\n", leaving.tests,
		      100.0 * (double)leaving.first / (double)leaving.tests,
		      100.0 * (double)arriving.first / (double)leaving.tests,
		      100.0 * (double)leaving.plain / (double)leaving.tests,
		      kit_error(leaving.said, leaving.right, leaving.tests),
		      kit_error(arriving.said, arriving.right, arriving.tests));
	assert_true(leaving.tests > 1000);
	/* a quarter of the people: a difference of 3 points is known to about half a point */
	assert_true(((double)leaving.first - (double)leaving.plain) * 100 >=
		    (double)leaving.tests * 2.5);
	assert_true((arriving.first - arriving.plain) * 100 >= arriving.tests * 3);
	assert_true(kit_error(leaving.said, leaving.right, leaving.tests) <= 0.05);
	assert_true(kit_error(arriving.said, arriving.right, arriving.tests) <= 0.05);
	free(row);
}

static void in_time(void **state)
{
	struct visit *visit = calloc(10000, sizeof(*visit));
	struct random random = { 9 };
	struct onward_answer answer;
	struct onward *onward;
	double began, took;
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++)
		visit[i] = (struct visit){ (int64_t)i * 9000000, (int64_t)i * 9000000 + 7200000,
					   random_below(&random, 400), 60, true };
	assert_int_equal(onward_learn(visit, 10000, &onward, NULL), 0);
	began = clock_seconds();
	for (i = 0; i < 20; i++)
		assert_int_equal(onward_next(onward, ONWARD_LEAVING, 90000000000, 60, &answer,
					     NULL), 0);
	took = (clock_seconds() - began) / 20;
	print_message("one answer from 10,000 visits: %.2f ms\n", took * 1e3);
	assert_true(took < 0.05);	/* generous: other things run too */
	onward_free(onward);
	free(visit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known),
		cmocka_unit_test(order_two),
		cmocka_unit_test(lives_by_plan),
		cmocka_unit_test(checkins),
		cmocka_unit_test(in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
