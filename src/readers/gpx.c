/*
 * GPX and TCX. A track, or an activity, is a move; its points go to the hours (track.h). Way points
 * with a time are visits. Points of a route that was only planned are no acts.
 */
#include "gpx.h"

#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/places.h"
#include "readers/track.h"

#define NAME 256

struct gpx {
	struct emit *emit;
	struct track track;
	struct bytes rest;
	struct places_move move;	/* the track or activity that is open */
	bool moving, at_point, at_visit, lap;
	struct geo point;
	int64_t time;			/* of the point, ACT_NONE */
	int16_t zone;
	char kind[NAME], name[NAME], latitude[32];
	uint32_t name_size, latitude_size;
	int64_t metres;			/* of the laps, in millimetres, or ACT_NONE */
	int64_t calories, length;
};

static bool match_gpx(const struct sniff *sniff)
{
	return !sniff->json && xml_sniff(sniff->text, sniff->size, "gpx");
}

static bool match_tcx(const struct sniff *sniff)
{
	return !sniff->json && xml_sniff(sniff->text, sniff->size, "TrainingCenterDatabase");
}

static struct act_text copy(char *into, size_t max, struct act_text text)
{
	uint32_t size = text.size <= max ? text.size : 0;

	if (size > 0)
		memcpy(into, text.data, size);
	return (struct act_text){ into, size };
}

static void begin_move(struct gpx *gpx, bool workout)
{
	places_move_blank(&gpx->move);
	gpx->move.workout = workout;
	gpx->move.span.start = ACT_NONE;
	gpx->moving = true;
	gpx->metres = gpx->calories = gpx->length = ACT_NONE;
}

static void begin_point(struct gpx *gpx)
{
	gpx->time = ACT_NONE;
	gpx->zone = ACT_ZONE_UNKNOWN;
	gpx->point = (struct geo){ 0, 0, false };
	gpx->latitude_size = 0;
	gpx->name_size = 0;
}

static void set_time(struct gpx *gpx, struct act_text text)
{
	if (!geo_time(text, &gpx->time, &gpx->zone))
		gpx->time = ACT_NONE;
}

/* A point of a track; it makes the move longer too. */
static int end_point(struct gpx *gpx)
{
	struct places_move *move = &gpx->move;

	if (gpx->time == ACT_NONE)
		return emit_skip(gpx->emit, "no date");
	if (gpx->moving && (move->span.start == ACT_NONE || gpx->time < move->span.start)) {
		move->span.start = gpx->time;
		move->span.zone = gpx->zone;
		move->from.known = false;
	}
	if (gpx->moving && !move->from.known)
		move->from = gpx->point;
	if (gpx->moving && (move->span.end == ACT_NONE || gpx->time >= move->span.end)) {
		move->span.end = gpx->time;
		if (gpx->point.known)
			move->to = gpx->point;
	}
	if (!gpx->point.known)
		return emit_skip(gpx->emit, "no place");
	return track_point(&gpx->track, gpx->time, &gpx->point, -1);
}

static int end_visit(struct gpx *gpx)
{
	struct places_span span = { gpx->time, ACT_NONE, gpx->zone };
	struct act_text none = { "", 0 };

	if (gpx->time == ACT_NONE)
		return emit_skip(gpx->emit, "no date");
	return places_stay(gpx->emit, &span, &gpx->point,
			   (struct act_text){ gpx->name, gpx->name_size }, none, none);
}

static int end_move(struct gpx *gpx)
{
	struct places_move *move = &gpx->move;

	gpx->moving = false;
	if (move->span.start == ACT_NONE)
		return emit_skip(gpx->emit, "no date");
	move->metres = gpx->metres == ACT_NONE ? ACT_NONE : (gpx->metres + 500) / 1000;
	move->energy = gpx->calories;
	move->duration = gpx->length;
	return places_move(gpx->emit, move, &gpx->rest);
}

static int begin_gpx(void *context, const char *name, const char *const *attributes)
{
	struct gpx *gpx = context;

	if (strcmp(name, "trk") == 0 && !gpx->moving) {
		begin_move(gpx, false);
		return emit_row(gpx->emit);
	}
	if ((strcmp(name, "trkpt") != 0 && strcmp(name, "wpt") != 0) || gpx->at_point ||
	    gpx->at_visit)
		return 0;
	begin_point(gpx);
	gpx->at_point = name[0] == 't';
	gpx->at_visit = !gpx->at_point;
	geo_degrees(xml_attribute(attributes, "lat"), xml_attribute(attributes, "lon"),
		    &gpx->point);
	return emit_row(gpx->emit);
}

static int end_gpx(void *context, const char *name, struct act_text text)
{
	struct gpx *gpx = context;
	bool inside = gpx->at_point || gpx->at_visit;

	if (strcmp(name, "time") == 0 && inside)
		set_time(gpx, text);
	else if (strcmp(name, "name") == 0 && gpx->at_visit)
		gpx->name_size = copy(gpx->name, NAME, text).size;
	else if (strcmp(name, "type") == 0 && gpx->moving && !inside)
		gpx->move.kind = copy(gpx->kind, NAME, text);
	if (strcmp(name, "trkpt") == 0 && gpx->at_point) {
		gpx->at_point = false;
		return end_point(gpx);
	}
	if (strcmp(name, "wpt") == 0 && gpx->at_visit) {
		gpx->at_visit = false;
		return end_visit(gpx);
	}
	return strcmp(name, "trk") == 0 && gpx->moving ? end_move(gpx) : 0;
}

