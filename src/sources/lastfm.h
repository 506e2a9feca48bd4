/* Last.fm: the table of scrobbles that lastfm.ghan.nl makes. */
#ifndef TACIT_SOURCES_LASTFM_H
#define TACIT_SOURCES_LASTFM_H

#include "sources/reader.h"

extern const struct reader lastfm_scrobbles;

#endif
