/* forget, search, export. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"

/* "2019-01-02" to ms; false on anything else. */
static bool date_ms(const char *text, int64_t *out)
{
	int16_t zone;
	bool date_only;

	return clock_parse_iso(text, strlen(text), out, &zone, &date_only) && date_only;
}

/* "item TITLE", "event N", "source N", "fact N", "domain NAME", "span FROM UNTIL", "all", TITLE */
static int selection_of(struct cmd *cmd, struct tacit_selection *out, char **text)
{
	const char *first = cmd->word[0];
	uint64_t id;

	memset(out, 0, sizeof(*out));
	if (strcmp(first, "all") == 0 && cmd->words == 1) {
		out->kind = TACIT_SELECT_ALL;
		return 0;
	}
	if (cmd->words == 2 && cmd_whole(cmd->word[1], INT64_MAX, &id)) {
		out->id = id;
		if (strcmp(first, "event") == 0) {
			out->kind = TACIT_SELECT_EVENT;
			return 0;
		}
		if (strcmp(first, "source") == 0) {
			out->kind = TACIT_SELECT_SOURCE;
			return 0;
		}
		if (strcmp(first, "fact") == 0) {
			out->kind = TACIT_SELECT_FACT;
			return 0;
		}
	}
	if (strcmp(first, "domain") == 0 && cmd->words == 2) {
		out->kind = TACIT_SELECT_DOMAIN;
		out->text = cmd->word[1];
		return 0;
	}
	if (strcmp(first, "span") == 0 && cmd->words == 3) {
		out->kind = TACIT_SELECT_SPAN;
		if (!date_ms(cmd->word[1], &out->from) || !date_ms(cmd->word[2], &out->until) ||
		    out->until <= out->from)
			return cmd_usage(cmd, "a span is two dates: span 2019-01-01 2019-02-01 "
					 "(the second is not in it)");
		return 0;
	}
	*text = cmd_joined(cmd, strcmp(first, "item") == 0 && cmd->words > 1 ? 1 : 0);
	out->kind = TACIT_SELECT_ITEM;
	out->text = *text;
	return *text == NULL ? CMD_FAILED : 0;
}

/* Large removals are confirmed at the terminal; scripts say --yes, programs --json. */
static bool confirmed(struct cmd *cmd, const struct tacit_counts *counts)
{
	char answer[16];

	if (cmd->json || cmd_flag(cmd, "yes") != NULL || counts->events + counts->facts <= 20)
		return true;
	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "tacit: this forgets %llu events and %llu facts for good; say so "
			"with --yes\n", (unsigned long long)counts->events,
			(unsigned long long)counts->facts);
		return false;
	}
	printf("Forget %llu events and %llu facts for good? [y/N] ",
	       (unsigned long long)counts->events, (unsigned long long)counts->facts);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

int cmd_forget(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_selection selection;
	struct tacit_counts counts;
	char receipt[65], *text = NULL;
	int result;

	if (cmd->words == 0)
		return cmd_usage(cmd, "say what: TITLE, event N, source N, fact N, domain NAME, "
				 "span FROM UNTIL, all");
	result = selection_of(cmd, &selection, &text);
	if (result == 0)
		result = cmd_open_vault(cmd);
	if (result == 0) {
		result = tacit_count(cmd->t, &selection, &counts);
		if (result == 0 && !confirmed(cmd, &counts)) {
			free(text);
			return CMD_FAILED;
		}
		if (result == 0)
			result = tacit_forget(cmd->t, &selection, &counts, receipt);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	free(text);
	if (result != 0)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_key(&json, "forgotten");
		json_object(&json);
		json_put_int(&json, "events", (int64_t)counts.events);
		json_put_int(&json, "facts", (int64_t)counts.facts);
		json_object_end(&json);
		json_put_string(&json, "receipt", receipt);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("Forgotten: %llu %s, %llu %s. No import brings them back.\nReceipt %s\n",
	       (unsigned long long)counts.events, cmd_events(counts.events),
	       (unsigned long long)counts.facts, counts.facts == 1 ? "fact" : "facts", receipt);
	return CMD_OK;
}

int cmd_search(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_hit *hit;
	char *query = cmd_joined(cmd, 0);
	size_t count, i;
	int result;

	if (query == NULL)
		return cmd_usage(cmd, "say what to look for");
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_search(cmd->t, query, cmd_number(cmd, "n", 1, 10000, 20), &hit,
				      &count);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	free(query);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count; i++) {
			json_object(&json);
			json_put_string(&json, "kind", hit[i].kind == 'f' ? "fact" : "item");
			json_put_int(&json, "id", (int64_t)hit[i].id);
			json_put_string(&json, "text", hit[i].text);
			json_put_int(&json, "events", (int64_t)hit[i].events);
			json_object_end(&json);
		}
		json_array_end(&json);
		result = cmd_print_json(&json);
	} else {
		for (i = 0; i < count; i++) {
			if (hit[i].kind == 'f')
				printf("fact %-6llu", (unsigned long long)hit[i].id);
			else
				printf("%6llu x   ", (unsigned long long)hit[i].events);
			cmd_rest(hit[i].text, cmd_columns() - 13);
			putchar('\n');
		}
		if (count == 0)
			puts("Nothing of that is known.");
	}
	free(hit);
	return result;
}

static int write_file(void *context, const char *text, size_t size)
{
	return fwrite(text, 1, size, context) == size ? 0 : TACIT_E_IO;
}

int cmd_export(struct cmd *cmd)
{
	const char *path = cmd_flag(cmd, "o");
	FILE *file;
	int result = cmd_open_vault(cmd), failed;

	if (result != CMD_OK)
		return result;
	file = path == NULL ? stdout : fopen(path, "wxe");
	if (file == NULL) {
		fprintf(stderr, "tacit: cannot make %s (a file that is there is not "
			"overwritten)\n", path);
		return CMD_FAILED;
	}
	result = tacit_export(cmd->t, write_file, file);
	failed = path == NULL ? fflush(file) : fclose(file);
	if (result == TACIT_E_IO || failed != 0) {
		fprintf(stderr, "tacit: the export could not be written whole\n");
		return CMD_FAILED;
	}
	return result != 0 ? cmd_fail(cmd, result) : CMD_OK;
}
