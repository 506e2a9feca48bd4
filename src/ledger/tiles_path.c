/* Where tiles and bundles are: tile/<L>/<N>[.p/<W>] of C2SP tlog-tiles. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ledger/lines.h"
#include "ledger/tiles.h"

void tiles_path(int level, uint64_t index, unsigned width, char out[TILES_PATH_BYTES])
{
	char at_level[16] = "entries", number[32], partial[16] = "";
	size_t used = 0;
	uint64_t unit = 1;
	int size;

	assert(level >= TILES_ENTRIES && level < 64 && width >= 1 && width <= TILES_WIDTH);
	assert(index < LIMIT_LOG_ENTRIES / TILES_WIDTH);
	if (level != TILES_ENTRIES)
		snprintf(at_level, sizeof(at_level), "%d", level);
	while (index / unit >= 1000)
		unit *= 1000;
	for (; unit > 0; unit /= 1000) {
		size = snprintf(number + used, sizeof(number) - used, "%s%03u%s",
				unit > 1 ? "x" : "", (unsigned)(index / unit % 1000),
				unit > 1 ? "/" : "");
		assert(size > 0 && (size_t)size < sizeof(number) - used);
		used += (size_t)size;
	}
	if (width < TILES_WIDTH)
		snprintf(partial, sizeof(partial), ".p/%u", width);
	size = snprintf(out, TILES_PATH_BYTES, "tile/%s/%s%s", at_level, number, partial);
	assert(size > 0 && size < TILES_PATH_BYTES);
	(void)size;
}

/* The decimal number up to the next '/' or the end, which is stepped over. */
static bool take_element(const char **at, uint64_t *out)
{
	size_t size = strcspn(*at, "/");

	if (!lines_decimal(*at, size, out))
		return false;
	*at += size;
	if (**at == '/')
		(*at)++;
	return true;
}

static bool digits(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' && at[2] >= '0' &&
	       at[2] <= '9';
}

bool tiles_take_path(const char *path, int *level, uint64_t *index, unsigned *width)
{
	char again[TILES_PATH_BYTES];
	uint64_t value, number = 0, part = TILES_WIDTH;
	const char *at = path;
	int at_level = TILES_ENTRIES;

	if (strlen(path) >= TILES_PATH_BYTES || strncmp(at, "tile/", 5) != 0)
		return false;
	at += 5;
	if (strncmp(at, "entries/", 8) == 0) {
		at += 8;
	} else {
		if (!take_element(&at, &value) || value > 63)
			return false;
		at_level = (int)value;
	}
	for (;;) {
		bool more = *at == 'x';

		at += more;
		if (!digits(at) || number > LIMIT_LOG_ENTRIES / TILES_WIDTH / 1000)
			return false;
		number = number * 1000 + (uint64_t)((at[0] - '0') * 100 + (at[1] - '0') * 10 +
						    (at[2] - '0'));
		at += 3;
		if (!more)
			break;
		if (*at++ != '/')
			return false;
	}
	if (strncmp(at, ".p/", 3) == 0) {
		at += 3;
		if (!take_element(&at, &part) || part < 1 || part >= TILES_WIDTH)
			return false;
	}
	if (*at != 0 || number >= LIMIT_LOG_ENTRIES / TILES_WIDTH)
		return false;
	/* One way to write it: no needless x000, no trailing slash. */
	tiles_path(at_level, number, (unsigned)part, again);
	if (strcmp(again, path) != 0)
		return false;
	*level = at_level;
	*index = number;
	*width = (unsigned)part;
	return true;
}
