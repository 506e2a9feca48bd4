/* Ladders of candidates by the size of the data, and what an epoch costs. */
#include "candidates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gemm.h"
#include "gemm_bf16.h"
#include "ranks.h"

#define LARGE_EVENTS 300000
#define MIDDLE_EVENTS 50000
#define SAMPLED_ITEMS 20000	/* from here on a step looks at a sample of the items, */
#define NEGATIVES 2048		/* drawn so often */
#define FOLLOW_BYTES 9e9	/* of the weights and moments of a catalogue so large */
#define BUDGET_SHARE 0.85	/* the rest is for reading, measuring, and a slower neighbour */

bool candidates_given(const struct fit_options *options)
{
	return options->dim != 0 && options->epochs != 0 && options->dropout != 0;
}

static bool is_sampled(const struct train_data *data, const struct fit_options *options)
{
	return data->items >= SAMPLED_ITEMS || options->negatives != 0;
}

/* A step that looks at a sample knows no moments. */
bool candidates_moments(const struct train_data *data, const struct fit_options *options)
{
	return options->moments != NULL && options->moments->features > 0 &&
	       !is_sampled(data, options);
}

/* ---- the cost of an epoch -------------------------------------------------------------- */

double candidates_speed(uint32_t items)
{
	int n = items < 2048 ? (int)items : 2048, k = 128, m = 64, runs = 0;
	float *a = calloc((size_t)m * (size_t)k, sizeof(float));
	float *b = calloc((size_t)n * (size_t)k, sizeof(float));
	float *c = calloc((size_t)m * (size_t)n, sizeof(float));
	double began, spent = 1.0;

	if (a != NULL && b != NULL && c != NULL) {
		gemm_nt(m, n, k, a, b, c);
		began = ranks_seconds();
		do {
			gemm_nt(m, n, k, a, b, c);
			runs++;
			spent = ranks_seconds() - began;
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
		began = ranks_seconds();
		do {
			for (p = 1; p <= panels; p++)
				gemm_panel_product(c, GEMM_PANEL, panel,
						   panel + p * steps * GEMM_STEP, steps, false);
			runs++;
			spent = ranks_seconds() - began;
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
	{ 256, 14, 0.4f, 0.0015f, 0, 0 }, { 256, 7, 0.3f, 0.0015f, 0, 0 },
	{ 256, 4, 0.2f, 0.003f, 1, 0 }, { 128, 4, 0.1f, 0.004f, 1, 0 },
	{ 64, 4, 0.0f, 0.006f, 1, 0 }, { 64, 3, 0.0f, 0.006f, 1, 0 },
	{ 64, 2, 0.0f, 0.006f, 1, 0 }, { 32, 2, 0.0f, 0.006f, 1, 0 },
	{ 32, 1, 0.0f, 0.006f, 1, 0 }, { 32, 0, 0.0f, 0.006f, 0, 0 },
};

/* Beside the first of them where there is time for both, to stand side by side (fit.c). */
static const struct candidate beside = { 192, 12, 0.4f, 0.0015f, 0, 1 };

/* Where a step looks at a sample of the items. */
static const struct candidate wide[] = {
	{ 128, 8, 0.1f, 0.003f, 0, 0 }, { 128, 5, 0.1f, 0.003f, 1, 0 },
	{ 64, 6, 0.1f, 0.003f, 1, 0 }, { 64, 4, 0.1f, 0.003f, 1, 0 },
	{ 64, 3, 0.1f, 0.003f, 1, 0 }, { 64, 2, 0.0f, 0.006f, 1, 0 },
	{ 32, 2, 0.0f, 0.006f, 1, 0 }, { 32, 1, 0.0f, 0.006f, 1, 0 },
	{ 32, 0, 0.0f, 0.006f, 0, 0 },
};

static const struct candidate middle[CANDIDATES_MOST] = {
	{ 64, 24, 0.6f, 0.0015f, 0, 0 }, { 128, 12, 0.5f, 0.0015f, 0, 1 },
	{ 64, 12, 0.4f, 0.0015f, 0, 2 },
};

static const struct candidate small[CANDIDATES_MOST] = {
	{ 64, 16, 0.5f, 0.0015f, 0, 0 }, { 32, 24, 0.4f, 0.0015f, 0, 1 },
	{ 64, 40, 0.7f, 0.0015f, 0, 2 },
};

void candidates_configure(struct follow_config *config, const struct candidate *candidate,
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
	config->seed = options->seed + candidate->seed;
	config->threads = options->threads;
	config->repeats = options->repeats;
	/* columns were given to be used; what a clock tells is tried beside */
	if (candidates_moments(data, options) && options->moments->columns && candidate->epochs > 0)
		config->moments = options->moments;
	config->negatives = options->negatives != 0 ? options->negatives :
			    data->items >= SAMPLED_ITEMS ? NEGATIVES : 0;
	/* short histories: fewer rows a batch would make the steps noisy */
	while (config->batch < 256 && (double)data->events / data->users * config->batch < 1000.0)
		config->batch *= 2;
}

double candidates_cost(const struct train_data *data, const struct fit_options *options,
		       const struct candidate *candidate, double speed)
{
	struct follow_config config;
	uint32_t epochs;

	candidates_configure(&config, candidate, data, options);
	epochs = config.epochs + (config.refit_epochs != 0 ? config.refit_epochs : config.epochs);
	return epochs * epoch_seconds(data, options, &config, speed);
}

/* Bytes of the chosen model and of the run that fits it again: weights and two moments. */
static double bytes_of(const struct train_data *data, const struct fit_options *options,
		       const struct candidate *candidate)
{
	struct follow_config config;

	candidates_configure(&config, candidate, data, options);
	return 16.0 * data->items * ((double)config.dim * (config.banks + 1) + config.buckets);
}

uint32_t candidates_make(const struct train_data *data, const struct fit_options *options,
			 double speed, double budget, struct candidate *list)
{
	bool sampled = is_sampled(data, options);
	const struct candidate *steps = sampled ? wide : ladder;
	const struct candidate *set = data->events >= MIDDLE_EVENTS ? middle : small;
	size_t last = (sampled ? sizeof(wide) : sizeof(ladder)) / sizeof(ladder[0]) - 1, i = 0;

	if (candidates_given(options)) {	/* nothing is searched, whatever the time */
		list[0] = sampled ? wide[0] : data->events >= LARGE_EVENTS ? ladder[0] : set[0];
		return 1;
	}
	if (!sampled && data->events < LARGE_EVENTS &&
	    candidates_cost(data, options, &set[0], speed) <= BUDGET_SHARE * budget) {
		memcpy(list, set, sizeof(middle));
		return CANDIDATES_MOST;
	}
	while (i < last &&
	       (candidates_cost(data, options, &steps[i], speed) > BUDGET_SHARE * budget ||
		(sampled && bytes_of(data, options, &steps[i]) > FOLLOW_BYTES)))
		i++;
	list[0] = steps[i];
	list[1] = beside;
	return i == 0 && !sampled ? 2 : 1;
}
