/*
 * A request and its reply between the HTTP library and the rest of the doors. All runs in the one
 * thread of serve.c: the library calls exchange_*, which ask the guard, do what is asked or put an
 * ask into the queue and suspend its connection. serve.c answers the queue in one durable write and
 * resumes.
 */
#ifndef TACIT_DOORS_EXCHANGE_H
#define TACIT_DOORS_EXCHANGE_H

#include <microhttpd.h>

#include "bucket.h"
#include "doors.h"
#include "guard.h"

/* What a connection is waiting for, and since when. */
enum exchange_phase { PHASE_BEGIN = 0, PHASE_REQUEST, PHASE_VAULT, PHASE_REPLY };

struct exchange_link {
	struct exchange_link *next, *previous;
	struct server *server;
	int fd;
	enum exchange_phase phase;
	int64_t since;
	bool trusted;		/* has shown a right */
	bool stranger;
	bool ended;		/* shut down; the library will notice */
};

struct exchange {
	struct exchange *next;			/* in the queue of asks */
	struct exchange_link *link;
	struct MHD_Connection *connection;
	char target[DOORS_TARGET_BYTES + 2];	/* one longer than allowed: too long */
	bool checked, answered;
	struct guard_verdict verdict;
	char *body;
	size_t size;
	struct doors_reply reply;
};

struct server {
	struct tacit *t;
	struct tacit_witness *witness;
	uint16_t port;
	struct door {
		struct server *server;
		unsigned kind;			/* DOORS_UNIX, DOORS_HTTP */
		struct MHD_Daemon *daemon;	/* NULL: not open */
		unsigned links;
	} door[3];
	struct exchange_link *links;		/* newest first */
	struct exchange *queue, **queue_end;	/* asks with their bodies */
	struct buckets asks, failures;
	int64_t last;				/* the last request */
	bool rested;
};

/* Opens a door on a listening socket, which is the library's from then on. */
int exchange_open(struct server *server, struct door *door, unsigned kind, int fd);
/* Answers up to DOORS_BATCH asks of the queue and resumes their connections. */
void exchange_batch(struct server *server);
/* Ends the connections that take too long. */
void exchange_sweep(struct server *server, int64_t now);

#endif
