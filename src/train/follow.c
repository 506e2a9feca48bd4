/*
 * Training `follow`: initial values, batches of whole sequences in a shuffled order, epochs. What
 * one batch does is in step.c.
 */
#include "follow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/random.h"
#include "checkpoint.h"
#include "follow_inside.h"
#include "gemm.h"
#include "gemm_bf16.h"
#include "ranks.h"

void follow_config_default(struct follow_config *config)
{
	static const float tau[] = { 0.0f, 0.7f, 2.0f, 6.0f, 20.0f, 60.0f };
	static const uint32_t from[] = { 0, 1, 2, 3, 5, 8, 12, 18, 21, 25, 30, 40, 50, 70, 100,
					 150, 200, 300, 500 };

	memset(config, 0, sizeof(*config));
	config->dim = 256;
	config->banks = 6;
	memcpy(config->tau, tau, sizeof(tau));
	config->buckets = sizeof(from) / sizeof(from[0]);
	memcpy(config->bucket_from, from, sizeof(from));
	config->epochs = 12;
	config->batch = 16;
	config->rate = 0.0015f;
	config->warmup = 100;
	config->drop_in = 0.3f;
	config->drop_out = 0.3f;
	config->seed = 1;
	config->threads = 2;
}

uint32_t follow_bucket(const uint32_t *bucket_from, uint32_t buckets, uint64_t length)
{
	uint32_t b = 0;

	while (b + 1 < buckets && bucket_from[b + 1] <= length)
		b++;
	return b;
}

static uint64_t sequence_length(const struct run *run, uint32_t user)
{
	return run->sequences->end[user] - run->sequences->start[user];
}

/* ---- setting up ------------------------------------------------------------------------ */

static float normal(struct random *random)
{
	double u = ((double)(random_u64(random) >> 11) + 0.5) * 0x1p-53;
	double v = (double)(random_u64(random) >> 11) * 0x1p-53;

	return (float)(sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v));
}

/* log((count + 1) / total) in every bucket. */
static void initial_lengths(struct follow_model *model, const struct follow_sequences *sequences)
{
	double total = 0.0;
	uint64_t e;
	uint32_t u, b;
	size_t i;

	for (u = 0; u < sequences->users; u++)
		for (e = sequences->start[u]; e < sequences->end[u]; e++) {
			model->length[sequences->item[e]] += 1.0f;
			total += 1.0;
		}
	for (i = 0; i < model->items; i++)
		model->length[i] = (float)log((model->length[i] + 1.0) / (total + 1.0));
	for (b = 1; b < model->buckets; b++)
		memcpy(model->length + (size_t)b * model->items, model->length,
		       sizeof(float) * model->items);
}

static void initial_values(struct run *run)
{
	struct follow_model *model = run->model;
	struct random random = { run->config->seed };
	size_t i, p_size = (size_t)model->items * model->banks * model->dim;
	uint32_t b, j;

	if (run->sampled != NULL)
		step_sampled_begin(run);
	for (i = 0; run->sampled == NULL && i < p_size; i++)
		model->p[i] = 0.05f * normal(&random);
	for (i = 0; run->sampled == NULL && i < (size_t)model->items * model->dim; i++)
		model->q[i] = 0.05f * normal(&random);
	for (b = 0; b < model->banks; b++) {
		float tau = run->config->tau[b];

		model->rho[b] = tau > 0.0f ? (float)exp(-1.0 / tau) : 0.0f;
		for (j = 0; j < model->dim; j++)
			model->a[b * model->dim + j] = sqrtf(1.0f - model->rho[b]) /
						       sqrtf((float)model->banks);
	}
	initial_lengths(model, run->sequences);
}

