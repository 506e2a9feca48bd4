/*
 * Choosing a model on validation events within a time budget, and fitting it again on all that
 * may be learned from. Everything tried is told to `say`.
 */
#ifndef TACIT_TRAIN_FIT_H
#define TACIT_TRAIN_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "train/data.h"
#include "train/follow.h"
#include "train/split.h"

struct fit_options {
	double seconds;			/* for choosing and refitting together; 0: 15 minutes */
	uint64_t seed;
	uint32_t threads;
	bool repeats;			/* seen items are candidates too */
	uint32_t dim, epochs, dropout;	/* dropout in percent; 0: chosen; all given: no search */
	/* Told now and then: what is going on, how far (0..1000), seconds left by estimate.
	 * Non-zero stops. May be NULL. */
	int (*watch)(void *context, const char *what, int permille, double seconds_left);
	void (*say)(void *context, const char *line);	/* one line per thing tried; may be NULL */
	void *context;
};

/* Tries candidates on fit events, measures NDCG@10 on validation events, keeps the best: its
 * configuration and (where model is not NULL) its model. */
int fit_choose(const struct train_data *data, const struct split *split,
	       const struct fit_options *options, struct follow_config *config,
	       struct follow_model **model, struct error *error);

/* Fits `config` on events start .. end of each user: from scratch, or going on from `chosen` where
 * the budget had no time for that (config->refit_epochs). */
int fit_again(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const struct fit_options *options, const struct follow_config *config,
	      const struct follow_model *chosen, struct follow_model **model,
	      struct error *error);

/* Float ranking of the events from .. to of each user given those before `from`. */
int fit_measure(const struct follow_model *model, bool folded, const struct follow_config *config,
		const struct train_data *data, const uint64_t *from, const uint64_t *to,
		struct split_metrics *metrics, struct error *error);

#endif
