/*
 * Why one item: every term of its sum, and for each cause the score and rank that a history
 * without its events has. "Without" is a replay, not a subtraction: older entries move one
 * position nearer, the length of the history changes, and the thing itself may be suggested.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"

struct without {
	const struct subject *subject;
	const struct profile *profile;
	uint32_t item;
	int64_t *h;
	uint64_t *excluded;		/* a copy to change */
	int32_t *bonus;			/* room for another one, or NULL */
	int32_t *told_bonus;		/* a copy to change, or NULL */
};

static int score_now(struct without *without, uint32_t skip, int64_t *score, uint32_t *rank,
		     struct error *error)
{
	uint32_t bucket = profile_state(without->profile, skip, without->h);
	int result = without->bonus == NULL ? 0 :
		     profile_bonus(without->profile, skip, without->told_bonus, without->bonus,
				   error);

	if (result != 0)
		return result;

	scan_pass(without->subject->scan, without->h, bucket, without->excluded, without->bonus);
	*score = fixed_narrow(scan_score(without->subject->scan, without->item));
	*rank = scan_rank(without->subject->scan, without->item) + 1;
	return 0;
}

/* The history without one entry. */
static int without_entry(struct without *without, uint32_t e, struct tacit_cause *cause,
			 struct error *error)
{
	uint32_t item = without->profile->fold[e].item;
	bool lifted = item != FOLD_NO_ITEM && profile_bit(without->excluded, item) &&
		      !profile_bit(without->profile->told_never, item);
	int result;

	if (lifted)
		without->excluded[item / 64] &= ~(1ULL << (item % 64));
	result = score_now(without, e, &cause->score_without, &cause->rank_without, error);
	if (lifted)
		without->excluded[item / 64] |= 1ULL << (item % 64);
	return result;
}

/* The same history had one rule not been told (rules that only add; "never" has no term). */
static int without_rule(struct without *without, uint64_t fact, struct tacit_cause *cause,
			struct error *error)
{
	const struct pack *pack = without->subject->pack;
	const struct told *told = &without->profile->told;
	uint32_t r, i;
	int result;

	for (r = 0; r < told->count && told->rule[r].fact != fact; r++)
		;
	for (i = 0; r < told->count && i < pack->items; i++)
		if (told_matches(&told->rule[r], pack_title(pack, i), pack_creator(pack, i),
				 pack_words(pack, i)))
			without->told_bonus[i] -= told->rule[r].bonus;
	result = score_now(without, UINT32_MAX, &cause->score_without, &cause->rank_without, error);
	memcpy(without->told_bonus, without->profile->told_bonus,
	       sizeof(*without->told_bonus) * pack->items);
	return result;
}

/* The same history in a moment of which nothing is known. */
static int without_moment(struct without *without, struct tacit_cause *cause, struct error *error)
{
	struct profile still = *without->profile;
	const struct profile *profile = without->profile;
	int result;

	still.moments = 0;
	without->profile = &still;
	result = score_now(without, UINT32_MAX, &cause->score_without, &cause->rank_without, error);
	without->profile = profile;
	return result;
}

static int fill_without(struct without *without, struct tacit_suggestion *suggestion,
			struct error *error)
{
	const struct profile *profile = without->profile;
	size_t c;
	uint32_t e = 0;
	int result = 0;

	for (c = 0; result == 0 && c < suggestion->cause_count; c++) {
		struct tacit_cause *cause = &suggestion->cause[c];

		if (cause->fact != 0) {
			result = without_rule(without, cause->fact, cause, error);
		} else if (strcmp(cause->reason, "moment") == 0) {
			result = without_moment(without, cause, error);
		} else if (cause->events == 0) {	/* what many take: nothing to take back */
			cause->score_without = suggestion->score;
			cause->rank_without = suggestion->rank;
		} else {
			/* causes and entries stand in the same order */
			while (profile->history->event[profile->entry[e].newest] != cause->event)
				e++;
			result = without_entry(without, e, cause, error);
		}
	}
	return result;
}

static int explain(struct without *without, struct tacit_answer *out, struct error *error)
{
	const struct profile *profile = without->profile;
	struct tacit_suggestion *suggestion;
	uint32_t bucket;
	int result;

	out->suggestion = calloc(1, sizeof(*out->suggestion));
	if (out->suggestion == NULL)
		return error_memory(error);
	out->count = 1;
	suggestion = &out->suggestion[0];
	/* rank among the candidates, the item itself counted in even where it was had */
	result = score_now(without, UINT32_MAX, &suggestion->score, &suggestion->rank, error);
	if (result != 0)
		return result;
	suggestion->probability = answer_chance(without->subject,
		scan_log_share(without->subject->scan,
			       scan_score(without->subject->scan, without->item)));
	bucket = fold_bucket(without->subject->pack, profile->count);
	result = causes_make(profile, bucket, &without->item, NULL, 1, suggestion, error);
	if (result != 0)
		return result;
	answer_describe(without->subject->pack, without->item, suggestion);
	result = fill_without(without, suggestion, error);
	causes_sort(suggestion, 0);
	return result;
}

int answer_why(const struct subject *subject, uint32_t item, struct tacit_answer *out,
	       struct error *error)
{
	const struct profile_filter all = { NULL, UINT32_MAX, subject->head };
	size_t words = subject->pack->items / 64 + 1;
	struct profile profile;
	struct without without = { subject, &profile, item, NULL, NULL, NULL, NULL };
	int result = profile_make(subject->history, subject->links, subject->pack,
				  subject->facts, subject->fact_count, &all, &profile, error);

	if (result != 0)
		return result;
	out->known = profile.count;
	out->unmatched = profile.unmatched;
	without.h = malloc(sizeof(*without.h) * subject->pack->dim);
	without.excluded = malloc(sizeof(uint64_t) * words);
	if (profile.bonus != NULL)
		without.bonus = malloc(sizeof(*without.bonus) * subject->pack->items);
	if (profile.told_bonus != NULL)
		without.told_bonus = malloc(sizeof(*without.bonus) * subject->pack->items);
	if (without.h == NULL || without.excluded == NULL ||
	    (profile.bonus != NULL && without.bonus == NULL) ||
	    (profile.told_bonus != NULL && without.told_bonus == NULL)) {
		result = error_memory(error);
	} else {
		memcpy(without.excluded, profile.excluded, sizeof(uint64_t) * words);
		if (profile.told_bonus != NULL)
			memcpy(without.told_bonus, profile.told_bonus,
			       sizeof(*without.told_bonus) * subject->pack->items);
		result = explain(&without, out, error);
	}
	free(without.h);
	free(without.excluded);
	free(without.bonus);
	free(without.told_bonus);
	profile_free(&profile);
	return result;
}
