/*
 * The fold. Bounds: a strength is at most 2^21, a decay at most 2^30, a scale below 2^31, so m
 * fits 2^52 before and int32 after rounding where scales are as the trainer makes them (|P| < 1);
 * larger ones are held at 2^31 - 1. |h| < 4096 * 8 * 2^31 * 2^7 = 2^53.
 */
#include "fold.h"

#include <assert.h>
#include <string.h>

#include "base/clones.h"
#include "pairs.h"

void fold_decay_make(const struct pack *pack, struct fold_decay *decay)
{
	uint32_t b, r;

	memset(decay, 0, sizeof(*decay));
	decay->banks = pack->banks;
	for (b = 0; b < pack->banks; b++) {
		int64_t weight = 1 << 30;

		for (r = 0; r < LIMIT_HISTORY && weight > 0; r++) {
			decay->weight[b][r] = (int32_t)weight;
			if (r + 1 > decay->faded)
				decay->faded = r + 1;
			/* rounded down, so that every bank reaches zero */
			weight = weight * pack->config->rho[b] >> 30;
			if (pack->config->rho[b] >= 1U << 30)
				weight = 1 << 30;
		}
	}
	pairs_decay_make(pack, decay);
}

static int32_t multiplier(int32_t strength, int32_t weight, uint32_t scale)
{
	__int128 product = (__int128)strength * weight * scale;	/* unit 2^-(20 + 30 + 32) */
	__int128 rounded = (product + ((__int128)1 << 51)) >> 52;

	if (rounded > INT32_MAX)
		return INT32_MAX;
	if (rounded < -INT32_MAX)
		return -INT32_MAX;
	return (int32_t)rounded;
}

/* h += m * row */
static CLONES void add_row(int64_t *h, const int8_t *row, int32_t m, uint32_t dim)
{
	uint32_t j;

	for (j = 0; j < dim; j++)
		h[j] += (int64_t)m * row[j];
}

void fold_add(const struct pack *pack, const struct fold_decay *decay,
	      const struct fold_entry *entry, uint32_t r, int64_t *h)
{
	uint32_t b, w, banks = pack->banks, dim = pack->dim;
	int32_t share;

	if (r >= decay->faded || entry->strength == 0 || pack->p == NULL)
		return;
	if (entry->item != FOLD_NO_ITEM) {
		size_t row = (size_t)entry->item * banks;

		for (b = 0; b < banks; b++) {
			int32_t m = multiplier(entry->strength, decay->weight[b][r],
					       pack->p_scale[row + b]);

			if (m != 0)
				add_row(h, pack->p + (row + b) * dim, m, dim);
		}
		return;
	}
	if (entry->word_count == 0 || pack->word_row == NULL)
		return;
	share = (int32_t)fixed_multiply(entry->strength, fixed_inverse_root(entry->word_count));
	for (w = 0; w < entry->word_count; w++) {
		size_t row = (size_t)entry->word[w] * (banks + 1);

		for (b = 0; b < banks; b++) {
			int32_t m = multiplier(share, decay->weight[b][r],
					       pack->word_scale[row + b]);

			if (m != 0)
				add_row(h, pack->word_row + (row + b) * dim, m, dim);
		}
	}
}

void fold_state(const struct pack *pack, const struct fold_decay *decay,
		const struct fold_entry *entry, uint32_t count, uint32_t skip, int64_t *h)
{
	uint32_t e, r = 0;

	memset(h, 0, sizeof(*h) * pack->dim);
	for (e = 0; e < count && r < decay->faded; e++)
		if (e != skip)
			fold_add(pack, decay, &entry[e], r++, h);
}

fixed_wide fold_dot(const struct pack *pack, const int64_t *h, uint32_t item)
{
	const int8_t *q = pack->q + (size_t)item * pack->dim;
	fixed_wide sum = 0;
	uint32_t j;

	assert(item < pack->items);
	for (j = 0; j < pack->dim; j++)
		sum += (fixed_wide)h[j] * q[j];
	return sum * pack->q_scale[item];
}

fixed_wide fold_dot_words(const struct pack *pack, const int64_t *h, const uint32_t *row,
			  uint32_t count)
{
	int32_t root = count == 0 ? 0 : fixed_inverse_root(count);
	fixed_wide total = 0;
	uint32_t w, j;

	for (w = 0; w < count; w++) {
		size_t at = (size_t)row[w] * (pack->banks + 1) + pack->banks;
		const int8_t *q = pack->word_row + at * pack->dim;
		fixed_wide sum = 0;

		assert(row[w] < pack->words);
		for (j = 0; j < pack->dim; j++)
			sum += (fixed_wide)h[j] * q[j];
		total += sum * fixed_multiply(root, pack->word_scale[at]);
	}
	return total;
}

fixed_wide fold_least_length(const struct pack *pack, uint32_t bucket)
{
	uint32_t i, least = 0;

	for (i = 1; pack->length != NULL && i < pack->items; i++)
		if (fold_length(pack, bucket, i) < fold_length(pack, bucket, least))
			least = i;
	return fold_length(pack, bucket, least);
}

uint32_t fold_bucket(const struct pack *pack, uint64_t n)
{
	uint32_t b = 0;

	while (b + 1 < pack->buckets && pack->config->bucket_from[b + 1] <= n)
		b++;
	return b;
}
