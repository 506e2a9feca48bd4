/* Feeds: invented ones with the acts written by hand, and another project's with what it expects. */
#include "sources_record.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define WELLFORMED "../shared/data/feeds/wellformed/"

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

static struct record *read_text(const char *name, const char *text, const char *const *lines,
				size_t count)
{
	char folder[] = "/tmp/tacit-feed-XXXXXX", path[256];
	struct record *record;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	record_write(path, text, strlen(text));
	record = record_expect(path, NULL, lines, count);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return record;
}

#define EXPECT(name, text, lines) read_text(name, text, lines, sizeof(lines) / sizeof(*lines))

static void test_rss(void **state)
{
	static const char *const lines[] = {
		"2002-09-07T07:42:31.000Z+120n receive news|Bread & butter rise|The Daily|-|-|-|Food|Price < 3|-|-|"
		"{\"link\":\"https://daily.example/a?page=2\",\"id\":\"https://daily.example/a\"}",
		"2002-09-08T14:05:00.000Z-300n receive news|1 < 2, \xc3\xa9|The Daily|-|-|-|-|-|-|{\"id\":\"tag-7\"}",
		"2003-12-31T23:59:59.000Zn receive news|Old year|The Daily|-|-|-|-|-|-|"
		"{\"link\":\"http://daily.example/c\"}",
		"2004-01-02T12:00:00.000Zdn receive news|A day|The Daily|-|-|-|-|-|-|-",
		"1970-01-01T12:00:00.001Zdn receive news|Undated|The Daily|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("a.xml",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- <b>a comment</b> -->\n"
		"<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
		"xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>The <b>Daily</b></title>"
		"<image><title>Logo</title></image>"
		"<item><title><![CDATA[Bread &amp; <i>butter</i> rise]]></title>"
		"<link>https://daily.example/a?utm_source=rss&amp;page=2&amp;fbclid=abc#top</link>"
		"<guid>https://daily.example/a?token=secret</guid><category>Food</category>"
		"<category domain=\"x\">Price &amp;lt; 3</category><description>Body</description>"
		"<pubDate>Sat, 07 Sep 2002 09:42:31 +0200</pubDate><dc:creator>bo@daily.example</dc:creator></item>"
		"<item><title>1 &lt; 2, &amp;eacute;</title><guid>tag-7</guid>"
		"<link>https://me:pass@daily.example/b</link>"
		"<pubDate>8 Sep 02 9:05 EST</pubDate><media:title>Other</media:title></item>"
		"<item><title>Old year</title><link>http://daily.example/c</link>"
		"<dc:date>2003-12-31T23:59:59Z</dc:date></item>"
		"<item><title>Undated</title><pubDate>soon</pubDate></item>"
		"<item><title>A day</title><pubDate>2004-01-02</pubDate></item>"
		"<item><description>No title</description></item>"
		"</channel></rss>", lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "feed");
	assert_int_equal(report->read, 6);
	assert_int_equal(record_skipped(report, "no title"), 1);
	assert_int_equal(dropped(report, "description"), 2);
	assert_int_equal(dropped(report, "creator"), 1);
	assert_int_equal(dropped(report, "link (what follows readers)"), 2);
	assert_non_null(strstr(report->note, "2 items without a date"));
	record_free(record);
}

static void test_atom(void **state)
{
	static const char *const lines[] = {
		"2024-05-01T08:00:00.000Z+120n receive news|One two three|Log|-|-|-|Sea|boats|-|-|"
		"{\"link\":\"https://log.example/1\",\"id\":\"urn:1\"}",
		"2024-05-02T08:00:00.000Zn receive news|a < b>c|Log|-|-|-|-|-|-|{\"id\":\"urn:2\"}",
	};
	static const char *const rdf[] = {
		"2001-01-01T00:00:00.000Zn receive news|First|Site|-|-|-|Art|-|-|{\"link\":\"http://site.example/1\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT("a.atom",
		"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Log</title><id>urn:log</id>"
		"<entry><title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">One <b>two</b> "
		"<i>three</i></div></title><id>urn:1</id><link rel=\"self\" href=\"https://log.example/self\"/>"
		"<link href=\"https://log.example/1\"/><category term=\"x\" label=\"Sea\"/><category term=\"boats\"/>"
		"<published>2024-05-01T10:00:00+02:00</published><updated>2024-05-09T10:00:00Z</updated>"
		"<source><title>Elsewhere</title></source><content>Body</content>"
		"<author><name>Bo</name></author></entry>"
		"<entry><title type=\"text\">a &lt; b&gt;c</title><id>urn:2</id>"
		"<updated>2024-05-02T08:00:00Z</updated></entry></feed>", lines);
	assert_int_equal(dropped(&record->report[0], "author"), 1);
	assert_int_equal(dropped(&record->report[0], "content"), 1);
	record_free(record);
	record_free(EXPECT("a.rdf",
		"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
		"xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
		"<channel rdf:about=\"x\"><title>Site</title></channel><item rdf:about=\"y\"><title>First</title>"
		"<link>http://site.example/1</link><dc:date>2001-01-01T00:00:00Z</dc:date>"
		"<dc:subject>Art</dc:subject></item></rdf:RDF>", rdf));
}

