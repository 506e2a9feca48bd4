/* Titles: a split gives pieces of the title, in order. */
#include "../src/readers/series.c"

#include <assert.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct act_text title = { (const char *)data, (uint32_t)size }, series, episode;

	if (size > 0 && series_split(title, &series, &episode)) {
		assert(series.size > 0 && episode.size > 0);
		assert(series.data == title.data);
		assert(series.data + series.size <= episode.data);
		assert(episode.data + episode.size == title.data + title.size);
	}
	return 0;
}
