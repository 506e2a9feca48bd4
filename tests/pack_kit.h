/* For tests: a small pack of random rows, written to a file and opened. */
#ifndef TACIT_TESTS_PACK_KIT_H
#define TACIT_TESTS_PACK_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/random.h"
#include "pack/pack.h"

#define KIT_DIM 32
#define KIT_BANKS 3
#define KIT_BUCKETS 4

/* Random rows for words of titles, a creator, a genre and a decade; those of "night" are zero. */
struct kit_words {
	uint64_t key[PACK_WORD_ROWS];
	int8_t row[PACK_WORD_ROWS * (KIT_BANKS + 1) * KIT_DIM];
	uint32_t scale[PACK_WORD_ROWS * (KIT_BANKS + 1)];
};

static inline uint32_t kit_words(struct kit_words *words, uint64_t seed)
{
	uint32_t count = (uint32_t)pack_word_hashes("Unknown Night 8 17 26 35", "Someone", "Drama", 1990,
						    words->key, PACK_WORD_ROWS);
	struct random random = { seed };
	uint32_t w, j, sets = KIT_BANKS + 1;

	for (w = 0; w < count; w++) {
		bool night = words->key[w] == hash_bytes("night", 5, 1);

		for (j = 0; j < sets * KIT_DIM; j++)
			words->row[w * sets * KIT_DIM + j] = night ? 0 : (int8_t)(random_below(&random, 255) - 127);
		for (j = 0; j < sets; j++)
			words->scale[w * sets + j] = 1000000 + random_below(&random, 9000000);
	}
	return count;
}

static inline int kit_write_words(struct pack_writer *writer, const struct kit_words *words, uint32_t count,
				  struct error *error)
{
	size_t sets = KIT_BANKS + 1;

	return count > 0 &&
	       (pack_writer_section(writer, PACK_WKEY, words->key, sizeof(uint64_t) * count, error) != 0 ||
		pack_writer_section(writer, PACK_WROW, words->row, count * sets * KIT_DIM, error) != 0 ||
		pack_writer_section(writer, PACK_WSCL, words->scale, count * sets * sizeof(uint32_t), error) != 0);
}

/* Every item has pairs with about a third of all, in two banks; some rows are empty. */
struct kit_pairs {
	struct pack_pairs_config config;
	uint64_t *start;
	uint32_t *item, *scale;
	int16_t *value;
};

static inline void kit_pairs(struct kit_pairs *pairs, uint32_t items, uint64_t seed)
{
	struct random random = { seed };
	uint32_t i, j;

	memset(pairs, 0, sizeof(*pairs));
	pairs->config.banks = 2;
	pairs->config.bank[0].rho = 900000000u;
	pairs->config.bank[1].rho = 1u << 30;
	pairs->config.bank[1].halves = 1;
	pairs->start = calloc((size_t)items + 1, sizeof(*pairs->start));
	pairs->item = malloc(sizeof(*pairs->item) * ((size_t)items * items + 1));
	pairs->value = malloc(sizeof(*pairs->value) * 2 * ((size_t)items * items + 1));
	pairs->scale = malloc(sizeof(*pairs->scale) * 2 * items);
	for (i = 0; i < items; i++) {
		uint64_t at = pairs->start[i];

		for (j = 0; i % 7 != 3 && j < items; j++)
			if (random_below(&random, 3) == 0) {
				pairs->item[at] = j;
				pairs->value[2 * at] = (int16_t)((int)random_below(&random, 65535) - 32767);
				pairs->value[2 * at++ + 1] = (int16_t)((int)random_below(&random, 65535) - 32767);
			}
		pairs->start[i + 1] = at;
		pairs->scale[2 * i] = random_below(&random, 200000);
		pairs->scale[2 * i + 1] = random_below(&random, 90000);
	}
}

static inline int kit_write_pairs(struct pack_writer *writer, const struct kit_pairs *pairs, uint32_t items,
				  struct error *error)
{
	return pack_writer_section(writer, PACK_KCON, &pairs->config, sizeof(pairs->config), error) != 0 ||
	       pack_writer_section(writer, PACK_KPTR, pairs->start, sizeof(uint64_t) * ((size_t)items + 1),
				   error) != 0 ||
	       pack_writer_section(writer, PACK_KITM, pairs->item, sizeof(uint32_t) * pairs->start[items],
				   error) != 0 ||
	       pack_writer_section(writer, PACK_KVAL, pairs->value, sizeof(int16_t) * 2 * pairs->start[items],
				   error) != 0 ||
	       pack_writer_section(writer, PACK_KSCL, pairs->scale, sizeof(uint32_t) * 2 * items, error) != 0;
}

static inline void kit_pairs_free(struct kit_pairs *pairs)
{
	free(pairs->start);
	free(pairs->item);
	free(pairs->value);
	free(pairs->scale);
}

/* Both features of time and one more; the rows of Sunday are zero. */
#define KIT_MOMENTS 5
static const char kit_moment_keys[] = "daypart=evening\0weather=rainy\0weather=sunny\0weekday=sat\0weekday=sun";

struct kit_moments {		/* until the pack is written */
	int8_t row[KIT_MOMENTS * KIT_DIM];
	uint32_t scale[KIT_MOMENTS];
};

