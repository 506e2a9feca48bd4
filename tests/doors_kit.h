/* For tests and benchmarks of the doors: a server in a child process on a home of its own, and raw
 * sockets to it. */
#ifndef TACIT_TESTS_DOORS_KIT_H
#define TACIT_TESTS_DOORS_KIT_H

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tacit.h"

#define KIT_SHOP "https://shop.example"
#define KIT_OTHER "https://other.example"
#define KIT_MEMORY (8ULL << 20)	/* of Argon2id, the least there is: these secrets are no secrets */

/* What a child that serves tells before it does. */
struct kit_doors {
	pid_t pid;
	int code;		/* of what failed, 0: it serves */
	bool witness;		/* in: serves a witness */
	uint16_t port;
	char home[80], socket[100];
	char shop[65], other[65], pair_code[65];
};

static inline int64_t kit_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct kit_ready {
	struct kit_doors *doors;
	int fd;
};

static inline void kit_tell(void *context, const char *path, uint16_t port)
{
	struct kit_ready *ready = context;

	(void)path;
	ready->doors->port = port;
	if (write(ready->fd, ready->doors, sizeof(*ready->doors)) != sizeof(*ready->doors))
		_exit(9);
}

/* `prepare`: puts things into the vault before it serves, or NULL. */
static inline int kit_child(struct kit_doors *doors, int fd, int (*prepare)(struct tacit *t))
{
	const struct tacit_secret secret = { "kit", NULL, KIT_MEMORY, 1 };
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_serve_options serve = TACIT_SERVE_OPTIONS_INIT;
	struct kit_ready ready = { doors, fd };
	struct tacit *t = NULL;
	int result;

	options.home = doors->home;
	options.packs = getenv("TACIT_PACKS");
	result = tacit_open(&options, &t);
	if (result == 0 && tacit_state(t) == TACIT_NO_VAULT)
		result = tacit_init(t, &secret);
	else if (result == 0)
		result = tacit_unlock(t, &secret);
	if (result == 0)
		result = tacit_service_token(t, KIT_SHOP, doors->shop);
	if (result == 0)
		result = tacit_service_token(t, KIT_OTHER, doors->other);
	if (result == 0)
		result = tacit_service_let(t, "https://third.example", doors->pair_code);
	if (result == 0 && prepare != NULL)
		result = prepare(t);
	if (result == 0 && doors->witness) {
		char folder[128];

		snprintf(folder, sizeof(folder), "%s/witness", doors->home);
		result = tacit_witness_open(t, folder, "witness.example", &serve.witness);
	}
	if (result != 0)
		fprintf(stderr, "the kit's vault: %d %s\n", result, tacit_error(t));
	serve.http = 1;
	serve.ready = kit_tell;
	serve.context = &ready;
	if (result == 0)
		result = tacit_serve(t, &serve);
	tacit_witness_close(serve.witness);
	tacit_close(t);
	doors->code = result;
	if (result != 0)
		kit_tell(&ready, NULL, 0);
	return result != 0;
}

/* Starts a server on `home`, which is made where `home` is NULL. False where it does not serve. */
static inline bool kit_start(struct kit_doors *doors, const char *home,
			     int (*prepare)(struct tacit *t))
{
	const char *folder = getenv("TMPDIR");
	struct kit_doors said, before = *doors;	/* `home` may be its own */
	int fd[2];
	bool told;

	memset(doors, 0, sizeof(*doors));
	doors->witness = before.witness;
	if (home != NULL)
		snprintf(doors->home, sizeof(doors->home), "%s",
			 home == doors->home ? before.home : home);
	else
		snprintf(doors->home, sizeof(doors->home), "%s/doors-XXXXXX",
			 folder != NULL ? folder : "/tmp");
	if ((home == NULL && mkdtemp(doors->home) == NULL) || pipe(fd) != 0)
		return false;
	snprintf(doors->socket, sizeof(doors->socket), "%s/tacit.sock", doors->home);
	fflush(NULL);
	doors->pid = fork();
	if (doors->pid == 0) {
		close(fd[0]);
		exit(kit_child(doors, fd[1], prepare));
	}
	close(fd[1]);
	told = read(fd[0], &said, sizeof(said)) == sizeof(said);
	said.pid = doors->pid;
	if (told)
		*doors = said;
	close(fd[0]);
	return told && doors->code == 0;
}

