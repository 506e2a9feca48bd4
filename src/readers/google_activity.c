/*
 * Google's activity: one sentence ("Watched X"), one address, one time. Times are cut to whole
 * seconds, because the HTML pages have no more: so the same act is one event whether it comes from
 * a page or from JSON, from YouTube's own history or from My Activity. YouTube's videos have the
 * domain `other` and their channel as creator; music of YouTube Music is a listening, its artist
 * without the " - Topic" that YouTube adds. A page that was visited has its host as creator; its
 * address is not kept, since addresses carry tokens.
 */
#include "google_activity.h"

#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/google_address.h"
#include "readers/google_words.h"

#define MOMENT_MS 1000

bool google_is_advert(struct act_text detail)
{
	static const char *const names[] = { "Google Ads", "Google Anzeigen", "Google-Anzeigen",
					     "Google Adverteren", NULL };
	int i;

	for (i = 0; names[i] != NULL; i++)
		if (google_address_has(detail, names[i]))
			return true;
	return false;
}

static bool product_is(const struct google_record *record, const char *name)
{
	return google_address_has(record->product, name);
}

static bool is_music(const struct google_record *record)
{
	static const char topic[] = " - Topic";
	struct act_text by = number_trim(record->second);
	size_t size = sizeof(topic) - 1;

	return product_is(record, "YouTube Music") ||
	       google_address_has(record->address, "music.youtube.com") ||
	       (by.size > size && memcmp(by.data + by.size - size, topic, size) == 0);
}

static struct act_text channel(const struct google_record *record)
{
	static const char topic[] = " - Topic";
	struct act_text by = number_trim(record->second);
	size_t size = sizeof(topic) - 1;

	if (by.size > size && memcmp(by.data + by.size - size, topic, size) == 0)
		by.size -= (uint32_t)size;
	return by;
}

