/* Amazon: what was ordered in its shops. */
#ifndef TACIT_READERS_AMAZON_H
#define TACIT_READERS_AMAZON_H

#include "readers/reader.h"

extern const struct reader amazon_orders;

#endif
