/* A state kept for lists that are given. */
#include "given.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

struct given {
	struct fold_ready ready;
	int64_t h[LIMIT_DIM];
	const struct pack *pack;
	const int32_t *bonus;
	uint32_t bucket;
	bool shared;			/* `share` is made */
	struct scan_share share;
};

struct given *given_new(const struct pack *pack, const int64_t *h, uint32_t bucket,
			const int32_t *bonus)
{
	struct given *given = aligned_alloc(64, (sizeof(*given) + 63) & ~(size_t)63);

	if (given == NULL)
		return NULL;
	memset(given, 0, sizeof(*given));
	memcpy(given->h, h, sizeof(*h) * pack->dim);
	given->pack = pack;
	given->bonus = bonus;
	given->bucket = bucket;
	fold_ready_make(given->h, pack->dim, &given->ready);
	return given;
}

void given_free(struct given *given)
{
	free(given);
}

void given_scores(const struct given *given, const uint32_t *item, uint32_t count,
		  fixed_wide *score)
{
	fold_ready_scores(given->pack, &given->ready, given->bucket, given->bonus, item, count,
			  score);
}

int32_t given_log_share(struct given *given, struct scan *scan, fixed_wide score)
{
	if (!given->shared) {
		scan_pass(scan, given->h, given->bucket, NULL, given->bonus);
		scan_share_make(scan, &given->share);
		given->shared = true;
	}
	return scan_share_log(&given->share, score);
}
