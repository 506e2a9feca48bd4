/* The frontier against brute force for small lists, and what must hold of it on a whole person. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/frontier.c"
#include "history_kit.h"

#define FILMS 180
#define EVENTS 120

/* hit and nDCG by all subsets of n things in the engine's order, T being the first: a subset with T
 * has the chance p / C(n-1, k-1), one without (1 - p) / C(n-1, k). */
static void slow_expect(uint32_t n, uint32_t k, uint32_t rank, double epsilon, double *hit,
			double *ndcg)
{
	double p = k * exp(epsilon) / (k * exp(epsilon) + n - k), with = 0, without = 0;
	uint32_t set, i;

	for (set = 0; set < 1U << n; set++)
		if ((uint32_t)__builtin_popcount(set) == k)
			*((set & 1) != 0 ? &with : &without) += 1;
	*hit = *ndcg = 0;
	for (set = 0; set < 1U << n; set++) {
		double chance = (set & 1) != 0 ? p / with : (1 - p) / without;
		uint32_t before = 0;

		if ((uint32_t)__builtin_popcount(set) != k || (set >> rank & 1) == 0)
			continue;
		for (i = 0; i < rank; i++)
			before += set >> i & 1;
		*hit += chance;
		*ndcg += chance / log2(before + 2.0);
	}
}

static void expectation_is_brute_force(void **state)
{
	static const uint64_t epsilons[] = { 0, BUDGET_ONE / 10, BUDGET_ONE, 5ULL * BUDGET_ONE };
	uint32_t n, k, rank;
	size_t e;

	(void)state;
	for (e = 0; e < 4; e++)
		for (n = 2; n <= 9; n++)
			for (k = 1; k <= n; k++)
				for (rank = 0; rank < n; rank++) {
					int64_t hit, ndcg;
					double h, d;

					expect_subset(n, k, rank, epsilons[e], &hit, &ndcg);
					slow_expect(n, k, rank, (double)epsilons[e] / BUDGET_ONE, &h,
						    &d);
					/* two units, and the error of fixed_log2 */
					assert_true(fabs((double)hit / FIXED_ONE - h) < 2e-6);
					assert_true(fabs((double)ndcg / FIXED_ONE - d) < 2e-5);
				}
}

/* Where weights span many magnitudes: a list of 10,000 against the same sum in logarithms. */
static void wide_lists(void **state)
{
	static const uint32_t drawn[] = { 9, 99, 5000 }, better[] = { 0, 3, 700, 9990 };
	const double all = 9998;
	size_t i, k;

	(void)state;
	for (i = 0; i < 3; i++)
		for (k = 0; k < 4; k++) {
			double d = drawn[i], b = better[k], sum = 0, j;
			double choose = lgamma(all + 1) - lgamma(d + 1) - lgamma(all - d + 1);

			for (j = fmax(0, d + b - all); j <= fmin(d, b); j++)
				sum += exp(lgamma(b + 1) - lgamma(j + 1) - lgamma(b - j + 1) +
					   lgamma(all - b + 1) - lgamma(d - j + 1) -
					   lgamma(all - b - d + j + 1) - choose) / log2(j + 2);
			assert_true(fabs((double)mean_discount(9998, better[k], drawn[i], 0) /
					 (1 << DISCOUNT_BITS) - sum) < 1e-5);
		}
}

struct person {
	struct pack *pack;
	struct scan *scan;
	struct vault_history history;
	struct profile_links links;
	struct subject subject;
};

/* Every second thing is what the engine would have suggested next, the others are any. */
static void make_person(struct person *person, uint32_t events)
{
	struct random random = { 12 };
	int64_t h[KIT_DIM];
	uint32_t e, i;

	person->pack = kit_pack(FILMS, 32, false);
	person->pack->length = NULL;	/* the kit's intercepts drown what is personal */
	person->scan = scan_new(person->pack);
	kit_history(&person->history, FILMS, events, 33);
	for (i = 8; i < FILMS; i += 9)		/* the kit's unknown titles become known */
		snprintf(person->history.items[i].title, 9, "Film %u", i);
	assert_int_equal(profile_links_make(&person->history, person->pack, &person->links, NULL), 0);
	person->subject = (struct subject){ &person->history, &person->links, person->pack, NULL, 0,
					    person->scan, NULL };
	for (e = 0; e < events; e++) {
		struct profile_filter filter = { NULL, e, NULL };
		struct scan_hit hit[1];
		struct profile profile;
		uint32_t bucket, got;

		assert_int_equal(profile_make(&person->history, &person->links, person->pack, NULL, 0,
					      &filter, &profile, NULL), 0);
		bucket = profile_state(&profile, UINT32_MAX, h);
		scan_pass(person->scan, h, bucket, profile.excluded, NULL);
		got = scan_top(person->scan, 1, hit, NULL);
		person->history.item[e] = e % 2 == 0 && got > 0 ? hit[0].item
								: random_below(&random, FILMS);
		profile_free(&profile);
	}
}

static void free_person(struct person *person)
{
	profile_links_free(&person->links);
	kit_history_free(&person->history);
	scan_free(person->scan);
	pack_close(person->pack);
}

static int last_permille;

static void note_progress(void *context, int permille)
{
	(void)context;
	assert_true(permille >= last_permille);
	last_permille = permille;
}

