/*
 * The closed forms beside `follow`. Each kind in turn: a few settings are fitted, the best setting
 * and weight stays in the sum where it raises validation NDCG@10 by more than a thousandth of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blend.h"
#include "fit.h"
#include "heads.h"
#include "ranks.h"

#define CORE_MAX 16384		/* items between which weights are dense while they are fitted */
#define CORE_BYTES 6e9
#define LEAST_GAIN 0.001	/* relative */
#define SUPPORT_MOST 256	/* weights of an item in one part */
#define SUPPORT_LEAST 48
#define SUPPORT_ALL 64e6	/* of all items in one part */
#define PAIRS_SHARE 2		/* times that in all parts: an answer adds them all */
#define SETTINGS 6
#define NEXT_SHARE 0.7		/* of the time, for what comes next; the rest for the next year */
#define LONG_SUPPORT 128	/* weights of an item in the part that only the next year has */

struct choosing {
	const struct train_data *data;
	const struct split *split;
	const struct fit_options *options;
	struct fit_config *config;
	struct blend *blend;
	struct closed_model *kept[FIT_PARTS];
	double speed, seconds, began, quality;
};

/* ---- cost and size --------------------------------------------------------------------- */

static double fit_seconds(const struct choosing *choosing, const struct closed_config *config)
{
	double banks = config->banks, events = (double)choosing->data->events;
	double pairs = config->kind == CLOSED_RIDGE ? 200.0 * banks * banks : 400.0;

	if (config->kind != CLOSED_RIDGE && config->kind != CLOSED_ALIKE)
		return events * config->window * 1e-8;
	return closed_flops(config) / (0.6 * choosing->speed * choosing->options->threads) +
	       events * pairs * 4e-9;
}

/* The most items whose fit, done `fits` times, leaves time and memory. */
static uint32_t core_within(const struct choosing *choosing, struct closed_config *config,
			    double seconds)
{
	uint32_t most = choosing->data->items < CORE_MAX ? choosing->data->items : CORE_MAX;

	for (config->core = most; config->core > 256; config->core -= config->core / 8)
		if (closed_bytes(config) <= CORE_BYTES &&
		    fit_seconds(choosing, config) <= seconds)
			break;
	return config->core;
}

double parts_seconds(const struct train_data *data, const struct fit_options *options,
		     double speed, double most)
{
	struct choosing choosing = { .data = data, .options = options, .speed = speed };
	struct closed_config ridge = { .kind = CLOSED_RIDGE, .banks = 2 };
	struct closed_config alike = { .kind = CLOSED_ALIKE, .banks = 1 };
	double seconds;

	ridge.core = alike.core = data->items < CORE_MAX ? data->items : CORE_MAX;
	seconds = 4.0 * fit_seconds(&choosing, &ridge) + 9.0 * fit_seconds(&choosing, &alike) +
		  (double)data->users * 2e-4;
	return seconds < most ? seconds : most;
}

/* ---- settings -------------------------------------------------------------------------- */

static uint32_t support(uint32_t items)
{
	double most = SUPPORT_ALL / items;

	return most > SUPPORT_MOST ? SUPPORT_MOST :
	       most < SUPPORT_LEAST ? SUPPORT_LEAST : (uint32_t)most;
}

static struct closed_config setting(const struct choosing *choosing, enum closed_kind kind)
{
	const struct follow_config *follow = &choosing->config->follow;
	struct closed_config config = { .kind = kind, .threads = choosing->options->threads,
					.core = choosing->data->items };

	if (kind == CLOSED_RIDGE) {
		config.buckets = follow->buckets;
		memcpy(config.bucket_from, follow->bucket_from, sizeof(config.bucket_from));
		config.relative = 0.25f;
	}
	if (kind < CLOSED_AGAIN)
		config.support = support(choosing->data->items);
	config.banks = kind == CLOSED_RECENT ? 0 : 1;
	return config;
}

/* window and lambda */
static uint32_t rules_settings(const struct choosing *choosing, struct closed_config *list)
{
	static const struct {
		uint32_t window;
		float lambda;
	} tried[] = { { 10, 10.0f }, { 30, 100.0f }, { 3, 3.0f } };
	uint32_t i;

	for (i = 0; i < 3; i++) {
		list[i] = setting(choosing, CLOSED_RULES);
		list[i].window = tried[i].window;
		list[i].lambda = tried[i].lambda;
	}
	return 3;
}

