/*
 * Context-aware prediction: that rows are what the protocol says, the figures against slow ones,
 * and that each learner finds what its equation can hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "train/additive.c"
#include "train/context.h"
#include "train/machine.h"
#include "train/moments.h"

#define PEOPLE 60
#define ITEMS 40
#define EVENTS 50
#define DAY 86400

/* Items 0 .. 19 are for sunny moments and 20 .. 39 for rainy ones; of these a person has a few. A
 * second feature says nothing. Times are seconds, an hour apart. */
static struct train_data *crowd(uint64_t seed)
{
	struct train_collector *collector = train_collector_new();
	struct random random = { seed };
	struct error error;
	struct train_data *data;
	uint32_t u, e;

	assert_non_null(collector);
	assert_int_equal(train_collector_features(collector, 2), 0);
	for (u = 0; u < PEOPLE; u++)
		for (e = 0; e < EVENTS; e++) {
			bool sunny = random_below(&random, 2) == 0;
			uint32_t item = (sunny ? 0 : 20) + (u * 7 + random_below(&random, 5)) % 20;
			char user[16], name[16], noise[16];

			snprintf(user, sizeof(user), "u%u", u);
			snprintf(name, sizeof(name), "i%u", item);
			snprintf(noise, sizeof(noise), "noise=%u", random_below(&random, 3));
			assert_int_equal(train_collector_add(collector, user, strlen(user), name, strlen(name),
							     1000000000 + 3600 * (int64_t)e, &error), 0);
			if (random_below(&random, 10) > 0)
				assert_int_equal(train_collector_moment(collector, 0, sunny ? "weather=sunny" :
									"weather=rainy", 13, &error), 0);
			assert_int_equal(train_collector_moment(collector, 1, noise, strlen(noise), &error), 0);
		}
	assert_int_equal(train_collector_finish(collector, &data, &error), 0);
	assert_int_equal(data->features, 2);
	assert_int_equal(data->values, 5);
	return data;
}

static bool same_moment(const struct train_data *data, uint64_t a, uint64_t b)
{
	return memcmp(data->moment + 2 * a, data->moment + 2 * b, 2 * sizeof(*data->moment)) == 0;
}

static void rows_are_of_the_protocol(void **state)
{
	struct train_data *data = crowd(1);
	struct context context;
	uint32_t positives = 0, r, p, i;
	uint8_t *part = calloc(3 * PEOPLE * EVENTS, 1);
	struct error error;
	uint64_t e, n;

	(void)state;
	assert_int_equal(context_new(data, 7, &context, &error), 0);
	assert_int_equal(context.rows, 3 * PEOPLE * EVENTS);
	for (p = 0; p < CONTEXT_PARTS; p++)
		for (i = 0; i < context.count[p]; i++)
			part[context.part[p][i]] |= (uint8_t)(1 << p);
	for (r = 0; r < context.rows; r++) {
		const struct context_row *row = &context.row[r];
		bool had = false;

		/* in one part, of one person, and a negative is never had in the same moment */
		assert_true(part[r] == 1 || part[r] == 2 || part[r] == 4);
		assert_in_range(row->event, data->start[row->user], data->start[row->user + 1] - 1);
		for (e = data->start[row->user]; e < data->start[row->user + 1]; e++)
			had |= data->item[e] == row->item && same_moment(data, e, row->event);
		assert_int_equal(had, row->label);
		positives += row->label;
		assert_true((row->left != CONTEXT_NONE) == (part[r] == 1));
		if (row->label && part[r] == 1)
			assert_int_equal(row->left, row->item);
	}
	assert_int_equal(positives, PEOPLE * EVENTS);
	/* 7 : 2 : 1 within four standard deviations of a binomial: sqrt(9000 p (1 - p)) < 44 */
	assert_in_range(context.count[CONTEXT_TRAIN], 6300 - 176, 6300 + 176);
	assert_in_range(context.count[CONTEXT_TEST], 900 - 116, 900 + 116);
	/* histories hold the positive rows that train, each once */
	for (r = 0, n = 0; r < context.rows; r++)
		n += context.row[r].label && part[r] == 1;
	for (i = 0; i < context.start[PEOPLE]; i++)
		n -= context.times[i];
	assert_int_equal(n, 0);
	context_free(&context);
	train_data_free(data);
	free(part);
}

