/* fetch: what is new in the feeds that the person follows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd.h"

struct fetching {
	struct cmd *cmd;
	struct json json;
	size_t done, failed;
};

static void json_one(struct json *json, const struct tacit_fetched *fetched)
{
	static const char *const states[] = { "", "followed", "followed already", "read", "same",
					      "waiting", "failed" };

	json_object(json);
	json_put_string(json, "address", fetched->address);
	json_put_string(json, "host", fetched->host);
	json_put_string(json, "state", states[fetched->state]);
	json_put_int(json, "kept", (int64_t)fetched->kept);
	json_put_int(json, "known", (int64_t)fetched->known);
	json_put_int(json, "source", fetched->source);
	cmd_json_time(json, "again", fetched->again);
	if (fetched->words[0] != 0)
		json_put_string(json, "error", fetched->words);
	json_object_end(json);
}

static void on_fetched(void *context, const struct tacit_fetched *fetched)
{
	struct fetching *fetching = context;
	char again[24] = "", kept[32], known[32], host[400];

	clock_format_minute(fetched->again, again);
	fetching->done += fetched->state == TACIT_FETCH_READ || fetched->state == TACIT_FETCH_SAME;
	fetching->failed += fetched->state == TACIT_FETCH_FAILED;
	if (fetched->state == TACIT_FETCH_FAILED && fetched->again != 0)
		fprintf(stderr, "tacit: %s; left alone until %s UTC unless you give it\n",
			fetched->words, again);
	else if (fetched->state == TACIT_FETCH_FAILED)
		fprintf(stderr, "tacit: %s\n", fetched->words);
	if (fetching->cmd->json) {
		json_one(&fetching->json, fetched);
		return;
	}
	text_safe(fetched->host, strlen(fetched->host), host, sizeof(host));
	switch (fetched->state) {
	case TACIT_FETCH_FOLLOWED:
		printf("%s: followed from now on. Next: tacit fetch\n", host);
		break;
	case TACIT_FETCH_KNOWN:
		printf("%s: you follow that already. Next: tacit fetch\n", host);
		break;
	case TACIT_FETCH_READ:
		cmd_count(kept, fetched->kept);
		cmd_count(known, fetched->known);
		printf("%s: %s new, %s known already\n", host, kept, known);
		break;
	case TACIT_FETCH_SAME:
		printf("%s: nothing new\n", host);
		break;
	case TACIT_FETCH_WAITING:
		printf("%s: failed before, left alone until %s UTC\n", host, again);
		break;
	default:
		break;
	}
	fflush(stdout);
}

int cmd_fetch(struct cmd *cmd)
{
	struct fetching fetching = { .cmd = cmd, .json = JSON_INIT };
	struct tacit_fetch_options options = TACIT_FETCH_OPTIONS_INIT;
	int result, status;

	options.add = cmd_flag(cmd, "add") != NULL;
	if (options.add && cmd->words == 0)
		return cmd_usage(cmd, "say which address to follow");
	options.seconds = (unsigned)cmd_number(cmd, "timeout", 1, 3600, 60);
	status = cmd_open_vault(cmd);
	if (status != CMD_OK)
		return status;
	options.address = cmd->words > 0 ? cmd->word : NULL;
	options.count = cmd->words;
	options.near = getenv("TACIT_FETCH_NEAR");	/* for tests (docs/sources.md) */
	options.fetched = on_fetched;
	options.context = &fetching;
	if (cmd->json)
		json_array(&fetching.json);
	result = tacit_fetch(cmd->t, &options);
	if (cmd->json) {
		json_array_end(&fetching.json);
		status = cmd_print_json(&fetching.json);
	}
	if (result != 0)
		return cmd_fail(cmd, result);
	return fetching.failed > 0 && fetching.done == 0 ? CMD_FAILED : status;
}
