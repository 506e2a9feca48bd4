/*
 * Ridge regression of the next item on the decayed history. For two events s <= s' of a person, the
 * products of their decayed weights, summed over all later events t, are a geometric series:
 *
 *   sum over t of rho_b^(t-1-s) rho_c^(t-1-s')
 *     = rho_b^(s'-s) (1 - (rho_b rho_c)^N) / (1 - rho_b rho_c)
 *
 * with N events behind s', so X'X needs one pass over pairs and none over t.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "closed_inside.h"
#include "follow.h"
#include "ranks.h"

#define REACH 200		/* positions between two events that are looked at together */
#define LEAST 1e-3f		/* products below it are left out */

struct normal {
	const struct closed_model *model;
	const struct train_data *data;
	const uint64_t *start, *end;
	size_t rows;			/* banks * core + buckets */
	float *a;			/* [rows][rows], lower triangle */
	float *b;			/* [core][rows]: the target's row of X'Y, transposed */
	float power[LIMIT_PAIR_BANKS][REACH + 1];	/* rho^k */
	uint32_t workers, first;	/* of all ranks, and this one's first */
};

/* Worker `index` owns the rows p with p / 16 % workers == index. */
static inline int owns(const struct normal *normal, size_t row, size_t index)
{
	return row / 16 % normal->workers == index;
}

static inline void add_pair(struct normal *normal, size_t p, size_t q, float value, size_t index)
{
	size_t high = p > q ? p : q, low = p > q ? q : p;

	if (owns(normal, high, index))
		normal->a[high * normal->rows + low] += p == q ? 2.0f * value : value;
}

static float series(float ratio, uint64_t terms)
{
	if (ratio >= 1.0f)
		return (float)terms;
	return ratio <= 0.0f ? 1.0f : (1.0f - powf(ratio, (float)terms)) / (1.0f - ratio);
}

/* Events at `near` and `far` positions before it, `behind` events follow the nearer one. */
static void add_products(struct normal *normal, uint32_t far, uint32_t near, uint32_t apart,
			 const float *sum, size_t index)
{
	size_t core = normal->model->core;
	uint32_t banks = normal->model->config.banks, b, c;

	for (b = 0; b < banks; b++) {
		float decay = normal->power[b][apart];

		if (decay < LEAST)
			continue;
		for (c = 0; c < banks; c++)
			add_pair(normal, b * core + far, c * core + near,
				 decay * sum[b * banks + c], index);
	}
}

static void add_same(struct normal *normal, uint32_t item, const float *sum, size_t index)
{
	size_t core = normal->model->core;
	uint32_t banks = normal->model->config.banks, b, c;

	for (b = 0; b < banks; b++)
		for (c = 0; c <= b; c++)
			if (owns(normal, b * core + item, index))
				normal->a[(b * core + item) * normal->rows + c * core + item] +=
					sum[b * banks + c];
}

/* The event at t as a target: X'Y, and the length's products. */
static void add_target(struct normal *normal, const uint32_t *item, uint64_t t, size_t index)
{
	const struct closed_model *model = normal->model;
	const struct closed_config *config = &model->config;
	uint32_t bucket = follow_bucket(config->bucket_from, config->buckets, t), b, k;
	size_t length = (size_t)config->banks * model->core + bucket;
	uint32_t target = model->place[item[t]];
	float *row = target == UINT32_MAX || !owns(normal, target, index) ? NULL :
		     normal->b + target * normal->rows;

	if (owns(normal, length, index))
		normal->a[length * normal->rows + length] += 1.0f;
	if (row != NULL)
		row[length] += 1.0f;
	for (k = 0; k < t && k < REACH; k++) {
		uint32_t from = model->place[item[t - 1 - k]];

		if (from == UINT32_MAX)
			continue;
		for (b = 0; b < config->banks; b++) {
			float decay = normal->power[b][k];

			if (decay < LEAST)
				continue;
			if (row != NULL)
				row[b * model->core + from] += decay;
			if (owns(normal, length, index))
				normal->a[length * normal->rows + b * model->core + from] += decay;
		}
	}
}

