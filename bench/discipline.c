/*
 * When kinds retire, over many invented lives: how soon after a kind has become useless, and how
 * often by error in 1,000 sends; and how long one decision takes.
 *
 *	build/bench/discipline [LIVES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "base/random.h"
#include "now/discipline.h"

#define MOST 4000

struct life {
	double use, effect, base;	/* chances of an answer, and of what is wanted */
	bool seen;			/* whether it came about is known */
	int swing;			/* sends from a high use rate to a low one; 0 none */
};

static struct discipline_entry decisions[MOST];
static size_t count;

static double unit(struct random *random)
{
	return (double)(random_u64(random) >> 11) * 0x1p-53;
}

static bool live(const struct life *life, struct random *random)
{
	double use = life->use, rest;
	bool withheld = unit(random) < .125, used, achieved;

	if (life->swing != 0)
		use *= count / (size_t)life->swing % 2 == 0 ? 1.6 : .4;
	used = !withheld && unit(random) < use;
	rest = (life->base + life->effect - use) / (1 - use);	/* without an answer */
	achieved = used || unit(random) < (withheld ? life->base : rest > 0 ? rest : 0);
	decisions[count] = (struct discipline_entry){
		.time = (int64_t)count * CLOCK_DAY_MS, .about = count, .kind = PROMPT_STEPS,
		.hold = FIXED_ONE / 8, .state = withheld ? DISCIPLINE_WITHHELD : DISCIPLINE_SAID,
		.outcome = used ? DISCIPLINE_USED : DISCIPLINE_NONE,
		.achieved = !life->seen ? DISCIPLINE_UNKNOWN :
			    achieved ? DISCIPLINE_ACHIEVED : DISCIPLINE_NOT_ACHIEVED,
	};
	count++;
	return !withheld;
}

/* Sends until it retires, judged after each `every`; most + 1 if it does not. */
static int sends(const struct life *life, struct random *random, int most, int every)
{
	struct discipline_evidence evidence;
	int n = 0;

	while (n < most && count < MOST) {
		if (!live(life, random) || ++n % every != 0)
			continue;
		discipline_judge(decisions, count, PROMPT_STEPS, 0, INT64_MAX, &evidence);
		if (evidence.verdict != DISCIPLINE_KEEP)
			return n;
	}
	return most + 1;
}

static int by_size(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void decay(int lives)
{
	static const struct { int before; struct life useful, after; } wear[] = {
		{ 30, { .5, .3, .3, true, 0 }, { 0, 0, .3, true, 0 } },
		{ 60, { .5, .3, .3, true, 0 }, { 0, 0, .3, true, 0 } },
		{ 200, { .5, .3, .3, true, 0 }, { 0, 0, .3, true, 0 } },
		{ 200, { .5, .3, .3, false, 0 }, { 0, 0, .3, false, 0 } },
		{ 200, { .5, .3, .3, true, 0 }, { .02, 0, .3, true, 0 } },
		{ 200, { .5, .3, .3, true, 0 }, { .05, 0, .3, true, 0 } },
		{ 200, { .3, .3, .3, true, 0 }, { 0, 0, .3, true, 0 } },
		{ 0, { .5, .3, .3, true, 0 }, { 0, 0, .3, false, 0 } },
		{ 0, { .5, .3, .3, true, 0 }, { 0, 0, .3, true, 0 } },
		{ 200, { 0, .7, .1, true, 0 }, { 0, 0, .1, true, 0 } },
		{ 200, { .5, .3, .3, true, 0 }, { .3, 0, .3, true, 0 } },
	};
	int *when = malloc(sizeof(*when) * (size_t)lives);
	size_t w;

	printf("becomes useless      after   gone within 30   median   99 %%   worst of %d lives\n",
	       lives);
	for (w = 0; w < sizeof(wear) / sizeof(wear[0]); w++) {
		const struct life *useful = &wear[w].useful, *after = &wear[w].after;
		int n = 0, gone = 0, before = wear[w].before, seed;

		for (seed = 1; seed <= lives; seed++) {
			struct random random = { (uint64_t)seed * 7919 + w };

			count = 0;
			if (before > 0 &&
			    sends(useful, &random, before, before) <= before)
				continue;
			when[n] = sends(after, &random, 400, 1);
			gone += when[n++] <= 30;
		}
		qsort(when, (size_t)n, sizeof(*when), by_size);
		printf("use %.2f -> %.2f %s  %5d   %.4f           %4d   %5d   %4d%s\n",
		       before > 0 ? useful->use : after->use, after->use,
		       after->seen ? "seen" : "    ", before, (double)gone / n, when[n / 2],
		       when[n * 99 / 100], when[n - 1], when[n - 1] > 400 ? " or more" : "");
	}
	free(when);
}

static void errors(int lives)
{
	static const struct life good[] = {
		{ .5, .3, .3, true, 0 }, { .5, .3, 0, true, 0 }, { .5, .3, .3, false, 0 },
		{ .8, .5, .2, true, 0 }, { .3, .3, .3, true, 0 }, { .2, .2, .3, true, 0 },
		{ .5, .3, .3, true, 7 }, { 0, .3, .3, true, 0 }, { .03, .5, .2, true, 0 },
	};
	size_t g;

	printf("stays useful              retired by error in 1,000 sends, of %d lives\n", lives);
	for (g = 0; g < sizeof(good) / sizeof(good[0]); g++) {
		int wrong = 0, seed;

		for (seed = 1; seed <= lives; seed++) {
			struct random random = { (uint64_t)seed * 104729 + g };

			count = 0;
			wrong += sends(&good[g], &random, 1000, 10) <= 1000;
		}
		printf("use %.2f effect %.2f %s%s  %.4f\n", good[g].use, good[g].effect,
		       good[g].seen ? "seen" : "    ", good[g].swing > 0 ? " weekly swing" : "",
		       (double)wrong / lives);
	}
}

static void speed(void)
{
	struct discipline_settings settings = discipline_usual;
	struct prompt prompt[PROMPT_KINDS];
	struct discipline_candidate candidate[PROMPT_KINDS];
	struct discipline_decision decision[PROMPT_KINDS];
	struct discipline_result result;
	struct random random = { 1 };
	const struct life life = { .5, .3, .3, true, 0 };
	double began;
	int k, run;

	for (count = 0; count < 2000;)
		live(&life, &random);
	for (k = 0; k < PROMPT_KINDS; k++) {
		settings.kind[k].allowed = true;
		prompt[k] = (struct prompt){ .kind = (enum prompt_kind)k, .until = INT64_MAX };
		candidate[k] = (struct discipline_candidate){ &prompt[k], 1000000 + (uint64_t)k };
	}
	began = clock_seconds();
	for (run = 0; run < 1000; run++)
		discipline_decide(&settings, decisions, count, candidate, PROMPT_KINDS,
				  3000 * CLOCK_DAY_MS + 12 * CLOCK_HOUR_MS, 0, (uint64_t)run,
				  decision, &result);
	printf("a decision with 2,000 before: %.0f us\n", (clock_seconds() - began) * 1e3);
}

int main(int argc, char **argv)
{
	int lives = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000;

	decay(lives);
	errors(lives);
	speed();
	return 0;
}
