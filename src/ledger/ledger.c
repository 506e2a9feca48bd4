/* The log as its owner runs it: making, opening, appending. */
#include "ledger.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/ledger_inside.h"

static int write_checkpoint(const struct tiles_store *store, const struct bytes *note,
			    struct error *error)
{
	int result = store->write(store->context, LEDGER_CHECKPOINT, note->data, note->size);

	if (result != 0)
		return error_set(error, result, "the log's checkpoint cannot be written");
	return 0;
}

int ledger_create(const struct tiles_store *store, const struct vkey *key,
		  const uint8_t secret[VKEY_SECRET_BYTES], struct error *error)
{
	struct bytes note = BYTES_INIT;
	struct digest empty;
	int result = store->read(store->context, LEDGER_CHECKPOINT, LIMIT_NOTE_BYTES, &note);

	if (result != TACIT_E_NOT_FOUND) {
		bytes_free(&note);
		return error_set(error, result == 0 ? TACIT_E_EXISTS : result,
				 result == 0 ? "there is a log already" :
				 "the log's checkpoint cannot be read");
	}
	bytes_clear(&note);
	digest_empty(&empty);
	result = checkpoint_sign(&note, 0, &empty, key, secret);
	if (result != 0)
		error_set(error, result, "the log's first checkpoint cannot be signed");
	else
		result = write_checkpoint(store, &note, error);
	bytes_free(&note);
	return result;
}

int ledger_check_seen(struct tiles *tiles, const struct checkpoint *seen,
		      const struct checkpoint *now, struct error *error)
{
	unsigned long long size = now->size, witnessed = seen->size;
	struct digest root;
	int result;

	switch (checkpoint_compare(seen, now)) {
	case CHECKPOINT_SAME:
		return 0;
	case CHECKPOINT_NEWER:
		break;
	case CHECKPOINT_ROLLBACK:
		return error_set(error, TACIT_E_DAMAGED,
				 "the log went back: it has %llu entries, and others have seen "
				 "%llu; was an old backup put in its place?",
				 size, witnessed);
	case CHECKPOINT_SPLIT:
		return error_set(error, TACIT_E_DAMAGED, "the log has two faces: others have seen "
				 "other entries among its %llu; keep both checkpoints", size);
	case CHECKPOINT_OTHER:
		return error_set(error, TACIT_E_ARGUMENT, "that checkpoint is of another log");
	}
	result = tiles_old_root(tiles, seen->size, &root, error);
	if (result == 0 && !digest_equal(&root, &seen->root))
		result = error_set(error, TACIT_E_DAMAGED, "the log has two faces: its first %llu "
				   "entries are not those that others have seen", witnessed);
	return result;
}

int ledger_open(const struct tiles_store *store, const struct vkey *key,
		const struct checkpoint *seen, struct ledger **out, struct error *error)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	struct checkpoint now;
	int result;

	if (ledger == NULL)
		return error_memory(error);
	ledger->store = *store;
	ledger->key = *key;
	result = store->read(store->context, LEDGER_CHECKPOINT, LIMIT_NOTE_BYTES, &ledger->note);
	if (result != 0) {
		error_set(error, result, "the log's checkpoint cannot be read");
		goto fail;
	}
	result = checkpoint_open((const char *)ledger->note.data, ledger->note.size, key, &now,
				 error);
	if (result == 0)
		result = tiles_open(store, now.size, &now.root, &ledger->tiles, error);
	if (result == 0 && seen != NULL)
		result = ledger_check_seen(ledger->tiles, seen, &now, error);
	if (result != 0)
		goto fail;
	*out = ledger;
	return 0;
fail:
	ledger_close(ledger);
	return result;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	tiles_free(ledger->tiles);
	bytes_free(&ledger->note);
	free(ledger);
}

uint64_t ledger_size(const struct ledger *ledger)
{
	return tiles_size(ledger->tiles);
}

const struct bytes *ledger_checkpoint(const struct ledger *ledger)
{
	return &ledger->note;
}

int ledger_usable(const struct ledger *ledger, struct error *error)
{
	if (ledger->broken)
		return error_set(error, TACIT_E_IO,
				 "the log failed while it was written: open it anew");
	return 0;
}

int ledger_append(struct ledger *ledger, const uint8_t secret[VKEY_SECRET_BYTES],
		  const struct tiles_entry *entry, size_t count, uint64_t *first,
		  struct error *error)
{
	uint64_t before = tiles_size(ledger->tiles);
	struct bytes note = BYTES_INIT;
	struct digest root;
	int result = ledger_usable(ledger, error);

	if (result != 0)
		return result;
	result = tiles_append(ledger->tiles, entry, count, error);
	if (result != 0)
		return result;
	/* From here on the tree in memory is ahead of the checkpoint, until that is durable. */
	ledger->broken = true;
	tiles_root(ledger->tiles, &root);
	result = checkpoint_sign(&note, tiles_size(ledger->tiles), &root, &ledger->key, secret);
	if (result != 0)
		error_set(error, result, "the log's checkpoint cannot be signed");
	else
		result = write_checkpoint(&ledger->store, &note, error);
	if (result != 0) {
		bytes_free(&note);
		return result;
	}
	bytes_free(&ledger->note);
	ledger->note = note;
	ledger->broken = false;
	assert(tiles_size(ledger->tiles) == before + count);
	*first = before;
	return 0;
}

int ledger_entry(struct ledger *ledger, uint64_t index, struct bytes *out, struct error *error)
{
	int result = ledger_usable(ledger, error);

	return result != 0 ? result : tiles_entry(ledger->tiles, index, out, error);
}
