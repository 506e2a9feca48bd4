/*
 * A prompt that a kind would give: what it says, from when until when it is of use, and why. Kinds
 * make candidates; discipline.h decides which of them, if any, is said.
 */
#ifndef TACIT_NOW_PROMPT_H
#define TACIT_NOW_PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "now/reason.h"

enum prompt_kind { PROMPT_LEAVE, PROMPT_LUNCH, PROMPT_NEWS, PROMPT_STEPS, PROMPT_KINDS };

struct prompt {
	enum prompt_kind kind;
	/* The same for the same matter, whenever it is asked: a keyed hash of this is what is
	 * remembered of a prompt that was said. */
	char about[96];
	char words[200];		/* one sentence for the person */
	int64_t from, until;		/* ms: of use from .. until, not after */
	int32_t chance;			/* that the person will use it, 2^-20; -1 unknown */
	bool critical;			/* useless when it comes late */
	struct reasons why;
};

/* "leave", "lunch" ...; NULL for a number that is no kind. -1 for a word that is none. */
const char *prompt_kind_name(int kind);
int prompt_kind(const char *name);

#endif
