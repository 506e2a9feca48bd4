/* Item-to-item weights against the equation of pairs.h, term by term in 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack_kit.h"
#include "taste/pairs.h"

#define ITEMS 120
#define EVENTS 60

static int64_t slow_weight(const struct pack *pack, uint32_t bank, uint32_t r)
{
	int64_t weight = 1 << 30;
	uint32_t k;

	for (k = 0; k < r; k++)
		weight = weight * pack->pairs->bank[bank].rho >> 30;
	if (pack->pairs->bank[bank].halves == 1)
		weight = weight * fixed_inverse_root(r + 1) >> 20;
	return weight;
}

/* Looked for by walking the row, not by bisection. */
static int64_t slow_term(const struct pack *pack, const struct fold_entry *entry, uint32_t r,
			 uint32_t item)
{
	uint64_t at;
	uint32_t b;

	for (at = pack->pair_start[entry->item]; at < pack->pair_start[entry->item + 1]; at++) {
		fixed_wide term = 1 << 15;

		if (pack->pair_item[at] != item)
			continue;
		for (b = 0; b < 2; b++) {
			fixed_wide m = (fixed_wide)entry->strength * slow_weight(pack, b, r) *
				       pack->pair_scale[2 * entry->item + b];

			term += ((m + ((fixed_wide)1 << 45)) >> 46) * pack->pair_value[2 * at + b];
		}
		return (int64_t)(term >> 16);
	}
	return 0;
}

static void random_entries(struct random *random, struct fold_entry *entry)
{
	uint32_t e;

	for (e = 0; e < EVENTS; e++)
		entry[e] = (struct fold_entry){ random_below(random, ITEMS),
						(int32_t)random_below(random, 2 << 20) - (1 << 19), 0,
						NULL };
	entry[5].item = FOLD_NO_ITEM;	/* words only: it has no pairs */
	entry[9].strength = 0;
}

static void pairs_are_the_equation(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 4, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct fold_entry entry[EVENTS];
	struct random random = { 5 };
	int32_t base[ITEMS], out[ITEMS];
	int64_t sum[ITEMS];
	uint32_t round, i, e;

	(void)state;
	fold_decay_make(pack, decay);
	assert_int_equal(decay->faded, LIMIT_HISTORY);	/* a power never fades */
	for (round = 0; round < 20; round++) {
		uint32_t skip = round % 2 == 0 ? UINT32_MAX : random_below(&random, EVENTS);

		random_entries(&random, entry);
		for (i = 0; i < ITEMS; i++)
			base[i] = (int32_t)random_below(&random, 2000) - 1000;
		pairs_state(pack, decay, entry, EVENTS, skip, round % 3 == 0 ? NULL : base, sum, out);
		for (i = 0; i < ITEMS; i++) {
			int64_t whole = round % 3 == 0 ? 0 : base[i];
			uint32_t r = 0;

			for (e = 0; e < EVENTS; e++) {
				if (e == skip)
					continue;
				if (entry[e].item != FOLD_NO_ITEM) {
					int64_t term = slow_term(pack, &entry[e], r, i);

					assert_int_equal(pairs_term(pack, decay, &entry[e], r, i), term);
					whole += term;
				}
				r++;
			}
			assert_int_equal(out[i], whole);
		}
	}
	free(decay);
	pack_close(pack);
}

/* A hostile pack cannot make a sum wrap around. */
static void sums_are_held(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 6, true);
	struct fold_decay *decay = malloc(sizeof(*decay));
	static struct fold_entry entry[LIMIT_HISTORY];
	uint32_t *scale = malloc(sizeof(*scale) * 2 * ITEMS), i, e, held = 0;
	int32_t out[ITEMS];
	int64_t sum[ITEMS];

	(void)state;
	memset(scale, 0xff, sizeof(*scale) * 2 * ITEMS);
	pack->pair_scale = scale;
	fold_decay_make(pack, decay);
	for (e = 0; e < LIMIT_HISTORY; e++)
		entry[e] = (struct fold_entry){ 1, 2 << 20, 0, NULL };
	pairs_state(pack, decay, entry, LIMIT_HISTORY, UINT32_MAX, NULL, sum, out);
	for (i = 0; i < ITEMS; i++) {
		held += out[i] == INT32_MAX || out[i] == -INT32_MAX;
		assert_true((sum[i] > 0) == (out[i] > 0) && (sum[i] < 0) == (out[i] < 0));
	}
	assert_true(held > 0);
	free(scale);
	free(decay);
	pack_close(pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_the_equation),
		cmocka_unit_test(sums_are_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
