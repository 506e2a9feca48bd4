/*
 * The loops in C, compiled for each kind of processor, and the choice among them. Bounds: an int16
 * state of at most 32767 and rows of int8 keep a dot product of LIMIT_DIM = 512 inside int32:
 * 32767 * 128 * 512 < 2^31.
 */
#include "dot.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "dot_inside.h"

#define INLINE static inline __attribute__((always_inline))

_Static_assert(32767LL * 128 * LIMIT_DIM <= INT32_MAX, "a dot product stays inside int32");

void dot_prepare(struct dot_state *state, uint32_t dim)
{
	int32_t sum = 0;
	uint32_t j;

	assert(dim % 32 == 0 && dim <= LIMIT_DIM);
	state->dim = dim;
	for (j = 0; j < dim; j++) {
		state->low[j] = (uint8_t)(state->wide[j] & 255);
		state->high[j] = (int8_t)(state->wide[j] >> 8);
		sum += state->high[j];
	}
	if (dim % 64 != 0) {	/* the last half of a vector */
		memset(state->low + dim, 0, 32);
		memset(state->high + dim, 0, 32);
	}
	state->excess = 128 * sum;
}

INLINE void rows_body(const struct dot_state *state, const int8_t *q, const uint32_t *index,
		      uint32_t count, int32_t *out)
{
	uint32_t i, j, dim = state->dim;

	for (i = 0; i < count; i++) {
		const int8_t *row = q + (size_t)(index == NULL ? i : index[i]) * dim;
		int32_t sum = 0;

		for (j = 0; j < dim; j++)
			sum += state->wide[j] * row[j];
		out[i] = sum;
	}
}

INLINE int64_t finish_body(const int32_t *dot, const struct dot_finish *finish, uint32_t count,
			   int64_t *out)
{
	const uint32_t *scale = finish->scale;
	int left = finish->left;
	int64_t top = DOT_NO_CANDIDATE;
	uint32_t i;

	for (i = 0; i < count; i++)
		out[i] = (int64_t)dot[i] * scale[i];
	if (finish->length != NULL)
		for (i = 0; i < count; i++)
			out[i] += dot_shifted((int64_t)finish->length[i] * 512, left);
	if (finish->bonus != NULL)
		for (i = 0; i < count; i++)
			out[i] += dot_shifted(finish->bonus[i], left);
	if (finish->excluded != 0)
		for (i = 0; i < count; i++)
			if ((finish->excluded >> i & 1) != 0)
				out[i] = DOT_NO_CANDIDATE;
	for (i = 0; i < count; i++)
		top = out[i] > top ? out[i] : top;
	return top;
}

INLINE void fold_body(const struct dot_term *term, uint32_t count, uint32_t dim, int64_t *h)
{
	uint32_t t, j;

	for (t = 0; t < count; t++) {
		const int8_t *row = term[t].row;
		int32_t m = term[t].m;

		for (j = 0; j < dim; j++)
			h[j] += (int64_t)m * row[j];
	}
}

INLINE uint64_t reach_body(const int64_t *value, uint32_t count, int64_t least)
{
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < count; i++)
		bits |= (uint64_t)(value[i] >= least) << i;
	return bits;
}

/* The bodies compiled for one kind of processor. */
#define VARIANT(name, target)								\
	target static void name##_rows(const struct dot_state *state, const int8_t *q,	\
				       const uint32_t *index, uint32_t count, int32_t *out)	\
	{										\
		rows_body(state, q, index, count, out);					\
	}										\
	target static int64_t name##_finish(const int32_t *dot,				\
					    const struct dot_finish *finish,		\
					    uint32_t count, int64_t *out)		\
	{										\
		return count == DOT_BLOCK ? finish_body(dot, finish, DOT_BLOCK, out) :	\
					    finish_body(dot, finish, count, out);	\
	}										\
	target static uint64_t name##_reach(const int64_t *value, uint32_t count,	\
					    int64_t least)				\
	{										\
		return reach_body(value, count, least);					\
	}										\
	target static void name##_fold(const struct dot_term *term, uint32_t count,	\
				       uint32_t dim, int64_t *h)			\
	{										\
		fold_body(term, count, dim, h);						\
	}

VARIANT(plain, )
static const struct dot_kernels plain = { "plain", plain_rows, plain_finish, plain_reach, NULL,
					  plain_fold };

#if defined(__x86_64__)
VARIANT(avx2, __attribute__((target("arch=x86-64-v3"))))
static const struct dot_kernels avx2 = { "avx2", avx2_rows, avx2_finish, avx2_reach, NULL,
					 avx2_fold };

static const struct dot_kernels vnni = { "avx512-vnni", dot_vnni_rows, dot_vnni_finish,
					 dot_vnni_reach, dot_vnni_coarse, dot_vnni_fold };
#endif

const struct dot_kernels *dot_variant(uint32_t number)
{
	assert(number < DOT_VARIANTS);
	if (number == 0)
		return &plain;
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (number == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
	    __builtin_cpu_supports("fma"))
		return &avx2;
	if (number == 2 && __builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd") &&
	    __builtin_cpu_supports("avx512vnni"))
		return &vnni;
#endif
	return NULL;
}

/* Set more than once by threads that begin together, each time to the same. */
static const struct dot_kernels *chosen;

const struct dot_kernels *dot_kernels(void)
{
	const struct dot_kernels *kernels = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
	uint32_t number = DOT_VARIANTS;

	while (kernels == NULL)
		kernels = dot_variant(--number);
	__atomic_store_n(&chosen, kernels, __ATOMIC_RELAXED);
	return kernels;
}

void dot_use(const struct dot_kernels *kernels)
{
	__atomic_store_n(&chosen, kernels, __ATOMIC_RELAXED);
}
