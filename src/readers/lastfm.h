/* Last.fm: the table of scrobbles that lastfm.ghan.nl makes. */
#ifndef TACIT_READERS_LASTFM_H
#define TACIT_READERS_LASTFM_H

#include "readers/reader.h"

extern const struct reader lastfm_scrobbles;

#endif
