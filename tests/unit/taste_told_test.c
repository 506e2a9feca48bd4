/* What a sentence is understood as, what a rule names, and what an act weighs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fixed.h"
#include "taste/strength.h"
#include "taste/told.h"

static void sentences(void **state)
{
	static const struct {
		const char *said, *key, *value;
	} cases[] = {
		{ "I love westerns", "loves", "westerns" },
		{ "love Stanley Kubrick.", "loves", "Stanley Kubrick" },
		{ "I LIKE film noir!", "likes", "film noir" },
		{ "no horror", "avoids", "horror" },
		{ "never  slapstick", "avoids", "slapstick" },
		{ "I hate musicals", "avoids", "musicals" },
		{ "I don't like war", "less", "war" },
		{ "my shoe size is 43", "shoe size", "43" },
		{ "diet = vegan", "diet", "vegan" },
		{ "city: Lund", "city", "Lund" },
		{ "I love Alien: Romulus", "loves", "Alien: Romulus" },
		{ "Tuesdays are long", "note", "Tuesdays are long" },
		{ "lovely weather", "note", "lovely weather" },
	};
	struct vault_fact fact;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		told_parse(cases[i].said, &fact);
		assert_string_equal(fact.key, cases[i].key);
		assert_string_equal(fact.value, cases[i].value);
		assert_int_equal(fact.mark, VAULT_TOLD);
	}
}

static void rules_name_whole_words(void **state)
{
	struct vault_fact fact[] = {
		{ .id = 1, .key = "avoids", .value = "Comedies", .mark = VAULT_TOLD },
		{ .id = 2, .key = "loves", .value = "war", .mark = VAULT_TOLD },
		{ .id = 3, .key = "loves", .value = "war", .mark = VAULT_SAID },
		{ .id = 4, .key = "not-me", .value = "Matrix, The (1999)", .mark = VAULT_TOLD },
		{ .id = 5, .key = "note", .value = "war", .mark = VAULT_TOLD },
	};
	struct told told;

	(void)state;
	told_make(fact, 5, &told);
	assert_int_equal(told.count, 2);	/* what others said of a person is no rule */
	assert_true(told.rule[0].never);
	assert_true(told_matches(&told.rule[0], "Airplane!", "", "Comedy"));
	assert_true(told_matches(&told.rule[0], "Airplane!", "", "Drama|COMEDY"));
	assert_false(told_matches(&told.rule[0], "Comedian", "", "Documentary"));
	assert_int_equal(told.rule[1].bonus, TOLD_LOVE);
	assert_true(told_matches(&told.rule[1], "Das Boot", "", "War|Drama"));
	assert_false(told_matches(&told.rule[1], "Warriors, The", "Warner", "Action"));
	assert_true(told_not_me(&told, "The Matrix (1999)", 0));
	assert_true(told_not_me(&told, "Matrix, The", 1999));
	assert_true(told_not_me(&told, "Matrix, The", 0));
	assert_false(told_not_me(&told, "Matrix, The", 1993));
	assert_false(told_not_me(&told, "The Matrix Reloaded (2003)", 0));
}

static int32_t weigh(const uint8_t *verb, const int64_t *value, uint32_t count)
{
	int64_t duration[4] = { ACT_NONE, ACT_NONE, ACT_NONE, ACT_NONE };
	uint8_t verbs[4], flags[4] = { 0 };
	int64_t values[4];
	uint32_t newest_first[4], i;
	struct vault_history history = { .event_count = count, .verb = verbs, .value = values,
					 .duration = duration, .flags = flags };

	for (i = 0; i < count; i++) {
		verbs[i] = verb[i];
		values[i] = value[i];
		newest_first[i] = count - 1 - i;
	}
	return strength_of(&history, newest_first, count);
}

static void the_newest_judgement_wins(void **state)
{
	const int64_t none[] = { ACT_NONE, ACT_NONE }, low_then_watch[] = { 1 << 20, ACT_NONE };
	const uint8_t watch[] = { ACT_WATCH, ACT_WATCH }, rate_watch[] = { ACT_RATE, ACT_WATCH };
	const uint8_t like_dislike[] = { ACT_LIKE, ACT_DISLIKE };
	const int64_t steps[] = { 7000LL << 20 };
	const uint8_t exercise[] = { ACT_EXERCISE };
	const uint8_t dislike_like[] = { ACT_DISLIKE, ACT_LIKE }, bookmark[] = { ACT_BOOKMARK };

	(void)state;
	assert_int_equal(weigh(watch, none, 2), FIXED_ONE);
	assert_true(weigh(like_dislike, none, 2) < 0);
	assert_true(weigh(dislike_like, none, 2) > FIXED_ONE);
	/* a low rating is not undone by having watched it once more */
	assert_true(weigh(rate_watch, low_then_watch, 2) < FIXED_ONE);
	/* a count of steps is no rating */
	assert_int_equal(weigh(exercise, steps, 1), FIXED_ONE);
	assert_true(weigh(bookmark, none, 1) < FIXED_ONE && weigh(bookmark, none, 1) > 0);
}

static void roots_and_logarithms(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(fixed_log2(1), 0);
	assert_int_equal(fixed_log2(1ULL << 40), 40 << 20);
	assert_true(fixed_log2(3) == 1661954 || fixed_log2(3) == 1661953);	/* 1.5849625 * 2^20 */
	for (value = 0; value < 100000; value += 37) {
		uint64_t root = fixed_root(value);

		assert_true(root * root <= value && (root + 1) * (root + 1) > value);
	}
	assert_int_equal(fixed_inverse_root(4), FIXED_ONE / 2);
	assert_int_equal(fixed_power_law(0, 1440), FIXED_ONE);
	assert_int_equal(fixed_power_law(3 * 1440, 1440), FIXED_ONE / 2);	/* (1 + 3)^-1/2 */
	assert_int_equal(fixed_exp2(0), 1 << 30);
	assert_int_equal(fixed_exp2(-(31 << 20)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences),
		cmocka_unit_test(rules_name_whole_words),
		cmocka_unit_test(the_newest_judgement_wins),
		cmocka_unit_test(roots_and_logarithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
