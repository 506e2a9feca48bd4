/* Any bytes as a checkpoint's text: what is accepted without extensions prints back as it was. */
#include "../src/ledger/checkpoint.c"

#include <assert.h>
#include <stdlib.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkpoint checkpoint;
	struct bytes again = BYTES_INIT;
	struct error error;
	char origin[LIMIT_KEY_NAME_BYTES + 1];

	if (checkpoint_take((const char *)data, size, &checkpoint, &error) != 0) {
		assert(error.message[0] != 0);
		return 0;
	}
	assert(checkpoint.size < LIMIT_LOG_ENTRIES && checkpoint.origin_size > 0);
	assert(checkpoint_compare(&checkpoint, &checkpoint) == CHECKPOINT_SAME);
	if (checkpoint.extensions > 0 || checkpoint.origin_size >= sizeof(origin) ||
	    !vkey_name_valid(checkpoint.origin, checkpoint.origin_size) ||
	    memchr(checkpoint.origin, 0, checkpoint.origin_size) != NULL)
		return 0;
	memcpy(origin, checkpoint.origin, checkpoint.origin_size);
	origin[checkpoint.origin_size] = 0;
	assert(checkpoint_put(&again, origin, checkpoint.size, &checkpoint.root) == 0);
	assert(again.size == size && memcmp(again.data, data, size) == 0);
	bytes_free(&again);
	return 0;
}
