/* Reading dates and deciding their order; see dates.h. */
#include "dates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* A cursor over the text. */
struct cursor {
	const char *at, *end;
};

static void blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
}

static bool see(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* A whole number of at most four digits; its number of digits, or 0. */
static int number(struct cursor *cursor, int32_t *out)
{
	int count = 0;

	*out = 0;
	while (cursor->at < cursor->end && (unsigned)*cursor->at - '0' <= 9 && count < 5) {
		*out = *out * 10 + (*cursor->at++ - '0');
		count++;
	}
	return count <= 4 ? count : 0;
}

static int32_t full_year(int32_t year, int count)
{
	if (count > 2)
		return year;
	return year < 70 ? 2000 + year : 1900 + year;
}

/* English month names, as exports write them whatever the language of the person is. */
static int32_t month_name(struct cursor *cursor)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char low[3];
	int i;

	if (cursor->end - cursor->at < 3)
		return 0;
	for (i = 0; i < 3; i++)
		low[i] = (char)(cursor->at[i] | 0x20);
	for (i = 0; i < 12; i++)
		if (memcmp(names + 3 * i, low, 3) == 0)
			break;
	if (i == 12)
		return 0;
	while (cursor->at < cursor->end && (unsigned)(*cursor->at | 0x20) - 'a' < 26)
		cursor->at++;
	see(cursor, '.');
	return i + 1;
}

/* "AM", "p.m." and the like turn hours of twelve into hours of 24. */
static bool half_day(struct cursor *cursor, int32_t *hour)
{
	char c;

	blanks(cursor);
	if (cursor->at == cursor->end)
		return *hour <= 23;
	c = (char)(*cursor->at | 0x20);
	if (c != 'a' && c != 'p')
		return false;
	cursor->at++;
	see(cursor, '.');
	if (!see(cursor, 'M') && !see(cursor, 'm'))
		return false;
	see(cursor, '.');
	if (*hour < 1 || *hour > 12)
		return false;
	*hour = *hour % 12 + (c == 'p' ? 12 : 0);
	return true;
}

/* What follows the date: nothing, or a time to the end of the text. */
static bool time_behind(struct cursor *cursor, struct dates_raw *raw)
{
	int32_t hour, minute, second = 0;

	see(cursor, ',');
	blanks(cursor);
	raw->has_time = false;
	raw->within = 0;
	raw->zone = INT16_MIN;
	if (cursor->at == cursor->end)
		return true;
	if (number(cursor, &hour) == 0 || !see(cursor, ':') || number(cursor, &minute) != 2 ||
	    minute > 59)
		return false;
	if (see(cursor, ':') && (number(cursor, &second) != 2 || second > 60))
		return false;
	if (!half_day(cursor, &hour) || cursor->at != cursor->end)
		return false;
	raw->has_time = true;
	raw->within = hour * CLOCK_HOUR_MS + minute * 60000LL + second * 1000LL;
	return true;
}

/* "2 Jan 2019", "Jan 2, 2019", "02-Jan-1995". */
static bool parse_named(struct cursor *cursor, struct dates_raw *raw)
{
	int32_t day, month, year;
	int count;

	month = month_name(cursor);
	see(cursor, ' ');
	if (number(cursor, &day) == 0)
		return false;
	if (month == 0) {
		if (!see(cursor, ' ') && !see(cursor, '-'))
			return false;
		month = month_name(cursor);
		if (month == 0)
			return false;
	}
	see(cursor, ',');
	if (!see(cursor, ' ') && !see(cursor, '-'))
		return false;
	count = number(cursor, &year);
	if (count != 4 && count != 2)
		return false;
	raw->part[0] = full_year(year, count);
	raw->part[1] = month;
	raw->part[2] = day;
	raw->decided = true;
	raw->separator = ' ';
	return clock_date_valid(raw->part[0], month, day) && time_behind(cursor, raw);
}

