/* MovieLens: GroupLens' data sets (latest and 20m..32m, 1m, 100k) and the site's own export. */
#ifndef TACIT_READERS_MOVIELENS_H
#define TACIT_READERS_MOVIELENS_H

#include "readers/reader.h"

extern const struct reader movielens_ratings;	/* ratings.csv, ratings.dat, u.data */
extern const struct reader movielens_movies;	/* movies.csv, movies.dat, u.item */
extern const struct reader movielens_site;	/* the person's own export */

#endif
