/* Places: what is claimed of them, what the person says of them, which one is next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fixed.h"
#include "gate/now.h"
#include "places/onward.h"
#include "places/presence.h"

#define PRESENCE_MOST 64

static void convert(const struct moment *moment, uint32_t index, struct tacit_place *to)
{
	const struct place *from = &moment->places.list[index];
	size_t c;

	memset(to, 0, sizeof(*to));
	if (from->name[0] != 0 || moment->name[index] != NULL)
		snprintf(to->name, sizeof(to->name), "%s",
			 from->name[0] != 0 ? from->name : moment->name[index]);
	to->latitude = from->latitude;
	to->longitude = from->longitude;
	to->radius = from->radius;
	to->visits = from->visits;
	to->days = from->days;
	to->time = from->time;
	to->first = from->first;
	to->last = from->last;
	to->kind = (int)from->kind;
	to->confidence = from->told ? TACIT_ONE : 0;
	/* The claim that holds, else the likeliest one: "not sure". */
	for (c = 0; c < moment->homes.count; c++) {
		const struct home_claim *claim = &moment->homes.list[c];

		if (claim->place != index || (from->kind != PLACE_OTHER &&
					      claim->kind != from->kind) || from->told ||
		    claim->confidence < to->confidence)
			continue;
		to->confidence = claim->confidence;
		to->from = claim->from;
		to->until = claim->open ? 0 : claim->until;
	}
}

int tacit_places(struct tacit *t, int64_t at, struct tacit_place **out, size_t *count)
{
	struct tacit_place *list;
	struct gate_moment m;
	uint32_t i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_moment_open(t, at, &m);
	if (result != 0)
		return result;
	list = calloc(m.moment.places.count + 1, sizeof(*list));
	for (i = 0; list != NULL && i < m.moment.places.count; i++)
		convert(&m.moment, i, &list[i]);
	if (list != NULL) {
		*out = list;
		*count = m.moment.places.count;
	} else {
		result = error_memory(&t->error);
	}
	gate_moment_close(&m);
	return result;
}

int tacit_place_tell(struct tacit *t, int32_t latitude, int32_t longitude, int kind, int not,
		     const char *name)
{
	struct vault_fact fact;
	int result = gate_need_vault(t);

	if (result != 0)
		return result;
	if (kind < TACIT_PLACE_OTHER || kind > TACIT_PLACE_WORK ||
	    (kind == TACIT_PLACE_OTHER && (name == NULL || name[0] == 0)))
		return error_set(&t->error, TACIT_E_ARGUMENT, "a place is home, work, or has a "
				 "name");
	if (name != NULL && (strlen(name) >= sizeof(((struct place_word *)NULL)->name) ||
			     strstr(name, " geo:") != NULL))
		return error_set(&t->error, TACIT_E_LIMIT, "a place's name has at most 63 bytes");
	memset(&fact, 0, sizeof(fact));
	snprintf(fact.key, sizeof(fact.key), GATE_PLACE_KEY);
	snprintf(fact.value, sizeof(fact.value), "%s%s%s%s geo:%.5f,%.5f", not ? "not " : "",
		 gate_place_words[kind], kind == TACIT_PLACE_OTHER ? " " : "",
		 kind == TACIT_PLACE_OTHER ? name : "", latitude / 1e7, longitude / 1e7);
	fact.mark = VAULT_TOLD;
	fact.time = clock_now();
	fact.confidence = FIXED_ONE;
	return gate_put_fact(t, &fact);
}

/* What the person usually does at this hour of the week. */
static int add_usual(const struct gate_moment *m, const struct onward_answer *answer,
		     struct tacit_place_next *out)
{
	const struct places *places = &m->moment.places;
	int64_t week = visit_of_week(visit_local(m->input.at, m->moment.zone));
	struct presence_share share[PRESENCE_MOST];
	struct presence_move move = { m->moment.here.place, 0,
				      week >= 5 * VISIT_DAY_MS ? PRESENCE_WEEKEND :
				      PRESENCE_WEEKDAYS, INT64_MIN, m->input.at };
	size_t count = 0, i, k;
	int result = presence_at(places->visit, places->visits, m->input.at, week, share,
				 PRESENCE_MOST, &count, &m->t->error);

	for (i = 0; result == 0 && i < out->guesses; i++) {
		struct tacit_place_guess *guess = &out->guess[i];
		struct presence_departure departure = { 0, 0, -1, -1, -1 };

		for (k = 0; k < count && share[k].place != answer->list[i].place; k++)
			;
		guess->usual = k < count ? share[k].share : 0;
		move.to = answer->list[i].place;
		if (move.from < places->count && move.from != move.to)
			result = presence_departure(places->visit, places->visits, &move,
						    &departure, &m->t->error);
		guess->moves = departure.moves;
		guess->leave[0] = departure.q10;
		guess->leave[1] = departure.q50;
		guess->leave[2] = departure.q90;
	}
	return result;
}

static void take_guess(const struct moment *moment, const struct onward_guess *from,
		       struct tacit_place_guess *to)
{
	const struct place *place = &moment->places.list[from->place];

