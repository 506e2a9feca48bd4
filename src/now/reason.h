/*
 * The account of a prompt: the numbers that went into it, whole ones in named units, so that who
 * has them can do the sum again. Names are stable words for programs ("event", "trip q80",
 * "habit"); the person reads them too.
 */
#ifndef TACIT_NOW_REASON_H
#define TACIT_NOW_REASON_H

#include <stddef.h>
#include <stdint.h>

#define REASON_MAX 16

enum reason_unit {
	REASON_COUNT,			/* trips, visits, days */
	REASON_SPAN,			/* ms */
	REASON_TIME,			/* ms since 1970 UTC */
	REASON_METRES,
	REASON_SHARE,			/* 2^-20 */
	REASON_STEPS,
	REASON_SCORE			/* 2^-20, no share */
};

struct reason {
	char name[40];
	char words[120];		/* what it is about ("from Home to Dentist"), or "" */
	enum reason_unit unit;
	int64_t value;
};

struct reasons {
	size_t count;
	struct reason list[REASON_MAX];
};

/* Appends; words may be NULL. What does not fit is a defect of the caller (asserted). */
void reason_add(struct reasons *reasons, const char *name, const char *words,
		 enum reason_unit unit, int64_t value);

#endif
