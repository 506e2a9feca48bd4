/* When to leave: for what the calendar says, and for where the person usually is by now. */
#include "moment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"

#define AHEAD (12 * CLOCK_HOUR_MS)	/* events later than that can wait */
#define HABIT_AHEAD (4 * CLOCK_HOUR_MS)
#define NEAR_METRES 150.0
#define BEFORE (CLOCK_HOUR_MS)		/* how early one may come to an event */
#define BACK (400 * CLOCK_DAY_MS)	/* how long ago events say where a next one is */
#define PLANS 64			/* that are looked at of a moment */
#define SEEN 200

/* ---- where an event is ----------------------------------------------------------------- */

/* Texts alike but for capitals (ASCII) and blanks at their ends. */
static bool same(const char *left, const char *right)
{
	while (*left == ' ')
		left++;
	while (*right == ' ')
		right++;
	while (*left != 0 && tolower((unsigned char)*left) == tolower((unsigned char)*right)) {
		left++;
		right++;
	}
	while (*left == ' ')
		left++;
	while (*right == ' ')
		right++;
	return *left == 0 && *right == 0;
}

static bool about_alike(const struct life *life, const struct life_plan *a,
			const struct life_plan *b)
{
	if (a->place != 0 || b->place != 0)
		return same(life_text(life, a->place), life_text(life, b->place));
	return same(life_text(life, a->title), life_text(life, b->title));
}

/* The first visit that ends after a time. */
static size_t visit_after(const struct moment *moment, int64_t time)
{
	const struct visit *visit = moment->places.visit;
	size_t low = 0, high = moment->places.visits;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (visit[middle].leave > time)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Where the person was during most of an event that is over; VISIT_NOWHERE. *came: when. */
static uint32_t spent_at(const struct moment *moment, const struct life_plan *plan, int64_t *came)
{
	int64_t end = plan->end > plan->start ? plan->end : plan->start + CLOCK_HOUR_MS;
	const struct places *places = &moment->places;
	int64_t best = (end - plan->start) / 2;
	uint32_t where = VISIT_NOWHERE;
	size_t v;

	for (v = visit_after(moment, plan->start); v < places->visits &&
	     places->visit[v].arrive < end; v++) {
		int64_t from = places->visit[v].arrive, until = places->visit[v].leave;
		int64_t spent = (until < end ? until : end) -
				(from > plan->start ? from : plan->start);

		if (spent <= best || places->visit[v].place >= places->count)
			continue;
		best = spent;
		where = places->visit[v].place;
		*came = from;
	}
	return where;
}

static uint32_t named(const struct moment *moment, const char *text)
{
	uint32_t i;

	for (i = 0; *text != 0 && i < moment->places.count; i++)
		if (same(moment_name(moment, i), text))
			return i;
	return VISIT_NOWHERE;
}

/* Where the person was at earlier events like this, if two of three agree. */
static uint32_t as_before(const struct moment *moment, const struct life_plan *plan)
{
	const struct life *life = moment->life;
	uint32_t where[16], best = VISIT_NOWHERE;
	size_t i, j, n = 0, votes, most = 0;
	int64_t came;

	for (i = life->count[LIFE_PLANS]; i-- > 0 && n < 16;) {
		const struct life_plan *before = &life->plan[i];

		if (before->end > moment->at || before->start >= plan->start ||
		    before->start < moment->at - BACK || before->whole_day ||
		    !about_alike(life, before, plan))
			continue;
		where[n] = spent_at(moment, before, &came);
		n += where[n] != VISIT_NOWHERE;
	}
	for (i = 0; i < n; i++) {
		for (j = votes = 0; j < n; j++)
			votes += where[j] == where[i];
		if (votes > most) {
			most = votes;
			best = where[i];
		}
	}
	return most * 3 >= n * 2 ? best : VISIT_NOWHERE;
}

static struct leave_spot spot_of(const struct moment *moment, const struct life_plan *plan)
{
	struct leave_spot spot = { TRIPS_UNKNOWN, false, { 0, 0 }, NULL };
	uint32_t place = VISIT_NOWHERE;

	if (plan->latitude != LIFE_NOWHERE) {
		spot.located = true;
		spot.at = (struct trips_place){ plan->latitude, plan->longitude };
		place = places_nearest(moment->places.list, moment->places.count, plan->latitude,
				       plan->longitude, NEAR_METRES);
	}
	if (!spot.located)
		place = named(moment, life_text(moment->life, plan->place));
	if (!spot.located && place == VISIT_NOWHERE)
		place = as_before(moment, plan);
	if (place != VISIT_NOWHERE) {
		spot.place = place;
		spot.located = true;
		spot.at = moment->spot[place];
		spot.name = moment_name(moment, place);
	}
	return spot;
}

/* ---- what is known of departures and arrivals ------------------------------------------- */

static void key_of(const struct life *life, const struct life_plan *plan, char key[64])
{
	/* By content, not by number: the same event told by another export is the same matter. */
	uint64_t hash = 14695981039346656037u;
	const char *at;

	for (at = life_text(life, plan->title); *at != 0; at++)
		hash = (hash ^ (uint8_t)*at) * 1099511628211u;
	snprintf(key, 64, "event %lld %016llx", (long long)plan->start, (unsigned long long)hash);
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
	size_t v = visit_after(moment, time);

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
		if (spent_at(moment, plan, &came) == VISIT_NOWHERE)
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

static int events(struct moment *moment, const struct leave_person *person,
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
			.end = plan->end, .zone = plan->zone, .spot = spot_of(moment, plan) };
		if (event.spot.name == NULL && plan->place != 0)
			event.spot.name = life_text(life, plan->place);
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

/* Work, or wherever else the person is by now on most such days. */
static int habits(struct moment *moment, const struct leave_person *person,
		  struct moment_prompts *out, struct error *error)
{
	int64_t day = visit_day(visit_local(moment->at, moment->zone));
	uint32_t place;
	int result = 0;

	for (place = 0; result == 0 && place < moment->places.count; place++) {
		const struct place *at = &moment->places.list[place];
		struct leave_usual usual;
		struct leave_event event;
		char key[64];

		if (at->visits < 5 || at->kind == PLACE_HOME || been(moment, place, day) ||
		    moment->at - at->last > 21 * CLOCK_DAY_MS ||
		    !leave_usual(moment->places.visit, moment->places.visits, place, day, &usual) ||
		    usual.chance < FIXED_ONE / 2)
			continue;
		habit_key(day, at, key);
		event = (struct leave_event){
			.key = key, .title = moment_name(moment, place),
			.start = leave_habit_start(&usual, day, moment->zone),
			.end = LEAVE_UNKNOWN, .zone = moment->zone,
			.spot = { place, true, moment->spot[place], moment_name(moment, place) } };
		if (event.start > moment->at && event.start <= moment->at + HABIT_AHEAD)
			result = try_event(moment, &event, person, out, error);
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
		spot = spot_of(moment, &life->plan[i]);
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
	int result;

	if (!moment->here.located)
		return 0;
	look_back(moment, seen, &person.seen_count, early, &person.early_count);
	result = events(moment, &person, out, error);
	return result != 0 ? result : habits(moment, &person, out, error);
}
