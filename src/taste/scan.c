/*
 * The scan. Rounded scores are int64 in the unit 2^(s - 62); with int16 h, int8 q, dim <= 512 a
 * dot product stays inside int32, and scales below 2^31 keep the product below 2^62.
 */
#include "scan.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "dot.h"
#include "fold.h"

#define NO_CANDIDATE DOT_NO_CANDIDATE
#define BATCH 4			/* blocks whose dot products are made together */
#define LEAST_SHIFT 16		/* so that an intercept fits the unit 2^(s - 62) */
#define LOG2_E 1512775		/* 2^-20 */

struct scan {
	const struct pack *pack;
	int64_t *rounded;		/* [items] */
	int64_t *block_top;		/* [blocks]: the largest of each DOT_BLOCK of them */
	uint32_t blocks;
	bool backwards;			/* the direction of the last pass */
	int64_t widest;			/* the largest bound of any item */
	struct dot_state state;		/* of the last pass */
	const int64_t *h;		/* of the last pass, borrowed */
	const int32_t *bonus;
	uint32_t bucket;
	int shift;
	int64_t top;			/* the largest rounded score */
	uint64_t share_sum;		/* of 2^(score - top), 2^-30 */
};

static CLONES uint32_t l1_norm(const int8_t *q, uint32_t dim)
{
	uint32_t sum = 0, j;

	for (j = 0; j < dim; j++)
		sum += (uint32_t)abs(q[j]);
	return sum;
}

/* The bound on |rounded - exact| in the unit of the pass: half a step in each component, and one
 * for each value that a shift may have cut. */
static int64_t bound(const struct scan *scan, uint32_t item)
{
	const struct pack *pack = scan->pack;
	uint32_t norm = l1_norm(pack->q + (size_t)item * pack->dim, pack->dim);

	return (int64_t)(((uint64_t)norm * pack->q_scale[item] + 1) / 2) + 2;
}

struct scan *scan_new(const struct pack *pack)
{
	struct scan *scan = aligned_alloc(64, (sizeof(*scan) + 63) & ~(size_t)63);
	uint32_t i;

	if (scan == NULL)
		return NULL;
	memset(scan, 0, sizeof(*scan));
	scan->pack = pack;
	scan->blocks = (pack->items + DOT_BLOCK - 1) / DOT_BLOCK;
	scan->rounded = malloc(sizeof(*scan->rounded) * pack->items);
	scan->block_top = malloc(sizeof(*scan->block_top) * scan->blocks);
	if (scan->rounded == NULL || scan->block_top == NULL) {
		scan_free(scan);
		return NULL;
	}
	for (i = 0; i < pack->items; i++) {
		int64_t width = bound(scan, i);

		scan->widest = width > scan->widest ? width : scan->widest;
	}
	return scan;
}

void scan_free(struct scan *scan)
{
	if (scan == NULL)
		return;
	free(scan->rounded);
	free(scan->block_top);
	free(scan);
}

static CLONES int round_state(const int64_t *h, uint32_t dim, int16_t *h16)
{
	int64_t largest = 0, half;
	int shift = LEAST_SHIFT;
	uint32_t j;

	for (j = 0; j < dim; j++) {
		int64_t size = h[j] < 0 ? -h[j] : h[j];

		largest = size > largest ? size : largest;
	}
	while (((largest + ((int64_t)1 << (shift - 1))) >> shift) > INT16_MAX)
		shift++;
	half = (int64_t)1 << (shift - 1);
	for (j = 0; j < dim; j++)
		h16[j] = (int16_t)((h[j] + half) >> shift);
	return shift;
}

/* The blocks of one batch. */
static void pass_batch(struct scan *scan, const struct dot_finish *all, const uint64_t *excluded,
		       uint32_t batch)
{
	const struct dot_kernels *kernels = dot_kernels();
	const struct pack *pack = scan->pack;
	int32_t dot[BATCH * DOT_BLOCK] DOT_ALIGNED;
	uint32_t first = batch * BATCH, b, from = first * DOT_BLOCK, left = pack->items - from;

	kernels->rows(&scan->state, pack->q + (size_t)from * pack->dim, NULL,
		      left < BATCH * DOT_BLOCK ? left : BATCH * DOT_BLOCK, dot);
	for (b = first; b < first + BATCH && b < scan->blocks; b++, from += DOT_BLOCK) {
		struct dot_finish finish = *all;
		int64_t top;

		finish.scale += from;
		finish.length = all->length == NULL ? NULL : all->length + from;
		finish.bonus = all->bonus == NULL ? NULL : all->bonus + from;
		finish.excluded = excluded == NULL ? 0 : excluded[b];
		left = pack->items - from;
		top = kernels->finish(dot + (b - first) * DOT_BLOCK, &finish,
				      left < DOT_BLOCK ? left : DOT_BLOCK, scan->rounded + from);
		scan->block_top[b] = top;
		scan->top = top > scan->top ? top : scan->top;
	}
}

