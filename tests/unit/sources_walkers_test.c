/* The walkers alone: tables, JSON objects, dates, numbers, titles, and the JSON of rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/random.h"
#include "formats/csv.h"
#include "formats/dates.h"
#include "formats/number.h"
#include "formats/objects.h"
#include "formats/rest.h"
#include "readers/series.h"

/* Gives the text in pieces of `step` bytes, so that every window boundary is met. */
struct pieces {
	const char *data;
	size_t size, at, step;
};

static int read_pieces(void *context, void *out, size_t size, size_t *got)
{
	struct pieces *pieces = context;

	*got = pieces->size - pieces->at;
	if (*got > pieces->step)
		*got = pieces->step;
	if (*got > size)
		*got = size;
	memcpy(out, pieces->data + pieces->at, *got);
	pieces->at += *got;
	return 0;
}

/* The whole table as "field<field<>": every field ended by '<', every row by '>', bad rows as
 * "!why>". */
static void walk(const char *text, size_t size, char delimiter, bool quotes, struct bytes *out)
{
	struct pieces pieces = { text, size, 0, 3 };
	struct input_from from = { read_pieces, &pieces };
	struct csv *csv = malloc(sizeof(*csv));
	enum csv_result result;
	struct input input;
	struct error error;
	uint32_t i;

	assert_non_null(csv);
	assert_int_equal(input_open(&input, &from, &error), 0);
	csv_open(csv, &input, delimiter, quotes);
	bytes_clear(out);
	for (;;) {
		assert_int_equal(csv_next(csv, &result), 0);
		if (result == CSV_END)
			break;
		if (result == CSV_BAD) {
			bytes_append_text(out, "!");
			bytes_append_text(out, csv->why);
		}
		for (i = 0; i < csv->count; i++) {
			bytes_append(out, csv->field[i].data, csv->field[i].size);
			bytes_append_byte(out, '<');
		}
		bytes_append_byte(out, '>');
	}
	csv_close(csv);
	input_close(&input);
	free(csv);
}

static void test_csv(void **state)
{
	static const struct {
		const char *text, *fields;
	} cases[] = {
		{ "", "" },
		{ "\n\r\n\n", "" },
		{ "a,b\nc,d", "a<b<>c<d<>" },
		{ "a,b\r\nc,d\r\n", "a<b<>c<d<>" },
		{ "a,,\n,,c\n", "a<<<><<c<>" },
		{ "\"a,b\",c\n", "a,b<c<>" },
		{ "\"a \"\"b\"\" c\"\n", "a \"b\" c<>" },
		{ "\"two\nlines\",x\n", "two\nlines<x<>" },
		{ "\"two\r\nlines\"\r\n", "two\r\nlines<>" },
		{ "a \"b\" c,d\n", "a \"b\" c<d<>" },
		{ "\"a\"b,c\n", "ab<c<>" },
		{ "\"\",\"\"\n", "<<>" },
		{ "\"\"", "<>" },
		{ "\"a\"", "a<>" },
		{ "a,\"", "!a quote that is never closed>" },
		{ "a,\"b\nc,d\n", "!a quote that is never closed>c<d<>" },
		{ "a\rb\n", "a\rb<>" },
		{ "  a , b \n", "  a < b <>" },
	};
	struct bytes out = BYTES_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		walk(cases[i].text, strlen(cases[i].text), ',', true, &out);
		assert_string_equal(out.data == NULL ? "" : (char *)out.data, cases[i].fields);
	}
	walk("a\t\"b\n", 5, '\t', false, &out);
	assert_string_equal((char *)out.data, "a<\"b<>");
	bytes_free(&out);
}

