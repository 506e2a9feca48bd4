/*
 * Segments are looked for between cells of equally many events. cost[i][j] is what a segment from
 * cell i to j has, and best[m][j] the most that cells 0..j have in m + 1 segments. n log2 n comes
 * from a table, so that a pair of cells costs `kinds` look-ups.
 */
#include "segment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "base/random.h"

#define NEVER (INT64_MIN / 4)

struct search {
	const struct segment_data *data;
	uint32_t cells, step, least;	/* events of a cell; cells of a segment at least */
	uint32_t *order;		/* [events] which event stands where */
	uint32_t *sum;			/* [cells + 1][kinds] counts before each cell */
	int64_t *log;			/* [most + 1] n log2 n, 2^-20 */
	int64_t *cost;			/* [cells][cells + 1] */
	int64_t *best;			/* [SEGMENT_MOST + 1][cells + 1] */
	uint32_t *from;			/* likewise: where the last one begins */
};

static int64_t n_log_n(uint64_t n)
{
	return n < 2 ? 0 : (int64_t)n * fixed_log2(n);
}

uint64_t segment_count(const struct segment_data *data, uint32_t from, uint32_t until,
		       uint32_t *out)
{
	uint32_t t;

	memset(out, 0, sizeof(*out) * data->kinds);
	for (t = data->first[from]; t < data->first[until]; t++)
		out[data->kind[t]]++;
	return data->first[until] - data->first[from];
}

int64_t segment_gain(uint32_t kinds, const uint32_t *before, const uint32_t *after)
{
	uint64_t b = 0, a = 0;
	int64_t gain = 0;
	uint32_t k;

	for (k = 0; k < kinds; k++) {
		gain += n_log_n(before[k]) + n_log_n(after[k]) -
			n_log_n((uint64_t)before[k] + after[k]);
		b += before[k];
		a += after[k];
	}
	return gain - n_log_n(b) - n_log_n(a) + n_log_n(a + b);
}

/* ---- the search ---- */

static void count_cells(struct search *search)
{
	const struct segment_data *data = search->data;
	uint32_t kinds = data->kinds, c, e, t;

	memset(search->sum, 0, sizeof(*search->sum) * kinds);
	for (c = 0; c < search->cells; c++) {
		uint32_t *sum = search->sum + (size_t)(c + 1) * kinds;
		uint32_t end = c + 1 == search->cells ? data->events : (c + 1) * search->step;

		memcpy(sum, sum - kinds, sizeof(*sum) * kinds);
		for (e = c * search->step; e < end; e++)
			for (t = data->first[search->order[e]];
			     t < data->first[search->order[e] + 1]; t++)
				sum[data->kind[t]]++;
	}
}

static void make_costs(struct search *search)
{
	uint32_t kinds = search->data->kinds, i, j, k;

	for (i = 0; i < search->cells; i++)
		for (j = i + search->least; j <= search->cells; j++) {
			const uint32_t *low = search->sum + (size_t)i * kinds;
			const uint32_t *high = search->sum + (size_t)j * kinds;
			int64_t value = 0;
			uint32_t all = 0;

			for (k = 0; k < kinds; k++) {
				value += search->log[high[k] - low[k]];
				all += high[k] - low[k];
			}
			search->cost[(size_t)i * (search->cells + 1) + j] =
				value - search->log[all];
		}
}

/* best[m][j] for all m and j. */
static void segment_cells(struct search *search)
{
	uint32_t n = search->cells, m, j, i;
	size_t row = (size_t)n + 1;

	for (j = 0; j <= n; j++) {
		search->best[j] = j >= search->least ? search->cost[j] : NEVER;
		search->from[j] = 0;
	}
	for (m = 1; m <= SEGMENT_MOST; m++)
		for (j = 0; j <= n; j++) {
			int64_t *best = &search->best[m * row + j];

			*best = NEVER;
			for (i = search->least; i + search->least <= j; i++) {
				int64_t before = search->best[(m - 1) * row + i];

				if (before == NEVER ||
				    before + search->cost[i * row + j] <= *best)
					continue;
				*best = before + search->cost[i * row + j];
				search->from[m * row + j] = i;
			}
		}
}

static void run(struct search *search)
{
	count_cells(search);
	make_costs(search);
	segment_cells(search);
}

