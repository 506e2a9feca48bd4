/* Bookmarks: an invented file with the acts written by hand, and other projects' counted by hand. */
#include "sources_record.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define SAMPLES "../shared/data/exports/bookmarks/tests/input/"

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

static struct record *read_text(const char *text, const char *const *lines, size_t count)
{
	char folder[] = "/tmp/tacit-marks-XXXXXX", path[256];
	struct record *record;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/b.html", folder);
	record_write(path, text, strlen(text));
	record = record_expect(path, NULL, lines, count);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return record;
}

#define EXPECT(text, lines) read_text(text, lines, sizeof(lines) / sizeof(*lines))
#define HEAD "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n"

static void test_file(void **state)
{
	static const char *const lines[] = {
		"2020-06-06T13:50:45.000Z bookmark other|Fish & chips|sea.example|-|-|-|story|oceans|Food|Fried|-|-|"
		"{\"address\":\"https://www.sea.example/fish/1\",\"PRIVATE\":\"1\"}",
		"2018-01-09T16:34:57.780Z bookmark other|Words|words.example|-|-|-|Food|-|-|"
		"{\"address\":\"https://words.example/\"}",
		"2018-01-09T16:34:57.780Z bookmark other|words.example|words.example|-|-|-|a|b|-|-|"
		"{\"address\":\"http://words.example/milli\"}",
		"2018-01-09T16:34:57.780Z bookmark other|Chromium's|words.example|-|-|-|-|-|-|"
		"{\"address\":\"http://words.example/w\"}",
		"2000-10-10T10:55:36.000Z bookmark other|Log|words.example|-|-|-|-|-|-|{\"address\":\"http://words.example/3\"}",
		"1970-01-01T12:00:00.000Zd bookmark other|First|words.example|-|-|-|-|-|-|{\"address\":\"http://words.example/1\"}",
		"1970-01-01T12:00:00.001Zd bookmark other|Second|words.example|-|-|-|-|-|-|{\"address\":\"http://words.example/2\"}",
	};
	struct record *record = EXPECT(HEAD
		"<DT><H3 ADD_DATE=\"1\" PERSONAL_TOOLBAR_FOLDER=\"true\">Bar</H3>\n<DL><p>\n"
		"<DT><H3>Food</H3>\n<DL><p><DT><H3>Fried</H3><DL><p>\n"
		"<DT><A HREF=\"https://www.sea.example/fish/1?token=x&amp;y=1#z\" ADD_DATE=\"1591451445\" "
		"PRIVATE=\"1\" TAGS=\"story, oceans\" ICON=\"data:image/png;base64,AA==\">Fish &amp; <b>chips</b></A>\n"
		"<DD>More at <a href=\"http://me.example/\">my page</a>\n</DL><p>\n"
		"<DT><A HREF=\"https://words.example/\" ADD_DATE=\"1515515697780642\">Words</A>\n"
		"</DL><p>\n</DL><p>\n"
		"<dt><a href=\"http://words.example/milli\" add_date=\"1515515697780\" tags=\"a b\"></a>\n"
		"<DT><A HREF=\"http://words.example/w\" ADD_DATE=\"13159989297780642\">Chromium&#39;s</A>\n"
		"<DT><A HREF=\"http://words.example/3\" ADD_DATE=\"10/Oct/2000:13:55:36 +0300\">Log</A>\n"
		"<DT><A HREF=\"http://words.example/1\">First</A>\n"
		"<DT><A HREF=\"http://words.example/2\" ADD_DATE=\"0\">Second\n"
		"<DT><A HREF=\"place:sort=14\" ADD_DATE=\"1460294956\">Recent</A>\n"
		"<DT><A HREF=\"javascript:alert(1)\" ADD_DATE=\"1460294956\">Marklet</A>\n"
		"<DT><A HREF=\"https://me:pw@words.example/\" ADD_DATE=\"1460294956\">Login</A>\n"
		"</DL><p>\n", lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "bookmarks");
	assert_int_equal(report->read, 10);
	assert_int_equal(record_skipped(report, "no page of the web"), 2);
	assert_int_equal(record_skipped(report, "no address, or one with a login"), 1);
	assert_int_equal(dropped(report, "ICON"), 1);
	assert_int_equal(dropped(report, "DD"), 1);
	assert_int_equal(dropped(report, "HREF (its query)"), 1);
	assert_int_equal(record->acts, 7);
	assert_string_equal(report->note, "2 bookmarks without a date: kept as 1970-01-01, in their order");
	record_free(record);
}

