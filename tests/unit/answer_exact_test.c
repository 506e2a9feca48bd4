/*
 * What is told about a score is exact: causes sum to it to the bit, and "without" is what a fresh
 * history that never had those events gives, with every score computed by brute force.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/answer.h"
#include "history_kit.h"

#define ITEMS 200

struct person {
	struct vault_history history;
	struct profile_links links;
	struct vault_fact fact[2];
	struct subject subject;
};

static void person_make(struct person *person, const struct pack *pack, struct scan *scan,
			uint64_t seed)
{
	struct random random = { seed };

	memset(person, 0, sizeof(*person));
	kit_history(&person->history, 60, random_below(&random, 70), seed);
	assert_int_equal(profile_links_make(&person->history, pack, &person->links, NULL), 0);
	person->fact[0] = (struct vault_fact){ .id = 71, .key = "loves", .value = "war",
					       .mark = VAULT_TOLD };
	person->fact[1] = (struct vault_fact){ .id = 72, .key = "avoids", .value = "horrors",
					       .mark = VAULT_TOLD };
	person->subject = (struct subject){ &person->history, &person->links, pack, person->fact,
					    seed % 3, scan, NULL };
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

/* Score and rank of an item for a history without some events, from nothing but the sums. */
static void brute(const struct subject *subject, const struct profile_filter *filter,
		  uint32_t item, int64_t *score, uint32_t *rank)
{
	struct profile profile;
	int64_t h[KIT_DIM];
	uint32_t bucket, i;
	fixed_wide all[ITEMS];

	assert_int_equal(profile_make(subject->history, subject->links, subject->pack,
				      subject->facts, subject->fact_count, filter, &profile,
				      NULL), 0);
	bucket = profile_state(&profile, UINT32_MAX, h);
	for (i = 0; i < ITEMS; i++)
		all[i] = fold_dot(subject->pack, h, i) + fold_length(subject->pack, bucket, i) +
			 (profile.bonus == NULL ? 0 : (fixed_wide)profile.bonus[i] *
			  ((fixed_wide)1 << 42));
	*score = fixed_narrow(all[item]);
	*rank = 1;
	for (i = 0; i < ITEMS; i++)
		if (i != item && !profile_bit(profile.excluded, i))
			*rank += all[i] > all[item] || (all[i] == all[item] && i < item);
	profile_free(&profile);
}

static void without_cause(const struct subject *subject, const struct tacit_cause *cause,
			  uint32_t item)
{
	const struct vault_history *history = subject->history;
	uint64_t out[4] = { 0 };
	struct profile_filter filter = { out, UINT32_MAX, subject->head };
	uint32_t e, same, linked = 0;
	int64_t score;
	uint32_t rank;

	for (e = 0; e < history->event_count; e++)
		if (history->event[e] == cause->event)
			linked = history->item[e];
	for (e = 0, same = 0; e < history->event_count; e++)
		if (subject->pack->config->repeats && subject->links->item[linked] != FOLD_NO_ITEM) {
			if (history->event[e] != cause->event)
				continue;
			out[e / 64] |= 1ULL << (e % 64);
			same++;
		} else if (subject->links->item[history->item[e]] == subject->links->item[linked] &&
		    (subject->links->item[linked] != FOLD_NO_ITEM || history->item[e] == linked)) {
			out[e / 64] |= 1ULL << (e % 64);
			same++;
		}
	assert_int_equal(same, cause->events);
	brute(subject, &filter, item, &score, &rank);
	assert_int_equal(cause->score_without, score);
	assert_int_equal(cause->rank_without, rank);
}

/* Any head: factors from 0 to the limit. */
static void random_head(struct head *head, struct random *random)
{
	uint32_t b;

	memset(head, 0, sizeof(*head));
	head->view = (int32_t)random_below(random, TACIT_ONE) + 1;
	for (b = 0; b < LIMIT_BANKS; b++)
		head->theta[b] = random_below(random, 3) == 0 ? 0 : random_below(random, PACK_THETA_MAX + 1);
	for (b = 0; b < LIMIT_PAIR_BANKS; b++)
		head->pair_theta[b] = random_below(random, PACK_THETA_MAX + 1);
	head->intercept = random_below(random, PACK_THETA_MAX + 1);
}

