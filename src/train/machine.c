/* Logistic regression and the factorisation machine: batches of rows, Adam on what they touch. */
#include "machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lazy.h"

#define BATCH 1024
#define EPOCHS 100
#define PATIENCE 3
#define ON_MOST (LIMIT_MOMENT_FEATURES + 2)
#define SPREAD 0.01f

struct machine {
	struct machine_config config;
	struct lazy weight, factor, intercept;	/* [features][1], [features][dim], [1][1] */
	float *sum;			/* [dim] */
};

/* The features that are 1 in a row: its person, its item, the known values of its moment. */
static uint32_t features_on(const struct context *context, const struct context_row *row,
			    uint32_t *on)
{
	const struct train_data *data = context->data;
	const uint32_t *moment = data->moment + (size_t)row->event * data->features;
	uint32_t count = 2, f;

	on[0] = row->user;
	on[1] = data->users + row->item;
	for (f = 0; f < data->features; f++)
		if (moment[f] != 0)
			on[count++] = data->users + data->items + moment[f] - 1;
	return count;
}

/* The logit; leaves the sum of the factors in machine->sum. The pairs are half of the square of
 * the sum less the squares (Rendle 2010, lemma 3.1). */
static float logit_of(struct machine *machine, const uint32_t *on, uint32_t count)
{
	uint32_t dim = machine->config.dim, k, j;
	float logit = machine->intercept.value[0], pairs = 0.0f;

	memset(machine->sum, 0, sizeof(float) * dim);
	for (k = 0; k < count; k++) {
		const float *v = lazy_row(&machine->factor, on[k]);

		logit += machine->weight.value[on[k]];
		for (j = 0; j < dim; j++) {
			machine->sum[j] += v[j];
			pairs -= v[j] * v[j];
		}
	}
	for (j = 0; j < dim; j++)
		pairs += machine->sum[j] * machine->sum[j];
	return logit + 0.5f * pairs;
}

static float score(void *model, const struct context *context, uint32_t row)
{
	uint32_t on[ON_MOST], count = features_on(context, &context->row[row], on);

	return logit_of(model, on, count);
}

static void learn(void *model, const struct context *context, const uint32_t *row, uint32_t count)
{
	struct machine *machine = model;
	uint32_t dim = machine->config.dim, r, k, j;
	float l2 = machine->config.l2, rate = machine->config.rate;

	for (r = 0; r < count; r++) {
		const struct context_row *at = &context->row[row[r]];
		uint32_t on[ON_MOST], ons = features_on(context, at, on);
		double chance = context_chance((double)logit_of(machine, on, ons));
		float off = (float)(chance - at->label) / (float)count;

		lazy_gradient(&machine->intercept, 0)[0] += off;
		for (k = 0; k < ons; k++) {
			const float *v = lazy_row(&machine->factor, on[k]);
			float *gradient = lazy_gradient(&machine->factor, on[k]);

			lazy_gradient(&machine->weight, on[k])[0] += off;
			for (j = 0; j < dim; j++)
				gradient[j] += off * (machine->sum[j] - v[j]);
		}
	}
	lazy_step(&machine->intercept, rate, 0.0f);
	lazy_step(&machine->weight, rate, l2);
	if (dim > 0)
		lazy_step(&machine->factor, rate, l2);
}

int machine_fit(const struct context *context, const struct machine_config *config,
		struct context_result *out)
{
	const struct train_data *data = context->data;
	uint32_t features = data->users + data->items + data->values;
	struct machine machine = { .config = *config };
	struct context_learner learner = { &machine, learn, score, config->seed, BATCH, EPOCHS,
					   PATIENCE };
	int result = TACIT_E_MEMORY;

	machine.sum = calloc((size_t)config->dim + 1, sizeof(float));
	if ((lazy_new(&machine.intercept, 1, 1, 0.0f, 0) | lazy_new(&machine.weight, features, 1,
								    0.0f, 0) |
	     lazy_new(&machine.factor, features, config->dim, SPREAD, config->seed)) == 0 &&
	    machine.sum != NULL)
		result = context_fit(context, &learner, out);
	lazy_free(&machine.intercept);
	lazy_free(&machine.weight);
	lazy_free(&machine.factor);
	free(machine.sum);
	return result;
}
