/*
 * One step of training on a sample of the items, shared by the rows of the batch, for catalogues
 * whose full softmax costs too much.
 *
 * Items are drawn `negatives` times from p = (1 - u) count^a / sum + u / items and kept once each:
 * item j is among them with chance pi_j = 1 - (1 - p_j)^negatives, and
 *
 *   exp(target) + sum over sampled j, not the target and not had before, of exp(score_j) / pi_j
 *
 * has the full sum as its mean (Horvitz, Thompson 1952; importance sampling of the softmax: Bengio,
 * Senecal 2003; the correction by the log of the expected count: Yi et al. 2019). Where all items
 * are drawn, pi = 1 and it is the full softmax. Seen items are left out as there.
 *
 * Only the sample and the batch's own items have gradients: those of P, Q and L are kept by rows
 * side by side, Adam catches up with the rows when they are next needed (step.c), so that no step
 * costs items * dim. L is kept as [items][buckets] while training.
 *
 * Each worker takes a run of whole sequences, by the count of workers alone, and has gradients of
 * its own, which are added in the order of the workers. So the result depends on how many workers
 * there are and on nothing else. Several ranks (ranks.h) have their workers' gradients summed in
 * the same order; all else each does for itself.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/random.h"
#include "follow_inside.h"
#include "gemm.h"
#include "ranks.h"

#define POWER 0.75		/* of the counts, in drawing */
#define UNIFORM 0.2		/* share drawn from all items alike */
#define ROWS 128		/* of one product */
#define PIECE 16384		/* weights of a sum's task */
#define NONE UINT32_MAX

/* One worker's gradients, in one piece of memory, and its work space. */
struct part {
	float *all;			/* [size of the step's gradients] */
	float *logits;			/* [ROWS][wide] */
	double loss;
};

/* Where what lies in a part: all but `rows` in weights from its start. */
struct layout {
	size_t a;			/* [banks][dim] */
	size_t p;			/* [touched][banks][dim] */
	size_t q, length;		/* [touched][dim], [touched][buckets]: as targets */
	size_t sample_q;		/* [dim][wide], as negatives: OpenBLAS packs it faster so */
	size_t sample_length;		/* [buckets][wide], as negatives */
	size_t size;
};

struct follow_sampled {
	uint32_t *other;		/* [items]: of the alias table (Walker 1977, Vose 1991) */
	float *keep;			/* [items] */
	float *log_chance;		/* [items]: log pi */
	struct follow_lag lag;		/* of Q and L */
	float *length;			/* [items][buckets] */
	uint32_t draws;			/* items: all of them */
	/* of the step: */
	uint32_t samples, wide;		/* wide: samples and the target, a multiple of 16 */
	uint32_t *sample;		/* [samples]: items */
	uint32_t *sample_at, *touched_at;	/* [items]: where in sample, in touched, if there */
	uint32_t *row_sample, *row_touched;	/* [rows]: of the row's item; NONE: not drawn */
	size_t rows;			/* room for them */
	float *q;			/* [wide][dim]: rows of the sample, then zeros; in the end
					 * the gradient of them as negatives */
	float *intercept;		/* [buckets][wide]: less log pi; 0 of the target */
	struct layout layout;
	struct part *part;		/* [threads] */
	size_t room;			/* of part.all */
};

/* ---- setting up ------------------------------------------------------------------------ */

/* Draws in proportion to weight[items] (sum 1) with one uniform number each. */
static int alias_make(struct follow_sampled *sampled, const double *weight, uint32_t items)
{
	uint32_t *small = malloc(sizeof(*small) * ((size_t)items + 1));
	double *left = malloc(sizeof(*left) * ((size_t)items + 1));
	uint32_t smalls = 0, larges = items, i;

	if (small == NULL || left == NULL) {
		free(small);
		free(left);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < items; i++) {	/* small ones from the front, large ones from the back */
		left[i] = weight[i] * items;
		sampled->keep[i] = 1.0f;
		sampled->other[i] = i;
		if (left[i] < 1.0)
			small[smalls++] = i;
		else
			small[--larges] = i;
	}
	while (smalls > 0 && larges < items) {
		uint32_t low = small[--smalls], high = small[larges];

		sampled->keep[low] = (float)left[low];
		sampled->other[low] = high;
		left[high] -= 1.0 - left[low];
		if (left[high] < 1.0) {
			larges++;
			small[smalls++] = high;
		}
	}
	free(small);
	free(left);
	return 0;
}

