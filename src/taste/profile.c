/* Building a profile: one walk over the events, newest first. */
#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "pairs.h"
#include "strength.h"

#define NO_ENTRY UINT32_MAX

int profile_links_make(const struct vault_history *history, const struct pack *pack,
		       struct profile_links *out, struct error *error)
{
	uint32_t *item = malloc(sizeof(*item) * (history->item_count + 1));
	size_t i;

	if (item == NULL)
		return error_memory(error);
	for (i = 0; i < history->item_count; i++) {
		const struct vault_item *it = &history->items[i];
		struct pack_query query = { it->title, it->creator, it->year };
		struct pack_match match;

		item[i] = pack_link(pack, &query, &match) ? match.item : FOLD_NO_ITEM;
	}
	memset(out, 0, sizeof(*out));
	out->item = item;
	return 0;
}

void profile_links_free(struct profile_links *links)
{
	free(links->item);
	links->item = NULL;
}

static bool event_out(const struct profile_filter *filter, uint32_t e)
{
	return e >= filter->first_out || profile_bit(filter->event_out, e);
}

struct building {
	struct profile *profile;
	const struct profile_links *links;
	const struct profile_filter *filter;
	uint32_t *by_pack;		/* [pack items] entry + 1 */
	uint32_t *by_vault;		/* [history items] entry + 1 */
	uint8_t *not_me;		/* [history items] */
};

/* The entry of an event's item, made when it is the first; NO_ENTRY for what no row stands for. */
static uint32_t entry_of(struct building *building, uint32_t vault_item, size_t *words_used)
{
	struct profile *profile = building->profile;
	uint32_t linked = building->links->item[vault_item];
	uint32_t *slot = linked != FOLD_NO_ITEM ? &building->by_pack[linked]
						: &building->by_vault[vault_item];
	bool again = profile->pack->config->repeats && linked != FOLD_NO_ITEM;
	const struct vault_item *it;
	struct fold_entry *fold;

	/* where things are taken again and again, every time is an entry, as in training */
	if (*slot != 0 && !again)
		return *slot - 1;
	if (again && profile->count >= LIMIT_HISTORY)
		return NO_ENTRY - 1;
	fold = &profile->fold[profile->count];
	memset(fold, 0, sizeof(*fold));
	fold->item = linked;
	if (linked == FOLD_NO_ITEM) {
		profile->unmatched++;
		*slot = NO_ENTRY;	/* known to be nothing, unless a row is found below */
		if (profile->count >= LIMIT_HISTORY)
			return NO_ENTRY - 1;
		it = &profile->history->items[vault_item];
		fold->word_count = pack_word_rows(profile->pack, it->title, it->creator,
						  it->words, it->year,
						  profile->word + *words_used);
		if (fold->word_count == 0)
			return NO_ENTRY - 1;
		fold->word = profile->word + *words_used;
		*words_used += fold->word_count;
	}
	profile->entry[profile->count] = (struct profile_entry){ vault_item, 0, 0, 0 };
	*slot = ++profile->count;
	return *slot - 1;
}

/* First walk: entries in the order of their newest event, and how many events each has. */
static void collect(struct building *building, uint32_t *entry_of_event)
{
	struct profile *profile = building->profile;
	uint32_t e = (uint32_t)profile->history->event_count;
	size_t words_used = 0;

	while (e-- > 0) {
		uint32_t item = profile->history->item[e], entry;

		entry_of_event[e] = NO_ENTRY;
		if (event_out(building->filter, e) || building->not_me[item])
			continue;
		entry = entry_of(building, item, &words_used);
		if (entry >= NO_ENTRY - 1)
			continue;
		if (profile->entry[entry].events++ == 0)
			profile->entry[entry].newest = e;
		entry_of_event[e] = entry;
	}
}

/* Second walk: each entry's events in one list, newest first; strength and exclusion from them. */
static void distribute(struct profile *profile, const uint32_t *entry_of_event)
{
	const struct vault_history *history = profile->history;
	uint32_t e = (uint32_t)history->event_count, i, at = 0;

	for (i = 0; i < profile->count; i++) {
		profile->entry[i].first_event = at;
		at += profile->entry[i].events;
		profile->entry[i].events = 0;
	}
	while (e-- > 0) {
		struct profile_entry *entry;
		uint32_t item;

		if (entry_of_event[e] == NO_ENTRY)
			continue;
		entry = &profile->entry[entry_of_event[e]];
		profile->event[entry->first_event + entry->events++] = e;
		item = profile->fold[entry_of_event[e]].item;
		if (item != FOLD_NO_ITEM && strength_had(history->verb[e]) &&
		    !profile->pack->config->repeats)
			profile->excluded[item / 64] |= 1ULL << (item % 64);
	}
	for (i = 0; i < profile->count; i++)
		profile->fold[i].strength = strength_of(history, profile->event +
							profile->entry[i].first_event,
							profile->entry[i].events);
}

static void apply_told(struct profile *profile)
{
	const struct pack *pack = profile->pack;
	uint32_t i, r;

	for (i = 0; profile->told.count > 0 && i < pack->items; i++)
		for (r = 0; r < profile->told.count; r++) {
			const struct told_rule *rule = &profile->told.rule[r];

			if (!told_matches(rule, pack_title(pack, i), pack_creator(pack, i),
					  pack_words(pack, i)))
				continue;
			profile->told_bonus[i] += rule->bonus;
			if (rule->never) {
				profile->told_never[i / 64] |= 1ULL << (i % 64);
				profile->excluded[i / 64] |= 1ULL << (i % 64);
			}
		}
}

