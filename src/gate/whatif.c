/*
 * What if: the same person with one thing changed, in memory only. A removal is a filter over the
 * events; an addition is a copy of the history or of the facts with one more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "inside.h"

struct changed {
	struct gate_person *person;
	struct subject subject;			/* after */
	struct profile_filter filter;		/* after */
	uint64_t *event_out;
	struct vault_fact *facts;
	struct vault_history history;		/* shallow: columns with one more event */
	struct profile_links links;
	char *said;				/* how it was understood */
};

void tacit_whatif_free(struct tacit_whatif *whatif)
{
	if (whatif == NULL)
		return;
	free(whatif->line);
	free(whatif);
}

static const char *after_word(const char *text, const char *word)
{
	size_t size = strlen(word);

	if (strncasecmp(text, word, size) != 0 || text[size] != ' ')
		return NULL;
	text += size;
	while (*text == ' ')
		text++;
	return *text == 0 ? NULL : text;
}

static bool whole_number(const char *text, uint64_t *out)
{
	uint64_t value = 0;

	if (*text == 0)
		return false;
	for (; *text != 0; text++) {
		if (*text < '0' || *text > '9' || value > UINT64_MAX / 11)
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	*out = value;
	return true;
}

static size_t take_event(struct changed *changed, uint64_t id)
{
	const struct vault_history *history = &changed->person->history;
	size_t e, count = 0;

	for (e = 0; e < history->event_count; e++)
		if (history->event[e] == id) {
			changed->event_out[e / 64] |= 1ULL << (e % 64);
			count++;
		}
	changed->filter.event_out = changed->event_out;
	return count;
}

static int by_event(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = ((const struct vault_witness *)b)->event;

	return x < y ? -1 : x > y;
}

/* What only that source reported goes with it; what another reported too stays, under the other. */
static int take_source(struct tacit *t, struct changed *changed, uint64_t id, size_t *gone)
{
	const struct vault_history *history = &changed->person->history;
	struct vault_witness *witness = NULL;
	size_t count = 0, e;
	int result = vault_witnesses(t->vault, history, &witness, &count, &t->error);

	*gone = 0;
	for (e = 0; result == 0 && e < history->event_count; e++) {
		if (history->source[e] != id ||
		    (count > 0 && bsearch(&history->event[e], witness, count, sizeof(*witness),
					  by_event) != NULL))
			continue;
		changed->event_out[e / 64] |= 1ULL << (e % 64);
		++*gone;
	}
	changed->filter.event_out = changed->event_out;
	free(witness);
	return result;
}

/* Forgetting a title forgets every item of that title, whatever export called it so. */
static size_t take_titled(struct changed *changed, const char *title)
{
	const struct vault_history *history = &changed->person->history;
	size_t e, count = 0;

	for (e = 0; e < history->event_count; e++)
		if (gate_titled(&history->items[history->item[e]], title)) {
			changed->event_out[e / 64] |= 1ULL << (e % 64);
			count++;
		}
	changed->filter.event_out = changed->event_out;
	return count;
}

static int forget_change(struct tacit *t, struct changed *changed, const char *what)
{
	const char *number;
	uint64_t id;
	uint32_t item;
	size_t gone;
	int result;

	if ((number = after_word(what, "event")) != NULL && whole_number(number, &id)) {
		gone = take_event(changed, id);
		snprintf(changed->said, 256, "without event %llu", (unsigned long long)id);
	} else if ((number = after_word(what, "source")) != NULL && whole_number(number, &id)) {
		result = take_source(t, changed, id, &gone);
		if (result != 0)
			return result;
		snprintf(changed->said, 256, "without source %llu (%zu events)",
			 (unsigned long long)id, gone);
	} else {
		result = gate_find_item(t, &changed->person->history, what, &item);
		if (result != 0)
			return result;
		gone = take_titled(changed, what);
		snprintf(changed->said, 256, "without \"%.200s\"",
			 changed->person->history.items[item].title);
	}
	if (gone == 0)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "nothing of your history is meant "
				 "by \"%.200s\"", what);
	return 0;
}

/* A column with one more element at its end. */
static void *longer(const void *column, size_t count, size_t size, const void *last)
{
	char *copy = malloc((count + 1) * size);

	if (copy != NULL) {
		if (count > 0)
			memcpy(copy, column, count * size);
		memcpy(copy + count * size, last, size);
	}
	return copy;
}

