/*
 * Where a service may have the exact set of what fits best (choose, from the notch "order" on), the
 * places next to its edge are drawn by Thompson sampling (answer/explore.h), and it is kept how.
 *
 * A candidate's level follows from a secret of the vault, the service, the domain, the day and the
 * item of the catalogue: so neither asking again nor other names or lists buy another draw on the
 * same day. The record is for the person: a propensity is a number made from the history and tells
 * more than a set does, so it does not leave.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/explore.h"
#include "asks/asks.h"
#include "base/clock.h"

#define REACH 8			/* at most so many places on either side of the edge are in play */
#define VERSION 1

_Static_assert(2 * REACH <= EXPLORE_MOST, "what is in play can be counted");

/* What is drawn from. */
struct play {
	uint8_t seed[32];
	uint32_t count, size;		/* so many, of which so many are chosen */
	uint32_t place[EXPLORE_MOST];	/* in the order */
	uint32_t item[EXPLORE_MOST];
	struct explore_candidate candidate[EXPLORE_MOST];
	uint32_t chosen;
	explore_wide ways;
};

static void make_seed(struct asks *asks, const struct asks_service *service, const char *domain,
		      int64_t now, uint8_t out[32])
{
	uint8_t whole[32], day[8];

	bytes_store64(day, (uint64_t)(now / CLOCK_DAY_MS));
	secrets_derive(asks->secret, "explore", service->id, strlen(service->id), whole);
	secrets_derive(whole, "domain", domain, strlen(domain), whole);
	secrets_derive(whole, "day", day, sizeof(day), out);
	secrets_wipe(whole, sizeof(whole));
}

static void draw(struct play *play)
{
	uint8_t level[EXPLORE_MOST], item[4], out[32];
	uint32_t i;

	for (i = 0; i < play->count; i++) {
		bytes_store32(item, play->item[i]);
		secrets_derive(play->seed, "level", item, sizeof(item), out);
		level[i] = out[0] % EXPLORE_LEVELS;
	}
	play->chosen = explore_choose(play->candidate, play->count, level, play->size);
	play->ways = explore_ways(play->candidate, play->count, play->chosen);
}

/* The candidates of the catalogue next to the edge, each item once, into play. */
static int gather(struct asks *asks, const struct ask *ask, const uint32_t *order,
		  struct play *play)
{
	/* half of the set, so that the surest half is always in it */
	uint32_t half = (ask->limit + 1) / 2, reach = half < REACH ? half : REACH, p, i;
	uint32_t from = ask->limit - reach;
	uint32_t to = ask->candidates - from > 2 * reach ? from + 2 * reach : ask->candidates;
	struct asks_share share;
	int result = 0;

	for (p = from; result == 0 && p < to; p++) {
		result = asks_share(asks, ask, order[p], &share);
		for (i = 0; i < play->count && play->item[i] != share.item; i++)
			;
		if (result != 0 || !share.known || i < play->count)
			continue;
		play->place[i] = p;
		play->item[i] = share.item;
		play->candidate[i].mean = share.log_share;
		play->candidate[i].deviation = explore_deviation(share.probability,
								 share.evidence);
		play->count++;
		play->size += p < ask->limit;
	}
	return result;
}

/* The chosen first, in the places that are in play; each part keeps its order. */
static void move(const struct play *play, uint32_t *order)
{
	uint32_t moved[EXPLORE_MOST], at = 0, i, pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < play->count; i++)
			if ((play->chosen >> i & 1) == (pass == 0))
				moved[at++] = order[play->place[i]];
	for (i = 0; i < play->count; i++)
		order[play->place[i]] = moved[i];
}

/* ---- the record -------------------------------------------------------------------------- */

#define HEAD (4 + 32 + 4 + 4 + 4 + 16)
#define EACH (4 + 4 + 4)

static int keep(const struct play *play, struct bytes *out)
{
	uint32_t i;
	int result = bytes_append_u32(out, VERSION);

	if (result == 0)
		result = bytes_append(out, play->seed, sizeof(play->seed));
	if (result == 0)
		result = bytes_append_u32(out, play->count);
	if (result == 0)
		result = bytes_append_u32(out, play->size);
	if (result == 0)
		result = bytes_append_u32(out, play->chosen);
	if (result == 0)
		result = bytes_append_u64(out, (uint64_t)play->ways);
	if (result == 0)
		result = bytes_append_u64(out, (uint64_t)(play->ways >> 64));
	for (i = 0; result == 0 && i < play->count; i++) {
		result = bytes_append_u32(out, play->item[i]);
		if (result == 0)
			result = bytes_append_u32(out, (uint32_t)play->candidate[i].mean);
		if (result == 0)
			result = bytes_append_u32(out, (uint32_t)play->candidate[i].deviation);
	}
	return result;
}

int asks_choice_replay(const void *data, size_t size, int64_t *propensity, struct error *error)
{
	const uint8_t *at = data;
	struct play play = { .count = 0 };
	uint32_t i, chosen;
	explore_wide ways;

	if (size >= HEAD && bytes_load32(at) == VERSION) {
		memcpy(play.seed, at + 4, 32);
		play.count = bytes_load32(at + 36);
		play.size = bytes_load32(at + 40);
	}
	if (play.count < 2 || play.count > EXPLORE_MOST || play.size < 1 ||
	    play.size >= play.count || size != HEAD + (size_t)play.count * EACH)
		return error_set(error, TACIT_E_DAMAGED, "the record of a choice is damaged");
	chosen = bytes_load32(at + 44);
	ways = (explore_wide)bytes_load64(at + 56) << 64 | bytes_load64(at + 48);
	for (i = 0; i < play.count; i++) {
		const uint8_t *one = at + HEAD + i * EACH;

		play.item[i] = bytes_load32(one);
		play.candidate[i].mean = (int32_t)bytes_load32(one + 4);
		play.candidate[i].deviation = (int32_t)bytes_load32(one + 8);
	}
	draw(&play);
	if (play.chosen != chosen || play.ways != ways)
		return error_set(error, TACIT_E_DAMAGED,
				 "the record of a choice is not what its draw gives");
	*propensity = explore_propensity(ways, play.count);
	return 0;
}

int asks_explore(struct asks *asks, const struct asks_service *service, const struct ask *ask,
		 uint32_t *order, struct bytes *record)
{
	struct play play = { .count = 0 };
	int result = gather(asks, ask, order, &play);

	if (result != 0 || play.size == 0 || play.size == play.count)
		return result;
	make_seed(asks, service, ask->domain, clock_now(), play.seed);
	draw(&play);
	move(&play, order);
	if (keep(&play, record) != 0)
		return error_memory(&asks->t->error);
	return 0;
}
