/* The walker over JSON objects: every key of every object that parses can be read. */
#include "../src/formats/objects.c"

#include <assert.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_memory memory = { data, size, 0 };
	struct input_from from = { input_read_memory, &memory };
	char scratch[OBJECTS_SCRATCH];
	enum objects_result result;
	struct objects objects;
	struct act_text key, value;
	struct input input;
	struct error error;
	bool more;

	assert(input_open(&input, &from, &error) == 0);
	objects_open(&objects, &input);
	objects_sniff((const char *)data, size, "title");
	do {
		if (objects_next(&objects, &result) != 0)
			break;
		assert(result != OBJECTS_BAD || objects.why != NULL);
		if (result != OBJECTS_ONE)
			continue;
		for (more = objects_first_key(&objects, &key); more;
		     more = objects_next_key(&objects, &key)) {
			assert(objects_has(&objects, key.data));
			objects_get(&objects, key.data, scratch);
		}
		for (more = objects_first_member(&objects, "a", &key, &value, scratch); more;
		     more = objects_next_member(&objects, &key, &value, scratch))
			assert(strlen(key.data) == key.size);
	} while (result != OBJECTS_END);
	objects_close(&objects);
	input_close(&input);
	return 0;
}
