/* Shared by the files of training and evaluating. */
#ifndef TACIT_GATE_TRAINING_H
#define TACIT_GATE_TRAINING_H

#include "base/json.h"
#include "cold.h"
#include "evaluate.h"
#include "inside.h"
#include "train/fit.h"

#define CALIBRATION_POINTS 32

/* What a checkpoint holds beside the state of `follow`. */
struct training_note {
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
	struct training_note note;
	char folder[64];		/* for packs that are only measured */
};

/* A pack that is only measured, without a name in the folder, and the counts beside it. */
struct training_measured {
	struct pack *pack;
	struct popular popular;
};

/* training_read.c: options->interactions and items into training->data. */
int training_read(struct training *training);

/* training_words.c: what was chosen, into figures.params; and the pack's provenance. */
void training_parameters(struct training *training);
void training_describe(struct training *training, struct json *json);

/* ---- training.c ---- */
void training_say(struct training *training, const char *line);
int training_begin_reading(struct training *training, struct tacit *t,
			   const struct tacit_train_options *options);
/* Reads and splits. */
int training_begin(struct training *training, struct tacit *t,
		   const struct tacit_train_options *options, enum split_protocol protocol);
/* Frees it, and leaves the other processes where it went well. Returns the result. */
int training_end(struct training *training, int result);
/* Chooses, validates, and fits again on the events up to `until`. */
int training_fit(struct training *training, const uint64_t *until, struct fit_model *out);
/* The model as a pack, learned from the events before end[u] of each user. */
int training_measured_open(struct training *training, struct fit_model *model,
			   const uint64_t *end, struct training_measured *out);
void training_measured_close(struct training_measured *measured);
int training_measure(struct training *training, const struct training_measured *measured,
		     const uint64_t *from, const uint64_t *to, bool each, struct evaluation *out);
void training_keep_figures(struct tacit_figures *figures, const struct evaluation *evaluation);

#endif
