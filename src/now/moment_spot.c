/* Where an event of the calendar is, and where the person was during earlier ones. */
#include "moment.h"

#include <ctype.h>

#include "base/clock.h"

#define NEAR_METRES 150.0
#define BACK (400 * CLOCK_DAY_MS)	/* how long ago events say where a next one is */
#define ALIKE 16			/* earlier events that are asked */

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

size_t moment_visit_after(const struct moment *moment, int64_t time)
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

uint32_t moment_spent_at(const struct moment *moment, const struct life_plan *plan, int64_t *came)
{
	int64_t end = plan->end > plan->start ? plan->end : plan->start + CLOCK_HOUR_MS;
	const struct places *places = &moment->places;
	int64_t best = (end - plan->start) / 2;
	uint32_t where = VISIT_NOWHERE;
	size_t v;

	for (v = moment_visit_after(moment, plan->start); v < places->visits &&
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
	uint32_t where[ALIKE], best = VISIT_NOWHERE;
	size_t i, j, n = 0, votes, most = 0;
	int64_t came;

	for (i = life->count[LIFE_PLANS]; i-- > 0 && n < ALIKE;) {
		const struct life_plan *before = &life->plan[i];

		if (before->end > moment->at || before->start >= plan->start ||
		    before->start < moment->at - BACK || before->whole_day ||
		    !about_alike(life, before, plan))
			continue;
		where[n] = moment_spent_at(moment, before, &came);
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

struct leave_spot moment_spot(const struct moment *moment, const struct life_plan *plan)
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
