/* Scores part by part, tried in one pass over people. */
#include "heads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/pool.h"
#include "closed_inside.h"

#define TOP 100
#define PEOPLE_MOST 600
#define ROUNDS 2
#define LEAST_GAIN 0.001	/* relative, of a factor */
#define LEAST_DECAY 1e-6f
#define PARTS (LIMIT_BANKS + LIMIT_PAIR_BANKS + 1)
#define FIXED 1048576.0

/* Weights in units that make a part spread as wide as the sum. */
static const float grid[] = { 0.1f, 0.2f, 0.5f, 1.0f, 2.0f, 4.0f, 8.0f, 30.0f };
#define GRID (sizeof(grid) / sizeof(grid[0]))
static const float factors[] = { 0.0f, 0.2f, 0.4f, 0.7f, 1.0f, 1.5f, 2.2f, 3.5f };
#define FACTORS (sizeof(factors) / sizeof(factors[0]))
#define TRIES_MOST 8
_Static_assert(GRID <= TRIES_MOST && FACTORS <= TRIES_MOST, "room for what one pass tries");

struct row {
	const uint32_t *item;		/* the history, oldest first */
	uint64_t count;
	uint32_t *target;		/* each once */
	uint32_t targets;
	float *sum;			/* [items]; -INFINITY: no candidate */
	float *part;			/* [parts + 1][items]; the last is of a model on trial */
	double quality[TRIES_MOST];
};

struct heads {
	const struct fit_config *config;
	const struct fit_model *model;
	uint32_t items, banks, pair_banks, parts, rows, threads;
	struct row *row;
	uint32_t *targets;		/* memory of them all */
	float *scores;			/* memory of them all */
	struct pool *pool;
	float *scratch;			/* [threads][items + LIMIT_DIM * LIMIT_BANKS] */
	/* of the pass under way */
	const struct closed_model *trial;
	uint32_t at, tries;		/* a part, and how many deltas of it */
	float delta[TRIES_MOST];
};

void heads_free(struct heads *heads)
{
	if (heads == NULL)
		return;
	free(heads->row);
	free(heads->targets);
	free(heads->scores);
	free(heads->scratch);
	pool_free(heads->pool);
	free(heads);
}

uint32_t heads_people(const struct heads *heads)
{
	return heads->rows;
}

static float *scratch_of(const struct heads *heads, size_t worker)
{
	return heads->scratch + worker * ((size_t)heads->items + LIMIT_DIM * LIMIT_BANKS);
}

/* ---- the parts ------------------------------------------------------------------------- */

static void add_follow(const struct heads *heads, const struct row *row, float *state)
{
	const struct follow_model *follow = heads->model->follow;
	size_t dim = follow->dim, b, j;
	uint64_t r;

	memset(state, 0, sizeof(float) * dim * follow->banks);
	for (b = 0; b < follow->banks; b++) {
		float decay = 1.0f;

		for (r = 0; r < row->count && r < LIMIT_HISTORY && decay > LEAST_DECAY; r++) {
			const float *p = follow->p + ((size_t)row->item[row->count - 1 - r] *
						      follow->banks + b) * dim;

			for (j = 0; j < dim; j++)
				state[b * dim + j] += decay * p[j];
			decay *= follow->rho[b];
		}
	}
	gemm_nt((int)follow->banks, (int)heads->items, (int)dim, state, follow->q, row->part);
}

static void add_pairs(const struct heads *heads, const struct row *row)
{
	const struct pairs *pairs = heads->model->pairs;
	uint32_t b;
	uint64_t r, at;

	for (b = 0; b < heads->pair_banks; b++) {
		float *part = row->part + (size_t)(heads->banks + b) * heads->items;

		for (r = 0; r < row->count && r < LIMIT_HISTORY; r++) {
			uint32_t from = row->item[row->count - 1 - r];
			float decay = closed_decay(&pairs->bank[b], r);

			if (decay < LEAST_DECAY)
				break;
			for (at = pairs->start[from]; at < pairs->start[from + 1]; at++)
				part[pairs->item[at]] += decay *
					pairs->value[at * pairs->banks + b];
		}
	}
}

static void begin_row(void *context, size_t index, size_t worker)
{
	struct heads *heads = context;
	struct row *row = &heads->row[index];
	const struct follow_config *follow = &heads->config->follow;
	size_t items = heads->items, p, i;
	uint64_t e;

	add_follow(heads, row, scratch_of(heads, worker));
	add_pairs(heads, row);
	memcpy(row->part + (heads->parts - 1) * items, heads->model->length +
	       items * follow_bucket(follow->bucket_from, follow->buckets, row->count),
	       sizeof(float) * items);
	for (p = 0; p < heads->parts; p++)
		for (i = 0; i < items; i++)
			row->sum[i] += row->part[p * items + i];
	for (e = 0; !follow->repeats && e < row->count; e++)
		row->sum[row->item[e]] = -INFINITY;
}

