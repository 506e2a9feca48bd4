/*
 * The subset mechanism under an auditor that knows nothing of its formula. The auditor feeds it
 * chosen "random" numbers, finds by bisection where its first choice turns, walks through every
 * later choice, and so has the exact distribution of its answers for each true best. Then it
 * compares all pairs. The same auditor must catch mechanisms that were broken on purpose.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/subset.h"
#include "base/random.h"
#include "terms/budget.h"

#define MOST 6			/* candidates that the auditor can enumerate */
#define SETS (1 << MOST)
#define REFUSED 0		/* the empty set stands for a refusal */

typedef int answering(const struct subset_ask *ask, subset_draw *draw, void *context,
		      uint32_t *out, struct error *error);

/* Out of order on purpose, so that sorting by id and by index differ. */
static const char *const ids[MOST] = { "d", "b", "f", "a", "e", "c" };

/* ---- scripted numbers ---- */

struct script {
	subset_wide first, first_bound;		/* the big draw */
	uint32_t number[MOST], bound[MOST];	/* the small ones that follow */
	int used;
};

static int scripted(void *context, subset_wide bound, subset_wide *out)
{
	struct script *script = context;

	if (bound > 1000) {
		script->first_bound = bound;
		*out = script->first % bound;
		return 0;
	}
	assert_true(script->used < MOST);
	script->bound[script->used] = (uint32_t)bound;
	*out = script->number[script->used++] % (uint32_t)bound;
	return 0;
}

/* The answer to this script as bits of the candidates. */
static uint32_t run(answering *mechanism, const struct subset_ask *ask, struct script *script)
{
	uint32_t out[MOST] = { 0 }, bits = 0, i;
	struct error error;

	script->used = 0;
	if (mechanism(ask, scripted, script, out, &error) != 0)
		return REFUSED;
	for (i = 0; i < ask->size; i++) {
		assert_true(out[i] < ask->candidates);
		assert_true(i == 0 || strcmp(ids[out[i - 1]], ids[out[i]]) < 0);
		bits |= 1U << out[i];
	}
	return bits;
}

/* Where the first number stops to put T in: the smallest that does not, all later ones being 0. */
static subset_wide turn(answering *mechanism, const struct subset_ask *ask, subset_wide bound)
{
	subset_wide low = 0, high = bound;

	while (low < high) {
		struct script script = { .first = low + (high - low) / 2 };

		if ((run(mechanism, ask, &script) & 1U << ask->best) != 0)
			low = script.first + 1;
		else
			high = script.first;
	}
	return low;
}

/* Adds `weight` times the share of every later choice, in parts of 720 = 6!, which every product
 * of the small bounds divides: exact. */
#define SHARES ((subset_wide)720)

static void walk(answering *mechanism, const struct subset_ask *ask, subset_wide first,
		 subset_wide weight, subset_wide chance[SETS])
{
	struct script script = { .first = first };
	int i;

	while (true) {
		subset_wide product = 1;
		uint32_t set = run(mechanism, ask, &script);

		for (i = 0; i < script.used; i++)
			product *= script.bound[i];
		assert_true(SHARES % product == 0);
		chance[set] += weight * (SHARES / product);
		for (i = script.used - 1; i >= 0; i--) {
			if (++script.number[i] < script.bound[i])
				break;
			script.number[i] = 0;
		}
		if (i < 0)
			return;
	}
}

/* The exact chances of all answers, out of *total. */
static void distribution(answering *mechanism, const struct subset_ask *ask,
			 subset_wide chance[SETS], subset_wide *total)
{
	struct script script = { 0 };
	subset_wide bound, at;
	int set;

	memset(chance, 0, SETS * sizeof(chance[0]));
	run(mechanism, ask, &script);
	bound = script.first_bound == 0 ? 1 : script.first_bound;
	at = turn(mechanism, ask, bound);
	if (at > 0)
		walk(mechanism, ask, 0, at, chance);
	if (at < bound)
		walk(mechanism, ask, at, bound - at, chance);
	*total = 0;
	for (set = 0; set < SETS; set++)
		*total += chance[set];
	assert_true(*total == bound * SHARES);
}

/* The largest ratio of chances over all answers and all pairs of true bests, in 2^-32 rounded up;
 * 0 stands for no bound at all. */
static uint64_t audit(answering *mechanism, uint32_t candidates, uint32_t size, uint64_t epsilon)
{
	static subset_wide chance[MOST][SETS], total[MOST];
	struct subset_ask ask = { ids, candidates, 0, size, epsilon };
	subset_wide worst = 0;
	uint32_t a, b;
	int set;

	for (ask.best = 0; ask.best < candidates; ask.best++)
		distribution(mechanism, &ask, chance[ask.best], &total[ask.best]);
	for (a = 0; a < candidates; a++)
		for (b = 0; b < candidates; b++)
			for (set = 0; set < SETS; set++) {
				subset_wide x = chance[a][set], y = chance[b][set], ratio;

				if (x == 0)
					continue;
				if (y == 0 || total[a] != total[b])
					return 0;
				ratio = ((x << 32) + y - 1) / y;
				assert_true(x < (subset_wide)1 << 96);
				worst = ratio > worst ? ratio : worst;
			}
	return (uint64_t)worst;
}

