/* Lists, places, the expectation of a subset, and the bootstrap over the events. */
#include "frontier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "targets.h"
#include "terms/budget.h"

#define CHANCE_BITS 40
#define CHANCE_ONE ((uint64_t)1 << CHANCE_BITS)
#define DISCOUNT_BITS 30
/* log2(e) in 2^-20, rounded up: what epsilon is in bits. */
#define BITS_OF_EPSILON 1512776
#define LOG2_ERROR 16		/* of fixed_log2, in its units */

typedef unsigned __int128 frontier_wide;

struct frontier {
	const struct subject *subject;
	const uint64_t *epsilon;
	size_t epsilons;
	uint32_t n, k;			/* candidates, size */
	uint32_t targets;
	struct target *target;		/* [targets] */
	uint64_t *until;		/* [items + 1] running sum of weights of what was not had */
	uint32_t *list;			/* [n]: the true thing first */
	uint8_t *listed;		/* [items] */
	int64_t *h;			/* [dim] */
	int64_t *hit, *ndcg;		/* [2 + epsilons][targets] 2^-20: off, silent, subsets */
};

/* ---- the expectation of a subset ---- */

/* What place `rank` (0 is the first) counts: 1 / log2(rank + 2). */
static uint64_t discount(uint32_t rank)
{
	return ((uint64_t)1 << (DISCOUNT_BITS + FIXED_BITS)) / (uint32_t)fixed_log2(rank + 2ULL);
}

/* The mean of discount(j + first) where j of the `drawn` out of `all` are among `better`. Weights
 * are relative to the likeliest j, so that none that matters is lost. */
static uint64_t mean_discount(uint32_t all, uint32_t better, uint32_t drawn, uint32_t first)
{
	uint64_t low = better + drawn > all ? better + drawn - all : 0;
	uint64_t high = better < drawn ? better : drawn;
	uint64_t mode = ((uint64_t)drawn + 1) * ((uint64_t)better + 1) / ((uint64_t)all + 2), j;
	frontier_wide weight, sum, total;

	assert(better <= all && drawn <= all);
	mode = mode < low ? low : mode > high ? high : mode;
	total = weight = (frontier_wide)1 << 60;
	sum = weight * discount((uint32_t)mode + first);
	for (j = mode; j < high; j++) {
		weight = weight * (better - j) * (drawn - j) /
			 ((j + 1) * ((uint64_t)all + j + 1 - better - drawn));
		total += weight;
		sum += weight * discount((uint32_t)j + 1 + first);
	}
	weight = (frontier_wide)1 << 60;
	for (j = mode; j > low; j--) {
		weight = weight * j * ((uint64_t)all + j - better - drawn) /
			 ((better - j + 1) * (drawn - j + 1));
		total += weight;
		sum += weight * discount((uint32_t)j - 1 + first);
	}
	return (uint64_t)(sum / total);
}

/* hit@k and nDCG@k, 2^-20, of the thing at place `rank` of n, with T at place 0. */
static void expect_subset(uint32_t n, uint32_t k, uint32_t rank, uint64_t epsilon, int64_t *hit,
			  int64_t *ndcg)
{
	frontier_wide inside = (frontier_wide)k * budget_exp(epsilon);
	frontier_wide all = inside + ((frontier_wide)(n - k) << BUDGET_EXP_BITS), sum = 0;
	uint64_t p = (uint64_t)((inside << CHANCE_BITS) / all);
	uint64_t with, without;

	assert(n >= 2 && k >= 1 && k <= n && rank < n && p <= CHANCE_ONE);
	if (rank == 0) {
		*hit = *ndcg = (int64_t)(p >> (CHANCE_BITS - FIXED_BITS));
		return;
	}
	with = p * (k - 1) / (n - 1);
	without = (CHANCE_ONE - p) * k / (n - 1);
	/* T is in S and better; k - 2 of the n - 2 others are there, too */
	if (with > 0)
		sum += (frontier_wide)with * mean_discount(n - 2, rank - 1, k - 2, 1);
	if (without > 0)
		sum += (frontier_wide)without * mean_discount(n - 2, rank - 1, k - 1, 0);
	*hit = (int64_t)((with + without) >> (CHANCE_BITS - FIXED_BITS));
	*ndcg = (int64_t)(sum >> (CHANCE_BITS + DISCOUNT_BITS - FIXED_BITS));
}

