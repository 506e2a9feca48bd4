/* Scores at the validating events, one row each; a grid of weights judged in one pass. */
#include "blend.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/pool.h"
#include "gemm.h"

#define SCALED_ROWS 200		/* events whose scores tell the unit of a part's weights */
#define TOP 10
#define BEGIN_ROWS 32		/* that one product scores */

/* Weights in units that make a part spread as wide as the sum so far. */
static const float grid[] = { 0.02f, 0.05f, 0.1f, 0.2f, 0.35f, 0.5f, 0.75f, 1.0f, 1.5f, 2.5f,
			      4.0f, 8.0f, 30.0f };
#define GRID (sizeof(grid) / sizeof(grid[0]))
#define WEIGHTS_MOST 16

struct row {
	uint32_t target;
	const uint32_t *item;		/* the history before it, oldest first */
	uint64_t count, event;
	float *score;			/* [items]; -INFINITY: no candidate */
};

struct blend {
	const struct train_data *data;
	uint32_t items, rows, threads;
	bool repeats;
	struct row *row;
	float *scores;			/* memory of them all */
	struct pool *pool;
	float **part;			/* [threads][items] */
	float **scratch;		/* [threads][items] */
	float *state;			/* [threads][BEGIN_ROWS][LIMIT_DIM] */
	double *quality;		/* [rows][WEIGHTS_MOST] */
	/* of the pass under way */
	const struct closed_model *model;
	const float *weight;		/* [weights], in units */
	uint32_t weights;
	float unit;
};

static void rows_free(float **row, uint32_t threads)
{
	uint32_t w;

	for (w = 0; row != NULL && w < threads; w++)
		free(row[w]);
	free(row);
}

static float **rows_new(uint32_t threads, size_t size)
{
	float **row = calloc(threads, sizeof(*row));
	uint32_t w;

	for (w = 0; row != NULL && w < threads; w++) {
		row[w] = calloc(size, sizeof(float));
		if (row[w] == NULL) {
			rows_free(row, threads);
			return NULL;
		}
	}
	return row;
}

void blend_free(struct blend *blend)
{
	if (blend == NULL)
		return;
	rows_free(blend->part, blend->threads);
	rows_free(blend->scratch, blend->threads);
	free(blend->state);
	free(blend->row);
	free(blend->scores);
	free(blend->quality);
	pool_free(blend->pool);
	free(blend);
}

uint32_t blend_events(const struct blend *blend)
{
	return blend->rows;
}

/* ---- setting up ------------------------------------------------------------------------ */

static int choose_rows(struct blend *blend, const uint64_t *from, const uint64_t *to, double bytes)
{
	const struct train_data *data = blend->data;
	uint64_t able = 0, most = (uint64_t)(bytes / (4.0 * ((double)data->items + 1.0))), at = 0;
	uint64_t e;
	uint32_t u;

	for (u = 0; u < data->users; u++)
		able += to[u] - from[u];
	most = most < 1 ? 1 : most > able ? able : most;
	blend->row = calloc(most + 1, sizeof(*blend->row));
	blend->scores = malloc(sizeof(float) * (most * data->items + 1));
	blend->quality = malloc(sizeof(double) * (most * WEIGHTS_MOST + 1));
	if (blend->row == NULL || blend->scores == NULL || blend->quality == NULL)
		return TACIT_E_MEMORY;
	for (u = 0; u < data->users; u++)
		for (e = from[u]; e < to[u]; e++, at++) {
			/* those at which at * most / able steps on */
			if ((at + 1) * most / able == at * most / able)
				continue;
			blend->row[blend->rows] = (struct row){
				data->item[e], data->item + data->start[u], e - data->start[u], e,
				blend->scores + (size_t)blend->rows * data->items,
			};
			blend->rows++;
		}
	return 0;
}

struct beginning {
	struct blend *blend;
	const struct follow_model *follow;
	const struct follow_config *config;
};

/* Intercepts, and what is no candidate. */
static void begin_row(const struct beginning *beginning, struct row *row)
{
	const struct blend *blend = beginning->blend;
	const struct follow_model *follow = beginning->follow;
	const float *length;
	uint64_t e;
	uint32_t i;

	if (follow != NULL) {
		length = follow->length + (size_t)follow_bucket(beginning->config->bucket_from,
								 follow->buckets, row->count) *
			 blend->items;
		for (i = 0; i < blend->items; i++)
			row->score[i] += length[i];
	}
	for (e = 0; !blend->repeats && e < row->count; e++)
		row->score[row->item[e]] = -INFINITY;
}

