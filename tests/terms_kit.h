/* Asks and grants out of small numbers: as JSON for the room, as they are for a slow reference. */
#ifndef TACIT_TESTS_TERMS_KIT_H
#define TACIT_TESTS_TERMS_KIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "terms/decide.h"

#define KIT_NOW 1795000000000LL
#define KIT_DOMAINS 2
#define KIT_PURPOSES 10
#define KIT_FACTS 4
#define KIT_CANDIDATES 6
#define KIT_PERMISSIONS 3
#define KIT_PROHIBITIONS 2
#define KIT_GRANTS 6

#define KIT_CLIENTS 4

/* Two are known by where they ask from, two by their keys: those that are 32 bytes of 0 and of 1. */
static const char *const kit_client[KIT_CLIENTS] = {
	"https://shop.example", "https://news.example",
	"ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	"ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
};
/* 64 bytes of 0. */
#define KIT_SIG "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
static const char *const kit_domain[] = { "music", "films" };
static const char *const kit_fact[KIT_FACTS] = { "shoe", "likes", "had", "age" };
/* A question for each of those topics. */
static const char *const kit_question[KIT_FACTS] = { "shoe", "likes slow jazz", "had Kind of Blue",
						     "over 18" };
static const char *const kit_purpose[KIT_PURPOSES] = {
	"dpv:Personalisation", "dpv:ServicePersonalisation",
	"dpv:ProvidePersonalisedRecommendations", "dpv:ProvideProductRecommendations",
	"dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising", "dpv:Advertising",
	"dpv:CommercialResearch", "dpv:ResearchAndDevelopment",
	"dpv:ImproveExistingProductsAndServices",
};
static const char *const kit_data[] = { "dpv:ObservedPersonalData", "dpv:InferredPersonalData",
					"dpv:ProvidedPersonalData", "dpv:SpecialCategoryPersonalData" };
static const char *const kit_type[] = { "rank", "choose", "answer", "disclose" };
static const char *const kit_notch[] = { "off", "silent", "subset", "order", "reasons", "facts" };

struct kit_ask {
	int client, type, domain, purpose, notch, tenths;	/* tenths of epsilon */
	int data, retention, others, offer, declared;	/* offer -1: none; hundredths */
	int facts, limit;			/* facts: bits, of answer one; limit 0: 2, or none */
	int issued, expires;					/* seconds from KIT_NOW */
};

struct kit_permission {
	int type, domain, purpose, notch, tenths, until, count;	/* notch, tenths -1: not said */
	int retention, compensate, facts;	/* -1: no duty; compensate 0: anything */
};

struct kit_prohibition {
	int action, domain, data, purpose;	/* action 0..2 use distribute train, 3..6 types */
};

struct kit_grant {
	int client, issued, permissions, prohibitions;
	struct kit_permission permission[KIT_PERMISSIONS];
	struct kit_prohibition prohibition[KIT_PROHIBITIONS];
};

static void kit_time(struct json *json, const char *key, int64_t seconds)
{
	char text[32];

	clock_format_iso(KIT_NOW + seconds * 1000, text);
	json_put_string(json, key, text);
}

static void kit_tenths(struct json *json, const char *key, int tenths)
{
	char text[16];

	snprintf(text, sizeof(text), "%d.%d", tenths / 10, tenths % 10);
	json_put_string(json, key, text);
}

static void kit_text(struct json *json, const char *key, const char *before, const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "%s%s", before, name);
	if (key != NULL)
		json_put_string(json, key, text);
	else
		json_string(json, text);
}

static void kit_list(struct json *json, const char *key, const char *const *name, int bits)
{
	int i;

	json_key(json, key);
	json_array(json);
	for (i = 0; i < 4; i++)
		if ((bits & 1 << i) != 0)
			json_string(json, name[i]);
	json_array_end(json);
}

