/* Purposes, budgets, and the small print of asks, grants and cards. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "terms/card.h"
#include "terms/purpose.h"
#include "terms/shape.h"
#include "terms_kit.h"

static bool covers(const char *granted, const char *asked)
{
	assert_true(purpose_find(granted) >= 0 && purpose_find(asked) >= 0);
	return purpose_covers(purpose_find(granted), purpose_find(asked));
}

static void test_purpose_traps(void **state)
{
	(void)state;
	/* two parents, and one of them is advertising */
	assert_false(covers("dpv:Personalisation", "dpv:PersonalisedAdvertising"));
	assert_false(covers("dpv:Personalisation", "dpv:TargetedAdvertising"));
	assert_false(covers("dpv:Advertising", "dpv:PersonalisedAdvertising"));
	assert_false(covers("dpv:Marketing", "dpv:TargetedAdvertising"));
	assert_true(covers("dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising"));
	assert_true(covers("dpv:Marketing", "dpv:Advertising"));
	/* narrower yes, broader no */
	assert_true(covers("dpv:Personalisation", "dpv:ProvideProductRecommendations"));
	assert_true(covers("dpv:ServicePersonalisation", "dpv:PersonalisedBenefits"));
	assert_false(covers("dpv:ProvideProductRecommendations",
			    "dpv:ProvidePersonalisedRecommendations"));
	assert_false(covers("dpv:ProvideProductRecommendations",
			    "dpv:ProvideEventRecommendations"));
	/* providing a service is not personalising it */
	assert_false(covers("dpv:ServiceProvision", "dpv:ServicePersonalisation"));
	assert_false(covers("dpv:ResearchAndDevelopment", "dpv:CommercialResearch"));
	assert_false(covers("dpv:CommercialPurpose", "dpv:CommercialResearch"));
	assert_true(covers("dpv:PublicBenefit", "dpv:DataAltruism"));
	assert_int_equal(purpose_find("dpv:Purpose"), PURPOSE_NONE);
	assert_int_equal(purpose_find("Personalisation"), PURPOSE_NONE);
	assert_int_equal(purpose_find("dpv:personalisation"), PURPOSE_NONE);
	assert_int_equal(purpose_find("dpv:AgeVerification "), PURPOSE_NONE);
	assert_int_equal(purpose_find("https://w3id.org/dpv#AgeVerification"),
			 purpose_find("dpv:AgeVerification"));
}

/* For every pair: what covers touches, nothing covers both ways, advertising comes from within. */
static void test_purpose_pairs(void **state)
{
	int a, b;

	(void)state;
	for (a = 0; a < PURPOSES; a++) {
		assert_int_equal(purpose_find(purpose_name(a)), a);
		assert_true(card_words(purpose_words(a)) <= 4);
		for (b = 0; b < PURPOSES; b++) {
			assert_true(!purpose_covers(a, b) || purpose_touches(a, b));
			assert_int_equal(purpose_touches(a, b), purpose_touches(b, a));
			assert_true(a == b || !(purpose_covers(a, b) && purpose_covers(b, a)));
			assert_true(!purpose_covers(a, b) || !purpose_is_advertising(b) ||
				    purpose_is_advertising(a));
		}
	}
}

