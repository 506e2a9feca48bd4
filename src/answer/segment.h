/*
 * Where a sequence of events changes its kind: exact segmentation by dynamic programming (Auger
 * and Lawrence 1989) of a multinomial log-likelihood, with a penalty for each change (as in Killick
 * et al. 2012). In integers: the same on every machine.
 *
 *	gain(changes) = sum over segments, kinds of  n log2(n / N)  -  the same for one segment
 *
 * n: how often the kind stands in the segment, N: all that stands there. The answer maximises
 * gain - penalty * changes. The penalty is found by permutation: the events in SEGMENT_SHUFFLES
 * random orders, for each the least penalty at which it has no change; the 95th of the 99 is taken.
 * Where the order says nothing, every order is as likely as the true one, so that a change is found
 * in at most 5 of 100 such histories (Good 2005, permutation tests). In a history with changes that
 * holds about for each stretch between two of them.
 */
#ifndef TACIT_ANSWER_SEGMENT_H
#define TACIT_ANSWER_SEGMENT_H

#include <stdint.h>

#include "base/error.h"

#define SEGMENT_KINDS 32		/* at most */
#define SEGMENT_MOST 12			/* changes at most */
#define SEGMENT_LEAST 10		/* events of a segment at least */
#define SEGMENT_SHUFFLES 99
#define SEGMENT_RANK 95
#define SEGMENT_CELLS 200		/* places where the search looks for changes, at most */

struct segment_data {
	uint32_t events, kinds;
	const uint32_t *first;		/* [events + 1]: event e has kind[first[e] .. first[e+1]) */
	const uint8_t *kind;		/* below `kinds`, of one event no two the same */
};

/* The changes: change[c] is the first event of a new segment, ascending; *penalty in 2^-20 bits.
 * Up to SEGMENT_CELLS events the best of all; of longer histories the best among that many
 * equal steps, then each change moved to its best place within a step. None where there are fewer
 * than 2 * SEGMENT_LEAST events. Cost: (shuffles + 1) * cells^2 / 2 * kinds. TACIT_E_MEMORY. */
int segment_find(const struct segment_data *data, uint64_t seed, uint32_t change[SEGMENT_MOST],
		 uint32_t *count, int64_t *penalty, struct error *error);

/* How often each kind stands in the events from..until-1: out[kinds]; returns the sum. */
uint64_t segment_count(const struct segment_data *data, uint32_t from, uint32_t until,
		       uint32_t *out);
/* The gain of splitting the events of two counts that stand side by side, 2^-20 bits. */
int64_t segment_gain(uint32_t kinds, const uint32_t *before, const uint32_t *after);

#endif
