/* The settings that are tried, side by side on the threads; what one makes depends on no other. */
#include "context.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "train/additive.h"
#include "train/machine.h"

#define DEFAULT_SECONDS 900.0

enum method { LINEAR, MACHINE, ADDITIVE, METHODS };

static const char *const method_name[METHODS] = { "logistic regression", "factorisation machine",
						  "additive" };

struct setting {
	enum method method;
	uint32_t dim;
	float rate, l2, drop, power, alpha;
};

/* The likely best of each method first: these are tried whatever the time. */
static const struct setting settings[] = {
	{ LINEAR, 0, 0.01f, 1e-6f, 0.0f, 0.0f, 0.0f },
	{ MACHINE, 64, 0.003f, 1e-5f, 0.0f, 0.0f, 0.0f },
	{ ADDITIVE, 32, 0.003f, 1e-5f, 0.5f, 1.0f, 0.5f },
	{ MACHINE, 128, 0.003f, 1e-5f, 0.0f, 0.0f, 0.0f },
	{ ADDITIVE, 64, 0.003f, 1e-5f, 0.5f, 1.0f, 0.5f },
	{ MACHINE, 128, 0.01f, 1e-5f, 0.0f, 0.0f, 0.0f },
	{ ADDITIVE, 32, 0.003f, 1e-5f, 0.5f, 1.0f, 0.0f },
	{ MACHINE, 64, 0.02f, 1e-5f, 0.0f, 0.0f, 0.0f },
	{ ADDITIVE, 32, 0.003f, 1e-5f, 0.5f, 4.0f, 0.5f },
	{ MACHINE, 64, 0.01f, 1e-5f, 0.0f, 0.0f, 0.0f },
	{ ADDITIVE, 32, 0.01f, 1e-5f, 0.5f, 1.0f, 0.5f },
	{ LINEAR, 0, 0.01f, 1e-5f, 0.0f, 0.0f, 0.0f },
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

struct trials {
	const struct context *context;
	const struct fit_options *options;
	double until;			/* no further one begins behind this */
	struct context_result result[SETTINGS];
	double seconds[SETTINGS];
	int failed[SETTINGS];		/* 1: was not begun; negative: an error */
};

static void try_setting(void *context, size_t index, size_t worker)
{
	struct trials *trials = context;
	const struct setting *setting = &settings[index];
	uint64_t seed = trials->options->seed;
	double began = clock_seconds();

	(void)worker;
	trials->failed[index] = 1;
	if (index >= METHODS && began > trials->until)
		return;
	if (setting->method == ADDITIVE) {
		struct additive_config config = { setting->dim, setting->rate, setting->l2,
						  setting->drop, setting->power, setting->alpha,
						  seed };

		trials->failed[index] = additive_fit(trials->context, &config,
						     &trials->result[index]);
	} else {
		struct machine_config config = { setting->dim, setting->rate, setting->l2, seed };

		trials->failed[index] = machine_fit(trials->context, &config,
						    &trials->result[index]);
	}
	trials->seconds[index] = clock_seconds() - began;
}

static void describe(const struct setting *setting, char *out, size_t max)
{
	int size = snprintf(out, max, "%s(", method_name[setting->method]);

	if (size < 0 || (size_t)size >= max)
		return;
	out += size;
	max -= (size_t)size;
	if (setting->method == ADDITIVE)
		snprintf(out, max, "d=%u rate=%.4f l2=%.0e dropout=%.1f power=%.1f alpha=%.1f)",
			 setting->dim, (double)setting->rate, (double)setting->l2,
			 (double)setting->drop, (double)setting->power, (double)setting->alpha);
	else
		snprintf(out, max, "d=%u rate=%.4f l2=%.0e)", setting->dim, (double)setting->rate,
			 (double)setting->l2);
}

static void tell(const struct trials *trials, size_t s)
{
	const struct context_result *result = &trials->result[s];
	char what[120], line[240];

	if (trials->options->say == NULL || trials->failed[s] != 0)
		return;
	describe(&settings[s], what, sizeof(what));
	snprintf(line, sizeof(line), "tried %s: validation AUC %.4f logloss %.4f (%u epochs, "
		 "%.0f s)", what, result->validation.auc, result->validation.logloss,
		 result->epochs, trials->seconds[s]);
	trials->options->say(trials->options->context, line);
}

/* The test figures of the method's setting that is best on validation rows. */
static void keep_best(const struct trials *trials, enum method method,
		      struct context_quality *out, struct context_figures *figures)
{
	size_t best = SETTINGS, s, used = strlen(figures->params);

	for (s = 0; s < SETTINGS; s++)
		if (settings[s].method == method && trials->failed[s] == 0 &&
		    (best == SETTINGS || trials->result[s].validation.logloss <
					 trials->result[best].validation.logloss))
			best = s;
	if (best == SETTINGS)
		return;
	*out = trials->result[best].test;
	if (used > 0)
		used += (size_t)snprintf(figures->params + used, sizeof(figures->params) - used,
					 ", ");
	describe(&settings[best], figures->params + used, sizeof(figures->params) - used);
}

int context_measure(const struct train_data *data, const struct fit_options *options,
		    struct context_figures *out, struct error *error)
{
	double seconds = options->seconds > 0.0 ? options->seconds : DEFAULT_SECONDS;
	struct context context;
	struct trials trials = { .context = &context, .options = options,
				 .until = clock_seconds() + seconds / 2.0 };
	int result = context_new(data, options->seed, &context, error);
	struct pool *pool;
	size_t s;

	memset(out, 0, sizeof(*out));
	if (result != 0)
		return result;
	pool = pool_new(options->threads);
	if (pool == NULL)
		result = error_memory(error);
	else
		pool_run(pool, SETTINGS, try_setting, &trials);
	pool_free(pool);
	for (s = 0; result == 0 && s < SETTINGS; s++) {
		if (trials.failed[s] < 0)
			result = error_memory(error);
		tell(&trials, s);
	}
	if (result == 0) {
		out->rows = context.rows;
		out->tested = context.count[CONTEXT_TEST];
		keep_best(&trials, ADDITIVE, &out->additive, out);
		keep_best(&trials, MACHINE, &out->machine, out);
		keep_best(&trials, LINEAR, &out->linear, out);
	}
	context_free(&context);
	return result;
}
