/*
 * Training and evaluating: read, choose on validation events, quantise, calibrate on the same
 * validation events with the integers that answer, fit again on all, and either write the pack or
 * measure it on the test events.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "cold.h"
#include "context.h"
#include "evaluate.h"
#include "inside.h"
#include "sources/source.h"
#include "train/checkpoint.h"
#include "train/fit.h"
#include "train/gemm.h"
#include "train/gemm_bf16.h"

#define CALIBRATION_POINTS 32

/* What a checkpoint holds beside the state of `follow`. */
struct note {
	struct fit_config config;
	struct pack_calibration_point calibration[CALIBRATION_POINTS];
	size_t calibration_points;
	struct tacit_figures figures;
};

struct training {
	struct tacit *t;
	const struct tacit_train_options *options;
	struct fit_options fit;
	struct train_data *data;
	struct split split;
	struct cold cold;		/* of SPLIT_COLD_ITEMS */
	struct moments moments;
	struct fit_config config;
	struct pack_calibration_point calibration[CALIBRATION_POINTS];
	size_t calibration_points;
	struct tacit_figures figures;
	struct follow_keep keep;
	struct note note;
	char folder[64];		/* for packs that are only measured */
};

/* ---- reading: a TSV file, or a data set as it is published ------------------------------ */

struct collecting {
	struct train_collector *collector;
	struct error *error;
};

/* Only a data set of many people teaches a catalogue. */
static int on_begin(void *context, const struct source_report *report)
{
	struct collecting *collecting = context;

	if (strcmp(report->kind, "movielens") == 0)
		return 0;
	return error_set(collecting->error, TACIT_E_FORMAT, "%s is one person's export (%s), not a "
			 "data set to learn from: give a table with the columns user, item, time, "
			 "or a MovieLens folder or zip", report->file, report->kind);
}

static int on_end(void *context, const struct source_report *report)
{
	(void)context;
	(void)report;
	return 0;
}

/* Data sets with many people come with the person in `text`; the title names the item. */
static int on_act(void *context, const struct act *act)
{
	struct collecting *collecting = context;
	struct train_item item = { NULL, NULL, NULL, NULL, act->year };
	char key[LIMIT_TITLE_BYTES + 16], title[LIMIT_TITLE_BYTES + 1];
	char creator[LIMIT_CREATOR_BYTES + 1], words[1025];
	int size, result;

	snprintf(title, sizeof(title), "%.*s", (int)act->title.size, act->title.data);
	snprintf(creator, sizeof(creator), "%.*s", (int)act->creator.size,
		 act->creator.size > 0 ? act->creator.data : "");
	snprintf(words, sizeof(words), "%.*s", act->words.size < 1024 ? (int)act->words.size : 1024,
		 act->words.size > 0 ? act->words.data : "");
	size = snprintf(key, sizeof(key), "%s (%d)", title, act->year);
	if (size < 0)
		return TACIT_E_FORMAT;
	result = train_collector_add(collecting->collector, act->text.data, act->text.size, key,
				     strlen(key), act->time, collecting->error);
	item.title = title;
	item.creator = creator;
	item.words = words;
	if (result == 0)
		result = train_collector_describe_once(collecting->collector, key, strlen(key),
						       &item, collecting->error);
	return result;
}

static void on_progress(void *context, const char *file, uint64_t done, uint64_t total)
{
	(void)context;
	(void)file;
	(void)done;
	(void)total;
}

static void on_ignored(void *context, const char *name, const char *why)
{
	(void)context;
	(void)name;
	(void)why;
}

static int read_published(struct training *training)
{
	struct tacit *t = training->t;
	struct collecting collecting = { train_collector_new(), &t->error };
	struct source_events events = { &collecting, on_begin, on_act, on_end, on_progress,
					on_ignored };
	struct source_options options = { t->reader[0] == 0 ? NULL : t->reader, SOURCE_EVERYONE,
					  false };
	int result;

	if (collecting.collector == NULL)
		return error_memory(&t->error);
	result = source_read(training->options->interactions, &options, &events, &t->error);
	if (result != 0) {
		train_collector_free(collecting.collector);
		return result;
	}
	return train_collector_finish(collecting.collector, &training->data, &t->error);
}

