/*
 * The tree on storage, as C2SP tlog-tiles lays it out: tiles of 256 hashes, eight levels of the
 * tree each, and bundles of 256 entries. Storage is two callbacks and is not trusted: whatever is
 * read is hashed again and compared with a root that the caller trusts before any of it is used.
 */
#ifndef TACIT_LEDGER_TILES_H
#define TACIT_LEDGER_TILES_H

#include "base/bytes.h"
#include "base/error.h"
#include "ledger/tree.h"

#define TILES_HEIGHT 8
#define TILES_WIDTH 256
#define TILES_LEVELS 8		/* of a tree below 2^63 leaves */
#define TILES_PATH_BYTES 64
#define TILES_ENTRIES (-1)	/* the level of entry bundles in paths */

struct tiles_store {
	/* Appends the resource at `path` to `out`, or more of it than `max` bytes, which is then
	 * refused; TACIT_E_NOT_FOUND where there is none. */
	int (*read)(void *context, const char *path, size_t max, struct bytes *out);
	/* Replaces the resource, durably, whole or not at all. */
	int (*write)(void *context, const char *path, const void *data, size_t size);
	void *context;
};

struct tiles_entry {
	const void *data;
	size_t size;		/* at most LIMIT_LOG_ENTRY_BYTES */
};

struct tiles;

/*
 * Opens the tree of that size and root. Reads the right edge, one partial tile a level, which
 * together give the root. TACIT_E_NOT_FOUND where a tile is missing, TACIT_E_DAMAGED where the
 * tiles are not of that root. `store` is copied.
 */
int tiles_open(const struct tiles_store *store, uint64_t size, const struct digest *root,
	       struct tiles **out, struct error *error);
void tiles_free(struct tiles *tiles);
uint64_t tiles_size(const struct tiles *tiles);
void tiles_root(const struct tiles *tiles, struct digest *out);

/*
 * Writes entries behind the last: bundles first, then tiles. What a tree of an older size consists
 * of is left as it is, so that a checkpoint of it stays good whatever happens on the way; the new
 * entries are logged once a checkpoint of the new root is durable. After a failure `tiles` is the
 * tree that it was, and the same or other entries can be appended.
 */
int tiles_append(struct tiles *tiles, const struct tiles_entry *entry, size_t count,
		 struct error *error);

/* Appends the entry at `index` to `out`. */
int tiles_entry(struct tiles *tiles, uint64_t index, struct bytes *out, struct error *error);
/* The proofs of tree.h, from checked tiles; `old_size` and `index` belong to this tree. */
int tiles_inclusion(struct tiles *tiles, uint64_t index, struct tree_proof *out,
		    struct error *error);
int tiles_consistency(struct tiles *tiles, uint64_t old_size, struct tree_proof *out,
		      struct error *error);
/* The root that this tree had at an older size. */
int tiles_old_root(struct tiles *tiles, uint64_t old_size, struct digest *out,
		   struct error *error);

/* tile/<L>/<N>[.p/<W>], tile/entries/<N>[.p/<W>]; width TILES_WIDTH is a full tile. */
void tiles_path(int level, uint64_t index, unsigned width, char out[TILES_PATH_BYTES]);
/* The reverse, for a server; only what tiles_path writes is a path. */
bool tiles_take_path(const char *path, int *level, uint64_t *index, unsigned *width);

#endif
