/* The reader of kml files, both passes, checked as the parent checks. */
#include "../src/readers/kml.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
