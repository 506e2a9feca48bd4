/*
 * Collects interactions. Two tables intern user and item names (open addressing, 64-bit hashes
 * checked against the text); the events are sorted once at the end by user, time, arrival.
 * Usual sizes: 100 thousand to 100 million events of 24 bytes while collecting.
 */
#include "data.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"

struct names {
	struct bytes text;
	uint64_t *offset;	/* [count]: into text, each NUL-terminated */
	uint32_t *slot;		/* [slots]: number + 1, 0 = free */
	uint32_t count, capacity, slots;
};

struct row {
	int64_t time;
	uint64_t order;
	uint32_t user, item;
};

struct train_collector {
	struct names users, items, values;
	struct row *rows;
	uint32_t *moments;		/* [capacity][features], in the order of arrival */
	uint32_t features;
	uint64_t count, capacity;
	struct train_item *catalogue;
	uint32_t catalogue_capacity;
};

static int names_grow(struct names *names)
{
	uint32_t slots = names->slots == 0 ? 1024 : names->slots * 2;
	uint32_t *slot = calloc(slots, sizeof(*slot));
	uint64_t *offset = realloc(names->offset, slots / 2 * sizeof(*offset));
	uint32_t i;

	if (offset != NULL)
		names->offset = offset;
	if (slot == NULL || offset == NULL) {
		free(slot);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < names->count; i++) {
		const char *text = (const char *)names->text.data + names->offset[i];
		uint64_t at = hash_bytes(text, strlen(text), 0) & (slots - 1);

		while (slot[at] != 0)
			at = (at + 1) & (slots - 1);
		slot[at] = i + 1;
	}
	free(names->slot);
	names->slot = slot;
	names->slots = slots;
	names->capacity = slots / 2;
	return 0;
}

static int names_intern(struct names *names, const char *text, size_t size, uint32_t *out)
{
	uint64_t at;

	if (memchr(text, 0, size) != NULL)
		return TACIT_E_FORMAT;
	if (names->count == names->capacity && names_grow(names) != 0)
		return TACIT_E_MEMORY;
	at = hash_bytes(text, size, 0) & (names->slots - 1);
	while (names->slot[at] != 0) {
		uint32_t number = names->slot[at] - 1;
		const char *there = (const char *)names->text.data + names->offset[number];

		if (strncmp(there, text, size) == 0 && there[size] == 0) {
			*out = number;
			return 0;
		}
		at = (at + 1) & (names->slots - 1);
	}
	names->offset[names->count] = names->text.size;
	if (bytes_append(&names->text, text, size) != 0 ||
	    bytes_append_byte(&names->text, 0) != 0) {
		names->text.size = names->offset[names->count];
		return TACIT_E_MEMORY;
	}
	names->slot[at] = names->count + 1;
	*out = names->count++;
	return 0;
}

static void names_free(struct names *names)
{
	bytes_free(&names->text);
	free(names->offset);
	free(names->slot);
}

struct train_collector *train_collector_new(void)
{
	return calloc(1, sizeof(struct train_collector));
}

static int intern(struct names *names, const char *text, size_t size, uint32_t *out,
		  struct error *error)
{
	int result = names_intern(names, text, size, out);

	if (result == TACIT_E_FORMAT)
		return error_set(error, result, "a user or item name holds a zero byte");
	return result != 0 ? error_memory(error) : 0;
}

static int moments_grow(struct train_collector *collector, uint64_t capacity)
{
	size_t row = sizeof(uint32_t) * collector->features;
	uint32_t *grown;

	if (row == 0)
		return 0;
	grown = realloc(collector->moments, capacity * row);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	memset(grown + collector->capacity * collector->features, 0,
	       (capacity - collector->capacity) * row);
	collector->moments = grown;
	return 0;
}

int train_collector_features(struct train_collector *collector, uint32_t features)
{
	assert(collector->capacity == 0 && features <= LIMIT_MOMENT_FEATURES);
	collector->features = features;
	return 0;
}

int train_collector_moment(struct train_collector *collector, uint32_t feature, const char *text,
			   size_t size, struct error *error)
{
	uint32_t number;
	int result;

	assert(collector->count > 0 && feature < collector->features);
	result = intern(&collector->values, text, size, &number, error);
	if (result != 0)
		return result;
	if (collector->values.count > LIMIT_MOMENT_VALUES)
		return error_set(error, TACIT_E_LIMIT, "the @ columns have more than %d values: "
				 "group them", LIMIT_MOMENT_VALUES);
	collector->moments[(collector->count - 1) * collector->features + feature] = number + 1;
	return 0;
}