static uint32_t near_settings(const struct choosing *choosing, struct closed_config *list)
{
	static const float lambda[] = { 3.0f, 30.0f, 100.0f };
	uint32_t i;

	for (i = 0; i < 3; i++) {
		list[i] = setting(choosing, CLOSED_NEAR);
		list[i].window = 100;
		list[i].lambda = lambda[i];
	}
	return 3;
}

static float rho_of(float tau)
{
	return (float)exp(-1.0 / (double)tau);
}

/* Fills list[SETTINGS] in the order in which they are worth their time; how many. */
static uint32_t ridge_settings(const struct choosing *choosing, struct closed_config *list)
{
	static const float lambda[] = { 300.0f, 1000.0f, 100.0f };
	struct closed_config two = setting(choosing, CLOSED_RIDGE), one = two;
	double each = choosing->seconds / 6.0;
	uint32_t i;

	two.banks = 2;
	two.bank[0].rho = rho_of(1.0f);
	two.bank[1].rho = rho_of(20.0f);
	one.bank[0].rho = rho_of(10.0f);
	core_within(choosing, &two, each);
	core_within(choosing, &one, each);
	for (i = 0; i < 3; i++) {	/* both decays where that does not cost items */
		list[i] = (double)two.core >= 0.8 * one.core ? two : one;
		list[i].lambda = lambda[i];
	}
	return 3;
}

static uint32_t alike_settings(const struct choosing *choosing, struct closed_config *list)
{
	static const float lambda[] = { 200.0f, 50.0f, 800.0f, 10.0f };
	uint32_t i;

	for (i = 0; i < 4; i++) {
		list[i] = setting(choosing, CLOSED_ALIKE);
		list[i].lambda = lambda[i];
		core_within(choosing, &list[i], choosing->seconds / 8.0);
	}
	return 4;
}

static uint32_t again_settings(const struct choosing *choosing, struct closed_config *list)
{
	list[0] = setting(choosing, CLOSED_AGAIN);
	return choosing->options->repeats ? 1 : 0;
}

static uint32_t recent_settings(const struct choosing *choosing, struct closed_config *list)
{
	static const float half_life[] = { 0.0f, 0.25f, 0.06f, 0.015f };
	uint32_t i;

	for (i = 0; i < 4; i++) {
		list[i] = setting(choosing, CLOSED_RECENT);
		list[i].half_life = half_life[i];
	}
	return 4;
}

/* ---- trying ---------------------------------------------------------------------------- */

/* Decays that the same weights may be answered with. */
static uint32_t decays(const struct closed_config *config, struct closed_bank *list)
{
	static const struct closed_bank alike[] = {
		{ 1.0f, 0.0f }, { 1.0f, 0.5f }, { 1.0f, 1.0f }, { 0.98f, 0.0f }, { 0.85f, 0.0f },
	};
	static const struct closed_bank rules[] = {
		{ 0.37f, 0.0f }, { 0.72f, 0.0f }, { 0.9f, 0.0f }, { 1.0f, 1.0f }, { 1.0f, 0.5f },
	};
	static const struct closed_bank again[] = {
		{ 1.0f, 0.0f }, { 1.0f, 0.5f }, { 1.0f, 1.0f }, { 0.98f, 0.0f }, { 0.9f, 0.0f },
	};

	list[0] = config->bank[0];
	if (config->kind == CLOSED_RIDGE || config->kind == CLOSED_RECENT)
		return 1;
	memcpy(list, config->kind == CLOSED_ALIKE ? alike :
	       config->kind == CLOSED_AGAIN ? again : rules, sizeof(alike));
	return 5;
}

