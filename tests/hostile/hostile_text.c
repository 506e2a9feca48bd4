/* Hostile and broken texts: each good one in every way that files break, then by matters. */
#include "hostile.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text;
} goods[] = {
	{ "plain.tsv", "time\tverb\ttitle\tcreator\tvalue\n2020-01-02T03:04:05Z\twatch\tA f\xc3\xaflm\tSomebody\t\n"
	  "2020-01-03T03:04:05Z\tread\tA book\tSomebody else\t4\n2020-01-04\trate\tAnother\tHer\t2.5\n" },
	{ "diary.csv", "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
	  "2021-01-02,\"Film, the\",1999,https://boxd.it/a,4.5,,\"cinema, friends\",2021-01-01\n"
	  "2021-01-05,Caf\xc3\xa9,2001,https://boxd.it/b,,Yes,,2021-01-04\n" },
	{ "netflix.csv", "Title,Date\n\"Dark: Staffel 1: \xe2\x80\x9eGeheimnisse\xe2\x80\x9c\",\"13/02/2019\"\n"
	  "\"A film\",\"14/02/2019\"\n" },
	{ "spotify.json", "[{\"ts\":\"2021-01-02T03:04:05Z\",\"ms_played\":180000,"
	  "\"master_metadata_track_name\":\"Song \\u00e9 \xc3\xa9\",\"master_metadata_album_artist_name\":\"Artist\","
	  "\"ip_addr\":\"192.0.2.1\",\"shuffle\":false},\n{\"ts\":\"2021-01-02T03:08:05Z\",\"ms_played\":1,"
	  "\"master_metadata_track_name\":\"Other\",\"master_metadata_album_artist_name\":\"Artist\"}]\n" },
	{ "Records.json", "{\"locations\": [{\"latitudeE7\": 525200000, \"longitudeE7\": 134050000, \"accuracy\": 20,\n"
	  "  \"activity\": [{\"activity\": [{\"type\": \"STILL\", \"confidence\": 62}]}],\n"
	  "  \"timestamp\": \"2020-01-02T03:04:05.678Z\", \"note\": \"\xe2\x82\xac\"}]}\n" },
	{ "activity.json", "[{\"header\": \"YouTube\", \"title\": \"Watched A f\xc3\xaflm\", \"titleUrl\": "
	  "\"https://www.youtube.com/watch?v\\u003dabc\", \"subtitles\": [{\"name\": \"Channel\"}], "
	  "\"time\": \"2020-01-02T03:04:05.678Z\", \"products\": [\"YouTube\"]}]\n" },
	{ "walk.gpx", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\"><trk><name>Walk \xc3\xa9</name>"
	  "<trkseg><trkpt lat=\"52.5\" lon=\"13.4\"><time>2020-01-02T03:04:05Z</time></trkpt>\n<trkpt lat=\"52.6\" "
	  "lon=\"13.5\"><time>2020-01-02T03:14:05Z</time></trkpt></trkseg></trk></gpx>\n" },
	{ "health.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n]>\n"
	  "<HealthData locale=\"de_DE\">\n<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"Uhr \xc3\xa9\" "
	  "unit=\"count\" startDate=\"2020-01-02 10:00:00 +0100\" endDate=\"2020-01-02 10:05:00 +0100\" value=\"120\"/>\n"
	  "</HealthData>\n" },
	{ "feeds.opml", "<opml version=\"2.0\"><body><outline text=\"Bl\xc3\xb6g\" type=\"rss\" "
	  "xmlUrl=\"https://example.org/feed.xml\" htmlUrl=\"https://example.org/\"/></body></opml>\n" },
	{ "calendar.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n"
	  "DTSTAMP:20200102T030405Z\r\nDTSTART:20200102T030405Z\r\nDTEND:20200102T040405Z\r\n"
	  "SUMMARY:Treffen \xc3\xa9\r\nRRULE:FREQ=WEEKLY;COUNT=10\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" },
};

