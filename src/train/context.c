/*
 * Rows, their parts, and the loop that all learners share: shuffled batches, early stopping on
 * validation rows. Usual sizes: 100 thousand to a few million rows.
 */
#include "context.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/random.h"

#define DRAWS 64		/* for one negative; then the person had about everything */

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* A person, a moment, an item. */
static uint64_t key_of(const struct train_data *data, uint32_t user, uint64_t event, uint32_t item)
{
	return hash_bytes(data->moment + event * data->features,
			  sizeof(*data->moment) * data->features,
			  hash_mix(user + 1) + item);
}

static uint64_t *all_keys(const struct train_data *data)
{
	uint64_t *key = malloc(sizeof(*key) * (data->events + 1)), e;
	uint32_t u;

	if (key == NULL)
		return NULL;
	for (u = 0; u < data->users; u++)
		for (e = data->start[u]; e < data->start[u + 1]; e++)
			key[e] = key_of(data, u, e, data->item[e]);
	qsort(key, data->events, sizeof(*key), by_key);
	return key;
}

/* ---- rows ------------------------------------------------------------------------------ */

static void add_row(struct context *out, struct context_row row, struct random *random)
{
	uint32_t draw = random_below(random, 10);
	int part = draw < 7 ? CONTEXT_TRAIN : draw < 9 ? CONTEXT_VALIDATE : CONTEXT_TEST;

	out->part[part][out->count[part]++] = out->rows;
	out->row[out->rows++] = row;
}

static void draw_rows(struct context *out, const uint64_t *key, uint64_t seed)
{
	const struct train_data *data = out->data;
	uint32_t u, n, draws;
	uint64_t e;

	for (u = 0; u < data->users; u++)
		for (e = data->start[u]; e < data->start[u + 1]; e++) {
			struct random random = { hash_mix(seed + 1) ^ e };
			struct context_row row = { u, data->item[e], (uint32_t)e, CONTEXT_NONE, 1 };

			add_row(out, row, &random);
			row.label = 0;
			for (n = 0; n < CONTEXT_NEGATIVES; n++) {
				for (draws = 0; draws < DRAWS; draws++) {
					uint64_t of;

					row.item = random_below(&random, data->items);
					of = key_of(data, u, e, row.item);
					if (bsearch(&of, key, data->events, sizeof(of),
						    by_key) == NULL)
						break;
				}
				if (draws < DRAWS)
					add_row(out, row, &random);
			}
		}
}

/* Which rows train is known: histories, each item once with how often, in order of the rows. */
static int make_histories(struct context *out, uint8_t *trains)
{
	const struct train_data *data = out->data;
	uint64_t *last = calloc((size_t)data->items + 1, sizeof(*last)), e, at = 0;
	uint32_t u, i;

	if (last == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < out->count[CONTEXT_TRAIN]; i++) {
		const struct context_row *row = &out->row[out->part[CONTEXT_TRAIN][i]];

		trains[row->event] |= row->label;
	}
	for (u = 0; u < data->users; u++) {
		out->start[u] = at;
		for (e = data->start[u]; e < data->start[u + 1]; e++) {
			uint32_t item = data->item[e];

			if (!trains[e])
				continue;
			if (last[item] <= out->start[u]) {	/* places from 1 */
				out->had[at] = item;
				out->times[at] = 0;
				last[item] = ++at;
			}
			out->times[last[item] - 1]++;
		}
	}
	out->start[data->users] = at;
	free(last);
	return 0;
}

/* What each row that trains is seen without. A negative row: the event that it was drawn for, or
 * where that does not train another one of the person's, so that lengths tell nothing. */
static void leave_out(struct context *out, const uint8_t *trains)
{
	const struct train_data *data = out->data;
	uint32_t i;

	for (i = 0; i < out->count[CONTEXT_TRAIN]; i++) {
		struct context_row *row = &out->row[out->part[CONTEXT_TRAIN][i]];
		uint64_t first = data->start[row->user], n = data->start[row->user + 1] - first, k;
		uint64_t at = row->event - first;

		for (k = 0; k < n && !trains[first + at]; k++)
			at = (at + 1) % n;
		if (trains[first + at])
			row->left = data->item[first + at];
	}
}

int context_new(const struct train_data *data, uint64_t seed, struct context *out,
		struct error *error)
{
	size_t most = (size_t)data->events * (1 + CONTEXT_NEGATIVES) + 1;
	uint64_t *key = NULL;
	uint8_t *trains;
	int p;

