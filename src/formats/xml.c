/* The walker over XML; the only file that knows Expat. */
#include "xml.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK (1 << 20)

struct walk {
	const struct xml *xml;
	XML_Parser parser;
	struct input *input;
	struct bytes text[XML_DEPTH];
	int depth, result;
	bool entities, deep;
};

static const char *bare(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static void stop(struct walk *walk, int result)
{
	walk->result = result;
	XML_StopParser(walk->parser, XML_FALSE);
}

static void XMLCALL on_begin(void *context, const char *name, const char **attributes)
{
	struct walk *walk = context;
	int result;

	if (walk->depth == XML_DEPTH) {
		walk->deep = true;
		stop(walk, 0);
		return;
	}
	bytes_clear(&walk->text[walk->depth++]);
	result = walk->xml->begin(walk->xml->context, bare(name), (const char *const *)attributes);
	if (result != 0)
		stop(walk, result);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct walk *walk = context;
	struct bytes *text = &walk->text[--walk->depth];
	size_t from = 0, to = text->size;
	struct act_text own;
	int result;

	while (from < to && is_blank(text->data[from]))
		from++;
	while (to > from && is_blank(text->data[to - 1]))
		to--;
	own.data = to > from ? (const char *)text->data + from : "";
	own.size = (uint32_t)(to - from);
	result = walk->xml->end(walk->xml->context, bare(name), own);
	if (result != 0)
		stop(walk, result);
}

static void XMLCALL on_text(void *context, const char *text, int size)
{
	struct walk *walk = context;
	struct bytes *into;

	if (walk->depth == 0)
		return;
	into = &walk->text[walk->depth - 1];
	if (into->size + (size_t)size <= XML_TEXT_BYTES &&
	    bytes_append(into, text, (size_t)size) != 0)
		stop(walk, error_memory(walk->input->error));
}

static void XMLCALL on_entity(void *context, const char *name, int parameter, const char *value,
			      int size, const char *base, const char *system, const char *public,
			      const char *notation)
{
	struct walk *walk = context;

	(void)name, (void)parameter, (void)value, (void)size, (void)base, (void)system;
	(void)public, (void)notation;
	walk->entities = true;
	stop(walk, 0);
}

static void explain(const struct walk *walk, char why[80])
{
	enum XML_Error code = XML_GetErrorCode(walk->parser);
	unsigned long line = XML_GetCurrentLineNumber(walk->parser);

	if (walk->entities)
		snprintf(why, 80, "XML that defines entities is not read (line %lu)", line);
	else if (walk->deep)
		snprintf(why, 80, "XML that is nested too deep (line %lu)", line);
	else if (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
		 code == XML_ERROR_PARTIAL_CHAR)
		snprintf(why, 80, "XML that is cut short (line %lu)", line);
	else
		snprintf(why, 80, "broken XML (line %lu)", line);
}

/* The whole input through the parser. */
static int feed(struct walk *walk, char why[80])
{
	struct input *input = walk->input;
	bool more = true;

	/* Some programs write an empty line before the declaration, which XML forbids. */
	while (input_size(input) > 0 && is_blank((uint8_t)*input_text(input)))
		input->at++;
	while (more && walk->result == 0) {
		size_t size;
		enum XML_Status status;

		if (input_size(input) == 0) {
			int failed = input_more(input, &more);

			if (failed != 0)
				return failed;
		}
		size = input_size(input) < BLOCK ? input_size(input) : BLOCK;
		status = XML_Parse(walk->parser, input_text(input), (int)size, !more);
		input->at += size;
		if (status == XML_STATUS_OK)
			continue;
		if (walk->result == 0)
			explain(walk, why);
		break;
	}
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
	walk->parser = XML_ParserCreate("UTF-8");	/* the input has decoded it */
	if (walk->parser == NULL) {
		free(walk);
		return error_memory(input->error);
	}
	XML_SetUserData(walk->parser, walk);
	XML_SetElementHandler(walk->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(walk->parser, on_text);
	XML_SetEntityDeclHandler(walk->parser, on_entity);
	result = feed(walk, why);
	XML_ParserFree(walk->parser);
	for (i = 0; i < XML_DEPTH; i++)
		bytes_free(&walk->text[i]);
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