/* A file whose first line has tab-separated "user" and "item" is a table of interactions. */
static bool is_table(const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	bool table = false;

	if (file == NULL)
		return true;	/* so that the error names the file */
	if (fgets(line, sizeof(line), file) != NULL)
		table = strstr(line, "user") != NULL && strstr(line, "item") != NULL &&
			strchr(line, '\t') != NULL;
	fclose(file);
	return table;
}

static int read_data(struct training *training)
{
	const struct tacit_train_options *options = training->options;
	struct stat status;

	if (options->interactions == NULL)
		return error_set(&training->t->error, TACIT_E_ARGUMENT, "say what to learn from: "
				 "--interactions FILE");
	if (stat(options->interactions, &status) == 0 &&
	    (S_ISDIR(status.st_mode) || !is_table(options->interactions)))
		return read_published(training);
	return train_data_read(options->interactions, options->items, &training->data,
			       &training->t->error);
}

/* ---- steps ----------------------------------------------------------------------------- */

static void say(struct training *training, const char *line)
{
	if (training->options->say != NULL)
		training->options->say(training->options->context, line);
}

static void describe(struct training *training, struct json *json)
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

static int write_pack(struct training *training, struct fit_model *model, const uint64_t *end,
		      const char *path)
{
	struct json json = JSON_INIT;
	struct build build = {
		.name = training->options->name != NULL ? training->options->name : "measured",
		.domain = training->options->domain != NULL ? training->options->domain : "films",
		.data = training->data, .config = &training->config, .model = model,
		.start = training->split.start, .end = end,
		.calibration = training->calibration,
		.calibration_points = training->calibration_points,
	};
	int result;

	if (training->options->name != NULL)
		describe(training, &json);
	else
		json_raw(&json, "{}", 2);
	if (json.failed) {
		bytes_free(&json.out);
		return error_memory(&training->t->error);
	}
	build.meta = (const char *)json.out.data;
	result = build_pack(&build, path, &training->t->error);
	bytes_free(&json.out);
	return result;
}

/* A pack that is only measured, without a name in the folder, and the counts beside it. */
struct measured {
	struct pack *pack;
	struct popular popular;
};

/* The model as a pack, learned from the events before end[u] of each user. */
static int measured_open(struct training *training, struct fit_model *model,
			 const uint64_t *end, struct measured *out)
{
	char path[96];
	int result = popular_count(training->data, training->split.start, end, &out->popular,
				   &training->t->error);

	if (result != 0)
		return result;
	snprintf(path, sizeof(path), "%s/measured.pack", training->folder);
	result = write_pack(training, model, end, path);
	if (result == 0)
		result = pack_open(path, &out->pack, &training->t->error);
	unlink(path);
	if (result != 0)
		popular_free(&out->popular);
	return result;
}

static void measured_close(struct measured *measured)
{
	pack_close(measured->pack);
	popular_free(&measured->popular);
}

static int measure(struct training *training, const struct measured *measured,
		   const uint64_t *from, const uint64_t *to, bool each, struct evaluation *out)
{
	return evaluate_pack(measured->pack, &measured->popular, training->data, from, to, NULL,
			     each, training->config.follow.moments, out, &training->t->error);
}

static void keep_figures(struct tacit_figures *figures, const struct evaluation *evaluation)
{
	const struct split_metrics *m = &evaluation->metrics;
	double users = m->users > 0 ? (double)m->users : 1.0;

	figures->users = m->users;
	figures->events = m->events;
	figures->hr5 = m->hr5 / users;
	figures->hr10 = m->hr10 / users;
	figures->hr20 = m->hr20 / users;
	figures->ndcg10 = m->ndcg10 / users;
	figures->mrr = m->mrr / users;
	figures->recall20 = m->recall20 / users;
	figures->recall50 = m->recall50 / users;
	figures->ndcg100 = m->ndcg100 / users;
	figures->ndcg10_error = split_standard_error(m->ndcg10, m->ndcg10_squares, m->users);
	figures->hr10_error = split_standard_error(m->hr10, m->hr10, m->users);
	figures->mrr_error = split_standard_error(m->mrr, m->mrr_squares, m->users);
	figures->coverage10 = evaluation->coverage;
	figures->novelty10 = evaluation->novelty;
	figures->popularity_bias = evaluation->popularity_bias;
	figures->popular_hr10 = evaluation->popular.hr10 / users;
	figures->popular_ndcg10 = evaluation->popular.ndcg10 / users;
	figures->rank_p50_us = evaluation->p50_us;
	figures->rank_p99_us = evaluation->p99_us;
}

