/*
 * Apple Health. The words of export.xml are the same in every language. Everything goes through in
 * one stream; what phone and watch both counted waits in measures.h. The zone of the dates is the
 * phone's at the time of the export, not that of the day.
 */
#include "apple_health.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/measures.h"
#include "readers/places.h"
#include "readers/track.h"

#define NAME 128

enum way {
	COUNT,		/* several devices may have counted the same */
	SAMPLE,		/* one act per hour */
	ONE		/* each is an act */
};

/* What is read of the quantities, without "HKQuantityTypeIdentifier". */
static const struct kind {
	const char *name, *title;
	enum way way;
} kinds[] = {
	{ "StepCount", "Steps", COUNT },
	{ "DistanceWalkingRunning", "Distance", COUNT },
	{ "DistanceCycling", "Distance cycled", COUNT },
	{ "DistanceSwimming", "Distance swum", COUNT },
	{ "SwimmingStrokeCount", "Swimming strokes", COUNT },
	{ "FlightsClimbed", "Flights climbed", COUNT },
	{ "ActiveEnergyBurned", "Active energy", COUNT },
	{ "AppleExerciseTime", "Exercise time", COUNT },
	{ "HeartRate", "Heart rate", SAMPLE },
	{ "HeartRateVariabilitySDNN", "Heart rate variability", SAMPLE },
	{ "OxygenSaturation", "Oxygen saturation", SAMPLE },
	{ "RespiratoryRate", "Respiratory rate", SAMPLE },
	{ "RestingHeartRate", "Resting heart rate", ONE },
	{ "WalkingHeartRateAverage", "Walking heart rate", ONE },
	{ "VO2Max", "VO2 max", ONE },
	{ "BodyMass", "Body mass", ONE },
	{ "BodyMassIndex", "Body mass index", ONE },
	{ "BodyFatPercentage", "Body fat", ONE },
	{ "Height", "Height", ONE },
};

/* The units that occur, for measures that wait: their texts must stay. */
static const char *const units[] = {
	"count", "km", "m", "mi", "yd", "ft", "kcal", "Cal", "kJ", "min", "s", "ms", "hr",
	"count/min", "%", "",
};

struct apple {
	struct reading *reading;
	struct emit *emit;
	struct measures measures;
	struct track track;
	struct bytes rest;
	struct places_move move;	/* the workout that is open */
	char kind[NAME], source[NAME];	/* its texts */
	bool workout, has_span;
	int inside;			/* correlations that are open */
};

static bool match(const struct sniff *sniff)
{
	return !sniff->json && xml_sniff(sniff->text, sniff->size, "HealthData");
}

/* The text behind a prefix, or an empty one. */
static struct act_text behind(struct act_text text, const char *prefix)
{
	uint32_t size = (uint32_t)strlen(prefix);

	if (text.size < size || memcmp(text.data, prefix, size) != 0)
		return (struct act_text){ "", 0 };
	return (struct act_text){ text.data + size, text.size - size };
}

