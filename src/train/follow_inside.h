/* Shared by the files of `follow`: one training run and its float kernels. */
#ifndef TACIT_TRAIN_FOLLOW_INSIDE_H
#define TACIT_TRAIN_FOLLOW_INSIDE_H

#include <stddef.h>

#include "train/follow.h"

#define FOLLOW_BETA1 0.9	/* of Adam */
#define FOLLOW_BETA2 0.98
#define FOLLOW_LOSSES 256
#define FOLLOW_BLOCK 512		/* rows of one product in float, at most; */
#define FOLLOW_BLOCK_BYTES (16 << 20)	/* fewer, to 64, where their logits take more than this */

struct follow_bf16;
struct follow_sampled;

/* A model without values; length and c are 0. NULL: out of memory. */
struct follow_model *follow_new(uint32_t items, uint32_t dim, uint32_t banks, uint32_t buckets,
				uint32_t moments);

/* A parameter tensor with its gradient and the two moments of Adam. */
struct follow_tensor {
	float *value, *gradient, *first, *second;
	size_t size;
};

enum { TENSOR_P, TENSOR_Q, TENSOR_L, TENSOR_A, TENSOR_C, TENSORS };

struct batch {
	uint32_t sequences;
	uint32_t *user;			/* [sequences] */
	uint64_t *first;		/* [sequences + 1]: first row of each sequence */
	uint64_t rows, capacity;
	float *z;			/* [rows][banks][dim]: the state before each event */
	float *h, *dh;			/* [rows][dim], h after dropout */
	double *loss;			/* [FOLLOW_LOSSES]: of a worker or of a block of rows */
	uint32_t *touched;		/* [items]: rows of P that have a part in the batch */
	uint32_t touched_count;
};

/* P has a gradient only in the rows of the batch, but Adam moves every row for some hundred steps
 * after its last one. Those steps are made up for when the row is next needed (kernels_catch_up):
 * the value is as after value_at steps, the moments as after moment_at. So have Q and L where the
 * softmax is sampled. */
struct follow_lag {
	uint32_t *value_at, *moment_at;	/* [items]; moment_at 0: never had a gradient */
};

/* What kernel sgemm needs; bf16 has its own (step_bf16.c). */
struct worker {
	float *logits;			/* [run.block][items] */
	float *dq, *dl;			/* [items][dim], [buckets][items] */
	float *dz;			/* [dim] */
};

/* A step of Adam: first = decay1 first + .1 g, second = decay2 second + .02 g^2. */
struct kernels_step {
	float rate, correction1, correction2;
	float decay1, decay2;
};

struct run {
	const struct follow_config *config;
	const struct follow_sequences *sequences;
	struct follow_model *model;
	struct follow_tensor tensor[TENSORS];
	struct batch batch;
	uint32_t threads, first;	/* of this rank, and the number of the first (ranks.h) */
	struct worker *worker;		/* [threads] */
	struct pool *pool;
	uint64_t block;			/* rows of a product in float */
	struct follow_bf16 *fast;	/* NULL: products in float */
	struct follow_sampled *sampled;	/* NULL: the full softmax */
	struct follow_lag lag;		/* of P */
	uint32_t *touched_in;		/* [items]: the last batch that touched it, from 1 */
	double *pace;			/* [steps]: the size of each step so far */
	size_t next, tasks;		/* of the tasks that workers take */
	uint64_t step, steps;
	struct kernels_step adam;
};

/* step.c --------------------------------------------------------------------------------- */

/* Gradients of the batch: P and a in their tensors, Q and L where step_collect finds them. */
void step_gradient(struct run *run);
/* Q's and L's into their tensors (for tests; step_batch does not need it). */
void step_collect(struct run *run);
/* Gradients, then Adam. Returns the sum of the losses of the batch's rows. */
double step_batch(struct run *run);
/* Brings every row up to date: before the model is looked at. */
void step_settle(struct run *run);
/* Rounds Q and scales L for the products: after Q or L were set. */
void step_pack(struct run *run);

/* Runs task(run, worker, ..) on every worker; each takes task numbers below `tasks` till all are
 * taken. */
void step_share(struct run *run, size_t tasks, void (*task)(void *, size_t, size_t));
/* Of tasks shared between ranks, this one's: first[mine] .. first[mine + 1] - 1. */
void step_share_mine(struct run *run, const size_t *first,
		     void (*task)(void *, size_t, size_t));
/* The next task in *task; false when all are taken. */
bool step_take(struct run *run, size_t *task);
/* What Adam's steps since the row was last up to date come to; 0 where it is. */
float step_lag_pace(const struct run *run, const struct follow_lag *lag, uint32_t item);
/* Adam's step of a row that has a gradient now; the row counts as up to date from here on. */
struct kernels_step step_lag_adam(const struct run *run, struct follow_lag *lag, uint32_t item);
/* z and h of one sequence of the batch. */
void step_forward(struct run *run, size_t sequence);
/* dh of a row through the dropout on h: the same mask, once. */
void step_drop_dh(struct run *run, uint64_t row);
/* Where the gradients of one bank of one sequence are added to. */
struct step_sink {
	float *p, *a;			/* [rows of P][banks][dim], [banks][dim] */
	float *dz;			/* [dim]: work space */
	const uint32_t *place;		/* [rows of the batch]: row of p; NULL: the item itself */
};
void step_backward(struct run *run, size_t sequence, size_t bank, const struct step_sink *sink);

