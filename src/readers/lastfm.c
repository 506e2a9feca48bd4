/* Last.fm scrobbles. `uts` (seconds since 1970) is the time to trust; utc_time is for people. */
#include "lastfm.h"

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"

enum { UTS, ARTIST, TRACK, ALBUM, ARTIST_ID, ALBUM_ID, TRACK_ID, COLUMNS };

static const char *const names[COLUMNS] = {
	"uts", "artist", "track", "album", "artist_mbid", "album_mbid", "track_mbid",
};

static bool match(const struct sniff *sniff)
{
	return detect_column(sniff, "uts") && detect_column(sniff, "artist") &&
	       detect_column(sniff, "track");
}

struct scrobbles {
	struct emit *emit;
	struct csv csv;
	int columns[COLUMNS];
	struct bytes rest;
};

static struct act_text cell(const struct scrobbles *file, int column)
{
	return csv_get(&file->csv, file->columns[column]);
}

static int take_row(void *context)
{
	struct scrobbles *file = context;
	struct act act;
	int64_t seconds;
	int i;

	emit_blank_act(&act, ACT_LISTEN, "music");
	/* A track that is playing while the export is made has no time yet. */
	if (!number_whole(number_trim(cell(file, UTS)), &seconds) || seconds <= 0 ||
	    seconds > 253402300799LL)
		return emit_skip(file->emit, "no date");
	act.time = seconds * 1000;
	act.title = cell(file, TRACK);
	act.creator = cell(file, ARTIST);
	act.words = cell(file, ALBUM);
	rest_begin(&file->rest);
	for (i = ARTIST_ID; i < COLUMNS; i++)
		rest_put(&file->rest, names[i], cell(file, i));
	act.rest = rest_end(&file->rest);
	return emit_act(file->emit, &act);
}

static int read_scrobbles(struct reading *reading)
{
	struct scrobbles file = { .emit = reading->emit };
	bool found;
	int failed, i;

	csv_open(&file.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file.csv, &found);
	for (i = 0; i < COLUMNS; i++)
		file.columns[i] = csv_column(&file.csv, names[i]);
	if (failed == 0)
		failed = each_row(reading, &file.csv, take_row, &file);
	csv_close(&file.csv);
	bytes_free(&file.rest);
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
