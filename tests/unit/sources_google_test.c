/* Google's readers against invented files, and against other projects' where these are at hand. */
#include "sources_record.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"
#include "readers/google_words.h"

#define GOOGLE "tests/fixtures/exports/google/"
#define SHARED "../shared/data/"
#define EXPECT(path, lines) \
	record_expect(GOOGLE path, NULL, lines, sizeof(lines) / sizeof(*lines))

static bool at_hand(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return true;
	print_message("SKIPPED: no %s here\n", path);
	return false;
}

/* How often a text occurs in a file: the count made in another way. */
static uint64_t occurrences(const char *path, const char *text)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;
	uint64_t count = 0;
	const char *at;

	assert_int_equal(file_read(path, 1 << 28, &bytes, &error), 0);
	for (at = (char *)bytes.data; (at = strstr(at, text)) != NULL; at += strlen(text))
		count++;
	bytes_free(&bytes);
	return count;
}

static void test_activity(void **state)
{
	static const char *const lines[] = {
		"2024-02-13T06:36:49.000Z watch other|Knots & Ropes|Harbour TV|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://www.youtube.com/watch?v=AAA1\"}",
		"2024-02-13T06:35:00.000Z listen music|Tide|The Ferrymen|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://music.youtube.com/watch?v=AAA2\"}",
		"2024-02-12T10:00:00.000Zn watch other|Buy Rope|Ropes Ltd|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://www.youtube.com/watch?v=AAA3\"}",
		"2024-02-10T09:00:00.000Z watch other|Segeln lernen|Hafen|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://www.youtube.com/watch?v=AAA4\"}",
		"2024-02-09T09:00:00.000Z search other|how to tie a bowline|-|-|-|-|-|-|-|-",
		"2024-02-08T09:00:00.000Z search other|n\xc5\x93uds marins|-|-|-|-|-|-|-|-",
		"2024-02-07T09:00:00.000Z read other|Knots for all|knots.example|-|-|-|-|-|-|-",
		"2024-02-05T09:00:00.000Z search places|Fish Market|-|-|-|-|-|-|-|-",
		"2024-02-04T09:00:00.000Z play apps|Compass|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("watch-history.json", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "google-activity");
	assert_int_equal(record->report[0].read, 13);
	assert_int_equal(record_skipped(&record->report[0], "an advertisement"), 1);
	assert_int_equal(record_skipped(&record->report[0], "a video that is gone"), 1);
	assert_int_equal(record_skipped(&record->report[0], "a look at a map"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record->report[0].drop_count, 1);
	assert_string_equal(record->report[0].drop[0].reason, "locationInfos");
	record_free(record);
}

static void test_chrome(void **state)
{
	static const char *const lines[] = {
		"2024-02-13T06:36:49.000Z read other|Knots for all|knots.example|-|-|-|-|-|-|-",
		"2024-02-13T06:36:50.000Zn read other|start.example|start.example|-|-|-|-|-|-|-",
		"2024-02-13T06:36:51.000Z search other|bowline 50%|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("BrowserHistory.json", lines);
	size_t i;

	(void)state;
	assert_string_equal(record->report[0].kind, "google-chrome");
	assert_int_equal(record->report[0].read, 6);
	assert_int_equal(record_skipped(&record->report[0], "a page of the browser itself"), 1);
	assert_int_equal(record_skipped(&record->report[0], "a page that was loaded again"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	for (i = 0; i < record->acts; i++)
		assert_null(strstr(record->line[i], "token"));
	assert_int_equal(record->report[0].drop_count, 3);
	record_free(record);
}

static void test_play(void **state)
{
	static const char *const lines[] = {
		"2020-01-02T03:04:05.000Z play apps|Compass|-|-|-|-|-|-|-|"
		"{\"documentType\":\"Android Apps\"}",
		"2020-01-02T03:04:05.000Z buy books|The Salt Road|-|-|-|-|-|-|-|"
		"{\"documentType\":\"Books\"}",
		"2020-01-02T03:04:06.000Z buy films|Paper Lanterns|-|-|-|-|-|-|-|"
		"{\"documentType\":\"Movies\"}",
	};
	struct record *record = EXPECT("play", lines);

	(void)state;
	assert_int_equal(record->sources, 3);
	assert_string_equal(record->report[0].kind, "google-play");
	assert_int_equal(record->report[0].drop_count, 1);
	assert_string_equal(record->report[0].drop[0].reason, "install.deviceAttribute");
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record->report[2].drop_count, 2);
	record_free(record);
}

static void test_places(void **state)
{
	static const char *const lines[] = {
		"2021-03-04T05:06:07.000Z bookmark places|Fish Market|-|-|-|-|-|-|-|"
		"{\"country\":\"DE\"}",
		"2023-03-04T05:06:07.000Z bookmark places|Harbour Bar|-|-|-|-|-|-|-|-",
		"1970-01-01T12:00:00.000Zd bookmark places|Lighthouse|-|-|-|-|-|-|windy|-",
		"1970-01-01T12:00:00.001Zd bookmark other|Knots|knots.example|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("places", lines);

	(void)state;
	assert_int_equal(record->sources, 2);
	assert_string_equal(record->report[0].kind, "google-places");
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(record->report[0].drop_count, 3);
	assert_int_equal(record_skipped(&record->report[1], "no title"), 1);
	record_free(record);
}

static void test_fit(void **state)
{
	static const char *const lines[] = {
		"2023-11-20T22:15:00.000Z+120 exercise health|Steps|-|-|120000|900|-|-|-|-",
		"2023-11-21T21:45:00.000Z+120 exercise health|Steps|-|-|7000|900|-|-|-|"
		"{\"Move Minutes count\":\"1\"}",
		"2023-11-22T12:00:00.000Zd exercise health|Steps|-|-|5627000|86400|-|-|-|-",
	};
	struct record *record = EXPECT("fit", lines);

	(void)state;
	assert_int_equal(record->sources, 2);
	assert_string_equal(record->report[0].kind, "google-fit");
	assert_int_equal(record_skipped(&record->report[0], "no steps"), 1);
	assert_int_equal(record_skipped(&record->report[0], "steps that are no count"), 1);
	assert_int_equal(record_skipped(&record->report[1],
					"a day whose quarters of an hour are there"), 1);
	assert_int_equal(record_skipped(&record->report[1], "no date"), 1);
	record_free(record);
}

/* The first and the fourth activity of the JSON are in the page too, and are the same acts. */
static void test_page(void **state)
{
	static const char *const lines[] = {
		"2024-02-13T06:36:49.000Z+120 watch other|Knots & Ropes|Harbour TV|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://www.youtube.com/watch?v=AAA1\"}",
		"2024-02-10T09:00:00.000Z+60n watch other|Segeln lernen|Hafen|-|-|-|-|-|-|"
		"{\"titleUrl\":\"https://www.youtube.com/watch?v=AAA4\"}",
		"2024-02-13T20:01:02.000Z search other|rope|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("page.html", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "google-activity");
	assert_int_equal(record->report[0].read, 4);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_string_equal(record->report[0].note,
			    "times whose zone is not known are taken as UTC");
	record_free(record);
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		enum google_time what;
		const char *iso;
	} cases[] = {
		{ "Feb 13, 2024, 8:36:49 PM EET", GOOGLE_TIME_OK, "2024-02-13T18:36:49.000Z" },
		{ "Feb 13, 2024, 12:36:49\xe2\x80\xaf" "AM UTC", GOOGLE_TIME_OK,
		  "2024-02-13T00:36:49.000Z" },
		{ "13.02.2024, 20:36:49 MESZ", GOOGLE_TIME_OK, "2024-02-13T18:36:49.000Z" },
		{ "13 ao\xc3\xbbt 2023, 08:00:00 GMT-03:30", GOOGLE_TIME_OK,
		  "2023-08-13T11:30:00.000Z" },
		{ "2024/02/13 8:36:49 JST", GOOGLE_TIME_OK, "2024-02-12T23:36:49.000Z" },
		{ "2/13/24, 8:36", GOOGLE_TIME_NO_ZONE, "2024-02-13T08:36:00.000Z" },
		{ "31.02.2024, 20:36:49 MEZ", GOOGLE_TIME_NONE, NULL },
		{ "13.02.2024, 25:36:49 MEZ", GOOGLE_TIME_NONE, NULL },
		{ "Harbour TV", GOOGLE_TIME_NONE, NULL },
		{ "9 lives, 9:00", GOOGLE_TIME_NONE, NULL },
		{ "", GOOGLE_TIME_NONE, NULL },
	};
	struct act_text text;
	char iso[32];
	int16_t zone;
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text.data = cases[i].text;
		text.size = (uint32_t)strlen(cases[i].text);
		assert_int_equal(google_time(text, &ms, &zone), cases[i].what);
		if (cases[i].iso == NULL)
			continue;
		clock_format_iso(ms, iso);
		assert_string_equal(iso, cases[i].iso);
	}
}

static void test_shared_activity(void **state)
{
	static const char *const files[] = { "Maps", "Search", "Google Play Books" };
	struct record *record;
	char path[512];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), SHARED "exports/dogsheep-takeout/tests/zip_contents/"
			 "Takeout/My Activity/%s/My Activity.json", files[i]);
		if (!at_hand(path))
			continue;
		record = record_read(path, NULL);
		assert_int_equal(record->result, 0);
		assert_string_equal(record->report[0].kind, "google-activity");
		assert_int_equal(record->report[0].read, occurrences(path, "\"header\""));
		assert_int_equal(record->acts + record_skipped(&record->report[0],
							       "a look at a map"),
				 record->report[0].read);
		assert_int_equal(record_skipped(&record->report[0], "a look at a map"),
				 occurrences(path, "\"Viewed area"));
		record_free(record);
	}
}

static void test_shared_page(void **state)
{
	static const char path[] = SHARED "health/niimpy/niimpy/sampledata/Google/Takeout/"
				   "YouTube and YouTube Music/history/watch-history.html";
	struct record *record;

	(void)state;
	if (!at_hand(path))
		return;
	record = record_read(path, NULL);
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, occurrences(path, "body-1\">Watched"));
	assert_true(record->acts > 0);
	/* The first one is of Feb 13, 2024, 8:36:49 AM EET. */
	assert_string_equal(record->line[0], "2024-02-13T06:36:49.000Z+120 watch other|Video Title 1|"
			    "Channel Title 1|-|-|-|-|-|-|"
			    "{\"titleUrl\":\"https://www.youtube.com/watch?v=video_id_1\"}");
	record_free(record);
}

