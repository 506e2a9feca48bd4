/*
 * How long an answer takes on one core: fold-in of a history and the exact first ten of a pack,
 * beside the time that reading the bytes it must touch takes, measured over as many bytes in the
 * same run; and ranking 100 things that are given, with chances, by an open profile.
 *
 *	build/bench/answer PACK [EVENTS [RUNS]]
 *	build/bench/answer --make ITEMS DIM [EVENTS [RUNS [even]]]
 *	build/bench/answer --check HISTORIES [even]
 *
 * --make invents a pack: rows of normal numbers whose size falls from column to column, as trained
 * ones do, or with "even" rows of uniform numbers, which no shortcut of spectrum could serve.
 * --check compares the first hundred of 10,000 x 256 with a sort of all exact scores.
 * BENCH_LINE=1 prints the figures as one line, for bench/speed.sh. Pin it with taskset.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/huge.h"
#include "base/random.h"
#include "taste/dot.h"
#include "taste/fold.h"
#include "taste/given.h"
#include "taste/scan.h"

#define STREAM_BYTES (64u << 20)	/* read in all for one figure of bandwidth, at least */
#define BANKS 6
#define POOL 4096			/* rows made; those of P are copies of them */
#define GIVEN 100
#define TOP 10
#define CHECKED 100
#define PARTS 5			/* all, fold, first ten, given, reading alone */
#define TURN 50			/* answers, then as many readings, so that both meet one noise */

static double now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

