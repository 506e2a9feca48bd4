/*
 * Attacks on a server that runs: bytes on sockets, as a page, a program or a broken client would
 * send them. Each attack is a request that is right but for what makes it one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "doors/doors.h"
#include "doors/sockets.h"
#include "doors_kit.h"

#define REPLY_BYTES 65536
#define BEGIN_MS 1500
/* How much later than it should a thing may happen on a busy machine, or under a sanitizer. */
#if defined(__SANITIZE_ADDRESS__)
#define LATE_MS 20000
#else
#define LATE_MS 4000
#endif
#define REQUEST_MS 1000
#define CONNECTIONS 10000

static struct kit_doors doors;
static char reply[REPLY_BYTES];

/* Sends `head`, which may have $P (the port), $T (the shop's token), $O (the other's) and $N (\r\n),
 * then `body`. */
static size_t expand(const char *head, const char *body, char *out, size_t max)
{
	size_t size = 0;

	for (; *head != 0; head++) {
		if (*head != '$')
			size += (size_t)snprintf(out + size, max - size, "%c", *head);
		else if (*++head == 'P')
			size += (size_t)snprintf(out + size, max - size, "%u", doors.port);
		else if (*head == 'N')
			size += (size_t)snprintf(out + size, max - size, "\r\n");
		else
			size += (size_t)snprintf(out + size, max - size, "%s",
						 *head == 'T' ? doors.shop : doors.other);
	}
	size += (size_t)snprintf(out + size, max - size, "%s", body);
	assert_true(size < max);
	return size;
}

static int try(int door, const char *head, const char *body)
{
	static char bytes[REPLY_BYTES];
	size_t size = expand(head, body, bytes, sizeof(bytes));
	int fd = kit_connect(&doors, door), status;

	assert_true(fd >= 0);
	kit_send(fd, bytes, size);
	status = kit_reply(fd, reply, sizeof(reply), 3000);
	close(fd);
	return status;
}

#define HOST "Host: 127.0.0.1:$P$N"
#define TOKEN "Authorization: Bearer $T$N"
#define JSON "Content-Type: application/json$N"
#define GET "GET /openapi.json HTTP/1.1$N"
#define STATE "GET /v1/asks/urn:uuid:none HTTP/1.1$N"
#define ASK "POST /v1/ask HTTP/1.1$N"

/* The canary: an ask that is right gets its decision. */
static void still_answers(int door)
{
	static unsigned number;
	static char ask[4096], head[512];
	size_t size = kit_ask(ask, sizeof(ask), ++number, "order");
	int status;

	snprintf(head, sizeof(head), ASK HOST TOKEN JSON "Content-Length: %zu$N$N", size);
	status = try(door, head, ask);
	if (status != 200 && status != 202)
		fail_msg("an ask that is right gets %d: %s", status, reply);
}

