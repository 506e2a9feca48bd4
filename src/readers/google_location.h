/* Google location history: the points, the semantic history of Takeout, and the timeline that a
 * phone exports itself (Android, iOS). */
#ifndef TACIT_READERS_GOOGLE_LOCATION_H
#define TACIT_READERS_GOOGLE_LOCATION_H

#include "readers/reader.h"

extern const struct reader google_location_points, google_location_history;
extern const struct reader google_location_timeline;

#endif
