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
#include "base/huge.h"
#include "coarse.h"
#include "dot.h"
#include "fold.h"

#define NO_CANDIDATE DOT_NO_CANDIDATE
#define BATCH 4			/* blocks whose dot products are made together */
#define SEEDS 2			/* times k: blocks of the highest bounds, looked at first */
#define FEW 100			/* above items / FEW a list is not a short one */
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
	struct coarse *coarse;		/* made when first needed */
	const int64_t *h;		/* of the last pass, borrowed */
	const int32_t *bonus;
	uint32_t bucket;
	int shift;
	int64_t top;			/* the largest rounded score */
	uint64_t share_sum;		/* of 2^(score - top), 2^-30 */
};

static uint32_t at_most(uint32_t count, uint32_t most)
{
	return count < most ? count : most;
}

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
	scan->rounded = huge_new(sizeof(*scan->rounded) * pack->items);
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
	coarse_free(scan->coarse);
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

/* What is added to the dot products from an item on. */
static struct dot_finish finish_from(const struct scan *scan, const uint64_t *excluded,
				     uint32_t from)
{
	const struct pack *pack = scan->pack;
	bool lengths = pack->length != NULL && scan->bucket != FOLD_NO_BUCKET;

	return (struct dot_finish){
		.scale = pack->q_scale + from,
		.length = lengths ? pack->length + (size_t)scan->bucket * pack->items + from : NULL,
		.bonus = scan->bonus == NULL ? NULL : scan->bonus + from,
		.excluded = excluded == NULL ? 0 : excluded[from / DOT_BLOCK],
		.left = FIXED_WIDE_BITS - FIXED_BITS - scan->shift,
	};
}

/* The blocks of one batch. */
static void pass_batch(struct scan *scan, const uint64_t *excluded, uint32_t batch)
{
	const struct dot_kernels *kernels = dot_kernels();
	const struct pack *pack = scan->pack;
	int32_t dot[BATCH * DOT_BLOCK] DOT_ALIGNED;
	uint32_t first = batch * BATCH, b, from = first * DOT_BLOCK;

	kernels->rows(&scan->state, pack->q + (size_t)from * pack->dim, NULL,
		      at_most(pack->items - from, BATCH * DOT_BLOCK), dot);
	for (b = first; b < first + BATCH && b < scan->blocks; b++, from += DOT_BLOCK) {
		struct dot_finish finish = finish_from(scan, excluded, from);
		int64_t top = kernels->finish(dot + (b - first) * DOT_BLOCK, &finish,
					      at_most(pack->items - from, DOT_BLOCK),
					      scan->rounded + from);

		scan->block_top[b] = top;
		scan->top = top > scan->top ? top : scan->top;
	}
}

static void begin(struct scan *scan, const int64_t *h, uint32_t bucket, const int32_t *bonus)
{
	scan->h = h;
	scan->bucket = bucket;
	scan->bonus = bonus;
	scan->shift = round_state(h, scan->pack->dim, scan->state.wide);
	scan->share_sum = 0;
	scan->top = NO_CANDIDATE;
	scan->backwards = !scan->backwards;
	dot_prepare(&scan->state, scan->pack->dim);
}

/* Every other pass goes from the end to the beginning: of rows that fill the cache more than once,
 * it begins with those that are still there. */
void scan_pass(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
	       const int32_t *bonus)
{
	uint32_t batches = (scan->blocks + BATCH - 1) / BATCH, b;

	begin(scan, h, bucket, bonus);
	for (b = 0; b < batches; b++)
		pass_batch(scan, excluded, scan->backwards ? batches - 1 - b : b);
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

	assert(k > 0);
	heap[0] = NO_CANDIDATE;
	for (i = 1; i < k; i++)
		heap[i] = NO_CANDIDATE;
}

static int64_t kth_block(const struct scan *scan, uint32_t k, int64_t *heap)
{
	uint32_t b;

	clear_heap(heap, k);
	for (b = 0; b < scan->blocks; b++)
		offer(heap, k, scan->block_top[b]);
	return heap[0];
}

/* The k-th largest of scan->rounded; NO_CANDIDATE where there are fewer. The k-th largest of the
 * blocks' best is not above it, so that only blocks that reach it are looked into. False when out
 * of memory. */
static bool kth_largest(const struct scan *scan, uint32_t k, int64_t *kth)
{
	int64_t *heap = malloc(sizeof(*heap) * k), least;
	uint32_t b, i, items = scan->pack->items;

	if (heap == NULL)
		return false;
	least = kth_block(scan, k, heap);
	clear_heap(heap, k);
	for (b = 0; b < scan->blocks; b++)
		for (i = b * DOT_BLOCK; scan->block_top[b] >= least &&
		     i < items && i < (b + 1) * DOT_BLOCK; i++)
			offer(heap, k, scan->rounded[i]);
	*kth = heap[0];
	free(heap);
	return true;
}

