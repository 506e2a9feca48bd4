/* Tags and references; see xml_tag.h. */
#include "xml_tag.h"

#include <string.h>

#include "base/bytes.h"

#define ONES 0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

/* Bytes below `limit` get their high bit; above the lowest hit it may lie. */
static inline uint64_t below(uint64_t word, uint64_t limit)
{
	return (word - ONES * limit) & ~word & HIGHS;
}

const char *xml_tag_plain(const char *at, const char *end, char stop)
{
	const uint64_t stops = ONES * (unsigned char)stop;

	while (end - at >= 8) {
		uint64_t word = bytes_load64(at);
		uint64_t hit = below(word, 0x20) | below(word ^ stops, 1) |
			       below(word ^ ONES * '<', 1) | below(word ^ ONES * '&', 1);

		if (hit != 0)
			return at + (__builtin_ctzll(hit) >> 3);
		at += 8;
	}
	while (at < end && *at != stop && *at != '<' && *at != '&' && (unsigned char)*at >= 0x20)
		at++;
	return at;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Letters beyond ASCII are taken as they come. */
static inline bool begins_name(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || c == '_' || c == ':' ||
	       (unsigned char)c >= 0x80;
}

const char *xml_tag_name(const char *at, const char *end)
{
	if (at == end || !begins_name(*at))
		return at;
	do
		at++;
	while (at < end && (begins_name(*at) || (*at >= '0' && *at <= '9') || *at == '-' ||
			    *at == '.'));
	return at;
}

static char *skip_blanks(char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* The value behind its quote at `at`: moves to behind the closing one. */
static enum xml_step read_value(struct xml_tag_attribute *attribute, char **at, char *end)
{
	char *from = *at + 1, quote = **at;
	const char *stop = from;

	attribute->plain = true;
	for (;;) {
		stop = xml_tag_plain(stop, end, quote);
		if (stop == end)
			return XML_SHORT;
		if (*stop == quote)
			break;
		if (*stop == '<' || (*stop != '&' && !is_blank(*stop)))
			return XML_BROKEN;
		attribute->plain = false;
		stop++;
	}
	attribute->value = from;
	attribute->value_size = (uint32_t)(stop - from);
	*at = from + (stop - from) + 1;
	return XML_WHOLE;
}

static bool is_twin(const struct xml_tag *tag)
{
	const struct xml_tag_attribute *own = &tag->attribute[tag->count];
	uint32_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attribute[i].name_size == own->name_size &&
		    memcmp(tag->attribute[i].name, own->name, own->name_size) == 0)
			return true;
	return false;
}

static enum xml_step read_attribute(struct xml_tag *tag, char **at, char *end)
{
	struct xml_tag_attribute *attribute = &tag->attribute[tag->count];
	enum xml_step step;

	attribute->name = *at;
	*at += xml_tag_name(*at, end) - *at;
	attribute->name_size = (uint32_t)(*at - attribute->name);
	if (*at == end)
		return XML_SHORT;
	if (attribute->name_size == 0)
		return XML_BROKEN;
	*at = skip_blanks(*at, end);
	if (*at == end)
		return XML_SHORT;
	if (**at != '=')
		return XML_BROKEN;
	*at = skip_blanks(*at + 1, end);
	if (*at == end)
		return XML_SHORT;
	if (**at != '"' && **at != '\'')
		return XML_BROKEN;
	step = read_value(attribute, at, end);
	if (step != XML_WHOLE)
		return step;
	if (is_twin(tag))
		return XML_BROKEN;
	tag->count++;
	return XML_WHOLE;
}

enum xml_step xml_tag_read(struct xml_tag *tag, char *at, char *end, size_t *used)
{
	char *from = at, *blank;
	enum xml_step step;

	tag->count = 0;
	tag->name = ++at;
	at += xml_tag_name(at, end) - at;
	tag->name_size = (uint32_t)(at - tag->name);
	if (at < end && tag->name_size == 0)
		return XML_BROKEN;
	for (;;) {
		blank = at;
		at = skip_blanks(at, end);
		if (at == end)
			return XML_SHORT;
		if (*at == '>' || *at == '/')
			break;
		if (blank == at || tag->count == XML_ATTRIBUTES)
			return XML_BROKEN;
		step = read_attribute(tag, &at, end);
		if (step != XML_WHOLE)
			return step;
	}
	tag->closed = *at == '/';
	at += tag->closed;
	if (at == end)
		return XML_SHORT;
	*used = (size_t)(at + 1 - from);
	return *at == '>' ? XML_WHOLE : XML_BROKEN;
}

/* Whether XML may have that character. */
static bool allowed(uint32_t c)
{
	return (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') &&
	       (c < 0xd800 || c >= 0xe000) && c != 0xfffe && c != 0xffff && c < 0x110000;
}

static char *put_character(char *to, uint32_t c)
{
	static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	*to++ = (char)(lead[more] | c >> 6 * more);
	while (more-- > 0)
		*to++ = (char)(0x80 | (c >> 6 * more & 0x3f));
	return to;
}

/* The reference between '&' and ';': what it stands for is never longer than it is. */
static bool reference(const char *name, size_t size, char **to, bool lax)
{
	static const struct {
		const char *name;
		char meant;
	} known[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' },
		      { "apos", '\'' } };
	uint32_t value = 0, base = 10;
	size_t i = 1;

	if (size < 2 || name[0] != '#') {
		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strlen(known[i].name) == size &&
			    memcmp(known[i].name, name, size) == 0) {
				*(*to)++ = known[i].meant;
				return true;
			}
		return lax && size > 0 && xml_tag_name(name, name + size) == name + size;
	}
	if (name[1] == 'x') {
		base = 16;
		i = 2;
	}
	if (i == size)
		return false;
	for (; i < size; i++) {
		uint32_t low = (uint32_t)((name[i] | 0x20) - 'a');
		uint32_t digit = name[i] >= '0' && name[i] <= '9' ? (uint32_t)(name[i] - '0') :
				 low < 6 ? low + 10 : 99;

		value = value * base + digit;
		if (digit >= base || value >= 0x110000)
			return false;
	}
	if (!allowed(value))
		return false;
	*to = put_character(*to, value);
	return true;
}

bool xml_tag_text(char *text, uint32_t *size, bool attribute, bool lax)
{
	char *to = text;
	const char *from = text, *end = text + *size;

	while (from < end) {
		const char *stop = xml_tag_plain(from, end, '&'), *close;

		memmove(to, from, (size_t)(stop - from));
		to += stop - from;
		from = stop;
		if (from == end)
			break;
		if (*from == '&') {
			close = memchr(from, ';', (size_t)(end - from));
			if (close == NULL ||
			    !reference(from + 1, (size_t)(close - from) - 1, &to, lax))
				return false;
			from = close + 1;
		} else if (is_blank(*from)) {
			/* CRLF is one line break, and so is a CR alone. */
			if (*from == '\r' && from + 1 < end && from[1] == '\n')
				from++;
			*to++ = attribute ? ' ' : *from == '\r' ? '\n' : *from;
			from++;
		} else {
			return false;
		}
	}
	*size = (uint32_t)(to - text);
	return true;
}

bool xml_tag_decode(struct xml_tag *tag, bool lax)
{
	uint32_t i;

	tag->name[tag->name_size] = 0;
	for (i = 0; i < tag->count; i++) {
		struct xml_tag_attribute *attribute = &tag->attribute[i];

		if (!attribute->plain &&
		    !xml_tag_text(attribute->value, &attribute->value_size, true, lax))
			return false;
		attribute->name[attribute->name_size] = 0;
		attribute->value[attribute->value_size] = 0;
		tag->pairs[2 * i] = attribute->name;
		tag->pairs[2 * i + 1] = attribute->value;
	}
	tag->pairs[2 * i] = NULL;
	return true;
}
