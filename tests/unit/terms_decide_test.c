/*
 * Decisions against a second procedure, and what must hold of all of them. The second one knows
 * only the small numbers that the JSON was made of. It asks one question, "does this ask work as
 * it is?", and finds what would be enough by trying every narrower ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terms_kit.h"

#define CASES 4000

struct account {
	int uses;
	uint64_t epsilon;
	bool revoked;
};

struct world {
	struct kit_ask ask;
	struct kit_grant grant[KIT_GRANTS];
	struct account account[KIT_GRANTS];
	int grants;
	uint64_t all_left;
};

/* An ask that is being tried: the kit's, with epsilon in its own unit. */
struct tried {
	struct kit_ask ask;
	uint64_t epsilon;
};

/* ---- the second procedure ---- */

/* Every way up from a purpose, by the numbers of the kit; 20 and more are not in the kit. */
static const int chains[KIT_PURPOSES][2][8] = {
	{ { 0, -1 }, { -1 } },
	{ { 1, 0, -1 }, { -1 } },
	{ { 2, 1, 0, -1 }, { -1 } },
	{ { 3, 2, 1, 0, -1 }, { -1 } },
	{ { 4, 6, 20, -1 }, { 4, 0, -1 } },
	{ { 5, 4, 6, 20, -1 }, { 5, 4, 0, -1 } },
	{ { 6, 20, -1 }, { -1 } },
	{ { 7, 8, -1 }, { 7, 21, -1 } },
	{ { 8, -1 }, { -1 } },
	{ { 9, 22, 23, 24, -1 }, { -1 } },
};

static int chains_with(int purpose, int wanted, int *total)
{
	int c, i, with = 0;

	*total = 0;
	for (c = 0; c < 2 && chains[purpose][c][0] >= 0; c++) {
		bool found = false;

		for (i = 0; chains[purpose][c][i] >= 0; i++)
			found = found || chains[purpose][c][i] == wanted;
		with += found;
		++*total;
	}
	return with;
}

static bool slow_covers(int granted, int asked)
{
	int total, with = chains_with(asked, granted, &total);

	return with == total;
}

static bool slow_touches(int a, int b)
{
	int total;

	return chains_with(a, b, &total) > 0 || chains_with(b, a, &total) > 0;
}

/* Handing on stays forbidden even to an ask that could do without. */
static bool slow_forbids(const struct world *w, const struct kit_prohibition *no,
			 const struct kit_ask *ask)
{
	bool acts = no->action == 0 || (no->action == 1 && w->ask.others) ||
		    (no->action == 2 && (slow_touches(9, ask->purpose) ||
					 slow_touches(8, ask->purpose))) ||
		    no->action - 3 == ask->type;

	return acts && (no->domain < 0 || no->domain == ask->domain) &&
	       (no->domain >= 0 || no->data < 0 || (ask->data & 1 << no->data) != 0) &&
	       (no->purpose < 0 || slow_touches(no->purpose, ask->purpose));
}

static uint64_t slow_left(const struct world *w, int g, const struct kit_permission *p)
{
	uint64_t cap = p->tenths < 0 ? 0 : (uint64_t)p->tenths * BUDGET_ONE / 10;
	uint64_t left = cap > w->account[g].epsilon ? cap - w->account[g].epsilon : 0;

	return left < w->all_left ? left : w->all_left;
}

static int slow_notch(const struct kit_permission *p)
{
	return p->notch < 0 ? 1 : p->notch;
}

static bool slow_permits(const struct world *w, int g, const struct kit_permission *p,
			 const struct tried *t)
{
	const struct kit_ask *a = &t->ask;
	int i;

	for (i = 0; i < w->grant[g].prohibitions; i++)
		if (slow_forbids(w, &w->grant[g].prohibition[i], a))
			return false;
	if (a->notch == 2 && slow_notch(p) == 2 && t->epsilon > slow_left(w, g, p))
		return false;
	if (p->compensate >= 0 && a->offer < 0 && !a->declared)
		return false;
	return w->grant[g].client == a->client && !w->account[g].revoked &&
	       w->grant[g].issued <= 0 && p->until > 0 && w->account[g].uses < p->count &&
	       p->type == a->type && p->domain == a->domain &&
	       slow_covers(p->purpose, a->purpose) && a->notch <= slow_notch(p) &&
	       a->retention <= (p->retention < 0 ? 0 : p->retention) && !a->others &&
	       (p->compensate <= 0 || a->offer >= p->compensate) &&
	       (a->type < 2 || (a->facts & ~p->facts) == 0);
}

