/*
 * Titles of series as streaming services write them: "Series: Season 1: Episode". Folded, the
 * title is the series and the rest is the episode. A colon alone does not make a series ("Star
 * Wars: Episode IV"): it takes a part that names a season and is not the last ("Kill Bill: Vol.
 * 1" is a film), or three different titles of one file that share all but their last part.
 */
#ifndef TACIT_READERS_SERIES_H
#define TACIT_READERS_SERIES_H

#include "readers/collect.h"

/* Folds the titles of all rows: title, text and domain ("series" or "films"). */
int series_fold(struct collect *collect);

/* Splits one title by its season part; false when it has none. */
bool series_split(struct act_text title, struct act_text *series, struct act_text *episode);

#endif
