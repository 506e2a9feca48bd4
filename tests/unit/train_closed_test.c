/* The closed forms against their normal equations written out, and what is kept of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "train/blend.h"
#include "train/closed.h"
#include "train/pairs.h"

#define USERS 40
#define ITEMS 12
#define BUCKETS 3

static uint64_t start[USERS + 1], end[USERS];
static uint32_t item[USERS * 12];
static int64_t when[USERS * 12];
static struct train_data data = { .users = USERS, .items = ITEMS, .start = start, .item = item,
				  .time = when };

/* Item 11 has no event; things come again within a person. */
static void make_data(uint64_t seed)
{
	struct random random = { seed };
	uint64_t at = 0;
	uint32_t u, i;

	for (u = 0; u < USERS; u++) {
		uint32_t length = 2 + random_below(&random, 10);

		start[u] = at;
		for (i = 0; i < length; i++) {
			when[at] = (int64_t)at;
			item[at++] = random_below(&random, ITEMS - 1);
		}
		end[u] = at - u % 2;	/* some have an event that is not learned from */
	}
	start[USERS] = data.events = at;
}

static struct closed_config config_of(enum closed_kind kind)
{
	struct closed_config config = { .kind = kind, .banks = kind == CLOSED_RECENT ? 0 : 1,
					.core = ITEMS, .lambda = 2.0f, .threads = 2 };

	config.bank[0] = (struct closed_bank){ 1.0f, 0.5f };
	if (kind == CLOSED_RIDGE) {
		config.banks = 2;
		config.bank[0] = (struct closed_bank){ 0.4f, 0.0f };
		config.bank[1] = (struct closed_bank){ 0.9f, 0.0f };
		config.relative = 0.2f;
		config.buckets = BUCKETS;
		config.bucket_from[1] = 2;
		config.bucket_from[2] = 6;
	}
	return config;
}

/* Gauss, Jordan, in doubles: a[n][n] x = b[n][m] in place. */
static void solve(double *a, double *b, int n, int m)
{
	int i, j, k;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			double factor = a[j * n + i] / a[i * n + i];

			if (j == i)
				continue;
			for (k = 0; k < n; k++)
				a[j * n + k] -= factor * a[i * n + k];
			for (k = 0; k < m; k++)
				b[j * m + k] -= factor * b[i * m + k];
		}
	for (i = 0; i < n; i++)
		for (k = 0; k < m; k++)
			b[i * m + k] /= a[i * n + i];
}

/* x[2 * ITEMS + BUCKETS] before event t of a person. */
static void features(const struct closed_config *config, const uint32_t *history, uint64_t t,
		     double *x)
{
	uint64_t s;
	uint32_t b, k = 0;

	memset(x, 0, sizeof(*x) * (2 * ITEMS + BUCKETS));
	for (b = 0; b < 2; b++)
		for (s = 0; s < t; s++)
			x[b * ITEMS + history[s]] += pow((double)config->bank[b].rho,
							 (double)(t - 1 - s));
	while (k + 1 < BUCKETS && config->bucket_from[k + 1] <= t)
		k++;
	x[2 * ITEMS + k] = 1.0;
}

static void ridge_is_its_equation(void **state)
{
	enum { ROWS = 2 * ITEMS + BUCKETS };
	static double a[ROWS * ROWS], b[ROWS * ITEMS], x[ROWS];
	struct closed_config config = config_of(CLOSED_RIDGE);
	struct closed_model *model, *again;
	uint32_t u, p, q, i;
	uint64_t t;

	(void)state;
	make_data(1);
	for (u = 0; u < USERS; u++)
		for (t = 0; t < end[u] - start[u]; t++) {
			features(&config, item + start[u], t, x);
			for (p = 0; p < ROWS; p++) {
				for (q = 0; q < ROWS; q++)
					a[p * ROWS + q] += x[p] * x[q];
				b[p * ITEMS + item[start[u] + t]] += x[p];
			}
		}
	for (p = 0; p < ROWS; p++)
		a[p * ROWS + p] += 0.2 * a[p * ROWS + p] + 2.0;
	solve(a, b, ROWS, ITEMS);
	assert_int_equal(closed_fit(&config, &data, start, end, &model, NULL), 0);
	assert_int_equal(model->core, ITEMS - 1);
	for (p = 0; p < 2 * ITEMS; p++)
		for (i = 0; i < ITEMS - 1; i++)
			if (p % ITEMS < ITEMS - 1)
				assert_true(fabs((double)model->weight[(p / ITEMS * model->core +
					    p % ITEMS) * model->core + i] - b[p * ITEMS + i]) < 2e-3);
	for (p = 0; p < BUCKETS; p++)
		for (i = 0; i < ITEMS; i++)
			assert_true(fabs((double)model->length[p * ITEMS + i] -
					 b[(2 * ITEMS + p) * ITEMS + i]) < 2e-3);
	/* to the bit, on the same threads */
	assert_int_equal(closed_fit(&config, &data, start, end, &again, NULL), 0);
	assert_memory_equal(model->weight, again->weight, sizeof(float) * 2 * 11 * 11);
	closed_free(again);
	closed_free(model);
}

