/* Twitter/X archives. */
#ifndef TACIT_SOURCES_TWITTER_H
#define TACIT_SOURCES_TWITTER_H

#include "sources/reader.h"

extern const struct reader twitter_archive;

#endif
