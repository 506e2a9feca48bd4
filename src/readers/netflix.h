/* Netflix: the short viewing history, and the full personal information. */
#ifndef TACIT_READERS_NETFLIX_H
#define TACIT_READERS_NETFLIX_H

#include "readers/reader.h"

extern const struct reader netflix_short;	/* NetflixViewingHistory.csv */
extern const struct reader netflix_full;	/* ViewingActivity.csv */
extern const struct reader netflix_ratings;	/* Ratings.csv */

#endif
