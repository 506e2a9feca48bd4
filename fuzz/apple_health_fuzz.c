/* The reader of apple_health, both passes, checked as the parent checks. */
#include "../src/readers/apple_health.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
