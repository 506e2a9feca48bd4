/* Draws and their counts in integers; see draw.h. */
#include "draw.h"

#include <assert.h>

#include "base/fixed.h"

#define LEVEL_BITS 10

_Static_assert(DRAW_LEVELS == 1 << LEVEL_BITS, "levels are at odd 2^-(LEVEL_BITS + 1)");
_Static_assert(DRAW_BITS * DRAW_MOST < 128, "counts of draws fit");

void draw_scale_make(struct draw_scale *out)
{
	uint32_t k;

	for (k = 0; k < DRAW_LEVELS; k++)
		out->rate[k] = fixed_log2(2 * k + 1) - (LEVEL_BITS + 1) * FIXED_ONE;
}

void draw_belief_make(const struct draw_scale *scale, int64_t good, int64_t bad,
		      struct draw_belief *out)
{
	const int32_t *rate = scale->rate;
	int64_t height[DRAW_LEVELS], top = INT64_MIN;
	uint64_t sum = 0, given = 0;
	uint32_t k, mode = 0;

	assert(good >= 0 && bad >= 0 && good <= 1LL << 34 && bad <= 1LL << 34);
	for (k = 0; k < DRAW_LEVELS; k++) {
		height[k] = (good * rate[k] + bad * rate[DRAW_LEVELS - 1 - k]) >> FIXED_BITS;
		if (height[k] > top) {
			top = height[k];
			mode = k;
		}
	}
	for (k = 0; k < DRAW_LEVELS; k++) {
		int64_t below = height[k] - top;

		out->mass[k] = below < -30 * FIXED_ONE ? 0 : fixed_exp2((int32_t)below);
		sum += out->mass[k];
	}
	for (k = 0; k < DRAW_LEVELS; k++) {
		out->mass[k] = (uint32_t)(((uint64_t)out->mass[k] << DRAW_BITS) / sum);
		given += out->mass[k];
	}
	out->mass[mode] += (uint32_t)((1ULL << DRAW_BITS) - given);
}

uint32_t draw_level(const struct draw_belief *belief, uint32_t unit)
{
	uint32_t k = 0;

	assert(unit >> DRAW_BITS == 0);
	while (unit >= belief->mass[k])
		unit -= belief->mass[k++];
	return k;
}

uint32_t draw_choose(const uint32_t *level, uint32_t count)
{
	uint32_t best = 0, i;

	for (i = 1; i < count; i++)
		if (level[i] > level[best])
			best = i;
	return best;
}

draw_wide draw_ways(const struct draw_belief *belief, uint32_t count, uint32_t chosen)
{
	uint64_t below[DRAW_MOST] = { 0 };	/* mass under level k */
	draw_wide ways = 0;
	uint32_t k, j;

	assert(count <= DRAW_MOST && chosen < count);
	for (k = 0; k < DRAW_LEVELS; k++) {
		draw_wide product = belief[chosen].mass[k];

		for (j = 0; j < count; j++)
			if (j != chosen)	/* an earlier one is lower, a later not higher */
				product *= below[j] + (j > chosen ? belief[j].mass[k] : 0);
		ways += product;
		for (j = 0; j < count; j++)
			below[j] += belief[j].mass[k];
	}
	return ways;
}

int32_t draw_propensity(draw_wide ways, uint32_t count)
{
	uint32_t shift = DRAW_BITS * count - FIXED_BITS;
	draw_wide share = (ways + ((draw_wide)1 << (shift - 1))) >> shift;

	return share == 0 ? 1 : (int32_t)share;
}
