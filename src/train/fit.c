/*
 * The search. Candidates are ordered by what is likely to be best for that many events; the cost
 * of an epoch is estimated from a timed product and the sizes, and a candidate that would not
 * leave time for its refit gets fewer epochs or a smaller model.
 */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gemm.h"

#define DEFAULT_SECONDS 900.0
#define CANDIDATES 3
#define LARGE_EVENTS 300000
#define MIDDLE_EVENTS 50000
#define BUDGET_SHARE 0.85	/* the rest is for reading, measuring, and a slower neighbour */

struct candidate {
	uint32_t dim, epochs;
	float drop, rate;
	uint32_t refit_epochs;		/* 0: as many again */
};

struct watching {
	const struct fit_options *options;
	const char *what;
};

static int on_progress(void *context, const struct follow_progress *progress,
		       struct follow_model *model)
{
	struct watching *watching = context;
	char what[128];
	double share = ((double)progress->epoch + (double)progress->done /
			(double)progress->total) / progress->epochs;

	(void)model;
	if (watching->options->watch == NULL)
		return 0;
	snprintf(what, sizeof(what), "%s, epoch %u of %u, loss %.3f", watching->what,
		 progress->epoch + 1, progress->epochs, progress->loss);
	return watching->options->watch(watching->options->context, what, (int)(share * 1000.0),
					share > 0.0 ? progress->seconds * (1.0 - share) / share
						    : 0.0);
}

/* ---- measuring ------------------------------------------------------------------------- */

#define MEASURE_ROWS 64

static uint32_t float_rank(const float *score, uint32_t items, uint32_t target)
{
	uint32_t i, before = 0;

	if (score[target] == -INFINITY)
		return UINT32_MAX;
	for (i = 0; i < items; i++)
		before += score[i] > score[target] || (score[i] == score[target] && i < target);
	return before;
}

static void measure_user(const struct follow_model *model, const struct follow_config *config,
			 const struct train_data *data, uint32_t user, uint64_t from, uint64_t to,
			 float *score, uint32_t *rank, struct split_metrics *metrics)
{
	uint32_t bucket = follow_bucket(config->bucket_from, model->buckets,
					from - data->start[user]);
	const float *length = model->length + (size_t)bucket * model->items;
	uint64_t e;
	uint32_t i, count = 0;

	for (i = 0; i < model->items; i++)
		score[i] += length[i];
	for (e = data->start[user]; !config->repeats && e < from; e++)
		score[data->item[e]] = -INFINITY;
	for (e = from; e < to; e++)
		rank[count++] = float_rank(score, model->items, data->item[e]);
	split_metrics_add(metrics, rank, count);
}

int fit_measure(const struct follow_model *model, bool folded, const struct follow_config *config,
		const struct train_data *data, const uint64_t *from, const uint64_t *to,
		struct split_metrics *metrics, struct error *error)
{
	float *state = malloc(sizeof(float) * MEASURE_ROWS * model->dim);
	float *score = malloc(sizeof(float) * MEASURE_ROWS * model->items);
	uint32_t user[MEASURE_ROWS], rows = 0, r, u;
	uint64_t most = 1;
	uint32_t *rank;

	for (u = 0; u < data->users; u++)
		most = to[u] - from[u] > most ? to[u] - from[u] : most;
	rank = malloc(sizeof(uint32_t) * most);
	memset(metrics, 0, sizeof(*metrics));
	if (state == NULL || score == NULL || rank == NULL) {
		free(state);
		free(score);
		free(rank);
		return error_memory(error);
	}
	for (u = 0; u <= data->users; u++) {
		if (rows == MEASURE_ROWS || (u == data->users && rows > 0)) {
			gemm_nt((int)rows, (int)model->items, (int)model->dim, state, model->q,
				score);
			for (r = 0; r < rows; r++)
				measure_user(model, config, data, user[r], from[user[r]],
					     to[user[r]], score + (size_t)r * model->items, rank,
					     metrics);
			rows = 0;
		}
		if (u == data->users || from[u] == to[u])
			continue;
		follow_state(model, folded, data->item + data->start[u], from[u] - data->start[u],
			     state + (size_t)rows * model->dim);
		user[rows++] = u;
	}
	free(state);
	free(score);
	free(rank);
	return 0;
}

