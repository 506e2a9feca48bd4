/*
 * Fitbit's export. Steps, heart rates and resting heart rates have the same two keys, and are told
 * apart by the file's name; sleep, exercise and weight by their keys. Steps stand there by the
 * minute and become an act per quarter of an hour, heart rates one per hour.
 */
#include "fitbit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/objects.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/measures.h"
#include "readers/places.h"

#define MINUTE_STEPS 10000		/* more than anybody makes in a minute */
#define SCRATCH 16			/* numbers of a row that still stand */

struct fitbit {
	struct reading *reading;
	struct emit *emit;
	struct objects objects;
	struct measures measures;
	struct bytes rest;
	char scratch[SCRATCH][OBJECTS_SCRATCH];
	unsigned turn;
};

static int take_steps(void *context);
static int take_heart(void *context);
static int take_resting(void *context);
static int take_sleep(void *context);
static int take_exercise(void *context);
static int take_weight(void *context);

static const struct kind {
	const char *name;		/* begins with it; or NULL */
	const char *keys[4];		/* ends with NULL */
	int (*take)(void *context);
} kinds[] = {
	{ "steps-", { "dateTime", "value" }, take_steps },
	{ "heart_rate-", { "dateTime", "value" }, take_heart },
	{ "resting_heart_rate-", { "dateTime", "value" }, take_resting },
	{ NULL, { "dateOfSleep", "minutesAsleep", "startTime" }, take_sleep },
	{ NULL, { "logId", "activityName", "startTime" }, take_exercise },
	{ NULL, { "logId", "weight", "bmi" }, take_weight },
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static size_t find(const struct sniff *sniff)
{
	const char *base = strrchr(sniff->name, '/');
	size_t i, j;

	base = base == NULL ? sniff->name : base + 1;
	for (i = 0; i < KINDS; i++) {
		if (kinds[i].name != NULL &&
		    strncmp(base, kinds[i].name, strlen(kinds[i].name)) != 0)
			continue;
		for (j = 0; kinds[i].keys[j] != NULL && detect_key(sniff, kinds[i].keys[j]); j++)
			;
		if (kinds[i].keys[j] == NULL)
			break;
	}
	return i;
}

static bool match(const struct sniff *sniff)
{
	return sniff->json && find(sniff) < KINDS;
}

static struct act_text get(struct fitbit *fitbit, const char *path)
{
	fitbit->turn = (fitbit->turn + 1) % SCRATCH;
	return number_trim(objects_at(&fitbit->objects, path, fitbit->scratch[fitbit->turn]));
}

/* "01/31/21 08:05:00", always month first, or ISO. No zone is written. */
static bool time_of(struct act_text text, int64_t *ms)
{
	char room[40];
	bool date_only;
	int16_t zone;

	if (text.size == 17 && text.data[2] == '/' && text.data[5] == '/') {
		snprintf(room, sizeof(room), "20%.2s-%.2s-%.2sT%.8s", text.data + 6, text.data,
			 text.data + 3, text.data + 9);
		text = emit_text(room);
	}
	return clock_parse_iso(text.data, text.size, ms, &zone, &date_only) && !date_only;
}

static int take_steps(void *context)
{
	struct fitbit *fitbit = context;
	struct measure measure = { .title = "Steps", .unit = "count", .zone = ACT_ZONE_UNKNOWN };
	int64_t count;

	if (!number_whole(get(fitbit, "value"), &count) || count < 0 || count > MINUTE_STEPS)
		return emit_skip(fitbit->emit, "steps that are no count");
	if (count == 0)
		return emit_skip(fitbit->emit, "no steps");
	if (!time_of(get(fitbit, "dateTime"), &measure.start))
		return emit_skip(fitbit->emit, "no date");
	measure.value = count << 20;
	return measures_minute(&fitbit->measures, &measure);
}

static int take_heart(void *context)
{
	struct fitbit *fitbit = context;
	struct measure measure = { .title = "Heart rate", .unit = "count/min",
				   .zone = ACT_ZONE_UNKNOWN };

	if (!number_fixed(get(fitbit, "value.bpm"), &measure.value) || measure.value <= 0)
		return emit_skip(fitbit->emit, "no value");
	if (!time_of(get(fitbit, "dateTime"), &measure.start))
		return emit_skip(fitbit->emit, "no date");
	measure.end = measure.start;
	return measures_sample(&fitbit->measures, &measure);
}

/* One a day: the whole day is what it was measured on. */
static int take_resting(void *context)
{
	struct fitbit *fitbit = context;
	struct act act;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	if (!number_fixed(get(fitbit, "value.value"), &act.value) || act.value <= 0)
		return emit_skip(fitbit->emit, "no value");
	if (!time_of(get(fitbit, "dateTime"), &act.time))
		return emit_skip(fitbit->emit, "no date");
	act.time += CLOCK_DAY_MS / 2;
	act.flags = ACT_DATE_ONLY;
	act.title = emit_text("Resting heart rate");
	rest_begin(&fitbit->rest);
	rest_put(&fitbit->rest, "unit", emit_text("count/min"));
	act.rest = rest_end(&fitbit->rest);
	return emit_act(fitbit->emit, &act);
}

static void keep(struct fitbit *fitbit, const char *key, const char *path)
{
	rest_put(&fitbit->rest, key, get(fitbit, path));
}

static int take_sleep(void *context)
{
	struct fitbit *fitbit = context;
	struct act act;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	if (!time_of(get(fitbit, "startTime"), &act.time))
		return emit_skip(fitbit->emit, "no date");
	act.title = emit_text("Sleep");
	if (!number_whole(get(fitbit, "duration"), &act.duration) || act.duration < 0 ||
	    act.duration > 7 * CLOCK_DAY_MS)
		act.duration = ACT_NONE;
	rest_begin(&fitbit->rest);
	keep(fitbit, "minutes_asleep", "minutesAsleep");
	keep(fitbit, "minutes_awake", "minutesAwake");
	keep(fitbit, "efficiency", "efficiency");
	keep(fitbit, "deep", "levels.summary.deep.minutes");
	keep(fitbit, "light", "levels.summary.light.minutes");
	keep(fitbit, "rem", "levels.summary.rem.minutes");
	keep(fitbit, "wake", "levels.summary.wake.minutes");
	keep(fitbit, "main_sleep", "mainSleep");
	act.rest = rest_end(&fitbit->rest);
	return emit_act(fitbit->emit, &act);
}

static int take_exercise(void *context)
{
	struct fitbit *fitbit = context;
	struct places_move move;
	int64_t length;

	places_move_blank(&move);
	move.workout = true;
	move.kind = get(fitbit, "activityName");
	if (!time_of(get(fitbit, "startTime"), &move.span.start))
		return emit_skip(fitbit->emit, "no date");
	move.span.zone = ACT_ZONE_UNKNOWN;
	if (!number_whole(get(fitbit, "activeDuration"), &move.duration) &&
	    !number_whole(get(fitbit, "duration"), &move.duration))
		move.duration = ACT_NONE;
	if (!number_whole(get(fitbit, "calories"), &move.energy) || move.energy < 0)
		move.energy = ACT_NONE;
	if (number_scaled(get(fitbit, "distance"), 6, &length) && length >= 0 &&
	    length < 1000000000000LL) {
		if (number_is(get(fitbit, "distanceUnit"), "Kilometer"))
			move.metres = (length + 500) / 1000;
		else if (number_is(get(fitbit, "distanceUnit"), "Mile"))
			move.metres = (length / 1000 * 1609344 + 500000) / 1000000;
	}
	return places_move(fitbit->emit, &move, &fitbit->rest);
}

static int take_weight(void *context)
{
	struct fitbit *fitbit = context;
	struct act_text date = get(fitbit, "date"), clock = get(fitbit, "time");
	char room[40];
	struct act act;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	if (!number_fixed(get(fitbit, "weight"), &act.value) || act.value <= 0)
		return emit_skip(fitbit->emit, "no value");
	snprintf(room, sizeof(room), "%.*s %.*s", (int)(date.size < 10 ? date.size : 10),
		 date.size > 0 ? date.data : "", (int)(clock.size < 10 ? clock.size : 10),
		 clock.size > 0 ? clock.data : "");
	if (!time_of(emit_text(room), &act.time))
		return emit_skip(fitbit->emit, "no date");
	act.title = emit_text("Body mass");
	rest_begin(&fitbit->rest);
	keep(fitbit, "bmi", "bmi");
	keep(fitbit, "fat", "fat");
	act.rest = rest_end(&fitbit->rest);
	return emit_act(fitbit->emit, &act);
}

static int read_file(struct reading *reading)
{
	struct fitbit fitbit = { .reading = reading, .emit = reading->emit };
	int failed;

	measures_init(&fitbit.measures, reading->emit);
	objects_open(&fitbit.objects, reading->input);
	failed = each_object(reading, &fitbit.objects, kinds[find(reading->sniff)].take, &fitbit);
	objects_close(&fitbit.objects);
	if (failed == 0)
		failed = measures_end(&fitbit.measures);
	if (failed == 0 && reading->emit->report.emitted > 0)
		emit_note(reading->emit, "times without a zone are taken as UTC");
	measures_free(&fitbit.measures);
	bytes_free(&fitbit.rest);
	return failed;
}

static const char *const dropped[] = {
	"logId", "source.id", "tcxLink", "heartRateZones", "levels.data", NULL,
};
static const struct reader_about about = {
	"steps-*.json, heart_rate-*.json, resting_heart_rate-*.json, sleep-*.json, "
	"exercise-*.json, weight-*.json",
	"exercise: steps by the quarter of an hour, heart rates as one act per hour (mean; min, "
	"max, n in rest), resting heart rates, sleep, workouts, weights",
	"dateTime, value; startTime, duration; activityName, activeDuration; weight, date, time; "
	"rest: minutesAsleep, minutesAwake, efficiency, stages, mainSleep, calories, distance, "
	"bmi, fat",
	dropped, "the time zone; the unit of weights"
};
const struct reader fitbit_files = {
	"fitbit", "Fitbit: steps, sleep, workouts", match, NULL, read_file, &about
};
