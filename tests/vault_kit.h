/* What the tests of the vault share: a folder of their own, a key file, acts in one line. */
#ifndef TACIT_TESTS_VAULT_KIT_H
#define TACIT_TESTS_VAULT_KIT_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/random.h"
#include "vault/inside.h"

#define KIT_PATH 256

struct kit {
	char folder[KIT_PATH], key[KIT_PATH], dir[KIT_PATH];
	struct vault_secret secret;
	struct error error;
};

static inline void kit_path(const struct kit *kit, const char *name, char out[KIT_PATH])
{
	assert_true((size_t)snprintf(out, KIT_PATH, "%.200s/%s", kit->folder, name) < KIT_PATH);
}

static inline void kit_write(const char *path, const void *data, size_t size)
{
	struct error error;

	assert_int_equal(file_write(path, data, size, 0600, &error), 0);
}

static inline void kit_read(const char *path, struct bytes *out)
{
	struct error error;

	bytes_clear(out);
	assert_int_equal(file_read(path, 1 << 30, out, &error), 0);
}

static inline void kit_key(const char *path, uint64_t seed)
{
	struct random random = { seed };
	uint64_t key[8];
	size_t i;

	for (i = 0; i < 8; i++)
		key[i] = random_u64(&random);
	kit_write(path, key, sizeof(key));
}

static inline void kit_open(struct kit *kit)
{
	const char *base = getenv("TMPDIR");

	memset(kit, 0, sizeof(*kit));
	snprintf(kit->folder, sizeof(kit->folder), "%.150s/tacit-vault-XXXXXX",
		 base != NULL ? base : "/tmp");
	assert_non_null(mkdtemp(kit->folder));
	kit_path(kit, "key", kit->key);
	kit_path(kit, "home", kit->dir);
	kit_key(kit->key, 1);
	kit->secret.key_file = kit->key;
}

static inline int kit_remove(const char *path, const struct stat *status, int kind,
			     struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void kit_close(struct kit *kit)
{
	nftw(kit->folder, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* Success, or the sentence that says why not. */
#define KIT_OK(kit, call) do { \
	int kit_result = (call); \
	if (kit_result != 0) \
		fail_msg("%s: %d %s", #call, kit_result, (kit)->error.message); \
} while (0)

static inline struct act_text kit_text(const char *text)
{
	return (struct act_text){ text, text == NULL ? 0 : (uint32_t)strlen(text) };
}

static inline struct act kit_act(int64_t time, const char *domain, const char *title)
{
	return (struct act){
		.time = time, .value = ACT_NONE, .duration = ACT_NONE, .zone = ACT_ZONE_UNKNOWN,
		.verb = ACT_WATCH, .domain = kit_text(domain), .title = kit_text(title),
	};
}

/* Puts one act in a transaction that is open. */
static inline enum vault_put kit_put(struct kit *kit, struct vault *vault, uint32_t source,
				     const struct act *act)
{
	enum vault_put put = VAULT_FORGOTTEN;

	KIT_OK(kit, vault_put(vault, source, act, false, &put, NULL, &kit->error));
	return put;
}

/* A source of the acts, in a transaction of its own. */
static inline uint32_t kit_import(struct kit *kit, struct vault *vault, const char *file,
				  const struct act *acts, size_t count)
{
	uint32_t source = 0;
	size_t i;

	KIT_OK(kit, vault_begin(vault, &kit->error));
	KIT_OK(kit, vault_source_begin(vault, file, "test", &source, &kit->error));
	for (i = 0; i < count; i++)
		kit_put(kit, vault, source, &acts[i]);
	KIT_OK(kit, vault_source_end(vault, source, NULL, count, "{}", &kit->error));
	KIT_OK(kit, vault_commit(vault, &kit->error));
	return source;
}

#endif
