/*
 * GeoJSON. A point with a time is one of a track, or a visit where it has a name or an end; one
 * without is a saved place, by its name alone (see kml.c). A line is a move; times of its points,
 * where programs write them beside it (coordTimes), make them points of the hours.
 */
#include "geojson.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "readers/detect.h"
#include "readers/places.h"
#include "readers/sheet.h"
#include "readers/track.h"

#define WHERE "coordinates (of a saved place)"

struct geojson {
	struct reading *reading;
	struct emit *emit;
	struct objects objects;
	struct collect collect;
	struct track track;
	struct bytes rest;
	uint64_t undated;
};

static const char *const members[] = { "features", "locations", NULL };

static bool match(const struct sniff *sniff)
{
	return sniff->json && memmem(sniff->text, sniff->size, "\"geometry\"", 10) != NULL &&
	       memmem(sniff->text, sniff->size, "\"Feature\"", 9) != NULL &&
	       (detect_key(sniff, "features") || detect_key(sniff, "locations") ||
		detect_key(sniff, "geometry"));
}

/* The first of some properties that has something in it. */
static struct act_text property(const struct geojson *file, const char *const *names,
				char scratch[OBJECTS_SCRATCH])
{
	struct act_text text = { "", 0 };
	char path[64];

	for (; *names != NULL && text.size == 0; names++) {
		snprintf(path, sizeof(path), "properties.%s", *names);
		text = number_trim(objects_at(&file->objects, path, scratch));
	}
	return text;
}

static bool point_at(const struct geojson *file, const char *path, struct geo *point)
{
	char longer[OBJECTS_PATH], scratch[2][OBJECTS_SCRATCH];
	struct act_text east, north;

	snprintf(longer, sizeof(longer), "%s.0", path);
	east = objects_at(&file->objects, longer, scratch[0]);
	snprintf(longer, sizeof(longer), "%s.1", path);
	north = objects_at(&file->objects, longer, scratch[1]);
	return geo_degrees(north, east, point);
}

static const char *const starts[] = {
	"time", "timestamp", "datetime", "date", "when", "recorded_at", "tracked_at",
	"start_time", "started_at", "startTime", "begin", "time_long", NULL
};
static const char *const ends[] = { "end_time", "finished_at", "ended_at", "endTime", "end", NULL };
static const char *const titles[] = { "name", "title", "Name", "Title", NULL };

static int save_place(struct geojson *file, struct act_text name, struct act_text date)
{
	struct dates_raw raw;
	struct act act;

	if (name.size == 0)
		return emit_skip(file->emit, "no date");
	emit_blank_act(&act, ACT_BOOKMARK, "places");
	act.title = name;
	emit_drop(file->emit, WHERE);
	if (date.size == 0 || !dates_parse(date.data, date.size, &raw)) {
		dates_parse("1970-01-01", 10, &raw);
		file->undated++;
	}
	return collect_add(&file->collect, &act, &raw);
}

static int take_point(struct geojson *file, const struct places_span *span, bool timed)
{
	static const char *const accuracies[] = { "accuracy", "horizontal_accuracy", "acc",
						  "precision", NULL };
	char scratch[3][OBJECTS_SCRATCH];
	struct act_text name = property(file, titles, scratch[0]), none = { "", 0 };
	struct geo point;
	int64_t metres;

	if (!point_at(file, "geometry.coordinates", &point))
		return emit_skip(file->emit, "no place");
	if (!timed)
		return save_place(file, name, property(file, starts, scratch[1]));
	if (name.size > 0 || span->end != ACT_NONE)
		return places_stay(file->emit, span, &point, name, none, none);
	if (!number_scaled(property(file, accuracies, scratch[2]), 0, &metres) || metres < 0)
		metres = -1;
	return track_point(&file->track, span->start, &point, metres);
}

/* The time of a point of a line, as togeojson writes it, in its older or its newer place. */
static bool time_at(const struct geojson *file, const char *index, int64_t *time, int16_t *zone)
{
	static const char *const places[] = { "coordTimes", "coordinateProperties.times", "times" };
	char path[OBJECTS_PATH], scratch[OBJECTS_SCRATCH];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "properties.%s.%s", places[i], index);
		if (geo_time(objects_at(&file->objects, path, scratch), time, zone))
			return true;
	}
	return false;
}

