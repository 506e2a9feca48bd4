/*
 * Going through the rows of a file: each is counted as read, what is never stored in it (the fields
 * that the reader's table names) is counted too, and then the reader takes it.
 */
#ifndef TACIT_READERS_EACH_H
#define TACIT_READERS_EACH_H

#include "formats/objects.h"
#include "readers/reader.h"

/* `take` is called on each row, with the row in `csv`; it must emit or skip it. A row that cannot
 * be read is skipped with its reason. The header must have been read. */
int each_row(struct reading *reading, struct csv *csv, int (*take)(void *context), void *context);
/* The same in a first pass, which counts nothing: rows that cannot be read are passed over. */
int each_row_quietly(struct csv *csv, int (*take)(void *context), void *context);
/* As each_row for the objects of a file. */
int each_object(struct reading *reading, struct objects *objects, int (*take)(void *context),
		void *context);

#endif
