/*
 * Off-policy estimates on made-up logs whose truth is known: what each display earns is drawn from
 * rates that the test holds. Numbers come from arithmetic, enumeration or binomial bounds.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "train/bandit.h"

#define ITEMS 5
#define POSITIONS 2
#define CELLS (ITEMS * POSITIONS)
#define ROWS 2000
#define REPEATS 1000

/* A world: what an item earns at a position, and how a logger shows items there. */
static const double rate[CELLS] = { .05, .10, .20, .02, .08, .10, .05, .04, .15, .30 };
static const double logger[CELLS] = { .3, .2, .1, .3, .1, .1, .4, .2, .2, .1 };
static const double wanted[CELLS] = { .1, .1, .6, .1, .1, .05, .05, .1, .3, .5 };

static double unit(struct random *random)
{
	return (double)(random_u64(random) >> 11) * 0x1p-53;
}

static uint32_t draw(const double *chance, struct random *random)
{
	double left = unit(random);
	uint32_t i;

	for (i = 0; i + 1 < ITEMS && left >= chance[i]; i++)
		left -= chance[i];
	return i;
}

/* Positions in turn, so that the truth is the mean over them. */
static void make_log(struct bandit_log *log, struct random *random)
{
	uint64_t r;

	log->items = ITEMS;
	log->positions = POSITIONS;
	for (r = 0; r < log->rows; r++) {
		struct bandit_row *row = &log->row[r];
		uint32_t p = (uint32_t)(r % POSITIONS);

		row->time = (int64_t)r;
		row->position = (uint16_t)p;
		row->item = draw(logger + p * ITEMS, random);
		row->propensity = logger[p * ITEMS + row->item];
		row->clicked = unit(random) < rate[p * ITEMS + row->item];
	}
}

static double truth(const double *choice)
{
	double sum = 0.0;
	int c;

	for (c = 0; c < CELLS; c++)
		sum += choice[c] * rate[c];
	return sum / POSITIONS;
}

struct tally {
	double sum, squares, errors;
	int inside;
};

static void count(struct tally *tally, double value, double error, double right)
{
	tally->sum += value;
	tally->squares += (value - right) * (value - right);
	tally->errors += error * error;
	tally->inside += fabs(value - right) <= 1.96 * error;
}

/* Of REPEATS: the mean is within four standard errors of the truth, stated variances are within a
 * fifth of those seen (their own deviation is sqrt(2 / REPEATS), 4.5 in 100), and 95 in 100
 * intervals hold it (deviation .7 in 100, and a little for skewness). */
static void check(const struct tally *tally, double right, double bias)
{
	double seen = tally->squares / REPEATS;

	assert_true(fabs(tally->sum / REPEATS - right) < 4.0 * sqrt(seen / REPEATS) + bias);
	assert_true(fabs(tally->errors / REPEATS / seen - 1.0) < 0.2);
	assert_in_range(tally->inside, REPEATS * 92 / 100, REPEATS * 98 / 100);
}

static void estimates_are_right_on_average(void **state)
{
	struct random random = { 1 };
	struct bandit_row row[ROWS];
	struct bandit_log log = { .row = row, .rows = ROWS };
	struct tally ips = { 0 }, snips = { 0 }, dr = { 0 }, off = { 0 };
	double right = truth(wanted), q[CELLS], wrong[CELLS];
	struct bandit_estimate it;
	struct error error;
	int i;

	(void)state;
	for (i = 0; i < CELLS; i++)
		wrong[i] = 0.5 - rate[i];
	for (i = 0; i < REPEATS; i++) {
		struct bandit_counts counts;

		make_log(&log, &random);
		assert_int_equal(bandit_count(&log, 0, ROWS / 2, &counts, &error), 0);
		bandit_model(&counts, q);
		bandit_counts_free(&counts);
		assert_int_equal(bandit_estimate(&log, ROWS / 2, ROWS, wanted, q, &it, &error), 0);
		assert_int_equal(it.rows, ROWS / 2);
		count(&ips, it.ips, it.ips_error, right);
		count(&snips, it.snips, it.snips_error, right);
		count(&dr, it.dr, it.dr_error, right);
		/* propensities are right, so that the model need not be */
		assert_int_equal(bandit_estimate(&log, ROWS / 2, ROWS, wanted, wrong, &it, &error), 0);
		count(&off, it.dr, it.dr_error, right);
	}
	check(&ips, right, 0.0);
	check(&snips, right, 2e-3);	/* consistent, with a bias of the order of 1 / rows */
	check(&dr, right, 0.0);
	check(&off, right, 0.0);
	/* a model that knows something saves variance, a wrong one wastes it */
	assert_true(dr.squares < ips.squares);
	assert_true(off.squares > dr.squares);
}

