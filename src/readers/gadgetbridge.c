/*
 * Gadgetbridge's database. It is read from memory (sqlite3_deserialize): no file is ever opened.
 * The database is believed nothing: only tables of known names are read, with one SELECT each; an
 * authorizer refuses all else (functions, views, virtual tables, pragmas); sizes and steps are
 * bounded. The program has SQLite for its vault already, and whoever makes a file for this reader
 * meets it in the sandbox, without a key.
 */
#include "gadgetbridge.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "formats/rest.h"
#include "readers/measures.h"
#include "readers/places.h"

#define MAGIC "SQLite format 3"
#define OPS 100000			/* of SQLite's machine between two looks at the bound */
#define OPS_MOST 100000			/* such pieces: half an hour, above what LIMIT_ROWS needs */
#define MINUTE_STEPS 10000		/* more than anybody makes in a minute */

struct gadget {
	struct reading *reading;
	struct emit *emit;
	sqlite3 *db;
	const char *table;		/* that may be read now */
	uint64_t pieces;
	struct measures measures;
	struct bytes rest;
};

void gadgetbridge_warm(void)
{
	uint8_t byte;

	sqlite3_initialize();
	sqlite3_randomness(1, &byte);
}

static bool match(const struct sniff *sniff)
{
	return sniff->size > sizeof(MAGIC) && memcmp(sniff->text, MAGIC, sizeof(MAGIC)) == 0 &&
	       (memmem(sniff->text, sniff->size, "_ACTIVITY_SAMPLE", 16) != NULL ||
		memmem(sniff->text, sniff->size, "BASE_ACTIVITY_SUMMARY", 21) != NULL);
}

static int allow(void *context, int action, const char *first, const char *second,
		 const char *database, const char *inner)
{
	struct gadget *gadget = context;

	(void)second;
	(void)database;
	if (inner != NULL)		/* on behalf of a view or a trigger */
		return SQLITE_DENY;
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	return action == SQLITE_READ && first != NULL && gadget->table != NULL &&
	       (strcasecmp(first, gadget->table) == 0 || strcmp(first, "sqlite_master") == 0 ||
		strcmp(first, "sqlite_schema") == 0) ? SQLITE_OK : SQLITE_DENY;
}

static int progress(void *context)
{
	struct gadget *gadget = context;

	return ++gadget->pieces > OPS_MOST;
}

/* Everything in the window, as it stands in the file. */
static int read_whole(struct input *input)
{
	bool more = true;
	int failed = 0;

	while (failed == 0 && more) {
		if (input_size(input) > LIMIT_NESTED_BYTES)
			return error_set(input->error, TACIT_E_LIMIT, "is a database of more than "
					 "%llu MiB", LIMIT_NESTED_BYTES >> 20);
		failed = input_more(input, &more);
	}
	return failed;
}

static void harden(struct gadget *gadget)
{
	static const struct {
		int what, most;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 1 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },
		{ SQLITE_LIMIT_COLUMN, 200 }, { SQLITE_LIMIT_EXPR_DEPTH, 20 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 2 }, { SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 4 }, { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 4 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	sqlite3 *db = gadget->db;
	size_t i;

	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(db, limits[i].what, limits[i].most);
	sqlite3_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		     " PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA query_only = ON;",
		     NULL, NULL, NULL);
	sqlite3_progress_handler(db, OPS, progress, gadget);
	sqlite3_set_authorizer(db, allow, gadget);
}

