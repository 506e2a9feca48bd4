/* Places and health: invented exports, with the acts written by hand, and other projects' samples
 * (../shared/data) against counts made in another way. */
#include "sources_record.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define EXPORTS "tests/fixtures/exports/places/"
#define EXPECT(path, lines) \
	record_expect(EXPORTS path, NULL, lines, sizeof(lines) / sizeof(*lines))

static void test_google_points(void **state)
{
	/* 1619866740000 ms is 10:59; 4273967246 - 2^32 is -21000050. */
	static const char *const lines[] = {
		"2021-05-01T10:58:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,485000000,-21000000,20;60000,100,-50,-1\"}",
		"2021-05-01T11:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,485000100,-21000050,9\"}",
	};
	struct record *record = EXPECT("Records.json", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "google-location");
	assert_int_equal(record->report[0].read, 6);
	assert_int_equal(record->report[0].drop_count, 1);
	assert_string_equal(record->report[0].drop[0].reason, "deviceTag");
	assert_int_equal(record_skipped(&record->report[0], "no place"), 2);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record_skipped(&record->report[0],
					"one more point of an hour (kept in its track)"), 1);
	record_free(record);
}

static void test_google_history(void **state)
{
	static const char *const lines[] = {
		"2021-05-01T09:00:00.000Z arrive places|Harbour Books|-|-|-|1800|-|"
		"geo:48.5123456,-2.1234567|-|{\"placeId\":\"P1\"}",
		"2021-05-01T10:00:00.000Z arrive places|Home|-|-|-|60|-|"
		"geo:48.5123456,-2.1234567|-|-",
		/* 2.1234567 to five decimals is 2.12346. */
		"2021-05-01T11:00:00.000Z arrive places|geo:48.51235,-2.12346|-|-|-|5|-|"
		"geo:48.5123456,-2.1234567|-|-",
		"2021-05-01T12:00:00.000Z exercise health|Walking|-|-|-|600|-|-|-|{\"distance_m\":"
		"\"800\",\"start\":\"geo:1.0000000,2.0000000\",\"end\":\"geo:1.0000001,-0.0000005\"}",
		"2021-05-01T13:00:00.000Z depart places|Bus|-|-|-|1200|-|-|-|-",
	};
	struct record *record = EXPECT("2021_MAY.json", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "google-timeline");
	assert_int_equal(record->report[0].read, 8);
	assert_int_equal(record_skipped(&record->report[0], "ends before it begins"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no place"), 1);
	assert_int_equal(record_skipped(&record->report[0], "neither a visit nor an activity"), 1);
	assert_string_equal(record->report[0].drop[0].reason, "placeVisit.location.address");
	record_free(record);
}

static void test_google_timeline(void **state)
{
	static const char *const android[] = {
		"2024-06-15T07:00:00.000Z+60 arrive places|Work|-|-|-|3600|-|"
		"geo:48.8566000,2.3522000|-|{\"placeId\":\"P2\",\"hierarchyLevel\":\"0\"}",
		"2024-06-15T08:00:00.000Z+120 exercise health|Cycling|-|-|-|1800|-|-|-|"
		"{\"distance_m\":\"1201\",\"start\":\"geo:48.8566000,2.3522000\","
		"\"end\":\"geo:48.8606000,2.3376000\"}",
		"2024-06-15T08:35:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,488606000,23376000,-1;60000,1000,-1000,-1\"}",
		"2024-06-15T19:05:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,488566000,23522000,15\"}",
	};
	static const char *const ios[] = {
		"2023-08-27T20:48:56.000Z-300 arrive places|geo:27.72002,-97.34795|-|-|-|4530|-|"
		"geo:27.7200220,-97.3479510|-|{\"placeId\":\"P3\"}",
		"2023-08-27T20:49:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,277000000,-973000000,-1\"}",
	};
	struct record *record = EXPECT("Timeline.json", android);

	(void)state;
	/* Four segments, of which one is a path of three points; two signals. */
	assert_int_equal(record->report[0].read, 8);
	assert_int_equal(record_skipped(&record->report[0], "no place"), 1);
	assert_int_equal(record_skipped(&record->report[0], "a signal that is no position"), 1);
	record_free(record);
	record = EXPECT("location-history.json", ios);
	assert_int_equal(record->report[0].read, 2);
	record_free(record);
}

static void test_apple_health(void **state)
{
	/* 09:00+0200 is 07:00. The watch counts 90 and 30 where the phone has 100: the watch has more,
	 * and the phone's later 7 overlap nothing. 0.5 mi are 804.672 m; 2^20 / 1000 per thousandth.
	 * 60, 70 and 80 beats have the mean 70. */
	static const char *const lines[] = {
		"2022-03-01T08:00:00.000Z+120 exercise health|Running|-|-|-|330|-|-|-|"
		"{\"distance_m\":\"805\",\"energy_kcal\":\"49\",\"source\":\"Watch\"}",
		"2022-03-01T21:00:00.000Z+120 exercise health|Sleep|-|-|-|3600|-|-|-|"
		"{\"stage\":\"AsleepCore\",\"source\":\"Sleepy\"}",
		"2022-03-01T06:00:00.000Z+120 exercise health|Body mass|-|-|70500|0|-|-|-|"
		"{\"unit\":\"kg\",\"source\":\"Scales\"}",
		"2022-03-01T12:00:00.000Zd exercise health|Daily activity|-|-|68000|-|-|-|-|"
		"{\"unit\":\"min\",\"energy\":\"590.25\",\"energy_unit\":\"kcal\","
		"\"stand_hours\":\"13\"}",
		"2022-03-01T07:00:00.000Z+120 exercise health|Steps|-|-|90000|300|-|-|-|"
		"{\"unit\":\"count\"}",
		"2022-03-01T07:05:00.000Z+120 exercise health|Steps|-|-|30000|300|-|-|-|"
		"{\"unit\":\"count\"}",
		"2022-03-01T09:00:00.000Z+120 exercise health|Steps|-|-|7000|60|-|-|-|"
		"{\"unit\":\"count\"}",
		"2022-03-01T07:00:00.000Z+120 exercise health|Heart rate|-|-|70000|3600|-|-|-|"
		"{\"unit\":\"count/min\",\"min\":\"60.000\",\"max\":\"80.000\",\"n\":\"3\"}",
		"2022-03-01T08:00:00.000Z+120 exercise health|Heart rate|-|-|99000|3600|-|-|-|"
		"{\"unit\":\"count/min\",\"min\":\"99.000\",\"max\":\"99.000\",\"n\":\"1\"}",
		"2022-03-01T08:00:01.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,377777000,-1224260000,2\"}",
	};
	struct record *record = EXPECT("export.xml", lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "apple-health");
	assert_int_equal(report->read, 17);
	assert_int_equal(record_skipped(report, "counted by another device"), 1);
	assert_int_equal(record_skipped(report, "one more sample of an hour (in its mean)"), 2);
	assert_int_equal(record_skipped(report, "a kind of measure that is not read"), 1);
	assert_int_equal(record_skipped(report, "no value"), 1);
	assert_int_equal(record_skipped(report, "no date"), 1);
	assert_int_equal(record_skipped(report,
					"part of a correlation, told again outside of it"), 1);
	assert_string_equal(report->note, "set aside because another device counted more at "
			    "the same time: 1; the zone is the phone's when it exported");
	record_free(record);
}

static void test_gpx(void **state)
{
	static const char *const lines[] = {
		"2022-05-01T09:30:00.000Z+120 arrive places|Lighthouse|-|-|-|-|-|"
		"geo:48.5000000,-2.1000000|-|-",
		"2022-05-01T10:00:00.000Z exercise health|Hiking|-|-|-|3660|-|-|-|"
		"{\"start\":\"geo:48.5000000,-2.1000000\",\"end\":\"geo:48.5002000,-2.1002000\"}",
		"2022-05-01T10:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,485000000,-21000000,-1;60000,1000,-1000,-1\"}",
		"2022-05-01T11:01:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,485002000,-21002000,-1\"}",
	};
	/* Two laps: 100.25 + 899.5 m are 1,000 m; 60.5 + 200 s. */
	static const char *const training[] = {
		"2022-05-02T10:00:00.000Z exercise health|Running|-|-|-|260|-|-|-|"
		"{\"distance_m\":\"1000\",\"energy_kcal\":\"15\",\"start\":"
		"\"geo:1.5000000,2.5000000\",\"end\":\"geo:1.5000000,2.5000000\"}",
		"2022-05-02T10:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,15000000,25000000,-1\"}",
	};
	struct record *record = record_read(EXPORTS "walk.gpx", NULL);
	size_t i, j;

	(void)state;
	/* The order is not the matter: the first hour ends before the track does. */
	assert_int_equal(record->acts, 4);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 4 && strcmp(record->line[j], lines[i]) != 0; j++)
			;
		if (j == 4)
			print_error("not there: %s\n", lines[i]);
		assert_true(j < 4);
	}
	assert_string_equal(record->report[0].kind, "gpx");
	/* Two way points, two tracks, five points. */
	assert_int_equal(record->report[0].read, 9);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 3);
	assert_int_equal(record_skipped(&record->report[0], "no place"), 1);
	record_free(record);
	record = EXPECT("run.tcx", training);
	assert_string_equal(record->report[0].kind, "tcx");
	assert_int_equal(record->report[0].read, 3);
	assert_int_equal(record_skipped(&record->report[0], "no place"), 1);
	record_free(record);
}

