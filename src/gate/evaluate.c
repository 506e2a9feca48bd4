/* Replays the held-out events against a pack, exactly as an answer is computed. */
#include "evaluate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer.h"
#include "base/clock.h"
#include "taste/fold.h"
#include "taste/pairs.h"
#include "taste/scan.h"

#define BINS 15
#define EACH_WORK 4000000000ULL	/* items that are scored, in all, before every event is; */
#define ALL_WORK 20000000000ULL	/* and before everybody is, else those at even distances */

struct replay {
	const struct pack *pack;
	const struct popular *popular;
	const struct train_data *data;
	struct head head;
	const struct moments *moments;	/* NULL without */
	struct scan *scan;
	struct fold_decay *decay;
	struct fold_entry *entry;	/* [LIMIT_HISTORY] */
	int64_t *h;
	int64_t *sum;			/* [items]: work space for pairs; NULL without */
	int32_t *bonus;			/* [items]: what pairs add; NULL without */
	uint64_t *seen;
	uint32_t *had;			/* [had_count]: seen items, each once */
	uint32_t had_count;
	uint32_t *rank, *popular_rank;	/* [held out] */
	uint64_t *suggested;		/* bitmap [items]: in anybody's first ten */
	double suggested_taken, taken;	/* training events of what is suggested, what was taken */
	double *micros;
	size_t timed;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static bool has(const uint64_t *bitmap, uint32_t item)
{
	return (bitmap[item / 64] >> (item % 64) & 1) != 0;
}

/* The history of user u before event `from`, newest first. */
static uint32_t load_history(struct replay *replay, uint32_t u, uint64_t from)
{
	uint64_t first = replay->data->start[u], e;
	uint32_t count = 0;

	memset(replay->seen, 0, sizeof(uint64_t) * (replay->pack->items / 64 + 1));
	replay->had_count = 0;
	for (e = from; e-- > first;) {
		uint32_t item = replay->data->item[e];

		if (!replay->pack->config->repeats && !has(replay->seen, item)) {
			replay->seen[item / 64] |= 1ULL << (item % 64);
			replay->had[replay->had_count++] = item;
		}
		if (count < LIMIT_HISTORY)
			replay->entry[count++] = (struct fold_entry){ item, FIXED_ONE, 0, NULL };
	}
	return count;
}

static void fill_bonus(struct replay *replay, uint32_t count, uint32_t bucket)
{
	const struct pack *pack = replay->pack;
	const int16_t *length = pack->length + (size_t)bucket * pack->items;
	uint32_t i;

	for (i = 0; i < pack->items; i++)
		replay->bonus[i] = head_tilt(&replay->head, length[i]);
	if (pack->pairs != NULL)
		pairs_state(pack, replay->decay, replay->entry, count, UINT32_MAX, replay->bonus,
			    replay->sum, replay->bonus);
}

/* The moment of an event into the state before it. */
static void add_moment(struct replay *replay, uint64_t event)
{
	uint32_t row[LIMIT_MOMENT_ROWS], count = moments_rows(replay->moments, event, row), k;

	for (k = 0; k < count; k++)
		fold_moment(replay->pack, row[k], replay->h);
}

static void replay_user(struct replay *replay, uint32_t u, uint64_t from, uint64_t to,
			struct evaluation *out)
{
	struct scan_hit hit[EVALUATE_TOP];
	uint32_t bucket = fold_bucket(replay->pack, from - replay->data->start[u]);
	uint32_t count = load_history(replay, u, from), got, k, held = 0;
	double began = clock_seconds();
	uint64_t e;

