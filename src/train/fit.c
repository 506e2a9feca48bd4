/*
 * The search: candidates of `follow` while there is time for them and for fitting them again, two
 * of them side by side where that is better, then the closed forms.
 */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blend.h"
#include "candidates.h"
#include "gemm.h"
#include "gemm_bf16.h"
#include "ranks.h"

#define DEFAULT_SECONDS 900.0
#define MOMENTS_GAIN 1.001	/* of what a clock tells, else it is left out */
#define PARTS_SHARE 0.3		/* at most, for choosing closed forms and fitting them again */
#define JOIN_GAIN 0.005		/* relative: a second model costs an answer its columns */
#define JOIN_DIM (LIMIT_DIM - 64)	/* the rest is for words */

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

/* One of the models of `follow` again: from scratch, or going on from where it was chosen. */
static int follow_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
			const struct fit_options *options, const struct follow_config *config,
			const struct follow_model *chosen, struct follow_model **out,
			struct error *error)
{
	struct follow_config again = *config;

	if (again.refit_epochs != 0) {
		again.start = chosen;
		again.epochs = again.refit_epochs;
		again.rate = again.rate / 4.0f;
	}
	again.keep = options->keep;
	return train_one(data, start, end, options, &again, "fitting on all", 0.0, NULL, out,
			 error);
}

int fit_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const struct fit_options *options, const struct fit_config *config,
	      const struct fit_model *chosen, struct fit_model *model, struct error *error)
{
	int result;

	memset(model, 0, sizeof(*model));
	if (options->keep != NULL) {
		*options->kept = *config;
		options->keep->phase = 2;
	}
	result = follow_again(data, start, end, options, &config->follow, chosen->one[0],
			      &model->one[0], error);
	model->follow = model->one[0];
	if (result == 0 && config->second_weight > 0.0f) {
		result = follow_again(data, start, end, options, &config->second, chosen->one[1],
				      &model->one[1], error);
		if (result == 0)
			result = follow_join(model->one[0], model->one[1], config->second_weight,
					     &model->follow, error);
	}
	if (result == 0)
		result = parts_again(data, start, end, config, model, error);
	if (result != 0)
		fit_model_free(model);
	return result;
}

void fit_model_free(struct fit_model *model)
{
	if (model->follow != model->one[0])
		follow_free(model->follow);
	follow_free(model->one[0]);
	follow_free(model->one[1]);
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
		snprintf(line, sizeof(line), "tried follow d=%u banks=%u dropout=%.2f rate=%.4f "
			 "epochs=%u%s: validation NDCG@10 %.4f (%.0f s)", config->dim,
			 config->banks, (double)config->drop_in, (double)config->rate,
			 config->epochs, config->moments != NULL ? " moments" : "", quality,
			 seconds);
	options->say(options->context, line);
}

static void say_sum(const struct fit_options *options, const struct follow_config *a,
		    const struct follow_config *b, float weight, double quality, double seconds)
{
	char line[200];

	if (options->say == NULL)
		return;
	snprintf(line, sizeof(line), "tried follow d=%u dropout=%.2f + %.1f follow d=%u "
		 "dropout=%.2f: validation NDCG@10 %.4f (%.0f s)", a->dim, (double)a->drop_in,
		 (double)weight, b->dim, (double)b->drop_in, quality, seconds);
	options->say(options->context, line);
}

/* Trains one candidate within `most` seconds (0: however long) and measures it. */
static int try_candidate(const struct train_data *data, const struct split *split,
			 const struct fit_options *options, const struct follow_config *trial,
			 double most, double *projected, struct follow_model **made,
			 double *quality, struct error *error)
{
	double started = ranks_seconds();
	int result = train_one(data, split->start, split->fit_end, options, trial,
			       "choosing on validation", most, projected, made, error);

	if (result == 0)
		result = measure(data, split, options, trial, *made, quality, error);
	if (result == 0)
		say(options, trial, *quality, ranks_seconds() - started);
	return result;
}

/* The share of its time that a candidate has before it is fitted again. */
static double first_share(const struct follow_config *config)
{
	return config->refit_epochs == 0 ? 0.5 : (double)config->epochs /
						 (config->epochs + config->refit_epochs);
}

