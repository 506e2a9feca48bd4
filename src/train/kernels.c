/*
 * The float loops of `follow`. Reductions run in sixteen lanes that are added in a fixed order,
 * so that every variant (base/clones.h) gives the same bits.
 */
#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "follow_inside.h"

#define LANES 16
#define BETA1 ((float)FOLLOW_BETA1)
#define BETA2 ((float)FOLLOW_BETA2)
#define EPSILON 1e-9f

/* e^x for x <= 0 to about 2 ulp: 2^k by the exponent bits, 2^f by a polynomial on [-0.5, 0.5]
 * (Taylor coefficients of 2^f up to f^6). Below -87 it is 0. */
static inline float exp_negative(float x)
{
	float t = x * 1.44269504f;
	float shifted = t + 12582912.0f;		/* 1.5 * 2^23: rounds to an integer */
	float whole = shifted - 12582912.0f;
	float f = t - whole;
	float p = 1.54035304e-4f;
	int32_t bits;
	float power;

	p = p * f + 1.33335581e-3f;
	p = p * f + 9.61812911e-3f;
	p = p * f + 5.55041087e-2f;
	p = p * f + 2.40226507e-1f;
	p = p * f + 6.93147181e-1f;
	p = p * f + 1.0f;
	bits = ((int32_t)(whole < -126.0f ? -126.0f : whole) + 127) << 23;
	memcpy(&power, &bits, sizeof(power));
	return x < -87.0f ? 0.0f : p * power;
}

/* The draws of elements j and j + size / 2, 16 bits each: a hash of the seed and j (MurmurHash3's
 * finaliser, the seed's halves added before and between its rounds). */
static inline uint32_t draws(uint64_t seed, uint32_t j)
{
	uint32_t z = (uint32_t)seed + j * 0x9e3779b9u;

	z = (z ^ z >> 16) * 0x85ebca6bu;
	z ^= (uint32_t)(seed >> 32);
	z = (z ^ z >> 13) * 0xc2b2ae35u;
	return z ^ z >> 16;
}

static inline float masked(uint32_t draw, uint32_t limit, float x)
{
	return draw < limit ? 0.0f : x;
}

CLONES void kernels_dropout(float *to, const float *from, size_t size, float drop, uint64_t seed)
{
	uint32_t limit = (uint32_t)(drop * 65536.0f), half = (uint32_t)size / 2, j;
	float scale = 1.0f / (1.0f - drop);

	for (j = 0; j < half; j++) {
		uint32_t draw = draws(seed, j);

		to[j] = masked(draw & 0xffff, limit, from[j] * scale);
		to[j + half] = masked(draw >> 16, limit, from[j + half] * scale);
	}
}

CLONES void kernels_recur(float *restrict to, const float *restrict before, float decay,
			  const float *restrict row, size_t size, float drop, uint64_t seed)
{
	uint32_t limit = (uint32_t)(drop * 65536.0f), half = (uint32_t)size / 2, j;
	float scale = 1.0f / (1.0f - drop);

	for (j = 0; j < half; j++) {
		uint32_t draw = draws(seed, j);

		to[j] = decay * before[j] + masked(draw & 0xffff, limit, row[j] * scale);
		to[j + half] = decay * before[j + half] +
			       masked(draw >> 16, limit, row[j + half] * scale);
	}
}

CLONES void kernels_add_dropped(float *restrict to, const float *restrict row, size_t size,
				float drop, uint64_t seed)
{
	uint32_t limit = (uint32_t)(drop * 65536.0f), half = (uint32_t)size / 2, j;
	float scale = 1.0f / (1.0f - drop);

	for (j = 0; j < half; j++) {
		uint32_t draw = draws(seed, j);

		to[j] += masked(draw & 0xffff, limit, row[j] * scale);
		to[j + half] += masked(draw >> 16, limit, row[j + half] * scale);
	}
}

