/* Lines and numbers of the log's text formats. */
#include "lines.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool lines_next(struct lines *lines, const char **line, size_t *size)
{
	const char *newline;

	assert(lines->at <= lines->end);
	if (lines->at == lines->end)
		return false;
	newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	if (newline == NULL)
		return false;
	*line = lines->at;
	*size = (size_t)(newline - lines->at);
	lines->at = newline + 1;
	return true;
}

bool lines_equal(const char *line, size_t size, const char *text)
{
	return size == strlen(text) && memcmp(line, text, size) == 0;
}

bool lines_skip(const char **line, size_t *size, const char *prefix)
{
	size_t length = strlen(prefix);

	if (*size < length || memcmp(*line, prefix, length) != 0)
		return false;
	*line += length;
	*size -= length;
	return true;
}

bool lines_decimal(const char *text, size_t size, uint64_t *out)
{
	uint64_t value = 0;
	size_t i;

	/* 2^63 - 1 has 19 digits, and no number of 19 digits leaves 64 bits. */
	if (size == 0 || size > 19 || (size > 1 && text[0] == '0'))
		return false;
	for (i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	if (value > INT64_MAX)
		return false;
	*out = value;
	return true;
}

int lines_put_decimal(struct bytes *out, uint64_t value)
{
	char text[24];
	int size = snprintf(text, sizeof(text), "%" PRIu64, value);

	assert(size > 0 && (size_t)size < sizeof(text));
	return bytes_append(out, text, (size_t)size);
}