static bool contains(struct act_text text, const char *word)
{
	return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* The program that wrote a row; devices have people's names in theirs: only their kind is kept. */
static struct act_text source_of(struct apple *apple, const char *const *attributes)
{
	static const char *const devices[] = { "Watch", "iPhone", "iPad", "iPod" };
	struct act_text source = xml_attribute(attributes, "sourceName");
	bool device = contains(source, "\xe2\x80\x99s ") || contains(source, "'s ");
	const char *kind = NULL;
	size_t i;

	if (xml_attribute(attributes, "device").size > 0)
		emit_drop(apple->emit, "device");
	for (i = 0; kind == NULL && i < sizeof(devices) / sizeof(*devices); i++)
		if (contains(source, devices[i]))
			kind = devices[i];
	if (!device && kind == NULL)
		return source;
	emit_drop(apple->emit, "sourceName of a device");
	return emit_text(kind == NULL ? "" : kind);
}

/* A number for the name of a source (FNV-1a, 32 bits). */
static uint32_t number_of(struct act_text text)
{
	uint32_t hash = 2166136261u, i;

	for (i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * 16777619u;
	return hash;
}

static const char *unit_of(struct act_text unit)
{
	size_t i;

	for (i = 0; i + 1 < sizeof(units) / sizeof(*units); i++)
		if (number_is(unit, units[i]))
			break;
	return units[i];
}

/* A number that may have an exponent, in 2^-20. */
static bool fixed(struct act_text text, int64_t *value)
{
	int64_t scaled;

	if (number_fixed(text, value))
		return true;
	if (!number_scaled(text, 9, &scaled) || scaled > 1000000000000LL ||
	    scaled < -1000000000000LL)
		return false;
	*value = scaled * (1 << 20) / 1000000000;
	return true;
}

static int take_sleep(struct apple *apple, const struct places_span *span,
		      const char *const *attributes)
{
	struct act_text stage = behind(xml_attribute(attributes, "value"),
				       "HKCategoryValueSleepAnalysis");
	struct act act;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	act.time = span->start;
	act.zone = span->zone;
	act.duration = span->end - span->start;
	act.title = emit_text(number_is(stage, "InBed") ? "In bed" :
			      number_is(stage, "Awake") ? "Awake in bed" : "Sleep");
	rest_begin(&apple->rest);
	if (!number_is(stage, "InBed") && !number_is(stage, "Awake"))
		rest_put(&apple->rest, "stage", stage);
	rest_put(&apple->rest, "source", source_of(apple, attributes));
	act.rest = rest_end(&apple->rest);
	return emit_act(apple->emit, &act);
}

static int take_quantity(struct apple *apple, const struct places_span *span,
			 const struct kind *kind, const char *const *attributes)
{
	struct act_text source = source_of(apple, attributes);
	struct act_text unit = xml_attribute(attributes, "unit");
	struct measure measure = { span->start, span->end, 0, kind->title, unit_of(unit),
				   number_of(xml_attribute(attributes, "sourceName")), span->zone };
	struct act act;

	if (!fixed(xml_attribute(attributes, "value"), &measure.value))
		return emit_skip(apple->emit, "no value");
	if (kind->way == COUNT)
		return measures_count(&apple->measures, &measure);
	if (kind->way == SAMPLE)
		return measures_sample(&apple->measures, &measure);
	emit_blank_act(&act, ACT_EXERCISE, "health");
	act.time = span->start;
	act.zone = span->zone;
	act.duration = span->end - span->start;
	act.value = measure.value;
	act.title = emit_text(kind->title);
	rest_begin(&apple->rest);
	rest_put(&apple->rest, "unit", unit);
	rest_put(&apple->rest, "source", source);
	act.rest = rest_end(&apple->rest);
	return emit_act(apple->emit, &act);
}

static bool span_of(const char *const *attributes, struct places_span *span)
{
	return places_span(xml_attribute(attributes, "startDate"),
			   xml_attribute(attributes, "endDate"), span);
}

static int take_record(struct apple *apple, const char *const *attributes)
{
	struct act_text type = xml_attribute(attributes, "type");
	struct act_text name = behind(type, "HKQuantityTypeIdentifier");
	bool sleep = number_is(type, "HKCategoryTypeIdentifierSleepAnalysis");
	struct places_span span;
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) && !number_is(name, kinds[i].name))
		i++;
	if (apple->inside > 0)
		return emit_skip(apple->emit, "part of a correlation, told again outside of it");
	if (!sleep && i == sizeof(kinds) / sizeof(*kinds))
		return emit_skip(apple->emit, "a kind of measure that is not read");
	if (!span_of(attributes, &span))
		return emit_skip(apple->emit, "no date");
	if (span.end == ACT_NONE)
		span.end = span.start;
	if (span.end < span.start || span.end - span.start > 366 * CLOCK_DAY_MS)
		return emit_skip(apple->emit, span.end < span.start ? "ends before it begins" :
				 "lasts more than a year");
	return sleep ? take_sleep(apple, &span, attributes) :
	       take_quantity(apple, &span, &kinds[i], attributes);
}

