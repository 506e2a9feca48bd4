/* Merkle trees: the published vectors, a slow reference beside the fast tree, damaged proofs. */
#include "ledger_kit.h"

#include "ledger/tree.h"

#define LEAVES 300

static struct digest leaf[LEAVES];

static int make_leaves(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEAVES; i++) {
		struct tiles_entry entry = kit_entry(i);

		digest_leaf(entry.data, entry.size, &leaf[i]);
	}
	return 0;
}

static FILE *vectors(const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "tests/vectors/%s", name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: run the tests from the top of the tree", path);
	return file;
}

/* Words of a line up to '#'; 0 for a comment. */
static size_t words_of(char *line, char *word[80])
{
	size_t count = 0;
	char *save, *at;

	line[strcspn(line, "#\n")] = 0;
	for (at = strtok_r(line, " ", &save); at != NULL; at = strtok_r(NULL, " ", &save)) {
		assert_true(count < 80);
		word[count++] = at;
	}
	return count;
}

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t size = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;

	if (size > 0)
		assert_int_equal(bytes_unhex(out, size, hex), 1);
	return size;
}

static void published_tree(void **state)
{
	struct digest published[8], got, want;
	struct tree_source source = { kit_subtree, published };
	FILE *file = vectors("rfc6962_tree.txt");
	size_t count = 0, checks = 0, size;
	char line[1024], *word[80];
	uint8_t data[64];

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		size_t words = words_of(line, word);

		if (words == 0)
			continue;
		if (strcmp(word[0], "leaf") == 0) {
			size = unhex(word[1], data);
			digest_leaf(data, size, &published[count++]);
			continue;
		}
		assert_int_equal(unhex(word[words - 1], want.byte), DIGEST_BYTES);
		if (strcmp(word[0], "root") == 0) {
			assert_int_equal(tree_root(&source, strtoul(word[1], NULL, 10), &got), 0);
		} else if (strcmp(word[0], "node") == 0) {
			kit_subtree(published, (unsigned)strtoul(word[1], NULL, 10),
				    strtoul(word[2], NULL, 10), &got);
		} else {
			assert_string_equal(word[0], "leafhash");
			size = unhex(word[1], data);
			digest_leaf(data, size, &got);
		}
		assert_memory_equal(&got, &want, sizeof(got));
		checks++;
	}
	fclose(file);
	assert_int_equal(count, 8);
	assert_int_equal(checks, 9 + 15 + 1);
}

/* A hash that is none is refused where hashes are read, before a proof is looked at. A few files
 * have a dozen letters in the place of a hash ("dont care"); zeros make it one. */
static bool take_hash(const char *hex, struct digest *out)
{
	uint8_t data[256] = { 0 };
	size_t size;

	assert_true(strlen(hex) <= 2 * sizeof(data));
	size = unhex(hex, data);
	memcpy(out->byte, data, DIGEST_BYTES);
	return size > 0 && size <= DIGEST_BYTES;
}

static void published_proofs(void **state)
{
	static const char *const names[] = { "rfc6962_inclusion.txt", "rfc6962_consistency.txt" };
	static const size_t expected[] = { 98, 98 };
	char line[8192], *word[80];
	size_t kind, i;

	(void)state;
	for (kind = 0; kind < 2; kind++) {
		FILE *file = vectors(names[kind]);
		size_t seen = 0;

		while (fgets(line, sizeof(line), file) != NULL) {
			struct digest a, b, proof[80];
			uint64_t first, second;
			size_t words = words_of(line, word);
			bool good;

			if (words == 0)
				continue;
			first = strtoull(word[1], NULL, 10);
			second = strtoull(word[2], NULL, 10);
			good = take_hash(word[3], &a) && take_hash(word[4], &b);
			for (i = 5; i < words; i++)
				good = take_hash(word[i], &proof[i - 5]) && good;
			if (good && kind == 0)
				good = tree_check_inclusion(first, second, &b, proof, words - 5, &a);
			else if (good)
				good = tree_check_consistency(first, second, proof, words - 5, &a, &b);
			if (good != (strcmp(word[0], "ok") == 0))
				fail_msg("%s, %llu %llu: %s expected", names[kind],
					 (unsigned long long)first, (unsigned long long)second, word[0]);
			seen++;
		}
		fclose(file);
		print_message("%s: %zu\n", names[kind], seen);
		assert_int_equal(seen, expected[kind]);
	}
}

