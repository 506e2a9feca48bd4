/* Discipline against adversarial candidates: caps, quiet hours, chances and retirement. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fixed.h"
#include "base/random.h"
#include "now/discipline.h"
#include "now/draw.h"
#include "places/visit.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)
#define MOST 4096

static double unit(struct random *random)
{
	return (double)(random_u64(random) >> 11) * 0x1p-53;
}

static struct prompt make(enum prompt_kind kind, bool critical, int64_t from, int64_t until)
{
	struct prompt prompt = { .kind = kind, .from = from, .until = until, .chance = -1,
				 .critical = critical };

	return prompt;
}

static struct discipline_settings allow_all(void)
{
	struct discipline_settings settings = discipline_usual;
	int kind;

	for (kind = 0; kind < PROMPT_KINDS; kind++)
		settings.kind[kind].allowed = true;
	return settings;
}

static struct discipline_entry entry_of(const struct discipline_candidate *candidate,
					const struct discipline_decision *decision, int64_t now,
					int16_t zone)
{
	return (struct discipline_entry){
		.time = now, .about = candidate->about, .propensity = decision->propensity,
		.hold = decision->hold, .minutes = DISCIPLINE_NO_MINUTES, .zone = zone,
		.kind = (uint8_t)candidate->prompt->kind, .state = (uint8_t)decision->state,
		.critical = candidate->prompt->critical,
	};
}

/* One decision about one prompt. */
static struct discipline_decision one(const struct discipline_settings *settings,
				      const struct discipline_entry *log, size_t count,
				      const struct prompt *prompt, uint64_t about, int64_t now,
				      int16_t zone, uint64_t seed)
{
	struct discipline_candidate candidate = { prompt, about };
	struct discipline_decision decision;
	struct discipline_result result;

	discipline_decide(settings, log, count, &candidate, 1, now, zone, seed, &decision, &result);
	return decision;
}

/* ---- a year and more of a person who is offered everything all the time ---- */

struct person {
	struct discipline_settings settings;
	struct random random;
	int64_t now;
	int16_t zone, home;
	int style;			/* 0 summer time, 1 journeys, 2 both and a clock set back */
	size_t count;
	struct discipline_entry log[MOST];
	uint64_t next;
	size_t said, withheld, ordinary;
};

static int minute_of(int64_t time, int16_t zone)
{
	int64_t minute = (time + zone * MINUTE) / MINUTE % 1440;

	return (int)(minute < 0 ? minute + 1440 : minute);
}

/* By the words of the rules, without the code's own arithmetic. */
static bool in_span(int minute, int from, int until)
{
	return from == until ? false : from < until ? minute >= from && minute < until :
	       minute >= from || minute < until;
}

static void check_caps(const struct person *person)
{
	const struct discipline_settings *settings = &person->settings;
	const struct discipline_entry *last = &person->log[person->count - 1];
	uint32_t date = 0, rolling = 0, kind_date = 0, kind_rolling = 0, ordinary = 0, utc = 0;
	size_t i;

	for (i = person->count > 200 ? person->count - 200 : 0; i < person->count; i++) {
		const struct discipline_entry *entry = &person->log[i];
		bool same = floor((double)(entry->time + entry->zone * MINUTE) / 864e5) ==
			    floor((double)(last->time + last->zone * MINUTE) / 864e5);
		bool near = entry->time > last->time - 24 * HOUR;

		date += same;
		rolling += near;
		utc += entry->time / 86400000 == last->time / 86400000;
		kind_date += same && entry->kind == last->kind;
		kind_rolling += near && entry->kind == last->kind;
		ordinary += same && !entry->critical;
	}
	assert_true(date <= settings->cap && rolling <= settings->cap && utc <= settings->cap);
	assert_true(kind_date <= settings->kind[last->kind].cap);
	assert_true(kind_rolling <= settings->kind[last->kind].cap);
	assert_true(ordinary + settings->kept <= settings->cap);
}

