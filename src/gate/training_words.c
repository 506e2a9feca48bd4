/* What was chosen, in words: one line of parameters, and the provenance of a pack. */
#include <math.h>
#include <stdio.h>

#include "training.h"

static size_t describe_part(const struct fit_part *part, char *out, size_t max)
{
	const struct closed_config *config = &part->config;
	double weight = (double)part->weight;
	int size = 0;

	switch (config->kind) {
	case CLOSED_RULES:
	case CLOSED_NEAR:
		size = snprintf(out, max, " + %.3g %s(window=%u lambda=%.0f rho=%.2f power=%.1f)",
				weight, config->kind == CLOSED_RULES ? "rules" : "near",
				config->window, (double)config->lambda,
				(double)config->bank[0].rho, (double)config->bank[0].power);
		break;
	case CLOSED_RIDGE:
		size = snprintf(out, max, " + %.3g ridge(lambda=%.0f decays=%u)", weight,
				(double)config->lambda, config->banks);
		break;
	case CLOSED_ALIKE:
		size = snprintf(out, max, " + %.3g alike(lambda=%.0f rho=%.2f power=%.1f)", weight,
				(double)config->lambda, (double)config->bank[0].rho,
				(double)config->bank[0].power);
		if (part->longer)
			size = snprintf(out, max, "; the next year + %.3g alike(lambda=%.0f)",
					weight, (double)config->lambda);
		break;
	case CLOSED_AGAIN:
		size = snprintf(out, max, " + %.3g again(rho=%.2f power=%.1f)", weight,
				(double)config->bank[0].rho, (double)config->bank[0].power);
		break;
	default:
		size = snprintf(out, max, " + %.3g recent(half-life=%.3f)", weight,
				(double)config->half_life);
	}
	return size < 0 ? 0 : (size_t)size < max ? (size_t)size : max - 1;
}

/* `what` stands in front: "", or a weight. */
static size_t describe_follow(const struct follow_config *config, const char *what, char *out,
			      size_t max)
{
	int size = snprintf(out, max, "%sfollow(d=%u banks=%u dropout=%.2f epochs=%u batch=%u "
			    "rate=%.4f refit=%u%s)", what, config->dim, config->banks,
			    (double)config->drop_in, config->epochs, config->batch,
			    (double)config->rate, config->refit_epochs != 0 ?
			    config->refit_epochs : config->epochs,
			    config->moments != NULL ? " moments" : "");

	return size < 0 ? 0 : (size_t)size < max ? (size_t)size : max - 1;
}

void training_parameters(struct training *training)
{
	const struct follow_config *config = &training->config.follow;
	char *out = training->figures.params;
	size_t max = sizeof(training->figures.params), at = describe_follow(config, "", out, max);
	char weight[24];
	uint32_t p;

	snprintf(weight, sizeof(weight), " + %.1f ", (double)training->config.second_weight);
	if (training->config.second_weight > 0.0f)
		at += describe_follow(&training->config.second, weight, out + at, max - at);
	for (p = 0; at + 1 < max && p < training->config.parts; p++)
		at += describe_part(&training->config.part[p], out + at, max - at);
	if (at + 1 < max && config->negatives != 0)
		at += (size_t)snprintf(out + at, max - at, " negatives=%u", config->negatives);
	if (at + 1 < max)
		snprintf(out + at, max - at, " seed=%llu threads=%u",
			 (unsigned long long)config->seed, config->threads);
}

void training_describe(struct training *training, struct json *json)
{
	const struct follow_config *config = &training->config.follow;
	const struct tacit_train_options *options = training->options;

	json_object(json);
	json_put_string(json, "name", options->name);
	json_put_string(json, "model", config->moments == NULL ? "follow, pairs, prior, words" :
			"follow, moment, pairs, prior, words");
	json_put_int(json, "people", training->data->users);
	json_put_int(json, "items", training->data->items);
	json_put_int(json, "events", (int64_t)training->data->events);
	if (options->licence != NULL)
		json_put_string(json, "licence", options->licence);
	json_put_string(json, "parameters", training->figures.params);
	json_put_int(json, "seed", (int64_t)config->seed);
	json_put_int(json, "threads", config->threads);
	json_put_string(json, "validation", "the last event of each person, all items ranked");
	json_key(json, "NDCG@10");
	json_decimal(json, lrint(training->figures.validation_int8 * 10000.0), 4);
	json_key(json, "HR@10");
	json_decimal(json, lrint(training->figures.hr10 * 10000.0), 4);
	json_key(json, "calibration_error");
	json_decimal(json, lrint(training->figures.calibration_error * 10000.0), 4);
	json_object_end(json);
}