/* ---- broken on purpose ---- */

static int half_the_noise(const struct subset_ask *ask, subset_draw *draw, void *context,
			  uint32_t *out, struct error *error)
{
	struct subset_ask other = *ask;

	other.epsilon *= 2;
	return subset_choose_drawn(&other, draw, context, out, error);
}

/* "I don't know", when the best is one that it would rather not tell. */
static int refuses_by_data(const struct subset_ask *ask, subset_draw *draw, void *context,
			   uint32_t *out, struct error *error)
{
	if (ask->best == 2)
		return error_set(error, TACIT_E_UNKNOWN, "I don't know");
	return subset_choose_drawn(ask, draw, context, out, error);
}

/* The others are the next ones, not random ones. */
static int lazy_rest(const struct subset_ask *ask, subset_draw *draw, void *context, uint32_t *out,
		     struct error *error)
{
	subset_wide inside = (subset_wide)ask->size * budget_exp(ask->epsilon), drawn;
	subset_wide all = inside +
			  ((subset_wide)(ask->candidates - ask->size) << BUDGET_EXP_BITS);
	uint32_t i, k, n = ask->candidates;

	(void)error;
	draw(context, all, &drawn);
	for (i = 0; i < ask->size; i++) {
		out[i] = (ask->best + i + (drawn < inside ? 0 : 1)) % n;
		for (k = i; k > 0 && strcmp(ids[out[k - 1]], ids[out[k]]) > 0; k--) {
			uint32_t swap = out[k];

			out[k] = out[k - 1];
			out[k - 1] = swap;
		}
	}
	return 0;
}

static void test_audit(void **state)
{
	static const uint64_t epsilons[] = { 1, BUDGET_ONE / 10, BUDGET_ONE / 2, BUDGET_ONE,
					     2 * BUDGET_ONE, 3 * BUDGET_ONE };
	uint32_t n, k;
	size_t e;

	(void)state;
	for (e = 0; e < sizeof(epsilons) / sizeof(epsilons[0]); e++)
		for (n = 2; n <= MOST; n++)
			for (k = 1; k < n; k++) {
				uint64_t worst = audit(subset_choose_drawn, n, k, epsilons[e]);

				/* equality with the rational, and that is below e^eps */
				assert_true(worst == budget_exp(epsilons[e]));
				assert_true((long double)worst <=
					    expl((long double)epsilons[e] / BUDGET_ONE) *
						    4294967296.0L);
			}
	/* All of the candidates tell nothing. */
	assert_true(audit(subset_choose_drawn, 5, 5, BUDGET_ONE) == (uint64_t)1 << 32);
}

static void test_audit_catches(void **state)
{
	uint64_t allowed = budget_exp(BUDGET_ONE);

	(void)state;
	assert_true(audit(half_the_noise, 5, 2, BUDGET_ONE) > allowed);
	assert_true(audit(refuses_by_data, 5, 2, BUDGET_ONE) == 0);
	assert_true(audit(lazy_rest, 6, 2, BUDGET_ONE) == 0);
}

/* e^eps in 2^-32: never above the true value and close below it. */
static void test_exp(void **state)
{
	uint64_t epsilon;

	(void)state;
	assert_true(budget_exp(0) == (uint64_t)1 << 32);
	for (epsilon = 1; epsilon <= 20ULL * BUDGET_ONE; epsilon += 9973) {
		long double truth = expl((long double)epsilon / BUDGET_ONE) * 4294967296.0L;
		long double made = (long double)budget_exp(epsilon);

		assert_true(made <= truth * (1 + 1e-18L));
		assert_true(made >= truth * (1 - 1e-8L) - 1);
	}
}

static int seeded(void *context, void *out, size_t size)
{
	struct random *random = context;
	uint8_t *at = out;

	for (; size >= 8; size -= 8, at += 8) {
		uint64_t value = random_u64(random);

		memcpy(at, &value, 8);
	}
	assert_int_equal(size, 0);
	return 0;
}

/* A million answers from bytes: Pearson's chi-square of the 15 pairs of 6. Of 14 degrees of
 * freedom 47.4 is exceeded with probability 2e-5 (upper tail of the chi-square distribution). */
