/*
 * Thompson sampling for a few kinds with exact chances. What is believed of a kind, Beta(good + 1,
 * bad + 1), is cut into DRAW_LEVELS equal levels of the rate, each with a whole mass, which sum to
 * 2^DRAW_BITS. A draw takes one of the 2^DRAW_BITS units of each kind; the highest level wins, the
 * earlier kind of equals. So how many of all draws choose a kind is counted, not estimated.
 */
#ifndef TACIT_NOW_DRAW_H
#define TACIT_NOW_DRAW_H

#include <stdint.h>

#define DRAW_LEVELS 1024
#define DRAW_BITS 30
#define DRAW_MOST 4

typedef unsigned __int128 draw_wide;

struct draw_belief {
	uint32_t mass[DRAW_LEVELS];
};

/* log2 of the rate in the middle of each level, 2^-20: the same for all beliefs. */
struct draw_scale {
	int32_t rate[DRAW_LEVELS];
};
void draw_scale_make(struct draw_scale *out);

/* good and bad are discounted counts, 2^-20, up to 2^34. */
void draw_belief_make(const struct draw_scale *scale, int64_t good, int64_t bad,
		      struct draw_belief *out);
/* The level at which that unit (below 2^DRAW_BITS) is. */
uint32_t draw_level(const struct draw_belief *belief, uint32_t unit);
/* Which of `count` wins with these levels. */
uint32_t draw_choose(const uint32_t *level, uint32_t count);
/* How many of the 2^(DRAW_BITS count) draws choose it; over all kinds they sum to that. */
draw_wide draw_ways(const struct draw_belief *belief, uint32_t count, uint32_t chosen);
/* ways / 2^(DRAW_BITS count) in 2^-20, to the nearest, at least 1. */
int32_t draw_propensity(draw_wide ways, uint32_t count);

#endif