static void test_owntracks(void **state)
{
	/* 1709283600 s is 2024-03-01T09:00:00Z. */
	static const char *const lines[] = {
		"2024-03-01T09:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,522250000,133320000,10;1000,0,-10000,9\"}",
	};
	struct record *record = EXPECT("a.rec", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "owntracks");
	assert_int_equal(record->report[0].read, 5);
	assert_int_equal(record_skipped(&record->report[0], "not a location"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no place"), 1);
	assert_int_equal(record_skipped(&record->report[0], "broken JSON"), 1);
	assert_string_equal(record->report[0].drop[0].reason, "SSID");
	record_free(record);
}

/* More points in an hour than one act takes: 5,000 of them, one each half second. */
static void test_many_points(void **state)
{
	char folder[] = "/tmp/tacit-places-XXXXXX", path[64];
	struct record *record;
	FILE *file;
	int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.json", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "{\"locations\":[");
	for (i = 0; i < 5000; i++)
		fprintf(file, "%s{\"latitudeE7\":%d,\"longitudeE7\":%d,\"timestampMs\":\"%lld\"}",
			i > 0 ? "," : "", i, -i, 1619863200000LL + 500LL * i);
	fprintf(file, "]}");
	assert_int_equal(fclose(file), 0);
	record = record_read(path, NULL);
	assert_int_equal(record->result, 0);
	assert_int_equal(record->report[0].read, 5000);
	assert_int_equal(record->acts, 3);	/* 2,000, 2,000 and 1,000 */
	assert_int_equal(record_skipped(&record->report[0],
					"one more point of an hour (kept in its track)"), 4997);
	assert_ptr_equal(strstr(record->line[1], "2021-05-01T10:16:40.000Zn "), record->line[1]);
	record_free(record);
	unlink(path);
	rmdir(folder);
}

/* ---- other projects' samples ---- */

#define SHARED "../shared/data/"
#define FILES SHARED "location/dawarich/spec/fixtures/files/"

static bool at_hand(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return true;
	print_message("SKIPPED: no %s here\n", path);
	return false;
}

/* How often a piece of text is in a file. */
static uint64_t occurs(const char *path, const char *text)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;
	uint64_t count = 0;
	const char *at;

	assert_int_equal(file_read(path, 1 << 26, &bytes, &error), 0);
	for (at = (char *)bytes.data; (at = strstr(at, text)) != NULL; at += strlen(text))
		count++;
	bytes_free(&bytes);
	return count;
}

/* Each occurrence of a text that every row has is a row that was read. */
static void test_samples(void **state)
{
	static const struct {
		const char *path, *kind, *each;
	} samples[] = {
		{ SHARED "health/niimpy/niimpy/sampledata/Google/Takeout/Location History (Timeline)/"
		  "Records.json", "google-location", "\n            \"latitudeE7\"" },
		{ FILES "google/records.json", "google-location", "\"latitudeE7\"" },
		{ FILES "google/semantic_history.json", "google-timeline", "\"duration\"" },
		{ FILES "google/edge_cases/semantic_history_with_bom.json", "google-timeline",
		  "\"duration\"" },
		{ FILES "google/edge_cases/phone_takeout_array_timeline_path.json",
		  "google-timeline", "\"point\"" },
		{ FILES "owntracks/2024-03.rec", "owntracks", "\"_type\"" },
		{ FILES "owntracks/2023-02_old.rec", "owntracks", "\"_type\"" },
	};
	struct record *record;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		if (!at_hand(samples[i].path))
			continue;
		record = record_read(samples[i].path, NULL);
		assert_int_equal(record->result, 0);
		assert_string_equal(record->report[0].kind, samples[i].kind);
		assert_int_equal(record->report[0].read, occurs(samples[i].path, samples[i].each));
		assert_true(record->acts > 0);
		record_free(record);
	}
}