/* Goes on from a folded model: with a = 1 it gives the same scores. */
static void continued_values(struct run *run)
{
	const struct follow_model *start = run->config->start;
	struct follow_model *model = run->model;
	size_t i, row = (size_t)model->items * model->dim;

	assert(start->items == model->items && start->dim == model->dim &&
	       start->banks == model->banks && start->buckets == model->buckets);
	memcpy(model->p, start->p, sizeof(float) * row * model->banks);
	memcpy(model->q, start->q, sizeof(float) * row);
	memcpy(model->length, start->length, sizeof(float) * model->buckets * model->items);
	if (start->moments == model->moments && model->moments > 0)
		memcpy(model->c, start->c, sizeof(float) * model->moments * model->dim);
	memcpy(model->rho, start->rho, sizeof(model->rho));
	for (i = 0; i < (size_t)model->banks * model->dim; i++)
		model->a[i] = 1.0f;
}

/* Without `whole`, gradients are kept elsewhere. */
static int tensor_new(struct follow_tensor *tensor, float *value, size_t size, bool whole)
{
	tensor->value = value;
	tensor->size = size;
	tensor->gradient = whole ? calloc(size + 1, sizeof(float)) : NULL;
	tensor->first = calloc(size + 1, sizeof(float));
	tensor->second = calloc(size + 1, sizeof(float));
	return (whole && tensor->gradient == NULL) || tensor->first == NULL ||
	       tensor->second == NULL;
}

struct follow_model *follow_new(uint32_t items, uint32_t dim, uint32_t banks, uint32_t buckets,
				uint32_t moments)
{
	struct follow_model *model = calloc(1, sizeof(*model));

	if (model == NULL)
		return NULL;
	model->items = items;
	model->dim = dim;
	model->banks = banks;
	model->buckets = buckets;
	model->moments = moments;
	model->p = malloc(sizeof(float) * items * banks * dim);
	model->q = malloc(sizeof(float) * items * dim);
	model->length = calloc((size_t)buckets * items, sizeof(float));
	model->a = malloc(sizeof(float) * banks * dim);
	model->c = calloc((size_t)moments * dim + 1, sizeof(float));
	if (model->p == NULL || model->q == NULL || model->length == NULL || model->a == NULL ||
	    model->c == NULL) {
		follow_free(model);
		return NULL;
	}
	return model;
}

static struct follow_model *model_new(const struct follow_config *config, uint32_t items)
{
	return follow_new(items, config->dim, config->banks, config->buckets,
			  config->moments == NULL ? 0 : config->moments->values);
}

static int workers_new(struct run *run)
{
	uint32_t w, items = run->model->items, dim = run->model->dim;

	run->worker = calloc(run->threads, sizeof(*run->worker));
	if (run->worker == NULL)
		return 1;
	for (w = 0; w < run->threads; w++) {
		struct worker *worker = &run->worker[w];

		worker->dz = malloc(sizeof(float) * dim);
		if (worker->dz == NULL)
			return 1;
		if (run->fast != NULL || run->sampled != NULL)
			continue;
		worker->logits = malloc(sizeof(float) * run->block * items);
		worker->dq = calloc((size_t)items * dim, sizeof(float));
		worker->dl = calloc((size_t)run->model->buckets * items, sizeof(float));
		if (worker->logits == NULL || worker->dq == NULL || worker->dl == NULL)
			return 1;
	}
	return 0;
}

static int lag_new(struct run *run)
{
	size_t items = run->model->items;

	run->lag.value_at = calloc(items, sizeof(uint32_t));
	run->lag.moment_at = calloc(items, sizeof(uint32_t));
	run->touched_in = calloc(items, sizeof(uint32_t));
	run->pace = calloc(run->steps, sizeof(double));
	run->batch.touched = calloc(items, sizeof(uint32_t));
	return run->lag.value_at == NULL || run->lag.moment_at == NULL ||
	       run->touched_in == NULL || run->pace == NULL || run->batch.touched == NULL;
}

