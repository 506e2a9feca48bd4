/*
 * Bounds: a strength is at most 2^21, a decay times theta and a scale below 2^32, so the product
 * fits int128 and m is held at 31 bits; eight products of 31 and 15 bits stay below 2^49.
 */
#include "pairs.h"

#include <assert.h>
#include <string.h>

#include "base/clones.h"

#define M_SHIFT 46		/* 2^-(20 + 30 + 32) to 2^-36 */
#define TERM_SHIFT 16		/* 2^-36 to 2^-20 */

void pairs_decay_make(const struct pack *pack, const struct head *head, struct fold_decay *decay)
{
	uint32_t b, r;

	if (pack->pairs == NULL)
		return;
	for (b = 0; b < pack->pairs->banks; b++) {
		uint32_t rho = pack->pairs->bank[b].rho, halves = pack->pairs->bank[b].halves;
		uint64_t power = 1 << 30;	/* rho^r, rounded down as in fold.c */

		for (r = 0; r < LIMIT_HISTORY && power > 0; r++) {
			uint64_t weight = power;

			if (halves == 1)
				weight = power * (uint64_t)fixed_inverse_root(r + 1) >> FIXED_BITS;
			else if (halves == 2)
				weight = power / (r + 1);
			decay->pair_weight[b][r] = head_weight(weight, head->pair_theta[b]);
			if (decay->pair_weight[b][r] > 0 && r + 1 > decay->faded)
				decay->faded = r + 1;
			power = rho >= 1U << 30 ? power : power * rho >> 30;
		}
	}
}

/* m of every bank; whether any is not zero. */
static bool multipliers(const struct pack *pack, const struct fold_decay *decay,
			const struct fold_entry *entry, uint32_t r, int64_t *m)
{
	uint32_t b, banks = pack->pairs == NULL ? 0 : pack->pairs->banks;
	bool any = false;

	if (entry->item == FOLD_NO_ITEM || entry->strength == 0 || r >= LIMIT_HISTORY)
		return false;
	for (b = 0; b < banks; b++) {
		__int128 product = (__int128)entry->strength * decay->pair_weight[b][r] *
				   pack->pair_scale[(size_t)entry->item * banks + b];

		product = (product + ((__int128)1 << (M_SHIFT - 1))) >> M_SHIFT;
		m[b] = product > INT32_MAX ? INT32_MAX :
		       product < -INT32_MAX ? -INT32_MAX : (int64_t)product;
		any = any || m[b] != 0;
	}
	return any;
}

static inline int64_t term_of(const int64_t *m, const int16_t *value, uint32_t banks)
{
	int64_t term = (int64_t)1 << (TERM_SHIFT - 1);
	uint32_t b;

	for (b = 0; b < banks; b++)
		term += m[b] * value[b];
	return term >> TERM_SHIFT;
}

/* One loop for each number of banks that trainers make, so that the inner one unrolls. */
static inline void add_row(const int64_t *m, const uint32_t *item, const int16_t *value,
			   uint32_t banks, size_t pairs, int64_t *sum)
{
	size_t p;

	for (p = 0; p < pairs; p++)
		sum[item[p]] += term_of(m, value + p * banks, banks);
}

static CLONES void add_pairs(const int64_t *m, const uint32_t *item, const int16_t *value,
			     uint32_t banks, size_t pairs, int64_t *sum)
{
	switch (banks) {
	case 1:
		add_row(m, item, value, 1, pairs, sum);
		break;
	case 2:
		add_row(m, item, value, 2, pairs, sum);
		break;
	case 3:
		add_row(m, item, value, 3, pairs, sum);
		break;
	case 4:
		add_row(m, item, value, 4, pairs, sum);
		break;
	case 5:
		add_row(m, item, value, 5, pairs, sum);
		break;
	default:
		add_row(m, item, value, banks, pairs, sum);
	}
}

void pairs_add(const struct pack *pack, const struct fold_decay *decay,
	       const struct fold_entry *entry, uint32_t r, int64_t *sum)
{
	int64_t m[LIMIT_PAIR_BANKS];
	uint64_t first;

	if (!multipliers(pack, decay, entry, r, m))
		return;
	assert(entry->item < pack->items);
	first = pack->pair_start[entry->item];
	add_pairs(m, pack->pair_item + first, pack->pair_value + first * pack->pairs->banks,
		  pack->pairs->banks, pack->pair_start[entry->item + 1] - first, sum);
}

void pairs_state(const struct pack *pack, const struct fold_decay *decay,
		 const struct fold_entry *entry, uint32_t count, uint32_t skip,
		 const int32_t *base, int64_t *sum, int32_t *out)
{
	uint32_t e, r = 0, i;

	memset(sum, 0, sizeof(*sum) * pack->items);
	for (e = 0; e < count && r < decay->faded; e++)
		if (e != skip)
			pairs_add(pack, decay, &entry[e], r++, sum);
	for (i = 0; i < pack->items; i++) {
		int64_t whole = sum[i] + (base == NULL ? 0 : base[i]);

		out[i] = whole > INT32_MAX ? INT32_MAX :
			 whole < -INT32_MAX ? -INT32_MAX : (int32_t)whole;
	}
}

int64_t pairs_term(const struct pack *pack, const struct fold_decay *decay,
		   const struct fold_entry *entry, uint32_t r, uint32_t item)
{
	int64_t m[LIMIT_PAIR_BANKS];
	uint64_t low, high;

	if (!multipliers(pack, decay, entry, r, m))
		return 0;
	low = pack->pair_start[entry->item];
	high = pack->pair_start[entry->item + 1];
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (pack->pair_item[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == pack->pair_start[entry->item + 1] || pack->pair_item[low] != item)
		return 0;
	return term_of(m, pack->pair_value + low * pack->pairs->banks, pack->pairs->banks);
}
