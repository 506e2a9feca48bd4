/* Lists of anime and manga: MyAnimeList's XML and AniList's JSON. */
#ifndef TACIT_READERS_ANIME_H
#define TACIT_READERS_ANIME_H

#include "readers/reader.h"

extern const struct reader anime_myanimelist, anime_anilist;

#endif