static void test_gpx_samples(void **state)
{
	static const char *const names[] = {
		"gpx/arc_example.gpx", "gpx/garmin_example.gpx",
		"gpx/gpx_track_single_segment.gpx", "gpx/gpx_track_multiple_segments.gpx",
		"gpx/gpx_track_multiple_tracks.gpx", "tcx/running.tcx", "tcx/no_gps.tcx",
	};
	struct record *record;
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), FILES "%s", names[i]);
		if (!at_hand(path))
			continue;
		record = record_read(path, NULL);
		assert_int_equal(record->result, 0);
		assert_int_equal(record->report[0].read, occurs(path, "<trkpt ") +
				 occurs(path, "<wpt ") + occurs(path, "<trk>") +
				 occurs(path, "<Activity ") + occurs(path, "<Trackpoint>"));
		assert_true(record->acts > 0);
		record_free(record);
	}
}

static void test_apple_sample(void **state)
{
	const char *path = SHARED "health/healthkit/tests/export.xml";
	struct record *record;

	(void)state;
	if (!at_hand(path))
		return;
	record = record_read(path, NULL);
	assert_int_equal(record->result, 0);
	assert_string_equal(record->report[0].kind, "apple-health");
	assert_int_equal(record->report[0].read, occurs(path, "<Record ") + occurs(path, "<Workout ") +
			 occurs(path, "<ActivitySummary ") + occurs(path, "<Location "));
	/* Two records, a workout, two days, and the two points of one hour. */
	assert_int_equal(record->acts, 6);
	record_free(record);
}

