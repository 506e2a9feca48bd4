/*
 * Against public data sets and other projects' exports, where they are at hand (../shared/data):
 * counts must agree with counts made in another way.
 */
#include "sources_record.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define SHARED "../shared/data/"

static bool at_hand(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return true;
	print_message("SKIPPED: no %s here\n", path);
	return false;
}

/* Lines whose first field (up to `delimiter`) is `value`. */
static uint64_t count_lines(const char *path, char delimiter, const char *value)
{
	size_t size = strlen(value);
	struct bytes bytes = BYTES_INIT;
	struct error error;
	uint64_t count = 0;
	const char *at, *end;

	assert_int_equal(file_read(path, 1 << 28, &bytes, &error), 0);
	end = (char *)bytes.data + bytes.size;
	for (at = (char *)bytes.data; at < end;) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		if ((size_t)(end - at) > size && memcmp(at, value, size) == 0 && at[size] == delimiter)
			count++;
		at = line == NULL ? end : line + 1;
	}
	bytes_free(&bytes);
	return count;
}

static void test_movielens_latest(void **state)
{
	static const char *const people[] = { "1", "15", "547", "671" };
	struct record *record;
	size_t i;

	(void)state;
	if (!at_hand(SHARED "ml-latest-small/ratings.csv"))
		return;
	for (i = 0; i < sizeof(people) / sizeof(*people); i++) {
		record = record_read(SHARED "ml-latest-small", people[i]);
		assert_int_equal(record->result, 0);
		/* 100,004 ratings, says its README. */
		assert_int_equal(record->report[0].read, 100004);
		assert_true(record->acts > 0);
		assert_int_equal(record->acts,
				 count_lines(SHARED "ml-latest-small/ratings.csv", ',', people[i]));
		record_free(record);
	}
	record = record_read(SHARED "ml-latest-small", NULL);
	assert_int_equal(record->result, TACIT_E_ARGUMENT);
	assert_non_null(strstr(record->error.message, "671 people"));
	record_free(record);
	/* The first line of the file: 1,31,2.5,1260759144; film 31 is Dangerous Minds (1995). */
	record = record_read(SHARED "ml-latest-small", "1");
	assert_string_equal(record->line[0], "2009-12-14T02:52:24.000Z rate films|Dangerous Minds|-|1995|"
			    "2500|-|Drama|-|-|{\"movieId\":\"31\"}");
	record_free(record);
}

static void test_movielens_100k(void **state)
{
	struct record *record;

	(void)state;
	if (!at_hand(SHARED "ml-100k/u.data"))
		return;
	record = record_read(SHARED "ml-100k", "196");
	assert_int_equal(record->result, 0);
	assert_int_equal(record->sources, 1);
	assert_int_equal(record->report[0].read, 100000);
	assert_int_equal(record->acts, count_lines(SHARED "ml-100k/u.data", '\t', "196"));
	/* 196, film 242, 3 stars, 881250949: Kolya (1996), a comedy. */
	assert_string_equal(record->line[0], "1997-12-04T15:55:49.000Z rate films|Kolya|-|1996|3000|-|"
			    "Comedy|-|-|{\"movieId\":\"242\"}");
	record_free(record);
	record = record_read(SHARED "ml-100k", NULL);
	assert_int_equal(record->result, TACIT_E_ARGUMENT);
	assert_non_null(strstr(record->error.message, "943 people"));
	record_free(record);
}

static void test_goodreads(void **state)
{
	const char *path = SHARED "exports/bookwyrm/bookwyrm/tests/data/goodreads.csv";
	struct record *record;

	(void)state;
	if (!at_hand(path))
		return;
	record = record_read(path, NULL);
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, 3);
	assert_string_equal(record->report[0].kind, "goodreads");
	/* The latest: read on 2020/10/25, three stars. */
	assert_ptr_equal(strstr(record->line[2], "2020-10-25T12:00:00.000Zd read books|Gideon the Ninth "
				"(The Locked Tomb #1)|Tamsyn Muir|2019|3000|"), record->line[2]);
	record_free(record);
}

/* Nothing in folders full of other files may break the reader, and twice gives the same. */
static void test_all_exports(void **state)
{
	static const char *const folders[] = { SHARED "exports", SHARED "health", SHARED "location",
					       SHARED "feeds", SHARED "ics", SHARED "personal-timeline" };
	struct record *first, *second;
	uint64_t j;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (!at_hand(folders[i]))
			continue;
		first = record_read(folders[i], NULL);
		second = record_read(folders[i], NULL);
		if (first->result != 0 && first->result != TACIT_E_FORMAT)
			print_error("%s: %s\n", folders[i], first->error.message);
		assert_true(first->result == 0 ||
			    strstr(first->error.message, "nothing in") != NULL);
		assert_int_equal(first->result, second->result);
		assert_int_equal(first->acts, second->acts);
		for (j = 0; j < first->acts && j < RECORD_ACTS; j++)
			assert_string_equal(first->line[j], second->line[j]);
		record_free(first);
		record_free(second);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_movielens_latest),
	cmocka_unit_test(test_movielens_100k),
	cmocka_unit_test(test_goodreads),
	cmocka_unit_test(test_all_exports),
};

RECORD_MAIN(tests)
