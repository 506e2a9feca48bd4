/* Google location history: the points, the semantic history of Takeout, and the timeline that a
 * phone exports itself (Android, iOS). */
#ifndef TACIT_SOURCES_GOOGLE_PLACES_H
#define TACIT_SOURCES_GOOGLE_PLACES_H

#include "sources/reader.h"

extern const struct reader google_places_points, google_places_history, google_places_timeline;

#endif
