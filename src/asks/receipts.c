/*
 * Receipts: consent records in the shape that DPV gives to ISO/IEC TS 27560. A receipt has salted
 * hashes of ask and answer, never these. What is logged is the commitment to its canonical JSON.
 * Two salts: that of the receipt stays as long as the receipt; that of the answer follows from a
 * secret that every forgetting drops, so that no guess about an answer can be tested afterwards.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "terms/purpose.h"

void asks_decimal(uint64_t fixed, char out[24])
{
	uint64_t micro = (uint64_t)(((unsigned __int128)fixed * 1000000 + (1 << 19)) >> 20);
	int size = snprintf(out, 24, "%llu.%06llu", (unsigned long long)(micro / 1000000),
			    (unsigned long long)(micro % 1000000));

	while (size > 0 && out[size - 1] == '0')
		out[--size] = 0;
	if (size > 0 && out[size - 1] == '.')
		out[--size] = 0;
}

void asks_receipt_uid(const struct asks_service *service, uint64_t index,
		      char out[TACIT_UID_BYTES])
{
	char person[SECRETS_PERSON_TEXT];

	secrets_person_text(service->person, person);
	snprintf(out, TACIT_UID_BYTES, "urn:tacit:%s:%llu", person, (unsigned long long)index);
}

void asks_receipt_key(const struct asks_service *service, uint64_t index,
		      uint8_t out[SECRETS_PERSON_BYTES + 8])
{
	int i;

	memcpy(out, service->person, SECRETS_PERSON_BYTES);
	for (i = 0; i < 8; i++)		/* big-endian: keys in the order of the log */
		out[SECRETS_PERSON_BYTES + i] = (uint8_t)(index >> (56 - 8 * i));
}

int asks_receipt_find(struct asks *asks, const char *uid, struct asks_service **service,
		      uint64_t *index)
{
	const char *colon = strrchr(uid, ':');
	char person[SECRETS_PERSON_TEXT], *end;
	size_t i;

	if (strncmp(uid, "urn:tacit:", 10) == 0 && colon - uid == 10 + SECRETS_PERSON_TEXT - 1 &&
	    colon[1] >= '0' && colon[1] <= '9') {
		*index = strtoull(colon + 1, &end, 10);
		for (i = 0; *end == 0 && i < asks->services; i++) {
			secrets_person_text(asks->service[i]->person, person);
			if (memcmp(uid + 10, person, sizeof(person) - 1) == 0) {
				*service = asks->service[i];
				return 0;
			}
		}
	}
	return error_set(&asks->t->error, TACIT_E_NOT_FOUND, "there is no receipt %.64s; see them "
			 "with: tacit receipt", uid);
}

/* The secret of this generation of answers; made when first needed, in the transaction. */
static int need_shadow(struct asks *asks)
{
	struct bytes value = BYTES_INIT;
	int result;

	if (asks->has_shadow)
		return 0;
	result = vault_record_get(asks->t->vault, RECORD_SHADOW, "", 0, &value, &asks->t->error);
	if (result == TACIT_E_NOT_FOUND) {
		secrets_random(asks->shadow, SECRETS_BYTES);
		result = vault_record_put(asks->t->vault, RECORD_SHADOW, "", 0, asks->shadow,
					  SECRETS_BYTES, &asks->t->error);
	} else if (result == 0 && value.size == SECRETS_BYTES) {
		memcpy(asks->shadow, value.data, SECRETS_BYTES);
	} else if (result == 0) {
		result = error_set(&asks->t->error, TACIT_E_DAMAGED,
				   "the record of answers' salts is damaged");
	}
	if (value.data != NULL)
		secrets_wipe(value.data, value.size);
	bytes_free(&value);
	asks->has_shadow = result == 0;
	return result;
}

/* Tells receipts of one secret from those of the next; nothing about either. */
static void generation_of(const uint8_t shadow[SECRETS_BYTES], uint8_t out[8])
{
	uint8_t whole[32];

	secrets_derive(shadow, "generation", "", 0, whole);
	memcpy(out, whole, 8);
}

bool asks_answer_salt(struct asks *asks, const char *uid, const struct bytes *value,
		      uint8_t out[32])
{
	struct bytes shadow = BYTES_INIT;
	struct error quiet;
	uint8_t generation[8] = { 0 };
	bool there = vault_record_get(asks->t->vault, RECORD_SHADOW, "", 0, &shadow, &quiet) == 0 &&
		shadow.size == SECRETS_BYTES;

	if (there) {
		secrets_derive(shadow.data, "answer", uid, strlen(uid), out);
		generation_of(shadow.data, generation);
	}
	if (shadow.data != NULL)
		secrets_wipe(shadow.data, shadow.size);
	bytes_free(&shadow);
	return there && value->size >= ASKS_RECEIPT_HEAD &&
	       memcmp(value->data + 64, generation, sizeof(generation)) == 0;
}

/* ---- writing one ---- */

