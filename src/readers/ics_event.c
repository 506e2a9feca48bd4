/* Events and their times; see ics_event.h. */
#include "ics_event.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tacit.h"

#define SECOND 1000LL
#define LAST_YEAR 2582		/* libical follows no rule beyond it */
#define STEPS 200000		/* that one rule may look at */
#define HIT 3			/* effort of a time that is found */
#define FAR 253370764800000LL	/* the year 9999 */

/* Of each frequency: the length of a step, and its effort: about how many microseconds libical
 * takes for a step that fits no other part of a rule. */
static const struct {
	int64_t length, effort;
} units[] = {
	[ICAL_SECONDLY_RECURRENCE] = { SECOND, 4 },
	[ICAL_MINUTELY_RECURRENCE] = { 60 * SECOND, 4 },
	[ICAL_HOURLY_RECURRENCE] = { CLOCK_HOUR_MS, 4 },
	[ICAL_DAILY_RECURRENCE] = { CLOCK_DAY_MS, 4 },
	[ICAL_WEEKLY_RECURRENCE] = { 7 * CLOCK_DAY_MS, 20 },
	[ICAL_MONTHLY_RECURRENCE] = { 30 * CLOCK_DAY_MS, 300 },
	[ICAL_YEARLY_RECURRENCE] = { 365 * CLOCK_DAY_MS, 400 },
};

/* An expansion under way. */
struct expand {
	const struct ics_event *event;
	const struct ics_zones *zones;
	int64_t horizon, length;
	int64_t *effort;
	unsigned met;
	struct ics_times *times;
	struct ics_times without;	/* EXDATE, EXRULE: those at a time */
	struct ics_times days;		/* and those on a day, in local time */
};

/* Milliseconds of the calendar and the clock as they stand; false for what does not exist. */
static bool local_of(struct icaltimetype time, int64_t *ms)
{
	if (icaltime_is_null_time(time) || time.year < 2 || time.year > 9998 ||
	    !clock_date_valid(time.year, time.month, time.day))
		return false;
	*ms = clock_days(time.year, time.month, time.day) * CLOCK_DAY_MS;
	if (time.is_date)
		return true;
	if (time.hour < 0 || time.hour > 24 || time.minute < 0 || time.minute > 59 ||
	    time.second < 0 || time.second > 60)
		return false;
	*ms += ((time.hour * 60 + time.minute) * 60 + time.second) * SECOND;
	return true;
}

static struct icaltimetype time_of(int64_t ms)
{
	struct icaltimetype time = icaltime_null_time();
	int64_t days = (ms >= 0 ? ms : ms - (CLOCK_DAY_MS - 1)) / CLOCK_DAY_MS;
	struct clock_date date;

	clock_civil(days, &date);
	ms -= days * CLOCK_DAY_MS;
	time.year = date.year;
	time.month = date.month;
	time.day = date.day;
	time.hour = (int)(ms / CLOCK_HOUR_MS);
	time.minute = (int)(ms / (60 * SECOND) % 60);
	time.second = (int)(ms / SECOND % 60);
	return time;
}

static const char *zone_of(icalproperty *property)
{
	icalparameter *zone = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);

	return zone == NULL ? NULL : icalparameter_get_tzid(zone);
}

static int64_t seconds(int64_t ms)
{
	return (ms >= 0 ? ms : ms - (SECOND - 1)) / SECOND;
}

/* A local time in UTC, with its offset from it. */
static unsigned resolve(const struct ics_zones *zones, int64_t local, bool utc, const char *id,
			int64_t *ms, int16_t *zone)
{
	int32_t offset;

	*ms = local;
	*zone = ACT_ZONE_UNKNOWN;	/* "Z" is how it was written, not where one is */
	if (utc)
		return 0;
	if (id == NULL)
		return ICS_FLOATING;
	if (!ics_zones_local(zones, id, seconds(local), &offset) || offset < -18 * 3600 ||
	    offset > 18 * 3600)
		return ICS_NO_ZONE;
	*ms = local - offset * SECOND;
	*zone = (int16_t)(offset / 60);
	return 0;
}

