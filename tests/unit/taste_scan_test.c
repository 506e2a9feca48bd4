/* The fold and the exact scan against slow references, on random packs and histories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack_kit.h"
#include "taste/dot.h"
#include "taste/fold.h"
#include "taste/given.h"
#include "taste/scan.h"

#define ITEMS 300
#define EVENTS 40

/* The equation of fold.h term by term, in 128 bits: decay by repeated rounding down. */
static fixed_wide slow_score(const struct pack *pack, const struct fold_entry *entry,
			     uint32_t count, uint32_t skip, uint32_t item)
{
	uint32_t n = count - (skip < count), bucket = 0, e, b, j, r = 0;
	fixed_wide score;

	while (bucket + 1 < pack->buckets && pack->config->bucket_from[bucket + 1] <= n)
		bucket++;
	score = (fixed_wide)pack->length[bucket * pack->items + item] * ((fixed_wide)1 << 51);
	for (e = 0; e < count; e++) {
		if (e == skip)
			continue;
		for (b = 0; b < pack->banks; b++) {
			int64_t weight = 1 << 30;
			fixed_wide dot = 0, m;
			uint32_t row = entry[e].item * pack->banks + b, k;

			for (k = 0; k < r; k++)
				weight = weight * pack->config->rho[b] >> 30;
			m = (fixed_wide)entry[e].strength * weight * pack->p_scale[row];
			m = (m + ((fixed_wide)1 << 51)) >> 52;
			for (j = 0; j < pack->dim; j++)
				dot += pack->p[row * pack->dim + j] * pack->q[item * pack->dim + j];
			score += m * dot * pack->q_scale[item];
		}
		r++;
	}
	return score;
}

static void random_entries(struct random *random, struct fold_entry *entry, uint32_t count)
{
	uint32_t e;

	for (e = 0; e < count; e++) {
		entry[e] = (struct fold_entry){ random_below(random, ITEMS), FIXED_ONE, 0, NULL };
		if (e % 5 == 4)
			entry[e].strength = -FIXED_ONE / 2;
	}
}

static void fold_is_the_equation(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 1, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct fold_entry entry[EVENTS];
	struct random random = { 2 };
	int64_t h[KIT_DIM];
	uint32_t round, count, skip, item;

	(void)state;
	fold_decay_make(pack, decay);
	for (round = 0; round < 200; round++) {
		count = random_below(&random, EVENTS + 1);
		skip = round % 2 == 0 || count == 0 ? UINT32_MAX : random_below(&random, count);
		item = random_below(&random, ITEMS);
		random_entries(&random, entry, count);
		fold_state(pack, decay, entry, count, skip, h);
		assert_true(fold_dot(pack, h, item) +
			    fold_length(pack, fold_bucket(pack, count - (skip < count)), item) ==
			    slow_score(pack, entry, count, skip, item));
	}
	free(decay);
	pack_close(pack);
}

/* Brute force: score everything exactly, count what comes before. */
static uint32_t slow_rank(const fixed_wide *score, const uint64_t *excluded, uint32_t item)
{
	uint32_t i, before = 0;

	for (i = 0; i < ITEMS; i++)
		if (i != item && (excluded[i / 64] >> (i % 64) & 1) == 0)
			before += score[i] > score[item] || (score[i] == score[item] && i < item);
	return before;
}

/* Some in disorder, some twice. */
static void given_are_exact(const struct pack *pack, const int64_t *h, uint32_t events,
			    const int32_t *bonus, const fixed_wide *score)
{
	uint32_t item[100], i;
	fixed_wide given[100];

	for (i = 0; i < 100; i++)
		item[i] = (i * 37 + events) % ITEMS;
	fold_scores(pack, h, fold_bucket(pack, events), bonus, item, 1 + events * 2, given);
	for (i = 0; i < 1 + events * 2; i++)
		assert_true(given[i] == score[item[i]]);
}

