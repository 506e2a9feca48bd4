/*
 * Plain files: `time verb item title creator value ...`, tab, comma or semicolon separated with a
 * header, or one JSON object per row. Any subset of the columns will do that names the item and
 * says when or what. Rows with a full time are emitted at once; dates alone wait for the end of
 * the file (collect.h).
 */
#include "plain.h"

#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/objects.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/collect.h"
#include "readers/detect.h"
#include "readers/each.h"

enum column {
	TIME, VERB, ITEM, TITLE, CREATOR, VALUE, DOMAIN, YEAR, WORDS, DURATION, DURATION_MS, PLACE,
	TEXT, ZONE, USER, COLUMNS
};

/* The name first, then what it is also called. */
static const char *const names[COLUMNS][4] = {
	[TIME] = { "time", "timestamp", "date" },
	[VERB] = { "verb", "action" },
	[ITEM] = { "item" },
	[TITLE] = { "title" },
	[CREATOR] = { "creator", "artist", "author" },
	[VALUE] = { "value", "rating" },
	[DOMAIN] = { "domain" },
	[YEAR] = { "year" },
	[WORDS] = { "words", "genres" },
	[DURATION] = { "duration" },
	[DURATION_MS] = { "duration_ms" },
	[PLACE] = { "place" },
	[TEXT] = { "text" },
	[ZONE] = { "zone" },
	[USER] = { "user", "userId" },
};

/* What a verb is usually about, where no domain is given. */
static const char *const verb_domains[ACT_VERB_COUNT] = {
	[ACT_WATCH] = "films", [ACT_LISTEN] = "music", [ACT_READ] = "books", [ACT_PLAY] = "games",
	[ACT_BUY] = "shop", [ACT_SEARCH] = "other", [ACT_LIKE] = "films", [ACT_DISLIKE] = "films",
	[ACT_RATE] = "films", [ACT_BOOKMARK] = "films", [ACT_FOLLOW] = "news", [ACT_POST] = "news",
	[ACT_ARRIVE] = "places", [ACT_DEPART] = "places", [ACT_EXERCISE] = "health",
	[ACT_EAT] = "places",
};

/* The reverse: what one does with a domain, where no verb is given. */
static const struct {
	const char *domain;
	int verb;
} domain_verbs[] = {
	{ "films", ACT_WATCH }, { "series", ACT_WATCH }, { "music", ACT_LISTEN },
	{ "books", ACT_READ }, { "games", ACT_PLAY }, { "shop", ACT_BUY },
	{ "places", ACT_ARRIVE }, { "news", ACT_READ }, { "apps", ACT_PLAY }, { "other", ACT_LIKE },
	{ "health", ACT_EXERCISE },
};

/* One file being read. */
struct plain {
	struct reading *reading;
	struct collect collect;
	struct bytes rest;
	bool timeless;			/* the file has no times at all */
	int usual_verb;			/* of rows without verb and domain */
	struct act_text cell[COLUMNS];
};

/* `time` or `verb` must be there under that name: a `date` alone is as often the one on which a
 * book was printed. */
static bool match_table(const struct sniff *sniff)
{
	return (detect_column(sniff, "title") || detect_column(sniff, "item")) &&
	       (detect_column(sniff, "time") || detect_column(sniff, "verb"));
}

static bool match_objects(const struct sniff *sniff)
{
	const char *text = sniff->text;
	size_t size = sniff->size;

	/* Google's activity has a title and a time too, but it is a sentence: "Watched X". */
	if (!sniff->json || objects_sniff(text, size, "header"))
		return false;
	return (objects_sniff(text, size, "title") || objects_sniff(text, size, "item")) &&
	       (objects_sniff(text, size, "time") || objects_sniff(text, size, "verb"));
}

