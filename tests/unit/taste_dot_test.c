/* Every variant of the kernels that this processor has, against slow sums in 64 and 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "base/fixed.h"
#include "base/random.h"
#include "taste/coarse.h"
#include "taste/dot.h"

#define ROWS 70
#define TERMS 2500

static const uint32_t dims[] = { 32, 64, 96, 128, 160, 256, 480, 512 };
#define DIMS (sizeof(dims) / sizeof(dims[0]))

/* Memory that ends where `size` ends: a read beyond it is a fault. */
static int8_t *at_the_edge(size_t size)
{
	size_t room = (size + 4095) / 4096 * 4096;
	int8_t *map = mmap(NULL, room + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map + room, 4096, PROT_NONE), 0);
	return map + room - size;
}

static void let_go(int8_t *memory, size_t size)
{
	size_t room = (size + 4095) / 4096 * 4096;

	munmap(memory + size - room, room + 4096);
}

/* Extremes among the random ones. */
static int8_t some_byte(struct random *random, uint32_t kind)
{
	return kind == 0 ? -128 : kind == 1 ? 127 : (int8_t)(random_u64(random) & 255);
}

static void rows_are_dot_products(void **state)
{
	struct dot_state *h = aligned_alloc(64, sizeof(*h));
	struct random random = { 1 };
	uint32_t v, round, i, j;

	(void)state;
	for (round = 0; round < 40 * DIMS; round++) {
		uint32_t dim = dims[round % DIMS], count = 1 + random_below(&random, ROWS), index[ROWS];
		size_t size = (size_t)ROWS * dim;
		int8_t *q = at_the_edge(size);
		int32_t expected[ROWS], out[ROWS + 1];

		memset(h, 0x55, sizeof(*h));	/* what stands behind dim must not count */
		for (j = 0; j < dim; j++)
			h->wide[j] = round % 7 == 0 ? -32767 : round % 7 == 1 ? 32767 :
				     (int16_t)((int)random_below(&random, 65535) - 32767);
		for (j = 0; j < size; j++)
			q[j] = some_byte(&random, round % 5);
		dot_prepare(h, dim);
		for (i = 0; i < count; i++) {
			int64_t sum = 0;

			/* the last rows of the memory, in disorder when by index */
			index[i] = round % 2 == 0 ? i : ROWS - 1 - random_below(&random, ROWS);
			for (j = 0; j < dim; j++)
				sum += (int64_t)h->wide[j] * q[index[i] * dim + j];
			expected[i] = (int32_t)sum;
			assert_true(sum == expected[i]);
		}
		for (v = 0; v < DOT_VARIANTS; v++) {
			if (dot_variant(v) == NULL)
				continue;
			out[count] = 77;
			dot_variant(v)->rows(h, q, round % 2 == 0 ? NULL : index, count, out);
			assert_memory_equal(out, expected, sizeof(int32_t) * count);
			assert_int_equal(out[count], 77);
		}
		let_go(q, size);
	}
	free(h);
}

/* With each of the values in turn as the least. */
static void reaching_is_counted(const struct dot_kernels *kernels, const int64_t *value, uint32_t count)
{
	uint32_t i, j;

	for (j = 0; j < count; j += 7) {
		uint64_t bits = 0;

		for (i = 0; i < count; i++)
			bits |= value[i] < value[j] ? 0 : 1ULL << i;
		assert_true(kernels->reach(value, count, value[j]) == bits);
	}
}

static void finish_is_the_sum(void **state)
{
	struct random random = { 2 };
	uint32_t v, round, i;

	(void)state;
	for (round = 0; round < 2000; round++) {
		uint32_t count = round % 3 == 0 ? 1 + random_below(&random, DOT_BLOCK) : DOT_BLOCK;
		uint32_t scale[DOT_BLOCK];
		int32_t dot[DOT_BLOCK], bonus[DOT_BLOCK];
		int16_t length[DOT_BLOCK];
		int64_t expected[DOT_BLOCK], out[DOT_BLOCK], top = DOT_NO_CANDIDATE;
		struct dot_finish finish = { scale, round % 4 == 1 ? NULL : length,
					     round % 5 == 1 ? NULL : bonus,
					     round % 2 == 0 ? 0 : random_u64(&random),
					     (int)random_below(&random, 33) - 6 };

		for (i = 0; i < count; i++) {
			fixed_wide value;

			scale[i] = random_below(&random, 1u << 31);
			dot[i] = (int32_t)random_u64(&random);
			length[i] = (int16_t)random_u64(&random);
			bonus[i] = (int32_t)random_u64(&random) >> 4;
			value = (fixed_wide)dot[i] * scale[i];
			/* a division that rounds down, for shifts to the right */
			if (finish.length != NULL)
				value += finish.left >= 0 ? (fixed_wide)length[i] * 512 * (1LL << finish.left) :
					 ((fixed_wide)length[i] * 512 + (1LL << 40)) / (1 << -finish.left) -
					 (1LL << (40 + finish.left));
			if (finish.bonus != NULL)
				value += finish.left >= 0 ? (fixed_wide)bonus[i] * (1LL << finish.left) :
					 ((fixed_wide)bonus[i] + (1LL << 40)) / (1 << -finish.left) -
					 (1LL << (40 + finish.left));
			expected[i] = (finish.excluded >> i & 1) != 0 ? DOT_NO_CANDIDATE : (int64_t)value;
			top = expected[i] > top ? expected[i] : top;
		}
		for (v = 0; v < DOT_VARIANTS; v++) {
			if (dot_variant(v) == NULL)
				continue;
			assert_true(dot_variant(v)->finish(dot, &finish, count, out) == top);
			assert_memory_equal(out, expected, sizeof(int64_t) * count);
			reaching_is_counted(dot_variant(v), expected, count);
		}
	}
}

