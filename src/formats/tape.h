/*
 * One JSON object as a flat table over its own bytes: a node for each key and value, in the order
 * of the text, 16 bytes each and no other memory. Texts stay where they stand; their escapes are
 * taken out in place when somebody looks at them. What is accepted is what RFC 8259 allows, less
 * nesting beyond LIMIT_JSON_DEPTH, the character U+0000, and whole numbers beyond 64 bits or reals
 * beyond a double. Of members with the same name the last one counts, at the place of the first.
 *
 * A tape is one pass and no allocation for each value; the unit test holds it against Jansson.
 */
#ifndef TACIT_FORMATS_TAPE_H
#define TACIT_FORMATS_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/act.h"
#include "base/bytes.h"

enum tape_type {
	TAPE_NULL,
	TAPE_FALSE,
	TAPE_TRUE,
	TAPE_INTEGER,
	TAPE_REAL,
	TAPE_STRING,
	TAPE_ARRAY,
	TAPE_OBJECT
};

struct tape_node {
	uint32_t at;		/* where it stands; of a string: behind the quote. Of an object
				 * whose twins are known: how many names it has */
	uint32_t size;		/* bytes; of arrays and objects: values as written */
	uint32_t next;		/* the node behind it and all that is in it; of a key: the value
				 * that counts for its name, once twins are known */
	uint8_t type;
	bool escaped;		/* a string with its escapes still in it */
	bool twin;		/* a key that came before in the same object */
	bool looked;		/* an object whose twins are known */
};

#define TAPE_SLOTS 128

struct tape {
	char *text;
	struct tape_node *node;	/* node 0 is the object; a key comes right before its value */
	uint32_t count, capacity;
	uint32_t array, index, element;	/* where an array was looked at last */
	bool indexed;
	uint32_t slot[TAPE_SLOTS];	/* keys of node 0 by a hash of their names; 0: none */
};

#define TAPE_NONE UINT32_MAX	/* no node */
/* Room for a number as text. */
#define TAPE_SCRATCH 40

void tape_free(struct tape *tape);
/* Takes the object at text[0] apart. `trusted`: the bytes are known to be UTF-8. True when all of
 * it is there and good; *used is its size then. The text must stay, and is written to. */
bool tape_read(struct tape *tape, char *text, size_t size, bool trusted, size_t *used);
/* Forgets the object; memory is kept. */
void tape_clear(struct tape *tape);

/* The value of the member of that name, or TAPE_NONE. */
uint32_t tape_member(struct tape *tape, uint32_t object, const char *name, size_t size);
uint32_t tape_element(struct tape *tape, uint32_t array, size_t index);
/* Values of an array, names of an object; 0 for all else. */
size_t tape_count(struct tape *tape, uint32_t node);
/* The first key of an object, or the one behind `key`; TAPE_NONE after the last. */
uint32_t tape_first_key(struct tape *tape, uint32_t object);
uint32_t tape_next_key(struct tape *tape, uint32_t object, uint32_t key);

/* A string without its escapes (a key too, with a NUL behind it), a number, true or false as text;
 * all else is empty. */
struct act_text tape_text(struct tape *tape, uint32_t node, char scratch[TAPE_SCRATCH]);
/* Appends the node as JSON without blanks; numbers stay as they were written. */
int tape_write(struct tape *tape, uint32_t node, struct bytes *out);

/* The first byte from `at` on that is a quote, a backslash or a control character, or `end`. */
const char *tape_plain(const char *at, const char *end);

#endif
