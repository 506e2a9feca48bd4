/*
 * Training: read, choose on validation events, quantise, calibrate on the same validation events
 * with the integers that answer, fit again on all, and write the pack.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "train/checkpoint.h"
#include "train/gemm.h"
#include "train/gemm_bf16.h"
#include "train/ranks.h"
#include "training.h"

void training_say(struct training *training, const char *line)
{
	if (training->options->say != NULL)
		training->options->say(training->options->context, line);
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
		training_describe(training, &json);
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

/* The model as a pack, learned from the events before end[u] of each user. */
int training_measured_open(struct training *training, struct fit_model *model,
			   const uint64_t *end, struct training_measured *out)
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

void training_measured_close(struct training_measured *measured)
{
	pack_close(measured->pack);
	popular_free(&measured->popular);
}

int training_measure(struct training *training, const struct training_measured *measured,
		     const uint64_t *from, const uint64_t *to, bool each, struct evaluation *out)
{
	return evaluate_pack(measured->pack, &measured->popular, training->data, from, to, NULL,
			     each, training->config.follow.moments, out, &training->t->error);
}

void training_keep_figures(struct tacit_figures *figures, const struct evaluation *evaluation)
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
	struct training_measured measured;
	char line[200];
	int result = training_measured_open(training, model, training->split.fit_end, &measured);

	if (result != 0)
		return result;
	result = training_measure(training, &measured, training->split.valid_from,
				  training->split.valid_to, true, &evaluation);
	training_measured_close(&measured);
	if (result != 0)
		return result;
	training_keep_figures(figures, &evaluation);
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
	training_say(training, line);
	return 0;
}

int training_begin_reading(struct training *training, struct tacit *t,
			   const struct tacit_train_options *options)
{
	const char *temporary = getenv("TMPDIR");

	memset(training, 0, sizeof(*training));
	ranks_begin();
	training->t = t;
	training->options = options;
	training->fit = (struct fit_options){
		.seconds = options->budget_seconds, .seed = options->seed,
		.threads = (options->threads == 0 ? 2 : options->threads) * ranks_count(),
		.repeats = options->include_seen != 0, .dim = options->dim,
		.epochs = options->epochs, .dropout = options->dropout,
		.negatives = options->negatives,
		.watch = options->progress, .say = options->say, .context = options->context,
	};
	if (training->fit.threads > LIMIT_THREADS)
		return error_set(&t->error, TACIT_E_LIMIT, "at most %d threads%s",
				 LIMIT_THREADS, ranks_count() > 1 ? " in all processes" : "");
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
	return training_read(training);
}

int training_begin(struct training *training, struct tacit *t,
		   const struct tacit_train_options *options, enum split_protocol protocol)
{
	int result = training_begin_reading(training, t, options);

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

int training_end(struct training *training, int result)
{
	if (result == 0)
		ranks_end();
	if (training->folder[0] != 0)
		rmdir(training->folder);
	split_free(&training->split);
	cold_free(&training->cold);
	moments_free(&training->moments);
	train_data_free(training->data);
	return result;
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
	int result;

	training->keep = (struct follow_keep){ training->options->checkpoint, identity(training),
					       0, &training->note, sizeof(training->note) };
	result = checkpoint_note(&training->keep, &fit->resumed, &training->note,
				 &training->t->error);
	fit->keep = &training->keep;
	fit->kept = &training->note.config;
	if (result == 0 && fit->resumed != 0)
		training_say(training, "going on from the checkpoint");
	return result;
}

/* The choice and what came of measuring it, to the note or from it. */
static void keep_choice(struct training *training)
{
	struct training_note *note = &training->note;

	memcpy(note->calibration, training->calibration, sizeof(note->calibration));
	note->calibration_points = training->calibration_points;
	note->figures = training->figures;
}

static void restore_choice(struct training *training)
{
	const struct training_note *note = &training->note;

	training->config = note->config;
	memcpy(training->calibration, note->calibration, sizeof(note->calibration));
	training->calibration_points = note->calibration_points;
	training->figures = note->figures;
}

/* Chooses, validates, and fits again on the events up to `until`. */
int training_fit(struct training *training, const uint64_t *until, struct fit_model *out)
{
	struct fit_model model = { NULL };
	double began = clock_seconds();
	int result = gemm_load(&training->t->error);

	if (result == 0)
		result = gate_processes_agree(identity(training), &training->t->error);
	if (result == 0 && training->options->checkpoint != NULL)
		result = open_checkpoint(training);
	if (result == 0 && training->fit.resumed == 2) {
		restore_choice(training);
	} else if (result == 0) {
		result = fit_choose(training->data, &training->split, &training->fit,
				    &training->config, &model, &training->t->error);
		if (result == 0) {
			training_parameters(training);
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
	result = training_begin(&training, t, options, SPLIT_VALIDATE_ONLY);
	if (result == 0)
		result = training_fit(&training, training.split.refit_end, &model);
	if (result == 0 && ranks_mine() == 0)
		result = write_pack(&training, &model, training.split.refit_end, pack_path);
	if (result == 0 && options->checkpoint != NULL && ranks_mine() == 0)
		unlink(options->checkpoint);
	if (result == 0 && out != NULL)
		*out = training.figures;
	fit_model_free(&model);
	return training_end(&training, result);
}
