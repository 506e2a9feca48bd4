/*
 * Trips between a person's places and how long the next one will take.
 *
 * A trip is what lies between two visits that follow each other at two places of the person. It is
 * none where a stay elsewhere or a gap in the data lies between, where it was slower than a slow
 * walk with a wait (an unseen stop), or faster than an airliner.
 *
 * The times of a next trip come from the first of these levels that has enough; see enum
 * trips_level. The first two are order statistics of own times (quantile.h). The others are
 *
 *	time(share) = base * ratio(share)
 *
 * where base is the median of the few times that there are (or the line time, see trips_line), and
 * the ratios are those of all the person's trips to the same base as it was known before each of
 * them: what was missed at that level so far says how much will be (split conformal prediction:
 * Vovk, Gammerman, Shafer 2005; other pairs of places weigh at most as eight trips each, because
 * trips of a pair are alike: Dunn, Wasserman, Ramdas 2022). Four invented trips stand in while
 * there are few. Shares that an order statistic of few own times does not know are taken by ratio,
 * too. Trips fade with a half-life of TRIPS_HALF.
 *
 * Of each past trip it is known at which share it would have been covered when it began. If levels
 * of one sort covered 80 % of their trips with what they called 77 %, then 77 % is used for 80 %
 * (Kuleshov, Fenner, Ermon 2018, "Accurate uncertainties for deep learning using calibrated
 * regression"; sixteen invented even shares keep it from jumping).
 */
#ifndef TACIT_PLACES_TRIPS_H
#define TACIT_PLACES_TRIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "places/visit.h"

#define TRIPS_HALF (30 * VISIT_DAY_MS)

struct trips_place {
	int32_t latitude, longitude;	/* 1e-7 degrees */
};

/* By straight-line speed: below 1.9 and 5 m/s, above. Transit with long waits looks like less. */
enum trips_mode { TRIPS_WALK, TRIPS_CYCLE, TRIPS_RIDE, TRIPS_ANY };
const char *trips_mode_name(enum trips_mode mode);

struct trips_gap {
	int64_t from, until;		/* ms: nothing is known of the time between */
};

struct trip {
	uint32_t from, to;		/* places */
	int64_t depart, arrive;		/* ms */
	uint32_t metres;		/* straight line */
	int32_t depart_week, arrive_week;	/* ms since local Monday 00:00 */
	enum trips_mode mode;
};

/* The trips of visits, in the order of time (visits that are not are passed by). A visit at a place
 * beyond `places` is a stay nowhere. Fills *out (free() it). TACIT_E_MEMORY. O(visits + gaps). */
int trips_find(const struct visit *visits, size_t count, const struct trips_place *places,
	       size_t place_count, const struct trips_gap *gaps, size_t gap_count,
	       struct trip **out, size_t *trips, struct error *error);

enum trips_level {
	TRIPS_TIME,			/* own trips of the pair near this time of the week */
	TRIPS_PAIR,			/* own trips of the pair at any time */
	TRIPS_FEW,			/* median of own trips of the pair, times ratios */
	TRIPS_BACK,			/* median of trips the other way, times ratios */
	TRIPS_PACE,			/* line time, times ratios of trips of about that length */
	TRIPS_LINE,			/* line time, times invented ratios: no own trips yet */
	TRIPS_LEVELS
};
/* "own trips near this time of the week" ... */
const char *trips_level_words(enum trips_level level);

struct trips_known;

/* Trips in any order (they are copied), for questions as of `from` and later: trips twelve
 * half-lives older say nothing. TACIT_E_MEMORY. The 150 trips before `from` and all behind it are
 * each asked for once, which is what it costs. */
int trips_learn(const struct trip *trips, size_t count, int64_t from, struct trips_known **out,
		struct error *error);
void trips_free(struct trips_known *known);

struct trips_query {
	uint32_t from, to;		/* places; TRIPS_UNKNOWN for one that has no number */
	uint32_t metres;		/* straight line between them */
	int32_t of_week;		/* ms since local Monday 00:00; -1: no matter */
	bool arriving;			/* of_week is that of the arrival, else of departure */
	enum trips_mode mode;		/* trips of this mode alone; TRIPS_ANY */
	int64_t now;			/* ms: trips that ended later are not known */
};
#define TRIPS_UNKNOWN (UINT32_MAX - 1)

struct trips_answer {
	enum trips_level level;
	uint32_t trips;			/* own trips that the times rest on, as a count */
	enum trips_mode mode;		/* the most frequent of them; TRIPS_ANY without trips */
	int64_t base;			/* ms; 0 at the first two levels */
	int32_t used;			/* the share that stands for 80 % at this level, 2^-20 */
};
#define TRIPS_Q80 838860		/* 80 %, rounded down */
#define TRIPS_SHARES 64

/* count <= TRIPS_SHARES. times[i] in ms is what a share shares[i] (2^-20, below 1, rising)
 * of such trips takes at most; times never fall. TACIT_E_MEMORY. O(n log n) in the trips. */
int trips_times(const struct trips_known *known, const struct trips_query *query,
		const int32_t *shares, size_t count, int64_t *times, struct trips_answer *answer,
		struct error *error);

/* What a first trip over a straight line of metres takes about, in ms: on foot at 1 m/s, or eight
 * minutes and 7 m/s for the first 10 km, 14 m/s to 50 km, 25 m/s beyond, whatever is less. */
int64_t trips_line(uint32_t metres);

#endif