/* ---- workouts ---- */

static struct act_text copy(char into[NAME], struct act_text text)
{
	uint32_t size = text.size < NAME ? text.size : 0;

	if (size > 0)
		memcpy(into, text.data, size);
	return (struct act_text){ into, size };
}

/* A length in metres, or ACT_NONE. */
static int64_t metres(struct act_text value, struct act_text unit)
{
	int64_t tenths = number_is(unit, "km") ? 10000000 : number_is(unit, "mi") ? 16093440 :
			 number_is(unit, "m") ? 10000 : number_is(unit, "yd") ? 9144 : 0;
	int64_t millionths;	/* of the unit; `tenths` of a millimetre are one unit */

	if (tenths == 0 || !number_scaled(value, 6, &millionths) || millionths < 0 ||
	    millionths > 500000000000LL)
		return ACT_NONE;
	return (millionths * tenths + 5000000000LL) / 10000000000LL;
}

static void set_energy(struct apple *apple, struct act_text value)
{
	int64_t energy;

	if (number_scaled(value, 0, &energy))
		apple->move.energy = energy;
}

static void begin_workout(struct apple *apple, const char *const *attributes)
{
	static const struct { const char *unit; int64_t ms; } lengths[] = {
		{ "min", 60000 }, { "s", 1000 }, { "hr", 3600000 },
	};
	struct places_move *move = &apple->move;
	int64_t length;
	size_t i;

	places_move_blank(move);
	apple->workout = true;
	apple->has_span = span_of(attributes, &move->span);
	move->workout = true;
	move->kind = copy(apple->kind, behind(xml_attribute(attributes, "workoutActivityType"),
					      "HKWorkoutActivityType"));
	move->source = copy(apple->source, source_of(apple, attributes));
	move->metres = metres(xml_attribute(attributes, "totalDistance"),
			      xml_attribute(attributes, "totalDistanceUnit"));
	set_energy(apple, xml_attribute(attributes, "totalEnergyBurned"));
	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		if (number_is(xml_attribute(attributes, "durationUnit"), lengths[i].unit) &&
		    number_scaled(xml_attribute(attributes, "duration"), 6, &length) &&
		    length >= 0 && length < 1000000000000LL)
			move->duration = (length * (lengths[i].ms / 1000) + 500) / 1000;
}

static void take_statistics(struct apple *apple, const char *const *attributes)
{
	struct act_text name = behind(xml_attribute(attributes, "type"),
				      "HKQuantityTypeIdentifier");
	struct act_text sum = xml_attribute(attributes, "sum");

	if (name.size > 8 && memcmp(name.data, "Distance", 8) == 0)
		apple->move.metres = metres(sum, xml_attribute(attributes, "unit"));
	if (number_is(name, "ActiveEnergyBurned"))
		set_energy(apple, sum);
}

static int end_workout(struct apple *apple)
{
	apple->workout = false;
	if (!apple->has_span)
		return emit_skip(apple->emit, "no date");
	return places_move(apple->emit, &apple->move, &apple->rest);
}

static int take_location(struct apple *apple, const char *const *attributes)
{
	int64_t time, accuracy;
	struct geo point;
	int16_t zone;

	if (!geo_time(xml_attribute(attributes, "date"), &time, &zone))
		return emit_skip(apple->emit, "no date");
	if (!number_scaled(xml_attribute(attributes, "horizontalAccuracy"), 0, &accuracy))
		accuracy = -1;
	geo_degrees(xml_attribute(attributes, "latitude"), xml_attribute(attributes, "longitude"),
		    &point);
	return track_point(&apple->track, time, &point, accuracy);
}

