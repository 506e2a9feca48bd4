/* Sparse vectors, one after the other. */
#include "tfidf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pack/pack.h"

#define ITEM_WORDS 64		/* as the words kernel */

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Hashes of all items one after the other into `key`, where each begins into out->start. */
static void hash_all(const struct train_data *data, struct tfidf *out, uint64_t *key)
{
	uint32_t i;

	out->start[0] = 0;
	for (i = 0; i < data->items; i++) {
		const struct train_item *item = &data->catalogue[i];

		out->start[i + 1] = out->start[i] +
			pack_word_hashes(item->title, item->creator, item->words, item->year,
					 key + out->start[i], ITEM_WORDS);
	}
}

/* Sorted in place: the different keys, how many items have each. */
static uint32_t tally(uint64_t *key, size_t total, uint32_t *have)
{
	uint32_t kinds = 0;
	size_t i;

	qsort(key, total, sizeof(*key), by_key);
	for (i = 0; i < total; i++) {
		if (kinds == 0 || key[kinds - 1] != key[i]) {
			key[kinds] = key[i];
			have[kinds++] = 0;
		}
		have[kinds - 1]++;
	}
	return kinds;
}

/* Hashes become numbers and weights; rare words go; each item's vector gets the length 1. */
static void weigh(struct tfidf *out, const uint64_t *key, const uint64_t *kind,
		  const uint32_t *have, uint32_t least)
{
	uint64_t from = 0, kept = 0, k;
	uint32_t i;

	for (i = 0; i < out->items; i++) {
		uint64_t first = kept, end = out->start[i + 1];
		float squares = 0.0f;

		for (k = from; k < end; k++) {
			const uint64_t *at = bsearch(&key[k], kind, out->words, sizeof(*kind),
						     by_key);
			uint32_t word = (uint32_t)(at - kind);
			float idf = logf((float)out->items / (float)have[word]);

			if (have[word] < least)
				continue;
			out->word[kept] = word;
			out->value[kept++] = idf;
			squares += idf * idf;
		}
		for (k = first; k < kept; k++)
			out->value[k] = squares > 0.0f ? out->value[k] / sqrtf(squares) : 0.0f;
		from = end;
		out->start[i + 1] = kept;
	}
}

int tfidf_new(const struct train_data *data, uint32_t least, struct tfidf *out,
	      struct error *error)
{
	size_t most = (size_t)data->items * ITEM_WORDS + 1;
	uint64_t *key = malloc(sizeof(*key) * most), *kind = malloc(sizeof(*kind) * most);
	uint32_t *have = malloc(sizeof(*have) * most);
	int result = 0;

	memset(out, 0, sizeof(*out));
	out->items = data->items;
	out->start = malloc(sizeof(*out->start) * ((size_t)data->items + 1));
	out->word = malloc(sizeof(*out->word) * most);
	out->value = malloc(sizeof(*out->value) * most);
	if (key == NULL || kind == NULL || have == NULL || out->start == NULL ||
	    out->word == NULL || out->value == NULL)
		result = error_memory(error);
	if (result == 0) {
		hash_all(data, out, key);
		memcpy(kind, key, sizeof(*key) * out->start[data->items]);
		out->words = tally(kind, out->start[data->items], have);
		weigh(out, key, kind, have, least);
		out->profile = malloc(sizeof(*out->profile) * ((size_t)out->words + 1));
		if (out->profile == NULL)
			result = error_memory(error);
	}
	free(key);
	free(kind);
	free(have);
	if (result != 0)
		tfidf_free(out);
	return result;
}

void tfidf_free(struct tfidf *tfidf)
{
	free(tfidf->start);
	free(tfidf->word);
	free(tfidf->value);
	free(tfidf->profile);
	memset(tfidf, 0, sizeof(*tfidf));
}

void tfidf_score(struct tfidf *tfidf, const struct tfidf_config *config,
		 const struct train_data *data, const struct cold *cold, uint32_t user,
		 double *score)
{
	uint32_t position = 0, c;
	uint64_t e, k;

	memset(tfidf->profile, 0, sizeof(*tfidf->profile) * ((size_t)tfidf->words + 1));
	for (e = cold->end[user]; e-- > cold->first[user];) {
		uint32_t item = data->item[e];
		float decay = powf(config->rho, (float)position) *
			      powf(1.0f + (float)position, -config->power);

		if (cold->place[item] != UINT32_MAX)
			continue;
		position++;
		for (k = tfidf->start[item]; k < tfidf->start[item + 1]; k++)
			tfidf->profile[tfidf->word[k]] += decay * tfidf->value[k];
	}
	for (c = 0; c < cold->candidates; c++) {
		uint32_t item = cold->candidate[c];

		score[c] = 0.0;
		for (k = tfidf->start[item]; k < tfidf->start[item + 1]; k++)
			score[c] += (double)tfidf->profile[tfidf->word[k]] *
				    (double)tfidf->value[k];
	}
}

int tfidf_measure(struct tfidf *tfidf, const struct tfidf_config *config,
		  const struct train_data *data, const struct cold *cold, struct cold_mean *out,
		  struct error *error)
{
	double *score = malloc(sizeof(*score) * ((size_t)cold->candidates + 1));
	uint32_t u;

	memset(out, 0, sizeof(*out));
	if (score == NULL)
		return error_memory(error);
	for (u = 0; u < data->users; u++) {
		if (!cold_has_both(cold, data, u))
			continue;
		tfidf_score(tfidf, config, data, cold, u, score);
		cold_mean_add(out, cold_recall(cold, u, score));
	}
	free(score);
	return 0;
}

int tfidf_choose(const struct train_data *data, struct tfidf_config *out, struct error *error)
{
	static const struct tfidf_config list[] = {
		{ 1.0f, 0.0f, 1 }, { 1.0f, 0.5f, 1 }, { 0.98f, 0.0f, 1 }, { 0.9f, 0.0f, 1 },
		{ 1.0f, 0.0f, 3 }, { 1.0f, 0.5f, 3 }, { 0.98f, 0.0f, 3 }, { 0.9f, 0.0f, 3 },
	};
	double best = -1.0;
	struct cold cold;
	size_t i;
	int result = cold_find(data, data->start, data->start + 1, COLD_VALIDATE, &cold,
			       error);

	for (i = 0; result == 0 && i < sizeof(list) / sizeof(list[0]); i++) {
		struct cold_mean mean = { 0, 0.0, 0.0 };
		struct tfidf tfidf;

		result = tfidf_new(data, list[i].least, &tfidf, error);
		if (result != 0)
			break;
		result = tfidf_measure(&tfidf, &list[i], data, &cold, &mean, error);
		tfidf_free(&tfidf);
		if (result == 0 && cold_mean(&mean) > best) {
			best = cold_mean(&mean);
			*out = list[i];
		}
	}
	cold_free(&cold);
	return result;
}
