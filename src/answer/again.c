/*
 * `again`: a domain that no pack serves, from the person's own history alone.
 *
 *   score(i) = rate[times i was taken] * sum over events e of i:
 *                  a(e) * (1 + age(e) / 1 day)^-1/2 * week(e, now)       (again.h)
 *            + 1/4 * the same sum over other things by the same creator   (things not had yet only)
 *            + what was told
 *
 * A power law is how returning fades (Anderson, Schooler 1991). Where things are taken again and
 * again (music, series, places ...) everything had is a candidate; where not (books), what was put
 * on a list and not had yet. The probability shown is how often, on the person's own latest events,
 * the thing at that place of the list was the one taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "again.h"
#include "answer.h"
#include "base/clock.h"
#include "base/text.h"
#include "taste/strength.h"
#include "variety.h"

#define TRIALS 48
#define TRIAL_EVENTS 20000	/* events before a trial that it looks at */
#define LEAST_TRIALS 10
#define PLACES 10
#define LOVED_EVENTS 5
#define DROPPED_DAYS 90
#define DROPPED_COUNT 5
#define NO_ITEM UINT32_MAX
#define VARIED 2000		/* so many of the best are looked at for variety */

struct again {
	const struct vault_history *history;
	struct told told;
	bool repeats;
	int64_t now;
	uint32_t from, until;		/* events looked at ... */
	uint32_t skip;			/* ... but this one; NO_ITEM: none */
	int16_t zone;			/* of `value` */
	int64_t *value;			/* [events] what each adds, before the rate */
	int32_t rate[AGAIN_TIMES];
	int64_t *score;			/* [items] */
	uint32_t *events;		/* [items] */
	uint32_t *last;			/* [items]: newest event + 1 */
	uint8_t *had, *out;		/* [items] */
};

bool answer_repeats(const char *domain)
{
	static const char *const once[] = { "films", "books", "news", "shop" };
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (strcmp(domain, once[i]) == 0)
			return false;
	return true;
}

static bool same_creator(const struct vault_item *a, const struct vault_item *b)
{
	return a->creator[0] != 0 && strcmp(a->creator, b->creator) == 0;
}

/* A thing's sum with its return rate: rounded once. A list is of things not taken yet. */
static int64_t rated(const struct again *again, int64_t sum, uint32_t events)
{
	return again->repeats ? fixed_multiply(sum, again_rate(again->rate, events)) : sum;
}

/* What each event adds at the time that it is; the same with a `skip` in the same zone. */
static void make_values(struct again *again)
{
	uint32_t e;

	again->zone = again_zone(again->history, again->from, again->until, again->skip);
	for (e = again->from; e < again->until; e++)
		again->value[e] = again_value(again->history, e, again->now, again->zone,
					      again->repeats);
}

/* The plain sums, from values that are made. */
static void sum_all(struct again *again)
{
	const struct vault_history *history = again->history;
	uint32_t e, i;

	memset(again->score, 0, sizeof(int64_t) * (history->item_count + 1));
	memset(again->events, 0, sizeof(uint32_t) * (history->item_count + 1));
	memset(again->last, 0, sizeof(uint32_t) * (history->item_count + 1));
	memset(again->had, 0, history->item_count + 1);
	for (e = again->from; e < again->until; e++) {
		if (e == again->skip)
			continue;
		i = history->item[e];
		again->score[i] += again->value[e];
		again->events[i]++;
		again->last[i] = e + 1;
		if (strength_had(history->verb[e]))
			again->had[i] = 1;
	}
	again_rates(again->events, history->item_count, again->rate);
	for (i = 0; i < history->item_count; i++)
		again->score[i] = rated(again, again->score[i], again->events[i]);
}

static void score_all(struct again *again)
{
	make_values(again);
	sum_all(again);
}

/* Things on a list gain from what else their creator made: quadratic in the listed things only. */
static int64_t creator_term(const struct again *again, uint32_t item, uint32_t other)
{
	const struct vault_history *history = again->history;

	if (other == item || again->had[other] == 0 ||
	    !same_creator(&history->items[item], &history->items[other]))
		return 0;
	return again->score[other] / 4;
}

