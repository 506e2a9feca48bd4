/* Counts, policies and estimators; see bandit.h. */
#include "bandit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATIO 10.0	/* of variances, above which propensities follow the position */
#define NORMAL 1.96
#define THREE 3.0

/* ---- counts ------------------------------------------------------------------------------ */

int bandit_count(const struct bandit_log *log, uint64_t from, uint64_t to,
		 struct bandit_counts *out, struct error *error)
{
	size_t cells = (size_t)log->items * log->positions;
	uint64_t clicks = 0, r;

	assert(from <= to && to <= log->rows);
	memset(out, 0, sizeof(*out));
	out->items = log->items;
	out->positions = log->positions;
	out->shown = calloc(cells + 1, sizeof(*out->shown));
	out->clicked = calloc(cells + 1, sizeof(*out->clicked));
	if (out->shown == NULL || out->clicked == NULL) {
		bandit_counts_free(out);
		return error_memory(error);
	}
	for (r = from; r < to; r++) {
		const struct bandit_row *row = &log->row[r];
		size_t cell = (size_t)row->position * log->items + row->item;

		out->shown[cell]++;
		out->clicked[cell] += row->clicked;
		clicks += row->clicked;
	}
	out->rate = to > from ? (double)clicks / (double)(to - from) : 0.0;
	return 0;
}

void bandit_counts_free(struct bandit_counts *counts)
{
	free(counts->shown);
	free(counts->clicked);
	memset(counts, 0, sizeof(*counts));
}

/* Of an item over all positions, or at one. */
static void count_of(const struct bandit_counts *counts, bool by_position, uint32_t position,
		     uint32_t item, double *shown, double *clicked)
{
	uint32_t p, from = by_position ? position : 0;
	uint32_t to = by_position ? position + 1 : counts->positions;

	*shown = *clicked = 0.0;
	for (p = from; p < to; p++) {
		*shown += (double)counts->shown[(size_t)p * counts->items + item];
		*clicked += (double)counts->clicked[(size_t)p * counts->items + item];
	}
}

/* Sums of squares: of cells (item and position) about their item, and of rows about their cell. */
bool bandit_by_position(const struct bandit_log *log)
{
	size_t cells = (size_t)log->items * log->positions, c, used = 0, items = 0;
	double *sum = calloc(cells + 1, sizeof(*sum)), *count = calloc(cells + 1, sizeof(*sum));
	double between = 0.0, within = 0.0, squares = 0.0;
	bool depends = false;
	uint64_t r;
	uint32_t i, p;

	if (sum == NULL || count == NULL)
		goto done;
	for (r = 0; r < log->rows; r++) {
		c = (size_t)log->row[r].position * log->items + log->row[r].item;
		sum[c] += log->row[r].propensity;
		count[c] += 1.0;
	}
	for (r = 0; r < log->rows; r++) {
		c = (size_t)log->row[r].position * log->items + log->row[r].item;
		within += pow(log->row[r].propensity - sum[c] / count[c], 2.0);
		squares += pow(log->row[r].propensity, 2.0);
	}
	for (i = 0; i < log->items; i++) {
		double all = 0.0, rows = 0.0;

		for (p = 0; p < log->positions; p++) {
			all += sum[(size_t)p * log->items + i];
			rows += count[(size_t)p * log->items + i];
		}
		items += rows > 0.0;
		for (c = i; c < cells; c += log->items) {
			if (count[c] == 0.0)
				continue;
			used++;
			between += count[c] * pow(sum[c] / count[c] - all / rows, 2.0);
		}
	}
	/* not with one position, nor where all is the same but for rounding */
	if (used > items && log->rows > used && between > 1e-12 * squares)
		depends = between / (double)(used - items) >
			  RATIO * within / (double)(log->rows - used);
done:
	free(sum);
	free(count);
	return depends;
}

/* ---- policies ---------------------------------------------------------------------------- */

void bandit_uniform(const struct bandit_counts *counts, double *choice)
{
	size_t cells = (size_t)counts->items * counts->positions, c;

	for (c = 0; c < cells; c++)
		choice[c] = 1.0 / counts->items;
}

void bandit_popular(const struct bandit_counts *counts, bool by_position, double *choice)
{
	uint32_t p, i;

	for (p = 0; p < counts->positions; p++) {
		double best_shown = 0.0, best_clicked = 0.0, shown, clicked;
		uint32_t best = 0;

		for (i = 0; i < counts->items; i++) {
			choice[(size_t)p * counts->items + i] = 0.0;
			count_of(counts, by_position, p, i, &shown, &clicked);
			if (clicked * best_shown > best_clicked * shown ||
			    (clicked * best_shown == best_clicked * shown && shown > best_shown)) {
				best = i;
				best_shown = shown;
				best_clicked = clicked;
			}
		}
		choice[(size_t)p * counts->items + best] = 1.0;
	}
}

void bandit_shown(const struct bandit_counts *counts, double *choice)
{
	uint32_t p, i;

	for (p = 0; p < counts->positions; p++) {
		const uint64_t *shown = counts->shown + (size_t)p * counts->items;
		uint64_t all = 0;

		for (i = 0; i < counts->items; i++)
			all += shown[i];
		for (i = 0; i < counts->items; i++)
			choice[(size_t)p * counts->items + i] =
				all > 0 ? (double)shown[i] / (double)all : 1.0 / counts->items;
	}
}

