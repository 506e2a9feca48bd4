/*
 * The value ledger: what left to a service and what came back, the price of a useful item, and a
 * proposal that follows from the two by fixed rules.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"

#define ENOUGH 20			/* answers before anything is proposed */
#define DEAR (200LL << 20)		/* bits for a useful item that are too many */

static const char *const outcomes[TACIT_OUTCOMES] = {
	"used", "kept", "ignored", "dismissed", "creepy"
};

int tacit_outcome_find(const char *name)
{
	int i;

	for (i = 0; i < TACIT_OUTCOMES; i++)
		if (strcmp(outcomes[i], name) == 0)
			return i;
	return -1;
}

/* The highest notch that its grants in force allow, with the dial; OFF without any. */
static int widest(const struct asks_service *service, bool dialled)
{
	int64_t now = clock_now();
	int best = TACIT_OFF;
	size_t i;
	uint32_t k;

	for (i = 0; i < service->grants; i++) {
		const struct grant *grant = dialled ? service->effective[i] :
			service->grant[i]->agreement;

		for (k = 0; k < grant->permissions && !service->use[i].revoked; k++)
			if (now < grant->permission[k].until &&
			    (int)grant->permission[k].notch > best)
				best = (int)grant->permission[k].notch;
	}
	return best;
}

/* ---- outcomes ---- */

/* Creepy: one notch below what that answer was, and no reasons any more. */
static void lower(struct asks_service *service, int precision)
{
	int now = service->dial >= 0 ? service->dial : TACIT_FACTS;
	int wanted = precision > TACIT_OFF ? precision - 1 : TACIT_OFF;

	service->dial = wanted < now ? wanted : now;
	service->hide_reasons = true;
	asks_dial(service);
}

static int keep_outcome(struct asks *asks, struct asks_service *service, const uint8_t *key,
			size_t size, int outcome)
{
	struct bytes was = BYTES_INIT;
	uint8_t value[16];
	int result = vault_record_get(asks->t->vault, RECORD_OUTCOME, key, size, &was,
				      &asks->t->error);

	if (result == 0 && was.size == 16 && bytes_load64(was.data) < TACIT_OUTCOMES) {
		uint64_t *count = &service->outcome[bytes_load64(was.data)];

		*count -= *count > 0;
	}
	bytes_free(&was);
	if (result != 0 && result != TACIT_E_NOT_FOUND)
		return result;
	service->outcome[outcome]++;
	service->dirty = true;
	bytes_store64(value, (uint64_t)outcome);
	bytes_store64(value + 8, (uint64_t)clock_now());
	return vault_record_put(asks->t->vault, RECORD_OUTCOME, key, size, value, sizeof(value),
				&asks->t->error);
}

int tacit_outcome(struct tacit *t, const char *service, const char *receipt, const char *item,
		  int outcome)
{
	uint8_t key[SECRETS_PERSON_BYTES + 8];
	struct tacit_receipt it;
	struct asks_service *who;
	struct asks *asks;
	uint64_t index;
	int result = asks_need(t, &asks);

	(void)item;	/* what the person took is theirs to add; here only that something was */
	if (result == 0 && (outcome < 0 || outcome >= TACIT_OUTCOMES))
		result = error_set(&t->error, TACIT_E_ARGUMENT, "an outcome is one of used, kept, "
				   "ignored, dismissed, creepy");
	if (result == 0)
		result = asks_receipt_find(asks, receipt, &who, &index);
	if (result == 0)
		result = asks_receipt_read(asks, who, index, &it);
	if (result == 0 && ((service != NULL && strcmp(who->id, service) != 0) ||
			    strcmp(it.kind, "answer") != 0 || strcmp(it.decision, "permit") != 0))
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no answer %.64s",
				   receipt);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	asks_receipt_key(who, index, key);
	result = keep_outcome(asks, who, key, sizeof(key), outcome);
	if (result == 0 && outcome == TACIT_CREEPY)
		lower(who, it.precision);
	return asks_commit(asks, result);
}

