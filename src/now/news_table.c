/* Open addressing, at most half full; see news_table.h. */
#include "news_table.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX

static size_t place(const struct news_table *table, uint64_t hash)
{
	size_t at = (size_t)hash & (table->slots - 1);

	while (table->slot[at] != EMPTY && table->list[table->slot[at]].hash != hash)
		at = (at + 1) & (table->slots - 1);
	return at;
}

static bool grow(struct news_table *table)
{
	size_t slots = table->slots > 0 ? table->slots * 2 : 4096, i;
	uint32_t *slot = malloc(slots * sizeof(*slot));
	struct news_count *list = realloc(table->list, slots / 2 * sizeof(*list));

	if (list != NULL) {
		table->list = list;
		table->capacity = slots / 2;
	}
	if (slot == NULL || list == NULL) {
		free(slot);
		return false;
	}
	free(table->slot);
	memset(slot, 0xff, slots * sizeof(*slot));
	table->slot = slot;
	table->slots = slots;
	for (i = 0; i < table->count; i++)
		slot[place(table, list[i].hash)] = (uint32_t)i;
	return true;
}

size_t news_table_at(struct news_table *table, uint64_t hash)
{
	size_t at;

	if (table->count * 2 >= table->slots && !grow(table))
		return SIZE_MAX;
	at = place(table, hash);
	if (table->slot[at] != EMPTY)
		return table->slot[at];
	memset(&table->list[table->count], 0, sizeof(*table->list));
	table->list[table->count].hash = hash;
	table->slot[at] = (uint32_t)table->count;
	return table->count++;
}

size_t news_table_find(const struct news_table *table, uint64_t hash)
{
	size_t at;

	if (table->slots == 0)
		return SIZE_MAX;
	at = place(table, hash);
	return table->slot[at] == EMPTY ? SIZE_MAX : table->slot[at];
}

void news_table_free(struct news_table *table)
{
	free(table->list);
	free(table->slot);
	memset(table, 0, sizeof(*table));
}