	fold_state(replay->pack, replay->decay, replay->entry, count, UINT32_MAX, replay->h);
	if (to == from + 1)
		add_moment(replay, from);
	if (replay->bonus != NULL)
		fill_bonus(replay, count, bucket);
	scan_pass(replay->scan, replay->h, bucket, replay->seen, replay->bonus);
	got = scan_top(replay->scan, EVALUATE_TOP, hit, NULL);
	replay->micros[replay->timed++] = 1e6 * (clock_seconds() - began);
	for (k = 0; k < got; k++) {
		struct build_pair *pair = &out->pairs[out->pair_count];

		pair->x = scan_log_share(replay->scan, hit[k].score);
		pair->hit = hit[k].item == replay->data->item[from];
		replay->suggested[hit[k].item / 64] |= 1ULL << (hit[k].item % 64);
		replay->suggested_taken += replay->popular->taken[hit[k].item];
		out->novelty += popular_novelty(replay->popular, hit[k].item);
		out->shown[out->pair_count++] = answer_probability(replay->pack, pair->x);
	}
	for (e = from; e < to; e++) {
		uint32_t item = replay->data->item[e];
		bool candidate = !has(replay->seen, item);

		replay->popular_rank[held] = candidate ?
			popular_rank(replay->popular, item, replay->had, replay->had_count) :
			UINT32_MAX;
		replay->rank[held++] = candidate ? scan_rank(replay->scan, item) : UINT32_MAX;
		replay->taken += replay->popular->taken[item];
	}
	split_metrics_add(&out->metrics, replay->rank, held);
	split_metrics_add(&out->popular, replay->popular_rank, held);
}

/* Sums become means. */
static void replay_finish(struct replay *replay, struct evaluation *out)
{
	double suggested = (double)out->pair_count, events = (double)out->metrics.events;
	uint32_t i, covered = 0;

	for (i = 0; i < replay->pack->items; i++)
		covered += has(replay->suggested, i);
	out->coverage = (double)covered / replay->pack->items;
	if (suggested > 0.0)
		out->novelty /= suggested;
	if (replay->taken > 0.0 && suggested > 0.0)
		out->popularity_bias = replay->suggested_taken / suggested /
				       (replay->taken / events);
	if (replay->timed > 0) {
		qsort(replay->micros, replay->timed, sizeof(double), by_value);
		out->p50_us = replay->micros[replay->timed / 2];
		out->p99_us = replay->micros[replay->timed - 1 - replay->timed / 100];
	}
}

/* Whether something is added to single items: pairs, or what the head adds to intercepts. */
static bool has_bonus(const struct replay *replay)
{
	return replay->pack->pairs != NULL || replay->head.intercept != PACK_THETA_ONE;
}

static int replay_new(struct replay *replay, uint64_t most, uint64_t replays,
		      struct evaluation *out, struct error *error)
{
	replay->scan = scan_new(replay->pack);
	replay->decay = malloc(sizeof(*replay->decay));
	replay->entry = malloc(sizeof(*replay->entry) * LIMIT_HISTORY);
	replay->h = malloc(sizeof(*replay->h) * replay->pack->dim);
	if (has_bonus(replay)) {
		replay->sum = malloc(sizeof(*replay->sum) * replay->pack->items);
		replay->bonus = malloc(sizeof(*replay->bonus) * replay->pack->items);
		if (replay->sum == NULL || replay->bonus == NULL)
			return error_memory(error);
	}
	replay->seen = malloc(sizeof(uint64_t) * (replay->pack->items / 64 + 1));
	replay->had = malloc(sizeof(uint32_t) * ((size_t)replay->pack->items + 1));
	replay->suggested = calloc(replay->pack->items / 64 + 1, sizeof(uint64_t));
	replay->rank = malloc(sizeof(uint32_t) * (most + 1));
	replay->popular_rank = malloc(sizeof(uint32_t) * (most + 1));
	replay->micros = malloc(sizeof(double) * (replays + 1));
	out->pairs = malloc(sizeof(*out->pairs) * (replays * EVALUATE_TOP + 1));
	out->shown = malloc(sizeof(*out->shown) * (replays * EVALUATE_TOP + 1));
	if (replay->scan == NULL || replay->decay == NULL || replay->entry == NULL ||
	    replay->h == NULL || replay->seen == NULL || replay->had == NULL ||
	    replay->suggested == NULL || replay->rank == NULL || replay->popular_rank == NULL ||
	    replay->micros == NULL || out->pairs == NULL || out->shown == NULL)
		return error_memory(error);
	fold_decay_of(replay->pack, &replay->head, replay->decay);
	return 0;
}

int evaluate_pack(const struct pack *pack, const struct popular *popular,
		  const struct train_data *data, const uint64_t *from, const uint64_t *to,
		  const struct head *head, bool each, const struct moments *moments,
		  struct evaluation *out, struct error *error)
{
	struct replay replay = { .pack = pack, .popular = popular, .data = data,
				 .moments = pack->moments > 0 ? moments : NULL };
	uint64_t most = 0, replays = 0, step, at = 0, e;
	uint32_t u;
	int result;