int tacit_settle(struct tacit *t, const char *receipt)
{
	uint8_t key[SECRETS_PERSON_BYTES + 8], value[8];
	struct bytes was = BYTES_INIT;
	struct asks_service *who;
	struct asks *asks;
	uint64_t index;
	int result = asks_need(t, &asks);

	if (result == 0)
		result = asks_receipt_find(asks, receipt, &who, &index);
	if (result != 0)
		return result;
	asks_receipt_key(who, index, key);
	result = vault_record_get(t->vault, RECORD_RECEIPT, key, sizeof(key), &was, &t->error);
	if (result == 0 && memmem(was.data, was.size, "\"tacit:value\":", 14) == NULL)
		result = error_set(&t->error, TACIT_E_ARGUMENT, "nothing was promised for that");
	bytes_clear(&was);
	if (result == 0 && vault_record_get(t->vault, RECORD_SETTLED, key, sizeof(key), &was,
					    &t->error) == 0)
		result = error_set(&t->error, TACIT_E_EXISTS, "that was settled already");
	bytes_free(&was);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	bytes_store64(value, (uint64_t)clock_now());
	who->settled++;
	who->dirty = true;
	return asks_commit(asks, vault_record_put(t->vault, RECORD_SETTLED, key, sizeof(key), value,
						  sizeof(value), &t->error));
}

/* ---- services ---- */

static void propose(const struct asks_service *service, struct tacit_service *out)
{
	uint64_t useful = out->outcome[TACIT_USED] + out->outcome[TACIT_KEPT];
	uint64_t said = 0;
	int i, notch = widest(service, true), agreed = widest(service, false);

	for (i = 0; i < TACIT_OUTCOMES; i++)
		said += out->outcome[i];
	out->proposal = TACIT_KEEP;
	out->proposed = notch;
	snprintf(out->words, sizeof(out->words), out->answers < ENOUGH ?
		 "too few answers yet to say" : "worth what it costs, as it is");
	if (out->answers < ENOUGH)
		return;
	if (useful == 0 && out->bits > 0) {
		out->proposal = TACIT_LEAVE;
		out->proposed = TACIT_OFF;
		snprintf(out->words, sizeof(out->words), "leave: %llu answers, %lld bits, and "
			 "nothing useful came back", (unsigned long long)out->answers,
			 (long long)(out->bits >> 20));
	} else if (notch > TACIT_SILENT && (out->price > DEAR ||
					    out->outcome[TACIT_CREEPY] * 10 > out->answers)) {
		out->proposal = TACIT_NARROWER;
		out->proposed = notch - 1;
		snprintf(out->words, sizeof(out->words), "narrower: %lld bits for each useful item "
			 "are many; \"%s\" would do",
			 (long long)(out->price >> 20), notch_name((enum notch)(notch - 1)));
	} else if (notch < agreed && notch < TACIT_REASONS && said >= ENOUGH &&
		   useful * 20 < said) {
		out->proposal = TACIT_WIDER;
		out->proposed = notch + 1;
		snprintf(out->words, sizeof(out->words), "wider: %llu of %llu were useful; \"%s\", "
			 "which the grant allows, may do better", (unsigned long long)useful,
			 (unsigned long long)said, notch_name((enum notch)(notch + 1)));
	}
}

static void describe(const struct asks_service *service, struct tacit_service *out)
{
	int64_t now = clock_now();
	uint64_t useful;
	size_t i;

	memset(out, 0, sizeof(*out));
	snprintf(out->service, sizeof(out->service), "%s", service->id);
	snprintf(out->name, sizeof(out->name), "%s", service->name);
	out->since = service->since;
	out->last = service->last;
	out->open = service->open;
	out->dial = widest(service, true);
	for (i = 0; i < service->grants; i++)
		out->grants += !service->use[i].revoked &&
			now < service->grant[i]->agreement->permission[0].until &&
			service->use[i].uses < service->grant[i]->agreement->permission[0].count;
	out->asks = service->asks;
	out->answers = service->answers;
	out->refused = service->refused;
	out->pending = service->waited;
	out->bits = service->bits;
	out->facts = service->facts;
	out->epsilon = (int64_t)service->epsilon;
	if (service->epsilon <= (uint64_t)LIMIT_EPSILON * BUDGET_ONE)
		budget_guess_words(service->epsilon, out->guess);
	else
		snprintf(out->guess, sizeof(out->guess), "certain");
	memcpy(out->outcome, service->outcome, sizeof(out->outcome));
	out->promised = service->promised;
	out->settled = service->settled;
	useful = out->outcome[TACIT_USED] + out->outcome[TACIT_KEPT];
	out->price = useful > 0 ? out->bits / (int64_t)useful : -1;
	propose(service, out);
}

