/* When to leave: for what the calendar says, and for where the person usually is by now. */
#include "moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "base/hash.h"
#include "places/presence.h"

#define AHEAD (12 * CLOCK_HOUR_MS)	/* events later than that can wait */
#define HABIT_AHEAD (4 * CLOCK_HOUR_MS)
#define BEFORE (CLOCK_HOUR_MS)		/* how early one may come to an event */
#define BACK (400 * CLOCK_DAY_MS)	/* events before say nothing of how early one comes */
#define STILL_HERE (6 * 60000LL)	/* who was not seen for longer may have left */
#define PLANS 64			/* that are looked at of a moment */
#define SEEN 200

/* ---- what is known of departures and arrivals ------------------------------------------- */

static void key_of(const struct life *life, const struct life_plan *plan, char key[64])
{
	/* By content, not by number: the same event told by another export is the same matter. */
	const char *title = life_text(life, plan->title);

	snprintf(key, 64, "event %lld %016llx", (long long)plan->start,
		 (unsigned long long)hash_bytes(title, strlen(title), 0));
}

static int64_t alert_time(const struct moment *moment, const char *key)
{
	const struct moment_input *input = moment->input;
	char about[96];
	uint64_t tag;
	size_t i;

	if (input->alerts == 0)
		return LEAVE_UNKNOWN;
	snprintf(about, sizeof(about), "leave %s", key);
	tag = input->tag(input->tag_context, about);
	for (i = 0; i < input->alerts; i++)
		if (input->alert[i].said && input->alert[i].about == tag &&
		    input->alert[i].time < moment->at)
			return input->alert[i].time;
	return LEAVE_UNKNOWN;
}

/* When the person left where they were at a time. */
static int64_t departed(const struct moment *moment, int64_t time, int64_t until)
{
	size_t v = moment_visit_after(moment, time);

	if (v == moment->places.visits || moment->places.visit[v].leave > until)
		return LEAVE_UNKNOWN;
	return moment->places.visit[v].leave;
}

/* What past events tell: how early the person came on their own, how late after alerts. */
static void look_back(const struct moment *moment, struct leave_seen *seen, size_t *seen_count,
		      int64_t *early, size_t *early_count)
{
	const struct life *life = moment->life;
	char key[64];
	size_t i;

	*seen_count = *early_count = 0;
	for (i = life->count[LIFE_PLANS]; i-- > 0 && *early_count < SEEN && *seen_count < SEEN;) {
		const struct life_plan *plan = &life->plan[i];
		int64_t came = 0, alert;

		if (plan->start >= moment->at || plan->whole_day ||
		    plan->start < moment->at - BACK)
			continue;
		if (moment_spent_at(moment, plan, &came) == VISIT_NOWHERE)
			came = LEAVE_UNKNOWN;
		key_of(life, plan, key);
		alert = alert_time(moment, key);
		if (alert != LEAVE_UNKNOWN)
			seen[(*seen_count)++] = (struct leave_seen){
				alert, departed(moment, alert, moment->at), plan->start, came };
		else if (came != LEAVE_UNKNOWN && llabs(plan->start - came) <= BEFORE)
			early[(*early_count)++] = plan->start - came;
	}
}

/* ---- prompts --------------------------------------------------------------------------- */

static int learn_trips(struct moment *moment, struct error *error)
{
	struct trip *trip = NULL;
	size_t count = 0;
	int result;

	if (moment->trips != NULL)
		return 0;
	result = trips_find(moment->places.visit, moment->places.visits, moment->spot,
			    moment->places.count, NULL, 0, &trip, &count, error);
	if (result == 0)
		result = trips_learn(trip, count, moment->at, &moment->trips, error);
	free(trip);
	return result;
}

/* Places that the calendar knows the person to go to. */
struct ahead {
	uint32_t place[PLANS];
	size_t count;
};

static int try_event(struct moment *moment, const struct leave_event *event,
		     const struct leave_person *person, struct moment_prompts *out,
		     struct error *error)
{
	enum leave_verdict verdict;
	struct prompt prompt, *added;
	int result = learn_trips(moment, error);

	if (result == 0)
		result = leave_prompt(moment->trips, &moment->here, event, person, moment->at,
				      &prompt, &verdict, error);

	if (result != 0 || verdict != LEAVE_SAID)
		return result;
	added = moment_add(out, error);
	if (added == NULL)
		return TACIT_E_MEMORY;
	*added = prompt;
	if (moment->seen != 0)
		reason_add(&added->why, "here", "when you were seen there last", REASON_TIME,
			   moment->seen);
	else
		reason_add(&added->why, "here", "not seen lately: where you are at this hour",
			   REASON_SHARE, moment->usual);
	return 0;
}

static int events(struct moment *moment, const struct leave_person *person, struct ahead *ahead,
		  struct moment_prompts *out, struct error *error)
{
	const struct life *life = moment->life;
	size_t i, looked = 0;
	int result = 0;
	char key[64];

	for (i = 0; result == 0 && i < life->count[LIFE_PLANS] && looked < PLANS; i++) {
		const struct life_plan *plan = &life->plan[i];
		struct leave_event event;

		if (plan->start <= moment->at || plan->start > moment->at + AHEAD ||
		    plan->whole_day)
			continue;
		looked++;
		key_of(life, plan, key);
		event = (struct leave_event){
			.key = key, .title = life_text(life, plan->title), .start = plan->start,
			.end = plan->end, .zone = plan->zone, .spot = moment_spot(moment, plan) };
		if (event.spot.name == NULL && plan->place != 0)
			event.spot.name = life_text(life, plan->place);
		ahead->place[ahead->count++] = event.spot.place;
		result = try_event(moment, &event, person, out, error);
	}
	return result;
}

