/*
 * Tables of a log of daily life, as CSV or as arrays of JSON objects, told apart by their columns.
 * What an act has no field for stays in rest, under the column's own name, so that a life that goes
 * in comes out whole. Who was there is never stored.
 */
#include "lifelog.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "readers/detect.h"
#include "readers/sheet.h"

#define KEPT 10

static const struct kind {
	const char *columns[4];		/* that it is told by; ends with NULL */
	int verb;			/* 0: rows are skipped, and title says why */
	const char *domain, *title, *date;
	const char *words, *place;	/* columns, or NULL */
	const char *minutes;		/* how long, or NULL */
	const char *kept[KEPT];		/* in rest; ends with NULL */
} kinds[] = {
	{ { "mealtype", "foodtype", "date" }, ACT_EAT, "places", "foodtype", "date", "mealtype",
	  NULL, NULL, { "eid" } },
	{ { "exercise", "heart_rate", "date" }, ACT_EXERCISE, "health", "exercise", "date", NULL,
	  NULL, NULL, { "eid", "heart_rate" } },
	{ { "readtype", "howlong", "date" }, ACT_READ, "books", "readtype", "date", NULL, NULL,
	  "howlong", { "eid" } },
	{ { "watchtype", "howlong", "date" }, ACT_WATCH, "series", "watchtype", "date", NULL,
	  NULL, "howlong", { "eid" } },
	{ { "productName", "purchase_id", "time" }, ACT_BUY, "shop", "productName", "time", NULL,
	  NULL, NULL, { "id", "productPrice", "productQuantity" } },
	{ { "book_name", "id", "time" }, ACT_READ, "books", "book_name", "time", NULL, NULL, NULL,
	  { "id" } },
	{ { "textDescription", "start_address", "start_time" }, ACT_ARRIVE, "places",
	  "start_address", "start_time", NULL, NULL, NULL,
	  { "id", "textDescription", "end_time", "end_address" } },
	{ { "textDescription", "calories", "start_time" }, ACT_EXERCISE, "health",
	  "textDescription", "start_time", NULL, NULL, "duration",
	  { "id", "textDescription", "end_time", "duration", "distance", "calories", "outdoor",
	    "temperature" } },
	{ { "textDescription", "cities_towns", "start_time" }, ACT_ARRIVE, "places", "country",
	  "start_time", NULL, NULL, NULL,
	  { "id", "textDescription", "end_time", "country", "states_provinces", "cities_towns",
	    "places" } },
	{ { "track", "playtimeMs", "start_time" }, ACT_LISTEN, "music", "track", "start_time",
	  NULL, NULL, NULL, { "id", "end_time", "spotify_link" } },
	{ { "fruits", "toiletries", "date" }, ACT_BUY, "shop", NULL, "date", NULL, NULL, NULL,
	  { "eid", "fruits", "drinks", "toiletries" } },
	{ { "cuisine", "location", "date" }, ACT_EAT, "places", "cuisine", "date", NULL,
	  "location", NULL, { "eid" } },
	{ { "hobbies", "people_string", "date" }, ACT_PLAY, "other", "hobbies", "date", NULL,
	  NULL, NULL, { "eid" } },
	{ { "people_string", "location", "date" }, ACT_ARRIVE, "places", "location", "date", NULL,
	  NULL, NULL, { "eid" } },
	{ { "for_whom", "type_of_care", "date" }, ACT_EXERCISE, "health", "type_of_care", "date",
	  NULL, NULL, NULL, { "eid", "for_whom" } },
	{ { "food_location", "dining_date", "eid" }, ACT_EAT, "places", "food_location",
	  "dining_date", "food_type", "city", NULL,
	  { "eid", "start_date", "end_date", "place_visit_date", "place", "action", "emotion" } },
	{ { "place_visit_date", "emotion", "eid" }, ACT_ARRIVE, "places", "place",
	  "place_visit_date", NULL, "city", NULL,
	  { "eid", "start_date", "end_date", "action", "emotion" } },
	{ { "start_date", "end_date", "city" }, ACT_ARRIVE, "places", "city", "start_date", NULL,
	  NULL, NULL, { "eid", "end_date" } },
	{ { "timeofday", "friends", "date" }, 0, NULL, "a talk with other people", NULL,
	  NULL, NULL, NULL, { NULL } },
	{ { "desc", "details", "date" }, 0, NULL,
	  "a sentence about what another table holds", NULL, NULL, NULL, NULL, { NULL } },
};
#define KINDS ((int)(sizeof(kinds) / sizeof(*kinds)))

static bool has(const struct sniff *sniff, const char *name)
{
	return sniff->json ? detect_key(sniff, name) : detect_column(sniff, name);
}