/* ---- one event ---- */

/* The true thing and n - 1 others, the same for the same event wherever it is computed. */
static void make_list(struct frontier *frontier, const struct target *target)
{
	const struct subject *subject = frontier->subject;
	const struct pack *pack = subject->pack;
	const char *id = pack_id(pack, target->item);
	uint64_t time = (uint64_t)subject->history->time[target->event];
	struct random random = { hash_bytes(id, strlen(id), time) };
	uint64_t all = frontier->until[pack->items];
	uint32_t count = 1, i;

	frontier->list[0] = target->item;
	while (count < frontier->n) {
		uint64_t drawn = random_u64(&random) % all;
		uint32_t low = 0, high = pack->items;

		while (low < high) {		/* the first item whose running sum is above */
			uint32_t middle = low + (high - low) / 2;

			if (frontier->until[middle + 1] > drawn)
				high = middle;
			else
				low = middle + 1;
		}
		/* what is listed already: the next that is not */
		while (frontier->listed[low] || frontier->until[low + 1] == frontier->until[low])
			low = low + 1 == pack->items ? 0 : low + 1;
		frontier->listed[low] = 1;
		frontier->list[count++] = low;
	}
	for (i = 1; i < count; i++)
		frontier->listed[frontier->list[i]] = 0;
}

/* How many of the list stand before its first in the person's order. */
static uint32_t person_rank(const struct frontier *frontier, const struct profile *profile,
			    uint32_t bucket)
{
	const struct pack *pack = frontier->subject->pack;
	fixed_wide first = 0, score;
	uint32_t rank = 0, i;
	bool first_never = profile_bit(profile->told_never, frontier->list[0]), never;

	for (i = 0; i < frontier->n; i++) {
		uint32_t item = frontier->list[i];

		score = fold_dot(pack, frontier->h, item) + fold_length(pack, bucket, item);
		if (profile->bonus != NULL)
			score += (fixed_wide)profile->bonus[item] *
				 ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
		never = profile_bit(profile->told_never, item);
		if (i == 0)
			first = score;
		else if (never != first_never)
			rank += first_never;
		else
			rank += score != first ? score > first : item < frontier->list[0];
	}
	return rank;
}

/* The same in the service's own order: what many take. */
static uint32_t popular_rank(const struct frontier *frontier, uint32_t bucket)
{
	const struct pack *pack = frontier->subject->pack;
	uint32_t rank = 0, i;

	for (i = 1; i < frontier->n; i++) {
		uint32_t item = frontier->list[i], first = frontier->list[0];
		fixed_wide ours = pack->length != NULL ? fold_length(pack, bucket, item)
				  : pack->count != NULL ? pack->count[item] : 0;
		fixed_wide theirs = pack->length != NULL ? fold_length(pack, bucket, first)
				    : pack->count != NULL ? pack->count[first] : 0;

		rank += ours != theirs ? ours > theirs : item < first;
	}
	return rank;
}

static void put_rank(struct frontier *frontier, size_t row, uint32_t t, uint32_t rank)
{
	bool hit = rank < frontier->k;

	frontier->hit[row * frontier->targets + t] = hit ? FIXED_ONE : 0;
	frontier->ndcg[row * frontier->targets + t] =
		hit ? (int64_t)(discount(rank) >> (DISCOUNT_BITS - FIXED_BITS)) : 0;
}

