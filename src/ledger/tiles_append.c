/*
 * Writing entries behind the last. All new names: a full tile, or a partial one of a new width.
 * The one bundle that is read back is checked before it is copied into the next.
 */
#include <assert.h>

#include "ledger/tiles_inside.h"

static int write_to(struct tiles *tiles, int level, uint64_t index, unsigned width,
		    const void *data, size_t size, struct error *error)
{
	char path[TILES_PATH_BYTES];
	int result;

	tiles_path(level, index, width, path);
	result = tiles->store.write(tiles->store.context, path, data, size);
	if (result != 0)
		return error_set(error, result, "the log's %s cannot be written", path);
	return 0;
}

/* The entries of the last, partial bundle into `bundle`. */
static int begin_bundle(struct tiles *tiles, struct bytes *bundle, struct error *error)
{
	unsigned width = tiles->edge.width[0];
	struct tiles_entry entry[TILES_WIDTH];
	size_t used;
	int result;

	if (width == 0)
		return 0;
	result = tiles_fetch(tiles, TILES_ENTRIES, tiles->size / TILES_WIDTH, width, bundle,
			     error);
	if (result != 0)
		return result;
	if (!tiles_take_bundle(bundle, tiles->edge.hash[0], width, true, entry, &used))
		return error_set(error, TACIT_E_DAMAGED,
				 "the log's last bundle of entries is damaged");
	/* What follows belongs to an append that was never logged. */
	bundle->size = used;
	return 0;
}

static int add_entry(struct bytes *bundle, const struct tiles_entry *entry)
{
	uint8_t size[2] = { (uint8_t)(entry->size >> 8), (uint8_t)entry->size };

	if (bytes_append(bundle, size, sizeof(size)) != 0)
		return TACIT_E_MEMORY;
	return bytes_append(bundle, entry->data, entry->size);
}

static int write_bundles(struct tiles *tiles, const struct tiles_entry *entry, size_t count,
			 struct error *error)
{
	struct bytes bundle = BYTES_INIT;
	uint64_t size = tiles->size;
	size_t i;
	int result = begin_bundle(tiles, &bundle, error);

	for (i = 0; i < count && result == 0; i++) {
		unsigned width;

		if (add_entry(&bundle, &entry[i]) != 0) {
			result = error_memory(error);
			break;
		}
		size++;
		width = (unsigned)((size - 1) % TILES_WIDTH + 1);
		if (width < TILES_WIDTH && i + 1 < count)
			continue;
		result = write_to(tiles, TILES_ENTRIES, (size - 1) / TILES_WIDTH, width,
				  bundle.data, bundle.size, error);
		bytes_clear(&bundle);
	}
	bytes_free(&bundle);
	return result;
}

/* Puts a hash behind the last of its level; full tiles are written and their hash goes up. */
static int push(struct tiles *tiles, unsigned level, uint64_t index, const struct digest *hash,
		struct error *error)
{
	struct tiles_edge *edge = &tiles->next;
	struct digest up = *hash;
	int result;

	for (;;) {
		assert(level < TILES_LEVELS && edge->width[level] == index % TILES_WIDTH);
		edge->hash[level][edge->width[level]++] = up;
		if (edge->width[level] < TILES_WIDTH)
			return 0;
		index /= TILES_WIDTH;
		result = write_to(tiles, (int)level, index, TILES_WIDTH, edge->hash[level],
				  sizeof(edge->hash[level]), error);
		if (result != 0)
			return result;
		tiles_fold(edge->hash[level], TILES_WIDTH, &up);
		edge->width[level] = 0;
		level++;
	}
}

static int write_tiles(struct tiles *tiles, const struct tiles_entry *entry, size_t count,
		       struct error *error)
{
	uint64_t size = tiles->size + count;
	struct digest leaf;
	unsigned level;
	size_t i;
	int result;

	tiles->next = tiles->edge;
	for (i = 0; i < count; i++) {
		digest_leaf(entry[i].data, entry[i].size, &leaf);
		result = push(tiles, 0, tiles->size + i, &leaf, error);
		if (result != 0)
			return result;
	}
	for (level = 0; level < TILES_LEVELS; level++) {
		uint64_t hashes = size >> (TILES_HEIGHT * level);

		assert(tiles->next.width[level] == hashes % TILES_WIDTH);
		if (hashes == tiles->size >> (TILES_HEIGHT * level))
			break;		/* nothing new here, nor above */
		if (hashes % TILES_WIDTH == 0)
			continue;
		result = write_to(tiles, (int)level, hashes / TILES_WIDTH,
				  tiles->next.width[level], tiles->next.hash[level],
				  tiles->next.width[level] * sizeof(struct digest), error);
		if (result != 0)
			return result;
	}
	return 0;
}

int tiles_append(struct tiles *tiles, const struct tiles_entry *entry, size_t count,
		 struct error *error)
{
	size_t i;
	int result;

	if (count > LIMIT_LOG_BATCH || tiles->size >= LIMIT_LOG_ENTRIES - count)
		return error_set(error, TACIT_E_LIMIT, "%zu entries are too many for one append",
				 count);
	for (i = 0; i < count; i++)
		if (entry[i].size > LIMIT_LOG_ENTRY_BYTES)
			return error_set(error, TACIT_E_LIMIT,
					 "an entry of %zu bytes is above the log's %d",
					 entry[i].size, LIMIT_LOG_ENTRY_BYTES);
	if (count == 0)
		return 0;
	result = write_bundles(tiles, entry, count, error);
	if (result == 0)
		result = write_tiles(tiles, entry, count, error);
	if (result != 0)
		return result;
	tiles->edge = tiles->next;
	tiles->size += count;
	tiles_edge_root(&tiles->edge, &tiles->root);
	return 0;
}
