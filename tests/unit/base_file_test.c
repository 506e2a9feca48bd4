/* Whole files: read, written so that the old or the new one is there, folders made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/act.h"
#include "base/file.h"

static char folder[] = "/tmp/tacit-file-XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void expect_content(const char *text)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;

	assert_int_equal(file_read(path, 1000, &bytes, &error), 0);
	assert_string_equal(bytes.data, text);
	bytes_free(&bytes);
}

static void test_write_and_read(void **state)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;
	struct stat status;

	(void)state;
	assert_false(file_exists(path));
	assert_int_equal(file_read(path, 10, &bytes, &error), TACIT_E_NOT_FOUND);
	assert_non_null(strstr(error.message, path));
	assert_int_equal(file_write(path, "one", 3, 0600, &error), 0);
	assert_true(file_exists(path));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(file_replace("/tmp/tacit-no-such/file", "x", 1, 0600, false, &error),
			 TACIT_E_NOT_FOUND);
	assert_int_equal(file_write("/tmp/tacit-no-such/file", "x", 1, 0600, &error), TACIT_E_IO);
	expect_content("one");
	assert_int_equal(file_replace(path, "quick", 5, 0600, false, &error), 0);
	expect_content("quick");
	assert_int_equal(file_write(path, "second", 6, 0644, &error), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0644);
	expect_content("second");
	assert_int_equal(file_read(path, 6, &bytes, &error), 0);	/* appends, up to max */
	assert_int_equal(file_read(path, 6, &bytes, &error), TACIT_E_LIMIT);
	bytes_free(&bytes);
}

static void test_a_full_disk_leaves_the_old_file(void **state)
{
	struct rlimit before, small = { 16, RLIM_INFINITY };
	static char large[4096];
	char temporary[80];
	struct error error;

	(void)state;
	assert_int_equal(file_write(path, "old", 3, 0600, &error), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(file_write(path, large, sizeof(large), 0600, &error), TACIT_E_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect_content("old");
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	assert_false(file_exists(temporary));
	assert_int_equal(file_write("/nowhere/file", "x", 1, 0600, &error), TACIT_E_IO);
}

static void test_folders(void **state)
{
	char deep[96], file[112];
	struct error error;
	struct stat status;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b", folder);
	assert_int_equal(file_make_folder(deep, 0700, &error), 0);
	assert_int_equal(file_make_folder(deep, 0700, &error), 0);
	assert_int_equal(stat(deep, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	snprintf(file, sizeof(file), "%s/x", deep);
	assert_int_equal(file_write(file, "", 0, 0600, &error), 0);
	assert_int_equal(file_sync_folder(file, &error), 0);
	assert_int_equal(file_sync_folder("no-slash", &error), 0);
	unlink(file);
	rmdir(deep);
	snprintf(deep, sizeof(deep), "%s/a", folder);
	rmdir(deep);
	assert_int_equal(file_make_folder("", 0700, &error), TACIT_E_ARGUMENT);
	assert_string_equal(file_base("a/b/c"), "c");
	assert_string_equal(file_base("c"), "c");
	assert_string_equal(file_base("a/"), "");
}

static void test_verbs(void **state)
{
	int verb;

	(void)state;
	for (verb = 1; verb < ACT_VERB_COUNT; verb++)
		assert_int_equal(act_verb_find(act_verb_name(verb),
					       (uint32_t)strlen(act_verb_name(verb))), verb);
	assert_null(act_verb_name(0));
	assert_null(act_verb_name(-1));
	assert_null(act_verb_name(ACT_VERB_COUNT));
	assert_int_equal(act_verb_find("watching", 8), 0);
	assert_int_equal(act_verb_find("watching", 5), ACT_WATCH);
	assert_int_equal(act_verb_find("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_read),
		cmocka_unit_test(test_a_full_disk_leaves_the_old_file),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_verbs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