/* A day's rings: minutes of exercise. */
static int take_summary(struct apple *apple, const char *const *attributes)
{
	struct act_text day = xml_attribute(attributes, "dateComponents");
	struct act act;
	int16_t zone;
	bool date_only;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	if (!clock_parse_iso(day.data, day.size, &act.time, &zone, &date_only) || !date_only)
		return emit_skip(apple->emit, "no date");
	act.time += CLOCK_DAY_MS / 2;
	act.flags = ACT_DATE_ONLY;
	act.title = emit_text("Daily activity");
	if (!fixed(xml_attribute(attributes, "appleExerciseTime"), &act.value))
		act.value = ACT_NONE;
	rest_begin(&apple->rest);
	rest_put(&apple->rest, "unit", emit_text("min"));
	rest_put(&apple->rest, "energy", xml_attribute(attributes, "activeEnergyBurned"));
	rest_put(&apple->rest, "energy_unit",
		 xml_attribute(attributes, "activeEnergyBurnedUnit"));
	rest_put(&apple->rest, "stand_hours", xml_attribute(attributes, "appleStandHours"));
	act.rest = rest_end(&apple->rest);
	return emit_act(apple->emit, &act);
}

static int begin(void *context, const char *name, const char *const *attributes)
{
	struct apple *apple = context;
	int failed = 0;

	if (strcmp(name, "Record") == 0) {
		failed = emit_row(apple->emit);
		return failed != 0 ? failed : take_record(apple, attributes);
	}
	if (strcmp(name, "Location") == 0) {
		failed = emit_row(apple->emit);
		return failed != 0 ? failed : take_location(apple, attributes);
	}
	if (strcmp(name, "ActivitySummary") == 0) {
		failed = emit_row(apple->emit);
		return failed != 0 ? failed : take_summary(apple, attributes);
	}
	if (strcmp(name, "Workout") == 0 && !apple->workout) {
		begin_workout(apple, attributes);
		return emit_row(apple->emit);
	}
	if (strcmp(name, "WorkoutStatistics") == 0 && apple->workout)
		take_statistics(apple, attributes);
	if (strcmp(name, "MetadataEntry") == 0)
		emit_drop(apple->emit, "MetadataEntry");
	if (strcmp(name, "Me") == 0)
		emit_drop(apple->emit, "Me");
	apple->inside += strcmp(name, "Correlation") == 0;
	return 0;
}

static int end(void *context, const char *name, struct act_text text)
{
	struct apple *apple = context;

	(void)text;
	apple->inside -= strcmp(name, "Correlation") == 0;
	return strcmp(name, "Workout") == 0 && apple->workout ? end_workout(apple) : 0;
}

static int read_export(struct reading *reading)
{
	struct apple apple = { .reading = reading, .emit = reading->emit, .rest = BYTES_INIT };
	struct xml xml = { &apple, begin, end };
	char why[80];
	int failed;

	measures_init(&apple.measures, reading->emit);
	track_init(&apple.track, reading->emit);
	failed = xml_read(reading->input, &xml, why);
	if (failed == 0 && why[0] != 0)
		emit_note(reading->emit, "%s: read up to there", why);
	if (failed == 0 && apple.workout)
		failed = emit_skip(reading->emit, "a workout that is cut short");
	if (failed == 0)
		failed = measures_end(&apple.measures);
	if (failed == 0)
		failed = track_end(&apple.track);
	if (failed == 0)
		emit_note(reading->emit, "the zone is the phone's when it exported");
	measures_free(&apple.measures);
	track_free(&apple.track);
	bytes_free(&apple.rest);
	return failed;
}

static const char *const dropped[] = {
	"device", "sourceName of a device", "MetadataEntry", "Me", NULL,
};
static const struct reader_about about = {
	"apple_health_export/export.xml",
	"exercise: measures, sleep, workouts; heart rate and other samples as one act per hour "
	"(mean; min, max, n in rest); arrive: the points of a route by the hour",
	"Record: type, startDate, endDate, value; rest: unit, source, sleep stage; Workout: "
	"workoutActivityType, duration, totalDistance, totalEnergyBurned, WorkoutStatistics; "
	"ActivitySummary: dateComponents, appleExerciseTime; rest: energy, stand hours",
	dropped,
	"the time zone of the day; what was counted where phone and watch overlap (the one that "
	"has more is kept)"
};
const struct reader apple_health_export = {
	"apple-health", "Apple Health: export.xml", match, NULL, read_export,
	&about
};
