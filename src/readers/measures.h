/*
 * Measures of the body that would be too many, or counted twice, one act per row: what several
 * devices counted at once (steps), and samples that come by the second (heart rate). They wait here
 * in bounded memory, and their rows are accounted for when they are emitted.
 */
#ifndef TACIT_READERS_MEASURES_H
#define TACIT_READERS_MEASURES_H

#include "base/bytes.h"
#include "readers/emit.h"

#define MEASURES_MAX (1 << 20)	/* rows that wait at once; beyond, what waits is emitted */

struct measure {
	int64_t start, end, value;	/* value in 2^-20 */
	const char *title, *unit;	/* of the reader's own tables: not copied */
	uint32_t source;		/* of the device or program, the reader's number */
	int16_t zone;
};

struct measures {
	struct emit *emit;
	struct measure *counts, *samples, *minutes;
	size_t count_count, count_room, sample_count, sample_room, minute_count, minute_room;
	struct bytes rest;
};

void measures_init(struct measures *measures, struct emit *emit);
void measures_free(struct measures *measures);

/* A count over a span, whose row has been counted (emit_row). Where spans of different sources
 * overlap, the source that counted more there is kept. */
int measures_count(struct measures *measures, const struct measure *measure);
/* A sample at a moment (end is not used): one act per title, unit and hour (UTC) with its mean. */
int measures_sample(struct measures *measures, const struct measure *measure);
/* A count of a short while: one act per title, unit and quarter of an hour (UTC) with its sum. Of
 * several sources the one that counted most in the quarter is kept. */
int measures_minute(struct measures *measures, const struct measure *measure);
/* Emits everything. */
int measures_end(struct measures *measures);

#endif
