/* The reader of Google places, both passes, checked as the parent checks. */
#include "../src/readers/google_places.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
