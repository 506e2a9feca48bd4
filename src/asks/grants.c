/*
 * Grants: agreements in the closed profile, signed by the person's key for that service, kept
 * canonical, logged. A successor is a grant of its own; nothing is ever changed in one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/limits.h"
#include "terms/canonical.h"
#include "terms/purpose.h"
#include "terms/shape.h"

#define DAY_MS 86400000LL

/* What a grant says, before it is JSON. */
struct draft {
	const char *service, *domain, *agreement, *compensate;
	enum notch_type type;
	enum notch precision;
	int purpose;
	const char *fact[LIMIT_ASK_FACTS];
	uint32_t facts, retention;
	int64_t issued, until;
	uint64_t count, epsilon;
};

/* ---- writing the agreement ---- */

static void put_constraint(struct json *json, const char *left, const char *operator,
			   const char *right)
{
	json_object(json);
	json_put_string(json, "leftOperand", left);
	json_put_string(json, "operator", operator);
	if (right != NULL) {
		json_put_string(json, "rightOperand", right);
		json_object_end(json);
	}
}

static void put_constraints(struct json *json, const struct draft *draft)
{
	char text[32];
	uint32_t i;

	json_key(json, "constraint");
	json_array(json);
	put_constraint(json, "purpose", "isA", purpose_name(draft->purpose));
	clock_format_iso(draft->until, text);
	put_constraint(json, "dateTime", "lt", text);
	put_constraint(json, "count", "lteq", NULL);
	json_put_int(json, "rightOperand", (int64_t)draft->count);
	json_object_end(json);
	put_constraint(json, "tacit:precision", "lteq", notch_name(draft->precision));
	if (draft->epsilon > 0) {
		asks_decimal(draft->epsilon, text);
		put_constraint(json, "tacit:epsilon", "lteq", text);
	}
	if (draft->facts > 0) {
		put_constraint(json, "tacit:fact", "isAnyOf", NULL);
		json_key(json, "rightOperand");
		json_array(json);
		for (i = 0; i < draft->facts; i++)
			json_string(json, draft->fact[i]);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_duties(struct json *json, const struct draft *draft)
{
	char text[32];

	json_key(json, "duty");
	json_array(json);
	json_object(json);
	json_put_string(json, "action", "delete");
	json_key(json, "constraint");
	json_array(json);
	snprintf(text, sizeof(text), "P%uD", draft->retention);
	put_constraint(json, "delayPeriod", "lteq", text);
	json_array_end(json);
	json_object_end(json);
	if (draft->compensate != NULL) {
		const char *unit = strchr(draft->compensate, ' ');

		json_object(json);
		json_put_string(json, "action", "compensate");
		if (unit != NULL) {
			json_key(json, "constraint");
			json_array(json);
			snprintf(text, sizeof(text), "%.*s", (int)(unit - draft->compensate),
				 draft->compensate);
			put_constraint(json, "payAmount", "gteq", NULL);
			json_put_string(json, "rightOperand", text);
			json_put_string(json, "unit", unit + 1);
			json_object_end(json);
			json_array_end(json);
		}
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_permission(struct json *json, const struct draft *draft)
{
	char text[64];

	json_key(json, "permission");
	json_array(json);
	json_object(json);
	snprintf(text, sizeof(text), "tacit:domain/%.31s", draft->domain);
	json_put_string(json, "target", text);
	snprintf(text, sizeof(text), "tacit:%s", notch_type_name(draft->type));
	json_put_string(json, "action", text);
	put_constraints(json, draft);
	put_duties(json, draft);
	json_object_end(json);
	json_array_end(json);
	json_key(json, "prohibition");
	json_array(json);
	json_object(json);
	json_put_string(json, "action", "distribute");
	json_object_end(json);
	json_object(json);
	json_put_string(json, "action", "tacit:trainModel");
	json_object_end(json);
	json_array_end(json);
}

/* Without `signature` what is signed, else the whole. */
static void put_agreement(struct json *json, const struct asks_service *service,
			  const struct draft *draft, uint64_t index, const char *signature)
{
	char person[SECRETS_PERSON_TEXT], text[96], uid[TACIT_UID_BYTES];

	secrets_person_text(service->person, person);
	asks_receipt_uid(service, index, uid);
	json_object(json);
	json_put_string(json, "@type", "Agreement");
	json_put_string(json, "uid", uid);
	json_put_string(json, "profile", TERMS_PROFILE);
	if (draft->agreement != NULL)
		json_put_string(json, "dct:conformsTo", draft->agreement);
	snprintf(text, sizeof(text), "tacit:person/pairwise/%s", person);
	json_put_string(json, "assigner", text);
	json_put_string(json, "assignee", draft->service);
	clock_format_iso(draft->issued, text);
	json_put_string(json, "issued", text);
	put_permission(json, draft);
	json_put_string(json, "status", "ieee-7012:AgreementAccepted");
	json_key(json, "log");
	json_object(json);
	snprintf(text, sizeof(text), "tacit.local/%s", person);
	json_put_string(json, "origin", text);
	json_put_int(json, "index", (int64_t)index);
	json_object_end(json);
	if (signature != NULL) {
		json_key(json, "sig");
		json_object(json);
		json_put_string(json, "person", signature);
		json_object_end(json);
	}
	json_object_end(json);
}

static int canonical(struct asks *asks, const struct asks_service *service,
		     const struct draft *draft, uint64_t index, const char *signature,
		     struct bytes *out)
{
	struct json json = JSON_INIT;
	struct document *tree;
	int result;

	put_agreement(&json, service, draft, index, signature);
	result = json.failed ? error_memory(&asks->t->error) :
		document_read((const char *)json.out.data, json.out.size, &tree, &asks->t->error);
	bytes_free(&json.out);
	if (result != 0)
		return result;
	if (canonical_write(document_root(tree), NULL, out) != 0)
		result = error_memory(&asks->t->error);
	document_free(tree);
	return result;
}

static int sign(struct asks *asks, const struct asks_service *service, const struct bytes *text,
		char signature[87])
{
	uint8_t seed[VKEY_SEED_BYTES], secret[VKEY_SECRET_BYTES], raw[VKEY_SIGNATURE_BYTES];
	struct vkey key;
	bool made;

	secrets_derive(asks->secret, "sign", service->id, strlen(service->id), seed);
	made = vkey_make_pair(&key, "person", VKEY_ED25519, seed, secret);
	if (made)
		vkey_sign(secret, text->data, text->size, raw);
	secrets_wipe(seed, sizeof(seed));
	secrets_wipe(secret, sizeof(secret));
	if (!made)
		return error_set(&asks->t->error, TACIT_E_ARGUMENT, "the grant cannot be signed");
	secrets_text64(raw, signature);
	return 0;
}

/* The receipt of a grant's beginning or end; *index is that of its entry. */
static int log_grant(struct asks *asks, struct asks_service *service, struct asks_grant *grant,
		     const char *kind, const struct bytes *agreement, int64_t now)
{
	const struct asks_event event = {
		.kind = kind,
		.status = kind[0] == 'r' ? "dpv:ConsentWithdrawn" : "dpv:ConsentGiven",
		.decision = kind[0] == 'r' ? "deny" : "permit", .grant = grant,
		.permission = &grant->agreement->permission[0],
		.precision = grant->agreement->permission[0].notch,
		.uses_left = grant->agreement->permission[0].count,
		.answer = (const char *)agreement->data, .answer_size = agreement->size,
	};
	uint8_t salt[32], answer_salt[32];
	uint64_t index;

	return asks_receipt(asks, service, &event, now, &index, NULL, salt, answer_salt);
}

static int make(struct asks *asks, const struct draft *draft, char uid[TACIT_UID_BYTES])
{
	const struct budget_use none = { 0, 0, false };
	struct asks_service *service = asks_make(asks, draft->service);
	struct bytes text = BYTES_INIT;
	struct grant *grant = NULL;
	char signature[87];
	uint64_t index = 0;
	int result = service == NULL ? asks->t->error.code : asks_log_need(asks, service);

	if (result == 0) {
		index = asks_log_next(service);
		result = canonical(asks, service, draft, index, NULL, &text);
	}
	if (result == 0)
		result = sign(asks, service, &text, signature);
	bytes_clear(&text);
	if (result == 0)
		result = canonical(asks, service, draft, index, signature, &text);
	if (result == 0)	/* what is kept is what will be read: no grant that cannot be */
		result = grant_read((const char *)text.data, text.size, &grant, &asks->t->error);
	if (result == 0) {
		snprintf(uid, TACIT_UID_BYTES, "%.63s", grant->uid);
		result = asks_take_grant(asks, grant, &none, 0);
	}
	if (result == 0)
		result = vault_record_put(asks->t->vault, RECORD_GRANT, uid, strlen(uid),
					  text.data, text.size, &asks->t->error);
	if (result == 0) {
		service->grant[service->grants - 1]->dirty = true;
		result = log_grant(asks, service, service->grant[service->grants - 1], "grant",
				   &text, draft->issued);
	}
	/* a new decision of the person: the dial goes along with it */
	if (result == 0 && service->dial >= 0 && (int)draft->precision > service->dial) {
		service->dial = (int)draft->precision;
		service->dirty = true;
		asks_dial(service);
	}
	bytes_free(&text);
	return result;
}

int asks_grant_for(struct asks *asks, const struct ask *ask, int precision,
		   char uid[TACIT_UID_BYTES])
{
	int64_t now = clock_now();
	struct draft draft = {
		.service = ask->client, .domain = ask->domain, .type = ask->type,
		.purpose = ask->purpose, .facts = ask->facts, .retention = ask->retention,
		.issued = now, .until = now + 90 * DAY_MS, .count = 1000,
	};

	memcpy(draft.fact, ask->fact, sizeof(draft.fact));
	draft.precision = precision < 0 ? NOTCH_SILENT : (enum notch)precision;
	/* a fact told silently is no answer: yes to it is yes to it */
	if (ask->precision == NOTCH_FACTS && precision < 0)
		draft.precision = NOTCH_FACTS;
	if (draft.precision > ask->precision)
		return error_set(&asks->t->error, TACIT_E_ARGUMENT, "no more than \"%s\" was asked "
				 "for", notch_name(ask->precision));
	draft.epsilon = draft.precision == NOTCH_SUBSET ? ask->epsilon : 0;
	return make(asks, &draft, uid);
}

/* ---- the person grants ---- */

/* A purpose by its term, or the last part of it. */
static int purpose_of(const char *name)
{
	char term[128];
	int purpose;

	if (name == NULL)
		name = "ProvidePersonalisedRecommendations";
	purpose = purpose_find(name);
	snprintf(term, sizeof(term), "dpv:%.100s", name);
	return purpose != PURPOSE_NONE ? purpose : purpose_find(term);
}

static int take_facts(struct tacit *t, char *list, struct draft *draft)
{
	char *name, *rest = list;

	while ((name = strsep(&rest, ",")) != NULL) {
		if (*name == 0)
			continue;
		if (draft->facts == LIMIT_ASK_FACTS)
			return error_set(&t->error, TACIT_E_LIMIT, "a grant names at most %d facts",
					 LIMIT_ASK_FACTS);
		draft->fact[draft->facts++] = name;
	}
	return 0;
}

static int draft_of(struct asks *asks, const struct tacit_grant_options *options, char *facts,
		    struct draft *draft)
{
	struct error *error = &asks->t->error;
	const char *type = options->type != NULL ? options->type : "rank";

	draft->service = options->service;
	draft->domain = options->domain != NULL ? options->domain : "films";
	draft->agreement = options->agreement;
	draft->compensate = options->compensate;
	draft->retention = options->retention;
	draft->issued = clock_now();
	draft->until = options->until != 0 ? options->until : draft->issued + 90 * DAY_MS;
	draft->count = options->count != 0 ? options->count : 1000;
	draft->purpose = purpose_of(options->purpose);
	if (!shape_recipient(options->service))
		return error_set(error, TACIT_E_ARGUMENT, "\"%.200s\" is no service: write its "
				 "origin "
				 "(https://shop.example) or ed25519:KEY", options->service);
	if (!notch_type_find(type, strlen(type), &draft->type))
		return error_set(error, TACIT_E_ARGUMENT, "there is no kind of ask \"%.40s\": "
				 "rank, "
				 "choose, answer or disclose", type);
	if (draft->purpose == PURPOSE_NONE)
		return error_set(error, TACIT_E_ARGUMENT, "\"%.100s\" is no purpose that is known "
				 "here; docs/terms.md lists them", options->purpose);
	if (draft->until <= draft->issued)
		return error_set(error, TACIT_E_ARGUMENT, "that time is over already");
	if (options->precision < -1 || options->precision > TACIT_FACTS)
		return error_set(error, TACIT_E_ARGUMENT, "there is no such notch");
	draft->precision = options->precision >= 0 ? (enum notch)options->precision :
		draft->type >= TYPE_ANSWER ? NOTCH_FACTS : (enum notch)asks->start;
	if (draft->type >= TYPE_ANSWER && draft->precision != NOTCH_FACTS)
		return error_set(error, TACIT_E_ARGUMENT, "what is told by name is told at "
				 "\"facts\" "
				 "or not at all");
	if (draft->type >= TYPE_ANSWER && options->facts == NULL)
		return error_set(error, TACIT_E_ARGUMENT, "name the facts: --facts shoe-size,age "
				 "(for questions: likes, had, age or the name of a fact)");
	draft->epsilon = options->epsilon >= 0 ? (uint64_t)options->epsilon :
		draft->precision == NOTCH_SUBSET ? BUDGET_ONE : 0;
	return facts == NULL ? 0 : take_facts(asks->t, facts, draft);
}

int tacit_grant(struct tacit *t, const struct tacit_grant_options *options,
		char uid[TACIT_UID_BYTES])
{
	struct draft draft = { 0 };
	struct asks *asks;
	char *facts = NULL;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	if (options->facts != NULL && (facts = strdup(options->facts)) == NULL)
		return error_memory(&t->error);
	result = draft_of(asks, options, facts, &draft);
	if (result == 0)
		result = asks_begin(asks);
	if (result == 0)
		result = asks_commit(asks, make(asks, &draft, uid));
	free(facts);
	return result;
}

/* ---- looking and taking back ---- */

static void describe(const struct asks_service *service, size_t i, int64_t now,
		     struct tacit_grant *out)
{
	const struct asks_grant *grant = service->grant[i];
	const struct grant_permission *it = &grant->agreement->permission[0];
	const struct document_node *conforms =
		document_member(document_root(grant->agreement->tree), "dct:conformsTo");
	size_t used = 0;
	uint32_t k;

	memset(out, 0, sizeof(*out));
	snprintf(out->uid, sizeof(out->uid), "%.63s", grant->agreement->uid);
	snprintf(out->service, sizeof(out->service), "%s", service->id);
	snprintf(out->domain, sizeof(out->domain), "%.31s", it->domain);
	snprintf(out->type, sizeof(out->type), "%s", notch_type_name(it->type));
	snprintf(out->purpose, sizeof(out->purpose), "%.63s", purpose_name(it->purpose));
	snprintf(out->purpose_words, sizeof(out->purpose_words), "%.63s",
		 purpose_words(it->purpose));
	if (conforms != NULL)
		snprintf(out->agreement, sizeof(out->agreement), "%.63s", conforms->text);
	for (k = 0; k < it->facts && used < sizeof(out->facts); k++)
		used += (size_t)snprintf(out->facts + used, sizeof(out->facts) - used, "%s%s",
					 k > 0 ? "," : "", it->fact[k]);
	out->precision = (int)it->notch;
	out->effective = (int)grant->effective.permission[0].notch;
	out->issued = grant->agreement->issued;
	out->until = it->until;
	out->revoked = grant->revoked;
	out->count = it->count;
	out->uses = service->use[i].uses;
	out->epsilon = (int64_t)it->epsilon;
	out->spent = (int64_t)service->use[i].epsilon;
	out->retention = it->retention;
	out->in_force = grant->revoked == 0 && now < it->until && out->uses < out->count;
}

int tacit_grants(struct tacit *t, struct tacit_grant **out, size_t *count)
{
	struct tacit_grant *list;
	struct asks *asks;
	size_t i, k, n = 0;
	int64_t now = clock_now();
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	for (i = 0; i < asks->services; i++)
		n += asks->service[i]->grants;
	list = calloc(n + 1, sizeof(*list));
	if (list == NULL)
		return error_memory(&t->error);
	for (i = 0, n = 0; i < asks->services; i++)
		for (k = 0; k < asks->service[i]->grants; k++)
			describe(asks->service[i], k, now, &list[n++]);
	*out = list;
	*count = n;
	return 0;
}

int tacit_grant_json(struct tacit *t, const char *uid, char **out)
{
	struct bytes text = BYTES_INIT;
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result == 0)
		result = vault_record_get(t->vault, RECORD_GRANT, uid, strlen(uid), &text,
					  &t->error);
	if (result == TACIT_E_NOT_FOUND)
		error_set(&t->error, result, "there is no grant %.64s; see them with: tacit grants",
			  uid);
	if (result != 0) {
		bytes_free(&text);
		return result;
	}
	*out = (char *)text.data;
	return 0;
}

static int revoke(struct asks *asks, struct asks_service *service, size_t i, size_t *count)
{
	struct asks_grant *grant = service->grant[i];
	struct bytes agreement = BYTES_INIT;
	int64_t now = clock_now();
	int result;

	if (grant->revoked != 0)
		return 0;
	grant->revoked = now;
	grant->dirty = true;
	service->use[i].revoked = true;
	(*count)++;
	result = vault_record_get(asks->t->vault, RECORD_GRANT, grant->agreement->uid,
				  strlen(grant->agreement->uid), &agreement, &asks->t->error);
	if (result == 0)
		result = log_grant(asks, service, grant, "revoke", &agreement, now);
	bytes_free(&agreement);
	return result;
}

int asks_revoke_all(struct asks *asks, struct asks_service *service, size_t *count)
{
	size_t i;
	int result = 0;

	for (i = 0; result == 0 && i < service->grants; i++)
		result = revoke(asks, service, i, count);
	return result;
}

int tacit_revoke(struct tacit *t, const char *which, size_t *count)
{
	struct asks *asks;
	size_t i, k, matched = 0;
	int result = asks_need(t, &asks);

	*count = 0;
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	for (i = 0; result == 0 && i < asks->services; i++) {
		struct asks_service *service = asks->service[i];
		bool all = strcmp(service->id, which) == 0;

		for (k = 0; result == 0 && k < service->grants; k++)
			if (all || strcmp(service->grant[k]->agreement->uid, which) == 0) {
				matched++;
				result = revoke(asks, service, k, count);
			}
		matched += all;
	}
	if (result == 0 && matched == 0)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no grant or service "
				   "\"%.200s\"; see them with: tacit grants", which);
	return asks_commit(asks, result);
}