/* An icon of 300 KB makes a tag that does not come in one piece. */
static void test_long_tag(void **state)
{
	static const char *const lines[] = {
		"2020-06-06T13:50:45.000Z bookmark other|Big|sea.example|-|-|-|-|-|-|{\"address\":\"http://sea.example/\"}",
		"2020-06-06T13:50:46.000Z bookmark other|Next|sea.example|-|-|-|-|-|-|{\"address\":\"http://sea.example/2\"}",
	};
	char *text = malloc(400000), *at = text;

	(void)state;
	assert_non_null(text);
	at += snprintf(at, 1000, HEAD "<DT><A HREF=\"http://sea.example/\" ADD_DATE=\"1591451445\" ICON=\"data:");
	memset(at, 'A', 300000);
	at += 300000;
	snprintf(at, 1000, "\">Big</A>\n<DT><A HREF=\"http://sea.example/2\" ADD_DATE=\"1591451446\">Next</A></DL>");
	record_free(read_text(text, lines, 2));
	free(text);
}

/* Bookmarks of each file, by grep -ioE "<dt> *<a ", and those of them that name a host of the web. */
static void test_samples(void **state)
{
	static const struct {
		const char *name;
		uint64_t read, kept;
	} files[] = {
		{ SAMPLES "netscape_basic.htm", 2, 2 },
		{ SAMPLES "netscape_extended.htm", 1, 1 },
		{ SAMPLES "netscape_multiline.htm", 3, 3 },
		{ SAMPLES "netscape_nested.htm", 8, 8 },
		{ SAMPLES "delicious.htm", 5, 5 },
		{ SAMPLES "delicious_sanitize.htm", 2, 2 },
		{ SAMPLES "google_bookmarks_nested.htm", 6, 6 },
		{ SAMPLES "safari_folded.htm", 3, 3 },
		{ SAMPLES "scuttle.htm", 4, 4 },
		{ SAMPLES "scuttle_new_line.htm", 1, 1 },
		{ SAMPLES "shaarli_with_tabs_and_spaces.htm", 1, 0 },	/* a note: "?KvNdlQ" */
		{ SAMPLES "shaarli.htm", 6, 5 },
		{ SAMPLES "shaarli_legacy.htm", 2, 2 },
		{ SAMPLES "shaarli_markdown.htm", 3, 0 },
		{ SAMPLES "shaarli_with_whitespace_tags.htm", 1, 0 },
		{ SAMPLES "chromium_flat.htm", 9, 9 },
		{ SAMPLES "chromium_nested.htm", 18, 18 },
		{ SAMPLES "firefox_flat.htm", 24, 21 },
		{ SAMPLES "firefox_nested.htm", 24, 21 },
		{ SAMPLES "internet_explorer_11_flat.htm", 18, 18 },
		{ SAMPLES "internet_explorer_11_nested.htm", 27, 27 },
	};
	struct stat status;
	struct record *record;
	size_t i;

	(void)state;
	if (stat(SAMPLES, &status) != 0) {
		print_message("SKIPPED: no " SAMPLES " here\n");
		skip();
	}
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		record = record_read(files[i].name, NULL);
		assert_string_equal(record->error.message, "");
		assert_int_equal(record->report[0].read, files[i].read);
		assert_int_equal(record->acts, files[i].kept);
		record_free(record);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_file),
	cmocka_unit_test(test_long_tag),
	cmocka_unit_test(test_samples),
};

RECORD_MAIN(tests)
