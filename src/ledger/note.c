/* Signed notes: parsing, verifying, signing. */
#include "note.h"

#include <assert.h>

#include "base/text.h"
#include "ledger/cosignature.h"
#include "ledger/digest.h"
#include "ledger/lines.h"

#define DASH "\xe2\x80\x94 "	/* em dash, space */

static bool plain(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			return false;
	return text_valid(text, size);
}

bool note_text_valid(const char *text, size_t size)
{
	return size > 0 && text[size - 1] == '\n' && plain(text, size);
}

/* "— NAME BASE64" without its newline. */
static bool take_line(const char *line, size_t size, struct note_line *out)
{
	uint8_t raw[LIMIT_NOTE_SIGNATURE_BYTES];
	const char *space;
	size_t used;

	out->line = line;
	out->line_size = size + 1;
	if (!lines_skip(&line, &size, DASH))
		return false;
	space = memchr(line, ' ', size);
	if (space == NULL)
		return false;
	out->name = line;
	out->name_size = (size_t)(space - line);
	out->base64 = space + 1;
	out->base64_size = size - out->name_size - 1;
	if (!vkey_name_valid(out->name, out->name_size) ||
	    !digest_take_base64(out->base64, out->base64_size, raw, sizeof(raw), &used) ||
	    used < 5)
		return false;
	out->id = (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
	return true;
}

int note_parse(const char *data, size_t size, struct note *out, struct error *error)
{
	struct lines lines;
	const char *line;
	size_t i, line_size;

	if (size > LIMIT_NOTE_BYTES)
		return error_set(error, TACIT_E_LIMIT, "a signed note of %zu bytes is above %d",
				 size, LIMIT_NOTE_BYTES);
	if (!note_text_valid(data, size))
		return error_set(error, TACIT_E_FORMAT,
				 "a signed note is UTF-8 text without control characters that "
				 "ends in a newline; this is not");
	/* The last empty line parts the text from the signatures. */
	for (i = size - 1; i > 0; i--)
		if (data[i] == '\n' && data[i - 1] == '\n')
			break;
	if (i == 0)
		return error_set(error, TACIT_E_FORMAT,
				 "a signed note has an empty line before its signatures");
	out->text = data;
	out->text_size = i;
	out->count = 0;
	lines.at = data + i + 1;
	lines.end = data + size;
	while (lines_next(&lines, &line, &line_size)) {
		if (out->count == LIMIT_NOTE_SIGNATURES)
			return error_set(error, TACIT_E_LIMIT, "more than %d signatures of a note",
					 LIMIT_NOTE_SIGNATURES);
		if (!take_line(line, line_size, &out->line[out->count]))
			return error_set(error, TACIT_E_FORMAT,
					 "signature line %zu of a note is broken", out->count + 1);
		out->count++;
	}
	assert(lines.at == lines.end);
	if (out->count == 0)
		return error_set(error, TACIT_E_FORMAT, "a signed note without a signature");
	assert(out->text_size > 0 && out->text[out->text_size - 1] == '\n');
	return 0;
}

static bool line_of(const struct note_line *line, const struct vkey *key)
{
	return line->id == key->id && line->name_size == strlen(key->name) &&
	       memcmp(line->name, key->name, line->name_size) == 0;
}

static bool verify_line(const struct note *note, const struct note_line *line,
			const struct vkey *key, uint64_t *time)
{
	uint8_t raw[4 + COSIGNATURE_BYTES];
	size_t size;

	*time = 0;
	if (!digest_take_base64(line->base64, line->base64_size, raw, sizeof(raw), &size))
		return false;
	if (key->type == VKEY_COSIGNATURE)
		return size == 4 + COSIGNATURE_BYTES &&
		       cosignature_verify(key, note->text, note->text_size, raw + 4, time);
	return key->type == VKEY_ED25519 && size == 4 + VKEY_SIGNATURE_BYTES &&
	       vkey_verify(key, note->text, note->text_size, raw + 4);
}

int note_verify(const struct note *note, const struct vkey *key, size_t count,
		struct note_verdict *verdict, struct error *error)
{
	bool any = false;
	size_t i, k;
	uint64_t time;

	for (k = 0; k < count; k++)
		verdict[k] = (struct note_verdict){ false, 0 };
	for (i = 0; i < note->count; i++) {
		for (k = 0; k < count; k++) {
			if (!line_of(&note->line[i], &key[k]))
				continue;
			if (!verify_line(note, &note->line[i], &key[k], &time))
				return error_set(error, TACIT_E_SIGNATURE,
						 "the signature of %s is wrong", key[k].name);
			verdict[k].signed_it = any = true;
			if (time > verdict[k].time)
				verdict[k].time = time;
		}
	}
	if (!any)
		return error_set(error, TACIT_E_SIGNATURE, "no known key has signed this");
	return 0;
}

int note_put_line(struct bytes *out, const struct vkey *key, const void *signature, size_t size)
{
	uint8_t raw[4 + COSIGNATURE_BYTES];

	assert(size <= COSIGNATURE_BYTES);
	raw[0] = (uint8_t)(key->id >> 24);
	raw[1] = (uint8_t)(key->id >> 16);
	raw[2] = (uint8_t)(key->id >> 8);
	raw[3] = (uint8_t)key->id;
	memcpy(raw + 4, signature, size);
	if (bytes_append_text(out, DASH) != 0 || bytes_append_text(out, key->name) != 0 ||
	    bytes_append_byte(out, ' ') != 0 || digest_put_base64(out, raw, 4 + size) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(out, '\n');
}

int note_sign(struct bytes *out, const char *text, size_t size, const struct vkey *key,
	      const uint8_t secret[VKEY_SECRET_BYTES])
{
	uint8_t signature[VKEY_SIGNATURE_BYTES];

	if (key->type != VKEY_ED25519 || !note_text_valid(text, size))
		return TACIT_E_ARGUMENT;
	vkey_sign(secret, text, size, signature);
	return note_put_line(out, key, signature, sizeof(signature));
}
