/*
 * For tests: worlds of one ask and some grants, how the room decides them, and a second, slow
 * procedure that knows only the small numbers that the JSON was made of. It asks one question,
 * "does this ask work as it is?", and finds what would be enough by trying every narrower ask.
 */
#ifndef TACIT_TESTS_TERMS_WORLD_H
#define TACIT_TESTS_TERMS_WORLD_H

#include <stdlib.h>

#include "terms_kit.h"

struct account {
	int uses;
	uint64_t epsilon;
	bool revoked;
};

struct world {
	struct kit_ask ask;
	struct kit_grant grant[KIT_GRANTS];
	struct account account[KIT_GRANTS];
	int grants;
	uint64_t all_left;
};

/* An ask that is being tried: the kit's, with epsilon in its own unit. */
struct tried {
	struct kit_ask ask;
	uint64_t epsilon;
};

/* What the second procedure says. */
struct slow {
	enum decide_outcome outcome;
	enum decide_reason reason;
	enum notch notch;
	uint32_t change;
	uint64_t epsilon;
};

/* ---- the second procedure ---- */

/* Every way up from a purpose, by the numbers of the kit; 20 and more are not in the kit. */
static const int chains[KIT_PURPOSES][2][8] = {
	{ { 0, -1 }, { -1 } },
	{ { 1, 0, -1 }, { -1 } },
	{ { 2, 1, 0, -1 }, { -1 } },
	{ { 3, 2, 1, 0, -1 }, { -1 } },
	{ { 4, 6, 20, -1 }, { 4, 0, -1 } },
	{ { 5, 4, 6, 20, -1 }, { 5, 4, 0, -1 } },
	{ { 6, 20, -1 }, { -1 } },
	{ { 7, 8, -1 }, { 7, 21, -1 } },
	{ { 8, -1 }, { -1 } },
	{ { 9, 22, 23, 24, -1 }, { -1 } },
};

static inline int chains_with(int purpose, int wanted, int *total)
{
	int c, i, with = 0;

	*total = 0;
	for (c = 0; c < 2 && chains[purpose][c][0] >= 0; c++) {
		bool found = false;

		for (i = 0; chains[purpose][c][i] >= 0; i++)
			found = found || chains[purpose][c][i] == wanted;
		with += found;
		++*total;
	}
	return with;
}

static inline bool slow_covers(int granted, int asked)
{
	int total, with = chains_with(asked, granted, &total);

	return with == total;
}

static inline bool slow_touches(int a, int b)
{
	int total;

	return chains_with(a, b, &total) > 0 || chains_with(b, a, &total) > 0;
}

/* Handing on stays forbidden even to an ask that could do without. */
static inline bool slow_forbids(const struct world *w, const struct kit_prohibition *no,
			 const struct kit_ask *ask)
{
	bool acts = no->action == 0 || (no->action == 1 && w->ask.others) ||
		    (no->action == 2 && (slow_touches(9, ask->purpose) ||
					 slow_touches(8, ask->purpose))) ||
		    no->action - 3 == ask->type;

	return acts && (no->domain < 0 || no->domain == ask->domain) &&
	       (no->domain >= 0 || no->data < 0 || (ask->data & 1 << no->data) != 0) &&
	       (no->purpose < 0 || slow_touches(no->purpose, ask->purpose));
}

static inline uint64_t slow_left(const struct world *w, int g, const struct kit_permission *p)
{
	uint64_t cap = p->tenths < 0 ? 0 : (uint64_t)p->tenths * BUDGET_ONE / 10;
	uint64_t left = cap > w->account[g].epsilon ? cap - w->account[g].epsilon : 0;

	return left < w->all_left ? left : w->all_left;
}

static inline int slow_notch(const struct kit_permission *p)
{
	return p->notch < 0 ? 1 : p->notch;
}

static inline bool slow_permits(const struct world *w, int g, const struct kit_permission *p,
			 const struct tried *t)
{
	const struct kit_ask *a = &t->ask;
	int i;

	for (i = 0; i < w->grant[g].prohibitions; i++)
		if (slow_forbids(w, &w->grant[g].prohibition[i], a))
			return false;
	if (a->notch == 2 && slow_notch(p) == 2 && t->epsilon > slow_left(w, g, p))
		return false;
	if (p->compensate >= 0 && a->offer < 0 && !a->declared)
		return false;
	return w->grant[g].client == a->client && !w->account[g].revoked &&
	       w->grant[g].issued <= 0 && p->until > 0 && w->account[g].uses < p->count &&
	       p->type == a->type && p->domain == a->domain &&
	       slow_covers(p->purpose, a->purpose) && a->notch <= slow_notch(p) &&
	       a->retention <= (p->retention < 0 ? 0 : p->retention) && !a->others &&
	       (p->compensate <= 0 || a->offer >= p->compensate) &&
	       (a->type < 2 || (a->facts & ~p->facts) == 0);
}