/* How often the core was given to someone else while this could have gone on. */
static long interrupted(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double at_share(double *sorted, uint32_t count, double share)
{
	return sorted[(uint32_t)((count - 1) * share)];
}

/* ---- bandwidth ------------------------------------------------------------------------- */

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
static uint64_t read_all(const uint64_t *data, size_t words)
{
	uint64_t lane[64] = { 0 }, sum = 0;
	size_t i, k;

	for (i = 0; i + 64 <= words; i += 64)
		for (k = 0; k < 64; k++)
			lane[k] += data[i + k];
	for (k = 0; k < 64; k++)
		sum += lane[k];
	return sum;
}

/* Microseconds for reading `bytes` once, again and again: the median of nine. */
static double read_time(size_t bytes)
{
	size_t words = bytes / 8, rounds = STREAM_BYTES / bytes + 1, r, i;
	uint64_t *data = malloc(bytes), sum = 0;
	double time[9];
	int run;

	if (data == NULL)
		return 1.0;
	for (i = 0; i < words; i++)
		data[i] = i;
	for (run = 0; run < 9; run++) {
		double began = now_us();

		for (r = 0; r < rounds; r++) {
			sum += read_all(data, words);
			__asm__ volatile("" : "+r"(sum) : : "memory");
		}
		time[run] = (now_us() - began) / (double)rounds;
	}
	free(data);
	qsort(time, 9, sizeof(double), by_value);
	return time[4];
}

/* ---- an invented pack ------------------------------------------------------------------ */

static double normal(struct random *random)
{
	double u = 1.0 - random_unit(random) * 0.999999, v = random_unit(random);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

/* One row at its own scale, as the trainer stores it: its largest value is 127. */
static void make_row(struct random *random, uint32_t dim, bool even, int8_t *row, uint32_t *scale)
{
	double value[LIMIT_DIM], largest = 1e-9;
	uint32_t j;

	for (j = 0; j < dim; j++) {
		value[j] = even ? 2.0 * random_unit(random) - 1.0 :
				  normal(random) / sqrt(1.0 + 8.0 * j / dim);
		largest = fabs(value[j]) > largest ? fabs(value[j]) : largest;
	}
	for (j = 0; j < dim; j++)
		row[j] = (int8_t)lrint(value[j] / largest * 127.0);
	*scale = (uint32_t)(largest * 0.1 / 127.0 * 4294967296.0);
}

static void *need(size_t size)
{
	void *memory = huge_new(size);

	if (memory == NULL) {
		fprintf(stderr, "answer: out of memory\n");
		exit(1);
	}
	return memory;
}

static struct pack *make_pack(uint32_t items, uint32_t dim, bool even)
{
	static const double memory[BANKS] = { 0, 0.7, 2, 6, 20, 60 };
	struct pack *pack = need(sizeof(*pack));
	struct pack_config *config = need(sizeof(*config));
	struct random random = { 11 };
	int8_t *pool = need((size_t)POOL * dim), *p, *q;
	uint32_t *pool_scale = need(POOL * sizeof(uint32_t)), *ps, *qs, i, b;
	int16_t *length = need(sizeof(*length) * items);

	memset(pack, 0, sizeof(*pack));
	memset(config, 0, sizeof(*config));
	config->buckets = 1;
	for (b = 0; b < BANKS; b++)
		config->rho[b] = memory[b] == 0 ? 0 :
				 (uint32_t)(exp(-1.0 / memory[b]) * 1073741824.0);
	pack->p = p = need((size_t)items * BANKS * dim);
	pack->p_scale = ps = need((size_t)items * BANKS * sizeof(*ps));
	pack->q = q = need((size_t)items * dim);
	pack->q_scale = qs = need(items * sizeof(*qs));
	for (i = 0; i < POOL; i++)
		make_row(&random, dim, even, pool + (size_t)i * dim, &pool_scale[i]);
	for (i = 0; i < items; i++) {
		make_row(&random, dim, even, q + (size_t)i * dim, &qs[i]);
		length[i] = (int16_t)(2048.0 * (-9.0 + normal(&random)));
		for (b = 0; b < BANKS; b++) {
			uint32_t from = random_below(&random, POOL);

			memcpy(p + ((size_t)i * BANKS + b) * dim, pool + (size_t)from * dim, dim);
			ps[(size_t)i * BANKS + b] = pool_scale[from];
		}
	}
	free(pool);
	free(pool_scale);
	*pack = (struct pack){ .items = items, .dim = dim, .banks = BANKS, .buckets = 1,
			       .config = config, .p = p, .p_scale = ps, .q = q, .q_scale = qs,
			       .length = length };
	return pack;
}

/* ---- what is measured ------------------------------------------------------------------ */

struct run {
	struct pack *pack;
	struct fold_decay *decay;
	struct fold_entry *entry;
	struct scan *scan;
	int64_t *h;
	struct random random;
	uint32_t events;
};

static void random_history(struct run *run)
{
	uint32_t e;

	for (e = 0; e < run->events; e++)
		run->entry[e] = (struct fold_entry){ random_below(&run->random, run->pack->items),
						     FIXED_ONE, 0, NULL };
}

static void begin(struct run *run, struct pack *pack, uint32_t events)
{
	run->pack = pack;
	run->events = events;
	run->random.state = 7;
	run->decay = need(sizeof(*run->decay));
	run->entry = need(sizeof(*run->entry) * (events + 1));
	run->h = need(sizeof(*run->h) * pack->dim);
	run->scan = scan_new(pack);
	if (run->scan == NULL)
		exit(1);
	fold_decay_make(pack, run->decay);
}

/* The bytes that must be read: rows of P whose multiplier is not zero, all of Q, its scales, the
 * intercepts. A bank counts for nothing once its weight times a scale rounds to zero. */
static double touched(const struct run *run)
{
	const struct pack *pack = run->pack;
	double bytes = (double)pack->items * (pack->dim + 4.0 + 2.0);
	uint32_t r, b;

	for (r = 0; r < run->events && r < LIMIT_HISTORY; r++)
		for (b = 0; b < pack->banks; b++) {
			size_t row = (size_t)run->entry[r].item * pack->banks + b;
			uint64_t scale = pack->p_scale[row];
			uint64_t weight = (uint64_t)run->decay->weight[b][r];

			bytes += weight * scale >= 1ULL << 31 ? pack->dim + 4.0 : 0.0;
		}
	return bytes;
}

struct figures {
	double least, p50, p99, fold, top, given, given_p99, bytes, read, memory;
	double alone, alone_p99, switched;
	uint32_t examined, set_aside;
};

static int by_hit(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* A list that is given: its scores, its order, and a chance for each. */
static void rank_given(struct run *run, struct given *given, const uint32_t *item)
{
	struct scan_hit hit[GIVEN], room[GIVEN];
	int64_t shares = 0;
	uint32_t i;

	given_rank(given, item, GIVEN, hit, room);
	for (i = 0; i < GIVEN; i++)
		shares += given_log_share(given, run->scan, hit[i].score);
	__asm__ volatile("" : "+r"(shares) : : "memory");
}

/* One answer, timed in its parts: all, fold, first ten, given; the last by an open profile, whose
 * sum over the catalogue is made before. */
static void answer_once(struct run *run, const uint32_t *item, double time[PARTS],
			uint32_t *examined)
{
	uint32_t bucket = fold_bucket(run->pack, run->events);
	struct scan_hit hit[TOP];
	struct given *given;
	double began, folded, done;

	began = now_us();
	fold_state(run->pack, run->decay, run->entry, run->events, UINT32_MAX, run->h);
	folded = now_us();
	scan_first(run->scan, run->h, bucket, NULL, NULL, TOP, hit, examined);
	done = now_us();
	given = given_new(run->pack, run->h, bucket, NULL);
	if (given == NULL)
		exit(1);
	given_log_share(given, run->scan, 0);
	time[3] = now_us();
	rank_given(run, given, item);
	time[3] = now_us() - time[3];
	given_free(given);
	time[0] = done - began;
	time[1] = folded - began;
	time[2] = done - folded;
}

/* Reading alone what an answer to another history reads: its rows of P where they lie, and as many
 * bytes in one sweep as the coarse copy, scales, intercepts have. */
static double read_once(struct run *run)
{
	const struct pack *pack = run->pack;
	size_t words = (size_t)pack->items * (pack->dim / 2 + 10) / 8, dim = pack->dim / 8, j;
	double began = now_us();
	uint64_t sum = 0;
	uint32_t r, b;

	for (r = 0; r < run->events && r < LIMIT_HISTORY; r++)
		for (b = 0; b < pack->banks; b++) {
			size_t row = (size_t)run->entry[r].item * pack->banks + b;
			const uint64_t *at = (const uint64_t *)(const void *)
					     (pack->p + row * pack->dim);

			if ((uint64_t)run->decay->weight[b][r] * pack->p_scale[row] < 1ULL << 31)
				continue;
			for (j = 0; j < dim; j++)
				sum += at[j];
		}
	sum += read_all((const uint64_t *)(const void *)pack->q, words);
	__asm__ volatile("" : "+r"(sum) : : "memory");
	return now_us() - began;
}

/* A block of readings between two blocks of answers, into time[from .. from + TURN). */
static void read_block(struct run *run, double *time, uint32_t from)
{
	uint32_t i;

	for (i = from; i < from + TURN; i++) {
		uint32_t tries = 0;
		long before;

		do {	/* set aside as answers are */
			random_history(run);
			before = interrupted();
			time[i] = read_once(run);
		} while (interrupted() != before && ++tries < 3);
	}
}

/* Answers during which the core went to another program tell of that program: they are counted
 * and not timed, unless nearly all are. The first ones warm up. */
static void measure(struct run *run, uint32_t runs, struct figures *out)
{
	double *time[PARTS], once[PARTS];
	uint32_t item[GIVEN], kept = 0, warm = runs / 10 + 2, i;

	runs = (runs + TURN - 1) / TURN * TURN;
	memset(out, 0, sizeof(*out));
	for (i = 0; i < PARTS; i++)
		time[i] = need(sizeof(double) * runs);
	while (kept < runs) {
		long before;

		random_history(run);
		for (i = 0; i < GIVEN; i++)
			item[i] = random_below(&run->random, run->pack->items);
		before = interrupted();
		answer_once(run, item, once, &out->examined);
		if (warm > 0) {
			warm--;
		} else if (interrupted() != before && out->set_aside < 2 * runs) {
			out->set_aside++;
		} else {
			for (i = 0; i < PARTS - 1; i++)
				time[i][kept] = once[i];
			if (++kept % TURN == 0)
				read_block(run, time[PARTS - 1], kept - TURN);
		}
	}
	for (i = 0; i < PARTS; i++)
		qsort(time[i], runs, sizeof(double), by_value);
	out->least = time[0][0];
	out->p50 = at_share(time[0], runs, 0.5);
	out->p99 = at_share(time[0], runs, 0.99);
	out->fold = at_share(time[1], runs, 0.5);
	out->top = at_share(time[2], runs, 0.5);
	out->given = at_share(time[3], runs, 0.5);
	out->given_p99 = at_share(time[3], runs, 0.99);
	out->alone = at_share(time[4], runs, 0.5);
	out->alone_p99 = at_share(time[4], runs, 0.99);
	out->switched = 100.0 * out->set_aside / (runs + out->set_aside);
	out->bytes = touched(run);
	out->read = read_time((size_t)out->bytes);
	out->memory = out->bytes / ((256u << 20) / read_time(256u << 20));
	for (i = 0; i < PARTS; i++)
		free(time[i]);
}

static void show(const struct run *run, const struct figures *f)
{
	if (getenv("BENCH_LINE") != NULL) {
		printf("%u %u %u %.1f %.1f %.1f %.2f %.1f %.1f\n", run->pack->items,
		       run->pack->dim, run->events, f->p50, f->p99, f->read, f->p50 / f->read,
		       f->given, f->given_p99);
		return;
	}
	printf("%u items, dim %u, %u banks, %u events, one core, %s\n", run->pack->items,
	       run->pack->dim, run->pack->banks, run->events, dot_kernels()->name);
	printf("fold-in and exact top %d: least %.1f us, p50 %.1f us, p99 %.1f us\n", TOP,
	       f->least, f->p50, f->p99);
	printf("  fold %.1f us, first %.1f us (medians); %u scored again; %u set aside\n",
	       f->fold, f->top, f->examined, f->set_aside);
	printf("reading alone, turn about: p50 %.1f us, p99 %.1f us; the core was taken away in "
	       "%.1f %% of answers\n", f->alone, f->alone_p99, f->switched);
	printf("bytes touched %.0f; reading as many takes %.1f us (%.1f GB/s): ratio %.2f;\n"
	       "  from memory %.1f us (%.1f GB/s): ratio %.2f\n", f->bytes, f->read,
	       f->bytes / f->read / 1000.0, f->p50 / f->read, f->memory,
	       f->bytes / f->memory / 1000.0, f->p50 / f->memory);
	printf("%d given items: p50 %.2f us, p99 %.2f us\n", GIVEN, f->given, f->given_p99);
}

/* ---- the check ------------------------------------------------------------------------- */

/* The first hundred beside those of all items scored one by one in 128 bits: how many histories
 * differ. The fold is that of the slow loop too. */
static uint32_t check(struct run *run, uint32_t histories, bool even)
{
	struct pack *pack = run->pack;
	struct scan_hit hit[CHECKED], *all = need(sizeof(*all) * pack->items);
	uint32_t n, i, j, wrong = 0;

	for (n = 0; n < histories; n++) {
		uint32_t got;

		run->events = 1 + random_below(&run->random, 300);
		random_history(run);
		fold_state(pack, run->decay, run->entry, run->events, UINT32_MAX, run->h);
		got = scan_first(run->scan, run->h, 0, NULL, NULL, CHECKED, hit, NULL);
		if (n % 2 == 1) {
			scan_pass(run->scan, run->h, 0, NULL, NULL);
			got = scan_top(run->scan, CHECKED, hit, NULL);
		}
		for (i = 0; i < pack->items; i++) {
			const int8_t *q = pack->q + (size_t)i * pack->dim;
			fixed_wide sum = 0;

			for (j = 0; j < pack->dim; j++)
				sum += (fixed_wide)run->h[j] * q[j];
			sum = sum * pack->q_scale[i] + fold_length(pack, 0, i);
			all[i] = (struct scan_hit){ sum, i };
		}
		qsort(all, pack->items, sizeof(*all), by_hit);
		for (i = 0; i < CHECKED && i < got; i++)
			if (hit[i].item != all[i].item || hit[i].score != all[i].score)
				break;
		wrong += i < CHECKED;
	}
	free(all);
	printf("%u histories, %s rows: the first %d of %u differ from a sort of all in %u\n",
	       histories, even ? "even" : "falling", CHECKED, pack->items, wrong);
	return wrong;
}

static uint32_t number(char **argv, int argc, int at, uint32_t otherwise)
{
	return argc > at ? (uint32_t)atol(argv[at]) : otherwise;
}

int main(int argc, char **argv)
{
	bool made = argc > 3 && strcmp(argv[1], "--make") == 0;
	bool checked = argc > 2 && strcmp(argv[1], "--check") == 0;
	int first = made ? 4 : 2;
	struct figures figures;
	struct error error;
	struct pack *pack;
	struct run run;

	if (checked) {
		bool even = argc > 3 && strcmp(argv[3], "even") == 0;

		begin(&run, make_pack(10000, 256, even), 300);
		return check(&run, number(argv, argc, 2, 100), even) == 0 ? 0 : 1;
	}
	if (made) {
		pack = make_pack(number(argv, argc, 2, 0), number(argv, argc, 3, 0),
				 argc > 6 && strcmp(argv[6], "even") == 0);
	} else if (argc < 2 || pack_open_kept(argv[1], &pack, &error) != 0) {
		fprintf(stderr, "usage: answer PACK [EVENTS [RUNS]]\n"
			"       answer --make ITEMS DIM [EVENTS [RUNS [even]]]\n"
			"       answer --check HISTORIES [even]\n");
		return 2;
	}
	begin(&run, pack, number(argv, argc, first, 200));
	measure(&run, number(argv, argc, first + 1, 5000), &figures);
	show(&run, &figures);
	scan_free(run.scan);
	if (!made)
		pack_close(pack);
	free(run.decay);
	free(run.entry);
	free(run.h);
	return 0;
}
