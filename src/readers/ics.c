/*
 * iCalendar. The file is cut into its components here, line by line, and of each only the
 * properties that are used go on to libical (ics_event.h): what others wrote, who was invited and
 * what is attached never leaves the cutter. A single event is sent at once. What repeats waits for
 * the end of the file, as do events whose zone is not defined yet: the exceptions of a series may
 * come in any order, and how far a rule without an end is followed depends on the newest entry.
 *
 * A row is one time of an event. A whole day is noon of its date and nothing more: to count the
 * entries of a day would give them other times in every later export.
 */
#include "ics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/ics_event.h"

#define WAITING_BYTES ((size_t)512 << 20)	/* of components that wait for the end */
#define PROPERTY_BYTES ((size_t)64 << 10)	/* of one property */
#define VALUES 500		/* that libical takes of one property */
#define HORIZON (366 * CLOCK_DAY_MS)
#define LAST_MS 253402300799999LL

enum kind { NONE, EVENT, TASK, ZONE, OTHER };

struct ics {
	struct reading *reading;
	struct emit *emit;
	struct ics_zones zones;
	struct bytes component, waiting, rest;
	enum kind kind;			/* of the component that is open */
	char name[32];
	const char *why;		/* of OTHER: why it is no row */
	int depth;			/* components open within it */
	size_t property;		/* where the one being kept begins in component */
	int values;			/* of it, so far */
	bool listed;			/* it is a list of dates */
	bool keep, going_on, too_long;
	unsigned dropped;		/* bits, by the table of what is dropped */
	struct ics_times times;
	int64_t newest, effort;
	unsigned met;
};

static const char *const wanted[] = {
	"UID", "SUMMARY", "LOCATION", "CATEGORIES", "GEO", "DTSTART", "DTEND", "DURATION", "DUE",
	"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS", "TRANSP", "DTSTAMP",
	"LAST-MODIFIED", NULL
};
static const char *const of_zone[] = {
	"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", NULL
};
#define LINK "LOCATION (a link)"
static const char *const dropped[] = {
	"DESCRIPTION", "ATTENDEE", "ORGANIZER", "VALARM", "ATTACH", "CONTACT", "COMMENT", "URL",
	"CONFERENCE", "X-ALT-DESC", "IMAGE", "REQUEST-STATUS", "STRUCTURED-DATA", LINK, NULL
};

static bool match(const struct sniff *sniff)
{
	static const char *const first[] = { "BEGIN:VCALENDAR", "BEGIN:VEVENT", "BEGIN:VTODO" };
	struct act_text text = { sniff->text, (uint32_t)sniff->size };
	size_t i;

	while (text.size > 0 && memchr("\r\n\t ", text.data[0], 4) != NULL) {
		text.data++;
		text.size--;
	}
	for (i = 0; i < sizeof(first) / sizeof(*first); i++)
		if (text.size > strlen(first[i]) &&
		    strncasecmp(text.data, first[i], strlen(first[i])) == 0)
			return true;
	return false;
}

/* Whether a line begins with one of the names; its number in the table, or -1. What follows a name
 * may be folded into the next line. */
static int named(struct act_text line, const char *const *names)
{
	int i;

	for (i = 0; names[i] != NULL; i++) {
		size_t size = strlen(names[i]);

		if (line.size >= size && strncasecmp(line.data, names[i], size) == 0 &&
		    (line.size == size || line.data[size] == ':' || line.data[size] == ';'))
			return i;
	}
	return -1;
}

/* ---- Acts ---- */

/* Which time of a series: of the same file, so that calendars of one export stay apart. */
static uint64_t key_of(const struct ics *ics, const struct ics_event *event, int64_t time, bool day)
{
	uint64_t key = hash_bytes(ics->reading->sniff->name, strlen(ics->reading->sniff->name), 1);

	key = hash_bytes(event->uid, strlen(event->uid), key);
	return hash_mix(key ^ (uint64_t)time) + day;
}

static bool taken(const struct ics *ics, const struct ics_event *event,
		  const struct ics_time *time)
{
	int64_t local = time->time;

	if (time->zone != ACT_ZONE_UNKNOWN)
		local += time->zone * 60000LL;
	local -= (local % CLOCK_DAY_MS + CLOCK_DAY_MS) % CLOCK_DAY_MS;
	return catalogue_marked(ics->reading->catalogue, key_of(ics, event, time->time, false)) ||
	       catalogue_marked(ics->reading->catalogue, key_of(ics, event, local, true));
}

