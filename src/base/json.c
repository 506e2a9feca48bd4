/* The JSON writer. Failure (memory) is remembered and reported once. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>

#include "text.h"

static void put(struct json *json, const char *text, size_t size)
{
	if (bytes_append(&json->out, text, size) != 0)
		json->failed = true;
}

static void before_value(struct json *json)
{
	if (json->need_comma)
		put(json, ",", 1);
	json->need_comma = true;
}

void json_object(struct json *json)
{
	before_value(json);
	put(json, "{", 1);
	json->need_comma = false;
	json->depth++;
}

void json_object_end(struct json *json)
{
	put(json, "}", 1);
	json->need_comma = true;
	json->depth--;
}

void json_array(struct json *json)
{
	before_value(json);
	put(json, "[", 1);
	json->need_comma = false;
	json->depth++;
}

void json_array_end(struct json *json)
{
	put(json, "]", 1);
	json->need_comma = true;
	json->depth--;
}

/* One character of well-formed UTF-8, or one bad byte. */
static void put_escaped(struct json *json, const char *text, size_t size)
{
	unsigned char c = (unsigned char)text[0];
	char escape[8];

	if (c == '"' || c == '\\') {
		escape[0] = '\\';
		escape[1] = (char)c;
		put(json, escape, 2);
	} else if (c < 0x20 || c == 0x7f) {
		snprintf(escape, sizeof(escape), "\\u%04x", c);
		put(json, escape, 6);
	} else {
		put(json, text, size);
	}
}

void json_text(struct json *json, const char *text, size_t size)
{
	size_t i = 0;

	before_value(json);
	put(json, "\"", 1);
	while (i < size) {
		unsigned char c = (unsigned char)text[i];
		size_t length = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (length > size - i || !text_valid(text + i, length)) {
			put(json, "\xef\xbf\xbd", 3);
			length = 1;
		} else {
			put_escaped(json, text + i, length);
		}
		i += length;
	}
	put(json, "\"", 1);
}

void json_string(struct json *json, const char *text)
{
	json_text(json, text, strlen(text));
}

void json_key(struct json *json, const char *key)
{
	json_string(json, key);
	put(json, ":", 1);
	json->need_comma = false;
}

void json_int(struct json *json, int64_t value)
{
	char digits[24];

	before_value(json);
	put(json, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value));
}

void json_decimal(struct json *json, int64_t value, int places)
{
	char digits[48];
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint64_t unit = 1;
	int i;

	for (i = 0; i < places; i++)
		unit *= 10;
	before_value(json);
	if (places == 0)
		snprintf(digits, sizeof(digits), "%s%" PRIu64, value < 0 ? "-" : "", size);
	else
		snprintf(digits, sizeof(digits), "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "",
			 size / unit, places, size % unit);
	put(json, digits, strlen(digits));
}

void json_bool(struct json *json, bool value)
{
	before_value(json);
	put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json)
{
	before_value(json);
	put(json, "null", 4);
}

void json_raw(struct json *json, const char *text, size_t size)
{
	before_value(json);
	put(json, text, size);
}

void json_put_string(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_string(json, text);
}

void json_put_int(struct json *json, const char *key, int64_t value)
{
	json_key(json, key);
	json_int(json, value);
}
