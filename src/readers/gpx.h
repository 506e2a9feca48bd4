/* Tracks of GPX and TCX files. */
#ifndef TACIT_READERS_GPX_H
#define TACIT_READERS_GPX_H

#include "readers/reader.h"

extern const struct reader gpx_tracks, gpx_training;

#endif
