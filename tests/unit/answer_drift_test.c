/* Drift on generated lives whose changes are known, and the search against a slow one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/drift.c"
#include "history_kit.h"

#define GENRES 8
#define BRUTE 36

static const char *const genre[GENRES] = { "Horror", "Drama", "Comedy", "Western", "Noir", "Musical", "War", "Crime" };

/* A life over the genres: from event change[c] on, genre (phase * 3 + 1) % GENRES is taken four times as often. */
static void live(struct vault_history *out, uint32_t events, const uint32_t *change, uint32_t changes, uint64_t seed)
{
	struct random random = { seed };
	uint32_t e, phase = 0, g;

	kit_history(out, events, events, seed);
	for (e = 0; e < events; e++) {
		struct vault_item *item = &out->items[e];
		char words[64];

		while (phase < changes && e >= change[phase])
			phase++;
		g = random_below(&random, GENRES + 12);
		g = g < GENRES ? g : (phase * 3 + 1) % GENRES;
		if (changes == 0)
			g = random_below(&random, GENRES);
		/* sometimes two words */
		if (random_below(&random, 3) == 0)
			snprintf(words, sizeof(words), "%s|%s", genre[g], genre[random_below(&random, GENRES)]);
		else
			snprintf(words, sizeof(words), "%s", genre[g]);
		item->words = strdup(words);
		out->item[e] = e;
		out->verb[e] = ACT_WATCH;
		out->flags[e] = 0;
	}
}

static void die(struct vault_history *history)
{
	size_t i;

	for (i = 0; i < history->item_count; i++)
		free(history->items[i].words);
	kit_history_free(history);
}

static size_t find(const struct vault_history *history, int64_t from, int64_t until, struct tacit_drift_point **out)
{
	struct drift_life life = { history, NULL, NULL, NULL, 0, "films" };
	struct error error = { 0, "" };
	size_t count = 0;

	assert_int_equal(drift_find(&life, from, until, out, &count, &error), 0);
	return count;
}

/* 24 lives with two changes each: every change is found within eight events, and nothing else but for what chance
 * allows: each of the 72 stretches without a change has one in 5 of 100 cases; more than 9 has probability 0.004. */
static void known_changes_are_found(void **state)
{
	uint32_t round, extra = 0, c;

	(void)state;
	for (round = 0; round < 24; round++) {
		uint32_t events = round % 2 == 0 ? 180 : 900;
		uint32_t change[2] = { events / 3 + round % 10, events * 2 / 3 - round % 7 };
		struct tacit_drift_point *point;
		struct vault_history history;
		size_t count, p;

		live(&history, events, change, 2, 100 + round);
		count = find(&history, 0, 0, &point);
		if (count < 2)
			fail_msg("life %u of %u: %zu changes", round, events, count);
		extra += count > 2;
		for (c = 0; c < 2; c++) {
			int64_t nearest = INT64_MAX;

			for (p = 0; p < count; p++) {
				int64_t off = llabs(point[p].time / 86400000 - (int64_t)change[c]);

				nearest = off < nearest ? off : nearest;
			}
			if (nearest > 8)
				fail_msg("life %u: change at %u is missed by %lld", round, change[c], (long long)nearest);
		}
		free(point);
		die(&history);
	}
	if (extra > 9)
		fail_msg("%u of 24 lives have a change too many", extra);
}

/* 100 lives without a change. Chance makes 5; more than 12 has probability 0.0015 (binomial). */
static void still_lives_have_no_changes(void **state)
{
	uint32_t round, found = 0;

	(void)state;
	for (round = 0; round < 100; round++) {
		struct tacit_drift_point *point;
		struct vault_history history;

		live(&history, 90, NULL, 0, 7000 + round);
		found += find(&history, 0, 0, &point) > 0;
		free(point);
		die(&history);
	}
	if (found > 12)
		fail_msg("%u of 100 still lives have a change", found);
}