/* Whether the person was at the place on the day already. */
static bool been(const struct moment *moment, uint32_t place, int64_t day)
{
	size_t v;

	for (v = moment->places.visits; v-- > 0;) {
		const struct visit *visit = &moment->places.visit[v];

		if (visit_day(visit_local(visit->leave, visit->zone)) < day)
			return false;
		if (visit->place == place)
			return true;
	}
	return false;
}

static void habit_key(int64_t day, const struct place *place, char key[64])
{
	snprintf(key, 64, "habit %lld %016llx", (long long)day, (unsigned long long)place->key);
}

/* By when the person has set off from here on nine of ten such days; false where not known. */
static int gone_by(const struct moment *moment, uint32_t place, int64_t day, int64_t *time,
		   struct error *error)
{
	const struct places *places = &moment->places;
	int64_t week = visit_of_week(visit_local(moment->at, moment->zone));
	struct presence_move move = { moment->here.place, place,
				      week >= 5 * VISIT_DAY_MS ? PRESENCE_WEEKEND :
				      PRESENCE_WEEKDAYS, INT64_MIN, moment->at };
	struct presence_departure departure;
	int result = presence_departure(places->visit, places->visits, &move, &departure, error);

	*time = LEAVE_UNKNOWN;
	if (result == 0 && departure.q90 >= 0)
		*time = day * VISIT_DAY_MS + departure.q90 - moment->zone * 60000LL;
	return result;
}

/* Who leaves as always hears nothing: the start is when they have come on four of five such days,
 * and it is said to who is still here when they are gone on nine of ten. */
static int habit(struct moment *moment, uint32_t place, const struct leave_usual *usual,
		 const struct leave_person *person, struct moment_prompts *out,
		 struct error *error)
{
	int64_t day = visit_day(visit_local(moment->at, moment->zone)), gone;
	struct leave_event event;
	size_t before = out->count;
	struct prompt *prompt;
	char key[64];
	int result;

	habit_key(day, &moment->places.list[place], key);
	event = (struct leave_event){
		.key = key, .title = moment_name(moment, place),
		.start = leave_habit_start(usual, 2, day, moment->zone),
		.end = LEAVE_UNKNOWN, .zone = moment->zone,
		.spot = { place, true, moment->spot[place], moment_name(moment, place) } };
	if (event.start <= moment->at || event.start > moment->at + HABIT_AHEAD ||
	    moment->here.place >= moment->places.count || moment->here.place == place)
		return 0;
	result = gone_by(moment, place, day, &gone, error);
	if (result != 0 || gone == LEAVE_UNKNOWN || gone >= event.start)
		return result;
	result = try_event(moment, &event, person, out, error);
	if (result != 0 || out->count == before)
		return result;
	prompt = &out->list[before];
	if (prompt->from < gone)
		prompt->from = gone;
	reason_add(&prompt->why, "gone by", "when you have left on nine of ten such days",
		   REASON_TIME, gone);
	return 0;
}

static bool planned(const struct ahead *ahead, uint32_t place)
{
	size_t i;

	for (i = 0; i < ahead->count; i++)
		if (ahead->place[i] == place)
			return true;
	return false;
}

/* Work, or wherever else the person is by now on most such days, and the calendar says nothing. */
static int habits(struct moment *moment, const struct leave_person *person,
		  const struct ahead *ahead, struct moment_prompts *out, struct error *error)
{
	int64_t day = visit_day(visit_local(moment->at, moment->zone));
	uint32_t place;
	int result = 0;

	if (moment->at - moment->seen > STILL_HERE)
		return 0;
	for (place = 0; result == 0 && place < moment->places.count; place++) {
		const struct place *at = &moment->places.list[place];
		struct leave_usual usual;

		if (at->visits >= 5 && at->kind != PLACE_HOME && !been(moment, place, day) &&
		    !planned(ahead, place) &&
		    moment->at - at->last <= 21 * CLOCK_DAY_MS &&
		    leave_usual(moment->places.visit, moment->places.visits, place, day, &usual) &&
		    usual.chance >= FIXED_ONE / 2)
			result = habit(moment, place, &usual, person, out, error);
	}
	return result;
}

static bool is_about(const struct moment *moment, const char *key, uint64_t about)
{
	char text[96];

	snprintf(text, sizeof(text), "leave %s", key);
	return moment->input->tag(moment->input->tag_context, text) == about;
}

uint32_t moment_went(const struct moment *moment, uint64_t about, int64_t start)
{
	const struct life *life = moment->life;
	int64_t day = visit_day(visit_local(start, moment->zone));
	struct leave_spot spot;
	uint32_t place;
	char key[64];
	size_t i;

	for (i = 0; i < life->count[LIFE_PLANS]; i++) {
		if (life->plan[i].start != start)
			continue;
		key_of(life, &life->plan[i], key);
		if (!is_about(moment, key, about))
			continue;
		spot = moment_spot(moment, &life->plan[i]);
		return spot.place < moment->places.count ? spot.place : VISIT_NOWHERE;
	}
	for (place = 0; place < moment->places.count; place++) {
		habit_key(day, &moment->places.list[place], key);
		if (is_about(moment, key, about))
			return place;
	}
	return VISIT_NOWHERE;
}

int moment_leave(struct moment *moment, struct moment_prompts *out, struct error *error)
{
	struct leave_seen seen[SEEN];
	int64_t early[SEEN];
	struct leave_person person = { .seen = seen, .early = early,
				       .wish = moment->input->told.early };
	struct ahead ahead = { .count = 0 };
	int result;

	if (!moment->here.located)
		return 0;
	look_back(moment, seen, &person.seen_count, early, &person.early_count);
	result = events(moment, &person, &ahead, out, error);
	return result != 0 ? result : habits(moment, &person, &ahead, out, error);
}
