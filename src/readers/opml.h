/* Bookmarks of browsers (Netscape's HTML) and subscriptions to feeds (OPML). */
#ifndef TACIT_READERS_OPML_H
#define TACIT_READERS_OPML_H

#include "readers/reader.h"

extern const struct reader opml_subscriptions;

#endif
