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
#include "blend.h"
#include "gemm.h"
#include "gemm_bf16.h"

#define DEFAULT_SECONDS 900.0
#define CANDIDATES 3
#define LARGE_EVENTS 300000
#define MIDDLE_EVENTS 50000
#define SAMPLED_ITEMS 20000	/* from here on a step looks at a sample of the items, */
#define NEGATIVES 2048		/* drawn so often */
#define FOLLOW_BYTES 9e9	/* of the weights and moments of a catalogue so large */
#define PARTS_SHARE 0.3		/* at most, for choosing closed forms and fitting them again */
#define BUDGET_SHARE 0.85	/* the rest is for reading, measuring, and a slower neighbour */

struct candidate {
	uint32_t dim, epochs;
	float drop, rate;
	uint32_t refit_epochs;		/* 0: as many again */
};

struct watching {
	const struct fit_options *options;
	const char *what;
	double most;			/* seconds that the run may take; 0: no bound */
	double projected;		/* it was stopped because it would take so many; else 0 */
};

/* A run is judged when so much of it is done: an estimate from its first moments is a guess. */
#define JUDGED_SHARE 0.03
#define JUDGED_SECONDS 2.0

static int on_progress(void *context, const struct follow_progress *progress,
		       struct follow_model *model)
{
	struct watching *watching = context;
	char what[128];
	double share = ((double)progress->epoch + (double)progress->done /
			(double)progress->total) / progress->epochs;

	(void)model;
	if (watching->most > 0.0 && share > JUDGED_SHARE && share < 0.5 &&
	    progress->seconds > JUDGED_SECONDS && progress->seconds / share > watching->most) {
		watching->projected = progress->seconds / share;
		return 1;
	}
	if (watching->options->watch == NULL)
		return 0;
	snprintf(what, sizeof(what), "%s, epoch %u of %u, loss %.3f", watching->what,
		 progress->epoch + 1, progress->epochs, progress->loss);
	return watching->options->watch(watching->options->context, what, (int)(share * 1000.0),
					share > 0.0 ? progress->seconds * (1.0 - share) / share
						    : 0.0);
}