/* The time of a property with one, in UTC. */
static bool value_of(const struct ics_zones *zones, icalproperty *property,
		     struct icaltimetype time, int64_t *ms)
{
	int64_t local;
	int16_t zone;

	if (!local_of(time, &local))
		return false;
	resolve(zones, local, icaltime_is_utc(time), zone_of(property), ms, &zone);
	return true;
}

static icalproperty *first(const struct ics_event *event, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(event->component, kind);
}

static icalproperty *next(const struct ics_event *event, icalproperty_kind kind)
{
	return icalcomponent_get_next_property(event->component, kind);
}

/* A VALUE parameter can make anything of a property, and libical does not look when it is asked. */
static const char *text_value(icalproperty *property)
{
	icalvalue *value = icalproperty_get_value(property);
	const char *text = value != NULL && icalvalue_isa(value) == ICAL_TEXT_VALUE ?
		icalvalue_get_text(value) : NULL;

	return text == NULL ? "" : text;
}

static const char *text_of(const struct ics_event *event, icalproperty_kind kind)
{
	icalproperty *property = first(event, kind);
	return property == NULL ? "" : text_value(property);
}

static struct icaltimetype time_value(icalproperty *property)
{
	icalvalue *value = icalproperty_get_value(property);

	return value != NULL && (icalvalue_isa(value) == ICAL_DATETIME_VALUE ||
				 icalvalue_isa(value) == ICAL_DATE_VALUE) ?
	       icalvalue_get_datetime(value) : icaltime_null_time();
}

static void set_start(struct ics_event *event, icalproperty *start)
{
	struct icaltimetype time = start == NULL ? icaltime_null_time() : time_value(start);

	event->dated = local_of(time, &event->start);
	event->whole_day = time.is_date;
	event->utc = icaltime_is_utc(time);
	event->zone = event->dated ? zone_of(start) : NULL;
}

static void set_newest(struct ics_event *event)
{
	static const icalproperty_kind kinds[] = { ICAL_DTSTAMP_PROPERTY,
						   ICAL_LASTMODIFIED_PROPERTY };
	int64_t ms;
	size_t i;

	event->newest = event->dated ? event->start : INT64_MIN;
	for (i = 0; i < 2; i++) {
		icalproperty *property = first(event, kinds[i]);

		if (property != NULL && local_of(time_value(property), &ms) &&
		    ms > event->newest)
			event->newest = ms;
	}
}

static void set_words(struct ics_event *event)
{
	icalproperty *property = first(event, ICAL_CATEGORIES_PROPERTY);

	for (; property != NULL; property = next(event, ICAL_CATEGORIES_PROPERTY)) {
		const char *word = text_value(property);

		if (word[0] == 0)
			continue;
		if ((event->words.size > 0 && bytes_append_byte(&event->words, '|') != 0) ||
		    bytes_append_text(&event->words, word) != 0)
			return;
	}
}

static void set_point(struct ics_event *event)
{
	icalproperty *property = first(event, ICAL_GEO_PROPERTY);
	const char *text = property == NULL ? NULL : icalproperty_get_value_as_string(property);
	const char *between = text == NULL ? NULL : strchr(text, ';');

	if (between != NULL)
		geo_degrees((struct act_text){ text, (uint32_t)(between - text) },
			    (struct act_text){ between + 1, (uint32_t)strlen(between + 1) },
			    &event->point);
}

bool ics_event_open(struct ics_event *event, const char *text)
{
	bool task;

	memset(event, 0, sizeof(*event));
	event->component = icalparser_parse_string(text);
	if (event->component == NULL)
		return false;
	task = icalcomponent_isa(event->component) == ICAL_VTODO_COMPONENT;
	set_start(event, first(event, task ? ICAL_DUE_PROPERTY : ICAL_DTSTART_PROPERTY));
	set_newest(event);
	set_words(event);
	set_point(event);
	event->title = text_of(event, ICAL_SUMMARY_PROPERTY);
	event->place = text_of(event, ICAL_LOCATION_PROPERTY);
	event->uid = text_of(event, ICAL_UID_PROPERTY);
	event->cancelled = first(event, ICAL_STATUS_PROPERTY) != NULL &&
		icalproperty_get_status(first(event, ICAL_STATUS_PROPERTY)) ==
		ICAL_STATUS_CANCELLED;
	event->free = first(event, ICAL_TRANSP_PROPERTY) != NULL &&
		icalproperty_get_transp(first(event, ICAL_TRANSP_PROPERTY)) ==
		ICAL_TRANSP_TRANSPARENT;
	event->instead = first(event, ICAL_RECURRENCEID_PROPERTY) != NULL;
	event->repeats = !task &&
		(first(event, ICAL_RRULE_PROPERTY) != NULL ||
		 first(event, ICAL_RDATE_PROPERTY) != NULL ||
		 first(event, ICAL_EXDATE_PROPERTY) != NULL);
	return true;
}

