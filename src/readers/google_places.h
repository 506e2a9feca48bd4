/* Google Takeout: saved places (GeoJSON) and the lists of "Saved" (CSV). */
#ifndef TACIT_READERS_GOOGLE_PLACES_H
#define TACIT_READERS_GOOGLE_PLACES_H

#include "readers/reader.h"

extern const struct reader google_places;
extern const struct reader google_saved;

#endif