int bandit_thompson(const struct bandit_counts *counts, bool by_position, double *choice,
		    struct error *error)
{
	double *alpha = calloc(counts->items, sizeof(*alpha));
	double *beta = calloc(counts->items, sizeof(*beta));
	double fails = fmax(1.0, 1.0 / counts->rate - 1.0);
	uint32_t p, i;
	int result = alpha == NULL || beta == NULL ? error_memory(error) : 0;

	assert(counts->rate > 0.0);
	for (p = 0; result == 0 && p < counts->positions; p++) {
		double *here = choice + (size_t)p * counts->items, shown, clicked;

		if (p > 0 && !by_position) {
			memcpy(here, choice, sizeof(*here) * counts->items);
			continue;
		}
		for (i = 0; i < counts->items; i++) {
			count_of(counts, by_position, p, i, &shown, &clicked);
			alpha[i] = 1.0 + clicked;
			beta[i] = fails + shown - clicked;
		}
		result = bandit_best(alpha, beta, counts->items, here, NULL, error);
	}
	free(alpha);
	free(beta);
	return result;
}

void bandit_model(const struct bandit_counts *counts, double *q)
{
	uint32_t p, i;

	assert(counts->rate > 0.0);
	for (i = 0; i < counts->items; i++) {
		double shown, clicked, rate;

		count_of(counts, false, 0, i, &shown, &clicked);
		rate = (clicked + 1.0) / (shown + 1.0 / counts->rate);
		for (p = 0; p < counts->positions; p++) {
			count_of(counts, true, p, i, &shown, &clicked);
			q[(size_t)p * counts->items + i] = (clicked + 1.0) / (shown + 1.0 / rate);
		}
	}
}

/* ---- estimates --------------------------------------------------------------------------- */

/* Welford (1962): a mean and its standard error in one pass without cancellation. */
struct moments {
	double count, mean, squares;
};

static void add(struct moments *moments, double value)
{
	double off = value - moments->mean;

	moments->count += 1.0;
	moments->mean += off / moments->count;
	moments->squares += off * (value - moments->mean);
}

static double error_of(const struct moments *moments)
{
	return moments->count < 2.0 ? 0.0 :
		sqrt(moments->squares / (moments->count - 1.0) / moments->count);
}

/* What the model expects of the policy at each position, into value[positions]; free(). */
static double *expected(const struct bandit_log *log, const double *choice, const double *q)
{
	double *value = calloc(log->positions + 1, sizeof(*value));
	uint32_t p, i;

	for (p = 0; value != NULL && q != NULL && p < log->positions; p++)
		for (i = 0; i < log->items; i++)
			value[p] += choice[(size_t)p * log->items + i] *
				q[(size_t)p * log->items + i];
	return value;
}

int bandit_estimate(const struct bandit_log *log, uint64_t from, uint64_t to,
		    const double *choice, const double *q, struct bandit_estimate *out,
		    struct error *error)
{
	double *value = expected(log, choice, q), weights = 0.0, squares = 0.0, largest = 0.0;
	double linear = 0.0, clicks = 0.0, more;
	struct moments ips = { 0 }, dr = { 0 };
	uint64_t r, rows = to - from;

	if (value == NULL)
		return error_memory(error);
	memset(out, 0, sizeof(*out));
	for (r = from; r < to; r++) {
		const struct bandit_row *row = &log->row[r];
		size_t cell = (size_t)row->position * log->items + row->item;
		double w = choice[cell] / row->propensity, model = q != NULL ? q[cell] : 0.0;

		add(&ips, w * row->clicked);
		add(&dr, value[row->position] + w * (row->clicked - model));
		weights += w;
		squares += w * w;
		largest = fmax(largest, w);
		clicks += w > 0.0 ? row->clicked : 0.0;
		out->rows += w > 0.0;
	}
	out->ips = ips.mean;
	out->dr = dr.mean;
	out->snips = weights > 0.0 ? ips.mean * (double)rows / weights : 0.0;
	for (r = from; r < to; r++) {
		const struct bandit_row *row = &log->row[r];
		double w = choice[(size_t)row->position * log->items + row->item] / row->propensity;

		linear += pow(w * (row->clicked - out->snips), 2.0);
	}
	more = clicks == 0.0 ? THREE / NORMAL * largest : weights > 0.0 ? squares / weights : 0.0;
	out->ips_error = hypot(error_of(&ips), rows > 0 ? more / (double)rows : 0.0);
	out->dr_error = hypot(error_of(&dr), rows > 0 ? more / (double)rows : 0.0);
	out->snips_error = weights > 0.0 ? hypot(sqrt(linear), more) / weights : 0.0;
	free(value);
	return 0;
}

void bandit_on_policy(const struct bandit_log *log, uint64_t from, uint64_t to,
		      struct bandit_estimate *out)
{
	struct moments clicks = { 0 };
	uint64_t r;

	memset(out, 0, sizeof(*out));
	for (r = from; r < to; r++)
		add(&clicks, log->row[r].clicked);
	out->rows = to - from;
	out->ips = out->snips = out->dr = clicks.mean;
	if (to > from)
		out->ips_error = hypot(error_of(&clicks), (clicks.mean > 0.0 ? 1.0 :
				       THREE / NORMAL) / (double)(to - from));
	out->snips_error = out->dr_error = out->ips_error;
}
