/* Asks as a service would write them, fresh: issued now, with a nonce of their own. */
#ifndef TACIT_TESTS_ASK_KIT_H
#define TACIT_TESTS_ASK_KIT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ASK_SHOP "https://shop.example"
#define ASK_OTHER "https://other.example"
#define ASK_BYTES (1 << 20)

static inline void ask_time(time_t at, char out[32])
{
	struct tm parts;

	gmtime_r(&at, &parts);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* 22 characters of base64url that no other call gives. */
static inline void ask_nonce(char out[23])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	static uint64_t serial;
	struct timespec now;
	uint64_t value;
	int i;

	clock_gettime(CLOCK_REALTIME, &now);
	value = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
	serial++;
	for (i = 0; i < 21; i++) {
		out[i] = digits[(i < 11 ? value >> (6 * i) : serial >> (6 * (i - 11))) & 63];
	}
	out[21] = 'A';	/* four bits are left over, which are zero */
	out[22] = 0;
}

/* An ask of a client: `body` is the inside of its authorization details. free() it. */
static inline char *ask_make(const char *client, const char *body)
{
	char *out = malloc(ASK_BYTES), issued[32], expires[32], nonce[23];
	time_t now = time(NULL);

	if (out == NULL)
		exit(2);	/* out of memory, which some tests want */
	ask_time(now, issued);
	ask_time(now + 60, expires);
	ask_nonce(nonce);
	snprintf(out, ASK_BYTES,
		 "{\"@type\":\"Request\",\"uid\":\"urn:uuid:%s\","
		 "\"profile\":\"https://tacit.example/odrl/1\",\"issued\":\"%s\",\"expires\":\"%s\","
		 "\"nonce\":\"%s\",\"client\":{\"id\":\"%s\",\"name\":\"Shop\"},"
		 "\"authorization_details\":[{%s}],"
		 "\"retention\":{\"dpv:hasStorageCondition\":\"P0D\"},\"recipient\":[\"%s\"]}",
		 nonce, issued, expires, nonce, client, body, client);
	return out;
}

/* The body of an ask of that type in a domain; `rest`: precision and what belongs to the type. */
static inline char *ask_body(const char *type, const char *domain, const char *format, ...)
{
	char *out = malloc(ASK_BYTES);
	va_list list;
	int size;

	if (out == NULL)
		exit(2);	/* out of memory, which some tests want */
	size = snprintf(out, ASK_BYTES,
			"\"type\":\"https://tacit.example/ask/%s/1\",\"actions\":[\"%s\"],"
			"\"datatypes\":[\"dpv:InferredPersonalData\"],"
			"\"locations\":[\"tacit:domain/%s\"],"
			"\"purpose\":\"dpv:ProvideProductRecommendations\",", type, type, domain);
	va_start(list, format);
	vsnprintf(out + size, (size_t)(ASK_BYTES - size), format, list);
	va_end(list);
	return out;
}

/* The candidates title[0 .. count - 1] under ids of their own, beginning at `first` (a rotation:
 * the same set in another order). */
static inline char *ask_candidates(const char *const *title, int count, int first)
{
	char *out = malloc(ASK_BYTES);
	int i, size = 0;

	if (out == NULL)
		exit(2);	/* out of memory, which some tests want */
	size += snprintf(out, ASK_BYTES, "\"candidates\":[");
	for (i = 0; i < count; i++) {
		int k = (first + i) % count;

		size += snprintf(out + size, (size_t)(ASK_BYTES - size),
				 "%s{\"id\":\"sku-%03d\",\"title\":\"%s\"}", i > 0 ? "," : "", k,
				 title[k]);
	}
	snprintf(out + size, (size_t)(ASK_BYTES - size), "]");
	return out;
}

/* All of it: a list to rank at a precision ("\"order\"", "\"subset\",\"epsilon\":\"1\""). */
static inline char *ask_rank(const char *client, const char *precision, int limit,
			     const char *const *title, int count, int first)
{
	char *candidates = ask_candidates(title, count, first);
	char *body = ask_body("rank", "films", "\"precision\":%s,\"limit\":%d,%s", precision,
			      limit, candidates);
	char *ask = ask_make(client, body);

	free(candidates);
	free(body);
	return ask;
}

#endif
