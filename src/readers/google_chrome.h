/* Google Takeout: the history of Chrome. */
#ifndef TACIT_READERS_GOOGLE_CHROME_H
#define TACIT_READERS_GOOGLE_CHROME_H

#include "readers/reader.h"

extern const struct reader google_chrome;

#endif
