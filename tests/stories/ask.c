/*
 * One HTTP request over a unix socket, for the stories: no curl is needed.
 *
 *	ask SOCKET METHOD PATH [TOKEN] <BODY
 *
 * Prints the status on a line of its own, then the body of the reply. A body is read for POST.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST (4 << 20)

static size_t read_all(int fd, char *out, size_t max)
{
	size_t size = 0;
	ssize_t got;

	while (size < max - 1 && (got = read(fd, out + size, max - 1 - size)) > 0)
		size += (size_t)got;
	out[size] = 0;
	return size;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t put = send(fd, data, size, MSG_NOSIGNAL);

		if (put <= 0)
			return -1;
		data += put;
		size -= (size_t)put;
	}
	return 0;
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	perror(path);
	exit(2);
}

int main(int argc, char **argv)
{
	static char body[MOST], reply[MOST];
	char head[2048], *end;
	size_t size = 0;
	int fd, used;

	if (argc < 4)
		return 2;
	if (strcmp(argv[2], "POST") == 0)
		size = read_all(STDIN_FILENO, body, MOST);
	used = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\n"
			"Connection: close\r\n", argv[2], argv[3]);
	if (argc > 4)
		used += snprintf(head + used, sizeof(head) - (size_t)used,
				 "Authorization: Bearer %s\r\n", argv[4]);
	if (strcmp(argv[2], "POST") == 0)
		used += snprintf(head + used, sizeof(head) - (size_t)used,
				 "Content-Type: application/json\r\nContent-Length: %zu\r\n", size);
	used += snprintf(head + used, sizeof(head) - (size_t)used, "\r\n");
	fd = open_socket(argv[1]);
	if (write_all(fd, head, (size_t)used) == 0)	/* what is refused early is not read whole */
		write_all(fd, body, size);
	read_all(fd, reply, MOST);
	end = strstr(reply, "\r\n\r\n");
	if (strncmp(reply, "HTTP/1.1 ", 9) != 0 || end == NULL) {
		fprintf(stderr, "no reply but: %s\n", reply);
		return 2;
	}
	printf("%.3s\n%s", reply + 9, end + 4);
	return 0;
}
