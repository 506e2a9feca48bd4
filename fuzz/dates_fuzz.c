/* Dates: one per line, then the vote over them; a date that is read exists in some order. */
#include "../src/formats/dates.c"

#include <assert.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dates_vote vote;
	struct dates_raw raw;
	enum dates_order order;
	size_t from = 0, to;
	char note[200];
	int64_t value, day;

	memset(&vote, 0, sizeof(vote));
	while (from < size) {
		const uint8_t *line = memchr(data + from, '\n', size - from);

		to = line == NULL ? size : (size_t)(line - data);
		if (dates_parse_unix((const char *)data + from, to - from, &value))
			assert(value >= -62135596800000LL && value <= 253402300799999LL);
		if (dates_parse((const char *)data + from, to - from, &raw)) {
			dates_vote(&vote, &raw, 19000);
			assert(raw.within >= 0 && raw.within <= CLOCK_DAY_MS);
			assert(!raw.decided || dates_day(&raw, DATES_MDY, &day));
		}
		from = to + 1;
	}
	order = dates_decide(&vote, DATES_MDY, "because", note, sizeof(note));
	assert(order < DATES_ORDERS);
	assert(vote.rows == 0 || note[0] != 0);
	return 0;
}
