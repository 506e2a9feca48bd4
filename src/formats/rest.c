/* Building and checking the JSON object of an act's `rest`. */
#include "rest.h"

#include <string.h>

#include "base/limits.h"
#include "formats/message.h"

void rest_begin(struct bytes *out)
{
	bytes_clear(out);
	bytes_append_byte(out, '{');
}

#define ONES 0x0101010101010101ULL

/* Whether some byte of eight is a quote, a backslash, a control character or DEL. */
static inline bool special(uint64_t word)
{
	uint64_t quotes = word ^ ONES * '"', slashes = word ^ ONES * '\\';
	uint64_t deletes = word ^ ONES * 0x7f;

	return ((((word - ONES * 0x20) & ~word) | ((quotes - ONES) & ~quotes) |
		 ((slashes - ONES) & ~slashes) | ((deletes - ONES) & ~deletes)) &
		ONES * 0x80) != 0;
}

/* Writes the text in quotes at `at`, which has room for 6 * size + 2 bytes. */
static uint8_t *quote(uint8_t *at, const char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t word;
	size_t i = 0;

	*at++ = '"';
	while (i < size) {
		unsigned char c;

		if (size - i >= 8) {
			memcpy(&word, text + i, 8);
			if (!special(word)) {
				memcpy(at, &word, 8);
				at += 8;
				i += 8;
				continue;
			}
		}
		c = (unsigned char)text[i++];
		if (c == '"' || c == '\\') {
			*at++ = '\\';
			*at++ = c;
		} else if (c < 0x20 || c == 0x7f) {
			memcpy(at, "\\u00", 4);
			at[4] = (uint8_t)digits[c >> 4];
			at[5] = (uint8_t)digits[c & 15];
			at += 6;
		} else {
			*at++ = c;
		}
	}
	*at++ = '"';
	return at;
}

void rest_put_key(struct bytes *out, struct act_text key, struct act_text value)
{
	uint8_t *at;
	size_t need = 6 * ((size_t)key.size + value.size) + 6;

	if (value.size == 0 || key.size == 0 || out->size == 0 ||
	    out->size + need + 1 > LIMIT_REST_BYTES)
		return;
	if (!message_text_good(key.data, key.size) || !message_text_good(value.data, value.size) ||
	    bytes_reserve(out, need) != 0)
		return;
	at = out->data + out->size;
	if (out->size > 1)
		*at++ = ',';
	at = quote(at, key.data, key.size);
	*at++ = ':';
	at = quote(at, value.data, value.size);
	out->size = (size_t)(at - out->data);
}

void rest_put(struct bytes *out, const char *key, struct act_text value)
{
	struct act_text name = { key, (uint32_t)strlen(key) };

	rest_put_key(out, name, value);
}

struct act_text rest_end(struct bytes *out)
{
	struct act_text text = { NULL, 0 };

	if (out->size <= 1 || bytes_append_byte(out, '}') != 0)
		return text;
	text.data = (const char *)out->data;
	text.size = (uint32_t)out->size;
	return text;
}

/* A cursor over the text being checked. */
struct check {
	const char *at, *end;
};

static bool see(struct check *check, char c)
{
	if (check->at == check->end || *check->at != c)
		return false;
	check->at++;
	return true;
}

static void blanks(struct check *check)
{
	while (check->at < check->end && (*check->at == ' ' || *check->at == '\t' ||
					  *check->at == '\n' || *check->at == '\r'))
		check->at++;
}

static bool hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool string(struct check *check)
{
	int i;

	if (!see(check, '"'))
		return false;
	while (check->at < check->end) {
		unsigned char c = (unsigned char)*check->at++;

		if (c == '"')
			return true;
		if (c < 0x20)
			return false;
		if (c != '\\')
			continue;
		if (check->at == check->end)
			return false;
		c = (unsigned char)*check->at++;
		if (c == 'u') {
			for (i = 0; i < 4; i++)
				if (check->at == check->end || !hex(*check->at++))
					return false;
		} else if (strchr("\"\\/bfnrt", c) == NULL || c == 0) {
			return false;
		}
	}
	return false;
}

static bool digit_run(struct check *check)
{
	const char *from = check->at;

	while (check->at < check->end && *check->at >= '0' && *check->at <= '9')
		check->at++;
	return check->at > from;
}

static bool number(struct check *check)
{
	see(check, '-');
	if (!see(check, '0') && !digit_run(check))
		return false;
	if (see(check, '.') && !digit_run(check))
		return false;
	if (see(check, 'e') || see(check, 'E')) {
		if (!see(check, '+'))
			see(check, '-');
		return digit_run(check);
	}
	return true;
}

static bool word(struct check *check, const char *expected)
{
	size_t size = strlen(expected);

	if ((size_t)(check->end - check->at) < size || memcmp(check->at, expected, size) != 0)
		return false;
	check->at += size;
	return true;
}

static bool value(struct check *check, int depth);

/* The members of an object or array up to its closing bracket. */
static bool members(struct check *check, char close, int depth)
{
	blanks(check);
	if (see(check, close))
		return true;
	do {
		blanks(check);
		if (close == '}') {
			if (!string(check))
				return false;
			blanks(check);
			if (!see(check, ':'))
				return false;
		}
		if (!value(check, depth))
			return false;
		blanks(check);
	} while (see(check, ','));
	return see(check, close);
}

static bool value(struct check *check, int depth)
{
	blanks(check);
	if (check->at == check->end || depth > LIMIT_JSON_DEPTH)
		return false;
	switch (*check->at) {
	case '{':
		check->at++;
		return members(check, '}', depth + 1);
	case '[':
		check->at++;
		return members(check, ']', depth + 1);
	case '"':
		return string(check);
	case 't':
		return word(check, "true");
	case 'f':
		return word(check, "false");
	case 'n':
		return word(check, "null");
	default:
		return number(check);
	}
}

bool rest_valid(const char *text, size_t size)
{
	struct check check = { text, text + size };

	return size >= 2 && text[0] == '{' && value(&check, 1) && check.at == check.end;
}
