/* Spotify: account data, and the extended streaming history. */
#ifndef TACIT_READERS_SPOTIFY_H
#define TACIT_READERS_SPOTIFY_H

#include "readers/reader.h"

extern const struct reader spotify_account;
extern const struct reader spotify_podcasts;
extern const struct reader spotify_extended;

#endif
