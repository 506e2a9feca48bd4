/*
 * What an ask asks for beyond what its purpose needs: for the developer who writes it, before it
 * is sent. Derived from the ask alone; what is found is no refusal, but part of it will be refused
 * or changed by the decision (terms/decide.h) whatever is granted.
 */
#ifndef TACIT_TERMS_OVER_H
#define TACIT_TERMS_OVER_H

#include <stddef.h>

#include "terms/ask.h"

#define OVER_MAX 13
#define OVER_BYTES 100		/* of a sentence, and of what would do instead */

/* Texts that live as long as the program. */
struct over_finding {
	const char *code;	/* stable: a-z and - */
	const char *sentence;	/* one plain sentence, without a full stop */
	const char *instead;	/* what would do */
};

/* Fills `out` in a fixed order, the heaviest first; returns how many, 0 where nothing is found. */
size_t over_find(const struct ask *ask, struct over_finding out[OVER_MAX]);

#endif
