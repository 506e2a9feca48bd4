/* Readers of lists against invented exports, with the acts written by hand. */
#include "sources_record.h"

#define EXPORTS "tests/fixtures/exports/"
#define EXPECT(path, lines) \
	record_expect(EXPORTS path, NULL, lines, sizeof(lines) / sizeof(*lines))

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

static void test_amazon(void **state)
{
	static const char *const lines[] = {
		"2023-03-04T05:06:07.000Z buy shop|Tea Kettle, Blue|-|-|-|-|-|-|-|"
		"{\"ASIN\":\"B00INVENT1\",\"Quantity\":\"2\",\"Unit Price\":\"1,234.50\","
		"\"Currency\":\"EUR\",\"Website\":\"Amazon.de\",\"Product Condition\":\"New\"}",
	};
	static const char *const without[] = {
		"2023-04-01T10:00:00.000Z buy shop|Seed Tray|-|-|-|-|-|-|-|"
		"{\"ASIN\":\"B00INVENT9\",\"Quantity\":\"1\",\"Unit Price\":\"3.5\","
		"\"Currency\":\"USD\",\"Website\":\"Amazon.com\",\"Product Condition\":\"New\"}",
	};
	struct record *record = EXPECT("amazon/Retail.OrderHistory.1.csv", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "amazon");
	assert_int_equal(record->report[0].read, 4);
	assert_int_equal(record_skipped(&record->report[0], "cancelled"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(dropped(&record->report[0], "Shipping Address"), 4);
	record_free(record);
	record_free(EXPECT("amazon/Retail.OrderHistory.2.csv", without));
}

/* Reads a text as a file of that name and compares the acts. */
static struct record *expect_text(const char *name, const char *text, const char *const *lines,
				  size_t count)
{
	char folder[] = "/tmp/tacit-lists-XXXXXX", path[256];
	struct record *record;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	record_write(path, text, strlen(text));
	record = record_expect(path, NULL, lines, count);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return record;
}

#define EXPECT_TEXT(name, text, lines) \
	expect_text(name, text, lines, sizeof(lines) / sizeof(*lines))

static void test_books(void **state)
{
	static const char *const story[] = {
		"2021-05-10T12:00:00.000Zd bookmark books|The Tide|Ann Reed|-|-|-|-|-|-|"
		"{\"ISBN/UID\":\"978000\",\"Read Count\":\"0\"}",
		"2021-06-01T12:00:00.000Zd read books|Salt|Bo Kerr|-|4500|-|dark|-|Good.|-",
	};
	static const char *const thing[] = {
		"2006-08-09T12:00:00.000Zd read books|Fog|Ann Reed|1980|5000|-|-|-|-|-",
		"2007-05-08T12:00:00.000Zd read books|Salt|Bo Kerr|1979|4500|-|sea|-|-|-",
	};
	static const char *const calibre[] = {
		"2021-01-19T21:41:16.000Z+60 rate books|Salt|Bo Kerr|2019|5000|-|Sea|-|-|-",
		"2021-01-20T21:41:16.000Z+60 bookmark books|Fog|Ann Reed|-|-|-|-|-|-|-",
	};
	static const char *const open[] = {
		"1970-01-01T12:00:00.000Zd read books|Salt|-|-|-|-|-|-|-|{\"Work Id\":\"OL1W\"}",
	};
	static const char *const wyrm[] = {
		"2022-10-10T12:00:00.000Zd read books|Salt|Bo Kerr|-|4000|-|-|-|Dry.|-",
		"2024-08-10T12:00:00.000Zd bookmark books|Fog|Ann Reed|-|-|-|-|-|-|-",
	};
	static const char *const openreads[] = {
		"2023-11-28T12:00:00.000Zd read books|Salt|Bo Kerr|2019|4500|-|-|-|-|-",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("s.csv", "Title,Authors,ISBN/UID,Read Status,Date Added,Last Date Read,"
		"Read Count,Moods,Star Rating,Review\n"
		"Salt,\"Bo Kerr, Cy Dow\",,read,2021/05/09,2021/06/01,,dark,4.5,Good.\n"
		"The Tide,Ann Reed,978000,to-read,2021/05/10,,0,,,\n"
		"Half,Ann Reed,,did-not-finish,2021/05/10,,,,,\n"
		",Nobody,,read,2021/05/10,,,,,\n", story);
	assert_string_equal(record->report[0].kind, "storygraph");
	assert_int_equal(record_skipped(&record->report[0], "given up, and not rated"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	record_free(record);
	record = EXPECT_TEXT("l.tsv", "Book Id\tTitle\tPrimary Author\tDate\tRating\tDate Read\tTags\t"
		"Collections\tEntry Date\tPrivate Comment\n"
		"\tSalt\tKerr, Bo\t1979\t4.5\t[2007-05-08]\tsea\t\t[2006-08-09]\tmine\n"
		"\tFog\tReed, Ann\t1980\t5\t\t\t\t[2006-08-09]\t\n"
		"\tOwned\tReed, Ann\t1980\t\t\t\tYour library\t[2006-08-09]\t\n", thing);
	assert_string_equal(record->report[0].kind, "librarything");
	assert_int_equal(record_skipped(&record->report[0], "on another shelf, not rated"), 1);
	assert_int_equal(dropped(&record->report[0], "Private Comment"), 1);
	record_free(record);
	record = EXPECT_TEXT("c.csv", "authors,author_sort,rating,timestamp,tags,title,pubdate,uuid\n"
		"Bo Kerr,\"Kerr, Bo\",5,2021-01-19T22:41:16+01:00,Sea,Salt,2019-03-05T01:00:00+01:00,u\n"
		"Ann Reed,x,,2021-01-20T22:41:16+01:00,,Fog,0101-01-01T00:00:00+00:00,u\n"
		"Ann Reed,x,,never,,Mist,,u\n", calibre);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	record_free(record);
	record = EXPECT_TEXT("o.csv", "Work Id,Edition Id,Bookshelf,Title\n"
		"OL1W,,Already Read,Salt\nOL2W,,Already Read,\n", open);
	assert_int_equal(record_skipped(&record->report[0],
					"no title, only Open Library's number"), 1);
	record_free(record);
	record = EXPECT_TEXT("b.csv", "title,author_text,remote_id,finish_date,rating,review_content,"
		"shelf,shelf_date\nFog,Ann Reed,r,,,,to-read,2024-08-10\n"
		"Salt,Bo Kerr,r,2022-10-10,4,Dry.,cooking,2024-08-10\n"
		"Mist,Ann Reed,r,,,,reading,2024-08-10\n", wyrm);
	assert_int_equal(record_skipped(&record->report[0], "not finished yet (being read)"), 1);
	record_free(record);
	record = EXPECT_TEXT("r.csv", "title,author,status,deleted,rating,publication_year,readings,"
		"date_added\nSalt,Bo Kerr,finished,false,4.5,2019,"
		"2023-10-27T00:00:00.000|2023-11-28T00:00:00.000|,2024-03-01T13:01:12.938\n"
		"Gone,Bo Kerr,finished,true,4.5,2019,,2024-03-01T13:01:12.938\n", openreads);
	assert_int_equal(record_skipped(&record->report[0], "deleted by the person"), 1);
	record_free(record);
}

static void test_screens(void **state)
{
	static const char *const imdb[] = {
		"2020-01-02T12:00:00.000Zd rate films|Long Walk|-|1999|4000|-|Drama|War|-|-|"
		"{\"Title Type\":\"Movie\"}",
		"2020-01-03T12:00:00.000Zd rate series|Fog City|-|2001|5000|-|-|-|Pilot|"
		"{\"Title Type\":\"TV Episode\"}",
		"2020-01-04T12:00:00.000Zd bookmark films|Salt|-|2020|-|-|-|-|-|"
		"{\"Title Type\":\"Movie\"}",
	};
	static const char *const tmdb[] = {
		"2021-02-03T04:05:06.000Z rate series|Fog City|-|2001|3500|-|-|-|Season 2: Episode 3|-",
	};
	static const char *const trakt[] = {
		"2022-01-01T10:00:00.000Z watch films|Salt|-|2020|-|-|-|-|-|-",
		"2022-01-02T10:00:00.000Z watch series|Fog City|-|2001|-|-|-|-|Pilot|-",
		"2022-01-03T10:00:00.000Z rate films|Salt|-|2020|4000|-|-|-|-|-",
	};
	static const char *const steam[] = {
		"2023-01-01T00:00:00.000Z play games|Tin Fort|-|-|-|5400|-|-|-|-",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("i.csv", "Const,Your Rating,Date Rated,Title,Title Type,IMDb Rating,Year,"
		"Genres,Created\n,8,2020-01-02,Long Walk,Movie,7.1,1999,\"Drama, War\",\n"
		",10,2020-01-03,Fog City: Pilot,TV Episode,8,2001,,\n,,,Salt,Movie,6,2020,,2020-01-04\n"
		",7,,Undated,Movie,6,2020,,\n", imdb);
	assert_string_equal(record->report[0].kind, "imdb");
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(dropped(&record->report[0], "IMDb Rating"), 4);
	record_free(record);
	record = EXPECT_TEXT("t.csv", "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,"
		"Episode Number,Rating,Your Rating,Date Rated\n"
		",,tv,Fog City,2001-05-05,2,3,8,7,2021-02-03T04:05:06Z\n,,movie,,,,,,1,2021-02-03\n", tmdb);
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	record_free(record);
	record = EXPECT_TEXT("k.json", "[{\"watched_at\":\"2022-01-01T10:00:00.000Z\",\"movie\":{\"title\":"
		"\"Salt\",\"year\":2020}},{\"watched_at\":\"2022-01-02T10:00:00.000Z\",\"show\":{\"title\":"
		"\"Fog City\",\"year\":2001},\"episode\":{\"title\":\"Pilot\"}},{\"rated_at\":"
		"\"2022-01-03T10:00:00.000Z\",\"rating\":8,\"movie\":{\"title\":\"Salt\",\"year\":2020}},"
		"{\"rated_at\":\"2022-01-03T10:00:00.000Z\",\"movie\":{\"title\":\"X\"}}]", trakt);
	assert_int_equal(record_skipped(&record->report[0], "no stars"), 1);
	record_free(record);
	record = EXPECT_TEXT("g.json", "{\"response\":{\"game_count\":2,\"games\":[{\"name\":\"Tin Fort\","
		"\"playtime_forever\":90,\"rtime_last_played\":1672531200},{\"name\":\"Unplayed\","
		"\"playtime_forever\":0}]}}", steam);
	assert_int_equal(record->report[0].read, 2);
	assert_int_equal(record_skipped(&record->report[0], "never played"), 1);
	record_free(record);
}

static void test_myanimelist(void **state)
{
	static const char *const anime[] = {
		"1970-01-01T12:00:00.000Zd bookmark films|Paper Moon & Sea|-|-|-|-|-|-|-|"
		"{\"myanimelist_id\":\"2\"}",
		"1970-01-01T12:00:00.001Zd watch series|Bridge|-|-|1500|-|-|-|-|"
		"{\"myanimelist_id\":\"4\",\"seen\":\"3\"}",
		"2012-05-06T12:00:00.000Zd watch series|Fog City|-|-|5000|-|sea|slow|-|Dry.|"
		"{\"myanimelist_id\":\"1\",\"seen\":\"26\",\"started\":\"2012-04-01\"}",
	};
	static const char *const manga[] = {
		"2013-01-02T12:00:00.000Zd read books|Salt|-|-|4000|-|-|-|-|"
		"{\"myanimelist_id\":\"9\",\"seen\":\"80\",\"again\":\"1\"}",
	};
	struct record *record;

	(void)state;
	/* newest first, as for dates that do not tell: the lower entry is the older one */
	record = EXPECT_TEXT("animelist.xml", "<?xml version=\"1.0\"?>\n<myanimelist><myinfo><user_id>1</user_id>"
		"<user_name>ada</user_name></myinfo>"
		"<anime><series_animedb_id>1</series_animedb_id><series_title><![CDATA[Fog City]]>"
		"</series_title><series_type>TV</series_type><my_watched_episodes>26</my_watched_episodes>"
		"<my_start_date>2012-04-01</my_start_date><my_finish_date>2012-05-06</my_finish_date>"
		"<my_score>10</my_score><my_status>Completed</my_status><my_comments><![CDATA[Dry.]]></my_comments>"
		"<my_times_watched>0</my_times_watched><my_tags><![CDATA[sea, slow]]></my_tags></anime>"
		"<anime><series_animedb_id>4</series_animedb_id><series_title>Bridge</series_title>"
		"<series_type>OVA</series_type><my_watched_episodes>3</my_watched_episodes>"
		"<my_finish_date>0000-00-00</my_finish_date><my_score>3</my_score>"
		"<my_status>Dropped</my_status></anime>"
		"<anime><series_animedb_id>2</series_animedb_id><series_title><![CDATA[Paper Moon & Sea]]></series_title>"
		"<series_type>Movie</series_type><my_watched_episodes>0</my_watched_episodes>"
		"<my_finish_date>0000-00-00</my_finish_date><my_score>0</my_score>"
		"<my_status>Plan to Watch</my_status></anime>"
		"<anime><series_title>Half</series_title><my_score>0</my_score><my_status>Watching</my_status></anime>"
		"<anime><series_title>Left</series_title><my_score>0</my_score><my_status>Dropped</my_status></anime>"
		"</myanimelist>", anime);
	assert_string_equal(record->report[0].kind, "myanimelist");
	assert_int_equal(record->report[0].read, 5);
	assert_int_equal(record_skipped(&record->report[0], "not finished yet"), 1);
	assert_int_equal(record_skipped(&record->report[0], "given up, and not rated"), 1);
	record_free(record);
	record = EXPECT_TEXT("mangalist.xml", "<myanimelist><manga><manga_mangadb_id>9</manga_mangadb_id>"
		"<manga_title>Salt</manga_title><my_read_chapters>80</my_read_chapters><my_score>8</my_score>"
		"<my_finish_date>2013-01-02</my_finish_date><my_status>Completed</my_status>"
		"<my_times_read>1</my_times_read></manga><manga><manga_title>Cut", manga);
	assert_int_equal(record->report[0].read, 2);
	assert_int_equal(record_skipped(&record->report[0], "an entry that is cut short"), 1);
	record_free(record);
}

static void test_anilist(void **state)
{
	static const char *const lines[] = {
		"1970-01-01T12:00:00.000Zd bookmark books|Shio|-|-|-|-|-|-|-|"
		"{\"romaji\":\"Shio\",\"progress\":\"0\"}",
		"2020-03-04T12:00:00.000Zd watch films|Fog City|-|1999|4000|-|Drama|Sea|-|Dry.|"
		"{\"anilist_id\":\"7\",\"romaji\":\"Kiri no Machi\"}",
	};
	static const char *const tens[] = {
		"2020-03-04T12:00:00.000Zd watch series|Bridge|-|-|4000|-|-|-|-|-",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("a.json", "{\"data\":{\"MediaListCollection\":{\"lists\":[{\"name\":\"Completed\","
		"\"entries\":[{\"mediaId\":7,\"status\":\"COMPLETED\",\"score\":80,\"notes\":\"Dry.\",\"completedAt\":"
		"{\"year\":2020,\"month\":3,\"day\":4},\"media\":{\"type\":\"ANIME\",\"format\":\"MOVIE\",\"title\":"
		"{\"romaji\":\"Kiri no Machi\",\"english\":\"Fog City\"},\"startDate\":{\"year\":1999},\"genres\":"
		"[\"Drama\",\"Sea\"]}}]},{\"name\":\"Planning\",\"entries\":[{\"status\":\"PLANNING\",\"score\":0,"
		"\"progress\":0,\"completedAt\":{\"year\":null,\"month\":null,\"day\":null},\"media\":{\"type\":\"MANGA\","
		"\"title\":{\"romaji\":\"Shio\",\"english\":null}}},{\"status\":\"CURRENT\",\"score\":0,\"media\":"
		"{\"title\":{\"romaji\":\"X\"}}}]},{\"name\":\"Mine\",\"isCustomList\":true,\"entries\":[{\"status\":"
		"\"COMPLETED\",\"score\":80,\"media\":{\"title\":{\"romaji\":\"Kiri no Machi\"}}}]}]}}}", lines);
	assert_string_equal(record->report[0].kind, "anilist");
	assert_int_equal(record->report[0].read, 4);
	assert_int_equal(record_skipped(&record->report[0], "not finished yet"), 1);
	assert_int_equal(record_skipped(&record->report[0], "in a list of one's own, told in another too"),
			 1);
	record_free(record);
	record = EXPECT_TEXT("b.json", "{\"lists\":[{\"name\":\"Completed\",\"entries\":[{\"status\":\"COMPLETED\","
		"\"score\":8,\"completedAt\":{\"year\":2020,\"month\":3,\"day\":4},\"media\":{\"format\":\"TV\","
		"\"title\":{\"english\":\"Bridge\"}}}]}]}", tens);
	assert_int_equal(record->report[0].read, 1);
	record_free(record);
	record = expect_text("gdpr_data.json", "{\"user\":{\"id\":1},\"lists\":[{\"user_id\":1,\"series_type\":0,"
			     "\"series_id\":7,\"status\":2,\"score\":80}]}", NULL, 0);
	assert_string_equal(record->report[0].kind, "anilist");
	assert_int_equal(record_skipped(&record->report[0], "no title, only AniList's number"), 1);
	assert_int_equal(dropped(&record->report[0], "user_id"), 1);
	record_free(record);
}

static void test_twitter(void **state)
{
	static const char *const posts[] = {
		"2019-09-04T13:51:55.000Z post other|https://a.example/x|-|-|-|-|-|-|Look|-",
		"2019-09-05T13:51:55.000Z post other|Twitter|-|-|-|-|-|-|Plain words|-",
	};
	static const char *const likes[] = {
		"2019-09-04T14:01:31.455Z like other|Nice|-|-|-|-|-|-|-|"
		"{\"like.tweetId\":\"1169249132552896512\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("tweets.js", "window.YTD.tweets.part0 = [ {\"tweet\":{\"created_at\":"
		"\"Wed Sep 04 13:51:55 +0000 2019\",\"full_text\":\"Look\",\"entities\":{\"urls\":[{"
		"\"expanded_url\":\"https://a.example/x\"}]},\"source\":\"phone\"}},{\"tweet\":{"
		"\"created_at\":\"Thu Sep 05 13:51:55 +0000 2019\",\"full_text\":\"Plain words\"}},"
		"{\"tweet\":{\"created_at\":\"Thu Sep 05 13:51:55 +0000 2019\",\"full_text\":\"RT @b: x\"}},"
		"{\"tweet\":{\"created_at\":\"once\",\"full_text\":\"no time\"}} ]", posts);
	assert_string_equal(record->report[0].kind, "twitter");
	assert_int_equal(record_skipped(&record->report[0], "another person's post, passed on"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(dropped(&record->report[0], "tweet.source"), 1);
	record_free(record);
	record_free(EXPECT_TEXT("like.js", "window.YTD.like.part0 = [{\"like\":{\"tweetId\":"
		"\"1169249132552896512\",\"fullText\":\"Nice\"}}]", likes));
	record = expect_text("following.js", "window.YTD.following.part0 = [{\"following\":{"
			     "\"accountId\":\"1\"}}]", NULL, 0);
	assert_int_equal(record_skipped(&record->report[0], "another person's account"), 1);
	record_free(record);
}

static void test_twitter_plain(void **state)
{
	static const char *const posts[] = {
		"2019-09-04T13:51:55.000Z post other|https://a.example/x|-|-|-|-|-|-|Look|-",
		"2019-09-05T13:51:55.000Z post other|Twitter|-|-|-|-|-|-|Plain words|-",
	};
	struct record *record = EXPECT_TEXT("tweets.json", "[{\"created_at\":"
		"\"Wed Sep 04 13:51:55 +0000 2019\",\"id_str\":\"11\",\"full_text\":\"Look\",\"entities\":{\"urls\":[{"
		"\"expanded_url\":\"https://a.example/x\"}]},\"source\":\"phone\",\"user\":{\"id_str\":\"7\","
		"\"name\":\"Ada\"}},{\"created_at\":\"Thu Sep 05 13:51:55 +0000 2019\",\"id_str\":\"12\","
		"\"full_text\":\"Plain words\",\"in_reply_to_screen_name\":\"bo\"},"
		"{\"created_at\":\"Thu Sep 05 14:51:55 +0000 2019\",\"id_str\":\"13\",\"full_text\":\"RT @b: x\"},"
		"{\"created_at\":\"Thu Sep 05 15:51:55 +0000 2019\",\"id_str\":\"14\",\"full_text\":\"Not mine\","
		"\"user\":{\"id_str\":\"8\"}}]", posts);

	(void)state;
	assert_string_equal(record->report[0].kind, "twitter");
	assert_int_equal(record->report[0].read, 4);
	assert_int_equal(record_skipped(&record->report[0], "another person's post, passed on"), 1);
	assert_int_equal(record_skipped(&record->report[0], "another person's post"), 1);
	assert_int_equal(dropped(&record->report[0], "source"), 1);
	assert_int_equal(dropped(&record->report[0], "user"), 2);
	assert_int_equal(dropped(&record->report[0], "in_reply_to_screen_name"), 1);
	record_free(record);
}

static void test_swarm(void **state)
{
	static const char *const lines[] = {
		"2017-05-28T20:03:10.000Z-420 arrive places|Pier Cafe|-|-|-|-|Cafe|Port|Tea!|"
		"{\"venue.id\":\"v1\",\"venue.location.lat\":\"1.5\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("checkins.json", "{\"count\":2,\"items\":[{\"type\":\"checkin\","
		"\"createdAt\":1496001790,\"timeZoneOffset\":-420,\"shout\":\"Tea!\",\"with\":[{\"id\":\"9\"}],"
		"\"venue\":{\"id\":\"v1\",\"name\":\"Pier Cafe\",\"location\":{\"address\":\"1 Quay\","
		"\"lat\":1.5,\"city\":\"Port\"},\"categories\":[{\"name\":\"Cafe\"}]}},"
		"{\"createdAt\":1496001790,\"venue\":{}}]}", lines);
	assert_string_equal(record->report[0].kind, "swarm");
	assert_int_equal(record_skipped(&record->report[0], "no title"), 1);
	assert_int_equal(dropped(&record->report[0], "with"), 1);
	assert_int_equal(dropped(&record->report[0], "venue.location.address"), 1);
	record_free(record);
}

static void test_schema(void **state)
{
	static const char *const lines[] = {
		"2022-03-04T12:00:00.001Zd rate films|Salt|Bo|2020|4500|-|Drama|winter|Dry.|"
		"{\"a.b\":\"c\\u000ad\",\"e\":\"f\"}",
		"2022-03-04T12:00:00.000Z+60n listen music|Fog|-|-|-|180|-|-|-|-",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("export.json", "{\"@context\":[\"https://schema.org\",{\"tacit\":"
		"\"https://tacit.example/ns#\"}],\"@graph\":[\n{\"@type\":\"ReviewAction\",\"startTime\":"
		"\"2022-03-04T12:00:00.001Z\",\"object\":{\"@type\":\"CreativeWork\",\"name\":\"Salt\","
		"\"creator\":\"Bo\",\"datePublished\":2020,\"keywords\":\"Drama\",\"tacit:domain\":"
		"\"films\"},\"ratingValue\":4.500000,\"location\":\"winter\",\"description\":\"Dry.\","
		"\"tacit:dateOnly\":true,\"tacit:rest\":{\"a.b\":\"c\\nd\",\"e\":\"f\"}},\n"
		"{\"@type\":\"ListenAction\",\"startTime\":\"2022-03-04T12:00:00.000Z\",\"tacit:zoneMinutes\":60,"
		"\"object\":{\"name\":\"Fog\",\"tacit:domain\":\"music\"},\"tacit:milliseconds\":180000,"
		"\"tacit:notChosen\":true},\n{\"@type\":\"PropertyValue\",\"name\":\"avoids\"},\n"
		"{\"@type\":\"ReadAction\",\"startTime\":\"then\"}\n]}\n", lines);
	assert_string_equal(record->report[0].kind, "schema");
	assert_int_equal(record_skipped(&record->report[0],
					"something said, no act: tell it anew"), 1);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	record_free(record);
}

static void test_opml(void **state)
{
	static const char *const lines[] = {
		"1970-01-01T12:00:00.000Zd follow news|Sea News|-|-|-|-|-|-|-|"
		"{\"xmlUrl\":\"http://a.example/feed\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("s.opml", "<opml version=\"2.0\"><head/><body><outline text=\"group\">"
		"<outline text=\"Sea News\" type=\"rss\" xmlUrl=\"http://a.example/feed\"/></outline>"
		"</body></opml>", lines);
	assert_string_equal(record->report[0].kind, "opml");
	assert_int_equal(record_skipped(&record->report[0], "a group or a link, no feed"), 1);
	record_free(record);
}

static void test_lifelog(void **state)
{
	static const char *const meals[] = {
		"2010-01-01T12:00:00.000Zd eat places|soup|-|-|-|-|dinner|-|-|{\"eid\":\"e1\"}",
	};
	static const char *const runs[] = {
		"2019-03-02T16:00:34.000Z-480 exercise health|running|-|-|-|2370|-|-|-|"
		"{\"id\":\"r1\",\"textDescription\":\"08:00: running 39 minutes\",\"end_time\":\"x\","
		"\"duration\":\"39.5\",\"calories\":\"0\"}",
	};
	static const char *const books[] = {
		"2019-04-19T04:37:00.000Z read books|Salt|-|-|-|-|-|-|-|{\"id\":\"1\"}",
	};
	static const char *const purchases[] = {
		"2019-03-26T16:29:16.000Z buy shop|Rake, 63\"|-|-|-|-|-|-|-|{\"id\":\"p1\","
		"\"productPrice\":\"22.53\",\"productQuantity\":\"1\"}",
	};
	struct record *record;

	(void)state;
	record = EXPECT_TEXT("m.csv", "eid,date,mealtype,foodtype,people_string\n"
		"e1,2010/01/01,dinner,soup,Ada\ne2,soon,lunch,rice,\n", meals);
	assert_int_equal(record_skipped(&record->report[0], "no date"), 1);
	assert_int_equal(dropped(&record->report[0], "people_string"), 1);
	record_free(record);
	record_free(EXPECT_TEXT("e.csv", "start_time,end_time,textDescription,duration,calories,id\n"
		"2019-03-02 08:00:34-08:00,x,08:00: running 39 minutes ,39.5,0,r1\n", runs));
	record_free(EXPECT_TEXT("b.csv", "book_name,img_url,id,date,time\n"
		"Salt,u,1,2019/04/19,04:37:00\n", books));
	record = EXPECT_TEXT("p.json", "[{\"Unnamed: 0\":0,\"time\":\"2019-03-26T16:29:16\",\"purchase_id\":"
		"\"114-1\",\"productName\":\"Rake, 63\\\"\",\"productPrice\":22.53,\"productQuantity\":1,"
		"\"id\":\"p1\"}]", purchases);
	assert_int_equal(dropped(&record->report[0], "purchase_id"), 1);
	record_free(record);
}

static void test_lifelog_more(void **state)
{
	static const char *const groceries[] = {
		"2010-01-14T12:00:00.000Zd buy shop|groceries|-|-|-|-|apples|plums|tea|-|-|"
		"{\"eid\":\"e2\",\"fruits\":\"apples, plums\",\"drinks\":\"tea\"}",
	};
	static const char *const dinners[] = {
		"2010-02-13T12:00:00.000Zd eat places|High Street|-|-|-|-|soup|Odense|-|"
		"{\"eid\":\"e3\",\"start_date\":\"2010/02/12\",\"end_date\":\"2010/02/18\","
		"\"place_visit_date\":\"2010/02/17\",\"place\":\"Hall\",\"emotion\":\"happy\"}",
	};
	static const char *const songs[] = {
		"2019-03-30T11:34:59.982Z listen music|Fog|Bo|-|-|18|-|-|-|{\"id\":\"s1\","
		"\"end_time\":\"2019-03-30T11:35:00\"}",
	};
	static const char *const trips[] = {
		"2019-03-27T02:42:43.000Z+540 arrive places|Japan|-|-|-|-|-|-|-|"
		"{\"textDescription\":\"Japan.\",\"country\":\"I visited Japan.\"}",
	};
	static const char *const care[] = {
		"2022-03-11T12:00:00.000Zd exercise health|checkup|-|-|-|-|-|-|-|"
		"{\"eid\":\"e5\",\"for_whom\":\"personal_medical_care\"}",
	};
	struct record *record;

	(void)state;
	record_free(EXPECT_TEXT("g.csv", "eid,date,fruits,drinks,toiletries,people_string\n"
		"e2,2010/01/14,\"apples, plums\",tea,,\n", groceries));
	record_free(EXPECT_TEXT("d.csv", "eid,start_date,end_date,city,dining_date,food_type,food_location,"
		"place_visit_date,place,people,action,emotion\ne3,2010/02/12,2010/02/18,Odense,2010/02/13,"
		"soup,High Street,2010/02/17,Hall,Ada,,happy\n", dinners));
	record_free(EXPECT_TEXT("s.csv", ",start_time,end_time,artist,track,playtimeMs,spotify_link,id\n"
		"0,2019-03-30T11:34:59.982000,2019-03-30T11:35:00,Bo,Fog,18000,,s1\n", songs));
	record_free(EXPECT_TEXT("t.json", "[{\"start_time\":\"2019-03-27 11:42:43+09:00\","
		"\"textDescription\":\"Japan.\",\"country\":\"I visited Japan.\",\"cities_towns\":null}]", trips));
	record = EXPECT_TEXT("c.csv", "eid,date,for_whom,type_of_care\ne4,2022/03/10,"
		"parent_medical_care,checkup\ne5,2022/03/11,personal_medical_care,checkup\n", care);
	assert_int_equal(record_skipped(&record->report[0], "another person's care"), 1);
	record_free(record);
	record = expect_text("t.csv", "eid,date,timeofday,howlong,friends\ne6,2010/01/02,late,41,Bo\n",
			     NULL, 0);
	assert_int_equal(record_skipped(&record->report[0], "a talk with other people"), 1);
	assert_int_equal(dropped(&record->report[0], "friends"), 1);
	record_free(record);
}

/* Rows of a table, quotes and all, told in another way than the reader's. */
static uint64_t table_rows(const char *path)
{
	FILE *file = fopen(path, "rb");
	bool quoted = false, any = false;
	uint64_t rows = 0;
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF) {
		quoted ^= c == '"';
		if (c == '\n' && !quoted) {
			rows += any;
			any = false;
		} else if (c != '\r') {
			any = true;
		}
	}
	assert_int_equal(fclose(file), 0);
	return rows + any - 1;
}

static void test_shared_lifelog(void **state)
{
	static const char *const files[] = {
		"medium/daily_meal-log.csv", "medium/daily_exercise-log.csv",
		"medium/daily_read-log.csv", "medium/daily_watchtv-log.csv",
		"sample_data/books.csv", "sample_data/books.sampled.csv",
		"sample_data/purchase.sampled.csv", "sample_data/exercise.sampled.csv",
		"sample_data/places.sampled.csv", "medium/weekly_grocery-log.csv",
		"medium/weekly_bakeorcook-log.csv", "medium/weekly_hobby-log.csv",
		"medium/weekly_dating-log.csv", "medium/travel-log.csv",
		"medium/travel_dining-log.csv", "medium/travel_places_visited-log.csv",
		"medium/annual_medical_care-log.csv", "sample_data/streaming.sampled.csv",
		"sample_data/trips.sampled.csv",
	};
	struct record *record;
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "../shared/data/personal-timeline/%s", files[i]);
		if (access(path, R_OK) != 0) {
			print_message("SKIPPED: no %s here\n", path);
			continue;
		}
		record = record_read(path, NULL);
		assert_string_equal(record->error.message, "");
		assert_string_equal(record->report[0].kind, "lifelog");
		assert_int_equal(record->report[0].read, table_rows(path));
		assert_true(record->acts > 0);
		record_free(record);
	}
}

/* Other projects' samples, where they are at hand: read, acts, counted by hand in the files. */
static void test_shared(void **state)
{
	static const struct {
		const char *path, *kind;
		uint64_t read, acts;
	} samples[] = {
		{ "bookwyrm/bookwyrm/tests/data/storygraph.csv", "storygraph", 2, 2 },
		{ "bookwyrm/bookwyrm/tests/data/librarything.tsv", "librarything", 3, 2 },
		{ "bookwyrm/bookwyrm/tests/data/openlibrary.csv", "openlibrary", 4, 0 },
		{ "bookwyrm/bookwyrm/tests/data/bookwyrm.csv", "bookwyrm", 3, 3 },
		{ "bookwyrm/bookwyrm/tests/data/openreads-csv-example.csv", "bookwyrm", 4, 4 },
		{ "dogsheep-swarm/tests/checkin.json", "swarm", 1, 1 },
		{ "dogsheep-twitter/tests/tweets.json", "twitter", 3, 2 },
		{ "dogsheep-twitter/tests/zip_contents/saved-search.js", "twitter", 2, 2 },
		{ "dogsheep-twitter/tests/zip_contents/following.js", "twitter", 2, 0 },
	};
	struct record *record;
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		snprintf(path, sizeof(path), "../shared/data/exports/%s", samples[i].path);
		if (access(path, R_OK) != 0) {
			print_message("SKIPPED: no %s here\n", path);
			continue;
		}
		record = record_read(path, NULL);
		assert_int_equal(record->result, 0);
		assert_string_equal(record->report[0].kind, samples[i].kind);
		assert_int_equal(record->report[0].read, samples[i].read);
		assert_int_equal(record->acts, samples[i].acts);
		record_free(record);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_amazon),
	cmocka_unit_test(test_books),
	cmocka_unit_test(test_screens),
	cmocka_unit_test(test_myanimelist),
	cmocka_unit_test(test_anilist),
	cmocka_unit_test(test_twitter),
	cmocka_unit_test(test_twitter_plain),
	cmocka_unit_test(test_swarm),
	cmocka_unit_test(test_schema),
	cmocka_unit_test(test_opml),
	cmocka_unit_test(test_lifelog),
	cmocka_unit_test(test_lifelog_more),
	cmocka_unit_test(test_shared),
	cmocka_unit_test(test_shared_lifelog),
};

RECORD_MAIN(tests)