static void check_entry(const struct person *person)
{
	const struct discipline_settings *settings = &person->settings;
	const struct discipline_entry *last = &person->log[person->count - 1];
	int minute = minute_of(last->time, last->zone);
	bool batch = false;
	uint32_t b;
	size_t i;

	assert_true(settings->kind[last->kind].allowed && !settings->off);
	if (in_span(minute, settings->quiet_from, settings->quiet_until))
		assert_true(last->critical && settings->quiet_critical);
	for (b = 0; b < settings->batches; b++)
		batch |= in_span(minute, settings->batch[b],
				 (settings->batch[b] + settings->window) % 1440);
	assert_true(last->critical || batch);
	for (i = 0; i + 1 < person->count; i++)
		assert_true(person->log[i].about != last->about);
	assert_true(last->propensity >= 1 && last->propensity <= FIXED_ONE);
	check_caps(person);
}

static void poll(struct person *person)
{
	struct prompt prompt[2 * PROMPT_KINDS];
	struct discipline_candidate candidate[2 * PROMPT_KINDS];
	struct discipline_decision decision[2 * PROMPT_KINDS];
	struct discipline_result result;
	size_t i, from = person->count > 64 ? person->count - 64 : 0;

	for (i = 0; i < 2 * PROMPT_KINDS; i++) {
		prompt[i] = make((enum prompt_kind)(i / 2), i % 2 != 0 && random_u64(&person->random) % 64 == 0,
				 person->now - HOUR,
				 person->now + (int64_t)(random_u64(&person->random) % (2 * HOUR)));
		/* some of what was decided before comes again */
		candidate[i] = (struct discipline_candidate){ &prompt[i], person->count > 0 &&
			random_u64(&person->random) % 4 == 0 ?
			person->log[person->count - 1].about : person->next++ };
	}
	discipline_decide(&person->settings, person->log + from, person->count - from, candidate,
			  2 * PROMPT_KINDS, person->now, person->zone, random_u64(&person->random),
			  decision, &result);
	for (i = 0; i < 2 * PROMPT_KINDS; i++) {
		if (decision[i].state > DISCIPLINE_WITHHELD)
			continue;
		assert_true(person->count < MOST);
		person->log[person->count] = entry_of(&candidate[i], &decision[i], person->now,
						      person->zone);
		person->log[person->count].outcome = decision[i].state == DISCIPLINE_SAID ?
			(uint8_t)(random_u64(&person->random) % 3) : 0;
		person->count++;
		person->said += decision[i].state == DISCIPLINE_SAID;
		person->withheld += decision[i].state == DISCIPLINE_WITHHELD;
		person->ordinary += !candidate[i].prompt->critical;
		check_entry(person);
	}
}

static void move_zone(struct person *person, int day)
{
	int season = day % 365;

	if (person->style != 1)
		person->zone = (int16_t)(person->home + (season > 85 && season < 300 ? 60 : 0));
	if (person->style != 0 && day % 3 == 0)		/* far journeys, the date line too */
		person->zone = (int16_t)((int)(random_u64(&person->random) % 27) * 60 - 12 * 60);
}

static void settle(struct person *person, uint64_t seed)
{
	struct discipline_settings *settings = &person->settings;
	struct random *random = &person->random;
	uint32_t kind;

	memset(person, 0, sizeof(*person));
	random->state = seed;
	*settings = allow_all();
	for (kind = 0; kind < PROMPT_KINDS; kind++) {
		settings->kind[kind].allowed = random_u64(random) % 4 != 0;
		settings->kind[kind].cap = (uint32_t)(random_u64(random) % 4);
		/* whatever happens, evidence is no reason to be silent in this test */
		settings->kind[kind].since = INT64_MAX;
	}
	settings->cap = (uint32_t)(1 + random_u64(random) % 5);
	settings->kept = (uint32_t)(random_u64(random) % 2);
	settings->batch[1] = (int16_t)(random_u64(random) % 1440);
	settings->window = (int16_t)(1 + random_u64(random) % 120);
	if (seed % 3 != 0) {
		settings->quiet_from = (int16_t)(random_u64(random) % 1440);
		settings->quiet_until = (int16_t)(random_u64(random) % 1440);
	}
	settings->quiet_critical = random_u64(random) % 4 == 0;
	person->now = 1500000000000 + (int64_t)(random_u64(random) % 1000000000);
	person->style = (int)(seed % 3);
	person->home = person->zone = (int16_t)((int)(random_u64(random) % 25) * 60 - 12 * 60 + 30);
	person->next = 1;
}