static void top_is_exact(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 3, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct scan *scan = scan_new(pack);
	struct fold_entry entry[EVENTS];
	struct random random = { 4 };
	int64_t h[KIT_DIM];
	uint32_t round, i;

	(void)state;
	fold_decay_make(pack, decay);
	for (round = 0; round < 1000; round++) {
		uint32_t count = random_below(&random, EVENTS + 1), k, got;
		uint64_t excluded[ITEMS / 64 + 1] = { 0 };
		int32_t bonus[ITEMS];
		fixed_wide score[ITEMS];
		struct scan_hit hit[ITEMS];

		random_entries(&random, entry, count);
		for (i = 0; i < ITEMS; i++) {
			bonus[i] = round % 3 == 0 ? (int32_t)random_below(&random, 3) << 19 : 0;
			if (random_below(&random, 4) == 0)
				excluded[i / 64] |= 1ULL << (i % 64);
		}
		fold_state(pack, decay, entry, count, UINT32_MAX, h);
		for (i = 0; i < ITEMS; i++)
			score[i] = fold_dot(pack, h, i) +
				   fold_length(pack, fold_bucket(pack, count), i) +
				   (fixed_wide)bonus[i] * ((fixed_wide)1 << 42);
		scan_pass(scan, h, fold_bucket(pack, count), excluded,
			  round % 3 == 0 ? bonus : NULL);
		k = 1 + random_below(&random, 30);
		got = scan_top(scan, k, hit, NULL);
		assert_int_equal(got, k);
		for (i = 0; i < got; i++) {
			assert_true(hit[i].score == score[hit[i].item]);
			assert_int_equal(slow_rank(score, excluded, hit[i].item), i);
		}
		given_are_exact(pack, h, count, round % 3 == 0 ? bonus : NULL, score);
		i = random_below(&random, ITEMS);
		assert_int_equal(scan_rank(scan, i), slow_rank(score, excluded, i));
	}
	free(decay);
	scan_free(scan);
	pack_close(pack);
}

/* The first few by bounds of half the bytes are those of the whole pass, also where they tie or
 * few are left. */
