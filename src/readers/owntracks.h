/* OwnTracks: what its recorder keeps (.rec). */
#ifndef TACIT_READERS_OWNTRACKS_H
#define TACIT_READERS_OWNTRACKS_H

#include "readers/reader.h"

extern const struct reader owntracks_records;

#endif
