/* Texts out of small JSON bodies; one of the two files that know the JSON library. */
#ifndef TACIT_DOORS_FIELDS_H
#define TACIT_DOORS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct fields_field {
	const char *name;
	bool needed;
	char *text;		/* out: into `max` bytes, "" where it is not there */
	size_t max;
};

/* Reads one object that has these texts and nothing else; false where it does not. */
bool fields_read(const char *json, size_t size, const struct fields_field *field, size_t count);
/* {"name":"text", ...} from pairs up to a NULL name; malloc, NULL: out of memory. */
char *fields_write(const char *name, ...);
/* Whether a member called `name`, at any depth, has exactly this text. */
bool fields_has(const char *json, const char *name, const char *text);

#endif
