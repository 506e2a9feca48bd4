/* Goodreads: the library export. */
#ifndef TACIT_READERS_GOODREADS_H
#define TACIT_READERS_GOODREADS_H

#include "readers/reader.h"

extern const struct reader goodreads_library;

#endif
