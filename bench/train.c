/*
 * What an epoch of `follow` costs beside what its products allow, in the same run: the peak of
 * OpenBLAS's sgemm, the peak of the bf16 kernel alone on panels in the first-level cache, and one
 * epoch by phase on invented histories. Times are of the processor, summed over the threads, so
 * that neighbours on the machine count less; the clock's time is told too.
 *
 *	build/bench/train [USERS ITEMS EVENTS DIM [THREADS [ROUNDS]]]		TACIT_GEMM=sgemm ...
 */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "train/follow.c"
#include "train/step.c"

enum { SETTLE, FORWARD, PRODUCTS, BACKWARD, ADAM, PHASES };

static const char *const phase_name[PHASES] = {
	"settle P", "forward", "products", "backward", "Adam",
};

static double processor(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- peaks: flops a second of one thread, all threads at work -------------------------- */

#define EDGE 768

struct peak {
	float *a, *b, *c;
	uint16_t *panel;
	bool bf16;
};

static void peak_task(void *context, size_t index, size_t worker)
{
	struct peak *peak = (struct peak *)context + index;
	int i;

	(void)worker;
	if (!peak->bf16) {
		gemm_nt(EDGE, EDGE, EDGE, peak->a, peak->b, peak->c);
		return;
	}
	gemm_panels_begin();
	for (i = 0; i < 4000; i++)
		gemm_panel_product(peak->c, GEMM_PANEL, peak->panel, peak->panel + 8 * GEMM_STEP, 8,
				   false);
	gemm_panels_end();
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of twenty-one: tiles run at a third of their speed now and then. */
static double peak_of(struct peak *peak, struct pool *pool, uint32_t threads, bool bf16)
{
	double flops = bf16 ? 4000.0 * 2 * 32 * 32 * 256 : 2.0 * EDGE * EDGE * EDGE, speed[22];
	uint32_t w, i;

	for (w = 0; w < threads; w++)
		peak[w].bf16 = bf16;
	for (i = 0; i < 22; i++) {
		double began = processor();

		pool_run(pool, threads, peak_task, peak);
		speed[i] = flops * threads / (processor() - began);
	}
	qsort(speed + 1, 21, sizeof(speed[0]), by_size);	/* the first is the warm-up */
	return speed[11];
}

static struct peak *peaks_new(uint32_t threads)
{
	struct peak *peak = calloc(threads, sizeof(*peak));
	size_t size = sizeof(float) * EDGE * EDGE;
	uint32_t w;

	for (w = 0; peak != NULL && w < threads; w++) {
		peak[w].a = calloc(1, size);
		peak[w].b = calloc(1, size);
		peak[w].c = aligned_alloc(64, size);
		peak[w].panel = aligned_alloc(64, 16 * GEMM_STEP * sizeof(uint16_t));
		if (peak[w].a == NULL || peak[w].b == NULL || peak[w].c == NULL ||
		    peak[w].panel == NULL)
			exit(1);
		memset(peak[w].panel, 0, 16 * GEMM_STEP * sizeof(uint16_t));
		memset(peak[w].c, 0, size);
	}
	return peak;
}

/* ---- invented histories ---------------------------------------------------------------- */

/* Lengths between half and one and a half times the mean; items as 1 / (rank + 10). */
static struct follow_sequences invent(uint32_t users, uint32_t items, uint64_t events)
{
	struct random random = { 7 };
	uint64_t *start = calloc(users + 1u, sizeof(*start)), mean = events / users, e;
	uint32_t *item = calloc(2 * events + users, sizeof(*item)), u;
	double top = log(((double)items + 10.0) / 10.0);

	if (start == NULL || item == NULL || mean == 0)
		exit(1);
	for (u = 0; u < users; u++) {
		start[u + 1] = start[u] + mean / 2 + random_below(&random, (uint32_t)mean + 1);
		for (e = start[u]; e < start[u + 1]; e++) {
			double x = (double)random_below(&random, 1u << 30) * 0x1p-30;
			uint32_t rank = (uint32_t)(10.0 * (exp(x * top) - 1.0));

			item[e] = rank < items ? rank : items - 1;
		}
	}
	return (struct follow_sequences){ users, items, start, start + 1, item };
}

/* ---- an epoch by phase ----------------------------------------------------------------- */

static void timed_step(struct run *run, double spent[PHASES])
{
	double t[PHASES + 1];
	uint32_t i;

	schedule(run);
	memset(run->batch.loss, 0, sizeof(double) * FOLLOW_LOSSES);
	t[SETTLE] = processor();
	step_share(run, run->batch.touched_count, settle_batch);
	t[FORWARD] = processor();
	step_share(run, run->batch.sequences, forward);
	t[PRODUCTS] = processor();
	products(run);
	t[BACKWARD] = processor();
	step_share(run, run->batch.rows, drop_dh);
	step_share(run, run->model->banks, backward);
	t[ADAM] = processor();
	update(run);
	t[PHASES] = processor();
	for (i = 0; i < PHASES; i++)
		spent[i] += t[i + 1] - t[i];
	run->step++;
}

/* Up to `steps` steps; the events in them. */
static uint64_t some_steps(struct run *run, uint32_t *order, uint32_t users, uint32_t steps,
			   double spent[PHASES], double *wall)
{
	double began = clock_seconds();
	uint32_t i = 0, batch = run->config->batch;
	uint64_t events = 0;

	memset(spent, 0, sizeof(double) * PHASES);
	for (; steps-- > 0 && i < users; i += batch) {
		if (batch_fill(run, order + i, users - i < batch ? users - i : batch) != 0)
			exit(1);
		timed_step(run, spent);
		events += run->batch.rows;
	}
	*wall = clock_seconds() - began;
	return events;
}

static unsigned long argument(int argc, char **argv, int index, unsigned long otherwise)
{
	return argc > index ? strtoul(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	uint32_t users = (uint32_t)argument(argc, argv, 1, 6040), rounds, r, i;
	uint32_t items = (uint32_t)argument(argc, argv, 2, 3416);
	uint64_t events = argument(argc, argv, 3, 800000), total = 0;
	struct follow_sequences sequences = invent(users, items, events);
	uint32_t *order = calloc(users + 1u, sizeof(*order));
	struct follow_config config;
	struct run run = { .config = &config, .sequences = &sequences };
	struct peak *peak;
	double ratio[2][100];

	follow_config_default(&config);
	config.dim = (uint32_t)argument(argc, argv, 4, config.dim);
	config.threads = (uint32_t)argument(argc, argv, 5, config.threads);
	rounds = (uint32_t)argument(argc, argv, 6, 5);
	rounds = rounds < 1 ? 1 : rounds > 100 ? 100 : rounds;
	while (config.batch < 256 && (double)events / users * config.batch < 1000.0)
		config.batch *= 2;		/* as fit.c does */
	peak = peaks_new(config.threads);
	users = order != NULL ? users_with_events(&sequences, order, &total) : 0;
	run.steps = (uint64_t)(users / config.batch + 1) * (rounds + 1);
	run.model = model_new(&config, items);
	if (gemm_load(NULL) != 0 || peak == NULL || run.model == NULL || run_new(&run) != 0)
		return 1;
	initial_values(&run);
	step_pack(&run);
	printf("%s: %u users, %u items, %llu events, dim %u, %u threads, batches of %u\n",
	       gemm_kernel(), users, items, (unsigned long long)total, config.dim, config.threads,
	       config.batch);
	for (r = 0; r < rounds; r++) {
		double flops = 6.0 * items * config.dim * (double)total, spent[PHASES], all = 0.0;
		double sgemm = peak_of(peak, run.pool, config.threads, false), bf16 = 0.0, wall;
		double share_of = (double)total / (double)some_steps(&run, order, users, 60, spent,
								     &wall);

		if (run.fast != NULL)
			bf16 = peak_of(peak, run.pool, config.threads, true);
		for (i = 0; i < PHASES; i++)
			all += spent[i];
		printf("epoch %.2f s of processors (clock %.2f s):", all * share_of,
		       wall * share_of);
		for (i = 0; i < PHASES; i++)
			printf(" %s %.2f", phase_name[i], spent[i] * share_of);
		printf("; sgemm %.0f Gflop/s allows %.2f s, ratio %.2f", sgemm * 1e-9,
		       flops / sgemm, all * share_of * sgemm / flops);
		if (run.fast != NULL)
			printf("; the kernel alone %.0f Gflop/s, %.2f s, ratio %.2f", bf16 * 1e-9,
			       flops / bf16, all * share_of * bf16 / flops);
		printf("\n");
		ratio[0][r] = all * share_of * sgemm / flops;
		ratio[1][r] = all * share_of * bf16 / flops;
	}
	for (i = 0; i < (run.fast != NULL ? 2u : 1u); i++) {
		qsort(ratio[i], rounds, sizeof(double), by_size);
		printf("beside %s: min %.2f, median %.2f\n", i == 0 ? "sgemm" : "the kernel alone",
		       ratio[i][0], ratio[i][rounds / 2]);
	}
	return 0;
}
