/*
 * Acts that sources tell differently. The same act (time, thing, verb, value, duration) may come
 * with other details: a point of a track more, a note less. Which are shown must not hang on which
 * source came first, so the fuller ones are: the longer rest, then text, place and words, then a
 * zone that is known, then flags; of equally long ones the later in the order of their bytes. Each
 * source's own details stay where they are, for undoing.
 */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int vault_contests(struct vault *vault, uint64_t **out, size_t *count, struct error *error)
{
	int result = vault_numbers(vault, "SELECT DISTINCT event FROM witnesses WHERE same = 0", 0,
				   out, count, error);

	if (result == 0 && *count > 1)
		qsort(*out, *count, sizeof(**out), by_number);
	return result;
}

bool vault_contested(const uint64_t *contests, size_t count, uint64_t event)
{
	return count > 0 && bsearch(&event, contests, count, sizeof(event), by_number) != NULL;
}

static int by_size(struct act_text a, struct act_text b)
{
	return a.size < b.size ? -1 : a.size > b.size;
}

static int by_bytes(struct act_text a, struct act_text b)
{
	return a.size == 0 ? 0 : memcmp(a.data, b.data, a.size);	/* of equal sizes */
}

/* Above 0 when `a` has the fuller details. */
static int compare(const struct act *a, const struct act *b)
{
	const struct act_text of_a[] = { a->rest, a->text, a->place, a->words };
	const struct act_text of_b[] = { b->rest, b->text, b->place, b->words };
	int order = 0, i;

	for (i = 0; order == 0 && i < 4; i++)
		order = by_size(of_a[i], of_b[i]);
	if (order == 0)		/* unknown is the least of all */
		order = (a->zone > b->zone) - (a->zone < b->zone);
	if (order == 0)
		order = (a->flags > b->flags) - (a->flags < b->flags);
	for (i = 0; order == 0 && i < 4; i++)
		order = by_bytes(of_a[i], of_b[i]);
	return order;
}

int vault_act_settled(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		      struct bytes *keep, struct error *error)
{
	struct bytes room[2] = { BYTES_INIT, BYTES_INIT };
	uint64_t *other = NULL;
	uint32_t item;
	size_t count = 0, i, best = 0;
	struct act made[2];
	int result = vault_act_load(vault, event, &made[0], source, &item, &room[0], error);

	if (result == 0)
		result = vault_numbers(vault, "SELECT source FROM witnesses WHERE event = ?1"
				       " AND same = 0 ORDER BY source", (int64_t)event, &other,
				       &count, error);
	for (i = 0; result == 0 && i < count; i++) {
		bytes_clear(&room[1 - best]);
		result = vault_witness_load(vault, event, (uint32_t)other[i], &made[1 - best],
					    &room[1 - best], error);
		if (result == 0 && compare(&made[1 - best], &made[best]) > 0)
			best = 1 - best;
	}
	free(other);
	if (result == 0) {
		/* the caller's memory takes the place of what it had */
		struct bytes freed = *keep;

		*keep = room[best];
		room[best] = freed;
		*act = made[best];
	}
	bytes_free(&room[0]);
	bytes_free(&room[1]);
	return result;
}
