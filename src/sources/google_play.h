/* Google Takeout: the Play Store's installations, library and purchases. */
#ifndef TACIT_SOURCES_GOOGLE_PLAY_H
#define TACIT_SOURCES_GOOGLE_PLAY_H

#include "sources/reader.h"

extern const struct reader google_play;

#endif