static void why_is_exact_in(bool repeats, bool words, bool heads)
{
	struct pack *pack = kit_pack_with(ITEMS, 21, repeats, words);
	struct scan *scan = scan_new(pack);
	struct profile_filter all = PROFILE_ALL;
	struct random random = { 22 };
	struct head head;
	uint32_t round;

	for (round = 0; round < 1000; round++) {
		struct tacit_answer answer;
		struct person person;
		uint32_t item = random_below(&random, ITEMS), rank;
		int64_t sum = 0, score;
		size_t c;

		memset(&answer, 0, sizeof(answer));
		person_make(&person, pack, scan, round);
		if (heads) {
			random_head(&head, &random);
			person.subject.head = all.head = &head;
		}
		assert_int_equal(answer_why(&person.subject, item, &answer, NULL), 0);
		for (c = 0; c < answer.suggestion[0].cause_count; c++)
			sum += answer.suggestion[0].cause[c].contribution;
		assert_int_equal(sum, answer.suggestion[0].score);
		brute(&person.subject, &all, item, &score, &rank);
		assert_int_equal(answer.suggestion[0].score, score);
		assert_int_equal(answer.suggestion[0].rank, rank);
		for (c = 0; round % 10 == 0 && c < answer.suggestion[0].cause_count; c++)
			if (answer.suggestion[0].cause[c].event != 0)
				without_cause(&person.subject, &answer.suggestion[0].cause[c],
					      item);
		answer_clear(&answer);
		person_free(&person);
	}
	scan_free(scan);
	pack_close(pack);
}

static void why_is_exact(void **state)
{
	(void)state;
	why_is_exact_in(false, false, false);
}

/* Titles that the pack does not have count by their words. */
static void why_is_exact_with_words(void **state)
{
	(void)state;
	why_is_exact_in(false, true, false);
}

/* A moment adds terms like a thing of the history, and "without" is when nothing is known of it. */
static void why_is_exact_in_a_moment(void **state)
{
	struct pack *pack = kit_pack_with(ITEMS, 41, false, true);
	const struct profile_filter all = PROFILE_ALL;
	struct scan *scan = scan_new(pack);
	struct random random = { 42 };
	uint32_t round;

	(void)state;
	assert_int_equal(pack->moments, KIT_MOMENTS);
	for (round = 0; round < 200; round++) {
		uint32_t item = random_below(&random, ITEMS), rank, still_rank, m, moments = 0;
		int64_t sum = 0, score, still_score;
		struct tacit_answer answer;
		struct person person;
		struct profile profile;
		int64_t h[KIT_DIM], still[KIT_DIM];
		size_t c, j;

		memset(&answer, 0, sizeof(answer));
		person_make(&person, pack, scan, round);
		brute(&person.subject, &all, item, &still_score, &still_rank);
		for (m = 0; m < KIT_MOMENTS; m++)
			if (round >> m & 1)
				person.links.moment[person.links.moments++] = m;
		/* the state by the equation: m(f) is the scale in 2^-30, rounded half up */
		assert_int_equal(profile_make(person.subject.history, &person.links, pack, NULL, 0, &all,
					      &profile, NULL), 0);
		profile_state(&profile, UINT32_MAX, h);
		profile.moments = 0;
		profile_state(&profile, UINT32_MAX, still);
		for (m = 0; m < person.links.moments; m++)
			for (j = 0; j < KIT_DIM; j++)
				still[j] += (((int64_t)pack->moment_scale[person.links.moment[m]] + 2) >> 2) *
					    pack->moment_row[person.links.moment[m] * KIT_DIM + j];
		assert_memory_equal(h, still, sizeof(h));
		profile_free(&profile);
		assert_int_equal(answer_why(&person.subject, item, &answer, NULL), 0);
		brute(&person.subject, &all, item, &score, &rank);
		assert_int_equal(answer.suggestion[0].score, score);
		assert_int_equal(answer.suggestion[0].rank, rank);
		for (c = 0; c < answer.suggestion[0].cause_count; c++) {
			const struct tacit_cause *cause = &answer.suggestion[0].cause[c];

			sum += cause->contribution;
			if (strcmp(cause->reason, "moment") != 0)
				continue;
			moments++;
			assert_int_equal(cause->score_without, still_score);
			assert_int_equal(cause->rank_without, still_rank);
			if ((round & 25) == 9 && cause->label[0] == 'S')
				assert_string_equal(cause->label, "Saturday evening");
		}
		assert_int_equal(sum, score);
		/* evening goes with a day; Sunday alone adds nothing; both days never in one moment */
		if ((round & 24) != 24)
			assert_int_equal(moments, (round & 1 && !(round & 24)) + (round >> 1 & 1) +
				 (round >> 2 & 1) + (round >> 3 & 1) + ((round & 17) == 17));
		answer_clear(&answer);
		person_free(&person);
	}
	scan_free(scan);
	pack_close(pack);
}