/* Chances of being drawn, from the counts. */
static int chances_make(struct follow_sampled *sampled, const struct follow_sequences *sequences,
			uint32_t negatives)
{
	double *weight = calloc((size_t)sequences->items + 1, sizeof(*weight)), sum = 0.0;
	uint32_t items = sequences->items, u, i;
	uint64_t e;
	int result;

	if (weight == NULL)
		return TACIT_E_MEMORY;
	for (u = 0; u < sequences->users; u++)
		for (e = sequences->start[u]; e < sequences->end[u]; e++)
			weight[sequences->item[e]] += 1.0;
	for (i = 0; i < items; i++) {
		weight[i] = pow(weight[i], POWER);
		sum += weight[i];
	}
	for (i = 0; i < items; i++) {
		weight[i] = (sum > 0.0 ? (1.0 - UNIFORM) * weight[i] / sum : 0.0) +
			    (sum > 0.0 ? UNIFORM : 1.0) / items;
		sampled->log_chance[i] = negatives >= items ? 0.0f : (float)log(
			-expm1(negatives * log1p(-fmin(weight[i], 0.999999))));
	}
	result = alias_make(sampled, weight, items);
	free(weight);
	return result;
}

static int tables_new(struct follow_sampled *sampled, const struct run *run)
{
	size_t items = run->model->items, dim = run->model->dim, wide, w;

	wide = ((size_t)sampled->draws + 16) / 16 * 16;
	sampled->other = malloc(sizeof(uint32_t) * items);
	sampled->keep = malloc(sizeof(float) * items);
	sampled->log_chance = malloc(sizeof(float) * items);
	sampled->lag.value_at = calloc(items, sizeof(uint32_t));
	sampled->lag.moment_at = calloc(items, sizeof(uint32_t));
	sampled->length = malloc(sizeof(float) * items * run->model->buckets);
	sampled->sample = malloc(sizeof(uint32_t) * sampled->draws);
	sampled->sample_at = calloc(items, sizeof(uint32_t));
	sampled->touched_at = calloc(items, sizeof(uint32_t));
	sampled->q = malloc(sizeof(float) * wide * dim);
	sampled->intercept = malloc(sizeof(float) * wide * run->model->buckets);
	sampled->part = calloc(run->threads, sizeof(*sampled->part));
	if (sampled->other == NULL || sampled->keep == NULL || sampled->log_chance == NULL ||
	    sampled->lag.value_at == NULL || sampled->lag.moment_at == NULL ||
	    sampled->length == NULL || sampled->sample == NULL || sampled->sample_at == NULL ||
	    sampled->touched_at == NULL || sampled->q == NULL || sampled->intercept == NULL ||
	    sampled->part == NULL)
		return TACIT_E_MEMORY;
	for (w = 0; w < run->threads; w++) {
		sampled->part[w].logits = malloc(sizeof(float) * ROWS * wide);
		if (sampled->part[w].logits == NULL)
			return TACIT_E_MEMORY;
	}
	return chances_make(sampled, run->sequences, run->config->negatives);
}

struct follow_sampled *step_sampled_new(const struct run *run)
{
	struct follow_sampled *sampled = calloc(1, sizeof(*sampled));

	if (sampled == NULL)
		return NULL;
	sampled->draws = run->config->negatives < run->model->items ? run->config->negatives :
			 run->model->items;
	if (tables_new(sampled, run) != 0) {
		step_sampled_free(sampled, run->threads);
		return NULL;
	}
	return sampled;
}

