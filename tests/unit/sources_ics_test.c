/* Calendars: invented ones with the acts written by hand, and other projects' against libical's own
 * expansion. */
#include "sources_record.h"

#include <dirent.h>
#include <libical/ical.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define SHARED "../shared/data/"
#define MOST 1000

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

/* Writes a text as a file and reads it in both ways, or only in the sandbox where `count` is -1. */
static struct record *read_text(const char *text, size_t size, const char *const *lines, int count)
{
	char folder[] = "/tmp/tacit-ics-XXXXXX", path[256];
	struct record *record;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.ics", folder);
	record_write(path, text, size);
	record = count < 0 ? record_read(path, NULL) :
		 record_expect(path, NULL, lines, (size_t)count);
	assert_string_equal(record->error.message, "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return record;
}

#define CALENDAR(body) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" body "END:VCALENDAR\r\n"
#define EVENT(body) "BEGIN:VEVENT\r\n" body "END:VEVENT\r\n"
#define EXPECT(text, lines) \
	read_text(text, strlen(text), lines, (int)(sizeof(lines) / sizeof(*lines)))

static void test_single(void **state)
{
	static const char *const lines[] = {
		"2024-01-05T18:00:00.000Z plan other|Choir, first hour|-|-|-|5400|music|out|Old hall|-|"
		"{\"UID\":\"one\",\"lat\":\"52.5000000\",\"lon\":\"-13.2500000\"}",
		"2024-01-06T12:00:00.000Zd plan other|Whole day|-|-|-|86400|-|-|-|{\"UID\":\"two\"}",
		"2024-02-01T12:00:00.000Zd plan other|Three days|-|-|-|259200|-|-|-|"
		"{\"UID\":\"three\",\"TRANSP\":\"TRANSPARENT\"}",
		"2024-03-01T09:00:00.000Z plan other|Floating|-|-|-|-|-|-|-|{\"UID\":\"four\"}",
		"2024-03-05T16:00:00.000Z plan other|Tax|-|-|-|-|-|-|-|{\"UID\":\"due\"}",
	};
	/* Choir at 18:00 UTC; -13.25 has a sign to keep. */
	struct record *record = EXPECT(CALENDAR(
		EVENT("UID:one\r\nSUMMARY:Choir\\, first\r\n  hour\r\nDTSTART:20240105T180000Z\r\n"
		      "DURATION:PT1H30M\r\nLOCATION:Old hall\r\nCATEGORIES:music,out\r\n"
		      "GEO:52.5;-13.25\r\nATTENDEE;CN=Bo:mailto:bo@example.org\r\n"
		      "ORGANIZER:mailto:cy@example.org\r\nDESCRIPTION:call +1 555\r\n  0100\r\n"
		      "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:no\r\nTRIGGER:-PT5M\r\n"
		      "END:VALARM\r\n")
		EVENT("UID:two\r\nSUMMARY:Whole day\r\nDTSTART;VALUE=DATE:20240106\r\n")
		EVENT("UID:three\r\nSUMMARY:Three days\r\nDTSTART;VALUE=DATE:20240201\r\n"
		      "DTEND;VALUE=DATE:20240204\r\nTRANSP:TRANSPARENT\r\n"
		      "LOCATION:https://meet.example/j/1?pwd=secret\r\n")
		EVENT("UID:four\r\nSUMMARY:Floating\r\nDTSTART:20240301T090000\r\n")
		EVENT("UID:off\r\nSUMMARY:Off\r\nDTSTART:20240301T090000Z\r\nSTATUS:CANCELLED\r\n")
		EVENT("UID:none\r\nSUMMARY:Never\r\n")
		EVENT("UID:bad\r\nSUMMARY:Never\r\nDTSTART:20240230T090000Z\r\n")
		EVENT("UID:untitled\r\nDTSTART:20240301T090000Z\r\n")
		"BEGIN:VTODO\r\nUID:due\r\nSUMMARY:Tax\r\nDUE:20240305T160000Z\r\nEND:VTODO\r\n"
		"BEGIN:VTODO\r\nUID:undue\r\nSUMMARY:Some day\r\nEND:VTODO\r\n"
		"BEGIN:VJOURNAL\r\nUID:j\r\nSUMMARY:Dear diary\r\nEND:VJOURNAL\r\n"
		"BEGIN:VFREEBUSY\r\nUID:f\r\nEND:VFREEBUSY\r\n"
		"BEGIN:VEVENT\r\nUID:short\r\nSUMMARY:Cut\r\n"), lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "ics");
	assert_int_equal(report->read, 13);
	assert_int_equal(record_skipped(report, "cancelled"), 1);
	assert_int_equal(record_skipped(report, "no date"), 2);
	assert_int_equal(record_skipped(report, "no title"), 1);
	assert_int_equal(record_skipped(report, "a task without a date"), 1);
	assert_int_equal(record_skipped(report, "an entry of a journal"), 1);
	assert_int_equal(record_skipped(report, "free or busy times"), 1);
	assert_int_equal(record_skipped(report, "cut short"), 1);
	assert_int_equal(dropped(report, "ATTENDEE"), 1);
	assert_int_equal(dropped(report, "DESCRIPTION"), 1);
	assert_int_equal(dropped(report, "VALARM"), 1);
	assert_int_equal(dropped(report, "LOCATION (a link)"), 1);
	assert_non_null(strstr(report->note, "times without a zone are taken as UTC"));
	record_free(record);
}

#define OWN_ZONE "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n" \
	"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" \
	"END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;" \
	"BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

/* The clock goes forward on 31 March 2024 and back on 27 October, in the file's own zone, which is
 * defined behind its events, and in the system's. */
static void test_daylight(void **state)
{
	static const char *const own[] = {
		"2024-03-30T08:00:00.000Z+60 plan other|Run|-|-|-|3600|-|-|-|{\"UID\":\"r\"}",
		"2024-03-31T07:00:00.000Z+120 plan other|Run|-|-|-|3600|-|-|-|{\"UID\":\"r\"}",
		"2024-04-01T07:00:00.000Z+120 plan other|Run|-|-|-|3600|-|-|-|{\"UID\":\"r\"}",
	};
	static const char *const system[] = {
		/* 02:30 comes twice and is its first; 09:00 in New York is an hour nearer that week. */
		"2024-10-26T00:30:00.000Z+120 plan other|Night|-|-|-|-|-|-|-|{\"UID\":\"n\"}",
		"2024-10-27T00:30:00.000Z+120 plan other|Night|-|-|-|-|-|-|-|{\"UID\":\"n\"}",
		"2024-10-28T01:30:00.000Z+60 plan other|Night|-|-|-|-|-|-|-|{\"UID\":\"n\"}",
		"2024-10-28T13:00:00.000Z-240 plan other|Call|-|-|-|-|-|-|-|{\"UID\":\"c\"}",
		"2024-11-04T14:00:00.000Z-300 plan other|Call|-|-|-|-|-|-|-|{\"UID\":\"c\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT(CALENDAR(
		EVENT("UID:r\r\nSUMMARY:Run\r\nDTSTART;TZID=Mine:20240330T090000\r\n"
		      "DTEND;TZID=Mine:20240330T100000\r\nRRULE:FREQ=DAILY;UNTIL=20240401T070000Z\r\n")
		OWN_ZONE), own);
	assert_string_equal(record->report[0].note, "");
	record_free(record);
	record_free(EXPECT(CALENDAR(
		EVENT("UID:n\r\nSUMMARY:Night\r\nDTSTART;TZID=Europe/Berlin:20241026T023000\r\n"
		      "RRULE:FREQ=DAILY;COUNT=3\r\n")
		EVENT("UID:c\r\nSUMMARY:Call\r\nDTSTART;TZID=/x.org/1/America/New_York:20241028T090000\r\n"
		      "RRULE:FREQ=WEEKLY;COUNT=2\r\n")), system));
}

