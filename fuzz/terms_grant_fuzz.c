/* Grants of any bytes, against one ask that wants much: a permit stays within the permission. */
#include "../src/terms/grant_permit.c"

#include <stdlib.h>

#include "replay.h"
#include "terms/decide.h"

static const char asked[] =
	"{\"@type\":\"Request\",\"uid\":\"u\",\"profile\":\"" TERMS_PROFILE "\","
	"\"issued\":\"2026-11-21T19:40:00Z\",\"expires\":\"2026-11-21T19:41:00Z\","
	"\"nonce\":\"AAECAwQFBgcICQoLDA0ODw\","
	"\"client\":{\"id\":\"https://shop.example\",\"name\":\"Shop\"},"
	"\"authorization_details\":[{\"type\":\"https://tacit.example/ask/rank/1\","
	"\"actions\":[\"rank\"],\"datatypes\":[\"dpv:InferredPersonalData\"],"
	"\"locations\":[\"tacit:domain/music\"],\"purpose\":\"dpv:ProvideProductRecommendations\","
	"\"candidates\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"limit\":1,\"precision\":\"order\"}],"
	"\"retention\":{\"dpv:hasStorageCondition\":\"P0D\"},"
	"\"recipient\":[\"https://shop.example\"]}";

static void must(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct budget all = { BUDGET_ONE, 0 };
	const struct budget_use use = { 0, 0, false };
	struct grant *grant = NULL;
	struct ask *ask = NULL, less;
	struct error error = { 0 };
	struct decision decision, after;
	const struct grant *one;

	if (grant_read((const char *)data, size, &grant, &error) != 0) {
		must(grant == NULL && error.code != 0);
		return 0;
	}
	must(ask_read(asked, sizeof(asked) - 1, &ask, &error) == 0);
	one = grant;
	decide_ask(ask, &one, &use, 1, &all, ask->issued, &decision);
	if (decision.outcome == OUTCOME_PERMIT) {
		const struct grant_permission *p = &grant->permission[decision.permission];

		must(strcmp(grant->assignee, ask->client) == 0 && p->notch >= NOTCH_ORDER);
		must(p->count > 0 && ask->issued < p->until && p->type == TYPE_RANK);
	} else if (decision.outcome == OUTCOME_LESS) {
		decide_apply(ask, &decision, &less);
		decide_ask(&less, &one, &use, 1, &all, ask->issued, &after);
		must(after.outcome == OUTCOME_PERMIT);
	}
	ask_free(ask);
	grant_free(grant);
	return 0;
}
