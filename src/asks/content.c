/*
 * What is answered to a list, at the notch that was decided. The true best of a subset is the first
 * of the order even where nothing is known, so that a subset never tells "I don't know".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/subset.h"
#include "asks/asks.h"
#include "base/fixed.h"
#include "base/json.h"
#include "terms/canonical.h"

#define LOG2_E 1512775		/* log2(e) in 2^-20 */
#define KIND_BITS (4 << 20)	/* which of four kinds of reason: a bit each */

int64_t asks_bits(const struct ask *ask, enum notch notch, uint64_t epsilon)
{
	uint64_t n = ask->candidates;
	uint32_t k = ask->limit, i;
	int64_t bits = 0;

	if (notch <= NOTCH_SILENT)
		return 0;
	for (i = 0; i < k; i++) {	/* N! / (N-k)!, and for a set without its k! orders */
		bits += fixed_log2(n - i);
		if (notch == NOTCH_SUBSET || ask->type == TYPE_CHOOSE)
			bits -= fixed_log2(i + 1);
	}
	if (notch == NOTCH_REASONS)
		bits += (int64_t)k * KIND_BITS;
	if (notch == NOTCH_SUBSET && epsilon > 0) {
		int64_t most = (int64_t)((epsilon * LOG2_E) >> 20);

		return most < bits ? most : bits;
	}
	return bits < 0 ? 0 : bits;
}

static int compare_indices(const struct ask *ask, uint32_t a, uint32_t b)
{
	return strcmp(ask->candidate[a].id, ask->candidate[b].id);
}

/* A handful of things, sorted by id. */
static void sort_by_id(const struct ask *ask, uint32_t *index, uint32_t count)
{
	uint32_t i, k;

	for (i = 1; i < count; i++) {
		uint32_t moved = index[i];

		for (k = i; k > 0 && compare_indices(ask, moved, index[k - 1]) < 0; k--)
			index[k] = index[k - 1];
		index[k] = moved;
	}
}

static void put_set(struct json *json, const struct ask *ask, const uint32_t *index,
		    uint32_t count)
{
	uint32_t i;

	json_key(json, "set");
	json_array(json);
	for (i = 0; i < count; i++)
		json_string(json, ask->candidate[index[i]].id);
	json_array_end(json);
}

static int put_items(struct asks *asks, struct json *json, const struct asks_service *service,
		     const struct ask *ask, const uint32_t *order, bool reasons)
{
	uint32_t i;
	int result = 0;

	json_key(json, "items");
	json_array(json);
	for (i = 0; result == 0 && i < ask->limit; i++) {
		const char *kind[4];
		int count = 0, k;

		json_object(json);
		json_put_string(json, "id", ask->candidate[order[i]].id);
		if (reasons) {
			if (!service->hide_reasons)
				count = asks_kinds(asks, ask, order[i], kind);
			result = count < 0 ? count : 0;
			json_key(json, "reasons");
			json_array(json);
			for (k = 0; k < count; k++)
				json_string(json, kind[k]);
			json_array_end(json);
		}
		json_object_end(json);
	}
	json_array_end(json);
	return result;
}

int asks_subset_key(const struct asks_service *service, const struct ask *ask, int64_t now,
		    uint8_t key[32], struct error *error)
{
	const char **id = calloc(ask->candidates, sizeof(*id));
	struct subset_ask subset = { id, ask->candidates, 0, ask->limit, ask->epsilon };
	uint32_t i;
	int result;

	if (id == NULL)
		return error_memory(error);
	for (i = 0; i < ask->candidates; i++)
		id[i] = ask->candidate[i].id;
	result = subset_key(service->id, (uint64_t)(now / ASKS_EPOCH_MS), ask->domain, &subset,
			    key, error);
	free(id);
	return result;
}

