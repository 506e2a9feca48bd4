/* Logs of daily life in tables: meals, exercise, purchases, places, books. */
#ifndef TACIT_SOURCES_LIFELOG_H
#define TACIT_SOURCES_LIFELOG_H

#include "sources/reader.h"

extern const struct reader lifelog_tables;

#endif