/* step_sampled.c ------------------------------------------------------------------------- */

/* NULL without memory. run->model and run->tensor's moments are there. */
struct follow_sampled *step_sampled_new(const struct run *run);
void step_sampled_free(struct follow_sampled *sampled, uint32_t threads);
/* Initial values of P and Q, and the same for every count of threads. */
void step_sampled_begin(struct run *run);
/* Room for the batch that was filled in. */
int step_sampled_room(struct run *run);
/* L from the model's; and, with all rows up to date, back into it. */
void step_sampled_pack(struct run *run);
void step_sampled_settle(struct run *run);
void step_sampled_gradient(struct run *run);
void step_sampled_update(struct run *run);
/* What there is besides run->tensor: L as it is trained, its and Q's steps. */
float *step_sampled_length(const struct run *run);
struct follow_lag *step_sampled_lag(const struct run *run);
/* The batch's gradients into those tensors' that have room for them (for tests). */
void step_sampled_collect(struct run *run);

/* step_bf16.c ---------------------------------------------------------------------------- */

/* NULL without memory. */
struct follow_bf16 *step_bf16_new(const struct follow_model *model, uint32_t threads);
void step_bf16_free(struct follow_bf16 *fast, uint32_t threads);
/* Rounds the panel's rows of Q and scales its L. */
void step_bf16_pack(struct run *run, size_t panel);
/* How many panels the items make. */
size_t step_bf16_panels(const struct run *run);
/* The next span from row `from` on: how many blocks it has, 0 when there are no more rows. */
size_t step_bf16_span(struct run *run, uint64_t from, uint64_t *to);
/* dh of block `index` of the span, and what its rows give to dQ and dL. Returns their loss. */
double step_bf16_block(struct run *run, size_t index, size_t worker);
/* What each rank made of its share of the span's blocks, to those who need it: dh and h to all, e
 * by panels of items. */
void step_bf16_exchange(struct run *run, const size_t *block, const size_t *panel);
/* Gradients of all panels from the ranks that made them. */
void step_bf16_gather(struct run *run, const size_t *panel);
/* Adds what the span gives to the gradients of a panel's Q and L. */
void step_bf16_gradient(struct run *run, size_t panel);
/* The panel's gradient after the last span: *q is [count][dim] in the worker's own memory, *length
 * [buckets][32]. Returns count. */
size_t step_bf16_collect(struct run *run, size_t panel, size_t worker, float **q, float **length);

/* kernels.c ------------------------------------------------------------------------------ */

/* Inverted dropout: each element is 0 with probability `drop`, else from / (1 - drop). The mask is
 * a function of `seed` and the place alone, so that backward can make it again. size % 32 == 0. */
void kernels_dropout(float *to, const float *from, size_t size, float drop, uint64_t seed);
/* to = decay * before + dropout(row) */
void kernels_recur(float *to, const float *before, float decay, const float *row, size_t size,
		   float drop, uint64_t seed);
/* to += dropout(row) */
void kernels_add_dropped(float *to, const float *row, size_t size, float drop, uint64_t seed);
/* One event back: dp += dropout(dz), then dz = decay dz + a (.) dh, da += dh (.) z. */
struct kernels_back {
	float decay, drop;
	size_t size;
	uint64_t seed;
};
void kernels_recur_back(float *dp, float *dz, float *da, const float *a, const float *dh,
			const float *z, const struct kernels_back *back);
/* to += weight (.) from */
void kernels_mix(float *to, const float *weight, const float *from, size_t size);
void kernels_add(float *to, const float *from, size_t size);
/* row = exp(row + intercept - top), top the largest; entries at -infinity become 0. *inverse is
 * 1 / their sum. Returns top + log(sum), so that loss = result - logit of the target. */
float kernels_softmax(float *row, const float *intercept, size_t size, float *inverse);
/* row *= factor, sum += row */
void kernels_spread(float *row, float factor, float *sum, size_t size);
/* sum of a (.) b; size % 16 == 0 */
float kernels_dot(const float *a, const float *b, size_t size);
/* to = factor to + weight from */
void kernels_target(float *to, float factor, const float *from, float weight, size_t size);
/* One step of Adam over `size` weights. */
void kernels_adam(float *value, float *first, float *second, const float *gradient, size_t size,
		  const struct kernels_step *step);
/* Steps of Adam without a gradient: the ratio of the moments shrinks by the same factor in each, so
 * that together they are value -= pace first / sqrt(second), `pace` the sum of theirs. */
void kernels_catch_up(float *value, const float *first, const float *second, float pace,
		      size_t size);

#endif