static void test_budget(void **state)
{
	struct budget all = { BUDGET_ONE, 0 };
	struct budget_use use = { 0, 0, false }, other = { 0, 0, false };
	struct error error;
	char words[24];
	uint64_t value, epsilon;

	(void)state;
	assert_int_equal(budget_charge(&all, &use, BUDGET_ONE, 3, BUDGET_ONE / 2, &error), 0);
	assert_int_equal(budget_charge(&all, &other, BUDGET_ONE, 3, BUDGET_ONE / 4, &error), 0);
	/* the whole is used up by all together, and nothing changes then */
	assert_int_equal(budget_charge(&all, &other, BUDGET_ONE, 3, BUDGET_ONE / 2, &error),
			 TACIT_E_LIMIT);
	assert_int_equal(all.spent, 3 * BUDGET_ONE / 4);
	assert_int_equal(other.uses, 1);
	assert_int_equal(budget_charge(&all, &use, BUDGET_ONE / 2, 3, 1, &error), TACIT_E_LIMIT);
	assert_int_equal(budget_charge(&all, &use, BUDGET_ONE, 1, 0, &error), TACIT_E_LIMIT);
	assert_int_equal(budget_charge(&all, &use, BUDGET_ONE, 3, UINT64_MAX, &error),
			 TACIT_E_LIMIT);
	use.revoked = true;
	assert_int_equal(budget_charge(&all, &use, BUDGET_ONE, 3, 0, &error), TACIT_E_LIMIT);
	assert_true(budget_parse("1.0", &value) && value == BUDGET_ONE);
	assert_true(budget_parse("0.5", &value) && value == BUDGET_ONE / 2);
	assert_true(budget_parse("20", &value) && value == 20ULL * BUDGET_ONE);
	assert_false(budget_parse("20.1", &value) || budget_parse("", &value) ||
		     budget_parse(".5", &value) || budget_parse("1.", &value) ||
		     budget_parse("-1", &value) || budget_parse("1e3", &value) ||
		     budget_parse("01", &value) || budget_parse("1.0000001", &value));
	for (epsilon = 0; epsilon <= 20ULL * BUDGET_ONE; epsilon += 99991) {
		double e = exp((double)epsilon / BUDGET_ONE);

		assert_true(fabs(budget_guess(epsilon) - 1000 * e / (1 + e)) < 0.501);
	}
	/* 52.5, 73 and 95 in 100, as e^eps / (1 + e^eps) says at .1, 1 and 3 */
	budget_guess_words(BUDGET_ONE / 10, words);
	assert_string_equal(words, "52.5 in 100");
	budget_guess_words(BUDGET_ONE, words);
	assert_string_equal(words, "73 in 100");
	budget_guess_words(3 * BUDGET_ONE, words);
	assert_string_equal(words, "95 in 100");
	budget_guess_words(0, words);
	assert_string_equal(words, "50 in 100");
}

static void test_shapes(void **state)
{
	uint32_t days;
	uint64_t amount;

	(void)state;
	assert_true(shape_origin("https://shop.example") && shape_origin("http://127.0.0.1:8080"));
	assert_false(shape_origin("https://shop.example/") || shape_origin("https://") ||
		     shape_origin("https://Shop.example") || shape_origin("ftp://a") ||
		     shape_origin("https://a:") || shape_origin("https://a:099") ||
		     shape_origin("https://a@b") || shape_origin("https://a.") ||
		     shape_origin("https://*"));
	assert_true(shape_days("P0D", &days) && days == 0 && shape_days("P30D", &days));
	assert_int_equal(days, 30);
	assert_false(shape_days("P1Y", &days) || shape_days("P", &days) || shape_days("30D", &days) ||
		     shape_days("P01D", &days) || shape_days("P99999999D", &days));
	assert_true(shape_amount("0.50", &amount) && amount == 50);
	assert_false(shape_amount("0.5", &amount) || shape_amount("1", &amount) ||
		     shape_amount("00.50", &amount) || shape_amount("1234567890.00", &amount));
	assert_non_null(shape_domain("tacit:domain/music"));
	assert_null(shape_domain("tacit:domain/"));
	assert_null(shape_domain("tacit:domain/*"));
}

