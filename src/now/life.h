/*
 * What is known of a person for the prompts of a moment: where they stayed, what is planned, steps,
 * meals, what feeds brought and what was read. Taken from the vault in one pass (life_read.c), and
 * kept as one block of bytes, so that the next moment needs no second pass. A pure function of the
 * acts and of the zones of the clock.
 */
#ifndef TACIT_NOW_LIFE_H
#define TACIT_NOW_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

struct vault;

#define LIFE_NOWHERE INT32_MIN		/* a latitude that is not known */

/* Texts are offsets in life.text, NUL-terminated UTF-8; 0 is "". Times are ms since 1970 UTC, zones
 * minutes east of UTC, coordinates 1e-7 degrees. Each array is in the order of time, which is the
 * first member of each; what is of one time is ordered by its content. */
struct life_stay {
	int64_t arrive, leave;
	int32_t latitude, longitude;
	uint32_t name;			/* what a service called it, or 0 */
	int16_t zone;
	int16_t sure;			/* 0 where a gap is in it */
};

struct life_plan {
	int64_t start, end;		/* end = start where no length is known */
	uint64_t event;
	int32_t latitude, longitude;	/* LIFE_NOWHERE: only `place` says where */
	uint32_t title, place;
	int16_t zone;
	int16_t whole_day;
	int32_t unused;
};

struct life_steps {
	int64_t start, end;
	uint32_t source;		/* tells devices apart; the number itself means nothing */
	int32_t steps;
	int16_t zone;
	int16_t whole_day;
	int32_t unused;
};

/* A meal, or a visit that a service knew the name of: what lunch is chosen from. */
struct life_meal {
	int64_t time;
	int32_t latitude, longitude;	/* LIFE_NOWHERE where not known */
	uint32_t name, words;
	int16_t zone;
	int16_t eaten;			/* 1: said to be a meal */
	int32_t unused;
};

struct life_item {			/* of a feed */
	int64_t time;
	uint64_t event;
	uint32_t title, feed, words, unused;
};

struct life_reading {			/* that the person chose */
	int64_t time;
	uint32_t title, creator, words, unused;
};

enum { LIFE_STAYS, LIFE_PLANS, LIFE_STEPS, LIFE_MEALS, LIFE_ITEMS, LIFE_READINGS, LIFE_ARRAYS };

struct life {
	struct life_stay *stay;
	struct life_plan *plan;
	struct life_steps *steps;
	struct life_meal *meal;
	struct life_item *item;
	struct life_reading *reading;
	char *text;
	size_t count[LIFE_ARRAYS], text_size;
	uint64_t points;		/* that the stays were found in */
	int64_t first, last;		/* of all but plans; 0 where there is none */
	void *block;			/* that all of it lies in, when it was unpacked */
};

/* The zone that a clock of the person's shows at a time, where nothing else says: minutes east of
 * UTC. */
typedef int16_t life_zone(void *context, int64_t time);

/* Reads the vault. life_free() it. TACIT_E_MEMORY and what reading a vault gives. Cost: one look at
 * each act; five million points below a second. */
int life_read(struct vault *vault, life_zone *zone, void *context, struct life *out,
	      struct error *error);
void life_free(struct life *life);

/* As one block, and back: false where the bytes are no such block. */
int life_pack(const struct life *life, struct bytes *out);
bool life_unpack(const void *data, size_t size, struct life *out);

static inline const char *life_text(const struct life *life, uint32_t at)
{
	return life->text + at;
}

#endif