static void test_normal(void **state)
{
	static const char *const wanted[] = {
		"Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
		"Cross-Origin-Resource-Policy: same-origin\r\n",
	};
	struct stat found;
	size_t i;
	int door;

	(void)state;
	for (door = KIT_UNIX; door <= KIT_SIX; door++) {
		if (door == KIT_SIX) {
			int fd = kit_connect(&doors, door);

			if (fd < 0)
				break;	/* a machine without ::1 */
			close(fd);
		}
		assert_int_equal(try(door, GET HOST TOKEN "$N", ""), 200);
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			assert_non_null(strstr(reply, wanted[i]));
		assert_null(strstr(reply, "Access-Control-"));
		assert_int_equal(try(door, STATE HOST TOKEN "$N", ""), 404);
		assert_non_null(strstr(reply, "\"error\":\"unknown\""));
		still_answers(door);
	}
	assert_int_equal(try(KIT_UNIX, GET "Host: localhost$N" TOKEN "$N", ""), 200);
	assert_int_equal(stat(doors.socket, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
	assert_int_equal(stat(doors.home, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0700);
}

static const struct {
	const char *name, *head, *body;
	int status;
} attacks[] = {
	{ "DNS rebinding", GET "Host: evil.example$N" TOKEN "$N", "", 400 },
	{ "DNS rebinding with our port", GET "Host: evil.example:$P$N" TOKEN "$N", "", 400 },
	{ "0.0.0.0", GET "Host: 0.0.0.0:$P$N" TOKEN "$N", "", 400 },
	{ "no Host", GET TOKEN "$N", "", 400 },
	{ "two Hosts", GET HOST "Host: evil.example$N" TOKEN "$N", "", 400 },
	{ "two Hosts, ours last", GET "Host: evil.example$N" HOST TOKEN "$N", "", 400 },
	{ "HTTP/1.0", "GET /openapi.json HTTP/1.0$N" HOST TOKEN "$N", "", 505 },
	{ "another origin", STATE HOST "Origin: https://evil.example$N" TOKEN "$N", "", 403 },
	{ "null origin", STATE HOST "Origin: null$N" TOKEN "$N", "", 403 },
	{ "chrome-extension", STATE HOST "Origin: chrome-extension://ponmlkjihgfedcba$N" TOKEN "$N", "",
	  403 },
	{ "moz-extension", STATE HOST "Origin: moz-extension://7c2f-11$N" TOKEN "$N", "", 403 },
	{ "two origins", STATE HOST "Origin: " KIT_SHOP "$NOrigin: https://evil.example$N" TOKEN "$N",
	  "", 403 },
	{ "another page of this machine", STATE HOST "Origin: http://localhost:3000$N" TOKEN "$N", "",
	  403 },
	{ "a token on another's page", STATE HOST "Origin: " KIT_OTHER "$N" TOKEN "$N", "", 403 },
	{ "cross-site without an origin", STATE HOST "Sec-Fetch-Site: cross-site$N" TOKEN "$N", "", 403 },
	{ "a page where none may", GET HOST "Origin: " KIT_SHOP "$N" TOKEN "$N", "", 403 },
	{ "CSRF by a form", ASK HOST "Content-Type: application/x-www-form-urlencoded$N"
	  "Content-Length: 3$N$N", "a=1", 401 },
	{ "CSRF by text", ASK HOST "Content-Type: text/plain$NOrigin: https://evil.example$N"
	  "Content-Length: 2$N$N", "{}", 403 },
	{ "text with a token", ASK HOST TOKEN "Content-Type: text/plain$NContent-Length: 2$N$N", "{}",
	  415 },
	{ "no type", ASK HOST TOKEN "Content-Length: 2$N$N", "{}", 415 },
	{ "a token in the address", "GET /openapi.json?token=$T HTTP/1.1$N" HOST TOKEN "$N", "", 400 },
	{ "a bare question mark", "GET /openapi.json? HTTP/1.1$N" HOST TOKEN "$N", "", 400 },
	{ "absolute form", "GET http://127.0.0.1:$P/openapi.json HTTP/1.1$N" HOST TOKEN "$N", "", 400 },
	{ "authority form", "CONNECT evil.example:443 HTTP/1.1$N" HOST TOKEN "$N", "", 400 },
	{ "length and chunks", ASK HOST TOKEN JSON "Content-Length: 2$NTransfer-Encoding: chunked$N$N",
	  "0\r\n\r\n", 400 },
	{ "chunks", ASK HOST TOKEN JSON "Transfer-Encoding: chunked$N$N", "2\r\n{}\r\n0\r\n\r\n", 400 },
	{ "two lengths", ASK HOST TOKEN JSON "Content-Length: 2$NContent-Length: 2$N$N", "{}", 400 },
	{ "two different lengths", ASK HOST TOKEN JSON "Content-Length: 2$NContent-Length: 4$N$N", "{}",
	  400 },
	{ "a signed length", ASK HOST TOKEN JSON "Content-Length: +2$N$N", "{}", 400 },
	{ "a negative length", ASK HOST TOKEN JSON "Content-Length: -2$N$N", "{}", 400 },
	{ "no length", ASK HOST TOKEN JSON "$N", "", 411 },
	{ "a body of 1 MiB and 1", ASK HOST TOKEN JSON "Content-Length: 1048577$N$N", "{", 413 },
	{ "a body of 2^63", ASK HOST TOKEN JSON "Content-Length: 9223372036854775808$N$N", "{", 400 },
	{ "an outcome of 4 KiB and 1", "POST /v1/outcomes HTTP/1.1$N" HOST TOKEN JSON
	  "Content-Length: 4097$N$N", "{", 413 },
	{ "a body on GET", GET HOST TOKEN "Content-Length: 2$N$N", "{}", 413 },
	{ "no token", GET HOST "$N", "", 401 },
	{ "no token, no such path", "GET /no/such HTTP/1.1$N" HOST "$N", "", 401 },
	{ "a token, no such path", "GET /no/such HTTP/1.1$N" HOST TOKEN "$N", "", 404 },
	{ "two tokens", GET HOST TOKEN TOKEN "$N", "", 401 },
	{ "preflight of a stranger", "OPTIONS /v1/ask HTTP/1.1$N" HOST "Origin: https://evil.example$N"
	  "Access-Control-Request-Method: POST$N$N", "", 403 },
};

static void test_attacks(void **state)
{
	static char unauthorised[REPLY_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		int status = try(KIT_FOUR, attacks[i].head, attacks[i].body);

		/* The library itself ends some connections that do not speak HTTP. */
		if (status != attacks[i].status && !(status == 0 && attacks[i].status == 400))
			fail_msg("%s: %d %s", attacks[i].name, status, reply);
		assert_null(strstr(reply, doors.shop));	/* no token ever comes back */
		assert_null(strstr(reply, "Access-Control-Allow-Origin: *"));
		assert_null(strstr(reply, "evil"));
		if (status == 401 && unauthorised[0] == 0)
			snprintf(unauthorised, sizeof(unauthorised), "%s", strstr(reply, "\r\n\r\n"));
		else if (status == 401)
			assert_string_equal(unauthorised, strstr(reply, "\r\n\r\n"));
	}
	still_answers(KIT_FOUR);
}

static void test_pages(void **state)
{
	(void)state;
	assert_int_equal(try(KIT_FOUR, "OPTIONS /v1/ask HTTP/1.1$N" HOST "Origin: " KIT_SHOP "$N"
			     "Access-Control-Request-Method: POST$N"
			     "Access-Control-Request-Private-Network: true$N$N", ""), 204);
	assert_non_null(strstr(reply, "Access-Control-Allow-Origin: " KIT_SHOP "\r\n"));
	assert_non_null(strstr(reply, "Access-Control-Allow-Headers: authorization, content-type\r\n"));
	assert_non_null(strstr(reply, "Access-Control-Allow-Methods: POST\r\n"));
	assert_non_null(strstr(reply, "Access-Control-Allow-Private-Network: true\r\n"));
	assert_non_null(strstr(reply, "Access-Control-Max-Age: 600\r\n"));
	assert_non_null(strstr(reply, "Vary: Origin\r\n"));
	assert_int_equal(try(KIT_FOUR, STATE HOST "Origin: " KIT_SHOP "$NSec-Fetch-Site: cross-site$N"
			     TOKEN "$N", ""), 404);
	assert_non_null(strstr(reply, "Access-Control-Allow-Origin: " KIT_SHOP "\r\n"));
	assert_null(strstr(reply, "Allow-Credentials"));
}

/* What follows a request whose end is in doubt is never taken for another one. */
static void test_smuggling(void **state)
{
	static const char *const heads[] = {
		ASK HOST TOKEN JSON "Content-Length: 4$NTransfer-Encoding: chunked$N$N",
		ASK HOST TOKEN JSON "Transfer-Encoding: chunked$NContent-Length: 4$N$N",
		ASK HOST TOKEN JSON "Content-Length: 0$NContent-Length: 4$N$N",
		ASK HOST TOKEN JSON "Transfer-Encoding: xchunked$NContent-Length: 0$N$N",
	};
	static char second[1024];
	size_t i;

	(void)state;
	expand(GET HOST TOKEN "$N", "", second, sizeof(second));
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		static char bytes[4096], more[REPLY_BYTES];
		size_t size = expand(heads[i], "0\r\n\r\n", bytes, sizeof(bytes));
		int fd = kit_connect(&doors, KIT_FOUR);

		size += (size_t)snprintf(bytes + size, sizeof(bytes) - size, "%s", second);
		kit_send(fd, bytes, size);
		assert_int_equal(kit_reply(fd, reply, sizeof(reply), 3000), 400);
		assert_int_equal(kit_reply(fd, more, sizeof(more), 3000), 0);
		close(fd);
	}
	still_answers(KIT_FOUR);
}

static void test_large_heads(void **state)
{
	static char bytes[200000];
	int fd, status;
	size_t size, i;

	(void)state;
	size = expand(GET HOST TOKEN "X: ", "", bytes, sizeof(bytes));
	memset(bytes + size, 'x', 40000);
	size += 40000;
	size += (size_t)snprintf(bytes + size, sizeof(bytes) - size, "\r\n\r\n");
	fd = kit_connect(&doors, KIT_FOUR);
	kit_send(fd, bytes, size);
	status = kit_reply(fd, reply, sizeof(reply), 3000);
	assert_true(status == 431 || status == 413 || status == 0);
	close(fd);

	size = expand(GET HOST TOKEN, "", bytes, sizeof(bytes));
	for (i = 0; i < 1000; i++)
		size += (size_t)snprintf(bytes + size, sizeof(bytes) - size, "X%zu: y\r\n", i);
	size += (size_t)snprintf(bytes + size, sizeof(bytes) - size, "\r\n");
	fd = kit_connect(&doors, KIT_FOUR);
	kit_send(fd, bytes, size);
	status = kit_reply(fd, reply, sizeof(reply), 3000);
	assert_true(status == 431 || status == 413 || status == 0);
	close(fd);

	size = expand("GET /", "", bytes, sizeof(bytes));
	memset(bytes + size, 'a', 2000);
	size += 2000;
	size += expand(" HTTP/1.1$N" HOST TOKEN "$N", "", bytes + size, sizeof(bytes) - size);
	fd = kit_connect(&doors, KIT_FOUR);
	kit_send(fd, bytes, size);
	assert_int_equal(kit_reply(fd, reply, sizeof(reply), 3000), 414);
	close(fd);
	still_answers(KIT_FOUR);
}

/* A client that sends `text` a byte at a time: how many ms until the server ends it. */
static int64_t drip(const char *whole, const char *text)
{
	int64_t start = kit_ms();
	static char bytes[4096];
	int fd = kit_connect(&doors, KIT_FOUR);

	kit_send(fd, bytes, expand(whole, "", bytes, sizeof(bytes)));
	while (kit_ms() - start < 8000) {
		struct pollfd wait = { fd, POLLIN, 0 };

		if (poll(&wait, 1, 40) > 0)
			break;
		kit_send(fd, text, 1);
	}
	close(fd);
	return kit_ms() - start;
}

static void test_slow_clients(void **state)
{
	int64_t ms;

	(void)state;
	ms = drip("", "G");		/* a first line that never ends */
	assert_in_range(ms, BEGIN_MS - 200, BEGIN_MS + LATE_MS);
	ms = drip(GET HOST "X: ", "x");	/* a header */
	assert_in_range(ms, REQUEST_MS - 200, REQUEST_MS + LATE_MS);
	ms = drip(ASK HOST TOKEN JSON "Content-Length: 1000$N$N", " ");	/* a body */
	assert_in_range(ms, REQUEST_MS - 200, REQUEST_MS + LATE_MS);
	still_answers(KIT_FOUR);
}

/* Far more connections than there is room for, opened and left alone, a thousand at a time. */
static void test_many_connections(void **state)
{
	static int fd[1000];
	struct rlimit limit;
	size_t most = 1000, opened = 0, i;
	long before = kit_resident(doors.pid);

	(void)state;
	assert_true(before > 0);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 1100)
		most = (size_t)limit.rlim_cur - 100;
	while (opened < CONNECTIONS) {
		int64_t start;

		for (i = 0; i < most; i++, opened++) {
			fd[i] = kit_connect(&doors, i % 2 == 0 ? KIT_FOUR : KIT_UNIX);
			if (fd[i] >= 0 && i % 3 == 0)
				kit_send(fd[i], "POST ", 5);
		}
		/* room is made for them; it is not only the end of those that waited too long */
		start = kit_ms();
		still_answers(KIT_FOUR);
		still_answers(KIT_UNIX);
		assert_true(kit_ms() - start < BEGIN_MS / 2 + (LATE_MS > 10000 ? LATE_MS : 500));
		for (i = 0; i < most; i++)
			close(fd[i]);
	}
	still_answers(KIT_FOUR);
#ifndef __SANITIZE_ADDRESS__	/* which keeps what was freed */
	assert_true(kit_resident(doors.pid) < before + 16 * 1024);
#endif
}

static void test_wrong_tokens(void **state)
{
	int i, refused = 0, slowed = 0;

	(void)state;
	usleep(1100 * 1000);
	for (i = 0; i < 40; i++) {
		int status = try(KIT_UNIX, GET HOST "Authorization: Bearer "
				 "00000000000000000000000000000000000000000000000000000000000000ff$N$N", "");

		refused += status == 401;
		slowed += status == 429;
		if (i % 10 == 9)
			assert_int_equal(try(KIT_UNIX, GET HOST TOKEN "$N", ""), 200);
	}
	assert_true(refused >= 20 && slowed >= 1);
	assert_int_equal(refused + slowed, 40);
	usleep(1100 * 1000);
}

static void test_pairing(void **state)
{
	char head[512];

	(void)state;
	snprintf(head, sizeof(head), "POST /v1/pair HTTP/1.1$N" HOST "Authorization: Bearer %s$N"
		 "Origin: https://third.example$NContent-Length: 0$N$N", doors.pair_code);
	assert_int_equal(try(KIT_FOUR, head, ""), 200);
	assert_non_null(strstr(reply, "\"service\":\"https://third.example\""));
	assert_non_null(strstr(reply, "Access-Control-Allow-Origin: https://third.example\r\n"));
	assert_int_equal(try(KIT_FOUR, head, ""), 401);	/* good once */
}

/* Sends an ask of the shop at a notch; the reply is in `reply`. */
static int ask_at(const char *precision, unsigned number)
{
	static char ask[4096], head[512];
	size_t size = kit_ask(ask, sizeof(ask), number, precision);

	snprintf(head, sizeof(head), ASK HOST TOKEN JSON "Content-Length: %zu$N$N", size);
	return try(KIT_FOUR, head, ask);
}

/* The text of a member of the reply. */
static void member(const char *name, char *out, size_t max)
{
	char wanted[64];
	const char *at;
	size_t size;

	snprintf(wanted, sizeof(wanted), "\"%s\":\"", name);
	at = strstr(reply, wanted);
	assert_non_null(at);
	at += strlen(wanted);
	size = strcspn(at, "\"");
	assert_true(size < max);
	memcpy(out, at, size);
	out[size] = 0;
}

/* A receipt is its service's, and nobody else's. */
static void test_receipts(void **state)
{
	char uid[TACIT_UID_BYTES], head[512], body[256];

	(void)state;
	assert_int_equal(ask_at("order", 70001), 200);
	assert_non_null(strstr(reply, "\"decision\":\"permit\""));
	member("uid", uid, sizeof(uid));
	snprintf(head, sizeof(head), "GET /v1/receipts/%s HTTP/1.1$N" HOST TOKEN "$N", uid);
	assert_int_equal(try(KIT_FOUR, head, ""), 200);
	assert_non_null(strstr(reply, uid));
	snprintf(head, sizeof(head), "GET /v1/receipts/%s HTTP/1.1$N" HOST
		 "Authorization: Bearer $O$N$N", uid);
	assert_int_equal(try(KIT_FOUR, head, ""), 404);
	/* as with the beginning of one, by which the person may name it */
	snprintf(head, sizeof(head), "GET /v1/receipts/%.20s HTTP/1.1$N" HOST
		 "Authorization: Bearer $O$N$N", uid);
	assert_int_equal(try(KIT_FOUR, head, ""), 404);

	snprintf(body, sizeof(body), "{\"receipt\":\"%s\",\"item\":\"1\",\"outcome\":\"used\"}",
		 uid);
	snprintf(head, sizeof(head), "POST /v1/outcomes HTTP/1.1$N" HOST TOKEN JSON
		 "Content-Length: %zu$N$N", strlen(body));
	assert_int_equal(try(KIT_FOUR, head, body), 204);
	snprintf(head, sizeof(head), "POST /v1/outcomes HTTP/1.1$N" HOST JSON
		 "Authorization: Bearer $O$NContent-Length: %zu$N$N", strlen(body));
	assert_int_equal(try(KIT_FOUR, head, body), 404);
	snprintf(body, sizeof(body), "{\"receipt\":\"%s\",\"outcome\":\"loved\"}", uid);
	snprintf(head, sizeof(head), "POST /v1/outcomes HTTP/1.1$N" HOST TOKEN JSON
		 "Content-Length: %zu$N$N", strlen(body));
	assert_int_equal(try(KIT_FOUR, head, body), 400);
	snprintf(body, sizeof(body), "{\"receipt\":\"%s\",\"outcome\":\"used\",\"more\":\"\"}", uid);
	snprintf(head, sizeof(head), "POST /v1/outcomes HTTP/1.1$N" HOST TOKEN JSON
		 "Content-Length: %zu$N$N", strlen(body));
	assert_int_equal(try(KIT_FOUR, head, body), 400);
}

/* An ask that waits for the person: whose ask it is, it says to that one only. */
static void test_pending(void **state)
{
	(void)state;
	assert_int_equal(ask_at("reasons", 70002), 409);	/* more than is granted */
	assert_int_equal(try(KIT_FOUR, ASK HOST TOKEN JSON "Content-Length: 2$N$N", "{}"), 400);
	assert_int_equal(try(KIT_FOUR, ASK HOST TOKEN JSON "Content-Length: 3$N$N", "{\"a"), 400);
}

/* A list that only the person sees: shown once, in a frame of that service's page, chosen from
 * once, by the frame itself. */
static void test_frames(void **state)
{
	char path[128], chooser[65], head[1024], again[1024];
	const char *at;

	(void)state;
	assert_int_equal(ask_at("silent", 70003), 200);
	assert_null(strstr(reply, "Alien"));
	member("frame", path, sizeof(path));
	snprintf(head, sizeof(head), "GET %s HTTP/1.1$N" HOST "Sec-Fetch-Site: cross-site$N"
		 "Sec-Fetch-Dest: iframe$N$N", path);
	snprintf(again, sizeof(again), "GET %s HTTP/1.1$N" HOST "Sec-Fetch-Site: cross-site$N"
		 "Sec-Fetch-Dest: script$N$N", path);
	assert_int_equal(try(KIT_FOUR, again, ""), 403);
	assert_int_equal(try(KIT_UNIX, head, ""), 401);	/* no frames there, and it is not used up */
	assert_int_equal(try(KIT_FOUR, head, ""), 200);
	assert_non_null(strstr(reply, "frame-ancestors " KIT_SHOP "\r\n"));
	assert_non_null(strstr(reply, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(reply, "Alien (1979)"));
	assert_non_null(strstr(reply, "sandbox allow-scripts;"));
	assert_null(strstr(reply, "unsafe-inline"));
	at = strstr(reply, "data-chooser=\"");
	assert_non_null(at);
	snprintf(chooser, sizeof(chooser), "%.64s", at + 14);
	assert_int_equal(try(KIT_FOUR, head, ""), 401);

	snprintf(head, sizeof(head), "POST /frame/%s HTTP/1.1$N" HOST JSON
		 "Origin: " KIT_SHOP "$NSec-Fetch-Site: cross-site$NContent-Length: 10$N$N", chooser);
	assert_int_equal(try(KIT_FOUR, head, "{\"id\":\"1\"}"), 401);
	snprintf(head, sizeof(head), "POST /frame/%s HTTP/1.1$N" HOST JSON
		 "Origin: null$NSec-Fetch-Site: cross-site$NContent-Length: 10$N$N", chooser);
	assert_int_equal(try(KIT_FOUR, head, "{\"id\":\"9\"}"), 400);
	assert_int_equal(try(KIT_FOUR, head, "{\"id\":\"1\"}"), 200);
	assert_non_null(strstr(reply, "Access-Control-Allow-Origin: null\r\n"));
	assert_int_equal(try(KIT_FOUR, head, "{\"id\":\"1\"}"), 401);
}

/* Somebody else's turn with the vault comes when nobody asks. */
static void test_rest(void **state)
{
	const struct tacit_secret secret = { "kit", NULL, KIT_MEMORY, 1 };
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_totals totals;
	struct tacit *t;

	(void)state;
	options.home = doors.home;
	still_answers(KIT_FOUR);
	assert_int_equal(tacit_open(&options, &t), 0);
	assert_int_equal(tacit_unlock(t, &secret), 0);
	assert_int_equal(tacit_totals(t, &totals), 0);
	assert_int_equal(tacit_service_shut(t, KIT_OTHER), 0);
	tacit_close(t);
	still_answers(KIT_FOUR);	/* it woke, confined as it is */
	/* and knows what was done meanwhile */
	assert_int_equal(try(KIT_FOUR, STATE HOST "Authorization: Bearer $O$N$N", ""), 401);
	assert_int_equal(try(KIT_FOUR, STATE HOST "Origin: " KIT_OTHER "$N" TOKEN "$N", ""), 403);
}

/* A socket that somebody answers on is not taken away; one that is left over is. */
static void test_sockets(void **state)
{
	int fd = -1, pair[2];
	uint16_t port = doors.port;

	(void)state;
	assert_int_equal(sockets_unix(doors.socket, &fd), TACIT_E_BUSY);
	assert_int_equal(sockets_loopback(&port, pair), TACIT_E_BUSY);
	still_answers(KIT_UNIX);
	assert_true(WIFSIGNALED(kit_stop(&doors, SIGKILL)));
	assert_int_equal(sockets_unix(doors.socket, &fd), 0);
	close(fd);
}

static int let(struct tacit *t)
{
	struct tacit_grant_options grant = TACIT_GRANT_OPTIONS_INIT;
	char uid[TACIT_UID_BYTES];

	grant.service = KIT_SHOP;
	grant.precision = TACIT_ORDER;
	return tacit_grant(t, &grant, uid);
}

static int start(void **state)
{
	(void)state;
	doors_times = (struct doors_times){ 10, BEGIN_MS, REQUEST_MS, 15000 };
	return kit_start(&doors, NULL, let) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	kit_clean(&doors);
	return 0;
}

static void test_stops(void **state)
{
	const struct tacit_secret secret = { "kit", NULL, KIT_MEMORY, 1 };
	struct tacit_options options = TACIT_OPTIONS_INIT;
	static struct kit_doors again;
	struct tacit *t;
	int status;

	(void)state;
	assert_true(kit_start(&again, doors.home, NULL));
	/* Its key was changed: it cannot say who is known, and says so. */
	options.home = doors.home;
	assert_int_equal(tacit_open(&options, &t), 0);
	assert_int_equal(tacit_unlock(t, &secret), 0);
	assert_int_equal(tacit_rekey(t, &secret, 1), 0);
	tacit_close(t);
	doors = again;
	assert_int_equal(try(KIT_FOUR, STATE HOST TOKEN "$N", ""), 503);
	assert_non_null(strstr(reply, "\"error\":\"locked\""));
	status = kit_stop(&again, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_not_equal(access(again.socket, F_OK), 0);
}

/* A witness has no secrets and no pages, and nothing else is there. */
static void test_witness(void **state)
{
	int status;

	(void)state;
	doors.witness = true;
	assert_true(kit_start(&doors, doors.home, NULL));
	assert_int_equal(try(KIT_FOUR, "POST /add-checkpoint HTTP/1.1$N" HOST "Content-Length: 5$N$N",
			     "old 0"), 400);
	assert_int_equal(try(KIT_FOUR, "POST /add-checkpoint HTTP/1.1$N" HOST
			     "Origin: https://evil.example$NContent-Length: 5$N$N", "old 0"), 403);
	assert_int_equal(try(KIT_FOUR, "POST /add-checkpoint HTTP/1.1$N" HOST
			     "Content-Length: 65537$N$N", "old 0"), 413);
	assert_int_equal(try(KIT_FOUR, "POST /add-checkpoint HTTP/1.1$NHost: evil.example$N"
			     "Content-Length: 5$N$N", "old 0"), 400);
	assert_int_equal(try(KIT_FOUR, GET HOST TOKEN "$N", ""), 404);
	assert_int_equal(try(KIT_FOUR, STATE HOST TOKEN "$N", ""), 404);
	status = kit_stop(&doors, SIGTERM);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal),
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_smuggling),
		cmocka_unit_test(test_large_heads),
		cmocka_unit_test(test_slow_clients),
		cmocka_unit_test(test_many_connections),
		cmocka_unit_test(test_wrong_tokens),
		cmocka_unit_test(test_pairing),
		cmocka_unit_test(test_receipts),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_witness),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
