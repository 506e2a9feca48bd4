/* Timestamped cosignatures of checkpoints. */
#include "cosignature.h"

#include "ledger/lines.h"
#include "ledger/note.h"
#include "tacit.h"

static int put_message(struct bytes *out, uint64_t time, const char *text, size_t size)
{
	if (bytes_append_text(out, "cosignature/v1\ntime ") != 0 ||
	    lines_put_decimal(out, time) != 0 || bytes_append_byte(out, '\n') != 0)
		return TACIT_E_MEMORY;
	return bytes_append(out, text, size);
}

int cosignature_sign(struct bytes *out, const char *text, size_t size, uint64_t time,
		     const struct vkey *key, const uint8_t secret[VKEY_SECRET_BYTES])
{
	struct bytes message = BYTES_INIT;
	uint8_t raw[COSIGNATURE_BYTES];
	int i, result;

	if (key->type != VKEY_COSIGNATURE || time > INT64_MAX || !note_text_valid(text, size))
		return TACIT_E_ARGUMENT;
	for (i = 0; i < 8; i++)
		raw[i] = (uint8_t)(time >> (56 - 8 * i));
	result = put_message(&message, time, text, size);
	if (result == 0) {
		vkey_sign(secret, message.data, message.size, raw + 8);
		result = note_put_line(out, key, raw, sizeof(raw));
	}
	bytes_free(&message);
	return result;
}

bool cosignature_verify(const struct vkey *key, const char *text, size_t size,
			const uint8_t raw[COSIGNATURE_BYTES], uint64_t *time)
{
	struct bytes message = BYTES_INIT;
	uint64_t at = 0;
	bool good;
	int i;

	for (i = 0; i < 8; i++)
		at = at << 8 | raw[i];
	if (at > INT64_MAX)
		return false;
	/* Out of memory is no signature either. */
	good = put_message(&message, at, text, size) == 0 &&
	       vkey_verify(key, message.data, message.size, raw + 8);
	bytes_free(&message);
	if (good)
		*time = at;
	return good;
}
