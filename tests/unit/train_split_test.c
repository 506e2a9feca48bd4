/* Splits and metrics against arithmetic done by hand, calibration against a slow pooling. */
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
#include "train/build.h"
#include "train/data.h"
#include "train/split.h"

static void metrics_by_hand(void **state)
{
	struct split_metrics m;
	uint32_t one = 2, many[] = { 0, 30, 4 }, none = UINT32_MAX;

	(void)state;
	memset(&m, 0, sizeof(m));
	split_metrics_add(&m, &one, 1);		/* third place: 1 / log2(4) = 1/2 */
	assert_true(m.hr5 == 1.0 && m.hr10 == 1.0 && m.ndcg10 == 0.5);
	assert_true(fabs(m.mrr - 1.0 / 3.0) < 1e-12);
	memset(&m, 0, sizeof(m));
	split_metrics_add(&m, many, 3);
	/* DCG@10 = 1 + 1/log2(6); ideal = 1 + 1/log2(3) + 1/2 */
	assert_true(fabs(m.ndcg10 - (1.0 + 1.0 / log2(6.0)) /
			 (1.5 + 1.0 / log2(3.0))) < 1e-12);
	assert_true(fabs(m.recall20 - 2.0 / 3.0) < 1e-12 && m.recall50 == 1.0 && m.mrr == 1.0);
	memset(&m, 0, sizeof(m));
	split_metrics_add(&m, &none, 1);
	assert_true(m.users == 1 && m.hr20 == 0.0 && m.ndcg100 == 0.0 && m.mrr == 0.0);
}

static void standard_error_by_hand(void **state)
{
	(void)state;
	/* 1, 2, 3, 4: variance (2.25 + 0.25 + 0.25 + 2.25) / 3 = 5/3, over four people */
	assert_true(fabs(split_standard_error(10.0, 30.0, 4) - sqrt(5.0 / 12.0)) < 1e-12);
	assert_true(split_standard_error(3.0, 3.0, 3) == 0.0);	/* all the same */
	assert_true(split_standard_error(0.5, 0.25, 1) == 0.0);	/* one tells nothing */
}

static struct train_data *sample(uint32_t events)
{
	struct train_collector *collector = train_collector_new();
	struct train_data *data;
	uint32_t i;
	char name[16];

	for (i = 0; i < events; i++) {	/* times run backwards: finishing sorts them */
		snprintf(name, sizeof(name), "i%u", i);
		assert_int_equal(train_collector_add(collector, "u", 1, name, strlen(name),
						     (int64_t)(events - i), NULL), 0);
	}
	assert_int_equal(train_collector_finish(collector, &data, NULL), 0);
	return data;
}

static void splits_keep_time_order(void **state)
{
	struct train_data *data = sample(11);
	struct split split;

	(void)state;
	assert_string_equal(data->catalogue[data->item[0]].id, "i10");
	assert_int_equal(split_make(data, SPLIT_LEAVE_ONE_OUT, &split, NULL), 0);
	/* few people: of the ten events that do not test, a quarter validates */
	assert_int_equal(split.fit_end[0], 8);
	assert_int_equal(split.valid_from[0], 8);
	assert_int_equal(split.valid_to[0], 10);
	assert_int_equal(split.refit_end[0], 10);
	assert_int_equal(split.test_from[0], 10);
	assert_int_equal(split.test_to[0], 11);
	split_free(&split);
	/* 11 events: 8 before the cut at 80 %, of these 6 before theirs */
	assert_int_equal(split_make(data, SPLIT_LAST_FIFTH, &split, NULL), 0);
	assert_int_equal(split.refit_end[0], 8);
	assert_int_equal(split.test_from[0], 8);
	assert_int_equal(split.fit_end[0], 6);
	split_free(&split);
	/* for making a pack: all is learned from in the end, nothing tests */
	assert_int_equal(split_make(data, SPLIT_VALIDATE_ONLY, &split, NULL), 0);
	assert_int_equal(split.fit_end[0], 9);
	assert_int_equal(split.valid_to[0], 11);
	assert_int_equal(split.refit_end[0], 11);
	assert_int_equal(split.test_from[0], split.test_to[0]);
	split_free(&split);
	train_data_free(data);
	data = sample(1);
	assert_int_equal(split_make(data, SPLIT_LEAVE_ONE_OUT, &split, NULL), 0);
	assert_int_equal(split.fit_end[0], 1);
	split_free(&split);
	train_data_free(data);
}

