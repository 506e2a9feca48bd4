/* The parts that all closed forms share, the small ones, and scoring. */
#include "closed.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/pool.h"
#include "closed_inside.h"
#include "follow.h"

#define LEAST_DECAY 1e-4f	/* what is below adds nothing that a score of 2^-20 shows */

float closed_decay(const struct closed_bank *bank, uint64_t r)
{
	float decay = bank->power > 0.0f ? powf(1.0f + (float)r, -bank->power) : 1.0f;

	if (bank->rho <= 0.0f)
		return r == 0 ? decay : 0.0f;
	return bank->rho < 1.0f ? decay * powf(bank->rho, (float)r) : decay;
}

double closed_bytes(const struct closed_config *config)
{
	double core = config->core, rows = core * config->banks + config->buckets;

	if (config->kind == CLOSED_RIDGE)
		return 4.0 * rows * rows + 8.0 * rows * core;
	return config->kind == CLOSED_ALIKE ? 4.0 * core * core : 0.0;
}

double closed_flops(const struct closed_config *config)
{
	double core = config->core, rows = core * config->banks + config->buckets;

	if (config->kind == CLOSED_RIDGE)
		return rows * rows * rows / 3.0 + 2.0 * rows * rows * core;
	return config->kind == CLOSED_ALIKE ? core * core * core : 0.0;
}

void closed_free(struct closed_model *model)
{
	if (model == NULL)
		return;
	free(model->item);
	free(model->place);
	free(model->weight);
	free(model->start);
	free(model->to);
	free(model->value);
	free(model->length);
	free(model);
}

int closed_by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* ---- the items that take part ---------------------------------------------------------- */

struct counted {
	uint64_t count;
	uint32_t item;
};

static int by_count(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Items with events, at most config.core of those with most. */
static int choose_core(struct closed_model *model, const struct train_data *data,
		       const uint64_t *start, const uint64_t *end)
{
	struct counted *counted = calloc((size_t)data->items + 1, sizeof(*counted));
	uint32_t i, u, most = model->config.core;
	uint64_t e;

	model->item = malloc(sizeof(uint32_t) * ((size_t)data->items + 1));
	model->place = malloc(sizeof(uint32_t) * ((size_t)data->items + 1));
	if (counted == NULL || model->item == NULL || model->place == NULL) {
		free(counted);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < data->items; i++) {
		counted[i].item = i;
		model->place[i] = UINT32_MAX;
	}
	for (u = 0; u < data->users; u++)
		for (e = start[u]; e < end[u]; e++)
			counted[data->item[e]].count++;
	qsort(counted, data->items, sizeof(*counted), by_count);
	for (i = 0; i < data->items && i < most && counted[i].count > 0; i++)
		model->place[counted[i].item] = 0;
	free(counted);
	for (i = 0; i < data->items; i++)
		if (model->place[i] != UINT32_MAX) {
			model->place[i] = model->core;
			model->item[model->core++] = i;
		}
	return 0;
}

/* ---- recent ---------------------------------------------------------------------------- */

static int recent_fit(struct closed_model *model, const struct train_data *data,
		      const uint64_t *start, const uint64_t *end)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	double *count = calloc((size_t)data->items + 1, sizeof(*count)), total = 0.0, span;
	uint32_t u, i;
	uint64_t e;

	model->length = malloc(sizeof(float) * ((size_t)data->items + 1));
	if (count == NULL || model->length == NULL) {
		free(count);
		return TACIT_E_MEMORY;
	}
	for (u = 0; u < data->users; u++)
		for (e = start[u]; e < end[u]; e++) {
			first = data->time[e] < first ? data->time[e] : first;
			last = data->time[e] > last ? data->time[e] : last;
		}
	span = last > first ? (double)last - (double)first : 1.0;
	for (u = 0; u < data->users; u++)
		for (e = start[u]; e < end[u]; e++) {
			double age = ((double)last - (double)data->time[e]) / span;
			double weight = model->config.half_life > 0.0f ?
					exp2(-age / model->config.half_life) : 1.0;

			count[data->item[e]] += weight;
			total += weight;
		}
	for (i = 0; i < data->items; i++)
		model->length[i] = (float)log((count[i] + 0.5) / (total + 0.5));
	free(count);
	return 0;
}

/* ---- support --------------------------------------------------------------------------- */

struct pruning {
	struct closed_model *model;
	float *size;			/* [threads][core] */
};

float closed_largest(float *size, size_t count, size_t rank)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, wanted = (ptrdiff_t)rank;

	while (low < high) {
		float pivot = size[wanted];
		ptrdiff_t i = low, j = high;

		do {
			while (size[i] > pivot)
				i++;
			while (size[j] < pivot)
				j--;
			if (i <= j) {
				float swap = size[i];

				size[i++] = size[j];
				size[j--] = swap;
			}
		} while (i <= j);
		if (j < wanted)
			low = i;
		if (wanted < i)
			high = j;
	}
	return size[wanted];
}

