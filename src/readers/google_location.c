/*
 * Google location history in its four shapes. Points become tracks (track.h), visits stays, and
 * activity segments moves (places.h). What Google guesses of activities beside the points, radio
 * networks around the phone and addresses stay out.
 */
#include "google_location.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/places.h"
#include "readers/track.h"

#define PATH_POINTS 100000	/* of one timelinePath */

struct google {
	struct reading *reading;
	struct emit *emit;
	struct objects objects;
	struct track track;
	struct bytes rest;
};

static struct act_text at(const struct google *google, const char *path,
			  char scratch[OBJECTS_SCRATCH])
{
	return objects_at(&google->objects, path, scratch);
}

/* The text at the first path of two that has one. */
static struct act_text either(const struct google *google, const char *first, const char *second,
			      char scratch[OBJECTS_SCRATCH])
{
	struct act_text text = at(google, first, scratch);

	return text.size > 0 ? text : at(google, second, scratch);
}

static int64_t metres_at(const struct google *google, const char *first, const char *second)
{
	char scratch[OBJECTS_SCRATCH];
	int64_t metres;

	return number_scaled(either(google, first, second, scratch), 0, &metres) && metres >= 0 ?
	       metres : ACT_NONE;
}

static bool point_at(const struct google *google, const char *latitude, const char *longitude,
		     struct geo *point)
{
	char scratch[2][OBJECTS_SCRATCH];

	return geo_whole(at(google, latitude, scratch[0]), at(google, longitude, scratch[1]),
			 point);
}

/* ---- Records.json ---- */

static bool match_points(const struct sniff *sniff)
{
	return detect_key(sniff, "locations") &&
	       memmem(sniff->text, sniff->size, "\"latitudeE7\"", 12) != NULL;
}

static int take_point(void *context)
{
	struct google *google = context;
	char scratch[OBJECTS_SCRATCH];
	int64_t time, accuracy = -1;
	struct geo point;
	int16_t zone;

	if (!geo_time(either(google, "timestamp", "timestampMs", scratch), &time, &zone))
		return emit_skip(google->emit, "no date");
	if (!point_at(google, "latitudeE7", "longitudeE7", &point))
		return emit_skip(google->emit, "no place");
	if (!number_scaled(at(google, "accuracy", scratch), 0, &accuracy))
		accuracy = -1;
	return track_point(&google->track, time, &point, accuracy);
}

/* ---- Semantic Location History ---- */

static bool match_history(const struct sniff *sniff)
{
	return detect_key(sniff, "timelineObjects");
}

static struct act_text keep(struct google *google, const char *const (*kept)[2])
{
	char scratch[OBJECTS_SCRATCH];

	rest_begin(&google->rest);
	for (; (*kept)[0] != NULL; kept++)
		rest_put(&google->rest, (*kept)[0], at(google, (*kept)[1], scratch));
	return rest_end(&google->rest);
}

static int take_visit(struct google *google)
{
	static const char *const kept[][2] = {
		{ "placeId", "placeVisit.location.placeId" },
		{ "confidence", "placeVisit.placeConfidence" },
		{ NULL, NULL },
	};
	char scratch[2][OBJECTS_SCRATCH];
	struct places_span span;
	struct geo point;

	if (!places_span(either(google, "placeVisit.duration.startTimestamp",
				"placeVisit.duration.startTimestampMs", scratch[0]),
			 either(google, "placeVisit.duration.endTimestamp",
				"placeVisit.duration.endTimestampMs", scratch[1]), &span))
		return emit_skip(google->emit, "no date");
	if (!point_at(google, "placeVisit.location.latitudeE7", "placeVisit.location.longitudeE7",
		      &point))
		point_at(google, "placeVisit.centerLatE7", "placeVisit.centerLngE7", &point);
	return places_stay(google->emit, &span, &point,
			   at(google, "placeVisit.location.name", scratch[0]),
			   at(google, "placeVisit.location.semanticType", scratch[1]),
			   keep(google, kept));
}

static int take_segment(struct google *google)
{
	char scratch[3][OBJECTS_SCRATCH];
	struct places_move move;

	places_move_blank(&move);
	if (!places_span(either(google, "activitySegment.duration.startTimestamp",
				"activitySegment.duration.startTimestampMs", scratch[0]),
			 either(google, "activitySegment.duration.endTimestamp",
				"activitySegment.duration.endTimestampMs", scratch[1]),
			 &move.span))
		return emit_skip(google->emit, "no date");
	/* Where Google did not decide, its guesses come with a probability of nought. */
	move.kind = at(google, "activitySegment.activityType", scratch[2]);
	move.metres = metres_at(google, "activitySegment.distance",
				"activitySegment.waypointPath.distanceMeters");
	point_at(google, "activitySegment.startLocation.latitudeE7",
		 "activitySegment.startLocation.longitudeE7", &move.from);
	point_at(google, "activitySegment.endLocation.latitudeE7",
		 "activitySegment.endLocation.longitudeE7", &move.to);
	return places_move(google->emit, &move, &google->rest);
}

