/* Dates and times: the proleptic Gregorian calendar, UTC milliseconds, no locale. */
#ifndef TACIT_BASE_CLOCK_H
#define TACIT_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_DAY_MS 86400000LL
#define CLOCK_HOUR_MS 3600000LL

struct clock_date {
	int32_t year;			/* 1..9999 */
	int32_t month, day;		/* 1..12, 1..31 */
};

/* The present, in ms since 1970 UTC; CLOCK_NOW tests may set through clock_pretend. */
int64_t clock_now(void);
/* Makes clock_now return `ms` from now on (0: the real time again). For `--at` and for tests. */
void clock_pretend(int64_t ms);

/* Seconds since some fixed moment, for measuring how long something takes. */
double clock_seconds(void);

bool clock_date_valid(int32_t year, int32_t month, int32_t day);
/* Days since 1970-01-01 (Hinnant's days_from_civil). */
int64_t clock_days(int32_t year, int32_t month, int32_t day);
void clock_civil(int64_t days, struct clock_date *out);

/* Parses exactly `size` bytes; each returns false on anything else.
 * ISO: "2019-01-02", "2019-01-02T03:04", "2019-01-02 03:04:05", fraction of seconds, and a zone
 * "Z", "+02:00", "+0200", " +0200", " UTC"; zone minutes, or INT16_MIN where none is given (then
 * the time is taken as UTC). *date_only tells that there was no time. */
bool clock_parse_iso(const char *text, size_t size, int64_t *ms, int16_t *zone, bool *date_only);

/* "2019-01-02", "2019-01-02 03:04" (UTC) into out[]; years outside 1..9999 print as "-". */
void clock_format_date(int64_t ms, char out[16]);
void clock_format_minute(int64_t ms, char out[24]);
/* "2019-01-02T03:04:05.678Z" */
void clock_format_iso(int64_t ms, char out[32]);

#endif