/* A point of a line that may have a time: a row of its own where it has. */
static int take_coordinate(struct geojson *file, const char *index, struct places_move *move,
			   bool *timed)
{
	char path[96];
	struct geo point;
	int64_t time;
	int16_t zone;
	int failed;

	snprintf(path, sizeof(path), "geometry.coordinates.%s", index);
	if (!point_at(file, path, &point))
		return 0;
	if (!time_at(file, index, &time, &zone)) {
		if (!move->from.known)
			move->from = point;
		move->to = point;
		return 0;
	}
	failed = emit_row(file->emit);
	if (failed != 0)
		return failed;
	if (!*timed || time < move->span.start) {
		move->span.start = time;
		move->span.zone = zone;
		move->from = point;
	}
	if (move->span.end == ACT_NONE || time >= move->span.end) {
		move->span.end = time;
		move->to = point;
	}
	*timed = true;
	return track_point(&file->track, time, &point, -1);
}

static int take_line(struct geojson *file, const struct places_span *span, bool timed, bool many)
{
	static const char *const kinds[] = { "type", "activity", "activityType", "sport", NULL };
	size_t parts = many ? objects_count(&file->objects, "geometry.coordinates") : 1, i, j;
	char path[64], index[48], scratch[OBJECTS_SCRATCH];
	struct places_move move;
	int failed = 0;

	places_move_blank(&move);
	if (timed)
		move.span = *span;
	for (i = 0; i < parts && failed == 0; i++) {
		size_t points;

		snprintf(path, sizeof(path), many ? "geometry.coordinates.%zu" :
			 "geometry.coordinates", i);
		points = objects_count(&file->objects, path);
		for (j = 0; j < points && failed == 0; j++) {
			if (many)
				snprintf(index, sizeof(index), "%zu.%zu", i, j);
			else
				snprintf(index, sizeof(index), "%zu", j);
			failed = take_coordinate(file, index, &move, &timed);
		}
	}
	if (failed != 0)
		return failed;
	if (!timed)
		return emit_skip(file->emit, "no date");
	move.kind = property(file, kinds, scratch);
	return places_move(file->emit, &move, &file->rest);
}

static int take_feature(void *context)
{
	struct geojson *file = context;
	char scratch[3][OBJECTS_SCRATCH];
	struct act_text shape = objects_at(&file->objects, "geometry.type", scratch[0]);
	struct places_span span = { 0, ACT_NONE, ACT_ZONE_UNKNOWN };
	bool timed = places_span(property(file, starts, scratch[1]),
				 property(file, ends, scratch[2]), &span);

	if (number_is(shape, "Point"))
		return take_point(file, &span, timed);
	if (number_is(shape, "LineString"))
		return take_line(file, &span, timed, false);
	if (number_is(shape, "MultiLineString"))
		return take_line(file, &span, timed, true);
	return emit_skip(file->emit, shape.size == 0 ? "no place" : "an area, or several points");
}

static int read_features(struct reading *reading)
{
	static const struct collect_how how = { DATES_YMD, "", false };
	struct geojson file = { .reading = reading, .emit = reading->emit };
	const struct sniff *sniff = reading->sniff;
	int failed;

	track_init(&file.track, reading->emit);
	collect_init(&file.collect, reading->error);
	if (detect_key(sniff, "features") || detect_key(sniff, "locations"))
		objects_open_members(&file.objects, reading->input, members);
	else
		objects_open(&file.objects, reading->input);
	failed = each_object(reading, &file.objects, take_feature, &file);
	objects_close(&file.objects);
	if (failed == 0)
		failed = track_end(&file.track);
	if (file.undated > 0)
		emit_note(reading->emit, "places without a date are kept as 1970-01-01, in their "
			  "order");
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &how);
	collect_free(&file.collect);
	track_free(&file.track);
	bytes_free(&file.rest);
	return failed;
}

static const char *const dropped[] = {
	"properties.device_id", "properties.deviceId", "properties.tracker_id", "properties.tid",
	"properties.topic", "properties.wifi", "properties.ssid", "properties.bssid",
	"properties.address", "properties.description", "properties.desc", "properties.raw_data",
	WHERE, NULL
};
static const struct reader_about about = {
	"*.geojson",
	"bookmark (places without a time); arrive (places with a name and a time; the points of an "
	"hour in one act); exercise, depart (lines)",
	"geometry: Point, LineString, MultiLineString; properties: name or title, time (under "
	"twelve names), end_time, accuracy, type, coordTimes",
	dropped,
	"how a line without a type was made (kept as \"Move\")"
};
const struct reader geojson_features = {
	"geojson", "GeoJSON: places and tracks", match, NULL, read_features, &about
};
