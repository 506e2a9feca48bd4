/* The reader of feeds, both passes, checked as the parent checks. */
#include "../src/readers/feed.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