static void test_series(void **state)
{
	static const char *const lines[] = {
		"2024-01-02T12:30:00.000Z plan other|Moved|-|-|-|-|-|-|-|{\"UID\":\"s\"}",
		"2024-01-01T10:00:00.000Z plan other|Swim|-|-|-|-|-|-|-|{\"UID\":\"s\"}",
		"2024-01-05T10:00:00.000Z plan other|Swim|-|-|-|-|-|-|-|{\"UID\":\"s\"}",
		"2024-01-20T10:00:00.000Z plan other|Swim|-|-|-|-|-|-|-|{\"UID\":\"s\"}",
	};
	static const char *const dates[] = {
		"2024-01-01T12:00:00.000Zd plan other|Fair|-|-|-|86400|-|-|-|{\"UID\":\"f\"}",
		"2024-03-03T12:00:00.000Zd plan other|Fair|-|-|-|86400|-|-|-|{\"UID\":\"f\"}",
	};
	struct record *record;

	(void)state;
	/* 1 to 5 January: the 2nd is moved (said before the series), the 3rd is off (in an entry behind
	 * it), the 4th is an exception; the 20th is added. */
	record = EXPECT(CALENDAR(
		EVENT("UID:s\r\nSUMMARY:Moved\r\nRECURRENCE-ID:20240102T100000Z\r\n"
		      "DTSTART:20240102T123000Z\r\n")
		EVENT("UID:s\r\nSUMMARY:Swim\r\nDTSTART:20240101T100000Z\r\n"
		      "RRULE:FREQ=DAILY;COUNT=5\r\nEXDATE:20240104T100000Z\r\n"
		      "RDATE:20240120T100000Z,20240105T100000Z\r\n")
		EVENT("UID:s\r\nSUMMARY:Swim\r\nRECURRENCE-ID:20240103T100000Z\r\nSTATUS:CANCELLED\r\n"
		      "DTSTART:20240103T100000Z\r\n")), lines);
	assert_int_equal(record->report[0].read, 5);
	assert_int_equal(record_skipped(&record->report[0], "cancelled"), 1);
	record_free(record);
	record_free(EXPECT(CALENDAR(
		EVENT("UID:f\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20240101\r\n"
		      "RDATE;VALUE=DATE:20240202,20240303\r\nEXDATE;VALUE=DATE:20240202\r\n")),
		dates));
}

