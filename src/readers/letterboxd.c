/*
 * Letterboxd. One act per row: a diary row is a watch (with its stars, if any), a row of ratings a
 * rating, a row of watched a watch unless the diary of the same export has the film with its true
 * date. Watchlist and likes have the header of watched; only their names tell them apart.
 */
#include "letterboxd.h"

#include <string.h>

#include "base/hash.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/collect.h"
#include "readers/detect.h"
#include "readers/each.h"

static bool match_any(const struct sniff *sniff)
{
	static const char *const columns[] = { "Date", "Name", "Year", "Letterboxd URI", NULL };

	/* What the person deleted, and what Letterboxd could not place, is no history. */
	return detect_columns(sniff, columns) &&
	       strstr(sniff->name, "deleted/") == NULL && strstr(sniff->name, "orphaned/") == NULL;
}

static bool match_diary(const struct sniff *sniff)
{
	return match_any(sniff) && detect_column(sniff, "Watched Date");
}

static bool match_reviews(const struct sniff *sniff)
{
	return match_diary(sniff) && detect_column(sniff, "Review");
}

static bool match_ratings(const struct sniff *sniff)
{
	return match_any(sniff) && detect_column(sniff, "Rating");
}

enum { NAME, YEAR, WATCHED, DATE, RATING, REVIEW, TAGS, ADDRESS, REWATCH, COLUMNS };
static const char *const column_name[COLUMNS] = {
	"Name", "Year", "Watched Date", "Date", "Rating", "Review", "Tags", "Letterboxd URI",
	"Rewatch",
};

/* One file being read. */
struct file {
	struct reading *reading;
	struct csv csv;
	int column[COLUMNS];
	struct collect collect;
	struct bytes rest, words;
	int verb;
	bool not_in_diary;	/* what the diary has is its */
	int (*learn)(const struct file *);	/* in the first pass */
};

/* Opens the table and looks the columns up, once. */
static int open_table(struct file *file)
{
	bool found;
	int failed, i;

	csv_open(&file->csv, file->reading->input, file->reading->sniff->delimiter, true);
	failed = csv_header(&file->csv, &found);
	for (i = 0; i < COLUMNS; i++)
		file->column[i] = csv_column(&file->csv, column_name[i]);
	return failed;
}

static struct act_text get(const struct file *file, int column)
{
	return csv_get(&file->csv, file->column[column]);
}

static uint64_t film_key(const struct file *file)
{
	struct act_text name = get(file, NAME), year = get(file, YEAR);

	return hash_bytes(name.data, name.size, hash_bytes(year.data, year.size, 2));
}

/* One viewing of a film, which both the diary and the reviews tell. */
static uint64_t viewing_key(const struct file *file)
{
	struct act_text date = get(file, WATCHED);

	return hash_bytes(date.data, date.size, film_key(file));
}

/* The review in this file, or the one that the first pass found for this viewing. */
static struct act_text review_of(const struct file *file)
{
	struct act_text review = get(file, REVIEW), words;
	int32_t year;

	if (review.size == 0 && file->verb == ACT_WATCH)
		catalogue_get(file->reading->catalogue, viewing_key(file), &review, &words, &year);
	return review;
}

/* "slow, rewatch in winter" -> "slow|rewatch in winter" */
static struct act_text tags_as_words(struct file *file, struct act_text tags)
{
	struct act_text words = { NULL, 0 };
	uint32_t i;

	bytes_clear(&file->words);
	for (i = 0; i < tags.size; i++) {
		char c = tags.data[i] == ',' ? '|' : tags.data[i];

		if (c == ' ' && i > 0 && tags.data[i - 1] == ',')
			continue;
		if (bytes_append_byte(&file->words, (uint8_t)c) != 0)
			return words;
	}
	words.data = (const char *)file->words.data;
	words.size = (uint32_t)file->words.size;
	return words;
}

static int take_row(void *context)
{
	struct file *file = context;
	struct emit *emit = file->reading->emit;
	struct act_text date = get(file, WATCHED), rating = number_trim(get(file, RATING));
	struct dates_raw raw;
	struct act act;

	if (file->not_in_diary && catalogue_marked(file->reading->catalogue, film_key(file)))
		return emit_skip(emit, "in the diary too");
	emit_blank_act(&act, file->verb, "films");
	act.title = get(file, NAME);
	act.year = number_year(get(file, YEAR));
	if (number_trim(act.title).size == 0)
		return emit_skip(emit, "no title");
	if (number_trim(date).size == 0)
		date = get(file, DATE);
	if (!dates_parse(date.data, date.size, &raw))
		return emit_skip(emit, "no date");
	if (rating.size > 0 && (!number_fixed(rating, &act.value) || act.value < 0 ||
				act.value > 5 << 20))
		return emit_skip(emit, "no rating on five stars");
	if (file->verb == ACT_RATE && act.value == ACT_NONE)
		return emit_skip(emit, "no rating on five stars");
	act.words = tags_as_words(file, get(file, TAGS));
	act.text = review_of(file);
	rest_begin(&file->rest);
	rest_put(&file->rest, column_name[ADDRESS], get(file, ADDRESS));
	rest_put(&file->rest, column_name[REWATCH], get(file, REWATCH));
	act.rest = rest_end(&file->rest);
	return collect_add(&file->collect, &act, &raw);
}