/* Steps of the quarters against the table of days, which another program summed. */
static void test_shared_fit(void **state)
{
	static const char folder[] = SHARED "health/niimpy/niimpy/sampledata/Google/Takeout/Fit/"
				     "Daily activity metrics";
	struct record *record;
	uint64_t i;
	int64_t steps = 0;

	(void)state;
	if (!at_hand(folder))
		return;
	record = record_read(folder, NULL);
	assert_int_equal(record->result, 0);
	assert_true(record->acts > 0 && record->acts < RECORD_ACTS);
	for (i = 0; i < record->acts; i++) {
		const char *at = strstr(record->line[i], "Steps|-|-|");

		assert_non_null(at);
		steps += strtoll(at + strlen("Steps|-|-|"), NULL, 10);
	}
	/* "2023-11-21, ... 5627": the only day with steps. */
	assert_int_equal(steps, 5627000);
	record_free(record);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_activity),
	cmocka_unit_test(test_page),
	cmocka_unit_test(test_chrome),
	cmocka_unit_test(test_play),
	cmocka_unit_test(test_places),
	cmocka_unit_test(test_fit),
	cmocka_unit_test(test_times),
	cmocka_unit_test(test_shared_activity),
	cmocka_unit_test(test_shared_page),
	cmocka_unit_test(test_shared_fit),
};

RECORD_MAIN(tests)
