/*
 * The Merkle tree of RFC 6962, section 2.1 (RFC 9162, section 2.1): roots and proofs made from a
 * source of complete subtrees, and proofs checked from nothing but hashes.
 *
 * A complete subtree (level, index) is that over the 2^level leaves from index * 2^level on. Every
 * range that the RFC's recursion meets begins at a multiple of the largest power of two in it, and
 * so falls into at most 63 complete subtrees.
 */
#ifndef TACIT_LEDGER_TREE_H
#define TACIT_LEDGER_TREE_H

#include "base/limits.h"
#include "ledger/digest.h"

struct tree_source {
	/* The hash of a complete subtree; 0 or a negative TACIT_E_*, handed on to the caller. */
	int (*read)(void *context, unsigned level, uint64_t index, struct digest *out);
	void *context;
};

struct tree_proof {
	size_t count;
	struct digest hash[LIMIT_PROOF_HASHES];
};

/* Each is 0, what the source returned, or TACIT_E_ARGUMENT where the numbers make no sense. */
/* MTH(D[0:size]) */
int tree_root(const struct tree_source *source, uint64_t size, struct digest *out);
/* PATH(index, D[0:size]), from the leaf's sibling up; index < size. */
int tree_inclusion(const struct tree_source *source, uint64_t index, uint64_t size,
		   struct tree_proof *out);
/* PROOF(old, D[0:size]); old <= size. Empty for old = 0, which everything follows. */
int tree_consistency(const struct tree_source *source, uint64_t old, uint64_t size,
		     struct tree_proof *out);

/* Whether the leaf hash is at `index` of the tree of that size and root: RFC 9162, 2.1.3.2. */
bool tree_check_inclusion(uint64_t index, uint64_t size, const struct digest *leaf,
			  const struct digest *proof, size_t count, const struct digest *root);
/*
 * Whether the tree of `size` begins with the tree of `old` leaves: RFC 9162, 2.1.4.2, and for equal
 * sizes that the roots are equal (for size 0: that of no leaves) and the proof is empty. False for
 * old = 0 < size: there is nothing that such a proof could show.
 */
bool tree_check_consistency(uint64_t old, uint64_t size, const struct digest *proof, size_t count,
			    const struct digest *old_root, const struct digest *root);

#endif
