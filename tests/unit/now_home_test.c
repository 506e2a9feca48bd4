/* Home and work on generated lives: no wrong claim that is sure, and sure claims where it is easy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "places/home.h"
#include "now_lives.h"

#define LIVES 200

struct score {
	size_t lives, wrong_home, wrong_work, home, work, unsure_right, unsure_wrong;
};

/* A sure claim is wrong where the place is none in the middle, or within a day of either end. */
static bool right(const struct life *life, const struct home_claim *claim)
{
	int64_t day = VISIT_DAY_MS, middle = claim->from + (claim->until - claim->from) / 2;

	return life_true(life, claim->kind, claim->place, middle) &&
	       life_true(life, claim->kind, claim->place, claim->from + day) &&
	       life_true(life, claim->kind, claim->place, claim->until - day);
}

static void judge(const struct life *life, const struct place *place, struct score *score)
{
	struct homes homes;
	bool home = false, work = false;
	size_t i;

	assert_int_equal(home_find(life->visit, life->visits, place, L_PLACES, &homes, NULL), 0);
	score->lives++;
	for (i = 0; i < homes.count; i++) {
		const struct home_claim *claim = &homes.list[i];
		bool good = right(life, claim);

		assert_in_range(claim->confidence, FIXED_ONE / 2, FIXED_ONE - 1);
		assert_true(claim->from <= claim->until);
		if (claim->confidence < HOME_SURE) {
			score->unsure_right += good;
			score->unsure_wrong += !good;
			continue;
		}
		if (!good && getenv("LIVES_SHOW") != NULL)
			print_message("  %s: wrong %s %u, %.3f, day %d to %d of %zu, second %d, "
				      "%u of %u\n", life_names[life->type],
				      claim->kind == PLACE_HOME ? "home" : "work", claim->place,
				      claim->confidence / (double)FIXED_ONE,
				      (int)((claim->from - life->start) / VISIT_DAY_MS),
				      (int)((claim->until - life->start) / VISIT_DAY_MS),
				      life->days, claim->second, claim->held, claim->weeks);
		if (claim->kind == PLACE_HOME) {
			score->wrong_home += !good;
			home |= good;
		} else {
			score->wrong_work += !good;
			work |= good;
		}
	}
	score->home += home;
	score->work += work;
	home_free(&homes);
}

static void print_score(const char *name, const char *how, const struct score *score)
{
	print_message("%-20s %-6s %4zu lives: wrong home %zu, work %zu; sure home %3.0f %%, "
		      "work %3.0f %%; unsure claims %zu right, %zu not\n", name, how, score->lives,
		      score->wrong_home, score->wrong_work,
		      100.0 * (double)score->home / (double)score->lives,
		      100.0 * (double)score->work / (double)score->lives, score->unsure_right,
		      score->unsure_wrong);
}

static struct score run(enum life_type type, bool drift, size_t least, size_t most, size_t lives,
			uint64_t seed)
{
	struct place *place = calloc(L_PLACES, sizeof(*place));
	struct life *life = malloc(sizeof(*life));
	struct score score = { 0 };
	size_t i;

	for (i = 0; i < lives; i++) {
		struct random random = { seed * 1000003 + i * 31 + type };

		life_begin(life, type, least + random_below(&random, (uint32_t)(most - least + 1)),
			   random_u64(&random));
		if (drift)
			life_drift(life);
		else
			life_plan(life);
		judge(life, place, &score);
	}
	free(life);
	free(place);
	return score;
}

/* LIVES, LIVES_SEED and LIVES_SHOW in the environment: more lives, other ones, what was wrong. */
static size_t setting(const char *name, size_t usual)
{
	return getenv(name) != NULL ? strtoull(getenv(name), NULL, 10) : usual;
}

static void no_wrong_claims(void **state)
{
	size_t lives = setting("LIVES", LIVES);
	uint64_t seed = setting("LIVES_SEED", 1);
	size_t wrong = 0;
	int type, drift;

	(void)state;
	for (type = 0; type < LIFE_TYPES; type++)
		for (drift = 0; drift < 2; drift++) {
			struct score score;

			if (drift == 1 && type == LIFE_WORK_PHONE)
				continue;
			score = run((enum life_type)type, drift, 30, 260, lives, seed + (uint64_t)drift);
			print_score(life_names[type], drift ? "drift" : "plan", &score);
			wrong += score.wrong_home + score.wrong_work;
		}
	assert_int_equal(wrong, 0);
}

/* Every kind when only little is known. */
static void no_wrong_claims_early(void **state)
{
	size_t wrong = 0;
	int type;

	(void)state;
	for (type = 0; type < LIFE_TYPES; type++) {
		struct score score = run((enum life_type)type, type % 2 == 0, 15, 60,
					  setting("LIVES", LIVES), setting("LIVES_SEED", 77));

		print_score(life_names[type], "early", &score);
		wrong += score.wrong_home + score.wrong_work;
	}
	assert_int_equal(wrong, 0);
}