void step_sampled_free(struct follow_sampled *sampled, uint32_t threads)
{
	uint32_t w;

	if (sampled == NULL)
		return;
	for (w = 0; sampled->part != NULL && w < threads; w++) {
		free(sampled->part[w].all);
		free(sampled->part[w].logits);
	}
	free(sampled->part);
	free(sampled->other);
	free(sampled->keep);
	free(sampled->log_chance);
	free(sampled->lag.value_at);
	free(sampled->lag.moment_at);
	free(sampled->length);
	free(sampled->sample);
	free(sampled->sample_at);
	free(sampled->touched_at);
	free(sampled->row_sample);
	free(sampled->row_touched);
	free(sampled->q);
	free(sampled->intercept);
	free(sampled);
}

/* Uniform with the variance of the normal values that small catalogues begin with. */
static void begin_row(float *row, size_t size, uint64_t seed)
{
	struct random random = { seed };
	size_t j;

	for (j = 0; j < size; j++)
		row[j] = 0.1f * sqrtf(3.0f) * (random_unit(&random) - 0.5f);
}

static void begin_rows(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t row = (size_t)run->model->banks * run->model->dim, i;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		uint64_t seed = (run->config->seed * 0x632be59bd9b4e019ULL + i) << 1;
		struct random random = { seed };

		begin_row(run->model->p + i * row, row, random_u64(&random));
		begin_row(run->model->q + i * run->model->dim, run->model->dim,
			  random_u64(&random));
	}
}

void step_sampled_begin(struct run *run)
{
	step_share(run, run->model->items, begin_rows);
}

void step_sampled_pack(struct run *run)
{
	size_t buckets = run->model->buckets, items = run->model->items, i, b;

	for (i = 0; i < items; i++)
		for (b = 0; b < buckets; b++)
			run->sampled->length[i * buckets + b] = run->model->length[b * items + i];
}

int step_sampled_room(struct run *run)
{
	struct follow_sampled *sampled = run->sampled;
	size_t banks = run->model->banks, dim = run->model->dim, buckets = run->model->buckets;
	size_t touched = run->batch.touched_count, wide, size;
	uint32_t w;

	wide = ((size_t)sampled->draws + 16) / 16 * 16;
	size = banks * dim * (touched + 1) + touched * (dim + buckets) + wide * (dim + buckets);
	if (run->batch.rows > sampled->rows) {
		free(sampled->row_sample);
		free(sampled->row_touched);
		sampled->rows = run->batch.rows + run->batch.rows / 4;
		sampled->row_sample = malloc(sizeof(uint32_t) * sampled->rows);
		sampled->row_touched = malloc(sizeof(uint32_t) * sampled->rows);
		if (sampled->row_sample == NULL || sampled->row_touched == NULL)
			return TACIT_E_MEMORY;
	}
	if (size <= sampled->room)
		return 0;
	sampled->room = size + size / 4;
	for (w = 0; w < run->threads; w++) {
		free(sampled->part[w].all);
		sampled->part[w].all = malloc(sizeof(float) * sampled->room);
		if (sampled->part[w].all == NULL)
			return TACIT_E_MEMORY;
	}
	return 0;
}

/* ---- the sample ------------------------------------------------------------------------ */

/* Where the item is in sample[]; NONE where it was not drawn. */
static uint32_t sample_of(const struct follow_sampled *sampled, uint32_t item)
{
	uint32_t at = sampled->sample_at[item];

	return at < sampled->samples && sampled->sample[at] == item ? at : NONE;
}

static void sample_put(struct follow_sampled *sampled, uint32_t item)
{
	if (sample_of(sampled, item) != NONE)
		return;
	sampled->sample_at[item] = sampled->samples;
	sampled->sample[sampled->samples++] = item;
}

static void draw(struct run *run)
{
	struct follow_sampled *sampled = run->sampled;
	uint32_t items = run->model->items, k;
	struct random random = { run->config->seed * 0x9e3779b97f4a7c15ULL + run->step };

	random.state = random_u64(&random);
	sampled->samples = 0;
	for (k = 0; k < sampled->draws; k++) {
		uint32_t item = sampled->draws == items ? k : random_below(&random, items);

		if (sampled->draws < items && random_unit(&random) >= sampled->keep[item])
			item = sampled->other[item];
		sample_put(sampled, item);
	}
	sampled->wide = (sampled->samples + 16) / 16 * 16;
}

