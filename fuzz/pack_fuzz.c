/*
 * Packs of any bytes. The digest is made true first, as a hostile publisher would, so that what
 * lies behind it is reached; then everything that a reader may touch is touched.
 */
#include "../src/pack/pack.c"
#include "../src/pack/check.c"

#include <stdio.h>

#include "pack/moment.h"
#include "replay.h"

static volatile uint64_t sink;

static void touch(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; p != NULL && i < size; i++)
		sum += p[i];
	sink += sum;
}

static void link_titles(const struct pack *pack)
{
	uint32_t i;

	for (i = 0; i < pack->items && i < 50; i++) {
		struct pack_query query = { pack_title(pack, i), pack_creator(pack, i),
					    pack->item[i].year };
		char changed[64];
		struct pack_match match;
		uint64_t hash[16];

		if (pack_link(pack, &query, &match) && match.item >= pack->items)
			abort();
		snprintf(changed, sizeof(changed), "%s", query.title);
		changed[i % sizeof(changed)] = 0;
		query.title = changed;
		query.creator = pack_words(pack, i);
		query.year = (int32_t)((uint32_t)query.year * 2654435761u);
		if (pack_link(pack, &query, &match) && match.item >= pack->items)
			abort();
		pack_word_hashes(pack_title(pack, i), pack_creator(pack, i), pack_words(pack, i),
				 pack->item[i].year, hash, 16);
		touch(pack_id(pack, i), strlen(pack_id(pack, i)));
	}
}

static void read_all(const struct pack *pack)
{
	size_t items = pack->items, banks = pack->banks, dim = pack->dim, words = pack->words, i;
	uint64_t at;

	touch(pack->p, items * banks * dim);
	touch(pack->p_scale, items * banks * 4);
	touch(pack->q, items * dim);
	touch(pack->q_scale, items * 4);
	touch(pack->length, items * pack->buckets * 2);
	touch(pack->count, items * 4);
	touch(pack->word_key, words * 8);
	touch(pack->word_row, words * (banks + 1) * dim);
	touch(pack->word_scale, words * (banks + 1) * 4);
	for (i = 0; pack->pairs != NULL && i < items; i++)
		for (at = pack->pair_start[i]; at < pack->pair_start[i + 1]; at++)
			touch(pack->count, pack->pair_item[at] < items ? 1 : SIZE_MAX);
	if (pack->pairs != NULL) {
		touch(pack->pair_value, 2 * pack->pair_start[items] * pack->pairs->banks);
		touch(pack->pair_scale, 4 * items * pack->pairs->banks);
	}
	touch(pack->moment_row, pack->moments * dim);
	touch(pack->moment_scale, pack->moments * 4);
	for (i = 0; i < pack->moments; i++) {
		const char *key = moment_key(pack, (uint32_t)i);
		char label[64];
		uint32_t row;

		if (!moment_find(pack, key, &row) || row != i)
			abort();
		moment_label(key, NULL, label, sizeof(label));
	}
	touch(pack->calibration, pack->calibration_points * sizeof(*pack->calibration));
	touch(pack->meta, pack->meta_size);
	link_titles(pack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("pack", 0);
	uint8_t *copy = malloc(size + 1);
	struct pack *pack;
	struct error error;
	char path[64];

	if (fd < 0 || copy == NULL)
		abort();
	memcpy(copy, data, size);
	if (size >= PACK_HEADER_BYTES && copy[0] == 't') {
		struct pack_header header;

		memcpy(&header, copy, sizeof(header));
		header.version = PACK_VERSION;
		header.content_size = size;
		memset(header.signer, 0, sizeof(header.signer));
		memset(header.signature, 0, sizeof(header.signature));
		memcpy(copy, &header, sizeof(header));
		pack_digest(copy, size, header.content_digest);
		memcpy(copy, &header, sizeof(header));
	}
	if (write(fd, copy, size) != (ssize_t)size)
		abort();
	free(copy);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (pack_open(path, &pack, &error) == 0) {
		read_all(pack);
		pack_close(pack);
	}
	close(fd);
	return 0;
}
