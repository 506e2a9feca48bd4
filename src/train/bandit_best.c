/*
 * Which of several Beta variables is the largest. In log-odds t a Beta density is smooth and falls
 * off exponentially at both sides, so that the trapezoid rule on even nodes converges faster than
 * any power of their distance (Trefethen and Weideman 2014). The nodes cover all but 1e-14 of the
 * distribution of the largest, which is the product of the distribution functions.
 */
#include "bandit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define NODES (1 << 17)
#define FAR 700.0		/* log-odds beyond which a double says 0 or 1 */
#define TAIL 1e-14
#define MISSED 1e-6

/* The continued fraction of the incomplete Beta function (DLMF 8.17.22), by Lentz's method. */
static double fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), result;
	int m;

	d = 1.0 / (fabs(d) < tiny ? tiny : d);
	result = d;
	for (m = 1; m < 100000; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1.0 + even * d;
		c = 1.0 + even / c;
		d = 1.0 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		result *= d * c;
		d = 1.0 + odd * d;
		c = 1.0 + odd / c;
		d = 1.0 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		result *= step;
		if (fabs(step - 1.0) < 1e-15)
			break;
	}
	return result;
}

/* The density at log-odds t, and the logarithm of the distribution function there. */
static double density(double a, double b, double t, double *log_below)
{
	double x = 1.0 / (1.0 + exp(-t)), y = 1.0 / (1.0 + exp(t));
	double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) -
			   a * log1p(exp(-t)) - b * log1p(exp(t)));

	if (x < (a + 1.0) / (a + b + 2.0))
		*log_below = log(front) + log(fraction(a, b, x) / a);
	else
		*log_below = log1p(-front * fraction(b, a, y) / b);
	return front;
}

static double log_largest_below(const double *alpha, const double *beta, uint32_t count, double t)
{
	double sum = 0.0, one;
	uint32_t i;

	for (i = 0; i < count; i++) {
		density(alpha[i], beta[i], t, &one);
		sum += one;
	}
	return sum;
}

/* The log-odds below which the largest lies with that log probability. */
static double quantile(const double *alpha, const double *beta, uint32_t count, double log_wanted)
{
	double low = -FAR, high = FAR;
	int i;

	for (i = 0; i < 60; i++) {
		double middle = (low + high) / 2.0;

		if (log_largest_below(alpha, beta, count, middle) < log_wanted)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2.0;
}

int bandit_best(const double *alpha, const double *beta, uint32_t count, double *chance,
		double *missed, struct error *error)
{
	double low = quantile(alpha, beta, count, log(TAIL));
	double high = quantile(alpha, beta, count, log1p(-TAIL));
	double least = 1.0, step, total = 0.0;
	double *front = calloc(count, sizeof(*front)), *below = calloc(count, sizeof(*below));
	uint32_t i;
	int nodes, n;

	if (front == NULL || below == NULL) {
		free(front);
		free(below);
		return error_memory(error);
	}
	for (i = 0; i < count; i++) {
		assert(alpha[i] >= 1.0 && beta[i] >= 1.0);
		least = fmin(least, sqrt(1.0 / alpha[i] + 1.0 / beta[i]));	/* its deviation */
		chance[i] = 0.0;
	}
	nodes = (int)fmin(NODES, 8.0 * (high - low) / least + 32.0);
	step = (high - low) / nodes;
	for (n = 0; n <= nodes; n++) {
		double sum = 0.0;

		for (i = 0; i < count; i++) {
			front[i] = density(alpha[i], beta[i], low + step * n, &below[i]);
			sum += below[i];
		}
		for (i = 0; i < count; i++)
			if (front[i] > 0.0 && isfinite(below[i]))
				chance[i] += step * front[i] * exp(sum - below[i]);
	}
	for (i = 0; i < count; i++)
		total += chance[i];
	free(front);
	free(below);
	if (!(fabs(total - 1.0) < MISSED))
		return error_set(error, TACIT_E_LIMIT, "the chances of %u items to be the best "
				 "could not be integrated: they sum to %g", count, total);
	for (i = 0; i < count; i++)
		chance[i] /= total;
	if (missed != NULL)
		*missed = fabs(total - 1.0);
	return 0;
}
