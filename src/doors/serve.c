/*
 * The loop: one thread that waits for all doors at once, lets the HTTP library read what there is,
 * answers all asks that were read with one durable write, and lets it write the replies. While one
 * batch is on its way to the disk the next gathers in the sockets, so that many clients cost one
 * fdatasync together and one client waits for nobody.
 */
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "confine.h"
#include "exchange.h"
#include "sockets.h"

#define TICK_MS 100		/* how often deadlines and *stop are looked at */
#define TURN_MS 4000		/* of asks without a pause, until others may have the vault */
#define TURN_PAUSE_MS 25	/* they look every 20 ms */
#define FOLDERS 80

struct loop {
	struct server server;
	const struct tacit_serve_options *options;
	char path[PATH_MAX];		/* of the unix socket */
	int epoll, signals;
	sigset_t mask;			/* from before */
	struct sigaction pipe;
	int64_t swept, turn;
};

/* ---- opening ------------------------------------------------------------------------------- */

static int watch(struct loop *loop, int fd, uint32_t number)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = number };

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : TACIT_E_IO;
}

static int open_door(struct loop *loop, unsigned number, unsigned kind, int fd)
{
	struct door *door = &loop->server.door[number];
	const union MHD_DaemonInfo *info;

	if (exchange_open(&loop->server, door, kind, fd) != 0) {
		close(fd);
		return TACIT_E_IO;
	}
	info = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info != NULL ? watch(loop, info->epoll_fd, number) : TACIT_E_IO;
}

static int open_doors(struct loop *loop)
{
	int fd = -1, pair[2] = { -1, -1 }, result = sockets_unix(loop->path, &fd);

	if (result != 0) {
		loop->path[0] = 0;	/* not ours to remove */
		return result;
	}
	if (loop->options->http) {
		loop->server.port = loop->options->port;
		result = sockets_loopback(&loop->server.port, pair);
	}
	if (result != 0) {
		close(fd);
		return result;
	}
	result = open_door(loop, 0, DOORS_UNIX, fd);
	if (pair[0] >= 0 && result == 0)
		result = open_door(loop, 1, DOORS_HTTP, pair[0]);
	else if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0 && result == 0)
		result = open_door(loop, 2, DOORS_HTTP, pair[1]);
	else if (pair[1] >= 0)
		close(pair[1]);
	return result;
}

static int open_signals(struct loop *loop)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &loop->mask);
	sigaction(SIGPIPE, &ignore, &loop->pipe);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop->epoll < 0 || loop->signals < 0)
		return TACIT_E_IO;
	return watch(loop, loop->signals, UINT32_MAX);
}

static int confine(struct loop *loop)
{
	const struct tacit_witness *witness = loop->options->witness;
	const char *changed[2] = { tacit_home(loop->server.t), NULL }, *path;
	const char *read[FOLDERS] = { "/usr/share/tacit", "/usr/share/zoneinfo" };
	size_t count = 2, i;
	int result;

	for (i = 0; (path = tacit_pack_path(loop->server.t, i)) != NULL && count < FOLDERS; i++) {
		const char *end = strrchr(path, '/');

		read[count] = end != NULL ? strndup(path, (size_t)(end - path) + 1) : NULL;
		count += read[count] != NULL;
	}
	if (witness != NULL)
		changed[1] = tacit_witness_folder(witness);
	result = confine_enter(changed, witness != NULL ? 2 : 1, read, count);
	while (count > 2)
		free((char *)(uintptr_t)read[--count]);
	return result;
}

static void close_all(struct loop *loop)
{
	size_t i;

	while (loop->server.queue != NULL)
		exchange_batch(&loop->server);
	for (i = 0; i < 3; i++)
		if (loop->server.door[i].daemon != NULL)
			MHD_stop_daemon(loop->server.door[i].daemon);
	if (loop->path[0] != 0)
		unlink(loop->path);
	if (loop->signals >= 0)
		close(loop->signals);
	if (loop->epoll >= 0)
		close(loop->epoll);
	sigaction(SIGPIPE, &loop->pipe, NULL);
	sigprocmask(SIG_SETMASK, &loop->mask, NULL);
}

