/*
 * Asks that wait for the person. One for each service and kind of ask: asking again changes the
 * one that waits. The card is read and answered in tacit's own terminal, never through the service.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "asks/packing.h"
#include "base/clock.h"
#include "base/limits.h"
#include "terms/card.h"
#include "terms/purpose.h"

enum { WAITS, DECLINED, GRANTED };

struct waiting {
	uint64_t state, number;
	int64_t time;
	const char *text;		/* the ask; into the record */
	size_t size;
	char uid[LIMIT_TERMS_TEXT + 1];
};

static bool take(const struct vault_record *record, struct waiting *out)
{
	struct packing in;

	packing_start(&in, record->value, record->size);
	out->state = packing_number(&in);
	out->number = packing_number(&in);
	out->time = (int64_t)packing_number(&in);
	packing_text(&in, out->uid, sizeof(out->uid));
	out->size = packing_size(&in);
	out->text = (const char *)in.at;
	return !in.bad;
}

static int put(struct asks *asks, const void *key, size_t key_size, const struct waiting *waiting)
{
	struct bytes value = BYTES_INIT;
	int result = bytes_append_u64(&value, waiting->state);

	if (result == 0)
		result = bytes_append_u64(&value, waiting->number);
	if (result == 0)
		result = bytes_append_u64(&value, (uint64_t)waiting->time);
	if (result == 0)
		result = packing_put_text(&value, waiting->uid, strlen(waiting->uid));
	if (result == 0)
		result = packing_put_text(&value, waiting->text, waiting->size);
	result = result != 0 ? error_memory(&asks->t->error) :
		vault_record_put(asks->t->vault, RECORD_PENDING, key, key_size, value.data,
				 value.size, &asks->t->error);
	bytes_free(&value);
	return result;
}

/* The service's person id, then what kind of ask it is. */
static int key_of(const struct asks_service *service, const struct ask *ask, struct bytes *out)
{
	char kind[512];
	uint32_t i;
	int size = snprintf(kind, sizeof(kind), "%s %s %s %s", notch_type_name(ask->type),
			    ask->domain, purpose_name(ask->purpose), notch_name(ask->precision));
	int result = bytes_append(out, service->person, SECRETS_PERSON_BYTES);

	if (result == 0)
		result = bytes_append(out, kind, (size_t)size);
	for (i = 0; result == 0 && i < ask->facts; i++) {
		result = bytes_append_byte(out, ' ');
		if (result == 0)
			result = bytes_append_text(out, ask->fact[i]);
	}
	return result;
}

/* ---- walking ---- */

struct walk {
	struct asks *asks;
	int64_t now;
	size_t waiting;
	uint32_t number;		/* the one looked for, or 0 */
	const char *uid;		/* likewise, or NULL */
	bool found;
	struct waiting it;
	struct bytes key, text;		/* of what was found */
	struct tacit_pending *list;	/* made from all that wait, or NULL */
	size_t count, capacity;
};

static int keep(struct walk *walk, const struct vault_record *record,
		const struct waiting *waiting)
{
	walk->found = true;
	walk->it = *waiting;
	bytes_clear(&walk->key);
	bytes_clear(&walk->text);
	if (bytes_append(&walk->key, record->key, record->key_size) != 0 ||
	    bytes_append(&walk->text, waiting->text, waiting->size) != 0)
		return error_memory(&walk->asks->t->error);
	walk->it.text = (const char *)walk->text.data;
	return 0;
}

static int visit(void *context, const struct vault_record *record)
{
	struct walk *walk = context;
	struct waiting waiting;

	if (!take(record, &waiting))
		return error_set(&walk->asks->t->error, TACIT_E_DAMAGED, "the record of a waiting "
				 "ask is damaged");
	walk->waiting += waiting.state == WAITS;
	if ((walk->number != 0 && waiting.number == walk->number && waiting.state == WAITS) ||
	    (walk->uid != NULL && strcmp(waiting.uid, walk->uid) == 0))
		return keep(walk, record, &waiting);
	return 0;
}

static int walk_all(struct walk *walk, const void *prefix, size_t size)
{
	return vault_records(walk->asks->t->vault, RECORD_PENDING, prefix, size, visit, walk,
			     &walk->asks->t->error);
}

static void walk_free(struct walk *walk)
{
	bytes_free(&walk->key);
	bytes_free(&walk->text);
}

/* ---- a service asks ---- */

static int wait_new(struct asks *asks, struct asks_service *service, const struct bytes *key,
		    struct waiting *it, int *state)
{
	struct walk walk = { .asks = asks };
	int result = walk_all(&walk, service->person, SECRETS_PERSON_BYTES);

	if (result != 0)
		return result;
	if (walk.waiting >= ASKS_WAITING) {
		*state = TACIT_ASK_BUSY;
		return 0;
	}
	it->number = ++asks->last_pending;
	asks->gate_dirty = true;
	service->waited++;
	service->dirty = true;
	return put(asks, key->data, key->size, it);
}