/* Random tables, written with quotes wherever they may stand, come back as they were. */
static void test_csv_property(void **state)
{
	static const char letters[] = "ab ,\"\n;\xc3\xa9x";
	struct random random = { 20240601 };
	struct bytes text = BYTES_INIT, expected = BYTES_INIT, out = BYTES_INIT;
	int round, row, field, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		bytes_clear(&text);
		bytes_clear(&expected);
		for (row = 0; row < 5; row++) {
			for (field = 0; field < 3; field++) {
				int size = (int)random_below(&random, 6);

				if (field > 0)
					bytes_append_byte(&text, ',');
				bytes_append_byte(&text, '"');
				for (i = 0; i < size; i++) {
					char c = letters[random_below(&random, 8)];

					if (c == '\xc3' || c == '\xa9')
						c = 'e';
					if (c == '"')
						bytes_append_byte(&text, '"');
					bytes_append_byte(&text, (uint8_t)c);
					bytes_append_byte(&expected, (uint8_t)c);
				}
				bytes_append_byte(&text, '"');
				bytes_append_byte(&expected, '<');
			}
			bytes_append_text(&text, random_below(&random, 2) ? "\n" : "\r\n");
			bytes_append_byte(&expected, '>');
		}
		walk((char *)text.data, text.size, ',', true, &out);
		assert_int_equal(out.size, expected.size);
		assert_memory_equal(out.data, expected.data, out.size);
	}
	bytes_free(&text);
	bytes_free(&expected);
	bytes_free(&out);
}

static void test_csv_limits(void **state)
{
	size_t size = LIMIT_ROW_BYTES + 100, i;
	struct bytes text = BYTES_INIT, out = BYTES_INIT;

	(void)state;
	for (i = 0; i < size; i++)
		bytes_append_byte(&text, 'x');
	bytes_append_text(&text, "\na,b\n");
	for (i = 0; i < LIMIT_COLUMNS + 1; i++)
		bytes_append_byte(&text, ',');
	bytes_append_text(&text, "\nc\n");
	walk((char *)text.data, text.size, ',', true, &out);
	assert_string_equal((char *)out.data,
			    "!a row that is too long>a<b<>!too many columns>c<>");
	bytes_free(&text);
	bytes_free(&out);
}

/* Objects in the arrays of an object, whatever stands between and in pieces of two bytes. */
static void test_members(void **state)
{
	static const char *const wanted[] = { "list", "more", NULL };
	static const struct {
		const char *text, *seen;
		bool all;
	} cases[] = {
		{ "{}", "", false },
		{ "{\"list\":[]}", "", false },
		{ "{\"a\":{\"list\":[{\"k\":9}]},\"list\":[{\"k\":1},{\"k\":2}],\"b\":\"]}\\\"\"}",
		  "list 1;list 2;", false },
		{ "{\"x\":[{\"k\":1}],\"more\" : [ {\"k\":2} , 3, \"s\", [4], {\"k\":5} ]\n}",
		  "more 2;more 5;", false },
		{ "{\"x\":[{\"k\":1}],\"more\":[{\"k\":2}]}", "x 1;more 2;", true },
		{ "{\"list\":[{\"k\":1},{\"k\":", "list 1;!JSON that is cut short;", false },
		{ "[{\"k\":1},{\"k\":2}]", " 1; 2;", false },
		{ "{\"list\":[}{\"k\":1}]}", "list 1;", false },
	};
	char scratch[OBJECTS_SCRATCH];
	struct bytes out = BYTES_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pieces pieces = { cases[i].text, strlen(cases[i].text), 0, 2 };
		struct input_from from = { read_pieces, &pieces };
		enum objects_result result;
		struct objects objects;
		struct input input;
		struct error error;

		assert_int_equal(input_open(&input, &from, &error), 0);
		objects_open_members(&objects, &input, cases[i].all ? NULL : wanted);
		bytes_clear(&out);
		for (;;) {
			assert_int_equal(objects_next(&objects, &result), 0);
			if (result == OBJECTS_END)
				break;
			if (result == OBJECTS_BAD) {
				bytes_append_text(&out, "!");
				bytes_append_text(&out, objects.why);
			} else {
				struct act_text text = objects_at(&objects, "k", scratch);

				bytes_append_text(&out, objects.member);
				bytes_append_byte(&out, ' ');
				bytes_append(&out, text.data, text.size);
			}
			bytes_append_byte(&out, ';');
		}
		assert_string_equal(out.data == NULL ? "" : (char *)out.data, cases[i].seen);
		objects_close(&objects);
		input_close(&input);
	}
	bytes_free(&out);
}

