/*
 * Quantiles of few, weighted numbers that cover what they say for the number that comes next.
 *
 * Of n numbers in order and one more that is exchangeable with them, the next one is at most the
 * k-th with a chance of k / (n + 1): so the Q80 is the value at place 0.8 (n + 1), where places
 * between two numbers are interpolated (Hutson 1999, "Calculating nonparametric confidence
 * intervals for quantiles using fractional order statistics"), and it is not known where that place
 * is above n. With weights w_1 .. w_n in the order of the values, and `next` for the next number
 * (Barber, Candes, Ramdas, Tibshirani 2023, "Conformal prediction beyond exchangeability"):
 *
 *	place of value k = w_1 + ... + w_k - w_k / 2 + next / 2
 *	wanted           = share * (w_1 + ... + w_n + next)
 *
 * Below the first place the first value is the answer. next = 0 is the plain weighted quantile,
 * always known. Where the numbers hold invented ones of a prior of weight p >= 1, that takes the
 * place of the next one (Ferguson 1973: the predictive distribution of a Dirichlet process).
 */
#ifndef TACIT_PLACES_QUANTILE_H
#define TACIT_PLACES_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quantile_value {
	int64_t value;
	uint32_t weight;		/* 2^-20 */
};

/* By value, then weight: the same order whatever order they came in. */
void quantile_sort(struct quantile_value *list, size_t count);

/* Of a sorted list; share in 2^-20, 0 .. 1. Interpolated, rounded to the nearest, halves up. False
 * where not known: no weight, or too few for this share. O(count). */
bool quantile_of(const struct quantile_value *list, size_t count, uint32_t next, int32_t share,
		 int64_t *out);

/* 2^(-age / half) in 2^-20; 1 for an age below 0. */
uint32_t quantile_fade(int64_t age, int64_t half);

#endif
