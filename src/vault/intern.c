/* Open addressing, linear probing, at most two thirds full. */
#include "vault/intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tacit.h"

static size_t slot_of(const struct intern_entry *slots, size_t capacity,
		      const struct digest *digest)
{
	size_t at = (size_t)digest->low & (capacity - 1);

	while (slots[at].id != 0 && (slots[at].digest.low != digest->low ||
				     slots[at].digest.high != digest->high))
		at = (at + 1) & (capacity - 1);
	return at;
}

const struct intern_entry *intern_find(const struct intern *intern, const struct digest *digest)
{
	size_t at;

	if (intern->count == 0)
		return NULL;
	at = slot_of(intern->slots, intern->capacity, digest);
	return intern->slots[at].id == 0 ? NULL : &intern->slots[at];
}

static int grow(struct intern *intern)
{
	size_t capacity = intern->capacity == 0 ? 1024 : intern->capacity * 2, i;
	struct intern_entry *slots = calloc(capacity, sizeof(*slots));

	if (slots == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < intern->capacity; i++)
		if (intern->slots[i].id != 0)
			slots[slot_of(slots, capacity, &intern->slots[i].digest)] =
				intern->slots[i];
	free(intern->slots);
	intern->slots = slots;
	intern->capacity = capacity;
	return 0;
}

int intern_add(struct intern *intern, const struct intern_entry *entry)
{
	size_t at;

	assert(entry->id != 0);
	if ((intern->count + 1) * 3 > intern->capacity * 2 && grow(intern) != 0)
		return TACIT_E_MEMORY;
	at = slot_of(intern->slots, intern->capacity, &entry->digest);
	assert(intern->slots[at].id == 0);
	intern->slots[at] = *entry;
	intern->count++;
	return 0;
}

void intern_drop(struct intern *intern)
{
	free(intern->slots);
	memset(intern, 0, sizeof(*intern));
}

/* ---- the memo -------------------------------------------------------------------------- */

/* Eight bytes at a time; only where a slot is, never what is equal, depends on it. */
static size_t memo_place(const struct memo *memo, const uint8_t *data, size_t size)
{
	uint64_t hash = size, word;

	for (; size >= sizeof(word); data += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, data, size);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return (size_t)(hash >> 32) & (memo->capacity - 1);
}

const struct memo_slot *memo_find(const struct memo *memo, const void *data, size_t size)
{
	const struct memo_slot *slot;

	if (memo->capacity == 0 || size == 0 || size > MEMO_BYTES)
		return NULL;
	slot = &memo->slots[memo_place(memo, data, size)];
	return slot->size == size && memcmp(slot->data, data, size) == 0 ? slot : NULL;
}

void memo_put(struct memo *memo, size_t capacity, const void *data, size_t size,
	      uint32_t id)
{
	struct memo_slot *slot;

	if (size == 0 || size > MEMO_BYTES)
		return;
	if (memo->capacity == 0) {
		memo->slots = calloc(capacity, sizeof(*memo->slots));
		if (memo->slots == NULL)
			return;
		memo->capacity = capacity;
	}
	slot = &memo->slots[memo_place(memo, data, size)];
	slot->id = id;
	slot->size = (uint32_t)size;
	memcpy(slot->data, data, size);
}

void memo_drop(struct memo *memo)
{
	free(memo->slots);
	memset(memo, 0, sizeof(*memo));
}
