/* What an ask over-asks: a lean ask has no finding, and each excess has its own and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "terms/budget.h"
#include "terms/over.h"
#include "terms/purpose.h"

/* Nothing to be said about it: 2 of 20, epsilon 1, for recommending products, something back. */
static struct ask lean(void)
{
	return (struct ask){ .type = TYPE_RANK, .precision = NOTCH_SUBSET, .epsilon = BUDGET_ONE,
			     .limit = 2, .candidates = 20, .data = DATA_INFERRED,
			     .purpose = purpose_find("dpv:ProvideProductRecommendations"),
			     .declared = "free delivery" };
}

/* The codes of all findings, with blanks between. */
static const char *codes(const struct ask *ask)
{
	static char text[256];
	struct over_finding found[OVER_MAX];
	size_t count = over_find(ask, found), i, size = 0;

	text[0] = 0;
	for (i = 0; i < count; i++)
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s", i > 0 ? " " : "",
					 found[i].code);
	return text;
}

static void test_lean(void **state)
{
	struct ask ask = lean();

	(void)state;
	assert_string_equal(codes(&ask), "");
	ask.epsilon = 3ULL * BUDGET_ONE;
	ask.candidates = 10;
	ask.limit = 9;
	assert_string_equal(codes(&ask), "");
	/* an order for who ranks, reasons for who shows them */
	ask.precision = NOTCH_ORDER;
	ask.epsilon = 0;
	assert_string_equal(codes(&ask), "");
	ask.precision = NOTCH_REASONS;
	ask.explain = true;
	assert_string_equal(codes(&ask), "");
	ask.declared = NULL;
	ask.offers = true;
	assert_string_equal(codes(&ask), "");
}

static void test_lists(void **state)
{
	struct ask ask = lean();

	(void)state;
	ask.epsilon++;
	assert_string_equal(codes(&ask), "");
	ask.epsilon = 3ULL * BUDGET_ONE + 1;
	assert_string_equal(codes(&ask), "epsilon");
	ask = lean();
	ask.limit = ask.candidates;
	assert_string_equal(codes(&ask), "whole-list");
	ask = lean();
	ask.candidates = 9;
	assert_string_equal(codes(&ask), "short-list");
	ask = lean();
	ask.explain = true;
	assert_string_equal(codes(&ask), "explain");
	ask = lean();
	ask.epsilon = 0;
	ask.precision = NOTCH_REASONS;
	assert_string_equal(codes(&ask), "reasons");
	ask.type = TYPE_CHOOSE;
	assert_string_equal(codes(&ask), "precision reasons");
	ask.precision = NOTCH_ORDER;
	assert_string_equal(codes(&ask), "precision");
	/* all of few things in order is no subset */
	ask.type = TYPE_RANK;
	ask.limit = ask.candidates = 3;
	assert_string_equal(codes(&ask), "");
}

static void test_terms(void **state)
{
	struct ask ask = lean();

	(void)state;
	ask.data |= DATA_CONFIDENTIAL;
	assert_string_equal(codes(&ask), "sensitive");
	ask = lean();
	ask.purpose = purpose_find("dpv:TargetedAdvertising");
	assert_string_equal(codes(&ask), "advertising");
	ask = lean();
	ask.retention = 1;
	assert_string_equal(codes(&ask), "retention");
	ask = lean();
	ask.others = true;
	assert_string_equal(codes(&ask), "recipients");
	ask = lean();
	ask.declared = NULL;
	assert_string_equal(codes(&ask), "offer");
	ask = lean();
	ask.type = TYPE_DISCLOSE;
	ask.precision = NOTCH_FACTS;
	ask.candidates = ask.limit = 0;
	ask.facts = 3;
	assert_string_equal(codes(&ask), "");
	ask.facts = 4;
	assert_string_equal(codes(&ask), "facts");
}

static void expect_leaf(enum notch_type type, enum ask_question question, const char *asked,
			const char *leaf)
{
	struct ask ask = lean();
	struct over_finding found[OVER_MAX];

	ask.type = type;
	ask.precision = NOTCH_FACTS;
	ask.question_kind = question;
	ask.purpose = purpose_find(asked);
	assert_true(ask.purpose >= 0);
	assert_int_equal(over_find(&ask, found), leaf == NULL ? 0 : 1);
	if (leaf != NULL) {
		assert_string_equal(found[0].code, "purpose");
		assert_string_equal(found[0].instead, leaf);
	}
}

static void test_purposes(void **state)
{
	(void)state;
	expect_leaf(TYPE_ANSWER, QUESTION_LIKES, "dpv:Personalisation",
		    "dpv:ProvideProductRecommendations");
	expect_leaf(TYPE_ANSWER, QUESTION_OVER, "dpv:EnforceSecurity", "dpv:AgeVerification");
	expect_leaf(TYPE_ANSWER, QUESTION_OVER, "dpv:AgeVerification", NULL);
	expect_leaf(TYPE_DISCLOSE, QUESTION_FACT, "dpv:ServiceProvision", "dpv:DeliveryOfGoods");
	expect_leaf(TYPE_DISCLOSE, QUESTION_FACT, "dpv:CustomerManagement",
		    "dpv:CustomerOrderManagement");
	/* a leaf of another kind of service is a leaf */
	expect_leaf(TYPE_ANSWER, QUESTION_LIKES, "dpv:ProvideEventRecommendations", NULL);
	/* research does not cover commercial research, which is commerce too: nothing is narrower */
	expect_leaf(TYPE_ANSWER, QUESTION_LIKES, "dpv:ResearchAndDevelopment", NULL);
}

/* Every text of every random ask: short, one sentence, a code of its own. */
static void test_texts(void **state)
{
	struct random r = { 8 };
	uint32_t seen = 0;
	int i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct over_finding found[OVER_MAX];
		struct ask ask = lean();
		size_t count, k, j;

		ask.type = (enum notch_type)random_below(&r, 2);
		ask.precision = (enum notch)(1 + random_below(&r, 4));
		ask.epsilon = ask.precision == NOTCH_SUBSET ? (uint64_t)random_below(&r, 9) << 19 : 0;
		ask.candidates = 1 + random_below(&r, 30);
		ask.limit = 1 + random_below(&r, ask.candidates);
		ask.explain = random_below(&r, 2) == 0;
		ask.data = 1U << random_below(&r, 7);
		ask.purpose = (int)random_below(&r, PURPOSES);
		ask.retention = random_below(&r, 2);
		ask.others = random_below(&r, 2) == 0;
		ask.declared = random_below(&r, 2) == 0 ? "x" : NULL;
		count = over_find(&ask, found);
		assert_true(count <= OVER_MAX);
		for (k = 0; k < count; k++) {
			size_t size = strlen(found[k].sentence);

			assert_true(size > 10 && size <= OVER_BYTES);
			assert_int_not_equal(found[k].sentence[size - 1], '.');
			assert_true(strlen(found[k].instead) > 3 &&
				    strlen(found[k].instead) <= OVER_BYTES);
			assert_int_equal(strspn(found[k].code, "abcdefghijklmnopqrstuvwxyz-"),
					 strlen(found[k].code));
			for (j = 0; j < k; j++)
				assert_string_not_equal(found[j].code, found[k].code);
		}
		seen |= 1U << count;
	}
	/* from none to six of them at once */
	assert_int_equal(seen & 0x7f, 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lean),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_purposes),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