/* Five clicks a log and weights from .2 to 20: what has not happened yet must be in the interval. */
static void few_clicks_have_wide_intervals(void **state)
{
	static const double shy[ITEMS] = { .9, .05, .02, .02, .01 };
	struct random random = { 6 };
	struct bandit_row row[ROWS];
	struct bandit_log log = { row, 1000, ITEMS, 1 };
	struct tally ips = { 0 }, snips = { 0 };
	double even[ITEMS] = { .2, .2, .2, .2, .2 };
	struct bandit_estimate it;
	struct error error;
	int i, r;

	(void)state;
	for (i = 0; i < REPEATS; i++) {
		for (r = 0; r < 1000; r++) {
			uint32_t item = draw(shy, &random);

			row[r] = (struct bandit_row){ r, item, 0, unit(&random) < .005, shy[item] };
		}
		assert_int_equal(bandit_estimate(&log, 0, 1000, even, NULL, &it, &error), 0);
		count(&ips, it.ips, it.ips_error, .005);
		count(&snips, it.snips, it.snips_error, .005);
	}
	assert_true(fabs(ips.sum / REPEATS - .005) < 4.0 * sqrt(ips.squares) / REPEATS);
	assert_true(ips.inside >= REPEATS * 95 / 100);
	assert_true(snips.inside >= REPEATS * 93 / 100);
}

/* With a model that is the truth, DR needs no right propensities. */
static void either_half_of_dr_is_enough(void **state)
{
	struct random random = { 2 };
	struct bandit_row row[ROWS];
	struct bandit_log log = { .row = row, .rows = ROWS };
	struct tally dr = { 0 }, ips = { 0 };
	double right = truth(wanted);
	struct bandit_estimate it;
	struct error error;
	int i, r;

	(void)state;
	for (i = 0; i < REPEATS; i++) {
		make_log(&log, &random);
		for (r = 0; r < ROWS; r++)
			row[r].propensity *= 0.5;
		assert_int_equal(bandit_estimate(&log, 0, ROWS, wanted, rate, &it, &error), 0);
		count(&dr, it.dr, it.dr_error, right);
		count(&ips, it.ips, it.ips_error, right);
	}
	check(&dr, right, 0.0);
	assert_true(fabs(ips.sum / REPEATS / (2.0 * right) - 1.0) < 0.02);
}

