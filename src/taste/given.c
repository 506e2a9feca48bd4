/* A state kept for lists that are given. */
#include "given.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

#define RUN 8			/* items that are sorted by insertion */

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

static inline bool comes_before(const struct scan_hit *a, const struct scan_hit *b)
{
	return a->score > b->score || (a->score == b->score && a->item <= b->item);
}

/* Two sorted runs of `from`, one behind the other, into one of `to`. */
static void merge(const struct scan_hit *from, uint32_t first, uint32_t second, struct scan_hit *to)
{
	const struct scan_hit *a = from, *b = from + first;
	const struct scan_hit *a_end = b, *b_end = b + second;

	while (a < a_end && b < b_end)
		*to++ = comes_before(a, b) ? *a++ : *b++;
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

/* Short runs by insertion, then merged: lists are short, and a call for each comparison would cost
 * as much as the scores. */
static void sort_hits(struct scan_hit *hit, uint32_t count, struct scan_hit *room)
{
	struct scan_hit *from = hit, *to = room, *swap;
	uint32_t width, i, j;

	for (i = 1; i < count; i++) {
		struct scan_hit it = hit[i];

		for (j = i; j % RUN > 0 && !comes_before(&hit[j - 1], &it); j--)
			hit[j] = hit[j - 1];
		hit[j] = it;
	}
	for (width = RUN; width < count; width *= 2) {
		for (i = 0; i < count; i += 2 * width) {
			uint32_t first = count - i < width ? count - i : width;
			uint32_t second = count - i - first < width ? count - i - first : width;

			merge(from + i, first, second, to + i);
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != hit)
		memcpy(hit, from, sizeof(*hit) * count);
}

void given_rank(const struct given *given, const uint32_t *item, uint32_t count,
		struct scan_hit *out, struct scan_hit *room)
{
	fixed_wide score[DOT_BLOCK];
	uint32_t from, some, i;

	for (from = 0; from < count; from += some) {
		some = count - from < DOT_BLOCK ? count - from : DOT_BLOCK;
		given_scores(given, item + from, some, score);
		for (i = 0; i < some; i++)
			out[from + i] = (struct scan_hit){ score[i], item[from + i] };
	}
	sort_hits(out, count, room);
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
