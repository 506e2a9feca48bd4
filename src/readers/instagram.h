/* Instagram: "Download your information" as JSON. */
#ifndef TACIT_READERS_INSTAGRAM_H
#define TACIT_READERS_INSTAGRAM_H

#include "readers/reader.h"

extern const struct reader instagram_files;

#endif
