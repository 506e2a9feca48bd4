/*
 * Answers: from a profile (taste/profile.h) to lists, reasons, differences and worth. Nothing here
 * reads a file or writes; the gate hands in what it needs.
 */
#ifndef TACIT_ANSWER_ANSWER_H
#define TACIT_ANSWER_ANSWER_H

#include "base/error.h"
#include "tacit.h"
#include "taste/given.h"
#include "taste/profile.h"
#include "taste/scan.h"

/* A person before a catalogue: all that an answer is computed from. Borrowed. */
struct subject {
	const struct vault_history *history;
	const struct profile_links *links;
	const struct pack *pack;
	const struct vault_fact *facts;
	size_t fact_count;
	struct scan *scan;
	const struct head *head;	/* NULL: what comes next */
};

/* The probability of a log share under the subject's head: the pack's calibration was measured on
 * what comes next, so that of another head it is not known (-1). */
int32_t answer_chance(const struct subject *subject, int32_t log_share);

/* ---- next.c ---- */
int answer_next(const struct subject *subject, const struct tacit_next_options *options,
		struct tacit_answer *out, struct error *error);

/* ---- rank.c ----
 * A person's profile made ready for lists that are given; the subject has to outlive it. */
struct answer_ready {
	struct profile profile;
	int64_t *h;
	uint32_t bucket;
	fixed_wide least;		/* intercept of what the pack does not have */
	struct given *given;		/* the same state for scores and chances */
};
int answer_ready_make(const struct subject *subject, struct answer_ready *out,
		      struct error *error);
void answer_ready_free(struct answer_ready *ready);
/* Orders titles ("Title" or "Title<TAB>Creator"), best first, with causes and chances. The first
 * chance of a profile costs a pass over the catalogue (given.h). */
int answer_ready_rank(const struct subject *subject, struct answer_ready *ready,
		      const char *const *titles, size_t count, struct tacit_answer *out,
		      struct error *error);
/* The same for one list. */
int answer_rank(const struct subject *subject, const char *const *titles, size_t count,
		struct tacit_answer *out, struct error *error);

/* ---- like.c ----
 * What people take after one thing, from the pack alone: of the facts only "never" counts, of the
 * history nothing. By the rows of item `item`, or where that is FOLD_NO_ITEM by the words of
 * `title` ("Title", "Title (1999)", "Title<TAB>Creator"); TACIT_E_NOT_FOUND without a known one. */
int answer_like(const struct subject *subject, uint32_t item, const char *title, uint32_t count,
		struct tacit_answer *out, struct error *error);

/* ---- why.c ---- */
int answer_why(const struct subject *subject, uint32_t item, struct tacit_answer *out,
	       struct error *error);

/* ---- whatif.c ----
 * The first `count` before and after: `after` has other events, facts or both. */
int answer_whatif(const struct subject *before, const struct profile_filter *before_filter,
		  const struct subject *after, const struct profile_filter *after_filter,
		  uint32_t count, struct tacit_whatif *out, struct error *error);

/* ---- worth.c ---- */
struct worth_options {
	void (*progress)(void *context, int permille);
	void *context;
};
/* Bit p of `reporters[e]` is set where player p (0 .. players - 1) reported event e of the history.
 * Fills shapley, low, high of out[players] and the total; everything else in `out` is the
 * caller's. */
int answer_worth(const struct subject *subject, const uint32_t *reporters, uint32_t players,
		 const struct worth_options *options, struct tacit_worth *out, int64_t *total,
		 struct error *error);

/* ---- again.c: a domain without a pack, from the person's own history alone ---- */
int answer_again(const struct vault_history *history, const struct vault_fact *facts,
		 size_t fact_count, const char *domain, int64_t now,
		 const struct tacit_next_options *options, struct tacit_answer *out,
		 struct error *error);
/* The sum behind one of the history's items. */
int answer_again_why(const struct vault_history *history, const struct vault_fact *facts,
		     size_t fact_count, const char *domain, int64_t now, uint32_t item,
		     struct tacit_answer *out, struct error *error);
/* Whether a domain's things are taken again and again (music, places ...). */
bool answer_repeats(const char *domain);

/* ---- outside.c: a candidate that the pack does not have, by the words that it knows ---- */
struct outside {
	const char *title, *creator;	/* borrowed; creator "" when unknown */
	uint32_t count;			/* words; 0: nothing is known of it */
	uint32_t row[PACK_WORD_ROWS];
};
/* False where the pack knows no word of it. */
bool outside_make(const struct pack *pack, const char *title, const char *creator, int32_t year,
		  struct outside *out);
/* The exact score; `least` is fold_least_length. */
fixed_wide outside_score(const struct profile *profile, const struct outside *outside,
			 const int64_t *h, fixed_wide least);
/* Whether the person never wants it. */
bool outside_never(const struct profile *profile, const struct outside *outside);

/* ---- causes.c ---- */

/* The exact terms of the scores of `count` items: causes (unsorted, canonical order: popularity,
 * told, moment, entries newest first) whose contributions sum to the shown score to the bit.
 * Entries and values of the moment that add exactly nothing are left out. Where an item is
 * FOLD_NO_ITEM, outside[] of the same index says what it is; NULL where there is none. */
int causes_make(const struct profile *profile, uint32_t bucket, const uint32_t *item,
		const struct outside *outside, uint32_t count, struct tacit_suggestion *out,
		struct error *error);
/* Largest contribution first; keeps the first `most` (0: all). */
void causes_sort(struct tacit_suggestion *suggestion, size_t most);

/* "Alien (1979)": the title with its year where the title has none; cut to `max`. */
void answer_name(const char *title, int32_t year, char *out, size_t max);
/* "Title<TAB>Creator": cuts the title out and gives the creator, "" where there is none. */
const char *answer_split(const char *line, char title[LIMIT_TITLE_BYTES + 1]);
/* Fills title, creator, id ... of a suggestion from the pack. */
void answer_describe(const struct pack *pack, uint32_t item, struct tacit_suggestion *out);
/* Fills domain, pack and counts of an answer. */
void answer_describe_all(const struct subject *subject, const struct profile *profile,
			 struct tacit_answer *out);
/* The probability shown for a log share: the pack's calibration, linear between its points. */
int32_t answer_probability(const struct pack *pack, int32_t log_share);

#endif
