/* Row by row: what the banks weigh for each item, side by side, the largest by magnitude kept. */
#include "pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed_inside.h"

#define NO_SLOT UINT32_MAX

struct making {
	struct closed_model *const *model;
	const float *weight;
	uint32_t models;
	struct pairs *pairs;
	uint32_t most;
	uint32_t *slot;			/* [items]: of the row under way, or NO_SLOT */
	uint32_t *to;			/* [items]: of each slot */
	float *value;			/* [items][banks]: of each slot */
	float *size;			/* [items]: work space */
	uint32_t slots;
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

static bool weighs(const struct closed_model *model)
{
	return model->weight != NULL || model->start != NULL ||
	       model->config.kind == CLOSED_AGAIN;
}

static void put(struct making *making, uint32_t to, uint32_t bank, float value)
{
	uint32_t banks = making->pairs->banks;

	if (value == 0.0f)
		return;
	if (making->slot[to] == NO_SLOT) {
		making->slot[to] = making->slots;
		making->to[making->slots] = to;
		memset(making->value + (size_t)making->slots++ * banks, 0, sizeof(float) * banks);
	}
	making->value[(size_t)making->slot[to] * banks + bank] = value;
}

/* What `from` weighs in every bank. */
static void fill_row(struct making *making, uint32_t from)
{
	uint32_t bank = 0, m, b, i;
	uint64_t at;

	for (m = 0; m < making->models; m++) {
		const struct closed_model *model = making->model[m];
		float weight = making->weight[m];
		size_t core = model->core;

		if (!weighs(model))
			continue;
		if (model->config.kind == CLOSED_AGAIN)
			put(making, from, bank, weight);
		for (at = model->start == NULL ? 1 : model->start[from];
		     model->start != NULL && at < model->start[from + 1]; at++)
			put(making, model->to[at], bank, weight * model->value[at]);
		for (b = 0; model->weight != NULL && b < model->config.banks &&
		     model->place[from] != UINT32_MAX; b++) {
			const float *row = model->weight + (b * core + model->place[from]) * core;

			for (i = 0; i < core; i++)
				put(making, model->item[i], bank + b, weight * row[i]);
		}
		bank += model->config.banks;
	}
}

static float size_of(const struct making *making, uint32_t slot)
{
	const float *value = making->value + (size_t)slot * making->pairs->banks;
	float most = 0.0f;
	uint32_t b;

	for (b = 0; b < making->pairs->banks; b++)
		most = fmaxf(most, fabsf(value[b]));
	return most;
}

/* Room for another row. */
static int grow(struct making *making, uint64_t at)
{
	struct pairs *pairs = making->pairs;
	uint64_t capacity = (making->capacity + making->slots) * 3 / 2;
	void *grown;

	if (at + making->slots <= making->capacity)
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

static int keep_row(struct making *making, uint32_t from)
{
	struct pairs *pairs = making->pairs;
	uint64_t at = pairs->start[from];
	uint32_t k, kept = 0;
	float least = 0.0f;

	making->slots = 0;
	fill_row(making, from);
	if (grow(making, at) != 0)
		return TACIT_E_MEMORY;
	for (k = 0; k < making->slots; k++)
		making->size[k] = size_of(making, k);
	if (making->slots > making->most)
		least = closed_largest(making->size, making->slots, making->most - 1);
	if (making->slots > 1)
		qsort(making->to, making->slots, sizeof(*making->to), closed_by_number);
	for (k = 0; k < making->slots; k++) {
		uint32_t slot = making->slot[making->to[k]];

		making->slot[making->to[k]] = NO_SLOT;
		if (kept == making->most || size_of(making, slot) < least)
			continue;
		kept++;
		pairs->item[at] = making->to[k];
		memcpy(pairs->value + at++ * pairs->banks,
		       making->value + (size_t)slot * pairs->banks, sizeof(float) * pairs->banks);
	}
	pairs->start[from + 1] = at;
	return 0;
}

static int make_rows(struct making *making)
{
	struct pairs *pairs = making->pairs;
	size_t items = (size_t)pairs->items + 1;
	uint32_t i;
	int result = 0;

	making->slot = malloc(sizeof(uint32_t) * items);
	making->to = malloc(sizeof(uint32_t) * items);
	making->value = malloc(sizeof(float) * items * pairs->banks);
	making->size = malloc(sizeof(float) * items);
	pairs->start = calloc(items, sizeof(uint64_t));
	if (making->slot == NULL || making->to == NULL || making->value == NULL ||
	    making->size == NULL || pairs->start == NULL)
		result = TACIT_E_MEMORY;
	else
		memset(making->slot, 0xff, sizeof(uint32_t) * items);
	for (i = 0; result == 0 && i < pairs->items; i++)
		result = keep_row(making, i);
	free(making->slot);
	free(making->to);
	free(making->value);
	free(making->size);
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
		for (b = 0; weighs(model[m]) && b < model[m]->config.banks; b++)
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