/* '/', '.' or '-', with blanks around. */
static bool separator(struct cursor *cursor, char *out)
{
	blanks(cursor);
	if (cursor->at == cursor->end || strchr("/.-", *cursor->at) == NULL)
		return false;
	*out = *cursor->at++;
	blanks(cursor);
	return true;
}

static bool parse_numbers(struct cursor *cursor, struct dates_raw *raw)
{
	int count[3], i;
	char other;

	for (i = 0; i < 3; i++) {
		if (i > 0 && !separator(cursor, i == 1 ? &raw->separator : &other))
			return false;
		count[i] = number(cursor, &raw->part[i]);
		if (count[i] == 0 || count[i] == 3)
			return false;
	}
	if (raw->separator != other || count[1] > 2)
		return false;
	if (raw->separator == '.')
		see(cursor, '.');
	raw->decided = count[0] == 4;
	if (raw->decided && (count[2] > 2 ||
			     !clock_date_valid(raw->part[0], raw->part[1], raw->part[2])))
		return false;
	/* A year of four digits at the end is marked by being above 99. */
	if (count[2] == 4 && raw->part[2] < 100)
		return false;
	return time_behind(cursor, raw);
}

bool dates_parse(const char *text, size_t size, struct dates_raw *raw)
{
	struct cursor cursor = { text, text };
	struct clock_date date;
	int64_t ms, day;
	bool date_only;

	if (size == 0)
		return false;
	cursor.end += size;
	while (cursor.end > cursor.at && cursor.end[-1] == ' ')
		cursor.end--;
	blanks(&cursor);
	memset(raw, 0, sizeof(*raw));
	if (clock_parse_iso(cursor.at, (size_t)(cursor.end - cursor.at), &ms, &raw->zone,
			    &date_only)) {
		day = (ms >= 0 ? ms : ms - CLOCK_DAY_MS + 1) / CLOCK_DAY_MS;
		clock_civil(day, &date);
		raw->part[0] = date.year;
		raw->part[1] = date.month;
		raw->part[2] = date.day;
		raw->decided = true;
		raw->has_time = !date_only;
		raw->within = ms - day * CLOCK_DAY_MS;
		raw->separator = '-';
		return clock_date_valid(date.year, date.month, date.day);
	}
	text = cursor.at;
	if (parse_numbers(&cursor, raw))
		return true;
	cursor.at = text;
	return parse_named(&cursor, raw);
}

