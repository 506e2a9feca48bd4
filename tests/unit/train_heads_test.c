/* Choosing factors for the next year, on made-up people of two circles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "train/heads.h"

#define PEOPLE 120
#define EACH 20
#define CIRCLE 60		/* items of one circle */

/* Each person takes things of one circle only, in no order. */
static struct train_data *circles(void)
{
	struct train_collector *collector = train_collector_new();
	struct random random = { 71 };
	struct train_data *data;
	char user[16], item[16];
	uint32_t u, e;

	for (u = 0; u < PEOPLE; u++) {
		unsigned char had[CIRCLE] = { 0 };

		snprintf(user, sizeof(user), "u%u", u);
		for (e = 0; e < EACH; e++) {
			uint32_t i;

			do
				i = random_below(&random, CIRCLE);
			while (had[i] != 0);
			had[i] = 1;
			snprintf(item, sizeof(item), "i%u", i + u % 2 * CIRCLE);
			assert_int_equal(train_collector_add(collector, user, strlen(user), item,
							     strlen(item), e, NULL), 0);
		}
	}
	assert_int_equal(train_collector_finish(collector, &data, NULL), 0);
	return data;
}

static void sets_lie_behind_what_fits(void **state)
{
	static const enum split_protocol protocol[] = { SPLIT_LEAVE_ONE_OUT, SPLIT_LAST_FIFTH,
							SPLIT_VALIDATE_ONLY, SPLIT_LATER_PEOPLE };
	struct train_data *data = circles();
	struct split split;
	uint32_t p, u;

	(void)state;
	for (p = 0; p < sizeof(protocol) / sizeof(protocol[0]); p++) {
		uint32_t people = 0;

		assert_int_equal(split_make(data, protocol[p], &split, NULL), 0);
		for (u = 0; u < PEOPLE; u++) {
			assert_true(split.fit_end[u] <= split.valid_from[u]);
			if (split.set_to[u] == split.set_from[u])
				continue;
			people++;
			assert_true(split.set_from[u] >= split.fit_end[u]);
			/* nothing that tests */
			assert_true(split.set_to[u] <= split.test_from[u]);
		}
		if (protocol[p] == SPLIT_LAST_FIFTH)
			assert_int_equal(people, PEOPLE);
		else if (protocol[p] != SPLIT_LATER_PEOPLE)
			assert_int_equal(people, PEOPLE / 4);
		assert_true(people > 0);
		split_free(&split);
	}
	train_data_free(data);
}

static void what_helps_is_found(void **state)
{
	struct train_data *data = circles();
	struct fit_config config;
	struct fit_model model = { NULL };
	struct fit_head taste = { .chosen = false };
	struct closed_config alike = { .kind = CLOSED_ALIKE, .banks = 1, .core = 2 * CIRCLE,
				       .lambda = 20.0f, .support = CIRCLE, .threads = 2 };
	struct closed_model *closed;
	struct heads *heads, *again;
	struct split split;
	double counts, with, searched;
	float weight;

	(void)state;
	memset(&config, 0, sizeof(config));
	follow_config_default(&config.follow);
	config.follow.threads = 2;
	assert_int_equal(split_make(data, SPLIT_LAST_FIFTH, &split, NULL), 0);
	assert_int_equal(follow_none(&config.follow, &(struct follow_sequences){ data->users,
				     data->items, split.start, split.fit_end, data->item },
				     &model.follow, NULL), 0);
	model.length = model.follow->length;
	assert_int_equal(heads_new(data, &split, &config, &model, 1e8, &heads, NULL), 0);
	assert_int_equal(heads_people(heads), PEOPLE);
	counts = heads_quality(heads);
	alike.bank[0].rho = 1.0f;
	assert_int_equal(closed_fit(&alike, data, split.start, split.fit_end, &closed, NULL), 0);
	weight = heads_try(heads, closed, &with);
	assert_true(weight > 0.0f);
	/* the circle of a person is what counts do not know */
	assert_true(with > 1.1 * counts);
	assert_true(heads_quality(heads) == counts);	/* a trial changes nothing */
	heads_add(heads, closed, weight);
	assert_true(heads_quality(heads) > 1.1 * counts);
	heads_search(heads, &taste);
	searched = heads_quality(heads);
	assert_true(searched >= with * 0.999999 && taste.quality >= with * 0.999999);
	assert_true(taste.intercept <= 4u << 20 && taste.theta[0] == 1u << 20);
	/* of few bytes, few people */
	assert_int_equal(heads_new(data, &split, &config, &model, 1.0, &again, NULL), 0);
	assert_int_equal(heads_people(again), 1);
	heads_free(again);
	heads_free(heads);
	closed_free(closed);
	follow_free(model.follow);
	split_free(&split);
	train_data_free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_lie_behind_what_fits),
		cmocka_unit_test(what_helps_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
