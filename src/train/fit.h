/*
 * Choosing a model on validation events within a time budget, and fitting it again on all that
 * may be learned from. Everything tried is told to `say`.
 *
 * A model is the weighted sum of `follow` (weight 1) and of closed forms, each chosen and weighted
 * on validation events where it raises NDCG@10, left out where it does not.
 */
#ifndef TACIT_TRAIN_FIT_H
#define TACIT_TRAIN_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "train/closed.h"
#include "train/data.h"
#include "train/follow.h"
#include "train/pairs.h"
#include "train/split.h"

#define FIT_PARTS (CLOSED_KINDS + 1)	/* the last one for the next year only */
/* Bytes of the scores at validating events: of very many items, still of some hundred events. */
#define FIT_SCORE_BYTES(items) ((items) > 100000 ? 2e9 : 1e9)

struct fit_config;

struct fit_options {
	double seconds;			/* for choosing and refitting together; 0: 15 minutes */
	uint64_t seed;
	uint32_t threads;
	bool repeats;			/* seen items are candidates too */
	const struct moments *moments;	/* of the events; NULL or without features: none */
	uint32_t dim, epochs, dropout;	/* dropout in percent; 0: chosen; all given: no search */
	uint32_t negatives;		/* drawn in a step; 0: chosen by the number of items */
	/* Where training keeps its state; NULL: nowhere. fit_choose is phase 1, fit_again 2. *kept
	 * lies in keep->note: what is under way is told there. With it one candidate is tried,
	 * without a bound on its time. `resumed` is the phase that the file is of, with its *kept;
	 * 0: none. */
	struct follow_keep *keep;
	struct fit_config *kept;
	uint32_t resumed;
	/* Told now and then: what is going on, how far (0..1000), seconds left by estimate.
	 * Non-zero stops. May be NULL. */
	int (*watch)(void *context, const char *what, int permille, double seconds_left);
	void (*say)(void *context, const char *line);	/* one line per thing tried; may be NULL */
	void *context;
};

struct fit_part {
	struct closed_config config;
	float weight;
	bool longer;			/* says nothing of what comes next: theta 0 there */
};

/* What the next year holds: factors of the banks, 2^-20 (heads.h). */
struct fit_head {
	bool chosen;
	uint32_t theta[LIMIT_BANKS], pair_theta[LIMIT_PAIR_BANKS], intercept;
	double next_quality, quality;	/* NDCG@100 under ones, and under these */
	uint32_t people;		/* that they were chosen on */
};

struct fit_config {
	struct follow_config follow;
	struct follow_config second;	/* beside it with this weight; 0: none */
	float second_weight;
	uint32_t parts;
	struct fit_part part[FIT_PARTS];
	float temperature;		/* factor on the sum: its softmax is a chance */
	double quality;			/* NDCG@10 of the sum in floats on validation events */
	uint32_t events;		/* that it was measured on */
	struct fit_head taste;
};

/* Before `temperature`. */
struct fit_model {
	struct follow_model *follow;	/* the sum of one[]; one[0] itself where it is alone */
	struct follow_model *one[2];
	struct pairs *pairs;		/* NULL without */
	float *length;			/* [buckets][items]: of all parts */
};

/* Tries candidates on fit events, measures NDCG@10 on validation events, keeps the best: its
 * configuration and its model. */
int fit_choose(const struct train_data *data, const struct split *split,
	       const struct fit_options *options, struct fit_config *config,
	       struct fit_model *model, struct error *error);
void fit_model_free(struct fit_model *model);

/* Fits `config` on events start .. end of each user: from scratch, or going on from `chosen` where
 * the budget had no time for that (config->follow.refit_epochs). */
int fit_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const struct fit_options *options, const struct fit_config *config,
	      const struct fit_model *chosen, struct fit_model *model, struct error *error);

/* parts.c: how long choosing closed forms and fitting them again takes, at most `most`. */
double parts_seconds(const struct train_data *data, const struct fit_options *options,
		     double speed, double most);
/* The closed forms that raise what `follow` makes, into config->part; *model becomes the
 * sum. `speed` is flops a second of one thread, `seconds` what there is for choosing and fitting
 * again; 0 leaves them all out. model->follow is given. */
int parts_choose(const struct train_data *data, const struct split *split,
		 const struct fit_options *options, double speed, double seconds,
		 struct fit_config *config, struct fit_model *model, struct error *error);
/* The parts of `config` fitted and added to model->follow. */
int parts_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		const struct fit_config *config, struct fit_model *model, struct error *error);

#endif
