/*
 * Reading the tree from tiles. The right edge is checked against the root when the tree is opened;
 * a full tile is checked against its hash in the tile above, up to the edge. So nothing is used
 * that does not follow from the root.
 */
#include "tiles.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/tiles_inside.h"

unsigned tiles_width(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t hashes = size >> (TILES_HEIGHT * level);

	assert(level < TILES_LEVELS);
	if (index < hashes / TILES_WIDTH)
		return TILES_WIDTH;
	return index == hashes / TILES_WIDTH ? (unsigned)(hashes % TILES_WIDTH) : 0;
}

void tiles_fold(const struct digest *hash, size_t count, struct digest *out)
{
	struct digest row[TILES_WIDTH];
	size_t i;

	assert(count >= 1 && count <= TILES_WIDTH && (count & (count - 1)) == 0);
	memcpy(row, hash, count * sizeof(row[0]));
	for (; count > 1; count /= 2)
		for (i = 0; i < count / 2; i++)
			digest_node(&row[2 * i], &row[2 * i + 1], &row[i]);
	*out = row[0];
}

void tiles_edge_root(const struct tiles_edge *edge, struct digest *out)
{
	struct digest part;
	bool any = false;
	unsigned level, bit;

	/* The smallest subtree is the rightmost: from there each is put before what there is. */
	for (level = 0; level < TILES_LEVELS; level++) {
		size_t end = edge->width[level];

		for (bit = 0; bit < TILES_HEIGHT; bit++) {
			size_t count = (size_t)1 << bit;

			if ((edge->width[level] & count) == 0)
				continue;
			end -= count;
			tiles_fold(&edge->hash[level][end], count, &part);
			if (any)
				digest_node(&part, out, out);
			else
				*out = part;
			any = true;
		}
		assert(end == 0);
	}
	if (!any)
		digest_empty(out);
}

int tiles_fetch(const struct tiles *tiles, int level, uint64_t index, unsigned width,
		struct bytes *out, struct error *error)
{
	size_t max = level == TILES_ENTRIES ? (size_t)TILES_WIDTH * (2 + LIMIT_LOG_ENTRY_BYTES) :
					      TILES_WIDTH * DIGEST_BYTES;
	char path[TILES_PATH_BYTES];
	int result;

	tiles_path(level, index, width, path);
	bytes_clear(out);
	result = tiles->store.read(tiles->store.context, path, max, out);
	/* A log may drop a partial tile once the full one is there. */
	if (result == TACIT_E_NOT_FOUND && width < TILES_WIDTH) {
		char full[TILES_PATH_BYTES];

		tiles_path(level, index, TILES_WIDTH, full);
		bytes_clear(out);
		result = tiles->store.read(tiles->store.context, full, max, out);
	}
	if (result != 0)
		return error_set(error, result, "the log's %s cannot be read", path);
	if (out->size > max)
		return error_set(error, TACIT_E_DAMAGED, "the log's %s is larger than any", path);
	return 0;
}

static int fetch_hashes(const struct tiles *tiles, unsigned level, uint64_t index, unsigned width,
			struct digest *out, struct error *error)
{
	struct bytes data = BYTES_INIT;
	int result = tiles_fetch(tiles, (int)level, index, width, &data, error);

	if (result == 0 && data.size != width * sizeof(*out) &&
	    data.size != TILES_WIDTH * sizeof(*out))
		result = error_set(error, TACIT_E_DAMAGED,
				   "tile %llu of level %u of the log has %zu bytes, not %zu",
				   (unsigned long long)index, level, data.size,
				   width * sizeof(*out));
	if (result == 0)
		memcpy(out, data.data, width * sizeof(*out));
	bytes_free(&data);
	return result;
}

int tiles_open(const struct tiles_store *store, uint64_t size, const struct digest *root,
	       struct tiles **out, struct error *error)
{
	struct tiles *tiles;
	struct digest found;
	unsigned level;
	int result = 0;

	if (size >= LIMIT_LOG_ENTRIES)
		return error_set(error, TACIT_E_LIMIT, "a log has fewer than 2^63 entries");
	tiles = calloc(1, sizeof(*tiles));
	if (tiles == NULL)
		return error_memory(error);
	tiles->store = *store;
	tiles->size = size;
	for (level = 0; level < TILES_LEVELS && result == 0; level++) {
		uint64_t hashes = size >> (TILES_HEIGHT * level);

		tiles->edge.width[level] = (unsigned)(hashes % TILES_WIDTH);
		if (tiles->edge.width[level] > 0)
			result = fetch_hashes(tiles, level, hashes / TILES_WIDTH,
					      tiles->edge.width[level], tiles->edge.hash[level],
					      error);
	}
	if (result != 0)
		goto fail;
	tiles_edge_root(&tiles->edge, &found);
	if (!digest_equal(&found, root)) {
		result = error_set(error, TACIT_E_DAMAGED,
				   "the log's tiles are not those of its checkpoint, of %llu",
				   (unsigned long long)size);
		goto fail;
	}
	tiles->root = found;
	*out = tiles;
	return 0;
fail:
	tiles_free(tiles);
	return result;
}

void tiles_free(struct tiles *tiles)
{
	free(tiles);
}

uint64_t tiles_size(const struct tiles *tiles)
{
	return tiles->size;
}

void tiles_root(const struct tiles *tiles, struct digest *out)
{
	*out = tiles->root;
}

int tiles_load(struct tiles *tiles, unsigned level, uint64_t index, const struct digest **out,
	       struct error *error)
{
	unsigned width = tiles_width(tiles->size, level, index);
	const struct digest *above;
	struct digest found;
	int result;

	assert(width > 0);
	if (width < TILES_WIDTH) {
		*out = tiles->edge.hash[level];
		return 0;
	}
	if (tiles->cached[level] && tiles->cached_index[level] == index) {
		*out = tiles->cache[level];
		return 0;
	}
	/* A full tile has a hash above it, so there is a level above: at most seven calls deep. */
	assert(level + 1 < TILES_LEVELS);
	result = tiles_load(tiles, level + 1, index / TILES_WIDTH, &above, error);
	if (result != 0)
		return result;
	tiles->cached[level] = false;
	result = fetch_hashes(tiles, level, index, TILES_WIDTH, tiles->cache[level], error);
	if (result != 0)
		return result;
	tiles_fold(tiles->cache[level], TILES_WIDTH, &found);
	if (!digest_equal(&found, &above[index % TILES_WIDTH]))
		return error_set(error, TACIT_E_DAMAGED,
				 "tile %llu of level %u of the log is damaged",
				 (unsigned long long)index, level);
	tiles->cached[level] = true;
	tiles->cached_index[level] = index;
	*out = tiles->cache[level];
	return 0;
}
