/* Packs when memory runs out or the disk fills, at every place where that can happen. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "pack/inside.h"

static char folder[] = "/tmp/tacit-fault-XXXXXX";
static char path[64], temporary[80];

static const struct pack_writer_item items[] = {
	{ "1", "Seven (a.k.a. Se7en) (1995)", "David Fincher", "Crime|Thriller", 0 },
	{ "2", "Spider-Man (2002)", "", "", 0 },
	{ "3", "Star Wars: Episode IV - A New Hope (1977)", "", "", 0 },
};
#define ITEMS (sizeof(items) / sizeof(items[0]))

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/small.pack", folder);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static int write_pack(uint32_t count, struct error *error)
{
	struct pack_writer *writer = pack_writer_new("small", "films");
	int result = TACIT_E_MEMORY;

	if (writer != NULL)
		result = pack_writer_items(writer, items, count, error);
	if (result == 0)
		result = pack_writer_finish(writer, path, error);
	pack_writer_free(writer);
	return result;
}

static uint32_t items_there(void)
{
	struct error error;
	struct pack *pack;
	uint32_t count;

	assert_int_equal(pack_open(path, &pack, &error), 0);
	count = pack->items;
	pack_close(pack);
	return count;
}

static void test_a_full_disk_leaves_the_old_pack(void **state)
{
	struct rlimit before, small;
	struct error error;
	size_t size = 0;
	int result;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(write_pack(1, &error), 0);
	do {
		small = (struct rlimit){ size, before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		result = write_pack(ITEMS, &error);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_true(result == 0 || result == TACIT_E_IO);
		assert_int_equal(items_there(), result == 0 ? ITEMS : 1);
		assert_false(file_exists(temporary));
		size += 61;
	} while (result != 0);
	assert_true(size > PACK_HEADER_BYTES);
}

/* Address sanitizer and this file cannot both stand in for malloc. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static long left = -1;		/* allocations until one fails; below 0: none does */

static int fails(void)
{
	if (left < 0 || left-- > 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

/* Runs with the nth allocation failing, n = 0, 1 ... until none is left to fail. */
static void each_failure(int (*run)(void))
{
	long n;

	for (n = 0;; n++) {
		int result;

		left = n;
		result = run();
		if (left >= 0) {	/* it did not come to the failure */
			left = -1;
			assert_int_equal(result, 0);
			assert_true(n > 3);	/* or this file's malloc was not used */
			return;
		}
		left = -1;
		assert_true(n < 1000);
	}
}

static int run_write(void)
{
	struct error error;

	return write_pack(ITEMS, &error);
}

static int run_link(void)
{
	struct pack_query query = { "Spidr-Man", "", 2002 };
	struct pack_match match;
	struct error error;
	struct pack *pack;
	int result = pack_open(path, &pack, &error);

	if (result != 0)
		return result;
	/* Without memory for the index the title is not found; found must be right. */
	result = pack_link(pack, &query, &match) ? 0 : TACIT_E_MEMORY;
	assert_true(result != 0 || match.item == 1);
	pack_close(pack);
	return result;
}

static void test_memory_runs_out_writing(void **state)
{
	(void)state;
	each_failure(run_write);
	assert_int_equal(items_there(), ITEMS);
	assert_false(file_exists(temporary));
}

static void test_memory_runs_out_linking(void **state)
{
	struct error error;

	(void)state;
	assert_int_equal(write_pack(ITEMS, &error), 0);
	each_failure(run_link);
}

#else

static void test_memory_runs_out_writing(void **state)
{
	(void)state;
	skip();
}

static void test_memory_runs_out_linking(void **state)
{
	(void)state;
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_full_disk_leaves_the_old_pack),
		cmocka_unit_test(test_memory_runs_out_writing),
		cmocka_unit_test(test_memory_runs_out_linking),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
