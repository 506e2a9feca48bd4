/*
 * Ridge from words to rows: one dense system of at most WORDS_MAX unknowns for all columns. Beside
 * it the map between words, factored, in columns of its own.
 */
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gemm.h"
#include "pack/pack.h"
#include "words_map.h"

#define LAMBDA 5.0f
#define BESIDE 0.5	/* columns of the map over the model's, in root mean squares */
#define LEAST_ITEMS 3		/* a word of fewer items says more about them than about itself */

struct tally {
	uint64_t key;
	uint32_t items;
};

static size_t item_words(const struct train_item *item, uint64_t *out)
{
	return pack_word_hashes(item->title, item->creator, item->words, item->year, out,
				WORDS_OF_ITEM);
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
	uint64_t *all = malloc(sizeof(*all) * ((size_t)data->items * WORDS_OF_ITEM + 1));
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
	uint64_t key[WORDS_OF_ITEM];
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

static int table_new(const struct train_data *data, const struct words_model *words,
		     struct words_table *out)
{
	uint32_t i;

	out->items = data->items;
	out->words = words->words;
	out->known = malloc(sizeof(*out->known) * ((size_t)data->items * WORDS_OF_ITEM + 1));
	out->n = malloc((size_t)data->items + 1);
	if (out->known == NULL || out->n == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < data->items; i++)
		out->n[i] = (uint8_t)known_words(words, &data->catalogue[i],
						 out->known + (size_t)i * WORDS_OF_ITEM);
	return 0;
}

/* Adds one item to the normal equations: a += D f f', b[column][word] += D f y. */
static void add_item(const struct words_table *table, const struct follow_model *model,
		     uint32_t item, float weight, float *a, float *b)
{
	const uint32_t *known = table->known + (size_t)item * WORDS_OF_ITEM;
	uint32_t dim = model->dim, p_size = model->banks * dim, n = table->n[item], i, j, c;
	const float *p = model->p + (size_t)item * p_size, *q = model->q + (size_t)item * dim;
	float f = 1.0f / sqrtf((float)n);

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++)
			a[(size_t)known[i] * table->words + known[j]] += weight * f * f;
		for (c = 0; c < p_size + dim; c++)
			b[(size_t)c * table->words + known[i]] +=
				weight * f * (c < p_size ? p[c] : q[c - p_size]);
	}
}

int words_ridge(const struct words_table *table, const uint32_t *count, const bool *learned,
		const struct follow_model *model, float *row, struct error *error)
{
	uint32_t columns = (model->banks + 1) * model->dim, words = table->words, i, w, c;
	float *a = calloc((size_t)words * words, sizeof(*a));
	float *b = calloc((size_t)words * columns, sizeof(*b));
	int result = a == NULL || b == NULL ? error_memory(error) : 0;

	for (i = 0; result == 0 && i < table->items; i++)
		if (learned[i] && table->n[i] > 0)
			add_item(table, model, i, log2f(1.0f + (float)count[i]), a, b);
	for (i = 0; result == 0 && i < words; i++)
		a[(size_t)i * words + i] += LAMBDA;
	if (result == 0)
		result = gemm_solve((int)words, (int)columns, a, b, error);
	for (w = 0; result == 0 && w < words; w++)
		for (c = 0; c < columns; c++)
			row[(size_t)w * columns + c] = b[(size_t)c * words + w];
	free(a);
	free(b);
	return result;
}

/* The root mean square of the last bank's rows over that of the map's columns for the same items:
 * the factor that gives both a size, so that in a Q row one scale serves both. */
static float beside(const struct words_table *table, const bool *learned,
		    const struct follow_model *model, uint32_t extra, const float *left)
{
	uint32_t last = model->banks - 1, words = table->words, i, j, k, c;
	double model_squares = 0.0, map_squares = 0.0;

	for (i = 0; i < table->items; i++) {
		const uint32_t *known = table->known + (size_t)i * WORDS_OF_ITEM;
		const float *p = model->p + ((size_t)i * model->banks + last) * model->dim;

		if (!learned[i])
			continue;
		for (j = 0; j < model->dim; j++)
			model_squares += (double)p[j] * (double)p[j] / model->dim;
		for (c = 0; c < extra; c++) {
			double value = 0.0;

			for (k = 0; k < table->n[i]; k++)
				value += (double)left[(size_t)c * words + known[k]];
			map_squares += table->n[i] == 0 ? 0.0 :
				       value * value / table->n[i] / extra;
		}
	}
	return model_squares > 0.0 && map_squares > 0.0 ?
	       (float)(BESIDE * sqrt(model_squares / map_squares)) : 1.0f;
}