	if (head != NULL)
		replay.head = *head;
	else
		head_of(pack, 0, &replay.head);
	assert(pack->items == data->items && popular->items == data->items);
	memset(out, 0, sizeof(*out));
	for (u = 0; u < data->users; u++) {
		most = to[u] - from[u] > most ? to[u] - from[u] : most;
		replays += each ? to[u] - from[u] : to[u] > from[u];
	}
	step = replays * data->items / (each ? EACH_WORK : ALL_WORK) + 1;
	result = replay_new(&replay, most, replays, out, error);
	for (u = 0; result == 0 && u < data->users; u++)
		if (!each && to[u] > from[u] && at++ % step == 0)
			replay_user(&replay, u, from[u], to[u], out);
		else
			for (e = from[u]; each && e < to[u]; e++)
				if (at++ % step == 0)
					replay_user(&replay, u, e, e + 1, out);
	if (result == 0)
		replay_finish(&replay, out);
	scan_free(replay.scan);
	free(replay.decay);
	free(replay.entry);
	free(replay.h);
	free(replay.sum);
	free(replay.bonus);
	free(replay.seen);
	free(replay.had);
	free(replay.suggested);
	free(replay.rank);
	free(replay.popular_rank);
	free(replay.micros);
	if (result != 0)
		evaluate_free(out);
	return result;
}

void evaluate_free(struct evaluation *evaluation)
{
	free(evaluation->pairs);
	free(evaluation->shown);
	evaluation->pairs = NULL;
	evaluation->shown = NULL;
}

struct shown_pair {
	int32_t shown, hit;
};

static int by_shown(const void *a, const void *b)
{
	const struct shown_pair *x = a, *y = b;

	return x->shown < y->shown ? -1 : x->shown > y->shown;
}

/* The shown chances with what came of them, ascending; NULL when out of memory. */
static struct shown_pair *sorted_pairs(const struct evaluation *evaluation)
{
	size_t n = evaluation->pair_count, i;
	struct shown_pair *pair = malloc(sizeof(*pair) * (n + 1));

	if (pair == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		pair[i] = (struct shown_pair){ evaluation->shown[i], evaluation->pairs[i].hit };
	if (n > 1)
		qsort(pair, n, sizeof(*pair), by_shown);
	return pair;
}

int evaluate_sure(const struct evaluation *evaluation, struct evaluate_sure *point, size_t points,
		  struct error *error)
{
	size_t n = evaluation->pair_count, p, i;
	struct shown_pair *pair = sorted_pairs(evaluation);

	if (pair == NULL)
		return error_memory(error);
	for (p = 0; p < points; p++) {
		size_t first = n - (size_t)((double)n * point[p].kept);
		double taken = 0.0;

		/* a chance is shown or it is not: all that have it go together */
		while (first > 0 && first < n && pair[first - 1].shown == pair[first].shown)
			first--;
		for (i = first; i < n; i++)
			taken += pair[i].hit;
		point[p].kept = n == 0 ? 0.0 : (double)(n - first) / (double)n;
		point[p].chance = first < n ? pair[first].shown / 1048576.0 : 1.0;
		point[p].taken = first < n ? taken / (double)(n - first) : 0.0;
	}
	free(pair);
	return 0;
}

double evaluate_calibration_error(const struct evaluation *evaluation, struct error *error)
{
	size_t n = evaluation->pair_count, i, b;
	struct shown_pair *pair = sorted_pairs(evaluation);
	double sum = 0.0;

	if (pair == NULL) {
		error_memory(error);
		return 1.0;
	}
	for (b = 0; b < BINS; b++) {
		double shown = 0.0, hits = 0.0;

		for (i = n * b / BINS; i < n * (b + 1) / BINS; i++) {
			shown += pair[i].shown / 1048576.0;
			hits += pair[i].hit;
		}
		sum += fabs(shown - hits);
	}
	free(pair);
	return n == 0 ? 0.0 : sum / (double)n;
}
