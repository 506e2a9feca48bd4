/*
 * Lists of anime and manga, by the conventions of shelves.c: what is completed is an act with its
 * stars, what is planned is a bookmark, what is begun or given up counts if it was rated. Films are
 * films, all else that is watched is a series, and manga are books.
 */
#include "anime.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/believed.h"
#include "readers/detect.h"

/* The verb of a status; the reason why it is no act, or NULL. */
static const char *set_status(struct act *act, struct act_text status)
{
	static const struct {
		const char *name;
		char what;		/* done, planned, begun, given up */
	} names[] = {
		{ "Completed", 'd' }, { "COMPLETED", 'd' }, { "REPEATING", 'd' }, { "2", 'd' },
		{ "Plan to Watch", 'p' }, { "Plan to Read", 'p' }, { "PLANNING", 'p' },
		{ "6", 'p' }, { "Dropped", 'g' }, { "DROPPED", 'g' }, { "4", 'g' },
		{ "Watching", 'b' }, { "Reading", 'b' }, { "On-Hold", 'b' }, { "CURRENT", 'b' },
		{ "PAUSED", 'b' }, { "1", 'b' }, { "3", 'b' },
	};
	char what = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (number_is(status, names[i].name))
			what = names[i].what;
	if (what == 'p') {
		act->verb = ACT_BOOKMARK;
		act->value = ACT_NONE;
	} else if (what != 'd' && act->value == ACT_NONE) {
		return what == 'b' ? "not finished yet" : what == 'g' ?
		       "given up, and not rated" : "a status that is not known";
	}
	return NULL;
}

/* ---- MyAnimeList ---- */

enum field {
	TITLE, TYPE, ID, SCORE, STATUS, FINISHED, STARTED, SEEN, TIMES, COMMENTS, TAGS, FIELDS
};

/* What the elements of an entry are called, of anime and of manga. */
static const char *const elements[FIELDS][2] = {
	[TITLE] = { "series_title", "manga_title" },
	[TYPE] = { "series_type", "" },
	[ID] = { "series_animedb_id", "manga_mangadb_id" },
	[SCORE] = { "my_score", "my_score" },
	[STATUS] = { "my_status", "my_status" },
	[FINISHED] = { "my_finish_date", "my_finish_date" },
	[STARTED] = { "my_start_date", "my_start_date" },
	[SEEN] = { "my_watched_episodes", "my_read_chapters" },
	[TIMES] = { "my_times_watched", "my_times_read" },
	[COMMENTS] = { "my_comments", "my_comments" },
	[TAGS] = { "my_tags", "my_tags" },
};

struct list {
	struct emit *emit;
	struct collect collect;
	struct bytes field[FIELDS], rest, words;
	bool inside, manga;
	uint64_t undated;
};

static bool match_myanimelist(const struct sniff *sniff)
{
	return !sniff->json && xml_sniff(sniff->text, sniff->size, "myanimelist");
}

static struct act_text field(const struct list *list, enum field which)
{
	return (struct act_text){ (const char *)list->field[which].data,
				  (uint32_t)list->field[which].size };
}

static int begin_entry(void *context, const char *name, const char *const *attributes)
{
	struct list *list = context;
	int i;

	(void)attributes;
	if (strcmp(name, "anime") != 0 && strcmp(name, "manga") != 0)
		return 0;
	list->inside = true;
	list->manga = strcmp(name, "manga") == 0;
	for (i = 0; i < FIELDS; i++)
		bytes_clear(&list->field[i]);
	return 0;
}

/* "a, b" as "a|b" in the list's own memory. */
static struct act_text tags(struct list *list)
{
	struct act_text text = field(list, TAGS), none = { NULL, 0 };
	uint32_t i;

	bytes_clear(&list->words);
	for (i = 0; i < text.size; i++) {
		if (text.data[i] == ' ' && i > 0 && text.data[i - 1] == ',')
			continue;
		if (bytes_append_byte(&list->words, text.data[i] == ',' ? '|' :
				      (uint8_t)text.data[i]) != 0)
			return none;
	}
	return (struct act_text){ (const char *)list->words.data, (uint32_t)list->words.size };
}

static int take_entry(struct list *list)
{
	static const struct {
		enum field which;
		const char *key;
	} kept[] = { { ID, "myanimelist_id" }, { SEEN, "seen" }, { TIMES, "again" },
		     { STARTED, "started" } };
	struct act_text date = field(list, FINISHED), text;
	struct dates_raw raw;
	const char *why;
	struct act act;
	size_t i;

	emit_blank_act(&act, list->manga ? ACT_READ : ACT_WATCH, list->manga ? "books" :
		       number_is(field(list, TYPE), "Movie") ? "films" : "series");
	act.title = field(list, TITLE);
	if (act.title.size == 0)
		return emit_skip(list->emit, "no title");
	sheet_stars(&act, field(list, SCORE), 10);
	why = set_status(&act, field(list, STATUS));
	if (why != NULL)
		return emit_skip(list->emit, why);
	act.text = field(list, COMMENTS);
	act.words = tags(list);
	rest_begin(&list->rest);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		text = field(list, kept[i].which);
		if (!number_is(text, "0") && !number_is(text, "0000-00-00"))
			rest_put(&list->rest, kept[i].key, text);
	}
	act.rest = rest_end(&list->rest);
	if (!dates_parse(date.data, date.size, &raw)) {
		dates_parse("1970-01-01", 10, &raw);
		list->undated++;
	}
	return collect_add(&list->collect, &act, &raw);
}

