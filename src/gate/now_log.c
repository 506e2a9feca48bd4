/*
 * What is remembered of prompts: settings, and for each decision the time, the kind, the chance and
 * what became of it. Neither words nor what it was about: that is a keyed hash, and the sentence
 * is computed again where somebody looks (tacit now --at).
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "gate/now.h"

#define SETTINGS_VERSION 1
#define ENTRY_BYTES 56

/* ---- settings -------------------------------------------------------------------------- */

static bool settings_read(const struct bytes *value, struct discipline_settings *out)
{
	const uint8_t *at = value->data;
	uint32_t i;

	if (value->size != 4 * (9 + 4 * PROMPT_KINDS + DISCIPLINE_BATCHES) ||
	    bytes_load32(at) != SETTINGS_VERSION)
		return false;
	memset(out, 0, sizeof(*out));
	out->off = bytes_load32(at + 4) != 0;
	out->cap = bytes_load32(at + 8);
	out->kept = bytes_load32(at + 12);
	out->window = (int16_t)bytes_load32(at + 16);
	out->quiet_from = (int16_t)bytes_load32(at + 20);
	out->quiet_until = (int16_t)bytes_load32(at + 24);
	out->quiet_critical = bytes_load32(at + 28) != 0;
	out->holdout = (int32_t)bytes_load32(at + 32);
	at += 36;
	for (i = 0; i < PROMPT_KINDS; i++, at += 16) {
		out->kind[i].allowed = bytes_load32(at) != 0;
		out->kind[i].cap = bytes_load32(at + 4);
		out->kind[i].since = (int64_t)bytes_load64(at + 8);
	}
	for (i = 0; i < DISCIPLINE_BATCHES; i++, at += 4) {
		out->batch[i] = (int16_t)bytes_load32(at);
		out->batches += out->batch[i] >= 0;
	}
	return true;
}

int gate_now_settings(struct tacit *t, struct discipline_settings *out)
{
	struct bytes value = BYTES_INIT;
	int result = vault_record_get(t->vault, GATE_RECORD_NOW, "", 0, &value, &t->error);

	if (result == TACIT_E_NOT_FOUND) {
		*out = discipline_usual;
		result = 0;
	} else if (result == 0 && !settings_read(&value, out)) {
		result = error_set(&t->error, TACIT_E_NEWER, "the settings of prompts were written "
				   "by a later version of tacit");
	}
	bytes_free(&value);
	return result;
}

int gate_now_settings_put(struct tacit *t, const struct discipline_settings *settings)
{
	const uint32_t head[9] = {
		SETTINGS_VERSION, settings->off, settings->cap, settings->kept,
		(uint32_t)settings->window, (uint32_t)settings->quiet_from,
		(uint32_t)settings->quiet_until, settings->quiet_critical,
		(uint32_t)settings->holdout,
	};
	struct bytes value = BYTES_INIT;
	uint32_t i;
	int failed = 0, result;

	for (i = 0; i < 9; i++)
		failed |= bytes_append_u32(&value, head[i]);
	for (i = 0; i < PROMPT_KINDS; i++) {
		failed |= bytes_append_u32(&value, settings->kind[i].allowed);
		failed |= bytes_append_u32(&value, settings->kind[i].cap);
		failed |= bytes_append_u64(&value, (uint64_t)settings->kind[i].since);
	}
	for (i = 0; i < DISCIPLINE_BATCHES; i++)
		failed |= bytes_append_u32(&value, i < settings->batches ?
					   (uint32_t)settings->batch[i] : UINT32_MAX);
	result = failed != 0 ? error_memory(&t->error) :
		 vault_record_put(t->vault, GATE_RECORD_NOW, "", 0, value.data, value.size,
				  &t->error);
	bytes_free(&value);
	return result;
}

/* ---- decisions ------------------------------------------------------------------------- */

/* Keys are in the order of numbers. */
static void key_of(uint64_t id, uint8_t key[8])
{
	int i;

	for (i = 0; i < 8; i++)
		key[i] = (uint8_t)(id >> (56 - 8 * i));
}

int gate_now_log_put(struct tacit *t, const struct gate_entry *entry)
{
	const struct discipline_entry *e = &entry->entry;
	uint8_t key[8], value[ENTRY_BYTES] = { 0 };

	key_of(entry->id, key);
	bytes_store64(value, (uint64_t)e->time);
	bytes_store64(value + 8, e->about);
	bytes_store64(value + 16, entry->what);
	bytes_store32(value + 24, (uint32_t)e->propensity);
	bytes_store32(value + 28, (uint32_t)e->hold);
	bytes_store32(value + 32, (uint32_t)e->minutes);
	bytes_store32(value + 36, (uint32_t)e->zone);
	value[40] = e->kind;
	value[41] = e->state;
	value[42] = e->outcome;
	value[43] = e->achieved;
	value[44] = e->critical;
	return vault_record_put(t->vault, GATE_RECORD_PROMPT, key, sizeof(key), value,
				sizeof(value), &t->error);
}

struct listing {
	struct gate_entry *list;
	size_t count, room;
};

static int take(void *context, const struct vault_record *record)
{
	struct listing *listing = context;
	const uint8_t *value = record->value, *key = record->key;
	struct gate_entry *entry;
	int i;

	if (record->size != ENTRY_BYTES || record->key_size != 8 || value[40] >= PROMPT_KINDS)
		return 0;
	if (listing->count == listing->room) {
		size_t room = listing->room * 2 + 64;
		struct gate_entry *grown = realloc(listing->list, room * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		listing->list = grown;
		listing->room = room;
	}
	entry = &listing->list[listing->count++];
	memset(entry, 0, sizeof(*entry));
	for (i = 0; i < 8; i++)
		entry->id = entry->id << 8 | key[i];
	entry->entry.time = (int64_t)bytes_load64(value);
	entry->entry.about = bytes_load64(value + 8);
	entry->what = bytes_load64(value + 16);
	entry->entry.propensity = (int32_t)bytes_load32(value + 24);
	entry->entry.hold = (int32_t)bytes_load32(value + 28);
	entry->entry.minutes = (int32_t)bytes_load32(value + 32);
	entry->entry.zone = (int16_t)bytes_load32(value + 36);
	entry->entry.kind = value[40];
	entry->entry.state = value[41];
	entry->entry.outcome = value[42];
	entry->entry.achieved = value[43];
	entry->entry.critical = value[44] != 0;
	return 0;
}

int gate_now_log(struct tacit *t, struct gate_entry **out, size_t *count)
{
	struct listing listing = { NULL, 0, 0 };
	int result = vault_records(t->vault, GATE_RECORD_PROMPT, "", 0, take, &listing, &t->error);

	if (result != 0) {
		free(listing.list);
		return result == TACIT_E_MEMORY ? error_memory(&t->error) : result;
	}
	*out = listing.list;
	*count = listing.count;
	return 0;
}
