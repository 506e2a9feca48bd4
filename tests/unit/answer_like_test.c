/*
 * More like one thing: every score and the whole order against sums over all items, in integers
 * that are worked out here from the pack's rows alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/answer.h"
#include "history_kit.h"

#define ITEMS 150

struct person {
	struct vault_history history;
	struct profile_links links;
	struct vault_fact fact[2];
	struct subject subject;
};

static void person_make(struct person *person, const struct pack *pack, struct scan *scan,
			size_t facts)
{
	memset(person, 0, sizeof(*person));
	kit_history(&person->history, 60, 40, 7);
	assert_int_equal(profile_links_make(&person->history, pack, &person->links, NULL), 0);
	person->fact[0] = (struct vault_fact){ .id = 71, .key = "loves", .value = "war",
					       .mark = VAULT_TOLD };
	person->fact[1] = (struct vault_fact){ .id = 72, .key = "avoids", .value = "horrors",
					       .mark = VAULT_TOLD };
	person->subject = (struct subject){ &person->history, &person->links, pack, person->fact,
					    facts, scan, NULL };
}

static void person_free(struct person *person)
{
	profile_links_free(&person->links);
	kit_history_free(&person->history);
}

static void answer_clear(struct tacit_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->count; i++)
		free(answer->suggestion[i].cause);
	free(answer->suggestion);
	memset(answer, 0, sizeof(*answer));
}

struct scored {
	__int128 score;
	uint32_t item;
};

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item < y->item ? -1 : 1;
}

/* m of an entry of strength 2^20 at the first place, where every bank weighs 2^30: the scale
 * (2^-32) in 2^-30, to the nearest, halves up. */
static int64_t multiplier(uint32_t scale)
{
	return ((int64_t)scale + 2) >> 2;
}

/* Likewise for a share of 2^-20 of it. */
static int64_t multiplier_of(int64_t share, uint32_t scale)
{
	return (share * scale + (1 << 21)) >> 22;
}

/* What the pairs of `own` add as the newest of a history, 2^-20: every bank weighs 2^30 there, so
 * that m is the scale in 2^-36, exactly. */
static int64_t pair_term(const struct pack *pack, uint32_t own, uint32_t item)
{
	uint64_t at;

	for (at = pack->pair_start[own]; at < pack->pair_start[own + 1]; at++)
		if (pack->pair_item[at] == item)
			return (((int64_t)pack->pair_scale[2 * own] << 4) * pack->pair_value[2 * at] +
				((int64_t)pack->pair_scale[2 * own + 1] << 4) * pack->pair_value[2 * at + 1] +
				(1 << 15)) >> 16;
	return 0;
}

static void order(const struct pack *pack, const int64_t state[KIT_DIM], uint32_t own,
		  struct scored out[ITEMS])
{
	uint32_t i, j;

	for (i = 0; i < ITEMS; i++) {
		out[i] = (struct scored){ 0, i };
		for (j = 0; j < KIT_DIM; j++)
			out[i].score += (__int128)state[j] * pack->q[i * KIT_DIM + j] * pack->q_scale[i];
		if (own < ITEMS)
			out[i].score += (__int128)pair_term(pack, own, i) * ((__int128)1 << 42);
	}
	qsort(out, ITEMS, sizeof(*out), by_score);
}

static void state_of_item(const struct pack *pack, uint32_t item, int64_t state[KIT_DIM])
{
	uint32_t b, j;

	memset(state, 0, sizeof(*state) * KIT_DIM);
	for (b = 0; b < KIT_BANKS; b++)
		for (j = 0; j < KIT_DIM; j++)
			state[j] += multiplier(pack->p_scale[item * KIT_BANKS + b]) *
				    pack->p[(item * KIT_BANKS + b) * KIT_DIM + j];
}

static void state_of_words(const struct pack *pack, const char *title, const char *creator,
			   int64_t state[KIT_DIM])
{
	uint64_t hash[32];
	size_t count = pack_word_hashes(title, creator, "", 0, hash, 32), i;
	uint32_t known = 0, w, b, j, sets = KIT_BANKS + 1;
	int64_t share;

	memset(state, 0, sizeof(*state) * KIT_DIM);
	for (i = 0; i < count; i++)
		for (w = 0; w < pack->words; w++)
			known += pack->word_key[w] == hash[i];
	share = fixed_inverse_root(known);
	for (i = 0; i < count; i++)
		for (w = 0; w < pack->words; w++)
			for (b = 0; pack->word_key[w] == hash[i] && b < KIT_BANKS; b++)
				for (j = 0; j < KIT_DIM; j++)
					state[j] += multiplier_of(share, pack->word_scale[w * sets + b]) *
						    pack->word_row[(w * sets + b) * KIT_DIM + j];
}