/* A crowd of made-up people: each has 1 to 12 events of 40 items, at times that overlap. */
static struct train_data *crowd(uint64_t seed, uint32_t people)
{
	struct random random = { seed };
	struct train_collector *collector = train_collector_new();
	struct train_data *data;
	char user[16], name[16];
	uint32_t u, i, n;

	for (u = 0; u < people; u++) {
		int64_t time = (int64_t)(random_u64(&random) % 500);

		n = 1 + (uint32_t)(random_u64(&random) % 12);
		for (i = 0; i < n; i++) {
			snprintf(user, sizeof(user), "u%u", u);
			snprintf(name, sizeof(name), "i%u", (uint32_t)(random_u64(&random) % 40));
			assert_int_equal(train_collector_add(collector, user, strlen(user), name,
							     strlen(name), time, NULL), 0);
			time += (int64_t)(random_u64(&random) % 60);	/* often the same */
		}
	}
	assert_int_equal(train_collector_finish(collector, &data, NULL), 0);
	return data;
}

static void check_order(const struct train_data *data, const struct split *split)
{
	uint32_t u;

	for (u = 0; u < data->users; u++) {
		uint64_t first = data->start[u], end = data->start[u + 1], e;

		/* what is learned from is a first part; what is held out lies behind it */
		assert_int_equal(split->start[u], first);
		assert_true(split->fit_end[u] >= first && split->fit_end[u] <= end);
		assert_true(split->valid_from[u] >= split->fit_end[u]);
		assert_true(split->valid_to[u] >= split->valid_from[u]);
		assert_true(split->refit_end[u] >= split->fit_end[u]);
		assert_true(split->test_from[u] >= split->refit_end[u]);
		assert_true(split->test_to[u] >= split->test_from[u] && split->test_to[u] <= end);
		/* a history, and nothing in it after what is held out */
		for (e = first; e < split->test_from[u] && split->test_from[u] < end; e++)
			assert_true(data->time[e] <= data->time[split->test_from[u]]);
		if (split->test_to[u] > split->test_from[u])
			assert_true(split->test_from[u] > first);
		/* what tests was not there to validate with */
		if (split->test_to[u] > split->test_from[u] &&
		    split->valid_to[u] > split->valid_from[u])
			assert_true(split->valid_to[u] <= split->test_from[u]);
	}
}

static void later_people_are_not_learned_from(void **state)
{
	uint64_t from[200], to[200], seed;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		struct train_data *data = crowd(seed, 200);
		int64_t last_learned = INT64_MIN;
		uint32_t u, fitting = 0, learned = 0, length;
		struct split split;

		assert_int_equal(split_make(data, SPLIT_LATER_PEOPLE, &split, NULL), 0);
		check_order(data, &split);
		for (u = 0; u < 200; u++) {	/* everything of a person or nothing */
			bool whole = split.refit_end[u] == data->start[u + 1];

			assert_true(whole || split.refit_end[u] == data->start[u]);
			fitting += split.fit_end[u] > data->start[u];
			learned += whole;
			if (whole)
				assert_int_equal(split.test_from[u], split.test_to[u]);
			else if (data->start[u + 1] - data->start[u] >= 2)	/* the last fifth */
				assert_int_equal(split.test_from[u], data->start[u] +
						 (data->start[u + 1] - data->start[u]) * 4 / 5);
			if (whole && data->time[data->start[u]] > last_learned)
				last_learned = data->time[data->start[u]];
		}
		assert_int_equal(fitting, 170);		/* 85 % and 90 % of 200 */
		assert_int_equal(learned, 180);
		for (u = 0; u < 200; u++)
			if (split.refit_end[u] == data->start[u])
				assert_true(data->time[data->start[u]] >= last_learned);
		for (length = 1; length < 12; length++) {
			split_at_length(&split, data, length, from, to);
			for (u = 0; u < 200; u++) {
				bool has = split.refit_end[u] == data->start[u] &&
					   data->start[u + 1] - data->start[u] > length;

				assert_int_equal(to[u] - from[u], has);
				assert_true(!has || from[u] == data->start[u] + length);
			}
		}
		split_free(&split);
		train_data_free(data);
	}
}