/* UTF-16, little end first; what is beyond 16 bits does not occur above. */
static void widen(const char *text, struct bytes *out)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != 0) {
		uint32_t c = *at++;

		if (c >= 0xe0) {
			c = (c & 15) << 12 | (uint32_t)(at[0] & 63) << 6 | (at[1] & 63);
			at += 2;
		} else if (c >= 0xc0) {
			c = (c & 31) << 6 | (*at++ & 63);
		}
		bytes_append_byte(out, (uint8_t)c);
		bytes_append_byte(out, (uint8_t)(c >> 8));
	}
}

/* A piece put into the middle of a text. */
static void with(const char *text, const void *piece, size_t size, const char *what, const char *name)
{
	struct bytes out = BYTES_INIT;
	size_t half = strlen(text) / 2;

	bytes_append(&out, text, half);
	bytes_append(&out, piece, size);
	bytes_append_text(&out, text + half);
	hostile_put(out.data, out.size, "%s-%s", what, name);
	bytes_free(&out);
}

/* Every line break in turn as LF, CRLF and CR. */
static void mixed(const char *text, const char *name)
{
	static const char *const breaks[] = { "\n", "\r\n", "\r" };
	struct bytes out = BYTES_INIT;
	int turn = 0;

	for (; *text != 0; text++)
		if (*text == '\n')
			bytes_append_text(&out, breaks[turn++ % 3]);
		else if (*text != '\r')
			bytes_append_byte(&out, (uint8_t)*text);
	hostile_put(out.data, out.size, "mixed-%s", name);
	bytes_free(&out);
}

static void breakages(const char *text, const char *name)
{
	struct bytes wide = BYTES_INIT;
	size_t size = strlen(text), i;

	for (i = 1; i <= 4; i += hostile_all ? 1 : 2)
		hostile_put(text, size * i / 5 - 1, "cut-%zu-%s", i, name);
	hostile_put(text, size - 3, "cut-end-%s", name);
	with(text, "\xff\xfe\xfa", 3, "bytes", name);
	with(text, "\0\0", 2, "nul", name);
	with(text, "\xef\xbb\xbf", 3, "mark", name);
	mixed(text, name);
	bytes_append(&wide, "\xff\xfe", 2);
	widen(text, &wide);
	hostile_put(wide.data, wide.size - 1, "wide-odd-%s", name);
	memcpy(wide.data + wide.size / 4 * 2, "\x00\xd8\x00\xd8", 4);
	hostile_put(wide.data, wide.size, "wide-halves-%s", name);
	if (hostile_all) {
		hostile_put(wide.data + 2, wide.size - 2, "wide-unmarked-%s", name);
		wide.data[0] = 0xfe;
		wide.data[1] = 0xff;
		hostile_put(wide.data, wide.size, "wide-turned-%s", name);
		with(text, "\xed\xa0\x80", 3, "surrogate", name);
		with(text, text, size, "twice", name);
	}
	bytes_free(&wide);
}

static void dates(void)
{
	static const char *const list[] = {
		"0000-01-01", "99999-01-01", "-0001-01-01T00:00:00Z", "2020-02-30", "2020-13-01T00:00:00Z", "1e300",
		"9223372036854775807", "-9223372036854775808", "99999999999999999999999", "00/00/0000", "31/31/3131",
		"2020-01-01T25:61:61Z", "2020-01-01T00:00:00+99:99", "NaN", "-1", "0", "Feb 30, 2020", "1/1/1",
		"2020-01-01T00:00:00.99999999999999999999Z", "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa0-01-01",
	};
	struct bytes out = BYTES_INIT;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++) {
		bytes_clear(&out);
		hostile_text(&out, "time,verb,title\n%s,watch,A film\n2020-01-02T03:04:05Z,watch,Another\n", list[i]);
		hostile_put(out.data, out.size, "date-%zu.csv", i);
		if (i % 2 == 1 && !hostile_all)
			continue;
		bytes_clear(&out);
		hostile_text(&out, "[{\"ts\":\"%s\",\"ms_played\":%s,\"master_metadata_track_name\":\"x\","
			     "\"master_metadata_album_artist_name\":\"y\"}]", list[i], i % 4 ? "-1e18" : "9e99");
		hostile_put(out.data, out.size, "date-%zu.json", i);
	}
	bytes_free(&out);
}

