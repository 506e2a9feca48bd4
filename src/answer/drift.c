/* From a history to a sequence of kinds, and from changes to what moved. */
#include "drift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "segment.h"

#define OTHER (SEGMENT_KINDS - 1)	/* what has none of the most frequent names */
#define NAME_BYTES 128			/* with the closing NUL; longer names are no kinds */
#define RARE 50				/* a kind has at least one in so many events ... */
#define LEAST_OF_KIND 3			/* ... and so many */
#define LN_2 726817			/* 2^-20 */

struct name {
	const char *text;		/* borrowed */
	uint32_t size, item;
};

/* An alphabet: the most frequent names, and for each thing which of them it has, as bits. */
struct kinds {
	uint32_t count;
	char name[SEGMENT_KINDS][NAME_BYTES];
	uint32_t *mask;			/* [items] */
	uint64_t covered;		/* events with at least one of them */
};

struct sequence {
	uint32_t count;
	uint32_t *event;		/* [count] into the history, oldest first */
	uint32_t *events_of;		/* [items] */
	uint32_t *first;		/* [count + 1], of segment_data */
	uint8_t *kind;
};

size_t drift_until(const struct vault_history *history, int64_t until)
{
	size_t low = 0, high = history->event_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->time[middle] <= until)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- which events count ---- */

static bool counts(const struct drift_life *life, const uint8_t *not_me, size_t e)
{
	const struct vault_history *history = life->history;

	return (history->flags[e] & ACT_NOT_CHOSEN) == 0 && !not_me[history->item[e]] &&
	       history->verb[e] != ACT_DISLIKE && history->verb[e] != ACT_SEARCH &&
	       history->verb[e] != ACT_PLAN && history->verb[e] != ACT_RECEIVE;
}

static int choose_events(const struct drift_life *life, struct sequence *out, struct error *error)
{
	const struct vault_history *history = life->history;
	bool repeats = life->pack != NULL ? life->pack->config->repeats != 0 :
		       answer_repeats(life->domain);
	uint8_t *not_me = calloc(history->item_count + 1, 1);
	struct told *told = malloc(sizeof(*told));
	uint32_t last = UINT32_MAX;
	size_t e, i;

	out->event = malloc(sizeof(*out->event) * (history->event_count + 1));
	out->events_of = calloc(history->item_count + 1, sizeof(*out->events_of));
	if (not_me == NULL || told == NULL || out->event == NULL || out->events_of == NULL) {
		free(not_me);
		free(told);
		return error_memory(error);
	}
	told_make(life->facts, life->fact_count, told);
	for (i = 0; told->not_me_count > 0 && i < history->item_count; i++)
		not_me[i] = told_not_me(told, history->items[i].title, history->items[i].year);
	for (e = 0; e < history->event_count; e++) {
		uint32_t item = history->item[e];

		if (!counts(life, not_me, e) || (repeats ? item == last : out->events_of[item] > 0))
			continue;
		out->event[out->count++] = (uint32_t)e;
		out->events_of[item]++;
		last = item;
	}
	free(not_me);
	free(told);
	return 0;
}

/* ---- kinds ---- */

static const char *text_of(const struct drift_life *life, uint32_t i, bool creators)
{
	const struct vault_item *item = &life->history->items[i];
	const char *text = creators ? item->creator : item->words;
	uint32_t linked = life->pack == NULL ? FOLD_NO_ITEM : life->links->item[i];

	if (text[0] != 0 || linked == FOLD_NO_ITEM)
		return text;
	return creators ? pack_creator(life->pack, linked) : pack_words(life->pack, linked);
}

static int by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = memcmp(x->text, y->text, x->size < y->size ? x->size : y->size);

	if (order != 0)
		return order;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* All names of all things that count, in the order of the names; returns how many, -1 without
 * memory. */
static int64_t collect(const struct drift_life *life, const struct sequence *sequence,
		       bool creators, struct name **out)
{
	struct name *list = NULL, *grown;
	size_t count = 0, capacity = 0;
	uint32_t i;

	for (i = 0; i < life->history->item_count; i++) {
		const char *text = sequence->events_of[i] > 0 ? text_of(life, i, creators) : "";

		while (*text != 0) {
			size_t size = creators ? strlen(text) : strcspn(text, "|");

			if (count == capacity) {
				capacity = capacity * 2 + 256;
				grown = realloc(list, sizeof(*list) * capacity);
				if (grown == NULL) {
					free(list);
					return -1;
				}
				list = grown;
			}
			if (size > 0 && size < NAME_BYTES && strncmp(text, "(no genres", 10) != 0)
				list[count++] = (struct name){ text, (uint32_t)size, i };
			text += size + (text[size] == '|');
		}
	}
	if (count > 1)
		qsort(list, count, sizeof(*list), by_name);
	*out = list;
	return (int64_t)count;
}