/* Row `from` of all banks side by side: what is below the support's least becomes 0. */
static void prune_row(void *context, size_t from, size_t worker)
{
	const struct pruning *pruning = context;
	struct closed_model *model = pruning->model;
	size_t core = model->core, i, b;
	float *size = pruning->size + worker * core, least;

	for (i = 0; i < core; i++)
		size[i] = 0.0f;
	for (b = 0; b < model->config.banks; b++)
		for (i = 0; i < core; i++)
			size[i] = fmaxf(size[i],
					fabsf(model->weight[(b * core + from) * core + i]));
	least = closed_largest(size, core, model->config.support - 1);
	for (i = 0; i < core; i++) {
		float most = 0.0f;

		for (b = 0; b < model->config.banks; b++)
			most = fmaxf(most, fabsf(model->weight[(b * core + from) * core + i]));
		for (b = 0; most < least && b < model->config.banks; b++)
			model->weight[(b * core + from) * core + i] = 0.0f;
	}
}

static int prune(struct closed_model *model)
{
	struct pruning pruning = { model, NULL };
	struct pool *pool;

	if (model->weight == NULL || model->config.support == 0 ||
	    model->config.support >= model->core)
		return 0;
	pool = pool_new(model->config.threads);
	pruning.size = malloc(sizeof(float) * model->core * model->config.threads);
	if (pool != NULL && pruning.size != NULL)
		pool_run(pool, model->core, prune_row, &pruning);
	free(pruning.size);
	pool_free(pool);
	return pool == NULL || pruning.size == NULL ? TACIT_E_MEMORY : 0;
}

/* ---- fitting and scoring --------------------------------------------------------------- */

int closed_fit(const struct closed_config *config, const struct train_data *data,
	       const uint64_t *start, const uint64_t *end, struct closed_model **out,
	       struct error *error)
{
	struct closed_model *model = calloc(1, sizeof(*model));
	int result = gemm_load(error);

	if (result == 0 && model == NULL)
		result = error_memory(error);
	if (result == 0) {
		model->config = *config;
		model->items = data->items;
		if (config->kind == CLOSED_RIDGE || config->kind == CLOSED_ALIKE)
			result = choose_core(model, data, start, end);
		if (config->kind <= CLOSED_NEAR)
			result = counts_fit(model, data, start, end);
		else if (result == 0 && config->kind == CLOSED_RIDGE)
			result = ridge_fit(model, data, start, end);
		else if (result == 0 && config->kind == CLOSED_ALIKE)
			result = alike_fit(model, data, start, end);
		else if (config->kind == CLOSED_RECENT)
			result = recent_fit(model, data, start, end);
		if (result == 0)
			result = prune(model);
		if (result == TACIT_E_MEMORY)
			error_memory(error);
		else if (result != 0)
			error_set(error, result, "a closed form has no solution: its matrix is "
				  "not positive definite");
	}
	if (result != 0) {
		closed_free(model);
		return result;
	}
	*out = model;
	return 0;
}

static CLONES void add_scaled(float *to, const float *from, float factor, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] += factor * from[j];
}

static void score_weights(const struct closed_model *model, const uint32_t *item, uint64_t count,
			  float factor, float *row)
{
	size_t core = model->core;
	uint64_t r;
	uint32_t b;

	for (b = 0; b < model->config.banks; b++)
		for (r = 0; r < count && r < LIMIT_HISTORY; r++) {
			float decay = closed_decay(&model->config.bank[b], r);
			uint32_t from = model->place[item[count - 1 - r]];

			if (decay < LEAST_DECAY)
				break;
			if (from != UINT32_MAX)
				add_scaled(row, model->weight + (b * core + from) * core,
					   factor * decay, core);
		}
}

static void score_sparse(const struct closed_model *model, const uint32_t *item, uint64_t count,
			 float factor, float *score)
{
	uint64_t r, at;

	for (r = 0; r < count && r < LIMIT_HISTORY; r++) {
		float weight = closed_decay(&model->config.bank[0], r);
		uint32_t from = item[count - 1 - r];

		if (weight < LEAST_DECAY)
			break;
		for (at = model->start[from]; at < model->start[from + 1]; at++)
			score[model->to[at]] += factor * weight * model->value[at];
	}
}

void closed_score(const struct closed_model *model, const uint32_t *item, uint64_t count,
		  float factor, float *row, float *score)
{
	uint32_t i;
	uint64_t r;

	if (model->length != NULL)
		add_scaled(score, model->length + (model->config.buckets == 0 ? 0 :
			   (size_t)follow_bucket(model->config.bucket_from, model->config.buckets,
						 count) * model->items), factor, model->items);
	if (model->weight != NULL) {
		bool all = model->core == model->items;

		if (!all)
			memset(row, 0, sizeof(float) * model->core);
		score_weights(model, item, count, factor, all ? score : row);
		for (i = 0; !all && i < model->core; i++)
			score[model->item[i]] += row[i];
	}
	if (model->start != NULL)
		score_sparse(model, item, count, factor, score);
	for (r = 0; model->config.kind == CLOSED_AGAIN && r < count && r < LIMIT_HISTORY; r++)
		score[item[count - 1 - r]] += factor * closed_decay(&model->config.bank[0], r);
}
