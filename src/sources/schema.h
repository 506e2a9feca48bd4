/* What tacit export writes: JSON-LD with schema.org's names. */
#ifndef TACIT_SOURCES_SCHEMA_H
#define TACIT_SOURCES_SCHEMA_H

#include "sources/reader.h"

extern const struct reader schema_export;

#endif
