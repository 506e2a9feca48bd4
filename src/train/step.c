/*
 * One step of training on a batch of whole sequences:
 *   settle    the batch's rows of P brought up to date
 *   forward   by sequence: masked rows, recurrences, moments, h
 *   products  logits, softmax, dh, dQ, dL: by block of rows in float (gemm.h), with parts of dQ and
 *             dL for each worker; in bf16 in step_bf16.c
 *   backward  by bank: the reversed recurrence, dP, da; by feature of moments: dC
 *   Adam      by range or panel of Q and L, by touched row of P
 * Where a sum is split between workers it is by their number alone; all else is written by one
 * task whole, and workers take tasks as they come. So the result depends on the count of threads
 * and on nothing else. Several ranks (ranks.h) share the products and do the rest each for itself:
 * it is little beside them, and so all have the same weights.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/pool.h"
#include "base/random.h"
#include "follow_inside.h"
#include "gemm.h"
#include "gemm_bf16.h"
#include "ranks.h"

#define FADED 256		/* steps without a gradient after which a row stands still */
#define RANGE 4096		/* weights of an Adam task: their memory stays in the cache */

void step_share(struct run *run, size_t tasks, void (*task)(void *, size_t, size_t))
{
	run->next = 0;
	run->tasks = tasks;
	pool_run(run->pool, run->threads, task, run);
}

void step_share_mine(struct run *run, const size_t *first,
		     void (*task)(void *, size_t, size_t))
{
	run->next = first[ranks_mine()];
	run->tasks = first[ranks_mine() + 1];
	pool_run(run->pool, run->threads, task, run);
}

bool step_take(struct run *run, size_t *task)
{
	*task = __atomic_fetch_add(&run->next, 1, __ATOMIC_RELAXED);
	return *task < run->tasks;
}

/* ---- rows that lag behind -------------------------------------------------------------- */

/* The sum of the steps' sizes from value_at on, each with the ratio of the moments at its time. */
float step_lag_pace(const struct run *run, const struct follow_lag *lag, uint32_t item)
{
	const double ratio = FOLLOW_BETA1 / sqrt(FOLLOW_BETA2);
	uint64_t at = lag->value_at[item], end = lag->moment_at[item] + FADED, s;
	double power = 1.0, sum = 0.0;

	if (lag->moment_at[item] == 0 || at == run->step)
		return 0.0f;
	end = end < run->step ? end : run->step;
	for (s = lag->moment_at[item]; s < end; s++) {
		power *= ratio;
		if (s >= at)
			sum += run->pace[s] * power;
	}
	return (float)sum;
}

static void settle_row(struct run *run, uint32_t item)
{
	size_t row = (size_t)run->model->banks * run->model->dim;
	struct follow_tensor *p = &run->tensor[TENSOR_P];
	float pace = step_lag_pace(run, &run->lag, item);

	if (pace != 0.0f)
		kernels_catch_up(p->value + item * row, p->first + item * row,
				 p->second + item * row, pace, row);
	run->lag.value_at[item] = (uint32_t)run->step;
}

static void settle_batch(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i))
		settle_row(run, run->batch.touched[i]);
}

static void settle_all(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i))
		settle_row(run, (uint32_t)i);
}

void step_settle(struct run *run)
{
	if (run->sampled != NULL)
		step_sampled_settle(run);
	else
		step_share(run, run->model->items, settle_all);
}

static float power_of(double base, uint64_t exponent)
{
	double result = 1.0;

	if (exponent > 64)		/* rare items: steps lie between */
		return (float)pow(base, (double)exponent);
	for (; exponent > 0; exponent--)
		result *= base;
	return (float)result;
}

struct kernels_step step_lag_adam(const struct run *run, struct follow_lag *lag, uint32_t item)
{
	uint64_t steps = run->step + 1 - lag->moment_at[item];
	struct kernels_step step = run->adam;

	step.decay1 = power_of(FOLLOW_BETA1, steps);
	step.decay2 = power_of(FOLLOW_BETA2, steps);
	lag->value_at[item] = (uint32_t)run->step + 1;
	lag->moment_at[item] = (uint32_t)run->step + 1;
	return step;
}

