/*
 * Tables of a log of daily life, told apart by their columns. Who was there is never stored.
 */
#include "lifelog.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "readers/detect.h"
#include "readers/sheet.h"

static const struct kind {
	const char *columns[4];		/* that it is told by; ends with NULL */
	int verb;
	const char *domain, *title, *date, *words;
	const char *minutes;		/* how long, or NULL */
} kinds[] = {
	{ { "mealtype", "foodtype", "date" }, ACT_EAT, "places", "foodtype", "date", "mealtype",
	  NULL },
	{ { "exercise", "heart_rate", "date" }, ACT_EXERCISE, "health", "exercise", "date", NULL,
	  NULL },
	{ { "readtype", "howlong", "date" }, ACT_READ, "books", "readtype", "date", NULL,
	  "howlong" },
	{ { "watchtype", "howlong", "date" }, ACT_WATCH, "series", "watchtype", "date", NULL,
	  "howlong" },
	{ { "productName", "purchase_id", "time" }, ACT_BUY, "shop", "productName", "time", NULL,
	  NULL },
	{ { "book_name", "id", "time" }, ACT_READ, "books", "book_name", "time", NULL, NULL },
	{ { "textDescription", "start_address", "start_time" }, ACT_ARRIVE, "places",
	  "start_address", "start_time", NULL, NULL },
	{ { "textDescription", "calories", "start_time" }, ACT_EXERCISE, "health",
	  "textDescription", "start_time", NULL, "duration" },
};
#define KINDS ((int)(sizeof(kinds) / sizeof(*kinds)))

static int find(const struct sniff *sniff)
{
	int i;

	for (i = 0; i < KINDS; i++)
		if (detect_columns(sniff, kinds[i].columns))
			return i;
	return KINDS;
}

static bool match(const struct sniff *sniff)
{
	return find(sniff) < KINDS;
}

/* "08:00: running 39 minutes" is "running". */
static struct act_text exercise(struct act_text text)
{
	uint32_t end;

	if (text.size > 6 && text.data[2] == ':' && text.data[5] == ':') {
		text.data += 6;
		text.size -= 6;
	}
	text = number_trim(text);
	for (end = 0; end < text.size && (text.data[end] < '0' || text.data[end] > '9'); end++)
		;
	text.size = end;
	return number_trim(text);
}

static int take_row(struct sheet *sheet)
{
	const struct kind *kind = &kinds[sheet->mode];
	struct act_text date = sheet_get(sheet, kind->date);
	struct act_text clock = sheet_get(sheet, "time");
	int64_t minutes;
	char room[64];
	struct act act;

	emit_blank_act(&act, kind->verb, kind->domain);
	act.title = sheet_get(sheet, kind->title);
	if (strcmp(kind->title, "textDescription") == 0)
		act.title = exercise(act.title);
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (kind->words != NULL)
		act.words = sheet_get(sheet, kind->words);
	if (kind->minutes != NULL &&
	    number_fixed(sheet_get(sheet, kind->minutes), &minutes) && minutes >= 0 &&
	    minutes < (int64_t)1440 << 20)
		act.duration = (minutes * 60000) >> 20;
	/* One variant has the day and the time of day in two columns. */
	if (csv_column(&sheet->csv, "date") >= 0 && strcmp(kind->date, "time") == 0) {
		date = sheet_get(sheet, "date");
		if (date.size == 10 && clock.size == 8) {
			snprintf(room, sizeof(room), "%.4s-%.2s-%.2sT%.8s", date.data,
				 date.data + 5, date.data + 8, clock.data);
			date = emit_text(room);
		}
	}
	return sheet_act(sheet, &act, date);
}

static int read_table(struct reading *reading)
{
	return sheet_table(reading, find(reading->sniff), take_row);
}

static const char *const dropped[] = {
	"people_string", "people", "start_lat", "start_long", "end_lat", "end_long",
	"purchase_id", "img_url", "heart_rate", NULL,
};
static const struct reader_about about = {
	"tables of a log of daily life", "eat, buy, arrive, exercise, read, watch",
	"date or time or start_time; foodtype, mealtype, exercise, readtype, watchtype, howlong, "
	"productName, book_name, start_address, textDescription, duration",
	dropped, "the time of day, where there is a date only"
};
const struct reader lifelog_tables = {
	"lifelog", "Logs of daily life: meals, exercise, purchases, places", match, NULL,
	read_table, &about
};