static void test_base64url(void **state)
{
	uint8_t out[32];

	(void)state;
	/* RFC 4648, section 10: "fo", "foo", "foob" are Zm8=, Zm9v, Zm9vYg== with padding */
	assert_true(shape_base64url("Zm8", out, 2) && memcmp(out, "fo", 2) == 0);
	assert_true(shape_base64url("Zm9v", out, 3) && memcmp(out, "foo", 3) == 0);
	assert_true(shape_base64url("Zm9vYg", out, 4) && memcmp(out, "foob", 4) == 0);
	/* 62 and 63 are - and _ here: 0xfb 0xff 0xbf is 62 63 62 63 */
	assert_true(shape_base64url("-_-_", out, 3) && memcmp(out, "\xfb\xff\xbf", 3) == 0);
	assert_false(shape_base64url("+/+/", out, 3) || shape_base64url("Zm8=", out, 2) ||
		     shape_base64url("Zm9", out, 2) || shape_base64url("Zm8", out, 3) ||
		     shape_base64url("Zm 8", out, 3) || shape_base64url("", out, 1));
	assert_true(shape_key(kit_client[3], out) && out[0] == 1 && out[31] == 1);
	assert_false(shape_key("ed25519:", out) || shape_key("Ed25519:" KIT_SIG, out) ||
		     shape_key("ed25519:" KIT_SIG, out) || shape_key("https://a", out));
	/* the last letter holds four bits: with another two it would be a second spelling */
	assert_false(shape_key("ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", out));
	assert_true(shape_recipient(kit_client[0]) && shape_recipient(kit_client[2]));
	assert_false(shape_recipient("urn:x") || shape_recipient(""));
}

static struct ask *read_ask(const struct kit_ask *kit)
{
	struct json json = JSON_INIT;
	struct error error = { 0 };
	struct ask *ask = NULL;

	kit_ask_json(&json, kit);
	assert_int_equal(ask_read((char *)json.out.data, json.out.size, &ask, &error), 0);
	bytes_free(&json.out);
	return ask;
}

static void test_card(void **state)
{
	struct kit_ask kit = { .notch = NOTCH_SUBSET, .tenths = 10, .data = 3, .offer = 50,
			       .purpose = 3, .declared = 1, .issued = -1, .expires = 9 };
	struct ask *ask = read_ask(&kit);
	char out[CARD_BYTES];

	(void)state;
	card_write(ask, out);
	assert_string_equal(out,
		"https://shop.example (\"Shop\") asks about your music.\n"
		"Leaves: 2 of 6 things, unordered; guessing your favourite between two: right"
		" 73 in 100.\n"
		"For: recommending products\n"
		"Back: 0.50 EUR; in its words \"free delivery\".\n"
		"Kept: not at all.");
	ask_free(ask);
}

static void check_card(struct kit_ask kit, const char *line)
{
	struct ask *ask = read_ask(&kit);
	char out[CARD_BYTES];

	card_write(ask, out);
	if (strstr(out, line) == NULL)
		fail_msg("\"%s\" is not in %s", line, out);
	ask_free(ask);
}

static void test_card_kinds(void **state)
{
	struct kit_ask kit = { .client = 3, .type = TYPE_CHOOSE, .notch = NOTCH_ORDER, .data = 3,
			       .limit = 4, .offer = -1, .purpose = 3, .issued = -1, .expires = 9 };

	(void)state;
	check_card(kit, "a program with key ed25519:AQEBAQEB… (\"Shop\") asks about your music.\n");
	check_card(kit, "\nLeaves: your best 4 of 6 things, unordered.\n");
	kit.limit = 0;
	kit.notch = NOTCH_REASONS;
	check_card(kit, "\nLeaves: your best 1 of 6 things, unordered, with reasons.\n");
	kit.type = TYPE_ANSWER;
	kit.notch = NOTCH_FACTS;
	kit.facts = 1;
	check_card(kit, "\nLeaves: what you said about \"shoe\".\n");
	kit.facts = 2;
	check_card(kit, "\nLeaves: whether you like things it names, now \"slow jazz\".\n");
	kit.facts = 4;
	check_card(kit, "\nLeaves: whether you had things it names, now \"Kind of Blue\".\n");
	kit.facts = 8;
	check_card(kit, "\nLeaves: whether you are as old as it asks, now 18.\n");
}

