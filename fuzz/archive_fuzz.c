/* Archives: names are printable text, and the budget holds. */
#include "../src/sources/archive.c"

#include <assert.h>

#include "replay.h"

static int visit(void *context, const char *entry, const struct input_from *from)
{
	uint8_t out[4096];
	size_t got = 1;
	int failed = 0;

	(void)context;
	assert(text_valid(entry, strlen(entry)));
	while (failed == 0 && got > 0)
		failed = from->read(from->context, out, sizeof(out), &got);
	return failed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { (uint8_t *)(uintptr_t)data, size, 0 };
	struct archive_from from = { archive_read_at_memory, &bytes, size };
	struct archive_budget budget = { size, 0, 0, 0 };
	struct error error = { 0, "" };
	int result;

	if (!archive_known(data, size))
		return 0;
	result = archive_walk(&from, "file.zip", &budget, visit, NULL, &error);
	assert((result == 0) == (error.message[0] == 0));
	assert(budget.unpacked <= LIMIT_RATIO_FREE + (1 << 20) ||
	       budget.unpacked / LIMIT_RATIO <= size + 4096);
	return 0;
}
