/* Google Takeout: the Play Store's installations, library and purchases. */
#ifndef TACIT_READERS_GOOGLE_PLAY_H
#define TACIT_READERS_GOOGLE_PLAY_H

#include "readers/reader.h"

extern const struct reader google_play;

#endif
