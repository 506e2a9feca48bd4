/*
 * The time zones of one calendar: those that it defines (VTIMEZONE), else those of the system by
 * the names in their ids. What a file defines is looked at before libical follows it: rules of
 * zones are one turn a year, and nothing else is taken.
 */
#ifndef TACIT_READERS_ICS_ZONES_H
#define TACIT_READERS_ICS_ZONES_H

#include <stdbool.h>
#include <stdint.h>

#define ICS_ZONES 256		/* of one file */

struct ics_zone;

struct ics_zones {
	struct ics_zone *zone[ICS_ZONES];
	int count;
	uint64_t rules;		/* in all of them */
};

/* Makes libical do early what it does late, before the sandbox: it opens files for the calendars of
 * RSCALE. */
void ics_zones_warm(void);

void ics_zones_free(struct ics_zones *zones);
/* Takes the text of a VTIMEZONE; the first of an id counts. False: it cannot be used. */
bool ics_zones_add(struct ics_zones *zones, const char *text);
/* Whether the file has defined the zone of that id so far. */
bool ics_zones_defined(const struct ics_zones *zones, const char *id);
/* Seconds east of UTC at a local time (in seconds, as if it were UTC); false for an id that neither
 * the file nor the system knows. */
bool ics_zones_local(const struct ics_zones *zones, const char *id, int64_t local,
		     int32_t *offset);
/* The same at a time in UTC. */
bool ics_zones_utc(const struct ics_zones *zones, const char *id, int64_t utc, int32_t *offset);

#endif