int train_collector_add(struct train_collector *collector, const char *user, size_t user_size,
			const char *item, size_t item_size, int64_t time, struct error *error)
{
	struct row *row;
	int result;

	if (collector->count >= LIMIT_INTERACTIONS)
		return error_set(error, TACIT_E_LIMIT, "more than %llu interactions",
				 (unsigned long long)LIMIT_INTERACTIONS);
	if (collector->count == collector->capacity) {
		uint64_t capacity = collector->capacity == 0 ? 4096 : collector->capacity * 2;
		struct row *grown = realloc(collector->rows, capacity * sizeof(*grown));

		if (grown == NULL)
			return error_memory(error);
		collector->rows = grown;
		if (moments_grow(collector, capacity) != 0)
			return error_memory(error);
		collector->capacity = capacity;
	}
	row = &collector->rows[collector->count];
	row->time = time;
	row->order = collector->count;
	result = intern(&collector->users, user, user_size, &row->user, error);
	if (result == 0)
		result = intern(&collector->items, item, item_size, &row->item, error);
	if (result == 0)
		collector->count++;
	return result;
}

static void item_free(struct train_item *item)
{
	free(item->id);
	free(item->title);
	free(item->creator);
	free(item->words);
	memset(item, 0, sizeof(*item));
}

static int catalogue_grow(struct train_collector *collector)
{
	uint32_t capacity = collector->items.capacity;
	struct train_item *grown;

	if (capacity <= collector->catalogue_capacity)
		return 0;
	grown = realloc(collector->catalogue, capacity * sizeof(*grown));
	if (grown == NULL)
		return TACIT_E_MEMORY;
	memset(grown + collector->catalogue_capacity, 0,
	       (capacity - collector->catalogue_capacity) * sizeof(*grown));
	collector->catalogue = grown;
	collector->catalogue_capacity = capacity;
	return 0;
}

int train_collector_describe(struct train_collector *collector, const char *item,
			     size_t item_size, const struct train_item *description,
			     struct error *error)
{
	struct train_item copy = { NULL, NULL, NULL, NULL, description->year };
	uint32_t number;
	int result = intern(&collector->items, item, item_size, &number, error);

	if (result != 0)
		return result;
	if (catalogue_grow(collector) != 0)
		return error_memory(error);
	copy.title = strdup(description->title);
	copy.creator = strdup(description->creator);
	copy.words = strdup(description->words);
	if (copy.title == NULL || copy.creator == NULL || copy.words == NULL) {
		item_free(&copy);
		return error_memory(error);
	}
	item_free(&collector->catalogue[number]);
	collector->catalogue[number] = copy;
	return 0;
}

int train_collector_describe_once(struct train_collector *collector, const char *item,
				  size_t item_size, const struct train_item *description,
				  struct error *error)
{
	uint32_t number;
	int result = intern(&collector->items, item, item_size, &number, error);

	if (result != 0)
		return result;
	if (number < collector->catalogue_capacity && collector->catalogue[number].title != NULL)
		return 0;
	return train_collector_describe(collector, item, item_size, description, error);
}

/* Rows of one user: by time, then as they came. */
static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* By user, time, arrival: each user's rows side by side by counting, then sorted. The rows move to
 * other memory. start[users + 1] is filled in. */
static int sort_rows(struct train_collector *collector, uint64_t *start)
{
	struct row *sorted = malloc(sizeof(*sorted) * (collector->count + 1));
	uint32_t users = collector->users.count, u;
	uint64_t i;

	if (sorted == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < collector->count; i++)
		start[collector->rows[i].user + 1]++;
	for (u = 0; u < users; u++)
		start[u + 1] += start[u];
	for (i = 0; i < collector->count; i++)
		sorted[start[collector->rows[i].user]++] = collector->rows[i];
	for (u = users; u > 0; u--)
		start[u] = start[u - 1];
	start[0] = 0;
	free(collector->rows);
	collector->rows = sorted;
	for (u = 0; u < users; u++) {
		for (i = start[u] + 1; i < start[u + 1]; i++)	/* most files are in order */
			if (by_time(&sorted[i - 1], &sorted[i]) > 0)
				break;
		if (i < start[u + 1])
			qsort(sorted + start[u], start[u + 1] - start[u], sizeof(*sorted),
			      by_time);
	}
	return 0;
}

