/* Logs of daily life in tables: meals, exercise, purchases, places, books. */
#ifndef TACIT_READERS_LIFELOG_H
#define TACIT_READERS_LIFELOG_H

#include "readers/reader.h"

extern const struct reader lifelog_tables;

#endif
