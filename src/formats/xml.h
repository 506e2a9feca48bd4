/*
 * XML as a stream of elements. A file may be of any size: nothing is kept but the texts of the
 * elements that are open. Documents that define entities are refused (no document that people
 * export needs them, and they are how small files become large); depth, attributes and texts have
 * limits.
 */
#ifndef TACIT_FORMATS_XML_H
#define TACIT_FORMATS_XML_H

#include "base/act.h"
#include "formats/input.h"

#define XML_DEPTH 64
#define XML_TEXT_BYTES (256 * 1024)	/* of one element; what is longer is cut */

struct xml {
	void *context;
	/* An element begins: its name without a prefix ("gpx:trk" is "trk"), and its attributes
	 * as names and values in turn, NULL behind the last. Good until it returns. */
	int (*begin)(void *context, const char *name, const char *const *attributes);
	/* It ends; its own text, without that of elements in it, blanks at the ends cut. */
	int (*end)(void *context, const char *name, struct act_text text);
};

/* Reads all of an input. A result of the callbacks that is not 0 ends the reading and is returned.
 * A document that breaks off or is broken ends there: *why says so ("XML that is cut short", line),
 * else it is empty; what was read before it stands. */
int xml_read(struct input *input, const struct xml *xml, char why[80]);
/* The value of an attribute, or an empty text. */
struct act_text xml_attribute(const char *const *attributes, const char *name);
/* Whether the first element of a piece of text has that name (without prefix). */
bool xml_sniff(const char *text, size_t size, const char *name);

#endif
