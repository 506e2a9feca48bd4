/*
 * An act: one thing that a person did, as a reader found it in an export and as the vault keeps
 * it. Readers emit acts and know no vault; the vault keeps acts and knows no export.
 *
 * Conventions that every reader follows:
 *  - time is in milliseconds since 1970-01-01 UTC. Where an export has a date only, the time is
 *    noon UTC of that date plus n milliseconds, n counting that date's rows from the oldest, so
 *    that the order within a day survives and a longer export of the same history agrees with a
 *    shorter one; ACT_DATE_ONLY is set.
 *  - ratings are on five stars: value = stars * 2^20. Other scales are converted by the reader.
 *  - a series episode's title is the series alone; season and episode go to `text`.
 *  - domain is one of: films series music books games shop places news apps other health.
 *    Steps and the like are "health", with the count as the value (2^-20).
 *  - what an export says and the act has no field for goes to `rest`, a JSON object in text,
 *    without what tacit never keeps (addresses, device ids, tokens).
 * Texts are UTF-8, not NUL-terminated, borrowed for the time of the call, and within limits.h.
 */
#ifndef TACIT_BASE_ACT_H
#define TACIT_BASE_ACT_H

#include <stdint.h>

enum act_verb {
	ACT_WATCH = 1,
	ACT_LISTEN,
	ACT_READ,
	ACT_PLAY,
	ACT_BUY,
	ACT_SEARCH,
	ACT_LIKE,
	ACT_DISLIKE,
	ACT_RATE,
	ACT_BOOKMARK,
	ACT_FOLLOW,
	ACT_POST,
	ACT_ARRIVE,
	ACT_DEPART,
	ACT_EXERCISE,
	ACT_EAT,
	ACT_PLAN,		/* a calendar's event: time, duration, place */
	ACT_RECEIVE,		/* what a followed feed brought: no act of taste */
	ACT_VERB_COUNT		/* one above the last */
};

#define ACT_NONE INT64_MIN		/* no value, no duration */
#define ACT_ZONE_UNKNOWN INT16_MIN
#define ACT_YEAR_UNKNOWN 0

#define ACT_DATE_ONLY 1u		/* flags: the time of day is not known */
#define ACT_NOT_CHOSEN 2u		/* flags: autoplay, advertisement, somebody else's act */

struct act_text {
	const char *data;		/* may be NULL when size is 0 */
	uint32_t size;
};

struct act {
	int64_t time;			/* milliseconds since 1970 UTC */
	int64_t value;			/* fixed point 2^-20, or ACT_NONE */
	int64_t duration;		/* milliseconds, or ACT_NONE */
	int16_t zone;			/* minutes east of UTC, or ACT_ZONE_UNKNOWN */
	uint8_t verb;			/* enum act_verb */
	uint8_t flags;
	int32_t year;			/* of the item, or ACT_YEAR_UNKNOWN */
	struct act_text domain;		/* an item is its domain, title, creator, year */
	struct act_text title;
	struct act_text creator;
	struct act_text words;		/* about the item: genres, album, shelves, '|' between */
	struct act_text place;
	struct act_text text;		/* the person's own words, or the episode */
	struct act_text rest;		/* JSON object, or empty */
};

/* "watch", "listen" ...; NULL for a number that is no verb. */
const char *act_verb_name(int verb);
/* Its action in schema.org's vocabulary, "WatchAction"; "Action" for a number that is no verb. */
const char *act_schema_name(int verb);
/* The verb of that name (size bytes), or 0. */
int act_verb_find(const char *name, uint32_t size);

#endif