int tacit_services(struct tacit *t, struct tacit_service **out, size_t *count)
{
	struct tacit_service *list;
	struct asks *asks;
	size_t i;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	list = calloc(asks->services + 1, sizeof(*list));
	if (list == NULL)
		return error_memory(&t->error);
	for (i = 0; i < asks->services; i++)
		describe(asks->service[i], &list[i]);
	*out = list;
	*count = asks->services;
	return 0;
}

int tacit_proposal_accept(struct tacit *t, const char *service, int *done)
{
	struct asks_service *it;
	struct tacit_service row;
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	it = asks_find(asks, service);
	if (it == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "%.200s was never let in", service);
	describe(it, &row);
	*done = row.proposal;
	if (row.proposal == TACIT_KEEP)
		return 0;
	return row.proposal == TACIT_LEAVE ? tacit_service_shut(t, service) :
		tacit_dial(t, service, row.proposed);
}

/* ---- the dial ---- */

const char *tacit_notch_name(int notch)
{
	return notch < 0 || notch > TACIT_FACTS ? NULL : notch_name((enum notch)notch);
}

int tacit_notch(const char *name)
{
	enum notch notch;

	return notch_find(name, &notch) ? (int)notch : -1;
}

int tacit_dial(struct tacit *t, const char *service, int notch)
{
	struct asks_service *it = NULL;
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result == 0 && (notch < TACIT_OFF || notch > TACIT_FACTS))
		result = error_set(&t->error, TACIT_E_ARGUMENT, "the dial has off, silent, subset, "
				   "order, reasons and facts");
	if (result != 0)
		return result;
	if (service != NULL && (it = asks_find(asks, service)) == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "%.200s was never let in", service);
	if (it != NULL && notch > widest(it, false))
		return error_set(&t->error, TACIT_E_ARGUMENT, "the grants of %.200s go up to "
				 "\"%s\"; "
				 "for more: tacit grant %.200s --precision %s", service,
				 notch_name((enum notch)widest(it, false)), service,
				 notch_name((enum notch)notch));
	result = asks_begin(asks);
	if (result != 0)
		return result;
	if (it != NULL) {
		it->dial = notch;
		it->hide_reasons = it->hide_reasons && notch < TACIT_REASONS;
		it->dirty = true;
		asks_dial(it);
	} else {
		asks->start = notch;
		asks->gate_dirty = true;
	}
	return asks_commit(asks, 0);
}

int tacit_budget(struct tacit *t, struct tacit_budget *out)
{
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result == 0)
		*out = (struct tacit_budget){ (int64_t)asks->all.cap, (int64_t)asks->all.spent,
					      asks->start };
	return result;
}

int tacit_budget_cap(struct tacit *t, int64_t cap)
{
	struct asks *asks;
	int result = asks_need(t, &asks);

	if (result == 0 && (cap < 0 || cap > (int64_t)LIMIT_EPSILON * BUDGET_ONE))
		result = error_set(&t->error, TACIT_E_ARGUMENT, "the cap goes from 0 to %d",
				   LIMIT_EPSILON);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	/* below what is spent already nothing more leaves */
	asks->all.cap = (uint64_t)cap > asks->all.spent ? (uint64_t)cap : asks->all.spent;
	asks->gate_dirty = true;
	return asks_commit(asks, 0);
}
