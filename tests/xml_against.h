/* Holds the walker over XML against Expat, the slow reference: what Expat takes is taken, with the
 * same elements, attributes and texts. Documents of at most XML_AGAINST_MAX bytes. */
#ifndef XML_AGAINST_H
#define XML_AGAINST_H

#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "formats/input.h"
#include "formats/xml.h"

#define XML_AGAINST_MAX 1000	/* too little for more attributes than ours may have */

struct against {
	struct bytes seen;
	struct bytes text[XML_DEPTH];
	XML_Parser parser;
	int depth;
};

static const char *against_bare(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static int against_begin(void *context, const char *name, const char *const *attributes)
{
	struct against *against = context;

	bytes_append_text(&against->seen, "<");
	bytes_append_text(&against->seen, name);
	for (; *attributes != NULL; attributes++) {
		bytes_append_text(&against->seen, "|");
		bytes_append_text(&against->seen, *attributes);
	}
	bytes_append_text(&against->seen, "\n");
	return 0;
}

static int against_end(void *context, const char *name, struct act_text text)
{
	struct against *against = context;

	bytes_append_text(&against->seen, ">");
	bytes_append_text(&against->seen, name);
	bytes_append_text(&against->seen, "|");
	bytes_append(&against->seen, text.data, text.size);
	bytes_append_text(&against->seen, "\n");
	return 0;
}

static void XMLCALL against_on_begin(void *context, const char *name, const char **attributes)
{
	struct against *against = context;

	if (against->depth == XML_DEPTH) {
		XML_StopParser(against->parser, XML_FALSE);
		return;
	}
	bytes_clear(&against->text[against->depth++]);
	against_begin(against, against_bare(name), (const char *const *)attributes);
}

static void XMLCALL against_on_end(void *context, const char *name)
{
	struct against *against = context;
	const struct bytes *text = &against->text[--against->depth];
	const char *at = text->data == NULL ? "" : (const char *)text->data;
	size_t size = text->size;

	while (size > 0 && strchr(" \t\r\n", *at) != NULL) {
		at++;
		size--;
	}
	while (size > 0 && strchr(" \t\r\n", at[size - 1]) != NULL)
		size--;
	against_end(against, against_bare(name), (struct act_text){ at, (uint32_t)size });
}

static void XMLCALL against_on_text(void *context, const char *text, int size)
{
	struct against *against = context;

	if (against->depth > 0)
		bytes_append(&against->text[against->depth - 1], text, (size_t)size);
}

static bool against_expat(const char *data, size_t size, struct bytes *seen)
{
	struct against against = { .parser = XML_ParserCreate("UTF-8") };
	bool good;
	int i;

	assert(against.parser != NULL);
	XML_SetUserData(against.parser, &against);
	XML_SetElementHandler(against.parser, against_on_begin, against_on_end);
	XML_SetCharacterDataHandler(against.parser, against_on_text);
	good = XML_Parse(against.parser, data, (int)size, 1) == XML_STATUS_OK;
	XML_ParserFree(against.parser);
	for (i = 0; i < XML_DEPTH; i++)
		bytes_free(&against.text[i]);
	*seen = against.seen;
	return good;
}

/* In pieces of `step` bytes, so that every place is the end of a window once. */
struct against_pieces {
	const char *data;
	size_t size, at, step;
};

static int against_read(void *context, void *out, size_t size, size_t *got)
{
	struct against_pieces *pieces = context;

	*got = pieces->size - pieces->at;
	*got = *got < pieces->step ? *got : pieces->step;
	*got = *got < size ? *got : size;
	if (*got > 0)
		memcpy(out, pieces->data + pieces->at, *got);
	pieces->at += *got;
	return 0;
}

static bool against_own(const char *data, size_t size, size_t step, struct bytes *seen)
{
	struct against against = { .depth = 0 };
	struct against_pieces pieces = { data, size, 0, step };
	struct input_from from = { against_read, &pieces };
	struct xml xml = { &against, against_begin, against_end };
	struct input input;
	struct error error;
	char why[80];

	assert(input_open(&input, &from, &error) == 0);
	input.any_utf8 = true;		/* bad bytes stay as they are */
	assert(xml_read(&input, &xml, why) == 0);
	input_close(&input);
	*seen = against.seen;
	return why[0] == 0;
}

/* Returns whether ours took it; *expat whether Expat did. */
static bool xml_against(const char *data, size_t size, size_t step, bool *expat)
{
	struct bytes seen, expected;
	bool own;

	/* What declarations do to attributes is Expat's alone, and so are marks of order. */
	*expat = false;
	if (size == 0 || size > XML_AGAINST_MAX || memmem(data, size, "<!DOCTYPE", 9) != NULL ||
	    (unsigned char)data[0] >= 0x80 || strchr(" \t\r\n", data[0]) != NULL)
		return false;
	*expat = against_expat(data, size, &expected);
	own = against_own(data, size, step, &seen);
	if (*expat) {
		assert(own);
		assert(seen.size == expected.size &&
		       memcmp(seen.data, expected.data, seen.size) == 0);
	}
	bytes_free(&seen);
	bytes_free(&expected);
	return own;
}

#endif
