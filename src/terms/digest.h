/* SHA-256 (FIPS 180-4), for naming canonical bytes in a room that may use no library. Not for
 * passwords and not keyed. */
#ifndef TACIT_TERMS_DIGEST_H
#define TACIT_TERMS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

void digest_sha256(const void *data, size_t size, uint8_t out[DIGEST_BYTES]);

#endif