static int find(const struct sniff *sniff)
{
	int i, j;

	for (i = 0; i < KINDS; i++) {
		for (j = 0; kinds[i].columns[j] != NULL && has(sniff, kinds[i].columns[j]); j++)
			;
		if (kinds[i].columns[j] == NULL)
			break;
	}
	return i;
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

/* "I visited Japan." is "Japan". */
static struct act_text visited(struct act_text text)
{
	static const char lead[] = "I visited ";

	if (text.size > sizeof(lead) && memcmp(text.data, lead, sizeof(lead) - 1) == 0) {
		text.data += sizeof(lead) - 1;
		text.size -= (uint32_t)sizeof(lead) - 1;
		text.size -= text.data[text.size - 1] == '.';
	}
	return text;
}

/* What was bought in a row of several columns, each a list: "apples|tea|soap". */
static struct act_text bought(struct sheet *sheet)
{
	static const char *const columns[] = { "fruits", "drinks", "toiletries" };
	struct act_text cell;
	size_t i;

	bytes_clear(&sheet->text);
	for (i = 0; i < 3; i++) {
		cell = sheet_get(sheet, columns[i]);
		if (cell.size > 0 && sheet->text.size > 0 &&
		    bytes_append_byte(&sheet->text, ',') != 0)
			break;
		if (bytes_append(&sheet->text, cell.data, cell.size) != 0)
			break;
	}
	return sheet_words(sheet, (struct act_text){ (const char *)sheet->text.data,
						     (uint32_t)sheet->text.size }, ',');
}

static void set_texts(struct sheet *sheet, const struct kind *kind, struct act *act)
{
	int64_t number;

	act->title = kind->title == NULL ? emit_text("groceries") : sheet_get(sheet, kind->title);
	if (kind->title == NULL)
		act->words = bought(sheet);
	else if (strcmp(kind->title, "textDescription") == 0)
		act->title = exercise(act->title);
	else if (strcmp(kind->title, "country") == 0)
		act->title = visited(act->title);
	if (kind->words != NULL)
		act->words = sheet_get(sheet, kind->words);
	if (kind->place != NULL)
		act->place = sheet_get(sheet, kind->place);
	if (kind->minutes != NULL &&
	    number_fixed(sheet_get(sheet, kind->minutes), &number) && number >= 0 &&
	    number < (int64_t)1440 << 20)
		act->duration = (number * 60000) >> 20;
	if (kind->verb == ACT_LISTEN) {
		act->creator = sheet_get(sheet, "artist");
		if (number_whole(sheet_get(sheet, "playtimeMs"), &number) && number >= 0 &&
		    number < CLOCK_DAY_MS)
			act->duration = number;
	}
}

static int take_row(struct sheet *sheet)
{
	const struct kind *kind = &kinds[sheet->mode];
	struct act_text date, clock, day, whom;
	char room[64];
	struct act act;

	if (kind->verb == 0)
		return emit_skip(sheet->emit, kind->title);
	whom = sheet_get(sheet, "for_whom");
	if (whom.size > 0 && !number_is(whom, "personal_medical_care"))
		return emit_skip(sheet->emit, "another person's care");
	emit_blank_act(&act, kind->verb, kind->domain);
	set_texts(sheet, kind, &act);
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_keep(sheet, &act, kind->kept);
	date = sheet_get(sheet, kind->date);
	/* One variant has the day and the time of day in two columns. */
	if (strcmp(kind->date, "time") == 0) {
		day = sheet_get(sheet, "date");
		clock = date;
		if (day.size == 10 && clock.size == 8) {
			snprintf(room, sizeof(room), "%.4s-%.2s-%.2sT%.8s", day.data, day.data + 5,
				 day.data + 8, clock.data);
			date = emit_text(room);
		}
	}
	return sheet_act(sheet, &act, date);
}

static int read_table(struct reading *reading)
{
	int kind = find(reading->sniff);

	return reading->sniff->json ? sheet_objects(reading, kind, sheet_array, take_row) :
	       sheet_table(reading, kind, take_row);
}

static const char *const dropped[] = {
	"people_string", "people", "friends", "start_lat", "start_long", "end_lat", "end_long",
	"purchase_id", "img_url", NULL,
};
static const struct reader_about about = {
	"tables of a log of daily life (CSV or JSON)",
	"eat, buy, arrive, exercise, read, watch, listen, play",
	"date or time or start_time; foodtype, mealtype, exercise, readtype, watchtype, howlong, "
	"productName, book_name, start_address, textDescription, duration, track, artist, "
	"playtimeMs, fruits, drinks, toiletries, cuisine, hobbies, location, type_of_care, "
	"food_location, place, city, country; rest: the other columns",
	dropped, "the time of day, where there is a date only"
};
const struct reader lifelog_tables = {
	"lifelog", "Logs of daily life: meals, exercise, purchases, places", match, NULL,
	read_table, &about
};
