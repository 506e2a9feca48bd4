/* Draws and their counts in integers; see explore.h. */
#include "explore.h"

#include <assert.h>
#include <stdbool.h>

#include "base/fixed.h"

#define LOG2_E 1512775		/* log2(e) in 2^-20 */
#define HALF (EXPLORE_LEVELS / 2)

/* Normal quantiles of (32.5 .. 63.5) / 64 in 2^-20; those below the middle mirror them. */
static const int32_t upper[HALF] = {
	20536, 61638, 102836, 144193, 185776, 227653, 269897, 312583,
	355794, 399618, 444152, 489502, 535786, 583140, 631714, 681684,
	733252, 786658, 842187, 900186, 961079, 1025400, 1093831, 1167269,
	1246929, 1334521, 1432569, 1545043, 1678779, 1847245, 2083969, 2534994,
};

int32_t explore_normal(uint32_t level)
{
	assert(level < EXPLORE_LEVELS);
	return level >= HALF ? upper[level - HALF] : -upper[HALF - 1 - level];
}

int32_t explore_deviation(int32_t probability, uint32_t evidence)
{
	int64_t p = probability < 0 ? 0 : probability > FIXED_ONE ? FIXED_ONE : probability;
	int64_t taken = p * evidence + FIXED_ONE, left = (FIXED_ONE - p) * evidence + FIXED_ONE;
	int64_t one = (int64_t)1 << (3 * FIXED_BITS), variance = one / taken + one / left;
	int64_t root = (int64_t)fixed_root((uint64_t)variance);		/* of 2^-40 */

	return (int32_t)fixed_multiply(root, LOG2_E);
}

static int64_t value_of(const struct explore_candidate *candidate, uint32_t level)
{
	return candidate->mean + fixed_multiply(candidate->deviation, explore_normal(level));
}

/* Whether candidate a at value x goes before candidate b at value y. */
static bool before(uint32_t a, int64_t x, uint32_t b, int64_t y)
{
	return x != y ? x > y : a < b;
}

uint32_t explore_choose(const struct explore_candidate *candidate, uint32_t count,
			const uint8_t *level, uint32_t size)
{
	uint32_t chosen = 0, i, k;

	assert(count <= EXPLORE_MOST && size <= count);
	for (i = 0; i < count; i++) {
		int64_t value = value_of(&candidate[i], level[i]);
		uint32_t better = 0;

		for (k = 0; k < count; k++)
			better += before(k, value_of(&candidate[k], level[k]), i, value);
		if (better < size)
			chosen |= 1U << i;
	}
	return chosen;
}

/* At how many levels candidate i goes before candidate j at value y. Values rise with levels. */
static uint32_t levels_before(const struct explore_candidate *candidate, uint32_t i, uint32_t j,
			      int64_t y)
{
	uint32_t low = 0, high = EXPLORE_LEVELS;	/* the first level that does */

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (before(i, value_of(&candidate[i], middle), j, y))
			high = middle;
		else
			low = middle + 1;
	}
	return EXPLORE_LEVELS - low;
}

explore_wide explore_ways(const struct explore_candidate *candidate, uint32_t count,
			  uint32_t chosen)
{
	explore_wide ways = 0;
	uint32_t j, level, i;

	assert(count <= EXPLORE_MOST && chosen != 0 && chosen >> count == 0);
	for (j = 0; j < count; j++)
		for (level = 0; (chosen >> j & 1) != 0 && level < EXPLORE_LEVELS; level++) {
			int64_t least = value_of(&candidate[j], level);
			explore_wide product = 1;

			for (i = 0; i < count && product > 0; i++) {
				uint32_t over = levels_before(candidate, i, j, least);

				if (i != j)
					product *= (chosen >> i & 1) != 0 ? over :
						   EXPLORE_LEVELS - over;
			}
			ways += product;
		}
	return ways;
}

int64_t explore_propensity(explore_wide ways, uint32_t count)
{
	uint32_t bits = EXPLORE_LEVEL_BITS * count;

	return (int64_t)(bits >= 62 ? ways >> (bits - 62) : ways << (62 - bits));
}