/* Everything but the initial values; run->steps is known. */
static int run_new(struct run *run)
{
	struct follow_model *model = run->model;
	size_t row = (size_t)model->items * model->dim;
	bool whole = run->config->negatives == 0;

	run->threads = run->config->threads / ranks_count();
	run->first = run->threads * ranks_mine();
	run->block = FOLLOW_BLOCK_BYTES / (sizeof(float) * model->items);
	run->block = run->block < 64 ? 64 : run->block < FOLLOW_BLOCK ? run->block : FOLLOW_BLOCK;
	if (gemm_has_panels() && whole) {
		run->fast = step_bf16_new(model, run->threads);
		if (run->fast == NULL)
			return 1;
	}
	run->batch.loss = calloc(FOLLOW_LOSSES, sizeof(double));
	run->batch.user = malloc(sizeof(uint32_t) * run->config->batch);
	run->batch.first = malloc(sizeof(uint64_t) * (run->config->batch + 1));
	run->pool = pool_new(run->threads);
	if (run->batch.loss == NULL || run->batch.user == NULL || run->batch.first == NULL ||
	    run->pool == NULL || lag_new(run) ||
	    tensor_new(&run->tensor[TENSOR_P], model->p, row * model->banks, whole) ||
	    tensor_new(&run->tensor[TENSOR_Q], model->q, row, whole) ||
	    tensor_new(&run->tensor[TENSOR_L], model->length,
		       (size_t)model->buckets * model->items, whole) ||
	    tensor_new(&run->tensor[TENSOR_A], model->a, (size_t)model->banks * model->dim,
		       true) ||
	    tensor_new(&run->tensor[TENSOR_C], model->c, (size_t)model->moments * model->dim,
		       true))
		return 1;
	if (!whole)
		run->sampled = step_sampled_new(run);
	return (!whole && run->sampled == NULL) || workers_new(run);
}

static void run_free(struct run *run)
{
	uint32_t w, k;

	for (k = 0; k < TENSORS; k++) {
		free(run->tensor[k].gradient);
		free(run->tensor[k].first);
		free(run->tensor[k].second);
	}
	for (w = 0; run->worker != NULL && w < run->threads; w++) {
		free(run->worker[w].logits);
		free(run->worker[w].dq);
		free(run->worker[w].dl);
		free(run->worker[w].dz);
	}
	free(run->worker);
	step_bf16_free(run->fast, run->threads);
	free(run->lag.value_at);
	free(run->lag.moment_at);
	step_sampled_free(run->sampled, run->threads);
	free(run->touched_in);
	free(run->pace);
	free(run->batch.touched);
	free(run->batch.loss);
	free(run->batch.user);
	free(run->batch.first);
	free(run->batch.z);
	free(run->batch.h);
	free(run->batch.dh);
	pool_free(run->pool);
}

/* ---- the loop -------------------------------------------------------------------------- */

/* The rows of P that the batch needs and changes, each once. */
static void touch_rows(struct run *run)
{
	struct batch *batch = &run->batch;
	uint32_t s, number = (uint32_t)run->step + 1;
	uint64_t e;

	batch->touched_count = 0;
	for (s = 0; s < batch->sequences; s++)
		for (e = run->sequences->start[batch->user[s]];
		     e < run->sequences->end[batch->user[s]]; e++) {
			uint32_t item = run->sequences->item[e];

			if (run->touched_in[item] != number)
				batch->touched[batch->touched_count++] = item;
			run->touched_in[item] = number;
		}
}