/* Adam on a row of P whose value is settled. */
static void adam_row(struct run *run, uint32_t item)
{
	size_t row = (size_t)run->model->banks * run->model->dim;
	struct follow_tensor *p = &run->tensor[TENSOR_P];
	struct kernels_step step = step_lag_adam(run, &run->lag, item);

	kernels_adam(p->value + item * row, p->first + item * row, p->second + item * row,
		     p->gradient + item * row, row, &step);
	memset(p->gradient + item * row, 0, row * sizeof(float));
}

/* ---- forward: z, h -------------------------------------------------------------------- */

static uint64_t mask_seed(const struct run *run, uint64_t row, uint32_t bank)
{
	struct random random = { run->config->seed * 0x632be59bd9b4e019ULL + run->step };

	random.state += random_u64(&random) ^ row << 8 ^ bank;
	return random_u64(&random);
}

/* The moments of event t of sequence s, masked, into to (C into h) or from h into the gradient. */
static void add_moment(struct run *run, uint32_t s, uint64_t t, uint32_t feature, bool back)
{
	const struct moments *moments = run->config->moments;
	uint32_t dim = run->model->dim, value;
	uint64_t event = run->sequences->start[run->batch.user[s]] + t;
	uint64_t row = run->batch.first[s] + t;
	uint64_t mask = mask_seed(run, row, run->model->banks + 1 + feature);

	value = moments->at[event * moments->features + feature];
	if (value == 0)
		return;
	if (back)
		kernels_add_dropped(run->tensor[TENSOR_C].gradient + (size_t)(value - 1) * dim,
				    run->batch.dh + row * dim, dim, run->config->drop_in, mask);
	else
		kernels_add_dropped(run->batch.h + row * dim,
				    run->model->c + (size_t)(value - 1) * dim, dim,
				    run->config->drop_in, mask);
}

static uint32_t moment_features(const struct run *run)
{
	return run->config->moments == NULL ? 0 : run->config->moments->features;
}

void step_forward(struct run *run, size_t s)
{
	const struct follow_model *model = run->model;
	const uint32_t *item = run->sequences->item + run->sequences->start[run->batch.user[s]];
	uint64_t t, first = run->batch.first[s], count = run->batch.first[s + 1] - first;
	uint32_t dim = model->dim, banks = model->banks, b, f;

	memset(run->batch.z + first * banks * dim, 0, sizeof(float) * banks * dim);
	for (t = 0; t < count; t++) {
		float *z = run->batch.z + (first + t) * banks * dim;
		float *h = run->batch.h + (first + t) * dim;

		memset(h, 0, sizeof(float) * dim);
		for (b = 0; b < banks; b++) {
			kernels_mix(h, model->a + b * dim, z + b * dim, dim);
			if (t + 1 == count)
				continue;
			kernels_recur(z + (banks + b) * dim, z + b * dim, model->rho[b],
				      model->p + ((size_t)item[t] * banks + b) * dim, dim,
				      run->config->drop_in, mask_seed(run, first + t, b));
		}
		for (f = 0; f < moment_features(run); f++)
			add_moment(run, (uint32_t)s, t, f, false);
		kernels_dropout(h, h, dim, run->config->drop_out,
				mask_seed(run, first + t, banks));
	}
}

static void forward(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t s;

	(void)index;
	(void)number;
	while (step_take(run, &s))
		step_forward(run, s);
}

/* ---- products: logits, softmax, dh, dQ, dL -------------------------------------------- */

/* Softmax gradient of one row in place, p - 1[target] and 0 at masked items, added to dl too. */
static double row_gradient(const struct run *run, float *logits, const uint32_t *item,
			   uint64_t t, float scale, float *dl)
{
	const struct follow_model *model = run->model;
	uint32_t bucket = follow_bucket(run->config->bucket_from, model->buckets, t);
	const float *intercept = model->length + (size_t)bucket * model->items;
	float target = logits[item[t]], inverse, loss;
	uint64_t i;

	for (i = 0; !run->config->repeats && i < t; i++)
		logits[item[i]] = -INFINITY;
	logits[item[t]] = target;	/* a repeated item is still what came next */
	target += intercept[item[t]];
	loss = kernels_softmax(logits, intercept, model->items, &inverse) - target;
	dl += (size_t)bucket * model->items;
	kernels_spread(logits, inverse * scale, dl, model->items);
	logits[item[t]] -= scale;
	dl[item[t]] -= scale;
	return loss;
}

/* Blocks of rows of the batch: the same number for each worker of all ranks, of about the same
 * size. Returns the rows of one. */