void ics_event_close(struct ics_event *event)
{
	if (event->component != NULL)
		icalcomponent_free(event->component);
	bytes_free(&event->words);
	icalmemory_free_ring();
	event->component = NULL;
}

static int64_t length_of(const struct ics_event *event, const struct ics_zones *zones)
{
	icalproperty *end = first(event, ICAL_DTEND_PROPERTY), *span;
	int64_t from, to;
	int16_t zone;

	span = first(event, ICAL_DURATION_PROPERTY);
	if (end != NULL && value_of(zones, end, time_value(end), &to)) {
		resolve(zones, event->start, event->utc || event->whole_day, event->zone, &from,
			&zone);
		return to >= from && to - from <= 36525 * CLOCK_DAY_MS ? to - from : ACT_NONE;
	}
	if (span != NULL) {
		to = icaldurationtype_as_int(icalproperty_get_duration(span)) * SECOND;
		return to >= 0 && to <= 36525 * CLOCK_DAY_MS ? to : ACT_NONE;
	}
	return event->whole_day ? CLOCK_DAY_MS : ACT_NONE;
}

/* The time in UTC of a start in local time. */
static unsigned place(const struct ics_event *event, const struct ics_zones *zones, int64_t local,
		      struct ics_time *time)
{
	return resolve(zones, local, event->utc || event->whole_day, event->zone, &time->time,
		       &time->zone);
}

unsigned ics_event_first(const struct ics_event *event, const struct ics_zones *zones,
			 struct ics_time *time)
{
	time->length = length_of(event, zones);
	return place(event, zones, event->start, time);
}

bool ics_event_instead(const struct ics_event *event, const struct ics_zones *zones,
		       int64_t *time, bool *day)
{
	icalproperty *property = first(event, ICAL_RECURRENCEID_PROPERTY);
	struct icaltimetype value = time_value(property);

	*day = value.is_date;
	return value_of(zones, property, value, time);
}

static int add(struct ics_times *times, const struct ics_time *time)
{
	if (times->count == times->capacity) {
		size_t capacity = times->capacity == 0 ? 64 : times->capacity * 2;
		struct ics_time *more = realloc(times->time, capacity * sizeof(*more));

		if (more == NULL)
			return TACIT_E_MEMORY;
		times->time = more;
		times->capacity = capacity;
	}
	times->time[times->count++] = *time;
	return 0;
}

static int add_local(struct expand *expand, int64_t local, struct ics_times *into)
{
	struct ics_time time;

	time.length = expand->length;
	expand->met |= place(expand->event, expand->zones, local, &time);
	return add(into, &time);
}

/* The last local time that a rule may have: INT64_MAX where only its count ends it. */
static int64_t last_of(struct expand *expand, const struct icalrecurrencetype *rule)
{
	const struct ics_event *event = expand->event;
	int64_t last = expand->horizon;
	bool utc = true;
	int32_t offset;

	if (local_of(rule->until, &last)) {
		utc = icaltime_is_utc(rule->until);
		if (rule->until.is_date && !event->whole_day)
			last += CLOCK_DAY_MS - SECOND;
	} else if (rule->count > 0) {
		return INT64_MAX;
	} else {
		expand->met |= ICS_ENDLESS;
	}
	if (utc && !event->utc && !event->whole_day && event->zone != NULL &&
	    ics_zones_utc(expand->zones, event->zone, seconds(last), &offset))
		last += offset * SECOND;
	return last;
}

