/* Twitter/X archives. */
#ifndef TACIT_READERS_TWITTER_H
#define TACIT_READERS_TWITTER_H

#include "readers/reader.h"

extern const struct reader twitter_archive;

#endif
