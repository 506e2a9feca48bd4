/*
 * From the root down: the right edge gives the root, a full tile gives its hash in the tile above,
 * entries give the hashes of their tile of level 0. So each file is trusted before what is below it
 * is looked at, and the first that does not fit is the one that was changed. Only the files of the
 * right edge are known together, by one root; which of them is wrong is found from below.
 *
 * The caller's thread reads; tiles of level 0 and their bundles, which are nearly all the work, are
 * hashed by a pool, SLOTS at a time. With the usual 8 KiB a bundle that is 300 KiB of memory; with
 * the largest entries it is SLOTS * 16 MiB.
 */
#include "audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/pool.h"
#include "ledger/ledger_inside.h"
#include "ledger/tiles_inside.h"

#define SLOTS 16
#define BUNDLE_BYTES ((size_t)TILES_WIDTH * (2 + LIMIT_LOG_ENTRY_BYTES))

/* A tile of level 0 and its bundle. */
struct slot {
	uint64_t index;
	unsigned width;
	struct digest above;		/* what a full tile has to give */
	struct digest leaf[TILES_WIDTH];
	struct bytes bundle;
	bool longer;			/* a full bundle in the place of the partial one */
	struct tiles_entry entry[TILES_WIDTH];
	size_t used;
	bool tile_good, bundle_good;
};

struct audit {
	const struct tiles_store *store;
	const struct audit_options *options;
	struct pool *pool;
	struct tiles_edge edge;
	struct bytes data;		/* of the tile that is being read */
	struct slot slot[SLOTS];
	size_t slots;
	unsigned permille;
	struct audit_report report;
	struct error *error;
};

static int changed(const struct audit *audit, int level, uint64_t index, unsigned width,
		   const char *why)
{
	char path[TILES_PATH_BYTES];

	tiles_path(level, index, width, path);
	return error_set(audit->error, TACIT_E_DAMAGED, "%s of the log was changed: %s", path, why);
}

/* *longer: it was not there, but the full one is. */
static int fetch(struct audit *audit, int level, uint64_t index, unsigned width, size_t max,
		 struct bytes *out, bool *longer)
{
	char path[TILES_PATH_BYTES], full[TILES_PATH_BYTES];
	int result;

	tiles_path(level, index, width, path);
	bytes_clear(out);
	result = audit->store->read(audit->store->context, path, max, out);
	*longer = result == TACIT_E_NOT_FOUND && width < TILES_WIDTH;
	if (*longer) {
		tiles_path(level, index, TILES_WIDTH, full);
		bytes_clear(out);
		result = audit->store->read(audit->store->context, full, max, out);
	}
	if (result == TACIT_E_NOT_FOUND)
		return error_set(audit->error, TACIT_E_DAMAGED, "%s of the log is missing", path);
	if (result == TACIT_E_DAMAGED || (result == 0 && out->size > max))
		return changed(audit, level, index, width, "it is larger than any");
	if (result != 0)
		return error_set(audit->error, result, "%s of the log cannot be read", path);
	audit->report.files++;
	audit->report.bytes += out->size;
	return 0;
}

static int fetch_tile(struct audit *audit, unsigned level, uint64_t index, unsigned width,
		      struct digest out[TILES_WIDTH])
{
	size_t size = width * sizeof(struct digest), whole = TILES_WIDTH * sizeof(struct digest);
	bool longer;
	int result = fetch(audit, (int)level, index, width, whole, &audit->data, &longer);

	if (result != 0)
		return result;
	if (audit->data.size != (longer ? whole : size))
		return changed(audit, (int)level, index, width, "it has another length");
	memcpy(out, audit->data.data, size);
	audit->report.unlogged += audit->data.size - size;
	return 0;
}

/* ---- tiles of level 0 and entries --------------------------------------------------------- */

static void hash_slot(void *context, size_t index, size_t worker)
{
	struct audit *audit = context;
	struct slot *slot = &audit->slot[index];
	struct digest found;

	(void)worker;
	slot->tile_good = true;
	/* A partial tile is of the right edge, and has been checked with it. */
	if (slot->width == TILES_WIDTH) {
		tiles_fold(slot->leaf, TILES_WIDTH, &found);
		slot->tile_good = digest_equal(&found, &slot->above);
	}
	slot->bundle_good = slot->tile_good &&
			    tiles_take_bundle(&slot->bundle, slot->leaf, slot->width,
					      slot->longer, slot->entry, &slot->used);
}

