/* The kinds of prompts; see prompt.h. */
#include "prompt.h"

#include <string.h>

static const char *const names[PROMPT_KINDS] = { "leave", "lunch", "news", "steps" };

const char *prompt_kind_name(int kind)
{
	return kind >= 0 && kind < PROMPT_KINDS ? names[kind] : NULL;
}

int prompt_kind(const char *name)
{
	int kind;

	for (kind = 0; kind < PROMPT_KINDS; kind++)
		if (strcmp(names[kind], name) == 0)
			return kind;
	return -1;
}
