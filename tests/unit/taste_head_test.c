/* Heads: their factors against the equations of fold.h and pairs.h in 128 bits, and at their limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack_kit.h"
#include "taste/fold.h"
#include "taste/pairs.h"

#define ITEMS 90
#define EVENTS 40

/* "next" with a bank that it leaves out, and a "taste". */
static const struct pack_head stored[2] = {
	{ "next", { 1u << 20, 1u << 20, 1u << 20 }, { 1u << 20, 0 }, 1u << 20 },
	{ "taste", { 0, 300000, PACK_THETA_MAX }, { 77777, 1u << 20 }, 3u << 20 },
};

static void views_lie_between_the_heads(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 31, false);
	struct head head;
	int32_t view;
	uint32_t b;

	(void)state;
	assert_false(head_has_taste(pack));
	head_of(pack, FIXED_ONE, &head);	/* a pack without heads has ones, whatever is asked */
	assert_int_equal(head.view, 0);
	for (b = 0; b < LIMIT_BANKS; b++)
		assert_int_equal(head.theta[b], b < KIT_BANKS ? 1u << 20 : 0);
	for (b = 0; b < LIMIT_PAIR_BANKS; b++)
		assert_int_equal(head.pair_theta[b], b < 2 ? 1u << 20 : 0);
	pack->head = stored;
	pack->heads = 2;
	assert_true(head_has_taste(pack));
	for (view = 0; view <= FIXED_ONE; view += FIXED_ONE / 8) {
		head_of(pack, view, &head);
		assert_int_equal(head.view, view);
		for (b = 0; b < LIMIT_BANKS; b++) {
			int64_t both = (int64_t)stored[0].theta[b] * (FIXED_ONE - view) +
				       (int64_t)stored[1].theta[b] * view;

			assert_int_equal(head.theta[b], both >> 20);
		}
		assert_int_equal(head.pair_theta[1], view);
		assert_int_equal(head.intercept, (1u << 20) + 2 * (uint32_t)view);
	}
	pack_close(pack);
}

static uint64_t slow_power(uint32_t rho, uint32_t r)
{
	uint64_t power = 1 << 30;

	while (r-- > 0 && rho < 1u << 30)
		power = power * rho >> 30;
	return power;
}

static void decays_are_the_equation(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 32, false);
	struct fold_decay *decay = malloc(sizeof(*decay)), *plain = malloc(sizeof(*plain));
	struct random random = { 33 };
	struct head head;
	uint32_t round, b, r;

	(void)state;
	fold_decay_make(pack, plain);
	for (round = 0; round < 12; round++) {
		head_of(pack, 0, &head);
		for (b = 0; round > 0 && b < KIT_BANKS; b++)
			head.theta[b] = round == 1 ? PACK_THETA_MAX : random_below(&random, 1 << 22);
		for (b = 0; round > 0 && b < 2; b++)
			head.pair_theta[b] = round == 1 ? PACK_THETA_MAX : round == 2 ? 0 :
					     random_below(&random, 1 << 22);
		fold_decay_of(pack, &head, decay);
		if (round == 0)		/* ones change no bit */
			assert_memory_equal(decay, plain, sizeof(*decay));
		for (b = 0; b < KIT_BANKS; b++)
			for (r = 0; r < 300; r++)
				assert_int_equal(decay->weight[b][r], (uint64_t)(
					(unsigned __int128)slow_power(pack->config->rho[b], r) *
					head.theta[b] >> 20));
		for (r = 0; r < 300; r++)
			assert_int_equal(decay->pair_weight[0][r], (uint64_t)(
				(unsigned __int128)slow_power(pack->pairs->bank[0].rho, r) *
				head.pair_theta[0] >> 20));
		/* without the bank that never fades, the rest does */
		assert_true(round == 2 ? decay->faded < LIMIT_HISTORY : decay->faded == LIMIT_HISTORY);
	}
	free(decay);
	free(plain);
	pack_close(pack);
}

