/* Splits and metrics against arithmetic done by hand, calibration against a slow pooling. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
	assert_int_equal(split.fit_end[0], 9);
	assert_int_equal(split.valid_end[0], 10);
	assert_int_equal(split.test_end[0], 11);
	split_free(&split);
	/* 11 events: 8 before the cut at 80 %, of these 6 before theirs */
	assert_int_equal(split_make(data, SPLIT_LAST_FIFTH, &split, NULL), 0);
	assert_int_equal(split.valid_end[0], 8);
	assert_int_equal(split.fit_end[0], 6);
	split_free(&split);
	train_data_free(data);
	data = sample(1);
	assert_int_equal(split_make(data, SPLIT_LEAVE_ONE_OUT, &split, NULL), 0);
	assert_int_equal(split.fit_end[0], 1);
	split_free(&split);
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
		cmocka_unit_test(calibration_rises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
