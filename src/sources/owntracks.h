/* OwnTracks: what its recorder keeps (.rec). */
#ifndef TACIT_SOURCES_OWNTRACKS_H
#define TACIT_SOURCES_OWNTRACKS_H

#include "sources/reader.h"

extern const struct reader owntracks_records;

#endif