/* Rules without an end stop 366 days after the newest entry, or after a thousand times. */
static void test_endless(void **state)
{
	static const char *const many = CALENDAR(
		EVENT("UID:a\r\nSUMMARY:Daily\r\nDTSTART:20240101T100000Z\r\nRRULE:FREQ=DAILY\r\n"
		      "DTSTAMP:20240301T100000Z\r\n")
		EVENT("UID:b\r\nSUMMARY:Tick\r\nDTSTART:20240101T100000Z\r\nRRULE:FREQ=SECONDLY\r\n"));
	struct record *record = read_text(many, strlen(many), NULL, -1);

	(void)state;
	/* From 1 January 2024 to 2 March 2025 (366 days after 1 March 2024): 366 + 31 + 28 + 2 days. */
	assert_int_equal(record->report[0].read, 427 + MOST);
	assert_int_equal(record->acts, 427 + MOST);
	assert_non_null(strstr(record->report[0].note, "a year after the newest entry"));
	assert_non_null(strstr(record->report[0].note, "at most 1000 times"));
	record_free(record);
}

/* What would take libical hours: each calendar must be done in a few seconds, with a note. */
static void test_hostile(void **state)
{
	static const char *const rules[] = {
		"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
		"FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
		"FREQ=YEARLY;BYDAY=53MO;BYSETPOS=366",
		"FREQ=HOURLY;INTERVAL=32767;BYMONTH=2;BYMONTHDAY=30;UNTIL=99981231T000000Z",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=300",
		"RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=30",
		"FREQ=DAILY;UNTIL=20230101",
		"FREQ=NEVER", "", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
	};
	double start = clock_seconds();
	size_t size, i, events = 0;
	struct record *record;
	char *text;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	assert_non_null(file);
	fputs("BEGIN:VCALENDAR\r\n", file);
	for (i = 0; i < 600; i++, events++)
		fprintf(file, "BEGIN:VEVENT\r\nUID:%zu\r\nSUMMARY:x\r\nDTSTART:20240101T100000Z\r\n"
			"RRULE:%s\r\nEND:VEVENT\r\n", i, rules[i % (sizeof(rules) / sizeof(*rules))]);
	/* A zone that turns every second, and an event in it. */
	fputs("BEGIN:VTIMEZONE\r\nTZID:Wild\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
	      "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
	      "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:z\r\nSUMMARY:z\r\n"
	      "DTSTART;TZID=Wild:20240101T000000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", file);
	fclose(file);
	record = read_text(text, size, NULL, -1);
	free(text);
	assert_true(record->report[0].read >= events + 1);
	assert_non_null(strstr(record->report[0].note, "too long to follow"));
	assert_non_null(strstr(record->report[0].note, "a time zone of the file was not used"));
	print_message("%.1f s\n", clock_seconds() - start);
	assert_true(clock_seconds() - start < 240);
	record_free(record);
}

