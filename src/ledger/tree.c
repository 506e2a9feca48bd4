/* Merkle trees: roots and proofs from complete subtrees, and their verification. */
#include "tree.h"

#include <assert.h>

#include "tacit.h"

/* The largest power of two below n, for n > 1. */
static uint64_t split(uint64_t n)
{
	assert(n > 1);
	return 1ULL << (63 - __builtin_clzll(n - 1));
}

/* The hash over the leaves [begin, end) of a range of the RFC's recursion. */
static int range(const struct tree_source *source, uint64_t begin, uint64_t end,
		 struct digest *out)
{
	struct digest part[64];
	size_t parts = 0;
	int result;

	assert(begin < end && end < LIMIT_LOG_ENTRIES);
	while (begin < end) {
		unsigned level = (unsigned)(63 - __builtin_clzll(end - begin));

		assert((begin & ((1ULL << level) - 1)) == 0 && parts < 63);
		result = source->read(source->context, level, begin >> level, &part[parts]);
		if (result != 0)
			return result;
		parts++;
		begin += 1ULL << level;
	}
	while (parts > 1) {
		digest_node(&part[parts - 2], &part[parts - 1], &part[parts - 2]);
		parts--;
	}
	*out = part[0];
	return 0;
}

int tree_root(const struct tree_source *source, uint64_t size, struct digest *out)
{
	if (size >= LIMIT_LOG_ENTRIES)
		return TACIT_E_ARGUMENT;
	if (size == 0) {
		digest_empty(out);
		return 0;
	}
	return range(source, 0, size, out);
}

/* Proofs are found from the root down and told from the leaf up. */
static void turn(struct tree_proof *proof)
{
	size_t i;

	for (i = 0; i < proof->count / 2; i++) {
		struct digest swap = proof->hash[i];

		proof->hash[i] = proof->hash[proof->count - 1 - i];
		proof->hash[proof->count - 1 - i] = swap;
	}
}

static int add_range(const struct tree_source *source, uint64_t begin, uint64_t end,
		     struct tree_proof *proof)
{
	int result;

	assert(proof->count < LIMIT_PROOF_HASHES);
	result = range(source, begin, end, &proof->hash[proof->count]);
	if (result == 0)
		proof->count++;
	return result;
}

int tree_inclusion(const struct tree_source *source, uint64_t index, uint64_t size,
		   struct tree_proof *out)
{
	struct tree_proof proof;
	uint64_t begin = 0, end = size;
	int result;

	proof.count = 0;
	if (size >= LIMIT_LOG_ENTRIES || index >= size)
		return TACIT_E_ARGUMENT;
	while (end - begin > 1) {
		uint64_t middle = begin + split(end - begin);

		if (index < middle) {
			result = add_range(source, middle, end, &proof);
			end = middle;
		} else {
			result = add_range(source, begin, middle, &proof);
			begin = middle;
		}
		if (result != 0)
			return result;
	}
	turn(&proof);
	*out = proof;
	return 0;
}

int tree_consistency(const struct tree_source *source, uint64_t old, uint64_t size,
		     struct tree_proof *out)
{
	struct tree_proof proof;
	uint64_t begin = 0, end = size;
	int result = 0;

	proof.count = 0;
	if (size >= LIMIT_LOG_ENTRIES || old > size)
		return TACIT_E_ARGUMENT;
	while (old > 0 && old != end) {
		uint64_t middle = begin + split(end - begin);

		if (old <= middle) {
			result = add_range(source, middle, end, &proof);
			end = middle;
		} else {
			result = add_range(source, begin, middle, &proof);
			begin = middle;
		}
		if (result != 0)
			return result;
	}
	/* The old tree itself is known to whoever checks, unless it ends inside a right half. */
	if (old > 0 && begin > 0)
		result = add_range(source, begin, end, &proof);
	if (result != 0)
		return result;
	turn(&proof);
	*out = proof;
	return 0;
}

bool tree_check_inclusion(uint64_t index, uint64_t size, const struct digest *leaf,
			  const struct digest *proof, size_t count, const struct digest *root)
{
	struct digest hash = *leaf;
	uint64_t node = index, last;
	size_t i;

	if (size >= LIMIT_LOG_ENTRIES || index >= size || count > LIMIT_PROOF_HASHES)
		return false;
	last = size - 1;
	for (i = 0; i < count; i++) {
		if (last == 0)
			return false;
		if ((node & 1) == 1 || node == last) {
			digest_node(&proof[i], &hash, &hash);
			/* A node without a sibling rises until it is a right child. */
			while ((node & 1) == 0 && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			digest_node(&hash, &proof[i], &hash);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_equal(&hash, root);
}

bool tree_check_consistency(uint64_t old, uint64_t size, const struct digest *proof, size_t count,
			    const struct digest *old_root, const struct digest *root)
{
	struct digest before, after;
	uint64_t node, last;
	size_t i = 0;

	if (size >= LIMIT_LOG_ENTRIES || old > size || count > LIMIT_PROOF_HASHES)
		return false;
	if (old == size) {
		/* Of no leaves there is one tree. */
		digest_empty(&before);
		return count == 0 && digest_equal(old_root, root) &&
		       (size > 0 || digest_equal(root, &before));
	}
	if (old == 0 || count == 0)
		return false;
	/* A complete old tree is the first hash itself. */
	if ((old & (old - 1)) == 0)
		before = *old_root;
	else
		before = proof[i++];
	after = before;
	node = old - 1;
	last = size - 1;
	while ((node & 1) == 1) {
		node >>= 1;
		last >>= 1;
	}
	for (; i < count; i++) {
		if (last == 0)
			return false;
		if ((node & 1) == 1 || node == last) {
			digest_node(&proof[i], &before, &before);
			digest_node(&proof[i], &after, &after);
			while ((node & 1) == 0 && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			digest_node(&after, &proof[i], &after);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_equal(&before, old_root) && digest_equal(&after, root);
}