/* What `follow` says before some events: one product for all of them. */
static void begin_rows(void *context, size_t index, size_t worker)
{
	const struct beginning *beginning = context;
	struct blend *blend = beginning->blend;
	const struct follow_model *follow = beginning->follow;
	struct row *row = &blend->row[index * BEGIN_ROWS];
	uint32_t left = blend->rows - (uint32_t)index * BEGIN_ROWS, r;
	uint32_t count = left < BEGIN_ROWS ? left : BEGIN_ROWS;
	float *state = blend->state + worker * BEGIN_ROWS * LIMIT_DIM;

	if (follow == NULL)
		memset(row->score, 0, sizeof(float) * blend->items * count);
	for (r = 0; follow != NULL && r < count; r++) {
		float *of_row = state + (size_t)r * follow->dim;

		follow_state(follow, true, row[r].item, row[r].count, of_row);
		follow_moment(follow, beginning->config, row[r].event, of_row);
	}
	if (follow != NULL)
		gemm_nt((int)count, (int)blend->items, (int)follow->dim, state, follow->q,
			row->score);
	for (r = 0; r < count; r++)
		begin_row(beginning, &row[r]);
}

int blend_new(const struct train_data *data, const uint64_t *from, const uint64_t *to,
	      const struct follow_model *follow, const struct follow_config *config,
	      double bytes, uint32_t threads, struct blend **out, struct error *error)
{
	struct blend *blend = calloc(1, sizeof(*blend));
	struct beginning beginning = { blend, follow, config };
	size_t size = (size_t)data->items + LIMIT_DIM;
	int result = gemm_load(error);

	if (blend == NULL)
		return error_memory(error);
	blend->data = data;
	blend->items = data->items;
	blend->threads = threads;
	blend->repeats = config->repeats;
	blend->pool = pool_new(threads);
	blend->part = rows_new(threads, size);
	blend->scratch = rows_new(threads, size);
	blend->state = malloc(sizeof(float) * threads * BEGIN_ROWS * LIMIT_DIM);
	if (result == 0 && (blend->pool == NULL || blend->part == NULL ||
			    blend->scratch == NULL || blend->state == NULL ||
			    choose_rows(blend, from, to, bytes) != 0))
		result = error_memory(error);
	if (result != 0) {
		blend_free(blend);
		return result;
	}
	pool_run(blend->pool, (blend->rows + BEGIN_ROWS - 1) / BEGIN_ROWS, begin_rows, &beginning);
	*out = blend;
	return 0;
}

/* ---- judging --------------------------------------------------------------------------- */

/* How many of the sums are above that of the target, the lower number first where equal. */
static CLONES uint32_t rank_of(const float *score, const float *part, float weight, uint32_t items,
			       uint32_t target)
{
	float mine = score[target] + weight * part[target];
	uint32_t before = 0, i;

	if (score[target] == -INFINITY)
		return UINT32_MAX;
	for (i = 0; i < items; i++)
		before += score[i] + weight * part[i] > mine;
	for (i = 0; i < target; i++)
		before += score[i] + weight * part[i] == mine;
	return before;
}

static double gain(uint32_t rank)
{
	return rank < TOP ? 1.0 / log2(rank + 2.0) : 0.0;
}

static double row_quality(const struct row *row, const float *part, float weight,
			  uint32_t items)
{
	return gain(rank_of(row->score, part, weight, items, row->target));
}

static void score_row(struct blend *blend, const struct row *row, size_t worker)
{
	memset(blend->part[worker], 0, sizeof(float) * blend->items);
	closed_score(blend->model, row->item, row->count, 1.0f, blend->scratch[worker],
		     blend->part[worker]);
}

static void try_row(void *context, size_t index, size_t worker)
{
	struct blend *blend = context;
	const struct row *row = &blend->row[index];
	uint32_t g;

	score_row(blend, row, worker);
	for (g = 0; g < blend->weights; g++)
		blend->quality[index * WEIGHTS_MOST + g] =
			row_quality(row, blend->part[worker], blend->weight[g] * blend->unit,
				    blend->items);
}

/* How widely scores of candidates spread: the standard deviation. */
static double spread(const float *score, const float *candidate, uint32_t items)
{
	double sum = 0.0, squares = 0.0, n = 0.0;
	uint32_t i;

	for (i = 0; i < items; i++)
		if (candidate[i] != -INFINITY) {
			sum += score[i];
			squares += (double)score[i] * score[i];
			n += 1.0;
		}
	return n < 2.0 ? 0.0 : sqrt(fmax(squares / n - sum * sum / n / n, 0.0));
}