/* Draws the sample; where each row's item lies. */
static void prepare(struct run *run)
{
	struct follow_sampled *sampled = run->sampled;
	const struct batch *batch = &run->batch;
	struct layout *layout = &sampled->layout;
	size_t banks = run->model->banks, dim = run->model->dim, buckets = run->model->buckets;
	size_t touched = batch->touched_count;
	uint64_t e, row = 0;
	uint32_t s, k;

	draw(run);
	for (k = 0; k < touched; k++)
		sampled->touched_at[batch->touched[k]] = k;
	for (s = 0; s < batch->sequences; s++)
		for (e = run->sequences->start[batch->user[s]];
		     e < run->sequences->end[batch->user[s]]; e++, row++) {
			uint32_t item = run->sequences->item[e];

			sampled->row_touched[row] = sampled->touched_at[item];
			sampled->row_sample[row] = sample_of(sampled, item);
		}
	assert(row == batch->rows);
	layout->a = 0;
	layout->p = banks * dim;
	layout->q = layout->p + touched * banks * dim;
	layout->length = layout->q + touched * dim;
	layout->sample_q = layout->length + touched * buckets;
	layout->sample_length = layout->sample_q + sampled->wide * dim;
	layout->size = layout->sample_length + sampled->wide * buckets;
	assert(layout->size <= sampled->room);
}

/* Brings an item's row of Q and L up to date. */
static void settle_item(struct run *run, uint32_t item)
{
	struct follow_sampled *sampled = run->sampled;
	struct follow_tensor *q = &run->tensor[TENSOR_Q], *l = &run->tensor[TENSOR_L];
	size_t dim = run->model->dim, buckets = run->model->buckets, at = item;
	float pace = step_lag_pace(run, &sampled->lag, item);

	if (pace != 0.0f) {
		kernels_catch_up(q->value + at * dim, q->first + at * dim, q->second + at * dim,
				 pace, dim);
		kernels_catch_up(sampled->length + at * buckets, l->first + at * buckets,
				 l->second + at * buckets, pace, buckets);
	}
	sampled->lag.value_at[item] = (uint32_t)run->step;
}

static void settle_p(struct run *run, uint32_t item)
{
	struct follow_tensor *p = &run->tensor[TENSOR_P];
	size_t row = (size_t)run->model->banks * run->model->dim, at = item * row;
	float pace = step_lag_pace(run, &run->lag, item);

	if (pace != 0.0f)
		kernels_catch_up(p->value + at, p->first + at, p->second + at, pace, row);
	run->lag.value_at[item] = (uint32_t)run->step;
}

/* A row of the sample, settled, beside the others. */
static void gather(struct run *run, uint32_t k)
{
	struct follow_sampled *sampled = run->sampled;
	uint32_t item = sampled->sample[k], b, buckets = run->model->buckets;
	size_t dim = run->model->dim;

	settle_item(run, item);
	memcpy(sampled->q + k * dim, run->model->q + item * dim, sizeof(float) * dim);
	for (b = 0; b < buckets; b++)
		sampled->intercept[(size_t)b * sampled->wide + k] =
			sampled->length[(size_t)item * buckets + b] - sampled->log_chance[item];
}

/* The sample's rows, then the batch's that are not in it. */
static void settle_some(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct follow_sampled *sampled = run->sampled;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		uint32_t item;

		if (i < sampled->samples) {
			gather(run, (uint32_t)i);
			continue;
		}
		item = run->batch.touched[i - sampled->samples];
		settle_p(run, item);
		if (sample_of(sampled, item) == NONE)
			settle_item(run, item);
	}
}

