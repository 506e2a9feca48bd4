/*
 * A profile: what a pack's model sees of a person's history. A pure function of the vault's events
 * and facts, rebuilt whenever it is needed.
 *
 * An entry is one thing of the history: all events of one item of the pack, or of one title that
 * the pack does not have but whose words it knows. (In a pack whose things are taken again
 * and again each event is an entry of its own.) Its place is that of its newest event, its
 * strength comes from what its events say (strength.c). Entries stand newest first; equal times are
 * ordered by content, as the vault gives them.
 */
#ifndef TACIT_TASTE_PROFILE_H
#define TACIT_TASTE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "pack/pack.h"
#include "taste/fold.h"
#include "taste/told.h"
#include "vault/vault.h"

struct profile_entry {
	uint32_t vault_item;		/* of the newest event, into history->items */
	uint32_t newest;		/* index of the newest event in the history */
	uint32_t events;
	uint32_t first_event;		/* into profile->event: its events, newest first */
};

struct profile {
	const struct vault_history *history;	/* borrowed */
	const struct pack *pack;		/* borrowed */
	struct head head;			/* that the decays and `bonus` were made with */
	struct fold_decay *decay;
	uint32_t count;				/* entries */
	struct fold_entry *fold;		/* [count], parallel to entry */
	struct profile_entry *entry;		/* [count] */
	uint32_t *event;			/* indices into the history */
	uint64_t unmatched;			/* items of the history that it does not have */
	uint64_t *excluded;			/* bitmap [items]: had already, or told never */
	uint64_t *told_never;			/* bitmap [items] */
	int32_t *told_bonus;			/* [items] 2^-20; NULL without rules */
	/* [items] 2^-20: told, what the history's pairs add, and what the head adds to intercepts;
	 * NULL where there is none of these */
	int32_t *bonus;
	struct told told;
	uint32_t *word;				/* memory of the entries' words */
	const uint32_t *moment;			/* [moments]: rows of the pack's, the links' */
	uint32_t moments;
};

/* Which events count: a bitmap over the history's events, NULL for all. An event that is out is
 * treated as if it had never been. And by which head. */
struct profile_filter {
	const uint64_t *event_out;
	uint32_t first_out;			/* events from this index on are out */
	const struct head *head;		/* NULL: "next" of the pack */
};
#define PROFILE_ALL { NULL, UINT32_MAX, NULL }

/* Links each item of a history to the pack once; profiles of the same history share it, and the
 * moment: what is known of now. */
struct profile_links {
	uint32_t *item;			/* [history items], FOLD_NO_ITEM where there is none */
	uint32_t moment[LIMIT_MOMENT_ROWS];	/* [moments]: rows of the pack's, ascending */
	uint32_t moments;			/* 0 until somebody says more */
};
int profile_links_make(const struct vault_history *history, const struct pack *pack,
		       struct profile_links *out, struct error *error);
void profile_links_free(struct profile_links *links);

int profile_make(const struct vault_history *history, const struct profile_links *links,
		 const struct pack *pack, const struct vault_fact *facts, size_t fact_count,
		 const struct profile_filter *filter, struct profile *out, struct error *error);
void profile_free(struct profile *profile);

/* The state h[dim] and bucket of the profile with entry `skip` as if it had never been
 * (UINT32_MAX: of the whole profile). */
uint32_t profile_state(const struct profile *profile, uint32_t skip, int64_t *h);

/* out[items]: `bonus` with entry `skip` as if it had never been, from a told part of its own
 * (profile->told_bonus, or a changed copy; NULL: none). TACIT_E_MEMORY. */
int profile_bonus(const struct profile *profile, uint32_t skip, const int32_t *told_bonus,
		  int32_t *out, struct error *error);

/* The intercept of an item under the profile's head, exact. */
static inline fixed_wide profile_length(const struct profile *profile, uint32_t bucket,
					uint32_t item)
{
	const struct pack *pack = profile->pack;
	fixed_wide length = fold_length(pack, bucket, item);

	if (pack->length == NULL || bucket == FOLD_NO_BUCKET)
		return length;
	return length + (fixed_wide)head_tilt(&profile->head,
					      pack->length[(size_t)bucket * pack->items + item]) *
			((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
}

static inline bool profile_bit(const uint64_t *bits, uint32_t i)
{
	return bits != NULL && (bits[i / 64] >> (i % 64) & 1) != 0;
}

#endif
