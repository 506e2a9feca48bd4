/*
 * The protocol of context-aware prediction: would this person take this thing in this moment?
 *
 * Each observed event is a positive row; beside it stand CONTEXT_NEGATIVES rows of the same person
 * and moment with items drawn uniformly among those that the person never had in the very same
 * moment. Of all rows 7 : 2 : 1 train, validate and test, by a hash (the set-up of He, Chua 2017 on
 * Frappe). The history of a person is the positive rows that train. A row that trains is seen with
 * one event of the history left out: its own where it is a positive one, so that history and label
 * are as they will be for a row that tests.
 */
#ifndef TACIT_TRAIN_CONTEXT_H
#define TACIT_TRAIN_CONTEXT_H

#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

#define CONTEXT_NEGATIVES 2
#define CONTEXT_NONE UINT32_MAX

enum { CONTEXT_TRAIN, CONTEXT_VALIDATE, CONTEXT_TEST, CONTEXT_PARTS };

struct context_row {
	uint32_t user, item, event;	/* the moment is that of the event */
	uint32_t left;			/* item of the history to leave out once; CONTEXT_NONE */
	uint8_t label;
};

struct context {
	const struct train_data *data;
	struct context_row *row;	/* [rows] */
	uint32_t rows;
	uint32_t *part[CONTEXT_PARTS];	/* [count[part]]: numbers of rows */
	uint32_t count[CONTEXT_PARTS];
	/* the items of user u's history, each once: start[u] .. start[u + 1] - 1 */
	uint64_t *start;		/* [users + 1] */
	uint32_t *had, *times;
};

/* TACIT_E_FORMAT where the events have no @ columns. */
int context_new(const struct train_data *data, uint64_t seed, struct context *out,
		struct error *error);
void context_free(struct context *context);

struct context_quality {
	double auc, logloss;
};

/* Something that learns rows: `learn` takes a batch, `score` gives the logit of one row. */
struct context_learner {
	void *model;
	void (*learn)(void *model, const struct context *context, const uint32_t *row,
		      uint32_t count);
	float (*score)(void *model, const struct context *context, uint32_t row);
	uint64_t seed;
	uint32_t batch, epochs, patience;	/* epochs at most, and without a better one */
};

struct context_result {
	struct context_quality validation, test;
	uint32_t epochs;		/* of the best one, from 1 */
};

/* Trains until the validation logloss gets no better; the figures are those of the best epoch. */
int context_fit(const struct context *context, const struct context_learner *learner,
		struct context_result *out);

/* Area under the ROC curve (equal scores count half) and mean logarithmic loss in nats of the
 * rows of a part, from their logits. Sorts a copy. TACIT_E_MEMORY. */
int context_quality(const struct context *context, int part, const float *logit,
		    struct context_quality *out);

/* 1 / (1 + e^-x) */
double context_chance(double logit);

#endif
