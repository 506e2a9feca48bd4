/*
 * Scores of things that are given, for a state that is asked again and again. A score needs the
 * row of its item alone. A share of the softmax needs the sum over the whole catalogue: that is
 * made once, when a share is first asked for, and kept with the state of which it is a function.
 */
#ifndef TACIT_TASTE_GIVEN_H
#define TACIT_TASTE_GIVEN_H

#include <stdint.h>

#include "base/fixed.h"
#include "pack/pack.h"
#include "taste/scan.h"

/* The pack and `bonus` (NULL: none) are borrowed, h[dim] is copied; NULL when out of memory. */
struct given;
struct given *given_new(const struct pack *pack, const int64_t *h, uint32_t bucket,
			const int32_t *bonus);
void given_free(struct given *given);

/* Those of fold_scores, to the bit. Cost: the rows of the items. */
void given_scores(const struct given *given, const uint32_t *item, uint32_t count,
		  fixed_wide *score);
/* The items with their scores, best first, ties by the lower item number, into out[count]. `room`
 * has as many again. */
void given_rank(const struct given *given, const uint32_t *item, uint32_t count,
		struct scan_hit *out, struct scan_hit *room);
/* That of scan_log_share after a pass without excluded items, to the bit. The first time it passes
 * over the catalogue with a scan of the same pack; what that held before is lost. */
int32_t given_log_share(struct given *given, struct scan *scan, fixed_wide score);

#endif
