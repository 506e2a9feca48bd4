/*
 * An ask from the service to the reply. Everything that it changes (charge, stored answer, receipt,
 * log) is one transaction with the others of its batch; the reply is made after the commit. So no
 * answer leaves whose receipt is not on the disk, and a kill before the commit costs nobody
 * anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "terms/purpose.h"
#include "terms/shape.h"

/* One ask of a batch on its way. */
struct passing {
	struct ask *ask;
	struct asks_service *service;
	uint64_t nonce;			/* its hash, once it counts; else 0 */
	struct decision decision;
	enum decide_reason reason;
	struct error error;		/* of TACIT_ASK_BROKEN */
	struct bytes answer, receipt, choice;
	bool receipted, declined;
	uint64_t index;
	uint8_t salt[32], answer_salt[32];
};

/* ---- who it is from ---- */

static bool signature_holds(const struct ask *ask, struct error *error)
{
	struct vkey key = { .type = VKEY_ED25519 };
	struct bytes text = BYTES_INIT;
	uint8_t signature[64];
	bool holds;

	if (shape_key(ask->client, key.public_key))
		holds = true;
	else if (ask->sig == NULL)
		return true;
	else	/* an origin may sign with the key that it names */
		holds = ask->key != NULL && vkey_take(ask->key, strlen(ask->key), &key);
	holds = holds && ask->sig != NULL &&
		shape_base64url(ask->sig, signature, sizeof(signature)) &&
		ask_signed(ask, &text) == 0 &&
		vkey_verify(&key, text.data, text.size, signature);
	bytes_free(&text);
	if (!holds)
		error_set(error, TACIT_E_SIGNATURE, "ask: the signature is not that of its key");
	return holds;
}

static uint64_t nonce_hash(const struct ask *ask)
{
	return hash_bytes(ask->nonce, strlen(ask->nonce),
			  hash_bytes(ask->client, strlen(ask->client), 1));
}

/* A nonce has eight places next to each other; the oldest of them goes. */
#define NONCE_PLACES 8

static bool nonce_seen(const struct asks *asks, uint64_t hash)
{
	size_t i;

	for (i = 0; i < NONCE_PLACES; i++)
		if (asks->nonce[(hash + i) % ASKS_NONCES] == hash)
			return true;
	return false;
}

static void nonce_keep(struct asks *asks, uint64_t hash)
{
	asks->nonce[(hash + asks->nonce_next++ % NONCE_PLACES) % ASKS_NONCES] = hash;
}

/* `before`: how many of this batch stand before it. */
static int receive(struct asks *asks, struct tacit_asking *asking, struct passing *passing,
		   size_t before)
{
	struct error *error = &passing->error;
	bool again;
	size_t i;

	passing->service = asks_find(asks, asking->service);
	if (passing->service == NULL || !passing->service->open)
		return error_set(error, TACIT_E_SECRET, "this service was not let in");
	if (ask_read(asking->text, asking->size, &passing->ask, error) != 0)
		return error->code;
	if (strcmp(passing->ask->client, asking->service) != 0)
		return error_set(error, TACIT_E_FORMAT, "ask: \"client\" is not who is asking");
	if (!signature_holds(passing->ask, error))
		return error->code;
	passing->nonce = nonce_hash(passing->ask);
	for (again = nonce_seen(asks, passing->nonce), i = 0; i < before; i++)
		again |= passing[-1 - (ptrdiff_t)i].nonce == passing->nonce;
	if (again) {
		passing->nonce = 0;
		return error_set(error, TACIT_E_FORMAT, "ask: this nonce was used before");
	}
	return 0;
}

/* ---- deciding and answering ---- */

