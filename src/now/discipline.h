/*
 * Which prompt, if any, is said now. A pure function of settings, the log of earlier decisions, the
 * candidates, the time, the zone and a seed: the same inputs give the same decisions to the bit.
 *
 *	- Nothing is said of a kind that is not allowed; it has no chance to be chosen either.
 *	- The same matter (`about`) is decided once: said, or withheld.
 *	- Quiet hours are of the clock on the wall. Nothing is said in them; critical prompts are
 *	  where the person set that.
 *	- A decision takes one of the places of its day, also when it is to withhold: else holding
 *	  one prompt out would let another through. A place is taken from a decision made on the
 *	  same local date, by the zone then, and from one less than 24 hours away. So neither a date
 *	  of 25 hours, nor one that a journey west repeats, nor any 24 hours have more than `cap`.
 *	- The last `kept` places are for critical prompts: with no more places than that, ordinary
 *	  ones never come.
 *	- Ordinary prompts come in batches, one a batch. The kind is drawn by Thompson sampling
 *	  (Thompson 1933; draw.h); of a kind, the prompt most likely to be used.
 *	- What would be said is withheld with chance `holdout`: what comes about without it is what
 *	  tells its effect (scorecard.h).
 *	- "Creepy" stops a kind until it is allowed again. A kind that is of no more use retires
 *	  (discipline_judge).
 */
#ifndef TACIT_NOW_DISCIPLINE_H
#define TACIT_NOW_DISCIPLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "now/prompt.h"
#include "now/scorecard.h"

#define DISCIPLINE_BATCHES 8

struct discipline_settings {
	bool off;				/* nothing at all */
	uint32_t cap;				/* decisions a day, all kinds */
	uint32_t kept;				/* of these only for critical prompts */
	struct {
		bool allowed;
		uint32_t cap;			/* decisions a day */
		/* ms, when it was allowed last: what was before is no evidence against it */
		int64_t since;
	} kind[PROMPT_KINDS];
	uint32_t batches;			/* at most DISCIPLINE_BATCHES */
	int16_t batch[DISCIPLINE_BATCHES];	/* minutes of the local day, 0 .. 1439 */
	int16_t window;				/* minutes that a batch lasts */
	int16_t quiet_from, quiet_until;	/* minutes of the local day; the same: none */
	bool quiet_critical;			/* critical prompts come in quiet hours too */
	int32_t holdout;			/* 2^-20; 0 only where the person said so */
};

/* Three a day, the last kept; at 8, 12 and 18 o'clock for half an hour; quiet from 22 to 7; an
 * eighth withheld; no kind allowed, each up to three a day. */
extern const struct discipline_settings discipline_usual;

enum discipline_state {
	DISCIPLINE_SAID,
	DISCIPLINE_WITHHELD,
	DISCIPLINE_WAITS,		/* may be said later */
	DISCIPLINE_DROPPED		/* will not, as things are */
};

enum discipline_reason {
	DISCIPLINE_DRAWN,		/* said, or withheld by the draw */
	DISCIPLINE_OFF,
	DISCIPLINE_NOT_ALLOWED,
	DISCIPLINE_CREEPY,
	DISCIPLINE_RETIRED,
	DISCIPLINE_DECIDED,		/* the same matter was */
	DISCIPLINE_OVER,
	DISCIPLINE_EARLY,
	DISCIPLINE_QUIET,
	DISCIPLINE_FULL,		/* the places of the day are taken, or kept */
	DISCIPLINE_KIND_FULL,
	DISCIPLINE_BETWEEN,		/* no batch now */
	DISCIPLINE_BATCH_DONE,
	DISCIPLINE_OTHER		/* another prompt goes first */
};

enum discipline_outcome {
	DISCIPLINE_NONE, DISCIPLINE_USED, DISCIPLINE_DISMISSED, DISCIPLINE_DISLIKED	/* creepy */
};

enum discipline_achieved { DISCIPLINE_UNKNOWN, DISCIPLINE_NOT_ACHIEVED, DISCIPLINE_ACHIEVED };

#define DISCIPLINE_NO_MINUTES INT32_MIN

