/*
 * Any bytes as a vault's header: keys_parse must refuse or accept, never read outside, and what it
 * accepts must print back to the slot that it came from.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude -Isrc -Ifuzz \
 *		fuzz/vault_header_fuzz.c src/base/bytes.c src/base/error.c src/base/file.c -lsodium
 *
 * The checksum would keep every mutation out, so the first byte says whether it is put right first.
 */
#include "../src/vault/keys.c"

#include <stdlib.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t page[KEYS_HEADER_BYTES];
	uint8_t printed[KEYS_SLOT_BYTES];
	struct keys_header header;
	struct error error;
	int slot, right;

	if (size == 0)
		return 0;
	right = data[0];
	memset(page, 0, sizeof(page));
	/* Half of the input is the one slot, half the other. */
	size--;
	data++;
	for (slot = 0; slot < 2; slot++) {
		size_t part = size / 2 < AT_CHECKSUM ? size / 2 : AT_CHECKSUM;
		uint8_t *at = page + slot * KEYS_SLOT_BYTES;

		memcpy(at, data + (size_t)slot * (size / 2), part);
		if (right & 1 << slot) {
			memcpy(at, magic, sizeof(magic));
			checksum(at, at + AT_CHECKSUM);
		}
	}
	if (keys_parse(page, &header, &error) != 0)
		return 0;
	if (header.version != KEYS_VERSION || header.memory_bytes > LIMIT_ARGON_MEMORY)
		if (header.kind != KEYS_FILE)
			abort();
	keys_print(&header, printed);
	if (memcmp(printed, page + header.slot * KEYS_SLOT_BYTES, AT_PASSES + 4) != 0 ||
	    memcmp(printed + AT_SALT, page + header.slot * KEYS_SLOT_BYTES + AT_SALT,
		   AT_END - AT_SALT) != 0)
		abort();
	return 0;
}