/* A life with a change, its events in random orders: the same bound. */
static void shuffled_lives_have_no_changes(void **state)
{
	const uint32_t change = 60;
	struct random random = { 5 };
	uint32_t round, e, found = 0;

	(void)state;
	for (round = 0; round < 60; round++) {
		struct tacit_drift_point *point;
		struct vault_history history;

		live(&history, 120, &change, 1, 42);
		if (round == 0) {
			assert_true(find(&history, 0, 0, &point) >= 1);
			free(point);
		}
		for (e = 119; e > 0; e--) {
			uint32_t other = random_below(&random, e + 1), kept = history.item[e];

			history.item[e] = history.item[other];
			history.item[other] = kept;
		}
		found += find(&history, 0, 0, &point) > 0;
		free(point);
		die(&history);
	}
	assert_true(found <= 9);	/* of 60 at .05: more than 9 has probability 0.0007 */
}

/* What a change says is counted by hand. */
static void points_count_right(void **state)
{
	const uint32_t change = 70;
	struct tacit_drift_point *point;
	struct vault_history history;
	uint32_t i, e, before = 0, after = 0;
	size_t m;

	(void)state;
	live(&history, 140, &change, 1, 9);
	history.verb[3] = ACT_DISLIKE;		/* counts for nothing */
	history.flags[100] = ACT_NOT_CHOSEN;
	assert_int_equal(find(&history, 69LL * 86400000, 119LL * 86400000, &point), 1);
	assert_int_equal(point->before, 69);	/* events 0..69 without number 3 */
	assert_int_equal(point->after, 49);	/* 70..119 without number 100 */
	assert_true(point->moved_count >= 2 && point->gain > 0);
	for (m = 0; m < point->moved_count; m++) {
		bool there = false;

		for (e = 0, before = after = 0; e < 120; e++) {
			const char *words = history.items[e].words;

			if (e == 3 || e == 100 || strstr(words, point->moved[m].name) == NULL)
				continue;
			before += e < 70;
			after += e >= 70;
			there |= history.event[e] == point->moved[m].event;
		}
		assert_true(there);
		assert_int_equal(point->moved[m].before, ((int64_t)before << 20) / 69);
		assert_int_equal(point->moved[m].after, ((int64_t)after << 20) / 49);
	}
	assert_int_equal(point->event_count, 8);
	for (i = 0; i < 8; i++)
		assert_true(point->event[i] >= 1000 && point->event[i] < 1120 && point->event[i] != 1003);
	free(point);
	/* the one before is Musical, from the change on it is Noir */
	assert_int_equal(find(&history, 0, 0, &point), 1);
	assert_true(strcmp(point->moved[0].name, "Drama") == 0 || strcmp(point->moved[0].name, "Noir") == 0);
	free(point);
	die(&history);
}

/* The gain is the sum of what events add to it, within the rounding of a logarithm for each token. */
static void events_sum_to_the_gain(void **state)
{
	const uint32_t change = 50;
	struct drift_life life = { NULL, NULL, NULL, NULL, 0, "films" };
	struct sequence sequence = { 0 };
	struct vault_history history;
	struct kinds kinds;
	struct sides sides = { .life = &life, .sequence = &sequence, .kinds = &kinds, .at = 47, .high = 100 };
	struct segment_data data = { .kinds = SEGMENT_KINDS };
	struct error error = { 0, "" };
	int64_t sum = 0, gain;
	uint32_t e;

	(void)state;
	live(&history, 100, &change, 1, 4);
	life.history = &history;
	assert_int_equal(choose_events(&life, &sequence, &error), 0);
	assert_int_equal(choose_kinds(&life, &sequence, &kinds, &error), 0);
	assert_int_equal(kinds.count, GENRES);
	data.events = sequence.count;
	data.first = sequence.first;
	data.kind = sequence.kind;
	sides.all_before = segment_count(&data, 0, 47, sides.before);
	sides.all_after = segment_count(&data, 47, 100, sides.after);
	gain = segment_gain(SEGMENT_KINDS, sides.before, sides.after);
	assert_true(gain > 0);
	for (e = 0; e < 100; e++)
		sum += event_share(&sides, e);
	assert_true(llabs(sum - gain) <= (int64_t)sequence.first[100] * 8 * 16);	/* log2 is right to 2^-16 */
	free(sequence.event);
	free(sequence.events_of);
	free(sequence.first);
	free(sequence.kind);
	free(kinds.mask);
	die(&history);
}

