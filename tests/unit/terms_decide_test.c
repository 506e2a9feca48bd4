/* Decisions of random worlds against a second procedure, and what must hold of all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terms_world.h"

#define CASES 4000

static struct world random_world(struct random *r)
{
	static const uint64_t lefts[] = { 0, 1, BUDGET_ONE / 2, 3 * BUDGET_ONE };
	struct world w = { .ask = kit_random_ask(r) };
	int i;

	w.grants = kit_any(r, KIT_GRANTS + 1);
	w.all_left = lefts[kit_any(r, 4)];
	for (i = 0; i < w.grants; i++) {
		w.grant[i] = kit_random_grant(r);
		w.account[i].uses = kit_any(r, 4);
		w.account[i].epsilon = (uint64_t)kit_any(r, 12) * BUDGET_ONE / 10;
		w.account[i].revoked = kit_rare(r, 10);
	}
	return w;
}

static void test_second_procedure(void **state)
{
	struct random r = { 20261121 };
	int outcomes[4] = { 0 }, i;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (i = 0; i < CASES; i++) {
		struct world w = random_world(&r);
		struct slow slow = slow_decide(&w);
		struct decision decision, after;
		struct read read;
		struct ask less;

		read_world(&w, &read);
		decision = decide(&read, read.ask, read.count);
		check_slow(&decision, &slow, i);
		outcomes[slow.outcome]++;
		assert_true(decision.epsilon <= w.all_left);
		if (slow.outcome == OUTCOME_LESS) {
			decide_apply(read.ask, &decision, &less);
			after = decide(&read, &less, read.count);
			assert_int_equal(after.outcome, OUTCOME_PERMIT);
		}
		free_world(&read);
	}
	print_message("deny %d, pending %d, less %d, permit %d\n", outcomes[0], outcomes[1],
		      outcomes[2], outcomes[3]);
	for (i = 0; i < 4; i++)
		assert_true(outcomes[i] >= CASES / 40);
}

static void test_more_grants(void **state)
{
	struct random r = { 77 };
	int i;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (i = 0; i < 1500; i++) {
		struct world w = random_world(&r);
		struct decision before = { 0 }, after;
		struct read read;
		size_t k;

		read_world(&w, &read);
		for (k = 0; k <= read.count; k++) {
			after = decide(&read, read.ask, k);
			assert_true(width(&after) >= width(&before));
			assert_true(before.outcome < OUTCOME_LESS ||
				    after.outcome >= before.outcome);
			before = after;
		}
		for (k = 0; k < read.count; k++) {
			read.use[k].revoked = true;
			after = decide(&read, read.ask, read.count);
			assert_true(width(&after) <= width(&before));
			before = after;
		}
		assert_int_equal(width(&before), 0);
		free_world(&read);
	}
}

/* More uses, more epsilon spent, a later hour: nothing of it widens. */
static void test_time_and_counters(void **state)
{
	struct random r = { 99 };
	int i;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (i = 0; i < 1500; i++) {
		struct world w = random_world(&r);
		struct decision before, after;
		struct read read;
		size_t k;

		read_world(&w, &read);
		before = decide(&read, read.ask, read.count);
		for (k = 0; k < read.count; k++) {
			read.use[k].uses += (uint64_t)kit_any(&r, 2);
			read.use[k].epsilon += (uint64_t)kit_any(&r, 2) * BUDGET_ONE / 4;
		}
		read.all.spent += (uint64_t)kit_any(&r, 2);
		after = decide(&read, read.ask, read.count);
		assert_true(width(&after) <= width(&before));
		free_world(&read);
	}
}

static void test_mutations(void **state)
{
	static const char *const instead[] = { "zz", "", "dpv:Purpose", "0", "use" };
	struct random r = { 4242 };
	struct bytes out = BYTES_INIT;
	int permitted = 0, i, n;
	size_t k;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (i = 0; i < 4000 && permitted < 40; i++) {
		struct world w = random_world(&r);
		struct json ask = JSON_INIT, grant = JSON_INIT;
		struct decision decision;
		struct read read;

		read_world(&w, &read);
		decision = decide(&read, read.ask, read.count);
		if (decision.outcome == OUTCOME_PERMIT) {
			permitted++;
			kit_ask_json(&ask, &w.ask);
			kit_grant_json(&grant, &w.grant[decision.grant]);
			for (k = 0; k < sizeof(instead) / sizeof(instead[0]); k++) {
				for (n = 0; mutate(&ask.out, n, instead[k], &out); n++)
					check_ask_text(&read, &out, width(&decision), false);
				for (n = 0; mutate(&grant.out, n, instead[k], &out); n++)
					check_grant_text(&read, decision.grant, &out,
							 width(&decision), false);
			}
			for (n = 0; insert(&ask.out, n, &out); n++)
				check_ask_text(&read, &out, 0, true);
			for (n = 0; insert(&grant.out, n, &out); n++)
				check_grant_text(&read, decision.grant, &out, 0, true);
		}
		bytes_free(&ask.out);
		bytes_free(&grant.out);
		free_world(&read);
	}
	bytes_free(&out);
	assert_int_equal(permitted, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_procedure),
		cmocka_unit_test(test_more_grants),
		cmocka_unit_test(test_time_and_counters),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
