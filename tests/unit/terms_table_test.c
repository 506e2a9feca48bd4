/*
 * A table of decisions: from one ask that one grant permits, every part of the profile is turned
 * through its values against the part of the grant that answers to it. Each line is decided by
 * the room, from JSON, and by the second procedure of terms_world.h; both must agree on outcome,
 * reason, notch, change and charge. Then a further grant is added, each grant is revoked, and each
 * term is replaced. TACIT_TABLE=1 prints the lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terms_world.h"

#define LINES 4096

static struct world line[LINES];
static int lines;

static void put(const struct world *w)
{
	assert_true(lines < LINES);
	line[lines++] = *w;
}

/* Permitted: all that is asked is granted, and a little more. */
static struct world base(int type)
{
	struct world w = { .grants = 1, .all_left = 3 * BUDGET_ONE };

	w.ask = (struct kit_ask){ .type = type, .purpose = 3, .notch = type >= 2 ? 5 : 3,
				  .tenths = 5, .data = 3, .retention = 1, .offer = 50,
				  .declared = 1, .facts = 1, .issued = -30, .expires = 30 };
	w.grant[0] = (struct kit_grant){ .issued = -1000, .permissions = 1 };
	w.grant[0].permission[0] = (struct kit_permission){
		.type = type, .purpose = 0, .notch = type >= 2 ? 5 : 3, .tenths = 10,
		.until = 5000, .count = 5, .retention = 2, .compensate = 25, .facts = 3 };
	return w;
}

/* ---- the parts of the profile, each turned through its values ---- */

static void types_and_recipients(void)
{
	struct world w;
	int a, b, others;

	for (a = 0; a < 4; a++)
		for (b = 0; b < 4; b++) {
			w = base(a);
			w.grant[0].permission[0].type = b;
			put(&w);
			w.ask.domain = 1;
			put(&w);
			w.grant[0].permission[0].domain = 1;
			put(&w);
		}
	for (a = 0; a < KIT_CLIENTS; a++)
		for (b = 0; b < KIT_CLIENTS; b++)
			for (others = 0; others < 2; others++) {
				w = base(0);
				w.ask.client = a;
				w.ask.others = others;
				w.grant[0].client = b;
				put(&w);
			}
}

static void purposes(void)
{
	int a, b, action;

	for (a = 0; a < KIT_PURPOSES; a++)
		for (b = 0; b < KIT_PURPOSES; b++) {
			struct world w = base(0);

			w.ask.purpose = a;
			w.grant[0].permission[0].purpose = b;
			put(&w);
			w.grant[0].permission[0].purpose = a;
			w.grant[0].prohibitions = 1;
			w.grant[0].prohibition[0] = (struct kit_prohibition){ 0, -1, -1, b };
			put(&w);
		}
	for (action = 0; action < 7; action++)
		for (a = 0; a < KIT_PURPOSES; a++) {
			struct world w = base(0);

			w.ask.purpose = w.grant[0].permission[0].purpose = a;
			w.ask.others = 1;
			w.grant[0].prohibitions = 1;
			w.grant[0].prohibition[0] = (struct kit_prohibition){ action, -1, -1, -1 };
			put(&w);
		}
}

static void prohibited_data(void)
{
	int data, target, domain, type;

	for (data = 1; data < 16; data++)
		for (target = -1; target < 4; target++)
			for (domain = -1; domain < 2; domain++) {
				struct world w = base(0);

				w.ask.data = data;
				w.grant[0].prohibitions = 1;
				w.grant[0].prohibition[0] =
					(struct kit_prohibition){ 3, domain, target, -1 };
				put(&w);
			}
	for (type = 0; type < 4; type++)
		for (target = 0; target < 7; target++) {
			struct world w = base(type);

			w.grant[0].prohibitions = 2;
			w.grant[0].prohibition[0] = (struct kit_prohibition){ target, -1, -1, -1 };
			w.grant[0].prohibition[1] = (struct kit_prohibition){ 1, -1, -1, 0 };
			put(&w);
		}
}

