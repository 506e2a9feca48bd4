/* Own places at noon, from what services named and from stays, for lunch.h. */
#include "moment.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "now/lunch.h"

#define MEALS 3000			/* the latest; lunch looks at no more */
#define SAME_METRES 100.0
#define DETOUR 13			/* tenths: a way on foot over the straight line */
#define NOON_FROM (11 * CLOCK_HOUR_MS)
#define NOON_UNTIL (14 * CLOCK_HOUR_MS + CLOCK_HOUR_MS / 2)
#define SITTING (10 * 60000LL)		/* a stay that is shorter was no meal */
#define NOVELTY (FIXED_ONE / 10)
#define LEAST (FIXED_ONE / 4)

struct table {
	struct moment *moment;
	const struct life_meal **meal;	/* by name */
	struct lunch_place *place;
	struct trips_place *spot;	/* of each; latitude LIFE_NOWHERE: not known */
	size_t places;
	struct lunch_visit *visit;
	size_t visits;
};

static bool at_noon(int64_t time, int16_t zone)
{
	int64_t of_day = visit_of_week(visit_local(time, zone)) % VISIT_DAY_MS;

	return of_day >= NOON_FROM && of_day < NOON_UNTIL;
}

static bool other_meal(const char *words)
{
	return strstr(words, "breakfast") != NULL || strstr(words, "dinner") != NULL ||
	       strstr(words, "supper") != NULL;
}

static int by_name(const void *a, const void *b, void *text)
{
	const struct life_meal *l = *(const struct life_meal *const *)a;
	const struct life_meal *r = *(const struct life_meal *const *)b;
	int order = strcmp((char *)text + l->name, (char *)text + r->name);

	return order != 0 ? order : (l->time > r->time) - (l->time < r->time);
}

/* Places that have a name; the newest meal there says where and what it is. */
static void take_named(struct table *table)
{
	const struct life *life = table->moment->life;
	size_t i, n = 0, count = life->count[LIFE_MEALS];

	while (count > 0 && life->meal[count - 1].time >= table->moment->at)
		count--;
	for (i = count > MEALS ? count - MEALS : 0; i < count; i++)
		if (life->meal[i].eaten ? !other_meal(life_text(life, life->meal[i].words)) :
		    at_noon(life->meal[i].time, life->meal[i].zone))
			table->meal[n++] = &life->meal[i];
	if (n > 1)
		qsort_r(table->meal, n, sizeof(*table->meal), by_name, life->text);
	for (i = 0; i < n; i++) {
		const struct life_meal *meal = table->meal[i];
		const char *name = life_text(life, meal->name);
		size_t p = table->places;

		if (p == 0 || strcmp(table->place[p - 1].name, name) != 0) {
			if (p == LUNCH_PLACES)
				return;
			table->place[p] = (struct lunch_place){ name, NULL, NULL, -1, -1 };
			table->spot[p].latitude = LIFE_NOWHERE;
			p = ++table->places;
		}
		if (meal->words != 0)
			table->place[p - 1].words = life_text(life, meal->words);
		if (meal->latitude != LIFE_NOWHERE)
			table->spot[p - 1] = (struct trips_place){ meal->latitude,
								    meal->longitude };
		table->visit[table->visits++] = (struct lunch_visit){
			(uint32_t)(p - 1), meal->time, meal->zone, LUNCH_WEATHER_UNKNOWN };
	}
}

static size_t near_named(const struct table *table, size_t named, const struct place *place)
{
	size_t p;

	for (p = 0; p < named; p++)
		if (table->spot[p].latitude != LIFE_NOWHERE &&
		    stays_metres(table->spot[p].latitude, table->spot[p].longitude,
				 place->latitude, place->longitude) < SAME_METRES)
			break;
	return p;
}

/* Stays at noon, but at home and at work: of a place that has a name here already only those that
 * no service told. */