/* The highest notch at which `t`, changed in these respects and no others, works under this one
 * permission; 0 where it works at none. What is changed is changed as far as can be: kept for no
 * day, the smallest epsilon there is. If that does not work, nothing does. */
static inline int slow_changed(const struct world *w, int g, const struct kit_permission *p,
			       const struct tried *t, uint32_t change)
{
	int most = t->ask.notch, least = most, notch, facts;
	bool purpose = slow_covers(t->ask.purpose, p->purpose) &&
		       !slow_covers(p->purpose, t->ask.purpose);

	if (((change & CHANGE_PURPOSE) != 0 && !purpose) ||
	    ((change & CHANGE_RETENTION) != 0 && t->ask.retention == 0) ||
	    ((change & CHANGE_RECIPIENT) != 0 && !t->ask.others) ||
	    ((change & CHANGE_FACTS) != 0 && t->ask.type != 3) ||
	    ((change & CHANGE_EPSILON) != 0 && (most != 2 || (change & CHANGE_PRECISION) != 0)))
		return 0;
	if ((change & CHANGE_PRECISION) != 0) {
		least = 1;
		most = most == 5 ? 0 : most - 1;	/* facts are told or not */
	}
	for (notch = most; notch >= least; notch--)
		for (facts = 15; facts > 0; facts--) {
			struct tried narrow = *t;

			if ((change & CHANGE_FACTS) == 0 ? facts != t->ask.facts :
			    facts == t->ask.facts || (facts & ~t->ask.facts) != 0)
				continue;
			narrow.ask.notch = notch;
			narrow.ask.facts = facts;
			if ((change & (CHANGE_EPSILON | CHANGE_PRECISION)) != 0)
				narrow.epsilon = 1;
			if ((change & CHANGE_PURPOSE) != 0)
				narrow.ask.purpose = p->purpose;
			if ((change & CHANGE_RETENTION) != 0)
				narrow.ask.retention = 0;
			if ((change & CHANGE_RECIPIENT) != 0)
				narrow.ask.others = 0;
			if (slow_permits(w, g, p, &narrow))
				return notch;
		}
	return 0;
}

/* The fewest changes that make it work, by trying all sets of changes under all permissions; of
 * as many the higher notch, then the first permission. False where none does. */
static inline bool slow_less(const struct world *w, const struct tried *t, struct slow *out)
{
	int g, k, fewest = 99, highest = 0;

	for (g = 0; g < w->grants; g++)
		for (k = 0; k < w->grant[g].permissions; k++) {
			const struct kit_permission *p = &w->grant[g].permission[k];
			uint32_t change;

			for (change = 1; change < 64; change++) {
				int count = __builtin_popcount(change);
				int notch = slow_changed(w, g, p, t, change);

				if (notch == 0 || count > fewest ||
				    (count == fewest && notch <= highest))
					continue;
				fewest = count;
				highest = notch;
				out->change = change;
				out->reason = notch == 1 && slow_notch(p) == 2 && t->ask.notch > 1
						      ? REASON_BUDGET : REASON_MORE;
			}
		}
	return fewest < 99;
}

/* Whether anything was agreed on with this recipient for such a thing, whatever became of it. */
static inline bool slow_agreed(const struct world *w)
{
	int g, k;

	for (g = 0; g < w->grants; g++)
		for (k = 0; k < w->grant[g].permissions; k++) {
			const struct kit_permission *p = &w->grant[g].permission[k];

			if (w->grant[g].client == w->ask.client && p->type == w->ask.type &&
			    p->domain == w->ask.domain &&
			    (slow_covers(p->purpose, w->ask.purpose) ||
			     slow_covers(w->ask.purpose, p->purpose)) &&
			    (p->type < 2 || (p->facts & w->ask.facts) != 0))
				return true;
		}
	return false;
}

