/* Apple Health: export.xml. */
#ifndef TACIT_READERS_APPLE_HEALTH_H
#define TACIT_READERS_APPLE_HEALTH_H

#include "readers/reader.h"

extern const struct reader apple_health_export;

#endif
