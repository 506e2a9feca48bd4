/* Books from StoryGraph, LibraryThing, Calibre, Open Library, BookWyrm and Openreads. */
#ifndef TACIT_READERS_SHELVES_H
#define TACIT_READERS_SHELVES_H

#include "readers/reader.h"

extern const struct reader shelves_storygraph, shelves_librarything, shelves_calibre,
	shelves_openlibrary, shelves_bookwyrm;

#endif
