/* Shared by the files of the doors: limits, and what a request is called with and gives. */
#ifndef TACIT_DOORS_DOORS_H
#define TACIT_DOORS_DOORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tacit.h"

#define DOORS_ASK_BYTES (1 << 20)	/* body of an ask */
#define DOORS_BODY_BYTES 4096		/* of other writes */
#define DOORS_NOTE_BYTES (64 * 1024)	/* of a checkpoint for the witness */
#define DOORS_TARGET_BYTES 256		/* of the address in a request */
#define DOORS_SEGMENT_BYTES 65		/* of its last part, with the NUL: 64 hex or a uid */
#define DOORS_HEADERS 64		/* lines of one request */
#define DOORS_POOL_BYTES (32 * 1024)	/* all headers of one connection */
#define DOORS_CONNECTIONS 256		/* of one listening socket */
#define DOORS_CROWDED 240		/* from here on a new one pushes out an idle one */
#define DOORS_BATCH 64			/* asks of one durable write */
#define DOORS_ASKS_BURST 6000		/* asks of one service at once */
#define DOORS_ASKS_SECOND 3000		/* and in each second */
#define DOORS_FAILURES_SECOND 20	/* wrong tokens through one door; more get 429 */
#define DOORS_REST_MS 200		/* without a request until others may have the vault */

/* Times; tests make them shorter. */
struct doors_times {
	unsigned idle_seconds;		/* without a byte */
	unsigned begin_ms;		/* from the end of a request to the next one's first line */
	unsigned request_ms;		/* from the first line to the last byte */
	unsigned reply_ms;		/* until the reply is taken */
};
extern struct doors_times doors_times;

enum { DOORS_UNIX = 1, DOORS_HTTP = 2 };

/* Milliseconds of a clock that only goes forward. */
int64_t doors_clock(void);

/* What goes back. */
struct doors_reply {
	int status;
	const char *type;		/* NULL: application/json */
	char *body;			/* malloc */
	size_t size;
	char policy[640];		/* Content-Security-Policy, "": the closed one */
};
/* {"error":error,"words":words}; both are ours and need no escaping. */
void doors_refuse(struct doors_reply *reply, int status, const char *error, const char *words);
/* Takes `text`, which is malloc'ed JSON; NULL: out of memory. */
void doors_give(struct doors_reply *reply, int status, char *text);
/* The reply to a failure of the vault. */
void doors_fail(struct doors_reply *reply, int result);
/* The one refusal of everybody who has no right to anything here. */
#define DOORS_NOBODY "token", "This needs the token that the person gave to this program or page."

#endif