static void no_cap_exceeded(void **state)
{
	struct person *person = malloc(sizeof(*person));
	size_t days = 0, said = 0, withheld = 0, ordinary = 0;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 40; seed++) {
		int day, step;

		settle(person, seed);
		for (day = 0; day < 250; day++, days++) {
			int64_t end = person->now + 24 * HOUR;

			move_zone(person, day);
			while (person->now < end) {
				poll(person);
				step = (int)(1 + random_u64(&person->random) % 60);
				person->now += step * MINUTE + (int64_t)(random_u64(&person->random) % 60000);
			}
		}
		said += person->said;
		withheld += person->withheld;
		ordinary += person->ordinary;
	}
	print_message("%zu days: %zu said, %zu withheld, %zu of them ordinary\n", days, said, withheld,
		      ordinary);
	assert_int_equal(days, 10000);
	assert_true(said > 10000 && ordinary > 5000);
	/* an eighth, within five deviations */
	assert_true(fabs((double)withheld / (double)(said + withheld) - .125) <
		    5 * sqrt(.125 * .875 / (double)(said + withheld)));
	free(person);
}

/* Each minute of days that are 23 and 25 hours long, and of a date that comes twice. */
static void dates_that_repeat(void **state)
{
	static const struct { int16_t before, after; } change[] = {
		{ 60, 120 }, { 120, 60 }, { 720, -660 }, { -600, 780 }, { 540, -480 },
	};
	struct person *person = malloc(sizeof(*person));
	size_t c;

	(void)state;
	for (c = 0; c < sizeof(change) / sizeof(change[0]); c++) {
		int minute;

		settle(person, 5);
		person->settings = allow_all();
		person->settings.quiet_from = person->settings.quiet_until = 0;
		for (minute = 0; minute < 5 * 1440; minute++) {
			person->zone = minute < 2 * 1440 + 60 * (int)c ? change[c].before : change[c].after;
			poll(person);
			person->now += MINUTE;
		}
		assert_true(person->count >= 12);
	}
	free(person);
}

/* ---- single rules, by hand ---- */

#define NINE (1600000000000 / VISIT_DAY_MS * VISIT_DAY_MS + 9 * HOUR)
#define NOON (NINE + 3 * HOUR)

