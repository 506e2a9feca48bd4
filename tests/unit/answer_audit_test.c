/*
 * An auditor of an answering mechanism. It sees a box: a person's history goes in at the start,
 * asks follow one after the other, and each is answered with a set or a refusal, and a charge. It
 * knows nothing of what happens inside but that random numbers are drawn from it, so that it can
 * try them all: each small draw through all its values, each large one on both sides of where the
 * box's behaviour turns, which it finds by bisection (one turn is assumed, and 8 probes check
 * it). So it has the exact chances of whole transcripts. Its rules:
 *
 *	LOUD		some transcript is likelier under one history than under another by more than
 *			e to the power of what was charged for it
 *	TELLING		refusals and charges depend on the history
 *	UNSTEADY	the same ask, its list in another order, is answered otherwise or is charged
 *	SHARED		another ask (list, epoch, service, domain) is not answered afresh from its list
 *
 * The box that is right passes; boxes that were broken on purpose must fall by the rule they break.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/subset.h"
#include "base/random.h"
#include "terms/budget.h"

#define THINGS 8		/* a..h; a history is which of them the person likes best */
#define LIST 5			/* candidates of one ask */
#define ASKS 30			/* of one transcript */
#define SMALL 64		/* draws below this are tried through */
#define DEPTH 16		/* draws of one transcript */
#define TRANSCRIPTS 1024
#define CAP (8ULL * BUDGET_ONE)

enum { LOUD = 1, TELLING = 2, UNSTEADY = 4, SHARED = 8 };

static const char *const thing[THINGS] = { "d", "b", "f", "a", "e", "c", "h", "g" };

struct box_ask {
	const char *service, *domain;
	uint64_t epoch, epsilon;
	uint32_t list[LIST];		/* of the things, in the order sent */
	uint32_t count, size;
};

struct box_answer {
	uint32_t set;			/* bits of the things; 0 is a refusal */
	uint64_t charged;
};

/* ---- boxes ---- */

struct box {
	void (*answer)(struct box *box, const struct box_ask *ask, struct box_answer *out);
	subset_draw *draw;
	void *context;
	uint32_t history;
	/* what it keeps */
	uint64_t spent;
	uint32_t stored;
	uint8_t key[ASKS][32];
	uint32_t set[ASKS];
};

/* The thing of the list that this person likes best: the first at or behind `history`. */
static uint32_t best_of(const struct box *box, const struct box_ask *ask)
{
	uint32_t best = 0, i;

	for (i = 1; i < ask->count; i++)
		if ((ask->list[i] + THINGS - box->history) % THINGS <
		    (ask->list[best] + THINGS - box->history) % THINGS)
			best = i;
	return best;
}

struct variant {
	uint32_t louder;		/* epsilon is this many times what it charges */
	bool no_list, no_epoch;		/* in the key */
	bool in_order;			/* the key is that of the list as it was sent ... */
	bool free_again;		/* ... and a fresh answer costs nothing */
	bool refuses, charges;		/* by data */
};

static void key_of(const struct box_ask *ask, const struct variant *variant,
		   const struct subset_ask *subset, uint8_t out[32])
{
	static const char *const none[] = { "-" };
	struct subset_ask shown = *subset;
	char domain[32];
	struct error error;
	uint32_t i;

	strcpy(domain, ask->domain);
	if (variant->no_list)
		shown = (struct subset_ask){ none, 1, 0, 1, subset->epsilon };
	for (i = 0; variant->in_order && i < ask->count; i++) {
		domain[strlen(ask->domain) + i] = (char)('0' + ask->list[i]);
		domain[strlen(ask->domain) + i + 1] = 0;
	}
	assert_int_equal(subset_key(ask->service, variant->no_epoch ? 0 : ask->epoch, domain, &shown,
				    out, &error), 0);
}

static void answer(struct box *box, const struct box_ask *ask, const struct variant *variant,
		   struct box_answer *out)
{
	struct subset_ask subset = { .candidates = ask->count, .size = ask->size,
				     .epsilon = ask->epsilon * variant->louder };
	uint64_t charge = variant->free_again && box->stored > 0 ? 0 : ask->epsilon;
	uint32_t chosen[LIST], i;
	const char *id[LIST];
	struct error error;
	uint8_t key[32];

