/* Reading and decoding; see input.h. */
#include "input.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"

/* The window grows by this; the encoding is judged by as much text as it holds. */
#define STEP (256 * 1024)

int input_read_memory(void *context, void *out, size_t size, size_t *got)
{
	struct input_memory *memory = context;

	*got = memory->size - memory->at;
	if (*got > size)
		*got = size;
	if (*got > 0)
		memcpy(out, memory->data + memory->at, *got);
	memory->at += *got;
	return 0;
}

/* Reads until `raw` holds STEP bytes or the file ends. */
static int fill(struct input *input)
{
	size_t got;
	int result;

	if (bytes_reserve(&input->raw, STEP) != 0)
		return error_memory(input->error);
	while (input->raw.size < STEP && !input->ended) {
		result = input->from.read(input->from.context, input->raw.data + input->raw.size,
					  STEP - input->raw.size, &got);
		if (result != 0)
			return result;
		assert(got <= STEP - input->raw.size);
		input->raw.size += got;
		input->ended = got == 0;
	}
	return 0;
}

static void drop_raw(struct input *input, size_t size)
{
	memmove(input->raw.data, input->raw.data + size, input->raw.size - size);
	input->raw.size -= size;
}

/* Size of the well-formed character at p, 0 when there is none, -1 when it may go on behind. */
static int character(const uint8_t *p, size_t size)
{
	uint8_t low = 0x80, high = 0xbf;
	int length, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	for (i = 1; i < length; i++) {
		if ((size_t)i >= size)
			return -1;
		if (p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return length;
}

/* Looks through raw text that is said to be UTF-8: *whole is its size without a character that
 * is cut at the end; returns false when some byte is no UTF-8. */
static bool look(struct input *input, size_t *whole)
{
	const uint8_t *p = input->raw.data;
	size_t size = input->raw.size, i = 0;
	bool good = true;
	uint64_t word;

	while (i < size) {
		int length;

		if (i + 8 <= size) {
			memcpy(&word, p + i, 8);
			if ((word & 0x8080808080808080ULL) == 0) {
				i += 8;
				continue;
			}
		}
		length = character(p + i, size - i);
		if (length < 0 && !input->ended)
			break;
		if (length > 1)
			input->any_utf8 = true;
		if (length <= 0)
			good = false;
		i += length > 0 ? (size_t)length : 1;
	}
	*whole = i;
	return good;
}

static uint8_t *put_character(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (uint8_t)c;
	} else if (c < 0x800) {
		*out++ = (uint8_t)(0xc0 | c >> 6);
		*out++ = (uint8_t)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (uint8_t)(0xe0 | c >> 12);
		*out++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		*out++ = (uint8_t)(0x80 | (c & 0x3f));
	} else {
		*out++ = (uint8_t)(0xf0 | c >> 18);
		*out++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		*out++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		*out++ = (uint8_t)(0x80 | (c & 0x3f));
	}
	return out;
}

/* Windows-1252, 0x80..0x9f; 0 where nothing is defined. */
static const uint16_t windows[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static int decode_windows(struct input *input)
{
	uint8_t *out;
	size_t i;

	if (bytes_reserve(&input->text, input->raw.size * 3) != 0)
		return error_memory(input->error);
	out = input->text.data + input->text.size;
	for (i = 0; i < input->raw.size; i++) {
		uint32_t c = input->raw.data[i];

		if (c >= 0x80 && c < 0xa0)
			c = windows[c - 0x80] != 0 ? windows[c - 0x80] : 0xfffd;
		out = put_character(out, c);
	}
	input->text.size = (size_t)(out - input->text.data);
	input->raw.size = 0;
	return 0;
}

static int decode_utf16(struct input *input)
{
	const uint8_t *p = input->raw.data;
	int high = input->encoding == INPUT_UTF16_BE ? 0 : 1;
	size_t i = 0, size = input->raw.size;
	uint8_t *out;

	if (bytes_reserve(&input->text, size * 2 + 4) != 0)
		return error_memory(input->error);
	out = input->text.data + input->text.size;
	while (i + 2 <= size) {
		uint32_t c = (uint32_t)p[i + (size_t)high] << 8 | p[i + 1 - (size_t)high];

		if (c >= 0xd800 && c < 0xdc00) {
			uint32_t low = 0;

			if (i + 4 > size && !input->ended)
				break;
			if (i + 4 <= size)
				low = (uint32_t)p[i + 2 + (size_t)high] << 8 |
				      p[i + 3 - (size_t)high];
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (c >= 0xd800 && c < 0xe000)
			c = 0xfffd;	/* half a pair */
		out = put_character(out, c);
		i += 2;
	}
	input->text.size = (size_t)(out - input->text.data);
	if (input->ended)
		i = size;	/* a half unit at the very end is no text */
	drop_raw(input, i);
	return 0;
}

static int decode_utf8(struct input *input)
{
	size_t whole;

	if (!look(input, &whole)) {
		if (!input->any_utf8 && !input->bad_utf8) {
			input->encoding = INPUT_WINDOWS_1252;
			return decode_windows(input);
		}
		input->bad_utf8 = true;
	}
	if (bytes_append(&input->text, input->raw.data, whole) != 0)
		return error_memory(input->error);
	drop_raw(input, whole);
	return 0;
}

static int take_bytes(struct input *input)
{
	if (bytes_append(&input->text, input->raw.data, input->raw.size) != 0)
		return error_memory(input->error);
	input->raw.size = 0;
	return 0;
}

int input_more(struct input *input, bool *more)
{
	size_t before;
	int result;

	if (input->at > 0) {
		memmove(input->text.data, input->text.data + input->at, input_size(input));
		input->text.size -= input->at;
		input->at = 0;
		input->text.data[input->text.size] = 0;
	}
	before = input->text.size;
	do {
		result = fill(input);
		if (result != 0)
			return result;
		if (input->encoding == INPUT_UTF8)
			result = decode_utf8(input);
		else if (input->encoding == INPUT_WINDOWS_1252)
			result = decode_windows(input);
		else if (input->encoding == INPUT_BYTES)
			result = take_bytes(input);
		else
			result = decode_utf16(input);
		if (result != 0)
			return result;
	} while (input->text.size == before && !input->ended);
	input->text.data[input->text.size] = 0;
	*more = input->text.size > before;
	return 0;
}

int input_open(struct input *input, const struct input_from *from, struct error *error)
{
	const uint8_t *p;
	int result;

	memset(input, 0, sizeof(*input));
	input->from = *from;
	input->error = error;
	if (bytes_reserve(&input->text, STEP) != 0)
		return error_memory(error);
	result = fill(input);
	if (result != 0)
		return result;
	p = input->raw.data;
	if (input->raw.size >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
		input->any_utf8 = true;
		drop_raw(input, 3);
	} else if (input->raw.size >= 2 && p[0] == 0xff && p[1] == 0xfe) {
		input->encoding = INPUT_UTF16_LE;
		drop_raw(input, 2);
	} else if (input->raw.size >= 2 && p[0] == 0xfe && p[1] == 0xff) {
		input->encoding = INPUT_UTF16_BE;
		drop_raw(input, 2);
	} else if (input->raw.size >= 16 && memcmp(p, "SQLite format 3", 16) == 0) {
		input->encoding = INPUT_BYTES;
		input->bad_utf8 = true;		/* whoever takes it for text is to check it */
	}
	return 0;
}

void input_close(struct input *input)
{
	bytes_free(&input->raw);
	bytes_free(&input->text);
}

const uint8_t *input_head(const struct input *input, size_t *size)
{
	*size = input->raw.size;
	return input->raw.data;
}

const char *input_encoding_name(const struct input *input)
{
	switch (input->encoding) {
	case INPUT_UTF16_LE:
	case INPUT_UTF16_BE:
		return "UTF-16";
	case INPUT_WINDOWS_1252:
		return "Windows-1252";
	default:
		return NULL;
	}
}
