/*
 * Runs readers on bytes, in both passes, with the parent's checks behind them: whatever the bytes
 * are, the account must hold and the parent must accept every message.
 */
#ifndef FUZZ_READER_H
#define FUZZ_READER_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "replay.h"
#include "readers/catalogue.h"
#include "readers/detect.h"
#include "sources/receive.h"

static int fuzz_want(void *context, uint32_t index)
{
	(void)context;
	(void)index;
	return 0;
}

static int fuzz_digest(void *context, uint8_t out[32])
{
	(void)context;
	memset(out, 0, 32);
	return 0;
}

static int fuzz_send(void *context, const uint8_t *data, size_t size)
{
	size_t used;
	int result = receive_block(context, data, size, &used);

	assert(result == 0 && used == size);
	return result;
}

/* One pass over the bytes as a file of that name. */
static void fuzz_pass(const uint8_t *data, size_t size, const char *name, struct emit *emit,
		      struct catalogue *catalogue, bool read)
{
	struct input_memory memory = { data, size, 0 };
	struct input_from from = { input_read_memory, &memory };
	struct csv *header = calloc(1, sizeof(*header));
	struct reading reading = { .emit = emit, .error = emit->error, .catalogue = catalogue };
	const struct reader *reader;
	struct sniff sniff;
	struct input input;
	int failed = 0;

	assert(header != NULL);
	assert(input_open(&input, &from, emit->error) == 0);
	assert(detect_reader(&input, name, header, &sniff, &reader) == 0);
	reading.reader = reader;
	reading.input = &input;
	reading.sniff = &sniff;
	reading.reader = reader;
	if (reader != NULL && !read && reader->prepare != NULL)
		failed = reader->prepare(&reading);
	if (reader != NULL && read && reader->read != NULL) {
		assert(emit_begin(emit, "", reader->kind) == 0);
		failed = reader->read(&reading);
		if (failed == 0)
			failed = emit_end(emit);
		/* The only errors that a file alone can cause. */
		assert(failed == 0 || failed == TACIT_E_ARGUMENT || failed == TACIT_E_NOT_FOUND ||
		       failed == TACIT_E_LIMIT);
		assert(failed == 0 || emit->error->message[0] != 0);
		emit_flush(emit);
	}
	input_close(&input);
	csv_close(header);
	free(header);
}

/* The first byte chooses the name, which tells some files apart. */
static inline void fuzz_readers(const uint8_t *data, size_t size)
{
	static const char *const file_names[] = { "a.csv", "watchlist.csv", "likes/films.csv",
						  "u1.base", "your_posts_1.json",
						  "likes_and_reactions_1.json",
						  "post_comments_1.json",
						  "posts_viewed.json", "posts_1.json",
						  /* 9 to 13 begin texts */
						  NULL, NULL, NULL, NULL, NULL,
						  "steps-1.json", "heart_rate-1.json",
						  "resting_heart_rate-1.json" };
	const size_t named = sizeof(file_names) / sizeof(*file_names);
	struct source_events events = { .context = NULL };
	struct catalogue *catalogue = catalogue_new();
	struct error error = { 0, "" };
	struct receive receive;
	struct emit emit;
	const char *name = file_names[0];

	assert(catalogue != NULL);
	/* The same day every time: whether a date is in the future must not change. */
	clock_pretend(1700000000000);
	if (size > 0 && data[0] < named && file_names[data[0]] != NULL) {
		name = file_names[data[0]];
		data++;
		size--;
	}
	memset(&receive, 0, sizeof(receive));
	receive.events = &events;
	receive.error = &error;
	receive.file = "file";
	receive.want = fuzz_want;
	receive.digest = fuzz_digest;
	emit_init(&emit, fuzz_send, &receive, &error);
	fuzz_pass(data, size, name, &emit, catalogue, false);
	fuzz_pass(data, size, name, &emit, catalogue, true);
	emit_free(&emit);
	catalogue_free(catalogue);
}

#endif
