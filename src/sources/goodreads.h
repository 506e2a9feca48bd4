/* Goodreads: the library export. */
#ifndef TACIT_SOURCES_GOODREADS_H
#define TACIT_SOURCES_GOODREADS_H

#include "sources/reader.h"

extern const struct reader goodreads_library;

#endif
