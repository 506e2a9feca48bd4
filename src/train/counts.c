/*
 * Rules and neighbours: counts of what is taken near what, an item at a time. The places of an item
 * in all histories are walked with a window, and the row's largest weights kept, so that memory is
 * what is kept and rows do not depend on who made them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "closed_inside.h"
#include "ranks.h"

#define PLACES_MOST 50000	/* of an item: the rest says the same */

struct worker {
	float *sum;			/* [items], zeros between rows */
	float *size;			/* [items] */
	uint32_t *touched;		/* [items] */
};

struct counting {
	struct closed_model *model;
	const struct train_data *data;
	const uint64_t *start, *end;
	uint64_t *first;		/* [items + 1]: of each item into place[] */
	uint64_t *place;		/* events */
	uint32_t *user;			/* [events of data]: whose */
	struct worker *worker;
	uint32_t *kept;			/* [items] */
	uint32_t *to;			/* [items][support] */
	float *value;			/* [items][support] */
	float *total;			/* [items]: events, or all that came behind */
};

/* Where each item was taken. */
static void list_places(struct counting *counting)
{
	const struct train_data *data = counting->data;
	uint32_t u, i;
	uint64_t e;

	for (u = 0; u < data->users; u++)
		for (e = counting->start[u]; e < counting->end[u]; e++)
			counting->first[data->item[e] + 1]++;
	for (i = 0; i < data->items; i++) {
		counting->total[i] = (float)counting->first[i + 1];
		counting->first[i + 1] += counting->first[i];
	}
	for (u = 0; u < data->users; u++)
		for (e = counting->start[u]; e < counting->end[u]; e++) {
			counting->place[counting->first[data->item[e]]++] = e;
			counting->user[e] = u;
		}
	for (i = data->items; i > 0; i--)
		counting->first[i] = counting->first[i - 1];
	counting->first[0] = 0;
}

static uint32_t touch(struct worker *worker, uint32_t count, uint32_t item, float value)
{
	if (worker->sum[item] == 0.0f)
		worker->touched[count++] = item;
	worker->sum[item] += value;
	return count;
}

/* Adds what is near one place; how many items are touched so far. */
static uint32_t add_place(const struct counting *counting, struct worker *worker, uint64_t e,
			  uint32_t count)
{
	const struct closed_config *config = &counting->model->config;
	const uint32_t *item = counting->data->item;
	uint32_t u = counting->user[e];
	uint64_t d, behind = counting->end[u] - 1 - e, before = e - counting->start[u];
	bool both = config->kind == CLOSED_NEAR;

	for (d = 1; d <= config->window && d <= behind; d++)
		count = touch(worker, count, item[e + d], both ? 1.0f : 1.0f / (float)d);
	for (d = 1; both && d <= config->window && d <= before; d++)
		count = touch(worker, count, item[e - d], 1.0f);
	return count;
}

/* Sums become weights: rules by all of the row, neighbours by both counts. */
static void weigh(const struct counting *counting, struct worker *worker, uint32_t from,
		  uint32_t count)
{
	const struct closed_config *config = &counting->model->config;
	float all = 0.0f;
	uint32_t k;

	for (k = 0; k < count; k++)
		all += worker->sum[worker->touched[k]];
	for (k = 0; k < count; k++) {
		uint32_t to = worker->touched[k];
		float over = config->kind == CLOSED_RULES ? all :
			     sqrtf(counting->total[from] * counting->total[to]);

		worker->sum[to] = to == from && config->kind == CLOSED_NEAR ? 0.0f :
				  worker->sum[to] / (over + config->lambda);
		worker->size[k] = worker->sum[to];
	}
}

