/*
 * The products of a batch in bf16 (gemm_bf16.h): float weights are rounded once a step, h and the
 * gradient of the logits once a block.
 *
 * The rows of the batch are taken in spans, so that what a span keeps has a limit. In a span:
 *   by block of rows   logits of 32 x 32, at once e = 2^logit in bf16, packed for both products
 *                      that follow; dh += e Q. Logits are never stored, and no worker sums.
 *   by panel of items  dQ, dL = e^T [h / sum, one-hot bucket / sum]: one product, written once.
 * The softmax is e / sum: dh and h are divided instead of e. The target's -1 is added in float to
 * dh, and to the one element of the packed e.
 *
 * e is not shifted by the row's largest logit, which is not known before the last panel. A block
 * whose sums are out of range is done again with the largest as its shift.
 *
 * No result depends on the worker, so the count of threads changes nothing. Several ranks (ranks.h)
 * share blocks of rows, exchange, and share panels of items: each sum is still one worker's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "follow_inside.h"
#include "gemm_bf16.h"
#include "ranks.h"

#define SPAN_BYTES ((size_t)128 << 20)	/* of the packed e of a span */
#define BLOCK_PANELS 8			/* at most: 256 rows share a pass over Q */
#define CHUNK 16			/* steps between two visits to a sum: it stays cached */
#define LOG2E 1.44269504f
#define LEAST 1e-25f			/* sums outside of these are done again */
#define MOST 1e25f

struct bf16_worker {
	uint16_t *h;			/* [BLOCK_PANELS][dim / 32] steps of A: the rows' h */
	uint16_t *e;			/* [BLOCK_PANELS][CHUNK] steps of A */
	uint32_t *mask;			/* [BLOCK_PANELS * 32][panels]: bits of its items */
	float *sum;			/* [BLOCK_PANELS * 32][16] */
	float *gradient;		/* [32][dim] */
};

struct follow_bf16 {
	size_t panels;			/* of items */
	size_t columns;			/* panels of dim */
	size_t span;			/* rows, a multiple of 32 */
	uint16_t *q_logits;		/* [panels][columns] steps of B: k along dim */
	uint16_t *q_dh;			/* [columns][panels] steps of B: k along items */
	uint16_t *h;			/* [columns + 1][span / 32] steps of A: h / sum, buckets */
	uint16_t *e;			/* [panels][span / 32] steps of B */
	float *offset;			/* [buckets][32 panels]: L in units of log 2 */
	float *dq;			/* [panels][32 columns + 32][32] */
	struct bf16_worker *worker;	/* [threads] */
	/* the span in work */
	uint64_t from, to;		/* rows */
	size_t block;			/* panels of rows in a block */
};

/* ---- setting up ------------------------------------------------------------------------ */

static void *lines(size_t size)
{
	void *to = NULL;

	return posix_memalign(&to, 64, size == 0 ? 64 : size) == 0 ? to : NULL;
}

static int worker_new(struct bf16_worker *worker, const struct follow_bf16 *fast)
{
	size_t rows = BLOCK_PANELS * GEMM_PANEL, step = sizeof(uint16_t) * GEMM_STEP;

	worker->h = lines(BLOCK_PANELS * fast->columns * step);
	worker->e = lines((size_t)BLOCK_PANELS * CHUNK * step);
	worker->mask = lines(rows * fast->panels * sizeof(uint32_t));
	worker->sum = lines(rows * 16 * sizeof(float));
	worker->gradient = lines(GEMM_PANEL * GEMM_PANEL * fast->columns * sizeof(float));
	return worker->h == NULL || worker->e == NULL || worker->mask == NULL ||
	       worker->sum == NULL || worker->gradient == NULL;
}

struct follow_bf16 *step_bf16_new(const struct follow_model *model, uint32_t threads)
{
	struct follow_bf16 *fast = calloc(1, sizeof(*fast));
	size_t step = sizeof(uint16_t) * GEMM_STEP, rows, steps;
	bool failed;
	uint32_t w;