/* Puts what is the same of all times of an event into an act. */
static void describe(struct ics *ics, const struct ics_event *event, struct act *act)
{
	char number[2][24];
	int i;

	emit_blank_act(act, ACT_PLAN, "other");
	act->title = emit_text(event->title);
	act->words = (struct act_text){ (const char *)event->words.data,
					(uint32_t)event->words.size };
	/* Links of meetings let people in. */
	if (strstr(event->place, "://") != NULL)
		emit_drop(ics->emit, LINK);
	else
		act->place = emit_text(event->place);
	rest_begin(&ics->rest);
	rest_put(&ics->rest, "UID", emit_text(event->uid));
	for (i = 0; i < 2 && event->point.known; i++) {
		int64_t value = i == 0 ? event->point.latitude : event->point.longitude;

		snprintf(number[i], sizeof(number[i]), "%s%lld.%07lld", value < 0 ? "-" : "",
			 llabs(value) / 10000000, llabs(value) % 10000000);
		rest_put(&ics->rest, i == 0 ? "lat" : "lon", emit_text(number[i]));
	}
	if (event->free)
		rest_put(&ics->rest, "TRANSP", emit_text("TRANSPARENT"));
	act->rest = rest_end(&ics->rest);
	if (event->whole_day)
		act->flags |= ACT_DATE_ONLY;
}

static int send_time(struct ics *ics, const struct ics_event *event, struct act *act,
		     const struct ics_time *time)
{
	int failed = emit_row(ics->emit);

	if (failed != 0)
		return failed;
	act->time = time->time + (event->whole_day ? CLOCK_DAY_MS / 2 : 0);
	act->zone = event->whole_day ? ACT_ZONE_UNKNOWN : time->zone;
	act->duration = time->length;
	return event->cancelled ? emit_skip(ics->emit, "cancelled") : emit_act(ics->emit, act);
}

static int skip_row(struct ics *ics, const char *why)
{
	int failed = emit_row(ics->emit);

	return failed != 0 ? failed : emit_skip(ics->emit, why);
}

/* An event stands instead of a time of its series, which then is none. */
static int mark(struct ics *ics, const struct ics_event *event)
{
	int64_t replaced;
	bool day;

	if (event->instead && ics_event_instead(event, &ics->zones, &replaced, &day) &&
	    catalogue_mark(ics->reading->catalogue, key_of(ics, event, replaced, day)) != 0)
		return error_memory(ics->reading->error);
	return 0;
}

static int send_one(struct ics *ics, const struct ics_event *event)
{
	struct ics_time time;
	struct act act;
	int failed = mark(ics, event);

	if (failed != 0)
		return failed;
	if (!event->dated)
		return skip_row(ics, ics->kind == TASK ? "a task without a date" : "no date");
	ics->met |= ics_event_first(event, &ics->zones, &time);
	describe(ics, event, &act);
	return send_time(ics, event, &act, &time);
}

static int send_series(struct ics *ics, const struct ics_event *event)
{
	int64_t horizon = ics->newest > LAST_MS - HORIZON ? LAST_MS : ics->newest + HORIZON;
	struct act act;
	size_t i;
	int failed = mark(ics, event);

	if (failed != 0)
		return failed;
	if (ics_event_times(event, &ics->zones, horizon, &ics->effort, &ics->times,
			    &ics->met) != 0)
		return error_memory(ics->reading->error);
	if (ics->times.count == 0)
		return skip_row(ics, "repeated, and never at any time");
	describe(ics, event, &act);
	for (i = 0; i < ics->times.count && failed == 0; i++)
		if (event->instead || !taken(ics, event, &ics->times.time[i]))
			failed = send_time(ics, event, &act, &ics->times.time[i]);
	return failed;
}

/* Whether its zone may still come. */
static bool zone_to_come(const struct ics *ics, const struct ics_event *event)
{
	return event->dated && event->zone != NULL &&
	       !ics_zones_defined(&ics->zones, event->zone);
}

static int take_event(struct ics *ics)
{
	struct ics_event event;
	int failed = 0;

	if (!ics_event_open(&event, (const char *)ics->component.data))
		return skip_row(ics, "an event that cannot be read");
	if (event.newest > ics->newest)
		ics->newest = event.newest;
	if (ics->kind == TASK || !event.dated || (!event.repeats && !zone_to_come(ics, &event)))
		failed = send_one(ics, &event);
	else if (ics->waiting.size + ics->component.size > WAITING_BYTES)
		failed = skip_row(ics, "more repeated events than are held at once");
	else if (bytes_append(&ics->waiting, ics->component.data, ics->component.size) != 0 ||
		 bytes_append_byte(&ics->waiting, 0) != 0)
		failed = error_memory(ics->reading->error);
	ics_event_close(&event);
	return failed;
}

