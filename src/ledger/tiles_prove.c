/* Proofs and entries from checked tiles. */
#include <assert.h>

#include "base/hash.h"
#include "ledger/tiles_inside.h"

struct reading {
	struct tiles *tiles;
	struct error *error;
};

/* A complete subtree of 2^level leaves is a run of 2^(level mod 8) hashes of one tile. */
static int read_subtree(void *context, unsigned level, uint64_t index, struct digest *out)
{
	struct reading *reading = context;
	unsigned row = level / TILES_HEIGHT, height = level % TILES_HEIGHT;
	uint64_t key = index << 6 | level;
	struct tiles_memo *memo = &reading->tiles->memo[hash_mix(key) % TILES_MEMO];
	const struct digest *hash;
	int result;

	assert(row < TILES_LEVELS && (index + 1) << level <= reading->tiles->size);
	if (height > 0 && memo->key == key) {
		*out = memo->hash;
		return 0;
	}
	index <<= height;
	result = tiles_load(reading->tiles, row, index / TILES_WIDTH, &hash, reading->error);
	if (result != 0)
		return result;
	tiles_fold(hash + index % TILES_WIDTH, (size_t)1 << height, out);
	if (height > 0 && index >> 58 == 0) {
		memo->key = key;
		memo->hash = *out;
	}
	return 0;
}

int tiles_inclusion(struct tiles *tiles, uint64_t index, struct tree_proof *out,
		    struct error *error)
{
	struct reading reading = { tiles, error };
	struct tree_source source = { read_subtree, &reading };

	if (index >= tiles->size)
		return error_set(error, TACIT_E_ARGUMENT, "the log has no entry %llu, only %llu",
				 (unsigned long long)index, (unsigned long long)tiles->size);
	return tree_inclusion(&source, index, tiles->size, out);
}

int tiles_consistency(struct tiles *tiles, uint64_t old_size, struct tree_proof *out,
		      struct error *error)
{
	struct reading reading = { tiles, error };
	struct tree_source source = { read_subtree, &reading };

	if (old_size > tiles->size)
		return error_set(error, TACIT_E_ARGUMENT, "the log has %llu entries, not yet %llu",
				 (unsigned long long)tiles->size, (unsigned long long)old_size);
	return tree_consistency(&source, old_size, tiles->size, out);
}

int tiles_old_root(struct tiles *tiles, uint64_t old_size, struct digest *out,
		   struct error *error)
{
	struct reading reading = { tiles, error };
	struct tree_source source = { read_subtree, &reading };

	if (old_size > tiles->size)
		return error_set(error, TACIT_E_ARGUMENT, "the log has %llu entries, not yet %llu",
				 (unsigned long long)tiles->size, (unsigned long long)old_size);
	return tree_root(&source, old_size, out);
}

bool tiles_take_bundle(const struct bytes *bundle, const struct digest *leaf, unsigned width,
		       bool longer, struct tiles_entry entry[TILES_WIDTH], size_t *used)
{
	const uint8_t *at = bundle->data, *end = bundle->data + bundle->size;
	struct digest found;
	unsigned i;

	for (i = 0; i < width; i++) {
		if (end - at < 2)
			return false;
		entry[i].size = (size_t)(at[0] << 8 | at[1]);
		at += 2;
		if ((size_t)(end - at) < entry[i].size)
			return false;
		entry[i].data = at;
		at += entry[i].size;
		digest_leaf(entry[i].data, entry[i].size, &found);
		if (!digest_equal(&found, &leaf[i]))
			return false;
	}
	*used = (size_t)(at - bundle->data);
	return longer || at == end;
}

int tiles_entry(struct tiles *tiles, uint64_t index, struct bytes *out, struct error *error)
{
	struct tiles_entry entry[TILES_WIDTH];
	struct bytes bundle = BYTES_INIT;
	const struct digest *leaf;
	uint64_t number = index / TILES_WIDTH;
	unsigned width;
	size_t used;
	int result;

	if (index >= tiles->size)
		return error_set(error, TACIT_E_ARGUMENT, "the log has no entry %llu, only %llu",
				 (unsigned long long)index, (unsigned long long)tiles->size);
	width = tiles_width(tiles->size, 0, number);
	result = tiles_load(tiles, 0, number, &leaf, error);
	if (result == 0)
		result = tiles_fetch(tiles, TILES_ENTRIES, number, width, &bundle, error);
	/* A full bundle may stand where the partial one was dropped. */
	if (result == 0 &&
	    !tiles_take_bundle(&bundle, leaf, width, width < TILES_WIDTH, entry, &used))
		result = error_set(error, TACIT_E_DAMAGED,
				   "the log's bundle of entries %llu is damaged",
				   (unsigned long long)number);
	if (result == 0 && bytes_append(out, entry[index % TILES_WIDTH].data,
					entry[index % TILES_WIDTH].size) != 0)
		result = error_memory(error);
	bytes_free(&bundle);
	return result;
}