static void identities_hold(void **state)
{
	struct random random = { 3 };
	struct bandit_row row[ROWS];
	struct bandit_log log = { .row = row, .rows = ROWS };
	double zero[CELLS] = { 0 }, thrice[CELLS];
	struct bandit_estimate it, other;
	struct error error;
	int i, r;

	(void)state;
	make_log(&log, &random);
	/* a model that is zero: DR is IPS */
	assert_int_equal(bandit_estimate(&log, 0, ROWS, wanted, zero, &it, &error), 0);
	assert_true(it.dr == it.ips && it.dr_error == it.ips_error);
	assert_int_equal(bandit_estimate(&log, 0, ROWS, wanted, NULL, &other, &error), 0);
	assert_memory_equal(&it, &other, sizeof(it));
	/* weights times anything: SNIPS stays, IPS does not */
	for (i = 0; i < CELLS; i++)
		thrice[i] = 3.0 * wanted[i];
	assert_int_equal(bandit_estimate(&log, 0, ROWS, thrice, NULL, &other, &error), 0);
	assert_true(fabs(other.snips - it.snips) < 1e-12);
	assert_true(fabs(other.snips_error - it.snips_error) < 1e-12);
	assert_true(fabs(other.ips - 3.0 * it.ips) < 1e-12);
	/* the logger's own policy: every weight is 1, and all is the click rate */
	assert_int_equal(bandit_estimate(&log, 0, ROWS, logger, NULL, &it, &error), 0);
	bandit_on_policy(&log, 0, ROWS, &other);
	assert_true(it.ips == other.ips && fabs(it.ips_error - other.ips_error) < 1e-12);
	assert_true(fabs(it.snips - other.snips) < 1e-12);
	assert_int_equal(it.rows, ROWS);
	/* an only item that nobody clicked: the interval is that of the rule of three */
	for (r = 0; r < ROWS; r++)
		row[r].clicked = row[r].item == 1 ? 0 : row[r].clicked;
	memset(thrice, 0, sizeof(thrice));
	thrice[1] = thrice[ITEMS + 1] = 1.0;
	assert_int_equal(bandit_estimate(&log, 0, ROWS, thrice, NULL, &it, &error), 0);
	assert_true(it.ips == 0.0 && it.snips == 0.0);
	assert_true(fabs(1.96 * it.ips_error - 3.0 / .2 / ROWS) < 1e-12);
}

/* ---- policies -------------------------------------------------------------------------- */

/* By a million draws: the largest of Gamma ratios is slow, so the Betas have whole parameters and
 * are order statistics of uniform numbers: the a-th smallest of a + b - 1. */
static double beta_draw(int a, int b, struct random *random)
{
	double value[16], swap;
	int n = a + b - 1, i, k;

	for (i = 0; i < n; i++)
		value[i] = unit(random);
	for (i = 0; i < a; i++)
		for (k = i + 1; k < n; k++)
			if (value[k] < value[i]) {
				swap = value[i];
				value[i] = value[k];
				value[k] = swap;
			}
	return value[a - 1];
}

static void best_by_simulation(void **state)
{
	static const int a[4] = { 1, 2, 4, 3 }, b[4] = { 5, 6, 9, 4 };
	double alpha[4], beta[4], chance[4], missed;
	struct random random = { 4 };
	uint32_t won[4] = { 0 }, draws = 400000, d;
	struct error error;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		alpha[i] = a[i];
		beta[i] = b[i];
	}
	assert_int_equal(bandit_best(alpha, beta, 4, chance, &missed, &error), 0);
	assert_true(missed < 1e-9);
	for (d = 0; d < draws; d++) {
		double best = -1.0, value;
		int first = 0;

		for (i = 0; i < 4; i++) {
			value = beta_draw(a[i], b[i], &random);
			if (value > best) {
				best = value;
				first = i;
			}
		}
		won[first]++;
	}
	for (i = 0; i < 4; i++)		/* four standard errors */
		assert_true(fabs((double)won[i] / draws - chance[i]) <
			    4.0 * sqrt(chance[i] * (1.0 - chance[i]) / draws));
}

static void best_by_hand(void **state)
{
	double alpha[64], beta[64], chance[64], missed;
	struct error error;
	int i;

	(void)state;
	/* P(Beta(2,1) > Beta(1,1)) = the mean of Beta(2,1) = 2/3 */
	alpha[0] = 2.0;
	alpha[1] = beta[0] = beta[1] = 1.0;
	assert_int_equal(bandit_best(alpha, beta, 2, chance, &missed, &error), 0);
	assert_true(missed < 1e-9 && fabs(chance[0] - 2.0 / 3.0) < 1e-9);
	/* P(Beta(3,2) > Beta(1,1)) = 3/5 */
	alpha[0] = 3.0;
	beta[0] = 2.0;
	assert_int_equal(bandit_best(alpha, beta, 2, chance, &missed, &error), 0);
	assert_true(fabs(chance[0] - 0.6) < 1e-9);
	/* one item; equals; and sizes of a large log, with one that is far better */
	assert_int_equal(bandit_best(alpha, beta, 1, chance, &missed, &error), 0);
	assert_true(chance[0] == 1.0);
	for (i = 0; i < 64; i++) {
		alpha[i] = 2000.0;
		beta[i] = 400000.0;
	}
	assert_int_equal(bandit_best(alpha, beta, 64, chance, &missed, &error), 0);
	for (i = 0; i < 64; i++)
		assert_true(fabs(chance[i] - 1.0 / 64.0) < 1e-12);
	assert_true(missed < 1e-9);
	alpha[7] = 4000.0;
	assert_int_equal(bandit_best(alpha, beta, 64, chance, &missed, &error), 0);
	assert_true(missed < 1e-9 && chance[7] > 1.0 - 1e-9);
}

