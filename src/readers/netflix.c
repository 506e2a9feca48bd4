/*
 * Netflix. The short history has a title and a date in the order of the person's country; the full
 * one has UTC times, all the profiles of the household, and trailers. Titles are folded over the
 * whole file (series.h), so rows wait until its end.
 */
#include "netflix.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/collect.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/series.h"

#define SHORTEST_MS 30000

static const char *const title_names[] = { "Title", "Titel", "Titre", "Título", "Titolo", "Tytuł",
					   NULL };
static const char *const date_names[] = { "Date", "Datum", "Fecha", "Data", "Dato", "Tarih", NULL };

static const char *const full_columns[] = { "Profile Name", "Start Time", "Duration", "Title",
					    "Supplemental Video Type", NULL };
static const char *const ratings_columns[] = { "Profile Name", "Title Name", "Thumbs Value",
					       "Event Utc Ts", NULL };

static int find_column(const struct csv *csv, const char *const *names)
{
	for (; *names != NULL; names++)
		if (csv_column(csv, *names) >= 0)
			return csv_column(csv, *names);
	return -1;
}

/* Two columns, of which one is a title and one a date. */
static bool match_short(const struct sniff *sniff)
{
	return sniff->header != NULL && sniff->header->names == 2 &&
	       find_column(sniff->header, title_names) == 0 &&
	       find_column(sniff->header, date_names) == 1;
}

static bool match_full(const struct sniff *sniff)
{
	return detect_columns(sniff, full_columns);
}

static bool match_ratings(const struct sniff *sniff)
{
	return detect_columns(sniff, ratings_columns);
}

/* The file being read: its rows go to `collect`, or only to the catalogue in the first pass. */
struct file {
	struct reading *reading;
	struct csv csv;
	struct collect collect;
	struct bytes rest;
	bool silent;		/* first pass: nothing is emitted */
};

static int skip(struct file *file, const char *why)
{
	return file->silent ? 0 : emit_skip(file->reading->emit, why);
}

static int take_short(void *context)
{
	struct file *file = context;
	struct act_text date = number_trim(csv_get(&file->csv, 1));
	struct dates_raw raw;
	struct act act;

	emit_blank_act(&act, ACT_WATCH, "films");
	act.title = number_trim(csv_get(&file->csv, 0));
	if (act.title.size == 0)
		return skip(file, "no title");
	if (date.size == 0)
		return skip(file, "no date");
	if (!dates_parse(date.data, date.size, &raw))
		return skip(file, "no date that can be read");
	return collect_add(&file->collect, &act, &raw);
}

static bool other_profile(const struct file *file)
{
	const char *person = file->reading->person;

	return person != NULL &&
	       !number_is(csv_get(&file->csv, csv_column(&file->csv, "Profile Name")), person);
}

static bool utc_time(struct act_text text, struct act *act)
{
	int16_t zone;
	bool date_only;

	text = number_trim(text);
	return clock_parse_iso(text.data, text.size, &act->time, &zone, &date_only) && !date_only &&
	       act->time >= -62135596800000LL && act->time <= 253402300799999LL;
}

static bool holds(struct act_text text, const char *word)
{
	return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

static int take_full(void *context)
{
	struct file *file = context;
	static const char *const kept[] = { "Attributes", "Bookmark", "Country" };
	const struct csv *csv = &file->csv;
	struct act_text attributes = csv_get(csv, csv_column(csv, "Attributes"));
	struct act act;
	size_t i;

	if (other_profile(file))
		return skip(file, "another profile's row");
	emit_blank_act(&act, ACT_WATCH, "films");
	act.title = number_trim(csv_get(csv, csv_column(csv, "Title")));
	if (act.title.size == 0)
		return skip(file, "no title");
	if (number_trim(csv_get(csv, csv_column(csv, "Supplemental Video Type"))).size > 0)
		return skip(file, "trailer or other supplemental video");
	if (!utc_time(csv_get(csv, csv_column(csv, "Start Time")), &act))
		return skip(file, "no date");
	if (!number_span(number_trim(csv_get(csv, csv_column(csv, "Duration"))), &act.duration))
		act.duration = ACT_NONE;
	if (act.duration != ACT_NONE && act.duration < SHORTEST_MS)
		return skip(file, "shorter than 30 seconds");
	if (holds(attributes, "Autoplayed: user action: None") ||
	    holds(attributes, "Autoplayed: user action: Unspecified"))
		act.flags |= ACT_NOT_CHOSEN;
	rest_begin(&file->rest);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		rest_put(&file->rest, kept[i], csv_get(csv, csv_column(csv, kept[i])));
	act.rest = rest_end(&file->rest);
	return collect_add(&file->collect, &act, NULL);
}

/* Thumbs: 1 down, 2 up, 3 two up. Older rows have stars. */
static bool rating_value(const struct csv *csv, int64_t *value)
{
	struct act_text thumbs = number_trim(csv_get(csv, csv_column(csv, "Thumbs Value")));
	struct act_text stars = number_trim(csv_get(csv, csv_column(csv, "Star Value")));

	if (number_is(thumbs, "1")) {
		*value = 1 << 20;
		return true;
	}
	if (number_is(thumbs, "2") || number_is(thumbs, "3")) {
		*value = 5 << 20;
		return true;
	}
	return number_fixed(stars, value) && *value > 0 && *value <= 5 << 20;
}

static int take_rating(void *context)
{
	struct file *file = context;
	const struct csv *csv = &file->csv;
	struct act act;

	if (other_profile(file))
		return skip(file, "another profile's row");
	emit_blank_act(&act, ACT_RATE, "films");
	act.title = number_trim(csv_get(csv, csv_column(csv, "Title Name")));
	if (act.title.size == 0)
		return skip(file, "no title");
	if (!rating_value(csv, &act.value))
		return skip(file, "no thumb and no stars");
	if (!utc_time(csv_get(csv, csv_column(csv, "Event Utc Ts")), &act))
		return skip(file, "no date");
	return collect_add(&file->collect, &act, NULL);
}

/* Goes over the rows with `take`; they are in the collection afterwards. */
static int load(struct file *file, struct reading *reading, bool silent, int (*take)(void *file))
{
	bool found;
	int failed;

	memset(&file->rest, 0, sizeof(file->rest));
	file->reading = reading;
	file->silent = silent;
	collect_init(&file->collect, reading->error);
	csv_open(&file->csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file->csv, &found);
	if (failed == 0)
		failed = silent ? each_row_quietly(&file->csv, take, file) :
			 each_row(reading, &file->csv, take, file);
	return failed;
}

static void unload(struct file *file)
{
	csv_close(&file->csv);
	collect_free(&file->collect);
	bytes_free(&file->rest);
}

static uint64_t series_key(struct act_text title)
{
	return hash_bytes(title.data, title.size, 0x736572696573);
}

static const struct collect_how dates_how = {
	DATES_MDY, "because that is how Netflix writes them most", true
};

static int read_short(struct reading *reading)
{
	struct file file;
	int failed = load(&file, reading, false, take_short);

	if (failed == 0)
		failed = series_fold(&file.collect);
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &dates_how);
	unload(&file);
	return failed;
}

