/* Bookmarks of browsers and bookmarking services: Netscape's HTML. */
#ifndef TACIT_READERS_BOOKMARKS_H
#define TACIT_READERS_BOOKMARKS_H

#include "readers/reader.h"

extern const struct reader bookmarks_html;

#endif
