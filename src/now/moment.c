/* What was known at a moment; see moment.h. */
#include "moment.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "places/presence.h"

#define USUAL (FIXED_ONE * 4 / 5)
#define USUAL_WEEKS 4
#define USUAL_WITHIN (60 * CLOCK_DAY_MS)
#define LOST_AFTER (12 * CLOCK_HOUR_MS)	/* a last stay that ended before says not where one is */

/* ---- places ---------------------------------------------------------------------------- */

/* Stays that began before the moment; one that goes on ends with it. */
static size_t stays_before(const struct moment *moment, struct stay *stay, int16_t *zone)
{
	const struct life *life = moment->life;
	size_t i, n = 0;

	for (i = 0; i < life->count[LIFE_STAYS] && life->stay[i].arrive < moment->at; i++) {
		const struct life_stay *from = &life->stay[i];

		stay[n] = (struct stay){ .arrive = from->arrive, .leave = from->leave,
					 .latitude = from->latitude, .longitude = from->longitude,
					 .points = 1, .sure = from->sure != 0 };
		if (stay[n].leave > moment->at)
			stay[n].leave = moment->at;
		zone[n++] = from->zone;
	}
	return n;
}

static int find_places(struct moment *moment, struct error *error)
{
	const struct life *life = moment->life;
	size_t room = life->count[LIFE_STAYS] + 1;
	struct stay *stay = malloc(room * sizeof(*stay));
	int16_t *zone = malloc(room * sizeof(*zone));
	struct places_input input = { 0, moment->input->told.words, stay, zone,
				      moment->input->told.word };
	int result;

	if (stay == NULL || zone == NULL) {
		result = error_memory(error);
	} else {
		input.count = stays_before(moment, stay, zone);
		result = places_find(&input, &places_usual, &moment->places, error);
	}
	free(stay);
	free(zone);
	return result;
}

/* What a service called each place, the newest name first; the person's own name is in the list. */
static void name_places(struct moment *moment)
{
	const struct life *life = moment->life;
	const struct places *places = &moment->places;
	size_t i, v = places->visits;

	for (i = life->count[LIFE_STAYS]; i-- > 0;) {
		const struct life_stay *stay = &life->stay[i];

		if (stay->name == 0 || stay->arrive >= moment->at)
			continue;
		while (v > 0 && places->visit[v - 1].arrive > stay->arrive)
			v--;
		if (v > 0 && places->visit[v - 1].arrive == stay->arrive &&
		    places->visit[v - 1].place < places->count &&
		    moment->name[places->visit[v - 1].place] == NULL)
			moment->name[places->visit[v - 1].place] = life_text(life, stay->name);
	}
}

const char *moment_name(const struct moment *moment, uint32_t place)
{
	const struct place *at;

	if (place >= moment->places.count)
		return "here";
	at = &moment->places.list[place];
	if (at->name[0] != 0)
		return at->name;
	if (at->kind == PLACE_HOME)
		return "Home";
	if (moment->name[place] != NULL)
		return moment->name[place];
	return at->kind == PLACE_WORK ? "Work" : "a place";
}

/* Where the person nearly always is at this hour of the week. */
static int find_usual(struct moment *moment, struct error *error)
{
	const struct places *places = &moment->places;
	struct presence_share share;
	size_t count = 0;
	int result = presence_at(places->visit, places->visits, moment->at,
				 visit_of_week(visit_local(moment->at, moment->zone)), &share, 1,
				 &count, error);

	if (result != 0 || count == 0 || share.share < USUAL || share.held < USUAL_WEEKS ||
	    moment->at - places->list[share.place].last > USUAL_WITHIN)
		return result;
	moment->usual = share.share;
	moment->here = (struct leave_spot){ share.place, true, moment->spot[share.place],
					    moment_name(moment, share.place) };
	return 0;
}

/* Where the last stay was, if it was not long ago; the zone there then is the person's. Else where
 * the person usually is. */
static int find_here(struct moment *moment, struct error *error)
{
	const struct life *life = moment->life;
	const struct places *places = &moment->places;
	const struct life_stay *last = NULL;
	uint32_t place = VISIT_NOWHERE;
	size_t i;

	moment->here = (struct leave_spot){ TRIPS_UNKNOWN, false, { 0, 0 }, NULL };
	for (i = 0; i < life->count[LIFE_STAYS] && life->stay[i].arrive < moment->at; i++)
		last = &life->stay[i];
	if (last == NULL || moment->at - last->leave > LOST_AFTER)
		return find_usual(moment, error);
	if (places->visits > 0 && places->visit[places->visits - 1].arrive == last->arrive)
		place = places->visit[places->visits - 1].place;
	moment->here.located = true;
	moment->here.at = (struct trips_place){ last->latitude, last->longitude };
	if (place < places->count) {
		moment->here.place = place;
		moment->here.at = moment->spot[place];
		moment->here.name = moment_name(moment, place);
	}
	moment->zone = last->zone;
	moment->seen = last->leave < moment->at ? last->leave : moment->at;
	return 0;
}

int moment_open(const struct moment_input *input, struct moment *out, struct error *error)
{
	struct moment moment;
	size_t i;
	int result;

	memset(&moment, 0, sizeof(moment));
	moment.input = input;
	moment.life = input->life;
	moment.at = input->at;
	moment.zone = input->zone;
	result = find_places(&moment, error);
	if (result == 0)
		result = home_find(moment.places.visit, moment.places.visits, moment.places.list,
				   moment.places.count, &moment.homes, error);
	if (result == 0) {
		moment.name = calloc(moment.places.count + 1, sizeof(*moment.name));
		moment.spot = calloc(moment.places.count + 1, sizeof(*moment.spot));
		if (moment.name == NULL || moment.spot == NULL)
			result = error_memory(error);
	}
	if (result != 0) {
		moment_close(&moment);
		return result;
	}
	home_mark(&moment.homes, moment.at, moment.places.list, moment.places.count);
	name_places(&moment);
	for (i = 0; i < moment.places.count; i++)
		moment.spot[i] = (struct trips_place){ moment.places.list[i].latitude,
						       moment.places.list[i].longitude };
	result = find_here(&moment, error);
	if (result != 0) {
		moment_close(&moment);
		return result;
	}
	*out = moment;
	return 0;
}

void moment_close(struct moment *moment)
{
	trips_free(moment->trips);
	home_free(&moment->homes);
	places_free(&moment->places);
	free(moment->name);
	free(moment->spot);
	memset(moment, 0, sizeof(*moment));
}

/* ---- prompts --------------------------------------------------------------------------- */

struct prompt *moment_add(struct moment_prompts *out, struct error *error)
{
	if (out->count == out->room) {
		size_t room = out->room * 2 + 16;
		struct prompt *grown = realloc(out->list, room * sizeof(*grown));

		if (grown == NULL) {
			error_memory(error);
			return NULL;
		}
		out->list = grown;
		out->room = room;
	}
	memset(&out->list[out->count], 0, sizeof(*out->list));
	return &out->list[out->count++];
}