/* Draws a subset and stores it, in the transaction that charges for it. */
static int draw(struct asks *asks, const struct ask *ask, uint32_t best, uint64_t epsilon,
		const uint8_t key[32], struct json *json)
{
	const char **id = calloc(ask->candidates, sizeof(*id));
	uint32_t *chosen = calloc(ask->limit, sizeof(*chosen)), i;
	struct subset_ask subset = { id, ask->candidates, best, ask->limit, epsilon };
	struct error *error = &asks->t->error;
	int result = id == NULL || chosen == NULL ? error_memory(error) : 0;

	for (i = 0; result == 0 && i < ask->candidates; i++)
		id[i] = ask->candidate[i].id;
	if (result == 0)
		result = subset_choose(&subset, secrets_draw, NULL, chosen, error);
	if (result == 0) {
		json_object(json);
		put_set(json, ask, chosen, ask->limit);
		json_object_end(json);
		result = json->failed ? error_memory(error) :
			vault_record_put(asks->t->vault, RECORD_STORED, key, 32, json->out.data,
					 json->out.size, error);
	}
	free(id);
	free(chosen);
	return result;
}

static int list_content(struct asks *asks, struct asks_service *service, const struct ask *ask,
			const struct decision *decision, const uint8_t *key, struct json *json,
			struct bytes *choice)
{
	uint32_t *order = calloc(ask->candidates, sizeof(*order));
	bool known;
	int result = order == NULL ? error_memory(&asks->t->error) :
		asks_order(asks, ask, order, &known);

	if (result == 0 && ask->type == TYPE_CHOOSE && decision->notch >= NOTCH_ORDER && known)
		result = asks_explore(asks, service, ask, order, choice);
	if (result == 0 && decision->notch == NOTCH_SUBSET && key != NULL) {
		result = draw(asks, ask, order[0], decision->epsilon, key, json);
	} else if (result == 0) {
		json_object(json);
		if (!known) {
			json_key(json, "unknown");
			json_bool(json, true);
		}
		if (decision->notch == NOTCH_SUBSET || ask->type == TYPE_CHOOSE)
			sort_by_id(ask, order, ask->limit);
		if (decision->notch == NOTCH_SUBSET || ask->type == TYPE_CHOOSE)
			put_set(json, ask, order, ask->limit);
		else
			result = put_items(asks, json, service, ask, order,
					   decision->notch == NOTCH_REASONS);
		json_object_end(json);
	}
	free(order);
	return result;
}

static int silent_content(struct asks *asks, struct asks_service *service, const struct ask *ask,
			  struct json *json)
{
	uint32_t *order = calloc(ask->candidates, sizeof(*order));
	char handle[65], path[80];
	bool known;
	int result = order == NULL ? error_memory(&asks->t->error) :
		asks_order(asks, ask, order, &known);

	if (result == 0)
		result = asks_frame_keep(asks, service, ask, order, handle);
	if (result == 0) {
		snprintf(path, sizeof(path), "/frame/%s", handle);
		json_object(json);
		json_put_string(json, "frame", path);
		json_object_end(json);
	}
	free(order);
	return result;
}

int asks_content(struct asks *asks, struct asks_service *service, const struct ask *ask,
		 const struct decision *decision, const uint8_t *key, struct bytes *out,
		 struct bytes *choice, int64_t *bits)
{
	struct json json = JSON_INIT;
	bool list = ask->type == TYPE_RANK || ask->type == TYPE_CHOOSE;
	int result;

	*bits = list ? asks_bits(ask, decision->notch, decision->epsilon) : 0;
	if (!list)
		result = asks_facts(asks, ask, &json, bits);
	else if (decision->notch == NOTCH_SILENT)
		result = silent_content(asks, service, ask, &json);
	else
		result = list_content(asks, service, ask, decision, key, &json, choice);
	if (result == 0 && (json.failed || bytes_append(out, json.out.data, json.out.size) != 0))
		result = error_memory(&asks->t->error);
	bytes_free(&json.out);
	return result;
}
