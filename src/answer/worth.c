/*
 * What each source is worth: the Shapley value (Shapley 1953) of hit@10 on the person's own latest
 * things. The game: v(S) = how many of the latest things are among the first ten when only what
 * the sources in S reported before them is known. Exact over all 2^n coalitions; values are whole
 * numbers of 1 / (n! * things), so that they sum to v(all) - v(none) without a rest.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/limits.h"
#include "targets.h"

#define TARGETS_MAX 40

struct game {
	const struct subject *subject;
	const uint32_t *reporters;	/* [events]: a bit for each player that reported it */
	uint32_t players, targets;
	struct target target[TARGETS_MAX];
	uint64_t *hits;			/* [2^players]: bit t set where target t is hit */
	uint64_t *out;			/* event bitmap, scratch */
	int64_t *h;
};

static int play(struct game *game, uint32_t coalition, struct error *error)
{
	const struct vault_history *history = game->subject->history;
	uint32_t e, t, n = (uint32_t)history->event_count;
	uint64_t hits = 0;

	memset(game->out, 0, sizeof(uint64_t) * (n / 64 + 1));
	for (e = 0; e < n; e++)
		if ((game->reporters[e] & coalition) == 0)
			game->out[e / 64] |= 1ULL << (e % 64);
	for (t = 0; t < game->targets; t++) {
		struct profile_filter filter = { game->out, game->target[t].event,
						 game->subject->head };
		struct profile profile;
		uint32_t bucket;
		int result = profile_make(history, game->subject->links, game->subject->pack,
					  game->subject->facts, game->subject->fact_count,
					  &filter, &profile, error);

		if (result != 0)
			return result;
		bucket = profile_state(&profile, UINT32_MAX, game->h);
		scan_pass(game->subject->scan, game->h, bucket, profile.excluded, profile.bonus);
		if (!profile_bit(profile.excluded, game->target[t].item) &&
		    scan_rank(game->subject->scan, game->target[t].item) < 10)
			hits |= 1ULL << t;
		profile_free(&profile);
	}
	game->hits[coalition] = hits;
	return 0;
}

static int64_t factorial(uint32_t n)
{
	int64_t product = 1;

	while (n > 1)
		product *= n--;
	return product;
}

/* How many of the (re)sampled targets a coalition hits. */
static int64_t value_of(const struct game *game, uint32_t coalition, const uint32_t *weight)
{
	uint64_t hits = game->hits[coalition];
	int64_t sum = 0;
	uint32_t t;

	for (t = 0; t < game->targets; t++)
		if ((hits >> t & 1) != 0)
			sum += weight[t];
	return sum;
}

/* Shapley numerators over n!: value[players]. */
static void shapley(const struct game *game, const uint32_t *weight, int64_t *value)
{
	uint32_t n = game->players, p, s;
	int64_t share[LIMIT_SOURCES_EXACT + 1];

	for (s = 0; s < n; s++)
		share[s] = factorial(s) * factorial(n - 1 - s);
	for (p = 0; p < n; p++) {
		value[p] = 0;
		for (s = 0; s < 1U << n; s++)
			if ((s >> p & 1) == 0)
				value[p] += share[__builtin_popcount(s)] *
					    (value_of(game, s | 1U << p, weight) -
					     value_of(game, s, weight));
	}
}

/* numerator / (n! * targets) in 2^-20, to the nearest */
static int64_t to_fixed(const struct game *game, int64_t numerator)
{
	__int128 whole = (__int128)factorial(game->players) * game->targets;
	__int128 scaled = (__int128)numerator * (2 * FIXED_ONE) + whole;

	whole *= 2;
	return (int64_t)(scaled >= 0 ? scaled / whole : -((-scaled + whole - 1) / whole));
}

static int ranges(const struct game *game, struct tacit_worth *out, struct error *error)
{
	int64_t *sample = malloc(sizeof(*sample) * TARGETS_RESAMPLES * game->players);
	uint32_t weight[TARGETS_MAX], r, p;
	struct random random = { TARGETS_SEED };

	if (sample == NULL)
		return error_memory(error);
	for (r = 0; r < TARGETS_RESAMPLES; r++) {
		int64_t value[LIMIT_SOURCES_EXACT];

		targets_resample(&random, weight, game->targets);
		shapley(game, weight, value);
		for (p = 0; p < game->players; p++)
			sample[p * TARGETS_RESAMPLES + r] = value[p];
	}
	for (p = 0; p < game->players; p++) {
		int64_t low, high;

		targets_range(sample + p * TARGETS_RESAMPLES, &low, &high);
		out[p].low = to_fixed(game, low);
		out[p].high = to_fixed(game, high);
	}
	free(sample);
	return 0;
}

int answer_worth(const struct subject *subject, const uint32_t *reporters, uint32_t players,
		 const struct worth_options *options, struct tacit_worth *out, int64_t *total,
		 struct error *error)
{
	struct game game = { .subject = subject, .reporters = reporters, .players = players };
	uint32_t weight[TARGETS_MAX], c, p;
	int64_t value[LIMIT_SOURCES_EXACT], sum = 0, shown = 0;
	int result = targets_choose(subject, TARGETS_MAX, game.target, &game.targets, error);

	if (result != 0)
		return result;
	if (game.targets == 0)
		return error_set(error, TACIT_E_UNKNOWN, "nothing of the history is in the "
				 "catalogue, so no source has a worth yet; add an export with: "
				 "tacit add FILE");
	game.hits = calloc(1U << players, sizeof(*game.hits));
	game.out = malloc(sizeof(uint64_t) * (subject->history->event_count / 64 + 1));
	game.h = malloc(sizeof(*game.h) * subject->pack->dim);
	if (game.hits == NULL || game.out == NULL || game.h == NULL)
		result = error_memory(error);
	for (c = 0; result == 0 && c < 1U << players; c++) {
		result = play(&game, c, error);
		if (options->progress != NULL)
			options->progress(options->context, (int)(1000ULL * (c + 1) >> players));
	}
	if (result == 0) {
		for (c = 0; c < TARGETS_MAX; c++)
			weight[c] = 1;
		shapley(&game, weight, value);
		for (p = 0; p < players; p++) {		/* running sums, so that the sum is exact */
			sum += value[p];
			out[p].shapley = to_fixed(&game, sum) - shown;
			shown += out[p].shapley;
		}
		*total = shown;
		result = ranges(&game, out, error);
	}
	free(game.hits);
	free(game.out);
	free(game.h);
	return result;
}
