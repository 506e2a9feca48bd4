/* Goals and pace; see steps.h. */
#include "steps.h"

#include <stdio.h>
#include <string.h>

#include "base/fixed.h"
#include "places/quantile.h"
#include "places/visit.h"

#define HOUR 3600000LL
#define MINUTE 60000LL
#define PACE_DAYS 28
#define PACE_LEAST 5
#define FIRST (11 * HOUR)
#define LAST (20 * HOUR + 30 * MINUTE)
#define EVENING (21 * HOUR)
#define CADENCE 100			/* steps a minute */
#define WALK_MINUTES 40
#define GOAL_SHARE_TENTHS 6

const char *steps_verdict_words(enum steps_verdict verdict)
{
	static const char *const words[] = {
		"said", "too few days for a goal", "the steps of today or of days by hours are "
		"not known", "the goal is reached", "the goal will be reached anyway",
		"one walk would not reach it", "too early or too late in the day",
	};

	return words[verdict];
}

/* The latest `most` days before today that pass, newest first, each once. */
static size_t latest(const struct steps_day *days, size_t count, int64_t today, bool hourly,
		     int sort, const struct steps_day **out, size_t most)
{
	size_t n = 0, i, k;

	for (i = 0; i < count; i++) {
		const struct steps_day *d = &days[i];
		bool weekend = visit_of_week(d->day * VISIT_DAY_MS) >= 5 * VISIT_DAY_MS;

		if (d->day >= today || d->total <= 0 || (hourly && !d->hourly) ||
		    (sort >= 0 && weekend != (sort == 1)))
			continue;
		for (k = 0; k < n && out[k]->day > d->day; k++)
			;
		if (k < n && out[k]->day == d->day) {
			out[k] = d->total > out[k]->total ? d : out[k];
			continue;
		}
		if (k == most)
			continue;
		n += n < most;
		memmove(&out[k + 1], &out[k], (n - k - 1) * sizeof(*out));
		out[k] = d;
	}
	return n;
}

int32_t steps_goal(const struct steps_day *days, size_t count, int64_t today, uint32_t *used)
{
	const struct steps_day *last[STEPS_GOAL_DAYS];
	struct quantile_value list[STEPS_GOAL_DAYS];
	size_t n = latest(days, count, today, false, -1, last, STEPS_GOAL_DAYS), i, tenths, place;
	int64_t low, high;

	*used = (uint32_t)n;
	if (n < STEPS_GOAL_LEAST)
		return 0;
	for (i = 0; i < n; i++)
		list[i] = (struct quantile_value){ last[i]->total, FIXED_ONE };
	quantile_sort(list, n);
	/* in tenths, because 0.6 is none of 2^-20 */
	tenths = GOAL_SHARE_TENTHS * (n + 1);
	place = tenths / 10;
	low = list[place - 1].value;
	high = list[place < n ? place : n - 1].value;
	return (int32_t)((low * 10 + (high - low) * (int64_t)(tenths % 10) + 5) / 10);
}

/* Steps by a time of the day, within the hour as if even. */
static int64_t by_time(const struct steps_day *d, int64_t of_day)
{
	int64_t hour = of_day / HOUR, before = hour > 0 ? d->by_hour[hour - 1] : 0;
	int64_t within = d->by_hour[hour] - before, steps;

	steps = before + (within > 0 ? within * (of_day % HOUR) / HOUR : 0);
	return steps < 0 ? 0 : steps > d->total ? d->total : steps;
}

static int32_t chance_of(const struct quantile_value *rest, size_t n, int64_t missing)
{
	int64_t reached = 0;
	size_t i;

	for (i = 0; i < n; i++)
		reached += rest[i].value >= missing;
	return (int32_t)((2 * reached + 1) * FIXED_ONE / (2 * ((int64_t)n + 1)));
}

static void learn_rest(const struct steps_day *days, size_t count, int64_t today, int64_t of_day,
		       const struct steps_moment *moment, struct steps_state *state)
{
	static const int32_t shares[3] = { FIXED_ONE / 5, FIXED_ONE / 2, FIXED_ONE / 5 * 4 };
	const struct steps_day *last[PACE_DAYS];
	struct quantile_value rest[PACE_DAYS], sofar[PACE_DAYS];
	int sort = visit_of_week(today * VISIT_DAY_MS) >= 5 * VISIT_DAY_MS;
	size_t n = latest(days, count, today, true, sort, last, PACE_DAYS), i;
	int64_t value = 0;

	if (n < PACE_LEAST)
		n = latest(days, count, today, true, -1, last, PACE_DAYS);
	state->pace_days = (uint32_t)n;
	if (n < PACE_LEAST)
		return;
	for (i = 0; i < n; i++) {
		int64_t steps = by_time(last[i], of_day);

		sofar[i] = (struct quantile_value){ steps, FIXED_ONE };
		rest[i] = (struct quantile_value){ last[i]->total - steps, FIXED_ONE };
	}
	quantile_sort(rest, n);
	quantile_sort(sofar, n);
	quantile_of(sofar, n, FIXED_ONE, FIXED_ONE / 2, &value);
	state->usual = (int32_t)value;
	for (i = 0; i < 3; i++) {
		quantile_of(rest, n, FIXED_ONE, shares[i], &value);
		state->rest[i] = (int32_t)value;
		state->projected[i] = moment->steps + state->rest[i];
	}
	state->chance = chance_of(rest, n, state->missing);
	state->pushed = chance_of(rest, n, (int64_t)state->missing - state->walk);
}