/* Whether a permission fails at one of the checks that no change of the ask mends. */
static inline bool slow_fails(const struct world *w, int g, const struct kit_permission *p, int check)
{
	struct kit_ask ask = w->ask;
	int i;

	if (!slow_covers(p->purpose, ask.purpose))
		ask.purpose = p->purpose;
	switch (check) {
	case REASON_NO_GRANT:
		return w->grant[g].client != ask.client || p->type != ask.type ||
		       p->domain != ask.domain;
	case REASON_PURPOSE:
		return !slow_covers(p->purpose, w->ask.purpose) &&
		       !slow_covers(w->ask.purpose, p->purpose);
	case REASON_FACTS:
		return ask.type >= 2 && (p->facts & ask.facts) == 0;
	case REASON_REVOKED:
		return w->account[g].revoked;
	case REASON_NOT_YET:
		return w->grant[g].issued > 0;
	case REASON_EXPIRED:
		return p->until <= 0;
	case REASON_USED_UP:
		return w->account[g].uses >= p->count;
	case REASON_PROHIBITED:
		for (i = 0; i < w->grant[g].prohibitions; i++)
			if (slow_forbids(w, &w->grant[g].prohibition[i], &ask))
				return true;
		return false;
	case REASON_OFF:
		return slow_notch(p) == 0;
	case REASON_PRECISION:
		return ask.notch == 5 && slow_notch(p) < 5;
	default:
		return p->compensate > 0 ? ask.offer < p->compensate :
		       p->compensate == 0 && ask.offer < 0 && !ask.declared;
	}
}

/* The last check that any permission comes to. */
static inline enum decide_reason slow_furthest(const struct world *w)
{
	int check, before, g, k;

	for (check = REASON_COMPENSATE; check > REASON_NO_GRANT; check--)
		for (g = 0; g < w->grants; g++)
			for (k = 0; k < w->grant[g].permissions; k++) {
				bool comes = true;

				for (before = REASON_NO_GRANT; before < check; before++)
					comes = comes && !slow_fails(w, g,
							&w->grant[g].permission[k], before);
				if (comes)
					return (enum decide_reason)check;
			}
	return REASON_NO_GRANT;
}

/* What the first permission that permits charges; false where none does. */
static inline bool slow_charges(const struct world *w, const struct tried *t, struct slow *out)
{
	int g, k;

	for (g = 0; g < w->grants; g++)
		for (k = 0; k < w->grant[g].permissions; k++) {
			const struct kit_permission *p = &w->grant[g].permission[k];

			if (!slow_permits(w, g, p, t))
				continue;
			out->epsilon = t->ask.notch == 2 && slow_notch(p) == 2 ? t->epsilon : 0;
			out->notch = (enum notch)t->ask.notch;
			return true;
		}
	return false;
}

static inline struct slow slow_decide(const struct world *w)
{
	struct tried t = { w->ask, (uint64_t)w->ask.tenths * BUDGET_ONE / 10 };
	struct slow slow = { .outcome = OUTCOME_DENY, .notch = NOTCH_OFF };

	if (w->ask.expires <= 0)
		slow.reason = REASON_ASK_EXPIRED;
	else if (w->ask.issued > 120)
		slow.reason = REASON_ASK_EARLY;
	else if ((w->ask.data & 8) != 0)
		slow.reason = REASON_SENSITIVE;
	else if (slow_charges(w, &t, &slow))
		slow.outcome = OUTCOME_PERMIT;
	else if (slow_less(w, &t, &slow))
		slow.outcome = OUTCOME_LESS;
	else if (slow_agreed(w))
		slow.reason = slow_furthest(w);
	else if (w->ask.purpose >= 4 && w->ask.purpose <= 6)
		slow.reason = REASON_ADVERTISING;
	else {
		slow.reason = slow_furthest(w);
		slow.outcome = OUTCOME_PENDING;
	}
	return slow;
}

/* ---- the room's, from JSON ---- */

static inline struct ask *read_ask(const struct kit_ask *kit)
{
	struct json json = JSON_INIT;
	struct error error = { 0 };
	struct ask *ask = NULL;

	kit_ask_json(&json, kit);
	if (ask_read((char *)json.out.data, json.out.size, &ask, &error) != 0)
		fail_msg("%s in %s", error.message, (char *)json.out.data);
	bytes_free(&json.out);
	return ask;
}

static inline struct grant *read_grant(const struct kit_grant *kit)
{
	struct json json = JSON_INIT;
	struct error error = { 0 };
	struct grant *grant = NULL;

	kit_grant_json(&json, kit);
	if (grant_read((char *)json.out.data, json.out.size, &grant, &error) != 0)
		fail_msg("%s in %s", error.message, (char *)json.out.data);
	bytes_free(&json.out);
	return grant;
}

struct read {
	struct ask *ask;
	struct grant *grant[KIT_GRANTS];
	struct budget_use use[KIT_GRANTS];
	struct budget all;
	size_t count;
};

