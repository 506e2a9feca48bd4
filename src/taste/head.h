/*
 * Heads: what a sum is for. A head has a factor theta for every bank of the model and one for the
 * intercepts; it changes how much each part says and nothing else, so that whatever head, an answer
 * is one exact sum. "next" is what comes next, "taste" what the next year holds.
 */
#ifndef TACIT_TASTE_HEAD_H
#define TACIT_TASTE_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fixed.h"
#include "base/limits.h"
#include "pack/pack.h"

struct head {
	int32_t view;			/* 2^-20: 0 next, FIXED_ONE taste, a blend between */
	uint32_t theta[LIMIT_BANKS], pair_theta[LIMIT_PAIR_BANKS];	/* 2^-20 */
	uint32_t intercept;		/* 2^-20 */
};

/* Whether the pack says what the next year holds. */
bool head_has_taste(const struct pack *pack);
/* The thetas of a view, linear between both heads and rounded down. Where there is no "taste" every
 * view is that of "next", view 0. */
void head_of(const struct pack *pack, int32_t view, struct head *out);

/* A decay (2^-30, at most 1) times theta, rounded down. */
static inline uint32_t head_weight(uint64_t decay, uint32_t theta)
{
	return (uint32_t)(decay * theta >> 20);
}

/* What the head's factor adds to an intercept (2^-11), to the nearest 2^-20, halves up: 0 under a
 * factor of 1. Below 2^27. */
static inline int32_t head_tilt(const struct head *head, int16_t length)
{
	return (int32_t)(((int64_t)length * ((int64_t)head->intercept - FIXED_ONE) + (1 << 10))
			 >> 11);
}

#endif
