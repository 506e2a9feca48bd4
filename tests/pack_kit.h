/* For tests: a small pack of random rows, written to a file and opened. */
#ifndef TACIT_TESTS_PACK_KIT_H
#define TACIT_TESTS_PACK_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "pack/pack.h"

#define KIT_DIM 32
#define KIT_BANKS 3
#define KIT_BUCKETS 4

static inline struct pack *kit_pack(uint32_t items, uint64_t seed, bool repeats)
{
	struct random random = { seed };
	struct pack_config config = { .dim = KIT_DIM, .banks = KIT_BANKS, .buckets = KIT_BUCKETS,
				      .repeats = repeats };
	static const uint32_t from[KIT_BUCKETS] = { 0, 2, 5, 20 };
	static const uint32_t rho[KIT_BANKS] = { 0, 800000000u, 1050000000u };
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
	struct error error;
	struct pack *pack = NULL;
	uint32_t i, j;

	memcpy(config.bucket_from, from, sizeof(from));
	memcpy(config.rho, rho, sizeof(rho));
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
	    pack_writer_section(writer, PACK_PROW, p, (size_t)items * KIT_BANKS * KIT_DIM,
				&error) != 0 ||
	    pack_writer_section(writer, PACK_PSCL, ps, sizeof(*ps) * items * KIT_BANKS,
				&error) != 0 ||
	    pack_writer_section(writer, PACK_QROW, q, (size_t)items * KIT_DIM, &error) != 0 ||
	    pack_writer_section(writer, PACK_QSCL, qs, sizeof(*qs) * items, &error) != 0 ||
	    pack_writer_section(writer, PACK_LENG, length, sizeof(*length) * items * KIT_BUCKETS,
				&error) != 0 ||
	    pack_writer_section(writer, PACK_CONT, count, sizeof(*count) * items, &error) != 0 ||
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
	return pack;
}

#endif
