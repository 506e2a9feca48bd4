/* The prompts of a moment, kind by kind. */
#include "moment.h"

int moment_prompts(struct moment *moment, unsigned kinds, struct moment_prompts *out,
		   struct error *error)
{
	static int (*const make[PROMPT_KINDS])(struct moment *, struct moment_prompts *,
					       struct error *) = {
		moment_leave, moment_lunch, moment_news, moment_steps,
	};
	int kind, result = 0;

	for (kind = 0; result == 0 && kind < PROMPT_KINDS; kind++)
		if (kinds >> kind & 1)
			result = make[kind](moment, out, error);
	return result;
}