static inline int kit_remove(const char *path, const struct stat *found, int kind, struct FTW *walk)
{
	(void)found;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* Ends the server; its status as waitpid says. */
static inline int kit_stop(const struct kit_doors *doors, int number)
{
	int status = -1;

	kill(doors->pid, number);
	waitpid(doors->pid, &status, 0);
	return status;
}

static inline void kit_clean(const struct kit_doors *doors)
{
	nftw(doors->home, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
}

enum { KIT_UNIX = 0, KIT_FOUR, KIT_SIX };

static inline int kit_connect(const struct kit_doors *doors, int door)
{
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(doors->port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(doors->port) };
	const void *address = door == KIT_UNIX ? (const void *)&path :
			      door == KIT_FOUR ? (const void *)&four : (const void *)&six;
	socklen_t size = door == KIT_UNIX ? sizeof(path) : door == KIT_FOUR ? sizeof(four) :
			 sizeof(six);
	int fd = socket(door == KIT_UNIX ? AF_UNIX : door == KIT_FOUR ? AF_INET : AF_INET6,
			SOCK_STREAM | SOCK_CLOEXEC, 0);

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	six.sin6_addr = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
	snprintf(path.sun_path, sizeof(path.sun_path), "%s", doors->socket);
	if (fd >= 0 && connect(fd, address, size) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline bool kit_send(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		size -= (size_t)sent;
	}
	return true;
}

/* Reads one reply, or until the other end closes or nothing comes for `ms`. Its status; 0 where
 * there is none. `reply` is NUL-terminated. */
static inline int kit_reply(int fd, char *reply, size_t max, int ms)
{
	size_t size = 0, want = 0;
	int status = 0;

	reply[0] = 0;
	while (size < max - 1) {
		struct pollfd wait = { fd, POLLIN, 0 };
		const char *end, *length;
		ssize_t got;

		if (poll(&wait, 1, ms) <= 0)
			break;
		got = recv(fd, reply + size, max - 1 - size, 0);
		if (got <= 0)
			break;
		size += (size_t)got;
		reply[size] = 0;
		end = strstr(reply, "\r\n\r\n");
		if (end == NULL)
			continue;
		length = strstr(reply, "Content-Length: ");
		want = (size_t)(end - reply) + 4;
		if (length != NULL && length < end)
			want += strtoul(length + 16, NULL, 10);
		if (size >= want)
			break;
	}
	if (strncmp(reply, "HTTP/1.1 ", 9) == 0)
		status = (int)strtoul(reply + 9, NULL, 10);
	return status;
}

/* An ask that is right, as JSON: `number` makes it another one. */
static inline size_t kit_ask(char *out, size_t max, unsigned number, const char *precision)
{
	time_t now = time(NULL), then = now + 300;
	struct tm tm;
	char issued[32], expires[32], nonce[23];
	unsigned i, left = number;
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	gmtime_r(&now, &tm);
	strftime(issued, sizeof(issued), "%Y-%m-%dT%H:%M:%SZ", &tm);
	gmtime_r(&then, &tm);
	strftime(expires, sizeof(expires), "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (i = 0; i < 22; i++, left /= 64)	/* 16 bytes: the last letter has two bits of them */
		nonce[i] = i == 21 ? 'A' : letters[left % 64];
	nonce[22] = 0;
	return (size_t)snprintf(out, max,
		"{\"@type\":\"Request\",\"uid\":\"urn:uuid:00000000-0000-4000-8000-%012u\","
		"\"profile\":\"https://tacit.example/odrl/1\",\"issued\":\"%s\",\"expires\":\"%s\","
		"\"nonce\":\"%s\",\"client\":{\"id\":\"" KIT_SHOP "\",\"name\":\"Shop\"},"
		"\"authorization_details\":[{\"type\":\"https://tacit.example/ask/rank/1\","
		"\"actions\":[\"rank\"],\"datatypes\":[\"dpv:InferredPersonalData\"],"
		"\"locations\":[\"tacit:domain/films\"],"
		"\"purpose\":\"dpv:ProvideProductRecommendations\",\"candidates\":["
		"{\"id\":\"1\",\"title\":\"Alien\",\"year\":1979},"
		"{\"id\":\"2\",\"title\":\"Heat\",\"year\":1995},"
		"{\"id\":\"3\",\"title\":\"Brazil\",\"year\":1985},"
		"{\"id\":\"4\",\"title\":\"Ran\",\"year\":1985}],\"limit\":4,"
		"\"precision\":\"%s\"}],\"retention\":{\"dpv:hasStorageCondition\":\"P0D\"},"
		"\"recipient\":[\"" KIT_SHOP "\"]}", number, issued, expires, nonce, precision);
}

/* Resident memory of a process in KiB. */
static inline long kit_resident(pid_t pid)
{
	char path[64], line[128];
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib;
}

#endif