static int take_history(void *context)
{
	struct google *google = context;

	if (objects_has(&google->objects, "placeVisit"))
		return take_visit(google);
	if (objects_has(&google->objects, "activitySegment"))
		return take_segment(google);
	return emit_skip(google->emit, "neither a visit nor an activity");
}

/* ---- the phone's own export ---- */

static bool match_timeline(const struct sniff *sniff)
{
	if (detect_key(sniff, "semanticSegments") || detect_key(sniff, "rawSignals"))
		return true;
	return detect_key(sniff, "startTime") &&
	       (detect_key(sniff, "visit") || detect_key(sniff, "activity") ||
		detect_key(sniff, "timelinePath") || detect_key(sniff, "timelineMemory"));
}

static bool segment_span(const struct google *google, struct places_span *span)
{
	char scratch[2][OBJECTS_SCRATCH];
	int64_t zone;

	if (!places_span(at(google, "startTime", scratch[0]), at(google, "endTime", scratch[1]),
			 span))
		return false;
	if (number_whole(at(google, "startTimeTimezoneUtcOffsetMinutes", scratch[0]), &zone) &&
	    zone >= -18 * 60 && zone <= 18 * 60)
		span->zone = (int16_t)zone;
	return true;
}

static int take_stay(struct google *google)
{
	static const char *const kept[][2] = {
		{ "placeId", "visit.topCandidate.placeId" },
		{ "placeId", "visit.topCandidate.placeID" },	/* iOS */
		{ "hierarchyLevel", "visit.hierarchyLevel" },
		{ "probability", "visit.probability" },
		{ NULL, NULL },
	};
	char scratch[2][OBJECTS_SCRATCH];
	struct act_text none = { "", 0 };
	struct places_span span;
	struct geo point;

	if (!segment_span(google, &span))
		return emit_skip(google->emit, "no date");
	geo_pair(either(google, "visit.topCandidate.placeLocation.latLng",
			"visit.topCandidate.placeLocation", scratch[0]), &point);
	return places_stay(google->emit, &span, &point, none,
			   at(google, "visit.topCandidate.semanticType", scratch[1]),
			   keep(google, kept));
}

static int take_activity(struct google *google)
{
	char scratch[2][OBJECTS_SCRATCH];
	struct places_move move;

	places_move_blank(&move);
	if (!segment_span(google, &move.span))
		return emit_skip(google->emit, "no date");
	move.kind = at(google, "activity.topCandidate.type", scratch[0]);
	move.metres = metres_at(google, "activity.distanceMeters", "activity.distance");
	geo_pair(either(google, "activity.start.latLng", "activity.start", scratch[1]), &move.from);
	geo_pair(either(google, "activity.end.latLng", "activity.end", scratch[1]), &move.to);
	return places_move(google->emit, &move, &google->rest);
}

/* The time of a point of a path: its own, or minutes since the start of the segment. */
static bool path_time(const struct google *google, size_t index, int64_t start, int64_t *time)
{
	char path[64], scratch[OBJECTS_SCRATCH];
	int64_t minutes;
	int16_t zone;

	snprintf(path, sizeof(path), "timelinePath.%zu.time", index);
	if (geo_time(at(google, path, scratch), time, &zone))
		return true;
	snprintf(path, sizeof(path), "timelinePath.%zu.durationMinutesOffsetFromStartTime", index);
	if (start == ACT_NONE || !number_whole(at(google, path, scratch), &minutes) ||
	    minutes < 0 || minutes > 60 * 24 * 366)
		return false;
	*time = start + minutes * 60000;
	return true;
}

/* A path of n points is n rows; the first is counted already. */
static int take_path(struct google *google)
{
	size_t count = objects_count(&google->objects, "timelinePath"), i;
	char path[64], scratch[OBJECTS_SCRATCH];
	struct places_span span;
	struct geo point;
	int failed = 0;
	int64_t time;

	if (!segment_span(google, &span))
		span.start = ACT_NONE;
	if (count == 0 || count > PATH_POINTS)
		return emit_skip(google->emit, count == 0 ? "a path without points" :
				 "a path of too many points");
	for (i = 0; i < count && failed == 0; i++) {
		if (i > 0)
			failed = emit_row(google->emit);
		snprintf(path, sizeof(path), "timelinePath.%zu.point", i);
		if (failed == 0 && !path_time(google, i, span.start, &time))
			failed = emit_skip(google->emit, "no date");
		else if (failed == 0) {
			geo_pair(at(google, path, scratch), &point);
			failed = track_point(&google->track, time, &point, -1);
		}
	}
	return failed;
}