int asks_wait(struct asks *asks, struct asks_service *service, const struct ask *ask,
	      const char *text, size_t size, int64_t now, int *state)
{
	struct waiting it = { WAITS, 0, now, text, size, "" }, was;
	struct bytes key = BYTES_INIT, value = BYTES_INIT;
	int result;

	*state = TACIT_ASK_PENDING;
	snprintf(it.uid, sizeof(it.uid), "%s", ask->uid);
	if (size > ASKS_WAITING_BYTES) {
		*state = TACIT_ASK_BUSY;
		return 0;
	}
	if (key_of(service, ask, &key) != 0) {
		bytes_free(&key);
		return error_memory(&asks->t->error);
	}
	result = vault_record_get(asks->t->vault, RECORD_PENDING, key.data, key.size, &value,
				  &asks->t->error);
	if (result == 0) {
		const struct vault_record record = { key.data, value.data, key.size, value.size };

		if (!take(&record, &was))
			was.state = GRANTED;
		if (was.state == DECLINED && now - was.time < ASKS_DECLINED_MS) {
			*state = TACIT_ASK_DENIED;
		} else if (was.state == WAITS) {
			it.number = was.number;
			result = put(asks, key.data, key.size, &it);
		} else {
			result = wait_new(asks, service, &key, &it, state);
		}
	} else if (result == TACIT_E_NOT_FOUND) {
		result = wait_new(asks, service, &key, &it, state);
	}
	bytes_free(&key);
	bytes_free(&value);
	return result;
}

int tacit_ask_state(struct tacit *t, const char *service, const char *uid)
{
	struct asks *asks;
	struct walk walk = { .uid = uid };
	const struct asks_service *who;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	walk.asks = asks;
	who = asks_find(asks, service);
	result = who == NULL ? 0 : walk_all(&walk, who->person, SECRETS_PERSON_BYTES);
	if (result == 0 && !walk.found)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "no ask of that name waits");
	if (result == 0)
		result = walk.it.state == WAITS ? TACIT_ASK_PENDING :
			walk.it.state == GRANTED ? TACIT_ASK_ANSWERED : TACIT_ASK_DENIED;
	walk_free(&walk);
	return result;
}

/* ---- the person looks ---- */

static int list_one(void *context, const struct vault_record *record)
{
	struct walk *walk = context;
	struct error *error = &walk->asks->t->error;
	struct tacit_pending *it;
	struct waiting waiting;
	struct ask *ask;
	int result;

	if (!take(record, &waiting) || waiting.state != WAITS)
		return 0;
	if (walk->count == walk->capacity) {
		size_t capacity = walk->capacity * 2 + 8;
		struct tacit_pending *list = realloc(walk->list, capacity * sizeof(*list));

		if (list == NULL)
			return error_memory(error);
		walk->list = list;
		walk->capacity = capacity;
	}
	result = ask_read(waiting.text, waiting.size, &ask, error);
	if (result != 0)
		return result;
	it = &walk->list[walk->count++];
	memset(it, 0, sizeof(*it));
	it->number = (uint32_t)waiting.number;
	it->time = waiting.time;
	it->precision = (int)ask->precision;
	snprintf(it->uid, sizeof(it->uid), "%.63s", ask->uid);
	snprintf(it->service, sizeof(it->service), "%s", ask->client);
	card_write(ask, it->card);
	ask_free(ask);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct tacit_pending *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

int tacit_pending(struct tacit *t, struct tacit_pending **out, size_t *count)
{
	struct walk walk = { .list = NULL };
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	walk.asks = asks;
	result = vault_records(t->vault, RECORD_PENDING, NULL, 0, list_one, &walk, &t->error);
	if (result == 0 && walk.list == NULL)
		walk.list = calloc(1, sizeof(*walk.list));
	if (result == 0 && walk.list == NULL)
		result = error_memory(&t->error);
	if (result != 0) {
		free(walk.list);
		return result;
	}
	qsort(walk.list, walk.count, sizeof(*walk.list), by_number);
	*out = walk.list;
	*count = walk.count;
	return 0;
}

/* ---- the person decides ---- */

/* Yes or no, and the grant of a yes, in one transaction. */
static int decide(struct tacit *t, uint32_t number, uint64_t state, int precision, char *uid)
{
	struct walk walk = { .number = number };
	struct asks *asks;
	struct ask *ask = NULL;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	walk.asks = asks;
	result = walk_all(&walk, NULL, 0);
	if (result == 0 && !walk.found)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "no ask %u waits; see those "
				   "that do "
				   "with: tacit asks", number);
	if (result == 0)
		result = ask_read(walk.it.text, walk.it.size, &ask, &t->error);
	if (result == 0)
		result = asks_begin(asks);
	if (result == 0) {
		walk.it.state = state;
		walk.it.time = clock_now();
		result = put(asks, walk.key.data, walk.key.size, &walk.it);
		if (result == 0 && state == GRANTED)
			result = asks_grant_for(asks, ask, precision, uid);
		result = asks_commit(asks, result);
	}
	ask_free(ask);
	walk_free(&walk);
	return result;
}

int tacit_accept(struct tacit *t, uint32_t number, int precision, char uid[TACIT_UID_BYTES])
{
	return decide(t, number, GRANTED, precision, uid);
}

int tacit_decline(struct tacit *t, uint32_t number)
{
	return decide(t, number, DECLINED, 0, NULL);
}
