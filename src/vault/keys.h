/*
 * The header of a vault file and the keys behind it. A header is two twin slots of 4 KiB: a change
 * writes one, makes it durable, then writes the other, so that a kill at any moment leaves at
 * least one whole. docs/vault-format.md has each byte.
 */
#ifndef TACIT_VAULT_KEYS_H
#define TACIT_VAULT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "vault/vault.h"

#define KEYS_VERSION 1u
#define KEYS_SLOT_BYTES 4096
#define KEYS_HEADER_BYTES (2 * KEYS_SLOT_BYTES)
#define KEYS_BYTES 32

enum keys_kind { KEYS_PASSPHRASE = 1, KEYS_FILE = 2 };

struct keys_header {
	uint32_t version, kind;
	uint64_t sequence;
	uint64_t memory_bytes;		/* Argon2id; 0 for a key file */
	uint32_t passes;
	uint8_t salt[16];
	uint8_t id[16];			/* of this file's key; drawn anew by a re-encryption */
	uint8_t proof[16];		/* tells the right master key from a wrong one */
	uint8_t nonce[24];
	uint8_t wrapped[48];
	int slot;			/* which slot it came from: 0 or 1 */
	bool whole;			/* both slots are valid and the same */
};

/* All the keys of one open vault, in one sodium_malloc block. */
struct keys {
	uint8_t master[KEYS_BYTES];
	uint8_t page[KEYS_BYTES];	/* pages of the database */
	uint8_t log_head[KEYS_BYTES];	/* frame headers of the log */
	uint8_t log_page[KEYS_BYTES];	/* pages in the log */
	uint8_t identity[16];		/* SipHash; from the secret in the database */
	uint8_t receipt[KEYS_BYTES];	/* commitments; likewise */
	uint8_t id[16];
};

/* Reads a header page; TACIT_E_DAMAGED, TACIT_E_NEWER, TACIT_E_LIMIT, TACIT_E_FORMAT. Pure. */
int keys_parse(const uint8_t page[KEYS_HEADER_BYTES], struct keys_header *out,
	       struct error *error);
/* The reverse, for one slot. */
void keys_print(const struct keys_header *header, uint8_t slot[KEYS_SLOT_BYTES]);

/* keys_parse of the file at `path`; TACIT_E_NOT_FOUND. */
int keys_read(const char *path, struct keys_header *out, struct error *error);
/* Writes both slots one after the other, each durable before the next; the one that `header` was
 * not read from comes first. */
int keys_write(int file, const struct keys_header *header, struct error *error);

/* Memory for keys, guarded and locked; keys_free wipes it. */
struct keys *keys_new(void);
void keys_free(struct keys *keys);
/* A new random master key and file id, with their subkeys. */
void keys_draw(struct keys *keys);
/* Derives what follows from keys->master and keys->id. */
void keys_derive(struct keys *keys);
/* Derives what follows from the secret that is stored in the database. */
void keys_derive_inner(struct keys *keys, const uint8_t secret[32]);

/* Makes libsodium ready; to be called before anything else of this file. */
int keys_start(struct error *error);
void keys_wipe(void *data, size_t size);
void keys_lock(void *data, size_t size);	/* keeps it out of swap and core files */
void keys_random(void *out, size_t size);

/* SipHash-2-4 of 128 and of 64 bits under keys->identity. */
void keys_digest(const struct keys *keys, const void *data, size_t size, uint8_t out[16]);
void keys_tomb(const struct keys *keys, const void *data, size_t size, uint8_t out[8]);
/* One link of a chain of BLAKE2b-256 under keys->receipt: state = H(state, data). */
void keys_chain(const struct keys *keys, uint8_t state[32], const void *data, size_t size);

/* Fills kind, hardness, salt and the wrapped key. Sequence and version are the caller's, and are
 * set before: they are associated data. */
int keys_wrap(struct keys_header *header, const struct keys *keys,
	      const struct vault_secret *secret, const struct vault_hardness *hardness,
	      struct error *error);
/* The reverse: TACIT_E_SECRET where the secret is not the one. */
int keys_unwrap(const struct keys_header *header, const struct vault_secret *secret,
		struct keys *keys, struct error *error);

#endif
