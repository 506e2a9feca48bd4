/* One row for each finding: when it holds, what is said, what would do. */
#include "over.h"

#include <assert.h>

#include "terms/budget.h"
#include "terms/purpose.h"

#define FACTS_USUAL 3
#define EPSILON_USUAL (3ULL * BUDGET_ONE)
#define LIST_SHORT 10

static bool is_list(const struct ask *ask)
{
	return ask->type == TYPE_RANK || ask->type == TYPE_CHOOSE;
}

static bool is_sensitive(const struct ask *ask)
{
	return (ask->data & DATA_NEVER) != 0;
}

static bool is_advertising(const struct ask *ask)
{
	return purpose_is_advertising(ask->purpose);
}

/* Only who ranks can use an order. */
static bool is_precise_set(const struct ask *ask)
{
	return ask->type == TYPE_CHOOSE && ask->precision > NOTCH_SUBSET;
}

static bool is_loud(const struct ask *ask)
{
	return ask->precision == NOTCH_SUBSET && ask->epsilon > EPSILON_USUAL;
}

/* All of the candidates are one set, whatever the person likes: it tells nothing and costs all. */
static bool is_whole_list(const struct ask *ask)
{
	return ask->precision == NOTCH_SUBSET && ask->limit == ask->candidates;
}

static bool is_short_list(const struct ask *ask)
{
	return ask->precision == NOTCH_SUBSET && ask->candidates < LIST_SHORT;
}

static bool has_unread_reasons(const struct ask *ask)
{
	return is_list(ask) && ask->precision == NOTCH_REASONS && !ask->explain;
}

static bool explains_without(const struct ask *ask)
{
	return is_list(ask) && ask->precision != NOTCH_REASONS && ask->explain;
}

static bool has_many_facts(const struct ask *ask)
{
	return ask->type == TYPE_DISCLOSE && ask->facts > FACTS_USUAL;
}

static bool is_kept(const struct ask *ask)
{
	return ask->retention > 0;
}

static bool is_handed_on(const struct ask *ask)
{
	return ask->others;
}

static bool offers_nothing(const struct ask *ask)
{
	return !ask->offers && ask->declared == NULL;
}

/* The leaf that an ask of this kind is for, where the asked purpose includes it; else the first
 * leaf that it includes; itself where it is one. */
static int leaf_of(const struct ask *ask)
{
	static const char *const usual[TYPES] = {
		[TYPE_RANK] = "dpv:ProvideProductRecommendations",
		[TYPE_CHOOSE] = "dpv:ProvideProductRecommendations",
		[TYPE_ANSWER] = "dpv:ProvideProductRecommendations",
		[TYPE_DISCLOSE] = "dpv:DeliveryOfGoods",
	};
	bool age = ask->type == TYPE_ANSWER && ask->question_kind == QUESTION_OVER;
	int leaf = purpose_find(age ? "dpv:AgeVerification" : usual[ask->type]), i, k;

	if (purpose_covers(ask->purpose, leaf))
		return leaf;
	for (leaf = ask->purpose, i = 0; i < PURPOSES; i++) {
		if (!purpose_covers(ask->purpose, i))
			continue;
		for (k = 0; k < PURPOSES && (k == i || !purpose_covers(i, k)); k++)
			;
		if (k == PURPOSES)
			return i;
	}
	return leaf;
}

static bool is_broad(const struct ask *ask)
{
	return leaf_of(ask) != ask->purpose;
}

static const struct {
	bool (*holds)(const struct ask *ask);
	struct over_finding finding;
} rules[OVER_MAX] = {
	{ is_sensitive, { "sensitive",
		"sensitive data is denied whatever is granted",
		"leave the sensitive datatypes out" } },
	{ is_advertising, { "advertising",
		"advertising is denied, and the person is not asked about it",
		"a purpose that serves the person, like recommending" } },
	{ is_precise_set, { "precision",
		"choose gives a set, and this precision is for orders and reasons",
		"precision \"subset\" with an epsilon" } },
	{ is_loud, { "epsilon",
		"above epsilon 3 a guess at the favourite is right 95 in 100 times or more",
		"epsilon \"1\" or below" } },
	{ is_whole_list, { "whole-list",
		"a subset of all candidates says nothing and costs its epsilon",
		"a smaller limit, or precision \"silent\"" } },
	{ is_short_list, { "short-list",
		"among fewer than 10 candidates a subset hides little",
		"10 candidates or more" } },
	{ has_unread_reasons, { "reasons",
		"reasons are asked for, and \"explain\" is not set",
		"precision \"order\"" } },
	{ explains_without, { "explain",
		"\"explain\" is set, and only the precision \"reasons\" has reasons",
		"leave \"explain\" out" } },
	{ has_many_facts, { "facts",
		"more than 3 facts are asked for at once",
		"only the facts that this one use needs" } },
	{ is_broad, { "purpose",
		"the purpose includes more than an ask of this type is for",
		NULL } },
	{ is_kept, { "retention",
		"the answer is to be kept, and it could be asked for again",
		"\"P0D\": use it and forget it" } },
	{ is_handed_on, { "recipients",
		"others than the client receive the answer",
		"the client as the only recipient; others ask themselves" } },
	{ offers_nothing, { "offer",
		"nothing is offered back",
		"a \"declared_value\" or an amount that the person gets" } },
};

size_t over_find(const struct ask *ask, struct over_finding out[OVER_MAX])
{
	size_t count = 0, i;

	assert(ask->purpose >= 0 && ask->limit <= ask->candidates);
	for (i = 0; i < OVER_MAX; i++) {
		if (!rules[i].holds(ask))
			continue;
		out[count] = rules[i].finding;
		if (out[count].instead == NULL)
			out[count].instead = purpose_name(leaf_of(ask));
		count++;
	}
	return count;
}