static int read_file(struct reading *reading, int verb, bool not_in_diary)
{
	static const struct collect_how how = { DATES_YMD, "as Letterboxd writes them", false };
	struct file file = { .reading = reading, .verb = verb, .not_in_diary = not_in_diary };
	int failed;

	collect_init(&file.collect, reading->error);
	failed = open_table(&file);
	if (failed == 0)
		failed = each_row(reading, &file.csv, take_row, &file);
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &how);
	csv_close(&file.csv);
	collect_free(&file.collect);
	bytes_free(&file.rest);
	bytes_free(&file.words);
	return failed;
}

static int read_diary(struct reading *reading)
{
	return read_file(reading, ACT_WATCH, false);
}

static int read_ratings(struct reading *reading)
{
	return read_file(reading, ACT_RATE, false);
}

static int read_watched(struct reading *reading)
{
	const char *name = reading->sniff->name;

	if (strstr(name, "watchlist") != NULL)
		return read_file(reading, ACT_BOOKMARK, false);
	if (strstr(name, "likes/") != NULL)
		return read_file(reading, ACT_LIKE, false);
	return read_file(reading, ACT_WATCH, true);
}

/* The diary has a row for each review, and gets its text; a reviews.csv alone speaks itself. */
static int read_reviews(struct reading *reading)
{
	return read_file(reading, ACT_WATCH, true);
}

static int learn_diary(const struct file *file)
{
	return catalogue_mark(file->reading->catalogue, film_key(file));
}

static int learn_review(const struct file *file)
{
	static const struct act_text none = { "", 0 };

	return catalogue_put(file->reading->catalogue, viewing_key(file), get(file, REVIEW), none,
			     ACT_YEAR_UNKNOWN);
}

static int learn_row(void *context)
{
	struct file *file = context;

	return file->learn(file) == 0 ? 0 : error_memory(file->reading->error);
}

/* First pass: which films the diary has, and what was written about them. */
static int prepare(struct reading *reading, int (*learn)(const struct file *))
{
	struct file file = { .reading = reading, .learn = learn };
	int failed = open_table(&file);

	if (failed == 0)
		failed = each_row_quietly(&file.csv, learn_row, &file);
	csv_close(&file.csv);
	return failed;
}

static int prepare_diary(struct reading *reading)
{
	return prepare(reading, learn_diary);
}

static int prepare_reviews(struct reading *reading)
{
	return prepare(reading, learn_review);
}

static const char *const letterboxd_diary_dropped[] = {
	"Date", NULL,
};
static const struct reader_about letterboxd_diary_about = {
	"diary.csv",
	"watch, with stars if rated",
	"Watched Date, Name, Year, Rating, Tags; rest: Letterboxd URI, Rewatch",
	letterboxd_diary_dropped,
	"the time of day"
};
const struct reader letterboxd_diary = {
	"letterboxd", "Letterboxd: diary, ratings, watched, watchlist, likes", match_diary,
	prepare_diary, read_diary,
	&letterboxd_diary_about
};
static const char *const letterboxd_reviews_dropped[] = {
	"Date", NULL,
};
static const struct reader_about letterboxd_reviews_about = {
	"reviews.csv",
	"watch, with the review",
	"Watched Date, Name, Year, Rating, Tags, Review; rest: Letterboxd URI, "
	"Rewatch",
	letterboxd_reviews_dropped,
	"the time of day"
};
const struct reader letterboxd_reviews = {
	"letterboxd", "Letterboxd: diary, reviews, ratings, watched, watchlist, likes",
	match_reviews, prepare_reviews, read_reviews,
	&letterboxd_reviews_about
};
static const struct reader_about letterboxd_ratings_about = {
	"ratings.csv",
	"rate",
	"Date, Name, Year, Rating; rest: Letterboxd URI",
	NULL,
	"when it was seen"
};
const struct reader letterboxd_ratings = {
	"letterboxd", "Letterboxd: ratings", match_ratings, NULL, read_ratings,
	&letterboxd_ratings_about
};
static const struct reader_about letterboxd_watched_about = {
	"watched.csv, watchlist.csv, likes/films.csv",
	"watch, bookmark, like",
	"Date, Name, Year; rest: Letterboxd URI",
	NULL,
	"when it was seen"
};
const struct reader letterboxd_watched = {
	"letterboxd", "Letterboxd: watched", match_any, NULL, read_watched,
	&letterboxd_watched_about
};
