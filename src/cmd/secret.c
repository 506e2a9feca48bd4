/* Passphrases: from a file for scripts, else from the terminal without echo. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "cmd.h"

#define PASSPHRASE_MAX 1024

/* A page that is locked in memory and left out of core dumps. */
static char *guarded(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	mlock(page, 4096);
	madvise(page, 4096, MADV_DONTDUMP);
	return page;
}

static void release(char *page)
{
	if (page == NULL)
		return;
	explicit_bzero(page, 4096);
	munmap(page, 4096);
}

void cmd_secret_wipe(struct tacit_secret *secret)
{
	release((char *)(uintptr_t)secret->passphrase);
	secret->passphrase = NULL;
}

/* One line from a descriptor, without its end; -1 when it is too long or there is none. */
static int read_line(int fd, char *out)
{
	size_t size = 0;

	for (;;) {
		ssize_t got = read(fd, out + size, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || out[size] == '\n')
			break;
		if (++size == PASSPHRASE_MAX)
			return -1;
	}
	if (size > 0 && out[size - 1] == '\r')
		size--;
	out[size] = 0;
	return size == 0 ? -1 : 0;
}

static int ask(int terminal, const char *prompt, char *out)
{
	struct termios before, quiet;
	int result;

	if (write(terminal, prompt, strlen(prompt)) < 0)
		return -1;
	tcgetattr(terminal, &before);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(terminal, TCSAFLUSH, &quiet);
	result = read_line(terminal, out);
	tcsetattr(terminal, TCSAFLUSH, &before);
	return write(terminal, "\n", 1) < 0 ? -1 : result;
}

static int from_terminal(const char *prompt, bool again, char *page)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC), result;
	char *second = again ? guarded() : NULL;

	if (terminal < 0) {
		release(second);
		fputs("tacit: a passphrase is needed and there is no terminal to ask at; put it "
		      "into a file and set TACIT_PASSPHRASE_FILE\n", stderr);
		return -1;
	}
	result = ask(terminal, prompt, page);
	if (result != 0)
		fputs("tacit: an empty passphrase, or one over 1023 bytes, protects nothing\n",
		      stderr);
	if (result == 0 && again && (second == NULL || ask(terminal, "Once more: ", second) != 0 ||
				     strcmp(page, second) != 0)) {
		fputs("tacit: the two were not the same; nothing was changed\n", stderr);
		result = -1;
	}
	release(second);
	close(terminal);
	return result;
}

static int from_file(const char *path, const char *named_by, char *page)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = -1;

	if (fd >= 0) {
		result = read_line(fd, page);
		close(fd);
	}
	if (result != 0)
		fprintf(stderr, "tacit: %s names %s, which %s\n", named_by, path,
			fd < 0 ? "cannot be read" : "has no passphrase in its first line");
	return result;
}

static bool is_set(const char *text)
{
	return text != NULL && *text != 0;
}

bool cmd_secret_at_hand(const struct cmd *cmd)
{
	return is_set(cmd_flag(cmd, "key-file")) || is_set(getenv("TACIT_KEY_FILE")) ||
	       is_set(getenv("TACIT_PASSPHRASE_FILE"));
}

int cmd_secret(struct cmd *cmd, const char *prompt, bool again, struct tacit_secret *out)
{
	const char *key_file = cmd_flag(cmd, "key-file");
	const char *file = getenv("TACIT_PASSPHRASE_FILE");
	char *page;
	int result;

	memset(out, 0, sizeof(*out));
	if (key_file == NULL)
		key_file = getenv("TACIT_KEY_FILE");
	if (key_file != NULL && *key_file != 0) {
		out->key_file = key_file;
		return 0;
	}
	page = guarded();
	if (page == NULL) {
		fputs("tacit: out of memory\n", stderr);
		return -1;
	}
	result = file != NULL && *file != 0 ? from_file(file, "TACIT_PASSPHRASE_FILE", page)
					    : from_terminal(prompt, again, page);
	if (result != 0) {
		release(page);
		return -1;
	}
	out->passphrase = page;
	return 0;
}

int cmd_secret_new(struct cmd *cmd, const char *file, struct tacit_secret *out)
{
	char *page = guarded();
	int result;

	(void)cmd;
	memset(out, 0, sizeof(*out));
	if (page == NULL) {
		fputs("tacit: out of memory\n", stderr);
		return -1;
	}
	result = file != NULL ? from_file(file, "--new-passphrase-file", page)
			      : from_terminal("The new passphrase: ", true, page);
	if (result != 0) {
		release(page);
		return -1;
	}
	out->passphrase = page;
	return 0;
}

int cmd_open_vault(struct cmd *cmd)
{
	struct tacit_secret secret;
	int result;

	if (tacit_state(cmd->t) == TACIT_NO_VAULT) {
		fprintf(stderr, "tacit: there is no vault in %s yet; make one with: tacit init\n",
			tacit_home(cmd->t));
		return CMD_FAILED;
	}
	result = tacit_unlock(cmd->t, NULL);
	if (result == TACIT_E_LOCKED) {
		if (cmd_secret(cmd, "Passphrase: ", false, &secret) != 0)
			return CMD_FAILED;
		result = tacit_unlock(cmd->t, &secret);
		cmd_secret_wipe(&secret);
	}
	return result == 0 ? CMD_OK : cmd_fail(cmd, result);
}