/* The least penalty at which no change is worth it: max over m of gain(m) / m, rounded up. */
static int64_t critical(const struct search *search)
{
	size_t row = (size_t)search->cells + 1;
	int64_t most = 0;
	uint32_t m;

	for (m = 1; m <= SEGMENT_MOST; m++) {
		int64_t best = search->best[m * row + search->cells];
		int64_t gain = best - search->best[search->cells];

		if (best != NEVER && gain > 0 && (gain + m - 1) / m > most)
			most = (gain + m - 1) / m;
	}
	return most;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Fisher and Yates; each shuffle starts from the one before. */
static int64_t find_penalty(struct search *search, uint64_t seed)
{
	struct random random = { seed };
	int64_t found[SEGMENT_SHUFFLES];
	uint32_t s, e;

	for (s = 0; s < SEGMENT_SHUFFLES; s++) {
		for (e = search->data->events - 1; e > 0; e--) {
			uint32_t other = random_below(&random, e + 1);
			uint32_t kept = search->order[e];

			search->order[e] = search->order[other];
			search->order[other] = kept;
		}
		run(search);
		found[s] = critical(search);
	}
	qsort(found, SEGMENT_SHUFFLES, sizeof(*found), compare);
	return found[SEGMENT_RANK - 1];
}

/* The changes of the true order at a penalty, in cells. */
static uint32_t pick(const struct search *search, int64_t penalty, uint32_t change[SEGMENT_MOST])
{
	size_t row = (size_t)search->cells + 1;
	int64_t most = search->best[search->cells];
	uint32_t m, chosen = 0, at = search->cells;

	for (m = 1; m <= SEGMENT_MOST; m++) {
		int64_t best = search->best[m * row + search->cells];

		if (best == NEVER || best - (int64_t)m * penalty <= most)
			continue;
		most = best - (int64_t)m * penalty;
		chosen = m;
	}
	for (m = chosen; m > 0; m--) {
		at = search->from[m * row + at];
		change[m - 1] = at;
	}
	return chosen;
}

/* Moves a change between two others to its best event within a step. */
static uint32_t refine(const struct search *search, uint32_t low, uint32_t at, uint32_t high)
{
	const struct segment_data *data = search->data;
	uint32_t before[SEGMENT_KINDS], after[SEGMENT_KINDS], t, best = at;
	uint32_t from = at - low > search->step + SEGMENT_LEAST ? at - search->step
							     : low + SEGMENT_LEAST;
	uint32_t until = high - at > search->step + SEGMENT_LEAST ? at + search->step
							       : high - SEGMENT_LEAST;
	int64_t most = NEVER;
	uint32_t e;

	segment_count(data, low, from, before);
	segment_count(data, from, high, after);
	for (e = from; e <= until; e++) {
		int64_t gain = segment_gain(data->kinds, before, after);

		if (gain > most || (gain == most && e == at)) {
			most = gain;
			best = e;
		}
		for (t = data->first[e]; e < high && t < data->first[e + 1]; t++) {
			before[data->kind[t]]++;
			after[data->kind[t]]--;
		}
	}
	return best;
}

static bool allocate(struct search *search)
{
	uint32_t n = search->data->events, e;
	uint64_t most = search->data->first[n], i;
	size_t row = (size_t)search->cells + 1;

	search->order = malloc(sizeof(*search->order) * n);
	search->sum = malloc(sizeof(*search->sum) * row * search->data->kinds);
	search->log = malloc(sizeof(*search->log) * (most + 1));
	search->cost = calloc(row * row, sizeof(*search->cost));
	search->best = malloc(sizeof(*search->best) * row * (SEGMENT_MOST + 1));
	search->from = malloc(sizeof(*search->from) * row * (SEGMENT_MOST + 1));
	if (search->order == NULL || search->sum == NULL || search->log == NULL ||
	    search->cost == NULL || search->best == NULL || search->from == NULL)
		return false;
	for (e = 0; e < n; e++)
		search->order[e] = e;
	for (i = 0; i <= most; i++)
		search->log[i] = n_log_n(i);
	return true;
}

int segment_find(const struct segment_data *data, uint64_t seed, uint32_t change[SEGMENT_MOST],
		 uint32_t *count, int64_t *penalty, struct error *error)
{
	struct search search = { .data = data };
	uint32_t c, n = data->events;
	int result = 0;

	*count = 0;
	*penalty = 0;
	if (n < 2 * SEGMENT_LEAST)
		return 0;
	search.step = (n + SEGMENT_CELLS - 1) / SEGMENT_CELLS;
	search.cells = n / search.step;
	search.least = (SEGMENT_LEAST + search.step - 1) / search.step;
	if (!allocate(&search)) {
		result = error_memory(error);
	} else {
		*penalty = find_penalty(&search, seed);
		for (c = 0; c < n; c++)
			search.order[c] = c;
		run(&search);
		*count = pick(&search, *penalty, change);
		for (c = 0; c < *count; c++)
			change[c] *= search.step;
		for (c = 0; search.step > 1 && c < *count; c++)
			change[c] = refine(&search, c == 0 ? 0 : change[c - 1], change[c],
					   c + 1 == *count ? n : change[c + 1]);
	}
	free(search.order);
	free(search.sum);
	free(search.log);
	free(search.cost);
	free(search.best);
	free(search.from);
	return result;
}
