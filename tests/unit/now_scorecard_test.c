/* The card of a kind: counts by hand, and the interval of the effect against known truths. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/fixed.h"
#include "base/random.h"
#include "now/discipline.h"
#include "now/scorecard.h"
#include "places/visit.h"

#define NOW 1600000000000

static double unit(struct random *random)
{
	return (double)(random_u64(random) >> 11) * 0x1p-53;
}

static double share(int32_t fixed)
{
	return (double)fixed / FIXED_ONE;
}

static struct discipline_entry entry(int kind, int day, bool said, int outcome, int achieved)
{
	return (struct discipline_entry){
		.time = NOW - day * VISIT_DAY_MS, .kind = (uint8_t)kind, .hold = FIXED_ONE / 8,
		.minutes = DISCIPLINE_NO_MINUTES, .outcome = (uint8_t)outcome,
		.state = (uint8_t)(said ? DISCIPLINE_SAID : DISCIPLINE_WITHHELD),
		.achieved = (uint8_t)achieved,
	};
}

static void counts_by_hand(void **state)
{
	struct discipline_entry log[10];
	struct scorecard_kind card[PROMPT_KINDS];
	size_t n = 0;

	(void)state;
	log[n] = entry(PROMPT_NEWS, 0, true, DISCIPLINE_USED, DISCIPLINE_ACHIEVED);
	log[n++].minutes = 5;
	log[n] = entry(PROMPT_NEWS, 3, true, DISCIPLINE_DISMISSED, DISCIPLINE_UNKNOWN);
	log[n++].minutes = -7;
	log[n] = entry(PROMPT_NEWS, 1, true, DISCIPLINE_DISLIKED, DISCIPLINE_UNKNOWN);
	log[n++].minutes = 9;
	log[n] = entry(PROMPT_NEWS, 27, true, DISCIPLINE_NONE, DISCIPLINE_NOT_ACHIEVED);
	log[n++].minutes = 2;
	log[n++] = entry(PROMPT_NEWS, 2, false, DISCIPLINE_NONE, DISCIPLINE_ACHIEVED);
	log[n++] = entry(PROMPT_NEWS, 28, true, DISCIPLINE_USED, DISCIPLINE_ACHIEVED);	/* too old */
	log[n++] = entry(PROMPT_NEWS, -1, true, DISCIPLINE_USED, DISCIPLINE_ACHIEVED);	/* to come */
	log[n++] = entry(PROMPT_LUNCH, 2, true, DISCIPLINE_USED, DISCIPLINE_ACHIEVED);
	assert_int_equal(scorecard_make(log, n, NOW, card, NULL), 0);
	assert_int_equal(card[PROMPT_NEWS].said, 4);
	assert_int_equal(card[PROMPT_NEWS].withheld, 1);
	assert_int_equal(card[PROMPT_NEWS].used, 1);
	assert_int_equal(card[PROMPT_NEWS].dismissed, 1);
	assert_int_equal(card[PROMPT_NEWS].creepy, 1);
	assert_int_equal(card[PROMPT_NEWS].minutes, 2);		/* of -7 2 5 9 the lower middle */
	assert_int_equal(card[PROMPT_NEWS].minutes_count, 4);
	assert_false(card[PROMPT_NEWS].effect.known);
	assert_int_equal(card[PROMPT_NEWS].effect.said, 2);
	assert_int_equal(card[PROMPT_LUNCH].said, 1);
	assert_false(card[PROMPT_LUNCH].minutes_known);
	assert_int_equal(scorecard_make(NULL, 0, NOW, card, NULL), 0);
	assert_int_equal(card[PROMPT_STEPS].said, 0);
}

/* Newcombe (1998), table II, method 10: 56/70 - 48/80 and 9/10 - 3/10. */
static void published_intervals(void **state)
{
	static const struct { int a, m, b, n; double low, high; } table[] = {
		{ 56, 70, 48, 80, .0524, .3339 }, { 9, 10, 3, 10, .1705, .8090 },
		{ 10, 10, 0, 20, .6791, 1.0 }, { 5, 56, 0, 29, -.0381, .1926 },
	};
	size_t t;

	(void)state;
	for (t = 0; t < sizeof(table) / sizeof(table[0]); t++) {
		struct scorecard_side side[2];
		struct scorecard_effect effect;
		struct discipline_entry e;
		int i;

		memset(side, 0, sizeof(side));
		for (i = 0; i < table[t].m + table[t].n; i++) {
			bool said = i < table[t].m;
			bool yes = said ? i < table[t].a : i - table[t].m < table[t].b;

			e = entry(PROMPT_NEWS, 0, said, 0, yes ? DISCIPLINE_ACHIEVED :
				  DISCIPLINE_NOT_ACHIEVED);
			scorecard_add(side, &e, 1);
		}
		scorecard_compare(side, &effect);
		assert_true(effect.known);
		assert_true(fabs(share(effect.low) - table[t].low) < 6e-5);
		assert_true(fabs(share(effect.high) - table[t].high) < 6e-5);
	}
}

