/*
 * A person loaded for answering: the profile of a domain and its state, kept until their acts or
 * facts change. And the order of a service's list by it, which does not depend on the order that
 * the service sent. No chance is told, so that the catalogue is not passed over: an order costs
 * what its list does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "taste/dot.h"

#define LINKS (1U << 15)
#define LINKS_PROBES 8
#define AGAIN_MS 60000		/* what is taken again and again depends on the time of the day */
#define UNKNOWN INT64_MIN

/* Candidates that were looked up in the pack before, by a hash of what was sent. */
struct asks_links {
	struct {
		uint64_t hash;		/* 0: free */
		uint32_t item;		/* UINT32_MAX: not in the pack */
	} slot[LINKS];
};

void asks_person_free(struct asks_person *person)
{
	if (person->loaded == 0)
		return;
	answer_ready_free(&person->ready);
	free(person->links);
	tacit_answer_free(person->again);
	gate_person_free(&person->person);
	memset(person, 0, sizeof(*person));
}

static int make_again(struct asks *asks, struct asks_person *person)
{
	const struct tacit_next_options options = { .size = sizeof(options), .count = LIMIT_LIST };
	struct gate_person *loaded = &person->person;
	int result;

	person->again = calloc(1, sizeof(*person->again));
	if (person->again == NULL)
		return error_memory(&asks->t->error);
	result = answer_again(&loaded->history, loaded->facts, loaded->fact_count, person->domain,
			      person->loaded, &options, person->again, &asks->t->error);
	person->known = result == 0 && person->again->count > 0;
	return result == TACIT_E_UNKNOWN ? 0 : result;
}

static int make_profile(struct asks *asks, struct asks_person *person)
{
	int result;

	person->links = calloc(1, sizeof(*person->links));
	if (person->links == NULL)
		return error_memory(&asks->t->error);
	result = answer_ready_make(&person->person.subject, &person->ready, &asks->t->error);
	if (result != 0)
		return result;
	person->known = person->ready.profile.count > 0 || person->ready.profile.told.count > 0;
	return 0;
}

int asks_person_need(struct asks *asks, const char *domain, struct asks_person **out)
{
	struct asks_person *person = NULL, *oldest = &asks->person[0];
	int64_t now = clock_now();
	uint64_t generation;
	size_t i;
	int result = vault_generation(asks->t->vault, &generation, &asks->t->error);

	if (result != 0)
		return result;
	for (i = 0; i < ASKS_PERSONS; i++) {
		if (asks->person[i].loaded != 0 && strcmp(asks->person[i].domain, domain) == 0)
			person = &asks->person[i];
		if (asks->person[i].loaded < oldest->loaded)
			oldest = &asks->person[i];
	}
	if (person != NULL && person->generation == generation &&
	    (person->again == NULL || now - person->loaded < AGAIN_MS)) {
		*out = person;
		return 0;
	}
	person = person != NULL ? person : oldest;
	asks_person_free(person);
	snprintf(person->domain, sizeof(person->domain), "%.31s", domain);
	result = gate_person_load(asks->t, person->domain, &person->person);
	if (result != 0)
		return result;
	person->loaded = now > 0 ? now : 1;
	person->generation = generation;
	result = person->person.pack != NULL ? make_profile(asks, person) :
		make_again(asks, person);
	if (result != 0)
		asks_person_free(person);
	else
		*out = person;
	return result;
}

/* ---- the order of a list ---- */

static uint32_t find_item(struct asks_person *person, const struct ask_candidate *candidate)
{
	const struct pack *pack = person->person.pack;
	const char *title = candidate->title != NULL ? candidate->title : candidate->id;
	struct pack_query query = { title, candidate->creator != NULL ? candidate->creator : "",
				    candidate->year };
	struct pack_match match;
	uint32_t item = UINT32_MAX;

	if (pack_link(pack, &query, &match))
		item = match.item;
	else if (candidate->title == NULL && !gate_pack_item(pack, candidate->id, &item))
		item = UINT32_MAX;
	return item;
}