/* What a product is about, by its addresses first: names of products are translated. */
static const char *product_domain(const struct google_record *record)
{
	static const struct {
		const char *address, *product, *domain;
	} table[] = {
		{ "music.youtube.com", "YouTube Music", "music" },
		{ "youtube.com", "YouTube", "other" },
		{ "google.com/maps", "Maps", "places" }, { "/maps/", "Google Maps", "places" },
		{ "play.google.com/store/books", "Books", "books" },
		{ "play.google.com/store/movies", "Google TV", "films" },
		{ "play.google.com", "Google Play Store", "apps" },
		{ "news.google.", "News", "news" }, { "tbm=nws", "Discover", "news" },
		{ "tbm=shop", "Shopping", "shop" }, { "shopping.google.", "Google Store", "shop" },
		{ "tbm=bks", "Google Play Books", "books" },
		{ "podcasts.google.", "Podcasts", "other" }, { "\x01", "Android", "apps" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (google_address_has(record->address, table[i].address))
			return table[i].domain;
	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (product_is(record, table[i].product))
			return table[i].domain;
	return "other";
}

static const char *set_watch(const struct google_record *record, struct act *act)
{
	if (record->address.size == 0 && record->second.size == 0)
		return record->advert ? "an advertisement" : "a video that is gone";
	if (google_address_has(record->address, "/post/"))
		return "a post that was only looked at";
	if (act->title.size > 7 && memcmp(act->title.data, "http", 4) == 0)
		return "a video without its title";
	act->verb = is_music(record) ? ACT_LISTEN : ACT_WATCH;
	act->domain = emit_text(is_music(record) ? "music" : "other");
	act->creator = channel(record);
	return NULL;
}

static const char *set_visit(const struct google_record *record, struct act *act)
{
	struct act_text host = google_address_host(record->address);

	act->verb = ACT_READ;
	/* A page on somebody's own host is news only where a product of news led to it. */
	act->domain = emit_text(product_is(record, "News") || product_is(record, "Discover") ?
				"news" : "other");
	act->creator = host;
	return NULL;
}

/* Verbs that need no more than a table. NULL: the act stands. */
static const char *set_other(enum google_what what, struct act *act)
{
	static const uint8_t verbs[] = {
		[GOOGLE_LISTENED] = ACT_LISTEN, [GOOGLE_SEARCHED] = ACT_SEARCH,
		[GOOGLE_LIKED] = ACT_LIKE, [GOOGLE_DISLIKED] = ACT_DISLIKE,
		[GOOGLE_FOLLOWED] = ACT_FOLLOW, [GOOGLE_SAVED] = ACT_BOOKMARK,
		[GOOGLE_DIRECTIONS] = ACT_SEARCH, [GOOGLE_INSTALLED] = ACT_PLAY,
		[GOOGLE_BOUGHT] = ACT_BUY, [GOOGLE_SAID] = 0,
	};

	if (what == GOOGLE_AREA)
		return "a look at a map";
	if (what == GOOGLE_VIEWED)
		return "only looked at";
	if (what == GOOGLE_SAID)
		return "words spoken or written to an assistant";
	if (what == GOOGLE_USED) {
		if (act->domain.size != 4 || memcmp(act->domain.data, "apps", 4) != 0)
			return "use of a tool";
		act->verb = ACT_PLAY;
		return NULL;
	}
	act->verb = verbs[what];
	return NULL;
}

/* Why there is no act in it, or NULL. */
static const char *set_act(const struct google_record *record, struct act *act, struct bytes *room)
{
	enum google_what what = google_sentence(record->title, &act->title);
	struct act_text searched;

	if (number_trim(record->title).size == 0)
		return "no title";
	if (record->advert && record->address.size == 0)
		return "an advertisement";
	if (number_is(number_trim(record->title), "Viewed Ads On YouTube Homepage"))
		return "an advertisement";
	if (what == GOOGLE_UNKNOWN) {
		searched = google_address_search(record->address, room);
		if (searched.size > 0) {
			what = GOOGLE_SEARCHED;
			act->title = searched;
		} else if (record->link.size > 0 && record->second.size > 0 &&
			   google_address_has(record->address, "youtube.com/watch?v=")) {
			what = GOOGLE_WATCHED;
			act->title = record->link;
		}
	}
	act->domain = emit_text(what == GOOGLE_DIRECTIONS ? "places" : product_domain(record));
	if (what == GOOGLE_UNKNOWN)
		return "a sentence that tacit does not know";
	if (what == GOOGLE_WATCHED)
		return set_watch(record, act);
	if (what == GOOGLE_VISITED || what == GOOGLE_READ)
		return set_visit(record, act);
	return set_other(what, act);
}

int google_record_take(struct emit *emit, const struct google_record *record, struct bytes room[2])
{
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_WATCH, "other");
	why = set_act(record, &act, &room[0]);
	if (why != NULL)
		return emit_skip(emit, why);
	act.time = record->time - (record->time % MOMENT_MS + MOMENT_MS) % MOMENT_MS;
	act.zone = record->zone;
	if (record->advert)
		act.flags |= ACT_NOT_CHOSEN;
	if (act.verb == ACT_WATCH || (act.verb == ACT_LISTEN && is_music(record))) {
		rest_begin(&room[1]);
		rest_put(&room[1], "titleUrl", record->address);
		act.rest = rest_end(&room[1]);
	}
	return emit_act(emit, &act);
}

static bool match(const struct sniff *sniff)
{
	return detect_key(sniff, "header") &&
	       detect_key(sniff, "title") &&
	       detect_key(sniff, "time");
}

struct file {
	struct emit *emit;
	struct objects objects;
	struct bytes room[2];
};

static bool has_advert(const struct objects *objects)
{
	size_t details = objects_count(objects, "details"), i;
	char path[] = "details.0.name", scratch[OBJECTS_SCRATCH];

	for (i = 0; i < details && i < 10; i++) {
		path[8] = (char)('0' + i);
		if (google_is_advert(objects_at(objects, path, scratch)))
			return true;
	}
	return false;
}

static int take_object(void *context)
{
	struct file *file = context;
	const struct objects *objects = &file->objects;
	char scratch[6][OBJECTS_SCRATCH];
	struct google_record record;
	struct act_text time;
	bool date_only;
	int16_t zone;

	memset(&record, 0, sizeof(record));
	record.product = objects_get(objects, "header", scratch[0]);
	record.title = objects_get(objects, "title", scratch[1]);
	record.address = objects_get(objects, "titleUrl", scratch[2]);
	record.second = objects_at(objects, "subtitles.0.name", scratch[3]);
	record.advert = has_advert(objects);
	record.zone = ACT_ZONE_UNKNOWN;
	time = objects_get(objects, "time", scratch[4]);
	if (!clock_parse_iso(time.data, time.size, &record.time, &zone, &date_only) || date_only ||
	    record.time < 0 || record.time > 253402300799999LL)
		return emit_skip(file->emit, "no date");
	return google_record_take(file->emit, &record, file->room);
}

static int read_activity(struct reading *reading)
{
	struct file file = { .emit = reading->emit, .room = { BYTES_INIT, BYTES_INIT } };
	int failed;

	objects_open(&file.objects, reading->input);
	failed = each_object(reading, &file.objects, take_object, &file);
	objects_close(&file.objects);
	bytes_free(&file.room[0]);
	bytes_free(&file.room[1]);
	return failed;
}

static const char *const google_activity_dropped[] = { "locationInfos", NULL };
static const struct reader_about google_activity_about = {
	"watch-history.json, search-history.json, MyActivity.json",
	"watch, listen, search, read, play, like, follow, bookmark, buy",
	"header, title, titleUrl, subtitles, time, details; rest: titleUrl of videos",
	google_activity_dropped,
	"how long; where; languages other than those in its table of sentences"
};
const struct reader google_activity = {
	"google-activity", "Google: YouTube history and My Activity (JSON)", match, NULL,
	read_activity, &google_activity_about
};
