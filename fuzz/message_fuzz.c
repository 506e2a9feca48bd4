/* The parent's end of the pipe: any bytes at all are either good messages or one error. */
#include "../src/formats/message.c"

#include <assert.h>

#include "replay.h"
#include "sources/receive.h"

static int check_act(void *context, const struct act *act)
{
	struct bytes again = BYTES_INIT;
	struct message message;
	struct act copy;

	(void)context;
	assert(act->title.size > 0 && act->title.size <= LIMIT_TITLE_BYTES);
	assert(act_verb_name(act->verb) != NULL);
	assert(text_valid(act->title.data, act->title.size));
	assert(text_valid(act->text.data, act->text.size));
	/* What is good once is good again. */
	assert(message_put_act(&again, act) == 0);
	assert(message_next(again.data, again.size, &message) == (long)again.size);
	assert(message_take_act(&message, &copy));
	bytes_free(&again);
	return 0;
}

static int want(void *context, uint32_t index)
{
	(void)context;
	(void)index;
	return 0;
}

static int digest(void *context, uint8_t out[32])
{
	(void)context;
	memset(out, 0, 32);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_events events = { .act = check_act };
	struct error error = { 0, "" };
	struct receive receive;
	size_t used;
	int result;

	memset(&receive, 0, sizeof(receive));
	receive.events = &events;
	receive.error = &error;
	receive.file = "file";
	receive.want = want;
	receive.digest = digest;
	result = receive_block(&receive, data, size, &used);
	assert(used <= size);
	assert((result == 0) == (error.message[0] == 0));
	return 0;
}