/* The reason why not, or NULL. */
static const char *set_verb(const struct plain *plain, struct act *act)
{
	struct act_text verb = plain->cell[VERB], domain = number_trim(plain->cell[DOMAIN]);
	size_t i;

	verb = number_trim(verb);
	act->verb = 0;
	if (verb.size > 0) {
		act->verb = (uint8_t)act_verb_find(verb.data, verb.size);
		if (act->verb == 0)
			return "a verb that tacit does not know";
	}
	act->domain.size = 0;
	for (i = 0; i < sizeof(domain_verbs) / sizeof(*domain_verbs); i++)
		if (number_is(domain, domain_verbs[i].domain)) {
			act->domain = emit_text(domain_verbs[i].domain);
			if (act->verb == 0 && plain->cell[VALUE].size == 0)
				act->verb = (uint8_t)domain_verbs[i].verb;
		}
	if (domain.size > 0 && act->domain.size == 0)
		return "a domain that tacit does not know";
	if (act->verb == 0)
		act->verb = (uint8_t)(plain->cell[VALUE].size > 0 ? ACT_RATE : plain->usual_verb);
	if (act->domain.size == 0)
		act->domain = emit_text(verb_domains[verb.size > 0 ? act->verb :
						     plain->usual_verb]);
	return NULL;
}

/* "+02:00" or minutes. */
static void set_zone(struct act_text zone, struct act *act)
{
	char whole[32] = "2000-01-01T00:00";
	size_t used = strlen(whole);
	int64_t minutes, ms;
	bool date_only;

	zone = number_trim(zone);
	if (zone.size == 0 || zone.size > 8)
		return;
	memcpy(whole + used, zone.data, zone.size);
	if (clock_parse_iso(whole, used + zone.size, &ms, &act->zone, &date_only))
		return;
	if (number_whole(zone, &minutes) && minutes >= -18 * 60 && minutes <= 18 * 60)
		act->zone = (int16_t)minutes;
}

static const char *set_numbers(const struct plain *plain, struct act *act)
{
	struct act_text value = number_trim(plain->cell[VALUE]);
	struct act_text duration = number_trim(plain->cell[DURATION]);
	int64_t number;

	if (value.size > 0 && !number_fixed(value, &act->value))
		return "a value that is no number";
	if (act->verb == ACT_RATE && (act->value == ACT_NONE || act->value < 0 ||
				      act->value > 5 << 20))
		return "no rating on five stars";
	if (number_whole(number_trim(plain->cell[DURATION_MS]), &number) && number >= 0)
		act->duration = number;
	else if (number_span(duration, &number))
		act->duration = number;
	else if (number_fixed(duration, &number) && number >= 0)
		act->duration = (number * 1000) >> 20;
	if (act->duration != ACT_NONE && act->duration > 36525LL * CLOCK_DAY_MS)
		return "a duration of more than a hundred years";
	act->year = number_year(plain->cell[YEAR]);
	return NULL;
}

/* Emits the row, or lets it wait when only its date is known. */
static int place_in_time(struct plain *plain, struct act *act)
{
	struct emit *emit = plain->reading->emit;
	struct act_text time = number_trim(plain->cell[TIME]);
	struct dates_raw raw;
	int16_t zone;
	bool date_only;

	if (plain->timeless) {
		act->time = CLOCK_DAY_MS / 2 + (int64_t)emit->report.emitted;
		act->flags |= ACT_DATE_ONLY;
		return emit_act(emit, act);
	}
	if (clock_parse_iso(time.data, time.size, &act->time, &zone, &date_only) && !date_only) {
		if (act->time < -62135596800000LL || act->time > 253402300799999LL)
			return emit_skip(emit, "no date that can be read");
		/* "Z" tells the time, not where the person was (RFC 3339); "+00:00" tells both. */
		if (zone != INT16_MIN && time.data[time.size - 1] >= '0' &&
		    time.data[time.size - 1] <= '9')
			act->zone = zone;
		return emit_act(emit, act);
	}
	if (dates_parse_unix(time.data, time.size, &act->time))
		return emit_act(emit, act);
	if (time.size == 0)
		return emit_skip(emit, "no date");
	if (!dates_parse(time.data, time.size, &raw))
		return emit_skip(emit, "no date that can be read");
	if (raw.has_time && raw.zone == INT16_MIN)
		raw.zone = act->zone;
	return collect_add(&plain->collect, act, &raw);
}

