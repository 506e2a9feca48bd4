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
int counts_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	       const uint64_t *end);

/* The value that has `rank` others before it when they descend (Hoare's FIND); orders size[]. */
float closed_largest(float *size, size_t count, size_t rank);

/* For qsort of uint32_t, ascending. */
int closed_by_number(const void *a, const void *b);

#endif
