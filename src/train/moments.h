/*
 * What is known of the moment of each event, as numbers of rows that a model learns: the values of
 * the @ columns, and weekday and part of the day where the times are those of a clock (in UTC, as
 * they stand in the data; a column of the same name goes before them).
 */
#ifndef TACIT_TRAIN_MOMENTS_H
#define TACIT_TRAIN_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "train/data.h"

struct moments {
	uint32_t features, values;
	char **key;			/* [values]: "weather=sunny", ascending by bytes */
	uint16_t *at;			/* [events][features]: row + 1, 0 where none is known */
	bool columns;			/* some are from @ columns */
};

/* The values of at least MOMENTS_LEAST events start[u] .. end[u] - 1, at most LIMIT_MOMENTS.
 * Without any, out->features is 0. TACIT_E_MEMORY. */
#define MOMENTS_LEAST 10
int moments_make(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		 struct moments *out, struct error *error);
void moments_free(struct moments *moments);

/* The rows of the moment of an event: into row[features]. Returns how many. */
uint32_t moments_rows(const struct moments *moments, uint64_t event, uint32_t *row);

#endif
