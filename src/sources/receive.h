/* The parent's end of the pipe: checks every message and calls the caller's callbacks. */
#ifndef TACIT_SOURCES_RECEIVE_H
#define TACIT_SOURCES_RECEIVE_H

#include "sources/source.h"

struct receive {
	const struct source_events *events;
	struct error *error;
	const char *file;		/* base name of what was given */
	bool alone;			/* one file, no folder */
	char why[256];			/* and it was left alone: told with the error, once */
	/* The child asks for file `index`. */
	int (*want)(void *context, uint32_t index);
	/* The digest of the file that the child got last. */
	int (*digest)(void *context, uint8_t out[32]);
	void *context;
	struct report report;
	bool within;			/* between begin and end of a source */
	bool done;			/* the child has said that it is ready */
	bool stopped;			/* by a callback: its result is final */
	uint64_t acts;			/* and beliefs, of the source so far */
	uint64_t sources;
	int64_t told;			/* when progress was told last */
};

/* Handles all the whole messages in `data`; *used is their size. */
int receive_block(struct receive *receive, const uint8_t *data, size_t size, size_t *used);

#endif
