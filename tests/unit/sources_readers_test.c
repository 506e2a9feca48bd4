/* Every reader against an invented export, with the acts written by hand. */
#include "sources_record.h"

#define EXPORTS "tests/fixtures/exports/"
#define EXPECT(path, person, lines) \
	record_expect(EXPORTS path, person, lines, sizeof(lines) / sizeof(*lines))

static void test_netflix_short(void **state)
{
	/* Newest first in the file, so the last row is the oldest: n counts from below. */
	static const char *const lines[] = {
		"2021-01-31T12:00:00.000Zd watch films|Mission: Impossible|-|-|-|-|-|-|-|-",
		"2021-02-01T12:00:00.000Zd watch series|Fog City|-|-|-|-|-|-|Harbour Nights: The Bell|-",
		"2021-02-02T12:00:00.000Zd watch series|Fog City|-|-|-|-|-|-|Harbour Nights: Second Watch|-",
		"2021-02-03T12:00:00.000Zd watch series|Fog City|-|-|-|-|-|-|Harbour Nights: Pilot|-",
		"2021-02-28T12:00:00.000Zd watch films|Kill Bill: Vol. 1|-|-|-|-|-|-|-|-",
		"2021-03-11T12:00:00.000Zd watch films|Star Wars: Episode VI: Return of the Jedi|-|-|-|-|-|-|-|-",
		"2021-03-12T12:00:00.000Zd watch films|Star Wars: Episode V: The Empire Strikes Back|-|-|-|-|-|-|-|-",
		"2021-03-13T12:00:00.000Zd watch films|Star Wars: Episode IV: A New Hope|-|-|-|-|-|-|-|-",
		"2021-03-14T12:00:00.000Zd watch series|Night Ferry|-|-|-|-|-|-|Season 1: Tide|-",
		"2021-03-14T12:00:00.001Zd watch series|Night Ferry|-|-|-|-|-|-|Season 2: The \"Last\" Pier|-",
	};
	struct record *record = EXPECT("netflix/short-mdy.csv", NULL, lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "netflix-short");
	assert_string_equal(record->report[0].file, "short-mdy.csv");
	assert_string_equal(record->report[0].entry, "");
	assert_int_equal(record->report[0].read, 12);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date that can be read"), 1);
	/* 3/14, 3/14, 3/13, 2/28 and 1/31 have no month 13 to 31. */
	assert_string_equal(record->report[0].note,
			    "dates read as month/day/year: 5 rows decide it");
	record_free(record);
}

