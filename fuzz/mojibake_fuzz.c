/* Mending in place: JSON that parses still parses afterwards, and nothing behind its end changes. */
#include "../src/readers/mojibake.c"

#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	json_t *before, *after;

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '!';
	before = json_loadb(text, size, JSON_DECODE_ANY, NULL);
	mojibake_mend(text, size);
	assert(text[size] == '!');
	after = json_loadb(text, size, JSON_DECODE_ANY, NULL);
	assert(before == NULL || (after != NULL && json_typeof(before) == json_typeof(after)));
	json_decref(before);
	json_decref(after);
	free(text);
	return 0;
}
