/* Google Takeout: steps of Google Fit, by day and by quarter of an hour. */
#ifndef TACIT_READERS_GOOGLE_FIT_H
#define TACIT_READERS_GOOGLE_FIT_H

#include "readers/reader.h"

extern const struct reader google_fit_days;
extern const struct reader google_fit_quarters;

#endif
