/*
 * Time zones by name ("Europe/Berlin"), from the system's table in one text file (tzdata.zi, the
 * form that the zone compiler zic reads). The file is read whole before the sandbox goes up; a zone
 * is made of it when it is first asked for. Rules without an end are followed up to the year 2400.
 */
#ifndef TACIT_FORMATS_ZONES_H
#define TACIT_FORMATS_ZONES_H

#include <stdbool.h>

#include "base/act.h"

struct zone;

/* Reads the table; where there is none, no zone is known. To be called before the sandbox. */
void zones_warm(void);
/* The zone of that name, or NULL. It stays. */
const struct zone *zones_find(struct act_text name);
/* Seconds east of UTC at a time of the clock on the wall there, in seconds since 1970 as if it were
 * UTC. A time that comes twice is its first, one that is left out has the offset from before. */
int32_t zones_local(const struct zone *zone, int64_t local);
/* The same at a time in UTC. */
int32_t zones_offset(const struct zone *zone, int64_t utc);

#endif
