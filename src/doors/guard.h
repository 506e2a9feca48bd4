/*
 * The one gate that every request passes before anything is done for it. It sees the first line and
 * the headers, no socket and no vault, and decides alike for all: docs/doors.md has the rules and
 * what each is for.
 */
#ifndef TACIT_DOORS_GUARD_H
#define TACIT_DOORS_GUARD_H

#include "doors.h"
#include "routes.h"

/* Headers that the decision rests on. */
enum guard_header {
	GUARD_HOST = 0, GUARD_ORIGIN, GUARD_AUTHORIZATION, GUARD_TYPE, GUARD_LENGTH, GUARD_TRANSFER,
	GUARD_SITE, GUARD_DEST, GUARD_METHOD, GUARD_NAMES, GUARD_PRIVATE, GUARD_HEADERS
};

struct guard_request {
	unsigned door;		/* DOORS_UNIX or DOORS_HTTP */
	bool witness;
	uint16_t port;		/* of HTTP, 0 without */
	bool stranger;		/* another user is at the other end of the unix socket */
	const char *method, *target, *version;
	unsigned lines;		/* headers in all */
	bool dirty;		/* one has a control character */
	struct {
		const char *text;
		unsigned count;
	} header[GUARD_HEADERS];
};
/* Adds one header line as it came. `value` has a NUL after it. */
void guard_add(struct guard_request *request, const char *name, size_t name_size,
	       const char *value, size_t size);

/* Who is known, as the vault says. */
struct guard_world {
	void *context;
	int (*known)(void *context, const char *service);
	int (*service_of)(void *context, const char *token, char service[TACIT_SERVICE_BYTES]);
};

struct guard_verdict {
	int status;		/* 0: go on; else refuse with this (204: a preflight, granted) */
	const char *error, *words;
	int failure;		/* the vault's, where status is 503 */
	bool close;		/* and end the connection: its bytes cannot be trusted */
	const struct route *route;
	char segment[DOORS_SEGMENT_BYTES];
	char secret[65];	/* RIGHT_CODE: the code */
	char service[TACIT_SERVICE_BYTES];	/* RIGHT_TOKEN: whose it is */
	const char *origin;	/* a page of this one may read the reply; NULL: none */
	const char *allow;	/* a preflight: the method */
	bool private_network;	/* a preflight: asked for that */
	uint64_t length;	/* of the body */
};
void guard_check(const struct guard_request *request, const struct guard_world *world,
		 struct guard_verdict *out);

#endif
