/* Two models of `follow` as one: their columns side by side. */
#include <math.h>
#include <string.h>

#include "follow_inside.h"

static double mean_square(const float *value, size_t size)
{
	double sum = 0.0;
	size_t i;

	for (i = 0; i < size; i++)
		sum += (double)value[i] * value[i];
	return size == 0 ? 0.0 : sum / (double)size;
}

/* rows of a and factor times rows of b, side by side. */
static void beside(const float *a, uint32_t a_dim, const float *b, uint32_t b_dim, float factor,
		   size_t rows, float *out)
{
	size_t row;
	uint32_t j;

	for (row = 0; row < rows; row++) {
		memcpy(out, a + row * a_dim, sizeof(float) * a_dim);
		for (j = 0; j < b_dim; j++)
			out[a_dim + j] = factor * b[row * b_dim + j];
		out += a_dim + b_dim;
	}
}

int follow_join(const struct follow_model *a, const struct follow_model *b, float weight,
		struct follow_model **out, struct error *error)
{
	struct follow_model *model = follow_new(a->items, a->dim + b->dim, a->banks, a->buckets,
						a->moments);
	size_t rows = (size_t)a->items * a->banks, i;
	double of_a = mean_square(a->p, rows * a->dim), of_b = mean_square(b->p, rows * b->dim);
	/* a row of P has one scale for all its columns: both halves have to be about as large */
	float factor = of_a > 0.0 && of_b > 0.0 ? (float)sqrt(of_a / of_b) : 1.0f;

	*out = NULL;
	if (model == NULL)
		return error_memory(error);
	memcpy(model->rho, a->rho, sizeof(model->rho));
	beside(a->p, a->dim, b->p, b->dim, factor, rows, model->p);
	beside(a->q, a->dim, b->q, b->dim, weight / factor, a->items, model->q);
	beside(a->a, a->dim, b->a, b->dim, 1.0f, a->banks, model->a);
	beside(a->c, a->dim, b->c, b->dim, factor, a->moments, model->c);
	for (i = 0; i < (size_t)a->buckets * a->items; i++)
		model->length[i] = a->length[i] + weight * b->length[i];
	*out = model;
	return 0;
}