/* Whatever a service writes into its name, its question and its promises: 60 words at most. */
static void test_card_words(void **state)
{
	static const char flood[] = "  a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 "
				    "8 9 0 and so on and on and on and on and on and on and on";
	struct random r = { 5 };
	char out[CARD_BYTES], fact[LIMIT_ASK_FACTS][70];
	size_t most = 0;
	int i, k;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct kit_ask kit = kit_random_ask(&r);
		struct ask *ask = read_ask(&kit);
		size_t size;

		ask->name = ask->declared = flood;
		if (ask->about != NULL)
			ask->about = flood;
		ask->purpose = kit_any(&r, PURPOSES);
		ask->retention = (uint32_t)kit_any(&r, 36500);
		ask->others = true;
		ask->offers = true;
		ask->amount = 99999999999;
		ask->unit = "EUR";
		if (ask->type == TYPE_DISCLOSE)
			for (ask->facts = LIMIT_ASK_FACTS, k = 0; k < LIMIT_ASK_FACTS; k++) {
				memset(fact[k], 'x', 64);
				fact[k][64] = 0;
				ask->fact[k] = fact[k];
			}
		size = card_write(ask, out);
		assert_int_equal(size, strlen(out));
		most = card_words(out) > most ? card_words(out) : most;
		assert_true(card_words(out) <= CARD_WORDS);
		snprintf(fact[0], sizeof(fact[0]), ask->client[0] == 'e' ? "%.16s…" : "%s",
			 ask->client);
		assert_non_null(strstr(out, fact[0]));
		assert_non_null(strstr(out, ask->domain));
		ask_free(ask);
	}
	print_message("longest card: %zu words\n", most);
}

static void read_seed(const char *path, struct bytes *out)
{
	struct error error = { 0 };

	bytes_clear(out);
	assert_int_equal(file_read(path, 1 << 20, out, &error), 0);
}

/* The worked example: an order for 0.50 EUR, under a grant of 200 answers. */
static void test_example(void **state)
{
	const struct budget all = { 0, 0 };
	struct budget_use use = { 7, 0, false };
	struct bytes text = BYTES_INIT;
	struct grant *grant = NULL;
	struct ask *ask = NULL;
	const struct grant *one;
	struct decision decision;
	struct error error;

	(void)state;
	read_seed("fuzz/corpus/terms_ask/rank", &text);
	assert_int_equal(ask_read((char *)text.data, text.size, &ask, &error), 0);
	read_seed("fuzz/corpus/terms_grant/order", &text);
	assert_int_equal(grant_read((char *)text.data, text.size, &grant, &error), 0);
	one = grant;
	decide_ask(ask, &one, &use, 1, &all, ask->issued, &decision);
	assert_int_equal(decision.outcome, OUTCOME_PERMIT);
	assert_int_equal(decision.notch, NOTCH_ORDER);
	assert_int_equal(decision.uses_left, 192);
	decide_ask(ask, &one, &use, 1, &all, ask->expires, &decision);
	assert_int_equal(decision.reason, REASON_ASK_EXPIRED);
	use.uses = 200;
	decide_ask(ask, &one, &use, 1, &all, ask->issued, &decision);
	assert_int_equal(decision.reason, REASON_USED_UP);
	use.uses = 0;
	ask->purpose = purpose_find("dpv:PersonalisedAdvertising");
	decide_ask(ask, &one, &use, 1, &all, ask->issued, &decision);
	assert_int_equal(decision.outcome, OUTCOME_DENY);
	assert_int_equal(decision.reason, REASON_ADVERTISING);
	ask_free(ask);
	grant_free(grant);
	bytes_free(&text);
}