static void kit_body(struct json *json, const struct kit_ask *ask)
{
	char text[64];
	int i;

	json_object(json);
	snprintf(text, sizeof(text), "https://tacit.example/ask/%s/1", kit_type[ask->type]);
	json_put_string(json, "type", text);
	json_key(json, "actions");
	json_array(json);
	json_string(json, kit_type[ask->type]);
	json_array_end(json);
	kit_list(json, "datatypes", kit_data, ask->data);
	json_key(json, "locations");
	json_array(json);
	kit_text(json, NULL, "tacit:domain/", kit_domain[ask->domain]);
	json_array_end(json);
	json_put_string(json, "identifier", "shortlist-81");
	json_put_string(json, "purpose", kit_purpose[ask->purpose]);
	json_put_string(json, "precision", kit_notch[ask->notch]);
	if (ask->notch == NOTCH_SUBSET)
		kit_tenths(json, "epsilon", ask->tenths);
	if (ask->type == TYPE_ANSWER)
		json_put_string(json, "question", kit_question[__builtin_ctz((unsigned)ask->facts)]);
	if (ask->type == TYPE_DISCLOSE)
		kit_list(json, "facts", kit_fact, ask->facts);
	if (ask->type == TYPE_RANK)
		json_put_int(json, "limit", ask->limit == 0 ? 2 : ask->limit);
	if (ask->type == TYPE_CHOOSE && ask->limit != 0)
		json_put_int(json, "limit", ask->limit);
	if (ask->type == TYPE_RANK || ask->type == TYPE_CHOOSE) {
		json_key(json, "candidates");
		json_array(json);
		for (i = 0; i < KIT_CANDIDATES; i++) {
			json_object(json);
			snprintf(text, sizeof(text), "sku%d", i);
			json_put_string(json, "id", text);
			json_object_end(json);
		}
		json_array_end(json);
	}
	json_object_end(json);
}

static void kit_pay(struct json *json, const char *key, const char *operator, int hundredths)
{
	char text[32];

	json_key(json, key);
	json_array(json);
	json_object(json);
	json_put_string(json, "leftOperand", "payAmount");
	json_put_string(json, "operator", operator);
	snprintf(text, sizeof(text), "%d.%02d", hundredths / 100, hundredths % 100);
	json_put_string(json, "rightOperand", text);
	json_put_string(json, "unit", "EUR");
	json_object_end(json);
	json_array_end(json);
}

/* The JSON of the ask; the caller frees json->out. */
static void kit_ask_json(struct json *json, const struct kit_ask *ask)
{
	char days[16];

	json_object(json);
	json_put_string(json, "@type", "Request");
	json_put_string(json, "uid", "urn:uuid:2c1e");
	json_put_string(json, "profile", TERMS_PROFILE);
	kit_time(json, "issued", ask->issued);
	kit_time(json, "expires", ask->expires);
	json_put_string(json, "nonce", "AAECAwQFBgcICQoLDA0ODw");
	json_key(json, "client");
	json_object(json);
	json_put_string(json, "id", kit_client[ask->client]);
	json_put_string(json, "name", "Shop");
	json_object_end(json);
	json_key(json, "authorization_details");
	json_array(json);
	kit_body(json, ask);
	json_array_end(json);
	json_key(json, "retention");
	json_object(json);
	snprintf(days, sizeof(days), "P%dD", ask->retention);
	json_put_string(json, "dpv:hasStorageCondition", days);
	json_object_end(json);
	json_key(json, "recipient");
	json_array(json);
	json_string(json, kit_client[ask->client]);
	if (ask->others)
		json_string(json, "https://broker.example");
	json_array_end(json);
	if (ask->offer >= 0 || ask->declared) {
		json_key(json, "offer");
		json_object(json);
		if (ask->offer >= 0) {
			json_key(json, "duty");
			json_array(json);
			json_object(json);
			json_put_string(json, "action", "compensate");
			kit_pay(json, "refinement", "eq", ask->offer);
			json_object_end(json);
			json_array_end(json);
		}
		if (ask->declared)
			json_put_string(json, "declared_value", "free delivery");
		json_object_end(json);
	}
	if (strncmp(kit_client[ask->client], "ed25519:", 8) == 0)
		json_put_string(json, "sig", KIT_SIG);
	json_object_end(json);
}