	memset(out, 0, sizeof(*out));
	if (data->features == 0)
		return error_set(error, TACIT_E_FORMAT, "no column of the interactions begins with "
				 "@: name what is known of the moment, such as @weather");
	if (data->events >= UINT32_MAX / 4)
		return error_set(error, TACIT_E_LIMIT, "too many events for this protocol");
	out->data = data;
	key = all_keys(data);
	trains = calloc(data->events + 1, 1);
	out->row = malloc(sizeof(*out->row) * most);
	out->start = calloc((size_t)data->users + 1, sizeof(*out->start));
	out->had = malloc(sizeof(*out->had) * (data->events + 1));
	out->times = malloc(sizeof(*out->times) * (data->events + 1));
	for (p = 0; p < CONTEXT_PARTS; p++)
		out->part[p] = malloc(sizeof(uint32_t) * most);
	if (key != NULL && trains != NULL && out->row != NULL && out->start != NULL &&
	    out->had != NULL && out->times != NULL && out->part[0] != NULL &&
	    out->part[1] != NULL && out->part[2] != NULL) {
		draw_rows(out, key, seed);
		p = make_histories(out, trains);
		if (p == 0)
			leave_out(out, trains);
	} else {
		p = TACIT_E_MEMORY;
	}
	free(key);
	free(trains);
	if (p != 0) {
		context_free(out);
		return error_memory(error);
	}
	return 0;
}

void context_free(struct context *context)
{
	int p;

	free(context->row);
	free(context->start);
	free(context->had);
	free(context->times);
	for (p = 0; p < CONTEXT_PARTS; p++)
		free(context->part[p]);
	memset(context, 0, sizeof(*context));
}

/* ---- quality --------------------------------------------------------------------------- */

struct scored {
	float logit;
	uint8_t label;
};

static int by_logit(const void *a, const void *b)
{
	float x = ((const struct scored *)a)->logit, y = ((const struct scored *)b)->logit;

	return x < y ? -1 : x > y;
}

double context_chance(double logit)
{
	return 1.0 / (1.0 + exp(-logit));
}

int context_quality(const struct context *context, int part, const float *logit,
		    struct context_quality *out)
{
	uint32_t n = context->count[part], i, j;
	struct scored *scored = malloc(sizeof(*scored) * ((size_t)n + 1));
	double pairs = 0.0, positives = 0.0, negatives = 0.0, loss = 0.0;

	if (scored == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < n; i++) {
		double x = logit[i];

		scored[i].logit = logit[i];
		scored[i].label = context->row[context->part[part][i]].label;
		x = scored[i].label ? -x : x;
		loss += x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
	}
	qsort(scored, n, sizeof(*scored), by_logit);
	for (i = 0; i < n; i = j) {	/* runs of equal scores */
		double up = 0.0, down = 0.0;

		for (j = i; j < n && !(scored[j].logit > scored[i].logit); j++) {
			up += scored[j].label;
			down += !scored[j].label;
		}
		pairs += up * (negatives + down / 2.0);
		positives += up;
		negatives += down;
	}
	free(scored);
	out->auc = positives > 0.0 && negatives > 0.0 ? pairs / (positives * negatives) : 0.5;
	out->logloss = n > 0 ? loss / n : 0.0;
	return 0;
}

/* ---- learning -------------------------------------------------------------------------- */

static int measure(const struct context *context, const struct context_learner *learner, int part,
		   float *logit, struct context_quality *out)
{
	uint32_t i;

	for (i = 0; i < context->count[part]; i++)
		logit[i] = learner->score(learner->model, context, context->part[part][i]);
	return context_quality(context, part, logit, out);
}

int context_fit(const struct context *context, const struct context_learner *learner,
		struct context_result *out)
{
	uint32_t count = context->count[CONTEXT_TRAIN], most = context->rows + 1, epoch, i;
	uint32_t *order = malloc(sizeof(*order) * most);
	float *logit = malloc(sizeof(*logit) * most);
	struct random random = { learner->seed };
	int result = order == NULL || logit == NULL ? TACIT_E_MEMORY : 0;

	memset(out, 0, sizeof(*out));
	out->validation.logloss = INFINITY;
	if (result == 0 && count > 0)
		memcpy(order, context->part[CONTEXT_TRAIN], sizeof(*order) * count);
	for (epoch = 1; result == 0 && epoch <= learner->epochs; epoch++) {
		struct context_quality quality;

		for (i = count; i > 1; i--) {		/* Fisher, Yates */
			uint32_t j = random_below(&random, i), swap = order[i - 1];

			order[i - 1] = order[j];
			order[j] = swap;
		}
		for (i = 0; i < count; i += learner->batch)
			learner->learn(learner->model, context, order + i,
				       count - i < learner->batch ? count - i : learner->batch);
		result = measure(context, learner, CONTEXT_VALIDATE, logit, &quality);
		if (result == 0 && quality.logloss < out->validation.logloss) {
			out->validation = quality;
			out->epochs = epoch;
			result = measure(context, learner, CONTEXT_TEST, logit, &out->test);
		}
		if (epoch >= out->epochs + learner->patience)
			break;
	}
	free(order);
	free(logit);
	return result;
}
