/*
 * How long an answer takes: fold-in of 200 events and the exact first ten of a pack, on one core,
 * beside the time that the bytes it must touch take at the memory bandwidth measured in the same
 * run.
 *
 *	build/bench/answer PACK [EVENTS [RUNS]]
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "taste/fold.h"
#include "taste/scan.h"

#define STREAM_BYTES (256u << 20)

static double now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Bytes a microsecond when reading once through `bytes` again and again: the median of nine. */
static double bandwidth(size_t bytes)
{
	size_t words = bytes / 8, rounds = STREAM_BYTES / bytes + 1, r, i;
	uint64_t *data = malloc(bytes), sum = 0;
	double speed[9];
	int run;

	if (data == NULL)
		return 1.0;
	for (i = 0; i < words; i++)
		data[i] = i;
	for (run = 0; run < 9; run++) {
		double began = now_us();

		for (r = 0; r < rounds; r++) {
			uint64_t lane[8] = { 0 };

			for (i = 0; i + 8 <= words; i += 8) {
				size_t k;

				for (k = 0; k < 8; k++)
					lane[k] += data[i + k];
			}
			for (i = 0; i < 8; i++)
				sum += lane[i];
			__asm__ volatile("" : "+r"(sum) : : "memory");
		}
		speed[run] = (double)bytes * (double)rounds / (now_us() - began);
	}
	free(data);
	qsort(speed, 9, sizeof(double), by_value);
	return speed[4];
}

static void random_history(const struct pack *pack, struct random *random,
			   struct fold_entry *entry, uint32_t events)
{
	uint32_t e;

	for (e = 0; e < events; e++)
		entry[e] = (struct fold_entry){ random_below(random, pack->items), FIXED_ONE, 0,
						NULL };
}

int main(int argc, char **argv)
{
	uint32_t events = argc > 2 ? (uint32_t)atol(argv[2]) : 200;
	uint32_t runs = argc > 3 ? (uint32_t)atol(argv[3]) : 5000, run, examined;
	uint64_t looked = 0;
	struct fold_decay *decay = malloc(sizeof(*decay));
	struct fold_entry *entry = malloc(sizeof(*entry) * (events + 1));
	double *micros = malloc(sizeof(*micros) * (runs + 1)), bytes, cache, memory;
	struct random random = { 7 };
	struct scan_hit hit[10];
	struct error error;
	struct pack *pack;
	struct scan *scan;
	int64_t *h;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	if (argc < 2 || pack_open(argv[1], &pack, &error) != 0 || decay == NULL ||
	    entry == NULL || micros == NULL) {
		fprintf(stderr, "usage: answer PACK [EVENTS [RUNS]]\n");
		return 2;
	}
	scan = scan_new(pack);
	h = malloc(sizeof(*h) * pack->dim);
	fold_decay_make(pack, decay);
	for (run = 0; run < runs + 100; run++) {
		double began;

		random_history(pack, &random, entry, events);
		began = now_us();
		fold_state(pack, decay, entry, events, UINT32_MAX, h);
		scan_pass(scan, h, fold_bucket(pack, events), NULL, NULL);
		scan_top(scan, 10, hit, &examined);
		if (run >= 100) {
			micros[run - 100] = now_us() - began;
			looked += examined;
		}
	}
	qsort(micros, runs, sizeof(*micros), by_value);
	bytes = (double)events * pack->banks * (pack->dim + 4.0) +
		(double)pack->items * (pack->dim + 4.0 + 4.0 + 2.0);
	cache = bandwidth((size_t)bytes);
	memory = bandwidth(STREAM_BYTES);
	printf("%u items, dim %u, %u banks, %u events, one core\n", pack->items, pack->dim,
	       pack->banks, events);
	printf("fold-in and exact top 10: p50 %.0f us, p99 %.0f us; %.1f items scored again\n",
	       micros[runs / 2], micros[runs - 1 - runs / 100], (double)looked / runs);
	printf("bytes touched %.0f; reading as many at %.1f GB/s (memory): %.0f us, ratio %.1f; "
	       "at %.1f GB/s (cached): %.0f us, ratio %.1f\n", bytes, memory / 1000.0,
	       bytes / memory, micros[runs / 2] / (bytes / memory), cache / 1000.0, bytes / cache,
	       micros[runs / 2] / (bytes / cache));
	scan_free(scan);
	pack_close(pack);
	free(decay);
	free(entry);
	free(micros);
	free(h);
	return 0;
}
