/*
 * The log as its owner runs it: entries in, signed checkpoints and proof files out, over a store of
 * two callbacks. Nothing is logged until the checkpoint that covers it is durable; a checkpoint
 * that could not be made durable is never handed out, and the log has to be opened anew.
 */
#ifndef TACIT_LEDGER_LEDGER_H
#define TACIT_LEDGER_LEDGER_H

#include "ledger/checkpoint.h"
#include "ledger/tiles.h"

#define LEDGER_CHECKPOINT "checkpoint"	/* its path in the store */

struct ledger;

/* Makes a log without entries: a signed checkpoint of size 0. TACIT_E_EXISTS where one is. */
int ledger_create(const struct tiles_store *store, const struct vkey *key,
		  const uint8_t secret[VKEY_SECRET_BYTES], struct error *error);
/*
 * Opens the log of that key. `seen` is the latest checkpoint of it that somebody else holds (a
 * witness, a receipt), already verified, or NULL: TACIT_E_DAMAGED where the log is smaller (an old
 * backup was put in its place), or is not a continuation of it. `store` and `key` are copied.
 */
int ledger_open(const struct tiles_store *store, const struct vkey *key,
		const struct checkpoint *seen, struct ledger **out, struct error *error);
void ledger_close(struct ledger *ledger);

uint64_t ledger_size(const struct ledger *ledger);
/* The signed note of the current size; stays until the next append. */
const struct bytes *ledger_checkpoint(const struct ledger *ledger);

/* Logs entries; the first gets the index *first. All are logged, or none. */
int ledger_append(struct ledger *ledger, const uint8_t secret[VKEY_SECRET_BYTES],
		  const struct tiles_entry *entry, size_t count, uint64_t *first,
		  struct error *error);
int ledger_entry(struct ledger *ledger, uint64_t index, struct bytes *out, struct error *error);

/*
 * Appends the proof file of an entry in the tree of `note`: the current checkpoint, with or without
 * cosignatures. `extra` may be NULL.
 */
int ledger_prove(struct ledger *ledger, uint64_t index, const void *extra, size_t extra_size,
		 const struct bytes *note, struct bytes *out, struct error *error);
/* Appends the body of POST add-checkpoint for a witness whose latest size is `old`. */
int ledger_ask(struct ledger *ledger, uint64_t old, struct bytes *out, struct error *error);
/*
 * Appends the note with those lines of a witness's answer that verify with one of the keys.
 * TACIT_E_SIGNATURE where none does or a known key's is wrong.
 */
int ledger_cosigned(const struct bytes *note, const char *lines, size_t size,
		    const struct vkey *key, size_t count, struct bytes *out,
		    struct error *error);

#endif
