/*
 * The subset mechanism: k of N things, without order, so that whoever sees them learns little
 * about which one is the person's true best, T.
 *
 *	P(T in S) = k E / (k E + N - k),	the rest of S uniform, S sorted by id
 *
 * E is e^epsilon in 2^-32, rounded down (budget_exp). For any two true bests T, U and any S, the
 * probabilities of S differ by a factor of 1 (both or neither in S) or exactly E, and E <= e^eps:
 * with m = C(N-1, k-1) sets that hold T and C(N-1, k) = m (N-k)/k that do not,
 *
 *	P(S | T) / P(S | U) = [kE/(kE+N-k) / m] / [(N-k)/(kE+N-k) / (m (N-k)/k)] = E
 *
 * So an answer is eps-differentially private for any two histories, the stated epsilon being an
 * upper bound. Sampling is exact: integers below integer thresholds, by rejection, no floating
 * point. Published as subset selection: Wang et al., "Mutual information optimally
 * local private discrete distribution estimation" (2016); Ye and Barg (2018).
 *
 * A fresh answer for each ask would add up, so the caller stores answers by subset_key and gives
 * the same one again at no cost.
 */
#ifndef TACIT_ANSWER_SUBSET_H
#define TACIT_ANSWER_SUBSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef unsigned __int128 subset_wide;
/* A whole random number below `bound` >= 1. Returns 0 or an error, which ends the drawing. */
typedef int subset_draw(void *context, subset_wide bound, subset_wide *out);
/* Fills `out` with uniform random bytes (randombytes_buf); 0 or an error. */
typedef int subset_random(void *context, void *out, size_t size);

struct subset_ask {
	const char *const *id;		/* of the N candidates, no two the same */
	uint32_t candidates;		/* N, at most LIMIT_CANDIDATES */
	uint32_t best;			/* T, an index into id */
	uint32_t size;			/* k, 1..N */
	uint64_t epsilon;		/* 2^-20 */
};

/* Chooses S: `size` indices into id, sorted by id (as strcmp), into out[]. How long it takes does
 * not depend on `best` but for the number of rejected draws, which depends on randomness alone. */
int subset_choose(const struct subset_ask *ask, subset_random *random, void *context,
		  uint32_t *out, struct error *error);

/* The same from a source of whole numbers: what the auditor drives. */
int subset_choose_drawn(const struct subset_ask *ask, subset_draw *draw, void *context,
			uint32_t *out, struct error *error);

/* The key of a stored answer: SHA-256 of service, epoch, domain, k, epsilon and the ids in sorted
 * order, each with its size, so that no two asks write the same bytes. The order in which the
 * service sent its list does not matter: else every order would buy a fresh answer. */
int subset_key(const char *service, uint64_t epoch, const char *domain,
	       const struct subset_ask *ask, uint8_t out[32], struct error *error);

#endif
