/* Tags and texts of HTML; see html.h. */
#include "html.h"

#include <string.h>

#include "base/text.h"

void html_open(struct html *html, struct input *input)
{
	html->input = input;
}

/* Gives the first `size` bytes of the window, `skip` of them at both ends not shown. */
static int give(struct html *html, size_t size, size_t skip, struct act_text *text)
{
	text->data = input_text(html->input) + skip;
	text->size = (uint32_t)(size - 2 * skip);
	html->input->at += size;
	return 0;
}

/* Text up to the next tag, or a piece of it. *more: false when there is nothing left to read. */
static size_t text_size(const char *text, size_t size, bool more)
{
	const char *tag = memchr(text + 1, '<', size - 1), *entity;
	size_t i;

	if (tag != NULL && (size_t)(tag - text) <= HTML_PART_BYTES)
		return (size_t)(tag - text);
	if (tag == NULL && size <= HTML_PART_BYTES)
		return more ? 0 : size;
	/* A piece must not end within a character or an entity. */
	i = text_cut(text, size, HTML_PART_BYTES);
	if (i < 16)
		return HTML_PART_BYTES;
	entity = memchr(text + i - 12, '&', 12);
	return entity != NULL ? (size_t)(entity - text) : i;
}

int html_next(struct html *html, enum html_part *part, struct act_text *text)
{
	bool more = true;
	int failed;

	for (;;) {
		const char *at = input_text(html->input), *end;
		size_t size = input_size(html->input), length;

		*part = HTML_TEXT;
		if (size > 0 && at[0] == '<') {
			end = memchr(at, '>', size);
			if (end != NULL && (size_t)(end - at) < HTML_PART_BYTES) {
				*part = HTML_TAG;
				return give(html, (size_t)(end - at) + 1, 1, text);
			}
			if (end != NULL || size > HTML_PART_BYTES || !more)
				return give(html, text_size(at, size, false), 0, text);
		} else if (size > 0) {
			length = text_size(at, size, more);
			if (length > 0)
				return give(html, length, 0, text);
		} else if (!more) {
			*part = HTML_END;
			return 0;
		}
		failed = input_more(html->input, &more);
		if (failed != 0)
			return failed;
	}
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool html_tag_is(struct act_text tag, const char *name)
{
	size_t size = strlen(name), i;

	if (tag.size < size)
		return false;
	for (i = 0; i < size; i++)
		if (tag.data[i] != name[i] && (name[i] < 'a' || (tag.data[i] | 32) != name[i]))
			return false;
	return tag.size == size || blank(tag.data[size]) || tag.data[size] == '/';
}

bool html_attribute(struct act_text tag, const char *name, struct act_text *value)
{
	uint32_t at = 0, size = (uint32_t)strlen(name), from, end;
	char quote;

	while (at < tag.size) {
		while (at < tag.size && !blank(tag.data[at]))
			at++;
		while (at < tag.size && blank(tag.data[at]))
			at++;
		from = at;
		while (at < tag.size && tag.data[at] != '=' && !blank(tag.data[at]))
			at++;
		if (at + 1 >= tag.size || tag.data[at] != '=')
			continue;
		end = at++;
		quote = tag.data[at] == '"' || tag.data[at] == '\'' ? tag.data[at++] : 0;
		value->data = tag.data + at;
		while (at < tag.size && (quote != 0 ? tag.data[at] != quote : !blank(tag.data[at])))
			at++;
		value->size = (uint32_t)(tag.data + at - value->data);
		if (end - from == size && memcmp(tag.data + from, name, size) == 0)
			return true;
	}
	return false;
}

/* UTF-8 of a character; blank for what is none. */
static int put_character(struct bytes *out, uint32_t c)
{
	char utf8[4];
	size_t size;

	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = ' ';
	if (c < 0x80) {
		utf8[0] = (char)c;
		size = 1;
	} else if (c < 0x800) {
		utf8[0] = (char)(0xc0 | c >> 6);
		size = 2;
	} else if (c < 0x10000) {
		utf8[0] = (char)(0xe0 | c >> 12);
		utf8[1] = (char)(0x80 | (c >> 6 & 63));
		size = 3;
	} else {
		utf8[0] = (char)(0xf0 | c >> 18);
		utf8[1] = (char)(0x80 | (c >> 12 & 63));
		utf8[2] = (char)(0x80 | (c >> 6 & 63));
		size = 4;
	}
	if (size > 1)
		utf8[size - 1] = (char)(0x80 | (c & 63));
	return bytes_append(out, utf8, size);
}

/* The number of "&#39;" or "&#x27;"; text is what stands between the mark and ';'. */
static uint32_t numeric(const char *text, size_t size)
{
	bool sixteen = size > 1 && (text[1] | 32) == 'x';
	uint32_t value = 0;
	size_t i;

	for (i = sixteen ? 2 : 1; i < size && value < 0x110000; i++) {
		char c = text[i];

		if (c >= '0' && c <= '9')
			value = value * (sixteen ? 16 : 10) + (uint32_t)(c - '0');
		else if (sixteen && (c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + (uint32_t)((c | 32) - 'a' + 10);
		else
			return 0;
	}
	return value;
}

/* The entity at text[0] == '&': its character, or 0; *used is its size. */
static uint32_t entity(const char *text, size_t size, size_t *used)
{
	static const struct {
		const char *name;
		uint32_t character;
	} names[] = {
		{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
		{ "nbsp", 0xa0 }, { "emsp", ' ' }, { "ensp", ' ' },
		{ "ndash", 0x2013 }, { "mdash", 0x2014 }, { "hellip", 0x2026 }, { "bull", 0x2022 },
		{ "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "ldquo", 0x201c }, { "rdquo", 0x201d },
		{ "bdquo", 0x201e }, { "laquo", 0xab }, { "raquo", 0xbb }, { "middot", 0xb7 },
		{ "euro", 0x20ac }, { "pound", 0xa3 }, { "copy", 0xa9 }, { "reg", 0xae },
		{ "trade", 0x2122 }, { "deg", 0xb0 }, { "times", 0xd7 }, { "shy", 0xad },
		{ "agrave", 0xe0 }, { "aacute", 0xe1 }, { "acirc", 0xe2 }, { "atilde", 0xe3 },
		{ "auml", 0xe4 }, { "aring", 0xe5 }, { "aelig", 0xe6 }, { "ccedil", 0xe7 },
		{ "egrave", 0xe8 }, { "eacute", 0xe9 }, { "ecirc", 0xea }, { "euml", 0xeb },
		{ "iacute", 0xed }, { "icirc", 0xee }, { "iuml", 0xef }, { "ntilde", 0xf1 },
		{ "oacute", 0xf3 }, { "ocirc", 0xf4 }, { "otilde", 0xf5 }, { "ouml", 0xf6 },
		{ "oslash", 0xf8 }, { "ugrave", 0xf9 }, { "uacute", 0xfa }, { "uuml", 0xfc },
		{ "szlig", 0xdf }, { "Auml", 0xc4 }, { "Ouml", 0xd6 }, { "Uuml", 0xdc },
		{ "Eacute", 0xc9 }, { "Agrave", 0xc0 },
	};
	const char *end = memchr(text, ';', size < 12 ? size : 12);
	size_t i, length;

	if (end == NULL)
		return 0;
	length = (size_t)(end - text) - 1;
	*used = length + 2;
	if (length > 0 && text[1] == '#')
		return numeric(text + 1, length);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == length && memcmp(names[i].name, text + 1, length) == 0)
			return names[i].character;
	return 0;
}

int html_decode(struct act_text text, struct bytes *out, size_t max)
{
	size_t at = 0, used, run;
	int failed = 0;

	while (at < text.size && failed == 0) {
		const char *from = text.data + at, *mark = memchr(from, '&', text.size - at);
		uint32_t c;

		run = mark == NULL ? text.size - at : (size_t)(mark - from);
		if (run > 0) {
			size_t room = out->size < max ? max - out->size : 0;

			failed = bytes_append(out, from, text_cut(from, run, room));
			at += run;
			continue;
		}
		c = entity(from, text.size - at, &used);
		if (c == 0)
			used = 1;
		if (out->size + 4 <= max)
			failed = put_character(out, c == 0 ? '&' : c);
		at += used;
	}
	return failed;
}
