/*
 * Acts that cannot be sent before the whole file was seen: rows with a date only (they are
 * counted within their day), and rows whose date has an undecided order. They wait here, in
 * the order of the file; collect_finish decides, counts and emits.
 */
#ifndef TACIT_READERS_COLLECT_H
#define TACIT_READERS_COLLECT_H

#include "formats/dates.h"
#include "readers/emit.h"

struct collect_row {
	struct act act;			/* texts in the collection's own memory */
	struct dates_raw date;
	bool timed;			/* act.time is final; `date` is not used */
	bool dropped;			/* was skipped meanwhile by the reader */
};

struct collect {
	struct collect_row *rows;
	size_t count, capacity;
	struct collect_block *blocks;
	struct error *error;
};

struct collect_how {
	enum dates_order usual;		/* when nothing in the file decides */
	const char *because;		/* "because ...": why that one */
	bool newest_first;		/* when the dates do not tell how the file is sorted */
};

void collect_init(struct collect *collect, struct error *error);
void collect_free(struct collect *collect);

/* Copies the act. `date` NULL: act->time is final. */
int collect_add(struct collect *collect, const struct act *act, const struct dates_raw *date);
/* Bytes of the collection's own memory, for readers that rewrite a text. NULL: out of memory. */
char *collect_room(struct collect *collect, size_t size);

/* Emits everything, oldest first; the note about the order of dates goes to the source. */
int collect_finish(struct collect *collect, struct emit *emit, const struct collect_how *how);

#endif