static int blame_bundle(const struct audit *audit, struct slot *slot)
{
	unsigned good = 0, bad = slot->width + 1;
	char why[96];
	size_t used;

	/* The first `good` entries are as logged, the first `bad` are not. */
	while (bad - good > 1) {
		unsigned middle = (good + bad) / 2;

		if (tiles_take_bundle(&slot->bundle, slot->leaf, middle, true, slot->entry, &used))
			good = middle;
		else
			bad = middle;
	}
	if (good < slot->width)
		snprintf(why, sizeof(why), "entry %llu is not what was logged",
			 (unsigned long long)(slot->index * TILES_WIDTH + good));
	else
		snprintf(why, sizeof(why), "there is more behind its last entry");
	return changed(audit, TILES_ENTRIES, slot->index, slot->width, why);
}

static int finish_slot(struct audit *audit, struct slot *slot)
{
	const struct audit_options *options = audit->options;
	uint64_t first = slot->index * TILES_WIDTH;
	unsigned i, permille;
	int result;

	if (!slot->tile_good)
		return changed(audit, 0, slot->index, TILES_WIDTH,
			       "it does not give its hash in the tile above");
	if (!slot->bundle_good)
		return blame_bundle(audit, slot);
	audit->report.unlogged += slot->bundle.size - slot->used;
	for (i = 0; i < slot->width && options->entry != NULL; i++) {
		result = options->entry(options->context, first + i, slot->entry[i].data,
					slot->entry[i].size);
		if (result != 0)
			return error_set(audit->error, result, "stopped at entry %llu of the log",
					 (unsigned long long)(first + i));
	}
	permille = (unsigned)((first + slot->width) * 1000 / audit->report.size);
	if (options->progress != NULL && permille != audit->permille)
		options->progress(options->context, permille);
	audit->permille = permille;
	return 0;
}

static int flush(struct audit *audit)
{
	size_t i, count = audit->slots;
	int result = 0;

	audit->slots = 0;
	if (count > 0)
		pool_run(audit->pool, count, hash_slot, audit);
	for (i = 0; i < count && result == 0; i++)
		result = finish_slot(audit, &audit->slot[i]);
	return result;
}

/* `above`: the hash of a full tile; NULL for the partial one of the right edge. */
static int add_slot(struct audit *audit, uint64_t index, const struct digest *above)
{
	struct slot *slot = &audit->slot[audit->slots];
	int result = 0;

	slot->index = index;
	if (above != NULL) {
		slot->width = TILES_WIDTH;
		slot->above = *above;
		result = fetch_tile(audit, 0, index, TILES_WIDTH, slot->leaf);
	} else {
		slot->width = audit->edge.width[0];
		memcpy(slot->leaf, audit->edge.hash[0], slot->width * sizeof(slot->leaf[0]));
	}
	if (result == 0)
		result = fetch(audit, TILES_ENTRIES, index, slot->width, BUNDLE_BYTES,
			       &slot->bundle, &slot->longer);
	if (result != 0)
		return result;
	return ++audit->slots == SLOTS ? flush(audit) : 0;
}

/* ---- the tree above ------------------------------------------------------------------------ */

/* A full tile and all that is below it; at most seven calls deep. */
static int visit(struct audit *audit, unsigned level, uint64_t index, const struct digest *above)
{
	struct digest hash[TILES_WIDTH], found;
	unsigned i;
	int result;

	if (level == 0)
		return add_slot(audit, index, above);
	result = fetch_tile(audit, level, index, TILES_WIDTH, hash);
	if (result != 0)
		return result;
	tiles_fold(hash, TILES_WIDTH, &found);
	if (!digest_equal(&found, above))
		return changed(audit, (int)level, index, TILES_WIDTH,
			       "it does not give its hash in the tile above");
	for (i = 0; i < TILES_WIDTH && result == 0; i++)
		result = visit(audit, level - 1, index * TILES_WIDTH + i, &hash[i]);
	return result;
}

/* The tile of the right edge at that level. */
static uint64_t edge_index(const struct audit *audit, unsigned level)
{
	return audit->report.size >> (TILES_HEIGHT * level) >> TILES_HEIGHT;
}

static int walk(struct audit *audit)
{
	unsigned level, i;
	int result = 0;

	/* The highest level is the leftmost. */
	for (level = TILES_LEVELS - 1; level > 0; level--)
		for (i = 0; i < audit->edge.width[level] && result == 0; i++)
			result = visit(audit, level - 1,
				       edge_index(audit, level) * TILES_WIDTH + i,
				       &audit->edge.hash[level][i]);
	if (result == 0 && audit->edge.width[0] > 0)
		result = add_slot(audit, edge_index(audit, 0), NULL);
	return result == 0 ? flush(audit) : result;
}