static void quality_is_right(void **state)
{
	struct train_data *data = crowd(2);
	struct context context;
	struct context_quality quality;
	struct random random = { 3 };
	struct error error;
	double pairs = 0.0, better = 0.0, loss = 0.0;
	float *logit;
	uint32_t n, i, j;

	(void)state;
	assert_int_equal(context_new(data, 7, &context, &error), 0);
	n = context.count[CONTEXT_TEST];
	logit = malloc(sizeof(*logit) * n);
	for (i = 0; i < n; i++)		/* few values, so that many are equal */
		logit[i] = (float)random_below(&random, 9) - 4.0f;
	for (i = 0; i < n; i++) {
		const struct context_row *row = &context.row[context.part[CONTEXT_TEST][i]];
		double chance = 1.0 / (1.0 + exp(-(double)logit[i]));

		loss -= log(row->label ? chance : 1.0 - chance) / n;
		for (j = 0; row->label && j < n; j++)
			if (!context.row[context.part[CONTEXT_TEST][j]].label) {
				pairs += 1.0;
				better += logit[i] > logit[j] ? 1.0 : logit[i] < logit[j] ? 0.0 : 0.5;
			}
	}
	assert_int_equal(context_quality(&context, CONTEXT_TEST, logit, &quality), 0);
	assert_true(fabs(quality.auc - better / pairs) < 1e-9);
	assert_true(fabs(quality.logloss - loss) < 1e-9);
	free(logit);
	context_free(&context);
	train_data_free(data);
}

/* The logit of a row is the sum of what its events and values say, term by term. */
static void additive_is_a_sum(void **state)
{
	const struct additive_config config = { 32, 0.01f, 0.0f, 0.0f, 1.0f, 0.5f, 5 };
	struct train_data *data = crowd(4);
	struct additive additive = { .config = config };
	struct context context;
	struct error error;
	struct random random = { 6 };
	uint32_t r, t, j, f;
	uint64_t n, k;

	(void)state;
	assert_int_equal(context_new(data, 7, &context, &error), 0);
	assert_int_equal(additive_new(&additive, &context), 0);
	for (t = 0; t < TABLES; t++)
		for (k = 0; k < (uint64_t)additive.table[t].rows * additive.table[t].dim; k++)
			additive.table[t].value[k] = random_unit(&random) - 0.5f;
	for (r = 0; r < context.rows; r += 97) {
		const struct context_row *row = &context.row[r];
		const uint32_t *moment = data->moment + 2 * (uint64_t)row->event;
		const float *q = lazy_row(&additive.table[Q], row->item);
		double all = 0.0, logit;

		for (n = context.start[row->user]; n < context.start[row->user + 1]; n++)
			for (k = 1; k <= context.times[n] - (context.had[n] == row->left); k++)
				all += 1.0 / (double)k;
		logit = (double)additive.table[ITEM].value[row->item] + additive.table[USER].value[row->user];
		for (n = context.start[row->user]; n < context.start[row->user + 1]; n++)
			for (k = 1; k <= context.times[n] - (context.had[n] == row->left); k++) {
				const float *p = lazy_row(&additive.table[P], context.had[n]);

				for (j = 0; j < 32; j++)
					logit += pow(all, -0.5) / (double)k * p[j] * q[j];
				if (context.had[n] == row->item)
					logit += (additive.table[SELF].value[row->item] +
						  (double)additive.table[SELF].value[data->items]) / (double)k;
			}
		for (f = 0; f < 2; f++)
			if (moment[f] != 0) {
				logit += additive.table[VALUE].value[moment[f] - 1];
				for (j = 0; j < 32; j++)
					logit += (double)lazy_row(&additive.table[C], moment[f] - 1)[j] * q[j];
			}
		assert_true(fabs(logit - score(&additive, &context, r)) < 1e-3);
	}
	for (t = 0; t < TABLES; t++)
		lazy_free(&additive.table[t]);
	free(additive.strength);
	free(additive.h);
	free(additive.kept);
	free(additive.dh);
	context_free(&context);
	train_data_free(data);
}