	if (fast == NULL)
		return NULL;
	fast->panels = (model->items + GEMM_PANEL - 1) / GEMM_PANEL;
	fast->columns = model->dim / GEMM_PANEL;
	rows = SPAN_BYTES / (fast->panels * GEMM_PANEL * sizeof(uint16_t));
	rows = rows < 64 ? 64 : rows > 4096 ? 4096 : rows;
	fast->span = rows / GEMM_PANEL * GEMM_PANEL;
	steps = fast->span / GEMM_PANEL;
	fast->q_logits = lines(fast->panels * fast->columns * step);
	fast->q_dh = lines(fast->panels * fast->columns * step);
	fast->h = lines((fast->columns + 1) * steps * step);
	fast->e = lines(fast->panels * steps * step);
	fast->offset = lines(model->buckets * fast->panels * GEMM_PANEL * sizeof(float));
	fast->dq = lines(fast->panels * (fast->columns + 1) * GEMM_PANEL * GEMM_PANEL *
			 sizeof(float));
	fast->worker = calloc(threads, sizeof(*fast->worker));
	failed = fast->q_logits == NULL || fast->q_dh == NULL || fast->h == NULL ||
		 fast->e == NULL || fast->offset == NULL || fast->dq == NULL ||
		 fast->worker == NULL;
	for (w = 0; !failed && w < threads; w++)
		failed = worker_new(&fast->worker[w], fast);
	if (failed) {
		step_bf16_free(fast, threads);
		return NULL;
	}
	memset(fast->offset, 0, model->buckets * fast->panels * GEMM_PANEL * sizeof(float));
	return fast;
}

void step_bf16_free(struct follow_bf16 *fast, uint32_t threads)
{
	uint32_t w;

	if (fast == NULL)
		return;
	for (w = 0; fast->worker != NULL && w < threads; w++) {
		free(fast->worker[w].h);
		free(fast->worker[w].e);
		free(fast->worker[w].mask);
		free(fast->worker[w].sum);
		free(fast->worker[w].gradient);
	}
	free(fast->worker);
	free(fast->q_logits);
	free(fast->q_dh);
	free(fast->h);
	free(fast->e);
	free(fast->offset);
	free(fast->dq);
	free(fast);
}

void step_bf16_pack(struct run *run, size_t panel)
{
	const struct follow_model *model = run->model;
	struct follow_bf16 *fast = run->fast;
	size_t first = panel * GEMM_PANEL, b, i;
	size_t count = model->items - first < GEMM_PANEL ? model->items - first : GEMM_PANEL;
	const float *q = model->q + first * model->dim;

	gemm_pack_rows_b(fast->q_logits + panel * fast->columns * GEMM_STEP, q, model->dim, count,
			 fast->columns);
	gemm_pack_step_b(fast->q_dh + panel * GEMM_STEP, fast->panels * GEMM_STEP, q, model->dim,
			 count, fast->columns);
	for (b = 0; b < model->buckets; b++)
		for (i = 0; i < count; i++)
			fast->offset[b * fast->panels * GEMM_PANEL + first + i] =
				LOG2E * model->length[b * model->items + first + i];
}

size_t step_bf16_panels(const struct run *run)
{
	return run->fast->panels;
}

/* ---- by block of rows ------------------------------------------------------------------ */

/* A block as its rows see it. */
struct block {
	struct bf16_worker *worker;
	uint64_t first;			/* row of the batch */
	size_t count, panels;		/* rows, and panels of them */
	uint32_t sequence[BLOCK_PANELS * GEMM_PANEL];
	uint64_t t[BLOCK_PANELS * GEMM_PANEL];
	const uint32_t *item[BLOCK_PANELS * GEMM_PANEL];	/* of the row's sequence */
	const float *offset[BLOCK_PANELS * GEMM_PANEL];
	float shift[BLOCK_PANELS * GEMM_PANEL];
	float factor[BLOCK_PANELS * GEMM_PANEL];		/* 1 / (sum * rows of the batch) */
	uint32_t bucket[BLOCK_PANELS * GEMM_PANEL];
};

static void block_rows(const struct run *run, struct block *block)
{
	const struct batch *batch = &run->batch;
	struct follow_bf16 *fast = run->fast;
	uint32_t s = 0;
	size_t r;

	while (batch->first[s + 1] <= block->first)
		s++;
	for (r = 0; r < block->panels * GEMM_PANEL; r++) {
		block->shift[r] = 0.0f;
		block->factor[r] = 0.0f;
		block->offset[r] = fast->offset;
		if (r >= block->count)
			continue;
		while (batch->first[s + 1] <= block->first + r)
			s++;
		block->sequence[r] = s;
		block->t[r] = block->first + r - batch->first[s];
		block->item[r] = run->sequences->item + run->sequences->start[batch->user[s]];
		block->bucket[r] = follow_bucket(run->config->bucket_from, run->model->buckets,
						 block->t[r]);
		block->offset[r] = fast->offset + block->bucket[r] * fast->panels * GEMM_PANEL;
	}
}

