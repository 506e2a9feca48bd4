/*
 * OwnTracks: lines of a time, a tab, a kind, a tab and an object; older ones have blanks for tabs.
 * Locations go to the hours (track.h); names of networks, the battery and what device it was stay
 * out.
 */
#include "owntracks.h"

#include <string.h>

#include "formats/number.h"
#include "readers/each.h"
#include "readers/track.h"

struct owntracks {
	struct emit *emit;
	struct objects objects;
	struct track track;
};

static bool match(const struct sniff *sniff)
{
	const char *end = memchr(sniff->text, '\n', sniff->size);
	size_t size = end == NULL ? sniff->size : (size_t)(end - sniff->text);

	return !sniff->json && (memmem(sniff->text, size, "\t{", 2) != NULL ||
				memmem(sniff->text, size, " {", 2) != NULL) &&
	       memmem(sniff->text, size, "\"_type\"", 7) != NULL;
}

static int take(void *context)
{
	struct owntracks *owntracks = context;
	const struct objects *objects = &owntracks->objects;
	char scratch[2][OBJECTS_SCRATCH];
	int64_t time, accuracy;
	struct geo point;
	int16_t zone;

	if (!number_is(objects_get(objects, "_type", scratch[0]), "location"))
		return emit_skip(owntracks->emit, "not a location");
	if (!geo_time(objects_get(objects, "tst", scratch[0]), &time, &zone))
		return emit_skip(owntracks->emit, "no date");
	if (!number_scaled(objects_get(objects, "acc", scratch[0]), 0, &accuracy))
		accuracy = -1;
	geo_degrees(objects_get(objects, "lat", scratch[0]),
		    objects_get(objects, "lon", scratch[1]), &point);
	return track_point(&owntracks->track, time, &point, accuracy);
}

/* Gives the objects of the lines as if nothing stood before them: `from` of the walker's input. */
struct lines {
	struct input *input;
	bool inside;		/* behind the bracket that begins the line's object */
};

static int read_lines(void *context, void *out, size_t size, size_t *got)
{
	struct lines *lines = context;
	char *to = out;
	bool more = true;

	*got = 0;
	while (*got < size) {
		struct input *input = lines->input;
		char c;

		if (input_size(input) == 0) {
			int failed = input_more(input, &more);

			if (failed != 0)
				return failed;
			if (!more)
				return 0;
			continue;
		}
		c = *input_text(input);
		input->at++;
		lines->inside = c == '\n' ? false : lines->inside || c == '{';
		if (lines->inside || c == '\n')
			to[(*got)++] = c;
	}
	return 0;
}

static int read_records(struct reading *reading)
{
	struct owntracks owntracks = { .emit = reading->emit };
	struct lines lines = { reading->input, false };
	struct input_from from = { read_lines, &lines };
	struct input input;
	int failed = input_open(&input, &from, reading->error);

	track_init(&owntracks.track, reading->emit);
	objects_open(&owntracks.objects, &input);
	if (failed == 0)
		failed = each_object(reading, &owntracks.objects, take, &owntracks);
	if (failed == 0)
		failed = track_end(&owntracks.track);
	objects_close(&owntracks.objects);
	track_free(&owntracks.track);
	input_close(&input);
	return failed;
}

static const char *const dropped[] = {
	"topic", "tid", "SSID", "BSSID", "batt", "conn", "inregions", "inrids", "desc", "addr",
	NULL,
};
static const struct reader_about about = {
	"*.rec",
	"arrive: the points of an hour in one act",
	"tst, lat, lon, acc",
	dropped,
	"the time zone; what the places are"
};
const struct reader owntracks_records = {
	"owntracks", "OwnTracks: the recorder's files", match, NULL, read_records, &about
};