CLONES void kernels_recur_back(float *restrict dp, float *restrict dz, float *restrict da,
			       const float *restrict a, const float *restrict dh,
			       const float *restrict z, const struct kernels_back *back)
{
	uint32_t limit = (uint32_t)(back->drop * 65536.0f), half = (uint32_t)back->size / 2, j;
	float scale = 1.0f / (1.0f - back->drop), decay = back->decay;
	uint64_t seed = back->seed;

	for (j = 0; j < half; j++) {
		uint32_t draw = draws(seed, j), k = j + half;

		dp[j] += masked(draw & 0xffff, limit, dz[j] * scale);
		dp[k] += masked(draw >> 16, limit, dz[k] * scale);
		dz[j] = decay * dz[j] + a[j] * dh[j];
		dz[k] = decay * dz[k] + a[k] * dh[k];
		da[j] += dh[j] * z[j];
		da[k] += dh[k] * z[k];
	}
}

CLONES void kernels_mix(float *to, const float *weight, const float *from, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] += weight[j] * from[j];
}

CLONES void kernels_add(float *to, const float *from, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] += from[j];
}

CLONES void kernels_spread(float *row, float factor, float *sum, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++) {
		row[j] *= factor;
		sum[j] += row[j];
	}
}

CLONES float kernels_softmax(float *row, const float *intercept, size_t size, float *inverse)
{
	float lane[LANES], top, sum = 0.0f;
	size_t whole = size - size % LANES, j, k;

	for (k = 0; k < LANES; k++)
		lane[k] = -INFINITY;
	for (j = 0; j < whole; j += LANES)
		for (k = 0; k < LANES; k++) {
			float x = row[j + k] + intercept[j + k];

			row[j + k] = x;
			lane[k] = x > lane[k] ? x : lane[k];
		}
	top = lane[0];
	for (k = 1; k < LANES; k++)
		top = lane[k] > top ? lane[k] : top;
	for (j = whole; j < size; j++) {
		row[j] += intercept[j];
		top = row[j] > top ? row[j] : top;
	}
	for (k = 0; k < LANES; k++)
		lane[k] = 0.0f;
	for (j = 0; j < whole; j += LANES)
		for (k = 0; k < LANES; k++) {
			float e = exp_negative(row[j + k] - top);

			row[j + k] = e;
			lane[k] += e;
		}
	for (k = 0; k < LANES; k++)
		sum += lane[k];
	for (j = whole; j < size; j++) {
		row[j] = exp_negative(row[j] - top);
		sum += row[j];
	}
	*inverse = 1.0f / sum;
	return top + (float)log(sum);
}

CLONES float kernels_dot(const float *a, const float *b, size_t size)
{
	float lane[LANES] = { 0.0f }, sum = 0.0f;
	size_t j, k;

	for (j = 0; j < size; j += LANES)
		for (k = 0; k < LANES; k++)
			lane[k] += a[j + k] * b[j + k];
	for (k = 0; k < LANES; k++)
		sum += lane[k];
	return sum;
}

CLONES void kernels_target(float *to, float factor, const float *from, float weight, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] = factor * to[j] + weight * from[j];
}

CLONES void kernels_adam(float *restrict value, float *restrict first, float *restrict second,
			 const float *restrict gradient, size_t size,
			 const struct kernels_step *step)
{
	float rate = step->rate, correction1 = step->correction1;
	float correction2 = step->correction2, decay1 = step->decay1, decay2 = step->decay2;
	size_t j;

	for (j = 0; j < size; j++) {
		float g = gradient[j];
		float m = decay1 * first[j] + (1.0f - BETA1) * g;
		float v = decay2 * second[j] + (1.0f - BETA2) * g * g;

		first[j] = m;
		second[j] = v;
		value[j] -= rate * (m * correction1) / (sqrtf(v * correction2) + EPSILON);
	}
}

CLONES void kernels_catch_up(float *restrict value, const float *restrict first,
			     const float *restrict second, float pace, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		value[j] -= pace * first[j] / (sqrtf(second[j]) + EPSILON);
}
