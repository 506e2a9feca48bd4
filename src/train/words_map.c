/* Sums over people in blocks of one product, two solved systems, and a subspace iteration. */
#include "words_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gemm.h"

#define BLOCK 256
#define MOST_PEOPLE 8192	/* of more every n-th is read */
#define ITERATIONS 8

void words_add(const struct words_table *table, uint32_t item, float weight, float *out)
{
	const uint32_t *known = table->known + (size_t)item * WORDS_OF_ITEM;
	uint32_t n = table->n[item], k;

	for (k = 0; k < n; k++)
		out[known[k]] += weight / sqrtf((float)n);
}

/* out += weight f f' */
static void add_square(const struct words_table *table, uint32_t item, float weight, float *out)
{
	const uint32_t *known = table->known + (size_t)item * WORDS_OF_ITEM;
	uint32_t n = table->n[item], i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++)
			out[(size_t)known[i] * table->words + known[j]] += weight / (float)n;
}

/* One person's row of X; what each thing weighs is added to own[items]. `last` tells whether a
 * thing was met before. */
static bool add_person(const struct train_data *data, const struct words_table *table,
		       const bool *learned, uint64_t from, uint64_t to, uint32_t mark,
		       uint32_t *last, float *own, float *row)
{
	uint32_t things = 0, w;
	uint64_t e;
	float weight;

	for (e = from; e < to; e++) {
		uint32_t item = data->item[e];

		if (!learned[item] || last[item] == mark)
			continue;
		last[item] = mark;
		things++;
		words_add(table, item, 1.0f, row);
	}
	if (things < 2) {
		memset(row, 0, sizeof(*row) * table->words);
		return false;
	}
	weight = 1.0f / (float)things;
	for (w = 0; w < table->words; w++)
		row[w] *= sqrtf(weight);
	for (e = from; e < to; e++) {
		if (last[data->item[e]] != mark)
			continue;
		last[data->item[e]] = 0;
		own[data->item[e]] += weight;
	}
	return true;
}

static void add_people(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		       const struct words_table *table, const bool *learned, uint32_t *last,
		       float *own, float *block, struct words_map *out)
{
	uint32_t words = table->words, every = data->users / MOST_PEOPLE + 1, rows = 0, u;

	for (u = 0; u < data->users; u += every) {
		rows += add_person(data, table, learned, start[u], end[u], u + 1, last, own,
				   block + (size_t)rows * words);
		if (rows == BLOCK || (rows > 0 && u + every >= data->users)) {
			gemm_tn_add((int)words, (int)words, (int)rows, block, block, out->had);
			memset(block, 0, sizeof(*block) * BLOCK * words);
			rows = 0;
		}
	}
}

static void add_items(const struct words_table *table, const bool *learned, const float *own,
		      struct words_map *out)
{
	size_t words = table->words, w;
	uint32_t items = 0, i, k;

	memcpy(out->other, out->had, sizeof(float) * words * words);
	for (i = 0; i < table->items; i++) {
		if (!learned[i])
			continue;
		items++;
		add_square(table, i, 1.0f, out->all);
		add_square(table, i, -own[i], out->other);
		for (k = 0; k < table->n[i]; k++)
			out->idf[table->known[(size_t)i * WORDS_OF_ITEM + k]] += 1.0f;
	}
	for (w = 0; w < words; w++) {
		float idf = logf((float)items / fmaxf(out->idf[w], 1.0f));

		out->idf[w] = idf * idf;
		out->scale += (double)out->had[w * words + w] / (double)words;
	}
}

int words_map_new(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		  const struct words_table *table, const bool *learned, struct words_map *out,
		  struct error *error)
{
	size_t words = table->words, square = words * words;
	uint32_t *last = calloc((size_t)data->items + 1, sizeof(*last));
	float *own = calloc((size_t)data->items + 1, sizeof(*own));
	float *block = calloc(BLOCK * words, sizeof(*block));
	bool whole;

	memset(out, 0, sizeof(*out));
	out->words = table->words;
	out->had = calloc(square, sizeof(float));
	out->other = calloc(square, sizeof(float));
	out->all = calloc(square, sizeof(float));
	out->idf = calloc(words, sizeof(float));
	whole = last != NULL && own != NULL && block != NULL && out->had != NULL &&
		out->other != NULL && out->all != NULL && out->idf != NULL;
	if (whole) {
		add_people(data, start, end, table, learned, last, own, block, out);
		add_items(table, learned, own, out);
	}
	free(last);
	free(own);
	free(block);
	if (!whole)
		words_map_free(out);
	return whole ? 0 : error_memory(error);
}

void words_map_free(struct words_map *map)
{
	free(map->had);
	free(map->other);
	free(map->all);
	free(map->idf);
	memset(map, 0, sizeof(*map));
}

