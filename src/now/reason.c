/* The account of a prompt; see reason.h. */
#include "reason.h"

#include <assert.h>
#include <stdio.h>

void reason_add(struct reasons *reasons, const char *name, const char *words,
		 enum reason_unit unit, int64_t value)
{
	struct reason *reason = &reasons->list[reasons->count];

	assert(reasons->count < REASON_MAX);
	snprintf(reason->name, sizeof(reason->name), "%s", name);
	snprintf(reason->words, sizeof(reason->words), "%s", words == NULL ? "" : words);
	reason->unit = unit;
	reason->value = value;
	reasons->count++;
}