static void kit_operand(struct json *json, const char *left, const char *operator)
{
	json_object(json);
	json_put_string(json, "leftOperand", left);
	json_put_string(json, "operator", operator);
}

static void kit_duties(struct json *json, const struct kit_permission *permission)
{
	char days[16];

	if (permission->retention < 0 && permission->compensate < 0)
		return;
	json_key(json, "duty");
	json_array(json);
	if (permission->retention >= 0) {
		json_object(json);
		json_put_string(json, "action", "delete");
		json_key(json, "constraint");
		json_array(json);
		kit_operand(json, "delayPeriod", "lteq");
		snprintf(days, sizeof(days), "P%dD", permission->retention);
		json_put_string(json, "rightOperand", days);
		json_object_end(json);
		json_array_end(json);
		json_object_end(json);
	}
	if (permission->compensate >= 0) {
		json_object(json);
		json_put_string(json, "action", "compensate");
		if (permission->compensate > 0)
			kit_pay(json, "constraint", "gteq", permission->compensate);
		json_object_end(json);
	}
	json_array_end(json);
}

static void kit_permit(struct json *json, const struct kit_permission *permission)
{
	json_object(json);
	kit_text(json, "target", "tacit:domain/", kit_domain[permission->domain]);
	kit_text(json, "action", "tacit:", kit_type[permission->type]);
	json_key(json, "constraint");
	json_array(json);
	kit_operand(json, "purpose", "isA");
	json_put_string(json, "rightOperand", kit_purpose[permission->purpose]);
	json_object_end(json);
	kit_operand(json, "dateTime", "lt");
	kit_time(json, "rightOperand", permission->until);
	json_object_end(json);
	kit_operand(json, "count", "lteq");
	json_put_int(json, "rightOperand", permission->count);
	json_object_end(json);
	if (permission->notch >= 0) {
		kit_operand(json, "tacit:precision", "lteq");
		json_put_string(json, "rightOperand", kit_notch[permission->notch]);
		json_object_end(json);
	}
	if (permission->tenths >= 0) {
		kit_operand(json, "tacit:epsilon", "lteq");
		kit_tenths(json, "rightOperand", permission->tenths);
		json_object_end(json);
	}
	if (permission->facts != 0) {
		kit_operand(json, "tacit:fact", "isAnyOf");
		kit_list(json, "rightOperand", kit_fact, permission->facts);
		json_object_end(json);
	}
	json_array_end(json);
	kit_duties(json, permission);
	json_object_end(json);
}

static void kit_prohibit(struct json *json, const struct kit_prohibition *no)
{
	static const char *const action[] = { "use", "distribute", "tacit:trainModel", "tacit:rank",
					      "tacit:choose", "tacit:answer", "tacit:disclose" };

	json_object(json);
	json_put_string(json, "action", action[no->action]);
	if (no->domain >= 0)
		kit_text(json, "target", "tacit:domain/", kit_domain[no->domain]);
	else if (no->data >= 0)
		json_put_string(json, "target", kit_data[no->data]);
	if (no->purpose >= 0) {
		json_key(json, "constraint");
		json_array(json);
		kit_operand(json, "purpose", "isA");
		json_put_string(json, "rightOperand", kit_purpose[no->purpose]);
		json_object_end(json);
		json_array_end(json);
	}
	json_object_end(json);
}

static void kit_grant_json(struct json *json, const struct kit_grant *grant)
{
	int i;

	json_object(json);
	json_put_string(json, "@type", "Agreement");
	json_put_string(json, "uid", "urn:uuid:9f");
	json_put_string(json, "profile", TERMS_PROFILE);
	json_put_string(json, "dct:conformsTo", "ieee-7012:SD-BASE-DP");
	json_put_string(json, "assigner", "tacit:person/pairwise/7Q");
	json_put_string(json, "assignee", kit_client[grant->client]);
	kit_time(json, "issued", grant->issued);
	json_key(json, "permission");
	json_array(json);
	for (i = 0; i < grant->permissions; i++)
		kit_permit(json, &grant->permission[i]);
	json_array_end(json);
	if (grant->prohibitions > 0) {
		json_key(json, "prohibition");
		json_array(json);
		for (i = 0; i < grant->prohibitions; i++)
			kit_prohibit(json, &grant->prohibition[i]);
		json_array_end(json);
	}
	json_put_string(json, "status", "ieee-7012:AgreementAccepted");
	json_key(json, "sig");
	json_object(json);
	json_put_string(json, "person", "c2ln");
	json_object_end(json);
	json_object_end(json);
}

