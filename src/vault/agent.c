/*
 * The unlock agent. One request is one connection: a byte 'K' is answered with 'K' and the 32 bytes
 * of the master key, a byte 'S' with 'S' and the end of the agent. Both sides check that the other
 * is the same user; the socket is 0600 in a folder of 0700. docs/vault-format.md says what this
 * does not protect from.
 */
#include "vault/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vault/keys.h"

#define SOCKET_NAME "agent.sock"
#define VAULT_NAME "vault.tacit"
#define PATIENCE_SECONDS 2	/* for one message of the other side */

enum { ASK_KEY = 'K', ASK_STOP = 'S' };

/* ---- the socket's address -------------------------------------------------------------- */

/* A unix socket's name has 108 bytes. A longer one is reached through the folder's descriptor,
 * which stays open in *folder (-1 where it was not needed). */
static int address_of(const char *dir, struct sockaddr_un *out, int *folder, struct error *error)
{
	int size;

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	*folder = -1;
	size = snprintf(out->sun_path, sizeof(out->sun_path), "%s/" SOCKET_NAME, dir);
	if (size > 0 && (size_t)size < sizeof(out->sun_path))
		return 0;
	*folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open folder %s", dir);
	snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/" SOCKET_NAME, *folder);
	if (access("/proc/self/fd", X_OK) == 0)
		return 0;
	close(*folder);
	*folder = -1;
	return error_set(error, TACIT_E_ARGUMENT,
			 "the path %s is too long for the agent's socket: set TACIT_HOME to a "
			 "shorter one", dir);
}

static void be_patient(int fd)
{
	const struct timeval patience = { PATIENCE_SECONDS, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static bool peer_is_me(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
		size == sizeof(peer) && peer.uid == geteuid();
}

static bool send_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t put = send(fd, data, size, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		data += put;
		size -= (size_t)put;
	}
	return true;
}

static bool receive_all(int fd, uint8_t *out, size_t size)
{
	while (size > 0) {
		ssize_t got = recv(fd, out, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		out += got;
		size -= (size_t)got;
	}
	return true;
}

/* ---- the agent itself ------------------------------------------------------------------ */

static int64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);	/* sleep of the machine counts as idle time */
	return now.tv_sec;
}

/* Answers one connection; false when the agent is to end. */
static bool answer(int connection, const uint8_t *master)
{
	uint8_t ask = 0;
	bool go_on = true;

	be_patient(connection);
	if (!peer_is_me(connection) || !receive_all(connection, &ask, 1))
		return true;
	if (ask == ASK_KEY && send_all(connection, &ask, 1)) {
		send_all(connection, master, KEYS_BYTES);
	} else if (ask == ASK_STOP) {
		send_all(connection, &ask, 1);
		go_on = false;
	}
	return go_on;
}

static void serve(int listener, const uint8_t *master, unsigned idle_seconds)
{
	int64_t end = seconds_now() + idle_seconds;
	bool go_on = true;

	while (go_on) {
		struct pollfd wait = { listener, POLLIN, 0 };
		int64_t left = end - seconds_now();
		int connection;

		if (left <= 0)
			return;
		/* Short waits: poll does not count the sleep of the machine. */
		if (poll(&wait, 1, left > 30 ? 30000 : (int)left * 1000) <= 0)
			continue;
		connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0)
			continue;
		go_on = answer(connection, master);
		/* Who asked for the end waits for the end of the connection: that comes with the
		 * end of the process, when the socket is gone too. */
		if (go_on)
			close(connection);
		end = seconds_now() + idle_seconds;
	}
}

/* Removes the socket unless another agent has put its own there since. */
static void remove_socket(int folder, ino_t inode)
{
	struct stat status;

	if (fstatat(folder, SOCKET_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_ino == inode)
		unlinkat(folder, SOCKET_NAME, 0);
}

/* Keeps the two descriptors and nothing else of the parent's. */
static void close_others(int listener, int folder)
{
	struct rlimit limit;
	rlim_t fd, top = 65536;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < top)
		top = limit.rlim_cur;
	for (fd = 0; fd < top; fd++)
		if ((int)fd != listener && (int)fd != folder)
			close((int)fd);
	for (fd = 0; fd < 3; fd++)
		(void)!open("/dev/null", O_RDWR);	/* becomes 0, 1, 2 in turn */
}

static void run(int listener, int folder, const uint8_t *master, unsigned idle_seconds)
{
	const struct rlimit none = { 0, 0 };
	struct stat status = { .st_ino = 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NAME, "tacit-agent", 0, 0, 0);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	close_others(listener, folder);
	(void)!chdir("/");
	/* Locks of memory are not inherited by a child. */
	keys_lock((void *)(uintptr_t)master, KEYS_BYTES);
	fstatat(folder, SOCKET_NAME, &status, AT_SYMLINK_NOFOLLOW);
	serve(listener, master, idle_seconds);
	remove_socket(folder, status.st_ino);
	keys_wipe((void *)(uintptr_t)master, KEYS_BYTES);
	_exit(0);
}

/* ---- starting -------------------------------------------------------------------------- */

