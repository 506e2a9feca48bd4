/* What "choose" draws, and that nothing else does. On the pack that is shipped. */
#include "gate_kit.h"

#include <math.h>

/* The writer of JSON has names that the test's reader has, too; it is not used here. */
#define json_object writer_object
#define json_array writer_array
#define json_string writer_string
#define json_null writer_null
#include "base/json.h"
#undef json_object
#undef json_array
#undef json_string
#undef json_null
#include "asks/asks.h"

#define LIMIT 5

static char *ask_list(const char *type, const char *precision, int first)
{
	char *candidates = ask_candidates(film, FILMS, first), *out;
	char *body = ask_body(type, "films", "\"precision\":%s,\"limit\":%d,%s", precision, LIMIT,
			      candidates);

	out = ask_make(ASK_SHOP, body);
	free(candidates);
	free(body);
	return out;
}

static void grant_type(struct home *home, const char *type, int precision)
{
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	char uid[TACIT_UID_BYTES];

	options.service = ASK_SHOP;
	options.type = type;
	options.precision = precision;
	options.epsilon = TACIT_ONE;
	assert_int_equal(tacit_grant(home->t, &options, uid), 0);
}

/* The set of a reply as a bitmap over film[], without regard to an order. */
static uint32_t set_of(struct home *home, const char *type, const char *precision, int first)
{
	int outcome;
	json_t *reply = send_ask(home, ASK_SHOP, ask_list(type, precision, first), &outcome);
	json_t *answer = json_object_get(reply, "answer"), *list = json_object_get(answer, "set");
	uint32_t set = 0;
	size_t i;

	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	if (list == NULL)
		list = json_object_get(answer, "items");
	assert_int_equal(json_array_size(list), LIMIT);
	for (i = 0; i < LIMIT; i++) {
		json_t *one = json_array_get(list, i);
		const char *id = json_string_value(json_is_string(one) ? one :
						   json_object_get(one, "id"));

		set |= 1U << strtoul(id + 4, NULL, 10);
	}
	assert_int_equal(__builtin_popcount(set), LIMIT);
	/* no number of it leaves */
	assert_null(json_object_get(answer, "propensity"));
	json_decref(reply);
	return set;
}

static int64_t newest_propensity(struct home *home)
{
	struct tacit_receipt *list;
	size_t count;
	int64_t propensity;

	assert_int_equal(tacit_receipts(home->t, ASK_SHOP, 1, &list, &count), 0);
	assert_int_equal(count, 1);
	propensity = list[0].propensity;
	free(list);
	return propensity;
}

static void a_draw_is_kept_and_replayed(void **state)
{
	struct home *home = *state;
	struct bytes record = BYTES_INIT;
	struct asks_service *service;
	uint8_t place[SECRETS_PERSON_BYTES + 8];
	struct asks *asks;
	struct error error;
	int64_t propensity, again;
	uint32_t first, i;
	size_t count = 0;

	let_in(home, ASK_SHOP);
	grant_type(home, "choose", TACIT_ORDER);
	first = set_of(home, "choose", "\"order\"", 0);
	propensity = newest_propensity(home);
	assert_true(propensity > 0 && propensity < (int64_t)1 << 62);
	/* asking again, in another order, is no other draw that day (unless it is midnight) */
	for (i = 1; i < 4; i++)
		if (newest_propensity(home) == propensity)
			count += set_of(home, "choose", "\"order\"", (int)i * 3) == first;
	assert_true(count == 3 || newest_propensity(home) != propensity);
	/* the record gives the set again; a changed one is found */
	assert_int_equal(asks_need(home->t, &asks), 0);
	service = asks_find(asks, ASK_SHOP);
	asks_receipt_key(service, asks_log_next(service) - 1, place);
	assert_int_equal(vault_record_get(home->t->vault, RECORD_CHOICE, place, sizeof(place),
					  &record, &error), 0);
	assert_int_equal(asks_choice_replay(record.data, record.size, &again, &error), 0);
	assert_true(again == newest_propensity(home));
	for (i = 0; i < 64; i += 4) {	/* version, sizes, what was chosen, propensity */
		if (i >= 4 && i < 36)
			continue;	/* another seed may by chance choose the same */
		record.data[i] ^= 1;
		assert_int_equal(asks_choice_replay(record.data, record.size, &again, &error),
				 TACIT_E_DAMAGED);
		record.data[i] ^= 1;
	}
	assert_int_equal(asks_choice_replay(record.data, record.size - 1, &again, &error),
			 TACIT_E_DAMAGED);
	bytes_free(&record);
}