static void test_netflix_dates(void **state)
{
	static const char *const german[] = {
		"2021-01-01T12:00:00.000Zd watch films|Oben|-|-|-|-|-|-|-|-",
		"2021-01-30T12:00:00.000Zd watch series|Lupin|-|-|-|-|-|-|Partie 2 : Chapitre 7|-",
		"2021-01-31T12:00:00.000Zd watch series|Das Boot|-|-|-|-|-|-|Staffel 1: Neue Wege|-",
	};
	static const char *const sorted[] = {
		"2020-01-10T12:00:00.000Zd watch films|F|-|-|-|-|-|-|-|-",
		"2020-01-11T12:00:00.000Zd watch films|E|-|-|-|-|-|-|-|-",
		"2020-01-12T12:00:00.000Zd watch films|D|-|-|-|-|-|-|-|-",
		"2020-02-03T12:00:00.000Zd watch films|C|-|-|-|-|-|-|-|-",
		"2020-02-04T12:00:00.000Zd watch films|B|-|-|-|-|-|-|-|-",
		"2020-02-05T12:00:00.000Zd watch films|A|-|-|-|-|-|-|-|-",
	};
	static const char *const undecided[] = {
		"2020-01-01T12:00:00.000Zd watch films|B|-|-|-|-|-|-|-|-",
		"2020-02-01T12:00:00.000Zd watch films|A|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("netflix/short-dmy.csv", NULL, german);

	(void)state;
	assert_string_equal(record->report[0].note,
			    "dates read as day/month/year: 2 rows decide it");
	record_free(record);
	/* Every row fits both orders; day first they run 5, 4, 3 February, 12, 11, 10 January, month
	 * first from 2 March up to 1 December. */
	record = EXPECT("netflix/short-order.csv", NULL, sorted);
	assert_string_equal(record->report[0].note, "dates read as day/month/year: "
			    "1 row would be out of order otherwise");
	record_free(record);
	record = EXPECT("netflix/short-undecided.csv", NULL, undecided);
	assert_string_equal(record->report[0].note, "every date fits both orders: read as "
			    "month/day/year, because that is how Netflix writes them most");
	record_free(record);
}

static void test_netflix_full(void **state)
{
	/* Ratings.csv comes first by name and still knows that Night Ferry is a series. */
	static const char *const lines[] = {
		"2021-05-03T08:00:00.000Z rate series|Night Ferry|-|-|5000|-|-|-|-|-",
		"2021-05-03T08:01:00.000Z rate films|Paper Lanterns|-|-|1000|-|-|-|-|-",
		"2021-05-03T08:02:00.000Z rate films|Long Walk|-|-|5000|-|-|-|-|-",
		"2015-05-03T08:02:00.000Z rate films|Old One|-|-|3500|-|-|-|-|-",
		"2021-04-30T21:00:00.000Zn watch films|Paper Lanterns|-|-|-|1800|-|-|-|"
		"{\"Attributes\":\"Autoplayed: user action: None; \",\"Bookmark\":\"00:30:00\","
		"\"Country\":\"DE (Germany)\"}",
		"2021-05-02T20:15:30.000Z watch series|Night Ferry|-|-|-|2530|-|-|Season 1: Tide (Episode 1)|"
		"{\"Bookmark\":\"00:42:10\",\"Country\":\"DE (Germany)\"}",
	};
	struct record *record;
	size_t i;

	(void)state;
	record = record_read(EXPORTS "netflix/ViewingActivity.csv", NULL);
	assert_int_equal(record->result, TACIT_E_ARGUMENT);
	assert_non_null(strstr(record->error.message, "2 profiles (Ada, Ben)"));
	assert_non_null(strstr(record->error.message, "--user"));
	assert_int_equal(record->acts, 0);
	record_free(record);
	record = record_read(EXPORTS "netflix/Ratings.csv", "Ada");
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, 4);
	/* Alone, nothing says that Night Ferry is a series. */
	assert_non_null(strstr(record->line[0], "rate films|Night Ferry|"));
	assert_int_equal(record_skipped(&record->report[0], "no thumb and no stars"), 1);
	assert_int_equal(record_skipped(&record->report[0], "another profile's row"), 1);
	record_free(record);
	record = record_read(EXPORTS "netflix", "Ada");
	assert_int_equal(record->result, 0);
	assert_int_equal(record->sources, 6);
	assert_string_equal(record->report[0].entry, "Ratings.csv");
	assert_string_equal(record->report[1].entry, "ViewingActivity.csv");
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_string_equal(record->line[i], lines[i]);
	assert_int_equal(record->report[1].read, 6);
	assert_int_equal(record->report[1].emitted, 2);
	assert_int_equal(record_skipped(&record->report[1],
					"trailer or other supplemental video"), 1);
	assert_int_equal(record_skipped(&record->report[1], "shorter than 30 seconds"), 1);
	assert_int_equal(record_skipped(&record->report[1], "another profile's row"), 1);
	assert_int_equal(record_skipped(&record->report[1], "no date"), 1);
	record_free(record);
	record = record_read(EXPORTS "netflix/ViewingActivity.csv", "Eve");
	assert_int_equal(record->result, TACIT_E_ARGUMENT);
	assert_non_null(strstr(record->error.message, "Eve"));
	record_free(record);
}