struct group {
	uint32_t from, until;		/* into the names */
	uint64_t events;
};

/* Keeps the most frequent groups by insertion; of equal ones the first by name. */
static void keep_group(struct group *group, uint32_t *count, struct group one)
{
	uint32_t at;

	if (*count == OTHER && one.events <= group[OTHER - 1].events)
		return;
	*count += *count < OTHER;
	for (at = *count - 1; at > 0 && one.events > group[at - 1].events; at--)
		group[at] = group[at - 1];
	group[at] = one;
}

static int make_kinds(const struct drift_life *life, const struct sequence *sequence, bool creators,
		      struct kinds *out, struct error *error)
{
	struct group group[SEGMENT_KINDS];
	struct name *name = NULL;
	int64_t names = collect(life, sequence, creators, &name), n, last;
	uint32_t g, i;

	memset(out, 0, sizeof(*out));
	out->mask = calloc(life->history->item_count + 1, sizeof(*out->mask));
	if (names < 0 || out->mask == NULL) {
		free(name);
		return error_memory(error);
	}
	for (n = 0; n < names; n = last) {
		struct group one = { (uint32_t)n, 0, 0 };

		for (last = n; last < names && name[last].size == name[n].size &&
		     memcmp(name[last].text, name[n].text, name[n].size) == 0; last++)
			if (last == n || name[last].item != name[last - 1].item)
				one.events += sequence->events_of[name[last].item];
		one.until = (uint32_t)last;
		if (one.events >= LEAST_OF_KIND && one.events * RARE >= sequence->count)
			keep_group(group, &out->count, one);
	}
	for (g = 0; g < out->count; g++) {
		memcpy(out->name[g], name[group[g].from].text, name[group[g].from].size);
		for (i = group[g].from; i < group[g].until; i++)
			out->mask[name[i].item] |= 1U << g;
	}
	for (i = 0; i < life->history->item_count; i++)
		out->covered += out->mask[i] != 0 ? sequence->events_of[i] : 0;
	free(name);
	return 0;
}

/* Words or creators, and the events as tokens of them. */
static int choose_kinds(const struct drift_life *life, struct sequence *sequence,
			struct kinds *out, struct error *error)
{
	struct kinds creators = { 0 };
	uint32_t e, k, used = 0;
	int result = make_kinds(life, sequence, false, out, error);

	if (result == 0)
		result = make_kinds(life, sequence, true, &creators, error);
	if (result == 0 && creators.covered > out->covered) {
		free(out->mask);
		*out = creators;
		creators.mask = NULL;
	}
	free(creators.mask);
	sequence->first = malloc(sizeof(*sequence->first) * ((size_t)sequence->count + 1));
	sequence->kind = malloc((size_t)sequence->count * SEGMENT_KINDS + 1);
	if (result != 0 || sequence->first == NULL || sequence->kind == NULL)
		return result != 0 ? result : error_memory(error);
	if (out->covered == 0)
		return error_set(error, TACIT_E_UNKNOWN, "I don't know whether your taste in %s "
				 "moved: nothing says of what kind the things of it are",
				 life->domain);
	for (e = 0; e < sequence->count; e++) {
		uint32_t mask = out->mask[life->history->item[sequence->event[e]]];

		sequence->first[e] = used;
		for (k = 0; k < out->count; k++)
			if ((mask >> k & 1) != 0)
				sequence->kind[used++] = (uint8_t)k;
		if (mask == 0)
			sequence->kind[used++] = OTHER;
	}
	sequence->first[sequence->count] = used;
	return 0;
}

/* ---- what moved ---- */

struct sides {
	const struct drift_life *life;
	const struct sequence *sequence;
	const struct kinds *kinds;
	uint32_t low, at, high;		/* positions: before is low..at-1, after at..high-1 */
	uint32_t before[SEGMENT_KINDS], after[SEGMENT_KINDS];
	uint64_t all_before, all_after;
};