	for (i = 0; i < ask->count; i++)
		id[i] = thing[ask->list[i]];
	subset.id = id;
	subset.best = best_of(box, ask);
	*out = (struct box_answer){ 0, 0 };
	key_of(ask, variant, &subset, key);
	for (i = 0; i < box->stored; i++)
		if (memcmp(box->key[i], key, sizeof(key)) == 0) {
			out->set = box->set[i];
			return;
		}
	if (variant->charges && ask->list[subset.best] == 2)
		charge *= 2;
	if (box->spent + charge > CAP || (variant->refuses && ask->list[subset.best] == 2))
		return;
	box->spent += charge;
	out->charged = charge;
	assert_int_equal(subset_choose_drawn(&subset, box->draw, box->context, chosen, &error), 0);
	for (i = 0; i < ask->size; i++)
		out->set |= 1U << ask->list[chosen[i]];
	assert_true(box->stored < ASKS);
	memcpy(box->key[box->stored], key, sizeof(key));
	box->set[box->stored++] = out->set;
}

#define BOX(name, ...) \
	static void name(struct box *box, const struct box_ask *ask, struct box_answer *out) \
	{ \
		static const struct variant variant = __VA_ARGS__; \
		answer(box, ask, &variant, out); \
	}

BOX(right, { .louder = 1 })
BOX(half_the_noise, { .louder = 2 })
BOX(key_without_list, { .louder = 1, .no_list = true })
BOX(key_without_epoch, { .louder = 1, .no_epoch = true })
BOX(key_in_order, { .louder = 1, .in_order = true })
BOX(fresh_and_free, { .louder = 1, .in_order = true, .free_again = true })
BOX(refuses_by_data, { .louder = 1, .refuses = true })
BOX(charges_by_data, { .louder = 1, .charges = true })

/* ---- trying all random numbers ---- */

struct branch {
	subset_wide bound, turn;	/* turn: of a large one; 0 is not known yet */
	uint32_t at;			/* the value of a small one, the side of a large one */
};

struct walk {
	struct branch branch[DEPTH];
	uint32_t known, used;
	subset_wide probe;		/* the value of branch probe_at; elsewhere 0 */
	uint32_t probe_at;
};

static int walked(void *context, subset_wide bound, subset_wide *out)
{
	struct walk *walk = context;
	uint32_t i = walk->used++;
	struct branch *branch;

	assert_true(i < DEPTH && bound >= 1);
	branch = &walk->branch[i];
	if (i >= walk->known) {
		*branch = (struct branch){ bound, 0, 0 };
		walk->known = i + 1;
	}
	assert_true(branch->bound == bound);
	if (i == walk->probe_at)
		*out = walk->probe;
	else
		*out = bound <= SMALL ? branch->at : branch->at == 0 ? 0 : branch->turn;
	return 0;
}

struct transcript {
	struct box_answer answer[ASKS];
};

static void run(struct walk *walk, void (*mechanism)(struct box *, const struct box_ask *,
		struct box_answer *), uint32_t history, const struct box_ask *ask, uint32_t asks,
		struct transcript *out)
{
	static struct box box;
	uint32_t i;

	memset(&box, 0, sizeof(box));
	box.answer = mechanism;
	box.history = history;
	box.draw = walked;
	box.context = walk;
	walk->used = 0;
	memset(out, 0, sizeof(*out));
	for (i = 0; i < asks; i++)
		box.answer(&box, &ask[i], &out->answer[i]);
}

struct chances {
	struct transcript seen[TRANSCRIPTS];
	long double chance[TRANSCRIPTS];
	uint32_t count;
};

struct audit {
	void (*mechanism)(struct box *box, const struct box_ask *ask, struct box_answer *out);
	const struct box_ask *ask;
	uint32_t asks;
	uint32_t history;
};

/* What the box does when draw `at` is `value` and all later ones are 0: how many draws of which
 * bounds, and what it says. */
static uint64_t behaviour(const struct audit *audit, const struct walk *walk, uint32_t at,
			  subset_wide value)
{
	static struct walk other;
	struct transcript said;
	uint64_t state = 0;
	uint32_t i;

	other = *walk;
	other.known = at + 1;
	other.probe_at = at;
	other.probe = value;
	run(&other, audit->mechanism, audit->history, audit->ask, audit->asks, &said);
	for (i = at; i < other.used; i++)
		state = (state ^ (uint64_t)other.branch[i].bound) * 0x100000001b3ULL;
	for (i = 0; i < audit->asks; i++)
		state = (state ^ said.answer[i].set ^ said.answer[i].charged << 8) * 0x100000001b3ULL;
	return state;
}

