/* Reading an ask: the outer Request here, the one object of authorization_details in ask_body.c. */
#include "ask.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ask_body.h"
#include "terms/canonical.h"
#include "terms/shape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { TYPE, UID, PROFILE, ISSUED, EXPIRES, NONCE, CLIENT, DETAILS, RETENTION, RECIPIENT, OFFER,
       SIG, MEMBERS };

static const struct shape_member members[MEMBERS] = {
	[TYPE] = { "@type", TREE_TEXT, true, 0, "Request" },
	[UID] = { "uid", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[PROFILE] = { "profile", TREE_TEXT, true, 0, TERMS_PROFILE },
	[ISSUED] = { "issued", TREE_TEXT, true, 40, NULL },
	[EXPIRES] = { "expires", TREE_TEXT, true, 40, NULL },
	[NONCE] = { "nonce", TREE_TEXT, true, 22, NULL },
	[CLIENT] = { "client", TREE_OBJECT, true, 0, NULL },
	[DETAILS] = { "authorization_details", TREE_ARRAY, true, 1, NULL },
	[RETENTION] = { "retention", TREE_OBJECT, true, 0, NULL },
	[RECIPIENT] = { "recipient", TREE_ARRAY, true, LIMIT_RECIPIENTS, NULL },
	[OFFER] = { "offer", TREE_OBJECT, false, 0, NULL },
	[SIG] = { "sig", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
};

static int read_times(struct ask *ask, const struct document_node **found, struct error *error)
{
	int result = shape_time(found[ISSUED], "ask", &ask->issued, error);

	if (result == 0)
		result = shape_time(found[EXPIRES], "ask", &ask->expires, error);
	if (result != 0)
		return result;
	if (ask->expires <= ask->issued || ask->expires - ask->issued > LIMIT_ASK_MS)
		return error_set(error, TACIT_E_LIMIT,
				 "ask: \"expires\" is not within %d minutes behind \"issued\"",
				 LIMIT_ASK_MS / 60000);
	return 0;
}

static int read_client(struct ask *ask, const struct document_node *node, struct error *error)
{
	static const struct shape_member table[] = {
		{ "id", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
		{ "name", TREE_TEXT, true, 64, NULL },
		{ "key", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
		{ "conformsTo", TREE_ARRAY, false, 8, NULL },
	};
	const struct document_node *found[COUNT(table)], *term;
	int result = shape_check(node, "client", table, COUNT(table), found, error);

	if (result != 0)
		return result;
	if (!shape_recipient(found[0]->text))
		return error_set(error, TACIT_E_FORMAT, "client: \"id\" is no origin like "
				 "https://shop.example and no key like ed25519:...");
	if (found[2] != NULL && !shape_origin(found[0]->text))
		return error_set(error, TACIT_E_FORMAT,
				 "client: \"key\" stands beside an \"id\" that is a key");
	for (term = found[3] == NULL ? NULL : found[3]->first; term != NULL; term = term->next) {
		result = shape_text(term, "client.conformsTo", 64, error);
		if (result != 0)
			return result;
		if (strncmp(term->text, "ieee-7012:", 10) != 0)
			return shape_unknown(error, "client.conformsTo", "term", term->text);
	}
	ask->client = found[0]->text;
	ask->name = found[1]->text;
	ask->key = found[2] == NULL ? NULL : found[2]->text;
	return 0;
}

static int read_retention(struct ask *ask, const struct document_node *node, struct error *error)
{
	static const struct shape_member table[] = {
		{ "dpv:hasStorageCondition", TREE_TEXT, true, 16, NULL },
	};
	const struct document_node *found[1];
	int result = shape_check(node, "retention", table, 1, found, error);

	if (result == 0 && !shape_days(found[0]->text, &ask->retention))
		return error_set(error, TACIT_E_FORMAT, "retention wants days, like P30D");
	return result;
}

static int read_recipients(struct ask *ask, const struct document_node *node, struct error *error)
{
	const struct document_node *one;

	for (one = node->first; one != NULL; one = one->next) {
		int result = shape_text(one, "recipient", LIMIT_TERMS_TEXT, error);

		if (result != 0)
			return result;
		if (!shape_recipient(one->text))
			return error_set(error, TACIT_E_FORMAT,
					 "recipient: one is no origin and no key");
		if (strcmp(one->text, ask->client) != 0)
			ask->others = true;
	}
	return 0;
}

static int read_refinement(struct ask *ask, const struct document_node *duty, struct error *error)
{
	static const struct shape_member outer[] = {
		{ "action", TREE_TEXT, true, 0, "compensate" },
		{ "refinement", TREE_ARRAY, true, 1, NULL },
	};
	static const struct shape_member inner[] = {
		{ "leftOperand", TREE_TEXT, true, 0, "payAmount" },
		{ "operator", TREE_TEXT, true, 0, "eq" },
		{ "rightOperand", TREE_TEXT, true, 16, NULL },
		{ "unit", TREE_TEXT, true, 3, NULL },
	};
	const struct document_node *found[COUNT(inner)];
	int result = shape_check(duty, "offer.duty", outer, COUNT(outer), found, error);

	if (result == 0)
		result = shape_check(found[1]->first, "offer.duty.refinement", inner, COUNT(inner),
				     found, error);
	if (result != 0)
		return result;
	if (!shape_amount(found[2]->text, &ask->amount) ||
	    strspn(found[3]->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return error_set(error, TACIT_E_FORMAT, "offer wants an amount like 0.50 EUR");
	ask->unit = found[3]->text;
	ask->offers = true;
	return 0;
}

static int read_offer(struct ask *ask, const struct document_node *node, struct error *error)
{
	static const struct shape_member table[] = {
		{ "duty", TREE_ARRAY, false, 1, NULL },
		{ "declared_value", TREE_TEXT, false, 128, NULL },
	};
	const struct document_node *found[COUNT(table)];
	int result = shape_check(node, "offer", table, COUNT(table), found, error);

	if (result != 0)
		return result;
	if (found[1] != NULL)
		ask->declared = found[1]->text;
	return found[0] == NULL ? 0 : read_refinement(ask, found[0]->first, error);
}

/* A web client is known by where it asks from; a program only by what it signs. */
static int read_sig(struct ask *ask, const struct document_node *node, struct error *error)
{
	ask->sig = node == NULL ? NULL : node->text;
	if (shape_key(ask->client, NULL) &&
	    (ask->sig == NULL || !shape_base64url(ask->sig, NULL, 64)))
		return error_set(error, TACIT_E_FORMAT, "ask: a client that is a key needs a "
				 "\"sig\" of 64 bytes in base64url");
	return 0;
}

static int read_request(struct ask *ask, struct error *error)
{
	const struct document_node *found[MEMBERS];
	int result = shape_check(document_root(ask->tree), "ask", members, MEMBERS, found, error);

	if (result != 0)
		return result;
	ask->uid = found[UID]->text;
	ask->nonce = found[NONCE]->text;
	if (!shape_base64url(ask->nonce, NULL, 16))
		return error_set(error, TACIT_E_FORMAT,
				 "ask: \"nonce\" is not 16 bytes in base64url");
	result = read_times(ask, found, error);
	if (result == 0)
		result = read_client(ask, found[CLIENT], error);
	if (result == 0)
		result = read_sig(ask, found[SIG], error);
	if (result == 0)
		result = read_retention(ask, found[RETENTION], error);
	if (result == 0)
		result = read_recipients(ask, found[RECIPIENT], error);
	if (result == 0 && found[OFFER] != NULL)
		result = read_offer(ask, found[OFFER], error);
	if (result == 0)
		result = ask_body_read(ask, found[DETAILS]->first, error);
	return result;
}

int ask_read(const char *text, size_t size, struct ask **out, struct error *error)
{
	struct ask *ask = calloc(1, sizeof(*ask));
	int result;

	if (ask == NULL)
		return error_memory(error);
	result = document_read(text, size, &ask->tree, error);
	if (result == 0)
		result = read_request(ask, error);
	if (result != 0) {
		ask_free(ask);
		return result;
	}
	assert(ask->client != NULL && ask->domain != NULL && ask->purpose >= 0);
	*out = ask;
	return 0;
}

int ask_canonical(const struct ask *ask, struct bytes *out)
{
	assert(ask->tree != NULL);
	return canonical_write(document_root(ask->tree), NULL, out);
}

int ask_signed(const struct ask *ask, struct bytes *out)
{
	assert(ask->tree != NULL);
	return canonical_write(document_root(ask->tree), "sig", out);
}

void ask_free(struct ask *ask)
{
	if (ask == NULL)
		return;
	document_free(ask->tree);
	free(ask->candidate);
	free(ask);
}
