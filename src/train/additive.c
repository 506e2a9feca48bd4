/* The additive model of rows: batches, Adam on what they touch. */
#include "additive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/random.h"
#include "follow_inside.h"
#include "lazy.h"

#define BATCH 512
#define EPOCHS 100
#define PATIENCE 3
#define SPREAD 0.05f

enum { P, Q, C, ITEM, USER, VALUE, SELF, TABLES };

struct additive {
	struct additive_config config;
	struct lazy table[TABLES];	/* rows of dim; b, a, c, and d with s behind the last */
	float *strength;		/* [most + 1]: the w of so many events of an item */
	float *h, *kept, *dh;		/* [dim]; kept: h after dropout */
	float norm, own;		/* n^-alpha; what the row's own item has in the history */
	uint64_t step;
};

static CLONES void add_times(float *restrict to, float factor, const float *restrict from,
			     size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] += factor * from[j];
}

/* The weight of the nth item of the history, without the event that the row is seen without. */
static float weight_at(const struct additive *additive, const struct context *context,
		       const struct context_row *row, uint64_t n)
{
	return additive->strength[context->times[n] - (context->had[n] == row->left)];
}

/* h, n^-alpha and the weight of the row's own item. */
static void state(struct additive *additive, const struct context *context,
		  const struct context_row *row)
{
	const struct train_data *data = context->data;
	const uint32_t *moment = data->moment + (size_t)row->event * data->features;
	uint32_t dim = additive->config.dim, f, j;
	float sum = 0.0f;
	uint64_t n;

	memset(additive->h, 0, sizeof(float) * dim);
	additive->own = 0.0f;
	for (n = context->start[row->user]; n < context->start[row->user + 1]; n++) {
		float weight = weight_at(additive, context, row, n);

		sum += weight;
		if (context->had[n] == row->item)
			additive->own = weight;
		add_times(additive->h, weight, lazy_row(&additive->table[P], context->had[n]), dim);
	}
	additive->norm = sum > 0.0f ? powf(sum, -additive->config.alpha) : 0.0f;
	for (j = 0; j < dim; j++)
		additive->h[j] *= additive->norm;
	for (f = 0; f < data->features; f++)
		if (moment[f] != 0)
			add_times(additive->h, 1.0f, lazy_row(&additive->table[C], moment[f] - 1),
				  dim);
}

/* The logit for a state h. */
static float logit_of(const struct additive *additive, const struct context *context,
		      const struct context_row *row, const float *h)
{
	const struct train_data *data = context->data;
	const uint32_t *moment = data->moment + (size_t)row->event * data->features;
	const struct lazy *table = additive->table;
	float logit = table[ITEM].value[row->item] + table[USER].value[row->user];
	uint32_t f;

	logit += additive->own * (table[SELF].value[data->items] + table[SELF].value[row->item]);
	for (f = 0; f < data->features; f++)
		if (moment[f] != 0)
			logit += table[VALUE].value[moment[f] - 1];
	return logit + kernels_dot(h, lazy_row(&table[Q], row->item), additive->config.dim);
}

static float score(void *model, const struct context *context, uint32_t row)
{
	struct additive *additive = model;

	state(additive, context, &context->row[row]);
	return logit_of(additive, context, &context->row[row], additive->h);
}

