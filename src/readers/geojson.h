/* GeoJSON: saved places, visits, points and tracks. */
#ifndef TACIT_READERS_GEOJSON_H
#define TACIT_READERS_GEOJSON_H

#include "readers/reader.h"

extern const struct reader geojson_features;

#endif