/* A step that fits at once costs little; those that are passed over cost what libical takes. */
static void spend(struct expand *expand, int64_t steps, int64_t each)
{
	if (steps <= 1)
		each = HIT;
	if (steps < 1)
		steps = 1;
	*expand->effort -= steps > ICS_EFFORT / each ? ICS_EFFORT : steps * each;
	if (*expand->effort < 0)
		*expand->effort = 0;
}

/* Takes what an iterator gives, up to `last`; `stop` is where libical was told to stop looking. */
static int take_times(struct expand *expand, icalrecur_iterator *iterator, int64_t step,
		      int64_t each, int64_t last, int64_t stop, int count,
		      struct ics_times *into)
{
	int64_t local, before = expand->event->start, end = clock_days(LAST_YEAR, 1, 1) *
		CLOCK_DAY_MS;
	int taken = 0, failed = 0;

	while (failed == 0) {
		if (count > 0 && taken == count)
			return 0;
		if (!local_of(icalrecur_iterator_next(iterator), &local)) {
			spend(expand, (stop < end ? stop - before : end - before) / step, each);
			if (stop < last)
				expand->met |= ICS_COSTLY;
			return 0;
		}
		spend(expand, (local - before) / step, each);
		before = local;
		if (local > last)
			return 0;
		if (taken == ICS_OF_RULE) {
			expand->met |= ICS_MANY;
			return 0;
		}
		if (*expand->effort == 0) {
			expand->met |= ICS_COSTLY;
			return 0;
		}
		failed = add_local(expand, local, into);
		taken++;
	}
	return failed;
}

static int follow_rule(struct expand *expand, struct icalrecurrencetype rule,
		       struct ics_times *into)
{
	struct icaltimetype start = time_of(expand->event->start);
	int64_t each, step, last, stop = INT64_MAX, steps;
	icalrecur_iterator *iterator;
	int failed;

	if (rule.freq < ICAL_SECONDLY_RECURRENCE || rule.freq > ICAL_YEARLY_RECURRENCE) {
		expand->met |= ICS_UNREADABLE;
		return 0;
	}
	each = units[rule.freq].effort * (rule.rscale != NULL ? 10 : 1);
	step = units[rule.freq].length * (rule.interval > 0 ? rule.interval : 1);
	last = last_of(expand, &rule);
	if (last < expand->event->start || *expand->effort == 0) {
		expand->met |= *expand->effort == 0 ? ICS_COSTLY : 0;
		return 0;
	}
	/* Where parts of a rule never fit, libical looks on up to LAST_YEAR. Steps up to a week are
	 * stopped; longer ones are few, and looking past the end is paid for. */
	rule.until = icaltime_null_time();
	if (rule.freq <= ICAL_WEEKLY_RECURRENCE) {
		steps = *expand->effort / each < STEPS ? *expand->effort / each : STEPS;
		if (steps < (FAR - expand->event->start) / step)
			stop = expand->event->start + steps * step;
		else
			stop = FAR;
		if (stop > last)
			stop = last;
		rule.until = time_of(stop);
	}
	start.is_date = expand->event->whole_day;
	iterator = icalrecur_iterator_new(rule, start);
	if (iterator == NULL) {
		if (rule.freq > ICAL_WEEKLY_RECURRENCE)
			spend(expand, LAST_YEAR * 365 * CLOCK_DAY_MS / step, each);
		return 0;
	}
	failed = take_times(expand, iterator, step, each, last, stop, rule.count, into);
	icalrecur_iterator_free(iterator);
	return failed;
}

static int follow_rules(struct expand *expand, icalproperty_kind kind, struct ics_times *into)
{
	icalproperty *property = first(expand->event, kind);
	int failed = 0, rules = 0;

	for (; property != NULL && failed == 0; property = next(expand->event, kind)) {
		icalvalue *value = icalproperty_get_value(property);

		if (++rules > ICS_RULES) {
			expand->met |= ICS_COSTLY;
			break;
		}
		if (value != NULL && icalvalue_isa(value) == ICAL_RECUR_VALUE)
			failed = follow_rule(expand, icalvalue_get_recur(value), into);
	}
	return failed;
}

