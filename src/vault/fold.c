/*
 * One act told twice, once more coarsely: a day by Netflix's short history and a time by the full
 * one, a minute by Spotify's account data and a second by the extended. Both tellings stay in the
 * vault, with their sources; a history has the finer one alone, which the source of the coarser
 * one witnesses. It is a function of the acts: which came first changes nothing, and forgetting
 * either leaves the other.
 *
 * Coarse are a date alone and a whole minute with a length. The finer one has the same thing and
 * verb, and no other value or length that both know; it is within the day, wherever on earth that
 * day was, or within the minute. Each finer one takes in at most one of a day and one of a minute.
 */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define MINUTE_MS 60000LL
#define EARLIEST (14 * CLOCK_HOUR_MS)	/* the first place where a day begins, before UTC */
#define LATEST (12 * CLOCK_HOUR_MS)	/* and the last where it ends, after UTC */

enum precision { OF_SECOND, OF_MINUTE, OF_DAY };

static enum precision precision_of(const struct vault_history *h, size_t e)
{
	if ((h->flags[e] & ACT_DATE_ONLY) != 0)
		return OF_DAY;
	return h->time[e] % MINUTE_MS == 0 && h->duration[e] != ACT_NONE ? OF_MINUTE
									       : OF_SECOND;
}

/* The times that the act may have had: from first to before end. */
static void span_of(const struct vault_history *h, size_t e, int64_t *first, int64_t *end)
{
	int64_t time = h->time[e], day;		/* at noon and some ms of its day */

	if (precision_of(h, e) == OF_MINUTE) {
		*first = h->time[e];
		*end = h->time[e] + MINUTE_MS;
		return;
	}
	day = (time >= 0 ? time : time - (CLOCK_DAY_MS - 1)) / CLOCK_DAY_MS * CLOCK_DAY_MS;
	*first = day - EARLIEST;
	*end = day + CLOCK_DAY_MS + LATEST;
}

static bool agree(int64_t a, int64_t b)
{
	return a == b || a == ACT_NONE || b == ACT_NONE;
}

/* Whether `fine`, an act of the same item, tells the coarse one again. */
static bool tells(const struct vault_history *h, size_t coarse, size_t fine)
{
	if (h->verb[fine] != h->verb[coarse] || h->source[fine] == h->source[coarse] ||
	    precision_of(h, fine) >= precision_of(h, coarse))
		return false;
	if (precision_of(h, coarse) == OF_MINUTE)
		return h->duration[fine] == h->duration[coarse] &&
		       agree(h->value[fine], h->value[coarse]);
	/* what a coarse telling knows and the finer one does not is not lost */
	return (h->value[coarse] == ACT_NONE || h->value[coarse] == h->value[fine]) &&
	       (h->duration[coarse] == ACT_NONE || h->duration[coarse] == h->duration[fine]);
}

/* The events of each item that are finer than a day, in the order of time, so that a day full of
 * acts that nobody told the time of costs no look at each other. */
struct fine {
	size_t *start;			/* [items + 1] */
	uint32_t *event;		/* [start[items]] */
};

static void fine_free(struct fine *fine)
{
	free(fine->start);
	free(fine->event);
}

static int fine_new(const struct vault_history *h, struct fine *out)
{
	size_t e, i;

	out->start = calloc(h->item_count + 2, sizeof(*out->start));
	out->event = malloc((h->event_count + 1) * sizeof(*out->event));
	if (out->start == NULL || out->event == NULL)
		return TACIT_E_MEMORY;
	for (e = 0; e < h->event_count; e++)
		out->start[h->item[e] + 2] += precision_of(h, e) != OF_DAY;
	for (i = 2; i < h->item_count + 2; i++)
		out->start[i] += out->start[i - 1];
	for (e = 0; e < h->event_count; e++)
		if (precision_of(h, e) != OF_DAY)
			out->event[out->start[h->item[e] + 1]++] = (uint32_t)e;
	return 0;
}

/* The first of them from `low` to before `high` that is at `time` or later. */
static size_t first_at(const struct vault_history *h, const struct fine *fine, size_t low,
		       size_t high, int64_t time)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->time[fine->event[middle]] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The event that tells it more finely and has not taken in another of its kind, or event_count. */
static size_t finer(const struct vault_history *h, const struct fine *fine, size_t coarse,
		    const uint8_t *taken)
{
	size_t last = fine->start[h->item[coarse] + 1], k;
	uint8_t kind = precision_of(h, coarse) == OF_DAY ? 1 : 2;
	int64_t first, end;

	span_of(h, coarse, &first, &end);
	for (k = first_at(h, fine, fine->start[h->item[coarse]], last, first); k < last; k++) {
		size_t e = fine->event[k];

		if (h->time[e] >= end)
			break;
		if ((taken[e] & (kind | 4)) == 0 && tells(h, coarse, e))
			return e;
	}
	return h->event_count;
}

static int keep_pair(struct vault_history *h, size_t fine, size_t coarse, size_t *capacity)
{
	if (h->folded_count == *capacity) {
		size_t wanted = *capacity * 2 + 64;
		struct vault_witness *grown = realloc(h->folded, wanted * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		h->folded = grown;
		*capacity = wanted;
	}
	h->folded[h->folded_count++] = (struct vault_witness){ h->event[fine],
							       h->source[coarse] };
	return 0;
}

#define CLOSE(column) ((column)[to] = (column)[e])

static void drop(struct vault_history *h, const uint8_t *taken)
{
	size_t e, to = 0;

	for (e = 0; e < h->event_count; e++) {
		if ((taken[e] & 4) != 0)
			continue;
		CLOSE(h->event);
		CLOSE(h->time);
		CLOSE(h->item);
		CLOSE(h->source);
		CLOSE(h->value);
		CLOSE(h->duration);
		CLOSE(h->zone);
		CLOSE(h->verb);
		CLOSE(h->flags);
		to++;
	}
	h->event_count = to;
}

static bool any_coarse(const struct vault_history *h)
{
	size_t e;

	for (e = 0; e < h->event_count; e++)
		if (precision_of(h, e) != OF_SECOND)
			return true;
	return false;
}

int vault_fold(struct vault_history *h, struct error *error)
{
	struct fine fine = { NULL, NULL };
	uint8_t *taken;				/* 1, 2: took one in; 4: is taken in */
	size_t capacity = 0, e, by;
	int precision, result;

	if (!any_coarse(h))
		return 0;
	taken = calloc(h->event_count + 1, 1);
	result = taken == NULL ? TACIT_E_MEMORY : fine_new(h, &fine);
	/* minutes first: what is left of them may take in a day */
	for (precision = OF_MINUTE; precision <= OF_DAY && result == 0; precision++)
		for (e = 0; e < h->event_count && result == 0; e++) {
			if ((int)precision_of(h, e) != precision || (taken[e] & 4) != 0)
				continue;
			by = finer(h, &fine, e, taken);
			if (by == h->event_count)
				continue;
			taken[by] |= precision == OF_DAY ? 1 : 2;
			taken[e] |= 4;
			result = keep_pair(h, by, e, &capacity);
		}
	if (result == 0 && h->folded_count > 0)
		drop(h, taken);
	fine_free(&fine);
	free(taken);
	return result == 0 ? 0 : error_memory(error);
}
