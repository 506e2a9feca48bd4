/*
 * One step of training on a batch of whole sequences:
 *   forward   by sequence: masked rows, recurrences, h            (workers share the sequences)
 *   products  by block of rows: logits, softmax, dh, dQ, dL       (workers share the blocks)
 *   backward  by bank: the reversed recurrence, dP, da            (workers share the banks)
 *   Adam      by range of each tensor
 * What a worker sums is decided by its number alone, so the result depends on the count of
 * threads and on nothing else.
 */
#include <math.h>
#include <string.h>

#include "base/pool.h"
#include "base/random.h"
#include "follow_inside.h"
#include "gemm.h"

/* ---- forward: z, h -------------------------------------------------------------------- */

static uint64_t mask_seed(const struct run *run, uint64_t row, uint32_t bank)
{
	struct random random = { run->config->seed * 0x632be59bd9b4e019ULL + run->step };

	random.state += random_u64(&random) ^ row << 8 ^ bank;
	return random_u64(&random);
}

static void forward(void *context, size_t index, size_t number)
{
	struct run *run = context;
	const struct follow_model *model = run->model;
	uint32_t threads = run->config->threads, dim = model->dim, banks = model->banks, s, b;
	float *row = run->worker[index].row;

	(void)number;
	for (s = (uint32_t)index; s < run->batch.sequences; s += threads) {
		const uint32_t *item = run->sequences->item +
				       run->sequences->start[run->batch.user[s]];
		uint64_t t, first = run->batch.first[s], count = run->batch.first[s + 1] - first;

		memset(run->batch.z + first * banks * dim, 0, sizeof(float) * banks * dim);
		for (t = 0; t < count; t++) {
			float *z = run->batch.z + (first + t) * banks * dim;
			float *h = run->batch.h + (first + t) * dim;

			memset(h, 0, sizeof(float) * dim);
			for (b = 0; b < banks; b++) {
				kernels_mix(h, model->a + b * dim, z + b * dim, dim);
				if (t + 1 == count)
					continue;
				kernels_dropout(row, model->p +
						      ((size_t)item[t] * banks + b) * dim, dim,
						      run->config->drop_in,
						      mask_seed(run, first + t, b));
				kernels_recur(z + (banks + b) * dim, z + b * dim,
						    model->rho[b], row, dim);
			}
			kernels_dropout(h, h, dim, run->config->drop_out,
					      mask_seed(run, first + t, banks));
		}
	}
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

static void products(void *context, size_t index, size_t number)
{
	struct run *run = context;
	const struct follow_model *model = run->model;
	struct batch *batch = &run->batch;
	struct worker *worker = &run->worker[index];
	uint64_t blocks = (batch->rows + FOLLOW_BLOCK - 1) / FOLLOW_BLOCK, block;
	float scale = 1.0f / (float)batch->rows;
	uint32_t s = 0;

	(void)number;
	for (block = index; block < blocks; block += run->config->threads) {
		uint64_t first = block * FOLLOW_BLOCK, r;
		uint64_t count = batch->rows - first < FOLLOW_BLOCK ? batch->rows - first
								    : FOLLOW_BLOCK;

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
			batch->loss[index] += row_gradient(run, logits, item, t, scale,
							   worker->dl);
		}
		gemm_nn((int)count, (int)model->dim, (int)model->items, worker->logits, model->q,
			batch->dh + first * model->dim);
		gemm_tn_add((int)model->items, (int)model->dim, (int)count, worker->logits,
			    batch->h + first * model->dim, worker->dq);
	}
}

/* ---- backward: the reversed recurrence ------------------------------------------------- */

static void share(struct run *run, void (*task)(void *, size_t, size_t))
{
	pool_run(run->pool, run->config->threads, task, run);
}

/* dh through the dropout on h: the same mask, once. */
static void drop_dh(void *context, size_t index, size_t number)
{
	struct run *run = context;
	uint32_t dim = run->model->dim;
	uint64_t r;

	(void)number;
	for (r = index; r < run->batch.rows; r += run->config->threads)
		kernels_dropout(run->batch.dh + r * dim, run->batch.dh + r * dim, dim,
				      run->config->drop_out,
				      mask_seed(run, r, run->model->banks));
}

static void backward(void *context, size_t index, size_t number)
{
	struct run *run = context;
	const struct follow_model *model = run->model;
	struct worker *worker = &run->worker[index];
	uint32_t dim = model->dim, banks = model->banks, b, s;

	(void)number;
	for (b = (uint32_t)index; b < banks; b += run->config->threads)
		for (s = 0; s < run->batch.sequences; s++) {
			const uint32_t *item = run->sequences->item +
					       run->sequences->start[run->batch.user[s]];
			uint64_t first = run->batch.first[s];
			uint64_t t = run->batch.first[s + 1] - first;

			memset(worker->dz, 0, sizeof(float) * dim);
			while (t-- > 0) {
				const float *dh = run->batch.dh + (first + t) * dim;
				float *dp;

				/* dz is dz_b[t + 1] here: first P of the event, then back one */
				kernels_dropout(worker->row, worker->dz, dim,
						      run->config->drop_in,
						      mask_seed(run, first + t, b));
				dp = run->tensor[TENSOR_P].gradient +
				     ((size_t)item[t] * banks + b) * dim;
				kernels_add(dp, worker->row, dim);
				kernels_scale(worker->dz, model->rho[b], dim);
				kernels_mix(worker->dz, model->a + b * dim, dh, dim);
				kernels_mix(run->tensor[TENSOR_A].gradient + b * dim, dh,
						  run->batch.z + ((first + t) * banks + b) * dim,
						  dim);
			}
		}
}

static void update(void *context, size_t index, size_t number)
{
	struct run *run = context;
	uint32_t threads = run->config->threads, w, k;

	(void)number;
	for (k = 0; k < TENSORS; k++) {
		struct follow_tensor *tensor = &run->tensor[k];
		size_t from = tensor->size * index / threads;
		size_t to = tensor->size * (index + 1) / threads;

		for (w = 0; (k == TENSOR_Q || k == TENSOR_L) && w < threads; w++) {
			float *part = k == TENSOR_Q ? run->worker[w].dq : run->worker[w].dl;

			kernels_add(tensor->gradient + from, part + from, to - from);
			memset(part + from, 0, (to - from) * sizeof(float));
		}
		kernels_adam(tensor, from, to, run->rate, run->correction1,
				   run->correction2);
	}
}

/* Linear warm-up, then half a cosine down to 2 %. */
static void schedule(struct run *run)
{
	const struct follow_config *config = run->config;
	double step = (double)run->step + 1.0, share = step / (double)run->steps;
	double rate = config->rate * (0.02 + 0.98 * 0.5 * (1.0 + cos(M_PI * share)));

	if (step < config->warmup)
		rate *= step / config->warmup;
	run->rate = (float)rate;
	run->correction1 = (float)(1.0 / (1.0 - pow(0.9, step)));
	run->correction2 = (float)(1.0 / (1.0 - pow(0.98, step)));
}

void step_gradient(struct run *run)
{
	memset(run->batch.loss, 0, sizeof(double) * run->config->threads);
	share(run, forward);
	share(run, products);
	share(run, drop_dh);
	share(run, backward);
}

double step_batch(struct run *run)
{
	double loss = 0.0;
	uint32_t w;

	schedule(run);
	step_gradient(run);
	share(run, update);
	for (w = 0; w < run->config->threads; w++)
		loss += run->batch.loss[w];
	run->step++;
	return loss;
}

