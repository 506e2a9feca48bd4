/* KML: saved places, visits and tracks. A KMZ is a zip with one in it. */
#ifndef TACIT_READERS_KML_H
#define TACIT_READERS_KML_H

#include "readers/reader.h"

extern const struct reader kml_places;

#endif
