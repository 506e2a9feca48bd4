/*
 * Lists of what a service believes of the person: interests, advertisers. They stand as arrays in
 * one object, which was counted as a row; each element is a row, and the first takes that one.
 */
#ifndef TACIT_READERS_BELIEVED_H
#define TACIT_READERS_BELIEVED_H

#include "readers/sheet.h"

struct believed {
	struct sheet *sheet;
	size_t rows;		/* so far */
};

/* Says each element of the array at `path`: texts, or objects with the text in `member` (else
 * NULL), under the name `what`. An element that the person switched off is skipped. */
int believed_list(struct believed *believed, const char *path, const char *member,
		  const char *what);
/* Says the lists inside an array of labels: [{"label": ..., "vec": [{"value": ...}]}]. */
int believed_labels(struct believed *believed, const char *path, const char *what);
/* Says the one text at a path, where there is one. */
int believed_text(struct believed *believed, const char *path, const char *what);
/* Begins a row that is none of these; the caller emits or skips it. */
int believed_row(struct believed *believed);
/* When all is said: an object that held none of it is a row that is skipped. */
int believed_end(struct believed *believed);

#endif