/* The answer is what the order says, without `own` and, with `horror` out, without those. */
static void check(const struct pack *pack, const struct scored *wanted, uint32_t own, bool horror_out,
		  const char *reason, uint32_t count, const struct tacit_answer *answer)
{
	uint32_t i, at = 0;

	for (i = 0; i < ITEMS && at < count; i++) {
		const struct tacit_suggestion *it = &answer->suggestion[at];

		if (wanted[i].item == own || (horror_out && strstr(pack_words(pack, wanted[i].item), "Horror")))
			continue;
		assert_true(at < answer->count);
		assert_int_equal(it->item, wanted[i].item);
		/* 2^-62 to 2^-20: halves up */
		assert_int_equal(it->score, (int64_t)((wanted[i].score + ((__int128)1 << 41)) >> 42));
		assert_int_equal(it->rank, at + 1);
		assert_int_equal(it->probability, -1);
		assert_int_equal(it->cause_count, 1);
		assert_int_equal(it->cause[0].contribution, it->score);
		assert_string_equal(it->cause[0].reason, reason);
		at++;
	}
	assert_int_equal(answer->count, at);
}

static void every_item_is_exact(void **state)
{
	struct pack *pack = kit_pack_with(ITEMS, 31, false, true);
	struct scan *scan = scan_new(pack);
	struct scored wanted[ITEMS];
	int64_t h[KIT_DIM];
	uint32_t item, facts;

	(void)state;
	for (facts = 0; facts <= 2; facts++) {
		struct person person;

		person_make(&person, pack, scan, facts);
		for (item = 0; item < ITEMS; item++) {
			uint32_t count = item % 3 == 0 ? ITEMS : 1 + item % 20;
			struct tacit_answer answer = { .count = 0 };

			state_of_item(pack, item, h);
			order(pack, h, item, wanted);
			assert_int_equal(answer_like(&person.subject, item, "", count, &answer, NULL), 0);
			check(pack, wanted, item, facts == 2, "follow", count, &answer);
			answer_clear(&answer);
		}
		person_free(&person);
	}
	scan_free(scan);
	pack_close(pack);
}

static void words_stand_in(void **state)
{
	static const char *const line[][3] = {
		{ "Unknown 8", "Unknown 8", "" }, { "The 17th Unknown (1994)", "The 17th Unknown (1994)", "" },
		{ "26\tSomeone", "26", "Someone" }, { "Of the Unknown\tNobody", "Of the Unknown", "Nobody" },
		/* all scores are zero: the catalogue's order */
		{ "Night", "Night", "" },
	};
	struct pack *pack = kit_pack_with(ITEMS, 32, false, true);
	struct scan *scan = scan_new(pack);
	struct scored wanted[ITEMS];
	struct tacit_answer answer = { .count = 0 };
	struct error error;
	struct person person;
	int64_t h[KIT_DIM];
	size_t n;

	(void)state;
	person_make(&person, pack, scan, 2);
	for (n = 0; n < sizeof(line) / sizeof(line[0]); n++) {
		state_of_words(pack, line[n][1], line[n][2], h);
		order(pack, h, FOLD_NO_ITEM, wanted);
		assert_int_equal(answer_like(&person.subject, FOLD_NO_ITEM, line[n][0], ITEMS, &answer, NULL), 0);
		check(pack, wanted, FOLD_NO_ITEM, true, "words", ITEMS, &answer);
		assert_string_equal(answer.suggestion[0].cause[0].label, line[n][1]);
		answer_clear(&answer);
	}
	assert_int_equal(answer_like(&person.subject, FOLD_NO_ITEM, "Zzyzx", 5, &answer, &error),
			 TACIT_E_NOT_FOUND);
	person_free(&person);
	scan_free(scan);
	pack_close(pack);
}

/* It is about the thing: another history changes nothing, not even what was had already. */
static void history_is_nothing_to_it(void **state)
{
	struct pack *pack = kit_pack_with(ITEMS, 33, false, true);
	struct scan *scan = scan_new(pack);
	struct person person;
	uint32_t item, i;

	(void)state;
	person_make(&person, pack, scan, 0);
	for (item = 0; item < ITEMS; item += 10) {
		struct tacit_answer one = { .count = 0 }, two = { .count = 0 };
		size_t events = person.history.event_count;

		assert_int_equal(answer_like(&person.subject, item, "", ITEMS, &one, NULL), 0);
		assert_int_equal(one.count, ITEMS - 1);
		person.history.event_count = 0;
		assert_int_equal(answer_like(&person.subject, item, "", ITEMS, &two, NULL), 0);
		person.history.event_count = events;
		for (i = 0; i < ITEMS - 1; i++) {
			assert_int_equal(one.suggestion[i].item, two.suggestion[i].item);
			assert_int_equal(one.suggestion[i].score, two.suggestion[i].score);
		}
		answer_clear(&one);
		answer_clear(&two);
	}
	person_free(&person);
	scan_free(scan);
	pack_close(pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_exact),
		cmocka_unit_test(words_stand_in),
		cmocka_unit_test(history_is_nothing_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