/* No epsilon left: a fresh subset becomes silent, a stored one is still given. */
static void test_stored(void **state)
{
	struct kit_ask kit = { .notch = NOTCH_SUBSET, .tenths = 5, .data = 3, .offer = -1,
			       .purpose = 3, .issued = -1, .expires = 9 };
	struct kit_grant made = { .issued = -9, .permissions = 1 };
	struct budget all = { BUDGET_ONE, 3 * BUDGET_ONE / 4 };
	const struct budget_use use = { 1, BUDGET_ONE / 4, false };
	struct ask *ask = read_ask(&kit);
	struct json json = JSON_INIT;
	struct grant *grant = NULL;
	const struct grant *one;
	struct decision decision;
	struct error error;

	(void)state;
	made.permission[0] = (struct kit_permission){ 0, 0, 3, 2, 10, 99, 5, 0, -1, 0 };
	kit_grant_json(&json, &made);
	assert_int_equal(grant_read((char *)json.out.data, json.out.size, &grant, &error), 0);
	one = grant;
	decide_ask(ask, &one, &use, 1, &all, KIT_NOW, &decision);
	assert_int_equal(decision.outcome, OUTCOME_LESS);
	assert_int_equal(decision.change, CHANGE_EPSILON);
	assert_int_equal(decision.smaller_epsilon, BUDGET_ONE / 4);
	all.spent = all.cap;
	decide_ask(ask, &one, &use, 1, &all, KIT_NOW, &decision);
	assert_int_equal(decision.reason, REASON_BUDGET);
	assert_int_equal(decision.precision, NOTCH_SILENT);
	ask->epsilon = 0;
	decide_ask(ask, &one, &use, 1, &all, KIT_NOW, &decision);
	assert_int_equal(decision.outcome, OUTCOME_PERMIT);
	assert_int_equal(decision.notch, NOTCH_SUBSET);
	assert_int_equal(decision.epsilon, 0);
	ask_free(ask);
	grant_free(grant);
	bytes_free(&json.out);
}

static void expect_refused(const char *text, const char *says)
{
	struct error error = { 0 };
	struct grant *grant = NULL;
	struct ask *ask = NULL;
	int result;

	if (strstr(text, "Agreement") != NULL)
		result = grant_read(text, strlen(text), &grant, &error);
	else
		result = ask_read(text, strlen(text), &ask, &error);
	assert_true(result == TACIT_E_FORMAT || result == TACIT_E_LIMIT);
	assert_null(ask);
	assert_null(grant);
	if (strstr(error.message, says) == NULL)
		fail_msg("\"%s\" does not say %s", error.message, says);
}

/* Replaces one text in a good ask or grant and expects to be told about it. */
static void expect_named(const char *good, const char *old, const char *instead, const char *says)
{
	const char *at = strstr(good, old);
	struct bytes text = BYTES_INIT;

	assert_non_null(at);
	bytes_append(&text, good, (size_t)(at - good));
	bytes_append_text(&text, instead);
	bytes_append_text(&text, at + strlen(old));
	expect_refused((char *)text.data, says);
	bytes_free(&text);
}

static void expect_question(const char *question, int kind, const char *about, uint32_t over,
			    const char *topic)
{
	struct kit_ask kit = { .type = TYPE_ANSWER, .notch = NOTCH_FACTS, .data = 3, .offer = -1,
			       .facts = 1, .purpose = 3, .issued = -1, .expires = 9 };
	struct json json = JSON_INIT;
	struct bytes text = BYTES_INIT;
	struct error error = { 0 };
	struct ask *ask = NULL;
	const char *at;

	kit_ask_json(&json, &kit);
	at = strstr((char *)json.out.data, "\"question\":\"shoe\"");
	assert_non_null(at);
	bytes_append(&text, json.out.data, (size_t)(at + 12 - (char *)json.out.data));
	bytes_append_text(&text, question);
	bytes_append_text(&text, at + 16);
	if (kind < 0) {
		expect_refused((char *)text.data, "ask has the unknown question");
	} else {
		assert_int_equal(ask_read((char *)text.data, text.size, &ask, &error), 0);
		assert_string_equal(ask->question, question);
		assert_int_equal(ask->question_kind, kind);
		assert_true(about == NULL ? ask->about == NULL : strcmp(ask->about, about) == 0);
		assert_int_equal(ask->over, over);
		assert_int_equal(ask->facts, 1);
		assert_string_equal(ask->fact[0], topic);
	}
	ask_free(ask);
	bytes_free(&json.out);
	bytes_free(&text);
}

