/*
 * For tests of the sources: reads a path and keeps what came as lines that can be compared with
 * lines written by hand:
 *
 *   TIME[d][n] VERB DOMAIN|title|creator|year|stars|seconds|words|text|rest
 *
 *   said KEY = VALUE
 *
 * d: date only, n: not chosen; stars in thousandths; "-" for what is not there.
 */
#ifndef TESTS_SOURCES_RECORD_H
#define TESTS_SOURCES_RECORD_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "sources/source.h"

#define RECORD_ACTS 4096
#define RECORD_SOURCES 4096

struct record {
	char *line[RECORD_ACTS];	/* the first acts */
	uint64_t acts;			/* all of them */
	struct report report[RECORD_SOURCES];
	size_t sources, begun;
	char ignored[4096];
	uint64_t progress;
	uint64_t stop_after;		/* 0: never */
	struct error error;
	int result;
};

static const char *record_number(char room[32], int64_t value, int64_t unit, int64_t scale)
{
	if (value == ACT_NONE)
		return "-";
	snprintf(room, 32, "%" PRId64, value * scale / unit);
	return room;
}

static const char *record_text(const struct act_text *text, char *room, size_t size)
{
	if (text->size == 0)
		return "-";
	snprintf(room, size, "%.*s", (int)text->size, text->data);
	return room;
}

static char *record_line(const struct act *act)
{
	char time[32], stars[32], seconds[32], year[32] = "-", zone[32] = "", *line;
	char texts[7][1024];
	const struct act_text *text = &act->domain;
	const char *shown[7];
	int i;

	for (i = 0; i < 7; i++)
		shown[i] = record_text(&text[i], texts[i], sizeof(texts[i]));
	clock_format_iso(act->time, time);
	if (act->year != ACT_YEAR_UNKNOWN)
		snprintf(year, sizeof(year), "%d", act->year);
	if (act->zone != ACT_ZONE_UNKNOWN)
		snprintf(zone, sizeof(zone), "%+d", act->zone);
	assert_true(asprintf(&line, "%s%s%s%s %s %s|%s|%s|%s|%s|%s|%s|%s|%s|%s", time, zone,
		 act->flags & ACT_DATE_ONLY ? "d" : "", act->flags & ACT_NOT_CHOSEN ? "n" : "",
		 act_verb_name(act->verb), shown[0], shown[1], shown[2], year,
		 record_number(stars, act->value, 1 << 20, 1000),
		 record_number(seconds, act->duration, 1000, 1), shown[3], shown[4], shown[5],
		 shown[6]) > 0);
	return line;
}

static int record_begin(void *context, const struct report *report)
{
	struct record *record = context;

	assert_true(record->begun < RECORD_SOURCES);
	assert_int_equal(record->begun, record->sources);
	record->report[record->begun++] = *report;
	return 0;
}

static int record_act(void *context, const struct act *act)
{
	struct record *record = context;

	if (record->acts < RECORD_ACTS)
		record->line[record->acts] = record_line(act);
	record->acts++;
	return record->stop_after != 0 && record->acts >= record->stop_after ? TACIT_E_STOPPED : 0;
}

static int record_said(void *context, const char *key, const char *value)
{
	struct record *record = context;

	if (record->acts < RECORD_ACTS)
		assert_true(asprintf(&record->line[record->acts], "said %s = %s", key, value) > 0);
	record->acts++;
	return 0;
}

static int record_end(void *context, const struct report *report)
{
	struct record *record = context;
	uint64_t skipped = 0;
	size_t i;

	for (i = 0; i < report->skip_count; i++)
		skipped += report->skip[i].count;
	assert_int_equal(report->read, report->emitted + skipped);
	assert_memory_equal(report->digest, record->report[record->sources].digest, 32);
	record->report[record->sources++] = *report;
	return 0;
}

static void record_progress(void *context, const char *file, uint64_t done, uint64_t total)
{
	struct record *record = context;

	(void)file;
	(void)done;
	(void)total;
	record->progress++;
}

static void record_ignored(void *context, const char *name, const char *why)
{
	struct record *record = context;
	size_t used = strlen(record->ignored);

	snprintf(record->ignored + used, sizeof(record->ignored) - used, "%s: %s\n", name, why);
}

static void record_free(struct record *record)
{
	uint64_t i;

	for (i = 0; record != NULL && i < record->acts && i < RECORD_ACTS; i++)
		free(record->line[i]);
	free(record);
}

/* The test program by its own name: under valgrind /proc/self/exe is valgrind. */
static inline const char *record_program(void)
{
	static char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(size > 0);
	path[size] = 0;
	return path;
}

/* Reads in a sandboxed child, or here when `here`; the result is in record->result. */
static struct record *record_read_all(const char *const *paths, size_t count, const char *person,
				      bool here, uint64_t stop_after)
{
	struct record *record = calloc(1, sizeof(*record));
	struct source_options options = { record_program(), person, here };
	struct source_events events = { record, record_begin, record_act, record_said, record_end,
					record_progress, record_ignored, NULL };

	assert_non_null(record);
	record->stop_after = stop_after;
	record->result = source_read_all(paths, count, &options, &events, &record->error);
	return record;
}

static inline struct record *record_read_how(const char *path, const char *person, bool here,
					     uint64_t stop_after)
{
	return record_read_all(&path, 1, person, here, stop_after);
}

static inline struct record *record_read(const char *path, const char *person)
{
	return record_read_how(path, person, false, 0);
}

/* Reads a path in both ways, which must agree, and checks the lines. */
static inline struct record *record_expect(const char *path, const char *person,
					   const char *const *lines, size_t count)
{
	struct record *record = record_read(path, person);
	struct record *here = record_read_how(path, person, true, 0);
	size_t i;

	assert_string_equal(record->error.message, "");
	assert_int_equal(record->result, 0);
	assert_int_equal(here->result, 0);
	assert_int_equal(record->acts, here->acts);
	for (i = 0; i < count && i < record->acts; i++) {
		assert_string_equal(record->line[i], lines[i]);
		assert_string_equal(record->line[i], here->line[i]);
	}
	assert_int_equal(record->acts, count);
	record_free(here);
	return record;
}

static inline uint64_t record_skipped(const struct report *report, const char *reason)
{
	size_t i;

	for (i = 0; i < report->skip_count; i++)
		if (strcmp(report->skip[i].reason, reason) == 0)
			return report->skip[i].count;
	return 0;
}

/* A file of the test's own, in a folder that the test made. */
static inline void record_write(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Test programs are their own reader program. */
#define RECORD_MAIN(tests)							\
	int main(int argc, char **argv)						\
	{									\
		if (argc > 1 && strcmp(argv[1], "--reader") == 0)		\
			return source_child_main();				\
		return cmocka_run_group_tests(tests, NULL, NULL);		\
	}

#endif