/* Bits of the items that the softmax of each row runs over. */
static void block_masks(const struct run *run, const struct block *block)
{
	size_t panels = run->fast->panels, r;
	uint32_t tail = run->model->items % GEMM_PANEL;

	for (r = 0; r < block->panels * GEMM_PANEL; r++) {
		uint32_t *mask = block->worker->mask + r * panels;
		uint64_t i, from = 0, t = block->t[r];

		if (r >= block->count) {
			memset(mask, 0, panels * sizeof(*mask));
			continue;
		}
		if (r > 0 && block->sequence[r] == block->sequence[r - 1]) {
			memcpy(mask, mask - panels, panels * sizeof(*mask));
			from = t - 1;
		} else {
			memset(mask, 0xff, panels * sizeof(*mask));
			if (tail != 0)
				mask[panels - 1] = (1u << tail) - 1;
		}
		for (i = from; !run->config->repeats && i < t; i++)
			mask[block->item[r][i] / 32] &= ~(1u << block->item[r][i] % 32);
		/* a repeated item is still what came next */
		mask[block->item[r][t] / 32] |= 1u << block->item[r][t] % 32;
	}
}

/* The largest logit of each row in units of log 2, where the sums went out of range. */
static void block_shift(const struct run *run, struct block *block)
{
	const struct follow_bf16 *fast = run->fast;
	float logits[GEMM_PANEL * GEMM_PANEL];
	size_t p, panel, r, i;

	for (r = 0; r < block->count; r++)
		block->shift[r] = -INFINITY;
	for (panel = 0; panel < fast->panels; panel++)
		for (p = 0; p < block->panels; p++) {
			gemm_panel_product(logits, GEMM_PANEL,
					   block->worker->h + p * fast->columns * GEMM_STEP,
					   fast->q_logits + panel * fast->columns * GEMM_STEP,
					   fast->columns, false);
			for (r = p * GEMM_PANEL; r < (p + 1) * GEMM_PANEL; r++)
				for (i = 0; r < block->count && i < GEMM_PANEL; i++) {
					float x = LOG2E * logits[r % GEMM_PANEL * GEMM_PANEL + i] +
						  block->offset[r][panel * GEMM_PANEL + i];

					if ((block->worker->mask[r * fast->panels + panel] >> i &
					     1) != 0 && x > block->shift[r])
						block->shift[r] = x;
				}
		}
}

/* e, its sums, and dh = e Q, not divided yet. */
static void block_products(const struct run *run, const struct block *block)
{
	const struct follow_bf16 *fast = run->fast;
	struct bf16_worker *worker = block->worker;
	size_t steps = fast->span / GEMM_PANEL, columns = fast->columns, dim = run->model->dim;
	size_t row_step = (block->first - fast->from) / GEMM_PANEL, panel, from, p, c;
	float logits[GEMM_PANEL * GEMM_PANEL] __attribute__((aligned(64)));

	memset(worker->sum, 0, sizeof(float) * 16 * GEMM_PANEL * block->panels);
	for (from = 0; from < fast->panels; from += CHUNK) {
		size_t count = fast->panels - from < CHUNK ? fast->panels - from : CHUNK;

		for (panel = from; panel < from + count; panel++)
			for (p = 0; p < block->panels; p++) {
				struct gemm_exp exp = {
					.logits = logits, .mask_stride = fast->panels,
					.mask = worker->mask + p * GEMM_PANEL * fast->panels +
						panel,
					.offset = block->offset + p * GEMM_PANEL,
					.column = panel * GEMM_PANEL,
					.shift = block->shift + p * GEMM_PANEL,
					.sum = worker->sum + p * GEMM_PANEL * 16,
				};

				gemm_panel_product(logits, GEMM_PANEL,
						   worker->h + p * columns * GEMM_STEP,
						   fast->q_logits + panel * columns * GEMM_STEP,
						   columns, false);
				gemm_exp(&exp,
					 worker->e + (p * CHUNK + panel - from) * GEMM_STEP,
					 fast->e + (panel * steps + row_step + p) * GEMM_STEP);
			}
		for (p = 0; p < block->panels; p++)
			for (c = 0; c < columns; c++)
				gemm_panel_product(run->batch.dh +
						   (block->first + p * GEMM_PANEL) * dim +
						   c * GEMM_PANEL, dim,
						   worker->e + p * CHUNK * GEMM_STEP,
						   fast->q_dh + (c * fast->panels + from) *
						   GEMM_STEP, count, from > 0);
	}
}

