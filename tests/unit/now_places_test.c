/* Places of generated stays with known truth, words, keys, differences. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/random.h"
#include "places/places.h"

#define HOUR 3600000LL
#define METRE 90		/* 1e-7 degrees of latitude, nearly */

static double normal(struct random *random)
{
	double u = ((double)(random_u64(random) >> 12) + 1) / 4503599627370498.0;
	double v = (double)(random_u64(random) >> 12) / 4503599627370496.0;

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

struct world {
	size_t places, stays;
	int32_t latitude[400], longitude[400];
	struct stay *stay;
	uint32_t *truth;
};

/* Places on a lattice at `apart` metres, visited by a power law, with noise of `noise` metres. */
static void make(struct world *world, size_t places, size_t stays, double apart, double noise,
		 int32_t latitude, int32_t longitude, uint64_t seed)
{
	struct random random = { seed };
	double across = 1 / cos(latitude * M_PI / 180e7);
	int64_t now = 1600000000000;
	size_t i;

	world->places = places;
	world->stays = stays;
	world->stay = malloc(stays * sizeof(*world->stay));
	world->truth = malloc(stays * sizeof(*world->truth));
	for (i = 0; i < places; i++) {
		world->latitude[i] = latitude + (int32_t)((double)(i / 20) * apart * METRE);
		world->longitude[i] = longitude +
			(int32_t)((double)(i % 20) * apart * METRE * across);
		if (world->longitude[i] < longitude)	/* passed the date line */
			world->longitude[i] = (int32_t)((int64_t)longitude - 3600000000 +
				(int64_t)((double)(i % 20) * apart * METRE * across));
	}
	for (i = 0; i < stays; i++) {
		uint32_t place = (uint32_t)((double)places * pow(random_unit(&random), 3));
		int64_t x = world->longitude[place] +
			    (int64_t)(normal(&random) * noise * METRE * across);

		world->truth[i] = place;
		world->stay[i] = (struct stay){ now, now + 2 * HOUR,
			world->latitude[place] + (int32_t)(normal(&random) * noise * METRE),
			(int32_t)(x > 1800000000 ? x - 3600000000 : x), 5, i % 3 != 0 };
		now += 3 * HOUR;
	}
}

static void drop(struct world *world)
{
	free(world->stay);
	free(world->truth);
}

/* Share of stays whose place is that of most stays of their true place, and no other's. */
static double agreement(const struct world *world, const struct places *found)
{
	uint32_t *table = calloc((found->count + 1) * world->places, sizeof(*table));
	uint32_t *owner = malloc((found->count + 1) * sizeof(*owner));
	size_t i, k, good = 0;

	assert_int_equal(found->visits, world->stays);
	for (i = 0; i < world->stays; i++)
		if (found->visit[i].place != VISIT_NOWHERE)
			table[found->visit[i].place * world->places + world->truth[i]]++;
	for (k = 0; k < found->count; k++) {
		owner[k] = 0;
		for (i = 1; i < world->places; i++)
			if (table[k * world->places + i] > table[k * world->places + owner[k]])
				owner[k] = (uint32_t)i;
	}
	for (i = 0; i < world->places; i++) {
		uint32_t most = 0;

		for (k = 0; k < found->count; k++)
			if (owner[k] == i && table[k * world->places + i] > most)
				most = table[k * world->places + i];
		good += most;
	}
	free(table);
	free(owner);
	return (double)good / (double)world->stays;
}

static void run(const struct world *world, struct places *out)
{
	const struct places_input input = { .count = world->stays, .stay = world->stay };

	assert_int_equal(places_find(&input, &places_usual, out, NULL), 0);
}

static void finds_what_was_there(void **state)
{
	static const struct { double apart, noise; int32_t latitude, longitude; double least; }
	cases[] = {
		{ 400, 15, 521234567, 134567890, 0.98 }, { 250, 30, -337000000, 1510000000, 0.97 },
		{ 400, 15, 0, 1799990000, 0.98 }, { 300, 20, 700000000, -1500000000, 0.97 },
		{ 200, 20, 407000000, -740000000, 0.95 }, { 500, 50, 357000000, 1397000000, 0.95 },
	};
	struct world world;
	struct places found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double agreed;

		make(&world, 60, 3000, cases[i].apart, cases[i].noise, cases[i].latitude,
		     cases[i].longitude, i + 1);
		run(&world, &found);
		agreed = agreement(&world, &found);
		print_message("apart %.0f m, noise %.0f m: %zu places of 60, %.1f %% of stays\n",
			      cases[i].apart, cases[i].noise, found.count, agreed * 100);
		assert_true(agreed >= cases[i].least);
		places_free(&found);
		drop(&world);
	}
}

