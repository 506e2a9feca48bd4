/* The child process, from outside; see spawn.h. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "formats/message.h"
#include "sources/child.h"

#define BUFFER ((size_t)1 << 20)
_Static_assert(BUFFER > 2 * MESSAGE_MAX, "a whole message always fits");

/* Moves a descriptor out of the way of those that the child is given. */
static int move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, 16);

	if (moved < 0)
		return -1;
	close(*fd);
	*fd = moved;
	return 0;
}

static int run(struct spawn *spawn, const char *program, int job, int out)
{
	char *arguments[] = { (char *)(uintptr_t)"tacit", (char *)(uintptr_t)"--reader", NULL };
	/* TZ: so that nobody looks for the machine's time zone from behind the walls. */
	char *environment[] = { (char *)(uintptr_t)"LC_ALL=C.UTF-8", (char *)(uintptr_t)"TZ=UTC0",
				NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int failed;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return ENOMEM;
	}
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attributes, &signals);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	/* Its standard error too goes nowhere: a file must not write on the person's terminal. */
	failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0) |
		 posix_spawn_file_actions_adddup2(&actions, 0, 1) |
		 posix_spawn_file_actions_adddup2(&actions, 0, 2) |
		 posix_spawn_file_actions_adddup2(&actions, job, CHILD_JOB_FD) |
		 posix_spawn_file_actions_adddup2(&actions, out, CHILD_OUT_FD) |
		 posix_spawn_file_actions_addclosefrom_np(&actions, CHILD_OUT_FD + 1);
	if (failed == 0)
		failed = posix_spawn(&spawn->pid, program, &actions, &attributes, arguments,
				     environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

int spawn_start(struct spawn *spawn, const char *program, struct error *error)
{
	int sockets[2] = { -1, -1 }, pipes[2] = { -1, -1 }, i, failed;

	memset(spawn, 0, sizeof(*spawn));
	failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0 ||
		 pipe2(pipes, O_CLOEXEC) != 0 || move_up(&sockets[1]) != 0 ||
		 move_up(&pipes[1]) != 0;
	if (failed) {
		failed = error_errno(error, TACIT_E_IO, "cannot start the reader");
	} else {
		fcntl(pipes[0], F_SETPIPE_SZ, (int)BUFFER);
		errno = run(spawn, program == NULL ? "/proc/self/exe" : program, sockets[1],
			    pipes[1]);
		if (errno != 0)
			failed = error_errno(error, TACIT_E_IO, "cannot start the reader %s",
					     program == NULL ? "" : program);
	}
	for (i = 0; i < 2; i++) {
		if (sockets[i] >= 0 && (failed || i == 1))
			close(sockets[i]);
		if (pipes[i] >= 0 && (failed || i == 1))
			close(pipes[i]);
	}
	spawn->job = sockets[0];
	spawn->out = pipes[0];
	return failed;
}

static int send_bytes(struct spawn *spawn, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t put = send(spawn->job, at, size, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return TACIT_E_IO;
		at += put;
		size -= (size_t)put;
	}
	return 0;
}

int spawn_send_job(struct spawn *spawn, const struct bytes *job, struct error *error)
{
	uint8_t size[4];

	if (job->size > CHILD_JOB_MAX)
		return error_set(error, TACIT_E_LIMIT, "too many files, or too long names");
	bytes_store32(size, (uint32_t)job->size);
	/* A child that is gone already is told about by how it died. */
	if (send_bytes(spawn, size, sizeof(size)) == 0)
		send_bytes(spawn, job->data, job->size);
	return 0;
}

int spawn_send_file(struct spawn *spawn, int fd, struct error *error)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = fd >= 0;
	struct iovec vector = { &byte, 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
	struct cmsghdr *message;
	ssize_t put;

	(void)error;
	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
		message = CMSG_FIRSTHDR(&header);
		message->cmsg_level = SOL_SOCKET;
		message->cmsg_type = SCM_RIGHTS;
		message->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(message), &fd, sizeof(int));
	}
	do
		put = sendmsg(spawn->job, &header, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	return 0;	/* as in spawn_send_job */
}

int spawn_receive(struct spawn *spawn, struct receive *receive)
{
	struct pollfd ready = { spawn->out, POLLIN, 0 };
	uint8_t *buffer = malloc(BUFFER);
	size_t held = 0, used;
	int result = 0;

	if (buffer == NULL)
		return error_memory(receive->error);
	while (result == 0) {
		ssize_t got;
		int count = poll(&ready, 1, LIMIT_READER_SILENCE_MS);

		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0) {
			result = error_set(receive->error, TACIT_E_LIMIT, "%s: the reader stopped "
					   "answering; nothing of it was kept", receive->file);
			break;
		}
		got = read(spawn->out, buffer + held, BUFFER - held);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		held += (size_t)got;
		result = receive_block(receive, buffer, held, &used);
		memmove(buffer, buffer + used, held - used);
		held -= used;
	}
	free(buffer);
	return result;
}

/* A sentence for a child that neither finished nor said why. */
static int died(int status, const char *file, struct error *error)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (signal == SIGXCPU)
		return error_set(error, TACIT_E_LIMIT, "%s takes more than %d seconds to read: "
				 "split it; nothing of it was kept", file, LIMIT_READER_SECONDS);
	if (signal == SIGSYS)
		return error_set(error, TACIT_E_FORMAT, "%s made the reader try what it must not "
				 "do; it was stopped, and nothing of the file was kept: do not "
				 "trust this file",
				 file);
	if (signal != 0)
		return error_set(error, TACIT_E_FORMAT, "%s: the reader crashed on it (signal %d) "
				 "behind its walls; nothing of the file was kept", file, signal);
	return error_set(error, TACIT_E_FORMAT, "%s: the reader ended early; nothing of the file "
			 "was kept: try again, then report the kind of file", file);
}

int spawn_end(struct spawn *spawn, int result, const char *file, struct error *error)
{
	int status = 0;
	pid_t reaped;

	/* After an error or a stop nobody waits for the rest of the file. */
	close(spawn->out);
	close(spawn->job);
	if (result != 0)
		kill(spawn->pid, SIGKILL);
	do
		reaped = waitpid(spawn->pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	if (result == 0 && reaped >= 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
		result = died(status, file, error);
	return result;
}
