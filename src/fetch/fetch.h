/*
 * One blocking download of a feed over http or https into bounded memory. What leaves the machine
 * is a request for that address: no cookie, no referrer, no name or password, and "tacit" as the
 * user agent. Proxies of the environment are not used, since behind one nobody could see which
 * machine a name leads to.
 *
 * Every socket is checked before it is opened, after the name was looked up, at each redirect: it
 * leads to a public address, or to a host and port that are in `near`.
 */
#ifndef TACIT_FETCH_FETCH_H
#define TACIT_FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

#define FETCH_ETAG 256
#define FETCH_MODIFIED 64
#define FETCH_PLACE 300
#define FETCH_NEAR 2
#define FETCH_SECONDS 60		/* of a whole download where the caller says nothing */

struct sockaddr;

struct fetch_ask {
	const char *address;
	const char *etag, *modified;	/* of the last reply, "" or NULL: none */
	const char *near[FETCH_NEAR];	/* their hosts and ports may be private; or NULL */
	unsigned seconds;		/* 0: FETCH_SECONDS */
};

struct fetch_reply {
	int status;			/* 200 with a body, or 304 */
	char etag[FETCH_ETAG], modified[FETCH_MODIFIED];
	int64_t retry_after;		/* ms, also where it failed; 0: the server says nothing */
	struct bytes body;
};

/* TACIT_E_IO and a sentence that names the host where there is neither 200 nor 304;
 * TACIT_E_ARGUMENT where the address is none. The body is freed by the caller, always. */
int fetch_get(const struct fetch_ask *ask, struct fetch_reply *reply, struct error *error);

/* The host of an http or https address without a user's name into host[], and "host:port" into
 * place[] (either may be NULL); TACIT_E_ARGUMENT on anything else. */
int fetch_host(const char *address, char host[FETCH_PLACE], char place[FETCH_PLACE],
	       struct error *error);

/* Whether a socket's address is on the public internet: not of this machine, a private network, a
 * link, carrier-grade NAT, documentation, multicast, nor one of these within an IPv6 address. */
bool fetch_public(const struct sockaddr *address);

/* For how long a feed is left alone after so many failures in a row, ms: 1 h, 2 h, 4 h ... 7 days,
 * and at least what the server asked for, of which a day counts. */
int64_t fetch_pause(unsigned failures, int64_t retry_after);

#endif
