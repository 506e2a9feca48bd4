/*
 * sandbox: for who builds a service. The doors of an invented person, in a temporary home, with the
 * service let in and a grant to try. A child serves, for it is confined for good; this process
 * waits and removes the home.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ada.h"

#define SANDBOX_PORT 7382
#define EPSILON (20LL * TACIT_ONE)

struct sandbox {
	struct cmd *cmd;
	struct ada ada;
	struct tacit *t;
	const char *service;
	int notch;
	char token[65];
};

/* ---- the child -------------------------------------------------------------------------- */

static int fill(struct sandbox *box)
{
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	const char *path = box->ada.file;
	struct tacit_import *imports = NULL;
	char uid[TACIT_UID_BYTES];
	size_t count;
	int result = ada_open(&box->ada, &box->t);

	if (result == 0)
		result = tacit_add(box->t, &path, 1, NULL, &imports, &count);
	free(imports);
	if (result == 0)
		result = tacit_tell(box->t, "my shoe-size is 38", NULL);
	if (result == 0)
		result = tacit_service_token(box->t, box->service, box->token);
	if (result == 0)
		result = tacit_budget_cap(box->t, EPSILON);
	options.service = box->service;
	options.precision = box->notch;
	options.count = 1000000;
	options.epsilon = box->notch == TACIT_SUBSET ? EPSILON : 0;
	if (result == 0)
		result = tacit_grant(box->t, &options, uid);
	options.type = "choose";
	if (result == 0)
		result = tacit_grant(box->t, &options, uid);
	return result;
}

static void json_ready(const struct sandbox *box, const char *socket, const char *url,
		       const char *line)
{
	struct json json = JSON_INIT;

	json_object(&json);
	json_put_string(&json, "home", box->ada.home);
	json_put_string(&json, "key_file", box->ada.key);
	json_put_string(&json, "service", box->service);
	json_put_string(&json, "precision", tacit_notch_name(box->notch));
	json_put_string(&json, "token", box->token);
	json_put_string(&json, "socket", socket);
	json_put_string(&json, "url", url);
	json_put_string(&json, "try", line);
	json_object_end(&json);
	cmd_print_json(&json);
}

static void ready(void *context, const char *socket, uint16_t port)
{
	const struct sandbox *box = context;
	const char *notch = tacit_notch_name(box->notch);
	bool other = strcmp(box->service, "https://shop.example") != 0;
	char url[64], line[1024];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	snprintf(line, sizeof(line), "tacit check --example rank --precision %s%s%s |\n"
		 "  curl -s %s/v1/ask -H 'Content-Type: application/json' \\\n"
		 "  -H 'Authorization: Bearer %s' \\\n  -d @-", notch, other ? " --service " : "",
		 other ? box->service : "", url, box->token);
	if (box->cmd->json) {
		json_ready(box, socket, url, line);
	} else {
		printf("An invented person, Ada, with a home of her own. Nothing of yours is "
		       "touched.\n\n"
		       "service  %s\n         may rank and choose films, at \"%s\"\n"
		       "token    %s\nhttp     %s\nsocket   %s\n\nTry it:\n\n%s\n\n",
		       box->service, notch, box->token, url, socket, line);
		printf("Asks of other kinds wait for a yes or no. Be Ada, in another terminal:\n\n"
		       "export TACIT_HOME=%s TACIT_KEY_FILE=%s\ntacit asks\n\n"
		       "Ctrl-C ends it and removes everything.\n", box->ada.home, box->ada.key);
	}
	fflush(stdout);
}

static int serve(struct sandbox *box, uint16_t port)
{
	struct tacit_serve_options options = TACIT_SERVE_OPTIONS_INIT;
	int result = fill(box);

	if (result != 0)
		return cmd_refuse("%s", box->t != NULL ? tacit_error(box->t) : tacit_error(NULL));
	options.port = port;
	options.http = 1;
	options.ready = ready;
	options.context = box;
	cmd_serve_prepare();
	result = tacit_serve(box->t, &options);
	tacit_close(box->t);
	return result == 0 ? CMD_OK : cmd_serve_fail(result, box->ada.home, port);
}

/* ---- the one that waits ----------------------------------------------------------------- */

/* Hands signals on until the child ends; its exit status. */
static int wait_for(pid_t child, const sigset_t *set)
{
	int status, signal;

	for (;;) {
		pid_t ended = waitpid(child, &status, WNOHANG);

		if (ended == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : CMD_FAILED;
		if (ended < 0 && errno != EINTR)
			return CMD_FAILED;
		signal = sigwaitinfo(set, NULL);
		if (signal > 0 && signal != SIGCHLD)
			kill(child, SIGTERM);
	}
}

static int run(struct sandbox *box, uint16_t port)
{
	sigset_t set, before;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &before);
	fflush(stdout);
	child = fork();
	if (child < 0)
		return cmd_refuse("no process can be started");
	if (child == 0) {
		int status;

		/* INT and TERM wait for the doors, which take them; HUP comes as TERM */
		sigdelset(&set, SIGCHLD);
		sigprocmask(SIG_SETMASK, &set, NULL);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		status = serve(box, port);
		fflush(stdout);
		_exit(status);
	}
	return wait_for(child, &set);
}

int cmd_sandbox(struct cmd *cmd)
{
	const char *notch = cmd_flag(cmd, "precision"), *service = cmd_flag(cmd, "service");
	uint16_t port = (uint16_t)cmd_number(cmd, "port", 0, 65535, SANDBOX_PORT);
	struct sandbox box = { .cmd = cmd, .notch = TACIT_ORDER };
	int result;

	if (cmd->words > 0)
		return cmd_usage(cmd, "it takes no words");
	box.service = service != NULL ? service : "https://shop.example";
	if (notch != NULL)
		box.notch = cmd_notch(cmd, notch);
	if (box.notch == TACIT_FACTS)
		return cmd_usage(cmd, "lists go up to the notch reasons; ask for facts and answer "
				 "with: tacit asks");
	result = ada_home(cmd, "tacit-sandbox", &box.ada);
	if (result == CMD_OK)
		result = run(&box, port);
	ada_remove(&box.ada);
	return result;
}