static void ridged(const float *a, size_t words, float lambda, float *out)
{
	size_t w;

	memcpy(out, a, sizeof(float) * words * words);
	for (w = 0; w < words; w++)
		out[w * words + w] += lambda;
}

static float on_people(const struct words_map *map, float first)
{
	return first * (float)map->scale + 1e-6f;
}

int words_map_solve(const struct words_map *map, float first, float second, float *m,
		    struct error *error)
{
	size_t words = map->words, i, j;
	float *a = malloc(sizeof(float) * words * words);
	int result;

	if (a == NULL)
		return error_memory(error);
	/* a row of m is a column of what is solved: (A^-1 C)' as C is symmetric, then turned */
	memcpy(m, map->other, sizeof(float) * words * words);
	ridged(map->had, words, on_people(map, first), a);
	result = gemm_solve((int)words, (int)words, a, m, error);
	for (i = 0; i < words; i++)
		for (j = 0; j < i; j++) {
			float value = m[i * words + j];

			m[i * words + j] = m[j * words + i];
			m[j * words + i] = value;
		}
	ridged(map->all, words, second, a);
	if (result == 0)
		result = gemm_solve((int)words, (int)words, a, m, error);
	free(a);
	return result;
}

float words_map_size(const struct words_map *map, const float *m)
{
	size_t words = map->words, i;
	double size = 0.0, idf = 0.0;

	for (i = 0; i < words * words; i++)
		size += (double)m[i] * (double)m[i];
	for (i = 0; i < words; i++)
		idf += (double)map->idf[i] * (double)map->idf[i];
	return idf > 0.0 ? (float)sqrt(size / idf) : 0.0f;
}

static double dot(const float *a, const float *b, size_t size)
{
	double sum = 0.0;
	size_t i;

	for (i = 0; i < size; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* Gram and Schmidt, twice, in the metric `a`: z[j] a z[k]' = 1 where j = k, else 0. az = z a. */
static void orthonormalise(const float *a, uint32_t words, uint32_t rank, float *z, float *az)
{
	uint32_t k, j, w, turn;

	for (k = 0; k < rank; k++) {
		float *row = z + (size_t)k * words;
		double size;

		for (turn = 0; turn < 2; turn++)
			for (j = 0; j < k; j++) {
				float by = (float)dot(row, az + (size_t)j * words, words);

				for (w = 0; w < words; w++)
					row[w] -= by * z[(size_t)j * words + w];
			}
		gemm_nn(1, (int)words, (int)words, row, a, az + (size_t)k * words);
		size = dot(row, az + (size_t)k * words, words);
		for (w = 0; w < words; w++) {
			float by = size > 1e-20 ? (float)(1.0 / sqrt(size)) : 0.0f;

			row[w] *= by;
			az[(size_t)k * words + w] *= by;
		}
	}
}

/* Left and right rows of the same size each, so that neither loses more in int8. */
static void balance(const float *b, uint32_t words, uint32_t rank, float *left, float *right,
		    float *work)
{
	uint32_t k, w;

	gemm_nn((int)rank, (int)words, (int)words, right, b, work);
	for (k = 0; k < rank; k++) {
		double size = dot(right + (size_t)k * words, work + (size_t)k * words, words);
		float by = (float)sqrt(sqrt(size > 0.0 ? size : 0.0));

		for (w = 0; w < words; w++) {
			left[(size_t)k * words + w] *= by;
			right[(size_t)k * words + w] *= by > 0.0f ? 1.0f / by : 0.0f;
		}
	}
}

int words_map_factor(const struct words_map *map, float first, float second, const float *m,
		     uint32_t rank, float *left, float *right, struct error *error)
{
	size_t words = map->words, square = words * words, i;
	float *a = malloc(sizeof(float) * square), *b = malloc(sizeof(float) * square);
	float *work = malloc(sizeof(float) * words * rank);
	int n = (int)words, r = (int)rank, turn, result = 0;
	uint64_t seed = 1;

	if (a == NULL || b == NULL || work == NULL)
		result = error_memory(error);
	if (result == 0) {
		ridged(map->had, words, on_people(map, first), a);
		ridged(map->all, words, second, b);
		for (i = 0; i < words * rank; i++) {	/* Knuth's MMIX generator */
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			left[i] = (float)(seed >> 40) / 16777216.0f - 0.5f;
		}
		orthonormalise(a, map->words, rank, left, right);
		for (turn = 0; turn < ITERATIONS; turn++) {	/* z becomes M B M' A z */
			gemm_nn(r, n, n, right, m, work);
			gemm_nn(r, n, n, work, b, right);
			gemm_nt(r, n, n, right, m, left);
			orthonormalise(a, map->words, rank, left, right);
		}
		memcpy(work, right, sizeof(float) * words * rank);
		gemm_nn(r, n, n, work, m, right);
		balance(b, map->words, rank, left, right, work);
	}
	free(a);
	free(b);
	free(work);
	return result;
}
