/* Interning what is frequent enough, in the order in which a pack stores it. */
#include "moments.h"

#include <stdlib.h>
#include <string.h>

#include "pack/moment.h"

_Static_assert(LIMIT_MOMENTS < UINT16_MAX, "a row and 0 fit");

struct counted {
	uint64_t count;
	uint32_t value;			/* of the data, or behind these: a time */
	const char *key;
};

/* Values of the data come first, then those of the clock. */
struct making {
	const struct train_data *data;
	struct counted *counted;	/* [values + MOMENT_TIMES] */
	uint32_t *row;			/* the same: row + 1, 0 for what is left out */
	char time[MOMENT_TIMES][MOMENT_TIME_BYTES];
	int64_t unit;			/* ms of a unit of time; 0: no clock */
	bool time_feature[MOMENT_TIME_FEATURES];
};

/* A clock in seconds or milliseconds shows times between 1973 and 5138 at both ends. */
static int64_t clock_unit(const struct train_data *data)
{
	int64_t least = INT64_MAX, most = INT64_MIN;
	uint64_t e;

	for (e = 0; e < data->events; e++) {
		least = data->time[e] < least ? data->time[e] : least;
		most = data->time[e] > most ? data->time[e] : most;
	}
	if (least >= 100000000 && most < 100000000000)
		return 1000;
	if (least >= 100000000000 && most < 100000000000000)
		return 1;
	return 0;
}

static bool has_column(const struct train_data *data, const char *feature)
{
	size_t size = strlen(feature);
	uint32_t v;

	for (v = 0; v < data->values; v++)
		if (strncmp(data->value[v], feature, size) == 0 && data->value[v][size] == '=')
			return true;
	return false;
}

/* The values of an event: value[features of the data and of time], UINT32_MAX where unknown. */
static uint32_t values_of(const struct making *making, uint64_t e, uint32_t *value)
{
	const struct train_data *data = making->data;
	uint32_t count = 0, f, of[MOMENT_TIME_FEATURES];

	for (f = 0; f < data->features; f++)
		value[count++] = data->moment[e * data->features + f] - 1;	/* 0 wraps */
	if (making->unit == 0)
		return count;
	moment_times(data->time[e] * making->unit, of);
	for (f = 0; f < MOMENT_TIME_FEATURES; f++)
		if (making->time_feature[f])
			value[count++] = data->values + of[f];
	return count;
}

static int by_count(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct counted *)a)->key, ((const struct counted *)b)->key);
}

static void count_all(struct making *making, const uint64_t *start, const uint64_t *end)
{
	uint32_t value[LIMIT_MOMENT_FEATURES + MOMENT_TIME_FEATURES], u, k, count, v;
	const struct train_data *data = making->data;
	uint64_t e;

	for (v = 0; v < data->values + MOMENT_TIMES; v++) {
		making->counted[v].value = v;
		making->counted[v].key = v < data->values ? data->value[v] :
					 making->time[v - data->values];
	}
	for (u = 0; u < data->users; u++)
		for (e = start[u]; e < end[u]; e++) {
			count = values_of(making, e, value);
			for (k = 0; k < count; k++)
				if (value[k] != UINT32_MAX)
					making->counted[value[k]].count++;
		}
}

/* Keeps the frequent ones, sorted by key. */
static int keep(struct making *making, struct moments *out)
{
	uint32_t all = making->data->values + MOMENT_TIMES, kept = 0, v;

	qsort(making->counted, all, sizeof(*making->counted), by_count);
	while (kept < all && kept < LIMIT_MOMENTS && making->counted[kept].count >= MOMENTS_LEAST)
		kept++;
	qsort(making->counted, kept, sizeof(*making->counted), by_key);
	out->key = calloc((size_t)kept + 1, sizeof(*out->key));
	if (out->key == NULL)
		return TACIT_E_MEMORY;
	for (v = 0; v < kept; v++) {
		making->row[making->counted[v].value] = v + 1;
		out->key[v] = strdup(making->counted[v].key);
		out->values++;
		if (out->key[v] == NULL)
			return TACIT_E_MEMORY;
	}
	return 0;
}

static int fill(const struct making *making, struct moments *out)
{
	uint32_t value[LIMIT_MOMENT_FEATURES + MOMENT_TIME_FEATURES] = { 0 }, k;
	const struct train_data *data = making->data;
	uint64_t e;

	out->features = values_of(making, 0, value);
	if (out->features == 0 || out->values == 0) {
		out->features = 0;
		return 0;
	}
	out->at = malloc(sizeof(*out->at) * out->features * (data->events + 1));
	if (out->at == NULL)
		return TACIT_E_MEMORY;
	for (e = 0; e < data->events; e++) {
		values_of(making, e, value);
		for (k = 0; k < out->features; k++)
			out->at[e * out->features + k] = (uint16_t)(value[k] == UINT32_MAX ? 0 :
								    making->row[value[k]]);
	}
	return 0;
}

int moments_make(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		 struct moments *out, struct error *error)
{
	struct making making = { .data = data, .unit = clock_unit(data) };
	size_t all = (size_t)data->values + MOMENT_TIMES;
	uint32_t f;
	int result = TACIT_E_MEMORY;

	memset(out, 0, sizeof(*out));
	out->columns = data->features > 0;
	for (f = 0; f < MOMENT_TIME_FEATURES; f++)
		making.time_feature[f] = !has_column(data, moment_time_feature(f));
	for (f = 0; f < MOMENT_TIMES; f++)
		moment_time_key(f, making.time[f]);
	making.counted = calloc(all, sizeof(*making.counted));
	making.row = calloc(all, sizeof(*making.row));
	if (making.counted != NULL && making.row != NULL) {
		count_all(&making, start, end);
		result = keep(&making, out);
		if (result == 0)
			result = fill(&making, out);
	}
	free(making.counted);
	free(making.row);
	if (result != 0) {
		moments_free(out);
		return error_memory(error);
	}
	return 0;
}

void moments_free(struct moments *moments)
{
	uint32_t v;

	for (v = 0; moments->key != NULL && v < moments->values; v++)
		free(moments->key[v]);
	free(moments->key);
	free(moments->at);
	memset(moments, 0, sizeof(*moments));
}

uint32_t moments_rows(const struct moments *moments, uint64_t event, uint32_t *row)
{
	uint32_t count = 0, f;

	for (f = 0; moments != NULL && f < moments->features; f++) {
		uint32_t at = moments->at[event * moments->features + f];

		if (at != 0)
			row[count++] = at - 1;
	}
	return count;
}
