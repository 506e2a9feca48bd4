/*
 * Stays and moves, in one form whatever program recorded them, so that the same one from two
 * exports is one act.
 */
#ifndef TACIT_READERS_PLACES_H
#define TACIT_READERS_PLACES_H

#include "base/bytes.h"
#include "readers/emit.h"
#include "readers/geo.h"

/* From one moment to another; `end` ACT_NONE where it is not known. */
struct places_span {
	int64_t start, end;
	int16_t zone;
};

/* The span of two texts as geo_time reads them; false when there is no start. */
bool places_span(struct act_text start, struct act_text end, struct places_span *span);

/* A row that is a stay at a point: `name` of the place, or else its kind as Google has them
 * ("HOME", "TYPE_WORK", "Unknown"). rest may be empty, and must outlive the call. */
int places_stay(struct emit *emit, const struct places_span *span, const struct geo *point,
		struct act_text name, struct act_text kind, struct act_text rest);

struct places_move {
	struct places_span span;
	struct act_text kind;	/* as the program calls it: "IN_BUS", "Running", empty: unknown */
	bool workout;		/* kinds that the table does not have are workouts */
	int64_t metres;		/* ACT_NONE: not known */
	int64_t energy;		/* kilocalories, or ACT_NONE */
	int64_t duration;	/* ACT_NONE: the span's */
	struct geo from, to;
	struct act_text source;	/* the program, or empty */
};

void places_move_blank(struct places_move *move);
/* A row that is a move: exercise for one's own feet and sport, depart for vehicles. `rest` is
 * memory for it. */
int places_move(struct emit *emit, const struct places_move *move, struct bytes *rest);

#endif