static int take_stays(struct table *table, struct error *error)
{
	const struct moment *moment = table->moment;
	const struct places *places = &moment->places;
	size_t named = table->places, v, p, told = table->visits;
	uint32_t *of = malloc((places->count + 1) * sizeof(*of));

	if (of == NULL)
		return error_memory(error);
	memset(of, 0xff, (places->count + 1) * sizeof(*of));
	for (v = places->visits > MEALS * 8 ? places->visits - MEALS * 8 : 0;
	     v < places->visits && table->visits < told + MEALS; v++) {
		const struct visit *visit = &places->visit[v];
		const struct place *place;
		size_t i;

		if (visit->place >= places->count || !at_noon(visit->arrive, visit->zone) ||
		    visit->leave - visit->arrive < SITTING)
			continue;
		place = &places->list[visit->place];
		if (place->kind != PLACE_OTHER)
			continue;
		p = of[visit->place];
		if (p == UINT32_MAX) {
			p = near_named(table, named, place);
			if (p == named && table->places == LUNCH_PLACES)
				continue;
			if (p == named) {
				p = table->places++;
				table->place[p] = (struct lunch_place){
					moment_name(moment, visit->place), NULL, NULL, -1, -1 };
				table->spot[p] = moment->spot[visit->place];
			}
			of[visit->place] = (uint32_t)p;
		}
		for (i = 0; p < named && i < told; i++)
			if (table->visit[i].place == p && llabs(table->visit[i].time -
								 visit->arrive) < CLOCK_DAY_MS / 2)
				break;
		if (p >= named || i == told)
			table->visit[table->visits++] = (struct lunch_visit){
				(uint32_t)p, visit->arrive, visit->zone, LUNCH_WEATHER_UNKNOWN };
	}
	free(of);
	return 0;
}

static void measure(struct table *table)
{
	const struct leave_spot *here = &table->moment->here;
	size_t p;

	for (p = 0; here->located && p < table->places; p++)
		if (table->spot[p].latitude != LIFE_NOWHERE)
			table->place[p].metres = (int32_t)(stays_metres(
				here->at.latitude, here->at.longitude, table->spot[p].latitude,
				table->spot[p].longitude) * DETOUR / 10);
}

static int ask(struct table *table, struct moment_prompts *out, struct error *error)
{
	struct moment *moment = table->moment;
	const struct moment_told *told = &moment->input->told;
	struct lunch_rules rules = { NULL, told->never, 0, told->nevers, told->budget, told->walk,
				     told->novelty < 0 ? NOVELTY : told->novelty, LEAST };
	struct lunch_moment now = { moment->at, moment->zone, LUNCH_WEATHER_UNKNOWN };
	struct lunch_known *known;
	struct prompt prompt, *added;
	int result = lunch_learn(table->place, table->places, table->visit, table->visits,
				 moment->at, &known, error);

	if (result != 0)
		return result;
	if (lunch_prompt(known, &rules, &now, &prompt)) {
		added = moment_add(out, error);
		if (added == NULL)
			result = TACIT_E_MEMORY;
		else
			*added = prompt;
	}
	lunch_free(known);
	return result;
}

int moment_lunch(struct moment *moment, struct moment_prompts *out, struct error *error)
{
	struct table table = { .moment = moment };
	int result = 0;

	if (!at_noon(moment->at, moment->zone))
		return 0;
	table.meal = calloc(MEALS, sizeof(const struct life_meal *));
	table.place = calloc(LUNCH_PLACES, sizeof(*table.place));
	table.spot = calloc(LUNCH_PLACES, sizeof(*table.spot));
	table.visit = calloc(2 * MEALS, sizeof(*table.visit));
	if (table.meal == NULL || table.place == NULL || table.spot == NULL || table.visit == NULL)
		result = error_memory(error);
	if (result == 0) {
		take_named(&table);
		result = take_stays(&table, error);
	}
	if (result == 0) {
		measure(&table);
		result = ask(&table, out, error);
	}
	free(table.meal);
	free(table.place);
	free(table.spot);
	free(table.visit);
	return result;
}
