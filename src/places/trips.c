/* Trips of visits; their times are in trips_time.c. See trips.h. */
#include "trips.h"

#include <math.h>
#include <stdlib.h>

#include "places/stays.h"

#define WAIT (15 * 60000LL)	/* an unseen stop: slower than SLOW, even after a wait */
#define SLOW 2000		/* ms a metre */
#define FASTEST 350		/* m/s */
#define CYCLE_FROM 1.9		/* m/s */
#define RIDE_FROM 5.0

const char *trips_mode_name(enum trips_mode mode)
{
	static const char *const names[] = { "on foot", "by bicycle", "by car or transit" };

	return mode < TRIPS_ANY ? names[mode] : "any way";
}

const char *trips_level_words(enum trips_level level)
{
	static const char *const words[TRIPS_LEVELS] = {
		"own trips near this time of the week", "own trips at any time",
		"the few own trips, and how own trips vary", "own trips the other way",
		"the pace of own trips of about this length", "a straight line: a first trip",
	};

	return words[level];
}

static enum trips_mode mode_of(uint32_t metres, int64_t time)
{
	double speed = metres * 1000.0 / (double)time;

	return speed < CYCLE_FROM ? TRIPS_WALK : speed < RIDE_FROM ? TRIPS_CYCLE : TRIPS_RIDE;
}

static bool trip_of(const struct visit *a, const struct visit *b,
		    const struct trips_place *places, size_t place_count, struct trip *out)
{
	int64_t time = b->arrive - a->leave;
	double metres;

	if (a->place >= place_count || b->place >= place_count || a->place == b->place || time <= 0)
		return false;
	metres = stays_metres(places[a->place].latitude, places[a->place].longitude,
			      places[b->place].latitude, places[b->place].longitude);
	if ((double)time > (double)WAIT + metres * SLOW || metres * 1000 > FASTEST * (double)time)
		return false;
	*out = (struct trip){
		.from = a->place, .to = b->place, .depart = a->leave, .arrive = b->arrive,
		.metres = (uint32_t)llround(metres),
		.depart_week = (int32_t)visit_of_week(visit_local(a->leave, a->zone)),
		.arrive_week = (int32_t)visit_of_week(visit_local(b->arrive, b->zone)),
	};
	out->mode = mode_of(out->metres, time);
	return true;
}

int trips_find(const struct visit *visits, size_t count, const struct trips_place *places,
	       size_t place_count, const struct trips_gap *gaps, size_t gap_count,
	       struct trip **out, size_t *trips, struct error *error)
{
	struct trip *list = malloc((count + 1) * sizeof(*list));
	const struct visit *last = NULL;
	size_t found = 0, gap = 0, i;

	if (list == NULL)
		return error_memory(error);
	for (i = 0; i < count; i++) {
		const struct visit *visit = &visits[i];

		if (visit->leave < visit->arrive ||
		    (last != NULL && visit->arrive < last->leave)) {
			/* another teller's: where the person is from now on, the later one says */
			if (last == NULL || visit->leave > last->leave)
				last = visit->leave < visit->arrive ? last : visit;
			continue;
		}
		while (last != NULL && gap < gap_count && gaps[gap].until <= last->leave)
			gap++;
		if (last != NULL &&
		    !(gap < gap_count && gaps[gap].from < visit->arrive) &&
		    trip_of(last, visit, places, place_count, &list[found]))
			found++;
		last = visit;
	}
	*out = list;
	*trips = found;
	return 0;
}