/* Whether anything is added to the scores of single items. */
static bool has_bonus(const struct profile *profile)
{
	return profile->told.count > 0 || profile->pack->pairs != NULL ||
	       profile->head.intercept != PACK_THETA_ONE;
}

static int allocate(struct profile *profile, struct building *building)
{
	size_t items = profile->pack->items, mine = profile->history->item_count;
	size_t events = profile->history->event_count, words = items / 64 + 1;
	size_t entries = mine + 1 + (profile->pack->config->repeats ? LIMIT_HISTORY : 0);

	profile->decay = malloc(sizeof(*profile->decay));
	profile->fold = malloc(sizeof(*profile->fold) * entries);
	profile->entry = malloc(sizeof(*profile->entry) * entries);
	profile->event = malloc(sizeof(*profile->event) * (events + 1));
	profile->excluded = calloc(words, sizeof(uint64_t));
	profile->told_never = calloc(words, sizeof(uint64_t));
	profile->word = malloc(sizeof(uint32_t) * PACK_WORD_ROWS *
			       ((mine < LIMIT_HISTORY ? mine : LIMIT_HISTORY) + 1));
	building->by_pack = calloc(items, sizeof(uint32_t));
	building->by_vault = calloc(mine + 1, sizeof(uint32_t));
	building->not_me = calloc(mine + 1, 1);
	if (profile->told.count > 0)
		profile->told_bonus = calloc(items, sizeof(*profile->told_bonus));
	if (has_bonus(profile))
		profile->bonus = calloc(items, sizeof(*profile->bonus));
	return profile->decay == NULL || profile->fold == NULL || profile->entry == NULL ||
	       profile->event == NULL || profile->excluded == NULL ||
	       profile->told_never == NULL || profile->word == NULL ||
	       building->by_pack == NULL || building->by_vault == NULL ||
	       building->not_me == NULL ||
	       (profile->told.count > 0 && profile->told_bonus == NULL) ||
	       (has_bonus(profile) && profile->bonus == NULL);
}

int profile_make(const struct vault_history *history, const struct profile_links *links,
		 const struct pack *pack, const struct vault_fact *facts, size_t fact_count,
		 const struct profile_filter *filter, struct profile *out, struct error *error)
{
	struct building building = { out, links, filter, NULL, NULL, NULL };
	uint32_t *entry_of_event = malloc(sizeof(uint32_t) * (history->event_count + 1));
	int result = 0;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->history = history;
	out->pack = pack;
	if (filter->head != NULL)
		out->head = *filter->head;
	else
		head_of(pack, 0, &out->head);
	out->moment = links->moment;
	out->moments = links->moments;
	told_make(facts, fact_count, &out->told);
	if (entry_of_event == NULL || allocate(out, &building) != 0) {
		result = error_memory(error);
	} else {
		for (i = 0; i < history->item_count; i++)
			building.not_me[i] = told_not_me(&out->told, history->items[i].title,
							 history->items[i].year);
		fold_decay_of(pack, &out->head, out->decay);
		collect(&building, entry_of_event);
		distribute(out, entry_of_event);
		apply_told(out);
		if (out->bonus != NULL)
			result = profile_bonus(out, UINT32_MAX, out->told_bonus, out->bonus,
					       error);
	}
	free(building.by_pack);
	free(building.by_vault);
	free(building.not_me);
	free(entry_of_event);
	if (result != 0)
		profile_free(out);
	return result;
}

void profile_free(struct profile *profile)
{
	free(profile->decay);
	free(profile->fold);
	free(profile->entry);
	free(profile->event);
	free(profile->excluded);
	free(profile->told_never);
	free(profile->told_bonus);
	free(profile->bonus);
	free(profile->word);
	memset(profile, 0, sizeof(*profile));
}

uint32_t profile_state(const struct profile *profile, uint32_t skip, int64_t *h)
{
	uint32_t m;

	fold_state(profile->pack, profile->decay, profile->fold, profile->count, skip, h);
	for (m = 0; m < profile->moments; m++)
		fold_moment(profile->pack, profile->moment[m], h);
	return fold_bucket(profile->pack, profile->count - (skip < profile->count ? 1 : 0));
}

/* out[items] = what was told, and what the head adds to the intercepts of a bucket. */
static void add_tilt(const struct profile *profile, uint32_t bucket, const int32_t *told_bonus,
		     int32_t *out)
{
	const struct pack *pack = profile->pack;
	const int16_t *length = pack->length + (size_t)bucket * pack->items;
	uint32_t i;

	if (told_bonus != NULL)
		memcpy(out, told_bonus, sizeof(*out) * pack->items);
	else
		memset(out, 0, sizeof(*out) * pack->items);
	for (i = 0; profile->head.intercept != PACK_THETA_ONE && i < pack->items; i++)
		out[i] += head_tilt(&profile->head, length[i]);
}

int profile_bonus(const struct profile *profile, uint32_t skip, const int32_t *told_bonus,
		  int32_t *out, struct error *error)
{
	uint32_t count = profile->count - (skip < profile->count ? 1 : 0);
	int64_t *sum;

	add_tilt(profile, fold_bucket(profile->pack, count), told_bonus, out);
	if (profile->pack->pairs == NULL)
		return 0;
	sum = malloc(sizeof(*sum) * profile->pack->items);
	if (sum == NULL)
		return error_memory(error);
	pairs_state(profile->pack, profile->decay, profile->fold, profile->count, skip, out, sum,
		    out);
	free(sum);
	return 0;
}
