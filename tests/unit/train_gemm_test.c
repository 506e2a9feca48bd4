/* The kernels of training: each against plain loops, with stated bounds, and the rows of P that lag
 * behind against Adam as it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "train/follow.c"

#define STEPS 3
#define DEPTH (STEPS * GEMM_PANEL)

static const char *const kernels[] = { "amx-bf16", "avx512-bf16" };

/* The nearest bf16, ties to even, by the definition: eight bits of mantissa. */
static double rounded(float x)
{
	int exponent;
	double part = frexp((double)x, &exponent);

	return ldexp(nearbyint(ldexp(part, 8)), exponent - 8);
}

static void fill(float *to, size_t size, uint64_t seed)
{
	struct random random = { seed };
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = normal(&random);
}

/* |sum - exact| <= DEPTH 2^-23 sum |a b|: each of the additions, in any order, rounds once to 24 bits
 * or, as AMX and AVX-512 do for pairs, twice. */
static void assert_near_sum(float sum, const double *product, size_t size)
{
	double exact = 0.0, scale = 0.0;
	size_t i;

	for (i = 0; i < size; i++) {
		exact += product[i];
		scale += fabs(product[i]);
	}
	if (fabs(exact - (double)sum) > (double)size * 0x1p-23 * scale)
		fail_msg("%.9g, not %.9g", (double)sum, exact);
}

/* A b^T with k along the rows of both, and a^T b with k down the columns of both. */
static void products_are_right(const float *a, const float *b, size_t rows)
{
	static uint16_t left[STEPS * GEMM_STEP], right[STEPS * GEMM_STEP];
	static float c[GEMM_PANEL][40];
	float factor[GEMM_PANEL];
	double product[DEPTH];
	size_t i, j, k, s;

	gemm_pack_rows_a(left, a, DEPTH, rows, STEPS);
	gemm_pack_rows_b(right, b, DEPTH, GEMM_PANEL, STEPS);
	gemm_panels_begin();
	gemm_panel_product(&c[0][0], 40, left, right, STEPS, false);
	gemm_panels_end();
	for (i = 0; i < GEMM_PANEL; i++)
		for (j = 0; j < GEMM_PANEL; j++) {
			for (k = 0; k < DEPTH; k++)
				product[k] = i < rows ? rounded(a[i * DEPTH + k]) *
							rounded(b[j * DEPTH + k]) : 0.0;
			assert_near_sum(c[i][j], product, DEPTH);
		}
	for (k = 0; k < GEMM_PANEL; k++)
		factor[k] = 1.0f / (float)(k + 1);
	/* the first 32 columns of three steps of k; added to what was there */
	for (s = 0; s < STEPS; s++) {
		gemm_pack_step_a(left + s * GEMM_STEP, 0, a + 32 * s, DEPTH, rows, factor, 1);
		gemm_pack_step_b(right + s * GEMM_STEP, 0, b + 32 * s, DEPTH, rows, 1);
	}
	for (i = 0; i < GEMM_PANEL; i++)
		for (j = 0; j < GEMM_PANEL; j++)
			c[i][j] = 1.0f;
	gemm_panels_begin();
	gemm_panel_product(&c[0][0], 40, left, right, STEPS, true);
	gemm_panels_end();
	for (i = 0; i < GEMM_PANEL; i++)
		for (j = 0; j < GEMM_PANEL; j++) {
			double sum[DEPTH + 1] = { 1.0 };

			for (s = 0; s < STEPS; s++)
				for (k = 0; k < rows; k++)
					sum[1 + s * 32 + k] =
						rounded(a[k * DEPTH + 32 * s + i] * factor[k]) *
						rounded(b[k * DEPTH + 32 * s + j]);
			assert_near_sum(c[i][j], sum, DEPTH + 1);
		}
}

static void products_of_panels(void **state)
{
	static float a[GEMM_PANEL * DEPTH], b[GEMM_PANEL * DEPTH];
	size_t v;

	(void)state;
	fill(a, GEMM_PANEL * DEPTH, 1);
	fill(b, GEMM_PANEL * DEPTH, 2);
	for (v = 0; v < sizeof(kernels) / sizeof(kernels[0]); v++) {
		if (gemm_choose(kernels[v]) != 0) {
			print_message("not on this machine: %s\n", kernels[v]);
			continue;
		}
		assert_string_equal(gemm_kernel(), kernels[v]);
		products_are_right(a, b, GEMM_PANEL);
		products_are_right(a, b, 1);
		products_are_right(a, b, 19);
	}
}

