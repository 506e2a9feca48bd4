/* What is remembered of services, between the vault's records and memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "asks/packing.h"
#include "base/limits.h"

/* ---- services ---- */

static int put_service(struct asks *asks, struct asks_service *service)
{
	const uint64_t numbers[] = {
		(uint64_t)service->since, (uint64_t)service->last, service->open,
		service->has_token, (uint64_t)service->code_until, (uint64_t)(service->dial + 1),
		service->asks, service->answers, service->refused, service->waited,
		service->facts, service->promised, service->settled, service->epsilon,
		(uint64_t)service->bits, service->hide_reasons,
	};
	struct bytes out = BYTES_INIT;
	size_t i;
	int result = packing_put_text(&out, service->name, strlen(service->name));

	for (i = 0; result == 0 && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		result = bytes_append_u64(&out, numbers[i]);
	for (i = 0; result == 0 && i < TACIT_OUTCOMES; i++)
		result = bytes_append_u64(&out, service->outcome[i]);
	if (result == 0)
		result = bytes_append(&out, service->token, 32);
	if (result == 0)
		result = bytes_append(&out, service->code, 32);
	if (result != 0)
		error_memory(&asks->t->error);
	else
		result = vault_record_put(asks->t->vault, RECORD_SERVICE, service->id,
					  strlen(service->id), out.data, out.size,
					  &asks->t->error);
	bytes_free(&out);
	service->dirty = result != 0;
	return result;
}

static bool take_service(struct asks_service *service, const struct vault_record *record)
{
	struct packing in;
	size_t i;

	packing_start(&in, record->value, record->size);
	packing_text(&in, service->name, sizeof(service->name));
	service->since = (int64_t)packing_number(&in);
	service->last = (int64_t)packing_number(&in);
	service->open = packing_number(&in) != 0;
	service->has_token = packing_number(&in) != 0;
	service->code_until = (int64_t)packing_number(&in);
	service->dial = (int)packing_number(&in) - 1;
	service->asks = packing_number(&in);
	service->answers = packing_number(&in);
	service->refused = packing_number(&in);
	service->waited = packing_number(&in);
	service->facts = packing_number(&in);
	service->promised = packing_number(&in);
	service->settled = packing_number(&in);
	service->epsilon = packing_number(&in);
	service->bits = (int64_t)packing_number(&in);
	service->hide_reasons = packing_number(&in) != 0;
	for (i = 0; i < TACIT_OUTCOMES; i++)
		service->outcome[i] = packing_number(&in);
	packing_bytes(&in, service->token, 32);
	packing_bytes(&in, service->code, 32);
	return !in.bad && service->dial >= -1 && service->dial <= TACIT_FACTS;
}

struct asks_service *asks_find(const struct asks *asks, const char *id)
{
	size_t i;

	for (i = 0; i < asks->services; i++)
		if (strcmp(asks->service[i]->id, id) == 0)
			return asks->service[i];
	return NULL;
}

static void free_service(struct asks_service *service)
{
	size_t i;

	asks_log_close(service);
	for (i = 0; i < service->grants; i++) {
		grant_free(service->grant[i]->agreement);
		free(service->grant[i]);
	}
	free(service->grant);
	free(service->effective);
	free(service->use);
	free(service);
}

struct asks_service *asks_make(struct asks *asks, const char *id)
{
	struct asks_service *service = asks_find(asks, id);

	if (service != NULL)
		return service;
	if (strlen(id) >= sizeof(service->id)) {
		error_set(&asks->t->error, TACIT_E_LIMIT, "a service's name is too long");
		return NULL;
	}
	if (asks->services >= ASKS_SERVICES) {
		error_set(&asks->t->error, TACIT_E_LIMIT, "there are %d services already",
			  ASKS_SERVICES);
		return NULL;
	}
	if (asks->services == asks->service_capacity) {
		size_t capacity = asks->service_capacity * 2 + 8;
		struct asks_service **grown = realloc(asks->service, capacity * sizeof(*grown));

		if (grown == NULL) {
			error_memory(&asks->t->error);
			return NULL;
		}
		asks->service = grown;
		asks->service_capacity = capacity;
	}
	service = calloc(1, sizeof(*service));
	if (service == NULL) {
		error_memory(&asks->t->error);
		return NULL;
	}
	snprintf(service->id, sizeof(service->id), "%s", id);
	secrets_person(asks->secret, id, service->person);
	service->dial = -1;
	service->dirty = true;
	asks->service[asks->services++] = service;
	return service;
}

/* ---- grants ---- */

static void dial_grant(const struct asks_service *service, struct asks_grant *grant)
{
	uint32_t k;

	grant->effective = *grant->agreement;
	grant->effective.tree = NULL;
	for (k = 0; k < grant->effective.permissions; k++)
		if (service->dial >= 0 &&
		    grant->effective.permission[k].notch > (enum notch)service->dial)
			grant->effective.permission[k].notch = (enum notch)service->dial;
}

void asks_dial(struct asks_service *service)
{
	size_t i;

	for (i = 0; i < service->grants; i++)
		dial_grant(service, service->grant[i]);
}

static int grow_grants(struct asks_service *service)
{
	size_t capacity = service->grant_capacity * 2 + 4;
	void *grant = realloc(service->grant, capacity * sizeof(*service->grant));
	void *effective, *use;

	if (grant == NULL)
		return TACIT_E_MEMORY;
	service->grant = grant;
	effective = realloc(service->effective, capacity * sizeof(*service->effective));
	if (effective == NULL)
		return TACIT_E_MEMORY;
	service->effective = effective;
	use = realloc(service->use, capacity * sizeof(*service->use));
	if (use == NULL)
		return TACIT_E_MEMORY;
	service->use = use;
	service->grant_capacity = capacity;
	return 0;
}

int asks_take_grant(struct asks *asks, struct grant *agreement, const struct budget_use *use,
		    int64_t revoked)
{
	struct asks_service *service = asks_make(asks, agreement->assignee);
	struct asks_grant *grant = calloc(1, sizeof(*grant));

	if (service == NULL || grant == NULL ||
	    (service->grants == service->grant_capacity && grow_grants(service) != 0)) {
		free(grant);
		grant_free(agreement);
		return service == NULL ? asks->t->error.code : error_memory(&asks->t->error);
	}
	if (service->grants >= LIMIT_GRANTS) {
		free(grant);
		grant_free(agreement);
		return error_set(&asks->t->error, TACIT_E_LIMIT, "%.200s has %d grants already",
				 service->id, LIMIT_GRANTS);
	}
	grant->agreement = agreement;
	grant->revoked = revoked;
	service->grant[service->grants] = grant;
	service->effective[service->grants] = &grant->effective;
	service->use[service->grants] = *use;
	service->grants++;
	dial_grant(service, grant);
	return 0;
}

static int put_account(struct asks *asks, struct asks_grant *grant, const struct budget_use *use)
{
	uint8_t value[24];
	int result;

	bytes_store64(value, use->uses);
	bytes_store64(value + 8, use->epsilon);
	bytes_store64(value + 16, (uint64_t)grant->revoked);
	result = vault_record_put(asks->t->vault, RECORD_ACCOUNT, grant->agreement->uid,
				  strlen(grant->agreement->uid), value, sizeof(value),
				  &asks->t->error);
	grant->dirty = result != 0;
	return result;
}

/* ---- all of it ---- */

static int put_gate(struct asks *asks)
{
	uint8_t value[SECRETS_BYTES + 32];
	int result;

	memcpy(value, asks->secret, SECRETS_BYTES);
	bytes_store64(value + 32, asks->all.cap);
	bytes_store64(value + 40, asks->all.spent);
	bytes_store64(value + 48, (uint64_t)asks->start);
	bytes_store64(value + 56, asks->last_pending);
	result = vault_record_put(asks->t->vault, RECORD_GATE, "", 0, value, sizeof(value),
				  &asks->t->error);
	secrets_wipe(value, sizeof(value));
	asks->gate_dirty = result != 0;
	return result;
}

/* Writes what is dirty; in a transaction. */
static int save(struct asks *asks)
{
	size_t i, k;
	int result = asks->gate_dirty ? put_gate(asks) : 0;

	for (i = 0; result == 0 && i < asks->services; i++) {
		struct asks_service *service = asks->service[i];

		if (service->dirty)
			result = put_service(asks, service);
		for (k = 0; result == 0 && k < service->grants; k++)
			if (service->grant[k]->dirty)
				result = put_account(asks, service->grant[k], &service->use[k]);
	}
	return result;
}

static int load_gate(struct asks *asks)
{
	struct bytes value = BYTES_INIT;
	int result = vault_record_get(asks->t->vault, RECORD_GATE, "", 0, &value,
				      &asks->t->error);

	if (result == TACIT_E_NOT_FOUND) {
		secrets_random(asks->secret, SECRETS_BYTES);
		asks->all = (struct budget){ 10 * BUDGET_ONE, 0 };
		asks->start = TACIT_SILENT;
		asks->last_pending = 0;
		asks->gate_dirty = true;
		result = 0;
	} else if (result == 0 && value.size != SECRETS_BYTES + 32) {
		result = error_set(&asks->t->error, TACIT_E_DAMAGED,
				   "the vault's record of the gate is damaged: restore a backup");
	} else if (result == 0) {
		memcpy(asks->secret, value.data, SECRETS_BYTES);
		asks->all.cap = bytes_load64(value.data + 32);
		asks->all.spent = bytes_load64(value.data + 40);
		asks->start = (int)bytes_load64(value.data + 48);
		asks->last_pending = (uint32_t)bytes_load64(value.data + 56);
		secrets_wipe(value.data, value.size);
	}
	bytes_free(&value);
	return result;
}

static int load_service(void *context, const struct vault_record *record)
{
	struct asks *asks = context;
	char id[TACIT_SERVICE_BYTES];
	struct asks_service *service;

	if (record->key_size >= sizeof(id))
		return error_set(&asks->t->error, TACIT_E_DAMAGED, "a service's record is damaged");
	memcpy(id, record->key, record->key_size);
	id[record->key_size] = 0;
	service = asks_make(asks, id);
	if (service == NULL)
		return asks->t->error.code;
	service->dirty = false;
	return take_service(service, record) ? 0 :
		error_set(&asks->t->error, TACIT_E_DAMAGED, "the record of %.200s is damaged", id);
}

static int load_grant(void *context, const struct vault_record *record)
{
	struct asks *asks = context;
	const struct budget_use none = { 0, 0, false };
	struct grant *grant;
	int result = grant_read(record->value, record->size, &grant, &asks->t->error);

	return result != 0 ? result : asks_take_grant(asks, grant, &none, 0);
}

static int load_account(struct asks *asks, struct asks_grant *grant, struct budget_use *use)
{
	struct bytes value = BYTES_INIT;
	const char *uid = grant->agreement->uid;
	int result = vault_record_get(asks->t->vault, RECORD_ACCOUNT, uid, strlen(uid), &value,
				      &asks->t->error);

	if (result == 0 && value.size == 24) {
		use->uses = bytes_load64(value.data);
		use->epsilon = bytes_load64(value.data + 8);
		grant->revoked = (int64_t)bytes_load64(value.data + 16);
		use->revoked = grant->revoked != 0;
	} else if (result == 0 || result == TACIT_E_NOT_FOUND) {
		/* without its account a grant would begin anew */
		result = error_set(&asks->t->error, TACIT_E_DAMAGED,
				   "the account of grant %.64s is missing", uid);
	}
	bytes_free(&value);
	return result;
}

static void clear(struct asks *asks)
{
	size_t i;

	for (i = 0; i < asks->services; i++)
		free_service(asks->service[i]);
	asks->services = 0;
	asks->current = false;
	asks->has_shadow = false;
}

static int load(struct asks *asks)
{
	struct vault *vault = asks->t->vault;
	struct error *error = &asks->t->error;
	size_t i, k;
	int result;

	clear(asks);
	result = load_gate(asks);
	if (result == 0)
		result = vault_records(vault, RECORD_SERVICE, NULL, 0, load_service, asks, error);
	if (result == 0)
		result = vault_records(vault, RECORD_GRANT, NULL, 0, load_grant, asks, error);
	for (i = 0; result == 0 && i < asks->services; i++)
		for (k = 0; result == 0 && k < asks->service[i]->grants; k++)
			result = load_account(asks, asks->service[i]->grant[k],
					      &asks->service[i]->use[k]);
	asks->current = result == 0;
	return result;
}

/* Before another process may have the vault: the files are as new as it is. */
static void rest_asks(struct asks *asks)
{
	size_t i;

	for (i = 0; asks->current && i < asks->services; i++)
		asks_log_flush(asks->service[i], true);
}

static void free_asks(struct asks *asks)
{
	size_t i;

	if (asks->t->vault != NULL && vault_awake(asks->t->vault))
		rest_asks(asks);
	clear(asks);
	for (i = 0; i < ASKS_PERSONS; i++)
		asks_person_free(&asks->person[i]);
	asks_frames_free(asks->frames);
	secrets_free(asks->secret);
	secrets_free(asks->shadow);
	free(asks->nonce);
	free(asks->service);
	free(asks);
}

static int make(struct tacit *t)
{
	struct asks *asks = calloc(1, sizeof(*asks));

	if (asks == NULL)
		return error_memory(&t->error);
	asks->t = t;
	asks->secret = secrets_new(SECRETS_BYTES);
	asks->shadow = secrets_new(SECRETS_BYTES);
	asks->nonce = calloc(ASKS_NONCES, sizeof(*asks->nonce));
	if (asks->secret == NULL || asks->shadow == NULL || asks->nonce == NULL) {
		free_asks(asks);
		return error_memory(&t->error);
	}
	t->asks = asks;
	t->asks_free = free_asks;
	t->asks_rest = rest_asks;
	return 0;
}

int asks_need(struct tacit *t, struct asks **out)
{
	bool rested = t->vault == NULL || !vault_awake(t->vault);
	uint64_t generation;
	int result = gate_need_vault(t);

	if (result == 0 && t->asks == NULL)
		result = make(t);
	/* a forgetting takes records along, in this process too */
	if (result == 0)
		result = vault_generation(t->vault, &generation, &t->error);
	if (result == 0 && (rested || !t->asks->current || t->asks->generation != generation))
		result = load(t->asks);
	if (result != 0)
		return result;
	t->asks->generation = generation;
	*out = t->asks;
	return 0;
}

/* The secret of the gate must be durable before anything is derived from it. */
int asks_begin(struct asks *asks)
{
	int result = vault_begin(asks->t->vault, &asks->t->error);

	if (result == 0 && asks->gate_dirty)
		result = put_gate(asks);
	if (result != 0) {
		vault_rollback(asks->t->vault);
		asks->current = false;
	}
	return result;
}

int asks_commit(struct asks *asks, int result)
{
	size_t i;

	for (i = 0; result == 0 && i < asks->services; i++)
		if (asks->service[i]->log != NULL)
			result = asks_log_seal(asks, asks->service[i]);
	if (result == 0)
		result = save(asks);
	if (result == 0)
		result = vault_commit(asks->t->vault, &asks->t->error);
	if (result != 0) {
		vault_rollback(asks->t->vault);
		asks->current = false;
		return result;
	}
	for (i = 0; i < asks->services; i++)
		asks_log_flush(asks->service[i], false);
	return 0;
}