static int receipt_of(struct asks *asks, struct passing *passing, const char *status,
		      const char *decision, int64_t bits, int64_t now)
{
	const struct decision *decided = &passing->decision;
	bool granted = decided->outcome == OUTCOME_PERMIT || decided->outcome == OUTCOME_LESS;
	struct asks_grant *grant = granted ? passing->service->grant[decided->grant] : NULL;
	struct asks_event event = {
		.kind = "answer", .status = status, .decision = decision,
		.reason = passing->declined ? "declined" :
			passing->reason != REASON_NONE ? decide_reason_name(passing->reason) : NULL,
		.ask = passing->ask, .grant = grant,
		.permission = grant != NULL ?
			&grant->agreement->permission[decided->permission] : NULL,
		.precision = decided->notch, .epsilon = decided->epsilon,
		.uses_left = decided->outcome == OUTCOME_PERMIT ? decided->uses_left : 0,
		.bits = bits, .answer = (const char *)passing->answer.data,
		.answer_size = passing->answer.size,
	};
	int result = asks_receipt(asks, passing->service, &event, now, &passing->index,
				  &passing->receipt, passing->salt, passing->answer_salt);

	passing->receipted = result == 0;
	return result;
}

/* How a set was drawn stays in the vault, beside its receipt. */
static int keep_choice(struct asks *asks, const struct passing *passing)
{
	uint8_t key[SECRETS_PERSON_BYTES + 8];

	asks_receipt_key(passing->service, passing->index, key);
	return vault_record_put(asks->t->vault, RECORD_CHOICE, key, sizeof(key),
				passing->choice.data, passing->choice.size, &asks->t->error);
}

static int permit(struct asks *asks, struct passing *passing, const uint8_t *key, int64_t now)
{
	struct asks_service *service = passing->service;
	struct decision *decision = &passing->decision;
	struct asks_grant *grant = service->grant[decision->grant];
	const struct grant_permission *permission =
		&grant->agreement->permission[decision->permission];
	int64_t bits = 0;
	int result = budget_charge(&asks->all, &service->use[decision->grant],
				   permission->epsilon, permission->count, decision->epsilon,
				   &asks->t->error);

	if (result != 0)
		return result;
	grant->dirty = true;
	asks->gate_dirty |= decision->epsilon > 0;
	if (passing->answer.size == 0)	/* else it is the stored one */
		result = asks_content(asks, service, passing->ask, decision,
				      decision->epsilon > 0 ? key : NULL, &passing->answer,
				      &passing->choice, &bits);
	if (result == 0)
		result = receipt_of(asks, passing, "dpv:ConsentGiven", "permit", bits, now);
	if (result == 0 && passing->choice.size > 0)
		result = keep_choice(asks, passing);
	if (result != 0)
		return result;
	service->answers++;
	service->bits += bits;
	service->epsilon += decision->epsilon;
	service->facts += passing->ask->facts;
	service->promised += passing->ask->offers || passing->ask->declared != NULL;
	return 0;
}

/* The stored answer to this very list, if there is one. */
static int find_stored(struct asks *asks, struct passing *passing, int64_t now, uint8_t key[32])
{
	int result = asks_subset_key(passing->service, passing->ask, now, key, &asks->t->error);

	if (result == 0)
		result = vault_record_get(asks->t->vault, RECORD_STORED, key, 32,
					  &passing->answer, &asks->t->error);
	return result == TACIT_E_NOT_FOUND ? 0 : result;
}

static int refuse(struct asks *asks, struct tacit_asking *asking, struct passing *passing,
		  int64_t now)
{
	int state, result;

	if (passing->decision.outcome != OUTCOME_PENDING) {
		bool less = passing->decision.outcome == OUTCOME_LESS;

		asking->outcome = less ? TACIT_ASK_LESS : TACIT_ASK_DENIED;
		passing->service->refused++;
		return receipt_of(asks, passing, "dpv:ConsentRefused", less ? "less" : "deny", 0,
				  now);
	}
	result = asks_wait(asks, passing->service, passing->ask, asking->text, asking->size, now,
			   &state);
	asking->outcome = state;
	if (result != 0 || state != TACIT_ASK_DENIED)
		return result;
	passing->declined = true;
	passing->service->refused++;
	return receipt_of(asks, passing, "dpv:ConsentRefused", "deny", 0, now);
}

