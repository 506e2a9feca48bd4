/*
 * MovieLens. A data set has the ratings by number in one file and the films in another; the films
 * are read in the first pass, whatever the order of the files is. Ratings come as seconds since
 * 1970; the site's own export has no times at all.
 */
#include "movielens.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "formats/number.h"
#include "formats/report.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/detect.h"
#include "readers/each.h"

/* The three layouts of the data sets. */
enum layout {
	LAYOUT_NONE,
	LAYOUT_CSV,		/* userId,movieId,rating,timestamp */
	LAYOUT_DAT,		/* user::movie::rating::time */
	LAYOUT_TABS		/* u.data: user TAB movie TAB rating TAB time; u.item: | */
};

static const char *const ratings_columns[] = { "userId", "movieId", "rating", "timestamp", NULL };
static const char *const movies_columns[] = { "movieId", "title", "genres", NULL };
static const char *const site_columns[] = { "movie_id", "rating", "average_rating", "title", NULL };

/* No byte of a text file: makes the walker give whole lines. */
#define NO_DELIMITER '\x01'

static struct act_text first_line(const struct sniff *sniff)
{
	const char *end = memchr(sniff->text, '\n', sniff->size);
	struct act_text line = { sniff->text, 0 };

	line.size = (uint32_t)(end == NULL ? sniff->size : (size_t)(end - sniff->text));
	if (line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	return line;
}

/* Cuts the line at `between` into at most `max` parts; returns how many there are. */
static uint32_t cut(struct act_text line, const char *between, struct act_text *parts, uint32_t max)
{
	size_t length = strlen(between);
	const char *at = line.data, *end = line.data + line.size;
	uint32_t count = 0;

	while (count < max) {
		const char *next = memmem(at, (size_t)(end - at), between, length);

		if (next == NULL || count + 1 == max)
			next = end;
		parts[count].data = at;
		parts[count++].size = (uint32_t)(next - at);
		if (next == end)
			break;
		at = next + length;
	}
	return count;
}

/* user, movie, rating (one digit and maybe a half), seconds of at least nine digits. */
static bool is_rating(const struct act_text *parts, uint32_t count)
{
	int64_t number;

	return count == 4 && number_whole(parts[0], &number) && number_whole(parts[1], &number) &&
	       parts[2].size <= 3 && number_fixed(parts[2], &number) && number <= 5 << 20 &&
	       parts[3].size >= 9 && number_whole(parts[3], &number);
}

static enum layout ratings_layout(const struct sniff *sniff)
{
	struct act_text parts[5];
	size_t size = strlen(sniff->name);

	if (detect_columns(sniff, ratings_columns))
		return LAYOUT_CSV;
	if (is_rating(parts, cut(first_line(sniff), "::", parts, 5)))
		return LAYOUT_DAT;
	/* GroupLens' u1.base, ua.test ... are pieces of u.data once more. */
	if (size > 5 && (strcmp(sniff->name + size - 5, ".base") == 0 ||
			 strcmp(sniff->name + size - 5, ".test") == 0))
		return LAYOUT_NONE;
	if (is_rating(parts, cut(first_line(sniff), "\t", parts, 5)))
		return LAYOUT_TABS;
	return LAYOUT_NONE;
}

static enum layout movies_layout(const struct sniff *sniff)
{
	struct act_text parts[25];
	int64_t number;
	int32_t year;

	if (detect_columns(sniff, movies_columns))
		return LAYOUT_CSV;
	if (cut(first_line(sniff), "::", parts, 4) == 3 && number_whole(parts[0], &number) &&
	    number_year_suffix(&parts[1], &year))
		return LAYOUT_DAT;
	if (cut(first_line(sniff), "|", parts, 25) == 24 && number_whole(parts[0], &number) &&
	    parts[23].size == 1)
		return LAYOUT_TABS;
	return LAYOUT_NONE;
}

static bool match_ratings(const struct sniff *sniff)
{
	return ratings_layout(sniff) != LAYOUT_NONE;
}

static bool match_movies(const struct sniff *sniff)
{
	return movies_layout(sniff) != LAYOUT_NONE;
}

static bool match_site(const struct sniff *sniff)
{
	return detect_columns(sniff, site_columns);
}

/* Films are numbered within their own data set: two sets in one archive do not mix. */
static uint64_t film_key(const struct sniff *sniff, int64_t number)
{
	const char *slash = strrchr(sniff->name, '/');
	size_t size = slash == NULL ? 0 : (size_t)(slash - sniff->name);

	return hash_bytes(sniff->name, size, (uint64_t)number);
}

/* A row of any layout as its parts. */
struct rows {
	struct csv csv;
	enum layout layout;
	const char *between;
	struct act_text part[25];
	uint32_t count, want;
};

static int rows_open(struct rows *rows, struct reading *reading, enum layout layout,
		     const char *between, uint32_t want)
{
	bool found;

	rows->layout = layout;
	rows->between = between;
	rows->want = want;
	csv_open(&rows->csv, reading->input, layout == LAYOUT_CSV ? ',' : NO_DELIMITER,
		 layout == LAYOUT_CSV);
	return layout == LAYOUT_CSV ? csv_header(&rows->csv, &found) : 0;
}

static int rows_next(struct rows *rows, enum csv_result *result)
{
	int failed = csv_next(&rows->csv, result);

	rows->count = 0;
	if (failed != 0 || *result != CSV_ROW)
		return failed;
	if (rows->layout != LAYOUT_CSV)
		rows->count = cut(rows->csv.field[0], rows->between, rows->part, rows->want);
	return 0;
}

static struct act_text rows_get(const struct rows *rows, uint32_t part, int column)
{
	struct act_text none = { "", 0 };

