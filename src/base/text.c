/*
 * UTF-8 text: decoding, and text made safe and fitted for a terminal. Folding is in text_fold.c.
 * Titles come from files that anybody may have written, so nothing here trusts its bytes.
 */
#include "text.h"

#include <string.h>
#include <uniwidth.h>

#define HIGH_BITS 0x8080808080808080ULL

static bool continues(const uint8_t *p, size_t count)
{
	size_t i;

	for (i = 1; i <= count; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t text_decode(const char *text, size_t size, uint32_t *character)
{
	const uint8_t *p = (const uint8_t *)text;
	uint32_t c;

	if (size == 0)
		return 0;
	if (p[0] < 0x80) {
		*character = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf && size >= 2 && continues(p, 1)) {
		*character = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
		return 2;
	}
	if (p[0] >= 0xe0 && p[0] <= 0xef && size >= 3 && continues(p, 2)) {
		c = (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))
			return 0;
		*character = c;
		return 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4 && size >= 4 && continues(p, 3)) {
		c = (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
		    (p[3] & 0x3fu);
		if (c < 0x10000 || c > 0x10ffff)
			return 0;
		*character = c;
		return 4;
	}
	return 0;
}

bool text_valid(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size) {
		uint64_t eight;
		uint32_t character;
		size_t length;

		if (size - i >= 8) {	/* most text is ASCII: eight bytes at a step */
			memcpy(&eight, text + i, 8);
			if ((eight & HIGH_BITS) == 0) {
				i += 8;
				continue;
			}
		}
		length = text_decode(text + i, size - i, &character);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

size_t text_cut(const char *text, size_t size, size_t max)
{
	size_t end = max;

	if (size <= max)
		return size;
	while (end > 0 && max - end < 3 && ((uint8_t)text[end] & 0xc0) == 0x80)
		end--;
	/* Four continuation bytes in a row are no character: cut anywhere. */
	return ((uint8_t)text[end] & 0xc0) == 0x80 ? max : end;
}

/* Characters that move the cursor, hide text or turn its direction. */
static bool steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e ||
	       c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t columns_of(uint32_t character)
{
	int width;

	if (character < 0x7f)
		return character >= 0x20;
	width = uc_width(character, "UTF-8");
	return width > 0 ? (size_t)width : 0;
}

size_t text_width(const char *text, size_t size)
{
	size_t i = 0, columns = 0;

	while (i < size) {
		uint32_t character = '?';
		size_t length = text_decode(text + i, size - i, &character);

		columns += columns_of(character);
		i += length == 0 ? 1 : length;
	}
	return columns;
}

/* One character made safe: what to print, its size and its columns; returns the bytes consumed. */
static size_t safe_step(const char *text, size_t size, const char **print, size_t *bytes,
			size_t *columns)
{
	uint32_t character;
	size_t length = text_decode(text, size, &character);

	if (length == 0 || steers(character)) {
		*print = "?";
		*bytes = 1;
		*columns = 1;
		return length == 0 ? 1 : length;
	}
	*print = text;
	*bytes = length;
	*columns = columns_of(character);
	return length;
}

/* Columns of the text as safe_step prints it; stops counting above `enough`. */
static size_t safe_width(const char *text, size_t size, size_t enough)
{
	size_t i = 0, total = 0;

	while (i < size && total <= enough) {
		const char *print;
		size_t bytes, columns;

		i += safe_step(text + i, size - i, &print, &bytes, &columns);
		total += columns;
	}
	return total;
}

size_t text_fit(const char *text, size_t size, size_t columns, char *out, size_t max)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	bool cut = safe_width(text, size, columns) > columns;
	size_t room = cut && columns > 0 ? columns - 1 : columns;
	size_t i = 0, used = 0, at = 0;

	while (i < size) {
		const char *print;
		size_t bytes, wide;

		i += safe_step(text + i, size - i, &print, &bytes, &wide);
		if (at + wide > room || used + bytes + 1 > max)
			break;
		memcpy(out + used, print, bytes);
		used += bytes;
		at += wide;
	}
	if (cut && columns > 0 && used + sizeof(ellipsis) <= max) {
		memcpy(out + used, ellipsis, sizeof(ellipsis) - 1);
		used += sizeof(ellipsis) - 1;
		at++;
	}
	for (; at < columns && used + 1 < max; at++)
		out[used++] = ' ';
	if (max > 0)
		out[used] = 0;
	return used;
}

size_t text_safe(const char *text, size_t size, char *out, size_t max)
{
	size_t i = 0, used = 0;

	while (i < size) {
		const char *print;
		size_t bytes, columns;

		i += safe_step(text + i, size - i, &print, &bytes, &columns);
		if (used + bytes + 1 > max)
			break;
		memcpy(out + used, print, bytes);
		used += bytes;
	}
	if (max > 0)
		out[used] = 0;
	return used;
}