/* Behind the sample: a column for the target, then columns that are no candidates. */
static void pad(struct run *run)
{
	struct follow_sampled *sampled = run->sampled;
	uint32_t samples = sampled->samples, wide = sampled->wide, b, k;

	memset(sampled->q + (size_t)samples * run->model->dim, 0,
	       sizeof(float) * (wide - samples) * run->model->dim);
	for (b = 0; b < run->model->buckets; b++)
		for (k = samples; k < wide; k++)
			sampled->intercept[(size_t)b * wide + k] = k == samples ? 0.0f : -INFINITY;
}

static void settle_all(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		settle_p(run, (uint32_t)i);
		settle_item(run, (uint32_t)i);
	}
}

void step_sampled_settle(struct run *run)
{
	size_t buckets = run->model->buckets, items = run->model->items, i, b;

	step_share(run, items, settle_all);
	for (i = 0; i < items; i++)
		for (b = 0; b < buckets; b++)
			run->model->length[b * items + i] = run->sampled->length[i * buckets + b];
}

/* ---- gradients ------------------------------------------------------------------------- */

/* One row's softmax over the sample and its target, `seen` the rows of the sequence before it.
 * logits become what multiplies the sample's rows; *target what multiplies the target's. */
static double row_gradient(const struct run *run, uint64_t row, uint64_t seen, float *logits,
			   struct part *part, float *target)
{
	const struct follow_sampled *sampled = run->sampled;
	const struct follow_model *model = run->model;
	uint32_t bucket = follow_bucket(run->config->bucket_from, model->buckets, seen);
	size_t touched = sampled->row_touched[row], item = run->batch.touched[touched];
	const float *intercept = sampled->intercept + (size_t)bucket * sampled->wide;
	float scale = 1.0f / (float)run->batch.rows, inverse, loss, mine;
	uint64_t i;

	mine = kernels_dot(run->batch.h + row * model->dim, model->q + item * model->dim,
			   model->dim) + sampled->length[item * model->buckets + bucket];
	for (i = row - seen; i < row && !run->config->repeats; i++)
		if (sampled->row_sample[i] != NONE)
			logits[sampled->row_sample[i]] = -INFINITY;
	if (sampled->row_sample[row] != NONE)
		logits[sampled->row_sample[row]] = -INFINITY;
	logits[sampled->samples] = mine;
	loss = kernels_softmax(logits, intercept, sampled->wide, &inverse) - mine;
	kernels_spread(logits, inverse * scale, part->all + sampled->layout.sample_length +
		       (size_t)bucket * sampled->wide, sampled->wide);
	*target = logits[sampled->samples] - scale;
	logits[sampled->samples] = 0.0f;
	part->all[sampled->layout.length + touched * model->buckets + bucket] += *target;
	return loss;
}

/* Rows first .. last - 1, of the sequence `s` and those behind it. */
static void products(struct run *run, uint32_t s, uint64_t first, uint64_t last,
		     struct part *part)
{
	struct follow_sampled *sampled = run->sampled;
	const struct follow_model *model = run->model;
	struct batch *batch = &run->batch;
	size_t dim = model->dim, wide = sampled->wide;
	float target[ROWS];
	uint64_t from, r;

	for (from = first; from < last; from += ROWS) {
		uint64_t count = last - from < ROWS ? last - from : ROWS;

		gemm_nt((int)count, (int)wide, (int)dim, batch->h + from * dim, sampled->q,
			part->logits);
		for (r = 0; r < count; r++) {
			while (batch->first[s + 1] <= from + r)
				s++;
			part->loss += row_gradient(run, from + r, from + r - batch->first[s],
						   part->logits + r * wide, part, &target[r]);
		}
		gemm_nn((int)count, (int)dim, (int)wide, part->logits, sampled->q,
			batch->dh + from * dim);
		gemm_tn_add((int)dim, (int)wide, (int)count, batch->h + from * dim, part->logits,
			    part->all + sampled->layout.sample_q);
		for (r = 0; r < count; r++) {
			size_t touched = sampled->row_touched[from + r];
			size_t item = batch->touched[touched];

			kernels_target(batch->dh + (from + r) * dim, 1.0f, model->q + item * dim,
				       target[r], dim);
			kernels_target(part->all + sampled->layout.q + touched * dim, 1.0f,
				       batch->h + (from + r) * dim, target[r], dim);
			step_drop_dh(run, from + r);
		}
	}
}

