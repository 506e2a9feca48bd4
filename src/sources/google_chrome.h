/* Google Takeout: the history of Chrome. */
#ifndef TACIT_SOURCES_GOOGLE_CHROME_H
#define TACIT_SOURCES_GOOGLE_CHROME_H

#include "sources/reader.h"

extern const struct reader google_chrome;

#endif