/* By bisection. Where the last turn for the same bound is one here, too, that is found at once. */
static void find_turn(const struct audit *audit, struct walk *walk, uint32_t at)
{
	static subset_wide last_bound, last_turn;
	struct branch *branch = &walk->branch[at];
	uint64_t first = behaviour(audit, walk, at, 0);
	subset_wide low = 1, high = branch->bound;	/* the turn is within low..high */
	struct random random = { 8 };
	int i;

	if (last_bound == high && last_turn < high &&
	    behaviour(audit, walk, at, last_turn - 1) == first &&
	    behaviour(audit, walk, at, last_turn) != first)
		low = high = last_turn;
	while (low < high) {
		subset_wide middle = low + (high - low) / 2;

		if (behaviour(audit, walk, at, middle) == first)
			low = middle + 1;
		else
			high = middle;
	}
	branch->turn = last_turn = low;
	last_bound = branch->bound;
	for (i = 0; i < 8; i++) {
		subset_wide value = random_u64(&random) % branch->bound;

		assert_true((behaviour(audit, walk, at, value) == first) == (value < low));
	}
}

static void add_chance(struct chances *chances, const struct transcript *said, long double chance)
{
	uint32_t i;

	for (i = 0; i < chances->count; i++)
		if (memcmp(&chances->seen[i], said, sizeof(*said)) == 0)
			break;
	assert_true(i < TRANSCRIPTS);
	if (i == chances->count) {
		chances->seen[chances->count++] = *said;
		chances->chance[i] = 0;
	}
	chances->chance[i] += chance;
}

/* The next script: the last draw that has another value takes it, and what followed is forgotten. */
static bool advance(struct walk *walk)
{
	while (walk->known > 0) {
		struct branch *last = &walk->branch[walk->known - 1];

		if (last->bound <= SMALL ? last->at + 1 < last->bound :
		    last->at == 0 && last->turn < last->bound) {
			last->at++;
			return true;
		}
		walk->known--;
	}
	return false;
}

/* The chances of all transcripts, exactly but for the rounding of the type (2^-64). */
static void explore(const struct audit *audit, struct chances *out)
{
	static struct walk walk;
	long double sum = 0;
	uint32_t i;

	memset(&walk, 0, sizeof(walk));
	walk.probe_at = UINT32_MAX;
	out->count = 0;
	do {
		struct transcript said;
		long double chance = 1;

		run(&walk, audit->mechanism, audit->history, audit->ask, audit->asks, &said);
		assert_true(walk.used == walk.known);
		for (i = 0; i < walk.known; i++) {
			struct branch *branch = &walk.branch[i];
			long double bound = (long double)branch->bound;

			if (branch->bound > SMALL && branch->turn == 0)
				find_turn(audit, &walk, i);
			if (branch->bound <= SMALL)
				chance /= bound;
			else if (branch->at == 0)
				chance *= (long double)branch->turn / bound;
			else
				chance *= 1 - (long double)branch->turn / bound;
		}
		add_chance(out, &said, chance);
		sum += chance;
	} while (advance(&walk));
	assert_true(fabsl(sum - 1) < 1e-12L);
}

static long double chance_of(const struct chances *chances, const struct transcript *said)
{
	uint32_t i;

	for (i = 0; i < chances->count; i++)
		if (memcmp(&chances->seen[i], said, sizeof(*said)) == 0)
			return chances->chance[i];
	return 0;
}

/* ---- the rules ---- */

/* All that is said but for which set it is. */
static struct transcript outline(const struct transcript *said)
{
	struct transcript out = *said;
	int i;

	for (i = 0; i < ASKS; i++)
		out.answer[i].set = said->answer[i].set != 0;
	return out;
}

static uint64_t charged(const struct transcript *said)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < ASKS; i++)
		sum += said->answer[i].charged;
	return sum;
}

