/* Gadgetbridge: the database that it exports. */
#ifndef TACIT_READERS_GADGETBRIDGE_H
#define TACIT_READERS_GADGETBRIDGE_H

#include "readers/reader.h"

extern const struct reader gadgetbridge_database;

/* Makes SQLite do what it does late (seeding from a file), before the sandbox. */
void gadgetbridge_warm(void);

#endif