static int test_event(struct frontier *frontier, uint32_t t, struct error *error)
{
	const struct subject *subject = frontier->subject;
	struct profile_filter filter = { NULL, frontier->target[t].event, NULL };
	struct profile profile;
	uint32_t bucket, rank;
	size_t e;
	int result = profile_make(subject->history, subject->links, subject->pack, subject->facts,
				  subject->fact_count, &filter, &profile, error);

	if (result != 0)
		return result;
	bucket = profile_state(&profile, UINT32_MAX, frontier->h);
	make_list(frontier, &frontier->target[t]);
	rank = person_rank(frontier, &profile, bucket);
	put_rank(frontier, 0, t, popular_rank(frontier, bucket));
	put_rank(frontier, 1, t, rank);
	for (e = 0; e < frontier->epsilons; e++)
		expect_subset(frontier->n, frontier->k, rank, frontier->epsilon[e],
			      &frontier->hit[(2 + e) * frontier->targets + t],
			      &frontier->ndcg[(2 + e) * frontier->targets + t]);
	profile_free(&profile);
	return 0;
}

/* ---- all of them ---- */

static int64_t mean(const int64_t *value, const uint32_t *weight, uint32_t count)
{
	int64_t sum = 0;
	uint32_t t;

	for (t = 0; t < count; t++)
		sum += value[t] * weight[t];
	return (sum + count / 2) / count;
}

/* The mean over the events and its range; all rows see the same resamples. */
static void summarise(const int64_t *value, uint32_t count, int64_t *middle, int64_t *low,
		      int64_t *high)
{
	struct random random = { TARGETS_SEED };
	int64_t sample[TARGETS_RESAMPLES];
	uint32_t weight[FRONTIER_EVENTS], r;

	for (r = 0; r < count; r++)
		weight[r] = 1;
	*middle = mean(value, weight, count);
	for (r = 0; r < TARGETS_RESAMPLES; r++) {
		targets_resample(&random, weight, count);
		sample[r] = mean(value, weight, count);
	}
	targets_range(sample, low, high);
}

/* log2(N! / (N - k)!), rounded up: which k of N, and in which order. */
static int64_t order_bits(uint32_t n, uint32_t k)
{
	int64_t bits = 0;
	uint32_t i;

	for (i = 0; i < k; i++)
		bits += n - i == 1 ? 0 : fixed_log2(n - i) + LOG2_ERROR;
	return bits;
}

static void fill_rows(const struct frontier *frontier, struct frontier_row *out)
{
	size_t rows = 4 + frontier->epsilons, i;

	for (i = 0; i < rows; i++) {
		struct frontier_row *row = &out[i];
		size_t from = i < rows - 2 ? i : 1;	/* in order: as at silent */

		*row = (struct frontier_row){ .notch = i == 0 ? NOTCH_OFF : NOTCH_SILENT };
		summarise(frontier->hit + from * frontier->targets, frontier->targets, &row->hit,
			  &row->hit_low, &row->hit_high);
		summarise(frontier->ndcg + from * frontier->targets, frontier->targets,
			  &row->ndcg, &row->ndcg_low, &row->ndcg_high);
		if (i >= 2 && i < rows - 2) {
			row->notch = NOTCH_SUBSET;
			row->epsilon = frontier->epsilon[i - 2];
			row->bits = (int64_t)((row->epsilon * BITS_OF_EPSILON + FIXED_ONE - 1) >>
					      FIXED_BITS);
		} else if (i >= rows - 2) {
			row->notch = i == rows - 2 ? NOTCH_ORDER : NOTCH_REASONS;
			row->bits = order_bits(frontier->n, frontier->k);
			if (row->notch == NOTCH_REASONS)
				row->bits += frontier->k *
					     (int64_t)(fixed_log2(FRONTIER_KINDS) + LOG2_ERROR);
		}
	}
}

/* Running sums of the weights (how many took it, and one) of what the person did not have; how
 * many there are. */