bool dates_parse_unix(const char *text, size_t size, int64_t *ms)
{
	int64_t value = 0, scale = 1;
	size_t i = 0;
	bool negative = size > 0 && text[0] == '-', fraction = false;

	if (negative)
		i++;
	if (i == size)
		return false;
	for (; i < size; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (text[i] == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (digit > 9 || value > INT64_MAX / 20000)
			return false;
		if (fraction && scale == 1000)
			continue;	/* below a millisecond */
		value = value * 10 + digit;
		if (fraction)
			scale *= 10;
	}
	/* 10^11 seconds are the year 5138, 10^11 milliseconds are March 1973. */
	if (value / scale >= 100000000000LL)
		*ms = value / scale;
	else
		*ms = value * (1000 / scale);
	if (negative)
		*ms = -*ms;
	return *ms <= 253402300799999LL && *ms >= -62135596800000LL;
}

bool dates_day(const struct dates_raw *raw, enum dates_order order, int64_t *day)
{
	static const int8_t places[DATES_ORDERS][3] = { { 2, 0, 1 }, { 2, 1, 0 }, { 0, 1, 2 } };
	const int8_t *place = places[raw->decided ? DATES_YMD : order];
	int32_t year = raw->part[place[0]], month = raw->part[place[1]];
	int32_t date = raw->part[place[2]];

	if (!raw->decided)
		year = full_year(year, year > 99 ? 4 : 2);
	if (!clock_date_valid(year, month, date))
		return false;
	*day = clock_days(year, month, date);
	return true;
}

void dates_vote(struct dates_vote *vote, const struct dates_raw *raw, int64_t now)
{
	int64_t day;
	int i;

	if (raw->decided)
		return;
	vote->rows++;
	vote->dotted += raw->separator == '.';
	vote->dashed += raw->separator == '-';
	for (i = 0; i < DATES_ORDERS; i++) {
		if (!dates_day(raw, i, &day)) {
			vote->order[i].impossible++;
			continue;
		}
		vote->order[i].future += day > now + 1;
		if (vote->order[i].any) {
			vote->order[i].up += day > vote->order[i].last;
			vote->order[i].down += day < vote->order[i].last;
		}
		vote->order[i].last = day;
		vote->order[i].any = true;
	}
}

/* Steps against the direction in which the file runs, whichever that is. */
static uint64_t against(const struct dates_vote *vote, enum dates_order order)
{
	uint64_t up = vote->order[order].up, down = vote->order[order].down;

	return up < down ? up : down;
}

static const char *order_name(enum dates_order order)
{
	static const char *const names[] = { "month/day/year", "day/month/year",
					     "year/month/day" };

	return names[order];
}

/* "12 rows decide it" */
static void decided_by(char *note, size_t max, enum dates_order order, uint64_t rows,
		       const char *one, const char *many)
{
	snprintf(note, max, "dates read as %s: %" PRIu64 " %s", order_name(order), rows,
		 rows == 1 ? one : many);
}

/* Whether something speaks against the order: days that do not exist or have not come yet, or
 * a file that would not be sorted. */
static bool doubtful(const struct dates_vote *vote, enum dates_order order)
{
	return vote->order[order].impossible > 0 || vote->order[order].future > 0 ||
	       against(vote, order) > vote->rows / 10;
}

enum dates_order dates_decide(const struct dates_vote *vote, enum dates_order usual,
			      const char *service, char *note, size_t max)
{
	uint64_t wrong_mdy = vote->order[DATES_MDY].impossible;
	uint64_t wrong_dmy = vote->order[DATES_DMY].impossible;
	uint64_t back_mdy = against(vote, DATES_MDY), back_dmy = against(vote, DATES_DMY);
	uint64_t late_mdy = vote->order[DATES_MDY].future, late_dmy = vote->order[DATES_DMY].future;
	bool dotted = vote->dotted + vote->dashed > vote->rows / 2;
	enum dates_order order = wrong_mdy <= wrong_dmy ? DATES_MDY : DATES_DMY;

	note[0] = 0;
	if (vote->rows == 0)
		return usual;
	/* Two digits of a year in front fit only where neither other order does. */
	if (!doubtful(vote, DATES_YMD) && doubtful(vote, DATES_MDY) && doubtful(vote, DATES_DMY)) {
		snprintf(note, max, "dates read as %s: in no other order they make sense",
			 order_name(DATES_YMD));
		return DATES_YMD;
	}
	if (wrong_mdy != wrong_dmy) {
		decided_by(note, max, order, order == DATES_MDY ? wrong_dmy - wrong_mdy :
			   wrong_mdy - wrong_dmy, "row decides it", "rows decide it");
		return order;
	}
	/* An export is sorted: in the wrong order its dates jump to and fro. */
	order = back_mdy <= back_dmy ? DATES_MDY : DATES_DMY;
	if (back_mdy != back_dmy && (order == DATES_MDY ? back_mdy : back_dmy) <= vote->rows / 10) {
		decided_by(note, max, order, order == DATES_MDY ? back_dmy - back_mdy :
			   back_mdy - back_dmy, "row would be out of order otherwise",
			   "rows would be out of order otherwise");
		return order;
	}
	if ((late_mdy == 0) != (late_dmy == 0)) {
		order = late_mdy == 0 ? DATES_MDY : DATES_DMY;
		decided_by(note, max, order, late_mdy + late_dmy,
			   "row would be in the future otherwise",
			   "rows would be in the future otherwise");
		return order;
	}
	order = dotted ? DATES_DMY : usual;
	snprintf(note, max, "every date fits both orders: read as %s, %s", order_name(order),
		 dotted ? "because dots and dashes mean that almost everywhere" : service);
	return order;
}