/* ---- who ------------------------------------------------------------------------------- */

static void take_row(struct heads *heads, const struct train_data *data,
		     const struct split *split, uint32_t u, uint32_t *target)
{
	struct row *row = &heads->row[heads->rows];
	uint64_t n = split->set_to[u] - split->set_from[u], i;
	size_t each = (size_t)heads->items * (heads->parts + 2);

	row->item = data->item + data->start[u];
	row->count = split->set_from[u] - data->start[u];
	row->sum = heads->scores + heads->rows++ * each;
	row->part = row->sum + heads->items;
	row->target = target;
	memcpy(target, data->item + split->set_from[u], sizeof(*target) * n);
	qsort(target, n, sizeof(*target), closed_by_number);
	for (i = 0; i < n; i++)
		if (i == 0 || target[i] != target[i - 1])
			row->target[row->targets++] = target[i];
}

static bool able(const struct train_data *data, const struct split *split, uint32_t u)
{
	return split->set_to[u] > split->set_from[u] && split->set_from[u] > data->start[u];
}

/* Spread evenly over the people. */
static int choose_rows(struct heads *heads, const struct train_data *data,
		       const struct split *split, double bytes)
{
	double each = 4.0 * heads->items * (heads->parts + 2.0);
	uint64_t most = (uint64_t)(bytes / each), people = 0, events = 0, at = 0;
	uint32_t u;

	for (u = 0; u < data->users; u++)
		if (able(data, split, u)) {
			people++;
			events += split->set_to[u] - split->set_from[u];
		}
	most = most < 1 ? 1 : most > PEOPLE_MOST ? PEOPLE_MOST : most;
	most = most < people ? most : people;
	heads->row = calloc(most + 1, sizeof(*heads->row));
	heads->targets = malloc(sizeof(uint32_t) * (events + 1));
	heads->scores = calloc(most * (size_t)heads->items * (heads->parts + 2) + 1,
			       sizeof(float));
	if (heads->row == NULL || heads->targets == NULL || heads->scores == NULL)
		return TACIT_E_MEMORY;
	for (events = 0, u = 0; u < data->users; u++) {
		if (!able(data, split, u))
			continue;
		if ((at + 1) * most / people != at * most / people) {
			take_row(heads, data, split, u, heads->targets + events);
			events += split->set_to[u] - split->set_from[u];
		}
		at++;
	}
	return 0;
}

int heads_new(const struct train_data *data, const struct split *split,
	      const struct fit_config *config, const struct fit_model *model, double bytes,
	      struct heads **out, struct error *error)
{
	struct heads *heads = calloc(1, sizeof(*heads));
	size_t size = (size_t)data->items + LIMIT_DIM * LIMIT_BANKS;
	int result = gemm_load(error);

	*out = NULL;
	if (result != 0 || heads == NULL) {
		free(heads);
		return result != 0 ? result : error_memory(error);
	}
	heads->config = config;
	heads->model = model;
	heads->items = data->items;
	heads->banks = model->follow->banks;
	heads->pair_banks = model->pairs == NULL ? 0 : model->pairs->banks;
	heads->parts = heads->banks + heads->pair_banks + 1;
	heads->threads = config->follow.threads;
	heads->pool = pool_new(heads->threads);
	heads->scratch = malloc(sizeof(float) * size * heads->threads);
	if (heads->pool == NULL || heads->scratch == NULL ||
	    choose_rows(heads, data, split, bytes) != 0) {
		heads_free(heads);
		return error_memory(error);
	}
	if (heads->rows == 0) {
		heads_free(heads);
		return 0;
	}
	pool_run(heads->pool, heads->rows, begin_row, heads);
	*out = heads;
	return 0;
}

/* ---- judging --------------------------------------------------------------------------- */

static CLONES uint32_t above(const float *score, uint32_t items, float mine)
{
	uint32_t count = 0, i;

	for (i = 0; i < items; i++)
		count += score[i] > mine;
	return count;
}

static double ndcg(const struct row *row, const float *score, uint32_t items)
{
	double gain = 0.0, ideal = 0.0;
	uint32_t t;

	for (t = 0; t < row->targets; t++) {
		float mine = score[row->target[t]];
		uint32_t rank = mine == -INFINITY ? TOP : above(score, items, mine);

		if (rank < TOP)
			gain += 1.0 / log2(rank + 2.0);
		if (t < TOP)
			ideal += 1.0 / log2(t + 2.0);
	}
	return gain / ideal;
}

static CLONES void add_scaled(float *to, const float *sum, const float *part, float factor,
			      uint32_t items)
{
	uint32_t i;

	for (i = 0; i < items; i++)
		to[i] = sum[i] + factor * part[i];
}