static void rows_of_a_person(void **state)
{
	static const uint64_t epsilon[] = { 0, BUDGET_ONE / 10, BUDGET_ONE, 3ULL * BUDGET_ONE,
					    20ULL * BUDGET_ONE };
	struct frontier_options options = { 40, 60, 10, note_progress, NULL };
	struct frontier_row row[FRONTIER_ROWS], again[FRONTIER_ROWS];
	struct person person;
	uint32_t tested, i;
	size_t count;

	(void)state;
	make_person(&person, EVENTS);
	last_permille = 0;
	assert_int_equal(frontier_make(&person.subject, &options, epsilon, 5, row, &count, &tested,
				       NULL), 0);
	assert_int_equal(last_permille, 1000);
	assert_int_equal(count, 9);
	assert_int_equal(tested, 40);
	for (i = 0; i < count; i++) {
		assert_true(0 <= row[i].hit_low && row[i].hit_low <= row[i].hit &&
			    row[i].hit <= row[i].hit_high && row[i].hit_high <= FIXED_ONE);
		assert_true(0 <= row[i].ndcg_low && row[i].ndcg_low <= row[i].ndcg &&
			    row[i].ndcg <= row[i].ndcg_high && row[i].ndcg <= row[i].hit);
	}
	/* what the engine chose is its first of any list: half of the things, at least */
	assert_true(row[1].hit >= FIXED_ONE / 2 && row[0].hit < row[1].hit);
	/* order and reasons are what silent is; every subset is below, and more epsilon is more */
	assert_true(row[7].hit == row[1].hit && row[8].ndcg == row[1].ndcg);
	for (i = 2; i < 7; i++) {
		assert_int_equal(row[i].notch, NOTCH_SUBSET);
		assert_int_equal(row[i].epsilon, epsilon[i - 2]);
		/* with all of epsilon, a thing beyond the first k still comes by chance: 9 in 59 */
		assert_true(row[i].hit <= row[1].hit + (FIXED_ONE - row[1].hit) * 9 / 59 + 2);
		assert_true(i == 6 || row[i].ndcg <= row[1].ndcg);
		assert_true(i == 2 || (row[i].hit > row[i - 1].hit && row[i].ndcg > row[i - 1].ndcg));
	}
	/* at epsilon 0 any 10 of 60 */
	assert_true(llabs(row[2].hit - FIXED_ONE / 6) <= 2);
	/* bits: none, none, epsilon log2(e) = 1.4427 at 1, log2(60 * 59 * ... * 51) = 57.9107, and
	 * 10 log2(3) = 15.8496 more */
	assert_true(row[0].bits == 0 && row[1].bits == 0 && row[2].bits == 0);
	assert_true(fabs((double)row[4].bits / FIXED_ONE - 1.442695) < 1e-5);
	assert_true((double)row[7].bits / FIXED_ONE >= log2(60.0) + log2(59) + log2(58) + log2(57) +
		    log2(56) + log2(55) + log2(54) + log2(53) + log2(52) + log2(51));
	assert_true(fabs((double)(row[8].bits - row[7].bits) / FIXED_ONE - 15.8496) < 1e-3);
	last_permille = 0;
	assert_int_equal(frontier_make(&person.subject, &options, epsilon, 5, again, &count, &tested,
				       NULL), 0);
	assert_memory_equal(row, again, sizeof(row[0]) * count);
	free_person(&person);
}

/* A list holds the thing, then others that were not had, none twice; the same every time. */
static void lists(void **state)
{
	struct frontier_options options = { .events = 8 };
	struct frontier_row row[FRONTIER_ROWS];
	struct person person;
	struct frontier frontier = { .n = 100, .k = 10 };
	struct error error;
	uint32_t tested, others, i, k;
	size_t count, e;

	(void)state;
	make_person(&person, EVENTS);
	frontier.subject = &person.subject;
	assert_int_equal(allocate(&frontier, 8, NULL), 0);
	assert_int_equal(targets_choose(&person.subject, 8, frontier.target, &frontier.targets, NULL),
			 0);
	others = weigh(&frontier);
	frontier.n = others + 1;
	make_list(&frontier, &frontier.target[0]);
	assert_int_equal(frontier.list[0], frontier.target[0].item);
	for (i = 1; i < frontier.n; i++) {
		for (k = 0; k < i; k++)
			assert_int_not_equal(frontier.list[i], frontier.list[k]);
		for (e = 0; e < EVENTS; e++)
			assert_int_not_equal(frontier.list[i],
					     person.links.item[person.history.item[e]]);
	}
	free(frontier.target);
	free(frontier.until);
	free(frontier.list);
	free(frontier.listed);
	free(frontier.h);
	free(frontier.hit);
	free(frontier.ndcg);
	/* a catalogue of fewer than 100: the whole of what was not had, and a larger share of hits */
	assert_true(others + 1 < 100);
	assert_int_equal(frontier_make(&person.subject, &options, NULL, 0, row, &count, &tested, &error),
			 0);
	assert_int_equal(count, 4);
	assert_int_equal(tested, 8);
	free_person(&person);
}

static void refuses(void **state)
{
	static const uint64_t loud = 20ULL * BUDGET_ONE + 1;
	struct frontier_options options = { 0 };
	struct frontier_row row[FRONTIER_ROWS];
	struct person person;
	struct error error;
	uint32_t tested;
	size_t count;

	(void)state;
	make_person(&person, 4);
	assert_int_equal(frontier_make(&person.subject, &options, NULL, 0, row, &count, &tested, &error),
			 TACIT_E_UNKNOWN);
	assert_int_equal(frontier_make(&person.subject, &options, &loud, 1, row, &count, &tested,
				       &error), TACIT_E_ARGUMENT);
	options.size = 101;
	assert_int_equal(frontier_make(&person.subject, &options, NULL, 0, row, &count, &tested, &error),
			 TACIT_E_ARGUMENT);
	free_person(&person);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expectation_is_brute_force),
		cmocka_unit_test(wide_lists),
		cmocka_unit_test(rows_of_a_person),
		cmocka_unit_test(lists),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
