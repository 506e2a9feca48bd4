/* What is known and what is guessed about a person's taste, domain by domain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"
#include "taste/strength.h"

#define NAMES_MAX 4096
#define LOOKED_AT 40
#define SHOWN 8
#define LEAST_EVENTS 2		/* fewer say nothing about a liking */

struct tally {
	char name[128];
	uint64_t events, evidence;
};

struct tallies {
	struct tally *tally;		/* [NAMES_MAX] */
	size_t count;
};

static void count_name(struct tallies *tallies, const char *name, size_t size, uint64_t event)
{
	size_t i;

	if (size == 0 || size >= sizeof(tallies->tally[0].name))
		return;
	for (i = 0; i < tallies->count; i++)
		if (strncmp(tallies->tally[i].name, name, size) == 0 &&
		    tallies->tally[i].name[size] == 0)
			break;
	if (i == NAMES_MAX)
		return;
	if (i == tallies->count) {
		memset(&tallies->tally[i], 0, sizeof(tallies->tally[i]));
		memcpy(tallies->tally[i].name, name, size);
		tallies->count++;
	}
	tallies->tally[i].events++;
	tallies->tally[i].evidence = event;
}

static void count_words(struct tallies *tallies, const char *words, uint64_t event)
{
	while (*words != 0) {
		size_t size = strcspn(words, "|");

		if (strncmp(words, "(no genres", 10) != 0)
			count_name(tallies, words, size, event);
		words += size + (words[size] == '|');
	}
}

static int by_events(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->events != y->events)
		return x->events > y->events ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	while (*words != 0) {
		size_t length = strcspn(words, "|");

		if (length == size && memcmp(words, word, size) == 0)
			return true;
		words += length + (words[length] == '|');
	}
	return false;
}

/* The word's share of the person's things over its share of what everybody took. */
static int32_t lift(const struct pack *pack, const char *word, uint64_t mine, uint64_t all_mine)
{
	uint64_t theirs = 0, all_theirs = 0;
	uint32_t i;

	for (i = 0; pack != NULL && pack->count != NULL && i < pack->items; i++) {
		all_theirs += pack->count[i];
		if (has_word(pack_words(pack, i), word))
			theirs += pack->count[i];
	}
	if (theirs == 0 || all_mine == 0)
		return 0;
	return (int32_t)(((__int128)mine * all_theirs << FIXED_BITS) /
			 ((__int128)theirs * all_mine));
}

/* How many more of the person's things have the word than if they took what everybody takes. */
static int64_t surplus(const struct tacit_liking *liking)
{
	if (liking->lift == 0)
		return (int64_t)liking->events;
	return (int64_t)liking->events -
	       (int64_t)(((__int128)liking->events << FIXED_BITS) / liking->lift);
}

static int by_surplus(const void *a, const void *b)
{
	const struct tacit_liking *x = a, *y = b;
	int64_t mine = surplus(x), other = surplus(y);

	if (mine != other)
		return mine > other ? -1 : 1;
	if (x->events != y->events)
		return x->events > y->events ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The eight that say most: of the most frequent, those that stand out from what everybody takes
 * (where a catalogue tells what that is), else the most frequent. */
static size_t best(struct tallies *tallies, const struct pack *pack, uint64_t all_mine,
		   struct tacit_liking out[SHOWN])
{
	struct tacit_liking list[LOOKED_AT];
	size_t i, count = 0;

	qsort(tallies->tally, tallies->count, sizeof(*tallies->tally), by_events);
	for (i = 0; i < tallies->count && count < LOOKED_AT; i++) {
		if (tallies->tally[i].events < LEAST_EVENTS)
			break;
		memset(&list[count], 0, sizeof(list[count]));
		memcpy(list[count].name, tallies->tally[i].name, sizeof(list[count].name));
		list[count].events = tallies->tally[i].events;
		list[count].evidence = tallies->tally[i].evidence;
		list[count].lift = lift(pack, list[count].name, list[count].events, all_mine);
		count++;
	}
	if (pack != NULL)
		qsort(list, count, sizeof(*list), by_surplus);
	count = count < SHOWN ? count : SHOWN;
	memcpy(out, list, sizeof(*list) * count);
	return count;
}

static void look(const struct gate_person *person, struct tallies *creators,
		 struct tallies *words, struct tacit_taste *out)
{
	const struct vault_history *history = &person->history;
	uint8_t *seen = calloc(history->item_count + 1, 1);
	size_t e;

	out->events = history->event_count;
	out->items = history->item_count;
	if (history->event_count > 0) {
		out->first = history->time[0];
		out->last = history->time[history->event_count - 1];
	}
	for (e = 0; seen != NULL && e < history->event_count; e++) {
		uint32_t i = history->item[e];
		const struct vault_item *item = &history->items[i];
		uint32_t linked = person->pack == NULL ? FOLD_NO_ITEM : person->links.item[i];

		count_name(creators, item->creator, strlen(item->creator), history->event[e]);
		if (seen[i]++ != 0)	/* a genre counts once for each thing */
			continue;
		seen[i] = 1;
		if (item->words[0] != 0)
			count_words(words, item->words, history->event[e]);
		else if (linked != FOLD_NO_ITEM)
			count_words(words, pack_words(person->pack, linked), history->event[e]);
	}
	free(seen);
}

static int one_domain(struct tacit *t, const char *domain, struct tacit_taste *out)
{
	struct tallies creators = { NULL, 0 }, words = { NULL, 0 };
	struct gate_person person;
	int result = gate_person_load(t, domain, &person);

	if (result != 0)
		return result;
	creators.tally = malloc(sizeof(struct tally) * (NAMES_MAX + 1));
	words.tally = malloc(sizeof(struct tally) * (NAMES_MAX + 1));
	if (creators.tally == NULL || words.tally == NULL) {
		result = error_memory(&t->error);
	} else {
		snprintf(out->domain, sizeof(out->domain), "%s", domain);
		look(&person, &creators, &words, out);
		out->creator_count = best(&creators, NULL, 0, out->creator);
		out->word_count = best(&words, person.pack, out->items, out->word);
	}
	free(creators.tally);
	free(words.tally);
	gate_person_free(&person);
	return result;
}

int tacit_me(struct tacit *t, struct tacit_taste **out, size_t *count)
{
	struct vault_history all;
	struct tacit_taste *list = NULL;
	size_t i, n = 0;
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_history_load(t->vault, NULL, &all, &t->error);
	if (result != 0)
		return result;
	for (i = 0; result == 0 && i < all.item_count; i++) {	/* ordered by domain */
		struct tacit_taste *grown;

		if (i > 0 && strcmp(all.items[i].domain, all.items[i - 1].domain) == 0)
			continue;
		grown = realloc(list, sizeof(*list) * (n + 1));
		if (grown == NULL) {
			result = error_memory(&t->error);
			break;
		}
		list = grown;
		memset(&list[n], 0, sizeof(*list));
		result = one_domain(t, all.items[i].domain, &list[n++]);
	}
	vault_history_free(&all);
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = n;
	return 0;
}
