/*
 * Keys of signed notes (C2SP signed-note): a name, a type, an Ed25519 public key, and the key ID
 * that stands in signature lines. In text a verifier key is NAME+ID+BASE64, the ID in hex.
 */
#ifndef TACIT_LEDGER_VKEY_H
#define TACIT_LEDGER_VKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"

#define VKEY_PUBLIC_BYTES 32
#define VKEY_SEED_BYTES 32
#define VKEY_SECRET_BYTES 64
#define VKEY_SIGNATURE_BYTES 64

enum {
	VKEY_ED25519 = 0x01,		/* signs the text of a note */
	VKEY_COSIGNATURE = 0x04		/* signs a checkpoint and a time: tlog-cosignature v1 */
};

struct vkey {
	char name[LIMIT_KEY_NAME_BYTES + 1];
	uint32_t id;
	uint8_t type;
	uint8_t public_key[VKEY_PUBLIC_BYTES];
};

/* Whether a key may be called that: UTF-8, not empty, no Unicode space, no plus, no control. */
bool vkey_name_valid(const char *name, size_t size);
/* False for a name or type that cannot be. */
bool vkey_make(struct vkey *out, const char *name, uint8_t type,
	       const uint8_t public_key[VKEY_PUBLIC_BYTES]);
/* The key pair of a seed; `secret` is the caller's to keep in locked memory and to wipe. */
bool vkey_make_pair(struct vkey *out, const char *name, uint8_t type,
		    const uint8_t seed[VKEY_SEED_BYTES], uint8_t secret[VKEY_SECRET_BYTES]);
/* Reads NAME+ID+BASE64; false where anything is wrong, the ID included. */
bool vkey_take(const char *text, size_t size, struct vkey *out);
int vkey_put(struct bytes *out, const struct vkey *key);
bool vkey_same(const struct vkey *a, const struct vkey *b);	/* the public key */

/* A secret in locked memory, all zero, and its end: it is wiped. NULL is fine; NULL on failure. */
uint8_t *vkey_secret_new(void);
void vkey_secret_free(uint8_t *secret);
/* A new seed from the system's generator. */
void vkey_random_seed(uint8_t seed[VKEY_SEED_BYTES]);
/*
 * The secret half in text, as golang.org/x/mod/sumdb/note writes it: PRIVATE+KEY+NAME+ID+BASE64 of
 * the type and the seed. Appends it; reads it, false where anything is wrong. The text is a secret.
 */
int vkey_put_seed(struct bytes *out, const struct vkey *key, const uint8_t seed[VKEY_SEED_BYTES]);
bool vkey_take_seed(const char *text, size_t size, struct vkey *out,
		    uint8_t secret[VKEY_SECRET_BYTES]);

/* Plain Ed25519 (RFC 8032). */
void vkey_sign(const uint8_t secret[VKEY_SECRET_BYTES], const void *message, size_t size,
	       uint8_t signature[VKEY_SIGNATURE_BYTES]);
bool vkey_verify(const struct vkey *key, const void *message, size_t size,
		 const uint8_t signature[VKEY_SIGNATURE_BYTES]);

#endif
