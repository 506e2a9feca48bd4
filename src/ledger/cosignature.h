/*
 * Timestamped Ed25519 cosignatures of checkpoints (C2SP tlog-cosignature, v1): as of that time,
 * this is the largest tree of the log that the witness has seen, and all were consistent.
 */
#ifndef TACIT_LEDGER_COSIGNATURE_H
#define TACIT_LEDGER_COSIGNATURE_H

#include "ledger/vkey.h"

#define COSIGNATURE_BYTES (8 + VKEY_SIGNATURE_BYTES)	/* big-endian seconds, then Ed25519 */

/* Appends the signature line of a witness over a checkpoint's text. */
int cosignature_sign(struct bytes *out, const char *text, size_t size, uint64_t time,
		     const struct vkey *key, const uint8_t secret[VKEY_SECRET_BYTES]);
/* Verifies what stands behind the key ID. */
bool cosignature_verify(const struct vkey *key, const char *text, size_t size,
			const uint8_t raw[COSIGNATURE_BYTES], uint64_t *time);

#endif
