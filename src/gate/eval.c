/* Evaluating: as training, and then the model is measured on the test events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "context.h"
#include "training.h"

/* The figures at growing lengths of history, for people who were not learned from. */
static int measure_curve(struct training *training, const struct training_measured *measured)
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
		result = training_measure(training, measured, from, to, false, &evaluation);
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
static int measure_long(struct training *training, const struct training_measured *measured)
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
	struct training_measured measured;
	int result = training_measured_open(training, model, training->split.refit_end, &measured);

	if (result != 0)
		return result;
	result = training_measure(training, &measured, training->split.test_from,
				  training->split.test_to, false, &evaluation);
	if (result == 0) {
		training_keep_figures(&training->figures, &evaluation);
		training->figures.calibration_error =
			evaluate_calibration_error(&evaluation, &training->t->error);
		result = keep_sure(training, &evaluation);
		evaluate_free(&evaluation);
	}
	if (result == 0 && curve)
		result = measure_curve(training, &measured);
	if (result == 0 && longer && head_has_taste(measured.pack))
		result = measure_long(training, &measured);
	training_measured_close(&measured);
	return result;
}

/* Ranks the unseen items instead of held-out events. */
static int test_cold(struct training *training, struct fit_model *model)
{
	struct training_measured measured;
	struct cold_figures figures;
	char line[200];
	int result = training_measured_open(training, model, training->split.refit_end, &measured);

	if (result != 0)
		return result;
	result = cold_measure(measured.pack, training->data, &training->cold, &figures,
			      &training->t->error);
	training_measured_close(&measured);
	if (result != 0)
		return result;
	training_keep_figures(&training->figures, &figures.evaluation);
	training->figures.cold_recall20 = figures.recall;
	training->figures.cold_tfidf_recall20 = figures.tfidf_recall;
	cold_describe(&training->cold, &figures, line, sizeof(line));
	training_say(training, line);
	return 0;
}

static int eval_context(struct tacit *t, const struct tacit_train_options *options,
			struct tacit_figures *out)
{
	struct context_figures figures;
	struct training training;
	double began = clock_seconds();
	int result = training_begin_reading(&training, t, options);

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
	return training_end(&training, result);
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
	result = training_begin(&training, t, options, split[protocol]);
	if (result == 0)
		result = training_fit(&training, training.split.refit_end, &model);
	if (result == 0)
		result = protocol == TACIT_COLD_ITEMS ? test_cold(&training, &model) :
			 test(&training, &model, protocol);
	if (result == 0)
		*out = training.figures;
	fit_model_free(&model);
	return training_end(&training, result);
}