static void why_is_exact_with_repeats(void **state)
{
	(void)state;
	why_is_exact_in(true, false, false);
}

/* Whatever the factors of the banks and the intercepts. */
static void why_is_exact_under_heads(void **state)
{
	(void)state;
	why_is_exact_in(false, true, true);
}

/* What the list says of an item is what `why` says of it. */
static void next_agrees_with_why(void **state)
{
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct pack *pack = kit_pack(ITEMS, 23, false);
	struct scan *scan = scan_new(pack);
	uint32_t round, i;
	size_t c;

	(void)state;
	options.anyway = 1;
	for (round = 0; round < 60; round++) {
		struct tacit_answer list, one;
		struct person person;

		memset(&list, 0, sizeof(list));
		person_make(&person, pack, scan, 500 + round);
		assert_int_equal(answer_next(&person.subject, &options, &list, NULL), 0);
		assert_int_equal(list.count, 10);
		for (i = 0; i < 10; i += 3) {
			int64_t sum = 0;

			memset(&one, 0, sizeof(one));
			assert_int_equal(answer_why(&person.subject,
						    (uint32_t)list.suggestion[i].item, &one,
						    NULL), 0);
			assert_int_equal(one.suggestion[0].score, list.suggestion[i].score);
			assert_int_equal(one.suggestion[0].rank, i + 1);
			assert_int_equal(one.suggestion[0].probability,
					 list.suggestion[i].probability);
			for (c = 0; c < list.suggestion[i].cause_count; c++)
				sum += list.suggestion[i].cause[c].contribution;
			assert_int_equal(sum, list.suggestion[i].score);
			answer_clear(&one);
		}
		answer_clear(&list);
		person_free(&person);
	}
	scan_free(scan);
	pack_close(pack);
}

/* "No horror" holds whatever the sums say; nothing had already comes back. */
static void told_and_had_stay_out(void **state)
{
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct pack *pack = kit_pack(ITEMS, 24, false);
	struct scan *scan = scan_new(pack);
	struct tacit_answer list;
	struct person person;
	size_t i, e;

	(void)state;
	memset(&list, 0, sizeof(list));
	options.count = ITEMS;
	options.surprise = TACIT_ONE / 4;
	person_make(&person, pack, scan, 2);		/* 2 % 3 = 2: both facts */
	assert_int_equal(answer_next(&person.subject, &options, &list, NULL), 0);
	for (i = 0; i < list.count; i++) {
		assert_null(strstr(list.suggestion[i].words, "Horror"));
		for (e = 0; e < person.history.event_count; e++)
			if (person.history.verb[e] != ACT_BOOKMARK)
				assert_string_not_equal(list.suggestion[i].title,
					person.history.items[person.history.item[e]].title);
	}
	answer_clear(&list);
	person_free(&person);
	scan_free(scan);
	pack_close(pack);
}

static void surprises_keep_their_share(void **state)
{
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct pack *pack = kit_pack(ITEMS, 25, false);
	struct scan *scan = scan_new(pack);
	uint32_t percent;

	(void)state;
	options.count = 50;
	for (percent = 0; percent <= 40; percent += 10) {
		struct tacit_answer list;
		struct person person;
		size_t i, surprises = 0;

		memset(&list, 0, sizeof(list));
		person_make(&person, pack, scan, 30);
		options.surprise = (int32_t)(percent * TACIT_ONE / 100);
		assert_int_equal(answer_next(&person.subject, &options, &list, NULL), 0);
		for (i = 0; i < list.count; i++)
			surprises += (size_t)list.suggestion[i].surprise;
		/* within 2 % of 50: one */
		assert_in_range(surprises + 1, percent / 2, percent / 2 + 2);
		answer_clear(&list);
		person_free(&person);
	}
	scan_free(scan);
	pack_close(pack);
}

