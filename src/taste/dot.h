/*
 * The three loops that an answer spends its time in, each in variants for plain C, AVX2 and
 * AVX-512 with VNNI, of which the best that the processor has is chosen when it is first needed.
 * All sums are exact integers, so that every variant gives the same bits in any order of adding.
 */
#ifndef TACIT_TASTE_DOT_H
#define TACIT_TASTE_DOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define DOT_BLOCK 64			/* items that are finished together: a word of a bitmap */
#define DOT_ALIGNED __attribute__((aligned(64)))
#define DOT_NO_CANDIDATE (INT64_MIN / 4)

/* A state of int16, and the same as two planes of bytes, 256 * high + low, zero from dim on. */
struct dot_state {
	int16_t wide[LIMIT_DIM] DOT_ALIGNED;
	uint8_t low[LIMIT_DIM] DOT_ALIGNED;
	int8_t high[LIMIT_DIM] DOT_ALIGNED;
	int32_t excess;			/* what turned top bits add to the high plane */
	uint32_t dim;			/* a multiple of 32 */
};

/* Makes the planes of state->wide[dim], whose values are in [-32767, 32767]. */
void dot_prepare(struct dot_state *state, uint32_t dim);

/* Asks for a row that is needed soon. */
static inline void dot_fetch(const int8_t *row, uint32_t dim)
{
	uint32_t j;

	for (j = 0; j < dim; j += 64)
		__builtin_prefetch(row + j);
}

/* A row and what it is multiplied with. */
struct dot_term {
	const int8_t *row;
	int32_t m;
};

/* What is added to the dot products of a block, and who is out of it. */
struct dot_finish {
	const uint32_t *scale;		/* [count] */
	const int16_t *length;		/* [count], 2^-11, or NULL */
	const int32_t *bonus;		/* [count], 2^-20, or NULL */
	uint64_t excluded;		/* a bit for each that is no candidate */
	int left;			/* shift from 2^-20 to the unit of the result; < 0 right */
};

static inline int64_t dot_shifted(int64_t value, int left)
{
	return left >= 0 ? (int64_t)((uint64_t)value << left) : value >> -left;
}

/* One of a block: dot * scale + length + bonus. */
static inline int64_t dot_finished(int32_t dot, const struct dot_finish *finish, uint32_t i)
{
	int64_t value = (int64_t)dot * finish->scale[i];

	if (finish->length != NULL)
		value += dot_shifted((int64_t)finish->length[i] * 512, finish->left);
	if (finish->bonus != NULL)
		value += dot_shifted(finish->bonus[i], finish->left);
	return value;
}

/* A state for the bounds of coarse.h: offset + (|w| d + 16 |r| h) / 16 is added to the sum over
 * bytes u0 + 16 u1 of 16 u0 g0 + (u0 + 16 u1) g1; g has four g0 and four g1 in turn. */
struct dot_coarse {
	int8_t g[LIMIT_DIM] DOT_ALIGNED;
	int16_t d, h;
	int32_t offset;
	uint32_t dim;
};

struct dot_kernels {
	const char *name;
	/* out[i] = state . row index[i] of q, or row i where index is NULL */
	void (*rows)(const struct dot_state *state, const int8_t *q, const uint32_t *index,
		     uint32_t count, int32_t *out);
	/* out[i] = dot[i] * scale[i] + length + bonus, DOT_NO_CANDIDATE for the excluded; count is
	 * DOT_BLOCK at most. Returns the largest. */
	int64_t (*finish)(const int32_t *dot, const struct dot_finish *finish, uint32_t count,
			  int64_t *out);
	/* A bit for each of at most DOT_BLOCK values that is `least` or more. */
	uint64_t (*reach)(const int64_t *value, uint32_t count, int64_t least);
	/* The bounds of coarse.h for a block of nibbles; NULL where they would cost more than the
	 * rows themselves. */
	void (*coarse)(const struct dot_coarse *state, const uint8_t *plane, const uint16_t *norm,
		       int32_t out[DOT_BLOCK]);
	/* h[dim] += sum over terms of m * row */
	void (*fold)(const struct dot_term *term, uint32_t count, uint32_t dim, int64_t *h);
};

/* The kernels in use. */
const struct dot_kernels *dot_kernels(void);

/* For tests: variant 0 is plain C, the best comes last. NULL where the processor lacks it. */
#define DOT_VARIANTS 3
const struct dot_kernels *dot_variant(uint32_t number);
/* Uses a variant from now on; NULL: the best again. */
void dot_use(const struct dot_kernels *kernels);

#endif