/* LOUD and TELLING over all pairs of histories; the largest ratio into *worst. */
static int compare_histories(struct audit audit, long double *worst)
{
	static struct chances all[THINGS], outlines[THINGS];
	uint32_t a, b, i;
	int found = 0;

	for (a = 0; a < THINGS; a++) {
		audit.history = a;
		explore(&audit, &all[a]);
		outlines[a].count = 0;
		for (i = 0; i < all[a].count; i++) {
			struct transcript said = outline(&all[a].seen[i]);

			add_chance(&outlines[a], &said, all[a].chance[i]);
		}
	}
	*worst = 1;
	for (a = 0; a < THINGS; a++)
		for (b = 0; b < THINGS; b++) {
			for (i = 0; i < all[a].count; i++) {
				const struct transcript *said = &all[a].seen[i];
				long double other = chance_of(&all[b], said);
				long double ratio = other == 0 ? INFINITY : all[a].chance[i] / other;
				long double bound = (long double)charged(said) / BUDGET_ONE;

				*worst = ratio > *worst ? ratio : *worst;
				if (ratio > expl(bound) * (1 + 1e-12L))
					found |= LOUD;
			}
			for (i = 0; i < outlines[a].count; i++)
				if (fabsl(outlines[a].chance[i] -
					  chance_of(&outlines[b], &outlines[a].seen[i])) > 1e-12L)
					found |= TELLING;
		}
	return found;
}

/* The same ask, permuted: in every transcript the same set, and nothing charged. */
static int check_same(struct audit audit)
{
	static struct chances chances;
	int found = 0;
	uint32_t i;

	assert_int_equal(audit.asks, 2);
	explore(&audit, &chances);
	for (i = 0; i < chances.count; i++) {
		const struct box_answer *answers = chances.seen[i].answer;

		if (answers[0].set != answers[1].set || answers[1].charged != 0)
			found = UNSTEADY;
	}
	return found;
}

/* Another ask: from its list, and independent of the first answer (the joint chances are the
 * products of their own). */
static int check_other(struct audit audit)
{
	static struct chances joint, first, second;
	uint32_t i, k, list = 0;

	assert_int_equal(audit.asks, 2);
	explore(&audit, &joint);
	first.count = second.count = 0;
	for (i = 0; i < audit.ask[1].count; i++)
		list |= 1U << audit.ask[1].list[i];
	for (i = 0; i < joint.count; i++) {
		struct transcript one = joint.seen[i], two = joint.seen[i];

		if ((joint.seen[i].answer[1].set & ~list) != 0)
			return SHARED;
		memset(&one.answer[1], 0, sizeof(one.answer[1]));
		memset(&two.answer[0], 0, sizeof(two.answer[0]));
		add_chance(&first, &one, joint.chance[i]);
		add_chance(&second, &two, joint.chance[i]);
	}
	for (i = 0; i < first.count; i++)
		for (k = 0; k < second.count; k++) {
			struct transcript both = first.seen[i];

			both.answer[1] = second.seen[k].answer[1];
			if (fabsl(chance_of(&joint, &both) -
				  first.chance[i] * second.chance[k]) > 1e-12L)
				return SHARED;
		}
	return 0;
}

static const struct box_ask plain = {
	"https://a.example", "music", 7, BUDGET_ONE, { 0, 1, 2, 3, 4 }, 5, 2,
};

static int audit_box(void (*mechanism)(struct box *, const struct box_ask *, struct box_answer *))
{
	struct box_ask ask[2] = { plain, plain };
	struct audit audit = { mechanism, ask, 1, 0 };
	long double worst;
	int found = compare_histories(audit, &worst), i;

	audit.asks = 2;
	for (i = 0; i < LIST; i++)
		ask[1].list[i] = plain.list[(i * 2 + 1) % LIST];
	found |= compare_histories(audit, &worst) | check_same(audit);
	for (i = 0; i < 5; i++) {
		ask[1] = plain;
		if (i == 0)
			ask[1].epoch++;
		else if (i == 1)
			ask[1].service = "https://b.example";
		else if (i == 2)
			ask[1].domain = "films";
		else
			ask[1].list[4] = i == 3 ? 5 : 7;
		found |= compare_histories(audit, &worst) | check_other(audit);
	}
	return found;
}

static void test_right(void **state)
{
	(void)state;
	assert_int_equal(audit_box(right), 0);
}

static void test_broken(void **state)
{
	(void)state;
	assert_int_equal(audit_box(half_the_noise), LOUD);
	assert_int_equal(audit_box(key_without_list), SHARED);
	assert_int_equal(audit_box(key_without_epoch), SHARED);
	assert_int_equal(audit_box(key_in_order), UNSTEADY);
	assert_true((audit_box(fresh_and_free) & (LOUD | UNSTEADY)) == (LOUD | UNSTEADY));
	assert_true((audit_box(refuses_by_data) & TELLING) != 0);
	assert_true((audit_box(charges_by_data) & TELLING) != 0);
}

