/*
 * The wire between the sandboxed child and its parent. A message is a u32 with the size of what
 * follows, a u8 type, and the payload, all little-endian. The child only encodes, the parent only
 * decodes, and the parent believes nothing: message_take_* checks every number against its range,
 * every text against its limit and for being UTF-8 without NUL, and every byte for being there.
 */
#ifndef TACIT_FORMATS_MESSAGE_H
#define TACIT_FORMATS_MESSAGE_H

#include <stdbool.h>

#include "base/act.h"
#include "base/bytes.h"
#include "formats/report.h"

enum message_type {
	MESSAGE_BEGIN = 1,	/* entry, kind */
	MESSAGE_ACT,
	MESSAGE_END,		/* read, emitted, note, skips, fields dropped */
	MESSAGE_PROGRESS,	/* bytes done, bytes in all */
	MESSAGE_IGNORED,	/* name, why */
	MESSAGE_ERROR,		/* code, sentence */
	MESSAGE_WANT,		/* number of the file to open next */
	MESSAGE_DONE,		/* everything is read; nothing follows */
	MESSAGE_SAID,		/* key, value: what a service believes of the person */
	MESSAGE_TYPE_COUNT
};

#define MESSAGE_HEADER 5
/* An act with every text at its limit is below this; so is everything else. */
#define MESSAGE_MAX (160 * 1024)

/* A piece of a message being decoded. */
struct message {
	int type;
	const uint8_t *at, *end;
};

/* Encoding: each appends one whole message, or returns TACIT_E_MEMORY and appends nothing. */
int message_put_begin(struct bytes *out, const char *entry, const char *kind);
int message_put_act(struct bytes *out, const struct act *act);
int message_put_end(struct bytes *out, const struct report *report);
int message_put_said(struct bytes *out, const char *key, struct act_text value);
int message_put_progress(struct bytes *out, uint64_t done, uint64_t total);
int message_put_ignored(struct bytes *out, const char *name, const char *why);
int message_put_error(struct bytes *out, int code, const char *sentence);
int message_put_number(struct bytes *out, int type, uint32_t number);	/* WANT, DONE */

/* Cuts the first whole message out of `data`: its size in all, 0 when more bytes are needed, or
 * -1 when no such message can exist. */
long message_next(const uint8_t *data, size_t size, struct message *message);

/* Decoding: false when the payload is not exactly a valid one. Texts of the act point into the
 * message; the others are copied. */
bool message_take_begin(struct message *message, struct report *report);
bool message_take_act(struct message *message, struct act *act);
bool message_take_end(struct message *message, struct report *report);
bool message_take_said(struct message *message, char key[REPORT_KEY], char value[REPORT_VALUE]);
bool message_take_progress(struct message *message, uint64_t *done, uint64_t *total);
bool message_take_ignored(struct message *message, char name[256], char why[256]);
bool message_take_error(struct message *message, int *code, char sentence[400]);
bool message_take_number(struct message *message, uint32_t *number);

/* Whether a text is a domain that acts may have. */
bool message_domain_known(const char *domain, size_t size);
/* Whether the bytes are UTF-8 without NUL; fast on plain ASCII. */
bool message_text_good(const char *text, size_t size);

#endif
