/*
 * What is tried of `follow` for data of some size and a budget, and how long that will take: the
 * cost of an epoch is estimated from a timed product and the sizes.
 */
#ifndef TACIT_TRAIN_CANDIDATES_H
#define TACIT_TRAIN_CANDIDATES_H

#include "train/fit.h"

#define CANDIDATES_MOST 3

struct candidate {
	uint32_t dim, epochs;
	float drop, rate;
	uint32_t refit_epochs;		/* 0: as many again */
	uint32_t seed;			/* added to that of the options */
};

/* Whether the options leave nothing to search. */
bool candidates_given(const struct fit_options *options);
/* Whether there are moments that a candidate may learn. */
bool candidates_moments(const struct train_data *data, const struct fit_options *options);

/* Flops a second of one thread in a product of the trainer's shape. */
double candidates_speed(uint32_t items);
/* Fills list[CANDIDATES_MOST], most likely best first; how many. */
uint32_t candidates_make(const struct train_data *data, const struct fit_options *options,
			 double speed, double budget, struct candidate *list);
void candidates_configure(struct follow_config *config, const struct candidate *candidate,
			  const struct train_data *data, const struct fit_options *options);
/* Seconds that a candidate and its refit take. */
double candidates_cost(const struct train_data *data, const struct fit_options *options,
		       const struct candidate *candidate, double speed);

#endif