struct truth {
	double base, effect, hold;
	int sends;
	double late_base, late_hold;	/* of the second half of the days */
};

/* How often the interval has the truth in it; the mean estimate in *mean. */
static double coverage(const struct truth *truth, struct random *random, double *mean, int *known)
{
	static struct discipline_entry log[2000];
	struct scorecard_kind card[PROMPT_KINDS];
	int held = 0, run, i;

	*known = 0;
	*mean = 0;
	for (run = 0; run < 2000; run++) {
		const struct scorecard_effect *effect = &card[PROMPT_STEPS].effect;

		for (i = 0; i < truth->sends; i++) {
			bool late = i * 2 >= truth->sends;
			double hold = late ? truth->late_hold : truth->hold;
			double base = late ? truth->late_base : truth->base;
			bool said = unit(random) >= hold;

			log[i] = entry(PROMPT_STEPS, 0, said, 0, unit(random) < base + (said ? truth->effect : 0) ?
				       DISCIPLINE_ACHIEVED : DISCIPLINE_NOT_ACHIEVED);
			log[i].time = NOW - 27 * VISIT_DAY_MS + i;
			log[i].hold = (int32_t)(hold * FIXED_ONE);
		}
		assert_int_equal(scorecard_make(log, (size_t)truth->sends, NOW, card, NULL), 0);
		if (!effect->known)
			continue;
		assert_true(effect->low <= effect->effect && effect->effect <= effect->high);
		(*known)++;
		*mean += share(effect->effect);
		held += share(effect->low) <= truth->effect && truth->effect <= share(effect->high);
	}
	*mean /= *known > 0 ? *known : 1;
	return (double)held / (*known > 0 ? *known : 1);
}

static void intervals_cover(void **state)
{
	static const struct truth truth[] = {
		{ .3, .3, .125, 84, .3, .125 }, { .3, 0, .125, 84, .3, .125 },
		{ .05, .1, .125, 84, .05, .125 }, { .5, .4, .125, 56, .5, .125 },
		{ .9, -.2, .25, 60, .9, .25 }, { .2, .3, .5, 40, .2, .5 },
		{ 0, 0, .125, 84, 0, .125 }, { .4, .2, .125, 600, .4, .125 },
		/* what comes about anyway and the hold-out share change together */
		{ .1, .2, .5, 400, .6, .1 }, { .7, .1, .1, 400, .1, .5 },
	};
	struct random random = { 11 };
	size_t t;

	(void)state;
	for (t = 0; t < sizeof(truth) / sizeof(truth[0]); t++) {
		double mean, covered;
		int known;

		covered = coverage(&truth[t], &random, &mean, &known);
		print_message("base %.2f effect %+.2f hold %.3f n %d: mean %+.3f, covered %.3f of %d known\n",
			      truth[t].base, truth[t].effect, truth[t].hold, truth[t].sends, mean, covered,
			      known);
		assert_true(covered >= .92);
		/* shrinking nothing: the estimate has no bias beyond the noise of its mean */
		assert_true(fabs(mean - truth[t].effect) < .02);
	}
}

/* Without weights the change of both would look like an effect of its own. */
static void weights_matter(void **state)
{
	const struct truth truth = { .1, .2, .5, 400, .6, .1 };
	struct random random = { 5 };
	double plain = 0, mean, n[2] = { 0, 0 }, yes[2] = { 0, 0 };
	int known, i;

	(void)state;
	coverage(&truth, &random, &mean, &known);
	for (i = 0; i < 400000; i++) {
		bool late = i % 2, said = unit(&random) >= (late ? .1 : .5);

		n[said]++;
		yes[said] += unit(&random) < (late ? .6 : .1) + (said ? .2 : 0);
	}
	plain = yes[1] / n[1] - yes[0] / n[0];
	assert_true(plain > .3 && fabs(mean - .2) < .01);
}

/* What could only go one way, or has an unknown end, tells nothing. */
static void left_out(void **state)
{
	struct scorecard_side side[2];
	struct discipline_entry e = entry(PROMPT_NEWS, 0, true, 0, DISCIPLINE_ACHIEVED);

	(void)state;
	memset(side, 0, sizeof(side));
	e.hold = 0;
	scorecard_add(side, &e, 1);
	e.hold = FIXED_ONE;
	scorecard_add(side, &e, 1);
	e.hold = FIXED_ONE / 8;
	e.achieved = DISCIPLINE_UNKNOWN;
	scorecard_add(side, &e, 1);
	assert_int_equal(side[0].count + side[1].count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_hand),
		cmocka_unit_test(published_intervals),
		cmocka_unit_test(intervals_cover),
		cmocka_unit_test(weights_matter),
		cmocka_unit_test(left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
