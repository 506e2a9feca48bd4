/* The tape against Jansson. */
#include "../src/formats/tape.c"

#include "../tests/tape_against.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tape_against((const char *)data, size);
	return 0;
}
