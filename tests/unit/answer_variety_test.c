/* Variety against a plain greedy loop over the whole catalogue, and what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/variety.c"
#include "history_kit.h"

#define ITEMS 300
#define MOST 25

static void clear(struct tacit_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->count; i++)
		free(answer->suggestion[i].cause);
	free(answer->suggestion);
	memset(answer, 0, sizeof(*answer));
}

/* max over those picked of 4 * variety * cosine, one item beside all others, nothing remembered. */
static int64_t slow_cost(const struct pack *pack, uint32_t item, const uint32_t *picked, uint32_t count, int32_t variety)
{
	int64_t most = 0;
	uint32_t k, j;

	for (k = 0; k < count; k++) {
		int64_t dot = 0, x = 0, y = 0, alike, cost;

		for (j = 0; j < pack->dim; j++) {
			int a = pack->q[(size_t)item * pack->dim + j], b = pack->q[(size_t)picked[k] * pack->dim + j];

			dot += a * b;
			x += a * a;
			y += b * b;
		}
		alike = dot <= 0 ? 0 : (dot << 20) / (int64_t)fixed_root((uint64_t)(x * y));
		alike = alike > FIXED_ONE ? FIXED_ONE : alike;
		if (k + 1 == count && pack_creator(pack, item)[0] != 0 &&
		    strcmp(pack_creator(pack, item), pack_creator(pack, picked[k])) == 0)
			alike = FIXED_ONE;
		cost = fixed_multiply(alike, (int64_t)variety * VARIETY_COST);
		most = cost > most ? cost : most;
	}
	return most;
}

static void lists_are_greedy_over_all(void **state)
{
	struct pack *pack = kit_pack_with(ITEMS, 5, false, false);
	struct scan *scan = scan_new(pack);
	uint32_t round, k, i;

	(void)state;
	for (round = 0; round < 60; round++) {
		const struct profile_filter all = PROFILE_ALL;
		int32_t variety = (int32_t)((round % 5 + 1) * FIXED_ONE / 5);
		struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
		struct vault_history history;
		struct profile_links links;
		struct profile profile;
		struct tacit_answer answer = { .count = 0 };
		struct subject subject = { .history = &history, .links = &links, .pack = pack, .scan = scan };
		uint32_t picked[MOST], bucket;
		int64_t h[KIT_DIM];

		kit_history(&history, 60, 10 + round, round);
		assert_int_equal(profile_links_make(&history, pack, &links, NULL), 0);
		options.count = round % 3 == 0 ? MOST : 10;
		options.variety = variety;
		options.anyway = 1;
		assert_int_equal(answer_next(&subject, &options, &answer, NULL), 0);
		assert_int_equal(answer.count, options.count);
		assert_int_equal(profile_make(&history, &links, pack, NULL, 0, &all, &profile, NULL), 0);
		bucket = profile_state(&profile, UINT32_MAX, h);
		for (k = 0; k < options.count; k++) {
			const struct tacit_suggestion *it = &answer.suggestion[k];
			fixed_wide best_wide = 0;
			int64_t best = INT64_MIN, sum = 0;
			size_t c;

			picked[k] = UINT32_MAX;
			for (i = 0; i < ITEMS; i++) {
				fixed_wide wide = fold_dot(pack, h, i) + fold_length(pack, bucket, i) +
					(profile.bonus == NULL ? 0 : (fixed_wide)profile.bonus[i] * ((fixed_wide)1 << 42));
				int64_t net = fixed_narrow(wide) - slow_cost(pack, i, picked, k, variety);
				bool out = profile_bit(profile.excluded, i);
				uint32_t j;

				for (j = 0; j < k; j++)
					out |= picked[j] == i;
				if (out || net < best || (net == best && wide <= best_wide))
					continue;
				best = net;
				best_wide = wide;
				picked[k] = i;
			}
			assert_int_equal(it->item, picked[k]);
			assert_int_equal(it->score, best);
			assert_int_equal(it->rank, k + 1);
			for (c = 0; c < it->cause_count; c++)
				sum += it->cause[c].contribution;
			assert_int_equal(sum, it->score);
		}
		profile_free(&profile);
		clear(&answer);
		profile_links_free(&links);
		kit_history_free(&history);
	}
	scan_free(scan);
	pack_close(pack);
}

struct given {
	uint32_t n;
	int32_t alike[8][8];
};

static int32_t given_alike(const void *context, uint32_t a, uint32_t b, bool next)
{
	const struct given *given = context;

	return next && (a + b) % 2 == 1 ? FIXED_ONE : given->alike[a][b];
}

/* No variety is no change; three things worked out by hand. */
static void orders_by_hand(void **state)
{
	const int64_t score[3] = { 3 * FIXED_ONE, 2 * FIXED_ONE, FIXED_ONE };
	struct given given = { 3, { { 0, FIXED_ONE / 2, 0 }, { FIXED_ONE / 2, 0, 0 }, { 0, 0, 0 } } };
	struct variety_pick pick[3];
	uint32_t got, k;

	(void)state;
	assert_int_equal(variety_order(score, 3, given_alike, &given, 0, 3, pick, &got, NULL), 0);
	for (k = 0; k < 3; k++) {
		assert_int_equal(pick[k].item, k);
		assert_int_equal(pick[k].cost, 0);
		assert_int_equal(pick[k].like, FOLD_NO_ITEM);
	}
	/* variety 1/2 costs up to 2: behind 0, thing 1 stands next at 2 - 2 = 0 and thing 2 at 1 - 0; then
	 * thing 1 is next to 2 (odd sum), 2 - 2 = 0 */
	assert_int_equal(variety_order(score, 3, given_alike, &given, FIXED_ONE / 2, 3, pick, &got, NULL), 0);
	assert_int_equal(got, 3);
	assert_int_equal(pick[1].item, 2);
	assert_int_equal(pick[1].cost, 0);
	assert_int_equal(pick[2].item, 1);
	assert_int_equal(pick[2].cost, 2 * FIXED_ONE);
	assert_int_equal(pick[2].like, 2);
	/* two of five words in common */
	assert_int_equal(variety_words("Horror|War|Drama", "War|Noir|Drama|Crime"), 2 * FIXED_ONE / 5);
	assert_int_equal(variety_words("", "War"), 0);
	assert_int_equal(variety_words("War", "Warm"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_greedy_over_all),
		cmocka_unit_test(orders_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