/* ---- the cost of an epoch -------------------------------------------------------------- */

/* Flops a second of one thread in a product of the trainer's shape. */
static double product_speed(uint32_t items)
{
	int n = items < 2048 ? (int)items : 2048, k = 128, m = 64, runs = 0;
	float *a = calloc((size_t)m * (size_t)k, sizeof(float));
	float *b = calloc((size_t)n * (size_t)k, sizeof(float));
	float *c = calloc((size_t)m * (size_t)n, sizeof(float));
	double began, spent = 1.0;

	if (a != NULL && b != NULL && c != NULL) {
		gemm_nt(m, n, k, a, b, c);
		began = clock_seconds();
		do {
			gemm_nt(m, n, k, a, b, c);
			runs++;
			spent = clock_seconds() - began;
		} while (spent < 0.05);
	}
	free(a);
	free(b);
	free(c);
	return 2.0 * m * n * k * runs / spent;
}

/* The products, about twelve operations for each logit, and Adam over every weight per step. */
static double epoch_seconds(const struct train_data *data, const struct fit_options *options,
			    const struct follow_config *config, double speed)
{
	double events = (double)data->events, items = data->items;
	double steps = (double)data->users / config->batch;
	double weights = items * config->dim * (config->banks + 1.0);

	return (events * items * (6.0 * config->dim / speed + 4e-9) +
		events * config->dim * config->banks * 6e-9 + steps * weights * 3e-9) /
	       options->threads;
}

/* ---- candidates ------------------------------------------------------------------------ */

/* Large sets: one candidate, the first of these that the budget has time for. Short runs want a
 * high rate and no dropout; those with a refit go on from the chosen model instead of starting
 * anew (docs/decisions.md has the figures). */
static const struct candidate ladder[] = {
	{ 256, 7, 0.3f, 0.0015f, 0 }, { 256, 4, 0.2f, 0.003f, 1 }, { 128, 4, 0.1f, 0.004f, 1 },
	{ 64, 4, 0.0f, 0.006f, 1 }, { 64, 3, 0.0f, 0.006f, 1 }, { 64, 2, 0.0f, 0.006f, 1 },
	{ 32, 2, 0.0f, 0.006f, 1 }, { 32, 1, 0.0f, 0.006f, 1 },
};

static const struct candidate middle[] = {
	{ 64, 24, 0.6f, 0.0015f, 0 }, { 128, 12, 0.5f, 0.0015f, 0 }, { 64, 12, 0.4f, 0.0015f, 0 },
};

static const struct candidate small[] = {
	{ 64, 16, 0.5f, 0.0015f, 0 }, { 32, 24, 0.4f, 0.0015f, 0 }, { 64, 40, 0.7f, 0.0015f, 0 },
};

static void configure(struct follow_config *config, const struct candidate *candidate,
		      const struct train_data *data, const struct fit_options *options)
{
	follow_config_default(config);
	config->dim = options->dim != 0 ? options->dim : candidate->dim;
	config->epochs = options->epochs != 0 ? options->epochs : candidate->epochs;
	config->drop_in = options->dropout != 0 ? (float)options->dropout / 100.0f
						: candidate->drop;
	config->drop_out = config->drop_in;
	config->rate = candidate->rate;
	config->refit_epochs = options->epochs != 0 ? 0 : candidate->refit_epochs;
	config->seed = options->seed;
	config->threads = options->threads;
	config->repeats = options->repeats;
	/* short histories: fewer rows a batch would make the steps noisy */
	while (config->batch < 256 && (double)data->events / data->users * config->batch < 1000.0)
		config->batch *= 2;
}

/* Seconds that a candidate and its refit take. */
static double cost(const struct train_data *data, const struct fit_options *options,
		   const struct candidate *candidate, double speed)
{
	struct follow_config config;
	uint32_t epochs;

	configure(&config, candidate, data, options);
	epochs = config.epochs + (config.refit_epochs != 0 ? config.refit_epochs : config.epochs);
	return epochs * epoch_seconds(data, options, &config, speed);
}