static void say(const struct choosing *choosing, const struct closed_config *config,
		double quality, double seconds)
{
	static const char *const name[] = { "rules", "near", "ridge", "alike", "again", "recent" };
	char line[200], detail[96] = "";

	if (choosing->options->say == NULL)
		return;
	if (config->kind == CLOSED_RIDGE)
		snprintf(detail, sizeof(detail), " lambda=%.0f decays=%u items=%u",
			 (double)config->lambda, config->banks, config->core);
	else if (config->kind == CLOSED_ALIKE)
		snprintf(detail, sizeof(detail), " lambda=%.0f rho=%.2f power=%.1f items=%u",
			 (double)config->lambda, (double)config->bank[0].rho,
			 (double)config->bank[0].power, config->core);
	else if (config->kind <= CLOSED_NEAR)
		snprintf(detail, sizeof(detail), " window=%u lambda=%.0f rho=%.2f power=%.1f",
			 config->window, (double)config->lambda, (double)config->bank[0].rho,
			 (double)config->bank[0].power);
	else if (config->kind == CLOSED_AGAIN)
		snprintf(detail, sizeof(detail), " rho=%.2f power=%.1f",
			 (double)config->bank[0].rho, (double)config->bank[0].power);
	else
		snprintf(detail, sizeof(detail), " half-life=%.3f of the span",
			 (double)config->half_life);
	snprintf(line, sizeof(line), "tried with %s%s: validation NDCG@10 %.4f (before %.4f, "
		 "%.0f s)", name[config->kind], detail, quality, choosing->quality, seconds);
	choosing->options->say(choosing->options->context, line);
}

static int stopped(const struct choosing *choosing, double share)
{
	if (choosing->options->watch == NULL)
		return 0;
	return choosing->options->watch(choosing->options->context,
					"choosing closed forms on validation",
					(int)(1000.0 * share), 0.0) != 0 ? TACIT_E_STOPPED : 0;
}

/* One setting under its decays: the best of them in *part and *quality. */
static void try_decays(struct choosing *choosing, struct closed_model *model,
		       struct fit_part *part, double *quality)
{
	struct closed_bank bank[8];
	uint32_t count = decays(&model->config, bank), d;

	*quality = -1.0;
	for (d = 0; d < count; d++) {
		double made;
		float weight;

		if (model->config.kind != CLOSED_RIDGE)
			model->config.bank[0] = bank[d];
		weight = blend_try(choosing->blend, model, &made);
		if (made > *quality) {
			*quality = made;
			*part = (struct fit_part){ model->config, weight, false };
		}
	}
	model->config = part->config;
}

/* All settings of a kind, best first as far as anyone knows: further ones while they get better
 * and there is time for them and for fitting again. */
static int try_kind(struct choosing *choosing, const struct closed_config *list, uint32_t count,
		    struct error *error)
{
	struct closed_model *best = NULL;
	struct fit_part part, best_part;
	double quality, most = choosing->quality * (1.0 + LEAST_GAIN) + 1e-6;
	double spent_most = 0.0;
	uint32_t i;
	int result = 0;

	for (i = 0; result == 0 && i < count; i++) {
		struct closed_model *model = NULL;
		double began = ranks_seconds();
		double left = choosing->seconds - (began - choosing->began);

		if (i > 0 && left < 2.5 * spent_most)
			break;
		result = stopped(choosing, 1.0 - left / choosing->seconds);
		if (result == 0)
			result = closed_fit(&list[i], choosing->data, choosing->split->start,
					    choosing->split->fit_end, &model, error);
		if (result != 0)
			break;
		try_decays(choosing, model, &part, &quality);
		spent_most = fmax(spent_most, ranks_seconds() - began);
		say(choosing, &part.config, quality, ranks_seconds() - began);
		if (quality > most) {
			most = quality;
			best_part = part;
			closed_free(best);
			best = model;
			model = NULL;
		}
		closed_free(model);
	}
	if (result == TACIT_E_STOPPED)
		error_set(error, result, "training was stopped");
	if (result != 0 || best == NULL) {
		closed_free(best);
		return result;
	}
	blend_add(choosing->blend, best, best_part.weight);
	choosing->quality = most;
	choosing->kept[choosing->config->parts] = best;
	choosing->config->part[choosing->config->parts++] = best_part;
	return 0;
}

