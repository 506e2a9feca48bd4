/* Votes of weeks, second homes, words; see home.h. */
#include "home.h"

#include <stdlib.h>
#include <string.h>

#include "places/home_runs.h"

#define WEEK_HALF (VISIT_WEEK_MS / 2)
#define ROUTINE_MS (4 * HOME_HOUR_MS)
#define ROUTINE_LEAST 3			/* days of a week */
#define ROUTINE_MOST 6
#define LONG_MS (16 * HOME_HOUR_MS)
#define FORTNIGHT 14
#define FORTNIGHTS_LEAST 4

static const struct home_rule home_rule = { 1 / 260.0, 0.06, 0.75, 0.05, 2 };

static bool may_be(const struct place *place, enum place_kind kind)
{
	return (place->rejected >> kind & 1) == 0 && (!place->told || place->kind == kind);
}

static size_t first_cell(const struct home_table *table, size_t from, size_t week)
{
	while (from < table->week_cells && table->week[from].period < week)
		from++;
	return from;
}

/* The place that each week shows. */
static void vote(const struct home_table *table, const struct place *place,
		 struct home_votes *votes)
{
	size_t i = 0, week;

	for (week = 0; week < table->weeks; week++) {
		int64_t most = 0, next = 0;
		uint32_t best = HOME_NONE;

		votes->week[week] = VISIT_NOWHERE;
		for (i = first_cell(table, i, week);
		     i < table->week_cells && table->week[i].period == week; i++) {
			const struct home_cell *cell = &table->week[i];

			if (cell->ms > most) {
				next = most;
				most = cell->ms;
				best = cell->place;
			} else if (cell->ms > next) {
				next = cell->ms;
			}
		}
		if (table->known[week] < WEEK_HALF || most * 3 < next * 4)
			continue;
		votes->week[week] = best < table->places && may_be(&place[best], PLACE_HOME) ?
				    best : HOME_NONE;
	}
}

/* Days of each week with a session of four hours at a place: calls of one place are together. */
static void count_week_days(const struct home_table *table, size_t *session, uint8_t *days)
{
	uint32_t place = table->session[*session].place, last = UINT32_MAX;

	memset(days, 0, table->weeks);
	for (; *session < table->sessions && table->session[*session].place == place; ++*session) {
		const struct home_session *one = &table->session[*session];

		if (one->ms < ROUTINE_MS || one->day == last || one->day / 7 >= table->weeks)
			continue;
		last = one->day;
		days[one->day / 7]++;
	}
}

static bool routine_week(uint8_t days)
{
	return days >= ROUTINE_LEAST && days <= ROUTINE_MOST;
}

/* Whether a place with these days is routine: often enough, and under two of the bases if weeks
 * show several. */
static bool is_routine(const struct home_table *table, const struct home_votes *votes,
		       const uint8_t *days, uint32_t place, const uint32_t *shown, size_t known)
{
	uint32_t under = VISIT_NOWHERE;
	size_t i, weeks = 0, bases = 0, with = 0;

	for (i = 0; i < table->places; i++)
		bases += shown[i] > 0;
	for (i = 0; i < table->weeks; i++) {
		if (votes->week[i] == place)
			return false;
		if (votes->week[i] == VISIT_NOWHERE || !routine_week(days[i]))
			continue;
		weeks++;
		if (votes->week[i] < table->places && votes->week[i] != under) {
			with += under == VISIT_NOWHERE || with == 1;
			under = votes->week[i];
		}
	}
	return weeks >= 2 && weeks * 3 >= known && (bases < 2 || with >= 2);
}

static int find_routine(const struct home_table *table, struct home_votes *votes)
{
	uint8_t *days = malloc(table->weeks + 1);
	uint32_t *shown = calloc(table->places + 1, sizeof(*shown));
	size_t i, k, known = 0;

	if (days == NULL || shown == NULL) {
		free(days);
		free(shown);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < table->weeks; i++) {
		known += votes->week[i] != VISIT_NOWHERE;
		if (votes->week[i] < table->places)
			shown[votes->week[i]]++;
	}
	for (i = 0; i < table->sessions;) {
		uint32_t place = table->session[i].place;

		count_week_days(table, &i, days);
		if (is_routine(table, votes, days, place, shown, known))
			for (k = 0; k < table->weeks; k++)
				votes->routine[k] |= routine_week(days[k]);
	}
	free(days);
	free(shown);
	return 0;
}