static uint32_t weigh(struct frontier *frontier)
{
	const struct subject *subject = frontier->subject;
	const struct pack *pack = subject->pack;
	uint32_t others = 0, i;
	size_t e;

	for (e = 0; e < subject->history->event_count; e++)
		if (subject->links->item[subject->history->item[e]] != FOLD_NO_ITEM)
			frontier->listed[subject->links->item[subject->history->item[e]]] = 1;
	frontier->until[0] = 0;
	for (i = 0; i < pack->items; i++) {
		uint64_t weight = pack->count == NULL ? 1 : pack->count[i] + 1ULL;

		frontier->until[i + 1] = frontier->until[i] + (frontier->listed[i] ? 0 : weight);
		others += !frontier->listed[i];
	}
	memset(frontier->listed, 0, pack->items);
	return others;
}

static int allocate(struct frontier *frontier, uint32_t events, struct error *error)
{
	size_t items = frontier->subject->pack->items, values = (2 + frontier->epsilons) * events;

	frontier->target = malloc(sizeof(*frontier->target) * events);
	frontier->until = malloc(sizeof(*frontier->until) * (items + 1));
	frontier->list = malloc(sizeof(*frontier->list) * frontier->n);
	frontier->listed = calloc(items + 1, 1);
	frontier->h = malloc(sizeof(*frontier->h) * (frontier->subject->pack->dim + 1));
	frontier->hit = malloc(sizeof(*frontier->hit) * values);
	frontier->ndcg = malloc(sizeof(*frontier->ndcg) * values);
	if (frontier->target == NULL || frontier->until == NULL || frontier->list == NULL ||
	    frontier->listed == NULL || frontier->h == NULL || frontier->hit == NULL ||
	    frontier->ndcg == NULL)
		return error_memory(error);
	return 0;
}

static int play(struct frontier *frontier, const struct frontier_options *options,
		uint32_t events, struct error *error)
{
	uint32_t others, t;
	int result = targets_choose(frontier->subject, events, frontier->target,
				    &frontier->targets, error);

	if (result != 0)
		return result;
	others = weigh(frontier);
	if (frontier->targets < FRONTIER_LEAST || others == 0)
		return error_set(error, TACIT_E_UNKNOWN, "I can't say yet what each notch is "
				 "worth: %u things of your history can be tested, and %d are "
				 "needed; add an export with: tacit add FILE", frontier->targets,
				 FRONTIER_LEAST);
	if (frontier->n > others + 1)
		frontier->n = others + 1;
	if (frontier->k > frontier->n)
		frontier->k = frontier->n;
	for (t = 0; t < frontier->targets && result == 0; t++) {
		result = test_event(frontier, t, error);
		if (options->progress != NULL)
			options->progress(options->context,
					  (int)(1000 * (t + 1) / frontier->targets));
	}
	return result;
}

int frontier_make(const struct subject *subject, const struct frontier_options *options,
		  const uint64_t *epsilon, size_t epsilons, struct frontier_row *out,
		  size_t *count, uint32_t *tested, struct error *error)
{
	uint32_t events = options->events == 0 ? 40 : options->events;
	struct frontier frontier = {
		.subject = subject, .epsilon = epsilon, .epsilons = epsilons,
		.n = options->candidates == 0 ? 100 : options->candidates,
		.k = options->size == 0 ? 10 : options->size,
	};
	size_t e;
	int result;

	if (events > FRONTIER_EVENTS || epsilons > FRONTIER_EPSILONS || frontier.n < 2 ||
	    frontier.n > LIMIT_CANDIDATES || frontier.k > frontier.n)
		return error_set(error, TACIT_E_ARGUMENT, "no such frontier");
	for (e = 0; e < epsilons; e++)
		if (epsilon[e] > (uint64_t)LIMIT_EPSILON * BUDGET_ONE)
			return error_set(error, TACIT_E_ARGUMENT, "epsilon is above %d",
					 LIMIT_EPSILON);
	result = allocate(&frontier, events, error);
	if (result == 0)
		result = play(&frontier, options, events, error);
	if (result == 0) {
		fill_rows(&frontier, out);
		*count = 4 + epsilons;
		*tested = frontier.targets;
	}
	free(frontier.target);
	free(frontier.until);
	free(frontier.list);
	free(frontier.listed);
	free(frontier.h);
	free(frontier.hit);
	free(frontier.ndcg);
	return result;
}
