/* A store in memory, keys, and a slow reference tree for the tests of the log. */
#ifndef TACIT_TESTS_LEDGER_KIT_H
#define TACIT_TESTS_LEDGER_KIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/random.h"
#include "ledger/ledger.h"

struct kit_file {
	char path[TILES_PATH_BYTES];
	struct bytes data;
};

/* `fail_at`: the write from now that fails, 0 none; then everything fails, as after a crash. */
struct kit_store {
	struct kit_file file[4096];
	size_t count, writes, fail_at;
};

static inline struct kit_file *kit_find(struct kit_store *kit, const char *path)
{
	size_t i;

	for (i = 0; i < kit->count; i++)
		if (strcmp(kit->file[i].path, path) == 0)
			return &kit->file[i];
	return NULL;
}

static inline int kit_read(void *context, const char *path, size_t max, struct bytes *out)
{
	struct kit_file *file = kit_find(context, path);

	(void)max;
	if (file == NULL)
		return TACIT_E_NOT_FOUND;
	return bytes_append(out, file->data.data, file->data.size);
}

static inline int kit_write(void *context, const char *path, const void *data, size_t size)
{
	struct kit_store *kit = context;
	struct kit_file *file = kit_find(kit, path);

	kit->writes++;
	if (kit->fail_at != 0 && kit->writes >= kit->fail_at)
		return TACIT_E_IO;
	if (file == NULL) {
		assert_true(kit->count < sizeof(kit->file) / sizeof(kit->file[0]));
		file = &kit->file[kit->count++];
		snprintf(file->path, sizeof(file->path), "%s", path);
	}
	bytes_clear(&file->data);
	return bytes_append(&file->data, data, size);
}

static inline void kit_drop(struct kit_store *kit, const char *path)
{
	struct kit_file *file = kit_find(kit, path);

	assert_non_null(file);
	bytes_free(&file->data);
	*file = kit->file[--kit->count];
	memset(&kit->file[kit->count], 0, sizeof(*file));	/* its bytes have one owner */
}

static inline void kit_empty(struct kit_store *kit)
{
	size_t i;

	for (i = 0; i < kit->count; i++)
		bytes_free(&kit->file[i].data);
	memset(kit, 0, sizeof(*kit));
}

static inline struct tiles_store kit_store_of(struct kit_store *kit)
{
	struct tiles_store store = { kit_read, kit_write, kit };

	return store;
}

/* Entry i of every test: its number, and as many bytes more as its number says. */
static inline struct tiles_entry kit_entry(uint64_t i)
{
	static uint8_t text[1024][80];
	uint8_t *at = text[i % 1024];

	snprintf((char *)at, sizeof(text[0]), "entry %llu .................................",
		 (unsigned long long)i);
	return (struct tiles_entry){ at, 8 + i % 29 };
}

static inline void kit_key(const char *name, uint8_t type, uint8_t number, struct vkey *key,
			   uint8_t secret[VKEY_SECRET_BYTES])
{
	uint8_t seed[VKEY_SEED_BYTES];

	memset(seed, number, sizeof(seed));
	assert_true(vkey_make_pair(key, name, type, seed, secret));
}

/* MTH of RFC 6962, word for word: leaves[0..n) are leaf hashes. */
static inline void kit_root(const struct digest *leaves, uint64_t n, struct digest *out)
{
	struct digest left, right;
	uint64_t k = 1;

	if (n == 0) {
		digest_empty(out);
		return;
	}
	if (n == 1) {
		*out = leaves[0];
		return;
	}
	while (2 * k < n)
		k *= 2;
	kit_root(leaves, k, &left);
	kit_root(leaves + k, n - k, &right);
	digest_node(&left, &right, out);
}

/* PATH(m, D[n]) of RFC 6962, word for word. */
static inline void kit_path(const struct digest *leaves, uint64_t m, uint64_t n,
			    struct tree_proof *out)
{
	uint64_t k = 1;

	if (n == 1)
		return;
	while (2 * k < n)
		k *= 2;
	if (m < k) {
		kit_path(leaves, m, k, out);
		kit_root(leaves + k, n - k, &out->hash[out->count++]);
	} else {
		kit_path(leaves + k, m - k, n - k, out);
		kit_root(leaves, k, &out->hash[out->count++]);
	}
}

/* SUBPROOF(m, D[n], b) of RFC 6962, word for word. */
static inline void kit_subproof(const struct digest *leaves, uint64_t m, uint64_t n, int b,
				struct tree_proof *out)
{
	uint64_t k = 1;

	if (m == n) {
		if (!b)
			kit_root(leaves, n, &out->hash[out->count++]);
		return;
	}
	while (2 * k < n)
		k *= 2;
	if (m <= k) {
		kit_subproof(leaves, m, k, b, out);
		kit_root(leaves + k, n - k, &out->hash[out->count++]);
	} else {
		kit_subproof(leaves + k, m - k, n - k, 0, out);
		kit_root(leaves, k, &out->hash[out->count++]);
	}
}

/* A source of complete subtrees over leaf hashes. */
static inline int kit_subtree(void *context, unsigned level, uint64_t index, struct digest *out)
{
	const struct digest *leaves = context;

	kit_root(leaves + (index << level), 1ULL << level, out);
	return 0;
}

#endif