/* Multipliers of all sizes, the largest among them, more of them than are added at a time. */
static int32_t some_multiplier(struct random *random, uint32_t round)
{
	int32_t m = (int32_t)random_u64(random) >> random_below(random, 32);

	if (random_below(random, 50) == 0)
		return random_below(random, 2) == 0 ? INT32_MAX : -INT32_MAX;
	return m == INT32_MIN || round % 6 == 0 ? -INT32_MAX : m;
}

static void fold_adds_the_products(void **state)
{
	struct dot_term *term = malloc(sizeof(*term) * TERMS);
	struct random random = { 3 };
	uint32_t v, round, t, j;

	(void)state;
	for (round = 0; round < 6 * DIMS; round++) {
		uint32_t dim = dims[round % DIMS];
		uint32_t count = round < 8 ? TERMS : random_below(&random, round % 2 == 0 ? 12 : 300);
		size_t size = (size_t)ROWS * dim;
		int8_t *rows = at_the_edge(size);
		int64_t start[LIMIT_DIM], expected[LIMIT_DIM], h[LIMIT_DIM];

		for (j = 0; j < size; j++)
			rows[j] = some_byte(&random, round % 5);
		for (j = 0; j < dim; j++)
			expected[j] = start[j] = (int64_t)random_u64(&random) >> 12;
		for (t = 0; t < count; t++) {
			term[t] = (struct dot_term){ rows + (size_t)random_below(&random, ROWS) * dim,
						     some_multiplier(&random, round) };
			for (j = 0; j < dim; j++)
				expected[j] += (int64_t)term[t].m * term[t].row[j];
		}
		for (v = 0; v < DOT_VARIANTS; v++) {
			if (dot_variant(v) == NULL)
				continue;
			memcpy(h, start, sizeof(int64_t) * dim);
			dot_variant(v)->fold(term, count, dim, h);
			assert_memory_equal(h, expected, sizeof(int64_t) * dim);
		}
		let_go(rows, size);
	}
	free(term);
}

/* No bound is below the product that it bounds, and none is further above than Cauchy and Schwarz
 * leave on both sides, with what is rounded up: |w| (2 |d| + 16) + |r| (2 |h| + 256) + 512, where
 * for 512 columns |w| <= 2897, |r| <= 182, |h| <= 32767 * 22.63. Of the 256 columns above |d| is
 * 255 at most, of those below 34815 - 127 * 256 = 2303: |d| <= 16 * 2318 = 37088. */
#define WIDEST (2897LL * (2 * 37088 + 16) + 182LL * (2 * 741456 + 256) + 512)

static void bounds_hold(void **state)
{
	struct dot_state *h = aligned_alloc(64, sizeof(*h));
	struct random random = { 4 };
	uint32_t v, round, i, j;

	(void)state;
	for (round = 0; round < 20 * DIMS; round++) {
		uint32_t dim = dims[round % DIMS];
		int8_t *q = malloc((size_t)ROWS * dim);
		struct pack pack = { .items = ROWS, .dim = dim, .q = q };
		struct coarse *coarse;
		struct dot_coarse bounds;
		int32_t out[DOT_BLOCK];

		for (j = 0; j < dim; j++)
			h->wide[j] = round % 7 == 0 ? -32767 : round % 7 == 1 ? 32767 :
				     (int16_t)((int)random_below(&random, 65535) - 32767);
		for (j = 0; j < ROWS * dim; j++)
			q[j] = some_byte(&random, round % 5);
		coarse = coarse_new(&pack);
		dot_prepare(h, dim);
		coarse_prepare(h, &bounds);
		for (v = 0; v < DOT_VARIANTS; v++) {
			if (dot_variant(v) == NULL || dot_variant(v)->coarse == NULL)
				continue;
			dot_use(dot_variant(v));
			for (i = 0; i < ROWS; i++) {
				int64_t sum = 0;

				if (i % DOT_BLOCK == 0)
					coarse_block(coarse, &bounds, i, out);
				for (j = 0; j < dim; j++)
					sum += (int64_t)h->wide[j] * q[i * dim + j];
				assert_true(out[i % DOT_BLOCK] * 256LL >= sum);
				assert_true(out[i % DOT_BLOCK] * 256LL - sum <= WIDEST);
			}
		}
		dot_use(NULL);
		coarse_free(coarse);
		free(q);
	}
	free(h);
}

static void the_choice_can_be_made(void **state)
{
	(void)state;
	assert_non_null(dot_variant(0));
	dot_use(dot_variant(0));
	assert_ptr_equal(dot_kernels(), dot_variant(0));
	dot_use(NULL);
	assert_non_null(dot_kernels());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_dot_products),
		cmocka_unit_test(finish_is_the_sum),
		cmocka_unit_test(fold_adds_the_products),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(the_choice_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