/* Every calendar that libical's build for RSCALE knows must work within the walls. */
static void test_scales(void **state)
{
	static const char *const scales[] = {
		"BUDDHIST", "CHINESE", "COPTIC", "DANGI", "ETHIOAA", "ETHIOPIC", "ETHIOPIC-AMETE-ALEM",
		"GREGORIAN", "HEBREW", "INDIAN", "ISLAMIC", "ISLAMIC-CIVIL", "ISLAMIC-RGSA",
		"ISLAMIC-TBLA", "ISLAMIC-UMALQURA", "ISO8601", "JAPANESE", "PERSIAN", "ROC", "NONE",
	};
	struct record *record;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scales) / sizeof(*scales); i++) {
		snprintf(text, sizeof(text), CALENDAR(EVENT("UID:1\r\nSUMMARY:x\r\n"
			 "DTSTART;VALUE=DATE:20200601\r\nRRULE:RSCALE=%s;FREQ=YEARLY;COUNT=3\r\n")),
			 scales[i]);
		record = read_text(text, strlen(text), NULL, -1);
		assert_true(record->report[0].read == 3 || record->report[0].read == 1);
		record_free(record);
	}
}

/* ---- Other projects' files ---- */

struct times {
	int64_t at[8192];
	size_t count;
};

static void on_time(icalcomponent *component, struct icaltime_span *span, void *context)
{
	struct times *times = context;

	(void)component;
	assert_true(times->count < 8192);
	times->at[times->count++] = (int64_t)span->start * 1000;
}

static int by_number(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static void tidy(struct times *times)
{
	size_t i, kept = 0;

	qsort(times->at, times->count, sizeof(*times->at), by_number);
	for (i = 0; i < times->count; i++)
		if (i == 0 || times->at[i] != times->at[i - 1])
			times->at[kept++] = times->at[i];
	times->count = kept;
}

/* The newest start or stamp of the file, in days since 1970, by its lines. */
static int64_t newest_of(const char *text)
{
	static const char *const names[] = { "\nDTSTART", "\nDTSTAMP", "\nLAST-MODIFIED" };
	int64_t newest = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		const char *at = text;

		while ((at = strstr(at, names[i])) != NULL) {
			const char *value = strpbrk(++at, "\r\n");
			int year, month, day;

			while (value != NULL && value > at && value[-1] != ':')
				value--;
			if (value != NULL && sscanf(value, "%4d%2d%2d", &year, &month, &day) == 3 &&
			    clock_date_valid(year, month, day) && clock_days(year, month, day) > newest)
				newest = clock_days(year, month, day);
		}
	}
	return newest;
}

/* Takes the times out that another entry of the same UID stands for. */
static void without_moved(icalcomponent *calendar, icalcomponent *event, struct times *times)
{
	const char *uid = icalcomponent_get_uid(event);
	icalcompiter at = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	icalcomponent *other;
	size_t i, kept;

	for (; (other = icalcompiter_deref(&at)) != NULL; icalcompiter_next(&at)) {
		icalproperty *id = icalcomponent_get_first_property(other, ICAL_RECURRENCEID_PROPERTY);
		struct icaltimetype moved = id == NULL ? icaltime_null_time() :
			icalproperty_get_datetime_with_component(id, other);
		int64_t ms;

		if (other == event || icaltime_is_null_time(moved) || uid == NULL ||
		    icalcomponent_get_uid(other) == NULL ||
		    strcmp(uid, icalcomponent_get_uid(other)) != 0)
			continue;
		ms = (int64_t)icaltime_as_timet_with_zone(moved, moved.zone) * 1000;
		for (i = kept = 0; i < times->count; i++)
			if (times->at[i] != ms)
				times->at[kept++] = times->at[i];
		times->count = kept;
	}
}

struct expected {
	struct times acts;		/* of events with a title that are not cancelled */
	uint64_t rows;
	bool read;			/* by libical: it gives nothing of a file that is cut short */
};