	if (rows->layout == LAYOUT_CSV)
		return csv_get(&rows->csv, column);
	return part < rows->count ? rows->part[part] : none;
}

/* u.item marks the genres by 19 columns of 0 and 1. */
static struct act_text genre_marks(const struct rows *rows, char *room, size_t size)
{
	static const char *const names[19] = {
		NULL, "Action", "Adventure", "Animation", "Children", "Comedy", "Crime",
		"Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery",
		"Romance", "Sci-Fi", "Thriller", "War", "Western",
	};
	struct act_text out = { room, 0 };
	uint32_t i;

	for (i = 1; i < 19; i++) {
		size_t length = strlen(names[i]);

		if (5 + i >= rows->count || !number_is(rows->part[5 + i], "1") ||
		    out.size + length + 1 > size)
			continue;
		if (out.size > 0)
			room[out.size++] = '|';
		memcpy(room + out.size, names[i], length);
		out.size += (uint32_t)length;
	}
	return out;
}

static int put_film(struct reading *reading, const struct rows *rows, const int *columns)
{
	struct act_text title = rows_get(rows, 1, columns[1]);
	struct act_text words = rows_get(rows, 2, columns[2]);
	int32_t year = ACT_YEAR_UNKNOWN;
	int64_t number;
	char room[256];

	if (!number_whole(rows_get(rows, 0, columns[0]), &number))
		return 0;
	if (rows->layout == LAYOUT_TABS)
		words = genre_marks(rows, room, sizeof(room));
	if (number_is(words, "(no genres listed)"))
		words.size = 0;
	number_year_suffix(&title, &year);
	if (catalogue_put(reading->catalogue, film_key(reading->sniff, number), title, words,
			  year) != 0)
		return error_memory(reading->error);
	return 0;
}

static int prepare_movies(struct reading *reading)
{
	enum layout layout = movies_layout(reading->sniff);
	enum csv_result result;
	struct rows rows;
	int columns[3], failed, i;

	failed = rows_open(&rows, reading, layout, layout == LAYOUT_DAT ? "::" : "|",
			   layout == LAYOUT_DAT ? 3 : 24);
	for (i = 0; i < 3; i++)
		columns[i] = csv_column(&rows.csv, movies_columns[i]);
	while (failed == 0) {
		failed = rows_next(&rows, &result);
		if (failed != 0 || result == CSV_END)
			break;
		if (result == CSV_ROW)
			failed = put_film(reading, &rows, columns);
	}
	csv_close(&rows.csv);
	return failed;
}

static int open_ratings(struct rows *rows, struct reading *reading, int columns[4])
{
	enum layout layout = ratings_layout(reading->sniff);
	int failed = rows_open(rows, reading, layout, layout == LAYOUT_DAT ? "::" : "\t", 4);
	int i;

	for (i = 0; i < 4; i++)
		columns[i] = csv_column(&rows->csv, ratings_columns[i]);
	return failed;
}

/* Counts the people; rows of one person stand together, so most rows cost one comparison. */
static int prepare_ratings(struct reading *reading)
{
	enum csv_result result;
	struct act_text user;
	struct rows rows;
	char last[32] = "";
	int columns[4], failed = open_ratings(&rows, reading, columns);

	while (failed == 0) {
		failed = rows_next(&rows, &result);
		if (failed != 0 || result == CSV_END)
			break;
		user = rows_get(&rows, 0, columns[0]);
		if (result != CSV_ROW || user.size == 0 || user.size >= sizeof(last) ||
		    number_is(user, last))
			continue;
		memcpy(last, user.data, user.size);
		last[user.size] = 0;
		if (catalogue_person(reading->catalogue, user) != 0)
			failed = error_memory(reading->error);
	}
	csv_close(&rows.csv);
	return failed;
}

static int read_rating(struct reading *reading, const struct rows *rows, const int *columns,
		       struct bytes *rest)
{
	struct act_text movie = rows_get(rows, 1, columns[1]);
	struct act_text time = rows_get(rows, 3, columns[3]);
	struct act act;
	bool everyone = reading->person != NULL && strcmp(reading->person, SOURCE_EVERYONE) == 0;
	int64_t number;

