/* What tacit export writes: JSON-LD with schema.org's names. */
#ifndef TACIT_READERS_SCHEMA_H
#define TACIT_READERS_SCHEMA_H

#include "readers/reader.h"

extern const struct reader schema_export;

#endif