/* ---- running ------------------------------------------------------------------------------- */

static void run_door(const struct loop *loop, size_t number)
{
	if (loop->server.door[number].daemon != NULL)
		MHD_run(loop->server.door[number].daemon);
}

static void run_doors(const struct loop *loop)
{
	size_t i;

	for (i = 0; i < 3; i++)
		run_door(loop, i);
}

/* How long the doors may sleep: 0 where one has read what it has not looked at yet. */
static int patience(const struct loop *loop)
{
	unsigned long long most = TICK_MS, its;
	size_t i;

	for (i = 0; i < 3; i++)
		if (loop->server.door[i].daemon != NULL &&
		    MHD_get_timeout(loop->server.door[i].daemon, &its) == MHD_YES && its < most)
			most = its;
	return (int)most;
}

/* Other processes want the vault, too: when nobody asks, and now and then when somebody always
 * does. */
static void rest(struct loop *loop, int64_t now)
{
	const struct timespec pause = { 0, TURN_PAUSE_MS * 1000000L };
	struct server *server = &loop->server;

	if (server->witness != NULL)
		return;
	if (server->rested)
		loop->turn = now;
	if (!server->rested && now - server->last >= DOORS_REST_MS) {
		tacit_rest(server->t);
		server->rested = true;
	} else if (now - loop->turn >= TURN_MS) {
		tacit_rest(server->t);
		nanosleep(&pause, NULL);
		loop->turn = doors_clock();
	}
}

/* Takes the signal, so that it does not end the process once it is let through again. */
static int signalled(const struct loop *loop)
{
	struct signalfd_siginfo signal;

	return read(loop->signals, &signal, sizeof(signal)) == sizeof(signal) ? 0 : TACIT_E_IO;
}

static int run(struct loop *loop)
{
	struct epoll_event events[8];
	int wait = 0;

	while (loop->options->stop == NULL || *loop->options->stop == 0) {
		int count = epoll_wait(loop->epoll, events, 8, wait), i;
		int64_t now;

		if (count < 0 && errno != EINTR)
			return TACIT_E_IO;
		for (i = 0; i < count; i++) {
			if (events[i].data.u32 == UINT32_MAX)
				return signalled(loop);
			run_door(loop, events[i].data.u32);
		}
		if (count <= 0)
			run_doors(loop);
		while (loop->server.queue != NULL) {
			exchange_batch(&loop->server);
			run_doors(loop);
		}
		now = doors_clock();
		if (now - loop->swept >= TICK_MS) {
			exchange_sweep(&loop->server, now);
			rest(loop, now);
			loop->swept = now;
		}
		wait = patience(loop);
	}
	return 0;
}

int tacit_serve(struct tacit *t, const struct tacit_serve_options *options)
{
	struct loop *loop;
	/* The key has to be here before nobody can be asked for it any more. */
	int result = options->witness == NULL ? tacit_unlock(t, NULL) : 0;

	if (result != 0)
		return result;
	loop = calloc(1, sizeof(*loop));
	if (loop == NULL)
		return TACIT_E_MEMORY;
	loop->options = options;
	loop->epoll = loop->signals = -1;
	loop->server.t = t;
	loop->server.witness = options->witness;
	loop->server.queue_end = &loop->server.queue;
	loop->server.asks.burst = DOORS_ASKS_BURST;
	loop->server.asks.second = DOORS_ASKS_SECOND;
	loop->server.failures.burst = loop->server.failures.second = DOORS_FAILURES_SECOND;
	loop->server.last = loop->turn = doors_clock();
	if (options->socket != NULL)
		snprintf(loop->path, sizeof(loop->path), "%s", options->socket);
	else
		snprintf(loop->path, sizeof(loop->path), "%s/tacit.sock", tacit_home(t));
	result = open_signals(loop);
	if (result == 0)
		result = open_doors(loop);
	if (result == 0)
		result = confine(loop);
	if (result == 0) {
		if (options->ready != NULL)
			options->ready(options->context, loop->path, loop->server.port);
		result = run(loop);
	}
	close_all(loop);
	free(loop);
	return result;
}