static void try_row(void *context, size_t index, size_t worker)
{
	struct heads *heads = context;
	struct row *row = &heads->row[index];
	float *score = scratch_of(heads, worker);
	uint32_t t;

	for (t = 0; t < heads->tries; t++) {
		add_scaled(score, row->sum, row->part + (size_t)heads->at * heads->items,
			   heads->delta[t], heads->items);
		row->quality[t] = ndcg(row, score, heads->items);
	}
}

static double mean_quality(const struct heads *heads, uint32_t t)
{
	double sum = 0.0;
	uint32_t p;

	for (p = 0; p < heads->rows; p++)
		sum += heads->row[p].quality[t];
	return sum / heads->rows;
}

/* The best of the deltas of part `at`, the first where equal. */
static uint32_t try_part(struct heads *heads, uint32_t at, uint32_t tries, double *quality)
{
	uint32_t best = 0, t;

	heads->at = at;
	heads->tries = tries;
	pool_run(heads->pool, heads->rows, try_row, heads);
	*quality = -1.0;
	for (t = 0; t < tries; t++)
		if (mean_quality(heads, t) > *quality) {
			*quality = mean_quality(heads, t);
			best = t;
		}
	return best;
}

static void add_part(struct heads *heads, uint32_t at, float factor)
{
	uint32_t p;

	for (p = 0; p < heads->rows; p++)
		add_scaled(heads->row[p].sum, heads->row[p].sum,
			   heads->row[p].part + (size_t)at * heads->items, factor, heads->items);
}

double heads_quality(const struct heads *heads)
{
	double sum = 0.0;
	uint32_t p;

	for (p = 0; p < heads->rows; p++)
		sum += ndcg(&heads->row[p], heads->row[p].sum, heads->items);
	return sum / heads->rows;
}

/* ---- a model on trial ------------------------------------------------------------------ */

static void score_row(void *context, size_t index, size_t worker)
{
	struct heads *heads = context;
	struct row *row = &heads->row[index];
	float *part = row->part + (size_t)heads->parts * heads->items;

	memset(part, 0, sizeof(float) * heads->items);
	closed_score(heads->trial, row->item, row->count, 1.0f, scratch_of(heads, worker), part);
}

/* How widely a part of a candidate's score spreads: the standard deviation. */
static double spread(const struct row *row, const float *score, uint32_t items)
{
	double sum = 0.0, squares = 0.0, n = 0.0;
	uint32_t i;

	for (i = 0; i < items; i++)
		if (row->sum[i] != -INFINITY) {
			sum += score[i];
			squares += (double)score[i] * score[i];
			n += 1.0;
		}
	return n < 2.0 ? 0.0 : sqrt(fmax(squares / n - sum * sum / n / n, 0.0));
}

float heads_try(struct heads *heads, const struct closed_model *model, double *quality)
{
	double whole = 0.0, part = 0.0;
	uint32_t p, g;

	heads->trial = model;
	pool_run(heads->pool, heads->rows, score_row, heads);
	for (p = 0; p < heads->rows; p++) {
		const struct row *row = &heads->row[p];

		whole += spread(row, row->sum, heads->items);
		part += spread(row, row->part + (size_t)heads->parts * heads->items,
			       heads->items);
	}
	if (part <= 0.0 || whole <= 0.0) {
		*quality = -1.0;
		return 0.0f;
	}
	for (g = 0; g < GRID; g++)
		heads->delta[g] = grid[g] * (float)(whole / part);
	return heads->delta[try_part(heads, heads->parts, GRID, quality)];
}

void heads_add(struct heads *heads, const struct closed_model *model, float weight)
{
	heads->trial = model;
	pool_run(heads->pool, heads->rows, score_row, heads);
	add_part(heads, heads->parts, weight);
}

/* ---- the search ------------------------------------------------------------------------ */

static uint32_t fixed(float factor)
{
	return (uint32_t)lrint((double)factor * FIXED);
}

void heads_search(struct heads *heads, struct fit_head *out)
{
	double most = heads_quality(heads), quality;
	float factor[PARTS];
	uint32_t round, at, f, best;

	for (at = 0; at < heads->parts; at++)
		factor[at] = 1.0f;
	for (round = 0; round < ROUNDS; round++)
		for (at = 0; at < heads->parts; at++) {
			for (f = 0; f < FACTORS; f++)
				heads->delta[f] = factors[f] - factor[at];
			best = try_part(heads, at, FACTORS, &quality);
			if (quality < most * (1.0 + LEAST_GAIN))
				continue;
			add_part(heads, at, heads->delta[best]);
			factor[at] = factors[best];
			most = quality;
		}
	for (at = 0; at < heads->banks; at++)
		out->theta[at] = fixed(factor[at]);
	for (at = 0; at < heads->pair_banks; at++)
		out->pair_theta[at] = fixed(factor[heads->banks + at]);
	out->intercept = fixed(factor[heads->parts - 1]);
	out->quality = most;
}