/* Every other pass goes from the end to the beginning: of rows that fill the cache more than once,
 * it begins with those that are still there. */
void scan_pass(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
	       const int32_t *bonus)
{
	const struct pack *pack = scan->pack;
	struct dot_finish finish = {
		.scale = pack->q_scale,
		.length = pack->length == NULL || bucket == FOLD_NO_BUCKET ? NULL :
			  pack->length + (size_t)bucket * pack->items,
		.bonus = bonus,
	};
	uint32_t batches = (scan->blocks + BATCH - 1) / BATCH, b;

	scan->h = h;
	scan->bucket = bucket;
	scan->bonus = bonus;
	scan->shift = round_state(h, pack->dim, scan->state.wide);
	scan->share_sum = 0;
	scan->top = NO_CANDIDATE;
	scan->backwards = !scan->backwards;
	dot_prepare(&scan->state, pack->dim);
	finish.left = FIXED_WIDE_BITS - FIXED_BITS - scan->shift;
	for (b = 0; b < batches; b++)
		pass_batch(scan, &finish, excluded, scan->backwards ? batches - 1 - b : b);
}

fixed_wide scan_score(const struct scan *scan, uint32_t item)
{
	fixed_wide score = fold_dot(scan->pack, scan->h, item) +
			   fold_length(scan->pack, scan->bucket, item);

	if (scan->bonus != NULL)
		score += (fixed_wide)scan->bonus[item] *
			 ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
	return score;
}

static void sift_down(int64_t *heap, uint32_t size, uint32_t at)
{
	for (;;) {
		uint32_t least = at, child = 2 * at + 1;
		int64_t swap;

		if (child < size && heap[child] < heap[least])
			least = child;
		if (child + 1 < size && heap[child + 1] < heap[least])
			least = child + 1;
		if (least == at)
			return;
		swap = heap[at];
		heap[at] = heap[least];
		heap[least] = swap;
		at = least;
	}
}

/* A heap of the k largest, the least of them first. */
static void offer(int64_t *heap, uint32_t k, int64_t value)
{
	if (value > heap[0]) {
		heap[0] = value;
		sift_down(heap, k, 0);
	}
}

static void clear_heap(int64_t *heap, uint32_t k)
{
	uint32_t i;

	for (i = 0; i < k; i++)
		heap[i] = NO_CANDIDATE;
}

/* The k-th largest rounded score; NO_CANDIDATE where there are fewer. The k-th largest of the
 * blocks' best is not above it, so that only blocks that reach it are looked into. */
static int64_t kth_rounded(const struct scan *scan, uint32_t k, int64_t *heap)
{
	uint32_t b, i, items = scan->pack->items;
	int64_t least;

	clear_heap(heap, k);
	for (b = 0; b < scan->blocks; b++)
		offer(heap, k, scan->block_top[b]);
	least = heap[0];
	clear_heap(heap, k);
	for (b = 0; b < scan->blocks; b++)
		for (i = b * DOT_BLOCK; scan->block_top[b] >= least &&
		     i < items && i < (b + 1) * DOT_BLOCK; i++)
			offer(heap, k, scan->rounded[i]);
	return heap[0];
}