/* How far the calibration is off on events that it was not fitted on: fitted on every other
 * person's pairs, measured on the rest. */
static double held_out_calibration(struct training *training, struct evaluation *evaluation)
{
	size_t n = evaluation->pair_count, half = 0, rest = 0, i;
	struct pack_calibration_point point[CALIBRATION_POINTS];
	struct build_pair *fit = malloc(sizeof(*fit) * (n + 1));
	struct build_pair *other = malloc(sizeof(*other) * (n + 1));
	int32_t *shown = malloc(sizeof(*shown) * (n + 1));
	double error = 1.0;

	if (fit != NULL && other != NULL && shown != NULL) {
		struct pack calibrated = { .calibration = point };
		struct evaluation held = { .pairs = other, .shown = shown };

		for (i = 0; i < n; i++)
			if (i / EVALUATE_TOP % 2 == 0)
				fit[half++] = evaluation->pairs[i];
			else
				other[rest++] = evaluation->pairs[i];
		calibrated.calibration_points = build_calibration(fit, half, point,
								  CALIBRATION_POINTS);
		for (i = 0; i < rest; i++)
			shown[i] = answer_probability(&calibrated, other[i].x);
		held.pair_count = rest;
		error = evaluate_calibration_error(&held, &training->t->error);
	}
	free(fit);
	free(other);
	free(shown);
	return error;
}

/* The chosen model, measured in floats and in the integers that answer; the calibration. */
static int validate(struct training *training, struct fit_model *model)
{
	struct tacit_figures *figures = &training->figures;
	struct evaluation evaluation;
	struct measured measured;
	char line[200];
	int result = measured_open(training, model, training->split.fit_end, &measured);

	if (result != 0)
		return result;
	result = measure(training, &measured, training->split.valid_from,
			 training->split.valid_to, true, &evaluation);
	measured_close(&measured);
	if (result != 0)
		return result;
	keep_figures(figures, &evaluation);
	figures->validation_float = training->config.quality;
	figures->validation_int8 = figures->ndcg10;
	figures->calibration_error = held_out_calibration(training, &evaluation);
	training->calibration_points = build_calibration(evaluation.pairs, evaluation.pair_count,
							 training->calibration,
							 CALIBRATION_POINTS);
	evaluate_free(&evaluation);
	snprintf(line, sizeof(line), "as it answers (whole numbers): validation NDCG@10 %.4f, "
		 "floats %.4f (%u events)", figures->validation_int8,
		 figures->validation_float, training->config.events);
	say(training, line);
	return 0;
}

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

static void describe_parameters(struct training *training)
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

static int begin_reading(struct training *training, struct tacit *t,
			 const struct tacit_train_options *options)
{
	const char *temporary = getenv("TMPDIR");

	memset(training, 0, sizeof(*training));
	training->t = t;
	training->options = options;
	training->fit = (struct fit_options){
		.seconds = options->budget_seconds, .seed = options->seed,
		.threads = options->threads == 0 ? 2 : options->threads,
		.repeats = options->include_seen != 0, .dim = options->dim,
		.epochs = options->epochs, .dropout = options->dropout,
		.negatives = options->negatives,
		.watch = options->progress, .say = options->say, .context = options->context,
	};
	if (training->fit.threads > LIMIT_THREADS)
		return error_set(&t->error, TACIT_E_LIMIT, "at most %d threads", LIMIT_THREADS);
	if (options->dropout > 90)
		return error_set(&t->error, TACIT_E_ARGUMENT, "a dropout is at most 90 percent");
	if (options->dim % 32 != 0 || options->dim > LIMIT_DIM)
		return error_set(&t->error, TACIT_E_ARGUMENT, "the dimension is a multiple of 32, "
				 "at most %d", LIMIT_DIM);
	if (temporary == NULL || strlen(temporary) > 40)
		temporary = "/tmp";
	snprintf(training->folder, sizeof(training->folder), "%s/tacit-XXXXXX", temporary);
	if (mkdtemp(training->folder) == NULL) {
		training->folder[0] = 0;
		return error_errno(&t->error, TACIT_E_IO, "cannot make a folder in %s", temporary);
	}
	return read_data(training);
}

