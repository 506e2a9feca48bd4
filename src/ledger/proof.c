/* Proof files: reading and writing. Whether a proof holds, policy_check_proof says. */
#include "proof.h"

#include <stdlib.h>

#include "ledger/lines.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

static int bad(struct error *error, const char *what)
{
	return error_set(error, TACIT_E_FORMAT, "a proof file %s", what);
}

static bool extra_valid(const char *text, size_t size)
{
	uint8_t *raw = malloc(LIMIT_PROOF_EXTRA_BYTES);
	size_t used;
	bool valid = raw != NULL &&
		     digest_take_base64(text, size, raw, LIMIT_PROOF_EXTRA_BYTES, &used);

	free(raw);
	return valid;
}

int proof_take(const char *data, size_t size, struct proof *out, struct error *error)
{
	struct lines lines = { data, data + size };
	struct proof found;
	const char *line;
	size_t length;

	memset(&found, 0, sizeof(found));
	if (!lines_next(&lines, &line, &length) || !lines_equal(line, length, FIRST_LINE))
		return bad(error, "begins with " FIRST_LINE);
	if (!lines_next(&lines, &line, &length))
		return bad(error, "has an index line");
	if (lines_skip(&line, &length, "extra ")) {
		if (!extra_valid(line, length))
			return bad(error, "has at most 16 KiB of extra data, in base64");
		found.extra = line;
		found.extra_size = length;
		if (!lines_next(&lines, &line, &length))
			return bad(error, "has an index line");
	}
	if (!lines_skip(&line, &length, "index ") || !lines_decimal(line, length, &found.index))
		return bad(error, "has an index: a decimal number without leading zeros");
	for (;;) {
		if (!lines_next(&lines, &line, &length))
			return bad(error, "has an empty line before its checkpoint");
		if (length == 0)
			break;
		if (found.path.count == LIMIT_PROOF_HASHES)
			return bad(error, "has at most 63 hashes");
		if (!digest_take(line, length, &found.path.hash[found.path.count]))
			return bad(error, "has one hash in base64 a line");
		found.path.count++;
	}
	found.checkpoint = lines.at;
	found.checkpoint_size = (size_t)(lines.end - lines.at);
	*out = found;
	return 0;
}

static int put(struct bytes *out, const void *extra, size_t extra_size, uint64_t index,
	       const struct tree_proof *path, const void *checkpoint, size_t checkpoint_size)
{
	size_t i;
	int result = bytes_append_text(out, FIRST_LINE "\n");

	if (extra != NULL && result == 0 &&
	    (bytes_append_text(out, "extra ") != 0 ||
	     digest_put_base64(out, extra, extra_size) != 0 || bytes_append_byte(out, '\n') != 0))
		result = TACIT_E_MEMORY;
	if (result == 0 &&
	    (bytes_append_text(out, "index ") != 0 || lines_put_decimal(out, index) != 0 ||
	     bytes_append_byte(out, '\n') != 0))
		result = TACIT_E_MEMORY;
	for (i = 0; i < path->count && result == 0; i++)
		if (digest_put(out, &path->hash[i]) != 0 || bytes_append_byte(out, '\n') != 0)
			result = TACIT_E_MEMORY;
	if (result == 0)
		result = bytes_append_byte(out, '\n');
	return result != 0 ? result : bytes_append(out, checkpoint, checkpoint_size);
}

int proof_put(struct bytes *out, const void *extra, size_t extra_size, uint64_t index,
	      const struct tree_proof *path, const void *checkpoint, size_t checkpoint_size)
{
	size_t before = out->size;
	int result;

	if (index >= LIMIT_LOG_ENTRIES || path->count > LIMIT_PROOF_HASHES ||
	    extra_size > LIMIT_PROOF_EXTRA_BYTES)
		return TACIT_E_ARGUMENT;
	result = put(out, extra, extra_size, index, path, checkpoint, checkpoint_size);
	if (result != 0)
		out->size = before;
	return result;
}

int proof_extra(const struct proof *proof, struct bytes *out)
{
	size_t room = proof->extra_size / 4 * 3, used;

	if (proof->extra == NULL)
		return TACIT_E_NOT_FOUND;
	if (bytes_reserve(out, room) != 0)
		return TACIT_E_MEMORY;
	if (!digest_take_base64(proof->extra, proof->extra_size, out->data + out->size, room,
				&used))
		return TACIT_E_FORMAT;
	out->size += used;
	out->data[out->size] = 0;
	return 0;
}
