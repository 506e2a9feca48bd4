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

/* One file being read. */
struct file {
	struct reading *reading;
	struct csv csv;
	struct collect collect;
	struct bytes rest, words;
	int verb;
	bool not_in_diary;	/* what the diary has is its */
	int (*learn)(struct reading *, const struct csv *);	/* in the first pass */
};

static uint64_t film_key(const struct csv *csv)
{
	struct act_text name = csv_get(csv, csv_column(csv, "Name"));
	struct act_text year = csv_get(csv, csv_column(csv, "Year"));

	return hash_bytes(name.data, name.size, hash_bytes(year.data, year.size, 2));
}

/* One viewing of a film, which both the diary and the reviews tell. */
static uint64_t viewing_key(const struct csv *csv)
{
	struct act_text date = csv_get(csv, csv_column(csv, "Watched Date"));

	return hash_bytes(date.data, date.size, film_key(csv));
}

/* The review in this file, or the one that the first pass found for this viewing. */
static struct act_text review_of(const struct file *file)
{
	struct act_text review = csv_get(&file->csv, csv_column(&file->csv, "Review")), words;
	int32_t year;

	if (review.size == 0 && file->verb == ACT_WATCH)
		catalogue_get(file->reading->catalogue, viewing_key(&file->csv), &review, &words,
			      &year);
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
	const struct csv *csv = &file->csv;
	struct emit *emit = file->reading->emit;
	struct act_text date = csv_get(csv, csv_column(csv, "Watched Date"));
	struct act_text rating = number_trim(csv_get(csv, csv_column(csv, "Rating")));
	struct dates_raw raw;
	struct act act;

	if (file->not_in_diary && catalogue_marked(file->reading->catalogue, film_key(csv)))
		return emit_skip(emit, "in the diary too");
	emit_blank_act(&act, file->verb, "films");
	act.title = csv_get(csv, csv_column(csv, "Name"));
	act.year = number_year(csv_get(csv, csv_column(csv, "Year")));
	if (number_trim(act.title).size == 0)
		return emit_skip(emit, "no title");
	if (number_trim(date).size == 0)
		date = csv_get(csv, csv_column(csv, "Date"));
	if (!dates_parse(date.data, date.size, &raw))
		return emit_skip(emit, "no date");
	if (rating.size > 0 && (!number_fixed(rating, &act.value) || act.value < 0 ||
				act.value > 5 << 20))
		return emit_skip(emit, "no rating on five stars");
	if (file->verb == ACT_RATE && act.value == ACT_NONE)
		return emit_skip(emit, "no rating on five stars");
	act.words = tags_as_words(file, csv_get(csv, csv_column(csv, "Tags")));
	act.text = review_of(file);
	rest_begin(&file->rest);
	rest_put(&file->rest, "Letterboxd URI", csv_get(csv, csv_column(csv, "Letterboxd URI")));
	rest_put(&file->rest, "Rewatch", csv_get(csv, csv_column(csv, "Rewatch")));
	act.rest = rest_end(&file->rest);
	return collect_add(&file->collect, &act, &raw);
}

static int read_file(struct reading *reading, int verb, bool not_in_diary)
{
	static const struct collect_how how = { DATES_YMD, "as Letterboxd writes them", false };
	struct file file = { .reading = reading, .verb = verb, .not_in_diary = not_in_diary };
	bool found;
	int failed;

	collect_init(&file.collect, reading->error);
	csv_open(&file.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file.csv, &found);
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

static int learn_diary(struct reading *reading, const struct csv *csv)
{
	return catalogue_mark(reading->catalogue, film_key(csv));
}

static int learn_review(struct reading *reading, const struct csv *csv)
{
	static const struct act_text none = { "", 0 };

	return catalogue_put(reading->catalogue, viewing_key(csv),
			     csv_get(csv, csv_column(csv, "Review")), none, ACT_YEAR_UNKNOWN);
}

static int learn_row(void *context)
{
	struct file *file = context;

	return file->learn(file->reading, &file->csv) == 0 ? 0 : error_memory(file->reading->error);
}

/* First pass: which films the diary has, and what was written about them. */
static int prepare(struct reading *reading, int (*learn)(struct reading *, const struct csv *))
{
	struct file file = { .reading = reading, .learn = learn };
	bool found;
	int failed;

	csv_open(&file.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file.csv, &found);
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
