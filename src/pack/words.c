/*
 * The features of an item that the words kernel sees: each word of its title, its creators, its
 * genres and its decade, as 64-bit hashes. They stand in WKEY of every pack, so what is hashed here
 * never changes within a pack version.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "pack/pack.h"

/* The seed of the hash: "love" in a title is not the genre "love". */
enum { WORDS_TITLE = 1, WORDS_CREATOR, WORDS_GENRE, WORDS_DECADE };

#define SEEN_MAX 256	/* features of one item; more add nothing */

struct features {
	uint64_t hash[SEEN_MAX];
	size_t count, max;
};

static void add(struct features *features, uint64_t seed, const char *word, size_t size)
{
	uint64_t hash = hash_bytes(word, size, seed);
	size_t i;

	for (i = 0; i < features->count; i++)
		if (features->hash[i] == hash)
			return;
	if (size > 0 && features->count < features->max)
		features->hash[features->count++] = hash;
}

static void add_words(struct features *features, uint64_t seed, const char *folded, size_t size)
{
	size_t start = 0, i;

	for (i = 0; i <= size; i++) {
		if (i < size && folded[i] != ' ')
			continue;
		add(features, seed, folded + start, i - start);
		start = i + 1;
	}
}

/* Each of the parts between '|', folded whole: "Film-Noir|Crime" -> "film noir", "crime". */
static void add_parts(struct features *features, uint64_t seed, const char *text)
{
	char folded[LIMIT_TITLE_BYTES];

	while (*text != 0) {
		size_t size = strcspn(text, "|");

		add(features, seed, folded, text_fold(text, size, folded, sizeof(folded)));
		text += size;
		text += *text == '|';
	}
}

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

size_t pack_word_hashes(const char *title, const char *creator, const char *words, int32_t year,
			uint64_t *out, size_t max)
{
	struct features features = { .count = 0, .max = max < SEEN_MAX ? max : SEEN_MAX };
	char folded[LIMIT_TITLE_BYTES];
	int32_t found = year;
	size_t size;

	size = text_fold_title(title, strlen(title), &found, folded, sizeof(folded));
	/* What says most first: with a small `max` the title's many words are what is left out. */
	add_parts(&features, WORDS_CREATOR, creator);
	add_parts(&features, WORDS_GENRE, words);
	if (year == 0)
		year = found;
	if (year > 0) {
		char decade[16];
		int length = snprintf(decade, sizeof(decade), "%d0s", (int)(year / 10));

		add(&features, WORDS_DECADE, decade, (size_t)length);
	}
	add_words(&features, WORDS_TITLE, folded, size);
	qsort(features.hash, features.count, sizeof(features.hash[0]), compare);
	memcpy(out, features.hash, features.count * sizeof(out[0]));
	return features.count;
}

uint32_t pack_word_rows(const struct pack *pack, const char *title, const char *creator,
			const char *words, int32_t year, uint32_t *out)
{
	uint64_t hash[PACK_WORD_ROWS];
	size_t total, i;
	uint32_t known = 0;

	if (pack->words == 0)
		return 0;
	total = pack_word_hashes(title, creator, words, year, hash, PACK_WORD_ROWS);
	for (i = 0; i < total; i++) {
		uint32_t low = 0, high = pack->words;

		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (pack->word_key[middle] < hash[i])
				low = middle + 1;
			else
				high = middle;
		}
		if (low < pack->words && pack->word_key[low] == hash[i])
			out[known++] = low;
	}
	return known;
}
