/* What followed feeds brought: RSS, Atom and JSON Feed. */
#ifndef TACIT_READERS_FEED_H
#define TACIT_READERS_FEED_H

#include "readers/reader.h"

extern const struct reader feed_xml;
extern const struct reader feed_json;

#endif