/* More asks than the budget has room for: refusals, at the same place for all histories. */
static void test_refusals(void **state)
{
	struct box_ask ask[3] = { plain, plain, plain };
	struct audit audit = { right, ask, 3, 0 };
	struct chances *chances = malloc(sizeof(*chances));
	long double worst;
	uint32_t i;

	(void)state;
	ask[0].epsilon = ask[1].epsilon = 4ULL * BUDGET_ONE;
	ask[0].size = ask[1].size = 1;
	ask[0].count = ask[1].count = ask[2].count = 3;
	ask[1].epoch++;
	assert_int_equal(compare_histories(audit, &worst), 0);
	explore(&audit, chances);
	for (i = 0; i < chances->count; i++) {
		assert_int_equal(chances->seen[i].answer[2].set, 0);
		assert_int_not_equal(chances->seen[i].answer[1].set, 0);
	}
	free(chances);
}

/* ---- averaging ---- */

static void make_repeats(struct box_ask ask[ASKS])
{
	struct random random = { 30 };
	uint32_t i, k;

	for (i = 0; i < ASKS; i++) {
		ask[i] = plain;
		for (k = LIST - 1; k > 0; k--) {
			uint32_t with = random_below(&random, k + 1), kept = ask[i].list[k];

			ask[i].list[k] = ask[i].list[with];
			ask[i].list[with] = kept;
		}
	}
}

/* Thirty asks, repeated and permuted, against one: the same ratio to the last bit. */
static void test_averaging_exact(void **state)
{
	struct box_ask ask[ASKS];
	struct audit audit = { right, ask, 1, 0 };
	long double one, thirty;

	(void)state;
	make_repeats(ask);
	assert_int_equal(compare_histories(audit, &one), 0);
	audit.asks = ASKS;
	assert_int_equal(compare_histories(audit, &thirty), 0);
	assert_true(one == thirty);
	assert_true(one > 2.718L && one <= expl(1));
}

static int seeded(void *context, subset_wide bound, subset_wide *out)
{
	*out = (((subset_wide)random_u64(context) << 32) | random_u64(context) >> 32) % bound;
	return 0;
}

/* How often the thing that came back most often is the best of the list, of `rounds` people. */
static uint32_t guesses(void (*mechanism)(struct box *, const struct box_ask *,
			struct box_answer *), uint32_t asks, uint32_t rounds)
{
	struct random drawn = { 1 }, tie = { 2 }, people = { 3 };
	struct box_ask ask[ASKS];
	uint32_t round, right_ones = 0, i, k;

	make_repeats(ask);
	for (round = 0; round < rounds; round++) {
		struct box box = { .answer = mechanism, .draw = seeded, .context = &drawn };
		uint32_t times[THINGS] = { 0 }, guess = 0, most = 0, as_many = 0;

		box.history = random_below(&people, THINGS);
		for (i = 0; i < asks; i++) {
			struct box_answer answered;

			box.answer(&box, &ask[i], &answered);
			for (k = 0; k < THINGS; k++)
				times[k] += answered.set >> k & 1;
		}
		for (k = 0; k < THINGS; k++)
			most = times[k] > most ? times[k] : most;
		for (k = 0; k < THINGS; k++)
			if (times[k] == most && random_below(&tie, ++as_many) == 0)
				guess = k;
		right_ones += guess == plain.list[best_of(&box, &plain)];
	}
	return right_ones;
}

/*
 * The same by numbers, and that they would have shown it. A guess from one answer of k = 2 of
 * N = 5 at epsilon 1 is right with probability e / (k e + N - k) = 0.3222, so that 10,000 people
 * give 3,222 right ones with a standard deviation of 46.7; 250 off are 5.3 of them, so that a
 * right mechanism is accused less often than once in 8 million seeds.
 */
static void test_averaging_counted(void **state)
{
	uint32_t one = guesses(right, 1, 10000), thirty = guesses(right, ASKS, 10000);
	uint32_t fresh = guesses(fresh_and_free, ASKS, 10000);

	(void)state;
	print_message("of 10000: one ask %u, thirty asks %u, fresh answers %u\n", one, thirty, fresh);
	assert_int_equal(one, thirty);
	assert_true(one > 3222 - 250 && one < 3222 + 250);
	assert_true(fresh > 7500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_averaging_exact),
		cmocka_unit_test(test_averaging_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
