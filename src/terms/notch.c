/* The names of the dial's notches and of the types of ask. */
#include "notch.h"

#include <assert.h>
#include <string.h>

static const char *const names[NOTCHES] = { "off", "silent", "subset", "order", "reasons",
					    "facts" };
static const char *const types[TYPES] = { "rank", "choose", "answer", "disclose" };

const char *notch_name(enum notch notch)
{
	assert((unsigned)notch < NOTCHES);
	return names[notch];
}

bool notch_find(const char *name, enum notch *out)
{
	int i;

	for (i = 0; i < NOTCHES; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum notch)i;
			return true;
		}
	return false;
}

const char *notch_type_name(enum notch_type type)
{
	assert((unsigned)type < TYPES);
	return types[type];
}

bool notch_type_find(const char *name, size_t size, enum notch_type *out)
{
	int i;

	for (i = 0; i < TYPES; i++)
		if (size == strlen(types[i]) && memcmp(name, types[i], size) == 0) {
			*out = (enum notch_type)i;
			return true;
		}
	return false;
}