/* What was tried of `follow`. */
struct trial {
	struct follow_config config;
	struct follow_model *model;
	double quality, seconds;
};

struct trials {
	struct trial list[CANDIDATES_MOST];
	uint32_t count;
};

static void trials_free(struct trials *trials)
{
	while (trials->count > 0)
		follow_free(trials->list[--trials->count].model);
}

static int better(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;

	return (x->quality < y->quality) - (x->quality > y->quality);
}

/* The best once more the other way, with moments or without, where there is time. */
static int try_moments(const struct train_data *data, const struct split *split,
		       const struct fit_options *options, double left, struct trial *best,
		       struct error *error)
{
	struct trial other = { .config = best->config };
	double began = ranks_seconds();
	int result;

	if (!candidates_moments(data, options) || candidates_given(options) ||
	    best->config.epochs == 0 || left < 1.3 * best->seconds / first_share(&best->config))
		return 0;
	other.config.moments = best->config.moments == NULL ? options->moments : NULL;
	result = try_candidate(data, split, options, &other.config, 0.0, NULL, &other.model,
			       &other.quality, error);
	other.seconds = ranks_seconds() - began;
	if (result == 0 && (other.config.moments == NULL ? other.quality >= best->quality :
			    other.quality > best->quality * MOMENTS_GAIN)) {
		follow_free(best->model);
		*best = other;
		other.model = NULL;
	}
	follow_free(other.model);
	return result;
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

/* Candidates of `follow`, the best first. A first one that turns out to be too slow for the budget
 * on this machine, as busy as it is, gives way to a smaller one. */
static int try_follow(const struct train_data *data, const struct split *split,
		      const struct fit_options *options, double speed, double budget,
		      struct trials *trials, struct error *error)
{
	double began = ranks_seconds(), slowness = 1.0;
	struct candidate list[CANDIDATES_MOST];
	uint32_t count = candidates_make(data, options, speed, budget, list), c;
	int result = 0;

	if (options->keep != NULL)
		count = 1;
	for (c = 0; result == 0 && c < count; c++) {
		struct trial *trial = &trials->list[trials->count];
		double started = ranks_seconds(), left = budget - (started - began);
		double most, projected, expected;

		memset(trial, 0, sizeof(*trial));
		candidates_configure(&trial->config, &list[c], data, options);
		keep(options, &trial->config);
		expected = candidates_cost(data, options, &list[c], speed);
		/* a further candidate must leave time for its own refit, at the speed that the
		 * last one had */
		if (c > 0 && left < 1.1 * expected * slowness)
			continue;
		most = c > 0 || candidates_given(options) || options->keep != NULL ||
		       list[c].epochs == 0 ? 0.0 : left * first_share(&trial->config);
		result = try_candidate(data, split, options, &trial->config, most, &projected,
				       &trial->model, &trial->quality, error);
		if (projected > 0.0) {		/* the speed is what was seen; once more */
			speed *= fmin(expected * first_share(&trial->config) / projected, 0.7);
			left = budget - (ranks_seconds() - began);
			count = candidates_make(data, options, speed, left, list);
			c = UINT32_MAX;
			result = 0;
			continue;
		}
		trial->seconds = ranks_seconds() - started;
		slowness = trial->seconds / (expected * first_share(&trial->config) + 1e-3);
		trials->count++;
	}
	qsort(trials->list, trials->count, sizeof(trials->list[0]), better);
	if (result == 0 && options->keep == NULL)
		result = try_moments(data, split, options, budget - (ranks_seconds() - began),
				     &trials->list[0], error);
	return result;
}

/* Seconds to fit what was tried again. */
static double again_seconds(const struct trial *trial)
{
	const struct follow_config *config = &trial->config;

	if (config->epochs == 0)
		return 0.0;
	return config->refit_epochs == 0 ? trial->seconds :
	       trial->seconds * config->refit_epochs / config->epochs;
}

/* The best of what was tried with one of the others beside it, where the sum of both is worth its
 * columns: models that learned otherwise are wrong about other things. Takes what it keeps of
 * `trials`; *again is how long fitting it again takes, at most `seconds` but for the best's. */
static int choose_sum(const struct train_data *data, const struct split *split,
		      const struct fit_options *options, struct trials *trials, double seconds,
		      struct fit_config *config, struct fit_model *model, double *again,
		      struct error *error)
{
	static const float weights[] = { 1.0f, 0.5f };
	struct trial *best = &trials->list[0];
	double most = best->quality * (1.0 + JOIN_GAIN);
	uint32_t c, w, taken = 0;
	int result = 0;

