/*
 * The float loops of `follow`. Reductions run in sixteen lanes that are added in a fixed order,
 * so that every variant (base/clones.h) gives the same bits.
 */
#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "base/random.h"
#include "follow_inside.h"

#define LANES 16
#define BETA1 0.9f
#define BETA2 0.98f
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

CLONES void kernels_dropout(float *to, const float *from, size_t size, float drop,
				  uint64_t seed)
{
	uint32_t limit = (uint32_t)(drop * 65536.0f);
	float scale = 1.0f / (1.0f - drop);
	size_t j, k;

	for (j = 0; j < size; j += LANES) {
		uint64_t word[LANES / 4];

		for (k = 0; k < LANES / 4; k++) {	/* SplitMix64 by counter */
			uint64_t z = seed + (j + k + 1) * 0x9e3779b97f4a7c15ULL;

			z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
			z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
			word[k] = z ^ z >> 31;
		}
		for (k = 0; k < LANES; k++) {
			uint32_t draw = (uint32_t)(word[k / 4] >> (16 * (k % 4))) & 0xffff;

			to[j + k] = draw < limit ? 0.0f : from[j + k] * scale;
		}
	}
}

CLONES void kernels_recur(float *to, const float *before, float decay, const float *row,
				size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] = decay * before[j] + row[j];
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

CLONES void kernels_scale(float *to, float factor, size_t size)
{
	size_t j;

	for (j = 0; j < size; j++)
		to[j] *= factor;
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

CLONES void kernels_adam(struct follow_tensor *tensor, size_t from, size_t to, float rate,
			       float correction1, float correction2)
{
	float *value = tensor->value, *gradient = tensor->gradient;
	float *first = tensor->first, *second = tensor->second;
	size_t j;

	for (j = from; j < to; j++) {
		float g = gradient[j];
		float m = BETA1 * first[j] + (1.0f - BETA1) * g;
		float v = BETA2 * second[j] + (1.0f - BETA2) * g * g;

		first[j] = m;
		second[j] = v;
		gradient[j] = 0.0f;
		value[j] -= rate * (m * correction1) / (sqrtf(v * correction2) + EPSILON);
	}
}