static int by_score(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Items that reach a value, and room for their rounded scores. */
struct reaching {
	uint32_t *item, found;
	int64_t *rounded;
};

static void reaching_free(struct reaching *all)
{
	free(all->item);
	free(all->rounded);
}

/* Those of scan->rounded that are `least` or more, ascending; least is above NO_CANDIDATE. */
static bool reaching(const struct scan *scan, int64_t least, struct reaching *all)
{
	const struct dot_kernels *kernels = dot_kernels();
	uint32_t room = 0, b, items = scan->pack->items;

	for (b = 0; b < scan->blocks; b++)
		room += scan->block_top[b] >= least ? DOT_BLOCK : 0;
	all->found = 0;
	all->item = malloc(sizeof(*all->item) * (room + 1));
	all->rounded = malloc(sizeof(*all->rounded) * (room + 1));
	if (all->item == NULL || all->rounded == NULL) {
		reaching_free(all);
		return false;
	}
	for (b = 0; b < scan->blocks; b++) {
		uint32_t from = b * DOT_BLOCK;
		uint64_t bits = scan->block_top[b] < least ? 0 :
				kernels->reach(scan->rounded + from,
					       at_most(items - from, DOT_BLOCK), least);

		for (; bits != 0; bits &= bits - 1)
			all->item[all->found++] = from + (uint32_t)__builtin_ctzll(bits);
	}
	return true;
}

/* The exact first k of `found` items that hold all of them, with their rounded scores. The items
 * are moved about. */
static uint32_t settle(const struct scan *scan, uint32_t k, uint32_t *item, const int64_t *rounded,
		       uint32_t found, struct scan_hit *out, uint32_t *examined)
{
	struct scan_hit *hit = malloc(sizeof(*hit) * (found + 1));
	fixed_wide *score = malloc(sizeof(*score) * (found + 1));
	int64_t *heap = malloc(sizeof(*heap) * k);
	uint32_t i, looked = 0;

	if (hit == NULL || score == NULL || heap == NULL) {
		k = 0;
	} else {
		/* bounds of their own leave fewer where one item's is much above others' */
		clear_heap(heap, k);
		for (i = 0; i < found; i++)
			offer(heap, k, rounded[i] - bound(scan, item[i]));
		for (i = 0; i < found; i++)
			if (rounded[i] + bound(scan, item[i]) >= heap[0])
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
	free(hit);
	free(score);
	free(heap);
	return k;
}

uint32_t scan_top(struct scan *scan, uint32_t k, struct scan_hit *out, uint32_t *examined)
{
	struct reaching all = { 0 };
	uint32_t i, got = 0;
	int64_t kth;

	k = k > scan->pack->items ? scan->pack->items : k;
	if (k == 0 || !kth_largest(scan, k, &kth) ||
	    !reaching(scan, kth == NO_CANDIDATE ? kth + 1 : kth - 2 * scan->widest, &all))
		return 0;
	for (i = 0; i < all.found; i++)
		all.rounded[i] = scan->rounded[all.item[i]];
	got = settle(scan, k, all.item, all.rounded, all.found, out, examined);
	reaching_free(&all);
	return got;
}

/* ---- the first k alone ----------------------------------------------------------------- */

/* An upper bound of each rounded score into scan->rounded, in units of 2^COARSE_BITS. */
static void bounds_pass(struct scan *scan, const uint64_t *excluded)
{
	const struct dot_kernels *kernels = dot_kernels();
	int32_t dot[DOT_BLOCK] DOT_ALIGNED;
	struct dot_coarse state;
	uint32_t b, at;

	coarse_prepare(&scan->state, &state);
	for (b = 0; b < scan->blocks; b++) {
		struct dot_finish finish;

		at = (scan->backwards ? scan->blocks - 1 - b : b) * DOT_BLOCK;
		finish = finish_from(scan, excluded, at);
		finish.left -= COARSE_BITS;
		coarse_block(scan->coarse, &state, at, dot);
		scan->block_top[at / DOT_BLOCK] =
			kernels->finish(dot, &finish, at_most(scan->pack->items - at, DOT_BLOCK),
					scan->rounded + at);
	}
}

/* The rounded scores of some items, as a pass has them. */
static void round_some(const struct scan *scan, struct reaching *some)
{
	int32_t dot[DOT_BLOCK];
	uint32_t from, i;

	for (from = 0; from < some->found; from += DOT_BLOCK) {
		uint32_t count = at_most(some->found - from, DOT_BLOCK);

		for (i = 0; i < count; i++)
			dot_fetch(scan->pack->q + (size_t)some->item[from + i] * scan->pack->dim,
				  scan->pack->dim);
		dot_kernels()->rows(&scan->state, scan->pack->q, some->item + from, count, dot);
		for (i = 0; i < count; i++) {
			struct dot_finish finish = finish_from(scan, NULL, some->item[from + i]);

			some->rounded[from + i] = dot_finished(dot[i], &finish, 0);
		}
	}
}

/* Keeps those whose rounded score is not below the k-th best of them by more than two of the
 * widest bounds; tells that k-th best. */
static void keep_best(const struct scan *scan, uint32_t k, int64_t *heap, struct reaching *some,
		      int64_t *kth)
{
	uint32_t i, kept = 0;

	clear_heap(heap, k);
	for (i = 0; i < some->found; i++)
		offer(heap, k, some->rounded[i]);
	*kth = heap[0];
	for (i = 0; i < some->found; i++)
		if (*kth == NO_CANDIDATE || some->rounded[i] >= *kth - 2 * scan->widest) {
			some->item[kept] = some->item[i];
			some->rounded[kept++] = some->rounded[i];
		}
	some->found = kept;
}

/* All that may be among the first k, by upper bounds that are in scan->rounded. The k-th best of
 * any items is not above the k-th best of all: those of the blocks with the highest bounds are
 * looked at first, and then what reaches the k-th best of them. A bound and the cuts of shifts may
 * miss a rounded score by two units at most. */
static bool gather(const struct scan *scan, uint32_t k, struct reaching *all)
{
	uint32_t seeds = at_most(SEEDS * k, scan->blocks > k ? scan->blocks : k);
	int64_t *heap = malloc(sizeof(*heap) * seeds), kth;
	struct reaching seed = { 0 };
	bool done = false;

	if (heap == NULL)
		return false;
	kth = kth_block(scan, seeds, heap);
	if (reaching(scan, kth == NO_CANDIDATE ? kth + 1 : kth, &seed)) {
		round_some(scan, &seed);
		keep_best(scan, k, heap, &seed, &kth);
		reaching_free(&seed);
		done = reaching(scan, kth == NO_CANDIDATE ? kth + 1 :
				((kth - 2 * scan->widest) >> COARSE_BITS) - 2, all);
	}
	if (done) {
		round_some(scan, all);
		keep_best(scan, k, heap, all, &kth);
	}
	free(heap);
	return done;
}

uint32_t scan_first(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
		    const int32_t *bonus, uint32_t k, struct scan_hit *out, uint32_t *examined)
{
	struct reaching all = { 0 };
	uint32_t got = 0;

	if (scan->coarse == NULL && dot_kernels()->coarse != NULL)
		scan->coarse = coarse_new(scan->pack);
	if (scan->coarse == NULL || dot_kernels()->coarse == NULL ||
	    k > scan->pack->items / FEW) {
		scan_pass(scan, h, bucket, excluded, bonus);
		return scan_top(scan, k, out, examined);
	}
	begin(scan, h, bucket, bonus);
	bounds_pass(scan, excluded);
	if (k == 0 || !gather(scan, k, &all))
		return 0;
	got = settle(scan, k, all.item, all.rounded, all.found, out, examined);
	reaching_free(&all);
	return got;
}

/* ---- places and shares ----------------------------------------------------------------- */

uint32_t scan_rank(struct scan *scan, uint32_t item)
{
	fixed_wide score = scan_score(scan, item);
	int64_t mine = (int64_t)(score >> scan->shift), widest = scan->widest + 1;
	uint32_t b, i, before = 0, items = scan->pack->items;

	for (b = 0; b < scan->blocks; b++) {
		uint32_t from = b * DOT_BLOCK, end = from + at_most(items - from, DOT_BLOCK);

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

/* The unit of the pass to log2 units of 2^-20, relative to `top`: <= 0. `right` shifts to 2^-20. */
static inline int32_t log_distance(int64_t below, int right)
{
	int64_t units = right >= 0 ? below >> right : below * ((int64_t)1 << -right);

	if (units < -(40LL << FIXED_BITS))
		units = -(40LL << FIXED_BITS);
	return (int32_t)(units * LOG2_E >> FIXED_BITS);
}

/* Without a branch, so that it becomes vectors. */
static CLONES uint64_t sum_shares(const int64_t *rounded, uint32_t count, int64_t top, int right)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		int64_t there = -(int64_t)(rounded[i] != NO_CANDIDATE);

		/* of the others the distance is of no meaning and is not counted */
		sum += fixed_exp2(log_distance((rounded[i] - top) & there, right)) &
		       (uint64_t)there;
	}
	return sum;
}

void scan_share_make(struct scan *scan, struct scan_share *out)
{
	out->top = scan->top;
	out->shift = scan->shift;
	out->right = FIXED_WIDE_BITS - FIXED_BITS - scan->shift;
	if (scan->share_sum == 0) {
		scan->share_sum = sum_shares(scan->rounded, scan->pack->items, scan->top,
					     out->right);
		scan->share_sum += scan->share_sum == 0;
	}
	out->sum = fixed_log2(scan->share_sum) - (30 << FIXED_BITS);
}

int32_t scan_share_log(const struct scan_share *share, fixed_wide score)
{
	return log_distance((int64_t)(score >> share->shift) - share->top, share->right) -
	       share->sum;
}

int32_t scan_log_share(struct scan *scan, fixed_wide score)
{
	struct scan_share share;

	scan_share_make(scan, &share);
	return scan_share_log(&share, score);
}