/* NDCG@10 of a model on the validation events. */
static int measure(const struct train_data *data, const struct split *split,
		   const struct fit_options *options, const struct follow_config *config,
		   const struct follow_model *model, double *quality, struct error *error)
{
	struct blend *blend;
	int result = blend_new(data, split->valid_from, split->valid_to, model, config,
			       FIT_SCORE_BYTES(data->items), options->threads, &blend, error);

	if (result != 0)
		return result;
	*quality = blend_quality(blend);
	blend_free(blend);
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

/* The same of the bf16 kernel, with Q in the second-level cache. */
static double panel_speed(void)
{
	size_t steps = 4, panels = 64, runs = 0, p;
	uint16_t *panel = calloc((panels + 1) * steps * GEMM_STEP, sizeof(*panel));
	float *c = calloc(GEMM_PANEL * GEMM_PANEL, sizeof(*c));
	double began, spent = 1.0;

	if (panel != NULL && c != NULL) {
		gemm_panels_begin();
		began = clock_seconds();
		do {
			for (p = 1; p <= panels; p++)
				gemm_panel_product(c, GEMM_PANEL, panel,
						   panel + p * steps * GEMM_STEP, steps, false);
			runs++;
			spent = clock_seconds() - began;
		} while (spent < 0.05);
		gemm_panels_end();
	}
	free(panel);
	free(c);
	return 2.0 * (double)(GEMM_PANEL * GEMM_PANEL * GEMM_PANEL * steps * panels * runs) /
	       spent;
}

/* The products (which in bf16 wait for memory about as long as they multiply), a few operations for
 * each logit, the recurrences, and Adam over Q and the rows of P that a batch touches. The factors
 * are seconds as bench/train.c measures them. */
static double epoch_seconds(const struct train_data *data, const struct fit_options *options,
			    const struct follow_config *config, double speed)
{
	double events = (double)data->events, items = data->items;
	double steps = (double)data->users / config->batch, rows = events / steps;
	double weights = config->dim * (items + config->banks * items * (1.0 - exp(-rows / items)));
	static double panels;
	double logit = 6.0 * config->dim / speed + 7e-9;

	if (config->negatives != 0)	/* products, logits; recurrences, Adam on P; on Q */
		return (events * config->negatives * (9.0 * config->dim / speed + 2e-9) +
			events * config->dim * config->banks * 8e-9 +
			steps * config->negatives * config->dim * 8e-9) / options->threads;
	if (gemm_has_panels()) {
		if (panels <= 0.0)
			panels = panel_speed();
		logit = 12.0 * config->dim / panels + 1e-9;
	}
	return (events * items * logit + events * config->dim * config->banks * 4e-9 +
		steps * weights * 3e-9) / options->threads;
}

/* ---- candidates ------------------------------------------------------------------------ */

/* Large sets: one candidate, the first of these that the budget has time for. Short runs want a
 * high rate and no dropout; the last, of no epoch, has zeros for rows and leaves all to the closed
 * forms; those with a refit go on from the chosen model instead of starting
 * anew (docs/decisions.md has the figures). */
static const struct candidate ladder[] = {
	{ 256, 12, 0.3f, 0.0015f, 0 }, { 256, 7, 0.3f, 0.0015f, 0 },
	{ 256, 4, 0.2f, 0.003f, 1 }, { 128, 4, 0.1f, 0.004f, 1 },
	{ 64, 4, 0.0f, 0.006f, 1 }, { 64, 3, 0.0f, 0.006f, 1 }, { 64, 2, 0.0f, 0.006f, 1 },
	{ 32, 2, 0.0f, 0.006f, 1 }, { 32, 1, 0.0f, 0.006f, 1 }, { 32, 0, 0.0f, 0.006f, 0 },
};

/* Beside the first of them where there is time for both: more dropout wants more epochs. */
static const struct candidate slower = { 256, 18, 0.45f, 0.0015f, 0 };

/* Where a step looks at a sample of the items. */
static const struct candidate wide[] = {
	{ 128, 8, 0.1f, 0.003f, 0 }, { 128, 5, 0.1f, 0.003f, 1 }, { 64, 6, 0.1f, 0.003f, 1 },
	{ 64, 4, 0.1f, 0.003f, 1 }, { 64, 3, 0.1f, 0.003f, 1 }, { 64, 2, 0.0f, 0.006f, 1 },
	{ 32, 2, 0.0f, 0.006f, 1 }, { 32, 1, 0.0f, 0.006f, 1 }, { 32, 0, 0.0f, 0.006f, 0 },
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
	if (candidate->epochs == 0)
		config->banks = 1;
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
	config->negatives = options->negatives != 0 ? options->negatives :
			    data->items >= SAMPLED_ITEMS ? NEGATIVES : 0;
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

/* Bytes of the chosen model and of the run that fits it again: weights and two moments. */
static double bytes_of(const struct train_data *data, const struct fit_options *options,
		       const struct candidate *candidate)
{
	struct follow_config config;

	configure(&config, candidate, data, options);
	return 16.0 * data->items * ((double)config.dim * (config.banks + 1) + config.buckets);
}

/* Fills list[CANDIDATES] for a set of that size; how many. */
static uint32_t candidates(const struct train_data *data, const struct fit_options *options,
			   double speed, double budget, struct candidate *list)
{
	bool sampled = data->items >= SAMPLED_ITEMS || options->negatives != 0;
	const struct candidate *steps = sampled ? wide : ladder;
	size_t last = (sampled ? sizeof(wide) : sizeof(ladder)) / sizeof(ladder[0]) - 1, i = 0;
	const struct candidate *set = data->events >= MIDDLE_EVENTS ? middle : small;

	if (!sampled && data->events < LARGE_EVENTS &&
	    cost(data, options, &set[0], speed) <= BUDGET_SHARE * budget) {
		memcpy(list, set, sizeof(middle));
		return CANDIDATES;
	}
	while (i < last && (cost(data, options, &steps[i], speed) > BUDGET_SHARE * budget ||
			    (sampled && bytes_of(data, options, &steps[i]) > FOLLOW_BYTES)))
		i++;
	list[0] = steps[i];
	list[1] = slower;
	return i == 0 && !sampled ? 2 : 1;
}

/* `most` seconds (0: no bound); *projected is how many it would take where that is more
 * (TACIT_E_STOPPED), else 0. */
static int train_one(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		     const struct fit_options *options, const struct follow_config *config,
		     const char *what, double most, double *projected, struct follow_model **model,
		     struct error *error)
{
	struct follow_sequences sequences = { data->users, data->items, start, end, data->item };
	struct watching watching = { options, what, most, 0.0 };
	struct follow_config none = *config;
	int result = config->epochs == 0 ? follow_none(&none, &sequences, model, error) :
		     follow_train(config, &sequences, on_progress, &watching, model, error);

	if (projected != NULL)
		*projected = watching.projected;
	return result;
}

int fit_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const struct fit_options *options, const struct fit_config *config,
	      const struct fit_model *chosen, struct fit_model *model, struct error *error)
{
	struct follow_config again = config->follow;
	int result;

	memset(model, 0, sizeof(*model));
	if (again.refit_epochs != 0) {
		again.start = chosen->follow;
		again.epochs = again.refit_epochs;
		again.rate = again.rate / 4.0f;
	}
	again.keep = options->keep;
	if (options->keep != NULL) {
		*options->kept = *config;
		options->keep->phase = 2;
	}
	result = train_one(data, start, end, options, &again, "fitting on all", 0.0, NULL,
			   &model->follow, error);
	if (result == 0)
		result = parts_again(data, start, end, config, model, error);
	if (result != 0)
		fit_model_free(model);
	return result;
}

void fit_model_free(struct fit_model *model)
{
	follow_free(model->follow);
	pairs_free(model->pairs);
	free(model->length);
	memset(model, 0, sizeof(*model));
}

static void say(const struct fit_options *options, const struct follow_config *config,
		double quality, double seconds)
{
	char line[200];

	if (options->say == NULL)
		return;
	if (config->epochs == 0)
		snprintf(line, sizeof(line), "no time for follow: what many take has validation "
			 "NDCG@10 %.4f", quality);
	else
		snprintf(line, sizeof(line), "tried follow d=%u banks=%u dropout=%.1f rate=%.4f "
			 "epochs=%u: validation NDCG@10 %.4f (%.0f s)", config->dim, config->banks,
			 (double)config->drop_in, (double)config->rate, config->epochs, quality,
			 seconds);
	options->say(options->context, line);
}

static bool all_given(const struct fit_options *options)
{
	return options->dim != 0 && options->epochs != 0 && options->dropout != 0;
}

/* Trains one candidate within `most` seconds (0: however long) and measures it. */
static int try_candidate(const struct train_data *data, const struct split *split,
			 const struct fit_options *options, const struct follow_config *trial,
			 double most, double *projected, struct follow_model **made,
			 double *quality, struct error *error)
{
	double started = clock_seconds();
	int result = train_one(data, split->start, split->fit_end, options, trial,
			       "choosing on validation", most, projected, made, error);

	if (result == 0)
		result = measure(data, split, options, trial, *made, quality, error);
	if (result == 0)
		say(options, trial, *quality, clock_seconds() - started);
	return result;
}

/* The share of its time that a candidate has before it is fitted again. */
static double first_share(const struct follow_config *config)
{
	return config->refit_epochs == 0 ? 0.5 : (double)config->epochs /
						 (config->epochs + config->refit_epochs);
}

/* Where a checkpoint is kept: tells it of the candidate, or takes the one that it is of. */
static void keep(const struct fit_options *options, struct follow_config *trial)
{
	if (options->keep == NULL)
		return;
	if (options->resumed == 1)
		*trial = options->kept->follow;
	trial->start = NULL;
	trial->keep = options->keep;
	memset(options->kept, 0, sizeof(*options->kept));
	options->kept->follow = *trial;
	options->keep->phase = 1;
}

/* The best of the candidates of `follow`, its model, and how long that took to train. A first one
 * that turns out to be too slow for the budget on this machine, as busy as it is, gives way to a
 * smaller one. */
static int choose_follow(const struct train_data *data, const struct split *split,
			 const struct fit_options *options, double speed, double budget,
			 struct follow_config *config, struct follow_model **model,
			 double *seconds, struct error *error)
{
	double began = clock_seconds(), best = -1.0, slowness = 1.0;
	struct candidate list[CANDIDATES];
	uint32_t count = candidates(data, options, speed, budget, list), c;
	struct follow_model *kept = NULL;
	int result = 0;

	if (all_given(options)) {		/* nothing is searched, whatever the time */
		list[0] = data->items >= SAMPLED_ITEMS || options->negatives != 0 ? wide[0] :
			  data->events >= LARGE_EVENTS ? ladder[0] :
			  data->events >= MIDDLE_EVENTS ? middle[0] : small[0];
		count = 1;
	}
	if (options->keep != NULL)
		count = 1;
	for (c = 0; result == 0 && c < count; c++) {
		struct follow_config trial;
		struct follow_model *made = NULL;
		double started = clock_seconds(), left = budget - (started - began);
		double quality = 0.0, most, projected, expected;

		configure(&trial, &list[c], data, options);
		keep(options, &trial);
		expected = cost(data, options, &list[c], speed);
		/* a further candidate must leave time for its own refit, at the speed that the
		 * last one had */
		if (c > 0 && left < 1.1 * expected * slowness)
			continue;
		most = kept != NULL || all_given(options) || options->keep != NULL ||
		       list[c].epochs == 0 ? 0.0 : left * first_share(&trial);
		result = try_candidate(data, split, options, &trial, most, &projected, &made,
				       &quality, error);
		if (projected > 0.0) {		/* the speed is what was seen; once more */
			speed *= fmin(expected * first_share(&trial) / projected, 0.7);
			left = budget - (clock_seconds() - began);
			count = candidates(data, options, speed, left, list);
			c = UINT32_MAX;
			result = 0;
			continue;
		}
		slowness = (clock_seconds() - started) / (expected * first_share(&trial) + 1e-3);
		if (result == 0 && (kept == NULL || quality > best)) {
			best = quality;
			follow_free(kept);
			kept = made;
			*seconds = clock_seconds() - started;
			*config = trial;
			made = NULL;
		}
		follow_free(made);
	}
	if (result == 0)
		*model = kept;
	else
		follow_free(kept);
	return result;
}

int fit_choose(const struct train_data *data, const struct split *split,
	       const struct fit_options *options, struct fit_config *config,
	       struct fit_model *model, struct error *error)
{
	double budget = options->seconds > 0.0 ? options->seconds : DEFAULT_SECONDS;
	double began = clock_seconds(), speed, parts = 0.0, kept = 0.0;
	int result = gemm_load(error);

	memset(config, 0, sizeof(*config));
	memset(model, 0, sizeof(*model));
	if (result != 0)
		return result;
	speed = product_speed(data->items);
	if (options->say != NULL) {
		char line[80];

		snprintf(line, sizeof(line), "products of follow: %s", gemm_kernel());
		options->say(options->context, line);
	}
	if (!all_given(options))
		parts = parts_seconds(data, options, speed, PARTS_SHARE * budget);
	result = choose_follow(data, split, options, speed, budget - parts, &config->follow,
			       &model->follow, &kept, error);
	if (result == 0) {
		/* what follow left over but for its refit */
		double spent = clock_seconds() - began;
		double again = kept * (config->follow.refit_epochs == 0 ? 1.0 :
					(double)config->follow.refit_epochs /
					config->follow.epochs);

		if (config->follow.epochs == 0)
			again = 0.0;

		/* no time to begin anew: the refit goes on from what was chosen */
		if (!all_given(options) && config->follow.refit_epochs == 0 &&
		    config->follow.epochs > 0 && budget - spent - parts < 0.8 * again) {
			config->follow.refit_epochs = 1;
			again = kept / config->follow.epochs;
		}
		if (parts > 0.0 && budget - spent - again > parts)
			parts = budget - spent - again;
		result = parts_choose(data, split, options, speed, parts, config, model, error);
	}
	if (result != 0)
		fit_model_free(model);
	return result;
}