static int listen_in(const char *dir, int folder, int *out, struct error *error)
{
	struct sockaddr_un address;
	int path_folder, result = address_of(dir, &address, &path_folder, error);
	int fd;

	if (result != 0)
		return result;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		result = error_errno(error, TACIT_E_IO, "cannot make a socket");
	} else {
		unlinkat(folder, SOCKET_NAME, 0);	/* of an agent that was killed */
		/* Linux makes the file with the socket's own mode: never wider than 0600. */
		fchmod(fd, 0600);
		if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		    fchmodat(folder, SOCKET_NAME, 0600, 0) != 0 || listen(fd, 8) != 0)
			result = error_errno(error, TACIT_E_IO, "cannot make the socket %s/%s", dir,
					     SOCKET_NAME);
	}
	if (path_folder >= 0)
		close(path_folder);
	if (result != 0 && fd >= 0)
		close(fd);
	if (result == 0)
		*out = fd;
	return result;
}

/* Forks twice, so that the agent belongs to nobody and leaves no zombie. */
static int detach(int listener, int folder, const uint8_t *master, unsigned idle_seconds,
		  struct error *error)
{
	pid_t child = fork(), got;
	int status = 0;

	if (child < 0)
		return error_errno(error, TACIT_E_IO, "cannot start the agent");
	if (child == 0) {
		setsid();
		child = fork();
		if (child == 0)
			run(listener, folder, master, idle_seconds);
		_exit(child < 0 ? 1 : 0);
	}
	do
		got = waitpid(child, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got == child && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return error_set(error, TACIT_E_IO, "cannot start the agent");
	return 0;
}

static int start_with(const char *dir, const struct keys *keys, unsigned idle_seconds,
		      struct error *error)
{
	int listener = -1, folder, result;

	folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_errno(error, TACIT_E_IO, "cannot open folder %s", dir);
	result = agent_stop(dir, error);
	if (result == 0)
		result = listen_in(dir, folder, &listener, error);
	if (result == 0) {
		result = detach(listener, folder, keys->master, idle_seconds, error);
		if (result != 0)
			unlinkat(folder, SOCKET_NAME, 0);
		close(listener);
	}
	close(folder);
	return result;
}

int agent_start(const char *dir, const struct vault_secret *secret, unsigned idle_seconds,
		struct error *error)
{
	char path[4096];
	struct keys_header header;
	struct keys *keys;
	int result;

	if (idle_seconds == 0)
		return error_set(error, TACIT_E_ARGUMENT, "an agent that ends at once");
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, VAULT_NAME) >= sizeof(path))
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", dir);
	result = keys_start(error);
	if (result != 0)
		return result;
	keys = keys_new();
	if (keys == NULL)
		return error_memory(error);
	result = keys_read(path, &header, error);
	if (result == 0)
		result = keys_unwrap(&header, secret, keys, error);
	if (result == 0)
		result = start_with(dir, keys, idle_seconds, error);
	keys_free(keys);
	return result;
}

/* ---- asking ---------------------------------------------------------------------------- */

static int ask_agent(const char *dir, uint8_t ask, int *out, struct error *error)
{
	struct sockaddr_un address;
	uint8_t echo = 0;
	int folder, fd, result = address_of(dir, &address, &folder, error);

	if (result != 0)
		return result;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		result = error_errno(error, TACIT_E_IO, "cannot make a socket");
	else
		be_patient(fd);
	if (result == 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		result = errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR ?
			error_set(error, TACIT_E_NOT_FOUND,
				  "no agent has the key: run tacit unlock") :
			error_errno(error, TACIT_E_IO, "cannot reach the agent");
	if (folder >= 0)
		close(folder);
	if (result == 0 && !peer_is_me(fd))
		result = error_set(error, TACIT_E_IO, "the agent of %s belongs to another user",
				   dir);
	if (result == 0 && (!send_all(fd, &ask, 1) || !receive_all(fd, &echo, 1) || echo != ask))
		result = error_set(error, TACIT_E_IO, "the agent of %s does not answer", dir);
	if (result == 0)
		*out = fd;
	else if (fd >= 0)
		close(fd);
	return result;
}

int agent_fetch(const char *dir, uint8_t *master, struct error *error)
{
	int fd, result = ask_agent(dir, ASK_KEY, &fd, error);

	if (result != 0)
		return result;
	if (!receive_all(fd, master, KEYS_BYTES)) {
		keys_wipe(master, KEYS_BYTES);
		result = error_set(error, TACIT_E_IO, "the agent of %s does not answer", dir);
	}
	close(fd);
	return result;
}

int agent_stop(const char *dir, struct error *error)
{
	uint8_t end;
	int fd, result = ask_agent(dir, ASK_STOP, &fd, error);

	if (result == TACIT_E_NOT_FOUND)
		return 0;
	if (result != 0)
		return result;
	receive_all(fd, &end, 1);	/* its end is the end of the connection */
	close(fd);
	return 0;
}

int agent_open(const char *dir, struct vault **out, struct error *error)
{
	struct vault_secret secret = { NULL, NULL, NULL };
	struct keys *keys;
	int result = keys_start(error);

	if (result != 0)
		return result;
	keys = keys_new();
	if (keys == NULL)
		return error_memory(error);
	result = agent_fetch(dir, keys->master, error);
	secret.master = keys->master;
	if (result == 0)
		result = vault_open(dir, &secret, out, error);
	keys_free(keys);
	return result;
}