static bool has_long_session(const struct home_table *table, uint32_t place, size_t from,
			     size_t until)
{
	size_t i;

	for (i = 0; i < table->sessions; i++) {
		const struct home_session *one = &table->session[i];

		if (one->place == place && one->ms >= LONG_MS && one->day >= from &&
		    one->day <= until)
			return true;
	}
	return false;
}

/* See home.h. Days without knowledge neither end a spell nor lengthen it. */
static bool judge_second(const struct home_table *table, uint32_t place, size_t first, size_t last,
			 struct home_claim *claim)
{
	size_t fortnights = (last - first) / FORTNIGHT + 1, with = 0, held = 0, known = 0, day;
	size_t begun = 0, run = 0, counted = SIZE_MAX;
	double share, weeks, chance;

	for (day = first; day <= last + 1; day++) {
		bool here = day <= last && table->winner[day] == place;

		if (day <= last && table->winner[day] == VISIT_NOWHERE)
			continue;
		known += day <= last;
		held += here;
		if (here) {
			begun = run++ == 0 ? day : begun;
			continue;
		}
		if (run >= 2 && (begun - first) / FORTNIGHT != counted &&
		    has_long_session(table, place, begun, day)) {
			counted = (begun - first) / FORTNIGHT;
			with++;
		}
		run = 0;
	}
	if (fortnights < FORTNIGHTS_LEAST)
		return false;
	share = (double)held / (double)known;
	weeks = (double)known / 7;
	chance = home_beta((double)with, (double)(fortnights - with), 0.5) *
		 home_beta(weeks * share, weeks * (1 - share), 0.2);
	claim->confidence = (int32_t)(chance * FIXED_ONE);
	claim->confidence -= claim->confidence >= FIXED_ONE;
	claim->weeks = (uint32_t)fortnights;
	claim->held = (uint32_t)with;
	return claim->confidence >= FIXED_ONE / 2;
}

static bool claimed(const struct homes *homes, uint32_t place, enum place_kind kind,
		    int32_t confidence)
{
	size_t i;

	for (i = 0; i < homes->count; i++)
		if (homes->list[i].place == place && homes->list[i].kind == kind &&
		    homes->list[i].confidence >= confidence)
			return true;
	return false;
}

static int find_second(const struct home_table *table, const struct place *place,
		       const struct visit *visit, size_t visits, struct homes *out)
{
	uint32_t *count = calloc(table->places + 1, sizeof(*count));
	int result = count == NULL ? TACIT_E_MEMORY : 0;
	size_t day, i, p;

	for (day = 0; result == 0 && day < table->days; day++)
		if (table->winner[day] < table->places)
			count[table->winner[day]]++;
	for (p = 0; result == 0 && p < table->places; p++) {
		struct home_claim claim = { .place = (uint32_t)p, .kind = PLACE_HOME,
					    .second = true };
		size_t first = table->days, last = 0;

		if (count[p] < 2 * FORTNIGHTS_LEAST || !may_be(&place[p], PLACE_HOME) ||
		    claimed(out, (uint32_t)p, PLACE_HOME, HOME_SURE))
			continue;
		for (day = 0; day < table->days; day++)
			if (table->winner[day] == p) {
				first = first < day ? first : day;
				last = day;
			}
		if (!judge_second(table, (uint32_t)p, first, last, &claim))
			continue;
		claim.from = INT64_MAX;
		for (i = 0; i < visits; i++)
			if (visit[i].place == p) {
				claim.from = visit[i].arrive < claim.from ? visit[i].arrive :
					     claim.from;
				claim.until = visit[i].leave > claim.until ? visit[i].leave :
					      claim.until;
			}
		claim.open = last + 2 * FORTNIGHT >= table->days;
		result = home_add(out, &claim);
	}
	free(count);
	return result;
}

static int by_kind(const void *x, const void *y)
{
	const struct home_claim *a = x, *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (int)a->second - (int)b->second;
}

/* What was told takes the place's inferred claims from its date on; a claim by both rules stands
 * once, as the surer. */
