/* What the files of tiles_*.c share. */
#ifndef TACIT_LEDGER_TILES_INSIDE_H
#define TACIT_LEDGER_TILES_INSIDE_H

#include "ledger/tiles.h"

/* The right edge: of each level the hashes of the last, partial tile. Its width is the level's
 * byte of the size, and its bits are the complete subtrees that the root is made of. */
struct tiles_edge {
	unsigned width[TILES_LEVELS];
	struct digest hash[TILES_LEVELS][TILES_WIDTH];
};

/* Hashes of complete subtrees below the tiles' own rows, which never change once they are there:
 * proofs of neighbouring entries share nearly all of them. */
#define TILES_MEMO 512
struct tiles_memo {
	uint64_t key;		/* 0: free */
	struct digest hash;
};

struct tiles {
	struct tiles_store store;
	uint64_t size;
	struct digest root;
	struct tiles_edge edge, next;	/* next: of an append that is under way */
	/* The last full tile read of each level, already checked. */
	bool cached[TILES_LEVELS];
	uint64_t cached_index[TILES_LEVELS];
	struct digest cache[TILES_LEVELS][TILES_WIDTH];
	struct tiles_memo memo[TILES_MEMO];
};

/* The width that the tile or bundle at `index` of a level has in the tree; 0: it is not in it. */
unsigned tiles_width(uint64_t size, unsigned level, uint64_t index);
/* The root that an edge gives. */
void tiles_edge_root(const struct tiles_edge *edge, struct digest *out);
/* The hash over 2^n digests. */
void tiles_fold(const struct digest *hash, size_t count, struct digest *out);
/* The checked hashes of the tile at `index` of a level; a pointer into `tiles`. */
int tiles_load(struct tiles *tiles, unsigned level, uint64_t index, const struct digest **out,
	       struct error *error);
/* Reads a resource of exactly the given width, or the part of the full one that it is. */
int tiles_fetch(const struct tiles *tiles, int level, uint64_t index, unsigned width,
		struct bytes *out, struct error *error);
/* Splits a bundle of `width` entries whose leaf hashes are `leaf`; false where any byte of it is
 * not as logged. entry[i] points into the bundle; *used: its size. With `longer`, more entries
 * may follow. */
bool tiles_take_bundle(const struct bytes *bundle, const struct digest *leaf, unsigned width,
		       bool longer, struct tiles_entry entry[TILES_WIDTH], size_t *used);

#endif