static uint64_t float_rows(const struct run *run)
{
	uint64_t threads = run->config->threads;
	uint64_t blocks = (run->batch.rows + run->block - 1) / run->block;

	blocks = (blocks + threads - 1) / threads * threads;
	return (run->batch.rows + blocks - 1) / blocks;
}

static void products_float(void *context, size_t index, size_t number)
{
	struct run *run = context;
	const struct follow_model *model = run->model;
	struct batch *batch = &run->batch;
	struct worker *worker = &run->worker[index];
	uint64_t threads = run->config->threads, rows = float_rows(run), block;
	float scale = 1.0f / (float)batch->rows;
	uint32_t s = 0;

	(void)number;
	for (block = run->first + index; block * rows < batch->rows; block += threads) {
		uint64_t first = block * rows, r;
		uint64_t count = batch->rows - first < rows ? batch->rows - first : rows;

		gemm_nt((int)count, (int)model->items, (int)model->dim,
			batch->h + first * model->dim, model->q, worker->logits);
		for (r = 0; r < count; r++) {
			float *logits = worker->logits + r * model->items;
			const uint32_t *item;
			uint64_t t;

			while (batch->first[s + 1] <= first + r)
				s++;
			t = first + r - batch->first[s];
			item = run->sequences->item + run->sequences->start[batch->user[s]];
			batch->loss[run->first + index] += row_gradient(run, logits, item, t,
									scale, worker->dl);
		}
		gemm_nn((int)count, (int)model->dim, (int)model->items, worker->logits, model->q,
			batch->dh + first * model->dim);
		gemm_tn_add((int)model->items, (int)model->dim, (int)count, worker->logits,
			    batch->h + first * model->dim, worker->dq);
	}
}

static void blocks_bf16(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t block;

	(void)number;
	while (step_take(run, &block))
		run->batch.loss[block] += step_bf16_block(run, block, index);
}

static void panels_bf16(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t panel;

	(void)index;
	(void)number;
	gemm_panels_begin();
	while (step_take(run, &panel))
		step_bf16_gradient(run, panel);
	gemm_panels_end();
}

/* dh from the ranks that made it; dQ and dL summed over all workers, as part 0. */
static void join_float(struct run *run)
{
	uint64_t threads = run->config->threads, rows = float_rows(run), round;
	size_t first[RANKS_MOST + 1], r, dim = run->model->dim;
	float *dq[LIMIT_THREADS], *dl[LIMIT_THREADS];
	uint32_t w;

	for (round = 0; round * rows < run->batch.rows; round += threads) {
		for (r = 0; r <= ranks_count(); r++) {
			first[r] = (round + r * run->threads) * rows;
			first[r] = first[r] < run->batch.rows ? first[r] : run->batch.rows;
		}
		ranks_gather(run->batch.dh, sizeof(float) * dim, first);
	}
	for (w = 0; w < run->threads; w++) {
		dq[w] = run->worker[w].dq;
		dl[w] = run->worker[w].dl;
	}
	ranks_sum(dq, run->threads, run->tensor[TENSOR_Q].size);
	ranks_sum(dl, run->threads, run->tensor[TENSOR_L].size);
	for (w = 1; w < run->threads; w++) {
		memset(dq[w], 0, sizeof(float) * run->tensor[TENSOR_Q].size);
		memset(dl[w], 0, sizeof(float) * run->tensor[TENSOR_L].size);
	}
}

static void products(struct run *run)
{
	size_t blocks, block[RANKS_MOST + 1], panel[RANKS_MOST + 1];
	uint64_t row = 0;

	if (run->fast == NULL) {
		step_share(run, 0, products_float);
		if (ranks_count() > 1)
			join_float(run);
		return;
	}
	ranks_share(step_bf16_panels(run), panel);
	while ((blocks = step_bf16_span(run, row, &row)) > 0) {
		assert(blocks <= FOLLOW_LOSSES);
		ranks_share(blocks, block);
		step_share_mine(run, block, blocks_bf16);
		if (ranks_count() > 1)
			step_bf16_exchange(run, block, panel);
		step_share_mine(run, panel, panels_bf16);
	}
	step_bf16_gather(run, panel);
}

/* ---- backward: the reversed recurrence ------------------------------------------------- */