/* ---- random ones, of which enough fit together ---- */

static int kit_any(struct random *random, int bound)
{
	return (int)random_below(random, (uint32_t)bound);
}

/* True one time in n. */
static bool kit_rare(struct random *random, int n)
{
	return kit_any(random, n) == 0;
}

__attribute__((unused))
static struct kit_ask kit_random_ask(struct random *r)
{
	struct kit_ask ask = { 0 };

	ask.client = kit_rare(r, 3) ? 2 : 0;
	ask.type = kit_rare(r, 3) ? kit_any(r, 4) : TYPE_RANK;
	ask.domain = kit_rare(r, 6);
	ask.purpose = kit_rare(r, 2) ? kit_any(r, KIT_PURPOSES) : 1 + kit_any(r, 3);
	ask.notch = ask.type >= TYPE_ANSWER ? NOTCH_FACTS : 1 + kit_any(r, 4);
	ask.tenths = 1 + kit_any(r, 12);
	ask.data = 1 + kit_any(r, 7);
	if (kit_rare(r, 30))
		ask.data |= 8;
	ask.retention = kit_rare(r, 2) ? kit_any(r, 4) : 0;
	ask.others = kit_rare(r, 4);
	ask.offer = kit_rare(r, 2) ? kit_any(r, 3) * 25 : -1;
	ask.declared = kit_rare(r, 3);
	ask.facts = ask.type == TYPE_ANSWER ? 1 << kit_any(r, KIT_FACTS) : 1 + kit_any(r, 15);
	ask.limit = kit_any(r, 1 + KIT_CANDIDATES);
	ask.issued = kit_rare(r, 40) ? 600 : -30;
	ask.expires = kit_rare(r, 40) ? ask.issued + 30 : ask.issued + 60;
	return ask;
}

__attribute__((unused))
static struct kit_grant kit_random_grant(struct random *r)
{
	struct kit_grant grant = { 0 };
	int i;

	grant.client = kit_rare(r, 8) ? kit_any(r, KIT_CLIENTS) : 2 * kit_rare(r, 3);
	grant.issued = kit_rare(r, 15) ? 1000 : -1000;
	grant.permissions = 1 + kit_any(r, KIT_PERMISSIONS);
	grant.prohibitions = kit_rare(r, 3) ? 1 + kit_any(r, KIT_PROHIBITIONS) : 0;
	for (i = 0; i < grant.permissions; i++) {
		struct kit_permission *p = &grant.permission[i];

		p->type = kit_rare(r, 3) ? kit_any(r, 4) : TYPE_RANK;
		p->domain = kit_rare(r, 6);
		p->purpose = kit_rare(r, 2) ? kit_any(r, KIT_PURPOSES) : kit_any(r, 4);
		p->notch = kit_any(r, 7) - 1;
		p->tenths = kit_any(r, 14) - 1;
		p->until = kit_rare(r, 8) ? -5 : 5000;
		p->count = kit_any(r, 6);
		p->retention = kit_any(r, 5) - 1;
		p->compensate = kit_rare(r, 3) ? kit_any(r, 3) * 25 : -1;
		p->facts = kit_any(r, 16);
	}
	for (i = 0; i < grant.prohibitions; i++) {
		struct kit_prohibition *no = &grant.prohibition[i];

		no->action = kit_any(r, 7);
		no->domain = kit_rare(r, 3) ? kit_any(r, 2) : -1;
		no->data = kit_rare(r, 2) ? kit_any(r, 4) : -1;
		no->purpose = kit_rare(r, 2) ? kit_any(r, KIT_PURPOSES) : -1;
	}
	return grant;
}

#endif
