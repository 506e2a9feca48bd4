/* The life that prompts are made from, kept as a record until something is added or forgotten. */
#include "now/life.h"

#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/hash.h"
#include "gate/now.h"

int16_t gate_zone(void *context, int64_t at)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm local;

	(void)context;
	return localtime_r(&seconds, &local) == NULL ? 0 : (int16_t)(local.tm_gmtoff / 60);
}

/* What the clock's zones were and will be, by the month: a life was read with them. */
static uint64_t zones(void)
{
	int64_t month = 0, hash = 0;

	for (month = 0; month < 80 * 12; month++)
		hash = (int64_t)hash_mix((uint64_t)hash +
					 (uint64_t)gate_zone(NULL, month * 2629800000LL));
	return (uint64_t)hash;
}

static bool kept(struct tacit *t, uint64_t generation, struct life *out)
{
	struct bytes block = BYTES_INIT;
	struct error error;
	bool found;

	found = vault_record_get(t->vault, GATE_RECORD_LIFE, "", 0, &block, &error) == 0 &&
		block.size > 16 && bytes_load64(block.data) == generation &&
		bytes_load64(block.data + 8) == zones() &&
		life_unpack(block.data + 16, block.size - 16, out);
	bytes_free(&block);
	return found;
}

/* Only saves time: where it cannot be kept (a full disk) the next moment reads again. */
static void keep(struct tacit *t, uint64_t generation, const struct life *life)
{
	struct bytes block = BYTES_INIT;
	struct error error;
	int result = vault_begin(t->vault, &error);

	if (result != 0)
		return;
	result = bytes_append_u64(&block, generation) != 0 ||
		 bytes_append_u64(&block, zones()) != 0 || life_pack(life, &block) != 0 ?
		 TACIT_E_MEMORY :
		 vault_record_put(t->vault, GATE_RECORD_LIFE, "", 0, block.data, block.size,
				  &error);
	if (result == 0)
		result = vault_commit(t->vault, &error);
	if (result != 0)
		vault_rollback(t->vault);
	bytes_free(&block);
}

int gate_life(struct tacit *t, struct life *out)
{
	uint64_t generation;
	int result = vault_generation(t->vault, &generation, &t->error);

	if (result != 0 || kept(t, generation, out))
		return result;
	result = life_read(t->vault, gate_zone, NULL, out, &t->error);
	if (result == 0)
		keep(t, generation, out);
	return result;
}

void gate_life_prepare(struct tacit *t)
{
	struct discipline_settings settings;
	struct error held = t->error;
	struct life life;
	bool wanted = false;
	int i;

	if (gate_now_settings(t, &settings) == 0 && !settings.off)
		for (i = 0; i < PROMPT_KINDS; i++)
			wanted |= settings.kind[i].allowed;
	if (wanted && gate_life(t, &life) == 0)
		life_free(&life);
	t->error = held;
}