static void rules_by_hand(void **state)
{
	struct discipline_settings settings = allow_all(), other;
	struct prompt news = make(PROMPT_NEWS, false, NINE - 4 * HOUR, NINE + 12 * HOUR);
	struct prompt leave = make(PROMPT_LEAVE, true, NINE - 4 * HOUR, NINE + 20 * HOUR);
	struct discipline_entry log[3];
	struct discipline_decision d;
	int i;

	(void)state;
	settings.holdout = 0;
	d = one(&settings, NULL, 0, &news, 1, NOON, 0, 1);
	assert_int_equal(d.state, DISCIPLINE_SAID);
	assert_int_equal(d.propensity, FIXED_ONE);
	assert_int_equal(one(&settings, NULL, 0, &news, 1, NINE, 0, 1).reason, DISCIPLINE_BETWEEN);
	assert_int_equal(one(&settings, NULL, 0, &leave, 1, NINE, 0, 1).state, DISCIPLINE_SAID);
	assert_int_equal(one(&settings, NULL, 0, &leave, 1, NINE, 14 * 60, 1).reason, DISCIPLINE_QUIET);
	assert_int_equal(one(&settings, NULL, 0, &leave, 1, NINE, -3 * 60, 1).reason, DISCIPLINE_QUIET);
	assert_int_equal(one(&settings, NULL, 0, &leave, 1, NINE, -2 * 60, 1).state, DISCIPLINE_SAID);
	other = settings;
	other.quiet_critical = true;
	assert_int_equal(one(&other, NULL, 0, &leave, 1, NINE, 14 * 60, 1).state, DISCIPLINE_SAID);
	assert_int_equal(one(&other, NULL, 0, &news, 1, NINE, 14 * 60, 1).reason, DISCIPLINE_QUIET);
	assert_int_equal(one(&settings, NULL, 0, &news, 1, NINE - 5 * HOUR, 4 * 60, 1).reason, DISCIPLINE_EARLY);
	assert_int_equal(one(&settings, NULL, 0, &news, 1, NINE + 13 * HOUR, 0, 1).reason, DISCIPLINE_OVER);
	other.off = true;
	assert_int_equal(one(&other, NULL, 0, &leave, 1, NOON, 0, 1).reason, DISCIPLINE_OFF);
	other = settings;
	other.cap = 0;
	assert_int_equal(one(&other, NULL, 0, &leave, 1, NOON, 0, 1).reason, DISCIPLINE_OFF);
	assert_int_equal(one(&discipline_usual, NULL, 0, &leave, 1, NOON, 0, 1).reason, DISCIPLINE_NOT_ALLOWED);
	/* two ordinary ones earlier this day: the last place is for a critical one */
	for (i = 0; i < 3; i++)
		log[i] = (struct discipline_entry){ .time = NINE - i * HOUR - HOUR, .about = 10 + (uint64_t)i,
			.kind = PROMPT_LUNCH, .state = i == 0 ? DISCIPLINE_WITHHELD : DISCIPLINE_SAID };
	assert_int_equal(one(&settings, log, 2, &news, 1, NOON, 0, 1).reason, DISCIPLINE_FULL);
	assert_int_equal(one(&settings, log, 2, &leave, 1, NOON, 0, 1).state, DISCIPLINE_SAID);
	assert_int_equal(one(&settings, log, 2, &leave, 11, NOON, 0, 1).reason, DISCIPLINE_DECIDED);
	assert_int_equal(one(&settings, log, 3, &leave, 1, NOON, 0, 1).reason, DISCIPLINE_FULL);
	/* 23 hours later another date, but not another 24 hours */
	leave.until += 48 * HOUR;
	assert_int_equal(one(&settings, log, 3, &leave, 1, NINE + 20 * HOUR + HOUR / 2, 120, 1).reason,
			 DISCIPLINE_FULL);
	assert_int_equal(one(&settings, log, 3, &leave, 1, NINE + 21 * HOUR, 120, 1).state, DISCIPLINE_SAID);
	settings.kind[PROMPT_NEWS].cap = 0;
	assert_int_equal(one(&settings, NULL, 0, &news, 1, NOON, 0, 1).reason, DISCIPLINE_KIND_FULL);
	settings.kind[PROMPT_NEWS].cap = 3;
	log[0].time = NOON - 5 * MINUTE;
	assert_int_equal(one(&settings, log, 1, &news, 1, NOON, 0, 1).reason, DISCIPLINE_BATCH_DONE);
}

static void creepy_stops(void **state)
{
	struct discipline_settings settings = allow_all();
	struct prompt news = make(PROMPT_NEWS, false, NINE, NINE + 12 * HOUR);
	struct discipline_candidate candidate = { &news, 7 };
	struct discipline_entry log = { .time = NINE - 90 * VISIT_DAY_MS, .about = 3, .kind = PROMPT_NEWS,
					.state = DISCIPLINE_SAID, .outcome = DISCIPLINE_DISLIKED };
	struct discipline_decision decision;
	struct discipline_result result;

	(void)state;
	discipline_decide(&settings, &log, 1, &candidate, 1, NOON, 0, 1, &decision, &result);
	assert_int_equal(decision.reason, DISCIPLINE_CREEPY);
	assert_int_equal(result.stopped, 1U << PROMPT_NEWS);
	settings.kind[PROMPT_NEWS].since = NINE - VISIT_DAY_MS;	/* allowed again */
	discipline_decide(&settings, &log, 1, &candidate, 1, NOON, 0, 1, &decision, &result);
	assert_int_equal(decision.reason, DISCIPLINE_DRAWN);
	assert_int_equal(result.stopped, 0);
}

/* ---- chances ---- */