/* Once all kinds stand, each weight again: what came later may have taken its place. */
static int refine(struct choosing *choosing)
{
	static const float factor[] = { -1.0f, -0.7f, -0.4f, -0.2f, 0.25f, 0.6f, 1.0f, 2.0f };
	enum { FACTORS = sizeof(factor) / sizeof(factor[0]) };
	struct fit_config *config = choosing->config;
	uint32_t p, f;

	for (p = config->parts; p-- > 0;) {
		struct fit_part *part = &config->part[p];
		float weight[FACTORS], more;
		double quality;

		if (stopped(choosing, 1.0) != 0)
			return TACIT_E_STOPPED;
		for (f = 0; f < FACTORS; f++)
			weight[f] = factor[f] * part->weight;
		more = blend_retry(choosing->blend, choosing->kept[p], weight, FACTORS, &quality);
		if (more == 0.0f || quality < choosing->quality * (1.0 + LEAST_GAIN / 4.0))
			continue;
		blend_add(choosing->blend, choosing->kept[p], more);
		choosing->quality = quality;
		part->weight += more;
		if (part->weight != 0.0f)
			continue;
		closed_free(choosing->kept[p]);
		config->parts--;
		memmove(part, part + 1, sizeof(*part) * (config->parts - p));
		memmove(&choosing->kept[p], &choosing->kept[p + 1],
			sizeof(choosing->kept[0]) * (config->parts - p));
	}
	return 0;
}

/* ---- the next year --------------------------------------------------------------------- */

static void say_long(const struct choosing *choosing, const struct fit_head *taste,
		     const struct fit_part *part)
{
	char line[200], detail[48] = "";

	if (choosing->options->say == NULL)
		return;
	if (part != NULL)
		snprintf(detail, sizeof(detail), ", with alike lambda=%.0f",
			 (double)part->config.lambda);
	snprintf(line, sizeof(line), "the next year: validation NDCG@100 %.4f, by what comes next "
		 "%.4f (%u people%s)", taste->quality, taste->next_quality, taste->people, detail);
	choosing->options->say(choosing->options->context, line);
}

/* People's sets without order, undecayed, under a few lambdas while there is time: the best one, or
 * none where it does not help. */
static int try_alike(struct choosing *choosing, struct heads *heads, struct closed_model **out,
		     struct fit_part *out_part, struct error *error)
{
	static const float lambda[] = { 300.0f, 100.0f, 1000.0f };
	double most = heads_quality(heads) * (1.0 + LEAST_GAIN), spent_most = 0.0;
	uint32_t i;
	int result = 0;

	for (i = 0; result == 0 && i < sizeof(lambda) / sizeof(lambda[0]); i++) {
		struct fit_part part = { .config = setting(choosing, CLOSED_ALIKE),
					 .longer = true };
		struct closed_model *model = NULL;
		double began = ranks_seconds(), quality = 0.0;
		double left = choosing->seconds - (began - choosing->began);

		if (left < 2.5 * spent_most || left <= 0.0)
			break;
		if (stopped(choosing, 1.0) != 0)
			return error_set(error, TACIT_E_STOPPED, "training was stopped");
		part.config.lambda = lambda[i];
		part.config.bank[0].rho = 1.0f;
		if (part.config.support > LONG_SUPPORT)
			part.config.support = LONG_SUPPORT;
		core_within(choosing, &part.config, choosing->seconds / 10.0);
		result = closed_fit(&part.config, choosing->data, choosing->split->start,
				    choosing->split->fit_end, &model, error);
		if (result == 0)
			part.weight = heads_try(heads, model, &quality);
		spent_most = fmax(spent_most, ranks_seconds() - began);
		if (result == 0 && quality > most) {
			most = quality;
			*out_part = part;
			closed_free(*out);
			*out = model;
			model = NULL;
		}
		closed_free(model);
	}
	return result;
}

/* After what comes next is chosen and added up: the factors for the next year. */
static int choose_long(struct choosing *choosing, const struct fit_model *model,
		       struct error *error)
{
	struct fit_config *config = choosing->config;
	struct fit_head *taste = &config->taste;
	struct closed_model *alike = NULL;
	struct fit_part part;
	struct heads *heads;
	uint32_t banks = model->pairs == NULL ? 0 : model->pairs->banks;
	int result = heads_new(choosing->data, choosing->split, config, model,
			       FIT_SCORE_BYTES(choosing->data->items) / 2.0, &heads, error);

