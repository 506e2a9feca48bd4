/* Lunch: exact sums, what was told, days of novelty, and invented people against plain ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/fixed.h"
#include "base/random.h"
#include "now/lunch.h"
#include "places/visit.h"

#define HOUR 3600000LL
#define FIRST 19500LL
#define NOON(day) ((day) * VISIT_DAY_MS + 12 * HOUR)

static const struct lunch_place places[] = {
	{ "Roma", "pizza italian", "vegetarian", 300, 1200 },
	{ "Blue Bottle Grill", "burger steak", NULL, 200, 1500 },
	{ "Green", "salad", "Vegan vegetarian", 900, 900 },
	{ "Napoli", "pizza italian", "vegetarian", 400, -1 },
	{ "Noodle Bar", "noodles", "halal", -1, 800 },
};

static struct lunch_known *learn(const struct lunch_visit *visits, size_t count, int64_t now)
{
	struct lunch_known *known;
	struct error error;

	assert_int_equal(lunch_learn(places, 5, visits, count, now, &known, &error), 0);
	return known;
}

static size_t make_visits(struct lunch_visit *visits)
{
	static const uint32_t order[] = { 0, 1, 0, 0, 2 };
	size_t i;

	for (i = 0; i < 40; i++)
		visits[i] = (struct lunch_visit){ order[i % 5], NOON(FIRST + (int64_t)i), 0,
						  (int16_t)(i % 2) };
	return 40;
}

static void terms_sum_to_the_score(void **state)
{
	struct lunch_rules rules = { .budget = -1, .metres = -1 };
	struct lunch_moment moment = { NOON(FIRST + 40), 0, 1 };
	struct lunch_visit visits[40];
	struct lunch_pick pick[LUNCH_PICKS];
	struct lunch_known *known = learn(visits, make_visits(visits), moment.now);
	struct prompt prompt;
	size_t n, i, k;

	(void)state;
	n = lunch_list(known, &rules, &moment, LUNCH_PICKS, pick);
	assert_int_equal(n, 5);
	assert_int_equal(pick[0].place, 0);
	assert_int_equal(pick[0].meals, 24);
	for (i = 0; i < n; i++) {
		int64_t sum = 0;

		for (k = 0; k < LUNCH_TERMS; k++)
			sum += pick[i].term[k];
		assert_int_equal(sum, pick[i].score);
		if (i > 0)
			assert_true(pick[i].score <= pick[i - 1].score);
		assert_int_equal(pick[i].novel, pick[i].place >= 3);
		/* only what shares words with a known place is like one */
		assert_int_equal(pick[i].term[LUNCH_ALIKE] > 0, pick[i].place == 3);
	}
	assert_true(lunch_prompt(known, &rules, &moment, &prompt));
	assert_string_equal(prompt.words, "Lunch at Roma?");
	assert_int_equal(prompt.from, NOON(FIRST + 40) - 15 * 60000);
	assert_int_equal(prompt.until, NOON(FIRST + 40) + 150 * 60000);
	for (i = 1, k = 0; i < prompt.why.count; i++)
		k += prompt.why.list[i].unit == REASON_SCORE ? (size_t)prompt.why.list[i].value : 0;
	assert_int_equal((int64_t)k, prompt.why.list[0].value);
	rules.least = FIXED_ONE;
	assert_false(lunch_prompt(known, &rules, &moment, &prompt));
	rules.least = 0;
	moment.now += 4 * HOUR;
	assert_false(lunch_prompt(known, &rules, &moment, &prompt));
	lunch_free(known);
	/* eaten already */
	moment.now = NOON(FIRST + 39) + HOUR;
	known = learn(visits, 40, moment.now);
	assert_false(lunch_prompt(known, &rules, &moment, &prompt));
	lunch_free(known);
	known = learn(NULL, 0, 0);
	assert_int_equal(lunch_list(known, &rules, &moment, 3, pick), 3);
	lunch_free(known);
}

static bool in_list(const struct lunch_rules *rules, uint32_t place)
{
	struct lunch_moment moment = { NOON(FIRST + 40), 0, LUNCH_WEATHER_UNKNOWN };
	struct lunch_visit visits[40];
	struct lunch_known *known = learn(visits, make_visits(visits), moment.now);
	struct lunch_pick pick[LUNCH_PICKS];
	size_t n = lunch_list(known, rules, &moment, LUNCH_PICKS, pick), i;
	bool found = false;

	for (i = 0; i < n; i++)
		found |= pick[i].place == place;
	lunch_free(known);
	return found;
}

static void told_rules_hold(void **state)
{
	static const char *const vegetarian[] = { "VEGETARIAN" }, *const pizza[] = { "pizza" };
	static const char *const blue[] = { "blue bottle" }, *const piz[] = { "piz" };
	static const char *const empty[] = { " " };
	struct lunch_rules rules = { .budget = -1, .metres = -1, .must = vegetarian,
				     .must_count = 1 };

	(void)state;
	assert_true(in_list(&rules, 0) && in_list(&rules, 2) && in_list(&rules, 3));
	assert_false(in_list(&rules, 1) || in_list(&rules, 4));
	rules = (struct lunch_rules){ .budget = -1, .metres = -1, .never = pizza, .never_count = 1 };
	assert_false(in_list(&rules, 0) || in_list(&rules, 3));
	assert_true(in_list(&rules, 1));
	rules.never = blue;
	assert_true(!in_list(&rules, 1) && in_list(&rules, 0));
	rules.never = piz;
	assert_true(in_list(&rules, 0));
	rules.never = empty;
	assert_true(in_list(&rules, 0) && in_list(&rules, 1));
	rules = (struct lunch_rules){ .budget = 1000, .metres = -1 };
	assert_true(!in_list(&rules, 0) && !in_list(&rules, 1) && in_list(&rules, 2) &&
		    in_list(&rules, 3));
	rules = (struct lunch_rules){ .budget = -1, .metres = 350 };
	assert_true(in_list(&rules, 0) && !in_list(&rules, 2) && in_list(&rules, 4));
}

