/* Letterboxd: diary, ratings, and the films watched, liked and wanted. */
#ifndef TACIT_READERS_LETTERBOXD_H
#define TACIT_READERS_LETTERBOXD_H

#include "readers/reader.h"

extern const struct reader letterboxd_reviews;
extern const struct reader letterboxd_diary;
extern const struct reader letterboxd_ratings;
extern const struct reader letterboxd_watched;	/* watched, watchlist, likes: one header */

#endif