static int64_t told_bonus(const struct again *again, uint32_t item, bool *never)
{
	const struct vault_item *it = &again->history->items[item];
	int64_t bonus = 0;
	uint32_t r;

	*never = told_not_me(&again->told, it->title, it->year);
	for (r = 0; r < again->told.count; r++)
		if (told_matches(&again->told.rule[r], it->title, it->creator, it->words)) {
			bonus += again->told.rule[r].bonus;
			*never = *never || again->told.rule[r].never;
		}
	return bonus;
}

static bool candidate(const struct again *again, uint32_t item)
{
	if (again->events[item] == 0 || again->out[item])
		return false;
	return again->repeats ? again->had[item] != 0 : again->had[item] == 0;
}

/* History items are ordered by content, so that a tie goes to the lower number for ever. */
static bool before(const struct again *again, uint32_t a, uint32_t b)
{
	if (again->score[a] != again->score[b])
		return again->score[a] > again->score[b];
	return a < b;
}

/* The best `most` candidates by insertion; returns how many. */
static uint32_t best(const struct again *again, uint32_t most, uint32_t *out)
{
	uint32_t count = 0, i, at;

	for (i = 0; i < again->history->item_count; i++) {
		if (!candidate(again, i))
			continue;
		if (count == most && !before(again, i, out[count - 1]))
			continue;
		count += count < most;
		for (at = count - 1; at > 0 && before(again, i, out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = i;
	}
	return count;
}

/* (hits + 1/2) / (trials + 10) for each place, neighbours pooled until no later place is likelier
 * than an earlier one; -1 where there were too few trials to say. */
static void pool_places(const uint32_t hits[PLACES], uint32_t trials, int32_t probability[PLACES])
{
	uint32_t sum[PLACES], width[PLACES], top = 0, k, i, at = 0;

	for (k = 0; k < PLACES; k++) {
		sum[top] = 2 * hits[k] + 1;
		width[top++] = 1;
		while (top > 1 && sum[top - 1] * width[top - 2] > sum[top - 2] * width[top - 1]) {
			sum[top - 2] += sum[top - 1];
			width[top - 2] += width[top - 1];
			top--;
		}
	}
	for (i = 0; i < top; i++)
		for (k = 0; k < width[i]; k++)
			probability[at++] = trials < LEAST_TRIALS ? -1 :
				(int32_t)(((int64_t)sum[i] << FIXED_BITS) /
					  (width[i] * (2 * trials + 20)));
}

/* How often the thing at each place was the one taken, on the latest events. */
static void calibrate(struct again *again, int32_t probability[PLACES])
{
	uint32_t n = (uint32_t)again->history->event_count, hits[PLACES] = { 0 }, trials = 0, t;
	uint32_t list[PLACES], k, got;
	int64_t now = again->now;

	for (t = n > TRIALS ? n - TRIALS : 1; again->repeats && t < n; t++) {
		again->until = t;
		again->from = t > TRIAL_EVENTS ? t - TRIAL_EVENTS : 0;
		again->now = again->history->time[t];
		score_all(again);
		got = best(again, PLACES, list);
		trials++;
		for (k = 0; k < got; k++)
			hits[k] += list[k] == again->history->item[t];
	}
	pool_places(hits, trials, probability);
	again->now = now;
	again->from = 0;
	again->until = n;
}

static struct tacit_cause *add(struct tacit_suggestion *out, const char *reason, int64_t value,
			       const char *label)
{
	struct tacit_cause *cause = &out->cause[out->cause_count++];

	memset(cause, 0, sizeof(*cause));
	snprintf(cause->reason, sizeof(cause->reason), "%s", reason);
	snprintf(cause->label, sizeof(cause->label), "%.250s", label);
	cause->contribution = value;
	out->score += value;
	return cause;
}

static int describe(const struct again *again, uint32_t item, struct tacit_suggestion *out,
		    struct error *error)
{
	const struct vault_history *history = again->history;
	const struct vault_item *it = &history->items[item];
	int64_t sum = 0;
	uint32_t e, i, r;

	out->cause = calloc(again->events[item] + TOLD_RULES_MAX + history->item_count + 2,
			    sizeof(*out->cause));
	if (out->cause == NULL)
		return error_memory(error);
	out->item = it->id;
	snprintf(out->title, sizeof(out->title), "%.255s", it->title);
	snprintf(out->creator, sizeof(out->creator), "%.255s", it->creator);
	snprintf(out->words, sizeof(out->words), "%.255s", it->words);
	out->year = it->year;
	for (e = again->from; e < again->until; e++)
		if (history->item[e] == item) {
			/* differences of the rounded running sum, so that they sum to it */
			int64_t before = rated(again, sum, again->events[item]);
			struct tacit_cause *cause;

			sum += again->value[e];
			cause = add(out, "again", rated(again, sum, again->events[item]) - before,
				    it->title);
			cause->event = history->event[e];
			cause->time = history->time[e];
			cause->events = 1;
		}
	for (i = 0; !again->repeats && i < history->item_count; i++) {
		int64_t value = creator_term(again, item, i);

		if (value != 0) {
			struct tacit_cause *cause = add(out, "creator", value,
							history->items[i].title);

			cause->event = history->event[again->last[i] - 1];
			cause->time = history->time[again->last[i] - 1];
			cause->events = again->events[i];
		}
	}
	for (r = 0; r < again->told.count; r++)
		if (again->told.rule[r].bonus != 0 &&
		    told_matches(&again->told.rule[r], it->title, it->creator, it->words))
			add(out, "told", again->told.rule[r].bonus,
			    again->told.rule[r].label)->fact = again->told.rule[r].fact;
	return 0;
}

static int dropped(struct again *again, struct tacit_answer *out, struct error *error)
{
	const struct vault_history *history = again->history;
	uint32_t list[DROPPED_COUNT], count = 0, i, at;
	int64_t newest = history->event_count > 0 ? history->time[history->event_count - 1] : 0;
	int result = 0;

	/* left long before the last thing taken: an old export is not a life that stopped */
	for (i = 0; again->repeats && i < history->item_count; i++) {
		if (again->out[i] || again->events[i] < LOVED_EVENTS ||
		    history->time[again->last[i] - 1] > newest - DROPPED_DAYS * CLOCK_DAY_MS)
			continue;
		if (count == DROPPED_COUNT && again->events[i] <= again->events[list[count - 1]])
			continue;
		count += count < DROPPED_COUNT;
		for (at = count - 1; at > 0 && again->events[i] > again->events[list[at - 1]]; at--)
			list[at] = list[at - 1];
		list[at] = i;
	}
	out->dropped = calloc(DROPPED_COUNT, sizeof(*out->dropped));
	if (out->dropped == NULL)
		return error_memory(error);
	for (i = 0; result == 0 && i < count; i++) {
		result = describe(again, list[i], &out->dropped[i], error);
		out->dropped[i].probability = -1;
		out->dropped[i].rank = i + 1;
		out->dropped_count = i + 1;
	}
	return result;
}

static int again_begin(struct again *again, const struct vault_history *history,
		       const struct vault_fact *facts, size_t fact_count, const char *domain,
		       int64_t now, struct error *error)
{
	size_t items = history->item_count + 1;

	memset(again, 0, sizeof(*again));
	again->history = history;
	again->repeats = answer_repeats(domain);
	/* the hour that it is: the same answer within it */
	again->now = now - now % CLOCK_HOUR_MS;
	again->until = (uint32_t)history->event_count;
	again->skip = NO_ITEM;
	told_make(facts, fact_count, &again->told);
	again->value = malloc(sizeof(int64_t) * (history->event_count + 1));
	again->score = malloc(sizeof(int64_t) * items);
	again->events = malloc(sizeof(uint32_t) * items);
	again->last = malloc(sizeof(uint32_t) * items);
	again->had = malloc(items);
	again->out = calloc(items, 1);
	if (again->value == NULL || again->score == NULL || again->events == NULL ||
	    again->last == NULL || again->had == NULL || again->out == NULL)
		return error_memory(error);
	return 0;
}

static void again_end(struct again *again)
{
	free(again->value);
	free(again->score);
	free(again->events);
	free(again->last);
	free(again->had);
	free(again->out);
}

/* Creators and told rules on top of the items' own sums. */
static void adjust(struct again *again)
{
	uint32_t n = (uint32_t)again->history->item_count, i, other;
	int64_t *extra = calloc((size_t)n + 1, sizeof(*extra));

	for (i = 0; extra != NULL && i < n; i++) {
		bool never;

		extra[i] = told_bonus(again, i, &never);
		again->out[i] = never;
		for (other = 0; !again->repeats && candidate(again, i) && other < n; other++)
			extra[i] += creator_term(again, i, other);
	}
	for (i = 0; extra != NULL && i < n; i++)
		again->score[i] += extra[i];
	free(extra);
}

static uint32_t count_candidates(const struct again *again)
{
	uint32_t i, count = 0;

	for (i = 0; i < again->history->item_count; i++)
		count += candidate(again, i);
	return count;
}

struct listed {
	const struct again *again;
	const uint32_t *list;
};

/* Of the history's own things: words in common, or half for the same creator. */
static int32_t alike_things(const void *context, uint32_t a, uint32_t b, bool next)
{
	const struct listed *listed = context;
	const struct vault_item *x = &listed->again->history->items[listed->list[a]];
	const struct vault_item *y = &listed->again->history->items[listed->list[b]];
	int32_t words = variety_words(x->words, y->words);

	if (!same_creator(x, y))
		return words;
	return next ? FIXED_ONE : words > FIXED_ONE / 2 ? words : FIXED_ONE / 2;
}

/* The first ones of the list in the order that variety gives them; pick.item: place in the list. */
static int pick_varied(const struct again *again, const uint32_t *list, uint32_t pool,
		       const struct tacit_next_options *options, uint32_t most,
		       struct variety_pick *pick, uint32_t *got, struct error *error)
{
	struct listed listed = { again, list };
	int64_t *score = malloc(sizeof(*score) * ((size_t)pool + 1));
	uint32_t i;
	int result;

	if (score == NULL)
		return error_memory(error);
	for (i = 0; i < pool; i++)
		score[i] = again->score[list[i]];
	result = variety_order(score, pool, alike_things, &listed, options->variety, most, pick,
			       got, error);
	free(score);
	return result;
}

static int fill_again(struct again *again, const uint32_t *list, const struct variety_pick *pick,
		      uint32_t count, const struct tacit_next_options *options,
		      struct tacit_answer *out, struct error *error)
{
	int32_t probability[PLACES];
	uint32_t i;
	int result = 0;

	calibrate(again, probability);
	score_all(again);
	for (i = 0; result == 0 && i < count; i++) {
		struct tacit_suggestion *it = &out->suggestion[i];

		result = describe(again, list[pick[i].item], it, error);
		it->rank = i + 1;
		it->probability = pick[i].item < PLACES ? probability[pick[i].item] : -1;
		if (result == 0 && pick[i].cost > 0)
			variety_charge(it, pick[i].cost,
				       again->history->items[list[pick[i].like]].title);
		causes_sort(it, options->causes);
		out->count = i + 1;
	}
	return result;
}

static int list_again(struct again *again, const struct tacit_next_options *options,
		      struct tacit_answer *out, struct error *error)
{
	uint32_t most = options->count == 0 ? 10 : options->count, pool = most, i, got;
	struct variety_pick *pick;
	uint32_t *list;
	int result = 0;

	score_all(again);
	/* creators first read the plain sums, then the list is ordered by all */
	adjust(again);
	out->candidates = count_candidates(again);
	if (options->variety > 0 && pool < VARIED)
		pool = VARIED;
	pool = pool < out->candidates ? pool : (uint32_t)out->candidates;
	out->suggestion = calloc((size_t)most + 1, sizeof(*out->suggestion));
	list = malloc(sizeof(*list) * ((size_t)pool + 1));
	pick = calloc((size_t)most + 1, sizeof(*pick));
	if (list == NULL || pick == NULL || out->suggestion == NULL)
		result = error_memory(error);
	got = result == 0 ? best(again, pool, list) : 0;
	for (i = 0; i < got && i < most; i++)
		pick[i].item = i;
	got = got < most ? got : most;
	if (result == 0 && options->variety > 0)
		result = pick_varied(again, list, pool, options, most, pick, &got, error);
	if (result == 0)
		result = fill_again(again, list, pick, got, options, out, error);
	free(list);
	free(pick);
	return result == 0 ? dropped(again, out, error) : result;
}

int answer_again(const struct vault_history *history, const struct vault_fact *facts,
		 size_t fact_count, const char *domain, int64_t now,
		 const struct tacit_next_options *options, struct tacit_answer *out,
		 struct error *error)
{
	struct again again;
	int result = again_begin(&again, history, facts, fact_count, domain, now, error);

	snprintf(out->domain, sizeof(out->domain), "%.31s", domain);
	out->known = history->item_count;
	if (result == 0)
		result = list_again(&again, options, out, error);
	again_end(&again);
	if (result == 0 && out->count == 0)
		return error_set(error, TACIT_E_UNKNOWN, "I don't know what is next in %s: there "
				 "is no pack for it, and %s; add an export (tacit add FILE) or a "
				 "pack (tacit pack add FILE)", domain,
				 answer_repeats(domain) ? "nothing of it in your history"
							: "nothing on a list of yours to choose from");
	return result;
}

/* What another thing loses without a cause of `item`: a rule that was never told lifts nothing,
 * and a creator's other work lifts all that is listed of that creator alike. */
static int64_t other_loses(const struct again *again, const struct tacit_cause *cause,
			   uint32_t item, uint32_t other)
{
	const struct vault_item *it = &again->history->items[other];
	int64_t bonus = 0;
	uint32_t r;

	if (strcmp(cause->reason, "creator") == 0)
		return same_creator(it, &again->history->items[item]) ? cause->contribution : 0;
	for (r = 0; cause->fact != 0 && r < again->told.count; r++)
		if (again->told.rule[r].fact == cause->fact &&
		    told_matches(&again->told.rule[r], it->title, it->creator, it->words))
			bonus += again->told.rule[r].bonus;
	return bonus;
}

/* Where things come back: the history without one event, by replay, because rates are of all. */
static void without_event(struct again *again, uint32_t e, const int64_t *extra, uint32_t item,
			  struct tacit_cause *cause)
{
	int16_t zone = again->zone;
	uint32_t i;

	again->skip = e;
	if (again_zone(again->history, again->from, again->until, e) != zone)
		make_values(again);
	sum_all(again);
	cause->score_without = again->score[item] + extra[item];
	cause->rank_without = 1;
	for (i = 0; i < again->history->item_count; i++) {
		int64_t other = again->score[i] + extra[i];

		cause->rank_without += i != item && candidate(again, i) &&
			(other > cause->score_without ||
			 (other == cause->score_without && i < item));
	}
	again->skip = NO_ITEM;
	if (again->zone != zone)
		make_values(again);
}

/* All else moves nothing but what it names. */
static void without_other(const struct again *again, const int64_t *plain, const int64_t *extra,
			  uint32_t item, int64_t score, struct tacit_cause *cause)
{
	int64_t without = score - cause->contribution;
	uint32_t i;

	cause->score_without = without;
	cause->rank_without = 1;
	for (i = 0; i < again->history->item_count; i++) {
		int64_t other = plain[i] + extra[i] - other_loses(again, cause, item, i);

		cause->rank_without += i != item && candidate(again, i) &&
			(other > without || (other == without && i < item));
	}
}

static int explain(struct again *again, uint32_t item, int64_t *plain, int64_t *extra,
		   struct tacit_suggestion *it, struct error *error)
{
	const struct vault_history *history = again->history;
	size_t size = sizeof(*plain) * history->item_count, c = 0;
	uint32_t i, e;
	int result;

	score_all(again);
	memcpy(plain, again->score, size);
	result = describe(again, item, it, error);
	if (result != 0)
		return result;
	adjust(again);
	it->rank = 1;
	for (i = 0; i < history->item_count; i++)
		it->rank += i != item && candidate(again, i) && before(again, i, item);
	it->probability = -1;
	for (i = 0; i < history->item_count; i++)
		extra[i] = again->score[i] - plain[i];
	/* the events' causes come first, in the order of the events */
	for (e = again->from; again->repeats && e < again->until; e++)
		if (history->item[e] == item)
			without_event(again, e, extra, item, &it->cause[c++]);
	sum_all(again);
	for (; c < it->cause_count; c++)
		without_other(again, plain, extra, item, it->score, &it->cause[c]);
	causes_sort(it, 0);
	return 0;
}

int answer_again_why(const struct vault_history *history, const struct vault_fact *facts,
		     size_t fact_count, const char *domain, int64_t now, uint32_t item,
		     struct tacit_answer *out, struct error *error)
{
	int64_t *plain = calloc(history->item_count + 1, sizeof(*plain));
	int64_t *extra = calloc(history->item_count + 1, sizeof(*extra));
	struct again again;
	int result = again_begin(&again, history, facts, fact_count, domain, now, error);

	out->suggestion = calloc(1, sizeof(*out->suggestion));
	if (result == 0 && (out->suggestion == NULL || plain == NULL || extra == NULL))
		result = error_memory(error);
	if (result == 0) {
		out->count = 1;
		result = explain(&again, item, plain, extra, &out->suggestion[0], error);
	}
	again_end(&again);
	free(plain);
	free(extra);
	return result;
}
