/* The reader of bookmarks, both passes, checked as the parent checks. */
#include "../src/readers/bookmarks.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
