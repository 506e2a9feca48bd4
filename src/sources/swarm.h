/* Swarm (Foursquare): check-ins. */
#ifndef TACIT_SOURCES_SWARM_H
#define TACIT_SOURCES_SWARM_H

#include "sources/reader.h"

extern const struct reader swarm_checkins;

#endif
