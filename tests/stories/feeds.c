/*
 * A server of feeds on 127.0.0.1 for the story of tacit fetch.
 *
 *	feeds LOG
 *
 * Prints its port on a line, then writes each request's line and headers into LOG, until it is ended.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGE (20 << 20)

static FILE *story_log;
static unsigned rolled;
static unsigned short port;
static char *large;

static const char feed[] =
	"<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Lamp</title>"
	"<item><title>Oil is dear</title><guid>lamp-1</guid><link>https://lamp.example/1</link>"
	"<pubDate>Sat, 01 Nov 2025 08:00:00 GMT</pubDate></item>"
	"<item><title>Wicks are cheap</title><guid>lamp-2</guid><link>https://lamp.example/2</link>"
	"<pubDate>Sun, 02 Nov 2025 08:00:00 GMT</pubDate></item>"
	"<item><title>Glass is clear</title><guid>lamp-3</guid><link>https://lamp.example/3</link>"
	"<pubDate>Mon, 03 Nov 2025 08:00:00 GMT</pubDate></item></channel></rss>";
/* The first of them under another title, at another time. */
static const char changed[] =
	"<rss version=\"2.0\"><channel><title>The Lamp</title><item><title>Oil is dearer</title>"
	"<guid>lamp-1</guid><link>https://lamp.example/one</link><category>Oil</category>"
	"<pubDate>Tue, 04 Nov 2025 09:30:00 GMT</pubDate></item></channel></rss>";
static const char history[] =
	"Title,Date\n\"Alien\",\"11/3/25\"\n\"Heat\",\"11/4/25\"\n\"Fargo\",\"11/5/25\"\n";

static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *key,
				 const char *value)
{
	(void)context;
	(void)kind;
	fprintf(story_log, "%s: %s\n", key, value == NULL ? "" : value);
	return MHD_YES;
}

/* A body without a length. */
static ssize_t on_more(void *context, uint64_t at, char *out, size_t max)
{
	(void)context;
	if (at >= LARGE)
		return MHD_CONTENT_READER_END_OF_STREAM;
	memset(out, ' ', max);
	return (ssize_t)max;
}

/* Three items without dates, of which the last leaves and a new one comes with each request. */
static void roll(char *out, size_t max)
{
	unsigned n = ++rolled;

	snprintf(out, max, "<rss version=\"2.0\"><channel><title>Rolling</title>"
		 "<item><title>Stone %u</title></item><item><title>Stone %u</title></item>"
		 "<item><title>Stone %u</title></item></channel></rss>", n + 2, n + 1, n);
}

/* Where an address leads on to; NULL: nowhere. */
static const char *leads_to(const char *url, char to[256])
{
	if (strcmp(url, "/moved") == 0)
		return "/feed";
	if (strcmp(url, "/loop") == 0)
		return "/loop";
	if (strcmp(url, "/file") == 0)
		return "file:///etc/passwd";
	snprintf(to, 256, "http://127.0.0.1:%d/feed", port);
	return strcmp(url, "/near") == 0 ? to : NULL;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	const char *match = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							"If-None-Match");
	char text[1024], to[256];
	const char *leads = leads_to(url, to);
	const char *body = "", *pause = NULL;
	struct MHD_Response *response;
	unsigned status = 200;
	enum MHD_Result result;
	size_t size;

	(void)context;
	(void)version;
	(void)upload;
	(void)upload_size;
	(void)state;
	fprintf(story_log, "%s %s\n", method, url);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, NULL);
	fflush(story_log);
	if (strcmp(url, "/feed") == 0) {
		body = feed;
		if (match != NULL && strcmp(match, "\"one\"") == 0)
			status = 304;
	} else if (strcmp(url, "/rolling") == 0) {
		roll(text, sizeof(text));
		body = text;
	} else if (strcmp(url, "/changed") == 0) {
		body = changed;
	} else if (strcmp(url, "/history") == 0) {
		body = history;
	} else if (strcmp(url, "/slow") == 0) {
		sleep(6);
	} else if (strcmp(url, "/busy") == 0) {
		status = 503;
		pause = "7200";
	} else if (strcmp(url, "/large") != 0 && strcmp(url, "/endless") != 0) {
		status = 404;
	}
	size = strlen(body);
	if (status == 304)
		size = 0;
	if (strcmp(url, "/large") == 0) {
		body = large;
		size = LARGE;
	}
	if (strcmp(url, "/endless") == 0)
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, on_more, NULL,
							     NULL);
	else
		response = MHD_create_response_from_buffer(size, (void *)(size_t)body,
							   MHD_RESPMEM_MUST_COPY);
	if (leads != NULL) {
		status = 302;
		MHD_add_response_header(response, "Location", leads);
	}
	if (pause != NULL)
		MHD_add_response_header(response, "Retry-After", pause);
	if (strcmp(url, "/feed") == 0) {
		MHD_add_response_header(response, "ETag", "\"one\"");
		MHD_add_response_header(response, "Last-Modified", "Mon, 03 Nov 2025 08:00:00 GMT");
		MHD_add_response_header(response, "Set-Cookie", "who=you");
	}
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct MHD_Daemon *daemon;

	if (argc != 2 || (story_log = fopen(argv[1], "w")) == NULL)
		return 2;
	large = calloc(1, LARGE);
	if (large == NULL)
		return 2;
	memset(large, ' ', LARGE);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
				  NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &address,
				  MHD_OPTION_END);
	if (daemon == NULL)
		return 2;
	port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	printf("%d\n", port);
	fflush(stdout);
	pause();
	return 0;
}