static int batch_fill(struct run *run, const uint32_t *order, uint32_t count)
{
	struct batch *batch = &run->batch;
	uint32_t s;

	batch->sequences = count;
	batch->first[0] = 0;
	for (s = 0; s < count; s++) {
		batch->user[s] = order[s];
		batch->first[s + 1] = batch->first[s] + sequence_length(run, order[s]);
	}
	batch->rows = batch->first[count];
	touch_rows(run);
	if (run->sampled != NULL && step_sampled_room(run) != 0)
		return TACIT_E_MEMORY;
	/* panels end beyond the last row */
	if (batch->rows + GEMM_PANEL > batch->capacity) {
		size_t row = sizeof(float) * run->model->dim;

		free(batch->z);
		free(batch->h);
		free(batch->dh);
		batch->capacity = batch->rows + batch->rows / 4 + GEMM_PANEL;
		batch->z = malloc(batch->capacity * row * run->model->banks);
		batch->h = malloc(batch->capacity * row);
		batch->dh = malloc(batch->capacity * row);
		if (batch->z == NULL || batch->h == NULL || batch->dh == NULL)
			return TACIT_E_MEMORY;
	}
	return 0;
}

/* From the batch that begins with order[first] on. */
static int run_epoch(struct run *run, uint32_t *order, uint32_t users, uint32_t epoch,
		     uint32_t first, double began, uint64_t total, follow_watch *watch,
		     void *context)
{
	struct follow_progress progress = { epoch, run->config->epochs, 0, total, 0.0, 0.0 };
	double loss = 0.0, rows = 0.0, told = ranks_seconds();
	uint32_t i;

	for (i = 0; i < first; i++)
		progress.done += sequence_length(run, order[i]);
	for (; i < users; i += run->config->batch) {
		uint32_t count = users - i < run->config->batch ? users - i : run->config->batch;
		double seconds;

		if (batch_fill(run, order + i, count) != 0)
			return TACIT_E_MEMORY;
		loss += step_batch(run);
		rows += (double)run->batch.rows;
		progress.done += run->batch.rows;
		if (progress.done == total)
			step_settle(run);
		seconds = ranks_seconds();
		if (watch == NULL || (seconds - told < 0.25 && progress.done < total))
			continue;
		told = seconds;
		progress.loss = loss / rows;
		progress.seconds = seconds - began;
		if (ranks_any(watch(context, &progress, run->model) != 0))
			return TACIT_E_STOPPED;
	}
	return 0;
}

