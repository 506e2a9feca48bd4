/*
 * `follow`: what a person takes next, as a sum over what they took before.
 *
 *   z_b[t + 1] = rho_b z_b[t] + P_b[x_t]          b = 0 .. banks - 1
 *   h[t]       = sum over b of a_b (.) z_b[t]      the state before event t
 *                + sum over f of C[f(t)]           the moment of event t, where it is known
 *   score      = Q h[t] + L[bucket(t)]
 *   loss       = -log softmax of the score at x_t, over the items not among x_0 .. x_{t-1}
 *
 * It is a linear recurrence with fixed scalar decays (an exponential moving average per bank),
 * trained through the full softmax with Adam (Kingma, Ba 2015) and inverted dropout (Srivastava et
 * al. 2014). The backward pass is the same recurrence reversed:
 *   dz_b[t] = a_b (.) dh[t] + rho_b dz_b[t + 1],   dP_b[x_t] += dz_b[t + 1],   dC[f(t)] += dh[t].
 *
 * Cost of an epoch: 6 * items * dim * events flops in three products.
 */
#ifndef TACIT_TRAIN_FOLLOW_H
#define TACIT_TRAIN_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "train/moments.h"

struct follow_model;

/* Where a run keeps its state, so that it can be stopped and gone on with (checkpoint.h). */
struct follow_keep {
	const char *path;
	uint64_t identity;		/* of data and options: another one's file is refused */
	uint32_t phase;			/* of several runs, which */
	const void *note;		/* of the caller, kept with it */
	size_t note_size;
};

struct follow_config {
	uint32_t dim;			/* multiple of 32 */
	uint32_t banks;
	float tau[LIMIT_BANKS];		/* in events; 0 = the last event only */
	uint32_t buckets;
	uint32_t bucket_from[LIMIT_BUCKETS];
	uint32_t epochs;
	uint32_t batch;			/* whole sequences a step */
	float rate;			/* of Adam, after the warm-up */
	uint32_t warmup;		/* steps */
	float drop_in, drop_out;	/* on P and C rows, on h */
	uint64_t seed;
	uint32_t threads;
	bool repeats;			/* seen items stay in the softmax */
	uint32_t negatives;		/* drawn for each step (step_sampled.c); 0: all items */
	const struct follow_model *start;	/* folded; goes on from there. NULL: from scratch */
	uint32_t refit_epochs;		/* of a refit that goes on; 0: a refit from scratch */
	const struct moments *moments;	/* of the events; NULL: without */
	const struct follow_keep *keep;	/* NULL: nowhere */
};

/* Float weights; shapes in brackets. `a` is folded into `p` when training ends. */
struct follow_model {
	uint32_t items, dim, banks, buckets;
	float *p;			/* [items][banks][dim] */
	float *q;			/* [items][dim] */
	float *length;			/* [buckets][items] */
	float *a;			/* [banks][dim] */
	uint32_t moments;
	float *c;			/* [moments][dim], what the moment adds to h */
	float rho[LIMIT_BANKS];
};

/* Sequences: user u is item[start[u]] .. item[end[u] - 1], oldest first. */
struct follow_sequences {
	uint32_t users, items;
	const uint64_t *start, *end;
	const uint32_t *item;
};

struct follow_progress {
	uint32_t epoch, epochs;
	uint64_t done, total;		/* events in this epoch */
	double loss;			/* mean of the epoch so far, nats */
	double seconds;			/* since training began */
};

/* Called a few times a second and at the end of each epoch (done == total), when `model` is usable
 * for follow_states (a not folded). A non-zero result stops: TACIT_E_STOPPED. */
typedef int follow_watch(void *context, const struct follow_progress *progress,
			 struct follow_model *model);

void follow_config_default(struct follow_config *config);

/* Trains from scratch. The same sequences, config and threads give the same bits on machines
 * where gemm_kernel() is the same and, for "sgemm", OpenBLAS takes the same kernels. */
int follow_train(const struct follow_config *config, const struct follow_sequences *sequences,
		 follow_watch *watch, void *context, struct follow_model **out,
		 struct error *error);
void follow_free(struct follow_model *model);
/* A model whose rows are zero: what many take, alone. One bank, 32 dimensions (into *config). */
int follow_none(struct follow_config *config, const struct follow_sequences *sequences,
		struct follow_model **out, struct error *error);

/* The sum of a's score and `weight` times b's as one model, columns side by side. Both are folded
 * and of the same items, banks, decays, buckets and moments. */
int follow_join(const struct follow_model *a, const struct follow_model *b, float weight,
		struct follow_model **out, struct error *error);

/* h before the next event of a history (a folded or not as `folded` says): state[dim]. */
void follow_state(const struct follow_model *model, bool folded, const uint32_t *item,
		  uint64_t count, float *state);

/* Adds the moment of an event to the state before it. */
void follow_moment(const struct follow_model *model, const struct follow_config *config,
		   uint64_t event, float *state);

/* The bucket of a history length. */
uint32_t follow_bucket(const uint32_t *bucket_from, uint32_t buckets, uint64_t length);

#endif