/* The gradient of one row, `off` that of its logit. */
static void back(struct additive *additive, const struct context *context,
		 const struct context_row *row, float off, uint64_t mask)
{
	const struct train_data *data = context->data;
	const uint32_t *moment = data->moment + (size_t)row->event * data->features;
	uint32_t dim = additive->config.dim, f, j;
	struct lazy *table = additive->table;
	uint64_t n;

	for (j = 0; j < dim; j++)
		additive->dh[j] = off * lazy_row(&table[Q], row->item)[j];
	kernels_dropout(additive->dh, additive->dh, dim, additive->config.drop, mask);
	add_times(lazy_gradient(&table[Q], row->item), off, additive->kept, dim);
	lazy_gradient(&table[ITEM], row->item)[0] += off;
	lazy_gradient(&table[USER], row->user)[0] += off;
	if (additive->own > 0.0f) {
		lazy_gradient(&table[SELF], row->item)[0] += off * additive->own;
		lazy_gradient(&table[SELF], data->items)[0] += off * additive->own;
	}
	for (f = 0; f < data->features; f++)
		if (moment[f] != 0) {
			add_times(lazy_gradient(&table[C], moment[f] - 1), 1.0f, additive->dh, dim);
			lazy_gradient(&table[VALUE], moment[f] - 1)[0] += off;
		}
	for (n = context->start[row->user]; n < context->start[row->user + 1]; n++) {
		float weight = additive->norm * weight_at(additive, context, row, n);

		if (weight > 0.0f)
			add_times(lazy_gradient(&table[P], context->had[n]), weight, additive->dh,
				  dim);
	}
}

static void learn(void *model, const struct context *context, const uint32_t *row, uint32_t count)
{
	struct additive *additive = model;
	uint32_t r, t;

	for (r = 0; r < count; r++) {
		const struct context_row *at = &context->row[row[r]];
		struct random random = { additive->config.seed ^ additive->step++ << 16 };
		uint64_t mask = random_u64(&random);
		float logit, off;

		state(additive, context, at);
		kernels_dropout(additive->kept, additive->h, additive->config.dim,
				additive->config.drop, mask);
		logit = logit_of(additive, context, at, additive->kept);
		off = (float)(context_chance((double)logit) - at->label) / (float)count;
		back(additive, context, at, off, mask);
	}
	for (t = 0; t < TABLES; t++)
		lazy_step(&additive->table[t], additive->config.rate, additive->config.l2);
}

static int additive_new(struct additive *additive, const struct context *context)
{
	const struct train_data *data = context->data;
	const struct additive_config *config = &additive->config;
	uint32_t dim = config->dim, most = 1, k;
	int failed = 0;
	uint64_t n;

	for (n = 0; n < context->start[data->users]; n++)
		most = context->times[n] > most ? context->times[n] : most;
	additive->strength = calloc((size_t)most + 1, sizeof(float));
	additive->h = calloc(dim, sizeof(float));
	additive->kept = calloc(dim, sizeof(float));
	additive->dh = calloc(dim, sizeof(float));
	failed |= lazy_new(&additive->table[P], data->items, dim, SPREAD, config->seed);
	failed |= lazy_new(&additive->table[Q], data->items, dim, SPREAD, config->seed + 1);
	failed |= lazy_new(&additive->table[C], data->values, dim, 0.0f, 0);
	failed |= lazy_new(&additive->table[ITEM], data->items, 1, 0.0f, 0);
	failed |= lazy_new(&additive->table[USER], data->users, 1, 0.0f, 0);
	failed |= lazy_new(&additive->table[VALUE], data->values, 1, 0.0f, 0);
	failed |= lazy_new(&additive->table[SELF], data->items + 1, 1, 0.0f, 0);
	if (failed || additive->strength == NULL || additive->h == NULL ||
	    additive->kept == NULL || additive->dh == NULL)
		return TACIT_E_MEMORY;
	for (k = 1; k <= most; k++)
		additive->strength[k] = additive->strength[k - 1] +
					powf((float)k, -config->power);
	return 0;
}

int additive_fit(const struct context *context, const struct additive_config *config,
		 struct context_result *out)
{
	struct additive additive = { .config = *config };
	struct context_learner learner = { &additive, learn, score, config->seed, BATCH, EPOCHS,
					   PATIENCE };
	int result = additive_new(&additive, context), t;

	if (result == 0)
		result = context_fit(context, &learner, out);
	for (t = 0; t < TABLES; t++)
		lazy_free(&additive.table[t]);
	free(additive.strength);
	free(additive.h);
	free(additive.kept);
	free(additive.dh);
	return result;
}