static void nested(const char *open, const char *close, size_t depth, const char *name)
{
	struct bytes out = BYTES_INIT;

	hostile_repeat(&out, open, depth);
	hostile_repeat(&out, close, depth);
	hostile_put(out.data, out.size, "nested-%s", name);
	bytes_free(&out);
}

static void depths(void)
{
	nested("[", "]", 500000, "arrays.json");
	nested("{\"locations\":", "}", 100000, "objects.json");
	nested("[{\"ts\":", "}]", 100000, "both.json");
	nested("{\"title\":\n", "", 200000, "never-closed.json");
	nested("{\"title\":\"x\",\"time\":[\n", "", 100000, "never-closed-rows.json");
	nested("<gpx>", "</gpx>", 200000, "tags.gpx");
	nested("<HealthData>", "", 200000, "open.xml");
	nested("{\"title\":\"x\",\"time\":1577934245}\n", "", 20000, "lines.json");
	nested("\"", "", 1000000, "quotes.csv");
	nested("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n", 20000, "calendar.ics");
}

static void entities(void)
{
	static const char *const roots[] = { "gpx", "HealthData", "opml" };
	struct bytes out = BYTES_INIT;
	size_t i, level;

	for (i = 0; i < 3; i++) {
		bytes_clear(&out);
		hostile_text(&out, "<?xml version=\"1.0\"?>\n<!DOCTYPE %s [\n<!ENTITY l0 \"lol\">\n", roots[i]);
		for (level = 1; level < 12; level++) {
			hostile_text(&out, "<!ENTITY l%zu \"", level);
			hostile_text(&out, "&l%zu;&l%zu;&l%zu;&l%zu;&l%zu;&l%zu;", level - 1, level - 1, level - 1,
				     level - 1, level - 1, level - 1);
			hostile_text(&out, "\">\n");
		}
		hostile_text(&out, "]>\n<%s>&l11;</%s>\n", roots[i], roots[i]);
		hostile_put(out.data, out.size, "laughs-%s.xml", roots[i]);
		bytes_clear(&out);
		hostile_text(&out, "<!DOCTYPE %s [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><%s>&x;</%s>", roots[i],
			     roots[i], roots[i]);
		hostile_put(out.data, out.size, "external-%s.xml", roots[i]);
		bytes_clear(&out);
		hostile_text(&out, "<!DOCTYPE %s [<!ENTITY %% x SYSTEM \"http://127.0.0.1/x.dtd\"> %%x;]><%s/>", roots[i],
			     roots[i]);
		hostile_put(out.data, out.size, "parameter-%s.xml", roots[i]);
	}
	bytes_free(&out);
}

/* RRULEs that never end, or would last as long. */
static void calendars(void)
{
	static const char *const rules[] = {
		"FREQ=SECONDLY", "FREQ=SECONDLY;COUNT=2147483647", "FREQ=MINUTELY;INTERVAL=0",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=99991231T235959Z",
		"FREQ=SECONDLY;BYSECOND=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3;BYHOUR=0,1,2,3", "FREQ=HOURLY;COUNT=-1",
		"FREQ=WEEKLY;INTERVAL=4294967296", "FREQ=;COUNT=", "FREQ=YEARLY;BYDAY=999MO;BYSETPOS=-366",
		"FREQ=DAILY;RRULE=FREQ=DAILY",
	};
	struct bytes out = BYTES_INIT;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		bytes_clear(&out);
		hostile_text(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:%zu\r\nDTSTART:%s\r\n"
			     "SUMMARY:Again\r\nRRULE:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", i,
			     i % 2 ? "00010101T000000" : "20200102T030405Z", rules[i]);
		hostile_put(out.data, out.size, "rule-%zu.ics", i);
	}
	bytes_free(&out);
}

