/*
 * Signed notes (C2SP signed-note): a text that ends in a newline, an empty line, and signature
 * lines "— NAME BASE64", the base64 that of a four-byte key ID and the signature.
 */
#ifndef TACIT_LEDGER_NOTE_H
#define TACIT_LEDGER_NOTE_H

#include "base/error.h"
#include "ledger/vkey.h"

struct note_line {
	const char *line;	/* the whole line with its newline */
	size_t line_size;
	const char *name;
	size_t name_size;
	const char *base64;	/* known to be right, of the ID and at least one byte more */
	size_t base64_size;
	uint32_t id;
};

struct note {
	const char *text;	/* with its last newline, without the empty line */
	size_t text_size;
	size_t count;		/* at least one */
	struct note_line line[LIMIT_NOTE_SIGNATURES];
};

/* What a known key said about a note. */
struct note_verdict {
	bool signed_it;
	uint64_t time;		/* of a cosignature, the latest; seconds since 1970 */
};

/* Parses a note whole; pointers are into `data`. TACIT_E_FORMAT or TACIT_E_LIMIT. */
int note_parse(const char *data, size_t size, struct note *out, struct error *error);
/*
 * Verifies the lines of known keys and ignores all others. TACIT_E_SIGNATURE where a known key's
 * signature is wrong, whatever the others are, or where no line is of a known key. verdict[i] is
 * about key[i].
 */
int note_verify(const struct note *note, const struct vkey *key, size_t count,
		struct note_verdict *verdict, struct error *error);
/* Whether the text can be signed: UTF-8, no control characters but newlines, ends in one. */
bool note_text_valid(const char *text, size_t size);
/* Appends the signature line of an Ed25519 key over the text. */
int note_sign(struct bytes *out, const char *text, size_t size, const struct vkey *key,
	      const uint8_t secret[VKEY_SECRET_BYTES]);
/* Appends a signature line of any kind of key. */
int note_put_line(struct bytes *out, const struct vkey *key, const void *signature, size_t size);

#endif
