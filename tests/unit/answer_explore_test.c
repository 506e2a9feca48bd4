/* Draws and propensities by enumeration of all levels; constants against the C library's erf. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/explore.h"
#include "base/fixed.h"
#include "base/random.h"

static void levels_are_slices_of_a_normal(void **state)
{
	uint32_t l;

	(void)state;
	for (l = 0; l < EXPLORE_LEVELS; l++) {
		double z = (double)explore_normal(l) / FIXED_ONE;

		assert_true(fabs(0.5 * erfc(-z / sqrt(2.0)) - (l + 0.5) / EXPLORE_LEVELS) < 1e-6);
	}
}

static void deviations_are_of_log_odds(void **state)
{
	static const double p[] = { 0.0, 0.0001, 0.01, 0.3, 1.0 };
	static const uint32_t n[] = { 0, 1, 30, 4096 };
	size_t i, k;

	(void)state;
	for (i = 0; i < 5; i++)
		for (k = 0; k < 4; k++) {
			double q = floor(p[i] * FIXED_ONE) / FIXED_ONE;
			double right = sqrt(1.0 / (q * n[k] + 1.0) + 1.0 / ((1.0 - q) * n[k] + 1.0));
			double there = (double)explore_deviation((int32_t)(p[i] * FIXED_ONE), n[k]) /
				FIXED_ONE;

			assert_true(fabs(there - right / log(2.0)) < 1e-5);
		}
	/* more evidence, less to try */
	assert_true(explore_deviation(FIXED_ONE / 50, 1000) < explore_deviation(FIXED_ONE / 50, 100));
}

static void random_candidates(struct random *random, struct explore_candidate *out, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		out[i].mean = -(int32_t)random_below(random, 6 * FIXED_ONE);
		out[i].deviation = (int32_t)random_below(random, 2 * FIXED_ONE);
	}
	if (count > 2) {	/* equals, and one that is sure */
		out[1] = out[0];
		out[2].deviation = 0;
	}
}

/* All 64^3 draws: each set is chosen as often as is said. */
static void propensities_by_enumeration(void **state)
{
	struct random random = { 7 };
	struct explore_candidate candidate[3];
	int round;
	uint32_t size, set, a, b, c;

	(void)state;
	for (round = 0; round < 8; round++)
		for (size = 1; size <= 3; size++) {
			uint32_t seen[8] = { 0 };
			explore_wide sum = 0;

			random_candidates(&random, candidate, 3);
			for (a = 0; a < EXPLORE_LEVELS; a++)
				for (b = 0; b < EXPLORE_LEVELS; b++)
					for (c = 0; c < EXPLORE_LEVELS; c++) {
						uint8_t level[3] = { (uint8_t)a, (uint8_t)b, (uint8_t)c };

						seen[explore_choose(candidate, 3, level, size)]++;
					}
			for (set = 1; set < 8; set++)
				if ((uint32_t)__builtin_popcount(set) == size) {
					explore_wide ways = explore_ways(candidate, 3, set);

					assert_true(ways == seen[set]);
					sum += ways;
				} else {
					assert_int_equal(seen[set], 0);
				}
			assert_true(sum == 1U << 18);
		}
}

/* Of more candidates: all sets of a size together are all draws, to the bit. */
static void propensities_sum_to_one(void **state)
{
	struct random random = { 8 };
	struct explore_candidate candidate[EXPLORE_MOST];
	uint32_t count, size, set;

	(void)state;
	for (count = 2; count <= 10; count += 4) {
		random_candidates(&random, candidate, count);
		for (size = 1; size <= count; size += count > 2 ? 3 : 1) {
			explore_wide sum = 0;

			for (set = 1; set < 1U << count; set++)
				if ((uint32_t)__builtin_popcount(set) == size)
					sum += explore_ways(candidate, count, set);
			assert_true(sum == (explore_wide)1 << (EXPLORE_LEVEL_BITS * count));
		}
	}
	/* the most that can be in play, of which all are chosen: nothing overflows */
	random_candidates(&random, candidate, EXPLORE_MOST);
	assert_true(explore_propensity(explore_ways(candidate, EXPLORE_MOST, 0xffff), EXPLORE_MOST) ==
		    (int64_t)1 << 62);
}

static void what_is_sure_is_chosen(void **state)
{
	struct explore_candidate sure[4] = { { -100, 0 }, { -200, 0 }, { -200, 0 }, { -300, 0 } };
	uint8_t level[4] = { 0, 63, 63, 63 };
	struct explore_candidate open[2] = { { -FIXED_ONE, FIXED_ONE }, { -2 * FIXED_ONE, FIXED_ONE } };
	int64_t first, second;

	(void)state;
	assert_int_equal(explore_choose(sure, 4, level, 2), 3);	/* of equals the earlier */
	assert_true(explore_propensity(explore_ways(sure, 4, 3), 4) == (int64_t)1 << 62);
	assert_true(explore_ways(sure, 4, 5) == 0);
	/* N(-1, 1) against N(-2, 1): the first wins with Phi(1 / sqrt 2) = .760, in 64 steps */
	first = explore_propensity(explore_ways(open, 2, 1), 2);
	second = explore_propensity(explore_ways(open, 2, 2), 2);
	assert_true(first + second == (int64_t)1 << 62);
	assert_true(fabs((double)first * 0x1p-62 - 0.5 * erfc(-0.5)) < 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_are_slices_of_a_normal),
		cmocka_unit_test(deviations_are_of_log_odds),
		cmocka_unit_test(propensities_by_enumeration),
		cmocka_unit_test(propensities_sum_to_one),
		cmocka_unit_test(what_is_sure_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