static void test_letterboxd(void **state)
{
	static const char *const lines[] = {
		"2022-03-04T12:00:00.000Zd watch films|Paper Lanterns|-|2011|4500|-|slow|winter|-|Still good.|"
		"{\"Letterboxd URI\":\"https://boxd.it/aaa1\",\"Rewatch\":\"Yes\"}",
		"2022-03-04T12:00:00.001Zd watch films|Long Walk|-|1999|-|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/aaa2\"}",
		"2022-03-08T12:00:00.000Zd watch films|Salt|-|2020|500|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/aaa3\"}",
		"2022-03-08T12:00:00.000Zd like films|Salt|-|2020|-|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/bbb5\"}",
		"2022-03-05T12:00:00.000Zd rate films|Paper Lanterns|-|2011|4500|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/bbb1\"}",
		"2022-03-06T12:00:00.000Zd watch films|Winter Garden|-|2003|-|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/bbb3\"}",
		"2022-03-07T12:00:00.000Zd bookmark films|Some Day|-|2023|-|-|-|-|-|"
		"{\"Letterboxd URI\":\"https://boxd.it/bbb4\"}",
	};
	struct record *record = EXPECT("letterboxd", NULL, lines);

	(void)state;
	assert_int_equal(record->sources, 6);
	assert_string_equal(record->report[1].entry, "likes/films.csv");
	assert_int_equal(record_skipped(&record->report[2], "no rating on five stars"), 1);
	assert_string_equal(record->report[3].entry, "reviews.csv");
	assert_int_equal(record_skipped(&record->report[3], "in the diary too"), 1);
	assert_int_equal(record_skipped(&record->report[4], "in the diary too"), 1);
	record_free(record);
	/* Alone, the review is the watch. */
	record = record_read(EXPORTS "letterboxd/reviews.csv", NULL);
	assert_int_equal(record->acts, 1);
	assert_string_equal(record->line[0], "2022-03-04T12:00:00.000Zd watch films|Paper Lanterns|-|2011|"
			    "4500|-|-|-|Still good.|{\"Letterboxd URI\":\"https://boxd.it/aaa1\","
			    "\"Rewatch\":\"Yes\"}");
	record_free(record);
}

