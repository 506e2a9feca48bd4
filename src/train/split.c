/* Splits in time order, and the metrics of full ranking. */
#include "split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many of n events are held out at the end. */
static uint64_t held_out(uint64_t n, enum split_protocol protocol)
{
	if (n < 2)
		return 0;
	if (protocol == SPLIT_LAST_FIFTH)
		return n - n * 4 / 5;
	return 1;
}

int split_make(const struct train_data *data, enum split_protocol protocol, struct split *out,
	       struct error *error)
{
	size_t bytes = sizeof(uint64_t) * ((size_t)data->users + 1);
	uint32_t u;

	out->users = data->users;
	out->start = malloc(bytes);
	out->fit_end = malloc(bytes);
	out->valid_end = malloc(bytes);
	out->test_end = malloc(bytes);
	if (out->start == NULL || out->fit_end == NULL || out->valid_end == NULL ||
	    out->test_end == NULL) {
		split_free(out);
		return error_memory(error);
	}
	for (u = 0; u < data->users; u++) {
		uint64_t n = data->start[u + 1] - data->start[u];

		out->start[u] = data->start[u];
		out->test_end[u] = data->start[u + 1];
		if (protocol != SPLIT_VALIDATE_ONLY)
			n -= held_out(n, protocol);
		out->valid_end[u] = data->start[u] + n;
		out->fit_end[u] = out->valid_end[u] - held_out(n, protocol);
	}
	return 0;
}

void split_free(struct split *split)
{
	free(split->start);
	free(split->fit_end);
	free(split->valid_end);
	free(split->test_end);
	memset(split, 0, sizeof(*split));
}

static uint32_t among_first(const uint32_t *rank, uint32_t count, uint32_t k)
{
	uint32_t i, found = 0;

	for (i = 0; i < count; i++)
		found += rank[i] < k;
	return found;
}

static double ndcg(const uint32_t *rank, uint32_t count, uint32_t k)
{
	double gain = 0.0, ideal = 0.0;
	uint32_t i;

	for (i = 0; i < count; i++)
		if (rank[i] < k)
			gain += 1.0 / log2((double)rank[i] + 2.0);
	for (i = 0; i < count && i < k; i++)
		ideal += 1.0 / log2((double)i + 2.0);
	return gain / ideal;
}

static double recall(const uint32_t *rank, uint32_t count, uint32_t k)
{
	return (double)among_first(rank, count, k) / (double)(count < k ? count : k);
}

double split_standard_error(double sum, double squares, uint64_t n)
{
	double spread = n > 1 ? (squares - sum * sum / (double)n) / (double)(n - 1) : 0.0;

	return spread > 0.0 ? sqrt(spread / (double)n) : 0.0;
}

void split_metrics_add(struct split_metrics *metrics, const uint32_t *rank, uint32_t count)
{
	uint32_t best = UINT32_MAX, i;
	double gain, reciprocal;

	if (count == 0)
		return;
	for (i = 0; i < count; i++)
		best = rank[i] < best ? rank[i] : best;
	gain = ndcg(rank, count, 10);
	reciprocal = best == UINT32_MAX ? 0.0 : 1.0 / ((double)best + 1.0);
	metrics->users++;
	metrics->events += count;
	metrics->hr5 += best < 5;
	metrics->hr10 += best < 10;
	metrics->hr20 += best < 20;
	metrics->ndcg10 += gain;
	metrics->ndcg10_squares += gain * gain;
	metrics->mrr += reciprocal;
	metrics->mrr_squares += reciprocal * reciprocal;
	metrics->recall20 += recall(rank, count, 20);
	metrics->recall50 += recall(rank, count, 50);
	metrics->ndcg100 += ndcg(rank, count, 100);
}
