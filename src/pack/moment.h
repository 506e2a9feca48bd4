/*
 * The moments that a pack knows (docs/pack-format.md): their keys, "feature=value", and those that
 * a clock tells: weekday=mon .. sun and daypart=night early morning afternoon evening late, four
 * hours each from midnight. The names are part of the format.
 */
#ifndef TACIT_PACK_MOMENT_H
#define TACIT_PACK_MOMENT_H

#include "pack/pack.h"

#define MOMENT_TIME_FEATURES 2
#define MOMENT_TIMES 13			/* seven days, six parts of a day */
#define MOMENT_TIME_BYTES 32

/* The name of a feature of time: "weekday", "daypart". */
const char *moment_time_feature(uint32_t feature);
/* "weekday=sat" of number 5; below MOMENT_TIMES. */
void moment_time_key(uint32_t number, char out[MOMENT_TIME_BYTES]);
/* The numbers of a time, ms since 1970 on the person's own clock. */
void moment_times(int64_t ms, uint32_t number[MOMENT_TIME_FEATURES]);

/* The row of a key; false where the pack does not know it. Cost: a walk over the keys. */
bool moment_find(const struct pack *pack, const char *key, uint32_t *row);
/* The key of a row below pack->moments. */
const char *moment_key(const struct pack *pack, uint32_t row);
/* The features that a pack knows beside those of time, "weather, company"; of one feature its
 * values, "sunny, rainy". Cut at `max`. */
void moment_features(const struct pack *pack, char *out, size_t max);
void moment_values(const struct pack *pack, const char *feature, size_t size, char *out,
		   size_t max);

/* What a person reads: "Saturday evening" of both features of time, "Saturday", "evening",
 * "weather: sunny". `more` is a second key or NULL. */
void moment_label(const char *key, const char *more, char *out, size_t max);

#endif
