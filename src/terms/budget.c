/* Accounts of epsilon, and e^epsilon in integers. */
#include "budget.h"

#include <assert.h>
#include <stdio.h>

#include "base/limits.h"

uint64_t budget_left(const struct budget *budget)
{
	return budget->spent < budget->cap ? budget->cap - budget->spent : 0;
}

int budget_charge(struct budget *all, struct budget_use *use, uint64_t grant_cap,
		  uint64_t grant_count, uint64_t epsilon, struct error *error)
{
	if (use->revoked)
		return error_set(error, TACIT_E_LIMIT, "the grant was revoked");
	if (use->uses >= grant_count)
		return error_set(error, TACIT_E_LIMIT, "the grant's answers are used up");
	if (use->epsilon > grant_cap || epsilon > grant_cap - use->epsilon)
		return error_set(error, TACIT_E_LIMIT, "the grant's budget is used up");
	if (epsilon > budget_left(all))
		return error_set(error, TACIT_E_LIMIT, "the budget of all recipients is used up");
	use->uses++;
	use->epsilon += epsilon;
	all->spent += epsilon;
	assert(use->epsilon <= grant_cap && (epsilon == 0 || all->spent <= all->cap));
	return 0;
}

bool budget_parse(const char *text, uint64_t *out)
{
	uint64_t whole = 0, part = 0, scale = 1;
	const char *first = text;

	for (; *text >= '0' && *text <= '9'; text++) {
		whole = whole * 10 + (uint64_t)(*text - '0');
		if (whole > LIMIT_EPSILON)
			return false;
	}
	if (text == first || (*first == '0' && text - first > 1))
		return false;
	if (*text == '.') {
		first = ++text;
		for (; *text >= '0' && *text <= '9' && text - first < 6; text++) {
			part = part * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
		if (text == first)
			return false;
	}
	if (*text != 0)
		return false;
	whole = whole * BUDGET_ONE + part * BUDGET_ONE / scale;
	if (whole > (uint64_t)LIMIT_EPSILON * BUDGET_ONE)
		return false;
	*out = whole;
	return true;
}

/*
 * e^n by n multiplications and e^f, f < 1, by its series. Every term is positive and every step
 * rounds down, so the result is at most the true value; it is below it by less than 2^-25 of it.
 */
uint64_t budget_exp(uint64_t epsilon)
{
	static const uint64_t e60 = 0x2b7e151628aed2a6;	/* e in 2^-60, rounded down */
	unsigned __int128 sum, term, f;
	uint64_t whole, i;

	assert(epsilon <= (uint64_t)LIMIT_EPSILON * BUDGET_ONE);
	whole = epsilon / BUDGET_ONE;
	f = (unsigned __int128)(epsilon % BUDGET_ONE) << 40;	/* 2^-60 */
	sum = term = (unsigned __int128)1 << 60;
	for (i = 1; term > 0 && i < 40; i++) {
		term = (term * f >> 60) / i;
		sum += term;
	}
	for (i = 0; i < whole; i++)
		sum = (sum >> 28) * e60 >> 32;	/* (2^-32 * 2^-60) >> 32 is 2^-60 again */
	return (uint64_t)(sum >> (60 - BUDGET_EXP_BITS));
}

uint32_t budget_guess(uint64_t epsilon)
{
	unsigned __int128 e = budget_exp(epsilon);
	unsigned __int128 sum = e + ((unsigned __int128)1 << BUDGET_EXP_BITS);

	return (uint32_t)((2000 * e + sum) / (2 * sum));
}

void budget_guess_words(uint64_t epsilon, char out[24])
{
	uint32_t guess = budget_guess(epsilon);

	if (guess < 600 && guess % 10 != 0)
		snprintf(out, 24, "%u.%u in 100", guess / 10, guess % 10);
	else
		snprintf(out, 24, "%u in 100", (guess + 5) / 10);
}