	config->follow = best->config;
	model->follow = best->model;
	best->model = NULL;
	model->one[0] = model->follow;
	*again = again_seconds(best);
	for (c = 1; result == 0 && c < trials->count; c++) {
		struct trial *other = &trials->list[c];
		double quality, began = ranks_seconds();

		if (best->config.dim + other->config.dim > JOIN_DIM ||
		    model->one[0]->moments != other->model->moments ||
		    again_seconds(best) + again_seconds(other) > seconds)
			continue;
		for (w = 0; result == 0 && w < sizeof(weights) / sizeof(weights[0]); w++) {
			struct follow_model *sum;

			result = follow_join(model->one[0], other->model, weights[w], &sum, error);
			if (result == 0)
				result = measure(data, split, options, &best->config, sum,
						 &quality, error);
			if (result == 0)
				say_sum(options, &best->config, &other->config, weights[w],
					quality, ranks_seconds() - began);
			if (result == 0 && quality > most) {
				most = quality;
				taken = c;
				if (model->follow != model->one[0])
					follow_free(model->follow);
				model->follow = sum;
				config->second = other->config;
				config->second_weight = weights[w];
				*again = again_seconds(best) + again_seconds(other);
				sum = NULL;
			}
			if (result == 0)
				follow_free(sum);
		}
	}
	if (taken > 0) {
		model->one[1] = trials->list[taken].model;
		trials->list[taken].model = NULL;
	}
	return result;
}

/* The best sum of candidates of `follow`, and how long fitting it again takes. */
static int choose_follow(const struct train_data *data, const struct split *split,
			 const struct fit_options *options, double speed, double budget,
			 struct fit_config *config, struct fit_model *model, double *again,
			 struct error *error)
{
	double began = ranks_seconds();
	struct trials trials = { .count = 0 };
	int result = try_follow(data, split, options, speed, budget, &trials, error);

	if (result == 0)
		result = choose_sum(data, split, options, &trials,
				    budget - (ranks_seconds() - began), config, model, again,
				    error);
	trials_free(&trials);
	return result;
}

int fit_choose(const struct train_data *data, const struct split *split,
	       const struct fit_options *options, struct fit_config *config,
	       struct fit_model *model, struct error *error)
{
	double budget = options->seconds > 0.0 ? options->seconds : DEFAULT_SECONDS;
	double began = ranks_seconds(), speed, parts = 0.0, again = 0.0;
	int result = gemm_load(error);

	memset(config, 0, sizeof(*config));
	memset(model, 0, sizeof(*model));
	if (result != 0)
		return result;
	speed = candidates_speed(data->items);
	if (options->say != NULL) {
		char line[80];

		snprintf(line, sizeof(line), "products of follow: %s", gemm_kernel());
		options->say(options->context, line);
	}
	if (!candidates_given(options))
		parts = parts_seconds(data, options, speed, PARTS_SHARE * budget);
	result = choose_follow(data, split, options, speed, budget - parts, config, model, &again,
			       error);
	if (result == 0) {
		/* what follow left over but for its refit */
		double spent = ranks_seconds() - began;

		/* no time to begin anew: the refit goes on from what was chosen */
		if (!candidates_given(options) && config->follow.refit_epochs == 0 &&
		    config->follow.epochs > 0 && budget - spent - parts < 0.8 * again) {
			config->follow.refit_epochs = 1;
			config->second.refit_epochs = 1;
			again /= config->follow.epochs;
		}
		if (parts > 0.0 && budget - spent - again > parts)
			parts = budget - spent - again;
		result = parts_choose(data, split, options, speed, parts, config, model, error);
	}
	if (result != 0)
		fit_model_free(model);
	return result;
}
