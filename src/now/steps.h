/*
 * A goal for today's steps that moves with the person, and whether a walk now would reach it.
 *
 *	goal = the 60th percentile of the last nine days with data before today, or what was told
 *
 * (a percentile schedule: Adams et al. 2013, "An adaptive physical activity intervention for
 * overweight adults"). Of n totals in order it is the value at place 0.6 (n + 1), interpolated and
 * rounded to the nearest, halves up: of nine the sixth, of eight 0.6 * 6th + 0.4 * 5th ... Below
 * five days it is not known. A day whose total is 0 is a day without data: the thing lay at home.
 *
 * What the rest of a day usually brings is taken from the latest 28 days with hours, at the same
 * time of the day, weekdays apart from weekends where there are five of a sort:
 *
 *	rest(d)    = total(d) - steps of d by now		interpolated within the hour
 *	projected  = steps now + quantile of rest		Q20, Q50, Q80; place share (n + 1)
 *	chance     = (days with rest(d) >= missing + 1/2) / (days + 1)
 *	pushed     = the same with missing - walk
 *
 * walk is what a brisk walk of up to 40 minutes brings, at 100 steps a minute (Tudor-Locke et al.
 * 2018, moderate walking), or of what is left until 21:00. Something is said only from 11:00 to
 * 20:30, where chance < 1/2 <= pushed: it would be missed, and one walk reaches it. Never when the
 * goal is reached, never when a walk would not do, never without hours.
 *
 * Where a phone and a watch both counted a day, its number is the larger one, hour by hour, not the
 * sum: both saw the same feet. That is the caller's to do.
 */
#ifndef TACIT_NOW_STEPS_H
#define TACIT_NOW_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "now/prompt.h"

#define STEPS_GOAL_DAYS 9
#define STEPS_GOAL_LEAST 5

struct steps_day {
	int64_t day;			/* local, since 1970-01-01 */
	int32_t total;
	bool hourly;			/* by_hour is known */
	int32_t by_hour[24];		/* steps from midnight to the end of hour h */
};

struct steps_moment {
	int64_t now;			/* ms */
	int16_t zone;			/* minutes east of UTC */
	int32_t steps;			/* today, so far; -1: not known */
	int32_t told;			/* goal; 0: none */
};

enum steps_verdict {
	STEPS_SAID,
	STEPS_NO_GOAL,			/* fewer than five days, nothing told */
	STEPS_NO_PACE,			/* today's steps, or five days with hours, are not known */
	STEPS_REACHED, STEPS_ON_WAY, STEPS_HOPELESS,
	STEPS_NOT_NOW			/* before 11:00, after 20:30 */
};
/* "the goal is reached" ... */
const char *steps_verdict_words(enum steps_verdict verdict);

struct steps_state {
	int32_t goal;			/* 0: not known */
	uint32_t goal_days;		/* 0 where it was told */
	int32_t missing;		/* goal - steps now, not below 0 */
	uint32_t pace_days;		/* below five: the rest is not known */
	int32_t usual;			/* Q50 of steps by this time of the day */
	int32_t rest[3], projected[3];	/* Q20, Q50, Q80 */
	int32_t chance, pushed;		/* 2^-20 */
	int32_t walk;			/* steps of a feasible walk */
};

/* The goal alone, of days in any order of which those from `today` on do not count; of a day that
 * comes twice the larger total. 0: not known. *used tells how many days. O(count). */
int32_t steps_goal(const struct steps_day *days, size_t count, int64_t today, uint32_t *used);

/* All of it; *out is set only for STEPS_SAID, *state always. O(count). */
enum steps_verdict steps_prompt(const struct steps_day *days, size_t count,
				const struct steps_moment *moment, struct steps_state *state,
				struct prompt *out);

#endif