static bool slow_works(const struct world *w, const struct tried *t)
{
	int g, k;

	for (g = 0; g < w->grants; g++)
		for (k = 0; k < w->grant[g].permissions; k++)
			if (slow_permits(w, g, &w->grant[g].permission[k], t))
				return true;
	return false;
}

/* The narrower asks of one purpose: all notches, facts, and what each permission would leave. */
static bool slow_try_rest(const struct world *w, struct tried t, int retention)
{
	int facts, notch, most = t.ask.notch, given = t.ask.facts;

	t.ask.others = 0;
	t.ask.retention = t.ask.retention < retention ? t.ask.retention : retention;
	for (notch = most == 5 ? 5 : 1; notch <= most; notch++)
		for (facts = 1; facts < 16; facts++) {
			if (t.ask.type == 3 ? (facts & ~given) != 0 : facts != 1)
				continue;
			t.ask.notch = notch;
			t.ask.facts = t.ask.type == 3 ? facts : given;
			/* The smallest epsilon there is: if that does not work, none does. */
			t.epsilon = 1;
			if (slow_works(w, &t))
				return true;
		}
	return false;
}

static bool slow_less(const struct world *w, const struct tried *t)
{
	int purpose, retention;

	for (purpose = 0; purpose < KIT_PURPOSES; purpose++) {
		struct tried narrow = *t;
		bool granted = purpose == t->ask.purpose;
		int g, k;

		for (g = 0; g < w->grants; g++)
			for (k = 0; k < w->grant[g].permissions; k++)
				granted = granted || w->grant[g].permission[k].purpose == purpose;
		narrow.ask.purpose = purpose;
		if (granted && slow_covers(t->ask.purpose, purpose))
			for (retention = 0; retention < 4; retention++)
				if (slow_try_rest(w, narrow, retention))
					return true;
	}
	return false;
}

/* Whether anything was agreed on with this recipient for such a thing, whatever became of it. */
static bool slow_agreed(const struct world *w)
{
	int g, k;

	for (g = 0; g < w->grants; g++)
		for (k = 0; k < w->grant[g].permissions; k++) {
			const struct kit_permission *p = &w->grant[g].permission[k];

			if (w->grant[g].client == w->ask.client && p->type == w->ask.type &&
			    p->domain == w->ask.domain &&
			    (slow_covers(p->purpose, w->ask.purpose) ||
			     slow_covers(w->ask.purpose, p->purpose)) &&
			    (p->type < 2 || (p->facts & w->ask.facts) != 0))
				return true;
		}
	return false;
}

static enum decide_outcome slow_decide(const struct world *w, const struct tried *t)
{
	if (w->ask.expires <= 0 || w->ask.issued > 120 || (w->ask.data & 8) != 0)
		return OUTCOME_DENY;
	if (slow_works(w, t))
		return OUTCOME_PERMIT;
	if (slow_less(w, t))
		return OUTCOME_LESS;
	if (slow_agreed(w) || (w->ask.purpose >= 4 && w->ask.purpose <= 6))
		return OUTCOME_DENY;
	return OUTCOME_PENDING;
}

/* ---- the room's, from JSON ---- */

static struct ask *read_ask(const struct kit_ask *kit)
{
	struct json json = JSON_INIT;
	struct error error = { 0 };
	struct ask *ask = NULL;

	kit_ask_json(&json, kit);
	if (ask_read((char *)json.out.data, json.out.size, &ask, &error) != 0)
		fail_msg("%s in %s", error.message, (char *)json.out.data);
	bytes_free(&json.out);
	return ask;
}

static struct grant *read_grant(const struct kit_grant *kit)
{
	struct json json = JSON_INIT;
	struct error error = { 0 };
	struct grant *grant = NULL;

	kit_grant_json(&json, kit);
	if (grant_read((char *)json.out.data, json.out.size, &grant, &error) != 0)
		fail_msg("%s in %s", error.message, (char *)json.out.data);
	bytes_free(&json.out);
	return grant;
}

struct read {
	struct ask *ask;
	struct grant *grant[KIT_GRANTS];
	struct budget_use use[KIT_GRANTS];
	struct budget all;
	size_t count;
};

static void read_world(const struct world *w, struct read *out)
{
	int i;

	memset(out, 0, sizeof(*out));
	out->ask = read_ask(&w->ask);
	out->count = (size_t)w->grants;
	out->all = (struct budget){ 3 * BUDGET_ONE, 3 * BUDGET_ONE - w->all_left };
	for (i = 0; i < w->grants; i++) {
		out->grant[i] = read_grant(&w->grant[i]);
		out->use[i] = (struct budget_use){ (uint64_t)w->account[i].uses,
						   w->account[i].epsilon, w->account[i].revoked };
	}
}