	if (result != 0 || heads == NULL)
		return result;
	taste->people = heads_people(heads);
	taste->next_quality = heads_quality(heads);
	if (banks < LIMIT_PAIR_BANKS)
		result = try_alike(choosing, heads, &alike, &part, error);
	if (alike != NULL)
		heads_add(heads, alike, part.weight);
	if (result == 0) {
		heads_search(heads, taste);
		taste->chosen = true;
		say_long(choosing, taste, alike == NULL ? NULL : &part);
	}
	heads_free(heads);
	if (result != 0 || alike == NULL) {
		closed_free(alike);
		return result;
	}
	taste->pair_theta[banks] = 1U << 20;
	choosing->kept[config->parts] = alike;
	config->part[config->parts++] = part;
	return 0;
}

/* ---- the sum --------------------------------------------------------------------------- */

/* Intercepts and pairs of follow and the fitted parts. */
static int add_up(const struct fit_config *config, struct closed_model *const *fitted,
		  uint32_t items, struct fit_model *model, struct error *error)
{
	uint32_t buckets = config->follow.buckets, longer = 0, p, b;
	float weight[FIT_PARTS];
	size_t i;

	model->length = malloc(sizeof(float) * buckets * items);
	if (model->length == NULL)
		return error_memory(error);
	memcpy(model->length, model->follow->length, sizeof(float) * buckets * items);
	for (p = 0; p < config->parts; p++) {
		const struct closed_model *part = fitted[p];

		weight[p] = config->part[p].weight;
		longer += config->part[p].longer ? LONG_SUPPORT : 0;
		for (b = 0; part->length != NULL && b < buckets; b++)
			for (i = 0; i < items; i++)
				model->length[(size_t)b * items + i] += weight[p] *
					part->length[part->config.buckets == 0 ? i :
						     (size_t)b * items + i];
	}
	return pairs_make(fitted, weight, config->parts, items, support(items) * PAIRS_SHARE +
			  longer, &model->pairs, error);
}

int parts_choose(const struct train_data *data, const struct split *split,
		 const struct fit_options *options, double speed, double seconds,
		 struct fit_config *config, struct fit_model *model, struct error *error)
{
	static uint32_t (*const settings[])(const struct choosing *, struct closed_config *) = {
		rules_settings, near_settings, ridge_settings, alike_settings, again_settings,
		recent_settings,
	};
	struct choosing choosing = { .data = data, .split = split, .options = options,
				     .config = config, .speed = speed,
				     .seconds = NEXT_SHARE * seconds,
				     .began = ranks_seconds() };
	struct closed_config list[SETTINGS];
	uint32_t k, p;
	int result = blend_new(data, split->valid_from, split->valid_to, model->follow,
			       &config->follow, FIT_SCORE_BYTES(data->items),
			       options->threads, &choosing.blend, error);

	config->parts = 0;
	config->temperature = 1.0f;
	if (result != 0)
		return result;
	choosing.quality = blend_quality(choosing.blend);
	config->events = blend_events(choosing.blend);
	for (k = 0; result == 0 && seconds > 0.0 && config->events > 0 && k < CLOSED_KINDS; k++)
		result = try_kind(&choosing, list, settings[k](&choosing, list), error);
	if (result == 0 && refine(&choosing) != 0)
		result = error_set(error, TACIT_E_STOPPED, "training was stopped");
	if (result == 0) {
		config->quality = choosing.quality;
		if (config->parts > 0)
			config->temperature = blend_temperature(choosing.blend);
		result = add_up(config, choosing.kept, data->items, model, error);
	}
	blend_free(choosing.blend);
	choosing.seconds = seconds;
	p = config->parts;
	if (result == 0 && seconds > 0.0)
		result = choose_long(&choosing, model, error);
	if (result == 0 && config->parts > p) {
		pairs_free(model->pairs);
		free(model->length);
		result = add_up(config, choosing.kept, data->items, model, error);
	}
	for (p = 0; p < config->parts; p++)
		closed_free(choosing.kept[p]);
	return result;
}

int parts_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		const struct fit_config *config, struct fit_model *model, struct error *error)
{
	struct closed_model *fitted[FIT_PARTS] = { NULL };
	uint32_t p;
	int result = 0;

	for (p = 0; result == 0 && p < config->parts; p++)
		result = closed_fit(&config->part[p].config, data, start, end, &fitted[p], error);
	if (result == 0)
		result = add_up(config, fitted, data->items, model, error);
	for (p = 0; p < config->parts; p++)
		closed_free(fitted[p]);
	return result;
}