static void first_is_top(void **state)
{
	const uint32_t items = 2500;
	struct pack *pack = kit_pack(items, 10, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct scan *scan = scan_new(pack);
	struct fold_entry entry[EVENTS];
	struct random random = { 11 };
	uint64_t *excluded = malloc(sizeof(*excluded) * (items / 64 + 1));
	int32_t *bonus = malloc(sizeof(*bonus) * items);
	struct scan_hit hit[100], other[100];
	uint32_t round, i, k, got;
	int64_t h[KIT_DIM];

	(void)state;
	fold_decay_make(pack, decay);
	for (round = 0; round < 600; round++) {
		uint32_t count = random_below(&random, EVENTS + 1), bucket = fold_bucket(pack, count);
		const uint64_t *out = round % 2 == 0 ? NULL : excluded;
		const int32_t *more = round % 3 == 0 ? bonus : NULL;

		random_entries(&random, entry, count);
		for (i = 0; i < items / 64 + 1; i++)
			excluded[i] = round % 10 == 1 ? ~(1ULL << (i % 64) & -(uint64_t)(i % 9 == 0)) :
				      random_u64(&random) & random_u64(&random);
		for (i = 0; i < items; i++)
			bonus[i] = (int32_t)random_below(&random, 3) << 19;
		if (round % 5 == 0)
			bucket = FOLD_NO_BUCKET;	/* and where count is 0 all tie */
		fold_state(pack, decay, entry, count, UINT32_MAX, h);
		k = round % 11 == 0 ? 100 : 1 + random_below(&random, 25);
		got = scan_first(scan, h, bucket, out, more, k, hit, NULL);
		scan_pass(scan, h, bucket, out, more);
		assert_int_equal(got, scan_top(scan, k, other, NULL));
		for (i = 0; i < got; i++) {
			assert_int_equal(hit[i].item, other[i].item);
			assert_true(hit[i].score == other[i].score);
		}
	}
	free(decay);
	free(excluded);
	free(bonus);
	scan_free(scan);
	pack_close(pack);
}

/* Items with the same rows everywhere: order by number, at any k. */
static void ties_go_by_number(void **state)
{
	struct pack *pack = kit_pack(64, 5, false);
	struct scan *scan = scan_new(pack);
	int64_t h[KIT_DIM] = { 0 };
	struct scan_hit hit[64];
	uint32_t got, i;

	(void)state;
	scan_pass(scan, h, 0, NULL, NULL);
	got = scan_top(scan, 64, hit, NULL);
	assert_int_equal(got, 64);
	for (i = 1; i < got; i++)
		assert_true(hit[i - 1].score > hit[i].score ||
			    (hit[i - 1].score == hit[i].score && hit[i - 1].item < hit[i].item));
	scan_free(scan);
	pack_close(pack);
}

/* Shares of all candidates sum to one; the exponential's own error is below 2^-12. */
static void shares_sum_to_one(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 6, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct scan *scan = scan_new(pack);
	struct fold_entry entry[EVENTS];
	struct random random = { 7 };
	int64_t h[KIT_DIM];
	double sum = 0.0;
	uint32_t i;

	(void)state;
	fold_decay_make(pack, decay);
	random_entries(&random, entry, EVENTS);
	fold_state(pack, decay, entry, EVENTS, UINT32_MAX, h);
	scan_pass(scan, h, fold_bucket(pack, EVENTS), NULL, NULL);
	for (i = 0; i < ITEMS; i++)
		sum += fixed_exp2(scan_log_share(scan, scan_score(scan, i))) / 1073741824.0;
	assert_true(sum > 0.999 && sum < 1.001);
	free(decay);
	scan_free(scan);
	pack_close(pack);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int by_item(const void *a, const void *b)
{
	return by_number(&((const struct scan_hit *)a)->item, &((const struct scan_hit *)b)->item);
}

/* A kept state gives the scores and shares of a pass of its own, whatever was passed over since. */
static void given_is_the_pass(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 6, false);
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct scan *scan = scan_new(pack), *plain = scan_new(pack);
	int32_t *bonus = calloc(ITEMS, sizeof(*bonus));
	struct fold_entry entry[EVENTS];
	struct random random = { 17 };
	int64_t h[KIT_DIM], other[KIT_DIM] = { 0 };
	uint32_t bucket = fold_bucket(pack, EVENTS), item[ITEMS], round, count, i;
	struct scan_hit hit[ITEMS], room[ITEMS];
	fixed_wide score[ITEMS];

	(void)state;
	fold_decay_make(pack, decay);
	for (round = 0; round < 4; round++) {
		struct given *given;

		random_entries(&random, entry, EVENTS);
		for (i = 0; i < ITEMS; i++) {
			item[i] = ITEMS - 1 - i;
			bonus[i] = (int32_t)random_below(&random, 1 << 22) - (1 << 21);
		}
		fold_state(pack, decay, entry, EVENTS, UINT32_MAX, h);
		scan_pass(plain, h, bucket, NULL, round % 2 == 0 ? NULL : bonus);
		given = given_new(pack, h, bucket, round % 2 == 0 ? NULL : bonus);
		given_scores(given, item, ITEMS, score);
		for (i = 0; i < ITEMS; i++) {
			assert_true(score[i] == scan_score(plain, item[i]));
			assert_int_equal(given_log_share(given, scan, score[i]),
					 scan_log_share(plain, score[i]));
			if (i % 64 == 0)
				scan_pass(scan, other, 0, NULL, NULL);
		}
		for (count = 0; count <= ITEMS; count += 1 + count / 3) {
			given_rank(given, item, count, hit, room);
			qsort(item, count, sizeof(*item), by_number);
			for (i = 0; i < count; i++) {
				assert_true(hit[i].score == scan_score(plain, hit[i].item));
				assert_true(i == 0 || hit[i - 1].score > hit[i].score ||
					    (hit[i - 1].score == hit[i].score &&
					     hit[i - 1].item < hit[i].item));
				room[i] = hit[i];
			}
			qsort(room, count, sizeof(*room), by_item);
			for (i = 0; i < count; i++)	/* each of them once */
				assert_int_equal(room[i].item, item[i]);
		}
		given_free(given);
	}
	free(decay);
	free(bonus);
	scan_free(scan);
	scan_free(plain);
	pack_close(pack);
}

/* States beyond what any fold makes go the slow way and stay exact. */
static void any_state_is_exact(void **state)
{
	struct pack *pack = kit_pack(ITEMS, 8, false);
	struct random random = { 9 };
	uint32_t round, item[ITEMS], i, j;
	fixed_wide given[ITEMS];
	int64_t h[KIT_DIM];

	(void)state;
	for (round = 0; round < 64; round++) {
		for (j = 0; j < KIT_DIM; j++)
			h[j] = (int64_t)random_u64(&random) >> round;
		for (i = 0; i < ITEMS; i++)
			item[i] = i;
		fold_scores(pack, h, FOLD_NO_BUCKET, NULL, item, ITEMS, given);
		for (i = 0; i < ITEMS; i++) {
			fixed_wide sum = 0;

			for (j = 0; j < KIT_DIM; j++)
				sum += (fixed_wide)h[j] * pack->q[i * KIT_DIM + j];
			assert_true(given[i] == sum * pack->q_scale[i]);
			assert_true(fold_dot(pack, h, i) == sum * pack->q_scale[i]);
		}
	}
	pack_close(pack);
}

/* All of it with each variant of the kernels that the processor has. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold_is_the_equation),
		cmocka_unit_test(top_is_exact),
		cmocka_unit_test(first_is_top),
		cmocka_unit_test(ties_go_by_number),
		cmocka_unit_test(shares_sum_to_one),
		cmocka_unit_test(given_is_the_pass),
		cmocka_unit_test(any_state_is_exact),
	};
	int failed = 0;
	uint32_t v;

	for (v = 0; v < DOT_VARIANTS; v++) {
		dot_use(dot_variant(v));
		if (dot_variant(v) != NULL)
			failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