static inline void read_world(const struct world *w, struct read *out)
{
	int i;

	memset(out, 0, sizeof(*out));
	out->ask = read_ask(&w->ask);
	out->count = (size_t)w->grants;
	out->all = (struct budget){ 3 * BUDGET_ONE, 3 * BUDGET_ONE - w->all_left };
	for (i = 0; i < w->grants; i++) {
		out->grant[i] = read_grant(&w->grant[i]);
		out->use[i] = (struct budget_use){ (uint64_t)w->account[i].uses,
						   w->account[i].epsilon, w->account[i].revoked };
	}
}

static inline void free_world(struct read *read)
{
	size_t i;

	ask_free(read->ask);
	for (i = 0; i < KIT_GRANTS; i++)
		grant_free(read->grant[i]);
}

/* Both procedures say the same in every respect; `which` is for the message. */
static inline void check_slow(const struct decision *decision, const struct slow *slow, int which)
{
	if (decision->outcome != slow->outcome || decision->reason != slow->reason ||
	    decision->change != slow->change)
		fail_msg("case %d: outcome %d (%s) change %x, the second procedure says %d (%s) %x",
			 which, decision->outcome, decide_reason_name(decision->reason),
			 decision->change, slow->outcome, decide_reason_name(slow->reason),
			 slow->change);
	assert_int_equal(decision->notch, slow->notch);
	assert_int_equal(decision->epsilon, slow->epsilon);
	assert_int_equal(decision->reason == REASON_NONE, slow->outcome == OUTCOME_PERMIT);
}

static inline struct decision decide(const struct read *read, const struct ask *ask, size_t count)
{
	struct decision decision;

	decide_ask(ask, (const struct grant *const *)read->grant, read->use, count, &read->all,
		   KIT_NOW, &decision);
	return decision;
}

/* How much may leave: 0 nothing at all, else 1 and the notch. */
static inline int width(const struct decision *decision)
{
	return decision->outcome == OUTCOME_PERMIT ? 1 + (int)decision->notch : 0;
}

/* ---- every term, one at a time, made into something else ---- */

/* The text with its nth quoted word (or, from `words` on, nothing) replaced; false at the end. */
static inline bool mutate(const struct bytes *from, int nth, const char *instead, struct bytes *out)
{
	const char *at = (const char *)from->data, *end;
	int i;

	for (i = 0; (at = strchr(at, '"')) != NULL; i++) {
		end = strchr(at + 1, '"');
		assert_non_null(end);
		if (i == nth)
			break;
		at = end + 1;
	}
	if (at == NULL)
		return false;
	bytes_clear(out);
	bytes_append(out, from->data, (size_t)(at + 1 - (const char *)from->data));
	bytes_append_text(out, instead);
	bytes_append_text(out, end);
	return true;
}

/* A member that nobody knows, put in behind the nth '{'. */
static inline bool insert(const struct bytes *from, int nth, struct bytes *out)
{
	const char *at = (const char *)from->data;
	int i;

	for (i = 0; (at = strchr(at, '{')) != NULL && i < nth; i++)
		at++;
	if (at == NULL)
		return false;
	bytes_clear(out);
	bytes_append(out, from->data, (size_t)(at + 1 - (const char *)from->data));
	bytes_append_text(out, "\"zz\":0,");
	bytes_append_text(out, at + 1);
	return true;
}

static inline void check_ask_text(struct read *read, const struct bytes *text, int widest, bool refused)
{
	struct ask *ask = NULL;
	struct error error = { 0 };
	int result = ask_read((char *)text->data, text->size, &ask, &error);

	assert_true(result != 0 || !refused);
	if (result == 0) {
		struct decision decision = decide(read, ask, read->count);

		assert_true(width(&decision) <= widest);
	} else {
		assert_true(strlen(error.message) > 0);
		assert_true(!refused || strstr(error.message, "zz") != NULL);
	}
	ask_free(ask);
}

static inline void check_grant_text(struct read *read, size_t which, const struct bytes *text, int widest,
			     bool refused)
{
	struct grant *grant = NULL, *own = read->grant[which];
	struct error error = { 0 };
	int result = grant_read((char *)text->data, text->size, &grant, &error);

	assert_true(result != 0 || !refused);
	assert_true(!refused || strstr(error.message, "zz") != NULL ||
		    strstr(error.message, "constraint is not") != NULL);
	if (result == 0) {
		struct decision decision;

		read->grant[which] = grant;
		decision = decide(read, read->ask, read->count);
		assert_true(width(&decision) <= widest);
		read->grant[which] = own;
	}
	grant_free(grant);
}

#endif