static void precisions(void)
{
	static const uint64_t lefts[] = { 0, BUDGET_ONE / 2, 3 * BUDGET_ONE };
	static const int wanted[] = { 1, 5, 10, 30 }, caps[] = { -1, 0, 5, 10 };
	int type, asked, granted, spent, i, k, j;

	for (type = 0; type < 4; type++)
		for (asked = type < 2 ? 1 : 5; asked <= (type < 2 ? 4 : 5); asked++)
			for (granted = -1; granted < 6; granted++) {
				struct world w = base(type);

				w.ask.notch = asked;
				w.grant[0].permission[0].notch = granted;
				put(&w);
				w.all_left = 0;
				put(&w);
			}
	for (i = 0; i < 4; i++)
		for (k = 0; k < 4; k++)
			for (j = 0; j < 3; j++)
				for (spent = 0; spent < 2; spent++) {
					struct world w = base(0);

					w.ask.notch = w.grant[0].permission[0].notch = 2;
					w.ask.tenths = wanted[i];
					w.grant[0].permission[0].tenths = caps[k];
					w.account[0].epsilon = spent == 0 ? 0 : BUDGET_ONE / 2;
					w.all_left = lefts[j];
					put(&w);
				}
}

static void kept_and_given(void)
{
	static const int amounts[] = { -1, 0, 25, 50 };
	int asked, granted, others, declared;

	for (asked = 0; asked < 4; asked++)
		for (granted = -1; granted < 4; granted++)
			for (others = 0; others < 2; others++) {
				struct world w = base(1);

				w.ask.retention = asked;
				w.ask.others = others;
				w.grant[0].permission[0].retention = granted;
				put(&w);
			}
	for (asked = 0; asked < 4; asked++)
		for (granted = 0; granted < 4; granted++)
			for (declared = 0; declared < 2; declared++) {
				struct world w = base(0);

				w.ask.offer = amounts[asked];
				w.ask.declared = declared;
				w.grant[0].permission[0].compensate = amounts[granted];
				put(&w);
			}
}

static void facts_and_questions(void)
{
	int asked, granted;

	for (granted = 0; granted < 16; granted++) {
		for (asked = 1; asked < 16; asked++) {
			struct world w = base(3);

			w.ask.facts = asked;
			w.grant[0].permission[0].facts = granted;
			put(&w);
		}
		for (asked = 0; asked < KIT_FACTS; asked++) {
			struct world w = base(2);

			w.ask.facts = 1 << asked;
			w.grant[0].permission[0].facts = granted;
			put(&w);
		}
	}
}

static void times_and_counts(void)
{
	static const int issued[] = { -30, 90, 600 }, lasts[] = { 20, 60 };
	static const int counts[] = { 0, 1, 3 };
	int i, k, j, l;

	for (i = 0; i < 3; i++)
		for (k = 0; k < 2; k++)
			for (j = 0; j < 2; j++)
				for (l = 0; l < 2; l++) {
					struct world w = base(0);

					w.ask.issued = issued[i];
					w.ask.expires = issued[i] + lasts[k];
					w.grant[0].issued = j == 0 ? -1000 : 1000;
					w.grant[0].permission[0].until = l == 0 ? 5000 : -5;
					put(&w);
				}
	for (i = 0; i < 3; i++)
		for (k = 0; k < 3; k++)
			for (j = 0; j < 2; j++) {
				struct world w = base(0);

				w.grant[0].permission[0].count = counts[i];
				w.account[0].uses = counts[k];
				w.account[0].revoked = j == 1;
				put(&w);
			}
}

#define KINDS 9

/* One kind of grant in place `g`: as the base has it, or with one thing wrong, or less of it. */
static void put_kind(struct world *w, int g, int kind)
{
	struct kit_permission *p = &w->grant[g].permission[0];

	w->grant[g] = base(0).grant[0];
	w->account[g] = (struct account){ kind == 1 ? 5 : 0, 0, kind == 2 };
	p->until = kind == 3 ? -5 : p->until;
	p->notch = kind == 4 ? 1 : kind == 5 ? 2 : p->notch;
	p->purpose = kind == 6 ? 7 : p->purpose;
	p->retention = kind == 7 ? -1 : p->retention;
	if (kind == 8) {
		w->grant[g].prohibitions = 1;
		w->grant[g].prohibition[0] = (struct kit_prohibition){ 0, -1, -1, -1 };
	}
}

