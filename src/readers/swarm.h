/* Swarm (Foursquare): check-ins. */
#ifndef TACIT_READERS_SWARM_H
#define TACIT_READERS_SWARM_H

#include "readers/reader.h"

extern const struct reader swarm_checkins;

#endif
