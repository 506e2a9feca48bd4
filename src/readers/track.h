/*
 * Location points, kept small: one act for the points of an hour (UTC), at most TRACK_POINTS of
 * them, however many millions a file has. docs/sources.md has the encoding of the points.
 */
#ifndef TACIT_READERS_TRACK_H
#define TACIT_READERS_TRACK_H

#include "base/bytes.h"
#include "readers/emit.h"
#include "readers/geo.h"

#define TRACK_POINTS 2000	/* of one act */

struct track {
	struct emit *emit;
	struct bytes text, rest;
	int64_t first, last;	/* times of the act and of its newest point */
	struct geo point;	/* the newest point */
	uint32_t count;
};

void track_init(struct track *track, struct emit *emit);
void track_free(struct track *track);
/* Takes a point whose row has been counted (emit_row): it is kept, or skipped with a reason. The
 * accuracy is in metres, -1 where it is not known. Results as those of emit. */
int track_point(struct track *track, int64_t time, const struct geo *point, int64_t accuracy);
/* Emits what is held. To be called at the end of a file. */
int track_end(struct track *track);

#endif
