/* Points and moments; see geo.h. */
#include "geo.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "formats/dates.h"
#include "formats/number.h"

#define DEGREE 10000000LL

static bool set(int64_t latitude, int64_t longitude, struct geo *point)
{
	point->known = false;
	/* Google wrote numbers that had run over 32 bits for a while. */
	if (latitude > 90 * DEGREE)
		latitude -= 1LL << 32;
	if (longitude > 180 * DEGREE)
		longitude -= 1LL << 32;
	if (latitude < -90 * DEGREE || latitude > 90 * DEGREE || longitude < -180 * DEGREE ||
	    longitude > 180 * DEGREE)
		return false;
	point->latitude = (int32_t)latitude;
	point->longitude = (int32_t)longitude;
	point->known = true;
	return true;
}

bool geo_whole(struct act_text latitude, struct act_text longitude, struct geo *point)
{
	int64_t north, east;

	point->known = false;
	return number_whole(latitude, &north) && number_whole(longitude, &east) &&
	       set(north, east, point);
}

bool geo_degrees(struct act_text latitude, struct act_text longitude, struct geo *point)
{
	int64_t north, east;

	point->known = false;
	if (!number_scaled(number_trim(latitude), 7, &north) ||
	    !number_scaled(number_trim(longitude), 7, &east) || llabs(north) > 90 * DEGREE ||
	    llabs(east) > 180 * DEGREE)
		return false;
	return set(north, east, point);
}

/* The text without a degree sign (two bytes) at its end. */
static struct act_text no_sign(struct act_text text)
{
	text = number_trim(text);
	if (text.size >= 2 && (unsigned char)text.data[text.size - 2] == 0xc2 &&
	    (unsigned char)text.data[text.size - 1] == 0xb0)
		text.size -= 2;
	return text;
}

bool geo_pair(struct act_text text, struct geo *point)
{
	struct act_text north, east;
	uint32_t at = 0;

	point->known = false;
	if (text.size > 4 && text.data[0] == 'g' && text.data[1] == 'e' && text.data[2] == 'o' &&
	    text.data[3] == ':') {
		text.data += 4;
		text.size -= 4;
	}
	while (at < text.size && text.data[at] != ',')
		at++;
	if (at == text.size)
		return false;
	north = (struct act_text){ text.data, at };
	east = (struct act_text){ text.data + at + 1, text.size - at - 1 };
	return geo_degrees(no_sign(north), no_sign(east), point);
}

static int write_degrees(char *out, size_t max, int64_t value, int decimals)
{
	int64_t unit = decimals == 5 ? 100 : 1, scale = DEGREE / unit, size = llabs(value);

	size = (size + unit / 2) / unit;
	return snprintf(out, max, "%s%lld.%0*lld", value < 0 && size > 0 ? "-" : "",
			(long long)(size / scale), decimals, (long long)(size % scale));
}

struct act_text geo_text(const struct geo *point, int decimals, char room[GEO_TEXT])
{
	struct act_text text = { room, 0 };
	int at;

	if (!point->known)
		return text;
	at = snprintf(room, GEO_TEXT, "geo:");
	at += write_degrees(room + at, (size_t)(GEO_TEXT - at), point->latitude, decimals);
	room[at++] = ',';
	at += write_degrees(room + at, (size_t)(GEO_TEXT - at), point->longitude, decimals);
	text.size = (uint32_t)at;
	return text;
}

bool geo_time(struct act_text text, int64_t *ms, int16_t *zone)
{
	bool date_only = false;

	*zone = ACT_ZONE_UNKNOWN;
	text = number_trim(text);
	if (clock_parse_iso(text.data, text.size, ms, zone, &date_only)) {
		if (text.size > 0 && text.data[text.size - 1] == 'Z')
			*zone = ACT_ZONE_UNKNOWN;
	} else {
		*zone = ACT_ZONE_UNKNOWN;
		if (!dates_parse_unix(text.data, text.size, ms))
			return false;
	}
	return !date_only && *ms >= -62135596800000LL && *ms <= 253402300799999LL;
}