static void test_fitbit(void **state)
{
	static const char *const lines[] = {
		"2021-01-31T12:00:00.000Z exercise health|Walking|-|-|-|900|-|-|-|"
		"{\"distance_m\":\"1250\",\"energy_kcal\":\"81\"}",
		"2021-01-31T14:00:00.000Z exercise health|Pottery|-|-|-|600|-|-|-|-",
		/* (60 + 90) / 2 */
		"2021-01-31T08:00:00.000Z exercise health|Heart rate|-|-|75000|3600|-|-|-|"
		"{\"unit\":\"count/min\",\"min\":\"60.000\",\"max\":\"90.000\",\"n\":\"2\"}",
		"2021-01-31T09:00:00.000Z exercise health|Heart rate|-|-|70000|3600|-|-|-|"
		"{\"unit\":\"count/min\",\"min\":\"70.000\",\"max\":\"70.000\",\"n\":\"1\"}",
		"2021-01-31T12:00:00.000Zd exercise health|Resting heart rate|-|-|58500|-|-|-|-|"
		"{\"unit\":\"count/min\"}",
		"2021-01-30T23:10:30.000Z exercise health|Sleep|-|-|-|27000|-|-|-|"
		"{\"minutes_asleep\":\"400\",\"minutes_awake\":\"50\",\"efficiency\":\"93\",\"deep\":\"80\","
		"\"light\":\"220\",\"rem\":\"100\",\"wake\":\"50\",\"main_sleep\":\"true\"}",
		/* 12 + 30 + 7, the last of them further down in the file */
		"2021-01-31T08:00:00.000Z exercise health|Steps|-|-|49000|900|-|-|-|"
		"{\"unit\":\"count\"}",
		"2021-01-31T08:15:00.000Z exercise health|Steps|-|-|5000|900|-|-|-|"
		"{\"unit\":\"count\"}",
		"2021-01-31T23:45:00.000Z exercise health|Steps|-|-|1000|900|-|-|-|"
		"{\"unit\":\"count\"}",
		"2021-01-31T07:00:00.000Z exercise health|Body mass|-|-|150500|-|-|-|-|"
		"{\"bmi\":\"22.5\"}",
	};
	struct record *record = record_expect("tests/fixtures/exports/fitbit", NULL, lines,
					      sizeof(lines) / sizeof(*lines));
	const struct report *report = record->report;

	(void)state;
	assert_int_equal(record->sources, 6);
	assert_string_equal(report[0].entry, "exercise-0.json");
	assert_string_equal(report[0].kind, "fitbit");
	assert_int_equal(report[0].read, 3);
	assert_int_equal(record_skipped(&report[0], "no date"), 1);
	assert_int_equal(record_skipped(&report[1], "one more sample of an hour (in its mean)"), 1);
	assert_int_equal(record_skipped(&report[2], "no value"), 1);
	assert_string_equal(report[4].entry, "steps-2021-01-31.json");
	assert_int_equal(report[4].read, 7);
	assert_int_equal(record_skipped(&report[4], "no steps"), 1);
	assert_int_equal(record_skipped(&report[4], "no date"), 1);
	assert_int_equal(record_skipped(&report[4],
			 "one more minute of a quarter of an hour (in its sum)"), 2);
	record_free(record);
}