static void sums_to_one(const double *choice)
{
	int p, i;

	for (p = 0; p < POSITIONS; p++) {
		double sum = 0.0;

		for (i = 0; i < ITEMS; i++)
			sum += choice[p * ITEMS + i];
		assert_true(fabs(sum - 1.0) < 1e-12);
	}
}

static void policies_learn(void **state)
{
	struct random random = { 5 };
	struct bandit_log log = { .rows = 200000 };
	struct bandit_counts counts;
	double choice[CELLS];
	struct error error;
	int i;

	(void)state;
	log.row = calloc(log.rows, sizeof(*log.row));
	assert_non_null(log.row);
	make_log(&log, &random);
	assert_true(bandit_by_position(&log));
	assert_int_equal(bandit_count(&log, 0, log.rows, &counts, &error), 0);
	bandit_popular(&counts, true, choice);
	sums_to_one(choice);
	assert_true(choice[2] == 1.0 && choice[ITEMS + 4] == 1.0);
	/* so many rows leave no doubt about which is best */
	assert_int_equal(bandit_thompson(&counts, true, choice, &error), 0);
	sums_to_one(choice);
	assert_true(choice[2] > 0.999 && choice[ITEMS + 4] > 0.999);
	assert_int_equal(bandit_thompson(&counts, false, choice, &error), 0);
	for (i = 0; i < ITEMS; i++)
		assert_true(choice[i] == choice[ITEMS + i]);
	bandit_shown(&counts, choice);
	for (i = 0; i < CELLS; i++)	/* 100,000 displays: deviation below .0016 */
		assert_true(fabs(choice[i] - logger[i]) < 0.007);
	bandit_uniform(&counts, choice);
	sums_to_one(choice);
	bandit_counts_free(&counts);
	/* a logger that looks at the item alone */
	for (i = 0; i < (int)log.rows; i++)
		log.row[i].propensity = logger[log.row[i].item];
	assert_false(bandit_by_position(&log));
	free(log.row);
}

/* Nothing known: Thompson is uniform. A click makes an item likelier, a display without one less. */
static void thompson_follows_clicks(void **state)
{
	uint64_t shown[CELLS], clicked[CELLS] = { 0 };
	struct bandit_counts counts = { ITEMS, POSITIONS, shown, clicked, 0.05 };
	double choice[CELLS];
	struct error error;
	int i;

	(void)state;
	for (i = 0; i < CELLS; i++)
		shown[i] = 40;
	assert_int_equal(bandit_thompson(&counts, true, choice, &error), 0);
	for (i = 0; i < CELLS; i++)
		assert_true(fabs(choice[i] - 1.0 / ITEMS) < 1e-9);
	clicked[1] = 2;
	shown[3] = 80;
	assert_int_equal(bandit_thompson(&counts, true, choice, &error), 0);
	assert_true(choice[1] > choice[0] && choice[0] > choice[3]);
	assert_true(fabs(choice[ITEMS] - 1.0 / ITEMS) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimates_are_right_on_average),
		cmocka_unit_test(few_clicks_have_wide_intervals),
		cmocka_unit_test(either_half_of_dr_is_enough),
		cmocka_unit_test(identities_hold),
		cmocka_unit_test(best_by_simulation),
		cmocka_unit_test(best_by_hand),
		cmocka_unit_test(policies_learn),
		cmocka_unit_test(thompson_follows_clicks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