/* The score of a title outside the catalogue, from the pack's rows and the profile's state alone. */
static int64_t outside_brute(const struct profile *profile, const char *title, const char *creator)
{
	const struct pack *pack = profile->pack;
	uint64_t hash[32];
	size_t count = pack_word_hashes(title, creator, "", 0, hash, 32), i;
	uint32_t known = 0, w, j, sets = KIT_BANKS + 1, bucket;
	int64_t h[KIT_DIM], least = INT64_MAX;
	fixed_wide score = 0;

	bucket = profile_state(profile, UINT32_MAX, h);
	for (i = 0; i < count; i++)
		for (w = 0; w < pack->words; w++)
			known += pack->word_key[w] == hash[i];
	for (i = 0; i < count; i++)
		for (w = 0; w < pack->words; w++) {
			/* the scale over the root, to the nearest, halves up */
			int64_t scale = ((int64_t)pack->word_scale[w * sets + KIT_BANKS] *
					 fixed_inverse_root(known == 0 ? 1 : known) + (1 << 19)) >> 20;

			for (j = 0; pack->word_key[w] == hash[i] && j < KIT_DIM; j++)
				score += (fixed_wide)h[j] * scale *
					 pack->word_row[(w * sets + KIT_BANKS) * KIT_DIM + j];
		}
	for (i = 0; i < ITEMS; i++)
		least = pack->length[bucket * ITEMS + i] < least ? pack->length[bucket * ITEMS + i] : least;
	score += (fixed_wide)least * ((fixed_wide)1 << 51);	/* 2^-11 to 2^-62 */
	if (profile->told.count > 0 && strstr(title, "War") != NULL)
		score += (fixed_wide)TOLD_LOVE * ((fixed_wide)1 << 42);
	return fixed_narrow(score);
}

/* A given list: titles that the pack does not have are scored by the words that it knows, exactly;
 * only those without one come last, in the order given. */
static void ranks_by_words(void **state)
{
	static const char *const title[] = {
		"Zzyzx Qwrt", "Film 12", "Unknown 8", "17 Night\tSomeone", "Film 40", "Unknown War (1992)",
		"Qwrt Zzyzx", "The Night", "26 35\tNobody", "Film 77",
	};
	enum { TITLES = sizeof(title) / sizeof(title[0]) };
	struct pack *pack = kit_pack_with(ITEMS, 26, false, true);
	struct scan *scan = scan_new(pack), *plain = scan_new(pack);
	const struct profile_filter all = PROFILE_ALL;
	uint32_t round, i, bucket;
	int64_t h[LIMIT_DIM];
	size_t c;

	(void)state;
	for (round = 0; round < 60; round++) {
		struct tacit_answer answer = { .count = 0 };
		struct profile profile;
		struct person person;

		person_make(&person, pack, scan, round);
		assert_int_equal(profile_make(&person.history, &person.links, pack, person.fact,
					      person.subject.fact_count, &all, &profile, NULL), 0);
		assert_int_equal(answer_rank(&person.subject, title, TITLES, &answer, NULL), 0);
		assert_int_equal(answer.count, TITLES);
		bucket = profile_state(&profile, UINT32_MAX, h);
		scan_pass(plain, h, bucket, NULL, profile.bonus);
		for (i = 0; i < TITLES - 2; i++) {
			const struct tacit_suggestion *it = &answer.suggestion[i];
			int64_t sum = 0;

			for (c = 0; c < it->cause_count; c++)
				sum += it->cause[c].contribution;
			assert_int_equal(sum, it->score);
			assert_true(i == 0 || it->score <= it[-1].score);
			if (strncmp(it->title, "Film ", 5) == 0) {
				assert_int_equal(it->probability,
						 answer_probability(pack,
							scan_log_share(plain, scan_score(plain,
									(uint32_t)it->item))));
				continue;
			}
			assert_int_equal(it->probability, -1);
			assert_int_equal(it->score, outside_brute(&profile, it->title, it->creator));
		}
		assert_string_equal(answer.suggestion[TITLES - 2].title, "Zzyzx Qwrt");
		assert_string_equal(answer.suggestion[TITLES - 1].title, "Qwrt Zzyzx");
		assert_int_equal(answer.suggestion[TITLES - 1].cause_count, 0);
		answer_clear(&answer);
		profile_free(&profile);
		person_free(&person);
	}
	scan_free(plain);
	scan_free(scan);
	pack_close(pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(why_is_exact),
		cmocka_unit_test(why_is_exact_with_words),
		cmocka_unit_test(why_is_exact_in_a_moment),
		cmocka_unit_test(why_is_exact_with_repeats),
		cmocka_unit_test(why_is_exact_under_heads),
		cmocka_unit_test(next_agrees_with_why),
		cmocka_unit_test(told_and_had_stay_out),
		cmocka_unit_test(surprises_keep_their_share),
		cmocka_unit_test(ranks_by_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