/* A history of sends long enough ago to take no place. */
static size_t history(struct discipline_entry *log, struct random *random, const double *rate)
{
	size_t count = 0;
	int i, kind;

	for (i = 0; i < 25; i++)
		for (kind = 0; kind < PROMPT_KINDS; kind++)
			log[count++] = (struct discipline_entry){
				.time = NINE - (40 - i) * VISIT_DAY_MS, .about = 1000 + count,
				.kind = (uint8_t)kind, .state = DISCIPLINE_SAID, .hold = FIXED_ONE / 8,
				.outcome = unit(random) < rate[kind] ? DISCIPLINE_USED : DISCIPLINE_NONE,
			};
	return count;
}

static void propensities_are_frequencies(void **state)
{
	static const double rate[PROMPT_KINDS] = { .9, .35, .45, .4 };
	struct discipline_settings settings = allow_all();
	struct discipline_entry log[100];
	struct discipline_candidate candidate[PROMPT_KINDS];
	struct discipline_decision decision[PROMPT_KINDS];
	struct discipline_result result;
	struct prompt prompt[PROMPT_KINDS];
	struct random random = { 4 };
	size_t count = history(log, &random, rate), i;
	int times[PROMPT_KINDS][2] = { { 0 } }, chance[PROMPT_KINDS][2] = { { 0 } }, n = 5000, t;
	double sum = 0;

	(void)state;
	settings.kind[PROMPT_LEAVE].allowed = false;	/* never sampled, however good it was */
	for (i = 0; i < PROMPT_KINDS; i++) {
		prompt[i] = make((enum prompt_kind)i, false, NINE, NINE + 12 * HOUR);
		candidate[i] = (struct discipline_candidate){ &prompt[i], i + 1 };
	}
	for (t = 0; t < n; t++) {
		int decided = 0;

		discipline_decide(&settings, log, count, candidate, PROMPT_KINDS, NOON, 0, (uint64_t)t,
				  decision, &result);
		for (i = 0; i < PROMPT_KINDS; i++)
			if (decision[i].state <= DISCIPLINE_WITHHELD) {
				times[i][decision[i].state]++;
				chance[i][decision[i].state] = decision[i].propensity;
				decided++;
			}
		assert_int_equal(decided, 1);
	}
	assert_int_equal(times[PROMPT_LEAVE][0] + times[PROMPT_LEAVE][1], 0);
	for (i = 0; i < PROMPT_KINDS; i++)
		for (t = 0; t < 2; t++) {
			double p = (double)chance[i][t] / FIXED_ONE;

			sum += p;
			assert_true(fabs(times[i][t] - n * p) <= 4 * sqrt(n * p * (1 - p)));
			assert_true(i == PROMPT_LEAVE || times[i][t] > 5);
		}
	assert_true(fabs(sum - 1) < 1e-5);
	/* the same inputs, the same decision */
	for (t = 0; t < 50; t++) {
		struct discipline_decision again[PROMPT_KINDS];

		discipline_decide(&settings, log, count, candidate, PROMPT_KINDS, NOON, 0, (uint64_t)t,
				  decision, &result);
		discipline_decide(&settings, log, count, candidate, PROMPT_KINDS, NOON, 0, (uint64_t)t,
				  again, &result);
		assert_memory_equal(decision, again, sizeof(again));
	}
}

/* Against Beta densities summed in doubles: P(X1 is the largest) on a fine grid. */
static double best_of(const double (*count)[2], int kinds, int who)
{
	double below[4] = { 0 }, total[4] = { 0 }, sum = 0;
	int pass, k, j, fine = 20000;

	for (pass = 0; pass < 2; pass++)
		for (k = 0; k < fine; k++) {
			double p = (k + .5) / fine, product = 1, w[4];

			for (j = 0; j < kinds; j++) {
				w[j] = exp(count[j][0] * log(p) + count[j][1] * log(1 - p) -
					   count[j][0] * log(.5) - count[j][1] * log(.5));
				if (pass == 0)
					total[j] += w[j];
				else
					product *= (j == who ? w[j] : below[j] + w[j] / 2) / total[j];
				below[j] += pass == 1 ? w[j] : 0;
			}
			sum += pass == 1 ? product : 0;
		}
	return sum;
}