static int begin(struct training *training, struct tacit *t,
		 const struct tacit_train_options *options, enum split_protocol protocol)
{
	int result = begin_reading(training, t, options);

	if (result == 0 && protocol == SPLIT_COLD_ITEMS)
		result = cold_hold_out(training->data, &training->cold, &t->error);
	if (result == 0)
		result = split_make(training->data, protocol, &training->split, &t->error);
	if (result == 0)
		result = moments_make(training->data, training->split.start,
				      training->split.fit_end, &training->moments, &t->error);
	training->fit.moments = &training->moments;
	if (result != 0)
		return result;
	training->figures.items = training->data->items;
	if (training->data->users == training->data->events)
		return error_set(&t->error, TACIT_E_FORMAT, "nobody in %s has more than one event: "
				 "there is nothing to learn from what follows what",
				 options->interactions);
	return 0;
}

static void end(struct training *training)
{
	if (training->folder[0] != 0)
		rmdir(training->folder);
	split_free(&training->split);
	cold_free(&training->cold);
	moments_free(&training->moments);
	train_data_free(training->data);
}

/* What a checkpoint has to be of: the data, and all options that the result depends on. */
static uint64_t identity(const struct training *training)
{
	const struct train_data *data = training->data;
	const struct fit_options *fit = &training->fit;
	const uint64_t options[] = {
		fit->seed, fit->threads, fit->repeats, fit->dim, fit->epochs, fit->dropout,
		fit->negatives, data->users, data->items, data->events,
	};
	uint64_t hash = hash_bytes(options, sizeof(options), 0);

	hash = hash_bytes(gemm_kernel(), strlen(gemm_kernel()), hash);
	hash = hash_bytes(data->start, sizeof(*data->start) * ((size_t)data->users + 1), hash);
	hash = hash_bytes(data->item, sizeof(*data->item) * data->events, hash);
	return hash_bytes(data->time, sizeof(*data->time) * data->events, hash);
}

/* Finds out what there is to go on with. */
static int open_checkpoint(struct training *training)
{
	struct fit_options *fit = &training->fit;
	int result = gemm_load(&training->t->error);

	if (result != 0)
		return result;
	training->keep = (struct follow_keep){ training->options->checkpoint, identity(training),
					       0, &training->note, sizeof(training->note) };
	result = checkpoint_note(&training->keep, &fit->resumed, &training->note,
				 &training->t->error);
	fit->keep = &training->keep;
	fit->kept = &training->note.config;
	if (result == 0 && fit->resumed != 0)
		say(training, "going on from the checkpoint");
	return result;
}

/* The choice and what came of measuring it, to the note or from it. */
static void keep_choice(struct training *training)
{
	struct note *note = &training->note;

	memcpy(note->calibration, training->calibration, sizeof(note->calibration));
	note->calibration_points = training->calibration_points;
	note->figures = training->figures;
}

static void restore_choice(struct training *training)
{
	const struct note *note = &training->note;

	training->config = note->config;
	memcpy(training->calibration, note->calibration, sizeof(note->calibration));
	training->calibration_points = note->calibration_points;
	training->figures = note->figures;
}

/* Chooses, validates, and fits again on the events up to `until`. */
static int fit_all(struct training *training, const uint64_t *until, struct fit_model *out)
{
	struct fit_model model = { NULL };
	double began = clock_seconds();
	int result = 0;

	if (training->options->checkpoint != NULL)
		result = open_checkpoint(training);
	if (result == 0 && training->fit.resumed == 2) {
		restore_choice(training);
	} else if (result == 0) {
		result = fit_choose(training->data, &training->split, &training->fit,
				    &training->config, &model, &training->t->error);
		if (result == 0) {
			describe_parameters(training);
			result = validate(training, &model);
		}
		keep_choice(training);
	}
	if (result == 0)
		result = fit_again(training->data, training->split.start, until, &training->fit,
				   &training->config, &model, out, &training->t->error);
	fit_model_free(&model);
	training->figures.train_seconds = clock_seconds() - began;
	return result;
}