/* The first sequence of a worker: they share the rows about evenly. */
static uint32_t first_sequence(const struct run *run, uint32_t worker, uint32_t workers)
{
	uint32_t s = 0;

	while (s < run->batch.sequences &&
	       run->batch.first[s] * workers < run->batch.rows * worker)
		s++;
	return s;
}

static void work(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct part *part = &run->sampled->part[index];
	uint32_t workers = run->config->threads, s, b;
	uint32_t first = first_sequence(run, run->first + (uint32_t)index, workers);
	uint32_t last = first_sequence(run, run->first + (uint32_t)index + 1, workers);
	struct step_sink sink = { part->all + run->sampled->layout.p,
				  part->all + run->sampled->layout.a, run->worker[index].dz,
				  run->sampled->row_touched };

	(void)number;
	memset(part->all, 0, sizeof(float) * run->sampled->layout.size);
	part->loss = 0.0;
	for (s = first; s < last; s++)
		step_forward(run, s);
	products(run, first, run->batch.first[first], run->batch.first[last], part);
	for (s = first; s < last; s++)
		for (b = 0; b < run->model->banks; b++)
			step_backward(run, s, b, &sink);
}

/* Part 0 becomes the sum. */
static void sum_pieces(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct part *part = run->sampled->part;
	size_t i, size = run->sampled->layout.size;
	uint32_t w;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		size_t from = i * PIECE, count = size - from < PIECE ? size - from : PIECE;

		for (w = 1; w < run->threads; w++)
			kernels_add(part[0].all + from, part[w].all + from, count);
	}
}

/* The same over all ranks. */
static void sum_ranks(struct run *run)
{
	float *all[LIMIT_THREADS];
	uint32_t w;

	for (w = 0; w < run->threads; w++)
		all[w] = run->sampled->part[w].all;
	ranks_sum(all, run->threads, run->sampled->layout.size);
}

/* Sixteen columns of the gradient of the sample's rows, turned. */
static void turn_columns(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct follow_sampled *sampled = run->sampled;
	const float *from = sampled->part[0].all + sampled->layout.sample_q;
	size_t dim = run->model->dim, wide = sampled->wide, i, j, k;

	(void)index;
	(void)number;
	while (step_take(run, &i))
		for (j = 0; j < dim; j++)
			for (k = 16 * i; k < 16 * i + 16; k++)
				sampled->q[k * dim + j] = from[j * wide + k];
}

void step_sampled_gradient(struct run *run)
{
	struct follow_sampled *sampled = run->sampled;
	uint32_t w;

	prepare(run);
	step_share(run, sampled->samples + run->batch.touched_count, settle_some);
	pad(run);
	pool_run(run->pool, run->threads, work, run);
	if (ranks_count() > 1)
		sum_ranks(run);
	else if (run->threads > 1)
		step_share(run, (sampled->layout.size + PIECE - 1) / PIECE, sum_pieces);
	step_share(run, sampled->wide / 16, turn_columns);
	for (w = 0; w < run->threads; w++)
		run->batch.loss[run->first + w] = sampled->part[w].loss;
}

/* ---- Adam ------------------------------------------------------------------------------ */

/* The gradient of an item's row of Q and of L, from what it is as a target (`touched`, or NONE) and
 * as a negative (`sample`, or NONE). */
static void item_gradient(const struct run *run, uint32_t touched, uint32_t sample, float *q,
			  float *length)
{
	const struct follow_sampled *sampled = run->sampled;
	const struct layout *layout = &sampled->layout;
	const float *sum = sampled->part[0].all;
	uint32_t dim = run->model->dim, buckets = run->model->buckets, b;

	memset(q, 0, sizeof(float) * dim);
	memset(length, 0, sizeof(float) * buckets);
	if (touched != NONE) {
		kernels_add(q, sum + layout->q + (size_t)touched * dim, dim);
		kernels_add(length, sum + layout->length + (size_t)touched * buckets, buckets);
	}
	if (sample == NONE)
		return;
	kernels_add(q, sampled->q + (size_t)sample * dim, dim);
	for (b = 0; b < buckets; b++)
		length[b] += sum[layout->sample_length + (size_t)b * sampled->wide + sample];
}