static int end_entry(void *context, const char *name, struct act_text text)
{
	struct list *list = context;
	int i, failed;

	if (!list->inside)
		return 0;
	if (strcmp(name, list->manga ? "manga" : "anime") == 0) {
		list->inside = false;
		failed = emit_row(list->emit);
		return failed != 0 ? failed : take_entry(list);
	}
	for (i = 0; i < FIELDS; i++)
		if (strcmp(name, elements[i][list->manga]) == 0) {
			bytes_clear(&list->field[i]);
			if (bytes_append(&list->field[i], text.data, text.size) != 0)
				return error_memory(list->emit->error);
		}
	return 0;
}

static int read_myanimelist(struct reading *reading)
{
	static const struct collect_how how = { DATES_YMD, "as MyAnimeList writes them", true };
	struct list list = { .emit = reading->emit };
	struct xml xml = { &list, begin_entry, end_entry };
	char why[80];
	int i, failed;

	collect_init(&list.collect, reading->error);
	failed = xml_read(reading->input, &xml, why);
	if (failed == 0 && list.inside) {
		failed = emit_row(reading->emit);
		if (failed == 0)
			failed = emit_skip(reading->emit, "an entry that is cut short");
	}
	if (why[0] != 0)
		emit_note(reading->emit, "%s: read up to there", why);
	if (list.undated > 0)
		emit_note(reading->emit, "entries without a date are kept as 1970-01-01, in their "
			  "order");
	if (failed == 0)
		failed = collect_finish(&list.collect, reading->emit, &how);
	collect_free(&list.collect);
	for (i = 0; i < FIELDS; i++)
		bytes_free(&list.field[i]);
	bytes_free(&list.rest);
	bytes_free(&list.words);
	return failed;
}

static const struct reader_about myanimelist_about = {
	"animelist_*.xml, mangalist_*.xml of MyAnimeList", "watch, read, bookmark",
	"series_title or manga_title, series_type, my_score (of 10), my_status, my_finish_date, "
	"my_comments, my_tags; rest: number, what was seen, times again, my_start_date",
	NULL, "the year of a title; the time of day; often when"
};
const struct reader anime_myanimelist = {
	"myanimelist", "MyAnimeList: anime and manga", match_myanimelist, NULL, read_myanimelist,
	&myanimelist_about
};

/* ---- AniList ---- */

#define NESTED "data.MediaListCollection."

/* The whole answer of its interface is one object; an export has its lists at the top. */
static bool is_nested(const struct sniff *sniff)
{
	return detect_key(sniff, "data") &&
	       memmem(sniff->text, sniff->size, "\"MediaListCollection\"", 21) != NULL;
}

static bool match_anilist(const struct sniff *sniff)
{
	if (!sniff->json)
		return false;
	return is_nested(sniff) || (detect_key(sniff, "lists") &&
	       (memmem(sniff->text, sniff->size, "\"entries\"", 9) != NULL ||
		memmem(sniff->text, sniff->size, "\"series_id\"", 11) != NULL));
}

/* The first of the entries' fields, a list that ends with NULL, that has something in it. */
static struct act_text of_entry(struct sheet *sheet, const char *entry, const char *const *names)
{
	struct act_text text = { "", 0 };
	char at[OBJECTS_PATH];

	for (; text.size == 0 && *names != NULL; names++) {
		snprintf(at, sizeof(at), "%.100s.%.40s", entry, *names);
		text = sheet_get(sheet, at);
	}
	return text;
}

#define OF(entry, ...) of_entry(sheet, entry, (const char *const []){ __VA_ARGS__, NULL })

/* {"year":2020,"month":3,"day":null}: a date in `room` where day and month are known. */
static struct act_text date_of(struct sheet *sheet, const char *entry, char room[16])
{
	int64_t year, month, day;

