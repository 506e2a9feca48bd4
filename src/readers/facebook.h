/* Facebook: "Download your information" as JSON, and what is in it of other people. */
#ifndef TACIT_READERS_FACEBOOK_H
#define TACIT_READERS_FACEBOOK_H

#include "readers/reader.h"

extern const struct reader facebook_files;

#endif