/* RDATE with periods, which libical says it does not expand yet. */
static void add_periods(icalcomponent *event, struct times *times)
{
	icalproperty *date = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);

	for (; date != NULL; date = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype value = icalproperty_get_rdate(date);
		icalparameter *id = icalproperty_get_first_parameter(date, ICAL_TZID_PARAMETER);
		icaltimezone *zone = id == NULL ? NULL :
			icalcomponent_get_timezone(icalcomponent_get_parent(event),
						   icalparameter_get_tzid(id));

		if (zone == NULL && id != NULL)
			zone = icaltimezone_get_builtin_timezone(icalparameter_get_tzid(id));
		if (icaltime_is_null_time(value.time) && !icaltime_is_null_time(value.period.start))
			times->at[times->count++] = 1000 *
				(int64_t)icaltime_as_timet_with_zone(value.period.start, zone);
	}
}

static void expect_event(icalcomponent *calendar, icalcomponent *event, int64_t newest,
			 struct expected *expected)
{
	struct icaltimetype from = icaltime_from_string("00020101T000000Z");
	struct icaltimetype to = icaltime_from_timet_with_zone(
		(time_t)((newest + 367) * 86400), 0, icaltimezone_get_utc_timezone());
	struct icaltimetype start = icalcomponent_get_dtstart(event);
	icalproperty *status = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);
	const char *title = icalcomponent_get_summary(event);
	struct times *times = calloc(1, sizeof(*times));
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	size_t i;

	assert_non_null(times);
	if (icaltime_is_null_time(start)) {
		expected->rows++;
		free(times);
		return;
	}
	icalcomponent_foreach_recurrence(event, from, to, on_time, times);
	add_periods(event, times);
	tidy(times);
	if (rule != NULL && times->count > MOST)
		times->count = MOST;	/* none of these files has other times in such a series */
	if (icaltime_is_null_time(icalcomponent_get_recurrenceid(event)))
		without_moved(calendar, event, times);
	expected->rows += times->count;
	if (title != NULL && title[strspn(title, " \t\r\n")] != 0 &&
	    (status == NULL || icalproperty_get_status(status) != ICAL_STATUS_CANCELLED))
		for (i = 0; i < times->count; i++) {
			assert_true(expected->acts.count < 8192);
			expected->acts.at[expected->acts.count++] = times->at[i] +
				(start.is_date ? CLOCK_DAY_MS / 2 : 0);
		}
	free(times);
}

/* What libical makes of the events of a file, and how many rows its other entries are. */
static void expect_entry(icalcomponent *calendar, icalcomponent *inner, int64_t newest,
			 struct expected *expected)
{
	struct icaltimetype due;

	if (icalcomponent_isa(inner) == ICAL_VEVENT_COMPONENT)
		expect_event(calendar, inner, newest, expected);
	else if (icalcomponent_isa(inner) != ICAL_VTIMEZONE_COMPONENT)
		expected->rows++;
	if (icalcomponent_isa(inner) != ICAL_VTODO_COMPONENT || icalcomponent_get_summary(inner) == NULL ||
	    icalcomponent_get_first_property(inner, ICAL_DUE_PROPERTY) == NULL)
		return;
	due = icalcomponent_get_due(inner);
	expected->acts.at[expected->acts.count++] =
		1000 * (int64_t)icaltime_as_timet_with_zone(due, due.zone) +
		(due.is_date ? CLOCK_DAY_MS / 2 : 0);
}

static void expect_calendar(icalcomponent *calendar, int64_t newest, struct expected *expected)
{
	icalcompiter at = icalcomponent_begin_component(calendar, ICAL_ANY_COMPONENT);
	icalcomponent *inner;

	for (; (inner = icalcompiter_deref(&at)) != NULL; icalcompiter_next(&at))
		if (icalcomponent_isa(inner) == ICAL_VCALENDAR_COMPONENT)
			expect_calendar(inner, newest, expected);
		else
			expect_entry(calendar, inner, newest, expected);
}

static void expect_file(const char *text, struct expected *expected)
{
	icalcomponent *root = icalparser_parse_string(text);
	int64_t newest = newest_of(text);

	memset(expected, 0, sizeof(*expected));
	if (root == NULL)
		return;
	expected->read = true;
	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT ||
	    icalcomponent_isa(root) == ICAL_XROOT_COMPONENT)
		expect_calendar(root, newest, expected);
	else
		expect_entry(root, root, newest, expected);
	icalcomponent_free(root);
	qsort(expected->acts.at, expected->acts.count, sizeof(int64_t), by_number);
}