static float unit_of(struct blend *blend)
{
	uint32_t step = blend->rows / SCALED_ROWS + 1, p;
	double whole = 0.0, part = 0.0;

	for (p = 0; p < blend->rows; p += step) {
		const struct row *row = &blend->row[p];

		score_row(blend, row, 0);
		whole += spread(row->score, row->score, blend->items);
		part += spread(blend->part[0], row->score, blend->items);
	}
	if (part <= 0.0)
		return 0.0f;
	return (float)(whole > 0.0 ? whole / part : 1.0 / part);
}

/* The best of the weights of the pass, the first where equal. */
static float try_all(struct blend *blend, double *quality)
{
	uint32_t best = 0, g, p;
	double most = -1.0;

	pool_run(blend->pool, blend->rows, try_row, blend);
	for (g = 0; g < blend->weights; g++) {
		double sum = 0.0;

		for (p = 0; p < blend->rows; p++)
			sum += blend->quality[(size_t)p * WEIGHTS_MOST + g];
		if (sum > most) {
			most = sum;
			best = g;
		}
	}
	*quality = blend->rows == 0 ? 0.0 : most / blend->rows;
	return blend->weight[best] * blend->unit;
}

float blend_try(struct blend *blend, const struct closed_model *model, double *quality)
{
	blend->model = model;
	blend->weight = grid;
	blend->weights = GRID;
	blend->unit = unit_of(blend);
	return try_all(blend, quality);
}

float blend_retry(struct blend *blend, const struct closed_model *model, const float *weight,
		  uint32_t count, double *quality)
{
	float with_none[WEIGHTS_MOST] = { 0.0f };

	assert(count < WEIGHTS_MOST);
	memcpy(with_none + 1, weight, sizeof(float) * count);
	blend->model = model;
	blend->weight = with_none;
	blend->weights = count + 1;
	blend->unit = 1.0f;
	return try_all(blend, quality);
}

struct adding {
	struct blend *blend;
	float weight;
};

static void add_row(void *context, size_t index, size_t worker)
{
	const struct adding *adding = context;
	struct blend *blend = adding->blend;
	struct row *row = &blend->row[index];
	uint32_t i;

	score_row(blend, row, worker);
	for (i = 0; i < blend->items; i++)
		row->score[i] += adding->weight * blend->part[worker][i];
}

void blend_add(struct blend *blend, const struct closed_model *model, float weight)
{
	struct adding adding = { blend, weight };

	blend->model = model;
	pool_run(blend->pool, blend->rows, add_row, &adding);
}

double blend_quality(const struct blend *blend)
{
	double sum = 0.0;
	uint32_t p;

	for (p = 0; p < blend->rows; p++)	/* any finite part will do with weight 0 */
		sum += row_quality(&blend->row[p], blend->part[0], 0.0f, blend->items);
	return blend->rows == 0 ? 0.0 : sum / blend->rows;
}

/* ---- the temperature ------------------------------------------------------------------- */

static double log_likelihood(const struct blend *blend, double factor)
{
	uint32_t step = blend->rows / 2000 + 1, p, i;
	double total = 0.0;

	for (p = 0; p < blend->rows; p += step) {
		const struct row *row = &blend->row[p];
		float top = -INFINITY;
		double sum = 0.0;

		for (i = 0; i < blend->items; i++)
			top = row->score[i] > top ? row->score[i] : top;
		for (i = 0; i < blend->items; i++)
			sum += (double)expf((float)(factor * (row->score[i] - top)));
		if (row->score[row->target] != -INFINITY)
			total += factor * (row->score[row->target] - top) - log(sum);
	}
	return total;
}

/* The best of 2^(from / 4) .. 2^(to / 4) in steps of `by` quarters of an octave. */
static int best_quarter(const struct blend *blend, int from, int to, int by)
{
	double best = -INFINITY;
	int at = from, step;

	for (step = from; step <= to; step += by) {
		double value = log_likelihood(blend, exp2(step / 4.0));

		if (value > best) {
			best = value;
			at = step;
		}
	}
	return at;
}

/* The likelihood is concave in the factor, so that a coarse search finds the octave. Where parts
 * outweigh `follow` many times over, the sum is in thousands and the factor far below 1. */
float blend_temperature(const struct blend *blend)
{
	int octave = best_quarter(blend, -96, 24, 8);

	return (float)exp2(best_quarter(blend, octave - 7, octave + 7, 1) / 4.0);
}