void step_drop_dh(struct run *run, uint64_t row)
{
	uint32_t dim = run->model->dim;

	kernels_dropout(run->batch.dh + row * dim, run->batch.dh + row * dim, dim,
			run->config->drop_out, mask_seed(run, row, run->model->banks));
}

static void drop_dh(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t r;

	(void)index;
	(void)number;
	while (step_take(run, &r))
		step_drop_dh(run, r);
}

void step_backward(struct run *run, size_t s, size_t b, const struct step_sink *sink)
{
	const struct follow_model *model = run->model;
	const uint32_t *item = run->sequences->item + run->sequences->start[run->batch.user[s]];
	uint64_t first = run->batch.first[s], t = run->batch.first[s + 1] - first;
	uint32_t dim = model->dim, banks = model->banks;
	struct kernels_back back = { model->rho[b], run->config->drop_in, dim, 0 };

	memset(sink->dz, 0, sizeof(float) * dim);
	while (t-- > 0) {
		size_t row = sink->place == NULL ? item[t] : sink->place[first + t];

		/* dz is dz_b[t + 1] here: first P of the event, then back one */
		back.seed = mask_seed(run, first + t, (uint32_t)b);
		kernels_recur_back(sink->p + (row * banks + b) * dim, sink->dz, sink->a + b * dim,
				   model->a + b * dim, run->batch.dh + (first + t) * dim,
				   run->batch.z + ((first + t) * banks + b) * dim, &back);
	}
}

static void backward(void *context, size_t index, size_t number)
{
	struct run *run = context;
	struct step_sink sink = { run->tensor[TENSOR_P].gradient, run->tensor[TENSOR_A].gradient,
				  run->worker[index].dz, NULL };
	size_t b, s;

	(void)number;
	while (step_take(run, &b))
		for (s = 0; s < run->batch.sequences; s++)
			step_backward(run, s, b, &sink);
}

/* By feature: a value is of one feature, so that no two tasks write the same row. */
static void backward_moments(void *context, size_t index, size_t number)
{
	struct run *run = context;
	uint32_t s;
	size_t f;
	uint64_t t;

	(void)index;
	(void)number;
	while (step_take(run, &f))
		for (s = 0; s < run->batch.sequences; s++)
			for (t = 0; t < run->batch.first[s + 1] - run->batch.first[s]; t++)
				add_moment(run, s, t, (uint32_t)f, true);
}

/* ---- Adam ------------------------------------------------------------------------------ */

static void adam_range(struct run *run, uint32_t k, size_t from, size_t size,
		       const float *gradient)
{
	struct follow_tensor *tensor = &run->tensor[k];

	kernels_adam(tensor->value + from, tensor->first + from, tensor->second + from, gradient,
		     size, &run->adam);
}

/* The workers' parts of dQ or dL into the tensor's gradient; the parts are zeroed. */
static void add_parts(struct run *run, uint32_t k, size_t from, size_t size)
{
	float *gradient = run->tensor[k].gradient + from;
	uint32_t w;

	memset(gradient, 0, size * sizeof(float));
	for (w = 0; w < run->threads; w++) {
		float *part = (k == TENSOR_Q ? run->worker[w].dq : run->worker[w].dl) + from;

		kernels_add(gradient, part, size);
		memset(part, 0, size * sizeof(float));
	}
}

static void update_float(void *context, size_t index, size_t number)
{
	struct run *run = context;
	uint32_t k = TENSOR_Q;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i)) {
		size_t from = i * RANGE, size;

		k = TENSOR_Q;
		if (from >= run->tensor[k].size) {	/* the ranges of L come after Q's */
			from -= (run->tensor[k].size + RANGE - 1) / RANGE * RANGE;
			k = TENSOR_L;
		}
		size = run->tensor[k].size - from < RANGE ? run->tensor[k].size - from : RANGE;
		add_parts(run, k, from, size);
		adam_range(run, k, from, size, run->tensor[k].gradient + from);
	}
}

static void update_bf16(void *context, size_t index, size_t number)
{
	struct run *run = context;
	const struct follow_model *model = run->model;
	float *q, *length;
	size_t panel, b;

	(void)number;
	while (step_take(run, &panel)) {
		size_t count = step_bf16_collect(run, panel, index, &q, &length);
		size_t first = panel * GEMM_PANEL;

		adam_range(run, TENSOR_Q, first * model->dim, count * model->dim, q);
		for (b = 0; b < model->buckets; b++)
			adam_range(run, TENSOR_L, b * model->items + first, count,
				   length + b * GEMM_PANEL);
		step_bf16_pack(run, panel);
	}
}

