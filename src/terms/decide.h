/*
 * The decision about an ask: permit at a notch, deny, ask for less, or ask the person. A pure
 * function of the ask, the grants, the counters and the time; it never sees the person's data, so
 * no refusal can depend on it. docs/terms.md has the order of the checks and the argument.
 */
#ifndef TACIT_TERMS_DECIDE_H
#define TACIT_TERMS_DECIDE_H

#include <stddef.h>
#include <stdint.h>

#include "terms/ask.h"
#include "terms/budget.h"
#include "terms/grant.h"

enum decide_outcome { OUTCOME_DENY, OUTCOME_PENDING, OUTCOME_LESS, OUTCOME_PERMIT };

/* Why not, in the order of the checks of one permission: the later, the nearer it was. */
enum decide_reason {
	REASON_NONE,
	REASON_NO_GRANT,	/* none for this recipient, type, domain: ask the person */
	REASON_PURPOSE,		/* granted for something else: ask the person */
	REASON_FACTS,		/* no fact, or not the topic, is granted: ask the person */
	REASON_REVOKED,
	REASON_NOT_YET,		/* the grant's time has not begun */
	REASON_EXPIRED,
	REASON_USED_UP,		/* as many answers as the grant allows */
	REASON_PROHIBITED,	/* the same grant forbids it */
	REASON_OFF,
	REASON_PRECISION,	/* facts are asked for, and less is granted */
	REASON_COMPENSATE,	/* the grant wants something back, and less is offered */
	REASON_BUDGET,		/* with OUTCOME_LESS: no epsilon is left, a silent answer works */
	REASON_MORE,		/* with OUTCOME_LESS: see `change` */
	/* of the ask alone, whatever is granted */
	REASON_ASK_EXPIRED,
	REASON_ASK_EARLY,
	REASON_SENSITIVE,
	REASON_ADVERTISING	/* no grant covers it, and the person is not bothered with it */
};

enum {
	CHANGE_PRECISION = 1, CHANGE_PURPOSE = 2, CHANGE_EPSILON = 4, CHANGE_RETENTION = 8,
	CHANGE_FACTS = 16, CHANGE_RECIPIENT = 32
};

struct decision {
	enum decide_outcome outcome;
	enum decide_reason reason;
	enum notch notch;		/* at which to answer; NOTCH_OFF unless permitted */
	uint64_t epsilon;		/* to charge before answering */
	size_t grant;			/* whose permission it is; only for LESS and PERMIT */
	uint32_t permission;
	uint64_t uses_left;		/* after this answer */
	uint32_t change;		/* CHANGE_*, for OUTCOME_LESS: */
	enum notch precision;		/* ... to this; meaningful where its bit is set */
	int purpose;
	uint64_t smaller_epsilon;
	uint32_t retention;
	uint32_t facts;			/* bits of the ask's facts that may stay */
};

/* `use` has one account for each grant, in the same order. Under 10 us with 100 grants. Where the
 * answer to this very ask is stored already (subset_key) it costs nothing: decide on a copy of the
 * ask with epsilon 0, which no ask that was read has. */
void decide_ask(const struct ask *ask, const struct grant *const *grant,
		const struct budget_use *use, size_t count, const struct budget *all, int64_t now,
		struct decision *out);

/* The ask with the changes of an OUTCOME_LESS made: a view that shares the ask's texts and must
 * not outlive nor free it. Decided at once, it is permitted. */
void decide_apply(const struct ask *ask, const struct decision *decision, struct ask *out);

/* "used-up", "purpose" ...: for receipts and errors. */
const char *decide_reason_name(enum decide_reason reason);
/* The same as one plain sentence, without a full stop and of at most 100 bytes. */
const char *decide_reason_words(enum decide_reason reason);

#endif