/* What waited: first what stands instead of a time of a series, then the series. */
static int take_waiting(struct ics *ics, bool instead)
{
	const char *at = ics->waiting.size > 0 ? (const char *)ics->waiting.data : "";
	const char *end = at + ics->waiting.size;
	struct ics_event event;
	int failed = 0;

	for (; failed == 0 && at < end; at += strlen(at) + 1) {
		if (!ics_event_open(&event, at))
			continue;	/* it could be opened before */
		if (event.instead == instead)
			failed = event.repeats ? send_series(ics, &event) : send_one(ics, &event);
		ics_event_close(&event);
	}
	return failed;
}

/* ---- Cutting ---- */

static int finish(struct ics *ics)
{
	enum kind kind = ics->kind;
	int failed = 0, i;

	for (i = 0; dropped[i] != NULL; i++)
		if ((ics->dropped >> i & 1) != 0)
			emit_drop(ics->emit, dropped[i]);
	if (ics->too_long)
		failed = kind == ZONE ? 0 : skip_row(ics, "too long");
	else if (kind == OTHER)
		failed = skip_row(ics, ics->why);
	else if (bytes_append_text(&ics->component, "END:") != 0 ||
		 bytes_append_text(&ics->component, ics->name) != 0 ||
		 bytes_append_text(&ics->component, "\r\n") != 0)
		failed = error_memory(ics->reading->error);
	else if (kind != ZONE)
		failed = take_event(ics);
	else if (!ics_zones_add(&ics->zones, (const char *)ics->component.data))
		emit_note(ics->emit, "a time zone of the file was not used");
	ics->kind = NONE;
	return failed;
}

/* The component that is open has no end of its own. */
static int break_off(struct ics *ics)
{
	bool row = ics->kind != NONE && ics->kind != ZONE;

	ics->kind = NONE;
	return row ? skip_row(ics, "cut short") : 0;
}

static void append(struct ics *ics, struct act_text line)
{
	bool too_long = ics->component.size + line.size + 2 > LIMIT_ROW_BYTES ||
			ics->component.size + line.size + 2 - ics->property > PROPERTY_BYTES;
	uint32_t i;

	for (i = 0; i < line.size; i++)
		ics->values += line.data[i] == ',';
	if (ics->values >= VALUES && !too_long && ics->listed)
		emit_note(ics->emit, "of a list of dates, the first %d", VALUES);
	if (too_long)
		ics->too_long = true;
	else if (memchr(line.data, 0, line.size) != NULL)
		return;
	else if (bytes_append(&ics->component, line.data, line.size) != 0 ||
		 bytes_append_text(&ics->component, "\r\n") != 0)
		ics->too_long = true;
}

static int begin(struct ics *ics, struct act_text line, struct act_text name)
{
	static const struct {
		const char *name;
		enum kind kind;
		const char *why;
	} kinds[] = {
		{ "VEVENT", EVENT, NULL },
		{ "VTODO", TASK, NULL },
		{ "VTIMEZONE", ZONE, NULL },
		{ "VJOURNAL", OTHER, "an entry of a journal" },
		{ "VFREEBUSY", OTHER, "free or busy times" },
		{ "VAVAILABILITY", OTHER, "free or busy times" },
		{ NULL, OTHER, "no event" },
	};
	size_t i = 0;
	int failed = 0;

	while (kinds[i].name != NULL && !number_is(name, kinds[i].name))
		i++;
	if (ics->kind != NONE && ics->kind != OTHER && kinds[i].kind != OTHER)
		failed = break_off(ics);	/* one event in another: an END is missing */
	if (ics->kind != NONE) {
		ics->depth++;
		if (ics->kind == ZONE)
			append(ics, line);
		else if (number_is(name, "VALARM"))
			ics->dropped |= 1u << 3;
		return failed;
	}
	ics->kind = kinds[i].kind;
	ics->why = kinds[i].why;
	snprintf(ics->name, sizeof(ics->name), "%.*s", (int)name.size, name.data);
	ics->depth = 0;
	ics->too_long = false;
	ics->dropped = 0;
	bytes_clear(&ics->component);
	ics->property = 0;
	append(ics, line);
	return failed;
}

static int end(struct ics *ics, struct act_text line, struct act_text name)
{
	if (number_is(name, "VCALENDAR"))
		return break_off(ics);
	if (ics->kind == NONE)
		return 0;
	if (strlen(ics->name) == name.size && memcmp(ics->name, name.data, name.size) == 0 &&
	    (ics->depth == 0 || ics->kind != OTHER))
		return finish(ics);
	if (ics->depth > 0)
		ics->depth--;
	if (ics->kind == ZONE)
		append(ics, line);
	return 0;
}

