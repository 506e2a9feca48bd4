/* Postings of the words of learned items; one dense row of cosines for each wanted item. */
#include "kin.h"

#include <stdlib.h>
#include <string.h>

#include "closed_inside.h"
#include "tfidf.h"

struct postings {
	uint64_t *start;		/* [words + 1] */
	uint32_t *item;
	float *value;
};

struct making {
	const struct tfidf *tfidf;
	const struct postings *postings;
	struct kin *kin;
	float *row;			/* [items]: cosines of the item under way, else 0 */
	uint32_t *touched;		/* [items] */
	float *size;			/* [items]: work space */
	uint64_t capacity;
};

void kin_free(struct kin *kin)
{
	free(kin->start);
	free(kin->from);
	free(kin->value);
	memset(kin, 0, sizeof(*kin));
}

static void postings_free(struct postings *postings)
{
	free(postings->start);
	free(postings->item);
	free(postings->value);
}

static int postings_new(const struct tfidf *tfidf, const bool *learned, struct postings *out)
{
	uint64_t total = tfidf->start[tfidf->items], k;
	uint32_t i, w;

	out->start = calloc((size_t)tfidf->words + 2, sizeof(*out->start));
	out->item = malloc(sizeof(*out->item) * (total + 1));
	out->value = malloc(sizeof(*out->value) * (total + 1));
	if (out->start == NULL || out->item == NULL || out->value == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < tfidf->items; i++)
		for (k = tfidf->start[i]; learned[i] && k < tfidf->start[i + 1]; k++)
			out->start[tfidf->word[k] + 2]++;
	for (w = 0; w < tfidf->words; w++)
		out->start[w + 2] += out->start[w + 1];
	for (i = 0; i < tfidf->items; i++)
		for (k = tfidf->start[i]; learned[i] && k < tfidf->start[i + 1]; k++) {
			uint64_t at = out->start[tfidf->word[k] + 1]++;

			out->item[at] = i;
			out->value[at] = tfidf->value[k];
		}
	return 0;
}

/* Fills the row with the cosines of an item; how many are touched. */
static uint32_t fill(struct making *making, uint32_t item)
{
	const struct tfidf *tfidf = making->tfidf;
	const struct postings *postings = making->postings;
	uint32_t touched = 0;
	uint64_t k, at;

	for (k = tfidf->start[item]; k < tfidf->start[item + 1]; k++) {
		uint32_t word = tfidf->word[k];
		uint64_t end = postings->start[word + 1];

		/* a word of all items weighs nothing, and would leave no trace in the row */
		if (end - postings->start[word] > KIN_COMMON || tfidf->value[k] <= 0.0f)
			continue;
		for (at = postings->start[word]; at < end; at++) {
			uint32_t other = postings->item[at];

			if (postings->value[at] <= 0.0f)
				continue;
			if (making->row[other] == 0.0f)
				making->touched[touched++] = other;
			making->row[other] += tfidf->value[k] * postings->value[at];
		}
	}
	return touched;
}

static int grow(struct making *making, uint64_t needed)
{
	uint64_t capacity = needed * 3 / 2;
	void *grown;

	if (needed <= making->capacity)
		return 0;
	grown = realloc(making->kin->from, sizeof(uint32_t) * capacity);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	making->kin->from = grown;
	grown = realloc(making->kin->value, sizeof(float) * capacity);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	making->kin->value = grown;
	making->capacity = capacity;
	return 0;
}

/* Keeps the KIN_MOST most like; of equals those with the smaller numbers. */
static int keep(struct making *making, uint32_t item)
{
	struct kin *kin = making->kin;
	uint64_t at = kin->start[item];
	uint32_t touched = fill(making, item), above = 0, equal, i;
	float least = 0.0f;

	if (grow(making, at + KIN_MOST + 1) != 0)
		return TACIT_E_MEMORY;
	for (i = 0; i < touched; i++)
		making->size[i] = making->row[making->touched[i]];
	if (touched > KIN_MOST)
		least = closed_largest(making->size, touched, KIN_MOST - 1);
	for (i = 0; i < touched; i++)
		above += making->row[making->touched[i]] > least;
	equal = KIN_MOST - above;
	if (touched > 1)
		qsort(making->touched, touched, sizeof(*making->touched), closed_by_number);
	for (i = 0; i < touched; i++) {
		uint32_t from = making->touched[i];
		float value = making->row[from];

		making->row[from] = 0.0f;
		if (value <= 0.0f || value < least || (value == least && equal == 0))
			continue;
		equal -= value == least;
		kin->from[at] = from;
		kin->value[at++] = value;
	}
	kin->start[item + 1] = at;
	return 0;
}

static int make_all(struct making *making, const bool *wanted)
{
	uint32_t items = making->kin->items, i;
	int result = 0;

	for (i = 0; result == 0 && i < items; i++) {
		making->kin->start[i + 1] = making->kin->start[i];
		if (wanted[i])
			result = keep(making, i);
	}
	return result;
}

int kin_make(const struct train_data *data, const bool *learned, const bool *wanted,
	     struct kin *out, struct error *error)
{
	struct postings postings = { NULL, NULL, NULL };
	struct tfidf tfidf;
	struct making making = { .tfidf = &tfidf, .postings = &postings, .kin = out };
	size_t items = (size_t)data->items + 1;
	int result = tfidf_new(data, 1, &tfidf, error);