static uint64_t hash_of(const struct ask_candidate *candidate)
{
	uint64_t hash = hash_bytes(candidate->id, strlen(candidate->id), 1);

	if (candidate->title != NULL)	/* then the id is the service's own */
		hash = hash_bytes(candidate->title, strlen(candidate->title), 2);
	if (candidate->creator != NULL)
		hash = hash_bytes(candidate->creator, strlen(candidate->creator), hash);
	hash = hash_mix(hash ^ (uint64_t)(uint32_t)candidate->year);
	return hash != 0 ? hash : 1;
}

static uint32_t link_candidate(struct asks_person *person, const struct ask_candidate *candidate)
{
	uint64_t hash = hash_of(candidate);
	uint32_t at = (uint32_t)hash % LINKS, i;

	for (i = 0; i < LINKS_PROBES; i++) {
		uint32_t slot = (at + i) % LINKS;

		if (person->links->slot[slot].hash == hash)
			return person->links->slot[slot].item;
		if (person->links->slot[slot].hash == 0) {
			at = slot;
			break;
		}
	}
	person->links->slot[at].hash = hash;
	person->links->slot[at].item = find_item(person, candidate);
	return person->links->slot[at].item;
}

/* A candidate that the pack does not have, by its words; false where it knows none. */
static bool by_words(const struct asks_person *person, const struct ask_candidate *candidate,
		     struct outside *out)
{
	return outside_make(person->person.pack,
			    candidate->title != NULL ? candidate->title : candidate->id,
			    candidate->creator != NULL ? candidate->creator : "",
			    candidate->year, out);
}

static bool is_again(const struct tacit_suggestion *it, const struct ask_candidate *candidate)
{
	char wanted[LIMIT_TITLE_BYTES + 1], there[LIMIT_TITLE_BYTES + 1];
	const char *title = candidate->title != NULL ? candidate->title : candidate->id;
	int32_t year = candidate->year, its_year = it->year;

	text_fold_title(title, strlen(title), &year, wanted, sizeof(wanted));
	text_fold_title(it->title, strlen(it->title), &its_year, there, sizeof(there));
	return wanted[0] != 0 && strcmp(wanted, there) == 0 &&
	       (year == 0 || its_year == 0 || year == its_year);
}

struct placed {
	fixed_wide score;
	int group;			/* 0 scored, 1 unknown, 2 the person never wants it */
	uint32_t item;			/* in the pack, or FOLD_NO_ITEM */
	uint32_t index;
	const char *id;
};

static void place_outside(const struct asks_person *person, const struct ask_candidate *candidate,
			  struct placed *out)
{
	struct outside outside;

	if (!by_words(person, candidate, &outside))
		return;
	out->group = outside_never(&person->ready.profile, &outside) ? 2 : 0;
	out->score = outside_score(&person->ready.profile, &outside, person->ready.h,
				   person->ready.least);
}

static void place(struct asks_person *person, const struct ask_candidate *candidate,
		  struct placed *out)
{
	size_t i;

	out->id = candidate->id;
	out->item = FOLD_NO_ITEM;
	out->group = 1;
	if (person->person.pack != NULL) {
		out->item = link_candidate(person, candidate);
		if (out->item == FOLD_NO_ITEM)
			place_outside(person, candidate, out);
		else
			out->group = profile_bit(person->ready.profile.told_never,
						 out->item) ? 2 : 0;
		return;
	}
	for (i = 0; person->again != NULL && i < person->again->count; i++)
		if (is_again(&person->again->suggestion[i], candidate)) {
			out->group = 0;
			out->score = person->again->suggestion[i].score;
			return;
		}
}