int tacit_train(struct tacit *t, const struct tacit_train_options *options, const char *pack_path,
		struct tacit_figures *out)
{
	struct fit_model model = { NULL };
	struct training training;
	int result;

	if (options->name == NULL || options->name[0] == 0 || pack_path == NULL)
		return error_set(&t->error, TACIT_E_ARGUMENT, "a pack needs a name and a place: "
				 "--name NAME -o FILE");
	result = begin(&training, t, options, SPLIT_VALIDATE_ONLY);
	if (result == 0)
		result = fit_all(&training, training.split.refit_end, &model);
	if (result == 0)
		result = write_pack(&training, &model, training.split.refit_end, pack_path);
	if (result == 0 && options->checkpoint != NULL)
		unlink(options->checkpoint);
	if (result == 0 && out != NULL)
		*out = training.figures;
	fit_model_free(&model);
	end(&training);
	return result;
}

/* The figures at growing lengths of history, for people who were not learned from. */
static int measure_curve(struct training *training, const struct measured *measured)
{
	static const unsigned length[TACIT_CURVE_POINTS] = { 1, 2, 3, 5, 10, 20, 50 };
	size_t bytes = sizeof(uint64_t) * ((size_t)training->data->users + 1), i;
	uint64_t *from = malloc(bytes), *to = malloc(bytes);
	int result = from == NULL || to == NULL ? error_memory(&training->t->error) : 0;

	for (i = 0; result == 0 && i < TACIT_CURVE_POINTS; i++) {
		struct tacit_curve_point *point = &training->figures.curve[i];
		struct evaluation evaluation;
		double users;

		split_at_length(&training->split, training->data, length[i], from, to);
		result = measure(training, measured, from, to, false, &evaluation);
		if (result != 0)
			break;
		users = evaluation.metrics.users > 0 ? (double)evaluation.metrics.users : 1.0;
		point->history = length[i];
		point->users = evaluation.metrics.users;
		point->hr10 = evaluation.metrics.hr10 / users;
		point->ndcg10 = evaluation.metrics.ndcg10 / users;
		point->popular_hr10 = evaluation.popular.hr10 / users;
		point->popular_ndcg10 = evaluation.popular.ndcg10 / users;
		evaluate_free(&evaluation);
	}
	if (result == 0)
		training->figures.curve_points = TACIT_CURVE_POINTS;
	free(from);
	free(to);
	return result;
}

static int keep_sure(struct training *training, const struct evaluation *evaluation)
{
	static const double kept[TACIT_SURE_POINTS] = { 1.0, 0.5, 0.25, 0.1, 0.03, 0.01 };
	struct evaluate_sure point[TACIT_SURE_POINTS];
	size_t i;
	int result;

	for (i = 0; i < TACIT_SURE_POINTS; i++)
		point[i].kept = kept[i];
	result = evaluate_sure(evaluation, point, TACIT_SURE_POINTS, &training->t->error);
	for (i = 0; result == 0 && i < TACIT_SURE_POINTS; i++)
		training->figures.sure[i] = (struct tacit_sure_point){
			point[i].kept, point[i].chance, point[i].taken };
	return result;
}

/* The same events under the head for the next year. */
static int measure_long(struct training *training, const struct measured *measured)
{
	struct tacit_figures *figures = &training->figures;
	struct evaluation evaluation;
	struct head head;
	double users;
	int result;

	head_of(measured->pack, FIXED_ONE, &head);
	result = evaluate_pack(measured->pack, &measured->popular, training->data,
			       training->split.test_from, training->split.test_to, &head, false,
			       training->config.follow.moments, &evaluation, &training->t->error);
	if (result != 0)
		return result;
	users = evaluation.metrics.users > 0 ? (double)evaluation.metrics.users : 1.0;
	figures->long_ndcg10 = evaluation.metrics.ndcg10 / users;
	figures->long_ndcg100 = evaluation.metrics.ndcg100 / users;
	figures->long_recall50 = evaluation.metrics.recall50 / users;
	evaluate_free(&evaluation);
	return 0;
}

