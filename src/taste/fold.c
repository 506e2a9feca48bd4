/*
 * The fold. Bounds: a strength is at most 2^21, a decay times theta below 2^32, a scale below 2^32,
 * so a product stays below 2^85 and m, where scales are as the trainer makes them (|P| < 1), in
 * int32; larger ones are held at 2^31 - 1, so that the bound of h knows no theta.
 * |h| < (4096 * 8 + 32) * 2^31 * 2^7 < 2^54.
 */
#include "fold.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/clones.h"
#include "dot.h"
#include "pairs.h"

#define AHEAD 16		/* entries: how far ahead of the fold scales are fetched */

void fold_decay_of(const struct pack *pack, const struct head *head, struct fold_decay *decay)
{
	uint32_t b, r;

	memset(decay, 0, sizeof(*decay));
	decay->banks = pack->banks;
	for (b = 0; b < pack->banks; b++) {
		uint64_t power = 1 << 30;

		for (r = 0; r < LIMIT_HISTORY && power > 0; r++) {
			decay->weight[b][r] = head_weight(power, head->theta[b]);
			if (decay->weight[b][r] > 0 && r + 1 > decay->faded)
				decay->faded = r + 1;
			/* rounded down, so that every bank reaches zero */
			if (pack->config->rho[b] < 1U << 30)
				power = power * pack->config->rho[b] >> 30;
		}
	}
	pairs_decay_make(pack, head, decay);
}

void fold_decay_make(const struct pack *pack, struct fold_decay *decay)
{
	struct head head;

	head_of(pack, 0, &head);
	fold_decay_of(pack, &head, decay);
}

static inline int32_t multiplier(int32_t strength, uint32_t weight, uint32_t scale)
{
	__int128 product = (__int128)((int64_t)strength * weight) * scale; /* 2^-(20 + 30 + 32) */
	int64_t rounded = (int64_t)((product + ((__int128)1 << 51)) >> 52);

	if (rounded > INT32_MAX)
		return INT32_MAX;
	if (rounded < -INT32_MAX)
		return -INT32_MAX;
	return (int32_t)rounded;
}

/* Terms are collected and added many at a time. */
#define TERMS 1024

struct terms {
	struct dot_term term[TERMS];
	uint32_t count, dim;
	int64_t *h;
};

static void add_terms(struct terms *terms)
{
	if (terms->count > 0)
		dot_kernels()->fold(terms->term, terms->count, terms->dim, terms->h);
	terms->count = 0;
}

/* The rows of all banks, with what each is multiplied by; where that is 0 the row is not read. */
static inline void collect_rows(struct terms *terms, const struct fold_decay *decay,
				int32_t strength, uint32_t r, uint32_t banks, const int8_t *row,
				const uint32_t *scale)
{
	uint32_t b, dim = terms->dim;

	if (terms->count + banks > TERMS)
		add_terms(terms);
	for (b = 0; b < banks; b++, row += dim) {
		int32_t m = decay->weight[b][r] == 0 ? 0 :
			    multiplier(strength, decay->weight[b][r], scale[b]);

		if (m == 0)
			continue;
		dot_fetch(row, dim);
		terms->term[terms->count++] = (struct dot_term){ row, m };
	}
}

static void collect(const struct pack *pack, const struct fold_decay *decay,
		    const struct fold_entry *entry, uint32_t r, struct terms *terms)
{
	uint32_t w, banks = pack->banks;
	int32_t share;

	if (r >= decay->faded || entry->strength == 0 || pack->p == NULL)
		return;
	if (entry->item != FOLD_NO_ITEM) {
		size_t row = (size_t)entry->item * banks;

		collect_rows(terms, decay, entry->strength, r, banks, pack->p + row * pack->dim,
			     pack->p_scale + row);
		return;
	}
	if (entry->word_count == 0 || pack->word_row == NULL)
		return;
	share = (int32_t)fixed_multiply(entry->strength, fixed_inverse_root(entry->word_count));
	for (w = 0; w < entry->word_count; w++) {
		size_t row = (size_t)entry->word[w] * (banks + 1);

		collect_rows(terms, decay, share, r, banks, pack->word_row + row * pack->dim,
			     pack->word_scale + row);
	}
}

void fold_add(const struct pack *pack, const struct fold_decay *decay,
	      const struct fold_entry *entry, uint32_t r, int64_t *h)
{
	struct terms terms;

	terms.count = 0;
	terms.dim = pack->dim;
	terms.h = h;
	collect(pack, decay, entry, r, &terms);
	add_terms(&terms);
}

void fold_moment(const struct pack *pack, uint32_t row, int64_t *h)
{
	int64_t m = multiplier(FIXED_ONE, 1 << 30, pack->moment_scale[row]);
	const int8_t *c = pack->moment_row + (size_t)row * pack->dim;
	uint32_t j;

	assert(row < pack->moments);
	for (j = 0; j < pack->dim; j++)
		h[j] += m * c[j];
}

