/*
 * Where to have lunch: own places in the order of a sum, under what the person told. There is no
 * way in for anything that somebody pays for: a place has no field for it, and the sum decides.
 *
 * All in 2^-20, over the visits e of place i that are known by now:
 *
 *	w(e)      = memory(age), age in quarters of a day; a quarter of it outside 11:00 .. 14:30
 *	visits    = sum of w(e)
 *	week      = s * sum of w(e) * match,  match 1/2 on the same day of the week, -1/4 between
 *	            a weekday and a weekend, else 0
 *	weather   = sum of w(e) * 1/4 where the weather was the same, -1/4 where it was another
 *	rest      = (visits + week + weather) * (r - 1),  not for a place without visits
 *	alike     = a quarter of the sum over other places of their visits * words in common / words
 *	            of both, where i has none at noon
 *	walk      = -1/64 for each full 100 metres of way
 *	score     = visits + week + weather + rest + alike + walk		exactly
 *
 * memory is (1 + age / 1 day)^-1/2, (1 + age / 90 days)^-1/2, (1 + age / 14 days)^-2 or 1: the one
 * by whose sums the latest 150 meals were likeliest; then s is 0, 1 or 3 in the same way.
 *
 * r is how often the person returns: of the meals with the place k meals back (k = 1, 2, 3 to 5, 6
 * to 10, more), how often it was taken, over how often by its share of all sums, each with two more
 * of both, the difference less one deviation (the root of the second; soft thresholding, Donoho and
 * Johnstone 1994); 1/4 .. 4. It is learnt on the latest 150 meals, each from what was known before
 * it. A meal is a local day's noon visit of a place.
 */
#ifndef TACIT_NOW_LUNCH_H
#define TACIT_NOW_LUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "now/prompt.h"

#define LUNCH_PLACES 4096
#define LUNCH_PICKS 10
#define LUNCH_WEATHER_UNKNOWN (-1)

struct lunch_place {
	const char *name;
	const char *words, *tags;	/* "pizza italian", "vegan halal"; NULL: not known */
	int32_t metres;			/* way on foot from here; -1: not known */
	int32_t price;			/* in the unit of the budget; -1: not known */
};

struct lunch_visit {
	uint32_t place;
	int64_t time;			/* ms, of the arrival */
	int16_t zone;			/* minutes east of UTC */
	int16_t weather;		/* any number that says which; LUNCH_WEATHER_UNKNOWN */
};

/* Told. Words match whole words of name, words or tags, capitals aside (ASCII; fold others before);
 * several words match in a row. */
struct lunch_rules {
	const char *const *must, *const *never;
	size_t must_count, never_count;
	int32_t budget;			/* -1: none. A place of unknown price is not left out */
	int32_t metres;			/* -1: none. A place at unknown distance is not left out */
	int32_t novelty;		/* share of days on which the first is a new one, 2^-20 */
	int32_t least;			/* chance below which nothing is said, 2^-20 */
};

enum lunch_term {
	LUNCH_VISITS, LUNCH_WEEK, LUNCH_WEATHER, LUNCH_REST, LUNCH_ALIKE, LUNCH_WALK, LUNCH_TERMS
};
const char *lunch_term_name(enum lunch_term term);

struct lunch_pick {
	uint32_t place;
	bool novel;			/* the person never was there at noon */
	uint32_t meals;			/* there */
	int64_t score, term[LUNCH_TERMS];	/* the terms sum to the score */
};

struct lunch_known;

/* What is learnt of the person; places and visits must live as long as it does. Visits in any
 * order; of more than 2,000 the latest. TACIT_E_LIMIT for more than LUNCH_PLACES places,
 * TACIT_E_MEMORY. Cost: 1,000 times the visits and places. */
int lunch_learn(const struct lunch_place *places, size_t place_count,
		const struct lunch_visit *visits, size_t visit_count, int64_t now,
		struct lunch_known **out, struct error *error);
void lunch_free(struct lunch_known *known);

struct lunch_moment {
	int64_t now;			/* ms */
	int16_t zone, weather;
};

/* The first `most` (up to LUNCH_PICKS) that the rules leave, best first; of equal scores the one
 * with more meals, then the earlier place. On a day of novelty the first is the best new one, where
 * there is any; on others the best known one, where there is any. Such a day is one whose number d
 * has  frac(d * 0.6180339887...) < novelty, a sequence of low discrepancy (Weyl 1916), also over
 * the Mondays alone. */
size_t lunch_list(const struct lunch_known *known, const struct lunch_rules *rules,
		  const struct lunch_moment *moment, size_t most, struct lunch_pick *out);
bool lunch_novel_day(int64_t day, int32_t novelty);

/* How likely the first is what the person takes, in 2^-20: on the latest 100 meals, how often the
 * first by the sum was taken, where its share of all sums was like that now (below 1/8, 1/4, 1/2 or
 * above): (hits + 4 p) / (n + 4), where p = (all hits + 1) / (all + 4). Of a new place: how often
 * meals were at a new one, (new + 1) / (meals + 10). */
int32_t lunch_chance(const struct lunch_known *known, const struct lunch_moment *moment,
		     const struct lunch_pick *first);

/* The prompt of the day, from a quarter of an hour before the usual time (Q20 of own meals; 11:45
 * when below five) until 14:30. False: nothing to say (no place, 14:30 is past, a meal of
 * today is known, chance below `least` on a day without novelty). */
bool lunch_prompt(const struct lunch_known *known, const struct lunch_rules *rules,
		  const struct lunch_moment *moment, struct prompt *out);

#endif
