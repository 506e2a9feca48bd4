/* Gadgetbridge's database: what is read of an invented one, and what hostile ones can do: nothing. */
#include "sources_record.h"

#include <sqlite3.h>

#include "base/bytes.h"
#include "base/file.h"

static const char *const schema =
	"CREATE TABLE DEVICE (_id INTEGER PRIMARY KEY, NAME TEXT, IDENTIFIER TEXT);"
	"INSERT INTO DEVICE VALUES (1, 'Band of Ada', '00:11:22:33:44:55');";

/* 2021-01-31T08:00:00Z is 1612080000. */
static const char *const rows =
	"CREATE TABLE MI_BAND_ACTIVITY_SAMPLE (TIMESTAMP INTEGER NOT NULL, DEVICE_ID INTEGER NOT NULL,"
	" USER_ID INTEGER NOT NULL, RAW_INTENSITY INTEGER, STEPS INTEGER, RAW_KIND INTEGER,"
	" HEART_RATE INTEGER, PRIMARY KEY (TIMESTAMP, DEVICE_ID)) WITHOUT ROWID;"
	"INSERT INTO MI_BAND_ACTIVITY_SAMPLE VALUES (1612080000, 1, 1, 20, 30, 1, 80),"
	" (1612080060, 1, 1, 20, 12, 1, 255), (1612080060, 2, 1, 20, 50, 1, 90),"
	" (1612080120, 1, 1, 0, 0, 1, 0), (1612080900, 1, 1, 20, 7, 1, -1),"
	" (-5, 1, 1, 20, 7, 1, 70), (1612081000, 1, 1, 20, 'many', 1, 'fast');"
	"CREATE TABLE BASE_ACTIVITY_SUMMARY (_id INTEGER PRIMARY KEY, NAME TEXT, START_TIME INTEGER,"
	" END_TIME INTEGER, ACTIVITY_KIND INTEGER, BASE_LATITUDE INTEGER);"
	"INSERT INTO BASE_ACTIVITY_SUMMARY VALUES (1, 'x', 1612090000000, 1612090600000, 16, 1),"
	" (2, 'y', 1612100000000, NULL, 67108874, 1), (3, 'z', NULL, NULL, 16, 1);";

static void make(const char *path, const char *first, const char *second)
{
	sqlite3 *db;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA page_size = 1024;", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, first, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, second, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char *place(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/tacit-database-%d", (int)getpid());
	return path;
}

static void test_gadgetbridge(void **state)
{
	/* The other band counted more in the first quarter: 50 against 30 + 12. */
	static const char *const lines[] = {
		"2021-01-31T08:00:00.000Z exercise health|Heart rate|-|-|85000|3600|-|-|-|"
		"{\"unit\":\"count/min\",\"min\":\"80.000\",\"max\":\"90.000\",\"n\":\"2\"}",
		"2021-01-31T08:00:00.000Z exercise health|Steps|-|-|50000|900|-|-|-|{\"unit\":\"count\"}",
		"2021-01-31T08:15:00.000Z exercise health|Steps|-|-|7000|900|-|-|-|{\"unit\":\"count\"}",
	};
	static const char *const workouts[] = {
		"2021-01-31T10:46:40.000Z exercise health|Running|-|-|-|600|-|-|-|-",
		"2021-01-31T13:33:20.000Z exercise health|Workout|-|-|-|-|-|-|-|-",
	};
	const char *all[5];
	struct record *record;
	struct bytes bytes = BYTES_INIT;
	struct error error;

	(void)state;
	memcpy(all, workouts, sizeof(workouts));
	memcpy(all + 2, lines, sizeof(lines));
	make(place(), schema, rows);
	record = record_expect(place(), NULL, all, 5);
	assert_string_equal(record->report[0].kind, "gadgetbridge");
	/* seven rows of which two hold two measures, and three workouts */
	assert_int_equal(record->report[0].read, 12);
	assert_int_equal(record_skipped(&record->report[0], "nothing measured"), 2);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 2);
	assert_int_equal(record_skipped(&record->report[0], "counted by another device"), 2);
	assert_int_equal(record_skipped(&record->report[0],
					"one more sample of an hour (in its mean)"), 1);
	record_free(record);
	/* Written with a log beside it, as phones do: the file itself is read. */
	assert_int_equal(file_read(place(), 1 << 20, &bytes, &error), 0);
	bytes.data[18] = bytes.data[19] = 2;
	record_write(place(), bytes.data, bytes.size);
	record_free(record_expect(place(), NULL, all, 5));
	bytes_free(&bytes);
	unlink(place());
}

