/* Days of steps for the goal: of several devices the larger number, hour by hour. */
#include "moment.h"

#include <stdlib.h>
#include <string.h>

#include "now/steps.h"

#define DAYS 46
#define DEVICES 8		/* of one day; further ones are left out */

struct counted {
	uint32_t source[DEVICES];
	uint32_t devices;
	int32_t hour[DEVICES][24];
	int32_t whole;			/* told of the whole day */
};

static void count(struct counted *day, const struct life_steps *steps)
{
	int64_t local = visit_local(steps->start, steps->zone);
	int hour = (int)((local - visit_day(local) * VISIT_DAY_MS) / (VISIT_DAY_MS / 24));
	uint32_t d;

	if (steps->whole_day || steps->end - steps->start > VISIT_DAY_MS / 2) {
		if (steps->steps > day->whole)
			day->whole = steps->steps;
		return;
	}
	for (d = 0; d < day->devices && day->source[d] != steps->source; d++)
		;
	if (d == DEVICES)
		return;
	if (d == day->devices)
		day->source[day->devices++] = steps->source;
	if (day->hour[d][hour] <= INT32_MAX / 32 - steps->steps)
		day->hour[d][hour] += steps->steps;
}

static struct steps_day sum(const struct counted *counted, int64_t day)
{
	struct steps_day out = { .day = day };
	int32_t total = 0;
	uint32_t d;
	int hour;

	for (hour = 0; hour < 24; hour++) {
		int32_t most = 0;

		for (d = 0; d < counted->devices; d++)
			if (counted->hour[d][hour] > most)
				most = counted->hour[d][hour];
		total += most;
		out.by_hour[hour] = total;
	}
	out.total = total > counted->whole ? total : counted->whole;
	/* Hours that miss a fifth of the day tell no pace. */
	out.hourly = total > 0 && (int64_t)total * 5 >= (int64_t)out.total * 4;
	return out;
}

int moment_days(const struct moment *moment, int64_t from, int64_t until, struct steps_day *out,
		struct error *error)
{
	const struct life *life = moment->life;
	struct counted *list;
	size_t days = (size_t)(until - from), i;

	list = calloc(days + 1, sizeof(*list));
	if (list == NULL)
		return error_memory(error);
	for (i = life->count[LIFE_STEPS]; i-- > 0;) {
		const struct life_steps *steps = &life->steps[i];
		int64_t day = visit_day(visit_local(steps->start, steps->zone));

		if (day < from - 2)
			break;
		if (steps->start < moment->at && day >= from && day < until)
			count(&list[day - from], steps);
	}
	for (i = 0; i < days; i++)
		out[i] = sum(&list[i], from + (int64_t)i);
	free(list);
	return 0;
}

int moment_steps(struct moment *moment, struct moment_prompts *out, struct error *error)
{
	int64_t today = visit_day(visit_local(moment->at, moment->zone));
	struct steps_day days[DAYS];
	struct steps_moment now = { moment->at, moment->zone, -1,
				    moment->input->told.goal > 0 ? moment->input->told.goal : 0 };
	struct steps_state state;
	struct prompt prompt, *added;
	int result;

	if (moment->life->count[LIFE_STEPS] == 0)
		return 0;
	result = moment_days(moment, today - DAYS + 1, today + 1, days, error);
	if (result != 0)
		return result;
	if (days[DAYS - 1].total > 0)
		now.steps = days[DAYS - 1].total;
	if (steps_prompt(days, DAYS, &now, &state, &prompt) != STEPS_SAID)
		return 0;
	added = moment_add(out, error);
	if (added == NULL)
		return TACIT_E_MEMORY;
	*added = prompt;
	return 0;
}