static void two_grants(void)
{
	int first, second, notch;

	for (first = 0; first < KINDS; first++)
		for (second = 0; second < KINDS; second++)
			for (notch = 2; notch < 4; notch++) {
				struct world w = base(0);

				w.ask.notch = notch;
				w.grants = 2;
				put_kind(&w, 0, first);
				put_kind(&w, 1, second);
				put(&w);
			}
}

static void make_table(void)
{
	if (lines > 0)
		return;
	types_and_recipients();
	purposes();
	prohibited_data();
	precisions();
	kept_and_given();
	facts_and_questions();
	times_and_counts();
	two_grants();
}

/* ---- a line, to be read ---- */

static void print_bits(const char *const *name, int bits)
{
	int i, some = 0;

	for (i = 0; i < 4; i++)
		if ((bits & 1 << i) != 0)
			printf("%s%s", some++ > 0 ? "+" : "", name[i]);
	printf("%s", some == 0 ? "nothing" : "");
}

/* "shop.example", "ed25519:AAAA" */
static void print_client(int client)
{
	const char *name = kit_client[client];

	printf("%.12s", strncmp(name, "https://", 8) == 0 ? name + 8 : name);
}

static void print_ask(const struct kit_ask *ask)
{
	static const char *const data[] = { "observed", "inferred", "provided", "special" };

	print_client(ask->client);
	printf(" asks to %s %s for %s at %s", kit_type[ask->type], kit_domain[ask->domain],
	       kit_purpose[ask->purpose] + 4, kit_notch[ask->notch]);
	if (ask->notch == NOTCH_SUBSET)
		printf(" %d.%d", ask->tenths / 10, ask->tenths % 10);
	if (ask->type == TYPE_ANSWER)
		printf(" \"%s\"", kit_question[__builtin_ctz((unsigned)ask->facts)]);
	if (ask->type == TYPE_DISCLOSE) {
		printf(" ");
		print_bits(kit_fact, ask->facts);
	}
	printf(" from ");
	print_bits(data, ask->data);
	printf(", keep P%dD%s", ask->retention, ask->others ? ", hand on" : "");
	if (ask->offer >= 0)
		printf(", offers 0.%02d", ask->offer);
	printf("%s", ask->declared ? ", declares" : "");
	if (ask->issued != -30 || ask->expires != 30)
		printf(", from %+d s to %+d s", ask->issued, ask->expires);
}

static void print_grant(const struct world *w, int g)
{
	const struct kit_permission *p = &w->grant[g].permission[0];
	const struct account *account = &w->account[g];
	int i;

	printf(" | ");
	print_client(w->grant[g].client);
	printf(" may %s %s for %s at %s", kit_type[p->type], kit_domain[p->domain],
	       kit_purpose[p->purpose] + 4, p->notch < 0 ? "-" : kit_notch[p->notch]);
	if (p->notch == NOTCH_SUBSET && p->tenths >= 0)
		printf(" %d.%d", p->tenths / 10, p->tenths % 10);
	if (p->type >= 2) {
		printf(" ");
		print_bits(kit_fact, p->facts);
	}
	if (p->retention >= 0)
		printf(", keep P%dD", p->retention);
	if (p->compensate >= 0)
		printf(", for 0.%02d", p->compensate);
	printf(", %d of %d used", account->uses, p->count);
	if (account->epsilon > 0)
		printf(", 0.%llu spent", (unsigned long long)(account->epsilon * 10 / BUDGET_ONE));
	printf("%s%s%s", w->grant[g].issued > 0 ? ", not begun" : "",
	       p->until < 0 ? ", over" : "", account->revoked ? ", revoked" : "");
	for (i = 0; i < w->grant[g].prohibitions; i++) {
		struct json json = JSON_INIT;

		kit_prohibit(&json, &w->grant[g].prohibition[i]);
		printf(", not %s", (char *)json.out.data);
		bytes_free(&json.out);
	}
}