	if (reading->person != NULL && !everyone &&
	    !number_is(rows_get(rows, 0, columns[0]), reading->person))
		return emit_skip(reading->emit, "another person's row");
	emit_blank_act(&act, ACT_RATE, "films");
	if (everyone)
		act.text = rows_get(rows, 0, columns[0]);
	if (!number_fixed(rows_get(rows, 2, columns[2]), &act.value) || act.value < 0 ||
	    act.value > 5 << 20)
		return emit_skip(reading->emit, "no rating on five stars");
	if (!number_whole(time, &number) || number < 0 || number > 253402300799LL)
		return emit_skip(reading->emit, "no date");
	act.time = number * 1000;
	if (!number_whole(movie, &number) ||
	    !catalogue_get(reading->catalogue, film_key(reading->sniff, number), &act.title,
			   &act.words, &act.year))
		return emit_skip(reading->emit, "a film that the list of films does not have");
	rest_begin(rest);
	rest_put(rest, "movieId", movie);
	act.rest = rest_end(rest);
	return emit_act(reading->emit, &act);
}

static int read_ratings(struct reading *reading)
{
	struct bytes rest = BYTES_INIT;
	enum csv_result result;
	struct rows rows;
	int columns[4], failed;

	failed = catalogue_one_person(reading->catalogue, reading->person, reading->sniff->name,
				      "people", reading->error);
	if (failed == 0 && catalogue_size(reading->catalogue) == 0)
		failed = error_set(reading->error, TACIT_E_NOT_FOUND,
				   "%s names films by number only: give the folder or zip that "
				   "also holds its list of films (movies.csv, movies.dat or "
				   "u.item)",
				   reading->sniff->name);
	if (failed != 0)
		return failed;
	failed = open_ratings(&rows, reading, columns);
	while (failed == 0) {
		failed = rows_next(&rows, &result);
		if (failed != 0 || result == CSV_END)
			break;
		failed = emit_row(reading->emit);
		if (failed == 0)
			failed = result == CSV_BAD ? emit_skip(reading->emit, rows.csv.why) :
				 read_rating(reading, &rows, columns, &rest);
	}
	csv_close(&rows.csv);
	bytes_free(&rest);
	return failed;
}

struct site {
	struct emit *emit;
	struct csv csv;
	struct bytes rest;
};

static int take_site(void *context)
{
	static const char *const kept[] = { "movie_id", "imdb_id", "tmdb_id" };
	struct site *site = context;
	const struct csv *csv = &site->csv;
	struct act act;
	size_t i;

	emit_blank_act(&act, ACT_RATE, "films");
	act.title = csv_get(csv, csv_column(csv, "title"));
	number_year_suffix(&act.title, &act.year);
	if (!number_fixed(csv_get(csv, csv_column(csv, "rating")), &act.value) || act.value < 0 ||
	    act.value > 5 << 20)
		return emit_skip(site->emit, "no rating on five stars");
	act.time = CLOCK_DAY_MS / 2 + (int64_t)site->emit->report.emitted;
	act.flags = ACT_DATE_ONLY;
	rest_begin(&site->rest);
	for (i = 0; i < 3; i++)
		rest_put(&site->rest, kept[i], csv_get(csv, csv_column(csv, kept[i])));
	act.rest = rest_end(&site->rest);
	return emit_act(site->emit, &act);
}

static int read_site(struct reading *reading)
{
	struct site site = { .emit = reading->emit };
	bool found;
	int failed;

	csv_open(&site.csv, reading->input, ',', true);
	failed = csv_header(&site.csv, &found);
	emit_note(reading->emit, "no times in this export: kept in its order, as 1970-01-01");
	if (failed == 0)
		failed = each_row(reading, &site.csv, take_site, &site);
	csv_close(&site.csv);
	bytes_free(&site.rest);
	return failed;
}

static const struct reader_about movielens_ratings_about = {
	"ratings.csv, ratings.dat, u.data",
	"rate",
	"movieId, rating, timestamp",
	NULL,
	"what was seen and not rated"
};
const struct reader movielens_ratings = {
	"movielens", "MovieLens: data set (folder or zip), own ratings", match_ratings,
	prepare_ratings, read_ratings,
	&movielens_ratings_about
};
static const struct reader_about movielens_movies_about = {
	"movies.csv, movies.dat, u.item",
	"none: titles for the ratings",
	"title, year, genres",
	NULL,
	""
};
const struct reader movielens_movies = {
	"movielens", "MovieLens list of films", match_movies, prepare_movies, NULL,
	&movielens_movies_about
};
static const struct reader_about movielens_site_about = {
	"movielens-ratings.csv",
	"rate",
	"title, rating",
	NULL,
	"when"
};
const struct reader movielens_site = {
	"movielens", "MovieLens site: own ratings", match_site, NULL, read_site,
	&movielens_site_about
};
