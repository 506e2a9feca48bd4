/*
 * Epsilon, the unit of what answers reveal, in fixed point 2^-20. A budget is charged before the
 * answer is made, never gives back and never renews by itself; a new one is a new decision of the
 * person. Answers add up over all recipients, who may talk to each other.
 */
#ifndef TACIT_TERMS_BUDGET_H
#define TACIT_TERMS_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define BUDGET_ONE (1U << 20)		/* epsilon = 1 */
#define BUDGET_EXP_BITS 32

struct budget {
	uint64_t cap, spent;		/* over all recipients together; spent <= cap */
};

/* What one grant has used. */
struct budget_use {
	uint64_t uses, epsilon;
	bool revoked;
};

uint64_t budget_left(const struct budget *budget);

/* Takes `epsilon` and one use, from the grant's account and from the whole, or nothing at all:
 * TACIT_E_LIMIT where either would exceed its cap. To be stored before the answer is computed. */
int budget_charge(struct budget *all, struct budget_use *use, uint64_t grant_cap,
		  uint64_t grant_count, uint64_t epsilon, struct error *error);

/* "0.5", "1", "12.25": digits, a point, at most six places; at most LIMIT_EPSILON; rounded down. */
bool budget_parse(const char *text, uint64_t *out);

/* e^epsilon in 2^-32, rounded down; epsilon <= LIMIT_EPSILON. */
uint64_t budget_exp(uint64_t epsilon);

/* The best guess between two equally likely truths that an answer allows: e^eps / (1 + e^eps), in
 * thousandths, to the nearest. 500 is a coin. */
uint32_t budget_guess(uint64_t epsilon);
/* "52.5 in 100", "73 in 100": tenths below 60, where they matter. */
void budget_guess_words(uint64_t epsilon, char out[24]);

#endif
