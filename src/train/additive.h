/*
 * Would this person take this thing in this moment, as a sum with one term for each event of the
 * history and one for each value of the moment:
 *
 *   h     = n^-alpha sum over e of w_e P[item(e)] + sum over f of C[f]
 *   logit = b[i] + a[user] + h . Q[i] + (s + d[i]) sum over e with item(e) = i of w_e + sum of c[f]
 *   loss  = that of a Bernoulli
 *
 * w_e = k^-power, e the kth of its item in the history; n the sum of the w_e. There is no product
 * between two values of a moment, nor between one and the history: it is the kind of sum that a
 * pack answers with. (FISM, Kabbur et al. 2013, with context.)
 */
#ifndef TACIT_TRAIN_ADDITIVE_H
#define TACIT_TRAIN_ADDITIVE_H

#include "base/error.h"
#include "train/context.h"

struct additive_config {
	uint32_t dim;
	float rate, l2;			/* of Adam; on the rows of a batch */
	float drop;			/* of the elements of h, while learning */
	float power, alpha;
	uint64_t seed;
};

/* Trains one setting with early stopping. Deterministic. TACIT_E_MEMORY. */
int additive_fit(const struct context *context, const struct additive_config *config,
		 struct context_result *out);

#endif