/* Items are dealt out to the ranks in turn. */
static void count_item(void *context, size_t number, size_t index)
{
	struct counting *counting = context;
	size_t from = number * ranks_count() + ranks_mine();
	struct worker *worker = &counting->worker[index];
	uint32_t support = counting->model->config.support, count = 0, k, kept = 0;
	uint64_t first = counting->first[from], last = counting->first[from + 1], p;
	uint32_t *to = counting->to + from * support;
	float least = 0.0f;

	/* of very many places the newest people's: they stand last */
	if (last - first > PLACES_MOST)
		first = last - PLACES_MOST;
	for (p = first; p < last; p++)
		count = add_place(counting, worker, counting->place[p], count);
	weigh(counting, worker, (uint32_t)from, count);
	if (count > support)
		least = closed_largest(worker->size, count, support - 1);
	if (count > 1)
		qsort(worker->touched, count, sizeof(uint32_t), closed_by_number);
	for (k = 0; k < count; k++) {
		float value = worker->sum[worker->touched[k]];

		worker->sum[worker->touched[k]] = 0.0f;
		if (value > 0.0f && value >= least && kept < support) {
			counting->value[from * support + kept] = value;
			to[kept++] = worker->touched[k];
		}
	}
	counting->kept[from] = kept;
}

/* Rows side by side without the room between them. */
static int pack_rows(struct counting *counting)
{
	struct closed_model *model = counting->model;
	uint32_t items = counting->data->items, support = model->config.support, i;

	model->start = malloc(sizeof(uint64_t) * ((size_t)items + 1));
	if (model->start == NULL)
		return TACIT_E_MEMORY;
	model->start[0] = 0;
	for (i = 0; i < items; i++) {
		uint64_t at = model->start[i], from = (uint64_t)i * support;

		model->start[i + 1] = at + counting->kept[i];
		memmove(counting->to + at, counting->to + from,
			sizeof(uint32_t) * counting->kept[i]);
		memmove(counting->value + at, counting->value + from,
			sizeof(float) * counting->kept[i]);
	}
	model->to = counting->to;
	model->value = counting->value;
	counting->to = NULL;
	counting->value = NULL;
	return 0;
}

static int workers_new(struct counting *counting, uint32_t threads)
{
	size_t items = counting->data->items;
	uint32_t w;

	counting->worker = calloc(threads, sizeof(*counting->worker));
	for (w = 0; counting->worker != NULL && w < threads; w++) {
		struct worker *worker = &counting->worker[w];

		worker->sum = calloc(items + 1, sizeof(float));
		worker->size = malloc(sizeof(float) * (items + 1));
		worker->touched = malloc(sizeof(uint32_t) * (items + 1));
		if (worker->sum == NULL || worker->size == NULL || worker->touched == NULL)
			return TACIT_E_MEMORY;
	}
	return counting->worker == NULL ? TACIT_E_MEMORY : 0;
}

static void counting_free(struct counting *counting, uint32_t threads)
{
	uint32_t w;

	for (w = 0; counting->worker != NULL && w < threads; w++) {
		free(counting->worker[w].sum);
		free(counting->worker[w].size);
		free(counting->worker[w].touched);
	}
	free(counting->worker);
	free(counting->first);
	free(counting->place);
	free(counting->user);
	free(counting->kept);
	free(counting->to);
	free(counting->value);
	free(counting->total);
}

int counts_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	       const uint64_t *end)
{
	struct counting counting = { .model = model, .data = data, .start = start, .end = end };
	size_t items = data->items, room = items * model->config.support;
	uint32_t threads = model->config.threads / ranks_count();
	struct pool *pool = pool_new(threads);
	int result = TACIT_E_MEMORY;

	counting.first = calloc(items + 1, sizeof(uint64_t));
	counting.place = malloc(sizeof(uint64_t) * (data->events + 1));
	counting.user = malloc(sizeof(uint32_t) * (data->events + 1));
	counting.kept = calloc(items + 1, sizeof(uint32_t));
	counting.to = calloc(room + 1, sizeof(uint32_t));
	counting.value = calloc(room + 1, sizeof(float));
	counting.total = malloc(sizeof(float) * (items + 1));
	if (pool != NULL && counting.first != NULL && counting.place != NULL &&
	    counting.user != NULL && counting.kept != NULL && counting.to != NULL &&
	    counting.value != NULL && counting.total != NULL &&
	    workers_new(&counting, threads) == 0) {
		list_places(&counting);
		pool_run(pool, (items + ranks_count() - 1 - ranks_mine()) / ranks_count(),
			 count_item, &counting);
		ranks_merge(counting.kept, sizeof(uint32_t) * items);
		ranks_merge(counting.to, sizeof(uint32_t) * room);
		ranks_merge(counting.value, sizeof(float) * room);
		result = pack_rows(&counting);
	}
	counting_free(&counting, threads);
	pool_free(pool);
	return result;
}
