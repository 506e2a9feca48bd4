/*
 * Every type names exactly what it needs and nothing else: candidates for rank and choose, a
 * question for answer, facts for disclose. A member of another type is an unknown term here.
 */
#include "ask_body.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "terms/budget.h"
#include "terms/purpose.h"
#include "terms/shape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { TYPE, ACTIONS, DATATYPES, LOCATIONS, IDENTIFIER, PURPOSE, PRECISION, CANDIDATES, LIMIT,
       EXPLAIN, EPSILON, QUESTION, FACTS, MEMBERS };

static const struct shape_member members[MEMBERS] = {
	[TYPE] = { "type", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[ACTIONS] = { "actions", TREE_ARRAY, true, 1, NULL },
	[DATATYPES] = { "datatypes", TREE_ARRAY, true, 8, NULL },
	[LOCATIONS] = { "locations", TREE_ARRAY, true, 1, NULL },
	[IDENTIFIER] = { "identifier", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
	[PURPOSE] = { "purpose", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[PRECISION] = { "precision", TREE_TEXT, true, 16, NULL },
	[CANDIDATES] = { "candidates", TREE_ARRAY, false, LIMIT_CANDIDATES, NULL },
	[LIMIT] = { "limit", TREE_INT, false, 0, NULL },
	[EXPLAIN] = { "explain", TREE_TRUE, false, 0, NULL },
	[EPSILON] = { "epsilon", TREE_TEXT, false, 16, NULL },
	[QUESTION] = { "question", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
	[FACTS] = { "facts", TREE_ARRAY, false, LIMIT_ASK_FACTS, NULL },
};

/* Which of the members below a type may have. */
#define OF(member) (1U << (member))
#define LISTING (OF(CANDIDATES) | OF(EXPLAIN) | OF(EPSILON))
static const uint32_t allowed[TYPES] = {
	[TYPE_RANK] = LISTING | OF(LIMIT), [TYPE_CHOOSE] = LISTING | OF(LIMIT),
	[TYPE_ANSWER] = OF(QUESTION), [TYPE_DISCLOSE] = OF(FACTS),
};

uint32_t ask_data_find(const char *term)
{
	static const struct {
		const char *term;
		uint32_t bit;
	} table[] = {
		{ "dpv:ProvidedPersonalData", DATA_PROVIDED },
		{ "dpv:ObservedPersonalData", DATA_OBSERVED },
		{ "dpv:InferredPersonalData", DATA_INFERRED },
		{ "dpv:DerivedPersonalData", DATA_DERIVED },
		{ "dpv:SensitivePersonalData", DATA_SENSITIVE },
		{ "dpv:SpecialCategoryPersonalData", DATA_SPECIAL },
		{ "dpv:ProfessionalConfidentialData", DATA_CONFIDENTIAL },
	};
	size_t i;

	for (i = 0; i < COUNT(table); i++)
		if (strcmp(term, table[i].term) == 0)
			return table[i].bit;
	return 0;
}

static int read_type(struct ask *ask, const struct document_node **found, struct error *error)
{
	static const char prefix[] = "https://tacit.example/ask/";
	const char *type = found[TYPE]->text, *name = type + sizeof(prefix) - 1;
	const char *slash = strrchr(type, '/');
	uint32_t member;

	if (strncmp(type, prefix, sizeof(prefix) - 1) != 0 || slash < name ||
	    strcmp(slash, "/1") != 0 || !notch_type_find(name, (size_t)(slash - name), &ask->type))
		return shape_unknown(error, "ask", "type", type);
	if (!document_is(found[ACTIONS]->first, notch_type_name(ask->type)))
		return error_set(error, TACIT_E_FORMAT, "ask: \"actions\" is not [\"%s\"]",
				 notch_type_name(ask->type));
	for (member = CANDIDATES; member < MEMBERS; member++)
		if (found[member] != NULL && (allowed[ask->type] & OF(member)) == 0)
			return shape_unknown(error, notch_type_name(ask->type), "term",
					     members[member].name);
	return 0;
}

static int read_scope(struct ask *ask, const struct document_node **found, struct error *error)
{
	const struct document_node *one;
	uint32_t bit;
	int result;

	for (one = found[DATATYPES]->first; one != NULL; one = one->next) {
		result = shape_text(one, "datatypes", LIMIT_TERMS_TEXT, error);
		if (result != 0)
			return result;
		bit = ask_data_find(one->text);
		if (bit == 0)
			return shape_unknown(error, "datatypes", "term", one->text);
		ask->data |= bit;
	}
	result = shape_text(found[LOCATIONS]->first, "locations", LIMIT_TERMS_TEXT, error);
	if (result != 0)
		return result;
	ask->domain = shape_domain(found[LOCATIONS]->first->text);
	if (ask->domain == NULL)
		return shape_unknown(error, "locations", "place", found[LOCATIONS]->first->text);
	ask->purpose = purpose_find(found[PURPOSE]->text);
	if (ask->purpose == PURPOSE_NONE)
		return shape_unknown(error, "ask", "purpose", found[PURPOSE]->text);
	ask->identifier = found[IDENTIFIER] == NULL ? NULL : found[IDENTIFIER]->text;
	return 0;
}

/* A list is answered silently, as a subset, in order or with reasons; facts are told or not. */
static int read_precision(struct ask *ask, const struct document_node **found, struct error *error)
{
	bool list = ask->type == TYPE_RANK || ask->type == TYPE_CHOOSE;
	enum notch notch;

	if (!notch_find(found[PRECISION]->text, &notch))
		return shape_unknown(error, "ask", "precision", found[PRECISION]->text);
	if (list ? notch == NOTCH_OFF || notch == NOTCH_FACTS : notch != NOTCH_FACTS)
		return error_set(error, TACIT_E_FORMAT, "ask: %s has no precision \"%s\"",
				 notch_type_name(ask->type), notch_name(notch));
	if ((found[EPSILON] != NULL) != (notch == NOTCH_SUBSET))
		return error_set(error, TACIT_E_FORMAT,
				 "ask: \"epsilon\" belongs to the precision \"subset\"");
	if (found[EPSILON] != NULL &&
	    (!budget_parse(found[EPSILON]->text, &ask->epsilon) || ask->epsilon == 0))
		return error_set(error, TACIT_E_FORMAT, "ask: \"epsilon\" wants one like \"0.5\"");
	ask->precision = notch;
	ask->explain = found[EXPLAIN] != NULL && found[EXPLAIN]->kind == TREE_TRUE;
	return 0;
}

static int read_candidate(const struct document_node *node, struct ask_candidate *out,
			  struct error *error)
{
	static const struct shape_member table[] = {
		{ "id", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
		{ "title", TREE_TEXT, false, LIMIT_TITLE_BYTES, NULL },
		{ "creator", TREE_TEXT, false, LIMIT_CREATOR_BYTES, NULL },
		{ "year", TREE_INT, false, 0, NULL },
		{ "features", TREE_OBJECT, false, 0, NULL },
	};
	const struct document_node *found[COUNT(table)], *feature;
	int result = shape_check(node, "candidate", table, COUNT(table), found, error);

	if (result != 0)
		return result;
	if (found[3] != NULL && (found[3]->number < 1 || found[3]->number > 9999))
		return error_set(error, TACIT_E_FORMAT, "candidate: no such year");
	if (found[4] != NULL && found[4]->count > LIMIT_FEATURES)
		return error_set(error, TACIT_E_LIMIT, "candidate: more than %d features",
				 LIMIT_FEATURES);
	for (feature = found[4] == NULL ? NULL : found[4]->first; feature != NULL;
	     feature = feature->next)
		if (feature->kind != TREE_INT)
			return error_set(error, TACIT_E_FORMAT, "candidate: features are integers");
	out->id = found[0]->text;
	out->title = found[1] == NULL ? NULL : found[1]->text;
	out->creator = found[2] == NULL ? NULL : found[2]->text;
	out->year = found[3] == NULL ? 0 : (int32_t)found[3]->number;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The same id twice would weigh twice in a subset, so it is refused. */
static int check_ids(const struct ask *ask, struct error *error)
{
	const char **id = malloc(ask->candidates * sizeof(*id));
	uint32_t i;
	int result = 0;

	if (id == NULL)
		return error_memory(error);
	for (i = 0; i < ask->candidates; i++)
		id[i] = ask->candidate[i].id;
	qsort(id, ask->candidates, sizeof(*id), compare_ids);
	for (i = 1; i < ask->candidates && result == 0; i++)
		if (strcmp(id[i - 1], id[i]) == 0)
			result = error_set(error, TACIT_E_FORMAT, "candidates: an id stands twice");
	free(id);
	return result;
}

static int read_list(struct ask *ask, const struct document_node **found, struct error *error)
{
	const struct document_node *node;
	int64_t limit = found[LIMIT] == NULL ? 1 : found[LIMIT]->number;
	int result;

	if (found[CANDIDATES] == NULL || (ask->type == TYPE_RANK && found[LIMIT] == NULL))
		return error_set(error, TACIT_E_FORMAT, "ask: %s lacks \"%s\"",
				 notch_type_name(ask->type),
				 found[CANDIDATES] == NULL ? "candidates" : "limit");
	if (limit < 1 || limit > found[CANDIDATES]->count)
		return error_set(error, TACIT_E_FORMAT,
				 "ask: \"limit\" is not between 1 and the number of candidates");
	ask->limit = (uint32_t)limit;
	ask->candidate = calloc(found[CANDIDATES]->count, sizeof(*ask->candidate));
	if (ask->candidate == NULL)
		return error_memory(error);
	for (node = found[CANDIDATES]->first; node != NULL; node = node->next) {
		result = read_candidate(node, &ask->candidate[ask->candidates], error);
		if (result != 0)
			return result;
		ask->candidates++;
	}
	assert(ask->candidates == found[CANDIDATES]->count);
	return check_ids(ask, error);
}

static int read_facts(struct ask *ask, const struct document_node *node, struct error *error)
{
	const struct document_node *one;
	uint32_t i;

	if (node == NULL)
		return error_set(error, TACIT_E_FORMAT, "ask: disclose lacks \"facts\"");
	for (one = node->first; one != NULL; one = one->next) {
		int result = shape_text(one, "facts", 64, error);

		if (result != 0)
			return result;
		if (strchr(one->text, ' ') != NULL)
			return error_set(error, TACIT_E_FORMAT, "facts: a name with a blank");
		for (i = 0; i < ask->facts; i++)
			if (strcmp(ask->fact[i], one->text) == 0)
				return error_set(error, TACIT_E_FORMAT,
						 "facts: one stands twice");
		ask->fact[ask->facts++] = one->text;
	}
	return 0;
}

/* The text behind "VERB " where it is one or more words without blanks at either end; else NULL. */
static const char *behind(const char *text, const char *verb)
{
	size_t size = strlen(verb);

	if (strncmp(text, verb, size) != 0 || text[size] != ' ')
		return NULL;
	text += size + 1;
	return *text == 0 || *text == ' ' || text[strlen(text) - 1] == ' ' ? NULL : text;
}

/* "18": 1 to ASK_AGE_MAX in digits, spelled in one way; 0 for anything else. */
static uint32_t age_of(const char *text)
{
	uint32_t age = 0;

	if (*text == '0')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		age = age * 10 + (uint32_t)(*text - '0');
		if (age > ASK_AGE_MAX)
			return 0;
	}
	return *text == 0 ? age : 0;
}

/* Letters, digits and -; the verbs of the other questions are no keys. */
static bool is_key(const char *text)
{
	static const char *const verbs[] = { "likes", "had", "over" };
	size_t i;

	for (i = 0; i < COUNT(verbs); i++)
		if (strcmp(text, verbs[i]) == 0)
			return false;
	for (i = 0; (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
		    (text[i] >= '0' && text[i] <= '9') || text[i] == '-'; i++)
		;
	return i >= 1 && i <= 64 && text[i] == 0;
}

/* The closed list of questions. The topic becomes the ask's one fact, which the permission must
 * name, as for disclose. */
static int read_question(struct ask *ask, const struct document_node *node, struct error *error)
{
	const char *text, *age;

	if (node == NULL)
		return error_set(error, TACIT_E_FORMAT, "ask: answer lacks \"question\"");
	text = ask->question = node->text;
	ask->facts = 1;
	age = behind(text, "over");
	if ((ask->about = behind(text, "likes")) != NULL) {
		ask->question_kind = QUESTION_LIKES;
		ask->fact[0] = "likes";
	} else if ((ask->about = behind(text, "had")) != NULL) {
		ask->question_kind = QUESTION_HAD;
		ask->fact[0] = "had";
	} else if (age != NULL && age_of(age) != 0) {
		ask->question_kind = QUESTION_OVER;
		ask->over = age_of(age);
		ask->fact[0] = "age";
	} else if (is_key(text)) {
		ask->question_kind = QUESTION_FACT;
		ask->about = ask->fact[0] = text;
	} else {
		return shape_unknown(error, "ask", "question", text);
	}
	return 0;
}

int ask_body_read(struct ask *ask, const struct document_node *node, struct error *error)
{
	const struct document_node *found[MEMBERS];
	int result = shape_check(node, "authorization_details", members, MEMBERS, found, error);

	if (result == 0)
		result = read_type(ask, found, error);
	if (result == 0)
		result = read_scope(ask, found, error);
	if (result == 0)
		result = read_precision(ask, found, error);
	if (result != 0)
		return result;
	switch (ask->type) {
	case TYPE_ANSWER:
		return read_question(ask, found[QUESTION], error);
	case TYPE_DISCLOSE:
		return read_facts(ask, found[FACTS], error);
	default:
		return read_list(ask, found, error);
	}
}