	snprintf(to->name, sizeof(to->name), "%s", moment_name(moment, from->place));
	to->latitude = place->latitude;
	to->longitude = place->longitude;
	to->chance = from->chance;
	to->after_two = from->order2;
	to->after_one = from->order1;
	to->at_hour = from->hour;
	to->visits = from->visits;
}

int tacit_place_next(struct tacit *t, int64_t at, struct tacit_place_next *out)
{
	struct onward_answer answer;
	struct onward *onward = NULL;
	struct gate_moment m;
	size_t i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_moment_open(t, at, &m);
	if (result != 0)
		return result;
	memset(out, 0, sizeof(*out));
	result = onward_learn(m.moment.places.visit, m.moment.places.visits, &onward, &t->error);
	if (result == 0)
		result = onward_next(onward, ONWARD_LEAVING, m.input.at, m.moment.zone, &answer,
				     &t->error);
	if (result == 0 && answer.moves == 0)
		result = error_set(&t->error, TACIT_E_UNKNOWN, "too little is known of where you "
				   "go; next: tacit add a location history");
	if (result == 0) {
		for (i = 0; i < answer.count && i < TACIT_PLACE_GUESSES; i++)
			take_guess(&m.moment, &answer.list[i], &out->guess[i]);
		out->guesses = i;
		snprintf(out->here, sizeof(out->here), "%s", m.moment.here.name != NULL ?
			 m.moment.here.name : "");
		out->elsewhere = TACIT_ONE - answer.fresh;
		for (i = 0; i < out->guesses; i++)
			out->elsewhere -= out->guess[i].chance;
		out->fresh = answer.fresh;
		out->moves = answer.moves;
		result = add_usual(&m, &answer, out);
	}
	onward_free(onward);
	gate_moment_close(&m);
	return result;
}

/* ---- what changed ---------------------------------------------------------------------- */

/* The list that was kept; *count 0 where there is none that this version knows. free(). */
static int kept_places(struct tacit *t, struct place **out, size_t *count)
{
	struct bytes value = BYTES_INIT;
	int result = vault_record_get(t->vault, GATE_RECORD_PLACES, "", 0, &value, &t->error);

	*out = NULL;
	*count = 0;
	if (result == TACIT_E_NOT_FOUND)
		return 0;
	if (result == 0 && value.size >= 4 && (value.size - 4) % sizeof(**out) == 0 &&
	    bytes_load32(value.data) == sizeof(**out)) {
		*count = (value.size - 4) / sizeof(**out);
		*out = calloc(*count + 1, sizeof(**out));
		if (*out == NULL)
			result = error_memory(&t->error);
		else if (*count > 0)
			memcpy(*out, value.data + 4, value.size - 4);
	}
	bytes_free(&value);
	return result;
}

static int keep_places(struct tacit *t, const struct places *places)
{
	struct bytes value = BYTES_INIT;
	int result = vault_begin(t->vault, &t->error);

	if (result != 0)
		return result;
	if (bytes_append_u32(&value, sizeof(*places->list)) != 0 ||
	    bytes_append(&value, places->list, places->count * sizeof(*places->list)) != 0)
		result = error_memory(&t->error);
	if (result == 0)
		result = vault_record_put(t->vault, GATE_RECORD_PLACES, "", 0, value.data,
					  value.size, &t->error);
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	bytes_free(&value);
	return result;
}

static void fill_change(const struct moment *moment, const struct place *before,
			const struct place_change *from, struct tacit_place_change *to)
{
	const struct place *place = from->after != VISIT_NOWHERE ?
				    &moment->places.list[from->after] : &before[from->before];

	memset(to, 0, sizeof(*to));
	to->what = (int)from->what;
	to->number = from->after != VISIT_NOWHERE ? from->after + 1 : 0;
	snprintf(to->name, sizeof(to->name), "%s", from->after != VISIT_NOWHERE ?
		 moment_name(moment, from->after) : place->name);
	to->latitude = place->latitude;
	to->longitude = place->longitude;
	to->metres = from->metres;
	to->kind_before = from->before != VISIT_NOWHERE ? (int)before[from->before].kind : 0;
	to->kind_after = from->after != VISIT_NOWHERE ? (int)place->kind : 0;
}

int tacit_place_changes(struct tacit *t, int keep, struct tacit_place_change **out,
			size_t *count)
{
	struct tacit_place_change *list = NULL;
	struct place_change *change = NULL;
	struct place *before = NULL;
	struct gate_moment m;
	size_t befores = 0, n = 0, i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_moment_open(t, 0, &m);
	if (result != 0)
		return result;
	result = kept_places(t, &before, &befores);
	if (result == 0 && befores > 0)
		result = places_compare(before, befores, m.moment.places.list,
					m.moment.places.count, &change, &n, &t->error);
	if (result == 0) {
		list = calloc(n + 1, sizeof(*list));
		if (list == NULL)
			result = error_memory(&t->error);
	}
	for (i = 0; result == 0 && i < n; i++)
		fill_change(&m.moment, before, &change[i], &list[i]);
	if (result == 0 && keep && m.moment.places.count > 0)
		result = keep_places(t, &m.moment.places);
	if (result == 0) {
		*out = list;
		*count = n;
		list = NULL;
	}
	free(list);
	free(change);
	free(before);
	gate_moment_close(&m);
	return result;
}