void fold_state(const struct pack *pack, const struct fold_decay *decay,
		const struct fold_entry *entry, uint32_t count, uint32_t skip, int64_t *h)
{
	struct terms terms;
	uint32_t e, r = 0;

	terms.count = 0;
	terms.dim = pack->dim;
	terms.h = h;
	memset(h, 0, sizeof(*h) * pack->dim);
	for (e = 0; e < count && r < decay->faded; e++) {
		if (e + AHEAD < count && entry[e + AHEAD].item != FOLD_NO_ITEM)
			__builtin_prefetch(pack->p_scale +
					   (size_t)entry[e + AHEAD].item * pack->banks);
		if (e != skip)
			collect(pack, decay, &entry[e], r++, &terms);
	}
	add_terms(&terms);
}

/* h = high * 2^27 + low: both sums stay inside int64 for any h. */
static CLONES fixed_wide exact_dot(const int64_t *h, const int8_t *q, uint32_t dim)
{
	int64_t high = 0, low = 0;
	uint32_t j;

	for (j = 0; j < dim; j++) {
		high += (h[j] >> 27) * q[j];
		low += (h[j] & ((1 << 27) - 1)) * q[j];
	}
	return (fixed_wide)high * (1 << 27) + low;
}

fixed_wide fold_dot(const struct pack *pack, const int64_t *h, uint32_t item)
{
	assert(item < pack->items);
	return exact_dot(h, pack->q + (size_t)item * pack->dim, pack->dim) * pack->q_scale[item];
}

/* h as four int16 states, h = sum over k of digit_k * 2^15k with digits in [-2^14, 2^14); false
 * where that does not hold it, which no fold makes. */
static bool split_state(const int64_t *h, uint32_t dim, struct dot_state digit[FOLD_DIGITS])
{
	uint32_t j, k;

	for (j = 0; j < dim; j++) {
		int64_t rest = h[j];

		if (rest >= 1LL << 58 || rest <= -(1LL << 58))
			return false;
		for (k = 0; k < FOLD_DIGITS; k++) {
			int64_t low = ((rest + (1 << 14)) & 32767) - (1 << 14);

			digit[k].wide[j] = (int16_t)low;
			rest = (rest - low) >> 15;
		}
	}
	for (k = 0; k < FOLD_DIGITS; k++)
		dot_prepare(&digit[k], dim);
	return true;
}

void fold_ready_make(const int64_t *h, uint32_t dim, struct fold_ready *out)
{
	out->h = h;
	out->split = split_state(h, dim, out->digit);
}

void fold_ready_scores(const struct pack *pack, const struct fold_ready *ready, uint32_t bucket,
		       const int32_t *bonus, const uint32_t *item, uint32_t count,
		       fixed_wide *score)
{
	int32_t dot[FOLD_DIGITS][DOT_BLOCK];
	uint32_t from, i, k;

	for (from = 0; from < count; from += DOT_BLOCK) {
		uint32_t some = count - from < DOT_BLOCK ? count - from : DOT_BLOCK;

		for (i = 0; i < some; i++)
			dot_fetch(pack->q + (size_t)item[from + i] * pack->dim, pack->dim);
		for (k = 0; ready->split && k < FOLD_DIGITS; k++)
			dot_kernels()->rows(&ready->digit[k], pack->q, item + from, some, dot[k]);
		for (i = 0; i < some; i++) {
			uint32_t at = item[from + i];
			fixed_wide sum = 0;

			assert(at < pack->items);
			for (k = FOLD_DIGITS; k-- > 0;)
				sum = sum * (1 << 15) + dot[k][i];
			sum = ready->split ? sum * pack->q_scale[at] : fold_dot(pack, ready->h, at);
			sum += fold_length(pack, bucket, at);
			if (bonus != NULL)
				sum += (fixed_wide)bonus[at] *
				       ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
			score[from + i] = sum;
		}
	}
}

void fold_scores(const struct pack *pack, const int64_t *h, uint32_t bucket, const int32_t *bonus,
		 const uint32_t *item, uint32_t count, fixed_wide *score)
{
	struct fold_ready ready;

	fold_ready_make(h, pack->dim, &ready);
	fold_ready_scores(pack, &ready, bucket, bonus, item, count, score);
}

fixed_wide fold_dot_words(const struct pack *pack, const int64_t *h, const uint32_t *row,
			  uint32_t count)
{
	int32_t root = count == 0 ? 0 : fixed_inverse_root(count);
	fixed_wide total = 0;
	uint32_t w;

	for (w = 0; w < count; w++) {
		size_t at = (size_t)row[w] * (pack->banks + 1) + pack->banks;
		const int8_t *q = pack->word_row + at * pack->dim;

		assert(row[w] < pack->words);
		total += exact_dot(h, q, pack->dim) *
			 fixed_multiply(root, pack->word_scale[at]);
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
