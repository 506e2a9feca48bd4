/* The tags of XML where they stand in a window, and the references in its texts; for xml.c. */
#ifndef TACIT_FORMATS_XML_TAG_H
#define TACIT_FORMATS_XML_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XML_ATTRIBUTES 256	/* of one element; with more it is broken */

enum xml_step {
	XML_WHOLE,
	XML_SHORT,	/* it goes on behind the window */
	XML_BROKEN
};

struct xml_tag {
	char *name;		/* NUL-terminated once decoded */
	uint32_t name_size;
	bool closed;		/* <name/> */
	uint32_t count;
	struct xml_tag_attribute {
		char *name, *value;
		uint32_t name_size, value_size;
		bool plain;	/* stands there as it is meant */
	} attribute[XML_ATTRIBUTES];
	const char *pairs[2 * XML_ATTRIBUTES + 1];
};

/* Looks at the tag whose bracket is at `at`, without writing; *used is its size when whole. */
enum xml_step xml_tag_read(struct xml_tag *tag, char *at, char *end, size_t *used);
/* Then takes the references out of its values, in place, and fills `pairs`. `lax`: entities may be
 * declared somewhere else, and are left out. False when a reference is broken. */
bool xml_tag_decode(struct xml_tag *tag, bool lax);
/* The same for a text of *size bytes; of an attribute, line breaks become blanks. */
bool xml_tag_text(char *text, uint32_t *size, bool attribute, bool lax);

/* Behind the name at `at`; `at` where there is none. */
const char *xml_tag_name(const char *at, const char *end);
/* The first byte from `at` on that is `stop`, '<', '&' or a control character, or `end`. */
const char *xml_tag_plain(const char *at, const char *end, char stop);

#endif
