/* Bookmarks of browsers (Netscape's HTML) and subscriptions to feeds (OPML). */
#ifndef TACIT_SOURCES_BOOKMARKS_H
#define TACIT_SOURCES_BOOKMARKS_H

#include "sources/reader.h"

extern const struct reader bookmarks_opml;

#endif