/* Puts both maps into out->row. left, right: [extra][words]; ridge: [words][banks + 1][dim]. */
static void join(const struct words_choice *choice, uint32_t banks, const float *ridge,
		 const float *left, const float *right, float size, struct words_model *out)
{
	size_t dim = out->dim, wide = dim + out->extra, sets = out->banks + 1, w, s, c;

	memset(out->row, 0, sizeof(float) * out->words * sets * wide);
	for (w = 0; w < out->words; w++) {
		const float *from = ridge + w * (banks + 1) * dim;
		float *to = out->row + w * sets * wide, *last = to + (sets - 1) * wide;

		for (s = 0; s < banks; s++)
			memcpy(to + s * wide, from + s * dim, sizeof(float) * dim);
		for (c = 0; c < dim; c++)
			last[c] = choice->ridge * from[banks * dim + c];
		for (c = 0; c < out->extra; c++) {
			to[banks * wide + dim + c] = size * left[c * out->words + w];
			last[dim + c] = choice->map / size * right[c * out->words + w];
		}
	}
}

static int fit_both(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		    const struct words_choice *choice, const struct words_table *table,
		    const bool *learned, const struct follow_model *model, const float *ridge,
		    struct words_model *out, struct error *error)
{
	size_t words = table->words, w;
	float *m = malloc(sizeof(float) * words * words);
	float *left = malloc(sizeof(float) * words * choice->extra + 1);
	float *right = malloc(sizeof(float) * words * choice->extra + 1);
	struct words_map map;
	float size = 1.0f;
	int result = m == NULL || left == NULL || right == NULL ? error_memory(error) : 0;

	if (result == 0 && choice->extra > 0) {
		result = words_map_new(data, start, end, table, learned, &map, error);
		if (result == 0)
			result = words_map_solve(&map, choice->first, choice->second, m, error);
		if (result == 0) {
			float idf = choice->diagonal * words_map_size(&map, m);

			for (w = 0; w < words; w++)
				m[w * words + w] += idf * map.idf[w];
			result = words_map_factor(&map, choice->first, choice->second, m,
						  choice->extra, left, right, error);
			size = beside(table, learned, model, choice->extra, left);
		}
		words_map_free(&map);
	}
	if (result == 0)
		join(choice, model->banks, ridge, left, right, size, out);
	free(m);
	free(left);
	free(right);
	return result;
}

static int fit(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	       const uint32_t *count, const struct follow_model *model,
	       struct words_model *out, struct error *error)
{
	size_t columns = (size_t)(model->banks + 1) * model->dim;
	float *ridge = malloc(sizeof(*ridge) * out->words * columns);
	bool *learned = malloc((size_t)data->items + 1);
	struct words_table table;
	struct words_choice choice;
	uint32_t i;
	int result = table_new(data, out, &table);

	if (result != 0 || ridge == NULL || learned == NULL)
		result = error_memory(error);
	for (i = 0; result == 0 && i < data->items; i++)
		learned[i] = count[i] > 0;
	if (result == 0)
		result = words_choose(data, start, end, count, model, &table, &choice, error);
	if (result == 0)
		result = words_ridge(&table, count, learned, model, ridge, error);
	if (result == 0) {
		out->extra = choice.extra;
		out->rho = choice.rho;
		out->kin = choice.kin;
		out->kin_rho = choice.kin_rho;
		out->kin_power = choice.kin_power;
		out->banks = model->banks + (choice.extra > 0);
		out->row = malloc(sizeof(float) * out->words * (out->banks + 1) *
				  ((size_t)out->dim + out->extra));
		result = out->row == NULL ? error_memory(error) :
			 fit_both(data, start, end, &choice, &table, learned, model, ridge, out,
				  error);
	}
	free(ridge);
	free(learned);
	free(table.known);
	free(table.n);
	return result;
}

int words_fit(const struct train_data *data, const uint64_t *start, const uint64_t *end,
	      const uint32_t *count, const struct follow_model *model, struct words_model *out,
	      struct error *error)
{
	int result = 0;

	memset(out, 0, sizeof(*out));
	out->banks = model->banks;
	out->dim = model->dim;
	if (vocabulary(data, count, &out->key, &out->words) != 0)
		return error_memory(error);
	if (out->words > 0)
		result = fit(data, start, end, count, model, out, error);
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

void words_rows(const struct train_data *data, const uint32_t *count,
		const struct words_model *words, const struct follow_model *model, uint32_t item,
		float *out)
{
	uint32_t known[WORDS_OF_ITEM], dim = words->dim, wide = dim + words->extra, n, k, s, c;
	uint32_t sets = words->banks + 1;
	float f;

	memset(out, 0, sizeof(*out) * sets * wide);
	n = words->words == 0 ? 0 : known_words(words, &data->catalogue[item], known);
	f = n == 0 ? 0.0f : 1.0f / sqrtf((float)n);
	for (k = 0; k < n; k++)
		for (c = 0; c < sets * wide; c++)
			out[c] += f * words->row[(size_t)known[k] * sets * wide + c];
	if (count[item] == 0)
		return;
	for (s = 0; s < model->banks; s++)
		memcpy(out + (size_t)s * wide, model->p + ((size_t)item * model->banks + s) * dim,
		       sizeof(*out) * dim);
	out += (size_t)words->banks * wide;
	memcpy(out, model->q + (size_t)item * dim, sizeof(*out) * dim);
	memset(out + dim, 0, sizeof(*out) * words->extra);
}
