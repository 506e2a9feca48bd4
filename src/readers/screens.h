/* Films, series and games that were rated, watched or listed: IMDb, TMDB, Trakt, Steam. */
#ifndef TACIT_READERS_SCREENS_H
#define TACIT_READERS_SCREENS_H

#include "readers/reader.h"

extern const struct reader screens_imdb, screens_tmdb, screens_trakt, screens_steam;

#endif
