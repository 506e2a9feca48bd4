/* The features of an item for the words kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "pack/pack.h"

static bool has(const uint64_t *hash, size_t count, const char *word, uint64_t seed)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (hash[i] == hash_bytes(word, strlen(word), seed))
			return true;
	return false;
}

static void test_what_is_hashed(void **state)
{
	uint64_t hash[32];
	size_t count = pack_word_hashes("The Long, Long Goodbye (1973)", "Robert Altman|X",
					"Film-Noir|Crime|Crime", 0, hash, 32);
	size_t i;

	(void)state;
	/* long, goodbye, robert altman, x, film noir, crime, 1970s */
	assert_int_equal(count, 7);
	assert_true(has(hash, count, "long", 1));
	assert_true(has(hash, count, "goodbye", 1));
	assert_true(has(hash, count, "robert altman", 2));
	assert_true(has(hash, count, "x", 2));
	assert_true(has(hash, count, "film noir", 3));
	assert_true(has(hash, count, "crime", 3));
	assert_true(has(hash, count, "1970s", 4));
	for (i = 1; i < count; i++)
		assert_true(hash[i - 1] < hash[i]);
}

static void test_same_however_written(void **state)
{
	uint64_t one[32], two[32];
	size_t count = pack_word_hashes("Matrix, The (1999)", "", "Sci-Fi", 0, one, 32);

	(void)state;
	assert_int_equal(pack_word_hashes("THE MATRIX", "", "sci fi", 1999, two, 32), count);
	assert_memory_equal(one, two, count * sizeof(one[0]));
}

static void test_bounds(void **state)
{
	uint64_t hash[4] = { 0, 0, 0, 77 };

	(void)state;
	assert_int_equal(pack_word_hashes("", "", "", 0, hash, 3), 0);
	assert_int_equal(pack_word_hashes("a b c d e f", "", "||", 0, hash, 3), 3);
	assert_int_equal(hash[3], 77);
	assert_int_equal(pack_word_hashes("x y", "", "", 0, hash, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_hashed),
		cmocka_unit_test(test_same_however_written),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
