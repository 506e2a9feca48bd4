/* Amazon: what was ordered in its shops. */
#ifndef TACIT_SOURCES_AMAZON_H
#define TACIT_SOURCES_AMAZON_H

#include "sources/reader.h"

extern const struct reader amazon_orders;

#endif
