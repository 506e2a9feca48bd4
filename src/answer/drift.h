/*
 * Drift: when the taste of a history moved, from what to what, and by which events. The history
 * is read as a sequence of kinds: of each event the words of its thing (genres) or its creator,
 * whichever of the two covers more events by its most frequent names. Where things are taken once,
 * each counts at its first event; where they come back, an event counts unless the one before it
 * was of the same thing. A dislike, a search and what was not chosen count for nothing.
 *
 * segment.h says how changes are found. Of each the gain is a sum over events, exactly: what event
 * e with kinds w adds is  sum over w of log2(share of w on its side / share of w on both sides).
 */
#ifndef TACIT_ANSWER_DRIFT_H
#define TACIT_ANSWER_DRIFT_H

#include "answer/answer.h"

/* What drift is read from: a history, and where there is a pack its links. Borrowed. */
struct drift_life {
	const struct vault_history *history;
	const struct pack *pack;
	const struct profile_links *links;
	const struct vault_fact *facts;
	size_t fact_count;
	const char *domain;
};

/* As tacit_drift. *out is for free(), also where *count is 0. */
int drift_find(const struct drift_life *life, int64_t from, int64_t until,
	       struct tacit_drift_point **out, size_t *count, struct error *error);

/* How many events of a history lie up to a time: its prefix. */
size_t drift_until(const struct vault_history *history, int64_t until);

#endif
