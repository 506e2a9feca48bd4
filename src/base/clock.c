/*
 * Dates and times without locale and without the machine's time zone. The calendar arithmetic is
 * Howard Hinnant's ("chrono-Compatible Low-Level Date Algorithms"): eras of 400 years, years that
 * begin in March, so that the leap day is the last of a year.
 */
#include "clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static _Atomic int64_t pretended;

int64_t clock_now(void)
{
	int64_t set = atomic_load(&pretended);
	struct timespec now;

	if (set != 0)
		return set;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

double clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void clock_pretend(int64_t ms)
{
	atomic_store(&pretended, ms);
}

bool clock_date_valid(int32_t year, int32_t month, int32_t day)
{
	static const int8_t lengths[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= lengths[month] + (leap && month == 2 ? 1 : 0);
}

int64_t clock_days(int32_t year, int32_t month, int32_t day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void clock_civil(int64_t days, struct clock_date *out)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 -
					    year_of_era / 100);
	int64_t march_month = (5 * day_of_year + 2) / 153;

	out->day = (int32_t)(day_of_year - (153 * march_month + 2) / 5 + 1);
	out->month = (int32_t)(march_month < 10 ? march_month + 3 : march_month - 9);
	out->year = (int32_t)(year_of_era + era * 400 + (out->month <= 2));
}

/* Exactly `count` digits at *at; moves *at behind them. */
static bool digits(const char **at, const char *end, int count, int32_t *out)
{
	int32_t value = 0;
	int i;

	if (end - *at < count)
		return false;
	for (i = 0; i < count; i++) {
		unsigned digit = (unsigned)(*at)[i] - '0';

		if (digit > 9)
			return false;
		value = value * 10 + (int32_t)digit;
	}
	*at += count;
	*out = value;
	return true;
}

static bool skip(const char **at, const char *end, char c)
{
	if (*at == end || **at != c)
		return false;
	(*at)++;
	return true;
}

/* ":SS" and a fraction, both optional, into milliseconds (further digits are cut off). */
static bool seconds(const char **at, const char *end, int64_t *ms)
{
	int32_t second = 0, scale = 100;

	*ms = 0;
	if (!skip(at, end, ':'))
		return true;
	if (!digits(at, end, 2, &second) || second > 60)
		return false;
	*ms = (int64_t)second * 1000;
	if (*at == end || (**at != '.' && **at != ','))
		return true;
	(*at)++;
	if (*at == end || (unsigned)**at - '0' > 9)
		return false;
	for (; *at < end && (unsigned)**at - '0' <= 9; (*at)++) {
		*ms += (int64_t)((unsigned)**at - '0') * scale;
		scale /= 10;
	}
	return true;
}

/* What stands behind the time, to the very end: nothing, "Z", " UTC", "+02:00", " +0200", "-03". */
static bool zone_end(const char *at, const char *end, int16_t *zone)
{
	int32_t hours, minutes = 0;
	int sign;

	*zone = INT16_MIN;
	if (at == end)
		return true;
	if (end - at == 1 && (*at == 'Z' || *at == 'z')) {
		*zone = 0;
		return true;
	}
	skip(&at, end, ' ');
	if (end - at == 3 && memcmp(at, "UTC", 3) == 0) {
		*zone = 0;
		return true;
	}
	if (at == end || (*at != '+' && *at != '-'))
		return false;
	sign = *at++ == '-' ? -1 : 1;
	if (!digits(&at, end, 2, &hours))
		return false;
	if (at < end) {
		skip(&at, end, ':');
		if (!digits(&at, end, 2, &minutes))
			return false;
	}
	if (at != end || minutes > 59 || hours * 60 + minutes > 18 * 60)
		return false;
	*zone = (int16_t)(sign * (hours * 60 + minutes));
	return true;
}

bool clock_parse_iso(const char *text, size_t size, int64_t *ms, int16_t *zone, bool *date_only)
{
	const char *at = text, *end;
	int32_t year, month, day, hour, minute;
	int64_t days, part;
	int16_t east;

	if (size == 0)
		return false;
	end = text + size;
	if (!digits(&at, end, 4, &year) || !skip(&at, end, '-') || !digits(&at, end, 2, &month) ||
	    !skip(&at, end, '-') || !digits(&at, end, 2, &day) ||
	    !clock_date_valid(year, month, day))
		return false;
	days = clock_days(year, month, day);
	if (at == end) {
		*ms = days * CLOCK_DAY_MS;
		*zone = INT16_MIN;
		*date_only = true;
		return true;
	}
	if (!skip(&at, end, 'T') && !skip(&at, end, 't') && !skip(&at, end, ' '))
		return false;
	if (!digits(&at, end, 2, &hour) || !skip(&at, end, ':') || !digits(&at, end, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	if (!seconds(&at, end, &part) || !zone_end(at, end, &east))
		return false;
	*ms = days * CLOCK_DAY_MS + hour * CLOCK_HOUR_MS + minute * 60000LL + part -
	      (east == INT16_MIN ? 0 : east * 60000LL);
	*zone = east;
	*date_only = false;
	return true;
}

/* Days since 1970 and the milliseconds within the day, for times before 1970 too. */
static int64_t split_day(int64_t ms, int64_t *within)
{
	int64_t days = ms / CLOCK_DAY_MS;

	*within = ms % CLOCK_DAY_MS;
	if (*within < 0) {
		*within += CLOCK_DAY_MS;
		days--;
	}
	return days;
}

/* False for years outside 1..9999, which none of the formats can write. */
static bool split(int64_t ms, struct clock_date *date, int64_t *within)
{
	int64_t days = split_day(ms, within);

	if (days < clock_days(1, 1, 1) || days > clock_days(9999, 12, 31))
		return false;
	clock_civil(days, date);
	return true;
}

static void put_digits(char *at, int count, int64_t value)
{
	while (count-- > 0) {
		at[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void put_date(char *out, const struct clock_date *date)
{
	put_digits(out, 4, date->year);
	out[4] = '-';
	put_digits(out + 5, 2, date->month);
	out[7] = '-';
	put_digits(out + 8, 2, date->day);
}

static void put_minute(char *out, char between, int64_t within)
{
	out[0] = between;
	put_digits(out + 1, 2, within / CLOCK_HOUR_MS);
	out[3] = ':';
	put_digits(out + 4, 2, within / 60000 % 60);
}

void clock_format_date(int64_t ms, char out[16])
{
	struct clock_date date;
	int64_t within;

	memcpy(out, "-", 2);
	if (!split(ms, &date, &within))
		return;
	put_date(out, &date);
	out[10] = 0;
}

void clock_format_minute(int64_t ms, char out[24])
{
	struct clock_date date;
	int64_t within;

	memcpy(out, "-", 2);
	if (!split(ms, &date, &within))
		return;
	put_date(out, &date);
	put_minute(out + 10, ' ', within);
	out[16] = 0;
}

void clock_format_iso(int64_t ms, char out[32])
{
	struct clock_date date;
	int64_t within;

	memcpy(out, "-", 2);
	if (!split(ms, &date, &within))
		return;
	put_date(out, &date);
	put_minute(out + 10, 'T', within);
	out[16] = ':';
	put_digits(out + 17, 2, within / 1000 % 60);
	out[19] = '.';
	put_digits(out + 20, 3, within % 1000);
	out[23] = 'Z';
	out[24] = 0;
}
