/* watch: each file that is ready is added by a `tacit add` of its own. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"

extern char **environ;

struct watching {
	struct cmd *cmd;
	int refused;
};

static char *word(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* A file that is refused says so itself; the watch goes on. */
static int on_ready(void *context, const char *path)
{
	struct watching *watching = context;
	const char *key = cmd_flag(watching->cmd, "key-file");
	char *arguments[7] = { word("tacit"), word("add"), word(path) };
	int status = 0, used = 3;
	pid_t child;

	if (key != NULL) {
		arguments[used++] = word("--key-file");
		arguments[used++] = word(key);
	}
	if (watching->cmd->json)
		arguments[used++] = word("--json");
	fflush(stdout);
	if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) != 0) {
		fprintf(stderr, "tacit: cannot start tacit add\n");
		return 1;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return 1;	/* Ctrl-C went to it too */
	watching->refused += WEXITSTATUS(status) != 0;
	return 0;
}

int cmd_watch(struct cmd *cmd)
{
	struct watching watching = { cmd, 0 };
	struct tacit_watch_options options = TACIT_WATCH_OPTIONS_INIT;
	char *folder;
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say which folder");
	if (tacit_state(cmd->t) == TACIT_NO_VAULT) {
		fprintf(stderr, "tacit: there is no vault in %s yet; make one with: tacit init\n",
			tacit_home(cmd->t));
		return CMD_FAILED;
	}
	/* The whole path: a name may begin with what looks like a flag. */
	folder = realpath(cmd->word[0], NULL);
	if (folder == NULL) {
		fprintf(stderr, "tacit: cannot open %.300s: %s\n", cmd->word[0], strerror(errno));
		return CMD_FAILED;
	}
	options.once = cmd_flag(cmd, "once") != NULL;
	options.ready = on_ready;
	options.context = &watching;
	result = tacit_watch(cmd->t, folder, &options);
	free(folder);
	if (result < 0)
		return cmd_fail(cmd, result);
	return result > 0 || (options.once && watching.refused > 0) ? CMD_FAILED : CMD_OK;
}