static int read_row(struct plain *plain)
{
	struct reading *reading = plain->reading;
	const char *why;
	struct act act;

	if (reading->person != NULL && plain->cell[USER].size > 0 &&
	    !number_is(plain->cell[USER], reading->person))
		return emit_skip(reading->emit, "another person's row");
	emit_blank_act(&act, ACT_WATCH, "other");
	act.title = plain->cell[TITLE];
	if (number_trim(act.title).size == 0)
		act.title = plain->cell[ITEM];
	else
		rest_put(&plain->rest, "item", plain->cell[ITEM]);
	why = set_verb(plain, &act);
	if (why == NULL)
		why = set_numbers(plain, &act);
	if (why == NULL && number_trim(act.title).size == 0)
		why = "no title";
	if (why != NULL)
		return emit_skip(reading->emit, why);
	act.creator = plain->cell[CREATOR];
	act.words = plain->cell[WORDS];
	act.place = plain->cell[PLACE];
	act.text = plain->cell[TEXT];
	set_zone(plain->cell[ZONE], &act);
	act.rest = rest_end(&plain->rest);
	return place_in_time(plain, &act);
}

static const struct collect_how dates_how = {
	DATES_MDY, "because nothing in the file decides", false
};

static int finish(struct plain *plain, int failed)
{
	if (failed == 0 && plain->timeless && plain->reading->emit->report.emitted > 0)
		emit_note(plain->reading->emit,
			  "no times in this file: kept in its order, as 1970-01-01");
	if (failed == 0)
		failed = collect_finish(&plain->collect, plain->reading->emit, &dates_how);
	collect_free(&plain->collect);
	bytes_free(&plain->rest);
	return failed;
}

/* Which column of the file holds what; true in `used` for those that are no extra. */
static void map_columns(const struct csv *csv, int columns[COLUMNS], bool used[LIMIT_COLUMNS])
{
	int i, j;

	memset(used, 0, LIMIT_COLUMNS * sizeof(*used));
	for (i = 0; i < COLUMNS; i++) {
		columns[i] = -1;
		for (j = 0; names[i][j] != NULL && columns[i] < 0; j++)
			columns[i] = csv_column(csv, names[i][j]);
		if (columns[i] >= 0)
			used[columns[i]] = true;
	}
}

/* A file whose creators are artists is about music, whose are authors, about books. */
static int usual_verb(bool artist, bool author)
{
	return artist ? ACT_LISTEN : author ? ACT_READ : ACT_WATCH;
}

/* One table being read. */
struct table {
	struct plain plain;
	struct csv csv;
	int columns[COLUMNS], user;
	bool used[LIMIT_COLUMNS];	/* columns that are no extra */
};

static int take_table(void *context)
{
	struct table *table = context;
	struct plain *plain = &table->plain;
	uint32_t extra;
	int i;

	rest_begin(&plain->rest);
	for (i = 0; i < COLUMNS; i++)
		plain->cell[i] = csv_get(&table->csv, table->columns[i]);
	for (extra = 0; extra < table->csv.names; extra++)
		if (!table->used[extra])
			rest_put(&plain->rest, csv_name(&table->csv, extra),
				 csv_get(&table->csv, (int)extra));
	return read_row(plain);
}

static int read_table(struct reading *reading)
{
	struct table table = { .plain = { .reading = reading } };
	struct csv *csv = &table.csv;
	bool found;
	int failed;

	failed = catalogue_one_person(reading->catalogue, reading->person, reading->sniff->name,
				      "people", reading->error);
	csv_open(csv, reading->input, reading->sniff->delimiter, true);
	collect_init(&table.plain.collect, reading->error);
	if (failed == 0)
		failed = csv_header(csv, &found);
	map_columns(csv, table.columns, table.used);
	table.plain.timeless = table.columns[TIME] < 0;
	table.plain.usual_verb = usual_verb(csv_column(csv, "artist") >= 0,
					    csv_column(csv, "author") >= 0);
	if (failed == 0)
		failed = each_row(reading, csv, take_table, &table);
	csv_close(csv);
	return finish(&table.plain, failed);
}