static void alike_is_its_equation(void **state)
{
	static double a[ITEMS * ITEMS], b[ITEMS * ITEMS];
	struct closed_config config = config_of(CLOSED_ALIKE);
	struct closed_model *model;
	uint32_t u, i, j;
	uint64_t e;

	(void)state;
	make_data(2);
	for (u = 0; u < USERS; u++) {
		bool has[ITEMS] = { false };

		for (e = start[u]; e < end[u]; e++)
			has[item[e]] = true;
		for (i = 0; i < ITEMS; i++)
			for (j = 0; j < ITEMS; j++)
				a[i * ITEMS + j] += has[i] && has[j];
	}
	for (i = 0; i < ITEMS; i++) {
		a[i * ITEMS + i] += 2.0;
		b[i * ITEMS + i] = 1.0;
	}
	solve(a, b, ITEMS, ITEMS);
	assert_int_equal(closed_fit(&config, &data, start, end, &model, NULL), 0);
	for (i = 0; i < model->core; i++)
		for (j = 0; j < model->core; j++)
			assert_true(fabs((double)model->weight[i * model->core + j] -
					 (i == j ? 0.0 : -b[i * ITEMS + j] / b[j * ITEMS + j])) < 1e-3);
	closed_free(model);
}

/* The largest stay, and what a pack keeps gives the scores of the dense weights. */
static void what_is_kept_scores_the_same(void **state)
{
	struct closed_config config[3] = { config_of(CLOSED_RIDGE), config_of(CLOSED_ALIKE),
					   config_of(CLOSED_AGAIN) };
	struct closed_model *model[3], *whole;
	static const float weight[] = { 3.0f, 0.5f, 0.25f };
	struct pairs *pairs;
	uint32_t m, u, i, b, kept;
	uint64_t r, at;

	(void)state;
	make_data(3);
	assert_int_equal(closed_fit(&config[1], &data, start, end, &whole, NULL), 0);
	config[0].support = config[1].support = 4;
	for (m = 0; m < 3; m++)
		assert_int_equal(closed_fit(&config[m], &data, start, end, &model[m], NULL), 0);
	for (u = 0; u < model[1]->core; u++) {
		float least = INFINITY, most = 0.0f;

		for (i = 0, kept = 0; i < model[1]->core; i++) {
			float now = model[1]->weight[u * 11 + i], before = whole->weight[u * 11 + i];

			kept += now != 0.0f;
			if (now != 0.0f)
				least = fminf(least, fabsf(now));
			else
				most = fmaxf(most, fabsf(before));
		}
		assert_int_equal(kept, 4);
		assert_true(least >= most);
	}
	assert_int_equal(pairs_make(model, weight, 3, ITEMS, 100, &pairs, NULL), 0);
	assert_int_equal(pairs->banks, 4);
	for (u = 0; u < USERS; u++) {
		float dense[ITEMS] = { 0 }, row[ITEMS], length[ITEMS] = { 0 };
		double sparse[ITEMS] = { 0 };
		uint64_t count = end[u] - start[u];

		for (m = 0; m < 3; m++)
			closed_score(model[m], item + start[u], count, weight[m], row, dense);
		closed_score(model[0], item, 0, weight[0], row, length);
		for (r = 0; r < count; r++) {
			uint32_t from = item[start[u] + count - 1 - r];

			for (at = pairs->start[from]; at < pairs->start[from + 1]; at++)
				for (b = 0; b < 4; b++)
					sparse[pairs->item[at]] += (double)pairs->value[at * 4 + b] *
						(double)closed_decay(&pairs->bank[b], r);
		}
		for (i = 0; i < ITEMS; i++) {
			const float *bucket = model[0]->length + ITEMS * (count < 2 ? 0 : count < 6 ? 1 : 2);

			assert_true(fabs(sparse[i] + 3.0 * (double)bucket[i] - (double)dense[i]) < 1e-4);
		}
	}
	pairs_free(pairs);
	closed_free(whole);
	for (m = 0; m < 3; m++)
		closed_free(model[m]);
}

/* Among the weights of the grid the best is found, and adding it gives what was foretold. */
static void blend_finds_what_helps(void **state)
{
	struct closed_config config = config_of(CLOSED_AGAIN);
	struct follow_config follow;
	struct closed_model *again;
	struct blend *blend;
	double before, foretold;
	uint64_t from[USERS], to[USERS];
	uint32_t u;
	float weight;

	(void)state;
	make_data(4);
	for (u = 0; u < USERS; u++) {		/* everybody takes the last thing once more */
		to[u] = start[u + 1];
		from[u] = to[u] - 1;
		item[from[u]] = item[from[u] - 1];
	}
	follow_config_default(&follow);
	follow.repeats = true;
	assert_int_equal(closed_fit(&config, &data, start, from, &again, NULL), 0);
	assert_int_equal(blend_new(&data, from, to, NULL, &follow, 1e6, 2, &blend, NULL), 0);
	assert_int_equal(blend_events(blend), USERS);
	before = blend_quality(blend);
	weight = blend_try(blend, again, &foretold);
	assert_true(weight > 0.0f && foretold > before + 0.2);
	assert_true(fabs(blend_quality(blend) - before) < 1e-12);
	blend_add(blend, again, weight);
	assert_true(fabs(blend_quality(blend) - foretold) < 1e-12);
	assert_true(blend_temperature(blend) > 0.0f);
	blend_free(blend);
	/* as many as fit */
	assert_int_equal(blend_new(&data, from, to, NULL, &follow, 4.0 * 13 * 10, 1, &blend, NULL), 0);
	assert_int_equal(blend_events(blend), 10);
	blend_free(blend);
	closed_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ridge_is_its_equation),
		cmocka_unit_test(alike_is_its_equation),
		cmocka_unit_test(what_is_kept_scores_the_same),
		cmocka_unit_test(blend_finds_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
