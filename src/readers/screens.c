/*
 * Films, series and games on lists. An episode's act is its series' (act.h), with the episode in
 * the text. Directors are no creators here: the sibling lists of films have none, and the same film
 * must be the same thing.
 */
#include "screens.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "readers/detect.h"
#include "readers/sheet.h"

/* ---- IMDb ---- */

static bool match_imdb(const struct sniff *sniff)
{
	return detect_column(sniff, "Const") && detect_column(sniff, "Title") &&
	       detect_column(sniff, "Title Type");
}

/* "Fog City: Pilot" of a "TV Episode": the series, and the rest of it. */
static void split_episode(struct act *act)
{
	uint32_t i;

	for (i = 0; i + 2 < act->title.size; i++)
		if (act->title.data[i] == ':' && act->title.data[i + 1] == ' ') {
			act->text.data = act->title.data + i + 2;
			act->text.size = act->title.size - i - 2;
			act->title.size = i;
			return;
		}
}

static bool is_series(struct act_text type)
{
	static const char *const names[] = { "TV Series", "TV Mini Series", "tvSeries",
					     "tvMiniSeries", "TV Episode", "tvEpisode" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (number_is(type, names[i]))
			return true;
	return false;
}

static int take_imdb(struct sheet *sheet)
{
	static const char *const kept[] = { "Const", "Title Type", "Runtime (mins)", "Directors",
					    NULL };
	struct act_text type = sheet_get(sheet, "Title Type"), date;
	struct act act;

	emit_blank_act(&act, ACT_RATE, is_series(type) ? "series" : "films");
	if (number_is(type, "Video Game") || number_is(type, "videoGame"))
		act.domain = emit_text("games");
	act.title = sheet_get(sheet, "Title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (number_is(type, "TV Episode") || number_is(type, "tvEpisode"))
		split_episode(&act);
	sheet_stars(&act, sheet_get(sheet, "Your Rating"), 10);
	date = sheet_get(sheet, "Date Rated");
	if (act.value == ACT_NONE) {
		act.verb = ACT_BOOKMARK;
		date = sheet_get(sheet, "Created");
	}
	act.year = number_year(sheet_get(sheet, "Year"));
	act.words = sheet_words(sheet, sheet_get(sheet, "Genres"), ',');
	sheet_keep(sheet, &act, kept);
	return sheet_act(sheet, &act, date);
}

static int read_imdb(struct reading *reading)
{
	return sheet_table(reading, 0, take_imdb);
}

static const char *const imdb_dropped[] = { "IMDb Rating", "Num Votes", "Description", NULL };
static const struct reader_about imdb_about = {
	"ratings.csv, watchlist.csv of IMDb", "rate, bookmark",
	"Title, Title Type, Year, Genres, Your Rating (of 10) and Date Rated, else Created; rest: "
	"Const, Runtime (mins), Directors",
	imdb_dropped, "when it was seen; the time of day"
};
const struct reader screens_imdb = {
	"imdb", "IMDb: ratings and watchlist", match_imdb, NULL, read_imdb, &imdb_about
};

/* ---- TMDB ---- */

static bool match_tmdb(const struct sniff *sniff)
{
	return detect_column(sniff, "TMDb ID") && detect_column(sniff, "Name") &&
	       detect_column(sniff, "Type");
}

static int take_tmdb(struct sheet *sheet)
{
	static const char *const kept[] = { "TMDb ID", "IMDb ID", NULL };
	struct act_text type = sheet_get(sheet, "Type"), season, episode;
	struct act_text out = sheet_get(sheet, "Release Date"), date;
	char room[64];
	struct act act;

	emit_blank_act(&act, ACT_RATE, number_is(type, "movie") ? "films" : "series");
	act.title = sheet_get(sheet, "Name");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_stars(&act, sheet_get(sheet, "Your Rating"), 10);
	date = sheet_get(sheet, "Date Rated");
	if (act.value == ACT_NONE)
		act.verb = ACT_BOOKMARK;
	if (out.size >= 4)
		act.year = number_year((struct act_text){ out.data, 4 });
	season = sheet_get(sheet, "Season Number");
	episode = sheet_get(sheet, "Episode Number");
	if (season.size > 0 && season.size < 8 && episode.size < 8) {
		snprintf(room, sizeof(room), "Season %.*s%s%.*s", (int)season.size, season.data,
			 episode.size > 0 ? ": Episode " : "", (int)episode.size, episode.data);
		act.text = emit_text(room);
	}
	sheet_keep(sheet, &act, kept);
	return sheet_dated(sheet, &act, date);
}

static int read_tmdb(struct reading *reading)
{
	return sheet_table(reading, 0, take_tmdb);
}

static const char *const tmdb_dropped[] = { "Rating", NULL };
static const struct reader_about tmdb_about = {
	"CSV of TMDB", "rate, bookmark",
	"Type, Name, Release Date, Season Number, Episode Number, Your Rating (of 10), Date Rated; "
	"rest: TMDb ID, IMDb ID",
	tmdb_dropped, "when it was seen"
};
const struct reader screens_tmdb = {
	"tmdb", "TMDB: ratings and lists", match_tmdb, NULL, read_tmdb, &tmdb_about
};

/* ---- Trakt ---- */

static bool match_trakt(const struct sniff *sniff)
{
	return (detect_key(sniff, "watched_at") || detect_key(sniff, "rated_at") ||
		detect_key(sniff, "listed_at") || detect_key(sniff, "last_watched_at")) &&
	       (detect_key(sniff, "movie") || detect_key(sniff, "show"));
}

static int take_trakt(struct sheet *sheet)
{
	static const char *const kept[] = { "movie.ids.imdb", "show.ids.imdb", "plays", NULL };
	struct act_text listed = sheet_get(sheet, "listed_at");
	struct act_text rated = sheet_get(sheet, "rated_at");
	struct act_text watched = sheet_either(sheet, "watched_at", "last_watched_at");
	bool series = objects_has(&sheet->objects, "show");
	struct act act;

	emit_blank_act(&act, ACT_WATCH, series ? "series" : "films");
	act.title = sheet_get(sheet, series ? "show.title" : "movie.title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	act.year = number_year(sheet_get(sheet, series ? "show.year" : "movie.year"));
	act.text = sheet_get(sheet, "episode.title");
	if (rated.size > 0) {
		act.verb = ACT_RATE;
		sheet_stars(&act, sheet_get(sheet, "rating"), 10);
		if (act.value == ACT_NONE)
			return emit_skip(sheet->emit, "no stars");
	} else if (watched.size == 0) {
		act.verb = ACT_BOOKMARK;
	}
	sheet_keep(sheet, &act, kept);
	return sheet_act(sheet, &act, rated.size > 0 ? rated : watched.size > 0 ? watched :
			 listed);
}

static int read_trakt(struct reading *reading)
{
	return sheet_objects(reading, 0, sheet_array, take_trakt);
}

static const struct reader_about trakt_about = {
	"history, ratings, watchlist, watched (JSON) of Trakt", "watch, rate, bookmark",
	"watched_at, last_watched_at, rated_at, listed_at, rating (of 10), movie or show with "
	"title and year, episode.title; rest: IMDb's number, plays",
	NULL, "whether a play was marked later than it happened"
};
const struct reader screens_trakt = {
	"trakt", "Trakt: history, ratings, watchlist", match_trakt, NULL, read_trakt, &trakt_about
};

/* ---- Steam ---- */

static bool match_steam(const struct sniff *sniff)
{
	const char *at = sniff->json ? memchr(sniff->text, '{', sniff->size) : NULL;

	return at != NULL && detect_key(sniff, "response") &&
	       memmem(sniff->text, sniff->size, "\"playtime_forever\"", 18) != NULL;
}

static int take_game(struct sheet *sheet, size_t game)
{
	static const char *const field[] = { "name", "playtime_forever", "rtime_last_played" };
	struct act_text value[3];
	char path[64];
	int64_t minutes;
	struct act act;
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "response.games.%zu.%s", game, field[i]);
		value[i] = sheet_get(sheet, path);
	}
	emit_blank_act(&act, ACT_PLAY, "games");
	act.title = value[0];
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (!number_whole(value[1], &minutes) || minutes <= 0 || minutes > 500000000 / 10)
		return emit_skip(sheet->emit, "never played");
	act.duration = minutes * 60000;
	if (value[2].size == 0 || number_is(value[2], "0"))
		return sheet_undated(sheet, &act);
	return sheet_act(sheet, &act, value[2]);
}

/* The whole answer is one object; it was counted as a row, which its first game takes. */
static int take_steam(struct sheet *sheet)
{
	size_t count = objects_count(&sheet->objects, "response.games"), i;
	int failed = count == 0 ? emit_skip(sheet->emit, "no games in it") : 0;

	for (i = 0; failed == 0 && i < count; i++) {
		if (i > 0)
			failed = emit_row(sheet->emit);
		if (failed == 0)
			failed = take_game(sheet, i);
	}
	return failed;
}

static int read_steam(struct reading *reading)
{
	return sheet_objects(reading, 0, sheet_array, take_steam);
}

static const struct reader_about steam_about = {
	"JSON of Steam's GetOwnedGames", "play",
	"name, playtime_forever, rtime_last_played",
	NULL, "single sessions: one act holds all the time with a game"
};
const struct reader screens_steam = {
	"steam", "Steam: games played", match_steam, NULL, read_steam, &steam_about
};