static void test_json(void **state)
{
	static const char *const lines[] = {
		"2024-05-01T08:00:00.000Z+120n receive news|One|My \"feed\"|-|-|-|sea|boats|-|-|"
		"{\"link\":\"https://log.example/1\",\"id\":\"1\"}",
		"1970-01-01T12:00:00.000Zdn receive news|Two|My \"feed\"|-|-|-|-|-|-|{\"id\":\"2\"}",
	};
	struct record *record = EXPECT("feed.json",
		"{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"My \\\"feed\\\"\",\"items\":["
		"{\"id\":\"1\",\"title\":\"One\",\"url\":\"https://log.example/1?gclid=9\",\"tags\":[\"sea\",\"boats\"],"
		"\"content_text\":\"Body\",\"date_published\":\"2024-05-01T10:00:00+02:00\"},"
		"{\"id\":\"2\",\"title\":\"Two\",\"authors\":[{\"name\":\"Bo\"}]},"
		"{\"id\":\"3\",\"content_html\":\"<p>Body</p>\",\"date_published\":\"2024-05-01T10:00:00Z\"}]}", lines);

	(void)state;
	assert_int_equal(record->report[0].read, 3);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(dropped(&record->report[0], "content_text"), 1);
	assert_int_equal(dropped(&record->report[0], "content_html"), 1);
	assert_int_equal(dropped(&record->report[0], "authors"), 1);
	record_free(record);
}

/* In Windows-1252 without saying so, broken in the middle, and in an encoding that is not read. */
static void test_broken(void **state)
{
	static const char *const lines[] = {
		"2024-05-02T08:00:00.000Zn receive news|caf\xc3\xa9|-|-|-|-|-|-|-|-",
	};
	static const char *const none[] = { "" };
	struct record *record;

	(void)state;
	record = EXPECT("a.xml", "<rss><channel><item><title>caf\xe9</title>"
			"<pubDate>Thu, 02 May 2024 08:00:00 GMT</pubDate></item><item><title>b</tit", lines);
	assert_int_equal(record_skipped(&record->report[0], "cut short"), 1);
	assert_non_null(strstr(record->report[0].note, "cut short"));
	record_free(record);
	record = read_text("b.xml", "<?xml version=\"1.0\" encoding=\"koi8-r\"?><rss><channel></channel></rss>",
			   none, 0);
	assert_non_null(strstr(record->report[0].note, "letters may be wrong"));
	record_free(record);
}

/* ---- Another project's files: each says in a comment what is expected of it ---- */

static uint64_t count_of(const char *text, const char *part)
{
	uint64_t count = 0;
	const char *at = strstr(text, "-->");	/* behind the comment */

	for (at = at == NULL ? text : at; (at = strstr(at, part)) != NULL; at++) {
		const char *begin = at;

		while (*begin != '<' && begin > text)
			begin--;
		count += begin[1] != '/' && strchr(" >\n\r/", at[strlen(part)]) != NULL;
	}
	return count;
}

/* The title that is expected of the first item, where it is a plain text. */
static bool expected_title(const char *text, char title[256])
{
	const char *end = strstr(text, "-->"), *at = strstr(text, "entries[0]['title'] == ");
	size_t size = 0;

	if (at == NULL || end == NULL || at > end)
		return false;
	at += 23;
	at += *at == 'u';
	if (*at++ != '\'')
		return false;
	while (at[size] != '\'' && at[size] != '\\' && at[size] != '<' && at[size] != '&' &&
	       size < 255 && at + size < end)
		size++;
	memcpy(title, at, size);
	title[size] = 0;
	return at[size] == '\'' && size > 0;
}

static void compare_file(const char *path, uint64_t *items, uint64_t *titles)
{
	struct record *record = record_read(path, NULL);
	struct bytes bytes = BYTES_INIT;
	char title[256], want[300];
	struct error error;
	uint64_t rows, i;

	assert_int_equal(file_read(path, 1 << 20, &bytes, &error), 0);
	rows = count_of((const char *)bytes.data, "<item") + count_of((const char *)bytes.data, "<entry") +
	       count_of((const char *)bytes.data, ":entry") + count_of((const char *)bytes.data, ":item");
	if (record->sources == 1) {
		/* It defines entities, which no feed needs: it is not read, and the note says so. */
		if (strstr(path, "entity_in_doctype") != NULL) {
			assert_non_null(strstr(record->report[0].note, "entities"));
			rows = 0;
		}
		assert_int_equal(record->report[0].read, rows);
		*items += rows;
		if (expected_title((const char *)bytes.data, title)) {
			snprintf(want, sizeof(want), "|%s|", title);
			for (i = 0; i < record->acts && strstr(record->line[i], want) == NULL; i++)
				;
			assert_true(i < record->acts);
			++*titles;
		}
	} else {
		/* Not XML at all, and CDF, which is read by nobody. */
		assert_int_equal(rows, 0);
	}
	bytes_free(&bytes);
	record_free(record);
}

static void test_samples(void **state)
{
	static const char *const folders[] = { "rss", "atom", "atom10", "rdf", "itunes", "namespace",
					       "node_precedence" };
	uint64_t items = 0, titles = 0, files = 0;
	struct dirent *entry;
	struct stat status;
	char path[1024];
	size_t i;

	(void)state;
	if (stat(WELLFORMED, &status) != 0) {
		print_message("SKIPPED: no " WELLFORMED " here\n");
		skip();
	}
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		DIR *entries;

		snprintf(path, sizeof(path), WELLFORMED "%s", folders[i]);
		entries = opendir(path);
		assert_non_null(entries);
		while ((entry = readdir(entries)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), WELLFORMED "%s/%s", folders[i], entry->d_name);
			compare_file(path, &items, &titles);
			files++;
		}
		closedir(entries);
	}
	assert_true(items > 300 && titles >= 10);
	print_message("%llu files, %llu items, %llu titles\n", (unsigned long long)files,
		      (unsigned long long)items, (unsigned long long)titles);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rss),
	cmocka_unit_test(test_atom),
	cmocka_unit_test(test_json),
	cmocka_unit_test(test_broken),
	cmocka_unit_test(test_samples),
};

RECORD_MAIN(tests)
