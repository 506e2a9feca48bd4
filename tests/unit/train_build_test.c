/* Quantising: intercepts of very large catalogues keep their differences within the format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "train/build.c"

/* What fits stays as it is: no shift, so that packs of usual catalogues are what they were. */
static void small_ones_stay(void **state)
{
	const float length[] = { -15.9f, -3.0f, 2.0f };

	(void)state;
	assert_true(intercept_shift(length, 3, 1.0f) == 0.0);
	assert_int_equal(intercept(-3.0), -6144);
}

/* log(1 / 20 million) is -16.8; at a temperature of 1.5 what is -20 is -30. All differences stay
 * within a step of 2^-11. */
static void large_ones_are_shifted(void **state)
{
	const float length[] = { -20.0f, -19.5f, -16.8f, -9.0f, -2.0f };
	const float factor[] = { 1.0f, 1.5f };
	uint32_t f, i;

	(void)state;
	for (f = 0; f < 2; f++) {
		double shift = intercept_shift(length, 5, factor[f]);
		int16_t first = intercept((double)(factor[f] * length[0]) + shift);

		assert_true(first >= -32767);
		for (i = 1; i < 5; i++) {
			int16_t value = intercept((double)(factor[f] * length[i]) + shift);
			double wanted = (double)(factor[f] * (length[i] - length[0])) * 2048.0;

			if (fabs(value - first - wanted) > 1.0)
				fail_msg("item %u: %d steps above the first, wanted %.1f", i,
					 value - first, wanted);
		}
	}
}

/* Where not all fit, the most likely ones do, and the least likely are held together. */
static void the_largest_are_kept(void **state)
{
	const float length[] = { -60.0f, -50.0f, -4.0f, -3.0f };
	double shift = intercept_shift(length, 4, 1.0f);

	(void)state;
	assert_int_equal(intercept((double)length[3] + shift) -
			 intercept((double)length[2] + shift), 2048);
	assert_int_equal(intercept((double)length[0] + shift), -32767);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_ones_stay),
		cmocka_unit_test(large_ones_are_shifted),
		cmocka_unit_test(the_largest_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