static void test_objects(void **state)
{
	static const struct {
		const char *text, *seen;
	} cases[] = {
		{ "", "" },
		{ "[]", "" },
		{ "[{\"k\":1},{\"k\":\"x\"}]", "1;x;" },
		{ "{\"k\":true}\n{\"k\":null}\n", "true;;" },
		{ " [ {\"k\":\"a}\\\"{[\"} , {\"k\":[1,{\"k\":2}]} ] ", "a}\"{[;;" },
		{ "{\"k\":-2.5}", "-2.5;" },
		{ "{\"k\":1,}\n{\"k\":2}", "!broken JSON;2;" },
		{ "{\"k\":\"\xc3\"}{\"k\":2}", "!broken JSON;2;" },
		{ "junk\n{\"k\":2}", "!not a JSON object;2;" },
		{ "{\"k\":2}{\"k\":", "2;!JSON that is cut short;" },
	};
	char scratch[OBJECTS_SCRATCH];
	struct bytes out = BYTES_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pieces pieces = { cases[i].text, strlen(cases[i].text), 0, 2 };
		struct input_from from = { read_pieces, &pieces };
		enum objects_result result;
		struct objects objects;
		struct input input;
		struct error error;

		assert_int_equal(input_open(&input, &from, &error), 0);
		/* Bad bytes stay as they are only next to good UTF-8. */
		input.any_utf8 = true;
		objects_open(&objects, &input);
		bytes_clear(&out);
		for (;;) {
			struct act_text text;

			assert_int_equal(objects_next(&objects, &result), 0);
			if (result == OBJECTS_END)
				break;
			if (result == OBJECTS_BAD) {
				bytes_append_text(&out, "!");
				bytes_append_text(&out, objects.why);
			} else {
				text = objects_get(&objects, "k", scratch);
				bytes_append(&out, text.data, text.size);
			}
			bytes_append_byte(&out, ';');
		}
		assert_string_equal(out.data == NULL ? "" : (char *)out.data, cases[i].seen);
		objects_close(&objects);
		input_close(&input);
	}
	bytes_free(&out);
	assert_true(objects_sniff("[{\"a\":{\"b\":1},\"c\" : 2}]", 24, "c"));
	assert_false(objects_sniff("[{\"a\":{\"b\":1},\"c\" : 2}]", 24, "b"));
	assert_false(objects_sniff("[{\"a\":\"c\"}]", 11, "c"));
}

static void test_dates(void **state)
{
	/* Text, and the three parts as written; -1: not a date. */
	static const struct {
		const char *text;
		int32_t part[3];
		bool decided;
		int minutes;
	} cases[] = {
		{ "3/14/21", { 3, 14, 21 }, false, -1 },
		{ "14.03.2021", { 14, 3, 2021 }, false, -1 },
		{ "2021. 03. 14.", { 2021, 3, 14 }, true, -1 },
		{ "2021/3/14", { 2021, 3, 14 }, true, -1 },
		{ "2021-03-14", { 2021, 3, 14 }, true, -1 },
		{ "14-03-2021 18:05", { 14, 3, 2021 }, false, 18 * 60 + 5 },
		{ "3/14/2021, 6:05 PM", { 3, 14, 2021 }, false, 18 * 60 + 5 },
		{ "3/14/2021 12:05 AM", { 3, 14, 2021 }, false, 5 },
		{ "14 Mar 2021", { 2021, 3, 14 }, true, -1 },
		{ "March 14, 2021 06:05:00", { 2021, 3, 14 }, true, 6 * 60 + 5 },
		{ "14-Mar-2021", { 2021, 3, 14 }, true, -1 },
		{ "2021-03-14T01:00:00+02:00", { 2021, 3, 13 }, true, 23 * 60 },
	};
	static const char *const bad[] = { "", "soon", "3/14", "3/14/", "3//21", "3/14.21", "2021/02/30",
					   "1/2/3/4", "12345/1/1", "3/14/21 25:00", "3/14/21 13:00 PM",
					   "30 Feb 2021", "2021-03-14T", "1/2/099", "3/14/21x" };
	struct dates_raw raw;
	size_t i;
	int64_t ms;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(dates_parse(cases[i].text, strlen(cases[i].text), &raw));
		assert_memory_equal(raw.part, cases[i].part, sizeof(raw.part));
		assert_int_equal(raw.decided, cases[i].decided);
		assert_int_equal(raw.has_time, cases[i].minutes >= 0);
		if (raw.has_time)
			assert_int_equal(raw.within, cases[i].minutes * 60000);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(dates_parse(bad[i], strlen(bad[i]), &raw));
	assert_true(dates_parse_unix("1612324800", 10, &ms) && ms == 1612324800000);
	assert_true(dates_parse_unix("1612324800123", 13, &ms) && ms == 1612324800123);
	assert_true(dates_parse_unix("1612324800.25", 13, &ms) && ms == 1612324800250);
	assert_true(dates_parse_unix("-5", 2, &ms) && ms == -5000);
	assert_false(dates_parse_unix("", 0, &ms));
	assert_false(dates_parse_unix("1e9", 3, &ms));
	assert_false(dates_parse_unix("99999999999999999999", 20, &ms));
}