static void novelty_is_honoured(void **state)
{
	static const int32_t shares[] = { 0, FIXED_ONE / 20, FIXED_ONE / 7, FIXED_ONE / 5,
					  FIXED_ONE / 3, FIXED_ONE / 2, FIXED_ONE };
	struct lunch_visit visits[40];
	struct lunch_known *known = learn(visits, make_visits(visits), NOON(FIRST + 400));
	size_t s, days;
	int64_t from, day;

	(void)state;
	for (s = 0; s < sizeof(shares) / sizeof(shares[0]); s++)
		for (from = FIRST + 41; from < FIRST + 1000; from += 313)
			for (days = 1; days <= 7; days++) {	/* the days of the week it is asked */
				struct lunch_rules rules = { .budget = -1, .metres = -1,
							     .novelty = shares[s] };
				int64_t novel = 0, asked = 0;

				for (day = from; asked < 250; day++) {
					struct lunch_moment moment = { NOON(day), 0, -1 };
					struct lunch_pick first;

					if (day % 7 >= (int64_t)days)
						continue;
					assert_int_equal(lunch_list(known, &rules, &moment, 1,
								    &first), 1);
					novel += first.novel;
					asked++;
				}
				assert_true(llabs(novel * FIXED_ONE - asked * shares[s]) <=
					    asked * FIXED_ONE / 50);
			}
	lunch_free(known);
}

/* People: with days of the week, with phases, never twice the same, and of pure chance. */
#define OPTIONS 12
static void make_life(struct random *random, int kind, struct lunch_visit *visits, size_t count)
{
	double weight[OPTIONS];
	uint32_t last = OPTIONS, favourite = 0, i;
	size_t n;

	for (n = 0; n < count; n++) {
		int64_t day = FIRST + (int64_t)n;
		uint32_t place;
		float u;

		if (n % 30 == 0)
			favourite = random_below(random, OPTIONS);
		for (i = 0; i < OPTIONS; i++)
			weight[i] = 1.0 / (1 + i);
		if (kind == 0)
			weight[day % 7] += 6;
		if (kind == 1)
			weight[favourite] += 4;
		if (kind == 2 && last < OPTIONS)
			weight[last] = 0;
		for (u = 0, i = 0; i < OPTIONS; i++)
			u += (float)weight[i];
		u *= random_unit(random);
		for (place = 0; place + 1 < OPTIONS && u >= (float)weight[place]; place++)
			u -= (float)weight[place];
		visits[n] = (struct lunch_visit){ place, NOON(day), 0, LUNCH_WEATHER_UNKNOWN };
		last = place;
	}
}

/* hit@3 by counts, or by the latest. */
static bool plain(const struct lunch_visit *visits, size_t count, bool latest, uint32_t right)
{
	int64_t key[OPTIONS] = { 0 };
	size_t i, better = 0;

	for (i = 0; i < count; i++)
		key[visits[i].place] = (latest ? 0 : (key[visits[i].place] / 1000 + 1) * 1000) +
				       (int64_t)i;
	for (i = 0; i < OPTIONS; i++)
		better += key[i] > key[right];
	return better < 3;
}

static void as_good_as_plain_ways(void **state)
{
	static const char *const names[] = { "days of the week", "phases", "never twice", "chance" };
	struct lunch_place options[OPTIONS] = { { "x", NULL, NULL, -1, -1 } };
	struct lunch_rules rules = { .budget = -1, .metres = -1 };
	struct random random = { 21 };
	int kind;

	(void)state;
	for (kind = 0; kind < 4; kind++) {
		size_t ours = 0, frequent = 0, latest = 0, asked = 0, taken = 0;
		double promised = 0;
		int person;

		for (person = 0; person < 16; person++) {
			struct lunch_visit visits[160];
			size_t i, k;

			make_life(&random, kind, visits, 160);
			for (i = 60; i < 160; i += 2) {
				struct lunch_moment moment = { visits[i].time, 0, -1 };
				struct lunch_known *known;
				struct lunch_pick pick[3];
				struct error error;

				assert_int_equal(lunch_learn(options, OPTIONS, visits, i, moment.now,
							     &known, &error), 0);
				assert_int_equal(lunch_list(known, &rules, &moment, 3, pick), 3);
				for (k = 0; k < 3; k++)
					ours += pick[k].place == visits[i].place;
				taken += pick[0].place == visits[i].place;
				promised += lunch_chance(known, &moment, &pick[0]) / (double)FIXED_ONE;
				frequent += plain(visits, i, false, visits[i].place);
				latest += plain(visits, i, true, visits[i].place);
				asked++;
				lunch_free(known);
			}
		}
		print_message("%s: hit@3 %.3f, most frequent %.3f, last visited %.3f; chance %.3f, "
			      "taken %.3f\n", names[kind], (double)ours / (double)asked,
			      (double)frequent / (double)asked, (double)latest / (double)asked,
			      promised / (double)asked, (double)taken / (double)asked);
		/* one error of a difference of 800 noons; two where there is nothing to know */
		assert_true((double)ours >= (double)frequent - (kind < 3 ? .02 : .04) * (double)asked);
		assert_true((double)ours >= (double)latest - (kind < 3 ? .02 : .04) * (double)asked);
		assert_true(promised / (double)asked - (double)taken / (double)asked < .07);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_sum_to_the_score), cmocka_unit_test(told_rules_hold),
		cmocka_unit_test(novelty_is_honoured), cmocka_unit_test(as_good_as_plain_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