static void free_world(struct read *read)
{
	size_t i;

	ask_free(read->ask);
	for (i = 0; i < KIT_GRANTS; i++)
		grant_free(read->grant[i]);
}

static struct decision decide(const struct read *read, const struct ask *ask, size_t count)
{
	struct decision decision;

	decide_ask(ask, (const struct grant *const *)read->grant, read->use, count, &read->all,
		   KIT_NOW, &decision);
	return decision;
}

/* How much may leave: 0 nothing at all, else 1 and the notch. */
static int width(const struct decision *decision)
{
	return decision->outcome == OUTCOME_PERMIT ? 1 + (int)decision->notch : 0;
}

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
		struct tried t = { w.ask, (uint64_t)w.ask.tenths * BUDGET_ONE / 10 };
		enum decide_outcome slow = slow_decide(&w, &t);
		struct decision decision, after;
		struct read read;
		struct ask less;

		read_world(&w, &read);
		decision = decide(&read, read.ask, read.count);
		if (decision.outcome != slow)
			fail_msg("case %d: %d (%s), the second procedure says %d", i,
				 decision.outcome, decide_reason_name(decision.reason), slow);
		outcomes[slow]++;
		if (slow == OUTCOME_PERMIT) {
			assert_int_equal(decision.notch, w.ask.notch);
			assert_true(decision.epsilon == 0 || w.ask.notch == NOTCH_SUBSET);
			assert_true(decision.epsilon <= w.all_left);
		} else {
			assert_int_equal(decision.notch, NOTCH_OFF);
			assert_int_equal(decision.epsilon, 0);
			assert_int_not_equal(decision.reason, REASON_NONE);
		}
		if (slow == OUTCOME_LESS) {
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

/* ---- every term, one at a time, made into something else ---- */

/* The text with its nth quoted word (or, from `words` on, nothing) replaced; false at the end. */
static bool mutate(const struct bytes *from, int nth, const char *instead, struct bytes *out)
{
	const char *at = (const char *)from->data, *end;
	int i;

	for (i = 0; (at = strchr(at, '"')) != NULL; i++) {
		end = strchr(at + 1, '"');
		assert_non_null(end);
		if (i == nth)
			break;
		at = end + 1;
	}
	if (at == NULL)
		return false;
	bytes_clear(out);
	bytes_append(out, from->data, (size_t)(at + 1 - (const char *)from->data));
	bytes_append_text(out, instead);
	bytes_append_text(out, end);
	return true;
}

/* A member that nobody knows, put in behind the nth '{'. */
static bool insert(const struct bytes *from, int nth, struct bytes *out)
{
	const char *at = (const char *)from->data;
	int i;

	for (i = 0; (at = strchr(at, '{')) != NULL && i < nth; i++)
		at++;
	if (at == NULL)
		return false;
	bytes_clear(out);
	bytes_append(out, from->data, (size_t)(at + 1 - (const char *)from->data));
	bytes_append_text(out, "\"zz\":0,");
	bytes_append_text(out, at + 1);
	return true;
}

static void check_ask_text(struct read *read, const struct bytes *text, int widest, bool refused)
{
	struct ask *ask = NULL;
	struct error error = { 0 };
	int result = ask_read((char *)text->data, text->size, &ask, &error);

	assert_true(result != 0 || !refused);
	if (result == 0) {
		struct decision decision = decide(read, ask, read->count);

		assert_true(width(&decision) <= widest);
	} else {
		assert_true(strlen(error.message) > 0);
		assert_true(!refused || strstr(error.message, "zz") != NULL);
	}
	ask_free(ask);
}

static void check_grant_text(struct read *read, size_t which, const struct bytes *text, int widest,
			     bool refused)
{
	struct grant *grant = NULL, *own = read->grant[which];
	struct error error = { 0 };
	int result = grant_read((char *)text->data, text->size, &grant, &error);

	assert_true(result != 0 || !refused);
	assert_true(!refused || strstr(error.message, "zz") != NULL ||
		    strstr(error.message, "constraint is not") != NULL);
	if (result == 0) {
		struct decision decision;

		read->grant[which] = grant;
		decision = decide(read, read->ask, read->count);
		assert_true(width(&decision) <= widest);
		read->grant[which] = own;
	}
	grant_free(grant);
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
