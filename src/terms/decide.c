/*
 * Each permission of each grant of this recipient is tried by the same row of checks. A permission
 * that passes all of them permits. One that fails only by what the service can change tells what
 * to change. Else the reason is that of the permission that came furthest. Grants do not work
 * together and one grant's prohibitions do not reach into another: so a further grant never takes
 * anything away, and a revoked one never gives.
 */
#include "decide.h"

#include <assert.h>
#include <string.h>

#include "terms/purpose.h"

static bool same_unit(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_prohibited(const struct ask *ask, int purpose, const struct grant *grant)
{
	uint32_t i;

	for (i = 0; i < grant->prohibitions; i++) {
		const struct grant_prohibition *no = &grant->prohibition[i];

		if (no->domain != NULL && strcmp(no->domain, ask->domain) != 0)
			continue;
		if (no->data != 0 && (no->data & ask->data) == 0)
			continue;
		if (no->purpose != PURPOSE_NONE && !purpose_touches(no->purpose, purpose))
			continue;
		if (no->act == ACT_TYPE && no->type != ask->type)
			continue;
		if (no->act == ACT_DISTRIBUTE && !ask->others)
			continue;
		if (no->act == ACT_TRAIN && !purpose_is_training(purpose))
			continue;
		return true;
	}
	return false;
}

/* Which of the ask's facts (of a question: its topic) the permission names, as bits. */
static uint32_t facts_granted(const struct ask *ask, const struct grant_permission *permission)
{
	uint32_t bits = 0, i, k;

	for (i = 0; i < ask->facts; i++)
		for (k = 0; k < permission->facts; k++)
			if (strcmp(ask->fact[i], permission->fact[k]) == 0)
				bits |= 1U << i;
	return bits;
}

/* What no change of the ask would mend; REASON_NONE when there is nothing. The purpose that the
 * permission covers goes into *purpose. */
static enum decide_reason obstacle(const struct ask *ask, const struct grant *grant,
				   const struct grant_permission *permission,
				   const struct budget_use *use, int64_t now, int *purpose)
{
	if (permission->type != ask->type || strcmp(permission->domain, ask->domain) != 0)
		return REASON_NO_GRANT;
	if (purpose_covers(permission->purpose, ask->purpose))
		*purpose = ask->purpose;
	else if (purpose_covers(ask->purpose, permission->purpose))
		*purpose = permission->purpose;
	else
		return REASON_PURPOSE;
	if (ask->facts > 0 && facts_granted(ask, permission) == 0)
		return REASON_FACTS;
	if (use->revoked)
		return REASON_REVOKED;
	if (now < grant->issued)
		return REASON_NOT_YET;
	if (now >= permission->until)
		return REASON_EXPIRED;
	if (use->uses >= permission->count)
		return REASON_USED_UP;
	if (is_prohibited(ask, *purpose, grant))
		return REASON_PROHIBITED;
	if (permission->notch == NOTCH_OFF)
		return REASON_OFF;
	if (ask->precision == NOTCH_FACTS && permission->notch < NOTCH_FACTS)
		return REASON_PRECISION;
	if (permission->compensate && !ask->offers && ask->declared == NULL)
		return REASON_COMPENSATE;
	if (permission->unit != NULL &&
	    (!same_unit(ask->unit, permission->unit) || ask->amount < permission->amount))
		return REASON_COMPENSATE;
	return REASON_NONE;
}

/* The notch of the answer, and where epsilon bounds it, how much. Who may have the exact order is
 * not bounded by epsilon, so that a subset costs only where no more than a subset is granted. */
static void fit_precision(const struct ask *ask, const struct grant_permission *permission,
			  const struct budget_use *use, const struct budget *all,
			  struct decision *out)
{
	enum notch notch = ask->precision < permission->notch ? ask->precision : permission->notch;
	uint64_t left = 0, wanted = ask->precision == NOTCH_SUBSET ? ask->epsilon : BUDGET_ONE;

	if (notch == NOTCH_SUBSET && permission->notch == NOTCH_SUBSET && wanted > 0) {
		if (use->epsilon < permission->epsilon)
			left = permission->epsilon - use->epsilon;
		if (left > budget_left(all))
			left = budget_left(all);
		if (left == 0) {
			notch = NOTCH_SILENT;
			out->reason = REASON_BUDGET;
		} else if (ask->precision == NOTCH_SUBSET && wanted > left) {
			out->change |= CHANGE_EPSILON;
		}
		out->smaller_epsilon = wanted < left ? wanted : left;
	}
	if (notch != ask->precision)
		out->change |= CHANGE_PRECISION;
	out->precision = notch;
}

static void fit(const struct ask *ask, const struct grant_permission *permission,
		const struct budget_use *use, const struct budget *all, int purpose,
		struct decision *out)
{
	fit_precision(ask, permission, use, all, out);
	out->purpose = purpose;
	if (purpose != ask->purpose)
		out->change |= CHANGE_PURPOSE;
	out->retention = permission->retention;
	if (ask->retention > permission->retention)
		out->change |= CHANGE_RETENTION;
	out->facts = facts_granted(ask, permission);
	if (out->facts != (1U << ask->facts) - 1)
		out->change |= CHANGE_FACTS;
	if (ask->others)
		out->change |= CHANGE_RECIPIENT;
	out->uses_left = permission->count - use->uses - 1;
	if (out->change != 0) {
		out->outcome = OUTCOME_LESS;
		if (out->reason == REASON_NONE)
			out->reason = REASON_MORE;
		return;
	}
	out->outcome = OUTCOME_PERMIT;
	out->notch = ask->precision;
	out->epsilon = out->smaller_epsilon;
	assert(out->reason == REASON_NONE && out->notch <= permission->notch);
}

/* Whether a is nearer to what was asked than b. */
static bool is_better(const struct decision *a, const struct decision *b)
{
	int a_changes = __builtin_popcount(a->change), b_changes = __builtin_popcount(b->change);

	if (a->outcome != b->outcome)
		return a->outcome > b->outcome;
	if (a->outcome != OUTCOME_LESS)
		return a->outcome == OUTCOME_DENY && a->reason > b->reason;
	if (a_changes != b_changes)
		return a_changes < b_changes;
	return a->precision > b->precision;
}

/* What is wrong with the ask whatever was granted. */
static enum decide_reason fault(const struct ask *ask, int64_t now)
{
	if (now >= ask->expires)
		return REASON_ASK_EXPIRED;
	if (ask->issued > now + LIMIT_CLOCK_MS)
		return REASON_ASK_EARLY;
	return (ask->data & DATA_NEVER) != 0 ? REASON_SENSITIVE : REASON_NONE;
}

void decide_ask(const struct ask *ask, const struct grant *const *grant,
		const struct budget_use *use, size_t count, const struct budget *all, int64_t now,
		struct decision *out)
{
	struct decision best = { .outcome = OUTCOME_DENY, .reason = fault(ask, now) };
	size_t i;
	uint32_t k;

	assert(count <= LIMIT_GRANTS);
	*out = best;
	if (best.reason != REASON_NONE)
		return;
	best.reason = REASON_NO_GRANT;
	for (i = 0; i < count && best.outcome != OUTCOME_PERMIT; i++) {
		if (strcmp(grant[i]->assignee, ask->client) != 0)
			continue;
		for (k = 0; k < grant[i]->permissions; k++) {
			const struct grant_permission *permission = &grant[i]->permission[k];
			struct decision one = { .grant = i, .permission = k };
			int purpose = PURPOSE_NONE;

			one.reason = obstacle(ask, grant[i], permission, &use[i], now, &purpose);
			if (one.reason == REASON_NONE)
				fit(ask, permission, &use[i], all, purpose, &one);
			if (is_better(&one, &best))
				best = one;
		}
	}
	if (best.outcome == OUTCOME_DENY && best.reason <= REASON_FACTS) {
		if (purpose_is_advertising(ask->purpose))
			best.reason = REASON_ADVERTISING;
		else
			best.outcome = OUTCOME_PENDING;
	}
	*out = best;
}

void decide_apply(const struct ask *ask, const struct decision *decision, struct ask *out)
{
	uint32_t i;

	assert(decision->outcome == OUTCOME_LESS);
	*out = *ask;
	out->tree = NULL;
	if ((decision->change & CHANGE_PRECISION) != 0)
		out->precision = decision->precision;
	if (out->precision != NOTCH_SUBSET)
		out->epsilon = 0;
	else if ((decision->change & (CHANGE_PRECISION | CHANGE_EPSILON)) != 0)
		out->epsilon = decision->smaller_epsilon;
	if ((decision->change & CHANGE_PURPOSE) != 0)
		out->purpose = decision->purpose;
	if ((decision->change & CHANGE_RETENTION) != 0)
		out->retention = decision->retention;
	if ((decision->change & CHANGE_RECIPIENT) != 0)
		out->others = false;
	if ((decision->change & CHANGE_FACTS) == 0)
		return;
	out->facts = 0;
	for (i = 0; i < ask->facts; i++)
		if ((decision->facts & 1U << i) != 0)
			out->fact[out->facts++] = ask->fact[i];
}

const char *decide_reason_name(enum decide_reason reason)
{
	static const char *const names[] = {
		"none", "no-grant", "purpose", "facts", "revoked", "not-yet", "expired", "used-up",
		"prohibited", "off", "precision", "compensate", "budget", "more-than-needed",
		"ask-expired", "ask-early", "sensitive", "advertising",
	};

	assert((size_t)reason < sizeof(names) / sizeof(names[0]));
	return names[reason];
}

const char *decide_reason_words(enum decide_reason reason)
{
	static const char *const words[] = {
		[REASON_NONE] = "nothing is in the way",
		[REASON_NO_GRANT] = "nothing is agreed for this kind of ask in this domain",
		[REASON_PURPOSE] = "what is agreed is for another purpose",
		[REASON_FACTS] = "no grant names what is asked",
		[REASON_REVOKED] = "this grant was revoked",
		[REASON_NOT_YET] = "this grant has not begun yet",
		[REASON_EXPIRED] = "this grant is over",
		[REASON_USED_UP] = "this grant has been used as often as it allows",
		[REASON_PROHIBITED] = "the same grant prohibits this",
		[REASON_OFF] = "the person has switched this off",
		[REASON_PRECISION] = "facts are asked for, and this grant allows no facts",
		[REASON_COMPENSATE] = "this grant wants something back, and less is offered",
		[REASON_BUDGET] = "no epsilon is left; the same ask at precision silent works",
		[REASON_MORE] = "more is asked for than is granted; the smaller ask works",
		[REASON_ASK_EXPIRED] = "this ask has expired",
		[REASON_ASK_EARLY] = "this ask is dated in the future",
		[REASON_SENSITIVE] = "sensitive data is never given, whatever is granted",
		[REASON_ADVERTISING] =
			"no grant covers advertising, and the person is not asked about it",
	};

	assert((size_t)reason < sizeof(words) / sizeof(words[0]));
	return words[reason];
}
