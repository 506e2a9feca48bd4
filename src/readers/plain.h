/* Plain files: tables with a header, and JSON objects, with the columns of docs/sources.md. */
#ifndef TACIT_READERS_PLAIN_H
#define TACIT_READERS_PLAIN_H

#include "readers/reader.h"

extern const struct reader plain_table;
extern const struct reader plain_objects;

#endif
