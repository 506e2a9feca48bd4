/* The one place outside of the ledger, whose tree hashes in pieces, that knows the hash. */
#include "sha256.h"

#include <nettle/sha2.h>

void sha256_of(const void *data, size_t size, uint8_t out[SHA256_BYTES])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size, data);
	sha256_digest(&context, SHA256_BYTES, out);
}
