/*
 * The frontier: how good an answer is at each notch of the dial, beside how much leaves with it,
 * from the person's own held-out events. For each of the latest things (answer/targets.h) a service
 * is supposed to have a list of it and of others that the person did not have, drawn roughly by
 * popularity, always the same ones; what the person's order, or what is left of it at a notch,
 * makes of that list is counted: hit@k and nDCG@k of the one thing that the person then had.
 *
 * At subset both are expectations over the mechanism (answer/subset.h), computed from its formula
 * and not drawn: with T the engine's first of the list and the true thing at place r > 0,
 *
 *	P(hit)  = p (k-1)/(N-1) + (1-p) k/(N-1),	p = P(T in S);   for r = 0 it is p
 *
 * and its place within S, which the person's own side orders, is what is better than it in S:
 * hypergeometric. Off is the service's own order, by popularity.
 */
#ifndef TACIT_ANSWER_FRONTIER_H
#define TACIT_ANSWER_FRONTIER_H

#include <stddef.h>
#include <stdint.h>

#include "answer/answer.h"
#include "terms/notch.h"

#define FRONTIER_LEAST 5	/* held-out events; below that nothing is said */
#define FRONTIER_EVENTS 1000	/* at most */
#define FRONTIER_EPSILONS 16
#define FRONTIER_ROWS (4 + FRONTIER_EPSILONS)
#define FRONTIER_KINDS 3	/* of reasons: popular, told, had */

struct frontier_row {
	enum notch notch;
	uint64_t epsilon;		/* 2^-20, of subset; else 0 */
	int64_t hit, hit_low, hit_high;	/* 2^-20; the range holds 90 in 100 of the resamples */
	int64_t ndcg, ndcg_low, ndcg_high;
	/* An upper bound on what one answer tells, 2^-20 bits; -1 where none is stated. Of subset:
	 * about which thing is the best; of order and reasons: about the whole order. */
	int64_t bits;
};

struct frontier_options {
	uint32_t events;		/* to hold out, at most; 0: 40 */
	uint32_t candidates;		/* N; 0: 100. Fewer where the catalogue has no more */
	uint32_t size;			/* k; 0: 10 */
	void (*progress)(void *context, int permille);
	void *context;
};

/* Rows into out[4 + epsilons]: off, silent, subset for each epsilon, order, reasons. *tested: how
 * many events. TACIT_E_UNKNOWN where fewer than FRONTIER_LEAST can be tested, TACIT_E_ARGUMENT,
 * TACIT_E_MEMORY. Costs about one profile for each event. */
int frontier_make(const struct subject *subject, const struct frontier_options *options,
		  const uint64_t *epsilon, size_t epsilons, struct frontier_row *out,
		  size_t *count, uint32_t *tested, struct error *error);

#endif
