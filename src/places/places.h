/*
 * From stays to places: where the person was more than once, or for long. In three steps, none of
 * which depends on the order of the stays:
 *
 * 1. Stays go into cells of a fifth of `metres`. Each cell climbs to the nearest cell within
 *    3/5 `metres` that has more stays about it (quick shift: Vedaldi and Soatto 2008; the density
 *    is sum n (h^2 - d^2) over cells nearer than h = 3/5 `metres`, in whole units), so that a
 *    scatter of bad fixes round a place goes to it and a row of shops does not become one.
 * 2. Of the tops the two with the nearest centres are joined, again and again, while they are
 *    within `metres` (centroid linkage, weighted by stays).
 * 3. A group is a place if it was visited at least `visits` times or for `time` in all, or if the
 *    person has said a word about it. Other stays were nowhere (VISIT_NOWHERE): most of them are
 *    one shop or one street corner, once; with the second visit they become a place.
 *
 * A word of the person binds the nearest place within 3/2 `metres`; what is confirmed is a place of
 * its own where there is none yet. Inference (home.h) never changes what was said.
 *
 * Cost: sort and hash, about n log n; 20,000 stays take some ms (bench/onward.c prints it).
 */
#ifndef TACIT_PLACES_PLACES_H
#define TACIT_PLACES_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "places/stays.h"
#include "places/visit.h"

enum place_kind { PLACE_OTHER, PLACE_HOME, PLACE_WORK };

/* What the person said of a place: that it is their home, or (rejected) that it is not. Several
 * words may be about one place; of two confirmed ones the later `from` counts, then the later one
 * of the list. */
struct place_word {
	int32_t latitude, longitude;	/* 1e-7 degrees */
	enum place_kind kind;
	bool rejected;
	char name[64];			/* "" for none */
	int64_t from;			/* ms: holds from then on */
};

struct place {
	int32_t latitude, longitude;	/* mean of its stays, weighted by their sure minutes + 1 */
	uint32_t radius;		/* metres: nine of ten stays are within, at least 1 */
	uint32_t visits, days;		/* local days on which a visit began */
	int64_t time, sure;		/* ms of all visits; of those without a gap */
	int64_t first, last;		/* arrival of the first, leaving of the last visit */
	/* Its cell of 0.0005 degrees. Two places have two keys, and places_by_key finds a place
	 * again after later runs moved its centre. */
	uint64_t key;
	enum place_kind kind;		/* as told; home_mark (home.h) adds what is inferred */
	bool told;			/* the kind and the name are the person's word: locked */
	uint8_t rejected;		/* bit 1 << kind: "this is not my ..." */
	int64_t from;			/* of the word that is told, else 0 */
	char name[64];
};

struct places_rule {
	double metres;			/* 100 */
	uint32_t visits;		/* 2 */
	int64_t time;			/* 4 hours */
};
extern const struct places_rule places_usual;

struct places_input {
	size_t count, words;
	const struct stay *stay;	/* in any order; the same stay twice counts once */
	const int16_t *zone;		/* of each stay, minutes east of UTC; NULL: UTC */
	const struct place_word *word;
};

/* Places, longest time first; a visit for each stay in the order of arrival. */
struct places {
	size_t count, visits;
	struct place *list;
	struct visit *visit;
};

/* Fills *out (places_free). TACIT_E_MEMORY. Stays that end before they begin, or lie outside the
 * earth, are left out. */
int places_find(const struct places_input *input, const struct places_rule *rule,
		struct places *out, struct error *error);
void places_free(struct places *places);

uint64_t places_key(int32_t latitude, int32_t longitude);
/* Index of the place nearest to where the key is, at most 200 m away; VISIT_NOWHERE if there is
 * none. */
uint32_t places_by_key(const struct place *list, size_t count, uint64_t key);
/* Index of the nearest place within `metres`, or VISIT_NOWHERE. Of equals the first. O(count). */
uint32_t places_nearest(const struct place *list, size_t count, int32_t latitude,
			int32_t longitude, double metres);

enum place_change_kind { PLACE_APPEARED, PLACE_GONE, PLACE_MOVED, PLACE_KIND_CHANGED };

struct place_change {
	enum place_change_kind what;
	uint32_t before, after;		/* indices; VISIT_NOWHERE where there is none */
	uint32_t metres;		/* between them */
};

/* What a second run changed: places within 200 m of each other are matched, nearest pairs first.
 * A pair more than 50 m apart has moved. Fills *out (free()): pairs in the order of `before`, then
 * what is gone, then what appeared. TACIT_E_MEMORY. */
int places_compare(const struct place *before, size_t befores, const struct place *after,
		   size_t afters, struct place_change **out, size_t *count, struct error *error);

#endif
