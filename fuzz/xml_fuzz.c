/* The walker over XML against Expat. */
#include "../src/formats/xml.c"

#include "../tests/xml_against.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes seen;
	bool expat;

	xml_against((const char *)data, size, 1 + size % 17, &expat);
	/* And alone, whatever it is. */
	against_own((const char *)data, size, 4096, &seen);
	bytes_free(&seen);
	return 0;
}
