/*
 * What home.c counts: time by place in days that begin at noon (so that a night is in one day, and
 * so is the rest after a night shift) and in blocks of seven of them; sessions, which are visits at
 * a place with breaks of at most two hours.
 *
 * Known time is visits without overlap, and the gap of up to ten hours between two visits at one
 * place: a phone that is off at night. Of an unsure visit longer than 36 hours only ten at each
 * end are known. Visits before 1970 or after 2200 are left out.
 */
#ifndef TACIT_PLACES_HOME_TABLE_H
#define TACIT_PLACES_HOME_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "places/visit.h"

struct home_cell {
	uint32_t period, place;		/* day or week; places: nowhere */
	int64_t ms;
};

struct home_session {
	uint32_t place, day, minute;	/* local date and minute of the day of its start */
	int64_t start, end, ms;
};

struct home_table {
	size_t days, weeks, places;
	int64_t first_day;		/* noon-day 0, days since 1970 */
	struct home_cell *week;		/* by week, then place */
	size_t week_cells;
	int64_t *known;			/* ms by week */
	int64_t *known_day;
	uint32_t *winner;		/* by day: place with the most time, at least four hours */
	struct home_session *session;	/* by place, then start */
	size_t sessions;
};

#define HOME_HOUR_MS 3600000LL

/* 0 or TACIT_E_MEMORY. Visits in the order of arrival. */
int home_table_make(const struct visit *visit, size_t visits, size_t places,
		    struct home_table *out);
void home_table_free(struct home_table *table);

/* The day of a moment in the table's count; may lie outside. */
int64_t home_day(const struct home_table *table, int64_t time, int16_t zone);

#endif
