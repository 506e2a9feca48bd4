/* Lines and numbers of the log's text formats, read strictly: there is one way to write a thing. */
#ifndef TACIT_LEDGER_LINES_H
#define TACIT_LEDGER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct lines {
	const char *at, *end;
};

/* The next line without its newline; false at the end, or where the last line has no newline. */
bool lines_next(struct lines *lines, const char **line, size_t *size);
/* Whether the line is `text` and nothing else. */
bool lines_equal(const char *line, size_t size, const char *text);
/* Steps over `prefix`; false, and nothing changed, where the line begins otherwise. */
bool lines_skip(const char **line, size_t *size, const char *prefix);
/* A decimal number below 2^63: digits only, no leading zeros. */
bool lines_decimal(const char *text, size_t size, uint64_t *out);
/* Appends it. */
int lines_put_decimal(struct bytes *out, uint64_t value);

#endif