/* Views, triggers and virtual tables under the known names are not read. */
static void test_hostile_schemas(void **state)
{
	static const char *const tries[] = {
		"CREATE VIEW MI_BAND_ACTIVITY_SAMPLE AS SELECT 1612080000 AS TIMESTAMP, 7 AS STEPS,"
		" 80 AS HEART_RATE, 1 AS DEVICE_ID;",
		"CREATE VIEW MI_BAND_ACTIVITY_SAMPLE AS WITH RECURSIVE c(TIMESTAMP) AS (SELECT 1 UNION ALL"
		" SELECT TIMESTAMP + 1 FROM c) SELECT TIMESTAMP, 7 AS STEPS, 80 AS HEART_RATE,"
		" 1 AS DEVICE_ID FROM c;",
		"CREATE VIRTUAL TABLE MI_BAND_ACTIVITY_SAMPLE USING fts5(TIMESTAMP, STEPS, HEART_RATE,"
		" DEVICE_ID); INSERT INTO MI_BAND_ACTIVITY_SAMPLE VALUES (1612080000, 7, 80, 1);",
		/* a column that is computed by a function, each time it is read */
		"CREATE TABLE MI_BAND_ACTIVITY_SAMPLE (TIMESTAMP INTEGER, DEVICE_ID INTEGER, HEART_RATE INTEGER,"
		" STEPS INTEGER GENERATED ALWAYS AS (length(zeroblob(100000000))) VIRTUAL);"
		"INSERT INTO MI_BAND_ACTIVITY_SAMPLE (TIMESTAMP) VALUES (1612080000);",
	};
	struct record *record;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		make(place(), schema, tries[i]);
		record = record_read(place(), NULL);
		assert_string_equal(record->error.message, "");
		assert_string_equal(record->report[0].kind, "gadgetbridge");
		assert_int_equal(record->acts, 0);
		record_free(record);
	}
	unlink(place());
}

/* Whatever byte is wrong, the sandboxed reader ends by itself and the account holds. */
static void test_broken_databases(void **state)
{
	struct bytes bytes = BYTES_INIT;
	struct record *record;
	struct error error;
	uint8_t was;
	size_t at;

	(void)state;
	make(place(), schema, rows);
	assert_int_equal(file_read(place(), 1 << 20, &bytes, &error), 0);
	assert_true(bytes.size >= 4096);
	for (at = 16; at < bytes.size; at += at < 128 ? 3 : 61) {
		was = bytes.data[at];
		bytes.data[at] ^= 0xff;
		record_write(place(), bytes.data, bytes.size);
		record = record_read(place(), NULL);
		assert_true(record->result == 0 || record->sources == 0);
		record_free(record);
		bytes.data[at] = was;
	}
	for (at = 100; at < bytes.size; at += 509) {
		record_write(place(), bytes.data, at);
		record = record_read(place(), NULL);
		assert_true(record->result == 0 || record->sources == 0);
		record_free(record);
	}
	bytes_free(&bytes);
	unlink(place());
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_gadgetbridge),
	cmocka_unit_test(test_hostile_schemas),
	cmocka_unit_test(test_broken_databases),
};

RECORD_MAIN(tests)
