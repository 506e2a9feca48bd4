/*
 * The next list: exact first k of the catalogue, its reasons, its probabilities, and the stated
 * share of surprises.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/hash.h"
#include "variety.h"

#define DEFAULT_COUNT 10
#define SURPRISE_COUNT 5	/* a surprise is something that at least so many took */

/* A seed that changes with the history and with nothing else. */
static uint64_t history_seed(const struct profile *profile)
{
	uint64_t seed = 0;
	uint32_t e;

	for (e = 0; e < profile->count; e++)
		seed = hash_mix(seed ^ profile->fold[e].item) + e;
	return seed;
}

/* What the history and what was told say of an item. */
static fixed_wide personal(const struct profile *profile, const int64_t *h, uint32_t item)
{
	uint32_t bucket = fold_bucket(profile->pack, profile->count);

	if (profile->bonus == NULL)
		return fold_dot(profile->pack, h, item);
	return fold_dot(profile->pack, h, item) + (fixed_wide)profile->bonus[item] *
	       ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS)) +
	       fold_length(profile->pack, bucket, item) - profile_length(profile, bucket, item);
}

/* Items that the history speaks against (a personal sum below zero) and that others take: the one
 * with the least keyed hash. Deterministic; NO item: FOLD_NO_ITEM. */
static uint32_t pick_surprise(const struct profile *profile, const int64_t *h, uint64_t seed,
			      const uint64_t *taken)
{
	const struct pack *pack = profile->pack;
	uint32_t best = FOLD_NO_ITEM, i;
	uint64_t least = UINT64_MAX;

	for (i = 0; i < pack->items; i++) {
		uint64_t draw = hash_mix(seed ^ hash_mix(i + 1));

		if (draw >= least || profile_bit(profile->excluded, i) || profile_bit(taken, i) ||
		    (pack->count != NULL && pack->count[i] < SURPRISE_COUNT) ||
		    personal(profile, h, i) > 0)
			continue;
		least = draw;
		best = i;
	}
	return best;
}

/* Puts surprises into the slots where the running share passes a half. */
static void add_surprises(const struct profile *profile, const int64_t *h, int32_t share,
			  uint32_t *item, uint8_t *surprise, uint32_t count, uint64_t *taken)
{
	uint64_t seed = history_seed(profile);
	uint32_t i;

	for (i = 0; i < count; i++)
		taken[item[i] / 64] |= 1ULL << (item[i] % 64);
	for (i = 0; i < count; i++) {
		int64_t half = FIXED_ONE / 2;
		int64_t before = ((int64_t)share * i + half) >> FIXED_BITS;
		uint32_t pick;

		if ((((int64_t)share * (i + 1) + half) >> FIXED_BITS) == before)
			continue;
		pick = pick_surprise(profile, h, seed + i, taken);
		if (pick == FOLD_NO_ITEM)
			return;
		/* the list keeps its best: later items move down, the last falls out */
		memmove(item + i + 1, item + i, sizeof(*item) * (count - i - 1));
		memmove(surprise + i + 1, surprise + i, count - i - 1);
		item[i] = pick;
		surprise[i] = 1;
		taken[pick / 64] |= 1ULL << (pick % 64);
	}
}

/* Fills suggestions for items whose order is given; the scan has passed over the same state. */
static int fill(const struct subject *subject, const struct profile *profile, uint32_t bucket,
		const uint32_t *item, const uint8_t *surprise, uint32_t count,
		struct tacit_answer *out, struct error *error)
{
	uint32_t i;
	int result;

	out->suggestion = calloc(count + 1, sizeof(*out->suggestion));
	if (out->suggestion == NULL)
		return error_memory(error);
	out->count = count;
	result = causes_make(profile, bucket, item, NULL, count, out->suggestion, error);
	for (i = 0; result == 0 && i < count; i++) {
		struct tacit_suggestion *suggestion = &out->suggestion[i];

		answer_describe(subject->pack, item[i], suggestion);
		suggestion->surprise = surprise != NULL && surprise[i];
		suggestion->rank = i + 1;
		suggestion->probability = answer_chance(subject,
			scan_log_share(subject->scan, scan_score(subject->scan, item[i])));
	}
	return result;
}