/* Before the date: learned from. From it on: the first item that is known, found slowly. */
static void time_parts_past_and_future(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		struct train_data *data = crowd(seed, 200);
		int64_t past = INT64_MIN, future = INT64_MAX;
		uint64_t learned = 0, e, f;
		struct split split;
		bool known[40] = { false };
		uint32_t u;

		assert_int_equal(split_make(data, SPLIT_TIME, &split, NULL), 0);
		check_order(data, &split);
		for (u = 0; u < 200; u++)
			for (e = data->start[u]; e < data->start[u + 1]; e++) {
				bool before = e < split.refit_end[u];

				learned += before;
				if (before)
					known[data->item[e]] = true;
				if (before && data->time[e] > past)
					past = data->time[e];
				if (!before && data->time[e] < future)
					future = data->time[e];
			}
		assert_true(past < future);
		/* a tenth is left; more only where several events share the date */
		assert_true(learned <= data->events * 9 / 10);
		for (f = learned, u = 0; u < 200; u++)
			for (e = split.refit_end[u]; e < data->start[u + 1]; e++)
				f += data->time[e] == future;
		assert_true(f > data->events * 9 / 10);
		for (u = 0; u < 200; u++) {
			for (e = split.refit_end[u]; e < data->start[u + 1]; e++)
				if (e > data->start[u] && known[data->item[e]])
					break;
			assert_int_equal(split.test_from[u], e);
			assert_int_equal(split.test_to[u] - e, e < data->start[u + 1]);
			assert_true(split.valid_to[u] <= split.refit_end[u] ||
				    split.valid_to[u] == split.valid_from[u]);
		}
		split_free(&split);
		train_data_free(data);
	}
}

static void too_few_are_refused(void **state)
{
	struct train_data *data = sample(11);
	struct error error;
	struct split split;

	(void)state;	/* one person: nobody is left to fit on */
	assert_int_equal(split_make(data, SPLIT_LATER_PEOPLE, &split, &error), TACIT_E_FORMAT);
	train_data_free(data);
	data = sample(1);
	assert_int_equal(split_make(data, SPLIT_TIME, &split, &error), TACIT_E_FORMAT);
	train_data_free(data);
}

/* Isotonic: never falling, the mean of the hits kept, and better rates for larger x found. */
static void calibration_rises(void **state)
{
	static struct build_pair pair[4000];
	struct pack_calibration_point point[32];
	size_t i, count;

	(void)state;
	for (i = 0; i < 4000; i++) {	/* 0 % below, then 10 %, then 50 % of hits */
		pair[i].x = (int32_t)i - 4000;
		pair[i].hit = i < 2000 ? 0 : i < 3000 ? i % 10 == 0 : i % 2;
	}
	count = build_calibration(pair, 4000, point, 32);
	assert_true(count >= 3 && count <= 32);
	for (i = 1; i < count; i++)
		assert_true(point[i].x > point[i - 1].x &&
			    point[i].probability >= point[i - 1].probability);
	assert_true(point[0].probability == 0);
	assert_true(abs(point[count - 1].probability - (1 << 19)) < 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_by_hand),
		cmocka_unit_test(standard_error_by_hand),
		cmocka_unit_test(splits_keep_time_order),
		cmocka_unit_test(later_people_are_not_learned_from),
		cmocka_unit_test(time_parts_past_and_future),
		cmocka_unit_test(too_few_are_refused),
		cmocka_unit_test(calibration_rises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