/* Sets come as often as their propensities say: many services, each with a draw of its own. */
static void frequencies_are_propensities(void **state)
{
	enum { DRAWS = 3000 };
	struct home *home = *state;
	struct { uint32_t set; int64_t propensity; uint32_t seen; } tally[DRAWS];
	char *text = ask_list("choose", "\"order\"", 0);
	uint32_t order[FILMS], i, k, n, sets = 0, frequent = 0;
	struct asks *asks;
	struct ask *ask;
	struct error error;
	bool known;

	let_in(home, ASK_SHOP);
	assert_int_equal(asks_need(home->t, &asks), 0);
	assert_int_equal(ask_read(text, strlen(text), &ask, &error), 0);
	for (n = 0; n < DRAWS; n++) {
		struct asks_service service = { .dial = -1 };
		struct bytes record = BYTES_INIT;
		uint32_t set = 0;
		int64_t propensity;

		snprintf(service.id, sizeof(service.id), "https://s%u.example", n);
		assert_int_equal(asks_order(asks, ask, order, &known), 0);
		assert_int_equal(asks_explore(asks, &service, ask, order, &record), 0);
		assert_int_equal(asks_choice_replay(record.data, record.size, &propensity, &error), 0);
		bytes_free(&record);
		for (i = 0; i < LIMIT; i++)
			set |= 1U << order[i];
		for (k = 0; k < sets && tally[k].set != set; k++)
			;
		if (k == sets) {
			tally[sets].set = set;
			tally[sets].seen = 0;
			tally[sets++].propensity = propensity;
		}
		assert_true(tally[k].propensity == propensity);
		tally[k].seen++;
	}
	/* five deviations, so that one of the few frequent sets misses in less than 1 of 10^5 runs */
	for (k = 0; k < sets; k++) {
		double p = (double)tally[k].propensity * 0x1p-62;

		if (DRAWS * p < 30.0)
			continue;
		frequent++;
		assert_true(fabs(tally[k].seen - DRAWS * p) < 5.0 * sqrt(DRAWS * p * (1.0 - p)));
	}
	print_message("%u sets, %u of them frequent\n", sets, frequent);
	assert_true(sets > 1 && frequent > 0);
	ask_free(ask);
	free(text);
}

/* Ranks, and sets at the notch "subset", are as they were: of the exact best, and without a record. */
static void nothing_else_is_drawn(void **state)
{
	struct home *home = *state;
	struct asks *asks;
	char *text = ask_list("rank", "\"order\"", 0);
	uint32_t order[FILMS], best = 0, i;
	struct ask *ask;
	struct error error;
	bool known;

	let_in(home, ASK_SHOP);
	grant_type(home, "rank", TACIT_ORDER);
	grant_type(home, "choose", TACIT_ORDER);
	assert_int_equal(asks_need(home->t, &asks), 0);
	assert_int_equal(ask_read(text, strlen(text), &ask, &error), 0);
	assert_int_equal(asks_order(asks, ask, order, &known), 0);
	for (i = 0; i < LIMIT; i++)
		best |= 1U << order[i];
	assert_int_equal(set_of(home, "rank", "\"order\"", 0), best);
	assert_true(newest_propensity(home) == 0);
	assert_int_equal(set_of(home, "choose", "\"subset\",\"epsilon\":\"0.5\"", 0), best);
	assert_true(newest_propensity(home) == 0);
	ask_free(ask);
	free(text);
}

/* How it was drawn is made from the history: forgetting drops it. */
static void forgetting_drops_the_draw(void **state)
{
	struct home *home = *state;
	struct tacit_selection selection = { .kind = TACIT_SELECT_ITEM, .text = "Fargo (1996)" };
	struct tacit_counts counts;
	char hash[65];

	let_in(home, ASK_SHOP);
	grant_type(home, "choose", TACIT_REASONS);
	set_of(home, "choose", "\"reasons\"", 0);
	assert_true(newest_propensity(home) > 0);
	assert_int_equal(tacit_forget(home->t, &selection, &counts, hash), 0);
	assert_true(newest_propensity(home) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_draw_is_kept_and_replayed),
		TEST(frequencies_are_propensities),
		TEST(nothing_else_is_drawn),
		TEST(forgetting_drops_the_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