static void add_person(struct normal *normal, const uint32_t *item, uint64_t count, size_t index)
{
	const struct closed_model *model = normal->model;
	uint32_t banks = model->config.banks, b, c, apart;
	float sum[LIMIT_PAIR_BANKS * LIMIT_PAIR_BANKS];
	uint64_t s;

	for (s = 0; s < count; s++) {
		uint32_t near = model->place[item[s]];

		add_target(normal, item, s, index);
		if (near == UINT32_MAX || s + 1 == count)
			continue;
		for (b = 0; b < banks; b++)
			for (c = 0; c < banks; c++)
				sum[b * banks + c] = series(model->config.bank[b].rho *
							    model->config.bank[c].rho,
							    count - 1 - s);
		add_same(normal, near, sum, index);
		for (apart = 1; apart <= s && apart <= REACH; apart++) {
			uint32_t far = model->place[item[s - apart]];

			if (far != UINT32_MAX)
				add_products(normal, far, near, apart, sum, index);
		}
	}
}

static void add_people(void *context, size_t index, size_t worker)
{
	struct normal *normal = context;
	uint32_t u;

	(void)worker;
	index += normal->first;
	for (u = 0; u < normal->data->users; u++)
		add_person(normal, normal->data->item + normal->start[u],
			   normal->end[u] - normal->start[u], index);
}

static int solve(struct normal *normal)
{
	const struct closed_config *config = &normal->model->config;
	size_t i, rows = normal->rows;

	for (i = 0; i < rows; i++)
		normal->a[i * rows + i] += config->relative * normal->a[i * rows + i] +
					   config->lambda;
	return gemm_solve_many((int)rows, (int)normal->model->core, normal->a, normal->b,
			       config->threads);
}

/* From b[target][row] to weight[bank][from][target] and length[bucket][item]. */
static void spread(const struct normal *normal, struct closed_model *model)
{
	size_t core = model->core, banked = (size_t)model->config.banks * core, i, j, k;
	const size_t tile = 64;

	for (i = 0; i < banked; i += tile)
		for (j = 0; j < core; j++)
			for (k = i; k < i + tile && k < banked; k++)
				model->weight[k * core + j] = normal->b[j * normal->rows + k];
	for (i = 0; i < model->config.buckets; i++)
		for (j = 0; j < core; j++)
			model->length[i * model->items + model->item[j]] =
				normal->b[j * normal->rows + banked + i];
}

int ridge_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	      const uint64_t *end)
{
	const struct closed_config *config = &model->config;
	size_t core = model->core, rows = core * config->banks + config->buckets;
	struct normal *normal = calloc(1, sizeof(*normal));
	uint32_t threads = config->threads / ranks_count();
	struct pool *pool = pool_new(threads);
	int result = TACIT_E_MEMORY;
	uint32_t b, k;

	if (normal != NULL && pool != NULL) {
		*normal = (struct normal){ .model = model, .data = data, .start = start,
					   .end = end, .rows = rows, .workers = config->threads,
					   .first = threads * ranks_mine() };
		for (b = 0; b < config->banks; b++)
			for (k = 0; k <= REACH; k++)
				normal->power[b][k] = closed_decay(&config->bank[b], k);
		normal->a = calloc(rows * rows, sizeof(float));
		normal->b = calloc(core * rows + 1, sizeof(float));
	}
	if (normal != NULL && normal->a != NULL && normal->b != NULL) {
		pool_run(pool, threads, add_people, normal);
		ranks_merge(normal->a, sizeof(float) * rows * rows);
		ranks_merge(normal->b, sizeof(float) * core * rows);
		result = solve(normal);
		free(normal->a);
		normal->a = NULL;
		model->weight = malloc(sizeof(float) * (config->banks * core * core + 1));
		model->length = calloc((size_t)config->buckets * model->items + 1, sizeof(float));
		if (result == 0 && (model->weight == NULL || model->length == NULL))
			result = TACIT_E_MEMORY;
		if (result == 0)
			spread(normal, model);
	}
	if (normal != NULL) {
		free(normal->a);
		free(normal->b);
	}
	free(normal);
	pool_free(pool);
	return result;
}