static enum dates_order vote(const char *const *dates, size_t count, char note[200])
{
	struct dates_vote votes;
	struct dates_raw raw;
	size_t i;

	memset(&votes, 0, sizeof(votes));
	for (i = 0; i < count; i++) {
		assert_true(dates_parse(dates[i], strlen(dates[i]), &raw));
		dates_vote(&votes, &raw, clock_days(2024, 6, 15));
	}
	return dates_decide(&votes, DATES_MDY, "because", note, 200);
}

static void test_dates_decided(void **state)
{
	static const char *const month_first[] = { "1/2/20", "3/4/20", "5/31/20" };
	static const char *const day_first[] = { "31/1/20", "2/3/20" };
	static const char *const year_first[] = { "20/1/31", "20/2/13", "20/2/14" };
	/* 8 July 2024 is after 15 June 2024; 7 August is too, so only the other row tells. */
	static const char *const future[] = { "5/7/24" };
	static const char *const dotted[] = { "1.2.20", "2.2.20" };
	static const char *const open[] = { "1/1/20", "2/2/20" };
	char note[200];

	(void)state;
	assert_int_equal(vote(month_first, 3, note), DATES_MDY);
	assert_string_equal(note, "dates read as month/day/year: 1 row decides it");
	assert_int_equal(vote(day_first, 2, note), DATES_DMY);
	assert_int_equal(vote(year_first, 3, note), DATES_YMD);
	assert_int_equal(vote(future, 1, note), DATES_MDY);	/* 5 July would be in the future */
	assert_non_null(strstr(note, "future"));
	assert_int_equal(vote(dotted, 2, note), DATES_DMY);
	assert_non_null(strstr(note, "fits both"));
	assert_int_equal(vote(open, 2, note), DATES_MDY);
	assert_string_equal(note, "every date fits both orders: read as month/day/year, because");
	assert_int_equal(vote(open, 0, note), DATES_MDY);
	assert_string_equal(note, "");
}

static void test_numbers(void **state)
{
	struct act_text title = { "Toy Story (1995)", 16 }, none = { "Alien", 5 };
	int64_t value;
	int32_t year = 0;

#define FIXED(text) (number_fixed((struct act_text){ text, sizeof(text) - 1 }, &value))
	(void)state;
	assert_true(FIXED("4.5") && value == 4718592);		/* 4.5 * 1048576 */
	assert_true(FIXED("0,5") && value == 524288);
	assert_true(FIXED("-1") && value == -1048576);
	assert_true(FIXED(".5") && value == 524288);
	assert_true(FIXED("0.1") && value == 104858);		/* 104857.6, to the nearest */
	assert_false(FIXED(""));
	assert_false(FIXED("."));
	assert_false(FIXED("1.2.3"));
	assert_false(FIXED("1e3"));
	assert_false(FIXED("9999999999999"));
#define SPAN(text) (number_span((struct act_text){ text, sizeof(text) - 1 }, &value))
	assert_true(SPAN("1:02:03") && value == 3723000);
	assert_true(SPAN("00:42") && value == 42000);
	assert_false(SPAN("42"));
	assert_false(SPAN("1:60"));
	assert_false(SPAN("1:2:3:4"));
	assert_false(SPAN(":1"));
	assert_true(number_year_suffix(&title, &year));
	assert_int_equal(year, 1995);
	assert_int_equal(title.size, 9);
	assert_false(number_year_suffix(&none, &year));
}