static int one_profile(struct reading *reading)
{
	return catalogue_one_person(reading->catalogue, reading->person, reading->sniff->name,
				    "profiles", reading->error);
}

static int read_full(struct reading *reading)
{
	struct file file;
	int failed = one_profile(reading);

	if (failed != 0)
		return failed;
	failed = load(&file, reading, false, take_full);
	if (failed == 0)
		failed = series_fold(&file.collect);
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &dates_how);
	unload(&file);
	return failed;
}

/* A rated title has no season: what was watched as a series is rated as one. */
static int read_ratings(struct reading *reading)
{
	struct file file;
	size_t i;
	int failed = one_profile(reading);

	if (failed != 0)
		return failed;
	failed = load(&file, reading, false, take_rating);
	if (failed == 0)
		failed = series_fold(&file.collect);
	for (i = 0; failed == 0 && i < file.collect.count; i++)
		if (catalogue_marked(reading->catalogue,
				     series_key(file.collect.rows[i].act.title)))
			file.collect.rows[i].act.domain = emit_text("series");
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &dates_how);
	unload(&file);
	return failed;
}

static int note_profile(void *context)
{
	struct file *file = context;
	struct act_text name = csv_get(&file->csv, csv_column(&file->csv, "Profile Name"));

	if (name.size > 0 && catalogue_person(file->reading->catalogue, name) != 0)
		return error_memory(file->reading->error);
	return 0;
}

static int note_full(void *context)
{
	struct file *file = context;
	int failed = note_profile(file);

	return failed != 0 ? failed : take_full(file);
}

/* First pass: which profiles there are, and which titles are series. */
static int prepare_full(struct reading *reading)
{
	struct file file;
	size_t i;
	int failed = load(&file, reading, true, note_full);

	if (failed == 0)
		failed = series_fold(&file.collect);
	for (i = 0; failed == 0 && i < file.collect.count; i++) {
		const struct act *act = &file.collect.rows[i].act;

		if (number_is(act->domain, "series") &&
		    catalogue_mark(reading->catalogue, series_key(act->title)) != 0)
			failed = error_memory(reading->error);
	}
	unload(&file);
	return failed;
}

static int prepare_ratings(struct reading *reading)
{
	struct file file;
	int failed = load(&file, reading, true, note_profile);

	unload(&file);
	return failed;
}

static const struct reader_about netflix_short_about = {
	"NetflixViewingHistory.csv",
	"watch",
	"Title, Date",
	NULL,
	"the time of day, how long, which profile"
};
const struct reader netflix_short = {
	"netflix-short", "Netflix: viewing history (NetflixViewingHistory.csv)", match_short, NULL,
	read_short,
	&netflix_short_about
};
static const char *const netflix_full_dropped[] = {
	"Device Type", "Profile Name", NULL,
};
static const struct reader_about netflix_full_about = {
	"ViewingActivity.csv",
	"watch",
	"Start Time, Duration, Title; rest: Attributes, Bookmark, Country",
	netflix_full_dropped,
	"whether anybody looked"
};
const struct reader netflix_full = {
	"netflix-full", "Netflix: personal information (viewing activity, ratings)", match_full,
	prepare_full, read_full,
	&netflix_full_about
};
static const char *const netflix_ratings_dropped[] = {
	"Device Model", "Profile Name", NULL,
};
static const struct reader_about netflix_ratings_about = {
	"Ratings.csv",
	"rate",
	"Title Name, Thumbs Value or Star Value, Event Utc Ts",
	netflix_ratings_dropped,
	""
};
const struct reader netflix_ratings = {
	"netflix-full", "Netflix: ratings", match_ratings, prepare_ratings, read_ratings,
	&netflix_ratings_about
};
