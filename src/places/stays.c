/* One pass with an anchor; see stays.h. */
#include "stays.h"

#include <math.h>
#include <stdlib.h>

#include "base/clones.h"

#define EARTH 6371008.8
#define UNIT (M_PI / 180e7)		/* radians of 1e-7 degrees */
#define NEAR_POLE 850000000		/* above, the plane is not trusted */
#define SAME_COSINE 50000		/* 0.005 degrees: the cosine is kept */
#define BLOCK 16
#define DOUBT 0.01			/* of the threshold: decided on the sphere */

const struct stays_rule stays_usual = { 100.0, 5 * 60000, 15 * 60000 };

double stays_metres(int32_t latitude, int32_t longitude, int32_t to_latitude, int32_t to_longitude)
{
	double a = latitude * UNIT, b = to_latitude * UNIT;
	double y = sin(((double)to_latitude - latitude) * UNIT / 2);
	double x = sin(((double)to_longitude - longitude) * UNIT / 2);
	double h = y * y + cos(a) * cos(b) * x * x;

	return 2 * EARTH * asin(sqrt(h < 1.0 ? h : 1.0));
}

/* What the comparisons with one anchor share. */
struct anchor {
	const struct stays_track *track;
	double metres, near, far;	/* squares of what is surely within, surely without */
	double cosine;
	int32_t latitude;		/* of the cosine */
	bool any;
};

static void set_anchor(struct anchor *anchor, size_t i)
{
	int32_t latitude = anchor->track->latitude[i];

	if (anchor->any && abs(latitude - anchor->latitude) <= SAME_COSINE)
		return;
	anchor->any = true;
	anchor->latitude = latitude;
	anchor->cosine = cos(latitude * UNIT);
}

static inline bool outside(const struct anchor *anchor, size_t i, size_t j)
{
	const struct stays_track *track = anchor->track;
	double y = ((double)track->latitude[j] - track->latitude[i]) * (UNIT * EARTH);
	double x = ((double)track->longitude[j] - track->longitude[i]) * (UNIT * EARTH) *
		   anchor->cosine;
	double square = x * x + y * y;

	if (abs(track->latitude[i]) < NEAR_POLE) {
		if (square < anchor->near)
			return false;
		/* round the earth the other way is nearer than the plane says */
		if (square > anchor->far && square < 1e12)
			return true;
	}
	return stays_metres(track->latitude[i], track->longitude[i], track->latitude[j],
			    track->longitude[j]) > anchor->metres;
}

/* Whether all of BLOCK points from j on are surely within: without branches, for the compiler. */
static inline bool all_near(const struct anchor *anchor, size_t i, size_t j)
{
	const int32_t *latitude = anchor->track->latitude, *longitude = anchor->track->longitude;
	double x_unit = UNIT * EARTH * anchor->cosine, near = anchor->near;
	int64_t away = 0;
	size_t k;

	for (k = 0; k < BLOCK; k++) {
		double y = ((double)latitude[j + k] - latitude[i]) * (UNIT * EARTH);
		double x = ((double)longitude[j + k] - longitude[i]) * x_unit;

		away += x * x + y * y >= near;
	}
	return away == 0;
}

/* The first point behind i that is outside. */
CLONES static size_t window_end(const struct anchor *anchor, size_t i)
{
	size_t count = anchor->track->count, j = i + 1;

	while (abs(anchor->track->latitude[i]) < NEAR_POLE && j + BLOCK <= count &&
	       all_near(anchor, i, j))
		j += BLOCK;
	while (j < count && !outside(anchor, i, j))
		j++;
	return j;
}

static int keep(const struct stays_track *track, size_t first, size_t end, int64_t leave,
		bool sure, struct stay **list, size_t *count, size_t *capacity)
{
	int64_t latitude = 0, longitude = 0, n = (int64_t)(end - first), base, k;

	if (*count == *capacity) {
		size_t wanted = *capacity * 2 + 64;
		struct stay *grown = realloc(*list, wanted * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		*list = grown;
		*capacity = wanted;
	}
	/* about the first point, so that a stay on the date line has its mean there */
	base = track->longitude[first];
	for (k = 0; k < n; k++) {
		int64_t away = track->longitude[first + (size_t)k] - base;

		latitude += track->latitude[first + (size_t)k];
		longitude += away > 1800000000 ? away - 3600000000 :
			     away < -1800000000 ? away + 3600000000 : away;
	}
	longitude = base + (int64_t)llround((double)longitude / (double)n);
	longitude += longitude > 1800000000 ? -3600000000 :
		     longitude < -1800000000 ? 3600000000 : 0;
	(*list)[(*count)++] = (struct stay){
		track->time[first], leave, (int32_t)llround((double)latitude / (double)n),
		(int32_t)longitude, (uint32_t)n, sure,
	};
	return 0;
}

int stays_find(const struct stays_track *track, const struct stays_rule *rule, struct stay **out,
	       size_t *count, struct error *error)
{
	double low = rule->metres * (1 - DOUBT), high = rule->metres * (1 + DOUBT);
	struct anchor anchor = { .track = track, .metres = rule->metres, .near = low * low,
				 .far = high * high };
	struct stay *list = NULL;
	size_t capacity = 0, i = 0, j, soon = 0;

	*count = 0;
	while (i < track->count) {
		bool sure = true;
		int64_t leave;
		size_t k;

		set_anchor(&anchor, i);
		/* a window that has ended by the last point before the time is up was too short */
		while (soon + 1 < track->count &&
		       track->time[soon + 1] - track->time[i] < rule->duration)
			soon++;
		if (soon > i && outside(&anchor, i, soon)) {
			i++;
			continue;
		}
		j = window_end(&anchor, i);
		leave = j < track->count && track->time[j] - track->time[j - 1] <= rule->gap ?
			track->time[j] : track->time[j - 1];
		if (leave - track->time[i] < rule->duration) {
			i++;
			continue;
		}
		for (k = i + 1; k < j; k++)
			sure &= track->time[k] - track->time[k - 1] <= rule->gap;
		if (keep(track, i, j, leave, sure, &list, count, &capacity) != 0) {
			free(list);
			return error_memory(error);
		}
		i = j;
	}
	*out = list;
	return 0;
}
