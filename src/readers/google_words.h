/*
 * The sentences and times in which Google's activity is written: "Watched X", "X angesehen",
 * "13.02.2024, 08:36:49 MEZ". The language of an account is nowhere in its export.
 */
#ifndef TACIT_READERS_GOOGLE_WORDS_H
#define TACIT_READERS_GOOGLE_WORDS_H

#include <stdbool.h>

#include "base/act.h"

enum google_what {
	GOOGLE_UNKNOWN,
	GOOGLE_WATCHED, GOOGLE_LISTENED, GOOGLE_SEARCHED, GOOGLE_VISITED, GOOGLE_READ,
	GOOGLE_VIEWED, GOOGLE_USED, GOOGLE_LIKED, GOOGLE_DISLIKED, GOOGLE_FOLLOWED, GOOGLE_SAVED,
	GOOGLE_DIRECTIONS, GOOGLE_INSTALLED, GOOGLE_BOUGHT, GOOGLE_AREA, GOOGLE_SAID
};

/* What a sentence says was done; *object is the part of it that names the thing. */
enum google_what google_sentence(struct act_text sentence, struct act_text *object);

enum google_time {
	GOOGLE_TIME_NONE,		/* no date and time in it */
	GOOGLE_TIME_OK,
	GOOGLE_TIME_NO_ZONE		/* the zone is not known: taken as UTC */
};

/* A time as the HTML pages write it, in any of some twenty languages. Three numbers without the
 * name of a month are day, month, year, unless the first is a year or the second no month. */
enum google_time google_time(struct act_text text, int64_t *ms, int16_t *zone);

#endif