static void roots_match_the_reference(void **state)
{
	struct tree_source source = { kit_subtree, leaf };
	struct digest fast, slow;
	uint64_t n;

	(void)state;
	for (n = 0; n <= LEAVES; n++) {
		assert_int_equal(tree_root(&source, n, &fast), 0);
		kit_root(leaf, n, &slow);
		assert_memory_equal(&fast, &slow, sizeof(fast));
	}
	assert_int_equal(tree_root(&source, 1ULL << 63, &fast), TACIT_E_ARGUMENT);
}

/* Every byte of every hash, one bit each; then a hash less, one more, the first twice. */
static void damage(struct tree_proof *proof, bool (*check)(const struct tree_proof *, void *),
		   void *context)
{
	struct tree_proof longer = *proof;
	size_t i, j;

	for (i = 0; i < proof->count; i++) {
		for (j = 0; j < DIGEST_BYTES; j++) {
			proof->hash[i].byte[j] ^= (uint8_t)(1 << (i + j) % 8);
			assert_false(check(proof, context));
			proof->hash[i].byte[j] ^= (uint8_t)(1 << (i + j) % 8);
		}
	}
	memmove(&longer.hash[1], &longer.hash[0], proof->count * sizeof(longer.hash[0]));
	longer.count++;
	assert_false(check(&longer, context));
	longer = *proof;
	longer.hash[longer.count++] = leaf[0];
	assert_false(check(&longer, context));
	if (proof->count > 0) {
		longer.count = proof->count - 1;
		assert_false(check(&longer, context));
	}
	assert_true(check(proof, context));
}

struct claim {
	uint64_t a, size;
	struct digest first, root;
};

static bool included(const struct tree_proof *proof, void *context)
{
	const struct claim *claim = context;

	return tree_check_inclusion(claim->a, claim->size, &claim->first, proof->hash, proof->count,
				    &claim->root);
}

static bool consistent(const struct tree_proof *proof, void *context)
{
	const struct claim *claim = context;

	return tree_check_consistency(claim->a, claim->size, proof->hash, proof->count,
				      &claim->first, &claim->root);
}

#define SIZES 130

/* Damage costs a verification for each byte: at all sizes up to 48 and around powers of two. */
static bool damaged_at(uint64_t size)
{
	return size <= 48 || (size >= 63 && size <= 66) || size >= 127;
}

static void inclusion_proofs(void **state)
{
	struct tree_source source = { kit_subtree, leaf };
	struct tree_proof fast, slow;
	struct claim claim;

	(void)state;
	for (claim.size = 1; claim.size <= SIZES; claim.size++) {
		kit_root(leaf, claim.size, &claim.root);
		for (claim.a = 0; claim.a < claim.size; claim.a++) {
			claim.first = leaf[claim.a];
			assert_int_equal(tree_inclusion(&source, claim.a, claim.size, &fast), 0);
			slow.count = 0;
			kit_path(leaf, claim.a, claim.size, &slow);
			assert_int_equal(fast.count, slow.count);
			assert_memory_equal(fast.hash, slow.hash, fast.count * DIGEST_BYTES);
			assert_true(included(&fast, &claim));
			if (damaged_at(claim.size))
				damage(&fast, included, &claim);
			claim.a++;
			assert_false(included(&fast, &claim));
			claim.a--;
			claim.first.byte[5] ^= 4;
			assert_false(included(&fast, &claim));
		}
	}
	assert_int_equal(tree_inclusion(&source, 5, 5, &fast), TACIT_E_ARGUMENT);
	assert_int_equal(tree_inclusion(&source, 0, 1ULL << 63, &fast), TACIT_E_ARGUMENT);
}

