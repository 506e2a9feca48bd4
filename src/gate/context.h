/* Measuring context-aware prediction: the additive model beside the baselines, on the same rows. */
#ifndef TACIT_GATE_CONTEXT_H
#define TACIT_GATE_CONTEXT_H

#include <stddef.h>

#include "base/error.h"
#include "train/context.h"
#include "train/fit.h"

struct context_figures {
	uint32_t rows, tested;
	struct context_quality additive, machine, linear;
	char params[512];		/* what won on the validation rows */
};

/* Tries each setting of each method, tells `say`, and keeps of each method the setting with the
 * least validation logloss. */
int context_measure(const struct train_data *data, const struct fit_options *options,
		    struct context_figures *out, struct error *error);

#endif
