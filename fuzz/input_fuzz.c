/* Encodings: UTF-16 and Windows-1252 always come out as UTF-8. */
#include "../src/formats/input.c"

#include <assert.h>

#include "base/text.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_memory memory = { data, size, 0 };
	struct input_from from = { input_read_memory, &memory };
	struct input input;
	struct error error;
	bool more = true;

	assert(input_open(&input, &from, &error) == 0);
	while (more)
		assert(input_more(&input, &more) == 0);
	assert(input.bad_utf8 || text_valid(input_text(&input), input_size(&input)));
	assert(input.encoding != INPUT_UTF8 || input_size(&input) <= size);
	input_close(&input);
	return 0;
}