static int hear_words(const struct place *place, size_t places, struct homes *homes)
{
	size_t i, k, kept = 0;

	for (i = 0; i < homes->count; i++) {
		struct home_claim claim = homes->list[i];
		const struct place *at = &place[claim.place];
		bool twice = false;

		for (k = 0; k < homes->count; k++)
			twice |= k != i && homes->list[k].place == claim.place &&
				 homes->list[k].kind == claim.kind && claim.second !=
				 homes->list[k].second &&
				 (homes->list[k].confidence > claim.confidence ||
				  (homes->list[k].confidence == claim.confidence && claim.second));
		if (twice || (at->told && claim.from >= at->from))
			continue;
		if (at->told && claim.until > at->from) {
			claim.until = at->from;
			claim.open = false;
		}
		homes->list[kept++] = claim;
	}
	homes->count = kept;
	for (i = 0; i < places; i++) {
		const struct home_claim told = { .place = (uint32_t)i, .kind = place[i].kind,
			.from = place[i].from, .until = INT64_MAX, .open = true, .told = true,
			.confidence = FIXED_ONE };

		if (place[i].told && place[i].kind != PLACE_OTHER && home_add(homes, &told) != 0)
			return TACIT_E_MEMORY;
	}
	if (homes->count > 1)
		qsort(homes->list, homes->count, sizeof(*homes->list), by_kind);
	return 0;
}

static int find_bases(const struct home_table *table, const struct place *place,
		      struct home_votes *votes, const struct visit *visit, size_t visits,
		      struct homes *out)
{
	votes->kind = PLACE_HOME;
	votes->rule = &home_rule;
	vote(table, place, votes);
	memcpy(votes->day, table->winner, table->days * sizeof(*votes->day));
	if (find_routine(table, votes) != 0 || home_runs(table, votes, visit, visits, out) != 0 ||
	    find_second(table, place, visit, visits, out) != 0)
		return TACIT_E_MEMORY;
	return home_work(table, place, votes, visit, visits, out);
}

int home_find(const struct visit *visit, size_t visits, const struct place *place, size_t places,
	      struct homes *out, struct error *error)
{
	struct homes made = { 0, NULL };
	struct home_votes votes = { .week = NULL };
	struct home_table table;
	int result = home_table_make(visit, visits, places, &table);

	if (result != 0)
		return error_memory(error);
	votes.week = malloc((table.weeks + 1) * sizeof(*votes.week));
	votes.routine = calloc(table.weeks + 1, sizeof(*votes.routine));
	votes.day = malloc((table.days + 1) * sizeof(*votes.day));
	result = TACIT_E_MEMORY;
	if (votes.week != NULL && votes.routine != NULL && votes.day != NULL)
		result = find_bases(&table, place, &votes, visit, visits, &made);
	if (result == 0)
		result = hear_words(place, places, &made);
	free(votes.week);
	free(votes.routine);
	free(votes.day);
	home_table_free(&table);
	if (result != 0) {
		home_free(&made);
		return error_memory(error);
	}
	*out = made;
	return 0;
}

void home_free(struct homes *homes)
{
	free(homes->list);
	*homes = (struct homes){ 0, NULL };
}

static bool holds(const struct home_claim *claim, int64_t time)
{
	return claim->confidence >= HOME_SURE && claim->from <= time &&
	       (claim->open || time < claim->until);
}

const struct home_claim *home_at(const struct homes *homes, enum place_kind kind, int64_t time)
{
	const struct home_claim *best = NULL;
	size_t i;

	for (i = 0; i < homes->count; i++) {
		const struct home_claim *claim = &homes->list[i];

		if (claim->kind == kind && holds(claim, time) &&
		    (best == NULL || claim->confidence > best->confidence))
			best = claim;
	}
	return best;
}

void home_mark(const struct homes *homes, int64_t now, struct place *place, size_t places)
{
	size_t i;

	for (i = 0; i < places; i++)
		if (!place[i].told)
			place[i].kind = PLACE_OTHER;
	for (i = 0; i < homes->count; i++) {
		const struct home_claim *claim = &homes->list[i];

		if (claim->place < places && !place[claim->place].told && holds(claim, now))
			place[claim->place].kind = claim->kind;
	}
}
