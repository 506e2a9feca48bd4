/* Apple Health: export.xml. */
#ifndef TACIT_SOURCES_APPLE_HEALTH_H
#define TACIT_SOURCES_APPLE_HEALTH_H

#include "sources/reader.h"

extern const struct reader apple_health_export;

#endif