/* The column of that name, or COLUMNS. */
static int find_name(struct act_text key)
{
	int i, j;

	for (i = 0; i < COLUMNS; i++)
		for (j = 0; names[i][j] != NULL; j++)
			if (number_is(key, names[i][j]))
				return i;
	return COLUMNS;
}

/* One file of objects being read. */
struct lines {
	struct plain plain;
	struct objects objects;
	char scratch[COLUMNS + 1][OBJECTS_SCRATCH];
};

static int take_object(void *context)
{
	struct lines *lines = context;
	struct objects *objects = &lines->objects;
	struct plain *plain = &lines->plain;
	struct act_text key;
	bool more;

	memset(plain->cell, 0, sizeof(plain->cell));
	rest_begin(&plain->rest);
	for (more = objects_first_key(objects, &key); more;
	     more = objects_next_key(objects, &key)) {
		int column = find_name(key);
		struct act_text value = objects_get(objects, key.data, lines->scratch[column]);

		if (column == COLUMNS)
			rest_put_key(&plain->rest, key, value);
		else if (plain->cell[column].size == 0)
			plain->cell[column] = value;
	}
	plain->usual_verb = usual_verb(objects_has(objects, "artist"),
				       objects_has(objects, "author"));
	return read_row(plain);
}

static int read_objects(struct reading *reading)
{
	struct lines lines = { .plain = { .reading = reading } };
	int failed;

	failed = catalogue_one_person(reading->catalogue, reading->person, reading->sniff->name,
				      "people", reading->error);
	objects_open(&lines.objects, reading->input);
	collect_init(&lines.plain.collect, reading->error);
	lines.plain.timeless = !detect_key(reading->sniff, "time") &&
			       !detect_key(reading->sniff, "timestamp") &&
			       !detect_key(reading->sniff, "date");
	if (failed == 0)
		failed = each_object(reading, &lines.objects, take_object, &lines);
	objects_close(&lines.objects);
	return finish(&lines.plain, failed);
}

static int count_person(void *context)
{
	struct table *table = context;
	struct act_text user = csv_get(&table->csv, table->user);
	struct reading *reading = table->plain.reading;

	return user.size > 0 && catalogue_person(reading->catalogue, user) != 0 ?
	       error_memory(reading->error) : 0;
}

/* Counts the people of a table that has a column of them. */
static int prepare_table(struct reading *reading)
{
	struct table table = { .plain = { .reading = reading } };
	bool found;
	int failed;

	csv_open(&table.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&table.csv, &found);
	table.user = csv_column(&table.csv, "user");
	if (table.user < 0)
		table.user = csv_column(&table.csv, "userId");
	if (failed == 0 && table.user >= 0)
		failed = each_row_quietly(&table.csv, count_person, &table);
	csv_close(&table.csv);
	return failed;
}

/* The same for objects that have such a key. */
static int prepare_objects(struct reading *reading)
{
	enum objects_result result;
	char scratch[OBJECTS_SCRATCH];
	struct objects objects;
	struct act_text user;
	bool any = detect_key(reading->sniff, "user") || detect_key(reading->sniff, "userId");
	int failed = 0;

	objects_open(&objects, reading->input);
	while (any && failed == 0) {
		failed = objects_next(&objects, &result);
		if (failed != 0 || result == OBJECTS_END)
			break;
		if (result != OBJECTS_ONE)
			continue;
		user = objects_get(&objects, objects_has(&objects, "user") ? "user" : "userId",
				   scratch);
		if (user.size > 0 && catalogue_person(reading->catalogue, user) != 0)
			failed = error_memory(reading->error);
	}
	objects_close(&objects);
	return failed;
}

static const struct reader_about plain_table_about = {
	"tables with title or item",
	"any",
	"all columns",
	NULL,
	""
};
const struct reader plain_table = {
	"plain", "Tables with columns time, verb, item, title, creator, value ...", match_table,
	prepare_table, read_table,
	&plain_table_about
};
static const struct reader_about plain_objects_about = {
	"JSON lines with title or item",
	"any",
	"all keys",
	NULL,
	""
};
const struct reader plain_objects = {
	"plain", "JSON lines with keys time, verb, item, title, creator, value ...", match_objects,
	prepare_objects, read_objects,
	&plain_objects_about
};
