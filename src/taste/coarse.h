/*
 * A first look at half of the bytes. Each row q is stored once more as its high nibbles u:
 *
 *   q = w + r,   w = 16 u - 120,   r in [-8, 7]
 *
 * and the int16 state h of a pass is 256 g + d, where g is an int8 or, in every other four columns,
 * an int8 and a sixteenth of another, which saves taking nibbles apart. By Cauchy and Schwarz,
 *
 *   q . h = 256 w . g + w . d + r . h  <=  256 w . g + |w| |d| + |r| |h|
 *
 * where |w| and |r| are known beforehand for each item, |d| and |h| once for each state; all are
 * rounded up to integers. What this bounds away from the first k is never read.
 */
#ifndef TACIT_TASTE_COARSE_H
#define TACIT_TASTE_COARSE_H

#include <stdint.h>

#include "dot.h"
#include "pack/pack.h"

#define COARSE_BITS 8		/* the bounds are in units of 2^8 of the pass */

/* The nibbles of a pack's rows: as many bytes as half of Q. NULL when out of memory. */
struct coarse;
struct coarse *coarse_new(const struct pack *pack);
void coarse_free(struct coarse *coarse);

/* What the bounds need of a state; state->wide[dim] as for dot_prepare. */
void coarse_prepare(const struct dot_state *state, struct dot_coarse *out);

/* out[i] >= q[from + i] . state / 2^8 for a whole block from a multiple of DOT_BLOCK; what stands
 * beyond the last item is of no meaning. */
void coarse_block(const struct coarse *coarse, const struct dot_coarse *state, uint32_t from,
		  int32_t out[DOT_BLOCK]);

#endif
