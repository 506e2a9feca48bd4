/* Exports that come in several archives, as Google's do: "takeout-20240102T030405Z-001.zip". */
#ifndef TACIT_SOURCES_PARTS_H
#define TACIT_SOURCES_PARTS_H

#include "sources/walk.h"

/* Tells `ignored` of the events about parts that lie beside those that were given. */
void parts_tell(const struct walk *walk, const struct source_events *events);

/* Whether the path is a part of an export of which another path is a part too. */
bool parts_has_more(const struct walk *walk, size_t root);

/* The size of the name without its number and ending, or 0 when it is not the name of a part:
 * "a-001.zip" is 2. */
size_t parts_stem(const char *name);

#endif
