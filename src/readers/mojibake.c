/* Mending of bytes that were written as characters; see mojibake.h. */
#include "mojibake.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of "\uXXXX" at the text, or -1. */
static int escaped(const char *text, size_t size)
{
	int value = 0, i;

	if (size < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		if (digit(text[i]) < 0)
			return -1;
		value = value * 16 + digit(text[i]);
	}
	return value;
}

/*
 * The character at the text as a byte; how many bytes it takes there, 0 where it is above U+00FF.
 * *byte is -1 for what is plain ASCII and stays as it is written, escapes and all.
 */
static size_t one(const char *text, size_t size, int *byte)
{
	unsigned char c = (unsigned char)*text;
	int unit = escaped(text, size);

	*byte = -1;
	if (unit >= 0x80) {
		*byte = unit;
		return unit > 0xff ? 0 : 6;
	}
	if (unit >= 0)
		return 6;
	if (c == '\\')
		return size < 2 ? 1 : 2;
	if (c < 0x80)
		return 1;
	if ((c != 0xc2 && c != 0xc3) || size < 2 || ((unsigned char)text[1] & 0xc0) != 0x80)
		return 0;
	*byte = (c & 3) << 6 | ((unsigned char)text[1] & 0x3f);
	return 2;
}

/* How many bytes the UTF-8 character that begins with this byte has; 0: none begins so. */
static int length(int byte)
{
	return byte >= 0xc2 && byte <= 0xdf ? 2 : byte >= 0xe0 && byte <= 0xef ? 3 :
	       byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/* Whether all of a string (without its quotes) is such bytes. */
static bool broken(const char *text, size_t size)
{
	char character[4];
	bool any = false;
	size_t at, step;
	int byte, have = 0, need = 0;

	for (at = 0; at < size; at += step) {
		step = one(text + at, size - at, &byte);
		if (step == 0 || (byte < 0 && need > 0))
			return false;
		if (byte < 0)
			continue;
		if (need == 0)
			need = length(byte);
		if (need == 0)
			return false;
		character[have++] = (char)byte;
		if (have == need) {
			if (!text_valid(character, (size_t)have))
				return false;
			any = true;
			have = need = 0;
		}
	}
	return any && need == 0;
}

/* Writes the bytes as they are; what is behind the closing quote becomes blanks. */
static void mend(char *text, size_t size)
{
	size_t from, step, to = 0;
	int byte;

	for (from = 0; from < size; from += step) {
		step = one(text + from, size - from, &byte);
		if (byte >= 0) {
			text[to++] = (char)byte;
		} else {
			memmove(text + to, text + from, step);
			to += step;
		}
	}
	if (to < size) {
		text[to] = '"';
		memset(text + to + 1, ' ', size - to);
	}
}

void mojibake_mend(char *json, size_t size)
{
	size_t at = 0, end;

	for (;;) {
		char *quote = at < size ? memchr(json + at, '"', size - at) : NULL;

		if (quote == NULL)
			return;
		at = (size_t)(quote - json) + 1;
		for (end = at; end < size && json[end] != '"'; end++)
			if (json[end] == '\\' && end + 1 < size)
				end++;
		if (end >= size)
			return;
		if (broken(json + at, end - at))
			mend(json + at, end - at);
		at = end + 1;
	}
}