static void test_questions(void **state)
{
	static const char *const unknown[] = {
		"likes", "likes ", "likes  jazz", "likes jazz ", "had", "had ", "over", "over 0",
		"over 151", "over 018", "over 18 ", "over eighteen", "over -1", "over 18.5",
		"over 4294967314", "which shoe size?", "shoe size", " shoe", "shoe.size", "shoe_size",
		"SELECT *", "all?", "gr\u00f6sse", "Likes jazz", "under 18",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	size_t i;

	(void)state;
	expect_question("shoe-Size2", QUESTION_FACT, "shoe-Size2", 0, "shoe-Size2");
	expect_question("likes slow jazz", QUESTION_LIKES, "slow jazz", 0, "likes");
	expect_question("had Kind of Blue (1959)", QUESTION_HAD, "Kind of Blue (1959)", 0, "had");
	expect_question("over 1", QUESTION_OVER, NULL, 1, "age");
	expect_question("over 150", QUESTION_OVER, NULL, 150, "age");
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		expect_question(unknown[i], -1, NULL, 0, NULL);
}

/* What is signed: everything but the signature, however the ask was spelled. */
static void test_signed(void **state)
{
	struct kit_ask kit = { .client = 2, .notch = NOTCH_ORDER, .data = 3, .offer = -1,
			       .purpose = 3, .issued = -1, .expires = 9 };
	struct kit_grant made = { .client = 2, .issued = -9, .permissions = 1 };
	struct bytes whole = BYTES_INIT, part = BYTES_INIT, text = BYTES_INIT;
	struct ask *ask = read_ask(&kit);
	struct grant *grant = NULL;
	struct json json = JSON_INIT;
	struct error error;
	const char *at;

	(void)state;
	assert_string_equal(ask->sig, KIT_SIG);
	assert_int_equal(ask_canonical(ask, &whole), 0);
	assert_int_equal(ask_signed(ask, &part), 0);
	/* the whole is the part with the member put back where its name sorts it: behind "retention" */
	at = strstr((char *)whole.data, "\"sig\":\"" KIT_SIG "\",");
	assert_non_null(at);
	bytes_append(&text, whole.data, (size_t)(at - (char *)whole.data));
	bytes_append_text(&text, at + strlen("\"sig\":\"" KIT_SIG "\","));
	assert_string_equal((char *)text.data, (char *)part.data);
	made.permission[0] = (struct kit_permission){ 0, 0, 3, 3, 10, 99, 5, 0, -1, 0 };
	kit_grant_json(&json, &made);
	assert_int_equal(grant_read((char *)json.out.data, json.out.size, &grant, &error), 0);
	bytes_clear(&whole);
	bytes_clear(&part);
	assert_int_equal(grant_canonical(grant, &whole), 0);
	assert_int_equal(grant_signed(grant, &part), 0);
	assert_non_null(strstr((char *)whole.data, "\"sig\":{\"person\":\"c2ln\"},"));
	assert_null(strstr((char *)part.data, "\"sig\""));
	assert_int_equal(whole.size, part.size + strlen("\"sig\":{\"person\":\"c2ln\"},"));
	ask_free(ask);
	grant_free(grant);
	bytes_free(&json.out);
	bytes_free(&whole);
	bytes_free(&part);
	bytes_free(&text);
}

/* Each reason has a name and a sentence of its own. */
static void test_reasons(void **state)
{
	int a, b;

	(void)state;
	for (a = REASON_NONE; a <= REASON_ADVERTISING; a++) {
		const char *words = decide_reason_words((enum decide_reason)a);

		assert_true(strlen(words) > 10 && strlen(words) <= 100);
		assert_int_not_equal(words[strlen(words) - 1], '.');
		for (b = 0; b < a; b++) {
			assert_string_not_equal(words, decide_reason_words((enum decide_reason)b));
			assert_string_not_equal(decide_reason_name((enum decide_reason)a),
						decide_reason_name((enum decide_reason)b));
		}
	}
}

/* A client that is a key signs; what stands beside it must be a key or an origin. */
static void test_key_client(void **state)
{
	struct kit_ask kit = { .client = 2, .notch = NOTCH_ORDER, .data = 3, .offer = -1,
			       .others = 1, .purpose = 3, .issued = -1, .expires = 9 };
	struct kit_grant made = { .client = 2, .issued = -9, .permissions = 1 };
	struct json a = JSON_INIT, g = JSON_INIT;
	const char *good;

	(void)state;
	made.permission[0] = (struct kit_permission){ 0, 0, 3, 3, 10, 99, 5, 0, -1, 0 };
	kit_ask_json(&a, &kit);
	kit_grant_json(&g, &made);
	good = (char *)a.out.data;
	expect_named(good, ",\"sig\":\"" KIT_SIG "\"", "", "needs a \"sig\"");
	expect_named(good, "\"sig\":\"A", "\"sig\":\"", "needs a \"sig\"");
	expect_named(good, "\"sig\":\"A", "\"sig\":\"=", "needs a \"sig\"");
	expect_named(good, "ed25519:A", "ed25519:", "no key");
	expect_named(good, "ed25519:A", "ed448:A", "no key");
	expect_named(good, "https://broker.example", "ed25519:xyz", "recipient");
	expect_named(good, "\"name\":\"Shop\"", "\"name\":\"Shop\",\"key\":\"k\"", "key");
	expect_named((char *)g.out.data, "ed25519:A", "ed25519:", "no key");
	bytes_free(&a.out);
	bytes_free(&g.out);
}

static void test_named(void **state)
{
	struct kit_ask ask = { .notch = NOTCH_SUBSET, .tenths = 10, .data = 3, .offer = 50,
			       .purpose = 3, .issued = -1, .expires = 9 };
	struct kit_grant grant = { .issued = -9, .permissions = 1, .prohibitions = 1 };
	struct json a = JSON_INIT, g = JSON_INIT;
	const char *good;

	(void)state;
	grant.permission[0] = (struct kit_permission){ 0, 0, 3, 3, 10, 99, 5, 1, 0, 0 };
	grant.prohibition[0] = (struct kit_prohibition){ 1, -1, -1, -1 };
	kit_ask_json(&a, &ask);
	kit_grant_json(&g, &grant);
	good = (char *)a.out.data;
	expect_named(good, "ask/rank/1", "ask/survey/1", "survey");
	expect_named(good, "ask/rank/1", "ask/rank/2", "rank/2");
	expect_named(good, "ProvideProductRecommendations", "Anything", "dpv:Anything");
	expect_named(good, "InferredPersonalData", "GuessedData", "GuessedData");
	expect_named(good, "\"subset\"", "\"all\"", "\"all\"");
	expect_named(good, "\"sku1\"", "\"sku0\"", "twice");
	expect_named(good, "\"limit\":2", "\"limit\":7", "limit");
	expect_named(good, "\"limit\":2", "\"limit\":2,\"facts\":[\"x\"]", "facts");
	expect_named(good, "AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0OD_", "nonce");
	expect_named(good, "\"epsilon\":\"1.0\"", "\"epsilon\":\"0\"", "epsilon");
	expect_named(good, "https://shop.example", "https://shop.example/x", "origin");
	good = (char *)g.out.data;
	expect_named(good, "tacit:rank", "tacit:sell", "tacit:sell");
	expect_named(good, "\"isA\"", "\"isAnyOf\"", "isAnyOf");
	expect_named(good, "\"dateTime\"", "\"spatial\"", "spatial");
	expect_named(good, "distribute", "derive", "derive");
	expect_named(good, "AgreementAccepted", "AgreementRefused", "AgreementRefused");
	expect_named(good, "compensate", "attribute", "attribute");
	expect_named(good, "\"tacit:epsilon\",\"operator\":\"lteq\",\"rightOperand\":\"1.0\"",
		     "\"count\",\"operator\":\"lteq\",\"rightOperand\":9", "twice");
	bytes_free(&a.out);
	bytes_free(&g.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_purpose_traps),
		cmocka_unit_test(test_purpose_pairs),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_card),
		cmocka_unit_test(test_card_kinds),
		cmocka_unit_test(test_card_words),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_key_client),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