static int take_signal(struct google *google)
{
	char scratch[OBJECTS_SCRATCH];
	int64_t time, accuracy;
	struct geo point;
	int16_t zone;

	if (!objects_has(&google->objects, "position"))
		return emit_skip(google->emit, "a signal that is no position");
	if (!geo_time(at(google, "position.timestamp", scratch), &time, &zone))
		return emit_skip(google->emit, "no date");
	if (!number_scaled(at(google, "position.accuracyMeters", scratch), 0, &accuracy))
		accuracy = -1;
	geo_pair(either(google, "position.LatLng", "position.latLng", scratch), &point);
	return track_point(&google->track, time, &point, accuracy);
}

static int take_timeline(void *context)
{
	struct google *google = context;

	if (strcmp(google->objects.member, "rawSignals") == 0)
		return take_signal(google);
	if (objects_has(&google->objects, "visit"))
		return take_stay(google);
	if (objects_has(&google->objects, "activity"))
		return take_activity(google);
	if (objects_has(&google->objects, "timelinePath"))
		return take_path(google);
	return emit_skip(google->emit, "neither a visit, a move nor a path");
}

static int read_members(struct reading *reading, const char *const *wanted,
			int (*take)(void *context))
{
	struct google google = { .reading = reading, .emit = reading->emit, .rest = BYTES_INIT };
	int failed;

	track_init(&google.track, reading->emit);
	objects_open_members(&google.objects, reading->input, wanted);
	failed = each_object(reading, &google.objects, take, &google);
	if (failed == 0)
		failed = track_end(&google.track);
	objects_close(&google.objects);
	track_free(&google.track);
	bytes_free(&google.rest);
	return failed;
}

static int read_points(struct reading *reading)
{
	static const char *const wanted[] = { "locations", NULL };

	return read_members(reading, wanted, take_point);
}

static int read_history(struct reading *reading)
{
	static const char *const wanted[] = { "timelineObjects", NULL };

	return read_members(reading, wanted, take_history);
}

static int read_timeline(struct reading *reading)
{
	static const char *const wanted[] = { "semanticSegments", "rawSignals", NULL };

	return read_members(reading, wanted, take_timeline);
}

static const char *const points_dropped[] = {
	"deviceTag", "deviceDesignation", "activity", "activeWifiScan", "locationMetadata",
	"altitude", "velocity", "heading", NULL,
};
static const struct reader_about points_about = {
	"Records.json, Location History.json",
	"arrive: the points of an hour in one act",
	"timestamp or timestampMs, latitudeE7, longitudeE7, accuracy",
	points_dropped,
	"the time zone; what the places are"
};
const struct reader google_location_points = {
	"google-location", "Google: location history (points)", match_points, NULL, read_points,
	&points_about
};
static const char *const history_dropped[] = {
	"placeVisit.location.address", "placeVisit.location.sourceInfo",
	"placeVisit.otherCandidateLocations", "placeVisit.childVisits",
	"placeVisit.simplifiedRawPath", "activitySegment.simplifiedRawPath",
	"activitySegment.waypointPath.waypoints", "activitySegment.activities",
	"activitySegment.transitPath", "activitySegment.parkingEvent", NULL,
};
static const struct reader_about history_about = {
	"Semantic Location History/YYYY/YYYY_MONTH.json",
	"arrive (visits), exercise (on foot, by bicycle), depart (vehicles)",
	"placeVisit: name, semanticType, coordinates, duration; activitySegment: activityType, "
	"distance, ends, duration; rest: placeId, confidence",
	history_dropped,
	"the time zone; whether Google guessed the place right"
};
const struct reader google_location_history = {
	"google-timeline", "Google: semantic location history", match_history, NULL, read_history,
	&history_about
};
static const char *const timeline_dropped[] = {
	"wifiScan", "activityRecord", "position.source", "position.altitudeMeters",
	"position.speedMetersPerSecond", "timelineMemory", NULL,
};
static const struct reader_about timeline_about = {
	"Timeline.json (Android), location-history.json (iOS)",
	"arrive (visits; the points of an hour in one act), exercise, depart",
	"visit: semanticType, placeLocation; activity: type, distanceMeters, start, end; "
	"timelinePath, rawSignals.position; rest: placeId, hierarchyLevel, probability",
	timeline_dropped,
	"the names of places; whether Google guessed the place right"
};
const struct reader google_location_timeline = {
	"google-timeline", "Google: timeline exported by a phone", match_timeline, NULL,
	read_timeline,
	&timeline_about
};
