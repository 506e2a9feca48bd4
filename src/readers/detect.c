/* Recognising exports; see detect.h. Readers are asked in the order of the table. */
#include "detect.h"

#include <string.h>

#include "formats/objects.h"
#include "readers/amazon.h"
#include "readers/anime.h"
#include "readers/apple_health.h"
#include "readers/bookmarks.h"
#include "readers/facebook.h"
#include "readers/feed.h"
#include "readers/fitbit.h"
#include "readers/gadgetbridge.h"
#include "readers/geojson.h"
#include "readers/goodreads.h"
#include "readers/google_activity.h"
#include "readers/google_chrome.h"
#include "readers/google_fit.h"
#include "readers/google_location.h"
#include "readers/google_places.h"
#include "readers/google_play.h"
#include "readers/gpx.h"
#include "readers/ics.h"
#include "readers/instagram.h"
#include "readers/kml.h"
#include "readers/lastfm.h"
#include "readers/letterboxd.h"
#include "readers/lifelog.h"
#include "readers/movielens.h"
#include "readers/netflix.h"
#include "readers/opml.h"
#include "readers/owntracks.h"
#include "readers/plain.h"
#include "readers/schema.h"
#include "readers/screens.h"
#include "readers/shelves.h"
#include "readers/spotify.h"
#include "readers/swarm.h"
#include "readers/twitter.h"

/* More special ones first; the plain reader takes what is left. */
static const struct reader *const table[] = {
	&netflix_short, &netflix_full, &netflix_ratings,
	&letterboxd_reviews, &letterboxd_diary, &letterboxd_ratings,
	&letterboxd_watched,
	&movielens_ratings, &movielens_movies, &movielens_site,
	&goodreads_library, &shelves_storygraph, &shelves_librarything, &shelves_calibre,
	&shelves_openlibrary, &shelves_bookwyrm,
	&screens_imdb, &screens_tmdb, &screens_trakt, &screens_steam,
	&anime_myanimelist, &anime_anilist,
	&amazon_orders,
	&instagram_files, &facebook_files,
	&twitter_archive, &swarm_checkins, &schema_export, &opml_subscriptions, &lifelog_tables,
	&ics_calendar, &feed_xml, &feed_json, &bookmarks_html,
	&spotify_extended, &spotify_account, &spotify_podcasts,
	&lastfm_scrobbles,
	&google_activity, &google_page, &google_chrome, &google_play,
	&google_places, &google_saved, &google_fit_days, &google_fit_quarters,
	&geojson_features, &kml_places,
	&google_location_points, &google_location_history, &google_location_timeline,
	&apple_health_export, &fitbit_files, &gadgetbridge_database,
	&gpx_tracks, &gpx_training,
	&owntracks_records,
	&plain_table, &plain_objects,
	NULL,
};

const struct reader *detect_table(size_t index)
{
	return table[index];
}

bool detect_column(const struct sniff *sniff, const char *name)
{
	return sniff->header != NULL && csv_column(sniff->header, name) >= 0;
}

bool detect_columns(const struct sniff *sniff, const char *const *names)
{
	for (; *names != NULL; names++)
		if (!detect_column(sniff, *names))
			return false;
	return true;
}

bool detect_key(const struct sniff *sniff, const char *key)
{
	return sniff->json && objects_sniff(sniff->text, sniff->size, key);
}

/* The delimiter that occurs most in the first line, outside quotes. */
static char find_delimiter(const char *text, size_t size)
{
	size_t commas = 0, tabs = 0, semicolons = 0, i;
	bool inside = false;

	for (i = 0; i < size && (inside || text[i] != '\n'); i++) {
		inside ^= text[i] == '"';
		commas += !inside && text[i] == ',';
		tabs += !inside && text[i] == '\t';
		semicolons += !inside && text[i] == ';';
	}
	if (tabs > 0 && tabs >= commas && tabs >= semicolons)
		return '\t';
	if (semicolons > commas)
		return ';';
	return commas > 0 ? ',' : 0;
}

static bool looks_like_json(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && strchr(" \t\r\n[", text[i]) != NULL && text[i] != 0)
		i++;
	return i < size && text[i] == '{';
}

/* The first line as names, read from the window without moving it. */
static int read_header(const struct sniff *sniff, struct csv *header, bool *found)
{
	struct input_memory memory = { (const uint8_t *)sniff->text, sniff->size, 0 };
	struct input_from from = { input_read_memory, &memory };
	struct error ignored;
	struct input input;
	int result;

	*found = false;
	result = input_open(&input, &from, &ignored);
	if (result == 0) {
		csv_open(header, &input, sniff->delimiter == 0 ? ',' : sniff->delimiter, true);
		result = csv_header(header, found);
	}
	input_close(&input);
	header->input = NULL;
	return result;
}

int detect_reader(struct input *input, const char *name, struct csv *header, struct sniff *sniff,
		  const struct reader **reader)
{
	bool more, found;
	size_t i;
	int result;

	*reader = NULL;
	result = input_more(input, &more);
	if (result != 0)
		return result;
	memset(sniff, 0, sizeof(*sniff));
	sniff->name = name;
	sniff->text = input_text(input);
	sniff->size = input_size(input);
	sniff->json = looks_like_json(sniff->text, sniff->size);
	if (!sniff->json)
		sniff->delimiter = find_delimiter(sniff->text, sniff->size);
	result = read_header(sniff, header, &found);
	if (result != 0)
		return error_memory(input->error);
	if (found && !sniff->json)
		sniff->header = header;
	for (i = 0; table[i] != NULL; i++)
		if (table[i]->match(sniff)) {
			*reader = table[i];
			break;
		}
	return 0;
}