/* Whether what is below hash i of an edge tile gives that hash; a tile or an entry. */
static int gives(struct audit *audit, unsigned level, unsigned i, bool *out)
{
	struct digest hash[TILES_WIDTH], found;
	int result;

	result = fetch_tile(audit, level - 1, edge_index(audit, level) * TILES_WIDTH + i,
			    TILES_WIDTH, hash);
	if (result != 0)
		return result;
	tiles_fold(hash, TILES_WIDTH, &found);
	*out = digest_equal(&found, &audit->edge.hash[level][i]);
	return 0;
}

/* Which file of the right edge is it, where they do not give the root? */
static int blame_edge(struct audit *audit)
{
	struct slot *slot = &audit->slot[0];
	bool good = true;
	unsigned level, i;
	int result;

	if (audit->edge.width[0] > 0) {
		result = add_slot(audit, edge_index(audit, 0), NULL);
		if (result != 0)
			return result;
		hash_slot(audit, 0, 0);
		if (!slot->bundle_good)
			return changed(audit, 0, slot->index, slot->width,
				       "it gives neither the checkpoint nor the entries below it");
	}
	for (level = 1; level < TILES_LEVELS; level++)
		for (i = 0; i < audit->edge.width[level]; i++) {
			result = gives(audit, level, i, &good);
			if (result != 0)
				return result;
			if (!good)
				return changed(audit, (int)level, edge_index(audit, level),
					       audit->edge.width[level], "it gives neither the "
					       "checkpoint nor the tiles below it");
		}
	return error_set(audit->error, TACIT_E_DAMAGED,
			 "the checkpoint of the log is of another tree than its tiles");
}

static int check_edge(struct audit *audit, const struct checkpoint *now)
{
	struct digest found;
	unsigned level;
	int result = 0;

	for (level = 0; level < TILES_LEVELS && result == 0; level++) {
		audit->edge.width[level] = tiles_width(now->size, level, edge_index(audit, level));
		if (audit->edge.width[level] > 0)
			result = fetch_tile(audit, level, edge_index(audit, level),
					    audit->edge.width[level], audit->edge.hash[level]);
	}
	if (result != 0)
		return result;
	tiles_edge_root(&audit->edge, &found);
	return digest_equal(&found, &now->root) ? 0 : blame_edge(audit);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int read_checkpoint(struct audit *audit, const struct vkey *key, struct bytes *note,
			   struct checkpoint *now)
{
	struct error why;
	int result = audit->store->read(audit->store->context, LEDGER_CHECKPOINT, LIMIT_NOTE_BYTES,
					note);

	if (result == TACIT_E_NOT_FOUND)
		return error_set(audit->error, result, "the checkpoint of the log is missing");
	if (result != 0)
		return error_set(audit->error, result, "the checkpoint of the log cannot be read");
	result = checkpoint_open((const char *)note->data, note->size, key, now, &why);
	if (result != 0)
		return error_set(audit->error, result, "the checkpoint of the log is not good: %s",
				 why.message);
	audit->report.files++;
	audit->report.bytes += note->size;
	audit->report.size = now->size;
	audit->report.root = now->root;
	return 0;
}

static int compare(struct audit *audit, const struct checkpoint *seen,
		   const struct checkpoint *now)
{
	struct tiles *tiles;
	int result = tiles_open(audit->store, now->size, &now->root, &tiles, audit->error);

	if (result != 0)
		return result;
	result = ledger_check_seen(tiles, seen, now, audit->error);
	tiles_free(tiles);
	return result;
}

static void audit_free(struct audit *audit)
{
	size_t i;

	pool_free(audit->pool);
	for (i = 0; i < SLOTS; i++)
		bytes_free(&audit->slot[i].bundle);
	bytes_free(&audit->data);
	free(audit);
}

int audit_log(const struct tiles_store *store, const struct vkey *key,
	      const struct checkpoint *seen, const struct audit_options *options,
	      struct audit_report *out, struct error *error)
{
	static const struct audit_options none;
	struct audit *audit = calloc(1, sizeof(*audit));
	struct bytes note = BYTES_INIT;
	struct checkpoint now;
	int result;

	if (audit == NULL)
		return error_memory(error);
	audit->store = store;
	audit->options = options == NULL ? &none : options;
	audit->error = error;
	audit->pool = pool_new(audit->options->threads);
	result = audit->pool == NULL ? error_memory(error) :
				       read_checkpoint(audit, key, &note, &now);
	if (result == 0)
		result = check_edge(audit, &now);
	if (result == 0)
		result = walk(audit);
	if (result == 0 && seen != NULL)
		result = compare(audit, seen, &now);
	if (result == 0)
		*out = audit->report;
	bytes_free(&note);
	audit_free(audit);
	return result;
}
