/* The walker over XML; see xml.h. Declarations of documents are passed over: default values of
 * attributes in them are not known. */
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/xml_tag.h"

/* No reference is longer: one that is cut by the end of the window waits. */
#define REFERENCE_BYTES 64

struct walk {
	const struct xml *xml;
	struct input *input;
	struct bytes text[XML_DEPTH];
	struct bytes names;		/* of the elements that are open, each with a NUL */
	size_t name_at[XML_DEPTH];
	int depth, result;
	bool begun, rooted;		/* something was there; the root was */
	bool entities, deep;		/* why it is refused */
	bool doctype, lax;
	bool last;			/* nothing comes behind the window */
	unsigned long line;		/* of the window's start */
	struct xml_tag tag;
};

static const char *bare(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What a callback returned. */
static enum xml_step go_on(struct walk *walk, int result)
{
	walk->result = result;
	return result == 0 ? XML_WHOLE : XML_BROKEN;
}

static enum xml_step end_element(struct walk *walk)
{
	struct bytes *text = &walk->text[--walk->depth];
	size_t from = 0, to = text->size;
	struct act_text own;
	enum xml_step step;

	while (from < to && is_blank(text->data[from]))
		from++;
	while (to > from && is_blank(text->data[to - 1]))
		to--;
	own.data = to > from ? (const char *)text->data + from : "";
	own.size = (uint32_t)(to - from);
	step = go_on(walk, walk->xml->end(walk->xml->context,
					  bare((const char *)walk->names.data +
					       walk->name_at[walk->depth]), own));
	walk->names.size = walk->name_at[walk->depth];
	return step;
}

static enum xml_step begin_element(struct walk *walk)
{
	struct xml_tag *tag = &walk->tag;
	struct bytes *names = &walk->names;
	enum xml_step step;

	if (walk->depth == 0 && walk->rooted)
		return XML_BROKEN;
	if (walk->depth == XML_DEPTH) {
		walk->deep = true;
		return XML_BROKEN;
	}
	walk->name_at[walk->depth] = names->size;
	if (!xml_tag_decode(tag, walk->lax))
		return XML_BROKEN;
	if (bytes_append(names, tag->name, (size_t)tag->name_size + 1) != 0)
		return go_on(walk, error_memory(walk->input->error));
	walk->rooted = true;
	bytes_clear(&walk->text[walk->depth++]);
	step = go_on(walk, walk->xml->begin(walk->xml->context, bare(tag->name), tag->pairs));
	return step == XML_WHOLE && tag->closed ? end_element(walk) : step;
}

/* "</name >" */
static enum xml_step close_tag(struct walk *walk, const char *at, const char *end, size_t *used)
{
	const char *from = at, *name = at + 2, *open;

	at = xml_tag_name(name, end);
	if (at < end && (walk->depth == 0 || at == name))
		return XML_BROKEN;
	*used = (size_t)(at - name);
	while (at < end && is_blank((uint8_t)*at))
		at++;
	if (at == end)
		return XML_SHORT;
	open = (const char *)walk->names.data + walk->name_at[walk->depth - 1];
	if (*at != '>' || strlen(open) != *used || memcmp(open, name, *used) != 0)
		return XML_BROKEN;
	*used = (size_t)(at + 1 - from);
	return end_element(walk);
}

/* Text that stands there as it is meant, but for its line breaks. */
static bool take_raw(char *text, uint32_t *size)
{
	uint32_t from, to = 0;

	for (from = 0; from < *size; from++) {
		if ((unsigned char)text[from] < 0x20 && !is_blank((uint8_t)text[from]))
			return false;
		if (text[from] == '\r' && from + 1 < *size && text[from + 1] == '\n')
			continue;
		text[to++] = text[from] == '\r' ? '\n' : text[from];
	}
	*size = to;
	return true;
}

/* Appends to the text of the element that is open, as far as there is room. */
static enum xml_step add_text(struct walk *walk, char *text, size_t size, bool raw)
{
	uint32_t length = (uint32_t)size;
	struct bytes *into;
	size_t room;

	if (walk->input->bad_utf8 && !text_valid(text, size))
		return XML_BROKEN;
	if (walk->depth == 0 && raw)
		return XML_BROKEN;
	if (raw ? !take_raw(text, &length) : !xml_tag_text(text, &length, false, walk->lax))
		return XML_BROKEN;
	into = walk->depth == 0 ? NULL : &walk->text[walk->depth - 1];
	if (into == NULL || into->size == 0)	/* blanks in front would be cut anyway */
		while (length > 0 && is_blank((uint8_t)*text)) {
			text++;
			length--;
		}
	if (into == NULL)
		return length == 0 ? XML_WHOLE : XML_BROKEN;
	room = XML_TEXT_BYTES - into->size;
	if (bytes_append(into, text, text_cut(text, length, room)) != 0)
		return go_on(walk, error_memory(walk->input->error));
	return XML_WHOLE;
}

/* The text up to the next bracket, or as much of it as is there. */
static enum xml_step take_text(struct walk *walk, char *at, char *end, size_t *used)
{
	char *stop = memchr(at, '<', (size_t)(end - at)), *cut;

	if (stop == NULL) {
		stop = end;
		cut = memrchr(at, '&', (size_t)(end - at));
		if (!walk->last && cut != NULL && end - cut < REFERENCE_BYTES)
			stop = cut;
		else if (!walk->last && stop[-1] == '\r')
			stop--;		/* its LF may follow */
		if (stop == at)
			return XML_SHORT;
	}
	*used = (size_t)(stop - at);
	if (memmem(at, *used, "]]>", 3) != NULL)
		return XML_BROKEN;
	return add_text(walk, at, *used, false);
}

/* "<!DOCTYPE ...>", with what may stand in it. */
static enum xml_step take_doctype(struct walk *walk, const char *at, const char *end, size_t *used)
{
	const char *from = at, *close;
	bool inside = false;

	if (walk->doctype || walk->rooted)
		return XML_BROKEN;
	for (at += 9; at < end; at++) {
		bool open = end - at > 1 && at[0] == '<';

		close = NULL;
		if (*at == '"' || *at == '\'')
			close = memchr(at + 1, *at, (size_t)(end - at) - 1);
		else if (open && end - at > 3 && memcmp(at, "<!--", 4) == 0)
			close = memmem(at + 4, (size_t)(end - at) - 4, "-->", 3);
		else if (open && at[1] == '?')
			close = memmem(at + 2, (size_t)(end - at) - 2, "?>", 2);
		else if (open && end - at > 7 && memcmp(at, "<!ENTITY", 8) == 0) {
			walk->entities = true;
			return XML_BROKEN;
		} else if (*at == '[' || *at == ']') {
			inside = *at == '[';
			continue;
		} else if (*at == '>' && !inside) {
			*used = (size_t)(at + 1 - from);
			walk->doctype = true;
			walk->lax = memmem(from, *used, "SYSTEM", 6) != NULL ||
				    memmem(from, *used, "PUBLIC", 6) != NULL;
			return XML_WHOLE;
		} else {
			continue;
		}
		if (close == NULL)
			return XML_SHORT;
		at = close;
	}
	return XML_SHORT;
}

/* Up to `close`, which has `size` bytes, from `skip` bytes on. */
static enum xml_step pass(const char *at, const char *end, size_t skip, const char *close,
			  size_t size, size_t *used)
{
	const char *found = (size_t)(end - at) < skip ? NULL :
			    memmem(at + skip, (size_t)(end - at) - skip, close, size);

	if (found == NULL)
		return XML_SHORT;
	*used = (size_t)(found - at) + size;
	return XML_WHOLE;
}

/* "<!--", "<![CDATA[", "<!DOCTYPE" */
static enum xml_step take_mark(struct walk *walk, char *at, char *end, size_t *used)
{
	size_t size = (size_t)(end - at);
	enum xml_step step;

	if (size < 9 && !walk->last)
		return XML_SHORT;
	if (size >= 4 && memcmp(at, "<!--", 4) == 0) {
		step = pass(at, end, 4, "--", 2, used);
		if (step == XML_WHOLE && *used == size)
			return XML_SHORT;
		if (step == XML_WHOLE && at[(*used)++] != '>')
			return XML_BROKEN;
		return step;
	}
	if (size >= 9 && memcmp(at, "<![CDATA[", 9) == 0) {
		step = pass(at, end, 9, "]]>", 3, used);
		return step != XML_WHOLE ? step : add_text(walk, at + 9, *used - 12, true);
	}
	if (size >= 9 && memcmp(at, "<!DOCTYPE", 9) == 0)
		return take_doctype(walk, at, end, used);
	return size < 9 ? XML_SHORT : XML_BROKEN;
}

/* "<?xml ...?>" stands at the very start or nowhere. */
static enum xml_step take_instruction(struct walk *walk, const char *at, const char *end,
				      size_t *used)
{
	const char *name = xml_tag_name(at + 2, end);
	enum xml_step step = pass(at, end, 2, "?>", 2, used);

	if (step == XML_WHOLE && name == at + 2)
		return XML_BROKEN;
	if (step == XML_WHOLE && name - at == 5 && strncasecmp(at + 2, "xml", 3) == 0 &&
	    (walk->begun || memcmp(at + 2, "xml", 3) != 0))
		return XML_BROKEN;
	return step;
}

/* What stands at the window's start. */
static enum xml_step take_one(struct walk *walk, size_t *used)
{
	char *at = (char *)walk->input->text.data + walk->input->at;
	char *end = at + input_size(walk->input);
	enum xml_step step;

	if (*at != '<')
		return take_text(walk, at, end, used);
	if (end - at < 2)
		return XML_SHORT;
	if (at[1] == '/')
		return close_tag(walk, at, end, used);
	if (at[1] == '!')
		return take_mark(walk, at, end, used);
	if (at[1] == '?')
		return take_instruction(walk, at, end, used);
	step = xml_tag_read(&walk->tag, at, end, used);
	if (step == XML_WHOLE && walk->input->bad_utf8 && !text_valid(at, *used))
		return XML_BROKEN;
	return step == XML_WHOLE ? begin_element(walk) : step;
}

static void count_lines(struct walk *walk)
{
	const char *at = (const char *)walk->input->text.data, *end = at + walk->input->at;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		walk->line++;
		at++;
	}
}

