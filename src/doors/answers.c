#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "frame.h"

static void refuse_nobody(struct doors_reply *reply)
{
	doors_refuse(reply, 401, DOORS_NOBODY);
}

static void refuse_body(struct doors_reply *reply, const char *words)
{
	doors_refuse(reply, 400, "broken", words);
}

static void wipe(char *text, size_t size)
{
	explicit_bzero(text, size);
}

/* A code that is wrong, used or too old is no right to anything. */
static void pair(struct tacit *t, const struct guard_verdict *verdict, struct doors_reply *reply)
{
	char token[65], service[TACIT_SERVICE_BYTES];
	int result = tacit_pair(t, verdict->secret, verdict->origin, token);

	if (result == TACIT_E_SECRET || result == TACIT_E_NOT_FOUND || result == TACIT_E_ARGUMENT) {
		refuse_nobody(reply);
		return;
	}
	if (result == 0)
		result = tacit_service_of(t, token, service);
	if (result != 0)
		doors_fail(reply, result);
	else
		doors_give(reply, 201, fields_write("service", service, "token", token, NULL));
	wipe(token, sizeof(token));
}

static void state(struct tacit *t, const struct guard_verdict *verdict, struct doors_reply *reply)
{
	switch (tacit_ask_state(t, verdict->service, verdict->segment)) {
	case TACIT_ASK_PENDING:
		doors_give(reply, 202, fields_write("state", "pending", NULL));
		break;
	case TACIT_ASK_ANSWERED:
		doors_give(reply, 200, fields_write("state", "granted", NULL));
		break;
	case TACIT_ASK_DENIED:
		doors_give(reply, 403, fields_write("state", "denied", NULL));
		break;
	case TACIT_E_NOT_FOUND:
		doors_refuse(reply, 404, "unknown", "No ask of yours with this uid waits.");
		break;
	case TACIT_E_LOCKED:
		doors_fail(reply, TACIT_E_LOCKED);
		break;
	case TACIT_E_BUSY:
		doors_fail(reply, TACIT_E_BUSY);
		break;
	default:
		doors_fail(reply, TACIT_E_IO);
	}
}

static void outcome(struct tacit *t, const struct guard_verdict *verdict, const char *body,
		    size_t size, struct doors_reply *reply)
{
	char receipt[TACIT_UID_BYTES], item[512], name[16];
	const struct fields_field fields[] = {
		{ "receipt", true, receipt, sizeof(receipt) },
		{ "item", false, item, sizeof(item) },
		{ "outcome", true, name, sizeof(name) },
	};
	int kind, result;

	if (!fields_read(body, size, fields, 3)) {
		refuse_body(reply, "An outcome is {\\\"receipt\\\":UID,\\\"outcome\\\":WORD}, "
				   "perhaps with \\\"item\\\".");
		return;
	}
	kind = tacit_outcome_find(name);
	if (kind < 0) {
		refuse_body(reply, "The outcome is used, kept, ignored, dismissed or creepy.");
		return;
	}
	result = tacit_outcome(t, verdict->service, receipt, item[0] != 0 ? item : NULL, kind);
	if (result == TACIT_E_NOT_FOUND)
		doors_refuse(reply, 404, "unknown", "No receipt of yours has this uid.");
	else if (result == TACIT_E_ARGUMENT)
		refuse_body(reply, "This outcome does not fit that receipt.");
	else if (result != 0)
		doors_fail(reply, result);
	else
		doors_give(reply, 200, fields_write("outcome", name, NULL));
}

/* Another service's receipt is not there, as one that nobody has. */
static void receipt(struct tacit *t, const struct guard_verdict *verdict,
		    struct doors_reply *reply)
{
	char *json = NULL;
	int result = strlen(verdict->segment) < 16 ? TACIT_E_NOT_FOUND :
		     tacit_receipt_json(t, verdict->segment, &json);

	if (result == 0 && !fields_has(json, "dpv:hasDataController", verdict->service)) {
		free(json);
		result = TACIT_E_NOT_FOUND;
	}
	if (result == TACIT_E_NOT_FOUND || result == TACIT_E_ARGUMENT)
		doors_refuse(reply, 404, "unknown", "No receipt of yours has this uid.");
	else if (result != 0)
		doors_fail(reply, result);
	else
		doors_give(reply, 200, json);
}

static void choose(struct tacit *t, const struct guard_verdict *verdict, const char *body,
		   size_t size, struct doors_reply *reply)
{
	char id[512];
	const struct fields_field field = { "id", true, id, sizeof(id) };
	int result;

	if (!fields_read(body, size, &field, 1)) {
		refuse_body(reply, "A choice is {\\\"id\\\":ID}.");
		return;
	}
	result = tacit_frame_choose(t, verdict->segment, id);
	if (result == TACIT_E_SECRET || result == TACIT_E_NOT_FOUND || result == TACIT_E_ARGUMENT)
		refuse_nobody(reply);
	else if (result != 0)
		doors_fail(reply, result);
	else
		doors_give(reply, 200, fields_write("chosen", id, NULL));
}

static void checkpoint(struct tacit_witness *witness, const char *body, size_t size,
		       struct doors_reply *reply)
{
	char *text = NULL;
	size_t bytes = 0;
	int status = tacit_witness_answer(witness, body != NULL ? body : "", size, &reply->type,
					  &text, &bytes);

	if (status < 200 || status > 599) {
		free(text);
		doors_fail(reply, status);
		return;
	}
	reply->status = status;
	reply->body = text;
	reply->size = text != NULL ? bytes : 0;
	if (reply->type == NULL)
		reply->type = "text/plain; charset=utf-8";
}

void answers_make(struct tacit *t, struct tacit_witness *witness,
		  const struct guard_verdict *verdict, const char *body, size_t size,
		  struct doors_reply *reply)
{
	switch (verdict->route->act) {
	case ACT_PAIR:
		pair(t, verdict, reply);
		break;
	case ACT_STATE:
		state(t, verdict, reply);
		break;
	case ACT_OUTCOME:
		outcome(t, verdict, body, size, reply);
		break;
	case ACT_RECEIPT:
		receipt(t, verdict, reply);
		break;
	case ACT_OPENAPI:
		doors_give(reply, 200, strdup(tacit_openapi()));
		break;
	case ACT_FRAME:
		frame_make(t, verdict->segment, reply);
		break;
	case ACT_CHOOSE:
		choose(t, verdict, body, size, reply);
		break;
	case ACT_CHECKPOINT:
		checkpoint(witness, body, size, reply);
		break;
	case ACT_ASK:
		doors_fail(reply, TACIT_E_ARGUMENT);
		break;
	}
}

void answers_asked(struct tacit_asking *asking, int result, struct doors_reply *reply)
{
	static const int status[] = {
		[TACIT_ASK_ANSWERED] = 200, [TACIT_ASK_PENDING] = 202, [TACIT_ASK_LESS] = 409,
		[TACIT_ASK_DENIED] = 403, [TACIT_ASK_BROKEN] = 400, [TACIT_ASK_BUSY] = 429,
	};

	if (result == 0 && asking->reply != NULL && asking->outcome >= TACIT_ASK_ANSWERED &&
	    asking->outcome <= TACIT_ASK_BUSY) {
		reply->status = status[asking->outcome];
		reply->body = asking->reply;
		reply->size = asking->reply_size;
	} else {
		free(asking->reply);
		doors_fail(reply, result != 0 ? result : TACIT_E_IO);
	}
	asking->reply = NULL;
}
