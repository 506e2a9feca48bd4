/*
 * Saved places and lists. A place is bookmarked by its name; where it lies is not kept, since
 * people save their home too. The lists of "Saved" have no times: they are kept in their order.
 */
#include "google_places.h"

#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/google_address.h"

struct file {
	struct emit *emit;
	struct objects objects;
	struct csv csv;
	struct bytes rest;
	int title, note, address;	/* columns */
};

static const char *const features[] = { "features", NULL };

static bool match_places(const struct sniff *sniff)
{
	struct act_text text = { sniff->text, (uint32_t)sniff->size };

	return detect_key(sniff, "features") &&
	       (google_address_has(text, "\"Google Maps URL\"") ||
		google_address_has(text, "\"google_maps_url\""));
}

/* The first of some paths that has a text. */
static struct act_text first_of(const struct objects *objects, const char *const *paths,
				char scratch[OBJECTS_SCRATCH])
{
	struct act_text text = { NULL, 0 };

	for (; *paths != NULL && text.size == 0; paths++)
		text = number_trim(objects_at(objects, *paths, scratch));
	return text;
}

static int take_place(void *context)
{
	static const char *const titles[] = {
		"properties.Location.Business Name", "properties.location.name",
		"properties.Title", NULL
	};
	static const char *const times[] = { "properties.Published", "properties.date", NULL };
	static const char *const countries[] = { "properties.Location.Country Code",
						 "properties.location.country_code", NULL };
	struct file *file = context;
	char scratch[3][OBJECTS_SCRATCH];
	struct act_text time;
	bool date_only;
	struct act act;
	int16_t zone;

	emit_blank_act(&act, ACT_BOOKMARK, "places");
	act.title = first_of(&file->objects, titles, scratch[0]);
	time = first_of(&file->objects, times, scratch[1]);
	if (!clock_parse_iso(time.data, time.size, &act.time, &zone, &date_only) || date_only ||
	    act.time <= 0 || act.time > 253402300799999LL)
		return emit_skip(file->emit, "no date");
	act.time -= act.time % 1000;
	rest_begin(&file->rest);
	rest_put(&file->rest, "country", first_of(&file->objects, countries, scratch[2]));
	act.rest = rest_end(&file->rest);
	return emit_act(file->emit, &act);
}

static int read_places(struct reading *reading)
{
	struct file file = { .emit = reading->emit, .rest = BYTES_INIT };
	int failed;

	objects_open_members(&file.objects, reading->input, features);
	failed = each_object(reading, &file.objects, take_place, &file);
	objects_close(&file.objects);
	bytes_free(&file.rest);
	return failed;
}

static bool match_saved(const struct sniff *sniff)
{
	static const char *const english[] = { "Title", "Note", "URL", NULL };
	static const char *const german[] = { "Titel", "Notiz", "URL", NULL };

	return detect_columns(sniff, english) || detect_columns(sniff, german);
}

static int take_saved(void *context)
{
	struct file *file = context;
	struct act_text address = number_trim(csv_get(&file->csv, file->address));
	struct act act;

	emit_blank_act(&act, ACT_BOOKMARK, "other");
	if (google_address_has(address, "google.") && google_address_has(address, "/maps"))
		act.domain = emit_text("places");
	else
		act.creator = google_address_host(address);
	act.title = number_trim(csv_get(&file->csv, file->title));
	if (act.title.size == 0)
		return emit_skip(file->emit, "no title");
	act.text = number_trim(csv_get(&file->csv, file->note));
	act.time = CLOCK_DAY_MS / 2 + (int64_t)file->emit->report.emitted;
	act.flags |= ACT_DATE_ONLY;
	return emit_act(file->emit, &act);
}

static int column(const struct csv *csv, const char *english, const char *german)
{
	int found = csv_column(csv, english);

	return found >= 0 ? found : csv_column(csv, german);
}

static int read_saved(struct reading *reading)
{
	struct file file = { .emit = reading->emit };
	bool found;
	int failed;

	csv_open(&file.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file.csv, &found);
	file.title = column(&file.csv, "Title", "Titel");
	file.note = column(&file.csv, "Note", "Notiz");
	file.address = csv_column(&file.csv, "URL");
	if (failed == 0 && found)
		failed = each_row(reading, &file.csv, take_saved, &file);
	if (reading->emit->report.emitted > 0)
		emit_note(reading->emit,
			  "no times in this file: kept in its order, as 1970-01-01");
	csv_close(&file.csv);
	return failed;
}

static const char *const google_places_dropped[] = {
	"geometry", "properties.Google Maps URL", "properties.google_maps_url",
	"properties.Location.Address", "properties.location.address",
	"properties.Location.Geo Coordinates", NULL,
};
static const struct reader_about google_places_about = {
	"Saved Places.json",
	"bookmark",
	"Business Name, name or Title; Published or date; rest: country",
	google_places_dropped,
	"where it is; whether anybody went there"
};
const struct reader google_places = {
	"google-places", "Google Maps: saved places", match_places, NULL, read_places,
	&google_places_about
};
static const char *const google_saved_dropped[] = { "URL", NULL };
static const struct reader_about google_saved_about = {
	"Saved/*.csv",
	"bookmark",
	"Title, Note, of URL the host",
	google_saved_dropped,
	"when"
};
const struct reader google_saved = {
	"google-places", "Google: lists of Saved", match_saved, NULL, read_saved,
	&google_saved_about
};