/* The scores of what the pack has, a block at a time. */
static void score_placed(const struct asks_person *person, struct placed *placed, uint32_t count)
{
	uint32_t item[DOT_BLOCK], at[DOT_BLOCK], some = 0, i, k;
	fixed_wide score[DOT_BLOCK];

	for (i = 0; i <= count; i++) {
		if (some == DOT_BLOCK || (i == count && some > 0)) {
			given_scores(person->ready.given, item, some, score);
			for (k = 0; k < some; k++)
				placed[at[k]].score = score[k];
			some = 0;
		}
		if (i < count && placed[i].item != FOLD_NO_ITEM) {
			item[some] = placed[i].item;
			at[some++] = i;
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return strcmp(x->id, y->id);
}

int asks_order(struct asks *asks, const struct ask *ask, uint32_t *order, bool *known)
{
	struct placed *placed = calloc(ask->candidates, sizeof(*placed));
	struct asks_person *person;
	uint32_t i;
	int result;

	if (placed == NULL)
		return error_memory(&asks->t->error);
	result = asks_person_need(asks, ask->domain, &person);
	*known = false;
	for (i = 0; result == 0 && i < ask->candidates; i++) {
		placed[i].index = i;
		place(person, &ask->candidate[i], &placed[i]);
		*known |= person->known && placed[i].group != 1;
	}
	if (result == 0 && person->person.pack != NULL)
		score_placed(person, placed, ask->candidates);
	if (result == 0)
		qsort(placed, ask->candidates, sizeof(*placed), by_place);
	for (i = 0; result == 0 && i < ask->candidates; i++)
		order[i] = placed[i].index;
	free(placed);
	return result;
}

int asks_share(struct asks *asks, const struct ask *ask, uint32_t index, struct asks_share *out)
{
	struct asks_person *person;
	struct answer_ready *ready;
	fixed_wide score;
	int result = asks_person_need(asks, ask->domain, &person);

	memset(out, 0, sizeof(*out));
	if (result != 0 || person->person.pack == NULL)
		return result;
	out->item = link_candidate(person, &ask->candidate[index]);
	ready = &person->ready;
	if (out->item == UINT32_MAX || profile_bit(ready->profile.told_never, out->item))
		return 0;
	out->known = true;
	given_scores(ready->given, &out->item, 1, &score);
	out->log_share = given_log_share(ready->given, person->person.scan, score);
	out->probability = answer_chance(&person->person.subject, out->log_share);
	out->evidence = ready->profile.count;
	return 0;
}

int asks_kinds(struct asks *asks, const struct ask *ask, uint32_t index, const char *kind[4])
{
	struct tacit_suggestion suggestion = { 0 };
	struct asks_person *person;
	struct outside outside;
	uint32_t item;
	size_t i;
	int count = 0, k, result = asks_person_need(asks, ask->domain, &person);

	if (result != 0)
		return result;
	if (person->person.pack == NULL) {
		kind[0] = "again";
		return person->again != NULL && person->again->count > 0;
	}
	item = link_candidate(person, &ask->candidate[index]);
	if (item == UINT32_MAX && !by_words(person, &ask->candidate[index], &outside))
		return 0;
	result = causes_make(&person->ready.profile, person->ready.bucket, &item,
			     item == UINT32_MAX ? &outside : NULL, 1, &suggestion,
			     &asks->t->error);
	if (result != 0)
		return result;
	causes_sort(&suggestion, 0);
	for (i = 0; i < suggestion.cause_count && count < 4; i++) {
		static const char *const names[] = { "follow", "words", "told", "popular" };
		size_t n;

		if (suggestion.cause[i].contribution <= 0)
			break;
		for (n = 0; n < 4; n++)
			if (strcmp(names[n], suggestion.cause[i].reason) == 0)
				break;
		for (k = 0; n < 4 && k < count; k++)
			if (kind[k] == names[n])
				n = 4;
		if (n < 4)
			kind[count++] = names[n];
	}
	free(suggestion.cause);
	return count;
}
