/*
 * HTML pages of exports as a stream of tags and texts. No tree is built and nothing is kept: memory
 * is the window of the input, and a tag or a text that is longer than HTML_PART_BYTES comes in
 * pieces (a tag then as text). What a browser would mend is not mended.
 */
#ifndef TACIT_FORMATS_HTML_H
#define TACIT_FORMATS_HTML_H

#include "base/act.h"
#include "formats/input.h"

#define HTML_PART_BYTES (64 * 1024)

enum html_part {
	HTML_END,
	HTML_TAG,		/* without its brackets: "a href=..." or "/div" */
	HTML_TEXT		/* with its entities */
};

struct html {
	struct input *input;
};

void html_open(struct html *html, struct input *input);
/* *text is good until the next call. 0 or a negative TACIT_E_*. */
int html_next(struct html *html, enum html_part *part, struct act_text *text);

/* Whether a tag has that name (lower case; "/div" for its end). */
bool html_tag_is(struct act_text tag, const char *name);
/* The value of an attribute of a tag, with its entities. */
bool html_attribute(struct act_text tag, const char *name, struct act_text *value);
/* Appends a text to `out` with its entities resolved, as long as out stays within `max` bytes (cut
 * at a character). 0 or TACIT_E_MEMORY. */
int html_decode(struct act_text text, struct bytes *out, size_t max);

#endif
