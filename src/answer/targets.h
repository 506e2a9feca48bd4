/*
 * What a history tests itself with: the latest things that the person had, each at its first
 * event, to be found with only what came before. Afterwards it is no candidate. Ranges are by
 * bootstrap over them (Efron 1979): the same targets drawn again, as many, with replacement.
 */
#ifndef TACIT_ANSWER_TARGETS_H
#define TACIT_ANSWER_TARGETS_H

#include <stdint.h>

#include "answer/answer.h"
#include "base/random.h"

#define TARGETS_RESAMPLES 200
#define TARGETS_SEED 20

struct target {
	uint32_t event;			/* index into the history */
	uint32_t item;			/* in the pack */
};

/* At most `most`, the latest first; *count may be 0. */
int targets_choose(const struct subject *subject, uint32_t most, struct target *out,
		   uint32_t *count, struct error *error);

/* One resample: how often each of `count` targets is in it. */
void targets_resample(struct random *random, uint32_t *weight, uint32_t count);

/* Of TARGETS_RESAMPLES values, which it sorts, those that 5 in 100 are below and above. */
void targets_range(int64_t *sample, int64_t *low, int64_t *high);

#endif