/* The times of the acts, in order. */
static void collect(const struct record *record, struct times *times)
{
	bool date_only;
	int16_t zone;
	uint64_t i;

	times->count = 0;
	for (i = 0; i < record->acts; i++) {
		assert_true(clock_parse_iso(record->line[i], 24, &times->at[times->count], &zone,
					    &date_only));
		times->count++;
	}
	qsort(times->at, times->count, sizeof(int64_t), by_number);
}

/* Where we mean to differ: libical gives up zones behind a prefix that the file does not define (14:00 in
 * Berlin, Buenos Aires and New York), and a value that is folded behind an empty line (Christmas 2003). */
static void correct(const char *path, struct expected *expected)
{
	if (strstr(path, "issue_313_globally_unique_tzid") != NULL) {
		expected->acts.at[0] = 1587902400000;	/* 12:00 UTC */
		expected->acts.at[1] = 1587920400000;	/* 17:00 */
		expected->acts.at[2] = 1587924000000;	/* 18:00 */
	}
	if (strstr(path, "multiple_calendar_components") != NULL)
		expected->acts.at[expected->acts.count++] = 1072353600000;
	qsort(expected->acts.at, expected->acts.count, sizeof(int64_t), by_number);
}

static int different;

static void differs(const char *path, const struct times *times, const struct expected *expected,
		    uint64_t rows)
{
	char mine[32] = "-", theirs[32] = "-";
	size_t i = 0;

	while (i < times->count && i < expected->acts.count && times->at[i] == expected->acts.at[i])
		i++;
	if (i < times->count)
		clock_format_iso(times->at[i], mine);
	if (i < expected->acts.count)
		clock_format_iso(expected->acts.at[i], theirs);
	print_message("%s: %llu rows, %zu times; expected %llu, %zu; %s, not %s\n", path,
		      (unsigned long long)rows, times->count, (unsigned long long)expected->rows,
		      expected->acts.count, mine, theirs);
	different++;
}

static uint64_t compare_file(const char *path)
{
	struct expected *expected = calloc(1, sizeof(*expected));
	struct times *times = calloc(1, sizeof(*times));
	struct record *record = record_read(path, NULL);
	struct bytes bytes = BYTES_INIT;
	struct error error;
	uint64_t events;

	assert_true(expected != NULL && times != NULL);
	assert_int_equal(file_read(path, 1 << 24, &bytes, &error), 0);
	expect_file((const char *)bytes.data, expected);
	correct(path, expected);
	events = expected->acts.count;
	/* A lone entry of a kind that is no act, or a file that is cut off before its first one. */
	if (record->sources != 1) {
		assert_non_null(strstr(record->error.message, "nothing in"));
		assert_int_equal(events, 0);
	} else {
		assert_string_equal(record->error.message, "");
		collect(record, times);
		if ((expected->read && record->report[0].read != expected->rows) ||
		    times->count != events ||
		    memcmp(times->at, expected->acts.at, events * sizeof(*times->at)) != 0)
			differs(path, times, expected, record->report[0].read);
	}
	bytes_free(&bytes);
	record_free(record);
	free(expected);
	free(times);
	return events;
}

static uint64_t compare_folder(const char *folder, uint64_t *files)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;
	uint64_t events = 0;
	char path[1024];

	assert_non_null(entries);
	while ((entry = readdir(entries)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_type == DT_DIR) {
			events += compare_folder(path, files);
		} else if (size > 4 && strcmp(entry->d_name + size - 4, ".ics") == 0) {
			events += compare_file(path);
			++*files;
		}
	}
	closedir(entries);
	return events;
}

static void test_samples(void **state)
{
	struct stat status;
	uint64_t files = 0, events;

	(void)state;
	if (stat(SHARED "ics", &status) != 0) {
		print_message("SKIPPED: no " SHARED "ics here\n");
		skip();
	}
	events = compare_folder(SHARED "ics", &files);
	assert_int_equal(different, 0);
	print_message("%llu files, %llu times\n", (unsigned long long)files,
		      (unsigned long long)events);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_single),
	cmocka_unit_test(test_daylight),
	cmocka_unit_test(test_series),
	cmocka_unit_test(test_endless),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_scales),
	cmocka_unit_test(test_samples),
};

RECORD_MAIN(tests)