static int add_event(struct tacit *t, struct changed *changed, int verb, const char *title)
{
	const struct vault_history *from = &changed->person->history;
	struct vault_history *to = &changed->history;
	struct pack_query query = { title, "", 0 };
	struct pack_match match;
	struct vault_item item = { 0, 0, (char *)"", (char *)title, (char *)"", (char *)"" };
	uint64_t event = 0;
	int64_t time = clock_now(), none = ACT_NONE;
	uint32_t number = (uint32_t)from->item_count, source = 0;
	int16_t zone = ACT_ZONE_UNKNOWN;
	uint8_t verb_byte = (uint8_t)verb, flags = 0;
	char name[256];

	if (!pack_link(changed->person->pack, &query, &match))
		return error_set(&t->error, TACIT_E_NOT_FOUND, "the catalogue has nothing called "
				 "\"%.200s\"", title);
	to->item_count = from->item_count + 1;
	to->event_count = from->event_count + 1;
	to->items = longer(from->items, from->item_count, sizeof(item), &item);
	to->event = longer(from->event, from->event_count, sizeof(event), &event);
	to->time = longer(from->time, from->event_count, sizeof(time), &time);
	to->item = longer(from->item, from->event_count, sizeof(number), &number);
	to->source = longer(from->source, from->event_count, sizeof(source), &source);
	to->value = longer(from->value, from->event_count, sizeof(none), &none);
	to->duration = longer(from->duration, from->event_count, sizeof(none), &none);
	to->zone = longer(from->zone, from->event_count, sizeof(zone), &zone);
	to->verb = longer(from->verb, from->event_count, 1, &verb_byte);
	to->flags = longer(from->flags, from->event_count, 1, &flags);
	changed->links.item = longer(changed->person->links.item, from->item_count,
				     sizeof(match.item), &match.item);
	if (to->items == NULL || to->event == NULL || to->time == NULL || to->item == NULL ||
	    to->source == NULL || to->value == NULL || to->duration == NULL || to->zone == NULL ||
	    to->verb == NULL || to->flags == NULL || changed->links.item == NULL)
		return error_memory(&t->error);
	changed->subject.history = to;
	memcpy(changed->links.moment, changed->person->links.moment,
	       sizeof(changed->links.moment));
	changed->links.moments = changed->person->links.moments;
	changed->subject.links = &changed->links;
	answer_name(pack_title(changed->person->pack, match.item),
		    changed->person->pack->item[match.item].year, name, sizeof(name));
	snprintf(changed->said, 256, "if you %s \"%.200s\"", verb == ACT_LIKE ? "like" :
		 verb == ACT_DISLIKE ? "dislike" : "had had", name);
	return 0;
}

static int add_fact(struct tacit *t, struct changed *changed, const char *text)
{
	struct vault_fact fact;
	struct told rules;

	told_parse(text, &fact);
	told_make(&fact, 1, &rules);
	if (rules.count + rules.not_me_count == 0)
		return error_set(&t->error, TACIT_E_ARGUMENT, "\"%.200s\" is no change that can "
				 "be tried: forget TITLE, forget event N, forget source N, "
				 "like TITLE, dislike TITLE, done TITLE, no WORD, love WORD", text);
	fact.id = UINT64_MAX;
	changed->facts = longer(changed->person->facts, changed->person->fact_count, sizeof(fact),
				&fact);
	if (changed->facts == NULL)
		return error_memory(&t->error);
	changed->subject.facts = changed->facts;
	changed->subject.fact_count = changed->person->fact_count + 1;
	snprintf(changed->said, 256, "if you said: %.200s", text);
	return 0;
}

static int understand(struct tacit *t, struct changed *changed, const char *text)
{
	struct pack_match match;
	const char *rest;
	struct pack_query query = { NULL, "", 0 };

	if ((rest = after_word(text, "forget")) != NULL)
		return forget_change(t, changed, rest);
	if ((rest = after_word(text, "done")) != NULL)
		return add_event(t, changed, ACT_WATCH, rest);
	/* "like Alien" is a film, "like westerns" a liking */
	if ((rest = after_word(text, "like")) != NULL) {
		query.title = rest;
		if (pack_link(changed->person->pack, &query, &match))
			return add_event(t, changed, ACT_LIKE, rest);
	}
	if ((rest = after_word(text, "dislike")) != NULL) {
		query.title = rest;
		if (pack_link(changed->person->pack, &query, &match))
			return add_event(t, changed, ACT_DISLIKE, rest);
	}
	return add_fact(t, changed, text);
}

static void changed_free(struct changed *changed)
{
	struct vault_history *h = &changed->history;

	free(h->items);
	free(h->event);
	free(h->time);
	free(h->item);
	free(h->source);
	free(h->value);
	free(h->duration);
	free(h->zone);
	free(h->verb);
	free(h->flags);
	free(changed->links.item);
	free(changed->event_out);
	free(changed->facts);
}

static int compare(struct tacit *t, struct gate_person *person, const char *change,
		   uint32_t count, struct tacit_whatif *out)
{
	const struct profile_filter all = PROFILE_ALL;
	struct changed changed = { .person = person, .subject = person->subject,
				   .filter = PROFILE_ALL, .said = out->change };
	int result = 0;

	changed.event_out = calloc(person->history.event_count / 64 + 1, sizeof(uint64_t));
	if (changed.event_out == NULL)
		result = error_memory(&t->error);
	if (result == 0)
		result = understand(t, &changed, change);
	if (result == 0)
		result = answer_whatif(&person->subject, &all, &changed.subject, &changed.filter,
				       count == 0 ? 10 : count, out, &t->error);
	changed_free(&changed);
	return result;
}

int tacit_whatif(struct tacit *t, const char *domain, const char *change, uint32_t count,
		 struct tacit_whatif **out)
{
	struct gate_person person;
	struct tacit_whatif *whatif;
	char name[32];
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_domain(t, domain, name);
	if (result == 0)
		result = gate_person_load(t, name, &person);
	if (result != 0)
		return result;
	whatif = calloc(1, sizeof(*whatif));
	if (whatif == NULL)
		result = error_memory(&t->error);
	else if (person.pack == NULL)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack for %s to try a "
				   "change on; add one with: tacit pack add FILE", name);
	else if (count > LIMIT_LIST)
		result = error_set(&t->error, TACIT_E_LIMIT, "at most %d", LIMIT_LIST);
	else
		result = gate_moment(t, &person, NULL, 0, 0);
	if (result == 0)
		result = compare(t, &person, change, count, whatif);
	gate_person_free(&person);
	if (result != 0)
		tacit_whatif_free(whatif);
	else
		*out = whatif;
	return result;
}