static void a_kernel_by_name(void **state)
{
	(void)state;
	assert_int_equal(gemm_choose("sgemm"), 0);
	assert_string_equal(gemm_kernel(), "sgemm");
	assert_false(gemm_has_panels());
	assert_int_equal(gemm_choose("abacus"), TACIT_E_NOT_FOUND);
	assert_string_equal(gemm_kernel(), "sgemm");
	assert_int_equal(gemm_choose(NULL), 0);
}

static void transposing(void **state)
{
	static float from[48 * GEMM_PANEL], to[GEMM_PANEL * 50];
	size_t i, j;

	(void)state;
	if (gemm_choose(NULL) != 0 || !gemm_has_panels())
		skip();
	fill(from, 48 * GEMM_PANEL, 3);
	gemm_transpose(to, 50, from, 48);
	for (i = 0; i < GEMM_PANEL; i++)
		for (j = 0; j < 48; j++)
			assert_true(to[i * 50 + j] == from[j * GEMM_PANEL + i]);
}

static double as_double(uint16_t bf16)
{
	uint32_t bits = (uint32_t)bf16 << 16;
	float x;

	memcpy(&x, &bits, sizeof(x));
	return (double)x;
}

/* Each e is in both packings, within half a bf16 step (2^-8) and 4e-6 of 2^t; sums are of the unrounded. */
static void exponentials(void **state)
{
	static float logits[32 * 32], offset[64], shift[32], sum[32 * 16];
	static uint16_t rows[GEMM_STEP], step[GEMM_STEP];
	const float *offsets[32];
	uint32_t mask[32];
	struct gemm_exp exp = { logits, offsets, 32, mask, 1, shift, sum };
	size_t r, i;

	(void)state;
	if (gemm_choose(NULL) != 0 || !gemm_has_panels())
		skip();
	fill(logits, 32 * 32, 4);
	fill(offset, 64, 5);
	for (r = 0; r < 32; r++) {
		offsets[r] = offset;
		shift[r] = (float)r - 20.0f;
		mask[r] = 0xdeadbeefu * (uint32_t)(2 * r + 1);
	}
	gemm_exp(&exp, rows, step);
	for (r = 0; r < 32; r++) {
		double all = 0.0, lanes = 0.0;

		for (i = 0; i < 32; i++) {
			double right = (mask[r] >> i & 1) == 0 ? 0.0 :
				       exp2((double)logits[32 * r + i] / log(2.0) +
					    (double)offset[32 + i] - (double)shift[r]);
			double e = as_double(rows[32 * r + i]);

			assert_true(fabs(e - right) <= right * (0x1p-8 + 1e-5));
			assert_true(e == as_double(step[512 * (i / 16) + 32 * (r / 2) +
							2 * (i % 16) + r % 2]));
			all += right;
		}
		for (i = 0; i < 16; i++)
			lanes += (double)sum[16 * r + i];
		assert_true(fabs(lanes - all) <= 1e-5 * all);
	}
}

/* A value left alone for 40 steps and then moved once, against 40 dense steps of g = 0: equal up to
 * the rounding of 40 float subtractions of at most half a unit in the last place each. */
static void rows_that_lag(void **state)
{
	static float value[2][32], first[2][32], second[2][32], gradient[32], none[32];
	struct kernels_step step = { 0.01f, 0, 0, (float)FOLLOW_BETA1, (float)FOLLOW_BETA2 };
	double pace = 0.0, ratio = 1.0;
	uint32_t s, j;

	(void)state;
	fill(value[0], 32, 6);
	fill(gradient, 32, 7);
	memcpy(value[1], value[0], sizeof(value[0]));
	for (s = 1; s <= 41; s++) {
		step.rate = 0.01f / (float)s;
		step.correction1 = (float)(1.0 / (1.0 - pow(FOLLOW_BETA1, s)));
		step.correction2 = (float)(1.0 / (1.0 - pow(FOLLOW_BETA2, s)));
		kernels_adam(value[0], first[0], second[0], s == 1 ? gradient : none, 32, &step);
		if (s == 1) {
			kernels_adam(value[1], first[1], second[1], gradient, 32, &step);
			continue;
		}
		ratio *= FOLLOW_BETA1 / sqrt(FOLLOW_BETA2);
		pace += (double)step.rate * (double)step.correction1 /
			sqrt((double)step.correction2) * ratio;
	}
	kernels_catch_up(value[1], first[1], second[1], (float)pace, 32);
	for (j = 0; j < 32; j++)
		assert_true(fabs((double)(value[0][j] - value[1][j])) <=
			    41 * 0x1p-24 * (fabs((double)value[0][j]) + 0.02));
}

