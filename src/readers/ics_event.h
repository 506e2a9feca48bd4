/*
 * One VEVENT or VTODO as libical has parsed it, and the times at which it happens. Whatever the
 * rules of a file are, following them is bounded: by a number for each rule, and by an effort for
 * all of a file, which is counted and not measured: the same file always gives the same times.
 */
#ifndef TACIT_READERS_ICS_EVENT_H
#define TACIT_READERS_ICS_EVENT_H

#include "base/bytes.h"
#include "readers/geo.h"
#include "readers/ics_zones.h"

#define ICS_OF_RULE 1000		/* times of one rule */
#define ICS_RULES 16			/* of one event */
#define ICS_EFFORT 10000000		/* of one file; about so many microseconds */

struct ics_event {
	void *component;		/* libical's */
	const char *title, *place, *uid;	/* "" where there is none */
	struct bytes words;
	struct geo point;
	bool cancelled, free;		/* STATUS, TRANSP */
	bool repeats;			/* has rules or further dates */
	bool instead;			/* of one time of a series: RECURRENCE-ID */
	bool whole_day, utc;
	bool dated;			/* has a start that exists; else nothing below counts */
	int64_t start;			/* milliseconds, local */
	const char *zone;		/* id, or NULL */
	int64_t newest;			/* of its times of writing and its start */
};

/* A time at which it happens. */
struct ics_time {
	int64_t time, length;		/* UTC; ACT_NONE: not known */
	int16_t zone;
};

struct ics_times {
	struct ics_time *time;
	size_t count, capacity;
};

/* What an expansion met. */
#define ICS_ENDLESS 1u			/* a rule that never ends */
#define ICS_MANY 2u			/* more times than ICS_OF_RULE */
#define ICS_COSTLY 4u			/* more effort than is left */
#define ICS_UNREADABLE 8u		/* a rule that is none */
#define ICS_NO_ZONE 16u			/* an id of a zone that nobody knows */
#define ICS_FLOATING 32u		/* a time without a zone */

/* False: not even a component. Texts of the event stand until it is closed. */
bool ics_event_open(struct ics_event *event, const char *text);
void ics_event_close(struct ics_event *event);

/* The start of the event as it stands; the ICS_ that it met. */
unsigned ics_event_first(const struct ics_event *event, const struct ics_zones *zones,
			 struct ics_time *first);
/* Which time of its series it stands for; *day: a whole day. False: none that exists. */
bool ics_event_instead(const struct ics_event *event, const struct ics_zones *zones,
		       int64_t *time, bool *day);
/* All its times, oldest first, each once; rules without an end up to `horizon` (UTC). *effort is
 * what may still be spent. 0 or TACIT_E_MEMORY; *met has the ICS_ that it met. */
int ics_event_times(const struct ics_event *event, const struct ics_zones *zones, int64_t horizon,
		    int64_t *effort, struct ics_times *times, unsigned *met);

#endif
