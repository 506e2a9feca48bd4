/* Shapley values against the definition over all orders of the players. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/worth.c"
#include "history_kit.h"

/* The mean marginal gain over all n! orders, as a numerator over n!. */
static void slow_shapley(const struct game *game, const uint32_t *weight, int64_t *value)
{
	uint32_t order[6], n = game->players, i, used;
	uint64_t code, orders = (uint64_t)factorial(n);

	memset(value, 0, sizeof(*value) * n);
	for (code = 0; code < orders; code++) {
		uint64_t rest = code;
		uint32_t coalition = 0;

		for (i = 0, used = 0; i < n; i++) {	/* the code's digits choose the order */
			uint32_t pick = (uint32_t)(rest % (n - i)), p = 0;

			rest /= n - i;
			for (;; p++)
				if ((used >> p & 1) == 0 && pick-- == 0)
					break;
			used |= 1U << p;
			order[i] = p;
		}
		for (i = 0; i < n; i++) {
			value[order[i]] += value_of(game, coalition | 1U << order[i], weight) -
					   value_of(game, coalition, weight);
			coalition |= 1U << order[i];
		}
	}
}

static void values_are_the_definition(void **state)
{
	struct random random = { 31 };
	uint64_t hits[64];
	uint32_t weight[TARGETS_MAX], round, i;

	(void)state;
	for (round = 0; round < 50; round++) {
		struct game game = { .players = 1 + random_below(&random, 6), .targets = 40,
				     .hits = hits };
		int64_t fast[LIMIT_SOURCES_EXACT], slow[6], sum = 0;

		for (i = 0; i < 64; i++)
			hits[i] = random_u64(&random) >> 24;
		for (i = 0; i < TARGETS_MAX; i++)
			weight[i] = random_below(&random, 3);
		shapley(&game, weight, fast);
		slow_shapley(&game, weight, slow);
		for (i = 0; i < game.players; i++) {
			assert_int_equal(fast[i], slow[i]);
			sum += fast[i];
		}
		assert_int_equal(sum, factorial(game.players) *
				 (value_of(&game, (1U << game.players) - 1, weight) -
				  value_of(&game, 0, weight)));
	}
}

/* On a whole person: what is shown sums to the shown total, and the range holds the value. */
static void worth_sums_to_the_gain(void **state)
{
	struct pack *pack = kit_pack(120, 32, false);
	struct scan *scan = scan_new(pack);
	struct vault_history history;
	struct profile_links links;
	struct subject subject = { &history, &links, pack, NULL, 0, scan, NULL };
	struct worth_options options = { NULL, NULL };
	uint32_t reporters[100];
	struct tacit_worth worth[LIMIT_SOURCES_EXACT];
	int64_t total, sum = 0;
	uint32_t p, e;

	(void)state;
	memset(worth, 0, sizeof(worth));
	kit_history(&history, 100, 60, 33);
	assert_int_equal(profile_links_make(&history, pack, &links, NULL), 0);
	for (e = 0; e < 100; e++)	/* every seventh act was reported by two */
		reporters[e] = 1U << e % 4 | (e % 7 == 0 ? 1U << (e + 1) % 4 : 0);
	assert_int_equal(answer_worth(&subject, reporters, 4, &options, worth, &total, NULL), 0);
	for (p = 0; p < 4; p++) {
		sum += worth[p].shapley;
		assert_true(worth[p].low <= worth[p].shapley + 1 &&
			    worth[p].shapley <= worth[p].high + 1);
	}
	assert_int_equal(sum, total);
	profile_links_free(&links);
	kit_history_free(&history);
	scan_free(scan);
	pack_close(pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_the_definition),
		cmocka_unit_test(worth_sums_to_the_gain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