/* RDATE: times, or periods with a length of their own. */
static int take_dates(struct expand *expand)
{
	icalproperty *property = first(expand->event, ICAL_RDATE_PROPERTY);
	int failed = 0;

	for (; property != NULL && failed == 0;
	     property = next(expand->event, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype date = icalproperty_get_rdate(property);
		struct ics_time time = { .length = expand->length };
		struct icaltimetype start = date.time;
		int64_t local, end;

		if (icaltime_is_null_time(start)) {
			start = date.period.start;
			if (value_of(expand->zones, property, date.period.end, &end) &&
			    value_of(expand->zones, property, start, &local))
				time.length = end - local;
			else
				time.length = icaldurationtype_as_int(date.period.duration) *
					      SECOND;
			if (time.length < 0 || time.length > 36525 * CLOCK_DAY_MS)
				time.length = ACT_NONE;
		}
		if (!local_of(start, &local))
			continue;
		expand->met |= resolve(expand->zones, local,
				       icaltime_is_utc(start) || start.is_date,
				       zone_of(property), &time.time, &time.zone);
		failed = add(expand->times, &time);
	}
	return failed;
}

static int take_exceptions(struct expand *expand)
{
	icalproperty *property = first(expand->event, ICAL_EXDATE_PROPERTY);
	int failed = 0;

	for (; property != NULL && failed == 0;
	     property = next(expand->event, ICAL_EXDATE_PROPERTY)) {
		struct icaltimetype value = time_value(property);
		struct ics_time time = { 0, 0, 0 };

		if (!value_of(expand->zones, property, value, &time.time))
			continue;
		failed = add(value.is_date ? &expand->days : &expand->without, &time);
	}
	return failed != 0 ? failed :
	       follow_rules(expand, ICAL_EXRULE_PROPERTY, &expand->without);
}

static int by_time(const void *one, const void *other)
{
	const struct ics_time *a = one, *b = other;

	return (a->time > b->time) - (a->time < b->time);
}

static bool has(const struct ics_times *times, int64_t time)
{
	struct ics_time key = { time, 0, 0 };

	return times->count > 0 && bsearch(&key, times->time, times->count,
					   sizeof(*times->time), by_time) != NULL;
}

static void sort(struct ics_times *times)
{
	if (times->count > 0)
		qsort(times->time, times->count, sizeof(*times->time), by_time);
}

/* In order, each once, and without the exceptions. */
static void settle(struct expand *expand)
{
	struct ics_times *times = expand->times;
	size_t i, kept = 0;

	sort(times);
	sort(&expand->without);
	sort(&expand->days);
	for (i = 0; i < times->count; i++) {
		const struct ics_time *time = &times->time[i];
		int64_t local = time->time + (time->zone == ACT_ZONE_UNKNOWN ? 0 :
					      time->zone * 60 * SECOND);

		local -= (local % CLOCK_DAY_MS + CLOCK_DAY_MS) % CLOCK_DAY_MS;
		if ((i > 0 && time->time == time[-1].time) ||
		    has(&expand->without, time->time) || has(&expand->days, local))
			continue;
		times->time[kept++] = *time;
	}
	times->count = kept;
}

int ics_event_times(const struct ics_event *event, const struct ics_zones *zones, int64_t horizon,
		    int64_t *effort, struct ics_times *times, unsigned *met)
{
	struct expand expand = { .event = event, .zones = zones, .horizon = horizon,
				 .effort = effort, .times = times };
	int failed;

	times->count = 0;
	expand.length = length_of(event, zones);
	if (first(event, ICAL_RRULE_PROPERTY) == NULL || *effort == 0)
		failed = add_local(&expand, event->start, times);
	else
		failed = follow_rules(&expand, ICAL_RRULE_PROPERTY, times);
	if (*effort == 0)
		expand.met |= ICS_COSTLY;
	if (failed == 0 && times->count == 0 && (expand.met & (ICS_COSTLY | ICS_UNREADABLE)) != 0)
		failed = add_local(&expand, event->start, times);
	if (failed == 0)
		failed = take_dates(&expand);
	if (failed == 0)
		failed = take_exceptions(&expand);
	if (failed == 0)
		settle(&expand);
	free(expand.without.time);
	free(expand.days.time);
	*met |= expand.met;
	return failed;
}