static void adam_item(struct run *run, uint32_t item, uint32_t touched, uint32_t sample)
{
	struct follow_sampled *sampled = run->sampled;
	struct follow_tensor *q = &run->tensor[TENSOR_Q], *l = &run->tensor[TENSOR_L];
	size_t dim = run->model->dim, buckets = run->model->buckets, at = item;
	struct kernels_step step = step_lag_adam(run, &sampled->lag, item);
	float q_gradient[LIMIT_DIM], length[LIMIT_BUCKETS];

	item_gradient(run, touched, sample, q_gradient, length);
	kernels_adam(q->value + at * dim, q->first + at * dim, q->second + at * dim, q_gradient,
		     dim, &step);
	kernels_adam(sampled->length + at * buckets, l->first + at * buckets,
		     l->second + at * buckets, length, buckets, &step);
}

static void adam_p(struct run *run, uint32_t touched)
{
	struct follow_tensor *p = &run->tensor[TENSOR_P];
	size_t row = (size_t)run->model->banks * run->model->dim;
	uint32_t item = run->batch.touched[touched];
	struct kernels_step step = step_lag_adam(run, &run->lag, item);

	kernels_adam(p->value + item * row, p->first + item * row, p->second + item * row,
		     run->sampled->part[0].all + run->sampled->layout.p + touched * row, row,
		     &step);
}

/* The batch's rows, then the sample's that are not among them. */
static void update_rows(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct follow_sampled *sampled = run->sampled;
	uint32_t touched = run->batch.touched_count;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		uint32_t item = i < touched ? run->batch.touched[i] : sampled->sample[i - touched];
		uint32_t at = sampled->touched_at[item];

		if (i < touched) {
			adam_p(run, (uint32_t)i);
			adam_item(run, item, (uint32_t)i, sample_of(sampled, item));
		} else if (at >= touched || run->batch.touched[at] != item) {
			adam_item(run, item, NONE, (uint32_t)i - touched);
		}
	}
}

void step_sampled_update(struct run *run)
{
	struct follow_tensor *a = &run->tensor[TENSOR_A];

	step_share(run, run->batch.touched_count + run->sampled->samples, update_rows);
	kernels_adam(a->value, a->first, a->second, run->sampled->part[0].all, a->size,
		     &run->adam);
}

float *step_sampled_length(const struct run *run)
{
	return run->sampled->length;
}

struct follow_lag *step_sampled_lag(const struct run *run)
{
	return &run->sampled->lag;
}

void step_sampled_collect(struct run *run)
{
	const struct follow_sampled *sampled = run->sampled;
	const float *sum = sampled->part[0].all;
	size_t row = (size_t)run->model->banks * run->model->dim, dim = run->model->dim;
	uint32_t k, b, touched = run->batch.touched_count, buckets = run->model->buckets;
	float q[LIMIT_DIM], length[LIMIT_BUCKETS];

	memcpy(run->tensor[TENSOR_A].gradient, sum, sizeof(float) * row);
	for (k = 0; k < touched; k++)
		memcpy(run->tensor[TENSOR_P].gradient + run->batch.touched[k] * row,
		       sum + sampled->layout.p + k * row, sizeof(float) * row);
	for (k = 0; k < touched + sampled->samples; k++) {
		uint32_t item = k < touched ? run->batch.touched[k] : sampled->sample[k - touched];
		uint32_t at = sampled->touched_at[item];

		at = at < touched && run->batch.touched[at] == item ? at : NONE;
		item_gradient(run, at, sample_of(sampled, item), q, length);
		memcpy(run->tensor[TENSOR_Q].gradient + item * dim, q, sizeof(float) * dim);
		for (b = 0; b < buckets; b++)
			run->tensor[TENSOR_L].gradient[(size_t)b * run->model->items + item] =
				length[b];
	}
}