/* The order of the next epoch, from that of the one before (Fisher, Yates). */
static void shuffle(const struct run *run, uint32_t *order, uint32_t users, uint32_t epoch)
{
	struct random random = { run->config->seed ^ (uint64_t)(epoch + 1) << 32 };
	uint32_t i;

	for (i = users; i > 1; i--) {
		uint32_t j = random_below(&random, i), swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
}

/* All epochs, or what is left of them; the state is kept after each and where the watch stops. */
static int run_epochs(struct run *run, uint32_t *order, uint32_t users, uint64_t total,
		      follow_watch *watch, void *context, struct error *error)
{
	const struct follow_config *config = run->config;
	uint64_t each = run->steps / config->epochs;
	double began = ranks_seconds();
	uint32_t epoch;
	int result = 0;

	for (epoch = 0; result == 0 && epoch < config->epochs; epoch++) {
		shuffle(run, order, users, epoch);
		if (run->step >= each * (epoch + 1))	/* done before it was stopped */
			continue;
		result = run_epoch(run, order, users, epoch,
				   (uint32_t)(run->step - each * epoch) * config->batch, began,
				   total, watch, context);
		if (result == TACIT_E_MEMORY)
			return error_memory(error);
		if (config->keep != NULL && ranks_mine() == 0 &&
		    checkpoint_save(run, error) != 0)
			return TACIT_E_IO;
	}
	if (result == TACIT_E_STOPPED)
		error_set(error, result, config->keep == NULL ? "training was stopped" :
			  "training was stopped; the same command goes on from %s",
			  config->keep == NULL ? "" : config->keep->path);
	return result;
}

static void fold(struct follow_model *model)
{
	size_t i, j, row = (size_t)model->banks * model->dim;

	for (i = 0; i < model->items; i++)
		for (j = 0; j < row; j++)
			model->p[i * row + j] *= model->a[j];
}

/* Users with no event are left out of the batches. Returns how many are in `order`. */
static uint32_t users_with_events(const struct follow_sequences *sequences, uint32_t *order,
				  uint64_t *total)
{
	uint32_t u, users = 0;

	*total = 0;
	for (u = 0; u < sequences->users; u++)
		if (sequences->end[u] > sequences->start[u]) {
			order[users++] = u;
			*total += sequences->end[u] - sequences->start[u];
		}
	return users;
}

int follow_train(const struct follow_config *config, const struct follow_sequences *sequences,
		 follow_watch *watch, void *context, struct follow_model **out,
		 struct error *error)
{
	struct run run = { .config = config, .sequences = sequences };
	uint32_t *order = malloc(sizeof(uint32_t) * ((size_t)sequences->users + 1));
	uint64_t total = 0;
	uint32_t users = 0;
	int result = gemm_load(error);

	if (result == 0 && order == NULL)
		result = error_memory(error);
	if (result == 0) {
		users = users_with_events(sequences, order, &total);
		run.steps = (uint64_t)((users + config->batch - 1) / config->batch) *
			    config->epochs;
		if (total == 0)
			result = error_set(error, TACIT_E_FORMAT, "there is nothing to train on");
		else if (run.steps >= UINT32_MAX)
			result = error_set(error, TACIT_E_ARGUMENT, "that many steps never end");
	}
	if (result == 0) {
		run.model = model_new(config, sequences->items);
		if (run.model == NULL || run_new(&run) != 0)
			result = error_memory(error);
	}
	if (result == 0 && config->keep != NULL)
		result = checkpoint_load(&run, error);
	if (result == 0 && run.step == 0) {
		if (config->start != NULL)
			continued_values(&run);
		else
			initial_values(&run);
		step_pack(&run);
	}
	if (result == 0)
		result = run_epochs(&run, order, users, total, watch, context, error);
	run_free(&run);
	free(order);
	if (result != 0) {
		follow_free(run.model);
		return result;
	}
	fold(run.model);
	*out = run.model;
	return 0;
}

int follow_none(struct follow_config *config, const struct follow_sequences *sequences,
		struct follow_model **out, struct error *error)
{
	struct follow_model *model;
	size_t row;

	config->dim = 32;
	config->banks = 1;
	config->epochs = 0;
	config->refit_epochs = 0;
	config->moments = NULL;
	model = model_new(config, sequences->items);
	if (model == NULL)
		return error_memory(error);
	row = sizeof(float) * model->items * model->dim;
	memset(model->p, 0, row);
	memset(model->q, 0, row);
	memset(model->a, 0, sizeof(float) * model->dim);
	model->rho[0] = 0.0f;
	initial_lengths(model, sequences);
	*out = model;
	return 0;
}

void follow_state(const struct follow_model *model, bool folded, const uint32_t *item,
		  uint64_t count, float *state)
{
	uint32_t dim = model->dim, b, j;
	uint64_t t;

	for (j = 0; j < dim; j++)
		state[j] = 0.0f;
	for (b = 0; b < model->banks; b++) {
		float weight = 1.0f;
		const float *a = model->a + b * dim;

		for (t = count; t-- > 0 && weight > 1e-7f; weight *= model->rho[b]) {
			const float *p = model->p + ((size_t)item[t] * model->banks + b) * dim;

			for (j = 0; j < dim; j++)
				state[j] += weight * (folded ? 1.0f : a[j]) * p[j];
		}
	}
}

void follow_moment(const struct follow_model *model, const struct follow_config *config,
		   uint64_t event, float *state)
{
	uint32_t row[LIMIT_MOMENT_ROWS], count = moments_rows(config->moments, event, row), k;

	for (k = 0; k < count && model->moments > 0; k++)
		kernels_add(state, model->c + (size_t)row[k] * model->dim, model->dim);
}

void follow_free(struct follow_model *model)
{
	if (model == NULL)
		return;
	free(model->p);
	free(model->q);
	free(model->length);
	free(model->a);
	free(model->c);
	free(model);
}
