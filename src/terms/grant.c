/* Reading a grant: the Agreement and its prohibitions; permissions are in grant_permit.c. */
#include "grant.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grant_permit.h"
#include "terms/ask.h"
#include "terms/canonical.h"
#include "terms/purpose.h"
#include "terms/shape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { TYPE, UID, PROFILE, CONFORMS, ASSIGNER, ASSIGNEE, ISSUED, PERMISSION, PROHIBITION, STATUS,
       LOG, SIG, MEMBERS };

static const struct shape_member members[MEMBERS] = {
	[TYPE] = { "@type", TREE_TEXT, true, 0, "Agreement" },
	[UID] = { "uid", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[PROFILE] = { "profile", TREE_TEXT, true, 0, TERMS_PROFILE },
	[CONFORMS] = { "dct:conformsTo", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
	[ASSIGNER] = { "assigner", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[ASSIGNEE] = { "assignee", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	[ISSUED] = { "issued", TREE_TEXT, true, 40, NULL },
	[PERMISSION] = { "permission", TREE_ARRAY, true, LIMIT_PERMISSIONS, NULL },
	[PROHIBITION] = { "prohibition", TREE_ARRAY, false, LIMIT_PROHIBITIONS, NULL },
	[STATUS] = { "status", TREE_TEXT, true, 0, "ieee-7012:AgreementAccepted" },
	[LOG] = { "log", TREE_OBJECT, false, 0, NULL },
	[SIG] = { "sig", TREE_OBJECT, false, 0, NULL },
};

static int read_frame(const struct document_node **found, struct error *error)
{
	static const struct shape_member log[] = {
		{ "origin", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
		{ "index", TREE_INT, true, 0, NULL },
	};
	static const struct shape_member sig[] = {
		{ "person", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
		{ "service", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
	};
	const struct document_node *inner[2];
	int result = 0;

	if (found[CONFORMS] != NULL && strncmp(found[CONFORMS]->text, "ieee-7012:", 10) != 0)
		return shape_unknown(error, "grant", "term", found[CONFORMS]->text);
	if (strncmp(found[ASSIGNER]->text, "tacit:person/pairwise/", 22) != 0)
		return error_set(error, TACIT_E_FORMAT,
				 "grant: \"assigner\" is no tacit:person/pairwise/...");
	if (!shape_recipient(found[ASSIGNEE]->text))
		return error_set(error, TACIT_E_FORMAT, "grant: \"assignee\" is no origin like "
				 "https://shop.example and no key like ed25519:...");
	if (found[LOG] != NULL)
		result = shape_check(found[LOG], "grant.log", log, COUNT(log), inner, error);
	if (result == 0 && found[SIG] != NULL)
		result = shape_check(found[SIG], "grant.sig", sig, COUNT(sig), inner, error);
	return result;
}

static int read_act(const struct document_node *node, struct grant_prohibition *out,
		    struct error *error)
{
	const char *action = node->text;

	if (strcmp(action, "use") == 0)
		out->act = ACT_USE;
	else if (strcmp(action, "distribute") == 0)
		out->act = ACT_DISTRIBUTE;
	else if (strcmp(action, "tacit:trainModel") == 0)
		out->act = ACT_TRAIN;
	else if (strncmp(action, "tacit:", 6) == 0 &&
		 notch_type_find(action + 6, node->size - 6, &out->type))
		out->act = ACT_TYPE;
	else
		return shape_unknown(error, "prohibition", "action", action);
	return 0;
}

static int read_prohibition(const struct document_node *node, struct grant_prohibition *out,
			    struct error *error)
{
	static const struct shape_member outer[] = {
		{ "action", TREE_TEXT, true, 64, NULL },
		{ "target", TREE_TEXT, false, LIMIT_TERMS_TEXT, NULL },
		{ "constraint", TREE_ARRAY, false, 1, NULL },
	};
	static const struct shape_member inner[] = {
		{ "leftOperand", TREE_TEXT, true, 0, "purpose" },
		{ "operator", TREE_TEXT, true, 0, "isA" },
		{ "rightOperand", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
	};
	const struct document_node *found[COUNT(outer)], *purpose[COUNT(inner)];
	int result = shape_check(node, "prohibition", outer, COUNT(outer), found, error);

	if (result == 0)
		result = read_act(found[0], out, error);
	if (result != 0)
		return result;
	if (found[1] != NULL) {
		out->domain = shape_domain(found[1]->text);
		out->data = ask_data_find(found[1]->text);
		if (out->domain == NULL && out->data == 0)
			return shape_unknown(error, "prohibition", "target", found[1]->text);
	}
	out->purpose = PURPOSE_NONE;
	if (found[2] == NULL)
		return 0;
	result = shape_check(found[2]->first, "prohibition.constraint", inner, COUNT(inner),
			     purpose, error);
	if (result != 0)
		return result;
	out->purpose = purpose_find(purpose[2]->text);
	if (out->purpose == PURPOSE_NONE)
		return shape_unknown(error, "prohibition", "purpose", purpose[2]->text);
	return 0;
}

static int read_agreement(struct grant *grant, struct error *error)
{
	const struct document_node *found[MEMBERS], *node;
	int result = shape_check(document_root(grant->tree), "grant", members, MEMBERS, found,
				 error);

	if (result == 0)
		result = read_frame(found, error);
	if (result == 0)
		result = shape_time(found[ISSUED], "grant", &grant->issued, error);
	if (result != 0)
		return result;
	grant->uid = found[UID]->text;
	grant->assigner = found[ASSIGNER]->text;
	grant->assignee = found[ASSIGNEE]->text;
	for (node = found[PERMISSION]->first; node != NULL && result == 0; node = node->next) {
		assert(grant->permissions < LIMIT_PERMISSIONS);
		result = grant_permit_read(node, &grant->permission[grant->permissions++], error);
	}
	node = found[PROHIBITION] == NULL ? NULL : found[PROHIBITION]->first;
	for (; node != NULL && result == 0; node = node->next) {
		assert(grant->prohibitions < LIMIT_PROHIBITIONS);
		result = read_prohibition(node, &grant->prohibition[grant->prohibitions++], error);
	}
	return result;
}

int grant_read(const char *text, size_t size, struct grant **out, struct error *error)
{
	struct grant *grant = calloc(1, sizeof(*grant));
	int result;

	if (grant == NULL)
		return error_memory(error);
	result = document_read(text, size, &grant->tree, error);
	if (result == 0)
		result = read_agreement(grant, error);
	if (result != 0) {
		grant_free(grant);
		return result;
	}
	assert(grant->permissions > 0);
	*out = grant;
	return 0;
}

int grant_canonical(const struct grant *grant, struct bytes *out)
{
	assert(grant->tree != NULL);
	return canonical_write(document_root(grant->tree), NULL, out);
}

int grant_signed(const struct grant *grant, struct bytes *out)
{
	assert(grant->tree != NULL);
	return canonical_write(document_root(grant->tree), "sig", out);
}

void grant_free(struct grant *grant)
{
	if (grant == NULL)
		return;
	document_free(grant->tree);
	free(grant);
}
