/*
 * How long one decision takes with 100 grants of which all are this recipient's and none fits but
 * the last: the slowest case there is. Reading an ask of 100 candidates, for comparison.
 *
 *	terms_decide [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "terms/decide.h"

#define GRANTS 100

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void put(struct bytes *bytes, const char *text)
{
	if (bytes_append_text(bytes, text) != 0)
		abort();
}

static void make_ask(struct bytes *text)
{
	char id[32];
	int i;

	put(text, "{\"@type\":\"Request\",\"uid\":\"u\",\"profile\":\"" TERMS_PROFILE "\","
		  "\"issued\":\"2026-11-21T19:40:00Z\",\"expires\":\"2026-11-21T19:41:00Z\","
		  "\"nonce\":\"AAECAwQFBgcICQoLDA0ODw\","
		  "\"client\":{\"id\":\"https://shop.example\",\"name\":\"Shop\"},"
		  "\"authorization_details\":[{"
		  "\"type\":\"https://tacit.example/ask/rank/1\",\"actions\":[\"rank\"],"
		  "\"datatypes\":[\"dpv:InferredPersonalData\"],"
		  "\"locations\":[\"tacit:domain/music\"],"
		  "\"purpose\":\"dpv:ProvideProductRecommendations\",\"limit\":10,"
		  "\"precision\":\"order\",\"candidates\":[");
	for (i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "%s{\"id\":\"sku%d\"}", i > 0 ? "," : "", i);
		put(text, id);
	}
	put(text, "]}],\"retention\":{\"dpv:hasStorageCondition\":\"P0D\"},"
		  "\"recipient\":[\"https://shop.example\"]}");
}

static void make_grant(struct bytes *text, const char *until)
{
	put(text, "{\"@type\":\"Agreement\",\"uid\":\"u\",\"profile\":\"" TERMS_PROFILE "\","
		  "\"assigner\":\"tacit:person/pairwise/7\",\"assignee\":\"https://shop.example\","
		  "\"issued\":\"2026-11-01T00:00:00Z\",\"permission\":[{"
		  "\"target\":\"tacit:domain/music\",\"action\":\"tacit:rank\",\"constraint\":["
		  "{\"leftOperand\":\"purpose\",\"operator\":\"isA\",\"rightOperand\":"
		  "\"dpv:Personalisation\"},{\"leftOperand\":\"dateTime\",\"operator\":\"lt\","
		  "\"rightOperand\":\"");
	put(text, until);
	put(text, "\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":9},"
		  "{\"leftOperand\":\"tacit:precision\",\"operator\":\"lteq\","
		  "\"rightOperand\":\"order\"}]}],\"status\":\"ieee-7012:AgreementAccepted\"}");
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtoll(argv[1], NULL, 10) : 20000;
	static struct budget_use use[GRANTS];
	struct grant *grant[GRANTS];
	struct budget all = { 0, 0 };
	struct bytes text = BYTES_INIT;
	struct decision decision;
	struct error error = { 0 };
	struct ask *ask = NULL, *again;
	double begun;
	long i, permitted = 0;

	make_ask(&text);
	if (ask_read((char *)text.data, text.size, &ask, &error) != 0)
		return fprintf(stderr, "%s\n", error.message), 1;
	begun = now_us();
	for (i = 0; i < rounds / 100; i++) {
		if (ask_read((char *)text.data, text.size, &again, &error) != 0)
			return 1;
		ask_free(again);
	}
	printf("reading an ask of %zu bytes   %7.2f us\n", text.size,
	       (now_us() - begun) / (double)(rounds / 100));
	for (i = 0; i < GRANTS; i++) {
		bytes_clear(&text);
		make_grant(&text, i + 1 == GRANTS ? "2027-02-21T00:00Z" : "2026-11-02T00:00Z");
		if (grant_read((char *)text.data, text.size, &grant[i], &error) != 0)
			return fprintf(stderr, "%s\n", error.message), 1;
	}
	begun = now_us();
	for (i = 0; i < rounds; i++) {
		decide_ask(ask, (const struct grant *const *)grant, use, GRANTS, &all,
			   ask->issued, &decision);
		permitted += decision.outcome == OUTCOME_PERMIT;
	}
	printf("a decision with %d grants    %7.2f us, %ld of %ld permitted\n", GRANTS,
	       (now_us() - begun) / (double)rounds, permitted, rounds);
	for (i = 0; i < GRANTS; i++)
		grant_free(grant[i]);
	ask_free(ask);
	bytes_free(&text);
	return 0;
}
