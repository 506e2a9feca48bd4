/* Row by row: the banks' dense rows side by side, the largest by magnitude kept. */
#include "pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct making {
	struct closed_model *const *model;
	const float *weight;
	uint32_t models;
	struct pairs *pairs;
	uint32_t most;
	const struct closed_model *wide;	/* weighs between most items; or NULL */
	uint32_t core;			/* of it */
	float *dense;			/* [core][banks]: one row */
	float *size;			/* [core]: the largest of its banks */
	float *sorted;			/* [core]: sizes that are not zero, descending */
	uint64_t capacity;
};

void pairs_free(struct pairs *pairs)
{
	if (pairs == NULL)
		return;
	free(pairs->start);
	free(pairs->item);
	free(pairs->value);
	free(pairs);
}

/* Row `from` of every bank into dense[core][banks]. */
static void fill_dense(struct making *making, uint32_t from)
{
	const uint32_t *place = making->wide->place;
	uint32_t banks = making->pairs->banks, bank = 0, m, b, i;

	memset(making->dense, 0, sizeof(float) * banks * making->core);
	for (m = 0; m < making->models; m++) {
		const struct closed_model *model = making->model[m];
		size_t core = model->core;

		if (model->config.kind == CLOSED_AGAIN)
			making->dense[(size_t)place[from] * banks + bank++] = making->weight[m];
		for (b = 0; model->weight != NULL && b < model->config.banks; b++, bank++) {
			const float *row = model->weight + b * core * core;

			if (model->place[from] == UINT32_MAX)
				continue;
			row += model->place[from] * core;
			for (i = 0; i < core; i++)
				making->dense[(size_t)place[model->item[i]] * banks + bank] =
					making->weight[m] * row[i];
		}
	}
}

/* A row outside of all weights: the thing itself, where it may come again. */
static void keep_again(struct making *making, uint32_t from)
{
	struct pairs *pairs = making->pairs;
	uint64_t at = pairs->start[from]++;
	uint32_t bank = 0, m, b;

	pairs->item[at] = from;
	for (m = 0; m < making->models; m++) {
		if (making->model[m]->config.kind == CLOSED_AGAIN)
			pairs->value[at * pairs->banks + bank++] = making->weight[m];
		for (b = 0; making->model[m]->weight != NULL &&
		     b < making->model[m]->config.banks; b++)
			pairs->value[at * pairs->banks + bank++] = 0.0f;
	}
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x > y ? -1 : x < y;
}

/* The size that the last pair to be kept has; *above is how many are larger. */
static float least_kept(struct making *making, uint32_t *above)
{
	uint32_t i, b, banks = making->pairs->banks, some = 0;
	float least;

	for (i = 0; i < making->core; i++) {
		const float *value = making->dense + (size_t)i * banks;

		making->size[i] = 0.0f;
		for (b = 0; b < banks; b++)
			making->size[i] = fmaxf(making->size[i], fabsf(value[b]));
		if (making->size[i] > 0.0f)
			making->sorted[some++] = making->size[i];
	}
	*above = 0;
	if (some == 0)
		return INFINITY;
	qsort(making->sorted, some, sizeof(float), descending);
	least = making->sorted[(some < making->most ? some : making->most) - 1];
	while (*above < some && making->sorted[*above] > least)
		(*above)++;
	return least;
}

/* Room for another row. */
static int grow(struct making *making, uint64_t at)
{
	struct pairs *pairs = making->pairs;
	uint64_t capacity = (making->capacity + making->most) * 3 / 2;
	void *grown;

	if (at + making->most <= making->capacity)
		return 0;
	grown = realloc(pairs->item, sizeof(*pairs->item) * capacity);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	pairs->item = grown;
	grown = realloc(pairs->value, sizeof(*pairs->value) * capacity * pairs->banks);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	pairs->value = grown;
	making->capacity = capacity;
	return 0;
}

static void keep_row(struct making *making, uint32_t from)
{
	struct pairs *pairs = making->pairs;
	uint64_t at = pairs->start[from];
	uint32_t above, equal, i;
	float least;

	fill_dense(making, from);
	least = least_kept(making, &above);
	equal = making->most - above;	/* of those that are as large as the last: the first */
	for (i = 0; i < making->core; i++) {
		if (making->size[i] < least || (making->size[i] == least && equal == 0))
			continue;
		equal -= making->size[i] == least;
		pairs->item[at] = making->wide->item[i];
		memcpy(pairs->value + at++ * pairs->banks,
		       making->dense + (size_t)i * pairs->banks, sizeof(float) * pairs->banks);
	}
	pairs->start[from] = at;
}

/* While rows are made, start[i] moves from the begin of row i to its end. */
static int make_rows(struct making *making)
{
	struct pairs *pairs = making->pairs;
	uint32_t i, m;
	bool again = false;
	int result = 0;

	for (m = 0; m < making->models; m++) {
		const struct closed_model *model = making->model[m];

		again = again || model->config.kind == CLOSED_AGAIN;
		if (model->weight != NULL && model->core > making->core) {
			making->wide = model;
			making->core = model->core;
		}
	}
	making->dense = malloc(sizeof(float) * ((size_t)making->core * pairs->banks + 1));
	making->size = malloc(sizeof(float) * ((size_t)making->core + 1));
	making->sorted = malloc(sizeof(float) * ((size_t)making->core + 1));
	pairs->start = calloc((size_t)pairs->items + 1, sizeof(uint64_t));
	if (making->dense == NULL || making->size == NULL || making->sorted == NULL ||
	    pairs->start == NULL)
		result = TACIT_E_MEMORY;
	for (i = 0; result == 0 && i < pairs->items; i++) {
		pairs->start[i] = i == 0 ? 0 : pairs->start[i - 1];
		result = grow(making, pairs->start[i]);
		if (result == 0 && making->wide != NULL && making->wide->place[i] != UINT32_MAX)
			keep_row(making, i);
		else if (result == 0 && again)
			keep_again(making, i);
	}
	for (i = pairs->items; result == 0 && i > 0; i--)
		pairs->start[i] = pairs->start[i - 1];
	pairs->start[0] = 0;
	free(making->dense);
	free(making->size);
	free(making->sorted);
	return result;
}

int pairs_make(struct closed_model *const *model, const float *weight, uint32_t models,
	       uint32_t items, uint32_t most, struct pairs **out, struct error *error)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));
	struct making making = { .model = model, .weight = weight, .models = models,
				 .pairs = pairs, .most = most < 1 ? 1 : most };
	uint32_t m, b;

	if (pairs == NULL)
		return error_memory(error);
	pairs->items = items;
	for (m = 0; m < models; m++)
		for (b = 0; (model[m]->weight != NULL || model[m]->config.kind == CLOSED_AGAIN) &&
		     b < model[m]->config.banks; b++)
			pairs->bank[pairs->banks++] = model[m]->config.bank[b];
	if (pairs->banks == 0) {
		free(pairs);
		*out = NULL;
		return 0;
	}
	if (make_rows(&making) != 0) {
		pairs_free(pairs);
		return error_memory(error);
	}
	*out = pairs;
	return 0;
}