static float bf16_float(uint16_t value)
{
	uint32_t bits = (uint32_t)value << 16;
	float x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static uint16_t float_bf16(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Sums of the rows into block->factor; false where one is out of range. */
static bool block_sums(struct block *block)
{
	size_t r, k;

	for (r = 0; r < block->count; r++) {
		float sum = 0.0f;

		for (k = 0; k < 16; k++)
			sum += block->worker->sum[16 * r + k];
		if (!(sum > LEAST && sum < MOST))
			return false;
		block->factor[r] = sum;
	}
	return true;
}

/* Loss and gradient of the targets; dh divided; what the rows give to dQ and dL, packed. */
static double block_targets(const struct run *run, struct block *block)
{
	const struct follow_model *model = run->model;
	struct follow_bf16 *fast = run->fast;
	size_t steps = fast->span / GEMM_PANEL, dim = model->dim, r, p;
	size_t row_step = (block->first - fast->from) / GEMM_PANEL;
	float scale = 1.0f / (float)run->batch.rows, bucket[GEMM_PANEL * GEMM_PANEL];
	double loss = 0.0;

	for (r = 0; r < block->count; r++) {
		uint32_t target = block->item[r][block->t[r]];
		const float *q = model->q + target * dim, *h = run->batch.h +
				 (block->first + r) * dim;
		float sum = block->factor[r];
		uint16_t *e = fast->e + (target / GEMM_PANEL * steps + row_step + r / GEMM_PANEL) *
			      GEMM_STEP + target % GEMM_PANEL / 16 * (GEMM_STEP / 2) +
			      r % GEMM_PANEL / 2 * GEMM_PANEL + target % 16 * 2 + r % 2;

		loss += log(sum) + (block->shift[r] - block->offset[r][target]) / (double)LOG2E -
			kernels_dot(h, q, dim);
		*e = float_bf16(bf16_float(*e) - sum);
		block->factor[r] = scale / sum;
		kernels_target(run->batch.dh + (block->first + r) * dim, block->factor[r], q,
			       -scale, dim);
	}
	for (p = 0; p < block->panels; p++) {
		size_t first = p * GEMM_PANEL, left = block->count - first;
		size_t rows = left < GEMM_PANEL ? left : GEMM_PANEL;

		gemm_pack_step_a(fast->h + (row_step + p) * GEMM_STEP, steps * GEMM_STEP,
				 run->batch.h + (block->first + first) * dim, dim, rows,
				 block->factor + first, fast->columns);
		memset(bucket, 0, sizeof(bucket));
		for (r = 0; r < rows; r++)
			bucket[r * GEMM_PANEL + block->bucket[first + r]] = 1.0f;
		gemm_pack_step_a(fast->h + (fast->columns * steps + row_step + p) * GEMM_STEP, 0,
				 bucket, GEMM_PANEL, rows, block->factor + first, 1);
	}
	return loss;
}

/* Block `index` of the span. Returns the sum of its rows' losses. */
double step_bf16_block(struct run *run, size_t index, size_t worker)
{
	struct follow_bf16 *fast = run->fast;
	struct block block;
	size_t dim = run->model->dim, p;
	double loss;

	block.worker = &fast->worker[worker];
	block.first = fast->from + index * fast->block * GEMM_PANEL;
	block.count = fast->to - block.first;
	if (block.count > fast->block * GEMM_PANEL)
		block.count = fast->block * GEMM_PANEL;
	block.panels = (block.count + GEMM_PANEL - 1) / GEMM_PANEL;
	block_rows(run, &block);
	block_masks(run, &block);
	for (p = 0; p < block.panels; p++) {
		size_t left = block.count - p * GEMM_PANEL;

		gemm_pack_rows_a(block.worker->h + p * fast->columns * GEMM_STEP,
				 run->batch.h + (block.first + p * GEMM_PANEL) * dim, dim,
				 left < GEMM_PANEL ? left : GEMM_PANEL, fast->columns);
	}
	gemm_panels_begin();
	block_products(run, &block);
	if (!block_sums(&block)) {
		block_shift(run, &block);
		block_products(run, &block);
		block_sums(&block);
	}
	gemm_panels_end();
	loss = block_targets(run, &block);
	return loss;
}

/* The next span from row `from` on: how many blocks it has, 0 when there are no more rows. */
size_t step_bf16_span(struct run *run, uint64_t from, uint64_t *to)
{
	struct follow_bf16 *fast = run->fast;
	uint64_t rows = run->batch.rows - from, threads = run->config->threads, panels, blocks;

	if (rows == 0)
		return 0;
	rows = rows < fast->span ? rows : fast->span;
	fast->from = from;
	fast->to = from + rows;
	*to = fast->to;
	/* the same number of blocks for each thread, of about the same size */
	panels = (rows + GEMM_PANEL - 1) / GEMM_PANEL;
	blocks = (panels + BLOCK_PANELS - 1) / BLOCK_PANELS;
	blocks = (blocks + threads - 1) / threads * threads;
	fast->block = (panels + blocks - 1) / blocks;
	return (panels + fast->block - 1) / fast->block;
}

/* ---- between ranks --------------------------------------------------------------------- */

void step_bf16_exchange(struct run *run, const size_t *block, const size_t *panel)
{
	struct follow_bf16 *fast = run->fast;
	size_t stride = fast->span / GEMM_PANEL, step = sizeof(uint16_t) * GEMM_STEP, r, c;
	size_t rows = fast->to - fast->from, steps = (rows + GEMM_PANEL - 1) / GEMM_PANEL;
	size_t row[RANKS_MOST + 1], column[RANKS_MOST + 1];
	struct ranks_table e = { fast->e, step, stride, panel, column };

	for (r = 0; r <= ranks_count(); r++) {
		column[r] = block[r] * fast->block < steps ? block[r] * fast->block : steps;
		row[r] = column[r] * GEMM_PANEL < rows ? column[r] * GEMM_PANEL : rows;
	}
	ranks_gather(run->batch.dh + fast->from * run->model->dim,
		     sizeof(float) * run->model->dim, row);
	for (c = 0; c <= fast->columns; c++)
		ranks_gather(fast->h + c * stride * GEMM_STEP, step, column);
	ranks_turn(&e);
}

void step_bf16_gather(struct run *run, const size_t *panel)
{
	struct follow_bf16 *fast = run->fast;

	ranks_gather(fast->dq, sizeof(float) * (fast->columns + 1) * GEMM_PANEL * GEMM_PANEL,
		     panel);
}

/* ---- by panel of items ----------------------------------------------------------------- */

/* What the span adds to the gradients of Q and L. */
void step_bf16_gradient(struct run *run, size_t panel)
{
	struct follow_bf16 *fast = run->fast;
	size_t stride = fast->span / GEMM_PANEL, columns = fast->columns + 1, c, s;
	size_t steps = (fast->to - fast->from + GEMM_PANEL - 1) / GEMM_PANEL;
	float *dq = fast->dq + panel * columns * GEMM_PANEL * GEMM_PANEL;

	for (s = 0; s < steps; s += CHUNK)	/* e of a chunk stays in the first-level cache */
		for (c = 0; c < columns; c++)
			gemm_panel_product(dq + c * GEMM_PANEL * GEMM_PANEL, GEMM_PANEL,
					   fast->h + (c * stride + s) * GEMM_STEP,
					   fast->e + (panel * stride + s) * GEMM_STEP,
					   steps - s < CHUNK ? steps - s : CHUNK,
					   fast->from > 0 || s > 0);
}

/* The panel's gradient: *q is [count][dim], *length [buckets][32]. Returns count. */
size_t step_bf16_collect(struct run *run, size_t panel, size_t worker, float **q, float **length)
{
	const struct follow_model *model = run->model;
	struct follow_bf16 *fast = run->fast;
	size_t left = model->items - panel * GEMM_PANEL;
	float *dq = fast->dq + panel * (fast->columns + 1) * GEMM_PANEL * GEMM_PANEL;

	*q = fast->worker[worker].gradient;
	*length = dq + fast->columns * GEMM_PANEL * GEMM_PANEL;
	gemm_transpose(*q, model->dim, dq, model->dim);
	return left < GEMM_PANEL ? left : GEMM_PANEL;
}
