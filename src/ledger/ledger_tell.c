/* What a log tells others: proof files, requests to witnesses, cosigned checkpoints. */
#include <assert.h>
#include <stdlib.h>

#include "ledger/ledger_inside.h"
#include "ledger/lines.h"
#include "ledger/note.h"
#include "ledger/proof.h"

/* Whether the note is a checkpoint of this very tree. */
static int is_current(struct ledger *ledger, const struct bytes *note, struct error *error)
{
	struct checkpoint checkpoint;
	struct digest root;
	int result;

	/* our own, signed or checked by us */
	if (note->size == ledger->note.size &&
	    memcmp(note->data, ledger->note.data, note->size) == 0)
		return 0;
	result = checkpoint_open((const char *)note->data, note->size, &ledger->key,
				     &checkpoint, error);

	if (result != 0)
		return result;
	tiles_root(ledger->tiles, &root);
	if (checkpoint.size != tiles_size(ledger->tiles) || !digest_equal(&checkpoint.root, &root))
		return error_set(error, TACIT_E_ARGUMENT,
				 "that is not the current checkpoint of the log");
	return 0;
}

int ledger_prove(struct ledger *ledger, uint64_t index, const void *extra, size_t extra_size,
		 const struct bytes *note, struct bytes *out, struct error *error)
{
	struct tree_proof path;
	int result = ledger_usable(ledger, error);

	if (result == 0)
		result = is_current(ledger, note, error);
	if (result == 0)
		result = tiles_inclusion(ledger->tiles, index, &path, error);
	if (result != 0)
		return result;
	result = proof_put(out, extra, extra_size, index, &path, note->data, note->size);
	return result == 0 ? 0 : error_set(error, result, "the proof cannot be written");
}

int ledger_ask(struct ledger *ledger, uint64_t old, struct bytes *out, struct error *error)
{
	struct tree_proof proof;
	size_t i, before = out->size;
	int result = ledger_usable(ledger, error);

	if (result == 0)
		result = tiles_consistency(ledger->tiles, old, &proof, error);
	if (result != 0)
		return result;
	if (bytes_append_text(out, "old ") != 0 || lines_put_decimal(out, old) != 0 ||
	    bytes_append_byte(out, '\n') != 0)
		goto fail;
	for (i = 0; i < proof.count; i++)
		if (digest_put(out, &proof.hash[i]) != 0 || bytes_append_byte(out, '\n') != 0)
			goto fail;
	if (bytes_append_byte(out, '\n') != 0 ||
	    bytes_append(out, ledger->note.data, ledger->note.size) != 0)
		goto fail;
	return 0;
fail:
	out->size = before;
	return error_memory(error);
}

int ledger_cosigned(const struct bytes *note, const char *lines, size_t size,
		    const struct vkey *key, size_t count, struct bytes *out,
		    struct error *error)
{
	struct bytes both = BYTES_INIT;
	struct note_verdict verdict;
	struct note old, parsed;
	size_t i, k, before = out->size, added = 0;
	int result;

	result = note_parse((const char *)note->data, note->size, &old, error);
	if (result != 0)
		return result;
	if (bytes_append(&both, note->data, note->size) != 0 ||
	    bytes_append(&both, lines, size) != 0 ||
	    bytes_append(out, note->data, note->size) != 0) {
		result = error_memory(error);
		goto fail;
	}
	result = note_parse((const char *)both.data, both.size, &parsed, error);
	if (result != 0)
		goto fail;
	/* An answer with an empty line in it would have moved where the text ends. */
	if (parsed.text_size != old.text_size || parsed.count < old.count) {
		result = error_set(error, TACIT_E_FORMAT,
				   "the witness's answer is no signature lines");
		goto fail;
	}
	for (i = old.count; i < parsed.count; i++) {
		struct note_line line = parsed.line[i];

		parsed.line[0] = line;
		for (k = 0; k < count; k++) {
			struct note one = parsed;

			one.count = 1;
			if (line.id != key[k].id || line.name_size != strlen(key[k].name) ||
			    memcmp(line.name, key[k].name, line.name_size) != 0)
				continue;
			result = note_verify(&one, &key[k], 1, &verdict, error);
			if (result == 0 && bytes_append(out, line.line, line.line_size) != 0)
				result = error_memory(error);
			if (result != 0)
				goto fail;
			added++;
			break;
		}
	}
	if (added == 0) {
		result = error_set(error, TACIT_E_SIGNATURE, "no known witness has signed this");
		goto fail;
	}
	bytes_free(&both);
	return 0;
fail:
	out->size = before;
	bytes_free(&both);
	return result;
}
