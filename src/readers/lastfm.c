/* Last.fm. There is no export; this is the table that the usual exporters write. */
#include "lastfm.h"

#include "readers/detect.h"
#include "readers/sheet.h"

static bool match(const struct sniff *sniff)
{
	static const char *const needed[] = { "uts", "artist", "track", NULL };

	return detect_columns(sniff, needed);
}

static int take(struct sheet *sheet)
{
	static const char *const kept[] = { "artist_mbid", "album_mbid", "track_mbid", NULL };
	struct act act;

	emit_blank_act(&act, ACT_LISTEN, "music");
	act.title = sheet_get(sheet, "track");
	act.creator = sheet_get(sheet, "artist");
	act.words = sheet_get(sheet, "album");
	sheet_keep(sheet, &act, kept);
	/* a track that is playing while the export is made has no time yet: skipped, "no date" */
	return sheet_act(sheet, &act, sheet_get(sheet, "uts"));
}

static int read_scrobbles(struct reading *reading)
{
	return sheet_table(reading, 0, take);
}

static const char *const dropped[] = { "utc_time", NULL };
static const struct reader_about about = {
	"CSV with uts", "listen", "uts, artist, album, track; rest: MusicBrainz ids", dropped,
	"how long; skips"
};
const struct reader lastfm_scrobbles = {
	"lastfm", "Last.fm: scrobbles (CSV)", match, NULL, read_scrobbles, &about
};