/* False where it is no database after all. */
static bool open_database(struct gadget *gadget)
{
	struct input *input = gadget->reading->input;
	unsigned char *data = input->text.data + input->at;
	size_t size = input_size(input);

	if (size < 512 || sqlite3_open_v2(":memory:", &gadget->db, SQLITE_OPEN_READWRITE |
					  SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL) !=
			  SQLITE_OK)
		return false;
	/* A write-ahead log belongs to a file: without it the database is read as it stands. */
	data[18] = data[19] = 1;
	if (sqlite3_deserialize(gadget->db, "main", data, (sqlite3_int64)size,
				(sqlite3_int64)size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return false;
	harden(gadget);
	return true;
}

/* Whether that is a plain table, by the text that SQLite makes it of: no view, nothing virtual. */
static bool is_table(struct gadget *gadget, const char *table)
{
	static const char lead[] = "CREATE TABLE ";
	sqlite3_stmt *row = NULL;
	const unsigned char *made;
	bool plain = false;
	int rc = sqlite3_prepare_v2(gadget->db, "SELECT sql FROM sqlite_master WHERE type = 'table'"
				    " AND name = ?1 AND rootpage > 0", -1, &row, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
		rc = sqlite3_step(row);
	}
	if (rc == SQLITE_ROW) {
		made = sqlite3_column_text(row, 0);
		plain = made != NULL && strncasecmp((const char *)made, lead,
						    sizeof(lead) - 1) == 0;
	} else if (rc != SQLITE_DONE) {
		emit_note(gadget->emit, "the database is broken");
	}
	sqlite3_finalize(row);
	return plain;
}

/* A query over one table; NULL where it is no plain table or has no such columns. */
static sqlite3_stmt *query(struct gadget *gadget, const char *table, const char *columns)
{
	sqlite3_stmt *row = NULL;
	char text[256];

	gadget->table = table;
	snprintf(text, sizeof(text), "SELECT %s FROM main.\"%s\"", columns, table);
	if (!is_table(gadget, table) ||
	    sqlite3_prepare_v2(gadget->db, text, -1, &row, NULL) != SQLITE_OK)
		return NULL;
	return row;
}

/* A whole number of a column; false for all else, also for texts that look like one. */
static bool whole(sqlite3_stmt *row, int column, int64_t *value)
{
	*value = sqlite3_column_int64(row, column);
	return sqlite3_column_type(row, column) == SQLITE_INTEGER;
}

/* A row by the minute: steps and a heart rate. Where it holds both it counts as two. */
static int take_sample(struct gadget *gadget, sqlite3_stmt *row)
{
	struct measure measure = { .zone = ACT_ZONE_UNKNOWN };
	int64_t seconds, steps, heart, device;
	bool any = false;
	int failed = emit_row(gadget->emit);

	if (failed != 0)
		return failed;
	if (!whole(row, 0, &seconds) || seconds <= 0 || seconds > 100000000000LL)
		return emit_skip(gadget->emit, "no date");
	if (whole(row, 3, &device))
		measure.source = (uint32_t)device;
	measure.start = measure.end = seconds * 1000;
	if (whole(row, 1, &steps) && steps > 0 && steps <= MINUTE_STEPS) {
		measure.title = "Steps";
		measure.unit = "count";
		measure.value = steps << 20;
		any = true;
		failed = measures_minute(&gadget->measures, &measure);
	}
	/* 0, 255 and -1 are what devices say when they did not measure. */
	if (failed == 0 && whole(row, 2, &heart) && heart > 10 && heart < 250) {
		if (any)
			failed = emit_row(gadget->emit);
		measure.title = "Heart rate";
		measure.unit = "count/min";
		measure.value = heart << 20;
		any = true;
		if (failed == 0)
			failed = measures_sample(&gadget->measures, &measure);
	}
	return failed != 0 || any ? failed : emit_skip(gadget->emit, "nothing measured");
}

static const char *kind_name(int64_t kind)
{
	static const char *const names[] = {	/* of the bits from 2^4 on */
		"Running", "Walking", "Swimming", "Cycling", "Treadmill", "Exercise",
		"Open water swimming", "Indoor cycling", "Elliptical", "Jump rope", "Yoga",
		"Soccer", "Rowing machine", "Cricket", "Basketball", "Table tennis", "Badminton",
		"Strength training",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (kind == (int64_t)16 << i)
			return names[i];
	return "Workout";
}

static int take_workout(struct gadget *gadget, sqlite3_stmt *row)
{
	struct places_move move;
	int64_t kind;
	int failed = emit_row(gadget->emit);

	places_move_blank(&move);
	move.workout = true;
	if (failed != 0)
		return failed;
	if (!whole(row, 0, &move.span.start) || move.span.start <= 0 ||
	    move.span.start > 100000000000000LL)
		return emit_skip(gadget->emit, "no date");
	if (!whole(row, 1, &move.span.end))
		move.span.end = ACT_NONE;
	move.kind = emit_text(whole(row, 2, &kind) ? kind_name(kind) : "Workout");
	return places_move(gadget->emit, &move, &gadget->rest);
}

static int read_rows(struct gadget *gadget, sqlite3_stmt *row,
		     int (*take)(struct gadget *gadget, sqlite3_stmt *row))
{
	int failed = 0, rc = SQLITE_DONE;

	while (failed == 0 && row != NULL && (rc = sqlite3_step(row)) == SQLITE_ROW)
		failed = take(gadget, row);
	sqlite3_finalize(row);
	if (failed == 0 && rc == SQLITE_INTERRUPT)
		emit_note(gadget->emit, "the database takes too long: read up to there");
	else if (failed == 0 && rc != SQLITE_DONE && rc != SQLITE_ROW)
		emit_note(gadget->emit, "the database is broken: read up to there");
	return failed;
}

static int read_tables(struct gadget *gadget)
{
	static const char *const tables[] = {
		"MI_BAND_ACTIVITY_SAMPLE", "HUAMI_EXTENDED_ACTIVITY_SAMPLE",
		"XIAOMI_ACTIVITY_SAMPLE", "GARMIN_ACTIVITY_SAMPLE", "HUAWEI_ACTIVITY_SAMPLE",
		"HYBRID_HRACTIVITY_SAMPLE", "COLMI_ACTIVITY_SAMPLE",
	};
	sqlite3_stmt *row;
	size_t i;
	int failed = 0;

	for (i = 0; failed == 0 && i < sizeof(tables) / sizeof(*tables); i++) {
		row = query(gadget, tables[i], "TIMESTAMP, STEPS, HEART_RATE, DEVICE_ID");
		if (row == NULL)
			row = query(gadget, tables[i], "TIMESTAMP, STEPS, NULL, DEVICE_ID");
		failed = read_rows(gadget, row, take_sample);
	}
	if (failed != 0)
		return failed;
	return read_rows(gadget, query(gadget, "BASE_ACTIVITY_SUMMARY",
				       "START_TIME, END_TIME, ACTIVITY_KIND"), take_workout);
}

static int read_database(struct reading *reading)
{
	struct gadget gadget = { .reading = reading, .emit = reading->emit };
	int failed = read_whole(reading->input);

	measures_init(&gadget.measures, reading->emit);
	if (failed == 0 && open_database(&gadget))
		failed = read_tables(&gadget);
	else if (failed == 0)
		emit_note(reading->emit, "the database is broken");
	if (failed == 0)
		failed = measures_end(&gadget.measures);
	measures_free(&gadget.measures);
	bytes_free(&gadget.rest);
	sqlite3_close(gadget.db);
	return failed;
}

static const char *const dropped[] = { "DEVICE", "USER", "BASE_LATITUDE", "BASE_LONGITUDE", NULL };
static const struct reader_about about = {
	"the database that Gadgetbridge exports (SQLite)",
	"exercise: steps by the quarter of an hour, heart rates as one act per hour (mean; min, "
	"max, n in rest), workouts",
	"TIMESTAMP, STEPS, HEART_RATE of *_ACTIVITY_SAMPLE; START_TIME, END_TIME, ACTIVITY_KIND",
	dropped, "sleep; what a watch counted in tables of its own; the time zone"
};
const struct reader gadgetbridge_database = {
	"gadgetbridge", "Gadgetbridge: steps, heart rate, workouts", match, NULL, read_database,
	&about
};
