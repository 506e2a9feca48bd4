/* Checking what the child says; see receive.h. */
#include "receive.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "formats/message.h"

#define PROGRESS_MS 200

static int broken(struct receive *receive)
{
	return error_set(receive->error, TACIT_E_FORMAT, "%s: the reader broke on it; nothing of "
			 "it was kept (please report the kind of file)", receive->file);
}

/* What a callback returned. */
static int stop(struct receive *receive, int result)
{
	if (result != 0)
		receive->stopped = true;
	return result;
}

static bool kind_known(const char *kind)
{
	const char *known;
	size_t i;

	for (i = 0; (known = source_kind(i, NULL)) != NULL; i++)
		if (strcmp(known, kind) == 0)
			return true;
	return false;
}

static int on_begin(struct receive *receive, struct message *message)
{
	int failed;

	memset(&receive->report, 0, sizeof(receive->report));
	if (receive->within || !message_take_begin(message, &receive->report) ||
	    !kind_known(receive->report.kind))
		return broken(receive);
	failed = receive->digest(receive->context, receive->report.digest);
	if (failed != 0)
		return failed;
	snprintf(receive->report.file, sizeof(receive->report.file), "%s", receive->file);
	receive->within = true;
	receive->acts = 0;
	receive->sources++;
	if (receive->events->begin == NULL)
		return 0;
	return stop(receive, receive->events->begin(receive->events->context, &receive->report));
}

static int on_act(struct receive *receive, struct message *message)
{
	struct act act;

	if (!receive->within || !message_take_act(message, &act))
		return broken(receive);
	receive->acts++;
	if (receive->events->act == NULL)
		return 0;
	return stop(receive, receive->events->act(receive->events->context, &act));
}

static int on_said(struct receive *receive, struct message *message)
{
	char key[REPORT_KEY], value[REPORT_VALUE];

	if (!receive->within || !message_take_said(message, key, value))
		return broken(receive);
	receive->acts++;
	if (receive->events->said == NULL)
		return 0;
	return stop(receive, receive->events->said(receive->events->context, key, value));
}

static int on_end(struct receive *receive, struct message *message)
{
	if (!receive->within || !message_take_end(message, &receive->report) ||
	    receive->report.emitted != receive->acts)
		return broken(receive);
	receive->within = false;
	if (receive->events->end == NULL)
		return 0;
	return stop(receive, receive->events->end(receive->events->context, &receive->report));
}

static int on_progress(struct receive *receive, struct message *message)
{
	uint64_t done, total;
	int64_t now = clock_now();

	if (!message_take_progress(message, &done, &total))
		return broken(receive);
	if (receive->events->progress == NULL || (now - receive->told < PROGRESS_MS &&
						  now >= receive->told))
		return 0;
	receive->told = now;
	receive->events->progress(receive->events->context, receive->file, done, total);
	return 0;
}

static int on_ignored(struct receive *receive, struct message *message)
{
	char name[256], why[256];

	if (!message_take_ignored(message, name, why))
		return broken(receive);
	if (receive->alone && receive->sources == 0 && strcmp(name, receive->file) == 0)
		snprintf(receive->why, sizeof(receive->why), "%s", why);
	else if (receive->events->ignored != NULL)
		receive->events->ignored(receive->events->context, name, why);
	return 0;
}

static int on_error(struct receive *receive, struct message *message)
{
	char sentence[400];
	int code;

	if (!message_take_error(message, &code, sentence))
		return broken(receive);
	if (code == TACIT_E_MEMORY)
		return error_set(receive->error, TACIT_E_LIMIT, "%s needs more memory than a "
				 "reader may use: unpack or split it", receive->file);
	/* The file's name once, in front, unless the sentence begins with it. */
	if (strncmp(sentence, receive->file, strlen(receive->file)) == 0)
		return error_set(receive->error, code, "%s", sentence);
	return error_set(receive->error, code, "%.90s: %s", receive->file, sentence);
}

static int on_message(struct receive *receive, struct message *message)
{
	uint32_t number;

	if (receive->done)
		return broken(receive);
	switch (message->type) {
	case MESSAGE_BEGIN:
		return on_begin(receive, message);
	case MESSAGE_ACT:
		return on_act(receive, message);
	case MESSAGE_SAID:
		return on_said(receive, message);
	case MESSAGE_END:
		return on_end(receive, message);
	case MESSAGE_PROGRESS:
		return on_progress(receive, message);
	case MESSAGE_IGNORED:
		return on_ignored(receive, message);
	case MESSAGE_ERROR:
		return on_error(receive, message);
	case MESSAGE_WANT:
		if (receive->within || !message_take_number(message, &number))
			return broken(receive);
		return receive->want(receive->context, number);
	default:
		if (receive->within || !message_take_number(message, &number))
			return broken(receive);
		receive->done = true;
		return 0;
	}
}

int receive_block(struct receive *receive, const uint8_t *data, size_t size, size_t *used)
{
	struct message message;
	long length;
	int result;

	*used = 0;
	for (;;) {
		length = message_next(data + *used, size - *used, &message);
		if (length < 0)
			return broken(receive);
		if (length == 0)
			return 0;
		result = on_message(receive, &message);
		if (result != 0)
			return result;
		*used += (size_t)length;
	}
}