static void print_line(int number, const struct decision *decision)
{
	static const char *const outcome[] = { "deny", "pending", "less", "permit" };
	static const char *const change[] = { "precision", "purpose", "epsilon", "retention",
					      "facts", "recipients" };
	const struct world *w = &line[number];
	int g, i;

	printf("%04d ", number + 1);
	print_ask(&w->ask);
	for (g = 0; g < w->grants; g++)
		print_grant(w, g);
	if (w->all_left < 3 * BUDGET_ONE)
		printf(" | of all 0.%llu left", (unsigned long long)(w->all_left * 10 / BUDGET_ONE));
	printf(" => %s", outcome[decision->outcome]);
	if (decision->outcome == OUTCOME_PERMIT)
		printf(" at %s", notch_name(decision->notch));
	else
		printf(" (%s)", decide_reason_name(decision->reason));
	for (i = 0; i < 6; i++)
		if ((decision->change & 1U << i) != 0)
			printf(" %s", change[i]);
	printf("\n");
}

/* ---- the tests ---- */

static void test_table(void **state)
{
	bool print = getenv("TACIT_TABLE") != NULL;
	int outcomes[4] = { 0 }, i;
	uint32_t reasons = 0;

	(void)state;
	make_table();
	for (i = 0; i < lines; i++) {
		struct slow slow = slow_decide(&line[i]);
		struct decision decision;
		struct read read;

		read_world(&line[i], &read);
		decision = decide(&read, read.ask, read.count);
		if (print)
			print_line(i, &decision);
		check_slow(&decision, &slow, i + 1);
		outcomes[decision.outcome]++;
		reasons |= 1U << decision.reason;
		free_world(&read);
	}
	print_message("%d lines: deny %d, pending %d, less %d, permit %d\n", lines, outcomes[0],
		      outcomes[1], outcomes[2], outcomes[3]);
	assert_true(lines >= 1000);
	for (i = 0; i < 4; i++)
		assert_true(outcomes[i] >= 50);
	assert_int_equal(reasons, (2U << REASON_ADVERTISING) - 1);	/* every reason there is */
}

/* Each of these kinds of grant beside those of a line: nothing that could leave stays. */
static void test_more_grants(void **state)
{
	int i, kind;

	(void)state;
	make_table();
	for (i = 0; i < lines; i++)
		for (kind = 0; kind < KINDS; kind++) {
			struct world more = line[i];
			struct decision before, after;
			struct read read;

			put_kind(&more, more.grants, kind);
			more.grant[more.grants].client = more.ask.client;
			more.grants++;
			read_world(&more, &read);
			before = decide(&read, read.ask, read.count - 1);
			after = decide(&read, read.ask, read.count);
			assert_true(width(&after) >= width(&before));
			assert_true(before.outcome < OUTCOME_LESS ||
				    after.outcome >= before.outcome);
			read.use[read.count - 1].revoked = true;
			after = decide(&read, read.ask, read.count);
			assert_int_equal(width(&after), width(&before));
			while (read.count-- > 0) {
				read.use[read.count].revoked = true;
				after = decide(&read, read.ask, (size_t)more.grants);
				assert_true(width(&after) <= width(&before));
				before = after;
			}
			assert_int_equal(width(&before), 0);
			free_world(&read);
		}
}

/* A member that nobody knows refuses wherever it stands; a text that is another never widens. */
static void check_unknown(const struct world *w, struct bytes *out)
{
	struct json ask = JSON_INIT, grant = JSON_INIT;
	struct decision decision;
	struct read read;
	int n;

	read_world(w, &read);
	decision = decide(&read, read.ask, read.count);
	kit_ask_json(&ask, &w->ask);
	kit_grant_json(&grant, &w->grant[0]);
	for (n = 0; insert(&ask.out, n, out); n++)
		check_ask_text(&read, out, 0, true);
	for (n = 0; insert(&grant.out, n, out); n++)
		check_grant_text(&read, 0, out, 0, true);
	for (n = 0; mutate(&ask.out, n, "zz", out); n++)
		check_ask_text(&read, out, width(&decision), false);
	for (n = 0; mutate(&grant.out, n, "zz", out); n++)
		check_grant_text(&read, 0, out, width(&decision), false);
	bytes_free(&ask.out);
	bytes_free(&grant.out);
	free_world(&read);
}

static void test_unknown_terms(void **state)
{
	struct bytes out = BYTES_INIT;
	int i;

	(void)state;
	make_table();
	for (i = 0; i < lines; i++)
		check_unknown(&line[i], &out);
	bytes_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_more_grants),
		cmocka_unit_test(test_unknown_terms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