/* A decision as it is remembered. */
struct discipline_entry {
	int64_t time;			/* ms */
	uint64_t about;			/* keyed hash of the matter */
	int32_t propensity;		/* the chance of `state` when it was decided, 2^-20 */
	int32_t hold;			/* the chance of withholding, once chosen, 2^-20 */
	int32_t minutes;		/* early, below 0 late; or DISCIPLINE_NO_MINUTES */
	int16_t zone;			/* minutes east of UTC */
	uint8_t kind;			/* enum prompt_kind */
	uint8_t state;			/* DISCIPLINE_SAID or DISCIPLINE_WITHHELD */
	uint8_t outcome;		/* enum discipline_outcome */
	/* Whether what the prompt wanted came about, also for one that was withheld. */
	uint8_t achieved;		/* enum discipline_achieved */
	bool critical;
};

struct discipline_candidate {
	const struct prompt *prompt;
	uint64_t about;			/* keyed hash of prompt->about */
};

/* propensity and hold are 0 where nothing was decided. The chance that the kind was chosen is
 * propensity / (ONE - hold), of a withheld one propensity / hold. */
struct discipline_decision {
	enum discipline_state state;
	enum discipline_reason reason;
	int32_t propensity, hold;	/* 2^-20 */
};

enum discipline_verdict { DISCIPLINE_KEEP, DISCIPLINE_NO_USE, DISCIPLINE_NO_EFFECT };

/* What a kind is judged by, since it was allowed. */
struct discipline_evidence {
	int kind;
	enum discipline_verdict verdict;
	uint32_t sends, used;
	uint32_t recent, recent_used;	/* of these, the last DISCIPLINE_RECENT */
	/* The chance that it still is of the use that it was, 2^-20. */
	int32_t alive;
	int32_t usual;			/* the use rate that it was held to, 2^-20 */
	struct scorecard_effect effect;	/* older decisions weigh less */
	int64_t good, bad;		/* discounted sends that did good, and not, 2^-20 */
	bool creepy;
};

#define DISCIPLINE_RECENT 30

struct discipline_result {
	/* Changes to the settings for the caller to keep. A bit for each kind: called creepy, not
	 * allowed any more. */
	uint32_t stopped;
	/* Retired, with the figures; only of kinds that are allowed. */
	uint32_t retired_count;
	struct discipline_evidence retired[PROMPT_KINDS];
};

/*
 * Decides on each of `count` candidates into decision[count]. `log` is all that was decided
 * before, in the order of the decisions. Cost: candidates times the log, without memory.
 */
void discipline_decide(const struct discipline_settings *settings,
		       const struct discipline_entry *log, size_t log_count,
		       const struct discipline_candidate *candidate, size_t count, int64_t now,
		       int16_t zone, uint64_t seed, struct discipline_decision *decision,
		       struct discipline_result *result);

/*
 * Judges one kind by its log since `since`. An entry without an outcome says nothing until two
 * hours after it.
 *
 * Use is watched for a change by the statistic of Shiryaev and Roberts (Pollak 1985, "Optimal
 * detection of a change in distribution"): R = (1 + R) q(x) / p(x) at each send, x used or not,
 * where q is 1 in 40 and p the kind's own rate before the last DISCIPLINE_RECENT sends, with ten
 * sends of .35, held within .15 .. .5. While the rate is at least p, R - n is a supermartingale, so
 * that R reaches 2^16 within N sends with a chance of at most N / 2^16 (Doob); as p is learnt,
 * bench/discipline.c counts how often it does. There the kind has no more use. `alive` is
 * 1 / (1 + R / 1000): one change in a thousand sends is expected.
 *
 * Who hardly ever answers prompts of a kind (one in ten) may do what they say all the same: where
 * what was wanted is observed, it is watched in the same way, q being its rate among those that
 * were withheld, less one deviation; and no use counts only where, with 16 withheld ones or after
 * 160 sends, the effect is not above zero either.
 *
 * No effect: with ten withheld ones, the upper end of the interval of the effect, the n-th newest
 * decision weighing .998^n, is below a fiftieth.
 */
void discipline_judge(const struct discipline_entry *log, size_t count, int kind, int64_t since,
		      int64_t now, struct discipline_evidence *out);

/* "between batches" ...; NULL for a number that is no reason. */
const char *discipline_reason_words(int reason);

#endif