/* Numbers of a million digits, rows and columns without end, counts that lie. */
static void sizes(void)
{
	struct bytes out = BYTES_INIT;
	size_t i;

	for (i = 0; i < 4; i++) {
		static const char *const heads[] = { "{\"title\":\"x\",\"time\":", "{\"title\":\"x\",\"time\":1,\"value\":-0.",
						     "title,time\nx,", "{\"title\":\"x\",\"time\":1e" };
		static const char *const names[] = { "whole.json", "fraction.json", "table.csv", "exponent.json" };

		bytes_clear(&out);
		bytes_append_text(&out, heads[i]);
		hostile_repeat(&out, "7", 1000000);
		bytes_append_text(&out, i == 2 ? "\n" : "}\n");
		hostile_put(out.data, out.size, "digits-%s", names[i]);
	}
	for (i = 0; i < 4; i++) {
		static const char *const pieces[] = { "title,", "title,time\n\"x", "x", "\xff" };

		bytes_clear(&out);
		bytes_append_text(&out, i == 1 ? "" : "title,time\n");
		hostile_repeat(&out, pieces[i], 600000);
		hostile_put(out.data, out.size, "wide-row-%zu.csv", i);
	}
	bytes_clear(&out);
	hostile_text(&out, "{\"items\": {\"count\": 1000000000, \"items\": []}, \"count\": 1000000000}");
	hostile_put(out.data, out.size, "claims.json");
	bytes_clear(&out);
	hostile_text(&out, "{\"title\":\"x\",\"time\":1,");
	for (i = 0; i < 200000; i++)
		hostile_text(&out, "\"k%zu\":1,", i % 70000);
	hostile_text(&out, "\"k\":2}\n");
	hostile_put(out.data, out.size, "keys.json");
	bytes_clear(&out);
	hostile_text(&out, "<gpx ");
	for (i = 0; i < 50000; i++)
		hostile_text(&out, "a%zu=\"1\" ", i);
	hostile_text(&out, "/>");
	hostile_put(out.data, out.size, "attributes.gpx");
	bytes_clear(&out);
	hostile_text(&out, "<gpx><trk><name>");
	hostile_repeat(&out, "&#x41;&amp;", 300000);
	hostile_text(&out, "</name></trk></gpx>");
	hostile_put(out.data, out.size, "references.gpx");
	bytes_free(&out);
}

/* More measures than a small table has room for: the reader must sort them behind its walls. */
static void many_measures(void)
{
	struct bytes out = BYTES_INIT;
	int i;

	hostile_text(&out, "<HealthData locale=\"de_DE\">\n");
	for (i = 0; i < 5000; i++)
		hostile_text(&out, "<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"%s\" unit=\"count\" "
			     "startDate=\"2020-01-%02d %02d:%02d:00 +0100\" endDate=\"2020-01-%02d %02d:%02d:30 +0100\" "
			     "value=\"%d\"/>\n", i % 2 ? "Watch" : "Phone", i / 240 + 1, i / 10 % 24, i % 60,
			     i / 240 + 1, i / 10 % 24, i % 60, i % 90);
	hostile_text(&out, "</HealthData>\n");
	hostile_put(out.data, out.size, "good-measures.xml");
	bytes_free(&out);
}

void hostile_texts(void)
{
	size_t i;

	for (i = 0; i < sizeof(goods) / sizeof(*goods); i++)
		breakages(goods[i].text, goods[i].name);
	dates();
	depths();
	entities();
	calendars();
	sizes();
	many_measures();
}