/* Items without a description are called by their identifier. */
static int name_items(struct train_collector *collector)
{
	uint32_t i;

	if (catalogue_grow(collector) != 0)
		return TACIT_E_MEMORY;
	for (i = 0; i < collector->items.count; i++) {
		struct train_item *item = &collector->catalogue[i];
		const char *id = (const char *)collector->items.text.data +
				 collector->items.offset[i];

		item->id = strdup(id);
		if (item->title == NULL)
			item->title = strdup(id);
		if (item->creator == NULL)
			item->creator = strdup("");
		if (item->words == NULL)
			item->words = strdup("");
		if (item->id == NULL || item->title == NULL || item->creator == NULL ||
		    item->words == NULL)
			return TACIT_E_MEMORY;
	}
	return 0;
}

/* After the rows are sorted. */
static int fill_moments(const struct train_collector *collector, struct train_data *data)
{
	uint32_t features = collector->features, v;
	uint64_t i;

	if (features == 0)
		return 0;
	data->features = features;
	data->moment = malloc((collector->count * features + 1) * sizeof(uint32_t));
	data->value = calloc((size_t)collector->values.count + 1, sizeof(*data->value));
	if (data->moment == NULL || data->value == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < collector->count; i++)
		memcpy(data->moment + i * features,
		       collector->moments + collector->rows[i].order * features,
		       features * sizeof(uint32_t));
	for (v = 0; v < collector->values.count; v++) {
		data->value[v] = strdup((const char *)collector->values.text.data +
					collector->values.offset[v]);
		if (data->value[v] == NULL)
			return TACIT_E_MEMORY;
		data->values++;
	}
	return 0;
}

static int fill(struct train_collector *collector, struct train_data *data)
{
	uint64_t i;

	data->users = collector->users.count;
	data->items = collector->items.count;
	data->events = collector->count;
	data->start = calloc((size_t)data->users + 1, sizeof(*data->start));
	data->item = malloc((data->events + 1) * sizeof(*data->item));
	data->time = malloc((data->events + 1) * sizeof(*data->time));
	if (data->start == NULL || data->item == NULL || data->time == NULL ||
	    name_items(collector) != 0)
		return TACIT_E_MEMORY;
	if (sort_rows(collector, data->start) != 0)
		return TACIT_E_MEMORY;
	for (i = 0; i < collector->count; i++) {
		data->item[i] = collector->rows[i].item;
		data->time[i] = collector->rows[i].time;
	}
	data->catalogue = collector->catalogue;
	collector->catalogue = NULL;
	return fill_moments(collector, data);
}

int train_collector_finish(struct train_collector *collector, struct train_data **out,
			   struct error *error)
{
	struct train_data *data = calloc(1, sizeof(*data));
	int result = 0;

	if (collector->items.count > LIMIT_PACK_ITEMS)
		result = error_set(error, TACIT_E_LIMIT, "more than %u items", LIMIT_PACK_ITEMS);
	else if (collector->count == 0)
		result = error_set(error, TACIT_E_FORMAT, "there are no interactions in it");
	else if (data == NULL || fill(collector, data) != 0)
		result = error_memory(error);
	train_collector_free(collector);
	if (result != 0) {
		train_data_free(data);
		return result;
	}
	*out = data;
	return 0;
}

void train_collector_free(struct train_collector *collector)
{
	uint32_t i;

	if (collector == NULL)
		return;
	for (i = 0; collector->catalogue != NULL && i < collector->catalogue_capacity; i++)
		item_free(&collector->catalogue[i]);
	free(collector->catalogue);
	names_free(&collector->users);
	names_free(&collector->items);
	names_free(&collector->values);
	free(collector->moments);
	free(collector->rows);
	free(collector);
}

void train_data_free(struct train_data *data)
{
	uint32_t i;

	if (data == NULL)
		return;
	for (i = 0; data->catalogue != NULL && i < data->items; i++)
		item_free(&data->catalogue[i]);
	free(data->catalogue);
	free(data->start);
	free(data->item);
	for (i = 0; i < data->values; i++)
		free(data->value[i]);
	free(data->value);
	free(data->moment);
	free(data->time);
	free(data);
}