/* A line as it stands in the file: a property, or more of the one before. */
static int take_line(struct ics *ics, struct act_text line)
{
	static const char *const marks[] = { "BEGIN", "END", NULL };
	static const char *const lists[] = { "RDATE", "EXDATE", NULL };
	char room[32];
	struct act_text name = { room, 0 };
	int mark, drop;

	if (line.size == 0)
		return 0;
	if (line.data[0] == ' ' || line.data[0] == '\t') {
		if (ics->keep)
			append(ics, line);
		return 0;
	}
	ics->keep = false;
	ics->property = ics->component.size;
	ics->values = 1;
	ics->listed = named(line, lists) >= 0;
	mark = named(line, marks);
	if (mark >= 0) {
		line.size = line.size > 256 ? 256 : line.size;
		for (uint32_t i = (uint32_t)strlen(marks[mark]) + 1;
		     i < line.size && name.size < sizeof(room) - 1; i++)
			if (line.data[i] != ' ' && line.data[i] != 0)
				room[name.size++] = (char)(line.data[i] >= 'a' &&
							   line.data[i] <= 'z' ?
							   line.data[i] - 32 : line.data[i]);
		if (mark == 1)
			return end(ics, line, name);
		return number_is(name, "VCALENDAR") ? 0 : begin(ics, line, name);
	}
	if (ics->kind == ZONE)
		ics->keep = named(line, of_zone) >= 0;
	else if ((ics->kind == EVENT || ics->kind == TASK) && ics->depth == 0)
		ics->keep = named(line, wanted) >= 0;
	if (ics->keep)
		append(ics, line);
	drop = ics->kind == NONE || ics->kind == ZONE ? -1 : named(line, dropped);
	if (drop >= 0)
		ics->dropped |= 1u << drop;
	return 0;
}

/* Cuts the next line out of the window. A line longer than a row may be is cut there, and its event
 * is too long if it belongs to what is kept. */
static int next_line(struct ics *ics, struct act_text *line, bool *left)
{
	struct input *input = ics->reading->input;
	const char *at, *newline;
	size_t looked = 0;
	bool more = true;
	int failed;

	for (;;) {
		at = input_text(input);
		newline = input_size(input) == looked ? NULL :
			memchr(at + looked, '\n', input_size(input) - looked);
		if (newline != NULL || input_size(input) > LIMIT_ROW_BYTES || !more)
			break;
		looked = input_size(input);
		failed = input_more(input, &more);
		if (failed != 0)
			return failed;
	}
	*left = input_size(input) > 0;
	line->data = at;
	line->size = (uint32_t)(newline != NULL ? (size_t)(newline - at) : input_size(input));
	input->at += line->size + (newline != NULL);
	if (line->size > 0 && at[line->size - 1] == '\r')
		line->size--;
	if (ics->going_on)
		line->size = 0;
	ics->going_on = *left && newline == NULL && more;
	return 0;
}

static void explain(struct ics *ics)
{
	static const struct {
		unsigned met;
		const char *note;
	} notes[] = {
		{ ICS_ENDLESS, "what repeats without end is read up to a year after the newest "
			       "entry" },
		{ ICS_MANY, "at most 1000 times of one rule are read" },
		{ ICS_COSTLY, "rules that take too long to follow were cut short" },
		{ ICS_UNREADABLE, "of a rule that cannot be read, the first time" },
		{ ICS_NO_ZONE, "times of zones that are not known are taken as UTC" },
		{ ICS_FLOATING, "times without a zone are taken as UTC" },
	};
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(*notes); i++)
		if ((ics->met & notes[i].met) != 0)
			emit_note(ics->emit, "%s", notes[i].note);
}

static int read_calendar(struct reading *reading)
{
	struct ics *ics = calloc(1, sizeof(*ics));
	struct act_text line;
	bool left = true;
	int failed = 0;

	if (ics == NULL)
		return error_memory(reading->error);
	ics->reading = reading;
	ics->emit = reading->emit;
	ics->newest = INT64_MIN;
	ics->effort = ICS_EFFORT;
	while (failed == 0) {
		failed = next_line(ics, &line, &left);
		if (failed != 0 || !left)
			break;
		failed = take_line(ics, line);
	}
	if (failed == 0)
		failed = break_off(ics);
	if (failed == 0)
		failed = take_waiting(ics, true);
	if (failed == 0)
		failed = take_waiting(ics, false);
	explain(ics);
	ics_zones_free(&ics->zones);
	bytes_free(&ics->component);
	bytes_free(&ics->waiting);
	bytes_free(&ics->rest);
	free(ics->times.time);
	free(ics);
	return failed;
}

static const struct reader_about about = {
	"*.ics",
	"plan: each time of an event, and of a task that is due",
	"SUMMARY, LOCATION, CATEGORIES, DTSTART, DTEND or DURATION, DUE, RRULE, RDATE, EXDATE, "
	"RECURRENCE-ID, STATUS, VTIMEZONE; rest: UID, GEO, TRANSP",
	dropped,
	"whether it took place, and whether the person was there"
};
const struct reader ics_calendar = {
	"ics", "iCalendar: events", match, NULL, read_calendar, &about
};