	memset(out, 0, sizeof(*out));
	if (result != 0)
		return result;
	out->items = data->items;
	out->start = calloc(items, sizeof(*out->start));
	making.row = calloc(items, sizeof(*making.row));
	making.touched = malloc(items * sizeof(*making.touched));
	making.size = malloc(items * sizeof(*making.size));
	if (out->start == NULL || making.row == NULL || making.touched == NULL ||
	    making.size == NULL || postings_new(&tfidf, learned, &postings) != 0 ||
	    make_all(&making, wanted) != 0)
		result = error_memory(error);
	postings_free(&postings);
	tfidf_free(&tfidf);
	free(making.row);
	free(making.touched);
	free(making.size);
	if (result != 0)
		kin_free(out);
	return result;
}

float kin_score(const struct kin *kin, const float *weights, uint32_t item)
{
	float sum = 0.0f;
	uint64_t k;

	for (k = kin->start[item]; k < kin->start[item + 1]; k++)
		sum += weights[kin->from[k]] * kin->value[k];
	return sum;
}

/* Rows by where they lead from, counted first; items of a row are ascending in both. */
static void fill_pairs(const struct kin *kin, const struct pairs *other, float factor,
		       uint64_t *at, struct pairs *pairs)
{
	uint32_t banks = pairs->banks, i;
	uint64_t k;

	for (i = 0; other != NULL && i < kin->items; i++)
		for (k = other->start[i]; k < other->start[i + 1]; k++) {
			pairs->item[at[i]] = other->item[k];
			memcpy(pairs->value + at[i]++ * banks, other->value + k * other->banks,
			       sizeof(float) * other->banks);
		}
	for (i = 0; i < kin->items; i++)
		for (k = kin->start[i]; k < kin->start[i + 1]; k++) {
			uint32_t from = kin->from[k];

			pairs->item[at[from]] = i;
			pairs->value[at[from]++ * banks + banks - 1] = factor * kin->value[k];
		}
}

struct slot {
	uint32_t item, place;
};

static int by_item(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Brings a row into the order of its items; what nobody had has no other pairs, so that no item
 * stands in it twice unless other models reach it too: then both are one. */
static int sort_row(struct pairs *pairs, uint32_t row, uint64_t *end)
{
	uint64_t first = pairs->start[row], count = *end - first, k, kept = 0;
	uint32_t banks = pairs->banks, b;
	struct slot *slot = malloc(sizeof(*slot) * (count + 1));
	float *value = malloc(sizeof(float) * (count + 1) * banks);

	if (slot == NULL || value == NULL) {
		free(slot);
		free(value);
		return TACIT_E_MEMORY;
	}
	for (k = 0; k < count; k++)
		slot[k] = (struct slot){ pairs->item[first + k], (uint32_t)k };
	memcpy(value, pairs->value + first * banks, sizeof(float) * count * banks);
	qsort(slot, count, sizeof(*slot), by_item);
	for (k = 0; k < count; k++) {
		float *to = pairs->value + (first + kept) * banks;

		if (kept > 0 && pairs->item[first + kept - 1] == slot[k].item) {
			for (b = 0; b < banks; b++)
				to[b - (int64_t)banks] += value[slot[k].place * banks + b];
			continue;
		}
		pairs->item[first + kept++] = slot[k].item;
		memcpy(to, value + (size_t)slot[k].place * banks, sizeof(float) * banks);
	}
	*end = first + kept;
	free(slot);
	free(value);
	return 0;
}

/* Sorts all rows and closes the gaps between them. */
static int close_rows(struct pairs *pairs, uint64_t *end)
{
	uint64_t at = 0, first, size;
	uint32_t i, banks = pairs->banks;

	for (i = 0; i < pairs->items; i++) {
		if (end[i] - pairs->start[i] > 1 && sort_row(pairs, i, &end[i]) != 0)
			return TACIT_E_MEMORY;
		first = pairs->start[i];
		size = end[i] - first;
		memmove(pairs->item + at, pairs->item + first, sizeof(uint32_t) * size);
		memmove(pairs->value + at * banks, pairs->value + first * banks,
			sizeof(float) * size * banks);
		pairs->start[i] = at;
		at += size;
	}
	pairs->start[pairs->items] = at;
	return 0;
}

int kin_pairs(const struct kin *kin, const struct closed_bank *bank, float factor,
	      const struct pairs *other, struct pairs **out, struct error *error)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));
	uint64_t total = kin->start[kin->items] + (other == NULL ? 0 : other->start[kin->items]);
	uint64_t *at = malloc(sizeof(*at) * ((size_t)kin->items + 1)), k;
	uint32_t i;
	int result = pairs == NULL || at == NULL ? TACIT_E_MEMORY : 0;

	if (result == 0) {
		if (other != NULL)
			memcpy(pairs->bank, other->bank, sizeof(other->bank));
		pairs->items = kin->items;
		pairs->banks = other == NULL ? 0 : other->banks;
		pairs->bank[pairs->banks++] = *bank;
		pairs->start = calloc((size_t)kin->items + 1, sizeof(*pairs->start));
		pairs->item = malloc(sizeof(*pairs->item) * (total + 1));
		pairs->value = calloc((total + 1) * pairs->banks, sizeof(*pairs->value));
		if (pairs->start == NULL || pairs->item == NULL || pairs->value == NULL)
			result = TACIT_E_MEMORY;
	}
	if (result == 0) {
		for (i = 0; other != NULL && i < kin->items; i++)
			pairs->start[i + 1] = other->start[i + 1] - other->start[i];
		for (k = 0; k < kin->start[kin->items]; k++)
			pairs->start[kin->from[k] + 1]++;
		for (i = 0; i < kin->items; i++)
			pairs->start[i + 1] += pairs->start[i];
		memcpy(at, pairs->start, sizeof(*at) * kin->items);
		fill_pairs(kin, other, factor, at, pairs);
		result = close_rows(pairs, at);
	}
	free(at);
	*out = result == 0 ? pairs : NULL;
	if (result == 0)
		return 0;
	pairs_free(pairs);
	return error_memory(error);
}