static void test_movielens(void **state)
{
	static const char *const latest[] = {
		"2004-11-09T11:33:20.000Z rate films|Paper Lanterns|-|2011|4000|-|Drama|Romance|-|-|{\"movieId\":\"10\"}",
		"2004-11-09T11:35:00.000Z rate films|Walk, The|-|1999|2500|-|Comedy|-|-|{\"movieId\":\"11\"}",
		"2004-11-09T11:38:20.000Z rate films|Unplaced|-|-|1000|-|-|-|-|{\"movieId\":\"12\"}",
	};
	static const char *const million[] = {
		"2000-12-31T22:12:40.000Z rate films|Caf\xc3\xa9: A Love Story|-|1987|5000|-|Drama|Romance|-|-|{\"movieId\":\"3\"}",
		"2000-12-31T22:12:41.000Z rate films|Salt|-|1990|3000|-|Comedy|-|-|{\"movieId\":\"4\"}",
	};
	static const char *const hundred[] = {
		"1997-12-04T15:55:49.000Z rate films|Night Bus|-|1995|3000|-|Action|Comedy|-|-|{\"movieId\":\"1\"}",
		"1997-12-04T15:55:51.000Z rate films|Salt|-|1990|1000|-|Drama|-|-|{\"movieId\":\"2\"}",
	};
	static const char *const site[] = {
		"1970-01-01T12:00:00.000Zd rate films|Paper Lanterns|-|2011|4500|-|-|-|-|"
		"{\"movie_id\":\"10\",\"imdb_id\":\"0000010\",\"tmdb_id\":\"110\"}",
		"1970-01-01T12:00:00.001Zd rate films|Walk, The|-|1999|2000|-|-|-|-|"
		"{\"movie_id\":\"11\",\"imdb_id\":\"0000011\",\"tmdb_id\":\"111\"}",
	};
	struct record *record = EXPECT("movielens", "1", latest);

	(void)state;
	assert_int_equal(record->report[0].read, 6);
	assert_int_equal(record_skipped(&record->report[0], "another person's row"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no rating on five stars"), 1);
	assert_int_equal(record_skipped(&record->report[0],
					"a film that the list of films does not have"), 1);
	record_free(record);
	record_free(EXPECT("movielens-1m", NULL, million));
	record_free(EXPECT("movielens-100k", "5", hundred));
	record = EXPECT("movielens-site.csv", NULL, site);
	assert_non_null(strstr(record->report[0].note, "no times"));
	record_free(record);
	record = record_read(EXPORTS "movielens", NULL);
	assert_int_equal(record->result, TACIT_E_ARGUMENT);
	assert_non_null(strstr(record->error.message, "2 people"));
	assert_non_null(strstr(record->error.message, "--user"));
	record_free(record);
	record = record_read(EXPORTS "movielens/ratings.csv", "1");
	assert_int_equal(record->result, TACIT_E_NOT_FOUND);
	assert_non_null(strstr(record->error.message, "movies.csv"));
	record_free(record);
}

static void test_goodreads(void **state)
{
	static const char *const lines[] = {
		"2020-12-30T12:00:00.000Zd bookmark books|Some Day|Cy Writer|-|-|-|-|-|-|"
		"{\"Book Id\":\"3\",\"Read Count\":\"0\"}",
		"2020-12-31T12:00:00.000Zd read books|Unrated|Ben Author|2001|-|-|-|-|-|"
		"{\"Book Id\":\"2\",\"Binding\":\"Hardcover\",\"Read Count\":\"1\"}",
		"2021-02-03T12:00:00.000Zd read books|The Salt Road (Roads, #1)|Ida Example|2009|5000|-|"
		"sea|slow|-|Loved it.\nTwice.|{\"Book Id\":\"1\",\"ISBN\":\"0000000011\","
		"\"ISBN13\":\"9780000000011\",\"Publisher\":\"Invented\",\"Binding\":\"Paperback\","
		"\"Number of Pages\":\"301\",\"Read Count\":\"2\"}",
	};
	struct record *record = EXPECT("goodreads.csv", NULL, lines);

	(void)state;
	assert_int_equal(record->report[0].read, 5);
	assert_int_equal(record_skipped(&record->report[0],
					"not finished yet (currently-reading shelf)"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_string_equal(record->report[0].note,
			    "1 book without a date read: the date added is used");
	record_free(record);
}

static void test_spotify(void **state)
{
	static const char *const lines[] = {
		"2023-01-02T03:04:00.000Z listen music|Tide \"live\"|The Ferrymen|-|-|215|-|-|-|-",
		"2023-01-02T03:05:00.000Z listen music|Pier|The Ferrymen|-|-|1|-|-|-|-",
		"2023-01-02T05:00:00.000Z listen other|Harbour Talk|-|-|-|600|podcast|-|Ropes|-",
		"2023-05-06T07:08:09.000Z listen music|Tide|The Ferrymen|-|-|181|Harbour|-|-|"
		"{\"spotify_track_uri\":\"spotify:track:0001\",\"conn_country\":\"DE\","
		"\"reason_start\":\"clickrow\",\"reason_end\":\"trackdone\",\"shuffle\":\"false\","
		"\"skipped\":\"false\",\"offline\":\"false\",\"incognito_mode\":\"false\"}",
		"2023-05-06T07:09:09.000Zn listen other|Harbour Talk|-|-|-|5|podcast|-|Ropes|"
		"{\"spotify_episode_uri\":\"spotify:episode:0002\",\"conn_country\":\"DE\","
		"\"reason_start\":\"autoplay\",\"reason_end\":\"fwdbtn\",\"shuffle\":\"false\","
		"\"skipped\":\"true\",\"offline\":\"false\",\"incognito_mode\":\"false\"}",
		"2023-05-06T08:09:09.000Z listen books|The Salt Road|-|-|-|50|-|-|Chapter 1|"
		"{\"audiobook_uri\":\"spotify:show:3\",\"audiobook_chapter_uri\":\"spotify:episode:4\","
		"\"conn_country\":\"DE\"}",
	};
	struct record *record = record_read(EXPORTS "spotify", NULL);
	size_t i;

	(void)state;
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, 6);
	assert_int_equal(record->sources, 3);
	/* Files go by name: "StreamingHistory_..." before "Streaming_History_...". */
	for (i = 0; i < 6; i++) {
		assert_string_equal(record->line[i], lines[i]);
		assert_null(strstr(record->line[i], "192.0.2"));
		assert_null(strstr(record->line[i], "device 77"));
		assert_null(strstr(record->line[i], "ida"));
	}
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record_skipped(&record->report[2], "no title"), 1);
	assert_int_equal(record_skipped(&record->report[2], "broken JSON"), 1);
	record_free(record);
}

static void test_lastfm(void **state)
{
	static const char *const lines[] = {
		"2020-09-13T12:26:40.000Z listen music|Tide|The Ferrymen|-|-|-|Harbour|-|-|"
		"{\"track_mbid\":\"aaaa-1\"}",
	};
	struct record *record = EXPECT("lastfm.csv", NULL, lines);

	(void)state;
	assert_int_equal(record->report[0].read, 2);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	record_free(record);
}

static void test_plain(void **state)
{
	static const char *const table[] = {
		"2021-02-03T02:05:06.000Z+120 watch films|Paper Lanterns|-|2011|3500|5400|drama|slow|home|good|"
		"{\"mood\":\"calm\",\"item\":\"w1\"}",
		"2021-02-03T04:00:00.000Z listen music|Tide|The Ferrymen|-|-|-|-|-|-|-",
		"2021-02-03T04:00:00.123Z buy shop|Rope|-|-|-|-|-|-|-|-",
		"2021-02-05T12:00:00.000Zd read books|The Salt Road|Ida Example|-|-|-|-|-|-|-",
		"2021-02-05T12:00:00.001Zd eat places|Soup|-|-|-|-|-|-|-|-",
		"2021-02-06T12:00:00.000Zd rate films|Two|x|-|2000|-|-|-|-|-",
	};
	static const char *const objects[] = {
		"2021-02-03T04:00:00.000Z play games|Chess|-|-|2000|-|-|-|-|{\"level\":\"3\"}",
		"2021-02-03T04:05:06.000Z buy shop|Rope|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("plain.tsv", NULL, table);

	(void)state;
	assert_int_equal(record->report[0].read, 9);
	assert_int_equal(record_skipped(&record->report[0], "a verb that tacit does not know"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no rating on five stars"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	record_free(record);
	record = EXPECT("plain.jsonl", NULL, objects);
	assert_int_equal(record->report[0].read, 4);
	assert_int_equal(record_skipped(&record->report[0], "not a JSON object"), 1);
	assert_int_equal(record_skipped(&record->report[0], "JSON that is cut short"), 1);
	record_free(record);
}

/* The same history exported later: every act that both have has the same time in both, also of
 * the day on which the first export was made in the middle. */
static void test_longer_export(void **state)
{
	static const char first[] = "Title,Date\nB,5/31/21\nA,5/31/21\nOld,5/30/21\n";
	static const char second[] = "Title,Date\nE,6/13/21\nD,5/31/21\nC,5/31/21\nB,5/31/21\n"
				     "A,5/31/21\nOld,5/30/21\n";
	char path[] = "/tmp/tacit-readers-test-XXXXXX";
	struct record *before, *after;
	uint64_t i;

	(void)state;
	close(mkstemp(path));
	record_write(path, first, sizeof(first) - 1);
	before = record_read(path, NULL);
	record_write(path, second, sizeof(second) - 1);
	after = record_read(path, NULL);
	unlink(path);
	assert_int_equal(before->acts, 3);
	assert_int_equal(after->acts, 6);
	for (i = 0; i < before->acts; i++)
		assert_string_equal(before->line[i], after->line[i]);
	assert_non_null(strstr(after->line[4], "2021-05-31T12:00:00.003Zd watch films|D|"));
	assert_memory_not_equal(before->report[0].digest, after->report[0].digest, 32);
	record_free(before);
	record_free(after);
}

static void test_kinds(void **state)
{
	static const char *const kinds[] = { "netflix-short", "netflix-full", "letterboxd", "movielens",
					     "goodreads", "storygraph", "librarything", "calibre",
					     "openlibrary", "bookwyrm", "imdb", "tmdb", "trakt",
					     "steam", "myanimelist", "anilist", "amazon", "instagram",
					     "facebook", "twitter", "swarm", "schema", "opml",
					     "lifelog", "ics", "feed", "bookmarks", "spotify", "lastfm",
					     "google-activity", "google-chrome", "google-play",
					     "google-places", "google-fit", "geojson", "kml",
					     "google-location", "google-timeline", "apple-health",
					     "fitbit", "gadgetbridge", "gpx", "tcx", "owntracks",
					     "plain" };
	const char *title = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		assert_string_equal(source_kind(i, &title), kinds[i]);
		assert_non_null(title);
	}
	assert_null(source_kind(i, &title));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_netflix_short),
	cmocka_unit_test(test_netflix_dates),
	cmocka_unit_test(test_netflix_full),
	cmocka_unit_test(test_letterboxd),
	cmocka_unit_test(test_movielens),
	cmocka_unit_test(test_goodreads),
	cmocka_unit_test(test_spotify),
	cmocka_unit_test(test_lastfm),
	cmocka_unit_test(test_plain),
	cmocka_unit_test(test_longer_export),
	cmocka_unit_test(test_kinds),
};

RECORD_MAIN(tests)