static void put_hash(struct json *json, const char *key, const uint8_t salt[32], const void *data,
		     size_t size)
{
	struct bytes text = BYTES_INIT;
	struct digest digest;

	digest_commit(salt, data, size, &digest);
	json->failed |= digest_put(&text, &digest) != 0;
	json_key(json, key);
	json_text(json, (const char *)text.data, text.size);
	bytes_free(&text);
}

static void put_days(struct json *json, const char *key, uint32_t days)
{
	char text[16];

	snprintf(text, sizeof(text), "P%uD", days);
	json_put_string(json, key, text);
}

static void put_data(struct json *json, const struct ask *ask)
{
	static const char *const names[] = {
		"dpv:ProvidedPersonalData", "dpv:ObservedPersonalData",
		"dpv:InferredPersonalData", "dpv:DerivedPersonalData"
	};
	size_t i;

	json_key(json, "dpv:hasPersonalData");
	json_array(json);
	for (i = 0; ask != NULL && i < 4; i++)
		if ((ask->data & 1U << i) != 0)
			json_string(json, names[i]);
	json_array_end(json);
}

/* Members are written in the order of RFC 8785, so that what is written is canonical already: their
 * texts are well-formed and without control characters, as ask_read and grant_read have checked.
 * A test holds what is stored against the canonical form. */
static void put_process(struct json *json, const struct asks_service *service,
			const struct asks_event *event)
{
	const struct grant_permission *permission = event->permission;
	int purpose = event->ask != NULL ? event->ask->purpose :
		permission != NULL ? permission->purpose : PURPOSE_NONE;

	json_key(json, "dpv:hasProcess");
	json_object(json);
	put_data(json, event->ask);
	if (purpose != PURPOSE_NONE)
		json_put_string(json, "dpv:hasPurpose", purpose_name(purpose));
	json_key(json, "dpv:hasRecipient");
	json_array(json);
	json_string(json, service->id);
	json_array_end(json);
	json_key(json, "dpv:hasStorageCondition");
	json_object(json);
	put_days(json, "dpv:hasDuration", event->ask != NULL ? event->ask->retention :
		 permission != NULL ? permission->retention : 0);
	json_object_end(json);
	json_object_end(json);
}

static void put_record(struct json *json, const struct asks_service *service,
		       const struct asks_event *event, const char *uid)
{
	char person[SECRETS_PERSON_TEXT], text[64], date[16];

	secrets_person_text(service->person, person);
	snprintf(text, sizeof(text), "tacit:person/pairwise/%s", person);
	json_key(json, "dpv:hasRecordOfActivity");
	json_object(json);
	json_put_string(json, "@type", "dpv:ConsentRecord");
	json_put_string(json, "dct:identifier",
			event->grant != NULL ? event->grant->agreement->uid : uid);
	if (event->permission != NULL) {
		clock_format_date(event->permission->until, date);
		json_put_string(json, "dct:valid", date);
	}
	json_put_string(json, "dpv:hasConsentStatus", event->status);
	json_put_string(json, "dpv:hasDataController", service->id);
	json_put_string(json, "dpv:hasDataSubject", text);
	put_process(json, service, event);
	json_object_end(json);
}

static void put_value(struct json *json, const struct ask *ask)
{
	char text[64];

	if (ask == NULL || (!ask->offers && ask->declared == NULL))
		return;
	json_key(json, "tacit:value");
	json_object(json);
	if (ask->offers) {
		snprintf(text, sizeof(text), "%llu.%02u %s",
			 (unsigned long long)(ask->amount / 100), (unsigned)(ask->amount % 100),
			 ask->unit);
		json_put_string(json, "amount", text);
	}
	if (ask->declared != NULL)
		json_put_string(json, "declared", ask->declared);
	json_object_end(json);
}

/* The members after those of DPV. */
static int put_terms(struct json *json, const struct asks_event *event,
		     const uint8_t answer_salt[32])
{
	const struct ask *ask = event->ask;
	struct bytes canonical = BYTES_INIT;
	char epsilon[24];
	int result = 0;

	asks_decimal(event->epsilon, epsilon);
	if (ask == NULL)
		put_hash(json, "tacit:agreement", answer_salt, event->answer, event->answer_size);
	else if (event->answer != NULL)
		put_hash(json, "tacit:answer", answer_salt, event->answer, event->answer_size);
	if (ask != NULL) {
		result = ask_canonical(ask, &canonical);
		put_hash(json, "tacit:ask", answer_salt, canonical.data, canonical.size);
		bytes_free(&canonical);
	}
	json_put_string(json, "tacit:decision", event->decision);
	json_put_int(json, "tacit:disclosedBits", (event->bits + (1 << 20) - 1) >> 20);
	json_put_string(json, "tacit:domain", ask != NULL ? ask->domain :
			event->permission->domain);
	json_put_string(json, "tacit:epsilon", epsilon);
	json_put_string(json, "tacit:kind", event->kind);
	json_put_string(json, "tacit:precision", notch_name(event->precision));
	if (event->reason != NULL)
		json_put_string(json, "tacit:reason", event->reason);
	json_put_string(json, "tacit:type", notch_type_name(ask != NULL ? ask->type :
							    event->permission->type));
	json_put_int(json, "tacit:usesLeft", (int64_t)event->uses_left);
	put_value(json, ask);
	return result;
}

