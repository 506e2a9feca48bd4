/* The popularity baseline against counting by hand and a slow sort of the candidates. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/popular.h"

/* Three people, five items; the last event of each is not learned from. */
static uint64_t start[] = { 0, 4, 6, 9 }, end[] = { 3, 5, 8 };
static uint32_t item[] = { 2, 2, 1, 4,  2, 0,  1, 3, 4 };
static const struct train_data data = {
	.users = 3, .items = 5, .events = 9, .start = start, .item = item,
};

static void counts_what_is_learned_from(void **state)
{
	/* events: item 2 three times by two people, item 1 twice by two, item 3 once; 0 and 4 never */
	static const uint32_t taken[] = { 0, 2, 3, 1, 0 }, takers[] = { 0, 2, 2, 1, 0 };
	static const uint32_t place[] = { 3, 1, 0, 2, 4 };
	struct popular popular;
	uint32_t i;

	(void)state;
	assert_int_equal(popular_count(&data, start, end, &popular, NULL), 0);
	assert_int_equal(popular.people, 3);
	for (i = 0; i < 5; i++) {
		assert_int_equal(popular.taken[i], taken[i]);
		assert_int_equal(popular.takers[i], takers[i]);
		assert_int_equal(popular.place[i], place[i]);
	}
	/* two of three people: log2(3/2) bits; nobody counts as one: log2(3) */
	assert_true(fabs(popular_novelty(&popular, 2) - log2(1.5)) < 1e-12);
	assert_true(fabs(popular_novelty(&popular, 0) - log2(3.0)) < 1e-12);
	popular_free(&popular);
	/* nothing learned from: nobody, and no novelty */
	assert_int_equal(popular_count(&data, start, start, &popular, NULL), 0);
	assert_int_equal(popular.people, 0);
	assert_true(popular_novelty(&popular, 2) == 0.0);
	popular_free(&popular);
}

static void ranks_as_a_sort_of_the_candidates(void **state)
{
	struct popular popular;
	uint32_t left_out, target, i;

	(void)state;
	assert_int_equal(popular_count(&data, start, end, &popular, NULL), 0);
	for (left_out = 0; left_out < 32; left_out++) {	/* every set of items */
		uint32_t list[5], count = 0;

		for (i = 0; i < 5; i++)
			if (left_out >> i & 1)
				list[count++] = i;
		for (target = 0; target < 5; target++) {
			uint32_t before = 0;

			if (left_out >> target & 1)
				continue;
			for (i = 0; i < 5; i++)
				before += (left_out >> i & 1) == 0 &&
					  (popular.taken[i] > popular.taken[target] ||
					   (popular.taken[i] == popular.taken[target] &&
					    i < target));
			assert_int_equal(popular_rank(&popular, target, list, count), before);
		}
	}
	popular_free(&popular);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_is_learned_from),
		cmocka_unit_test(ranks_as_a_sort_of_the_candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
