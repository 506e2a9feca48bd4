/*
 * Tables of weights of which a batch touches few rows: Adam (Kingma, Ba 2015) that moves only the
 * rows with a gradient, and L2 on these.
 */
#ifndef TACIT_TRAIN_LAZY_H
#define TACIT_TRAIN_LAZY_H

#include <stddef.h>
#include <stdint.h>

struct lazy {
	uint32_t rows, dim;
	float *value;			/* [rows][dim] */
	float *gradient, *first, *second;
	uint32_t *touched, touched_count;
	uint8_t *is_touched;
	uint64_t steps;
};

/* Normal values of standard deviation `spread`. 0, or TACIT_E_MEMORY; lazy_free in any case. */
int lazy_new(struct lazy *lazy, uint32_t rows, uint32_t dim, float spread, uint64_t seed);
void lazy_free(struct lazy *lazy);

/* The gradient of a row, to add to: [dim]. */
float *lazy_gradient(struct lazy *lazy, uint32_t row);
static inline const float *lazy_row(const struct lazy *lazy, uint32_t row)
{
	return lazy->value + (size_t)row * lazy->dim;
}
/* One step with the gradients so far, which are zeroed. */
void lazy_step(struct lazy *lazy, float rate, float l2);

#endif