	if (!number_whole(OF(entry, "completedAt.year"), &year) ||
	    !number_whole(OF(entry, "completedAt.month"), &month) ||
	    !number_whole(OF(entry, "completedAt.day"), &day) || year < 1900 || year > 9999 ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return (struct act_text){ "", 0 };
	snprintf(room, 16, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	return emit_text(room);
}

static struct act_text genres(struct sheet *sheet, const char *entry)
{
	char at[OBJECTS_PATH];
	struct act_text word;
	size_t i;

	bytes_clear(&sheet->words);
	for (i = 0; i < 16; i++) {
		snprintf(at, sizeof(at), "%.100s.media.genres.%zu", entry, i);
		word = sheet_get(sheet, at);
		if (word.size == 0 ||
		    (i > 0 && bytes_append_byte(&sheet->words, '|') != 0) ||
		    bytes_append(&sheet->words, word.data, word.size) != 0)
			break;
	}
	return (struct act_text){ (const char *)sheet->words.data, (uint32_t)sheet->words.size };
}

static int take_media(struct sheet *sheet, const char *entry, int most)
{
	struct act_text format = OF(entry, "media.format");
	bool manga = number_is(OF(entry, "media.type"), "MANGA") || number_is(format, "MANGA") ||
		     number_is(format, "NOVEL") || number_is(format, "ONE_SHOT");
	const char *why;
	char room[16];
	struct act act;

	emit_blank_act(&act, manga ? ACT_READ : ACT_WATCH, manga ? "books" :
		       number_is(format, "MOVIE") ? "films" : "series");
	act.title = OF(entry, "media.title.english", "media.title.romaji",
		       "media.title.userPreferred", "media.title.native");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title, only AniList's number");
	sheet_stars(&act, OF(entry, "score"), most);
	why = set_status(&act, OF(entry, "status"));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	act.year = number_year(OF(entry, "media.startDate.year", "media.seasonYear"));
	act.words = genres(sheet, entry);
	act.text = OF(entry, "notes");
	rest_begin(&sheet->rest);
	rest_put(&sheet->rest, "anilist_id", OF(entry, "mediaId", "media.id"));
	rest_put(&sheet->rest, "romaji", OF(entry, "media.title.romaji"));
	rest_put(&sheet->rest, "progress", OF(entry, "progress"));
	rest_put(&sheet->rest, "repeat", OF(entry, "repeat"));
	act.rest = rest_end(&sheet->rest);
	return sheet_dated(sheet, &act, date_of(sheet, entry, room));
}

/* The scale of the scores: AniList lets people choose 100, 10, 5 or 3. */
static int scale_of(struct sheet *sheet, const char *list, size_t count)
{
	char at[OBJECTS_PATH];
	int64_t score, most = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(at, sizeof(at), "%.80s.%zu.score", list, i);
		if (number_fixed(sheet_get(sheet, at), &score) && score > most)
			most = score;
	}
	return most > 10 << 20 ? 100 : 10;
}

static int take_list(struct believed *rows, const char *path)
{
	struct sheet *sheet = rows->sheet;
	char at[OBJECTS_PATH];
	size_t count, i;
	bool own;
	int most, failed = 0;

	snprintf(at, sizeof(at), "%.80sisCustomList", path);
	own = number_is(sheet_get(sheet, at), "true");
	snprintf(at, sizeof(at), "%.80sentries", path);
	count = objects_count(&sheet->objects, at);
	most = scale_of(sheet, at, count);
	for (i = 0; failed == 0 && i < count; i++) {
		snprintf(at, sizeof(at), "%.80sentries.%zu", path, i);
		failed = believed_row(rows);
		if (failed == 0)
			failed = own && !number_is(OF(at, "hiddenFromStatusLists"), "true") ?
				 emit_skip(sheet->emit, "in a list of one's own, told in another "
					   "too") : take_media(sheet, at, most);
	}
	return failed;
}

static int take_lists(struct sheet *sheet)
{
	struct believed rows = { sheet, 0 };
	size_t count = objects_count(&sheet->objects, NESTED "lists"), i;
	char at[OBJECTS_PATH];
	int failed = 0;

	if (objects_has(&sheet->objects, "series_id"))
		return emit_skip(sheet->emit, "no title, only AniList's number");
	if (objects_has(&sheet->objects, "entries"))
		failed = take_list(&rows, "");
	for (i = 0; failed == 0 && i < count; i++) {
		snprintf(at, sizeof(at), NESTED "lists.%zu.", i);
		failed = take_list(&rows, at);
	}
	return failed != 0 ? failed : believed_end(&rows);
}

static int read_anilist(struct reading *reading)
{
	static const char *const wanted[] = { "lists", NULL };
	int failed = sheet_objects(reading, 0, is_nested(reading->sniff) ? sheet_array : wanted,
				   take_lists);

	emit_note(reading->emit, "scores are taken as of 100 where a list has one above 10, else "
		  "of 10");
	return failed;
}

static const char *const anilist_dropped[] = { "user_id", "userId", NULL };
static const struct reader_about anilist_about = {
	"lists of AniList (JSON)", "watch, read, bookmark",
	"lists.entries: score, status, completedAt, notes; media: title (English, else Japanese in "
	"Latin letters), type, format, startDate or seasonYear, genres; rest: number, romaji, "
	"progress, repeat",
	anilist_dropped,
	"the scale of scores, if it is 5 or 3; titles, in the copy of one's data, which holds "
	"numbers only"
};
const struct reader anime_anilist = {
	"anilist", "AniList: anime and manga", match_anilist, NULL, read_anilist, &anilist_about
};