/* Which items go with which weather needs a product of item and moment: both the machine and the
 * additive model have it, logistic regression has not. The same seed gives the same bits. */
static void learners_find_what_they_can_hold(void **state)
{
	const struct machine_config linear = { 0, 0.01f, 0.0f, 1 }, machine = { 16, 0.01f, 1e-6f, 1 };
	const struct additive_config config = { 32, 0.003f, 1e-6f, 0.3f, 1.0f, 0.5f, 1 };
	struct context_result one, two, three, again;
	struct train_data *data = crowd(8);
	struct context context;
	struct error error;

	(void)state;
	assert_int_equal(context_new(data, 7, &context, &error), 0);
	assert_int_equal(machine_fit(&context, &linear, &one), 0);
	assert_int_equal(machine_fit(&context, &machine, &two), 0);
	assert_int_equal(additive_fit(&context, &config, &three), 0);
	assert_int_equal(additive_fit(&context, &config, &again), 0);
	assert_memory_equal(&three, &again, sizeof(again));
	/* every item is had about as often, so that one-hot weights alone are about chance */
	assert_true(one.test.auc < 0.65);
	assert_true(two.test.auc > one.test.auc + 0.15);
	assert_true(three.test.auc > one.test.auc + 0.15);
	assert_true(three.test.logloss < one.test.logloss);
	context_free(&context);
	train_data_free(data);
}

/* Columns and clock together; what is rare has no row; rows ascend by key. */
static void moments_are_of_the_events(void **state)
{
	static const char *const day[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	static const char *const part[] = { "night", "early", "morning", "afternoon", "evening", "late" };
	struct train_data *data = crowd(9);
	uint64_t *start = calloc(PEOPLE, sizeof(*start)), *end = calloc(PEOPLE, sizeof(*end)), e;
	struct moments moments;
	struct error error;
	uint32_t u, v, k;

	(void)state;
	for (u = 0; u < PEOPLE; u++) {
		start[u] = data->start[u];
		end[u] = data->start[u + 1];
	}
	assert_int_equal(moments_make(data, start, end, &moments, &error), 0);
	assert_int_equal(moments.features, 4);
	assert_true(moments.columns);
	for (v = 1; v < moments.values; v++)
		assert_true(strcmp(moments.key[v - 1], moments.key[v]) < 0);
	for (e = 0; e < data->events; e++) {
		uint32_t row[LIMIT_MOMENT_ROWS], count = moments_rows(&moments, e, row), known = 0;
		/* 1,000,000,000 s is Sunday 2001-09-09 01:46:40 UTC */
		int64_t s = data->time[e];
		char weekday[32], daypart[32];

		snprintf(weekday, sizeof(weekday), "weekday=%s", day[(s / DAY + 3) % 7]);
		snprintf(daypart, sizeof(daypart), "daypart=%s", part[s % DAY / (DAY / 6)]);
		for (k = 0; k < count; k++)
			known += strcmp(moments.key[row[k]], weekday) == 0 ||
				 strcmp(moments.key[row[k]], daypart) == 0 ||
				 (data->moment[2 * e] != 0 &&
				  strcmp(moments.key[row[k]], data->value[data->moment[2 * e] - 1]) == 0) ||
				 strcmp(moments.key[row[k]], data->value[data->moment[2 * e + 1] - 1]) == 0;
		assert_int_equal(known, count);
		assert_int_equal(count, 3 + (data->moment[2 * e] != 0));
	}
	moments_free(&moments);
	for (u = 0; u < PEOPLE; u++)	/* of nine events nothing is frequent enough */
		end[u] = start[u] + (u < 9);
	assert_int_equal(moments_make(data, start, end, &moments, &error), 0);
	assert_int_equal(moments.features, 0);
	moments_free(&moments);
	free(start);
	free(end);
	train_data_free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_of_the_protocol),
		cmocka_unit_test(quality_is_right),
		cmocka_unit_test(additive_is_a_sum),
		cmocka_unit_test(learners_find_what_they_can_hold),
		cmocka_unit_test(moments_are_of_the_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
