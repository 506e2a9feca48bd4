/* proof: verifying the logs, and having witnesses sign what they saw of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define ANSWER_BYTES (64 * 1024)

static void show_progress(void *context, int permille)
{
	char line[80];

	(void)context;
	snprintf(line, sizeof(line), "reading the log: %d %%", permille / 10);
	cmd_progress(line);
}

static int verify(struct cmd *cmd)
{
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct json json = JSON_INIT;
	struct tacit_proof proof;
	int result;

	options.seen = cmd_flag(cmd, "seen");
	options.policy = cmd_flag(cmd, "policy");
	options.mend = cmd_flag(cmd, "mend") != NULL;
	options.progress = show_progress;
	result = tacit_proof(cmd->t, &options, &proof);
	cmd_progress(NULL);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "logs", (int64_t)proof.logs);
		json_put_int(&json, "entries", (int64_t)proof.entries);
		json_put_int(&json, "receipts", (int64_t)proof.receipts);
		json_put_int(&json, "cosigned", (int64_t)proof.cosigned);
		json_put_string(&json, "words", proof.words);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	cmd_say(0, "%s.", proof.words);
	return CMD_OK;
}

static int show_log(struct cmd *cmd, const char *service)
{
	struct json json = JSON_INIT;
	char path[4096], key[400];
	int result = tacit_log(cmd->t, service, path, key);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "folder", path);
		json_put_string(&json, "vkey", key);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("folder  %s\nkey     %s\n", path, key);
	return CMD_OK;
}

static int request(struct cmd *cmd, const char *service)
{
	struct json json = JSON_INIT;
	char *body;
	int result = tacit_log_request(cmd->t, service,
				       cmd_number(cmd, "old", 0, (uint64_t)1 << 53, 0), &body);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "body", body);
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else {
		fputs(body, stdout);
	}
	free(body);
	return result;
}

static int cosign(struct cmd *cmd, const char *service, const char *path, const char *witness)
{
	struct json json = JSON_INIT;
	struct bytes lines = BYTES_INIT;
	int result = cmd_read(path, ANSWER_BYTES, &lines);

	if (result == CMD_OK && bytes_append_byte(&lines, 0) != 0)
		result = cmd_refuse("out of memory");
	if (result == CMD_OK) {
		result = tacit_log_cosign(cmd->t, service, (const char *)lines.data, witness);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	bytes_free(&lines);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "witness", witness);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("The checkpoint of %s has the witness's signature now.\n", service);
	return CMD_OK;
}

int cmd_proof(struct cmd *cmd)
{
	const char *verb = cmd->words > 0 ? cmd->word[0] : "", *key = cmd_flag(cmd, "witness");
	char service[TACIT_SERVICE_BYTES];
	bool cosigning = strcmp(verb, "cosign") == 0;
	int result;

	if (cmd->words > 0 && !cosigning && strcmp(verb, "log") != 0 &&
	    strcmp(verb, "request") != 0)
		return cmd_usage(cmd, "there are log SERVICE, request SERVICE and cosign SERVICE "
				 "FILE, and nothing to verify all");
	if (cmd->words > 0 && cmd->words != (cosigning ? 3 : 2))
		return cmd_usage(cmd, cosigning ? "say which service and which file: cosign "
				 "SERVICE FILE --witness KEY" : "say which service");
	if (cosigning && key == NULL)
		return cmd_usage(cmd, "say whose signature it is: --witness KEY");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (cmd->words == 0)
		return verify(cmd);
	cmd_service(cmd->word[1], service);
	if (cosigning)
		return cosign(cmd, service, cmd->word[2], key);
	return strcmp(verb, "log") == 0 ? show_log(cmd, service) : request(cmd, service);
}
