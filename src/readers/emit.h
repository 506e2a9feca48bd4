/*
 * Where a reader puts what it found: acts, skipped rows with their reasons, a note. It keeps the
 * account (read = emitted + skipped), cleans and cuts texts to the limits, and sends messages in
 * large blocks. Every function that can fail returns 0 or a negative TACIT_E_* with the sentence
 * in emit->error; after a failure a reader must stop.
 */
#ifndef TACIT_READERS_EMIT_H
#define TACIT_READERS_EMIT_H

#include <stdbool.h>

#include "base/act.h"
#include "base/bytes.h"
#include "base/error.h"
#include "formats/report.h"

struct emit {
	/* Takes a block of whole messages; 0 or a negative result. */
	int (*send)(void *context, const uint8_t *data, size_t size);
	void *context;
	struct error *error;
	struct bytes out;
	struct report report;	/* of the source that is being read */
	bool other_reasons;		/* the table of reasons is full */
	struct bytes title, creator, place, words;	/* cleaned texts of one act */
};

void emit_init(struct emit *emit, int (*send)(void *, const uint8_t *, size_t), void *context,
	       struct error *error);
void emit_free(struct emit *emit);

int emit_begin(struct emit *emit, const char *entry, const char *kind);
/* Counts a row as read; emit_act or emit_skip must follow for the same row, now or later. */
int emit_row(struct emit *emit);
/* An act from the row; a row whose texts cannot be kept is counted as skipped instead. */
int emit_act(struct emit *emit, const struct act *act);
/* Or what the service believes of the person, as a fact that it says: "interest", "Cats". The
 * reader's kind is put in front of `what`, so that services stay apart. */
int emit_said(struct emit *emit, const char *what, struct act_text value);
int emit_skip(struct emit *emit, const char *reason);
/* Skips `count` rows for one reason. */
int emit_skip_many(struct emit *emit, const char *reason, uint64_t count);
/* One row had something in a field that is never stored. Fields beyond the table count as "other
 * fields". */
void emit_drop(struct emit *emit, const char *field);
/* Adds a sentence to the source's note; one that is there already is not repeated. */
void emit_note(struct emit *emit, const char *format, ...) __attribute__((format(printf, 2, 3)));
int emit_end(struct emit *emit);

int emit_ignored(struct emit *emit, const char *name, const char *why);
int emit_progress(struct emit *emit, uint64_t done, uint64_t total);
int emit_number(struct emit *emit, int type, uint32_t number);
int emit_error(struct emit *emit, int code, const char *sentence);
int emit_flush(struct emit *emit);

/* An act with nothing in it but a verb and a domain. */
void emit_blank_act(struct act *act, int verb, const char *domain);
/* A text from a C string. */
struct act_text emit_text(const char *text);

#endif