/* ---- TCX ---- */

static int begin_tcx(void *context, const char *name, const char *const *attributes)
{
	struct gpx *gpx = context;

	if (strcmp(name, "Activity") == 0 && !gpx->moving) {
		begin_move(gpx, true);
		gpx->move.kind = copy(gpx->kind, NAME, xml_attribute(attributes, "Sport"));
		return emit_row(gpx->emit);
	}
	if (strcmp(name, "Lap") == 0 && gpx->moving) {
		gpx->lap = true;
		if (gpx->move.span.start == ACT_NONE)
			places_span(xml_attribute(attributes, "StartTime"),
				    (struct act_text){ "", 0 }, &gpx->move.span);
	}
	if (strcmp(name, "Trackpoint") != 0 || gpx->at_point)
		return 0;
	begin_point(gpx);
	gpx->at_point = true;
	return emit_row(gpx->emit);
}

/* Adds a number of a lap, in units of 10^-decimals, to a sum that may be ACT_NONE. */
static void add(int64_t *sum, struct act_text text, int decimals)
{
	int64_t value;

	if (number_scaled(text, decimals, &value) && value >= 0 && value < 1LL << 40)
		*sum = *sum == ACT_NONE || *sum > 1LL << 60 ? value : *sum + value;
}

static int end_tcx(void *context, const char *name, struct act_text text)
{
	struct gpx *gpx = context;

	if (gpx->at_point && strcmp(name, "Time") == 0) {
		set_time(gpx, text);
	} else if (gpx->at_point && strcmp(name, "LatitudeDegrees") == 0) {
		gpx->latitude_size = copy(gpx->latitude, sizeof(gpx->latitude), text).size;
	} else if (gpx->at_point && strcmp(name, "LongitudeDegrees") == 0) {
		geo_degrees((struct act_text){ gpx->latitude, gpx->latitude_size }, text,
			    &gpx->point);
	} else if (strcmp(name, "Trackpoint") == 0 && gpx->at_point) {
		gpx->at_point = false;
		return end_point(gpx);
	} else if (gpx->lap && !gpx->at_point && strcmp(name, "DistanceMeters") == 0) {
		add(&gpx->metres, text, 3);
	} else if (gpx->lap && !gpx->at_point && strcmp(name, "TotalTimeSeconds") == 0) {
		add(&gpx->length, text, 3);
	} else if (gpx->lap && !gpx->at_point && strcmp(name, "Calories") == 0) {
		add(&gpx->calories, text, 0);
	} else if (strcmp(name, "Lap") == 0) {
		gpx->lap = false;
	} else if (strcmp(name, "Activity") == 0 && gpx->moving) {
		return end_move(gpx);
	}
	return 0;
}

static int read_with(struct reading *reading,
		     int (*begin)(void *, const char *, const char *const *),
		     int (*end)(void *, const char *, struct act_text))
{
	struct gpx gpx = { .emit = reading->emit, .rest = BYTES_INIT };
	struct xml xml = { &gpx, begin, end };
	char why[80];
	int failed;

	track_init(&gpx.track, reading->emit);
	failed = xml_read(reading->input, &xml, why);
	if (failed == 0 && why[0] != 0)
		emit_note(reading->emit, "%s: read up to there", why);
	if (failed == 0 && (gpx.at_point || gpx.at_visit))
		failed = emit_skip(reading->emit, "a point that is cut short");
	if (failed == 0 && gpx.moving)
		failed = end_move(&gpx);
	if (failed == 0)
		failed = track_end(&gpx.track);
	track_free(&gpx.track);
	bytes_free(&gpx.rest);
	return failed;
}

static int read_gpx(struct reading *reading)
{
	return read_with(reading, begin_gpx, end_gpx);
}

static int read_tcx(struct reading *reading)
{
	return read_with(reading, begin_tcx, end_tcx);
}

static const struct reader_about gpx_about = {
	"*.gpx",
	"exercise, depart (tracks); arrive (way points with a time; the points of an hour in "
	"one act)",
	"trk: type, first and last point; trkpt: lat, lon, time; wpt: lat, lon, time, name",
	NULL,
	"the distance; how a track without a type was made (kept as \"Move\")"
};
const struct reader gpx_tracks = {
	"gpx", "GPX: tracks and way points", match_gpx, NULL, read_gpx, &gpx_about
};
static const struct reader_about tcx_about = {
	"*.tcx",
	"exercise (activities); arrive (the points of an hour in one act)",
	"Activity: Sport; Lap: StartTime, TotalTimeSeconds, DistanceMeters, Calories; Trackpoint: "
	"Time, Position",
	NULL,
	"heart rate and cadence are not read"
};
const struct reader gpx_training = {
	"tcx", "TCX: training", match_tcx, NULL, read_tcx, &tcx_about
};
