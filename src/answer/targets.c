/* Choosing targets: one walk over the events, oldest first. */
#include "targets.h"

#include <stdlib.h>
#include <string.h>

#include "taste/strength.h"

int targets_choose(const struct subject *subject, uint32_t most, struct target *out,
		   uint32_t *count, struct error *error)
{
	const struct vault_history *history = subject->history;
	uint8_t *before = calloc(subject->pack->items + 1, 1);
	uint32_t e, n = (uint32_t)history->event_count, found = 0;
	uint32_t *first = malloc(sizeof(*first) * ((size_t)n + 1));
	int result = before == NULL || first == NULL ? error_memory(error) : 0;

	for (e = 0; result == 0 && e < n; e++) {
		uint32_t item = subject->links->item[history->item[e]];

		if (item == FOLD_NO_ITEM || before[item] != 0)
			continue;
		before[item] = 1;
		if (strength_had(history->verb[e]))
			first[found++] = e;
	}
	if (result == 0)
		for (*count = 0; found > 0 && *count < most; (*count)++) {
			e = first[--found];
			out[*count] = (struct target){ e, subject->links->item[history->item[e]] };
		}
	free(before);
	free(first);
	return result;
}

void targets_resample(struct random *random, uint32_t *weight, uint32_t count)
{
	uint32_t t;

	memset(weight, 0, sizeof(*weight) * count);
	for (t = 0; t < count; t++)
		weight[random_below(random, count)]++;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void targets_range(int64_t *sample, int64_t *low, int64_t *high)
{
	qsort(sample, TARGETS_RESAMPLES, sizeof(*sample), by_value);
	*low = sample[TARGETS_RESAMPLES / 20];
	*high = sample[TARGETS_RESAMPLES - 1 - TARGETS_RESAMPLES / 20];
}