static void same_in_any_order(void **state)
{
	struct random random = { 7 };
	struct world world;
	struct places a, b;
	size_t i;

	(void)state;
	make(&world, 100, 4000, 120, 35, 480000000, 20000000, 3);
	run(&world, &a);
	for (i = world.stays; i-- > 1;) {
		size_t k = random_below(&random, (uint32_t)i + 1);
		struct stay kept = world.stay[i];

		world.stay[i] = world.stay[k];
		world.stay[k] = kept;
	}
	/* and some of them twice */
	world.stay = realloc(world.stay, (world.stays + 100) * sizeof(*world.stay));
	memcpy(world.stay + world.stays, world.stay, 100 * sizeof(*world.stay));
	world.stays += 100;
	run(&world, &b);
	assert_int_equal(a.count, b.count);
	assert_int_equal(a.visits, b.visits);
	assert_memory_equal(a.list, b.list, a.count * sizeof(*a.list));
	for (i = 0; i < a.visits; i++) {
		assert_int_equal(a.visit[i].place, b.visit[i].place);
		assert_int_equal(a.visit[i].arrive, b.visit[i].arrive);
	}
	/* no two places have one key, and each key leads back */
	for (i = 0; i < a.count; i++)
		assert_int_equal(places_by_key(a.list, a.count, a.list[i].key), i);
	places_free(&a);
	places_free(&b);
	drop(&world);
}

static void once_is_nowhere(void **state)
{
	const struct stay stay[] = {
		{ 0, HOUR, 0, 0, 9, true },			/* a shop, once */
		{ 2 * HOUR, 4 * HOUR, 100000, 0, 9, true },	/* twice, in one go with a gap */
		{ 4 * HOUR + 60000, 5 * HOUR, 100000, 0, 9, true },
		{ 6 * HOUR, 13 * HOUR, 200000, 0, 9, true },	/* a night */
		{ 20 * HOUR, 21 * HOUR, 300000, 0, 9, true },	/* twice */
		{ 50 * HOUR, 51 * HOUR, 300090, 0, 9, false },
		{ 60 * HOUR, 59 * HOUR, 0, 0, 9, true },	/* ends before it begins */
		{ 61 * HOUR, 62 * HOUR, 2000000000, 0, 9, true },	/* not on earth */
	};
	const struct places_input input = { .count = 8, .stay = stay };
	const uint32_t expected[] = { VISIT_NOWHERE, VISIT_NOWHERE, VISIT_NOWHERE, 0, 1, 1 };
	struct places found;
	size_t i;

	(void)state;
	assert_int_equal(places_find(&input, &places_usual, &found, NULL), 0);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.visits, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(found.visit[i].place, expected[i]);
	assert_int_equal(found.list[0].time, 7 * HOUR);
	assert_int_equal(found.list[1].visits, 2);
	assert_int_equal(found.list[1].days, 2);
	/* by sure minutes: 61 at the first, 1 at the second */
	assert_int_equal(found.list[1].latitude, 300001);
	places_free(&found);
	assert_int_equal(places_find(&(struct places_input){ 0 }, &places_usual, &found, NULL), 0);
	assert_int_equal(found.count, 0);
	places_free(&found);
}