static int pass(struct asks *asks, struct tacit_asking *asking, struct passing *passing,
		size_t before)
{
	int64_t now = clock_now();
	struct ask view;
	uint8_t key[32];
	int result;

	result = receive(asks, asking, passing, before);
	if (result == TACIT_E_MEMORY)	/* no fault of the ask */
		return error_memory(&asks->t->error);
	if (result != 0) {
		asking->outcome = TACIT_ASK_BROKEN;
		return 0;
	}
	passing->service->asks++;
	passing->service->last = now;
	passing->service->dirty = true;
	snprintf(passing->service->name, sizeof(passing->service->name), "%.63s",
		 passing->ask->name);
	view = *passing->ask;
	if (passing->ask->precision == NOTCH_SUBSET)
		result = find_stored(asks, passing, now, key);
	if (result != 0)
		return result;
	if (passing->answer.size > 0)
		view.epsilon = 0;	/* it costs nothing a second time */
	decide_ask(&view, passing->service->effective, passing->service->use,
		   passing->service->grants, &asks->all, now, &passing->decision);
	passing->reason = passing->decision.reason;
	if (passing->decision.outcome == OUTCOME_PERMIT) {
		asking->outcome = TACIT_ASK_ANSWERED;
		return permit(asks, passing, key, now);
	}
	bytes_clear(&passing->answer);
	return refuse(asks, asking, passing, now);
}

/* ---- replies ---- */

static void put_smallest(struct json *json, const struct ask *ask,
			 const struct decision *decision)
{
	char text[24];
	uint32_t i;

	json_key(json, "smallest");
	json_object(json);
	if ((decision->change & CHANGE_PRECISION) != 0)
		json_put_string(json, "precision", notch_name(decision->precision));
	if ((decision->change & (CHANGE_PRECISION | CHANGE_EPSILON)) != 0 &&
	    decision->precision == NOTCH_SUBSET) {
		asks_decimal(decision->smaller_epsilon, text);
		json_put_string(json, "epsilon", text);
	}
	if ((decision->change & CHANGE_PURPOSE) != 0)
		json_put_string(json, "purpose", purpose_name(decision->purpose));
	if ((decision->change & CHANGE_RETENTION) != 0) {
		snprintf(text, sizeof(text), "P%uD", decision->retention);
		json_put_string(json, "retention", text);
	}
	if ((decision->change & CHANGE_RECIPIENT) != 0) {
		json_key(json, "recipient");
		json_array(json);
		json_string(json, ask->client);
		json_array_end(json);
	}
	if ((decision->change & CHANGE_FACTS) != 0) {
		json_key(json, "facts");
		json_array(json);
		for (i = 0; i < ask->facts; i++)
			if ((decision->facts & 1U << i) != 0)
				json_string(json, ask->fact[i]);
		json_array_end(json);
	}
	json_object_end(json);
}

static void put_refusal(struct json *json, const struct tacit_asking *asking,
			const struct passing *passing)
{
	switch (asking->outcome) {
	case TACIT_ASK_BROKEN:
		json_put_string(json, "error", passing->error.code == TACIT_E_SIGNATURE ?
				"signature" : passing->error.code == TACIT_E_LIMIT ? "limit" :
				"format");
		json_put_string(json, "words", passing->error.message);
		break;
	case TACIT_ASK_BUSY:
		json_put_string(json, "error", "busy");
		json_put_string(json, "words", "the person has enough to decide about: wait until "
				"they have, or send a smaller list");
		break;
	case TACIT_ASK_PENDING:
		json_put_string(json, "decision", "pending");
		json_put_string(json, "uid", passing->ask->uid);
		json_put_string(json, "words", "the person is asked; they decide in tacit");
		break;
	default:
		json_put_string(json, "decision", asking->outcome == TACIT_ASK_LESS ? "less" :
				"deny");
		json_put_string(json, "reason", passing->declined ? "declined" :
				decide_reason_name(passing->reason));
		json_put_string(json, "words", passing->declined ?
				"the person said no to this; they are not asked again for a while" :
				decide_reason_words(passing->reason));
		if (asking->outcome == TACIT_ASK_LESS)
			put_smallest(json, passing->ask, &passing->decision);
	}
}

