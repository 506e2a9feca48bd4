/*
 * Points of the earth and moments as exports of places write them. A point is whole 1e-7 degrees
 * (about a centimetre), so that no rounding depends on a machine.
 */
#ifndef TACIT_READERS_GEO_H
#define TACIT_READERS_GEO_H

#include <stdbool.h>

#include "base/act.h"

struct geo {
	int32_t latitude, longitude;	/* 1e-7 degrees */
	bool known;
};

#define GEO_TEXT 40

/* Two texts, latitude and longitude: whole 1e-7 degrees ("488566000"), or degrees ("48.8566").
 * False, and point->known false, for what is no point of the earth. */
bool geo_whole(struct act_text latitude, struct act_text longitude, struct geo *point);
bool geo_degrees(struct act_text latitude, struct act_text longitude, struct geo *point);
/* One text with both: "48.8566°, 2.3522°", "48.8566,2.3522", "geo:48.8566,2.3522". */
bool geo_pair(struct act_text text, struct geo *point);
/* "geo:48.85660,2.35220" into room, with 5 or 7 decimals; the text points into it. */
struct act_text geo_text(const struct geo *point, int decimals, char room[GEO_TEXT]);
/* A moment with a time of day: ISO with or without a zone, or unix seconds or milliseconds. zone in
 * minutes, ACT_ZONE_UNKNOWN where the text has none or says UTC ("Z": how it was written down). */
bool geo_time(struct act_text text, int64_t *ms, int16_t *zone);

#endif