static enum steps_verdict judge(const struct steps_moment *moment, const struct steps_state *state,
				int64_t of_day)
{
	if (state->goal <= 0)
		return STEPS_NO_GOAL;
	if (moment->steps >= state->goal)
		return STEPS_REACHED;
	if (moment->steps < 0 || state->pace_days < PACE_LEAST)
		return STEPS_NO_PACE;
	if (of_day < FIRST || of_day > LAST)
		return STEPS_NOT_NOW;
	if (state->chance >= FIXED_ONE / 2)
		return STEPS_ON_WAY;
	return state->pushed >= FIXED_ONE / 2 ? STEPS_SAID : STEPS_HOPELESS;
}

static void say(const struct steps_moment *moment, const struct steps_state *state, int64_t today,
		struct prompt *out)
{
	int64_t midnight = today * VISIT_DAY_MS - moment->zone * MINUTE;
	int64_t short_of = (int64_t)state->missing - state->rest[1];
	int minutes = (int)((short_of + CADENCE - 1) / CADENCE);

	minutes = minutes < 1 ? 1 : minutes > WALK_MINUTES ? WALK_MINUTES : minutes;
	*out = (struct prompt){ .kind = PROMPT_STEPS, .from = moment->now,
				.until = midnight + EVENING - minutes * MINUTE, .chance = -1 };
	if (out->until < moment->now)
		out->until = moment->now;
	snprintf(out->about, sizeof(out->about), "steps %lld", (long long)today);
	snprintf(out->words, sizeof(out->words),
		 "A walk of about %d minutes reaches today's goal of %d steps.", minutes,
		 state->goal);
	reason_add(&out->why, "goal", state->goal_days > 0 ?
		    "60th percentile of the last days with data" : "told", REASON_STEPS,
		    state->goal);
	reason_add(&out->why, "days of the goal", NULL, REASON_COUNT, state->goal_days);
	reason_add(&out->why, "steps now", NULL, REASON_STEPS, moment->steps);
	reason_add(&out->why, "missing", "goal - steps now", REASON_STEPS, state->missing);
	reason_add(&out->why, "usual by now", NULL, REASON_STEPS, state->usual);
	reason_add(&out->why, "usual rest of the day", NULL, REASON_STEPS, state->rest[1]);
	reason_add(&out->why, "projected q20", NULL, REASON_STEPS, state->projected[0]);
	reason_add(&out->why, "projected q50", "steps now + usual rest", REASON_STEPS,
		    state->projected[1]);
	reason_add(&out->why, "projected q80", NULL, REASON_STEPS, state->projected[2]);
	reason_add(&out->why, "walk", "steps of a walk that there is time for", REASON_STEPS,
		    state->walk);
	reason_add(&out->why, "chance", "without a walk", REASON_SHARE, state->chance);
	reason_add(&out->why, "pushed", "with the walk", REASON_SHARE, state->pushed);
	reason_add(&out->why, "days of the pace", NULL, REASON_COUNT, state->pace_days);
}

enum steps_verdict steps_prompt(const struct steps_day *days, size_t count,
				const struct steps_moment *moment, struct steps_state *state,
				struct prompt *out)
{
	int64_t local = visit_local(moment->now, moment->zone), today = visit_day(local);
	int64_t of_day = local - today * VISIT_DAY_MS, left = (EVENING - of_day) / MINUTE;
	enum steps_verdict verdict;

	*state = (struct steps_state){ .goal = moment->told > 0 ? moment->told : 0 };
	if (state->goal == 0)
		state->goal = steps_goal(days, count, today, &state->goal_days);
	if (moment->steps >= 0 && moment->steps < state->goal)
		state->missing = state->goal - moment->steps;
	left = left < 0 ? 0 : left > WALK_MINUTES ? WALK_MINUTES : left;
	state->walk = (int32_t)left * CADENCE;
	if (moment->steps >= 0)
		learn_rest(days, count, today, of_day, moment, state);
	verdict = judge(moment, state, of_day);
	if (verdict == STEPS_SAID)
		say(moment, state, today, out);
	return verdict;
}
