/* Weighted order statistics; see quantile.h. */
#include "quantile.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fixed.h"

static int compare(const void *a, const void *b)
{
	const struct quantile_value *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->weight > y->weight) - (x->weight < y->weight);
}

void quantile_sort(struct quantile_value *list, size_t count)
{
	if (count > 1)
		qsort(list, count, sizeof(*list), compare);
}

bool quantile_of(const struct quantile_value *list, size_t count, uint32_t next, int32_t share,
		 int64_t *out)
{
	__int128 wanted, place = 0, before = 0;		/* 2^-41 */
	const struct quantile_value *last = NULL;
	int64_t total = 0, sum = 0;
	size_t i;

	assert(share >= 0 && share <= FIXED_ONE);
	for (i = 0; i < count; i++)
		total += list[i].weight;
	wanted = 2 * (__int128)(total + next) * share;
	for (i = 0; i < count; i++) {
		if (list[i].weight == 0)
			continue;
		sum += list[i].weight;
		place = (__int128)(2 * sum - list[i].weight + next) << FIXED_BITS;
		if (place >= wanted) {
			__int128 step = place - before, rise;

			if (last == NULL) {
				*out = list[i].value;
				return true;
			}
			rise = ((__int128)list[i].value - last->value) * (wanted - before);
			*out = last->value + (int64_t)((2 * rise + step) / (2 * step));
			return true;
		}
		last = &list[i];
		before = place;
	}
	if (next > 0 || last == NULL)
		return false;
	*out = last->value;
	return true;
}

uint32_t quantile_fade(int64_t age, int64_t half)
{
	assert(half > 0);
	if (age <= 0)
		return FIXED_ONE;
	if (age / half >= 30)
		return 0;
	return fixed_exp2(-(int32_t)((__int128)age * FIXED_ONE / half)) >> 10;
}