/* What variety took off, as a cause of each that paid for it; surprises did not. */
static void charge(const struct pack *pack, const struct variety_pick *pick, uint32_t count,
		   struct tacit_answer *out)
{
	char name[256];
	size_t i;
	uint32_t k;

	for (i = 0; i < out->count; i++)
		for (k = 0; k < count; k++)
			if (pick[k].item == out->suggestion[i].item && pick[k].cost > 0) {
				answer_name(pack_title(pack, pick[k].like),
					    pack->item[pick[k].like].year, name, sizeof(name));
				variety_charge(&out->suggestion[i], pick[k].cost, name);
			}
}

void answer_describe_all(const struct subject *subject, const struct profile *profile,
			 struct tacit_answer *out)
{
	uint32_t items = subject->pack->items, i;

	snprintf(out->domain, sizeof(out->domain), "%s", subject->pack->header->domain);
	snprintf(out->pack, sizeof(out->pack), "%s", subject->pack->header->name);
	out->known = profile->count;
	out->unmatched = profile->unmatched;
	out->candidates = items;
	for (i = 0; i <= items / 64; i++)	/* no bit is set beyond the last item */
		out->candidates -= (uint32_t)__builtin_popcountll(profile->excluded[i]);
}

static int list_next(const struct subject *subject, const struct profile *profile,
		     const struct tacit_next_options *options, struct tacit_answer *out,
		     struct error *error)
{
	uint32_t count = options->count == 0 ? DEFAULT_COUNT : options->count, got = 0, i, bucket;
	struct variety_pick *pick = malloc(sizeof(*pick) * ((size_t)count + 1));
	struct scan_hit *hit = malloc(sizeof(*hit) * ((size_t)count + 1));
	uint32_t *item = malloc(sizeof(*item) * ((size_t)count + 1));
	uint8_t *surprise = calloc((size_t)count + 1, 1);
	uint64_t *taken = calloc(subject->pack->items / 64 + 1, sizeof(*taken));
	int64_t *h = malloc(sizeof(*h) * subject->pack->dim);
	int result = 0;

	if (pick == NULL || hit == NULL || item == NULL || surprise == NULL || taken == NULL ||
	    h == NULL) {
		result = error_memory(error);
	} else {
		bucket = profile_state(profile, UINT32_MAX, h);
		scan_pass(subject->scan, h, bucket, profile->excluded, profile->bonus);
		if (options->variety > 0)
			result = variety_pick(subject->scan, subject->pack, options->variety, count,
					      pick, &got, error);
		else
			got = scan_top(subject->scan, count, hit, NULL);
		for (i = 0; i < got; i++)
			item[i] = options->variety > 0 ? pick[i].item : hit[i].item;
		if (result == 0 && options->surprise > 0)
			add_surprises(profile, h, options->surprise, item, surprise, got, taken);
		if (result == 0)
			result = fill(subject, profile, bucket, item, surprise, got, out, error);
		if (result == 0 && options->variety > 0)
			charge(subject->pack, pick, got, out);
		for (i = 0; result == 0 && i < got; i++)
			causes_sort(&out->suggestion[i], options->causes);
	}
	free(pick);
	free(hit);
	free(item);
	free(surprise);
	free(taken);
	free(h);
	return result;
}

int answer_next(const struct subject *subject, const struct tacit_next_options *options,
		struct tacit_answer *out, struct error *error)
{
	const struct profile_filter all = { NULL, UINT32_MAX, subject->head };
	struct profile profile;
	int result = profile_make(subject->history, subject->links, subject->pack,
				  subject->facts, subject->fact_count, &all, &profile, error);

	if (result != 0)
		return result;
	answer_describe_all(subject, &profile, out);
	if (profile.count == 0 && profile.told.count == 0 && !options->anyway)
		result = error_set(error, TACIT_E_UNKNOWN, "I don't know your taste in %s yet: "
				   "nothing of your history is in the pack \"%s\"; add an export "
				   "(tacit add FILE), say something (tacit tell \"I love ...\"), "
				   "or see what many take with --anyway", out->domain, out->pack);
	else
		result = list_next(subject, &profile, options, out, error);
	profile_free(&profile);
	return result;
}
