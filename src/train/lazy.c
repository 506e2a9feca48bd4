/* Adam by touched row. */
#include "lazy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "base/error.h"
#include "base/random.h"

#define BETA1 0.9f
#define BETA2 0.999f
#define EPSILON 1e-8f

int lazy_new(struct lazy *lazy, uint32_t rows, uint32_t dim, float spread, uint64_t seed)
{
	size_t size = (size_t)rows * dim, i;
	struct random random = { seed };

	memset(lazy, 0, sizeof(*lazy));
	lazy->rows = rows;
	lazy->dim = dim;
	lazy->value = calloc(size + 1, sizeof(float));
	lazy->gradient = calloc(size + 1, sizeof(float));
	lazy->first = calloc(size + 1, sizeof(float));
	lazy->second = calloc(size + 1, sizeof(float));
	lazy->touched = calloc((size_t)rows + 1, sizeof(uint32_t));
	lazy->is_touched = calloc((size_t)rows + 1, 1);
	if (lazy->value == NULL || lazy->gradient == NULL || lazy->first == NULL ||
	    lazy->second == NULL || lazy->touched == NULL || lazy->is_touched == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; spread > 0.0f && i < size; i++) {	/* Box, Muller 1958 */
		double u = ((double)(random_u64(&random) >> 11) + 0.5) * 0x1p-53;
		double v = (double)(random_u64(&random) >> 11) * 0x1p-53;

		lazy->value[i] = spread * (float)(sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v));
	}
	return 0;
}

void lazy_free(struct lazy *lazy)
{
	free(lazy->value);
	free(lazy->gradient);
	free(lazy->first);
	free(lazy->second);
	free(lazy->touched);
	free(lazy->is_touched);
	memset(lazy, 0, sizeof(*lazy));
}

float *lazy_gradient(struct lazy *lazy, uint32_t row)
{
	if (!lazy->is_touched[row]) {
		lazy->is_touched[row] = 1;
		lazy->touched[lazy->touched_count++] = row;
	}
	return lazy->gradient + (size_t)row * lazy->dim;
}

static CLONES void step_row(float *restrict value, float *restrict gradient,
			    float *restrict first, float *restrict second, size_t size, float l2,
			    float rate, float correction2)
{
	size_t j;

	for (j = 0; j < size; j++) {
		float g = gradient[j] + l2 * value[j];

		first[j] = BETA1 * first[j] + (1.0f - BETA1) * g;
		second[j] = BETA2 * second[j] + (1.0f - BETA2) * g * g;
		value[j] -= rate * first[j] / (sqrtf(second[j] * correction2) + EPSILON);
		gradient[j] = 0.0f;
	}
}

void lazy_step(struct lazy *lazy, float rate, float l2)
{
	double steps = (double)++lazy->steps;
	float correction1 = (float)(1.0 / (1.0 - pow((double)BETA1, steps)));
	float correction2 = (float)(1.0 / (1.0 - pow((double)BETA2, steps)));
	uint32_t i;

	for (i = 0; i < lazy->touched_count; i++) {
		size_t at = (size_t)lazy->touched[i] * lazy->dim;

		step_row(lazy->value + at, lazy->gradient + at, lazy->first + at,
			 lazy->second + at, lazy->dim, l2, rate * correction1, correction2);
		lazy->is_touched[lazy->touched[i]] = 0;
	}
	lazy->touched_count = 0;
}