/* More measures than fit a small sort: the C library asks for the size of the machine's memory then,
 * which must have happened before the walls went up. */
static void test_many_measures(void **state)
{
	char folder[] = "/tmp/tacit-places-XXXXXX", path[256], *text = NULL;
	struct record *record;
	size_t size;
	FILE *file;
	int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/export.xml", folder);
	file = open_memstream(&text, &size);
	assert_non_null(file);
	fprintf(file, "<HealthData>\n");
	for (i = 0; i < 2000; i++)
		fprintf(file, "<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"a\" "
			"unit=\"count\" startDate=\"2020-01-%02d %02d:%02d:00 +0000\" endDate="
			"\"2020-01-%02d %02d:%02d:30 +0000\" value=\"3\"/>\n", i / 1000 + 1,
			i / 60 % 16, i % 60, i / 1000 + 1, i / 60 % 16, i % 60);
	fprintf(file, "</HealthData>\n");
	fclose(file);
	record_write(path, text, size);
	free(text);
	record = record_read(path, NULL);
	assert_string_equal(record->error.message, "");
	assert_int_equal(record->report[0].read, 2000);
	record_free(record);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_google_points),
	cmocka_unit_test(test_google_history),
	cmocka_unit_test(test_google_timeline),
	cmocka_unit_test(test_many_points),
	cmocka_unit_test(test_owntracks),
	cmocka_unit_test(test_gpx),
	cmocka_unit_test(test_gpx_samples),
	cmocka_unit_test(test_apple_health),
	cmocka_unit_test(test_apple_sample),
	cmocka_unit_test(test_many_measures),
	cmocka_unit_test(test_samples),
	cmocka_unit_test(test_fitbit),
};

RECORD_MAIN(tests)