static void test_chi_square(void **state)
{
	struct subset_ask ask = { ids, MOST, 3, 2, BUDGET_ONE };
	static uint32_t seen[SETS];
	struct random random = { 31337 };
	double e = exp(1.0), with = 2 * e / (2 * e + 4), chi = 0;
	struct error error;
	uint32_t out[2], i, set, sets = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)random.state);
	for (i = 0; i < 1000000; i++) {
		assert_int_equal(subset_choose(&ask, seeded, &random, out, &error), 0);
		seen[1U << out[0] | 1U << out[1]]++;
	}
	for (set = 0; set < SETS; set++) {
		/* 5 pairs hold the best, 10 do not */
		double expected = 1e6 * ((set & 8) != 0 ? with / 5 : (1 - with) / 10);

		if (__builtin_popcount(set) != 2) {
			assert_int_equal(seen[set], 0);
			continue;
		}
		chi += (seen[set] - expected) * (seen[set] - expected) / expected;
		sets++;
	}
	print_message("chi-square %.1f\n", chi);
	assert_int_equal(sets, 15);
	assert_true(chi < 47.4);
}

static int no_random(void *context, void *out, size_t size)
{
	(void)context;
	(void)out;
	(void)size;
	return TACIT_E_IO;
}

static int all_ones(void *context, void *out, size_t size)
{
	(void)context;
	memset(out, 0xff, size);
	return 0;
}

static void test_refused(void **state)
{
	static const char *const twice[] = { "a", "b", "a" };
	struct subset_ask ask = { ids, MOST, 0, 2, BUDGET_ONE };
	struct error error;
	uint32_t out[MOST];

	(void)state;
	assert_int_equal(subset_choose(&ask, no_random, NULL, out, &error), TACIT_E_IO);
	/* A source that never comes below a bound ends, too. */
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_LIMIT);
	ask.size = 0;
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_ARGUMENT);
	ask.size = MOST + 1;
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_ARGUMENT);
	ask = (struct subset_ask){ ids, MOST, MOST, 1, 0 };
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_ARGUMENT);
	ask = (struct subset_ask){ ids, MOST, 0, 1, 21ULL * BUDGET_ONE };
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_ARGUMENT);
	ask = (struct subset_ask){ twice, 3, 0, 1, 0 };
	assert_int_equal(subset_choose(&ask, all_ones, NULL, out, &error), TACIT_E_ARGUMENT);
}

/* ---- the key of a stored answer ---- */

typedef int key_of(const char *service, uint64_t epoch, const char *domain,
		   const struct subset_ask *ask, uint8_t out[32], struct error *error);

/* A key that forgot the list. */
static int without_list(const char *service, uint64_t epoch, const char *domain,
			const struct subset_ask *ask, uint8_t out[32], struct error *error)
{
	static const char *const none[] = { "-" };
	struct subset_ask other = { none, 1, 0, 1, ask->epsilon };

	return subset_key(service, epoch, domain, &other, out, error);
}

static bool same_key(key_of *key, const char *service, uint64_t epoch, const char *domain,
		     const struct subset_ask *b)
{
	struct subset_ask a = { ids, 5, 0, 2, BUDGET_ONE };
	uint8_t x[32], y[32];
	struct error error;

	assert_int_equal(key("https://a.example", 7, "music", &a, x, &error), 0);
	assert_int_equal(key(service, epoch, domain, b, y, &error), 0);
	return memcmp(x, y, sizeof(x)) == 0;
}

/* True when the key is right: the same ask has it and no other. */
static bool audit_key(key_of *key)
{
	static const char *const order[] = { "a", "b", "d", "e", "f" };
	static const char *const other[] = { "a", "b", "d", "e", "g" };
	static const char *const joined[] = { "ab", "d", "e", "f", "" };
	struct subset_ask same = { order, 5, 4, 2, BUDGET_ONE };
	struct subset_ask list = { other, 5, 0, 2, BUDGET_ONE };
	struct subset_ask seam = { joined, 5, 0, 2, BUDGET_ONE };
	struct subset_ask size = { ids, 5, 0, 3, BUDGET_ONE };
	struct subset_ask noise = { ids, 5, 0, 2, BUDGET_ONE + 1 };

	return same_key(key, "https://a.example", 7, "music", &same) &&
	       !same_key(key, "https://a.example", 7, "music", &list) &&
	       !same_key(key, "https://a.example", 7, "music", &seam) &&
	       !same_key(key, "https://a.example", 7, "music", &size) &&
	       !same_key(key, "https://a.example", 7, "music", &noise) &&
	       !same_key(key, "https://b.example", 7, "music", &same) &&
	       !same_key(key, "https://a.example", 8, "music", &same) &&
	       !same_key(key, "https://a.example", 7, "films", &same);
}

static void test_key(void **state)
{
	(void)state;
	assert_true(audit_key(subset_key));
	assert_false(audit_key(without_list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_audit_catches),
		cmocka_unit_test(test_exp),
		cmocka_unit_test(test_chi_square),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
