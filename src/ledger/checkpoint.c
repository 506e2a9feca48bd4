/* Checkpoints: reading, writing, comparing. */
#include "checkpoint.h"

#include "ledger/lines.h"
#include "ledger/note.h"

int checkpoint_take(const char *text, size_t size, struct checkpoint *out, struct error *error)
{
	struct lines lines = { text, text + size };
	struct checkpoint found = { NULL, 0, 0, { { 0 } }, 0 };
	const char *line;
	size_t length;

	if (!lines_next(&lines, &found.origin, &found.origin_size) || found.origin_size == 0)
		return error_set(error, TACIT_E_FORMAT, "a checkpoint's first line is its origin");
	if (!lines_next(&lines, &line, &length) || !lines_decimal(line, length, &found.size))
		return error_set(error, TACIT_E_FORMAT,
				 "a checkpoint's second line is the size of the tree: a decimal "
				 "number below 2^63 without leading zeros");
	if (!lines_next(&lines, &line, &length) || !digest_take(line, length, &found.root))
		return error_set(error, TACIT_E_FORMAT,
				 "a checkpoint's third line is the root of the tree in base64");
	while (lines_next(&lines, &line, &length)) {
		if (length == 0)
			return error_set(error, TACIT_E_FORMAT, "an empty line in a checkpoint");
		found.extensions++;
	}
	if (lines.at != lines.end)
		return error_set(error, TACIT_E_FORMAT, "a checkpoint ends in a newline");
	*out = found;
	return 0;
}

int checkpoint_put(struct bytes *out, const char *origin, uint64_t size,
		   const struct digest *root)
{
	if (size >= LIMIT_LOG_ENTRIES || !vkey_name_valid(origin, strlen(origin)))
		return TACIT_E_ARGUMENT;
	if (bytes_append_text(out, origin) != 0 || bytes_append_byte(out, '\n') != 0 ||
	    lines_put_decimal(out, size) != 0 || bytes_append_byte(out, '\n') != 0 ||
	    digest_put(out, root) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(out, '\n');
}

int checkpoint_sign(struct bytes *out, uint64_t size, const struct digest *root,
		    const struct vkey *key, const uint8_t secret[VKEY_SECRET_BYTES])
{
	struct bytes text = BYTES_INIT, line = BYTES_INIT;
	int result = checkpoint_put(&text, key->name, size, root);

	if (result == 0)
		result = note_sign(&line, (const char *)text.data, text.size, key, secret);
	if (result == 0 && (bytes_reserve(out, text.size + 1 + line.size) != 0 ||
			    bytes_append(out, text.data, text.size) != 0 ||
			    bytes_append_byte(out, '\n') != 0 ||
			    bytes_append(out, line.data, line.size) != 0))
		result = TACIT_E_MEMORY;
	bytes_free(&text);
	bytes_free(&line);
	return result;
}

bool checkpoint_is_of(const struct checkpoint *checkpoint, const char *origin)
{
	return checkpoint->origin_size == strlen(origin) &&
	       memcmp(checkpoint->origin, origin, checkpoint->origin_size) == 0;
}

int checkpoint_open(const char *data, size_t size, const struct vkey *key,
		    struct checkpoint *out, struct error *error)
{
	struct checkpoint found;
	struct note_verdict verdict;
	struct note note;
	int result = note_parse(data, size, &note, error);

	if (result == 0)
		result = note_verify(&note, key, 1, &verdict, error);
	if (result == 0)
		result = checkpoint_take(note.text, note.text_size, &found, error);
	if (result != 0)
		return result;
	if (!checkpoint_is_of(&found, key->name))
		return error_set(error, TACIT_E_SIGNATURE,
				 "%s has signed a checkpoint of another log", key->name);
	*out = found;
	return 0;
}

enum checkpoint_relation checkpoint_compare(const struct checkpoint *seen,
					    const struct checkpoint *now)
{
	if (seen->origin_size != now->origin_size ||
	    memcmp(seen->origin, now->origin, seen->origin_size) != 0)
		return CHECKPOINT_OTHER;
	if (now->size != seen->size)
		return now->size > seen->size ? CHECKPOINT_NEWER : CHECKPOINT_ROLLBACK;
	return digest_equal(&seen->root, &now->root) ? CHECKPOINT_SAME : CHECKPOINT_SPLIT;
}
