/* What a second run changed; see places.h. */
#include <math.h>
#include <stdlib.h>

#include "places/places.h"
#include "places/places_grid.h"

#define SAME_METRES 200.0
#define MOVED_METRES 50.0

struct match {
	double square;
	uint32_t before, after;
};

static int by_distance(const void *x, const void *y)
{
	const struct match *a = x, *b = y;

	if (a->square != b->square)
		return a->square < b->square ? -1 : 1;
	return a->before != b->before ? (a->before > b->before) - (a->before < b->before) :
	       (a->after > b->after) - (a->after < b->after);
}

/* All pairs within SAME_METRES, nearest first. */
static int near_pairs(const struct place *before, size_t befores, const struct place *after,
		      size_t afters, struct match **out, size_t *count)
{
	struct places_grid grid = { .head = NULL };
	uint32_t *near = malloc((afters + 1) * sizeof(*near));
	struct match *list = NULL;
	size_t capacity = 0, i, k, found;

	*count = 0;
	if (near == NULL || places_grid_init(&grid, SAME_METRES, afters) != 0)
		goto fail;
	for (i = 0; i < afters; i++)
		places_grid_add(&grid, (uint32_t)i, after[i].latitude, after[i].longitude);
	for (i = 0; i < befores; i++) {
		double cosine = places_cosine(before[i].latitude);

		found = places_grid_near(&grid, before[i].latitude, before[i].longitude, near,
					 afters);
		for (k = 0; k < found && k < afters; k++) {
			const struct place *other = &after[near[k]];
			double square = places_square(cosine, before[i].latitude,
				before[i].longitude, other->latitude, other->longitude);

			if (square > SAME_METRES * SAME_METRES)
				continue;
			if (*count == capacity) {
				struct match *grown = realloc(list, (capacity * 2 + 64) *
							      sizeof(*grown));

				if (grown == NULL)
					goto fail;
				list = grown;
				capacity = capacity * 2 + 64;
			}
			list[(*count)++] = (struct match){ square, (uint32_t)i, near[k] };
		}
	}
	if (list != NULL)
		qsort(list, *count, sizeof(*list), by_distance);
	*out = list;
	free(near);
	places_grid_free(&grid);
	return 0;
fail:
	free(list);
	free(near);
	places_grid_free(&grid);
	return TACIT_E_MEMORY;
}

static size_t list_changes(const struct place *before, size_t befores, const struct place *after,
			   size_t afters, const uint32_t *partner, const uint32_t *metres,
			   const bool *taken, struct place_change *list)
{
	size_t n = 0, i;

	for (i = 0; i < befores; i++) {
		struct place_change change = { PLACE_MOVED, (uint32_t)i, partner[i], metres[i] };

		if (partner[i] == VISIT_NOWHERE)
			continue;
		if (metres[i] > MOVED_METRES)
			list[n++] = change;
		change.what = PLACE_KIND_CHANGED;
		if (before[i].kind != after[partner[i]].kind)
			list[n++] = change;
	}
	for (i = 0; i < befores; i++)
		if (partner[i] == VISIT_NOWHERE)
			list[n++] = (struct place_change){ PLACE_GONE, (uint32_t)i, VISIT_NOWHERE,
							   0 };
	for (i = 0; i < afters; i++)
		if (!taken[i])
			list[n++] = (struct place_change){ PLACE_APPEARED, VISIT_NOWHERE,
							   (uint32_t)i, 0 };
	return n;
}

int places_compare(const struct place *before, size_t befores, const struct place *after,
		   size_t afters, struct place_change **out, size_t *count, struct error *error)
{
	uint32_t *partner = malloc((befores + 1) * sizeof(*partner));
	uint32_t *metres = calloc(befores + 1, sizeof(*metres));
	bool *taken = calloc(afters + 1, sizeof(*taken));
	struct place_change *list = malloc((2 * befores + afters + 1) * sizeof(*list));
	struct match *match = NULL;
	size_t matches = 0, i;
	int result = TACIT_E_MEMORY;

	if (partner == NULL || metres == NULL || taken == NULL || list == NULL ||
	    near_pairs(before, befores, after, afters, &match, &matches) != 0) {
		error_memory(error);
		goto out;
	}
	for (i = 0; i < befores; i++)
		partner[i] = VISIT_NOWHERE;
	for (i = 0; i < matches; i++) {
		if (partner[match[i].before] != VISIT_NOWHERE || taken[match[i].after])
			continue;
		partner[match[i].before] = match[i].after;
		metres[match[i].before] = (uint32_t)lround(sqrt(match[i].square));
		taken[match[i].after] = true;
	}
	*count = list_changes(before, befores, after, afters, partner, metres, taken, list);
	*out = list;
	list = NULL;
	result = 0;
out:
	free(partner);
	free(metres);
	free(taken);
	free(list);
	free(match);
	return result;
}