/* log2 of the kind's share on one side over its share on both; only where it stands there. */
static int64_t log_ratio(const struct sides *sides, uint32_t kind, bool after)
{
	uint32_t mine = after ? sides->after[kind] : sides->before[kind];
	uint64_t all = after ? sides->all_after : sides->all_before;

	return (int64_t)fixed_log2(mine) - fixed_log2(all) -
	       fixed_log2((uint64_t)sides->before[kind] + sides->after[kind]) +
	       fixed_log2(sides->all_before + sides->all_after);
}

static int64_t event_share(const struct sides *sides, uint32_t e)
{
	int64_t sum = 0;
	uint32_t t;

	for (t = sides->sequence->first[e]; t < sides->sequence->first[e + 1]; t++)
		sum += log_ratio(sides, sides->sequence->kind[t], e >= sides->at);
	return sum;
}

static uint32_t far(const struct sides *sides, uint32_t e)
{
	return e >= sides->at ? e - sides->at : sides->at - 1 - e;
}

/* Of two equal shares the event nearer to the change goes first. */
static bool carries_more(const struct sides *sides, uint32_t a, int64_t share_a, uint32_t b,
			 int64_t share_b)
{
	if (share_a != share_b)
		return share_a > share_b;
	return far(sides, a) != far(sides, b) ? far(sides, a) < far(sides, b) : a > b;
}

static void fill_events(const struct sides *sides, const int64_t *share,
			struct tacit_drift_point *out)
{
	uint32_t list[8], count = 0, e, at;

	for (e = sides->low; e < sides->high; e++) {
		if (share[e] <= 0 || (count == 8 && !carries_more(sides, e, share[e],
								  list[7], share[list[7]])))
			continue;
		count += count < 8;
		for (at = count - 1; at > 0 && carries_more(sides, e, share[e], list[at - 1],
							     share[list[at - 1]]); at--)
			list[at] = list[at - 1];
		list[at] = e;
	}
	out->event_count = count;
	for (at = 0; at < count; at++) {
		uint32_t event = sides->sequence->event[list[at]];
		const struct vault_history *history = sides->life->history;
		const struct vault_item *item = &history->items[history->item[event]];

		out->event[at] = history->event[event];
		answer_name(item->title, item->year, out->title[at], sizeof(out->title[at]));
	}
}

/* The event that carries most of what one kind moved: on the side where it has the larger share. */
static uint64_t event_of_kind(const struct sides *sides, const int64_t *share, uint32_t kind,
			      bool rose)
{
	const struct sequence *sequence = sides->sequence;
	uint32_t from = rose ? sides->at : sides->low, until = rose ? sides->high : sides->at;
	uint32_t best = UINT32_MAX, e;

	for (e = from; e < until; e++)
		if ((sides->kinds->mask[sides->life->history->item[sequence->event[e]]] >> kind &
		     1) != 0 &&
		    (best == UINT32_MAX || carries_more(sides, e, share[e], best, share[best])))
			best = e;
	return best == UINT32_MAX ? 0 : sides->life->history->event[sequence->event[best]];
}

static void fill_moved(const struct sides *sides, const int64_t *share,
		       struct tacit_drift_point *out)
{
	int64_t gain[SEGMENT_KINDS];
	uint32_t list[8], count = 0, k, at;

	for (k = 0; k < sides->kinds->count; k++) {
		gain[k] = sides->before[k] == 0 ? 0 :
			  sides->before[k] * log_ratio(sides, k, false);
		gain[k] += sides->after[k] == 0 ? 0 :
			   sides->after[k] * log_ratio(sides, k, true);
		if (gain[k] <= 0 || (count == 8 && gain[k] <= gain[list[7]]))
			continue;
		count += count < 8;
		for (at = count - 1; at > 0 && gain[k] > gain[list[at - 1]]; at--)
			list[at] = list[at - 1];
		list[at] = k;
	}
	out->moved_count = count;
	for (at = 0; at < count; at++) {
		struct tacit_moved *moved = &out->moved[at];

		k = list[at];
		memcpy(moved->name, sides->kinds->name[k], sizeof(moved->name));
		moved->before = (int32_t)(((uint64_t)sides->before[k] << FIXED_BITS) / out->before);
		moved->after = (int32_t)(((uint64_t)sides->after[k] << FIXED_BITS) / out->after);
		moved->event = event_of_kind(sides, share, k, moved->after > moved->before);
	}
}