static void update_rows(void *context, size_t index, size_t number)
{
	struct run *run = context;
	size_t i;

	(void)index;
	(void)number;
	while (step_take(run, &i))
		adam_row(run, run->batch.touched[i]);
}

static void update(struct run *run)
{
	struct follow_tensor *a = &run->tensor[TENSOR_A], *c = &run->tensor[TENSOR_C];

	if (run->fast != NULL)
		step_share(run, step_bf16_panels(run), update_bf16);
	else
		step_share(run, (run->tensor[TENSOR_Q].size + RANGE - 1) / RANGE +
		      (run->tensor[TENSOR_L].size + RANGE - 1) / RANGE, update_float);
	step_share(run, run->batch.touched_count, update_rows);
	adam_range(run, TENSOR_A, 0, a->size, a->gradient);
	memset(a->gradient, 0, a->size * sizeof(float));
	adam_range(run, TENSOR_C, 0, c->size, c->gradient);
	memset(c->gradient, 0, c->size * sizeof(float));
}

/* Linear warm-up, then half a cosine down to 2 %. */
static void schedule(struct run *run)
{
	const struct follow_config *config = run->config;
	double step = (double)run->step + 1.0, share = step / (double)run->steps;
	double rate = config->rate * (0.02 + 0.98 * 0.5 * (1.0 + cos(M_PI * share)));

	if (step < config->warmup)
		rate *= step / config->warmup;
	run->adam.rate = (float)rate;
	run->adam.correction1 = (float)(1.0 / (1.0 - pow(FOLLOW_BETA1, step)));
	run->adam.correction2 = (float)(1.0 / (1.0 - pow(FOLLOW_BETA2, step)));
	run->adam.decay1 = (float)FOLLOW_BETA1;
	run->adam.decay2 = (float)FOLLOW_BETA2;
	run->pace[run->step] = rate * run->adam.correction1 /
			       sqrt((double)run->adam.correction2);
}

void step_gradient(struct run *run)
{
	memset(run->batch.loss, 0, sizeof(double) * FOLLOW_LOSSES);
	if (run->sampled != NULL) {
		step_sampled_gradient(run);
		return;
	}
	step_share(run, run->batch.touched_count, settle_batch);
	step_share(run, run->batch.sequences, forward);
	products(run);
	step_share(run, run->batch.rows, drop_dh);
	step_share(run, run->model->banks, backward);
	if (moment_features(run) > 0)
		step_share(run, moment_features(run), backward_moments);
}

void step_collect(struct run *run)
{
	const struct follow_model *model = run->model;
	struct follow_tensor *q = &run->tensor[TENSOR_Q], *l = &run->tensor[TENSOR_L];
	float *from, *length;
	size_t panel, b;

	if (run->sampled != NULL) {
		step_sampled_collect(run);
		return;
	}
	if (run->fast == NULL) {
		add_parts(run, TENSOR_Q, 0, q->size);
		add_parts(run, TENSOR_L, 0, l->size);
		return;
	}
	for (panel = 0; panel < step_bf16_panels(run); panel++) {
		size_t count = step_bf16_collect(run, panel, 0, &from, &length);
		size_t first = panel * GEMM_PANEL;

		memcpy(q->gradient + first * model->dim, from,
		       count * model->dim * sizeof(float));
		for (b = 0; b < model->buckets; b++)
			memcpy(l->gradient + b * model->items + first, length + b * GEMM_PANEL,
			       count * sizeof(float));
	}
}

void step_pack(struct run *run)
{
	size_t panel;

	if (run->sampled != NULL)
		step_sampled_pack(run);
	for (panel = 0; run->fast != NULL && panel < step_bf16_panels(run); panel++)
		step_bf16_pack(run, panel);
}

double step_batch(struct run *run)
{
	double loss = 0.0;
	size_t i;

	schedule(run);
	step_gradient(run);
	if (run->sampled != NULL)
		step_sampled_update(run);
	else
		update(run);
	ranks_losses(run->batch.loss, FOLLOW_LOSSES);
	for (i = 0; i < FOLLOW_LOSSES; i++)
		loss += run->batch.loss[i];
	run->step++;
	return loss;
}
