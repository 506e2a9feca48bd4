/*
 * Thompson sampling (1933) for a handful of candidates, some of which are to be chosen: of each a
 * value is drawn from what is believed of it, and the largest values are chosen. What the model
 * guesses is mostly taken, and what it is unsure of gets its turn.
 *
 *	value = mean + deviation z		all in log2, 2^-20
 *	deviation = sqrt(1 / (p n + 1) + 1 / ((1 - p) n + 1)) log2(e)
 *
 * mean is log2 of the share that the model gives the candidate. The deviation is that of the
 * log-odds under Beta(p n + 1, (1 - p) n + 1), a chance p that was seen n times, in its normal
 * approximation (Aitchison and Shen 1980). z is one of the EXPLORE_LEVELS medians of equally likely
 * slices of a normal distribution. So a draw of m candidates is one of EXPLORE_LEVELS^m equally
 * likely ones, and how many of them choose a set is counted, exactly: its propensity.
 */
#ifndef TACIT_ANSWER_EXPLORE_H
#define TACIT_ANSWER_EXPLORE_H

#include <stdint.h>

#define EXPLORE_LEVEL_BITS 6
#define EXPLORE_LEVELS (1 << EXPLORE_LEVEL_BITS)
#define EXPLORE_MOST 16			/* candidates: 6 bits of each stay below 128 */

typedef unsigned __int128 explore_wide;

struct explore_candidate {
	int32_t mean, deviation;	/* log2, 2^-20 */
};

/* Of a chance p (2^-20) and n events. */
int32_t explore_deviation(int32_t probability, uint32_t evidence);
/* z of a level, 2^-20. */
int32_t explore_normal(uint32_t level);

/* Chooses `size` of the `count` candidates by their levels (each below EXPLORE_LEVELS); of equal
 * values the earlier candidate goes first. Bit i of the result: candidate i is chosen. */
uint32_t explore_choose(const struct explore_candidate *candidate, uint32_t count,
			const uint8_t *level, uint32_t size);
/* How many of the EXPLORE_LEVELS^count draws choose that set: the sum over all sets of a size is
 * EXPLORE_LEVELS^count, to the bit. Sums over which of the chosen has the least value, and which.
 * O(count^2 EXPLORE_LEVELS). */
explore_wide explore_ways(const struct explore_candidate *candidate, uint32_t count,
			  uint32_t chosen);
/* ways / EXPLORE_LEVELS^count in 2^-62, rounded down. */
int64_t explore_propensity(explore_wide ways, uint32_t count);

#endif
