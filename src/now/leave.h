/*
 * When to leave, so that of twenty who follow the alert at most one comes late:
 *
 *	leave at = start - trip q80 - habit			exactly, in ms
 *	habit    = margin + correction, not below 0
 *	margin   = max(Q96.5(trip + delay), Q50(trip + delay) + wish) - trip q80
 *
 * trip is how long such a trip takes (trips.h), delay how long after an alert the person sets off:
 * own departures after alerts, and nine invented ones of 0 to 5 minutes that weigh as two. Q of a
 * sum is that of all pairs of 39 even quantiles of one and all values of the other. wish is how
 * early the person wants to be there: told, or the median of how early they came without alerts
 * (five or more of them, at most 8 minutes). As long as no departure after an alert is known
 *
 *	margin   = max(5 minutes, Q97.5(trip) - trip q80, wish + Q50(trip) - trip q80)
 *
 * The correction looks back at the alerts whose end is known, oldest first (quantile tracking,
 * Angelopoulos, Candes, Tibshirani 2023, "Conformal PID control for time series prediction"):
 *
 *	correction += 90 s * (late - 0.035),  within -3 .. 30 minutes
 *
 * so that whoever comes late more often is alerted earlier, and the reverse.
 */
#ifndef TACIT_NOW_LEAVE_H
#define TACIT_NOW_LEAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "now/prompt.h"
#include "places/trips.h"
#include "places/visit.h"

#define LEAVE_UNKNOWN INT64_MIN

/* A place by number, by coordinates, or both. */
struct leave_spot {
	uint32_t place;			/* TRIPS_UNKNOWN: no place of the person's */
	bool located;			/* `at` is known */
	struct trips_place at;
	const char *name;		/* "Home"; NULL: none */
};

struct leave_event {
	const char *key;		/* the same whenever this event is asked about */
	const char *title;
	int64_t start, end;		/* ms; end LEAVE_UNKNOWN where there is none */
	int16_t zone;			/* minutes east of UTC at the event, then */
	bool all_day, declined;
	struct leave_spot spot;
};

/* An alert that was followed, in any order. */
struct leave_seen {
	int64_t alert, departed;	/* ms */
	int64_t start, arrived;		/* ms; LEAVE_UNKNOWN */
};

struct leave_person {
	const struct leave_seen *seen;
	size_t seen_count;
	const int64_t *early;		/* ms before the start, of arrivals without an alert */
	size_t early_count;
	int64_t wish;			/* told, ms; LEAVE_UNKNOWN */
};

enum leave_verdict {
	LEAVE_SAID,			/* the prompt is set */
	LEAVE_DECLINED, LEAVE_ALL_DAY, LEAVE_OVER,
	LEAVE_PLACELESS,		/* where the event is, is not known */
	LEAVE_LOST,			/* where the person is, is not known */
	LEAVE_THERE,			/* the same place, or within 150 metres */
	LEAVE_FAR			/* a journey: above 300 km, and no own trips there */
};
/* "the person is there already" ... */
const char *leave_verdict_words(enum leave_verdict verdict);

/* The prompt for one event as of `now`; *out is set only where *verdict is LEAVE_SAID. It holds
 * from `leave at` until the start; the first may be past. chance is -1. TACIT_E_MEMORY. Cost: two
 * times trips_times, and the latest 60 departures. */
int leave_prompt(const struct trips_known *known, const struct leave_spot *here,
		 const struct leave_event *event, const struct leave_person *person, int64_t now,
		 struct prompt *out, enum leave_verdict *verdict, struct error *error);

/* When the person usually comes to a place on a day of the week, by the clock on the wall. */
struct leave_usual {
	int32_t arrive[3];		/* Q20, Q50, Q80 in ms since local midnight */
	uint32_t days, of;		/* came on `days` of `of` such days with data */
	int32_t chance;			/* (days + 1/2) / (of + 1), 2^-20 */
	bool weekday;			/* that day of the week; else weekdays, or weekends */
};

/* First arrivals of each local day of the eight weeks before the day `today` (visit_day), which is
 * the day asked about: those of its day of the week where there are five, else of all weekdays or
 * weekend days. False below five arrivals: not known. O(count). */
bool leave_usual(const struct visit *visits, size_t count, uint32_t place, int64_t today,
		 struct leave_usual *out);

/* The start of a habit on a local day, in ms, where clocks show `zone`: arrive[which], 0 .. 2. */
int64_t leave_habit_start(const struct leave_usual *usual, int which, int64_t day, int16_t zone);

#endif
