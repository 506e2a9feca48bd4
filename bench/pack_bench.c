/*
 * What opening, folding and linking cost, on an invented catalogue.
 *
 *	build/bench/pack_bench [ITEMS [DIM]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"
#include "pack/pack.h"

#define QUERIES 20000

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void make_word(struct random *random, char *out)
{
	static const char vowels[] = "aeiou", others[] = "bcdfghklmnprstvw";
	uint32_t syllables = 1 + random_below(random, 3), i;

	for (i = 0; i < syllables; i++) {
		*out++ = others[random_below(random, 16)];
		*out++ = vowels[random_below(random, 5)];
	}
	*out++ = others[random_below(random, 16)];
	*out = 0;
}

static void make_title(struct random *random, char *out, size_t max)
{
	uint32_t words = 1 + random_below(random, 4), i;
	size_t used = 0;

	for (i = 0; i < words; i++) {
		char word[16];

		make_word(random, word);
		used += (size_t)snprintf(out + used, max - used, "%s%s", i == 0 ? "" : " ", word);
	}
	snprintf(out + used, max - used, " (%u)", 1930 + random_below(random, 90));
}

static void must(int result, const struct error *error)
{
	if (result == 0)
		return;
	fprintf(stderr, "pack_bench: %s\n", error->message);
	exit(1);
}

/* A pack with a model of zeros: opening costs by size, whatever the bytes are. */
static void write_pack(const char *path, char (*title)[96], uint32_t items, uint32_t dim)
{
	struct pack_writer *writer = pack_writer_new("bench", "films");
	struct pack_writer_item *item = calloc(items, sizeof(*item));
	struct pack_config config = { .dim = dim, .banks = 6, .buckets = 1 };
	size_t rows = (size_t)items * config.banks;
	void *zeros = calloc(rows, dim);
	struct error error;
	uint32_t i;

	for (i = 0; i < items; i++)
		item[i] = (struct pack_writer_item){ "", title[i], "", "", 0 };
	must(pack_writer_items(writer, item, items, &error), &error);
	must(pack_writer_section(writer, PACK_CONF, &config, sizeof(config), &error), &error);
	must(pack_writer_section(writer, PACK_PROW, zeros, rows * dim, &error), &error);
	must(pack_writer_section(writer, PACK_PSCL, zeros, rows * 4, &error), &error);
	must(pack_writer_section(writer, PACK_QROW, zeros, (size_t)items * dim, &error), &error);
	must(pack_writer_section(writer, PACK_QSCL, zeros, (size_t)items * 4, &error), &error);
	must(pack_writer_section(writer, PACK_LENG, zeros, (size_t)items * 2, &error), &error);
	must(pack_writer_finish(writer, path, &error), &error);
	pack_writer_free(writer);
	free(item);
	free(zeros);
}

static void bench_link(const struct pack *pack, char (*title)[96], uint32_t items, int slip,
		       const char *name)
{
	struct random random = { 5 };
	uint32_t found = 0, i;
	double begin, worst = 0, sum = 0;

	for (i = 0; i < QUERIES; i++) {
		struct pack_match match;
		char query[96];
		double took;

		memcpy(query, title[random_below(&random, items)], sizeof(query));
		if (slip)
			query[1 + random_below(&random, 3)] = 'x';
		begin = now();
		found += pack_link(pack, &(struct pack_query){ query, "", 0 }, &match);
		took = now() - begin;
		sum += took;
		if (took > worst && i > 0)
			worst = took;
	}
	printf("link, %s: mean %.2f us, worst %.0f us, %.1f %% found\n", name, sum / QUERIES * 1e6,
	       worst * 1e6, 100.0 * found / QUERIES);
}

static void bench_fold(const char *title, const char *name)
{
	char out[256];
	double begin = now();
	uint64_t used = 0;
	uint32_t i;

	for (i = 0; i < 200000; i++)
		used += text_fold_title(title, strlen(title), NULL, out, sizeof(out));
	printf("fold, %s: %.0f ns for %zu bytes (%u)\n", name, (now() - begin) / 200000 * 1e9,
	       strlen(title), (unsigned)(used / 200000));
}

int main(int argc, char **argv)
{
	uint32_t items = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
	uint32_t dim = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 256;
	char (*title)[96] = calloc(items, sizeof(*title));
	char path[] = "/tmp/tacit-bench-XXXXXX";
	struct random random = { 1 };
	struct error error;
	struct pack *pack;
	double begin;
	uint32_t i;
	int fd = mkstemp(path);

	if (title == NULL || fd < 0)
		return 1;
	close(fd);
	for (i = 0; i < items; i++)
		make_title(&random, title[i], sizeof(title[i]));
	begin = now();
	write_pack(path, title, items, dim);
	printf("write, %u items: %.1f ms\n", items, (now() - begin) * 1e3);
	begin = now();
	must(pack_open(path, &pack, &error), &error);
	printf("open, %.1f MB: %.1f ms\n", (double)pack->size * 1e-6, (now() - begin) * 1e3);
	unlink(path);
	begin = now();
	pack_link(pack, &(struct pack_query){ "nothing", "", 0 }, &(struct pack_match){ 0 });
	printf("index: %.1f ms\n", (now() - begin) * 1e3);
	bench_link(pack, title, items, 0, "exact");
	bench_link(pack, title, items, 1, "one letter wrong");
	bench_fold("Lord of the Rings: The Fellowship of the Ring, The (2001)", "ASCII");
	bench_fold("Léon: The Professional (1994)", "one accent");
	bench_fold("進撃の巨人", "Japanese");
	pack_close(pack);
	free(title);
	return 0;
}
