/* The reader of Gadgetbridge's database, checked as the parent checks. */
#include "../src/readers/gadgetbridge.c"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_readers(data, size);
	return 0;
}
