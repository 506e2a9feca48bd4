/*
 * Stays in a track: where the person was for a while (Li, Zheng, Xie, Chen, Liu, Ma 2008, "Mining
 * user similarity based on location history"). From an anchor on, the first point farther than
 * `metres` ends the window; if it lasted `duration` the points before it are a stay, and the search
 * goes on behind it; if not, the next point is the anchor.
 *
 * Between two points more than `gap` apart nothing is known: where the second is away from the
 * anchor the window ends with the first; where both are near, it goes on, and the stay is less
 * sure.
 *
 * Distances are great-circle ones on a sphere of 6,371,008.8 metres. Most comparisons are decided
 * in the plane, whose error is below one per cent of the threshold; the rest are not.
 */
#ifndef TACIT_PLACES_STAYS_H
#define TACIT_PLACES_STAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Points in the order of their times; 1e-7 degrees. */
struct stays_track {
	size_t count;
	const int64_t *time;		/* ms */
	const int32_t *latitude, *longitude;
};

struct stays_rule {
	double metres;			/* 100 */
	int64_t duration, gap;		/* ms: 5 and 15 minutes */
};
extern const struct stays_rule stays_usual;

struct stay {
	int64_t arrive, leave;		/* ms */
	int32_t latitude, longitude;	/* mean of its points, rounded */
	uint32_t points;
	bool sure;			/* no gap within it */
};

/* Fills *out (free() it), in the order of time. TACIT_E_MEMORY. Cost: each point is compared with
 * the anchors whose windows reach it, but those that are far away again before `duration` is over
 * are passed by after one comparison. */
int stays_find(const struct stays_track *track, const struct stays_rule *rule, struct stay **out,
	       size_t *count, struct error *error);

/* Great-circle distance in metres (haversine). */
double stays_metres(int32_t latitude, int32_t longitude, int32_t to_latitude,
		    int32_t to_longitude);

#endif
