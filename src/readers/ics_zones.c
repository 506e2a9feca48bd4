/* Zones of a calendar; see ics_zones.h. Of the two files that know libical this is the smaller. */
#include "ics_zones.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "formats/zones.h"

#define RULES 2000		/* of all zones of a file; each is at most a few turns a year */
#define OLDEST 1600		/* Outlook's zones begin in 1601 */

struct ics_zone {
	char *id;
	icaltimezone *zone;
};

void ics_zones_warm(void)
{
	struct icalrecurrencetype rule =
		icalrecurrencetype_from_string("RSCALE=HEBREW;FREQ=YEARLY");
	icalrecur_iterator *iterator =
		icalrecur_iterator_new(rule, icaltime_from_string("20200101"));

	if (iterator != NULL) {
		icalrecur_iterator_next(iterator);
		icalrecur_iterator_free(iterator);
	}
	free(rule.rscale);
	icaltimezone_get_utc_timezone();	/* with the list of the system's zones */
	zones_warm();
}

void ics_zones_free(struct ics_zones *zones)
{
	int i;

	for (i = 0; i < zones->count; i++) {
		icaltimezone_free(zones->zone[i]->zone, 1);
		free(zones->zone[i]->id);
		free(zones->zone[i]);
	}
	zones->count = 0;
}

static int count_of(const short *list, int max)
{
	int count = 0;

	while (count < max && list[count] != ICAL_RECURRENCE_ARRAY_MAX)
		count++;
	return count;
}

/* Whether a rule of a zone is a turn or so a year. */
static bool calm(const struct icalrecurrencetype *rule)
{
	int months = count_of(rule->by_month, ICAL_BY_MONTH_SIZE);
	int days = count_of(rule->by_day, ICAL_BY_DAY_SIZE);
	int dates = count_of(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE);

	return rule->freq == ICAL_YEARLY_RECURRENCE && rule->rscale == NULL && months <= 1 &&
	       days <= 1 && dates <= 7 && (months == 1 || days + dates == 0) &&
	       count_of(rule->by_hour, ICAL_BY_HOUR_SIZE) <= 1 &&
	       count_of(rule->by_minute, ICAL_BY_MINUTE_SIZE) <= 1 &&
	       count_of(rule->by_second, ICAL_BY_SECOND_SIZE) <= 1 &&
	       rule->by_year_day[0] == ICAL_RECURRENCE_ARRAY_MAX &&
	       rule->by_week_no[0] == ICAL_RECURRENCE_ARRAY_MAX &&
	       rule->by_set_pos[0] == ICAL_RECURRENCE_ARRAY_MAX;
}

/* Looks through the parts of a zone; how many rules there are is added to *rules. */
static bool harmless(icalcomponent *zone, uint64_t *rules)
{
	icalcomponent *part;
	int parts = 0;

	for (part = icalcomponent_get_first_component(zone, ICAL_ANY_COMPONENT); part != NULL;
	     part = icalcomponent_get_next_component(zone, ICAL_ANY_COMPONENT)) {
		icalproperty *start =
			icalcomponent_get_first_property(part, ICAL_DTSTART_PROPERTY);
		icalproperty *one = icalcomponent_get_first_property(part, ICAL_RRULE_PROPERTY);

		if (start == NULL || icalproperty_get_dtstart(start).year < OLDEST)
			return false;
		for (; one != NULL;
		     one = icalcomponent_get_next_property(part, ICAL_RRULE_PROPERTY)) {
			struct icalrecurrencetype rule = icalproperty_get_rrule(one);

			if (!calm(&rule) || ++*rules > RULES)
				return false;
		}
		parts++;
	}
	return parts > 0;
}

bool ics_zones_add(struct ics_zones *zones, const char *text)
{
	icalcomponent *component = icalparser_parse_string(text);
	struct ics_zone *zone = calloc(1, sizeof(*zone));
	icalproperty *id;

	if (component == NULL || zone == NULL || zones->count == ICS_ZONES ||
	    icalcomponent_isa(component) != ICAL_VTIMEZONE_COMPONENT)
		goto refused;
	id = icalcomponent_get_first_property(component, ICAL_TZID_PROPERTY);
	if (id == NULL || icalproperty_get_tzid(id) == NULL ||
	    ics_zones_defined(zones, icalproperty_get_tzid(id)) ||
	    !harmless(component, &zones->rules))
		goto refused;
	zone->id = strdup(icalproperty_get_tzid(id));
	zone->zone = icaltimezone_new();
	if (zone->id == NULL || zone->zone == NULL)
		goto refused;
	if (!icaltimezone_set_component(zone->zone, component)) {
		icaltimezone_free(zone->zone, 1);
		goto unused;
	}
	zones->zone[zones->count++] = zone;
	return true;
refused:
	if (component != NULL)
		icalcomponent_free(component);
unused:
	if (zone != NULL)
		free(zone->id);
	free(zone);
	return false;
}

static const struct ics_zone *find(const struct ics_zones *zones, const char *id)
{
	int i;

	for (i = 0; i < zones->count; i++)
		if (strcmp(zones->zone[i]->id, id) == 0)
			return zones->zone[i];
	return NULL;
}

bool ics_zones_defined(const struct ics_zones *zones, const char *id)
{
	return find(zones, id) != NULL;
}

/* The system's zone of "Europe/Berlin", or of an id that ends so: "/example.org/Europe/Berlin". */
static const struct zone *of_system(const char *id)
{
	const struct zone *zone = NULL;

	while (zone == NULL && id != NULL) {
		zone = zones_find((struct act_text){ id, (uint32_t)strlen(id) });
		id = strchr(id, '/');
		if (id != NULL)
			id++;
	}
	return zone;
}

static struct icaltimetype time_of(int64_t seconds)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	struct icaltimetype time = icaltime_null_time();
	struct clock_date date;

	clock_civil(days, &date);
	time.year = date.year;
	time.month = date.month;
	time.day = date.day;
	seconds -= days * 86400;
	time.hour = (int)(seconds / 3600);
	time.minute = (int)(seconds / 60 % 60);
	time.second = (int)(seconds % 60);
	return time;
}

bool ics_zones_local(const struct ics_zones *zones, const char *id, int64_t local,
		     int32_t *offset)
{
	const struct ics_zone *own = find(zones, id);
	const struct zone *system;

	if (own != NULL) {
		struct icaltimetype time = time_of(local);

		*offset = icaltimezone_get_utc_offset(own->zone, &time, NULL);
		return true;
	}
	system = of_system(id);
	if (system != NULL)
		*offset = zones_local(system, local);
	return system != NULL;
}

bool ics_zones_utc(const struct ics_zones *zones, const char *id, int64_t utc, int32_t *offset)
{
	const struct ics_zone *own = find(zones, id);
	const struct zone *system;

	if (own != NULL) {
		struct icaltimetype time = time_of(utc);

		*offset = icaltimezone_get_utc_offset_of_utc_time(own->zone, &time, NULL);
		return true;
	}
	system = of_system(id);
	if (system != NULL)
		*offset = zones_offset(system, utc);
	return system != NULL;
}