/* Fills list[CANDIDATES] for a set of that size; how many. */
static uint32_t candidates(const struct train_data *data, const struct fit_options *options,
			   double speed, double budget, struct candidate *list)
{
	size_t last = sizeof(ladder) / sizeof(ladder[0]) - 1, i = 0;
	const struct candidate *set = data->events >= MIDDLE_EVENTS ? middle : small;

	if (data->events < LARGE_EVENTS &&
	    cost(data, options, &set[0], speed) <= BUDGET_SHARE * budget) {
		memcpy(list, set, sizeof(middle));
		return CANDIDATES;
	}
	while (i < last && cost(data, options, &ladder[i], speed) > BUDGET_SHARE * budget)
		i++;
	list[0] = ladder[i];
	return 1;
}

static int train_one(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		     const struct fit_options *options, const struct follow_config *config,
		     const char *what, struct follow_model **model, struct error *error)
{
	struct follow_sequences sequences = { data->users, data->items, start, end, data->item };
	struct watching watching = { options, what };

	return follow_train(config, &sequences, on_progress, &watching, model, error);
}

int fit_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const struct fit_options *options, const struct follow_config *config,
	      const struct follow_model *chosen, struct follow_model **model,
	      struct error *error)
{
	struct follow_config again = *config;

	if (config->refit_epochs != 0) {
		again.start = chosen;
		again.epochs = config->refit_epochs;
		again.rate = config->rate / 4.0f;
	}
	return train_one(data, start, end, options, &again, "fitting on all", model, error);
}

static void say(const struct fit_options *options, const struct follow_config *config,
		const struct split_metrics *metrics, double seconds)
{
	char line[200];

	if (options->say == NULL)
		return;
	snprintf(line, sizeof(line), "tried follow d=%u banks=%u dropout=%.1f rate=%.4f epochs=%u: "
		 "validation NDCG@10 %.4f, HR@10 %.4f (%.0f s)", config->dim, config->banks,
		 (double)config->drop_in, (double)config->rate, config->epochs,
		 metrics->ndcg10 / (double)metrics->users,
		 metrics->hr10 / (double)metrics->users, seconds);
	options->say(options->context, line);
}

int fit_choose(const struct train_data *data, const struct split *split,
	       const struct fit_options *options, struct follow_config *config,
	       struct follow_model **model, struct error *error)
{
	double budget = options->seconds > 0.0 ? options->seconds : DEFAULT_SECONDS;
	double began = clock_seconds(), best = -1.0, speed, kept_seconds = 0.0;
	struct candidate list[CANDIDATES];
	bool given = options->dim != 0 && options->epochs != 0 && options->dropout != 0;
	uint32_t count, c;
	struct follow_model *kept = NULL;
	int result = gemm_load(error);

	if (result != 0)
		return result;
	speed = product_speed(data->items);
	count = candidates(data, options, speed, budget, list);
	if (given) {		/* nothing is searched, whatever the time */
		list[0] = data->events >= LARGE_EVENTS ? ladder[0] :
			  data->events >= MIDDLE_EVENTS ? middle[0] : small[0];
		count = 1;
	}
	for (c = 0; result == 0 && c < count; c++) {
		struct follow_config trial;
		struct follow_model *made = NULL;
		struct split_metrics metrics;
		double started = clock_seconds(), left = budget - (started - began), spent;

		configure(&trial, &list[c], data, options);
		/* a further candidate must leave time for its own refit, as the kept one's measured
		 * time tells */
		if (c > 0 && left < kept_seconds + 1.5 * cost(data, options, &list[c], speed))
			continue;
		result = train_one(data, split->start, split->fit_end, options, &trial,
				   "choosing on validation", &made, error);
		if (result == 0)
			result = fit_measure(made, true, &trial, data, split->valid_from,
					     split->valid_to, &metrics, error);
		spent = clock_seconds() - started;
		if (result == 0 && metrics.users > 0)
			say(options, &trial, &metrics, spent);
		if (result == 0 && (kept == NULL || (metrics.users > 0 &&
		    metrics.ndcg10 / (double)metrics.users > best))) {
			best = metrics.users > 0 ? metrics.ndcg10 / (double)metrics.users : 0.0;
			follow_free(kept);
			kept = made;
			kept_seconds = spent;
			*config = trial;
			made = NULL;
		}
		follow_free(made);
	}
	if (result == 0 && model != NULL)
		*model = kept;
	else
		follow_free(kept);
	return result;
}