/* `share` has room for all events. */
static void fill_point(struct sides *sides, const struct segment_data *data, int64_t time,
		       int64_t *share, struct tacit_drift_point *out)
{
	uint32_t e;

	memset(out, 0, sizeof(*out));
	sides->all_before = segment_count(data, sides->low, sides->at, sides->before);
	sides->all_after = segment_count(data, sides->at, sides->high, sides->after);
	out->time = time;
	out->before = sides->at - sides->low;
	out->after = sides->high - sides->at;
	out->gain = fixed_multiply(segment_gain(data->kinds, sides->before, sides->after), LN_2);
	for (e = sides->low; e < sides->high; e++)
		share[e] = event_share(sides, e);
	fill_moved(sides, share, out);
	fill_events(sides, share, out);
}

/* ---- answers ---- */

/* A seed that changes with what counts and with nothing else. */
static uint64_t seed_of(const struct sequence *sequence)
{
	return hash_bytes(sequence->kind, sequence->first[sequence->count], sequence->count);
}

static int all_changes(struct sides *sides, const struct segment_data *data, int64_t *share,
		       struct tacit_drift_point **out, size_t *count, struct error *error)
{
	const struct sequence *sequence = sides->sequence;
	uint32_t change[SEGMENT_MOST], changes, c;
	int64_t penalty;
	int result = segment_find(data, seed_of(sequence), change, &changes, &penalty, error);

	if (result != 0)
		return result;
	*out = calloc((size_t)changes + 1, sizeof(**out));
	if (*out == NULL)
		return error_memory(error);
	for (c = 0; c < changes; c++) {
		sides->low = c == 0 ? 0 : change[c - 1];
		sides->at = change[c];
		sides->high = c + 1 == changes ? sequence->count : change[c + 1];
		fill_point(sides, data, sides->life->history->time[sequence->event[change[c]]],
			   share, &(*out)[c]);
	}
	*count = changes;
	return 0;
}

static int compare_spans(struct sides *sides, const struct segment_data *data, int64_t from,
			 int64_t until, int64_t *share, struct tacit_drift_point **out,
			 size_t *count, struct error *error)
{
	const struct sequence *sequence = sides->sequence;
	const int64_t *time = sides->life->history->time;

	while (sides->at < sequence->count && time[sequence->event[sides->at]] <= from)
		sides->at++;
	for (sides->high = sides->at; sides->high < sequence->count &&
	     time[sequence->event[sides->high]] <= until; sides->high++)
		;
	if (sides->at == 0 || sides->high == sides->at)
		return error_set(error, TACIT_E_UNKNOWN, "I don't know: there is nothing of %s %s "
				 "to compare", sides->life->domain, sides->at == 0 ?
				 "before the first date" : "between the dates");
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return error_memory(error);
	fill_point(sides, data, from, share, *out);
	*count = 1;
	return 0;
}

int drift_find(const struct drift_life *life, int64_t from, int64_t until,
	       struct tacit_drift_point **out, size_t *count, struct error *error)
{
	struct sequence sequence = { 0 };
	struct kinds *kinds = calloc(1, sizeof(*kinds));
	struct sides sides = { .life = life, .sequence = &sequence, .kinds = kinds };
	struct segment_data data = { .kinds = SEGMENT_KINDS };
	int64_t *share = NULL;
	int result = kinds == NULL ? error_memory(error) : choose_events(life, &sequence, error);

	if (result == 0 && sequence.count == 0)
		result = error_set(error, TACIT_E_UNKNOWN, "I don't know your taste in %s yet: "
				   "nothing of it is in your history; add an export (tacit add "
				   "FILE)", life->domain);
	if (result == 0)
		result = choose_kinds(life, &sequence, kinds, error);
	if (result == 0 && (share = malloc(sizeof(*share) * ((size_t)sequence.count + 1))) == NULL)
		result = error_memory(error);
	data.events = sequence.count;
	data.first = sequence.first;
	data.kind = sequence.kind;
	if (result == 0 && from == 0 && until == 0)
		result = all_changes(&sides, &data, share, out, count, error);
	else if (result == 0)
		result = compare_spans(&sides, &data, from, until == 0 ? INT64_MAX : until, share,
				       out, count, error);
	free(sequence.event);
	free(sequence.events_of);
	free(sequence.first);
	free(sequence.kind);
	if (kinds != NULL)
		free(kinds->mask);
	free(kinds);
	free(share);
	return result;
}
