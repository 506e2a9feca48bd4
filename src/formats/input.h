/*
 * The bytes of one file as a window of UTF-8 text that moves forward. A mark at the start (UTF-8,
 * UTF-16 little or big endian) is honoured and dropped. Bytes that are not UTF-8 are taken as
 * Windows-1252 when the text around them has no well-formed multi-byte UTF-8 at all; otherwise
 * they stay as they are, and the rows that hold them are skipped where they are emitted.
 *
 * The walkers (csv, objects) work in the window itself: text.data + at .. text.data + text.size.
 */
#ifndef TACIT_FORMATS_INPUT_H
#define TACIT_FORMATS_INPUT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

/* Where bytes come from: up to `size` of them into `out`; *got 0 at the end. Returns 0 or a
 * negative TACIT_E_* with the sentence set. */
struct input_from {
	int (*read)(void *context, void *out, size_t size, size_t *got);
	void *context;
};

enum input_encoding {
	INPUT_UTF8,
	INPUT_UTF16_LE,
	INPUT_UTF16_BE,
	INPUT_WINDOWS_1252,
	INPUT_BYTES		/* no text but a database of SQLite: nothing is decoded */
};

struct input {
	struct input_from from;
	struct error *error;
	struct bytes raw;	/* read, not yet decoded */
	struct bytes text;	/* decoded; the window begins at `at` */
	size_t at;
	enum input_encoding encoding;
	bool any_utf8;		/* well-formed multi-byte UTF-8 was seen */
	bool bad_utf8;		/* bytes were left alone that are no UTF-8 */
	bool ended;		/* everything is in the window */
};

/* The first bytes are read and the encoding is known afterwards. */
int input_open(struct input *input, const struct input_from *from, struct error *error);
void input_close(struct input *input);

/* Drops what lies before `at` and makes the window longer. *more is false when nothing is left.
 * Moves the window: pointers into it are stale. */
int input_more(struct input *input, bool *more);

static inline const char *input_text(const struct input *input)
{
	return (const char *)input->text.data + input->at;
}

static inline size_t input_size(const struct input *input)
{
	return input->text.size - input->at;
}

/* The raw bytes at the start of the file: valid only right after input_open. */
const uint8_t *input_head(const struct input *input, size_t *size);

/* "Windows-1252", "UTF-16" for a note; NULL for plain UTF-8. */
const char *input_encoding_name(const struct input *input);

/* A source that reads from memory: *at counts what was read. */
struct input_memory {
	const uint8_t *data;
	size_t size, at;
};
int input_read_memory(void *context, void *out, size_t size, size_t *got);

#endif
