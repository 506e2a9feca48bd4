/*
 * `told`: what the person said, as rules over a catalogue. Never learned, always wins: "never"
 * takes an item out, whatever the sums say; a liking adds a fixed amount to the score of every
 * item it names.
 */
#ifndef TACIT_TASTE_TOLD_H
#define TACIT_TASTE_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault/vault.h"

#define TOLD_RULES_MAX 64
#define TOLD_LOVE (3 << 19)	/* 1.5: about 4.5 times as likely */
#define TOLD_LIKE (3 << 18)	/* 0.75: about twice */
#define TOLD_LESS (-(3 << 19))

struct told_rule {
	uint64_t fact;
	int32_t bonus;			/* 2^-20; 0 with `never` */
	bool never;
	char phrase[256];		/* folded, words stemmed */
	char label[256];		/* "you said: love horror" */
};

struct told {
	struct told_rule rule[TOLD_RULES_MAX];
	uint32_t count;
	char not_me[TOLD_RULES_MAX][256];	/* folded titles that were not the person */
	int32_t not_me_year[TOLD_RULES_MAX];	/* 0: of any year */
	uint32_t not_me_count;
};

/* Keys of facts that are rules: "loves", "likes", "avoids", "less", "not-me". The rest is left. */
void told_make(const struct vault_fact *facts, size_t count, struct told *out);

/* Whether the rule names an item described by these texts. */
bool told_matches(const struct told_rule *rule, const char *title, const char *creator,
		  const char *words);
/* Whether the person said that this was not them; a year of 0 is any year. */
bool told_not_me(const struct told *told, const char *title, int32_t year);

/* Understands a sentence: fills key and value of a fact. */
void told_parse(const char *text, struct vault_fact *out);

#endif
