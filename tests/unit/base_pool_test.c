/* The pool: every task once, on the worker that its index tells, with results visible after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/pool.h"

#define TASKS 1000

struct record {
	size_t threads;
	uint32_t runs[TASKS];
	size_t worker[TASKS];
	size_t last[LIMIT_THREADS];	/* index + 1 of the worker's latest task */
	uint64_t sum[LIMIT_THREADS];
	int out_of_order;
};

static void note(void *context, size_t index, size_t worker)
{
	struct record *record = context;

	record->runs[index]++;
	record->worker[index] = worker;
	if (record->last[worker] > index)
		record->out_of_order = 1;
	record->last[worker] = index + 1;
	record->sum[worker] += index;
}

static void check_round(struct pool *pool, size_t tasks)
{
	static struct record record;
	size_t i, threads = pool_threads(pool);
	uint64_t sum = 0;

	memset(&record, 0, sizeof(record));
	pool_run(pool, tasks, note, &record);
	for (i = 0; i < TASKS; i++)
		assert_int_equal(record.runs[i], i < tasks ? 1 : 0);
	for (i = 0; i < tasks; i++)
		assert_int_equal(record.worker[i], i % threads);
	for (i = 0; i < threads; i++)
		sum += record.sum[i];
	assert_int_equal(sum, tasks * (tasks == 0 ? 0 : tasks - 1) / 2);
	assert_int_equal(record.out_of_order, 0);
}

static void test_each_task_once(void **state)
{
	static const size_t threads[] = { 1, 2, 3, 8 };
	size_t i, round;

	(void)state;
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		struct pool *pool = pool_new(threads[i]);

		assert_non_null(pool);
		assert_int_equal(pool_threads(pool), threads[i]);
		for (round = 0; round < 200; round++)
			check_round(pool, round % 7 == 0 ? TASKS : round % 11);
		pool_free(pool);
	}
}

static void test_sizes(void **state)
{
	struct pool *pool = pool_new(0);

	(void)state;
	assert_non_null(pool);
	assert_in_range(pool_threads(pool), 1, LIMIT_THREADS);
	pool_free(pool);
	assert_null(pool_new(LIMIT_THREADS + 1));
	pool_free(pool_new(LIMIT_THREADS));	/* never run */
	pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_task_once),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
