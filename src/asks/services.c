/* Letting services in: codes that are good once, tokens of which only hashes are kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "terms/shape.h"

static int check_name(struct tacit *t, const char *service)
{
	return shape_recipient(service) ? 0 : error_set(&t->error, TACIT_E_ARGUMENT,
		"\"%.200s\" is no service: write its origin (https://shop.example, without a path) "
		"or ed25519:KEY", service);
}

static struct asks_service *open_door(struct asks *asks, const char *id)
{
	struct asks_service *service = asks_make(asks, id);

	if (service == NULL)
		return NULL;
	if (service->since == 0)
		service->since = clock_now();
	service->open = true;
	service->dirty = true;
	return service;
}

/* Opens the door and gives out a secret: a code, or what a code is for. */
static int let_in(struct tacit *t, const char *service, bool coded, char text[65])
{
	struct asks_service *it;
	struct asks *asks;
	int result = check_name(t, service);

	if (result == 0)
		result = asks_need(t, &asks);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	it = open_door(asks, service);
	if (it != NULL) {
		secrets_token(text, coded ? it->code : it->token);
		if (coded)
			it->code_until = clock_now() + ASKS_CODE_MS;
		else
			it->has_token = true;
	}
	return asks_commit(asks, it == NULL ? t->error.code : 0);
}

int tacit_service_let(struct tacit *t, const char *service, char code[65])
{
	return let_in(t, service, true, code);
}

int tacit_service_token(struct tacit *t, const char *service, char token[65])
{
	return let_in(t, service, false, token);
}

int tacit_pair(struct tacit *t, const char *code, const char *origin, char token[65])
{
	struct asks_service *found = NULL;
	struct asks *asks;
	uint8_t hash[32];
	int64_t now = clock_now();
	size_t i;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	for (i = 0; secrets_token_hash(code, hash) && i < asks->services; i++) {
		struct asks_service *service = asks->service[i];

		if (secrets_equal(service->code, hash) && service->open &&
		    service->code_until > now)
			found = service;
	}
	if (found == NULL || (origin != NULL && strcmp(origin, found->id) != 0))
		return error_set(&t->error, TACIT_E_SECRET, "this code is not good, or no longer: "
				 "get a new one with: tacit grant SERVICE --ask");
	result = asks_begin(asks);
	if (result != 0)
		return result;
	found->code_until = 0;
	secrets_wipe(found->code, sizeof(found->code));
	secrets_token(token, found->token);
	found->has_token = true;
	found->dirty = true;
	return asks_commit(asks, 0);
}

int tacit_service_of(struct tacit *t, const char *token, char service[TACIT_SERVICE_BYTES])
{
	const struct asks_service *found = NULL;
	struct asks *asks;
	uint8_t hash[32];
	size_t i;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	for (i = 0; secrets_token_hash(token, hash) && i < asks->services; i++)
		if (secrets_equal(asks->service[i]->token, hash) && asks->service[i]->has_token &&
		    asks->service[i]->open)
			found = asks->service[i];
	if (found == NULL)
		return error_set(&t->error, TACIT_E_SECRET, "this token is nobody's");
	snprintf(service, TACIT_SERVICE_BYTES, "%s", found->id);
	return 0;
}

int tacit_service_known(struct tacit *t, const char *service)
{
	const struct asks_service *it;
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	it = asks_find(asks, service);
	return it != NULL && it->open;
}

int tacit_service_shut(struct tacit *t, const char *service)
{
	struct asks_service *it;
	struct asks *asks;
	size_t count = 0;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	it = asks_find(asks, service);
	if (it == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "%.200s was never let in", service);
	result = asks_begin(asks);
	if (result != 0)
		return result;
	it->open = false;
	it->has_token = false;
	it->code_until = 0;
	it->dirty = true;
	return asks_commit(asks, asks_revoke_all(asks, it, &count));
}
