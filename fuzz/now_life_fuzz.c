/*
 * A life out of hostile acts: the bytes are tracks (an export of tacit's own may bring any text) and a
 * block that is kept. Whatever they are, stays are in order and the block that is made of them
 * comes back the same.
 */
#include "../src/now/life_read.c"

#include <assert.h>

#include "replay.h"

static int16_t utc(void *context, int64_t time)
{
	(void)context;
	(void)time;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct life life, back;
	struct error error;
	struct reading reading = { .life = &life, .error = &error, .zone = utc,
				   .text = BYTES_INIT };
	struct bytes block = BYTES_INIT;
	struct act act;
	size_t i, from, line = 0;

	if (life_unpack(data, size, &back))
		life_free(&back);
	memset(&life, 0, sizeof(life));
	if (bytes_append_byte(&reading.text, 0) != 0)
		return 0;
	/* Each line is the rest of one act. */
	for (from = i = 0; i <= size; i++) {
		if (i < size && data[i] != '\n')
			continue;
		memset(&act, 0, sizeof(act));
		act.time = (int64_t)line++ * 3600000;
		act.duration = ACT_NONE;
		act.zone = ACT_ZONE_UNKNOWN;
		act.verb = line % 5 == 4 ? ACT_PLAN : ACT_ARRIVE;
		act.flags = ACT_NOT_CHOSEN;
		act.domain = (struct act_text){ "places", 6 };
		act.title = (struct act_text){ "Location", 8 };
		act.rest = (struct act_text){ (const char *)data + from, (uint32_t)(i - from) };
		if (line < 1000 && take(&reading, line, 0, &act) != 0)
			break;
		from = i + 1;
	}
	if (finish(&reading) == 0) {
		for (i = 1; i < life.count[LIFE_STAYS]; i++)
			assert(life.stay[i].arrive >= life.stay[i - 1].arrive);
		for (i = 0; i < life.count[LIFE_STAYS]; i++)
			assert(life.stay[i].leave >= life.stay[i].arrive);
		assert(life_pack(&life, &block) != 0 ||
			    life_unpack(block.data, block.size, &back));
		if (block.size > 0)
			life_free(&back);
	}
	free(reading.point);
	bytes_free(&reading.text);
	bytes_free(&block);
	life_free(&life);
	return 0;
}