static void ways_sum_to_all(void **state)
{
	static const double counts[][4][2] = {
		{ { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
		{ { 10, 3 }, { 5, 9.5 }, { 1, 0 }, { 0, 12 } },
		{ { 30, 2 }, { 31, 2.5 }, { .3, 33 }, { 15, 15 } },
	};
	static struct draw_belief belief[4];
	static struct draw_scale scale;
	size_t c, i, n;

	(void)state;
	draw_scale_make(&scale);
	for (c = 0; c < 3; c++)
		for (n = 1; n <= 4; n++) {
			draw_wide sum = 0;

			for (i = 0; i < n; i++)
				draw_belief_make(&scale, (int64_t)(counts[c][i][0] * FIXED_ONE),
						 (int64_t)(counts[c][i][1] * FIXED_ONE), &belief[i]);
			for (i = 0; i < n; i++) {
				draw_wide ways = draw_ways(belief, (uint32_t)n, (uint32_t)i);
				double share = draw_propensity(ways, (uint32_t)n) / (double)FIXED_ONE;

				sum += ways;
				assert_true(fabs(share - best_of(counts[c], (int)n, (int)i)) < .01);
			}
			assert_true(sum == (draw_wide)1 << (DRAW_BITS * n));
		}
	/* of equal levels the earlier kind: two that are sure of the same one */
	memset(belief, 0, sizeof(belief));
	belief[0].mass[500] = belief[1].mass[500] = 1U << DRAW_BITS;
	assert_int_equal(draw_choose((const uint32_t[]){ 500, 500 }, 2), 0);
	assert_int_equal(draw_propensity(draw_ways(belief, 2, 0), 2), FIXED_ONE);
	assert_true(draw_ways(belief, 2, 1) == 0);
}

/* ---- retirement ---- */

struct life {
	double use, effect, base;
	bool wanted;			/* whether it came about is known */
};

/* Appends a decision a day by the life; returns whether it was a send. */
static bool live(struct discipline_entry *log, size_t *count, const struct life *life,
		 struct random *random)
{
	bool withheld = unit(random) < .125, used = !withheld && unit(random) < life->use;
	double rate = life->base + (withheld ? 0 : life->effect);
	bool achieved = used || unit(random) < (withheld ? rate : fmax(rate - life->use, 0) /
						fmax(1 - life->use, 1e-9));

	log[*count] = (struct discipline_entry){
		.time = NINE + (int64_t)*count * VISIT_DAY_MS, .about = *count, .kind = PROMPT_LUNCH,
		.hold = FIXED_ONE / 8, .state = withheld ? DISCIPLINE_WITHHELD : DISCIPLINE_SAID,
		.outcome = used ? DISCIPLINE_USED : DISCIPLINE_NONE,
		.achieved = (uint8_t)(!life->wanted ? DISCIPLINE_UNKNOWN : achieved ?
				      DISCIPLINE_ACHIEVED : DISCIPLINE_NOT_ACHIEVED),
	};
	(*count)++;
	return !withheld;
}

/* The sends until it retires, or `most` + 1. */
static int sends_until(struct discipline_entry *log, size_t *count, const struct life *life,
		       struct random *random, int most, int every, enum discipline_verdict *verdict)
{
	struct discipline_evidence evidence;
	int sends = 0;

	while (sends < most) {
		if (!live(log, count, life, random) || ++sends % every != 0)
			continue;
		discipline_judge(log, *count, PROMPT_LUNCH, 0, INT64_MAX, &evidence);
		*verdict = evidence.verdict;
		if (evidence.verdict != DISCIPLINE_KEEP)
			return sends;
	}
	return most + 1;
}

static void gone_after_decay(void **state)
{
	static const struct { int before; struct life useful, after; double least; } wear[] = {
		{ 60, { .5, .3, .3, true }, { 0, 0, .3, true }, 1 },
		{ 200, { .5, .3, .3, true }, { 0, 0, .3, true }, 1 },
		{ 40, { .5, .3, 0, false }, { 0, 0, 0, false }, .99 },
		{ 100, { .5, .3, .4, true }, { .02, 0, .4, true }, .95 },
		{ 100, { .4, .3, .4, true }, { 0, 0, .4, true }, .95 },
	};
	enum discipline_verdict verdict;
	size_t w;

	(void)state;
	for (w = 0; w < sizeof(wear) / sizeof(wear[0]); w++) {
		int seed, gone = 0, judged = 0, worst = 0;

		for (seed = 1; seed <= 300; seed++) {
			struct discipline_entry *log = malloc(sizeof(*log) * MOST);
			struct random random = { (uint64_t)seed * 77 + w };
			size_t count = 0;
			int sends;

			if (sends_until(log, &count, &wear[w].useful, &random, wear[w].before,
					wear[w].before, &verdict) > wear[w].before) {
				sends = sends_until(log, &count, &wear[w].after, &random, 60, 1, &verdict);
				judged++;
				gone += sends <= 30;
				worst = sends > worst ? sends : worst;
			}
			free(log);
		}
		print_message("use %.2f -> %.2f after %d sends: %d of %d gone within 30, worst %d\n",
			      wear[w].useful.use, wear[w].after.use, wear[w].before, gone, judged, worst);
		assert_true(judged > 290 && gone >= wear[w].least * judged);
	}
}

static void useful_stays(void **state)
{
	static const struct { struct life life; double most; } good[] = {
		{ { .5, .3, .3, true }, .01 }, { { .5, .3, .6, true }, .01 },
		{ { .5, .3, 0, false }, .01 }, { { .8, .5, .4, true }, .01 },
	};
	size_t g;

	(void)state;
	for (g = 0; g < sizeof(good) / sizeof(good[0]); g++) {
		int seed, errors = 0, lives = 100;

		for (seed = 1; seed <= lives; seed++) {
			struct discipline_entry *log = malloc(sizeof(*log) * MOST);
			struct random random = { (uint64_t)seed * 1009 + g };
			enum discipline_verdict verdict = DISCIPLINE_KEEP;
			size_t count = 0;

			errors += sends_until(log, &count, &good[g].life, &random, 1000, 20, &verdict) <= 1000;
			free(log);
		}
		print_message("use %.2f, effect %.2f, base %.2f: %d of %d retired by error in 1,000 sends\n",
			      good[g].life.use, good[g].life.effect, good[g].life.base, errors, lives);
		assert_true(errors <= 2 + good[g].most * lives);
	}
}

/* Retired: not said any more, and the result says so; allowed again, it starts anew. */
static void retires_aloud(void **state)
{
	struct discipline_settings settings = allow_all();
	struct prompt lunch = make(PROMPT_LUNCH, false, 0, INT64_MAX);
	struct discipline_candidate candidate = { &lunch, 99999 };
	struct discipline_decision decision;
	struct discipline_result result;
	struct discipline_entry log[50];
	struct life life = { 0, 0, 0, false };
	struct random random = { 3 };
	size_t count = 0;
	int64_t now = NOON + 60 * VISIT_DAY_MS;

	(void)state;
	while (count < 50)
		live(log, &count, &life, &random);
	discipline_decide(&settings, log, count, &candidate, 1, now, 0, 1, &decision, &result);
	assert_int_equal(decision.reason, DISCIPLINE_RETIRED);
	assert_int_equal(result.retired_count, 1);
	assert_int_equal(result.retired[0].kind, PROMPT_LUNCH);
	assert_int_equal(result.retired[0].verdict, DISCIPLINE_NO_USE);
	assert_int_equal(result.retired[0].used, 0);
	assert_true(result.retired[0].alive < FIXED_ONE / 50);
	settings.kind[PROMPT_LUNCH].since = now;
	discipline_decide(&settings, log, count, &candidate, 1, now, 0, 1, &decision, &result);
	assert_int_equal(decision.reason, DISCIPLINE_DRAWN);
	assert_int_equal(result.retired_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cap_exceeded),
		cmocka_unit_test(dates_that_repeat),
		cmocka_unit_test(rules_by_hand),
		cmocka_unit_test(creepy_stops),
		cmocka_unit_test(propensities_are_frequencies),
		cmocka_unit_test(ways_sum_to_all),
		cmocka_unit_test(gone_after_decay),
		cmocka_unit_test(useful_stays),
		cmocka_unit_test(retires_aloud),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
