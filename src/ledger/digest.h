/*
 * SHA-256 as the log uses it: leaves and nodes of the tree (RFC 6962, section 2.1), salted
 * commitments, and base64, in which digests stand in text. The only file that knows the hash.
 */
#ifndef TACIT_LEDGER_DIGEST_H
#define TACIT_LEDGER_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define DIGEST_BYTES 32
#define DIGEST_SALT_BYTES 32
#define DIGEST_TEXT_BYTES 44		/* of base64, without a NUL */

struct digest {
	uint8_t byte[DIGEST_BYTES];
};
_Static_assert(sizeof(struct digest) == DIGEST_BYTES, "tiles are arrays of digests");

/* SHA-256(data). */
void digest_of(const void *data, size_t size, struct digest *out);
/* The root of the tree without leaves: SHA-256(""). */
void digest_empty(struct digest *out);
/* SHA-256(0x00 || entry) */
void digest_leaf(const void *entry, size_t size, struct digest *out);
/* SHA-256(0x01 || left || right); `out` may be one of the two. */
void digest_node(const struct digest *left, const struct digest *right, struct digest *out);
/*
 * SHA-256(salt || data): what the log holds in the place of a document. The salt has a fixed size,
 * so that no other (salt, data) reads the same; with it dropped, the digest tells nothing about
 * data that a few guesses would reach.
 */
void digest_commit(const uint8_t salt[DIGEST_SALT_BYTES], const void *data, size_t size,
		   struct digest *out);
/* Constant time. */
bool digest_equal(const struct digest *a, const struct digest *b);
/* Whether `commitment` is that of (salt, data); constant time in the digest. */
bool digest_opens(const struct digest *commitment, const uint8_t salt[DIGEST_SALT_BYTES],
		  const void *data, size_t size);

/* Appends the base64 (RFC 4648, section 4, padded) of the bytes; 0 or TACIT_E_MEMORY. */
int digest_put_base64(struct bytes *out, const void *data, size_t size);
/* Decodes exactly that: false for another alphabet, white space, missing padding, bits behind the
 * last byte, or more than `max` bytes. */
bool digest_take_base64(const char *text, size_t size, uint8_t *out, size_t max, size_t *out_size);
/* A digest in base64. */
int digest_put(struct bytes *out, const struct digest *digest);
bool digest_take(const char *text, size_t size, struct digest *out);

#endif
