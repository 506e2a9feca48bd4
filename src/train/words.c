/* Ridge from words to rows: one dense system of at most WORDS_MAX unknowns for all columns. */
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gemm.h"
#include "pack/pack.h"

#define LAMBDA 5.0f
#define ITEM_WORDS 64
#define LEAST_ITEMS 3		/* a word of fewer items says more about them than about itself */

struct tally {
	uint64_t key;
	uint32_t items;
};

static size_t item_words(const struct train_item *item, uint64_t *out)
{
	return pack_word_hashes(item->title, item->creator, item->words, item->year, out,
				ITEM_WORDS);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int by_items(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->items != y->items)
		return x->items > y->items ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* The most frequent words of the items with events, ascending by key. */
static int vocabulary(const struct train_data *data, const uint32_t *count, uint64_t **out,
		      uint32_t *words)
{
	uint64_t *all = malloc(sizeof(*all) * ((size_t)data->items * ITEM_WORDS + 1));
	struct tally *tally;
	size_t total = 0, kinds = 0, i;

	if (all == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < data->items; i++)
		if (count[i] > 0)
			total += item_words(&data->catalogue[i], all + total);
	qsort(all, total, sizeof(*all), by_key);
	tally = malloc(sizeof(*tally) * (total + 1));
	if (tally == NULL) {
		free(all);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < total; i++) {
		if (kinds == 0 || tally[kinds - 1].key != all[i])
			tally[kinds++] = (struct tally){ all[i], 0 };
		tally[kinds - 1].items++;
	}
	qsort(tally, kinds, sizeof(*tally), by_items);
	while (kinds > 0 && (kinds > WORDS_MAX || tally[kinds - 1].items < LEAST_ITEMS))
		kinds--;
	for (i = 0; i < kinds; i++)
		all[i] = tally[i].key;
	free(tally);
	qsort(all, kinds, sizeof(*all), by_key);
	*out = all;
	*words = (uint32_t)kinds;
	return 0;
}

/* The item's words that are in the vocabulary, as row numbers. */
static uint32_t known_words(const struct words_model *words, const struct train_item *item,
			    uint32_t *out)
{
	uint64_t key[ITEM_WORDS];
	size_t total = item_words(item, key), i;
	uint32_t known = 0;

	for (i = 0; i < total; i++) {
		const uint64_t *at = bsearch(&key[i], words->key, words->words, sizeof(key[0]),
					     by_key);

		if (at != NULL)
			out[known++] = (uint32_t)(at - words->key);
	}
	return known;
}

/* Adds one item to the normal equations: a += D f f', b[column][word] += D f y. */
static void add_item(const struct words_model *words, const struct follow_model *model,
		     uint32_t item, float weight, const uint32_t *known, uint32_t n, float *a,
		     float *b)
{
	uint32_t dim = model->dim, p_size = model->banks * dim, i, j, c;
	const float *p = model->p + (size_t)item * p_size, *q = model->q + (size_t)item * dim;
	float f = 1.0f / sqrtf((float)n);

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++)
			a[(size_t)known[i] * words->words + known[j]] += weight * f * f;
		for (c = 0; c < words->columns; c++)
			b[(size_t)c * words->words + known[i]] +=
				weight * f * (c < p_size ? p[c] : q[c - p_size]);
	}
}

int words_fit(const struct train_data *data, const uint32_t *count,
	      const struct follow_model *model, struct words_model *out, struct error *error)
{
	uint32_t known[ITEM_WORDS], i, w, c, n;
	float *a, *b;
	int result = 0;

	memset(out, 0, sizeof(*out));
	out->columns = (model->banks + 1) * model->dim;
	if (vocabulary(data, count, &out->key, &out->words) != 0)
		return error_memory(error);
	if (out->words == 0)
		return 0;
	a = calloc((size_t)out->words * out->words, sizeof(*a));
	b = calloc((size_t)out->words * out->columns, sizeof(*b));
	out->row = malloc(sizeof(float) * out->words * out->columns);
	if (a == NULL || b == NULL || out->row == NULL)
		result = error_memory(error);
	for (i = 0; result == 0 && i < data->items; i++) {
		n = count[i] == 0 ? 0 : known_words(out, &data->catalogue[i], known);
		if (n > 0)
			add_item(out, model, i, log2f(1.0f + (float)count[i]), known, n, a, b);
	}
	for (i = 0; result == 0 && i < out->words; i++)
		a[(size_t)i * out->words + i] += LAMBDA;
	if (result == 0)
		result = gemm_solve((int)out->words, (int)out->columns, a, b, error);
	for (w = 0; result == 0 && w < out->words; w++)
		for (c = 0; c < out->columns; c++)
			out->row[(size_t)w * out->columns + c] = b[(size_t)c * out->words + w];
	free(a);
	free(b);
	if (result != 0)
		words_free(out);
	return result;
}

void words_free(struct words_model *words)
{
	free(words->key);
	free(words->row);
	memset(words, 0, sizeof(*words));
}

void words_fill(const struct train_data *data, const uint32_t *count,
		const struct words_model *words, struct follow_model *model)
{
	uint32_t known[ITEM_WORDS], dim = model->dim, p_size = model->banks * dim, i, k, c, n;

	for (i = 0; i < data->items; i++) {
		float *p = model->p + (size_t)i * p_size, *q = model->q + (size_t)i * dim;

		if (count[i] > 0)
			continue;
		memset(p, 0, sizeof(float) * p_size);
		memset(q, 0, sizeof(float) * dim);
		n = words->words == 0 ? 0 : known_words(words, &data->catalogue[i], known);
		for (k = 0; k < n; k++) {
			const float *row = words->row + (size_t)known[k] * words->columns;
			float f = 1.0f / sqrtf((float)n);

			for (c = 0; c < p_size; c++)
				p[c] += f * row[c];
			for (c = 0; c < dim; c++)
				q[c] += f * row[p_size + c];
		}
	}
}