/* All segmentations of 36 events into up to three, by brute force. */
static void search_is_exact(void **state)
{
	struct random random = { 77 };
	uint32_t round;

	(void)state;
	for (round = 0; round < 20; round++) {
		uint32_t first[BRUTE + 1], change[SEGMENT_MOST], count, e, a, b, c;
		uint8_t kind[BRUTE];
		struct segment_data data = { BRUTE, 5, first, kind };
		uint32_t one[5], two[5], three[5];
		int64_t penalty, most = 0, found = 0, value;
		struct error error = { 0, "" };

		for (e = 0; e < BRUTE; e++) {
			first[e] = e;
			kind[e] = (uint8_t)(e < 12 + round % 4 ? random_below(&random, 2) : 1 + random_below(&random, 4));
		}
		first[BRUTE] = BRUTE;
		assert_int_equal(segment_find(&data, round, change, &count, &penalty, &error), 0);
		for (a = 10; a <= BRUTE - 10; a++) {
			segment_count(&data, 0, a, one);
			segment_count(&data, a, BRUTE, two);
			value = segment_gain(5, one, two) - penalty;
			most = value > most ? value : most;
			for (b = a + 10; b <= BRUTE - 10; b++) {
				int64_t all = segment_gain(5, one, two);

				segment_count(&data, a, b, two);
				segment_count(&data, b, BRUTE, three);
				all += segment_gain(5, two, three) - 2 * penalty;
				most = all > most ? all : most;
				segment_count(&data, a, BRUTE, two);
			}
		}
		for (c = 0; c < count; c++) {
			segment_count(&data, c == 0 ? 0 : change[c - 1], change[c], one);
			segment_count(&data, change[c], BRUTE, two);
			found += segment_gain(5, one, two) - penalty;
		}
		assert_int_equal(found, most);
	}
}

/* Where nothing tells kinds, or there is nothing, it says so. */
static void it_says_when_it_does_not_know(void **state)
{
	struct drift_life life = { NULL, NULL, NULL, NULL, 0, "films" };
	struct tacit_drift_point *point;
	struct vault_history history;
	struct error error = { 0, "" };
	size_t count;

	(void)state;
	kit_history(&history, 40, 200, 3);
	life.history = &history;
	assert_int_equal(drift_find(&life, 0, 0, &point, &count, &error), TACIT_E_UNKNOWN);
	assert_non_null(strstr(error.message, "kind"));
	history.event_count = 0;
	assert_int_equal(drift_find(&life, 0, 0, &point, &count, &error), TACIT_E_UNKNOWN);
	history.event_count = 200;
	kit_history_free(&history);
}

/* A prefix by time. */
static void until_is_a_prefix(void **state)
{
	struct vault_history history;
	size_t e;

	(void)state;
	kit_history(&history, 10, 50, 3);
	for (e = 10; e < 20; e++)
		history.time[e] = history.time[10];
	assert_int_equal(drift_until(&history, history.time[10]), 20);
	assert_int_equal(drift_until(&history, history.time[10] - 1), 10);
	assert_int_equal(drift_until(&history, INT64_MAX), 50);
	assert_int_equal(drift_until(&history, -1), 0);
	kit_history_free(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_changes_are_found),
		cmocka_unit_test(still_lives_have_no_changes),
		cmocka_unit_test(shuffled_lives_have_no_changes),
		cmocka_unit_test(points_count_right),
		cmocka_unit_test(events_sum_to_the_gain),
		cmocka_unit_test(search_is_exact),
		cmocka_unit_test(it_says_when_it_does_not_know),
		cmocka_unit_test(until_is_a_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
