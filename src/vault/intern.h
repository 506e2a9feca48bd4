/*
 * A table from the digest of a text to its row: items and repeated strings are kept once. Digests
 * are SipHash-128 under the vault's own secret, so nobody can write an export whose texts collide,
 * and equal digests are taken for equal texts.
 */
#ifndef TACIT_VAULT_INTERN_H
#define TACIT_VAULT_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	uint64_t low, high;
};

struct intern_entry {
	struct digest digest;
	uint64_t place;		/* items: hash of the content without a secret, for event ids */
	uint64_t words;		/* items: digest of the words that the row has, 0 for none */
	uint32_t id;		/* the row, never 0; 0 marks a free slot */
};

struct intern {
	struct intern_entry *slots;
	size_t capacity, count;
	bool loaded;
};

/* NULL where it is not. The pointer holds until the next intern_add. */
const struct intern_entry *intern_find(const struct intern *intern, const struct digest *digest);
/* 0 or TACIT_E_MEMORY. The digest must be new. */
int intern_add(struct intern *intern, const struct intern_entry *entry);
/* Empties the table and its memory; `loaded` becomes false. */
void intern_drop(struct intern *intern);

/*
 * A memo in front of it: what was looked up lately, found by comparing the bytes themselves, which
 * costs a tenth of a digest. It is for texts of which a few hundred come again and again; a larger
 * one would miss the processor's cache and gain nothing. A slot is overwritten by the next text
 * that falls on it.
 */
#define MEMO_BYTES 248		/* longer texts are not remembered */

struct memo_slot {
	uint32_t id;
	uint32_t size;		/* 0 marks a free slot */
	uint8_t data[MEMO_BYTES];
};

struct memo {
	struct memo_slot *slots;
	size_t capacity;	/* a power of two; 0 until memo_put */
};

/* NULL where it is not. */
const struct memo_slot *memo_find(const struct memo *memo, const void *data, size_t size);
/* Remembers; without memory it does not, which is no error. */
void memo_put(struct memo *memo, size_t capacity, const void *data, size_t size,
	      uint32_t id);
void memo_drop(struct memo *memo);

#endif