static int put_receipt(struct json *json, const struct asks_service *service,
		       const struct asks_event *event, int64_t now, const char *uid,
		       const uint8_t answer_salt[32])
{
	char created[32];
	int result;

	clock_format_iso(now, created);
	json_object(json);
	json_put_string(json, "@type", "dpv:ConsentReceipt");
	json_put_string(json, "dct:conformsTo",
			"https://w3id.org/dpv/schema/dpv-27560#receipt-record");
	json_put_string(json, "dct:created", created);
	json_put_string(json, "dct:identifier", uid);
	put_record(json, service, event, uid);
	result = put_terms(json, event, answer_salt);
	json_object_end(json);
	return result;
}

int asks_receipt(struct asks *asks, struct asks_service *service, const struct asks_event *event,
		 int64_t now, uint64_t *index, struct bytes *out, uint8_t salt[32],
		 uint8_t answer_salt[32])
{
	struct json json = JSON_INIT;
	struct bytes value = BYTES_INIT;
	uint8_t key[SECRETS_PERSON_BYTES + 8];
	char uid[TACIT_UID_BYTES];
	struct digest commitment;
	static const uint8_t zeros[ASKS_RECEIPT_HEAD];
	int result = asks_log_need(asks, service);

	if (result == 0)
		result = need_shadow(asks);
	if (result != 0)
		return result;
	*index = asks_log_next(service);
	asks_receipt_uid(service, *index, uid);
	secrets_derive(asks->shadow, "answer", uid, strlen(uid), answer_salt);
	secrets_random(salt, 32);
	if (put_receipt(&json, service, event, now, uid, answer_salt) != 0 || json.failed ||
	    bytes_append(&value, zeros, sizeof(zeros)) != 0)
		result = error_memory(&asks->t->error);
	else if (bytes_append(&value, json.out.data, json.out.size) != 0)
		result = error_memory(&asks->t->error);
	if (result == 0) {
		digest_commit(salt, value.data + ASKS_RECEIPT_HEAD,
			      value.size - ASKS_RECEIPT_HEAD, &commitment);
		memcpy(value.data, commitment.byte, 32);
		memcpy(value.data + 32, salt, 32);
		generation_of(asks->shadow, value.data + 64);
		asks_receipt_key(service, *index, key);
		result = vault_record_put(asks->t->vault, RECORD_RECEIPT, key, sizeof(key),
					  value.data, value.size, &asks->t->error);
	}
	if (result == 0)
		result = asks_log_add(asks, service, commitment.byte);
	if (result == 0 && out != NULL && bytes_append(out, value.data + ASKS_RECEIPT_HEAD,
						       value.size - ASKS_RECEIPT_HEAD) != 0)
		result = error_memory(&asks->t->error);
	bytes_free(&json.out);
	bytes_free(&value);
	return result;
}

/* ---- handing one out ---- */

static int put_base64(struct json *json, const char *key, const uint8_t *data, size_t size)
{
	struct bytes text = BYTES_INIT;
	int result = digest_put_base64(&text, data, size);

	json_key(json, key);
	json_text(json, (const char *)text.data, text.size);
	bytes_free(&text);
	return result;
}

static void put_vkey(const struct asks_service *service, struct json *json)
{
	struct bytes text = BYTES_INIT;

	json->failed |= vkey_put(&text, asks_log_vkey(service)) != 0;
	json_key(json, "vkey");
	json_text(json, (const char *)text.data, text.size);
	bytes_free(&text);
}

int asks_receipt_whole(struct asks *asks, struct asks_service *service, uint64_t index,
		       const struct bytes *receipt, const uint8_t salt[32],
		       const uint8_t answer_salt[32], struct bytes *out)
{
	struct json json = JSON_INIT;
	struct bytes proof = BYTES_INIT;
	char uid[TACIT_UID_BYTES];
	/* it is closed where its files could not be written */
	int result = asks_log_need(asks, service);

	if (result == 0)
		result = asks_log_prove(asks, service, index, salt, &proof);
	if (result != 0) {
		bytes_free(&proof);
		return result;
	}
	asks_receipt_uid(service, index, uid);
	json_object(&json);
	json_put_string(&json, "uid", uid);
	json_key(&json, "receipt");
	json_raw(&json, (const char *)receipt->data, receipt->size);
	result = put_base64(&json, "salt", salt, 32);
	if (result == 0 && answer_salt != NULL)
		result = put_base64(&json, "answerSalt", answer_salt, 32);
	put_vkey(service, &json);
	json_key(&json, "proof");
	json_text(&json, (const char *)proof.data, proof.size);
	json_object_end(&json);
	if (result != 0 || json.failed || bytes_append(out, json.out.data, json.out.size) != 0)
		result = error_memory(&asks->t->error);
	bytes_free(&json.out);
	bytes_free(&proof);
	return result;
}