static void consistency_proofs(void **state)
{
	struct tree_source source = { kit_subtree, leaf };
	struct tree_proof fast, slow;
	struct claim claim;

	(void)state;
	for (claim.size = 1; claim.size <= SIZES; claim.size++) {
		kit_root(leaf, claim.size, &claim.root);
		for (claim.a = 1; claim.a <= claim.size; claim.a++) {
			kit_root(leaf, claim.a, &claim.first);
			assert_int_equal(tree_consistency(&source, claim.a, claim.size, &fast), 0);
			slow.count = 0;
			kit_subproof(leaf, claim.a, claim.size, 1, &slow);
			assert_int_equal(fast.count, slow.count);
			assert_memory_equal(fast.hash, slow.hash, fast.count * DIGEST_BYTES);
			assert_true(consistent(&fast, &claim));
			if (damaged_at(claim.size))
				damage(&fast, consistent, &claim);
			claim.first.byte[31] ^= 1;
			assert_false(consistent(&fast, &claim));
			claim.first.byte[31] ^= 1;
			claim.root.byte[0] ^= 128;
			assert_false(consistent(&fast, &claim));
			claim.root.byte[0] ^= 128;
		}
	}
	assert_int_equal(tree_consistency(&source, 0, 7, &fast), 0);
	assert_int_equal(fast.count, 0);
	assert_int_equal(tree_consistency(&source, 8, 7, &fast), TACIT_E_ARGUMENT);
}

/* Numbers at the very end of what is allowed: nothing overflows, nothing is accepted. */
static void huge_sizes(void **state)
{
	struct digest proof[LIMIT_PROOF_HASHES + 1];
	uint64_t most = INT64_MAX;

	(void)state;
	memset(proof, 7, sizeof(proof));
	assert_false(tree_check_inclusion(0, 1ULL << 63, leaf, proof, 63, leaf));
	assert_false(tree_check_inclusion(most - 1, most, leaf, proof, 63, leaf));
	assert_false(tree_check_inclusion(most - 1, most, leaf, proof, 64, leaf));
	assert_false(tree_check_consistency(most - 1, most, proof, 63, leaf, leaf));
	assert_false(tree_check_consistency(1, UINT64_MAX, proof, 63, leaf, leaf));
	assert_false(tree_check_consistency(0, 1, proof, 0, leaf, leaf));
}

static void commitments(void **state)
{
	uint8_t salt[DIGEST_SALT_BYTES], other[DIGEST_SALT_BYTES], joined[DIGEST_SALT_BYTES + 3];
	struct digest commitment, plain;

	(void)state;
	memset(salt, 1, sizeof(salt));
	memset(other, 2, sizeof(other));
	digest_commit(salt, "yes", 3, &commitment);
	memcpy(joined, salt, sizeof(salt));
	memcpy(joined + sizeof(salt), "yes", 3);
	digest_of(joined, sizeof(joined), &plain);
	assert_true(digest_equal(&commitment, &plain));
	assert_true(digest_opens(&commitment, salt, "yes", 3));
	assert_false(digest_opens(&commitment, salt, "no", 2));
	assert_false(digest_opens(&commitment, other, "yes", 3));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_tree), cmocka_unit_test(published_proofs),
		cmocka_unit_test(roots_match_the_reference), cmocka_unit_test(inclusion_proofs),
		cmocka_unit_test(consistency_proofs), cmocka_unit_test(huge_sizes),
		cmocka_unit_test(commitments),
	};

	return cmocka_run_group_tests_name("ledger tree", tests, make_leaves, NULL);
}