static void test_series_split(void **state)
{
	static const struct {
		const char *title, *series, *episode;
	} cases[] = {
		{ "Dark: Season 1: Secrets", "Dark", "Season 1: Secrets" },
		{ "Star Trek: Deep Night: Season 2: Q: Who", "Star Trek: Deep Night", "Season 2: Q: Who" },
		{ "The Gambit: Limited Series: Openings", "The Gambit", "Limited Series: Openings" },
		{ "Things: Things 3: Chapter One: Suzie", "Things", "Things 3: Chapter One: Suzie" },
		{ "Papel: Parte 2: Ep", "Papel", "Parte 2: Ep" },
		{ "A: Temporada 1: B", "A", "Temporada 1: B" }, { "A: Saison 1: B", "A", "Saison 1: B" },
		{ "A: Stagione 1: B", "A", "Stagione 1: B" },
		{ "A: S\xc3\xa6son 1: B", "A", "S\xc3\xa6son 1: B" },
		{ "A: S\xc3\xa4song 1: B", "A", "S\xc3\xa4song 1: B" },
		{ "A: Seizoen 1: B", "A", "Seizoen 1: B" }, { "A: 2. Staffel: B", "A", "2. Staffel: B" },
		{ "Book: Volume Two: B", "Book", "Volume Two: B" },
		{ "A\xc2\xa0: Saison\xc2\xa0" "1\xc2\xa0: B", "A", "Saison\xc2\xa0" "1\xc2\xa0: B" },
		{ "Kill Bill: Vol. 1", NULL, NULL }, { "Star Wars: Episode IV: A New Hope", NULL, NULL },
		{ "Mission: Impossible", NULL, NULL }, { "Dune: Part Two", NULL, NULL },
		{ "2001: A Space Odyssey", NULL, NULL }, { "Series of Events", NULL, NULL },
		{ "A: Partly Cloudy: B", NULL, NULL }, { "A: Season of the Witch: B", NULL, NULL },
		{ ": : :", NULL, NULL }, { "", NULL, NULL }, { "10:30 to Noon", NULL, NULL },
	};
	struct act_text series, episode;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct act_text title = { cases[i].title, (uint32_t)strlen(cases[i].title) };
		bool split = series_split(title, &series, &episode);

		if (split != (cases[i].series != NULL))
			print_error("%s\n", cases[i].title);
		assert_int_equal(split, cases[i].series != NULL);
		if (!split)
			continue;
		assert_true(number_is(series, cases[i].series));
		assert_true(number_is(episode, cases[i].episode));
	}
}

static void test_rest(void **state)
{
	static const char *const good[] = { "{}", "{\"a\":1}", "{\"a\":[1,2,{\"b\":\"\\u00e9\\n\"}]}",
					    "{\"a\":-0.5e+10,\"b\":null,\"c\":true}", "{ \"a\" : \"\" }" };
	static const char *const bad[] = { "", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
					   "{\"a\":01}", "{\"a\":1}x", "{\"a\":1},\"b\":{}", "{\"a\":\"\n\"}",
					   "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":tru}",
					   "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":[1}" };
	struct bytes rest = BYTES_INIT;
	struct act_text value = { "q\"\\\n\x7f\xc3\xa9", 7 }, text;
	char deep[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(rest_valid(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(rest_valid(bad[i], strlen(bad[i])));
	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"a\":", 5);
	assert_false(rest_valid(deep, sizeof(deep)));
	rest_begin(&rest);
	rest_put(&rest, "key", value);
	rest_put(&rest, "empty", (struct act_text){ NULL, 0 });
	rest_put(&rest, "bad", (struct act_text){ "\xff", 1 });
	text = rest_end(&rest);
	assert_true(number_is(text, "{\"key\":\"q\\\"\\\\\\u000a\\u007f\xc3\xa9\"}"));
	assert_true(rest_valid(text.data, text.size));
	rest_begin(&rest);
	assert_int_equal(rest_end(&rest).size, 0);
	bytes_free(&rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_property),
		cmocka_unit_test(test_csv_limits),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_dates_decided),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_series_split),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