#define MANY 200		/* items and people: more than one panel, with an end inside one */

static uint32_t many_item[MANY * 40];
static uint64_t many_start[MANY + 1];

static struct follow_sequences many(void)
{
	struct random random = { 8 };
	uint32_t u, i;

	for (u = 0; u < MANY; u++) {
		many_start[u + 1] = many_start[u] + 2 + random_below(&random, 38);
		for (i = 0; i < many_start[u + 1] - many_start[u]; i++)
			many_item[many_start[u] + i] = (u * 7 + i * 3 + random_below(&random, 4)) %
						       (MANY - 3);
	}
	return (struct follow_sequences){ MANY, MANY - 3, many_start, many_start + 1, many_item };
}

static int keep_loss(void *context, const struct follow_progress *progress,
		     struct follow_model *model)
{
	(void)model;
	if (progress->done == progress->total)
		*(double *)context = progress->loss;
	return 0;
}

static struct follow_model *trained(const char *kernel, uint32_t threads, float offset,
				    double *loss)
{
	struct follow_sequences sequences = many();
	struct follow_config config;
	struct follow_model *start = NULL, *model = NULL;
	uint32_t i;

	follow_config_default(&config);
	config.dim = 32;
	config.epochs = offset != 0.0f ? 1 : 4;
	config.threads = threads;
	config.warmup = 10;
	assert_int_equal(gemm_choose(kernel), 0);
	if (offset != 0.0f) {
		start = model_new(&config, sequences.items);
		memset(start->p, 0, sizeof(float) * start->items * config.banks * config.dim);
		memset(start->q, 0, sizeof(float) * start->items * config.dim);
		for (i = 0; i < start->buckets * start->items; i++)
			start->length[i] = offset;
		config.start = start;
		config.rate = 0.0f;
	}
	assert_int_equal(follow_train(&config, &sequences, keep_loss, loss, &model, NULL), 0);
	follow_free(start);
	return model;
}

/* The same loss from every kernel; the same bits from one kernel whatever the count of threads. */
static void training_with_each(void **state)
{
	double plain, loss;
	struct follow_model *one, *two;
	size_t v;

	(void)state;
	follow_free(trained("sgemm", 2, 0.0f, &plain));
	for (v = 0; v < sizeof(kernels) / sizeof(kernels[0]); v++) {
		if (gemm_choose(kernels[v]) != 0)
			continue;
		one = trained(kernels[v], 1, 0.0f, &loss);
		two = trained(kernels[v], 2, 0.0f, &loss);
		assert_memory_equal(one->p, two->p, sizeof(float) * one->items * 6 * 32);
		assert_memory_equal(one->q, two->q, sizeof(float) * one->items * 32);
		/* steps follow their own way once rounded: half a percent of the nats */
		assert_true(fabs(loss - plain) < 0.005 * plain);
		follow_free(one);
		follow_free(two);
	}
	gemm_choose(NULL);
}

/* Intercepts of +-200 put e out of a float's range without a shift; all equal, the loss is the mean
 * of log(items not had before), whatever they are. */
static void sums_out_of_range(void **state)
{
	double low, high, none;

	(void)state;
	follow_free(trained(NULL, 2, 1e-6f, &none));
	follow_free(trained(NULL, 2, 200.0f, &high));
	follow_free(trained(NULL, 2, -200.0f, &low));
	assert_true(fabs(high - none) < 1e-3);
	assert_true(fabs(low - none) < 1e-3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_of_panels),
		cmocka_unit_test(a_kernel_by_name),
		cmocka_unit_test(transposing),
		cmocka_unit_test(exponentials),
		cmocka_unit_test(rows_that_lag),
		cmocka_unit_test(training_with_each),
		cmocka_unit_test(sums_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