static int test(struct training *training, struct fit_model *model, int protocol)
{
	bool curve = protocol == TACIT_LATER_PEOPLE, longer = protocol == TACIT_LAST_FIFTH;
	struct evaluation evaluation;
	struct measured measured;
	int result = measured_open(training, model, training->split.refit_end, &measured);

	if (result != 0)
		return result;
	result = measure(training, &measured, training->split.test_from, training->split.test_to,
			 false, &evaluation);
	if (result == 0) {
		keep_figures(&training->figures, &evaluation);
		training->figures.calibration_error =
			evaluate_calibration_error(&evaluation, &training->t->error);
		result = keep_sure(training, &evaluation);
		evaluate_free(&evaluation);
	}
	if (result == 0 && curve)
		result = measure_curve(training, &measured);
	if (result == 0 && longer && head_has_taste(measured.pack))
		result = measure_long(training, &measured);
	measured_close(&measured);
	return result;
}

/* Ranks the unseen items instead of held-out events. */
static int test_cold(struct training *training, struct fit_model *model)
{
	struct measured measured;
	struct cold_figures figures;
	char line[200];
	int result = measured_open(training, model, training->split.refit_end, &measured);

	if (result != 0)
		return result;
	result = cold_measure(measured.pack, training->data, &training->cold, &figures,
			      &training->t->error);
	measured_close(&measured);
	if (result != 0)
		return result;
	keep_figures(&training->figures, &figures.evaluation);
	training->figures.cold_recall20 = figures.recall;
	training->figures.cold_tfidf_recall20 = figures.tfidf_recall;
	cold_describe(&training->cold, &figures, line, sizeof(line));
	say(training, line);
	return 0;
}

static int eval_context(struct tacit *t, const struct tacit_train_options *options,
			struct tacit_figures *out)
{
	struct context_figures figures;
	struct training training;
	double began = clock_seconds();
	int result = begin_reading(&training, t, options);

	if (result == 0)
		result = context_measure(training.data, &training.fit, &figures, &t->error);
	if (result == 0) {
		memset(out, 0, sizeof(*out));
		out->users = training.data->users;
		out->items = training.data->items;
		out->events = figures.tested;
		out->moment_auc = figures.additive.auc;
		out->moment_logloss = figures.additive.logloss;
		out->machine_auc = figures.machine.auc;
		out->machine_logloss = figures.machine.logloss;
		out->linear_auc = figures.linear.auc;
		out->linear_logloss = figures.linear.logloss;
		out->train_seconds = clock_seconds() - began;
		snprintf(out->params, sizeof(out->params), "%s", figures.params);
	}
	end(&training);
	return result;
}

int tacit_eval(struct tacit *t, const struct tacit_train_options *options, int protocol,
	       struct tacit_figures *out)
{
	static const enum split_protocol split[] = {
		[TACIT_LEAVE_ONE_OUT] = SPLIT_LEAVE_ONE_OUT,
		[TACIT_LAST_FIFTH] = SPLIT_LAST_FIFTH,
		[TACIT_LATER_PEOPLE] = SPLIT_LATER_PEOPLE,
		[TACIT_TIME] = SPLIT_TIME,
		[TACIT_COLD_ITEMS] = SPLIT_COLD_ITEMS,
	};
	struct fit_model model = { NULL };
	struct training training;
	int result;

	if (protocol == TACIT_CONTEXT)
		return eval_context(t, options, out);
	if (protocol < 0 || (size_t)protocol >= sizeof(split) / sizeof(split[0]))
		return error_set(&t->error, TACIT_E_ARGUMENT, "there is no protocol %d", protocol);
	result = begin(&training, t, options, split[protocol]);
	if (result == 0)
		result = fit_all(&training, training.split.refit_end, &model);
	if (result == 0)
		result = protocol == TACIT_COLD_ITEMS ? test_cold(&training, &model) :
			 test(&training, &model, protocol);
	if (result == 0)
		*out = training.figures;
	fit_model_free(&model);
	end(&training);
	return result;
}
