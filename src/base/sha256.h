/* SHA-256 (FIPS 180-4) by nettle, for naming canonical bytes. Not for passwords and not keyed. */
#ifndef TACIT_BASE_SHA256_H
#define TACIT_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void sha256_of(const void *data, size_t size, uint8_t out[SHA256_BYTES]);

#endif