static void words_are_locked(void **state)
{
	struct place_word word[] = {
		{ 520000000, 130000000, PLACE_HOME, false, "Home", 5 },
		{ 530000000, 130000000, PLACE_WORK, true, "", 9 },	/* nothing there */
		{ 100000000, 100000000, PLACE_WORK, false, "Office", 7 },	/* never been there */
		{ 520000000 + 30 * METRE, 130000000, PLACE_OTHER, false, "Gran", 3 },	/* earlier */
	};
	struct places_input input = { .words = 4, .word = word };
	struct world world;
	struct places found;
	uint32_t home, refused, office;

	(void)state;
	make(&world, 40, 1000, 400, 20, 520000000, 130000000, 11);
	input.count = world.stays;
	input.stay = world.stay;
	assert_int_equal(places_find(&input, &places_usual, &found, NULL), 0);
	home = places_nearest(found.list, found.count, 520000000, 130000000, 100);
	refused = places_nearest(found.list, found.count, word[1].latitude, 130000000, 100);
	office = places_nearest(found.list, found.count, 100000000, 100000000, 100);
	assert_true(home < found.count && refused == VISIT_NOWHERE && office < found.count);
	assert_true(found.list[home].told && found.list[home].kind == PLACE_HOME);
	assert_string_equal(found.list[home].name, "Home");
	assert_int_equal(found.list[home].from, 5);
	assert_int_equal(found.list[office].visits, 0);
	assert_string_equal(found.list[office].name, "Office");
	places_free(&found);

	/* about a place that is there */
	word[1].latitude = world.latitude[1];
	word[1].longitude = world.longitude[1];
	assert_int_equal(places_find(&input, &places_usual, &found, NULL), 0);
	refused = places_nearest(found.list, found.count, word[1].latitude, word[1].longitude, 100);
	assert_true(refused < found.count && !found.list[refused].told);
	assert_int_equal(found.list[refused].rejected, 1 << PLACE_WORK);
	places_free(&found);

	/* a later word takes an earlier one back */
	word[1] = (struct place_word){ 520000000, 130000000, PLACE_HOME, true, "", 6 };
	assert_int_equal(places_find(&input, &places_usual, &found, NULL), 0);
	home = places_nearest(found.list, found.count, 520000000, 130000000, 100);
	assert_false(found.list[home].told);
	assert_int_equal(found.list[home].rejected, 1 << PLACE_HOME);
	places_free(&found);
	drop(&world);
}

static void differences(void **state)
{
	struct place before[4] = { { .latitude = 0 }, { .latitude = 500 * METRE },
				   { .latitude = 1000 * METRE, .kind = PLACE_WORK },
				   { .latitude = 5000 * METRE } };
	struct place after[4] = { { .latitude = 20 * METRE }, { .latitude = 590 * METRE },
				  { .latitude = 1000 * METRE }, { .latitude = -300 * METRE } };
	struct place_change *change;
	size_t count;

	(void)state;
	assert_int_equal(places_compare(before, 4, after, 4, &change, &count, NULL), 0);
	assert_int_equal(count, 4);
	assert_true(change[0].what == PLACE_MOVED && change[0].before == 1 && change[0].after == 1);
	assert_in_range(change[0].metres, 89, 91);
	assert_true(change[1].what == PLACE_KIND_CHANGED && change[1].before == 2);
	assert_true(change[2].what == PLACE_GONE && change[2].before == 3);
	assert_true(change[3].what == PLACE_APPEARED && change[3].after == 3);
	free(change);
	assert_int_equal(places_compare(NULL, 0, after, 4, &change, &count, NULL), 0);
	assert_int_equal(count, 4);
	free(change);
	assert_int_equal(places_compare(NULL, 0, NULL, 0, &change, &count, NULL), 0);
	assert_int_equal(count, 0);
	free(change);
}

/* Keys of a first run find their places after more stays came. */
static void keys_hold(void **state)
{
	struct world world;
	struct places a, b;
	size_t i, k, held = 0, asked = 0, all;

	(void)state;
	make(&world, 80, 4000, 300, 30, 480000000, 20000000, 21);
	all = world.stays;
	world.stays = all / 2;
	run(&world, &a);
	world.stays = all;
	run(&world, &b);
	for (i = 0; i < a.count; i++) {
		uint32_t now = places_by_key(b.list, b.count, a.list[i].key);
		uint32_t votes = 0, same = 0;

		for (k = 0; k < a.visits; k++)
			if (a.visit[k].place == i) {
				votes++;
				same += b.visit[k].place == now;
			}
		asked += votes;
		held += same;
	}
	print_message("keys: %zu of %zu visits found again\n", held, asked);
	assert_true(held * 100 >= asked * 98);
	places_free(&a);
	places_free(&b);
	drop(&world);
}

static void fast_enough(void **state)
{
	struct world world;
	struct places found;
	double began, took;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		/* usual; then all over the place */
		make(&world, 400, 20000, i == 0 ? 300 : 45, i == 0 ? 25 : 400, 480000000,
		     20000000, 5);
		began = clock_seconds();
		run(&world, &found);
		took = clock_seconds() - began;
		print_message("20000 stays, %zu places: %.1f ms\n", found.count, took * 1e3);
		assert_true(took < 0.5);	/* generous: other things run too */
		places_free(&found);
		drop(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_there),
		cmocka_unit_test(same_in_any_order),
		cmocka_unit_test(once_is_nowhere),
		cmocka_unit_test(words_are_locked),
		cmocka_unit_test(differences),
		cmocka_unit_test(keys_hold),
		cmocka_unit_test(fast_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
