/* serve: the doors to services. witness: a witness of other people's logs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

#define SERVE_PORT 7380
#define WITNESS_PORT 7381

/*
 * The process is confined when `ready` is called: no terminal may be asked about any more. So
 * standard output gets its buffer before, and the lines are written in one piece.
 */
void cmd_serve_prepare(void)
{
	static char buffer[BUFSIZ];

	fflush(stdout);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

static void ready(void *context, const char *socket, uint16_t port)
{
	const struct cmd *cmd = context;
	bool witness = strcmp(cmd->command->name, "witness") == 0;
	struct json json = JSON_INIT;
	char url[64] = "";

	if (port != 0)
		snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "socket", socket);
		json_put_string(&json, "url", url);
		json_object_end(&json);
		cmd_print_json(&json);
	} else {
		printf("socket  %s\n", socket);
		if (port != 0)
			printf("http    %s\n", url);
		printf("%s. Ctrl-C ends it.\n", witness ? "Logs are sent to /add-checkpoint" :
		       "Services ask here");
	}
	fflush(stdout);
}

/* The doors say with a number what is wrong. */
int cmd_serve_fail(int result, const char *home, unsigned port)
{
	switch (result) {
	case TACIT_E_BUSY:
		if (port == 0)
			return cmd_refuse("tacit serves %s already", home);
		return cmd_refuse("port %u of this machine is taken, or tacit serves %s already; "
				  "try another port: --port 0 takes a free one", port, home);
	case TACIT_E_EXISTS:
		return cmd_refuse("%s/tacit.sock is there and is no socket: move it away", home);
	case TACIT_E_ARGUMENT:
		return cmd_refuse("the path %s/tacit.sock is too long for a socket; move the home "
				  "with TACIT_HOME", home);
	default:
		return cmd_refuse("the doors cannot be opened in %s: is it a folder of yours?",
				  home);
	}
}

int cmd_serve(struct cmd *cmd)
{
	struct tacit_serve_options options = TACIT_SERVE_OPTIONS_INIT;
	int result;

	options.port = (uint16_t)cmd_number(cmd, "port", 0, 65535, SERVE_PORT);
	options.http = cmd_flag(cmd, "no-http") == NULL;
	options.ready = ready;
	options.context = cmd;
	if (cmd->words > 0)
		return cmd_usage(cmd, "it takes no words");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	cmd_serve_prepare();
	result = tacit_serve(cmd->t, &options);
	return result == 0 ? CMD_OK : cmd_serve_fail(result, tacit_home(cmd->t), options.port);
}

/* ---- the witness ------------------------------------------------------------------------ */

static int show_key(const struct cmd *cmd, const char *key, const char *trusted)
{
	struct json json = JSON_INIT;

	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "vkey", key);
		if (trusted != NULL)
			json_put_string(&json, "trusts", trusted);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (trusted != NULL)
		printf("It trusts the log of %s now.\n", trusted);
	printf("key     %s\n", key);
	return CMD_OK;
}

static int serve_witness(struct cmd *cmd, struct tacit *t, struct tacit_witness *witness)
{
	struct tacit_serve_options options = TACIT_SERVE_OPTIONS_INIT;
	int result;

	options.port = (uint16_t)cmd_number(cmd, "port", 0, 65535, WITNESS_PORT);
	options.http = 1;
	options.witness = witness;
	options.ready = ready;
	options.context = cmd;
	cmd_serve_prepare();
	result = tacit_serve(t, &options);
	return result == 0 ? CMD_OK : cmd_serve_fail(result, tacit_home(t), options.port);
}

int cmd_witness(struct cmd *cmd)
{
	const char *log = cmd_flag(cmd, "trust");
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_witness *witness = NULL;
	struct tacit *t;
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say in which folder it keeps its key and what it saw");
	/* A home of its own: nothing else can be reached when it serves. */
	options.home = cmd->word[0];
	if (tacit_open(&options, &t) != 0)
		return cmd_refuse("%s", tacit_error(NULL));
	result = tacit_witness_open(t, cmd->word[0], cmd_flag(cmd, "name"), &witness);
	if (result == 0 && log != NULL)
		result = tacit_witness_trust(t, witness, log);
	if (result == TACIT_E_NOT_FOUND && cmd_flag(cmd, "name") == NULL)
		result = cmd_refuse("there is no witness in %s; make one with: tacit witness %s "
				    "--name NAME", cmd->word[0], cmd->word[0]);
	else if (result != 0)
		result = cmd_refuse("%s", tacit_error(t));
	else
		result = show_key(cmd, tacit_witness_key(witness), log);
	if (result == CMD_OK && (log == NULL || cmd_flag(cmd, "port") != NULL))
		result = serve_witness(cmd, t, witness);
	tacit_witness_close(witness);
	tacit_close(t);
	return result;
}