static int reply(struct asks *asks, struct tacit_asking *asking, struct passing *passing)
{
	struct json json = JSON_INIT;
	struct bytes receipt = BYTES_INIT;
	int result = 0;

	json_object(&json);
	if (asking->outcome == TACIT_ASK_ANSWERED) {
		json_put_string(&json, "decision", "permit");
		json_put_string(&json, "precision", notch_name(passing->decision.notch));
		json_key(&json, "answer");
		json_raw(&json, (const char *)passing->answer.data, passing->answer.size);
	} else {
		put_refusal(&json, asking, passing);
	}
	if (passing->receipted) {
		result = asks_receipt_whole(asks, passing->service, passing->index,
					    &passing->receipt, passing->salt,
					    passing->answer_salt, &receipt);
		json_key(&json, "receipt");
		json_raw(&json, (const char *)receipt.data, receipt.size);
	}
	json_object_end(&json);
	bytes_free(&receipt);
	if (result == 0 && json.failed)
		result = error_memory(&asks->t->error);
	if (result != 0) {
		bytes_free(&json.out);
		return result;
	}
	asking->reply = (char *)json.out.data;
	asking->reply_size = json.out.size;
	return 0;
}

static int run(struct tacit *t, struct tacit_asking *asking, struct passing *passing, size_t count)
{
	struct asks *asks;
	size_t i;
	int result = asks_need(t, &asks);

	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	for (i = 0; result == 0 && i < count; i++)
		result = pass(asks, &asking[i], &passing[i], i);
	result = asks_commit(asks, result);
	/* what was not answered may be asked again as it is */
	for (i = 0; result == 0 && i < count; i++)
		if (passing[i].nonce != 0)
			nonce_keep(asks, passing[i].nonce);
	for (i = 0; result == 0 && i < count; i++)
		result = reply(asks, &asking[i], &passing[i]);
	return result;
}

static int ask_all(struct tacit *t, struct tacit_asking *asking, size_t count)
{
	struct passing *passing = calloc(count + 1, sizeof(*passing));
	size_t i;
	int result;

	if (passing == NULL)
		return error_memory(&t->error);
	result = run(t, asking, passing, count);
	for (i = 0; i < count; i++) {
		ask_free(passing[i].ask);
		bytes_free(&passing[i].answer);
		bytes_free(&passing[i].receipt);
		bytes_free(&passing[i].choice);
		if (result != 0) {
			free(asking[i].reply);
			asking[i].reply = NULL;
		}
	}
	free(passing);
	return result;
}

/* One service's damaged log must not keep the others of its batch from being answered. */
static int refuse_failed(struct tacit *t, struct tacit_asking *asking)
{
	static const char words[] = "{\"error\":\"failed\",\"words\":\"tacit cannot answer this "
		"service now; the person has to look at it\"}";

	asking->outcome = TACIT_ASK_BUSY;
	asking->reply = strdup(words);
	asking->reply_size = sizeof(words) - 1;
	return asking->reply == NULL ? error_memory(&t->error) : 0;
}

int tacit_ask(struct tacit *t, struct tacit_asking *asking, size_t count)
{
	size_t i;
	int result;

	for (i = 0; i < count; i++)
		asking[i].reply = NULL;
	result = ask_all(t, asking, count);
	if (result != TACIT_E_DAMAGED || count < 2)
		return result;
	for (result = 0, i = 0; result == 0 && i < count; i++) {
		result = ask_all(t, &asking[i], 1);
		if (result == TACIT_E_DAMAGED)
			result = refuse_failed(t, &asking[i]);
	}
	for (i = 0; result != 0 && i < count; i++) {
		free(asking[i].reply);
		asking[i].reply = NULL;
	}
	return result;
}
