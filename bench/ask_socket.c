/*
 * How many durable asks a second the doors answer: a server on a made-up vault, 16 connections over
 * the unix socket that send their next ask, each another one, as soon as the last is answered. In
 * the same minute: 4 KiB written and made durable, again and again, on the same disk.
 *
 *	ask_socket [SECONDS [CONNECTIONS [PRECISION]]]
 */
#include <fcntl.h>
#include <sys/epoll.h>

#include "../tests/doors_kit.h"

#define CONNECTIONS_MAX 128
#define SAMPLES 4000000
#define PAGE 4096

struct client {
	int fd;
	int64_t sent;
	size_t size;
	char reply[32768];
};

static struct client client[CONNECTIONS_MAX];
static uint32_t *sample;	/* microseconds */
static size_t samples, statuses[6];
static const char *precision = "order";

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what)
{
	fprintf(stderr, "ask_socket: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double at(double share)
{
	return samples == 0 ? 0 :
	       sample[(size_t)((double)(samples - 1) * share)] / 1000.0;
}

static double show(const char *what, double seconds)
{
	double rate = (double)samples / seconds;

	qsort(sample, samples, sizeof(*sample), compare);
	printf("%-10s %8.0f a second   p50 %6.2f ms   p99 %6.2f ms   p99.9 %6.2f ms   "
	       "max %6.2f ms\n", what, rate, at(0.5), at(0.99), at(0.999), at(1));
	samples = 0;
	return rate;
}

static void add_sample(int64_t us)
{
	if (samples < SAMPLES)
		sample[samples++] = (uint32_t)us;
}

static int let(struct tacit *t)
{
	struct tacit_grant_options grant = TACIT_GRANT_OPTIONS_INIT;
	char uid[TACIT_UID_BYTES];
	int result;

	grant.service = KIT_SHOP;
	grant.precision = TACIT_ORDER;
	grant.count = 1000000000;
	result = tacit_tell(t, "I love Alien", NULL);
	return result != 0 ? result : tacit_grant(t, &grant, uid);
}

static void send_ask(const struct kit_doors *doors, struct client *to)
{
	static unsigned number;
	static char bytes[8192], body[4096];
	size_t size = kit_ask(body, sizeof(body), ++number, precision);

	size = (size_t)snprintf(bytes, sizeof(bytes), "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\n"
				"Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
				"Content-Length: %zu\r\n\r\n%s", doors->shop, size, body);
	to->sent = now_us();
	to->size = 0;
	if (!kit_send(to->fd, bytes, size))
		die("sending");
}

/* Whether the reply is whole. */
static bool receive(struct client *from)
{
	ssize_t got = recv(from->fd, from->reply + from->size,
			   sizeof(from->reply) - 1 - from->size, 0);
	const char *end, *length;

	if (got <= 0)
		die("receiving");
	from->size += (size_t)got;
	from->reply[from->size] = 0;
	end = strstr(from->reply, "\r\n\r\n");
	length = end != NULL ? strstr(from->reply, "Content-Length: ") : NULL;
	return length != NULL &&
	       from->size >= (size_t)(end - from->reply) + 4 + strtoul(length + 16, NULL, 10);
}

static void ask_all(const struct kit_doors *doors, unsigned connections, double seconds)
{
	struct epoll_event events[CONNECTIONS_MAX], event = { .events = EPOLLIN };
	int epoll = epoll_create1(0), count, i;
	int64_t end = now_us() + (int64_t)(seconds * 1e6);
	unsigned c;

	for (c = 0; c < connections; c++) {
		client[c].fd = kit_connect(doors, KIT_UNIX);
		event.data.u32 = c;
		if (client[c].fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, client[c].fd, &event) != 0)
			die("connecting");
		send_ask(doors, &client[c]);
	}
	while (now_us() < end) {
		count = epoll_wait(epoll, events, CONNECTIONS_MAX, 1000);
		for (i = 0; i < count; i++) {
			struct client *from = &client[events[i].data.u32];

			if (!receive(from))
				continue;
			add_sample(now_us() - from->sent);
			statuses[(from->reply[9] - '0') % 6]++;
			if (from->reply[9] != '2' && statuses[(from->reply[9] - '0') % 6] == 1)
				fprintf(stderr, "%s\n", from->reply);
			if (from->reply[9] != '2') {	/* after a refusal it closes */
				close(from->fd);
				from->fd = kit_connect(doors, KIT_UNIX);
				event.data.u32 = events[i].data.u32;
				epoll_ctl(epoll, EPOLL_CTL_ADD, from->fd, &event);
			}
			send_ask(doors, from);
		}
	}
	for (c = 0; c < connections; c++)
		close(client[c].fd);
	close(epoll);
}

static void write_raw(const char *home, double seconds)
{
	static const char page[PAGE] = "raw";
	char path[256];
	int64_t start = now_us(), before;
	int fd;

	snprintf(path, sizeof(path), "%s.raw", home);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		die(path);
	while ((before = now_us()) < start + (int64_t)(seconds * 1e6)) {
		if (pwrite(fd, page, PAGE, (off_t)(samples % 4096) * PAGE) != PAGE ||
		    fdatasync(fd) != 0)
			die(path);
		add_sample(now_us() - before);
	}
	close(fd);
	unlink(path);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 10, asks, raw;
	unsigned connections = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 16;
	struct kit_doors doors = { .witness = false };
	int status;

	if (argc > 3)
		precision = argv[3];
	if (connections == 0 || connections > CONNECTIONS_MAX)
		connections = 16;
	sample = calloc(SAMPLES, sizeof(*sample));
	if (sample == NULL || !kit_start(&doors, NULL, let))
		die("starting");
	printf("idle       %ld KiB resident\n", kit_resident(doors.pid));
	write_raw(doors.home, seconds / 2);
	raw = show("raw", seconds / 2);
	ask_all(&doors, connections, seconds);
	asks = show("asks", seconds);
	write_raw(doors.home, seconds / 2);
	raw = (raw + show("raw", seconds / 2)) / 2;
	printf("ratio      %.2f asks for each raw write; %u connections; %zu answered, "
	       "%zu refused, %zu failed\n", asks / raw, connections, statuses[2], statuses[4],
	       statuses[5]);
	printf("after      %ld KiB resident\n", kit_resident(doors.pid));
	status = kit_stop(&doors, SIGTERM);
	kit_clean(&doors);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
