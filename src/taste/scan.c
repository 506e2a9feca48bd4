/*
 * The scan. Rounded scores are int64 in the unit 2^(s - 62); with int16 h, int8 q, dim <= 512 a
 * dot product stays inside int32, and scales below 2^31 keep the product below 2^62.
 */
#include "scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clones.h"
#include "fold.h"

#define NO_CANDIDATE (INT64_MIN / 4)
#define LEAST_SHIFT 16		/* so that an intercept fits the unit 2^(s - 62) */
#define LOG2_E 1512775		/* 2^-20 */

struct scan {
	const struct pack *pack;
	uint32_t *norm;			/* [items]: L1 of q */
	int64_t *rounded;		/* [items] */
	int64_t *lower;			/* [items]: heap space for the k-th best */
	int16_t *h16;			/* [dim] */
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


/* One call for many rows: the choice of variant is made once, not per row. */
static CLONES void dot_rows(const int16_t *h, const int8_t *q, const uint32_t *scale, uint32_t dim,
			    uint32_t items, int64_t *out)
{
	uint32_t i, j;

	for (i = 0; i < items; i++) {
		const int8_t *row = q + (size_t)i * dim;
		int32_t sum = 0;

		for (j = 0; j < dim; j++)
			sum += h[j] * row[j];
		out[i] = (int64_t)sum * scale[i];
	}
}

struct scan *scan_new(const struct pack *pack)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	uint32_t i;

	if (scan == NULL)
		return NULL;
	scan->pack = pack;
	scan->norm = malloc(sizeof(*scan->norm) * pack->items);
	scan->rounded = malloc(sizeof(*scan->rounded) * pack->items);
	scan->lower = malloc(sizeof(*scan->lower) * pack->items);
	scan->h16 = malloc(sizeof(*scan->h16) * pack->dim);
	if (scan->norm == NULL || scan->rounded == NULL || scan->lower == NULL ||
	    scan->h16 == NULL) {
		scan_free(scan);
		return NULL;
	}
	for (i = 0; i < pack->items; i++)
		scan->norm[i] = l1_norm(pack->q + (size_t)i * pack->dim, pack->dim);
	return scan;
}

void scan_free(struct scan *scan)
{
	if (scan == NULL)
		return;
	free(scan->norm);
	free(scan->rounded);
	free(scan->lower);
	free(scan->h16);
	free(scan);
}

static int round_state(const int64_t *h, uint32_t dim, int16_t *h16)
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

/* 2^-20 into the unit of the pass */
static int64_t to_unit(const struct scan *scan, int64_t value)
{
	int left = FIXED_WIDE_BITS - FIXED_BITS - scan->shift;

	return left >= 0 ? value * ((int64_t)1 << left) : value >> -left;
}

/* The bound on |rounded - exact| in the unit of the pass: half a step in each component, and one
 * for each value that to_unit may have cut. */
static int64_t bound(const struct scan *scan, uint32_t item)
{
	return (int64_t)(((uint64_t)scan->norm[item] * scan->pack->q_scale[item] + 1) / 2) + 2;
}

void scan_pass(struct scan *scan, const int64_t *h, uint32_t bucket, const uint64_t *excluded,
	       const int32_t *bonus)
{
	const struct pack *pack = scan->pack;
	const int16_t *length = pack->length == NULL || bucket == FOLD_NO_BUCKET ? NULL :
				pack->length + (size_t)bucket * pack->items;
	uint32_t i;

	scan->h = h;
	scan->bucket = bucket;
	scan->bonus = bonus;
	scan->shift = round_state(h, pack->dim, scan->h16);
	scan->share_sum = 0;
	dot_rows(scan->h16, pack->q, pack->q_scale, pack->dim, pack->items, scan->rounded);
	scan->top = NO_CANDIDATE;
	for (i = 0; i < pack->items; i++) {
		int64_t value = scan->rounded[i];

		if (length != NULL)
			value += to_unit(scan, (int64_t)length[i] * (1 << (FIXED_BITS - 11)));
		if (bonus != NULL)
			value += to_unit(scan, bonus[i]);
		if (excluded != NULL && (excluded[i / 64] >> (i % 64) & 1) != 0)
			value = NO_CANDIDATE;
		scan->rounded[i] = value;
		scan->top = value > scan->top ? value : scan->top;
	}
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

/* The k-th largest lower bound, by a heap of k; NO_CANDIDATE where there are fewer. */
static int64_t kth_lower(struct scan *scan, uint32_t k)
{
	int64_t *heap = scan->lower;
	uint32_t i;

	for (i = 0; i < k; i++)
		heap[i] = NO_CANDIDATE;
	for (i = 0; i < scan->pack->items; i++) {
		int64_t low;

		if (scan->rounded[i] <= heap[0])
			continue;
		low = scan->rounded[i] - bound(scan, i);
		if (low > heap[0]) {
			heap[0] = low;
			sift_down(heap, k, 0);
		}
	}
	return heap[0];
}

static int by_score(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

uint32_t scan_top(struct scan *scan, uint32_t k, struct scan_hit *out, uint32_t *examined)
{
	struct scan_hit *hit;
	uint32_t items = scan->pack->items, i, count = 0, looked = 0, capacity = 64;
	int64_t least;

	k = k > items ? items : k;
	if (k == 0)
		return 0;
	least = kth_lower(scan, k);
	hit = malloc(sizeof(*hit) * capacity);
	for (i = 0; hit != NULL && i < items; i++) {
		if (scan->rounded[i] == NO_CANDIDATE || scan->rounded[i] + bound(scan, i) < least)
			continue;
		if (looked == capacity) {
			struct scan_hit *grown = realloc(hit, sizeof(*hit) * capacity * 2);

			if (grown == NULL)
				break;
			hit = grown;
			capacity *= 2;
		}
		hit[looked].item = i;
		hit[looked++].score = scan_score(scan, i);
	}
	if (hit != NULL && i == items) {
		qsort(hit, looked, sizeof(*hit), by_score);
		count = looked < k ? looked : k;
		memcpy(out, hit, sizeof(*hit) * count);
	}
	free(hit);
	if (examined != NULL)
		*examined = looked;
	return count;
}

uint32_t scan_rank(struct scan *scan, uint32_t item)
{
	fixed_wide score = scan_score(scan, item);
	int64_t mine = (int64_t)(score >> scan->shift);
	uint32_t i, before = 0;

	for (i = 0; i < scan->pack->items; i++) {
		int64_t width;

		if (i == item || scan->rounded[i] == NO_CANDIDATE)
			continue;
		width = bound(scan, i) + 1;
		if (scan->rounded[i] - width > mine) {
			before++;
		} else if (scan->rounded[i] + width >= mine) {
			fixed_wide other = scan_score(scan, i);

			before += other > score || (other == score && i < item);
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
