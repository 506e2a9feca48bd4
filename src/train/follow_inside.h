/* Shared by the files of `follow`: one training run and its float kernels. */
#ifndef TACIT_TRAIN_FOLLOW_INSIDE_H
#define TACIT_TRAIN_FOLLOW_INSIDE_H

#include <stddef.h>

#include "train/follow.h"

#define FOLLOW_BLOCK 64	/* rows of one product: its logits stay in the second-level cache */

/* A parameter tensor with its gradient and the two moments of Adam. */
struct follow_tensor {
	float *value, *gradient, *first, *second;
	size_t size;
};

enum { TENSOR_P, TENSOR_Q, TENSOR_L, TENSOR_A, TENSORS };

struct batch {
	uint32_t sequences;
	uint32_t *user;			/* [sequences] */
	uint64_t *first;		/* [sequences + 1]: first row of each sequence */
	uint64_t rows, capacity;
	float *z;			/* [rows][banks][dim]: the state before each event */
	float *h, *dh;			/* [rows][dim], h after dropout */
	double *loss;			/* [workers] */
};

struct worker {
	float *logits;			/* [FOLLOW_BLOCK][items] */
	float *dq, *dl;			/* [items][dim], [buckets][items] */
	float *row, *dz;		/* [dim] */
};

struct run {
	const struct follow_config *config;
	const struct follow_sequences *sequences;
	struct follow_model *model;
	struct follow_tensor tensor[TENSORS];
	struct batch batch;
	struct worker *worker;		/* [threads] */
	struct pool *pool;
	uint64_t step, steps;
	float rate, correction1, correction2;
};

/* step.c --------------------------------------------------------------------------------- */

/* Gradients of the batch: P and a in their tensors, Q and L in parts that the workers hold. */
void step_gradient(struct run *run);
/* Gradients, then Adam. Returns the sum of the losses of the batch's rows. */
double step_batch(struct run *run);

/* kernels.c ------------------------------------------------------------------------------ */

/* Inverted dropout: each element is 0 with probability `drop`, else from / (1 - drop). The mask is
 * a function of `seed` and the place alone, so that backward can make it again. size % 16 == 0. */
void kernels_dropout(float *to, const float *from, size_t size, float drop, uint64_t seed);
/* to = decay * before + row */
void kernels_recur(float *to, const float *before, float decay, const float *row,
			 size_t size);
/* to += weight (.) from */
void kernels_mix(float *to, const float *weight, const float *from, size_t size);
void kernels_add(float *to, const float *from, size_t size);
void kernels_scale(float *to, float factor, size_t size);
/* row = exp(row + intercept - top), top the largest; entries at -infinity become 0. *inverse is
 * 1 / their sum. Returns top + log(sum), so that loss = result - logit of the target. */
float kernels_softmax(float *row, const float *intercept, size_t size, float *inverse);
/* row *= factor, sum += row */
void kernels_spread(float *row, float factor, float *sum, size_t size);
/* One step of Adam over [from, to); the gradient is zeroed. */
void kernels_adam(struct follow_tensor *tensor, size_t from, size_t to, float rate,
			float correction1, float correction2);

#endif
