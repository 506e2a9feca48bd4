/*
 * Spotify. Both histories say when a play ended; that is the time kept. Short plays are kept with
 * their duration: whether a skip means anything is for taste to judge. Internet addresses, user
 * names, devices and programs never leave this file.
 */
#include "spotify.h"

#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"

/* The fields of the extended history that go to rest. */
static const char *const kept[] = {
	"spotify_track_uri", "spotify_episode_uri", "audiobook_uri", "audiobook_chapter_uri",
	"conn_country", "reason_start", "reason_end", "shuffle", "skipped", "offline",
	"incognito_mode",
};

static bool match_account(const struct sniff *sniff)
{
	return detect_key(sniff, "endTime") && detect_key(sniff, "artistName") &&
	       detect_key(sniff, "trackName");
}

static bool match_podcasts(const struct sniff *sniff)
{
	return detect_key(sniff, "endTime") && detect_key(sniff, "podcastName");
}

static bool match_extended(const struct sniff *sniff)
{
	return detect_key(sniff, "ts") && detect_key(sniff, "ms_played") &&
	       (detect_key(sniff, "master_metadata_track_name") ||
		detect_key(sniff, "episode_name"));
}

/* UTC, with or without saying so. False when it cannot be read. */
static bool set_time(struct act *act, struct act_text text)
{
	int16_t zone;
	bool date_only;

	return clock_parse_iso(text.data, text.size, &act->time, &zone, &date_only) && !date_only &&
	       act->time >= -62135596800000LL && act->time <= 253402300799999LL;
}

static void set_duration(struct act *act, struct act_text text)
{
	int64_t ms;

	if (number_whole(text, &ms) && ms >= 0 && ms <= 36525LL * CLOCK_DAY_MS)
		act->duration = ms;
}

static int take_account(struct emit *emit, const struct objects *objects, struct bytes *rest)
{
	char scratch[4][OBJECTS_SCRATCH];
	struct act act;

	(void)rest;
	if (objects_has(objects, "podcastName")) {
		emit_blank_act(&act, ACT_LISTEN, "other");
		act.title = objects_get(objects, "podcastName", scratch[0]);
		act.text = objects_get(objects, "episodeName", scratch[1]);
		act.words = emit_text("podcast");
	} else {
		emit_blank_act(&act, ACT_LISTEN, "music");
		act.title = objects_get(objects, "trackName", scratch[0]);
		act.creator = objects_get(objects, "artistName", scratch[1]);
	}
	if (!set_time(&act, objects_get(objects, "endTime", scratch[2])))
		return emit_skip(emit, "no date");
	set_duration(&act, objects_get(objects, "msPlayed", scratch[3]));
	return emit_act(emit, &act);
}

static int take_extended(struct emit *emit, const struct objects *objects, struct bytes *rest)
{
	char scratch[8][OBJECTS_SCRATCH];
	struct act_text track = objects_get(objects, "master_metadata_track_name", scratch[0]);
	struct act_text show = objects_get(objects, "episode_show_name", scratch[1]);
	struct act_text book = objects_get(objects, "audiobook_title", scratch[2]);
	struct act_text episode = objects_get(objects, "episode_name", scratch[3]);
	struct act act;
	size_t i;

	emit_blank_act(&act, ACT_LISTEN, "music");
	act.title = track;
	act.creator = objects_get(objects, "master_metadata_album_artist_name", scratch[4]);
	act.words = objects_get(objects, "master_metadata_album_album_name", scratch[5]);
	if (track.size == 0 && book.size > 0) {
		act.domain = emit_text("books");
		act.title = book;
		act.text = objects_get(objects, "audiobook_chapter_title", scratch[3]);
	} else if (track.size == 0 && (show.size > 0 || episode.size > 0)) {
		act.domain = emit_text("other");
		act.title = show.size > 0 ? show : episode;
		act.text = episode;
		act.words = emit_text("podcast");
	}
	if (!set_time(&act, objects_get(objects, "ts", scratch[6])))
		return emit_skip(emit, "no date");
	set_duration(&act, objects_get(objects, "ms_played", scratch[7]));
	if (number_is(objects_get(objects, "reason_start", scratch[7]), "autoplay"))
		act.flags |= ACT_NOT_CHOSEN;
	rest_begin(rest);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		rest_put(rest, kept[i], objects_get(objects, kept[i], scratch[7]));
	act.rest = rest_end(rest);
	return emit_act(emit, &act);
}

struct spotify {
	struct emit *emit;
	struct objects objects;
	struct bytes rest;
	int (*take)(struct emit *emit, const struct objects *objects, struct bytes *rest);
};

static int take_object(void *context)
{
	struct spotify *spotify = context;

	return spotify->take(spotify->emit, &spotify->objects, &spotify->rest);
}

static int read_objects(struct reading *reading,
			int (*take)(struct emit *, const struct objects *, struct bytes *))
{
	struct spotify spotify = { .emit = reading->emit, .rest = BYTES_INIT, .take = take };
	int failed;

	objects_open(&spotify.objects, reading->input);
	failed = each_object(reading, &spotify.objects, take_object, &spotify);
	objects_close(&spotify.objects);
	bytes_free(&spotify.rest);
	return failed;
}

static int read_account(struct reading *reading)
{
	return read_objects(reading, take_account);
}

static int read_extended(struct reading *reading)
{
	return read_objects(reading, take_extended);
}

static const struct reader_about spotify_account_about = {
	"StreamingHistory*.json",
	"listen",
	"endTime, artistName, trackName, msPlayed",
	NULL,
	"the album; whether it was chosen"
};
const struct reader spotify_account = {
	"spotify", "Spotify: account data and extended streaming history", match_account, NULL,
	read_account,
	&spotify_account_about
};
static const struct reader_about spotify_podcasts_about = {
	"StreamingHistory_podcast*.json",
	"listen",
	"endTime, podcastName, episodeName, msPlayed",
	NULL,
	""
};
const struct reader spotify_podcasts = {
	"spotify", "Spotify: podcasts of the account data", match_podcasts, NULL, read_account,
	&spotify_podcasts_about
};
static const char *const spotify_extended_dropped[] = {
	"ip_addr", "ip_addr_decrypted", "username", "user_agent_decrypted", "platform",
	"offline_timestamp", NULL,
};
static const struct reader_about spotify_extended_about = {
	"Streaming_History_Audio*.json, endsong*.json",
	"listen",
	"ts, ms_played, track, artist, album, episode, audiobook; rest: URIs, "
	"country, reasons, shuffle, skipped, offline, incognito",
	spotify_extended_dropped,
	"whether anybody listened"
};
const struct reader spotify_extended = {
	"spotify", "Spotify: extended streaming history", match_extended, NULL, read_extended,
	&spotify_extended_about
};
