/* What became of what prompts wanted, seen afterwards; also of those that were withheld. */
#include "moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "now/discipline.h"
#include "now/steps.h"

#define MINUTE 60000LL
#define LATE_AFTER CLOCK_HOUR_MS	/* who has not come by then came late, or not */
#define LUNCH_HOURS (3 * CLOCK_HOUR_MS)
#define READ_WITHIN CLOCK_DAY_MS

uint64_t moment_what(const struct moment *moment, const struct prompt *prompt)
{
	const struct moment_input *input = moment->input;
	char about[160];
	size_t i;

	for (i = 0; i < prompt->why.count; i++) {
		const struct reason *reason = &prompt->why.list[i];

		if ((prompt->kind == PROMPT_LEAVE && strcmp(reason->name, "event") == 0) ||
		    (prompt->kind == PROMPT_STEPS && strcmp(reason->name, "goal") == 0))
			return (uint64_t)reason->value;
		if (prompt->kind == PROMPT_LUNCH && strcmp(reason->name, "score") == 0) {
			snprintf(about, sizeof(about), "at %s", reason->words);
			return input->tag(input->tag_context, about);
		}
	}
	return 0;
}

static void set(struct discipline_entry *entry, bool achieved)
{
	entry->achieved = achieved ? DISCIPLINE_ACHIEVED : DISCIPLINE_NOT_ACHIEVED;
}

/* ---- leave ----------------------------------------------------------------------------- */

/* The first arrival at a place that an event's spot is near, from an hour before it on. */
static bool came_to(const struct moment *moment, uint32_t place, int64_t start, int64_t *came)
{
	const struct places *places = &moment->places;
	size_t v;

	for (v = moment_visit_after(moment, start - 2 * CLOCK_HOUR_MS); v < places->visits; v++) {
		const struct visit *visit = &places->visit[v];

		if (visit->place != place)
			continue;
		if (visit->arrive > start + 4 * CLOCK_HOUR_MS)
			break;
		*came = visit->arrive;
		return true;
	}
	return false;
}

static void after_leave(const struct moment *moment, struct discipline_entry *entry, uint64_t what)
{
	int64_t start = (int64_t)what, came = 0;
	uint32_t place;

	if (moment->at < start + LATE_AFTER)
		return;
	place = moment_went(moment, entry->about, start);
	if (place == VISIT_NOWHERE)
		return;
	if (!came_to(moment, place, start, &came)) {
		set(entry, false);
		return;
	}
	set(entry, came <= start);
	entry->minutes = (int32_t)((start - came) / MINUTE);
}

/* ---- lunch, news, steps ---------------------------------------------------------------- */

static bool tagged(const struct moment *moment, const char *name, uint64_t what)
{
	char about[160];

	snprintf(about, sizeof(about), "at %.119s", name);
	return moment->input->tag(moment->input->tag_context, about) == what;
}

static void after_lunch(const struct moment *moment, struct discipline_entry *entry, uint64_t what)
{
	const struct life *life = moment->life;
	int64_t until = entry->time + LUNCH_HOURS;
	bool there = false;
	size_t i;

	if (moment->at < until)
		return;
	for (i = life->count[LIFE_MEALS]; i-- > 0 && life->meal[i].time >= entry->time;)
		there |= life->meal[i].time < until &&
			 tagged(moment, life_text(life, life->meal[i].name), what);
	for (i = moment->places.visits; i-- > 0 && moment->places.visit[i].arrive >= entry->time;)
		there |= moment->places.visit[i].arrive < until &&
			 tagged(moment, moment_name(moment, moment->places.visit[i].place), what);
	set(entry, there);
}

static void after_news(const struct moment *moment, struct discipline_entry *entry)
{
	const struct life *life = moment->life;
	int64_t until = entry->time + READ_WITHIN;
	size_t i;

	if (moment->at < until)
		return;
	set(entry, false);
	for (i = life->count[LIFE_READINGS]; i-- > 0 && life->reading[i].time >= entry->time;) {
		struct life_item as_item = { .title = life->reading[i].title };
		char about[96];

		if (life->reading[i].time >= until)
			continue;
		moment_news_about(life, &as_item, about);
		if (moment->input->tag(moment->input->tag_context, about) == entry->about)
			set(entry, true);
	}
}

static int after_steps(const struct moment *moment, struct discipline_entry *entry, uint64_t what,
		       struct error *error)
{
	int64_t day = visit_day(visit_local(entry->time, entry->zone));
	struct steps_day total;
	int result;

	if (visit_day(visit_local(moment->at, entry->zone)) <= day)
		return 0;
	result = moment_days(moment, day, day + 1, &total, error);
	if (result == 0 && total.total > 0)
		set(entry, total.total >= (int64_t)what);
	return result;
}

int moment_look_back(const struct moment *moment, struct discipline_entry *entry, uint64_t what,
		     struct error *error)
{
	if (entry->achieved != DISCIPLINE_UNKNOWN || entry->time >= moment->at)
		return 0;
	switch (entry->kind) {
	case PROMPT_LEAVE:
		after_leave(moment, entry, what);
		return 0;
	case PROMPT_LUNCH:
		after_lunch(moment, entry, what);
		return 0;
	case PROMPT_NEWS:
		after_news(moment, entry);
		return 0;
	default:
		return after_steps(moment, entry, what, error);
	}
}