static void explain(struct walk *walk, enum xml_step step, char why[80])
{
	count_lines(walk);
	if (walk->entities)
		snprintf(why, 80, "XML that defines entities is not read (line %lu)", walk->line);
	else if (walk->deep)
		snprintf(why, 80, "XML that is nested too deep (line %lu)", walk->line);
	else
		snprintf(why, 80, "%s (line %lu)", step == XML_SHORT ? "XML that is cut short" :
			 "broken XML", walk->line);
}

/* The whole input, one token after the other. */
static int feed(struct walk *walk, char why[80])
{
	struct input *input = walk->input;
	enum xml_step step = XML_WHOLE;
	size_t used;
	bool more;

	/* Some programs write an empty line before the declaration, which XML forbids. */
	while (input_size(input) > 0 && is_blank((uint8_t)*input_text(input)))
		input->at++;
	for (;;) {
		if (input_size(input) == 0 || step == XML_SHORT) {
			int failed;

			if (walk->last)
				break;
			if (input_size(input) > LIMIT_ROW_BYTES) {
				step = XML_BROKEN;
				break;
			}
			count_lines(walk);
			failed = input_more(input, &more);
			if (failed != 0)
				return failed;
			walk->last = !more;
			if (input_size(input) == 0)
				break;
		}
		step = take_one(walk, &used);
		if (step == XML_BROKEN)
			break;
		if (step == XML_WHOLE) {
			input->at += used;
			walk->begun = true;
		}
	}
	if (step == XML_WHOLE && (walk->depth > 0 || !walk->rooted))
		step = XML_SHORT;
	if (step != XML_WHOLE && walk->result == 0)
		explain(walk, step, why);
	return walk->result;
}

