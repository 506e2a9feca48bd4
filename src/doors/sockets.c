#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "doors.h"

#define FLAGS (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)
#define BACKLOG 256
#define PORT_TRIES 16		/* a free port of one family may be taken in the other */

/* Whether somebody answers there. */
static bool alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, FLAGS, 0);
	bool answered;

	if (fd < 0)
		return false;
	answered = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		   errno == EAGAIN;
	close(fd);
	return answered;
}

static int clear(const struct sockaddr_un *address)
{
	struct stat found;

	if (lstat(address->sun_path, &found) != 0)
		return errno == ENOENT ? 0 : TACIT_E_IO;
	if (!S_ISSOCK(found.st_mode))
		return TACIT_E_EXISTS;
	if (alive(address))
		return TACIT_E_BUSY;
	return unlink(address->sun_path) == 0 ? 0 : TACIT_E_IO;
}

int sockets_unix(const char *path, int *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, result;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >=
	    sizeof(address.sun_path))
		return TACIT_E_ARGUMENT;
	result = clear(&address);
	if (result != 0)
		return result;
	fd = socket(AF_UNIX, FLAGS, 0);
	if (fd < 0)
		return TACIT_E_IO;
	/* Nobody may reach it for a moment: it is made with its rights. */
	mask = umask(0177);
	result = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (result != 0 || listen(fd, BACKLOG) != 0) {
		result = errno == EADDRINUSE ? TACIT_E_BUSY : TACIT_E_IO;
		close(fd);
		return result;
	}
	*out = fd;
	return 0;
}

static int listen_on(const void *address, socklen_t size, int family)
{
	int fd = socket(family, FLAGS, 0), on = 1, failed;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, address, size) != 0 || listen(fd, BACKLOG) != 0) {
		failed = errno;
		close(fd);
		errno = failed;
		return -1;
	}
	return fd;
}

static int both(uint16_t *port, int out[2])
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(*port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	socklen_t size = sizeof(four);

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	out[0] = listen_on(&four, sizeof(four), AF_INET);
	if (out[0] < 0)
		return errno == EADDRINUSE ? TACIT_E_BUSY : TACIT_E_IO;
	if (getsockname(out[0], (struct sockaddr *)&four, &size) != 0) {
		close(out[0]);
		return TACIT_E_IO;
	}
	six.sin6_port = four.sin_port;
	six.sin6_addr = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
	out[1] = listen_on(&six, sizeof(six), AF_INET6);
	if (out[1] < 0 && errno == EADDRINUSE) {
		close(out[0]);
		return TACIT_E_BUSY;
	}
	*port = ntohs(four.sin_port);
	return 0;
}

int sockets_loopback(uint16_t *port, int out[2])
{
	int tries, result = TACIT_E_BUSY;

	for (tries = 0; tries < PORT_TRIES && result == TACIT_E_BUSY; tries++) {
		result = both(port, out);
		if (*port != 0 && result != 0)
			break;
	}
	return result;
}

bool sockets_own(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       peer.uid == geteuid();
}
