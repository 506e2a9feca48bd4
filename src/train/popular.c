/* Counts, and the order that they make. */
#include "popular.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct counted {
	uint32_t taken, item;
};

static int by_taken(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->taken != y->taken)
		return x->taken > y->taken ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static void count_all(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		      uint32_t *last_taker, struct popular *out)
{
	uint32_t u;
	uint64_t e;

	for (u = 0; u < data->users; u++) {
		assert(start[u] >= data->start[u] && end[u] <= data->start[u + 1]);
		out->people += end[u] > start[u];
		for (e = start[u]; e < end[u]; e++) {
			uint32_t item = data->item[e];

			out->taken[item]++;
			if (last_taker[item] != u + 1)
				out->takers[item]++;
			last_taker[item] = u + 1;
		}
	}
}

int popular_count(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		  struct popular *out, struct error *error)
{
	size_t items = (size_t)data->items + 1;
	struct counted *order = malloc(sizeof(*order) * items);
	uint32_t *last_taker = calloc(items, sizeof(*last_taker)), i;

	memset(out, 0, sizeof(*out));
	out->items = data->items;
	out->taken = calloc(items, sizeof(*out->taken));
	out->takers = calloc(items, sizeof(*out->takers));
	out->place = calloc(items, sizeof(*out->place));
	if (order == NULL || last_taker == NULL || out->taken == NULL || out->takers == NULL ||
	    out->place == NULL) {
		free(order);
		free(last_taker);
		popular_free(out);
		return error_memory(error);
	}
	count_all(data, start, end, last_taker, out);
	for (i = 0; i < data->items; i++)
		order[i] = (struct counted){ out->taken[i], i };
	qsort(order, data->items, sizeof(*order), by_taken);
	for (i = 0; i < data->items; i++)
		out->place[order[i].item] = i;
	free(order);
	free(last_taker);
	return 0;
}

void popular_free(struct popular *popular)
{
	free(popular->taken);
	free(popular->takers);
	free(popular->place);
	memset(popular, 0, sizeof(*popular));
}

uint32_t popular_rank(const struct popular *popular, uint32_t item, const uint32_t *left_out,
		      uint32_t count)
{
	uint32_t rank = popular->place[item], i;

	for (i = 0; i < count; i++) {
		assert(left_out[i] != item);
		rank -= popular->place[left_out[i]] < popular->place[item];
	}
	return rank;
}

double popular_novelty(const struct popular *popular, uint32_t item)
{
	uint32_t takers = popular->takers[item] > 0 ? popular->takers[item] : 1;

	return popular->people > 0 ? log2((double)popular->people / takers) : 0.0;
}
