/* Shared by the files of the closed forms. */
#ifndef TACIT_TRAIN_CLOSED_INSIDE_H
#define TACIT_TRAIN_CLOSED_INSIDE_H

#include "train/closed.h"
#include "train/gemm.h"

/* Fill weight and length of a model whose core is chosen; 0, TACIT_E_MEMORY or another code. */
int ridge_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	      const uint64_t *end);
int alike_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	      const uint64_t *end);

#endif