static inline int kit_write_moments(struct pack_writer *writer, uint64_t seed, struct kit_moments *moments,
				    struct error *error)
{
	struct random random = { seed };
	uint32_t m, j;

	for (m = 0; m < KIT_MOMENTS; m++) {
		for (j = 0; j < KIT_DIM; j++)
			moments->row[m * KIT_DIM + j] = m == 4 ? 0 : (int8_t)((int)random_below(&random, 255) - 127);
		moments->scale[m] = 1000000 + random_below(&random, 9000000);
	}
	return pack_writer_section(writer, PACK_MKEY, kit_moment_keys, sizeof(kit_moment_keys), error) != 0 ||
	       pack_writer_section(writer, PACK_MROW, moments->row, sizeof(moments->row), error) != 0 ||
	       pack_writer_section(writer, PACK_MSCL, moments->scale, sizeof(moments->scale), error) != 0;
}

static inline struct pack *kit_pack_with(uint32_t items, uint64_t seed, bool repeats, bool with_words)
{
	struct random random = { seed };
	struct pack_config config = { .dim = KIT_DIM, .banks = KIT_BANKS, .buckets = KIT_BUCKETS,
				      .rho = { 0, 800000000u, 1050000000u },
				      .bucket_from = { 0, 2, 5, 20 }, .repeats = repeats };
	static const char *const genre[] = { "Comedy", "Drama|War", "Horror", "Western|Drama" };
	struct pack_writer_item *item = calloc(items, sizeof(*item));
	char (*title)[32] = calloc(items, sizeof(*title));
	int8_t *p = malloc((size_t)items * KIT_BANKS * KIT_DIM);
	int8_t *q = malloc((size_t)items * KIT_DIM);
	uint32_t *ps = malloc(sizeof(*ps) * items * KIT_BANKS);
	uint32_t *qs = malloc(sizeof(*qs) * items), *count = malloc(sizeof(*count) * items);
	int16_t *length = malloc(sizeof(*length) * items * KIT_BUCKETS);
	struct pack_writer *writer = pack_writer_new("kit", "films");
	char path[] = "/tmp/tacit-kit-XXXXXX";
	struct kit_words words;
	struct kit_pairs pairs;
	struct kit_moments moments;
	struct error error;
	struct pack *pack = NULL;
	uint32_t i, j;

	config.words = with_words ? kit_words(&words, seed + 1) : 0;
	kit_pairs(&pairs, items, seed + 2);
	for (i = 0; i < items; i++) {
		snprintf(title[i], sizeof(title[i]), "Film %u", i);
		item[i] = (struct pack_writer_item){ title[i], title[i], "", genre[i % 4], 1990 };
		for (j = 0; j < KIT_BANKS * KIT_DIM; j++)
			p[i * KIT_BANKS * KIT_DIM + j] = (int8_t)(random_below(&random, 255) - 127);
		for (j = 0; j < KIT_DIM; j++)
			q[i * KIT_DIM + j] = (int8_t)((int)random_below(&random, 255) - 127);
		for (j = 0; j < KIT_BANKS; j++)
			ps[i * KIT_BANKS + j] = 1000000 + random_below(&random, 9000000);
		for (j = 0; j < KIT_BUCKETS; j++)
			length[j * items + i] = (int16_t)((int)random_below(&random, 9000) - 20000);
		qs[i] = 1000000 + random_below(&random, 9000000);
		count[i] = random_below(&random, 50);
	}
	close(mkstemp(path));
	if (pack_writer_items(writer, item, items, &error) != 0 ||
	    pack_writer_section(writer, PACK_CONF, &config, sizeof(config), &error) != 0 ||
	    pack_writer_section(writer, PACK_PROW, p, (size_t)items * KIT_BANKS * KIT_DIM, &error) != 0 ||
	    pack_writer_section(writer, PACK_PSCL, ps, sizeof(*ps) * items * KIT_BANKS, &error) != 0 ||
	    pack_writer_section(writer, PACK_QROW, q, (size_t)items * KIT_DIM, &error) != 0 ||
	    pack_writer_section(writer, PACK_QSCL, qs, sizeof(*qs) * items, &error) != 0 ||
	    pack_writer_section(writer, PACK_LENG, length, sizeof(*length) * items * KIT_BUCKETS,
				&error) != 0 ||
	    pack_writer_section(writer, PACK_CONT, count, sizeof(*count) * items, &error) != 0 ||
	    kit_write_pairs(writer, &pairs, items, &error) != 0 ||
	    kit_write_words(writer, &words, config.words, &error) != 0 ||
	    kit_write_moments(writer, seed + 3, &moments, &error) != 0 ||
	    pack_writer_finish(writer, path, &error) != 0 ||
	    pack_open(path, &pack, &error) != 0) {
		fprintf(stderr, "kit: %s\n", error.message);
		abort();
	}
	unlink(path);
	pack_writer_free(writer);
	free(item);
	free(title);
	free(p);
	free(q);
	free(ps);
	free(qs);
	free(length);
	free(count);
	kit_pairs_free(&pairs);
	return pack;
}

static inline struct pack *kit_pack(uint32_t items, uint64_t seed, bool repeats)
{
	return kit_pack_with(items, seed, repeats, false);
}

#endif