/* m(e, b) rounded to 2^-30, in 128 bits. */
static void states_are_the_equation(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 34, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct fold_entry entry[EVENTS];
	struct random random = { 35 };
	int64_t h[KIT_DIM];
	uint32_t round, e, b, j;

	(void)state;
	pack->head = stored;
	pack->heads = 2;
	for (round = 0; round < 10; round++) {
		struct head head;

		head_of(pack, (int32_t)random_below(&random, FIXED_ONE + 1), &head);
		fold_decay_of(pack, &head, decay);
		for (e = 0; e < EVENTS; e++)
			entry[e] = (struct fold_entry){ random_below(&random, ITEMS),
				(int32_t)random_below(&random, 2 << 20) - (1 << 19), 0, NULL };
		fold_state(pack, decay, entry, EVENTS, UINT32_MAX, h);
		for (j = 0; j < KIT_DIM; j++) {
			__int128 sum = 0;

			for (e = 0; e < EVENTS; e++)
				for (b = 0; b < KIT_BANKS; b++) {
					size_t row = (size_t)entry[e].item * KIT_BANKS + b;
					__int128 m = (__int128)entry[e].strength * (int64_t)(
						(unsigned __int128)slow_power(pack->config->rho[b], e) *
						head.theta[b] >> 20) * pack->p_scale[row];

					sum += ((m + ((__int128)1 << 51)) >> 52) *
					       pack->p[row * KIT_DIM + j];
				}
			assert_true(h[j] == (int64_t)sum);
		}
	}
	free(decay);
	pack_close(pack);
}

/* The largest factors, strengths and scales that a hostile pack may have: held, not wrapped. */
static void the_limit_is_held(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 36, true);
	struct fold_decay *decay = malloc(sizeof(*decay));
	static struct fold_entry entry[LIMIT_HISTORY];
	uint32_t *scale = malloc(sizeof(*scale) * ITEMS * KIT_BANKS), b, j, e;
	struct head head;
	int64_t h[KIT_DIM], one[KIT_DIM];

	(void)state;
	memset(scale, 0xff, sizeof(*scale) * ITEMS * KIT_BANKS);
	pack->p_scale = scale;
	head_of(pack, 0, &head);
	for (b = 0; b < KIT_BANKS; b++)
		head.theta[b] = PACK_THETA_MAX;
	fold_decay_of(pack, &head, decay);
	for (e = 0; e < LIMIT_HISTORY; e++)
		entry[e] = (struct fold_entry){ 7, 2 << 20, 0, NULL };
	fold_state(pack, decay, entry, LIMIT_HISTORY, UINT32_MAX, h);
	memset(one, 0, sizeof(one));
	fold_add(pack, decay, entry, 0, one);
	for (j = 0; j < KIT_DIM; j++) {
		int64_t rows = 0;

		for (b = 0; b < KIT_BANKS; b++)
			rows += pack->p[(size_t)(7 * KIT_BANKS + b) * KIT_DIM + j];
		assert_true(one[j] == rows * INT32_MAX);	/* every m is at its bound */
		assert_true(h[j] < 1LL << 53 && h[j] > -(1LL << 53));
	}
	assert_int_equal(head_tilt(&head, 1000), 0);
	head.intercept = PACK_THETA_MAX;
	/* length * (theta - 1) * 2^-31 to 2^-20 */
	assert_int_equal(head_tilt(&head, -32768), -(((int64_t)32768 * (PACK_THETA_MAX - FIXED_ONE)) >> 11));
	head.intercept = 0;
	assert_int_equal(head_tilt(&head, 2048), -FIXED_ONE);
	free(scale);
	free(decay);
	pack_close(pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_lie_between_the_heads),
		cmocka_unit_test(decays_are_the_equation),
		cmocka_unit_test(states_are_the_equation),
		cmocka_unit_test(the_limit_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
