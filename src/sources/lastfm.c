/* Last.fm scrobbles. `uts` (seconds since 1970) is the time to trust; utc_time is for people. */
#include "lastfm.h"

#include "sources/detect.h"
#include "sources/number.h"
#include "sources/rest.h"

enum { UTS, ARTIST, TRACK, ALBUM, ARTIST_ID, ALBUM_ID, TRACK_ID, COLUMNS };

static const char *const names[COLUMNS] = {
	"uts", "artist", "track", "album", "artist_mbid", "album_mbid", "track_mbid",
};

static bool match(const struct sniff *sniff)
{
	return detect_column(sniff, "uts") && detect_column(sniff, "artist") &&
	       detect_column(sniff, "track");
}

static int take_row(struct emit *emit, const struct csv *csv, const int *columns,
		    struct bytes *rest)
{
	struct act act;
	int64_t seconds;
	int i;

	emit_blank_act(&act, ACT_LISTEN, "music");
	/* A track that is playing while the export is made has no time yet. */
	if (!number_whole(number_trim(csv_get(csv, columns[UTS])), &seconds) || seconds <= 0 ||
	    seconds > 253402300799LL)
		return emit_skip(emit, "no date");
	act.time = seconds * 1000;
	act.title = csv_get(csv, columns[TRACK]);
	act.creator = csv_get(csv, columns[ARTIST]);
	act.words = csv_get(csv, columns[ALBUM]);
	rest_begin(rest);
	for (i = ARTIST_ID; i < COLUMNS; i++)
		rest_put(rest, names[i], csv_get(csv, columns[i]));
	act.rest = rest_end(rest);
	return emit_act(emit, &act);
}

static int read_scrobbles(struct reading *reading)
{
	struct bytes rest = BYTES_INIT;
	enum csv_result result;
	int columns[COLUMNS], failed, i;
	struct csv csv;
	bool found;

	csv_open(&csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&csv, &found);
	for (i = 0; i < COLUMNS; i++)
		columns[i] = csv_column(&csv, names[i]);
	while (failed == 0) {
		failed = csv_next(&csv, &result);
		if (failed != 0 || result == CSV_END)
			break;
		failed = emit_row(reading->emit);
		if (failed == 0)
			failed = result == CSV_BAD ? emit_skip(reading->emit, csv.why) :
				 take_row(reading->emit, &csv, columns, &rest);
	}
	csv_close(&csv);
	bytes_free(&rest);
	return failed;
}

static const char *const lastfm_scrobbles_dropped[] = {
	"utc_time", NULL,
};
static const struct reader_about lastfm_scrobbles_about = {
	"CSV with uts",
	"listen",
	"uts, artist, album, track; rest: MusicBrainz ids",
	lastfm_scrobbles_dropped,
	"how long; skips"
};
const struct reader lastfm_scrobbles = {
	"lastfm", "Last.fm: scrobbles (CSV)", match, NULL, read_scrobbles,
	&lastfm_scrobbles_about
};
