/* Tracks of GPX and TCX files. */
#ifndef TACIT_SOURCES_GPX_H
#define TACIT_SOURCES_GPX_H

#include "sources/reader.h"

extern const struct reader gpx_tracks, gpx_training;

#endif
