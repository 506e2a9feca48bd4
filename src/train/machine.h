/*
 * Reference baselines of context-aware prediction: logistic regression and a second-order
 * factorisation machine (Rendle 2010) on the one-hot person, item and values of the moment:
 *
 *   logit = w_0 + sum of w[f] + sum over pairs f < g of V[f] . V[g]
 *
 * Used by evaluation only; no pack answers with them.
 */
#ifndef TACIT_TRAIN_MACHINE_H
#define TACIT_TRAIN_MACHINE_H

#include "base/error.h"
#include "train/context.h"

struct machine_config {
	uint32_t dim;			/* 0: logistic regression */
	float rate, l2;			/* of Adam; on the rows of a batch */
	uint64_t seed;
};

/* Trains one setting with early stopping. Deterministic. TACIT_E_MEMORY. */
int machine_fit(const struct context *context, const struct machine_config *config,
		struct context_result *out);

#endif