static void sure_after_three_weeks(void **state)
{
	static const enum life_type easy[] = { LIFE_DAY, LIFE_NIGHT };
	size_t i;
	int drift;

	(void)state;
	for (i = 0; i < 2; i++)
		for (drift = 0; drift < 2; drift++) {
			struct score score = run(easy[i], drift, 21, 28, setting("LIVES", LIVES),
						 setting("LIVES_SEED", 5));

			print_score(life_names[easy[i]], "3 w", &score);
			assert_int_equal(score.wrong_home + score.wrong_work, 0);
			assert_true(score.home * 10 >= score.lives * 9);
		}
}

static void nothing_is_nothing(void **state)
{
	const struct visit odd[] = { { -5, 10, 0, 0, true }, { 100, 100, 1, 0, true },
				     { 9000000000000, 9000000360000, 0, 0, true } };
	struct place place[2] = { { .kind = PLACE_OTHER } };
	struct homes homes;

	(void)state;
	assert_int_equal(home_find(NULL, 0, NULL, 0, &homes, NULL), 0);
	assert_int_equal(homes.count, 0);
	home_free(&homes);
	assert_int_equal(home_find(odd, 3, place, 2, &homes, NULL), 0);
	assert_int_equal(homes.count, 0);
	home_free(&homes);
}

static void words_are_kept(void **state)
{
	struct place *place = calloc(L_PLACES, sizeof(*place));
	struct life *life = malloc(sizeof(*life));
	const struct home_claim *claim;
	struct homes homes;
	size_t i;

	(void)state;
	life_begin(life, LIFE_DAY, 120, 3);
	life_plan(life);
	/* refused: never again, at any confidence */
	place[L_WORK].rejected = 1 << PLACE_WORK;
	place[L_HOME].rejected = 1 << PLACE_HOME;
	place[L_OTHER].told = true;
	place[L_OTHER].kind = PLACE_WORK;
	place[L_OTHER].from = 77;
	assert_int_equal(home_find(life->visit, life->visits, place, L_PLACES, &homes, NULL), 0);
	for (i = 0; i < homes.count; i++)
		assert_true(homes.list[i].told);
	assert_int_equal(homes.count, 1);
	claim = home_at(&homes, PLACE_WORK, 78);
	assert_true(claim != NULL && claim->place == L_OTHER && claim->confidence == FIXED_ONE);
	assert_null(home_at(&homes, PLACE_WORK, 76));
	assert_null(home_at(&homes, PLACE_HOME, life->visit[500].arrive));
	home_free(&homes);
	/* told to be a friend's: no home */
	memset(place, 0, L_PLACES * sizeof(*place));
	place[L_HOME].told = true;
	assert_int_equal(home_find(life->visit, life->visits, place, L_PLACES, &homes, NULL), 0);
	assert_null(home_at(&homes, PLACE_HOME, life->visit[500].arrive));
	home_mark(&homes, life->visit[500].arrive, place, L_PLACES);
	assert_int_equal(place[L_HOME].kind, PLACE_OTHER);
	home_free(&homes);
	/* and without words both are found and marked */
	memset(place, 0, L_PLACES * sizeof(*place));
	assert_int_equal(home_find(life->visit, life->visits, place, L_PLACES, &homes, NULL), 0);
	home_mark(&homes, life->visit[life->visits - 1].leave, place, L_PLACES);
	assert_int_equal(place[L_HOME].kind, PLACE_HOME);
	assert_int_equal(place[L_WORK].kind, PLACE_WORK);
	home_free(&homes);
	free(life);
	free(place);
}

/* A move and a new job, long before and after: both spans are sure, and meet at the turn. */
static void spans_meet(void **state)
{
	struct place *place = calloc(L_PLACES, sizeof(*place));
	struct life *life = malloc(sizeof(*life));
	size_t good = 0, all = 0, i;

	(void)state;
	for (i = 0; i < 100; i++) {
		enum life_type type = i % 2 == 0 ? LIFE_MOVE : LIFE_JOB;
		enum place_kind kind = i % 2 == 0 ? PLACE_HOME : PLACE_WORK;
		int64_t before, after;
		const struct home_claim *early, *late;
		struct homes homes;

		life_begin(life, type, 500, 900 + i);
		life_plan(life);
		before = life->turn - life->zone * LIFE_MINUTE - 20 * VISIT_DAY_MS;
		after = before + 40 * VISIT_DAY_MS;
		assert_int_equal(home_find(life->visit, life->visits, place, L_PLACES, &homes, NULL), 0);
		early = home_at(&homes, kind, before);
		late = home_at(&homes, kind, after);
		all++;
		if (early != NULL && late != NULL) {
			int64_t gap = late->from - early->until;

			good += early->place != late->place && gap > 0 && gap < 10 * VISIT_DAY_MS &&
				!early->open && late->open;
		}
		home_free(&homes);
	}
	print_message("moves and new jobs with both spans: %zu of %zu\n", good, all);
	assert_true(good * 10 >= all * 9);
	free(life);
	free(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_wrong_claims),
		cmocka_unit_test(no_wrong_claims_early),
		cmocka_unit_test(sure_after_three_weeks),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(words_are_kept),
		cmocka_unit_test(spans_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