int xml_read(struct input *input, const struct xml *xml, char why[80])
{
	struct walk *walk = calloc(1, sizeof(*walk));
	int result, i;

	why[0] = 0;
	if (walk == NULL)
		return error_memory(input->error);
	walk->xml = xml;
	walk->input = input;
	walk->line = 1;
	result = feed(walk, why);
	for (i = 0; i < XML_DEPTH; i++)
		bytes_free(&walk->text[i]);
	bytes_free(&walk->names);
	free(walk);
	return result;
}

struct act_text xml_attribute(const char *const *attributes, const char *name)
{
	struct act_text none = { "", 0 };

	for (; *attributes != NULL; attributes += 2)
		if (strcmp(bare(attributes[0]), name) == 0)
			return (struct act_text){ attributes[1], (uint32_t)strlen(attributes[1]) };
	return none;
}

bool xml_sniff(const char *text, size_t size, const char *name)
{
	const char *at = text, *end = text + size, *colon;
	size_t length;

	while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		if (++at == end)
			return false;
		if (end - at > 3 && memcmp(at, "!--", 3) == 0) {
			at = memmem(at, (size_t)(end - at), "-->", 3);
			if (at == NULL)
				return false;
			continue;
		}
		if (*at == '?' || *at == '!')
			continue;
		for (length = 0; at + length < end && strchr(" \t\r\n/>", at[length]) == NULL;)
			length++;
		colon = memchr(at, ':', length);
		if (colon != NULL) {
			length -= (size_t)(colon + 1 - at);
			at = colon + 1;
		}
		return length == strlen(name) && memcmp(at, name, length) == 0;
	}
	return false;
}