static int by_score(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Those that may be among the first k: whose rounded score is not below the k-th best by more than
 * two of the widest bounds. NULL when out of memory. */
static uint32_t *reaching(const struct scan *scan, int64_t kth, uint32_t *count)
{
	int64_t least = kth == NO_CANDIDATE ? NO_CANDIDATE + 1 : kth - 2 * scan->widest;
	uint32_t capacity = 64, found = 0, b, i, items = scan->pack->items;
	uint32_t *item = malloc(sizeof(*item) * capacity);

	for (b = 0; item != NULL && b < scan->blocks; b++) {
		if (scan->block_top[b] < least)
			continue;
		if (capacity - found < DOT_BLOCK) {
			uint32_t *grown = realloc(item, sizeof(*item) * capacity * 2);

			if (grown == NULL) {
				free(item);
				return NULL;
			}
			item = grown;
			capacity *= 2;
		}
		for (i = b * DOT_BLOCK; i < items && i < (b + 1) * DOT_BLOCK; i++) {
			item[found] = i;
			found += scan->rounded[i] >= least;
		}
	}
	*count = found;
	return item;
}

uint32_t scan_top(struct scan *scan, uint32_t k, struct scan_hit *out, uint32_t *examined)
{
	uint32_t items = scan->pack->items, i, found = 0, looked = 0, *item = NULL;
	struct scan_hit *hit = NULL;
	fixed_wide *score = NULL;
	int64_t *heap;

	k = k > items ? items : k;
	if (k == 0)
		return 0;
	heap = malloc(sizeof(*heap) * k);
	if (heap != NULL)
		item = reaching(scan, kth_rounded(scan, k, heap), &found);
	if (item != NULL)
		hit = malloc(sizeof(*hit) * (found + 1));
	if (hit != NULL)
		score = malloc(sizeof(*score) * (found + 1));
	if (score != NULL) {
		/* the bounds of their own leave fewer where one item's is much above others' */
		clear_heap(heap, k);
		for (i = 0; i < found; i++)
			offer(heap, k, scan->rounded[item[i]] - bound(scan, item[i]));
		for (i = 0; i < found; i++)
			if (scan->rounded[item[i]] + bound(scan, item[i]) >= heap[0])
				item[looked++] = item[i];
		fold_scores(scan->pack, scan->h, scan->bucket, scan->bonus, item, looked, score);
		for (i = 0; i < looked; i++)
			hit[i] = (struct scan_hit){ score[i], item[i] };
		qsort(hit, looked, sizeof(*hit), by_score);
		k = looked < k ? looked : k;
		memcpy(out, hit, sizeof(*hit) * k);
	}
	if (examined != NULL)
		*examined = looked;
	k = score == NULL ? 0 : k;
	free(heap);
	free(item);
	free(hit);
	free(score);
	return k;
}

uint32_t scan_rank(struct scan *scan, uint32_t item)
{
	fixed_wide score = scan_score(scan, item);
	int64_t mine = (int64_t)(score >> scan->shift), widest = scan->widest + 1;
	uint32_t b, i, before = 0, items = scan->pack->items;

	for (b = 0; b < scan->blocks; b++) {
		uint32_t from = b * DOT_BLOCK, end = from + DOT_BLOCK < items ? from + DOT_BLOCK : items;

		if (scan->block_top[b] < mine - widest)
			continue;
		for (i = from; i < end; i++) {
			int64_t rounded = scan->rounded[i];

			if (i == item || rounded == NO_CANDIDATE)
				continue;
			if (rounded > mine + widest) {
				before++;
			} else if (rounded >= mine - widest) {
				fixed_wide other = scan_score(scan, i);

				before += other > score || (other == score && i < item);
			}
		}
	}
	return before;
}

/* The unit of the pass to log2 units of 2^-20, relative to `top`: <= 0. */
static int32_t log_distance(const struct scan *scan, int64_t below)
{
	int right = FIXED_WIDE_BITS - FIXED_BITS - scan->shift;
	int64_t units = right >= 0 ? below >> right : below * ((int64_t)1 << -right);

	if (units < -(40LL << FIXED_BITS))
		units = -(40LL << FIXED_BITS);
	return (int32_t)(units * LOG2_E >> FIXED_BITS);
}

int32_t scan_log_share(struct scan *scan, fixed_wide score)
{
	uint32_t i;

	if (scan->share_sum == 0) {
		for (i = 0; i < scan->pack->items; i++)
			if (scan->rounded[i] != NO_CANDIDATE)
				scan->share_sum += fixed_exp2(log_distance(scan,
							scan->rounded[i] - scan->top));
		scan->share_sum += scan->share_sum == 0;
	}
	return log_distance(scan, (int64_t)(score >> scan->shift) - scan->top) -
	       (fixed_log2(scan->share_sum) - (30 << FIXED_BITS));
}
