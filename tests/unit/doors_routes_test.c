/*
 * The guard of the doors over made-up requests: every route of the table, and the rules one by one.
 * A request that is right is made first and seen to pass; then one thing of it is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "doors/bucket.h"
#include "doors/guard.h"

#define SHOP "https://shop.example"
#define PORT 7717
#define HEX16(c) c c c c c c c c c c c c c c c c
#define HEX64(c) HEX16(c) HEX16(c) HEX16(c) HEX16(c)

static const char shop_token[] = HEX64("1"), other_token[] = HEX64("2"), key_token[] = HEX64("3");
static int vault;	/* what the vault says; 0: it is open */

static int known(void *context, const char *service)
{
	(void)context;
	if (vault != 0)
		return vault;
	return strcmp(service, SHOP) == 0 || strcmp(service, "https://other.example") == 0 ||
	       strncmp(service, "ed25519:", 8) == 0;
}

static int service_of(void *context, const char *token, char service[TACIT_SERVICE_BYTES])
{
	const char *name = strcmp(token, shop_token) == 0 ? SHOP :
			   strcmp(token, other_token) == 0 ? "https://other.example" :
			   strcmp(token, key_token) == 0 ? "ed25519:key" : NULL;

	(void)context;
	if (vault != 0)
		return vault;
	if (name == NULL)
		return TACIT_E_SECRET;
	snprintf(service, TACIT_SERVICE_BYTES, "%s", name);
	return 0;
}

static const struct guard_world world = { NULL, known, service_of };

static void add(struct guard_request *request, const char *name, const char *value)
{
	guard_add(request, name, strlen(name), value, strlen(value));
}

static void set(struct guard_request *request, enum guard_header header, const char *value)
{
	request->header[header].text = value;
	request->header[header].count = value != NULL;
}

static int check(const struct guard_request *request)
{
	struct guard_verdict verdict;

	guard_check(request, &world, &verdict);
	if (verdict.status == 401)
		assert_string_equal(verdict.error, "token");
	return verdict.status;
}

static char target[128];

/* The right request of a route, as a program sends it (a browser's frame, for frames). */
static struct guard_request right(const struct route *route, unsigned door)
{
	struct guard_request request = { .door = door, .port = PORT, .witness = route->witness,
					 .method = route->method, .version = "HTTP/1.1" };

	snprintf(target, sizeof(target), "%s%s", route->path, route->name == NULL ? "" :
		 route->right == RIGHT_TOKEN ? "urn:uuid:2c1e" : HEX64("a"));
	request.target = target;
	add(&request, "Host", "127.0.0.1:7717");
	if (route->right == RIGHT_TOKEN)
		add(&request, "Authorization", "Bearer " HEX64("1"));
	if (route->right == RIGHT_CODE)
		add(&request, "Authorization", "Bearer " HEX64("c"));
	if (route->right == RIGHT_CHOOSER)
		add(&request, "Origin", "http://127.0.0.1:7717");
	if (route->json)
		add(&request, "Content-Type", "application/json");
	if (route->body > 0)
		add(&request, "Content-Length", "2");
	return request;
}

static const struct route *route_of(enum routes_act act)
{
	size_t i;

	for (i = 0; i < routes_count; i++)
		if (routes_table[i].act == act)
			return &routes_table[i];
	fail();
	return NULL;
}

/* ---- every route --------------------------------------------------------------------------- */

typedef void (*change)(struct guard_request *request);

/* Changes that no route of any door lets through, and what they get. */
static void no_host(struct guard_request *r) { set(r, GUARD_HOST, NULL); }
static void two_hosts(struct guard_request *r) { add(r, "host", "127.0.0.1:7717"); }
static void rebound(struct guard_request *r) { set(r, GUARD_HOST, "evil.example"); }
static void rebound_port(struct guard_request *r) { set(r, GUARD_HOST, "evil.example:7717"); }
static void other_port(struct guard_request *r) { set(r, GUARD_HOST, "127.0.0.1:80"); }
static void no_port(struct guard_request *r) { set(r, GUARD_HOST, "127.0.0.1"); }
static void dotted(struct guard_request *r) { set(r, GUARD_HOST, "localhost.:7717"); }
static void dots(struct guard_request *r) { set(r, GUARD_HOST, "127.0.0.1:7717.evil.example"); }
static void old(struct guard_request *r) { r->version = "HTTP/1.0"; }
static void absolute(struct guard_request *r) { r->target = "http://127.0.0.1:7717/v1/ask"; }
static void star(struct guard_request *r) { r->target = "*"; }
static void query(struct guard_request *r) { r->target = "/v1/ask?token=" HEX64("1"); }
static void mark(struct guard_request *r) { r->target = "/v1/ask?"; }
static void chunked(struct guard_request *r) { add(r, "Transfer-Encoding", "chunked"); }
static void identity(struct guard_request *r) { add(r, "transfer-encoding", "identity"); }
static void two_lengths(struct guard_request *r)
{
	add(r, "Content-Length", "2");
	add(r, "Content-Length", "2");
}
static void signed_length(struct guard_request *r) { set(r, GUARD_LENGTH, "+2"); }
static void minus_length(struct guard_request *r) { set(r, GUARD_LENGTH, "-2"); }
static void list_length(struct guard_request *r) { set(r, GUARD_LENGTH, "2, 2"); }
static void hex_length(struct guard_request *r) { set(r, GUARD_LENGTH, "0x2"); }
static void no_length(struct guard_request *r) { set(r, GUARD_LENGTH, ""); }
static void huge_length(struct guard_request *r) { set(r, GUARD_LENGTH, "18446744073709551618"); }
static void foreign(struct guard_request *r) { set(r, GUARD_ORIGIN, "https://evil.example"); }
static void null(struct guard_request *r) { set(r, GUARD_ORIGIN, "null"); }
static void empty(struct guard_request *r) { set(r, GUARD_ORIGIN, ""); }
static void extension(struct guard_request *r)
{
	set(r, GUARD_ORIGIN, "chrome-extension://abcdefghijklmnop");
}
static void moz(struct guard_request *r) { set(r, GUARD_ORIGIN, "moz-extension://1-2-3"); }
static void key_origin(struct guard_request *r) { set(r, GUARD_ORIGIN, "ed25519:key"); }
static void slash(struct guard_request *r) { set(r, GUARD_ORIGIN, SHOP "/"); }
static void upper(struct guard_request *r) { set(r, GUARD_ORIGIN, "https://SHOP.example"); }
static void plain(struct guard_request *r) { set(r, GUARD_ORIGIN, "http://shop.example"); }
static void suffix(struct guard_request *r) { set(r, GUARD_ORIGIN, SHOP ".evil.example"); }
static void port(struct guard_request *r) { set(r, GUARD_ORIGIN, SHOP ":8443"); }
static void local(struct guard_request *r) { set(r, GUARD_ORIGIN, "http://localhost:3000"); }
static void two_origins(struct guard_request *r)
{
	set(r, GUARD_ORIGIN, NULL);
	add(r, "Origin", "https://evil.example");
	add(r, "Origin", SHOP);
}
static void cross(struct guard_request *r)
{
	set(r, GUARD_ORIGIN, NULL);
	add(r, "Sec-Fetch-Site", "cross-site");
	add(r, "Sec-Fetch-Dest", "empty");
}
static void same_site(struct guard_request *r)
{
	set(r, GUARD_ORIGIN, NULL);
	add(r, "Sec-Fetch-Site", "same-site");
}
static void unknown_site(struct guard_request *r) { add(r, "Sec-Fetch-Site", "friendly"); }
static void two_sites(struct guard_request *r)
{
	add(r, "Sec-Fetch-Site", "cross-site");
	add(r, "Sec-Fetch-Site", "none");
}
static void stranger(struct guard_request *r) { r->stranger = true; }
static void control(struct guard_request *r) { guard_add(r, "X", 1, "a\0b", 3); }
static void many(struct guard_request *r) { r->lines = DOORS_HEADERS + 1; }

static const struct {
	const char *name;
	change change;
	int status;
} changes[] = {
	{ "no Host", no_host, 400 }, { "two Hosts", two_hosts, 400 },
	{ "rebound", rebound, 400 }, { "rebound with port", rebound_port, 400 },
	{ "other port", other_port, 400 }, { "no port", no_port, 400 },
	{ "dot", dotted, 400 }, { "suffix", dots, 400 },
	{ "HTTP/1.0", old, 505 }, { "absolute", absolute, 400 },
	{ "star", star, 400 }, { "token in the address", query, 400 },
	{ "question mark", mark, 400 }, { "chunked", chunked, 400 },
	{ "identity", identity, 400 }, { "two lengths", two_lengths, 400 },
	{ "+2", signed_length, 400 }, { "-2", minus_length, 400 },
	{ "2, 2", list_length, 400 }, { "0x2", hex_length, 400 },
	{ "no digits", no_length, 400 }, { "2^64 + 2", huge_length, 400 },
	{ "foreign", foreign, 403 }, { "null", null, 403 },
	{ "empty", empty, 403 }, { "chrome-extension", extension, 403 },
	{ "moz-extension", moz, 403 }, { "a key", key_origin, 403 },
	{ "slash", slash, 403 }, { "upper case", upper, 403 },
	{ "http", plain, 403 }, { "suffix", suffix, 403 },
	{ "another port", port, 403 }, { "another page of this machine", local, 403 },
	{ "two origins", two_origins, 403 }, { "cross-site", cross, 403 },
	{ "same-site", same_site, 403 }, { "unknown site", unknown_site, 403 },
	{ "two sites", two_sites, 403 }, { "stranger", stranger, 403 },
	{ "control character", control, 400 }, { "many headers", many, 431 },
};

static void test_every_route_and_change(void **state)
{
	static const unsigned doors[] = { DOORS_UNIX, DOORS_HTTP };
	size_t i, d, c, tried = 0;

	(void)state;
	for (i = 0; i < routes_count; i++)
		for (d = 0; d < 2; d++) {
			const struct route *route = &routes_table[i];
			struct guard_request request = right(route, doors[d]);

			if ((route->doors & doors[d]) == 0) {
				assert_int_not_equal(check(&request), 0);
				continue;
			}
			assert_int_equal(check(&request), 0);
			for (c = 0; c < sizeof(changes) / sizeof(changes[0]); c++) {
				request = right(route, doors[d]);
				changes[c].change(&request);
				if (check(&request) != changes[c].status)
					fail_msg("%s %s with %s: %d", route->method, route->path,
						 changes[c].name, check(&request));
				tried++;
			}
		}
	assert_true(tried > 400);
}

/* Without a right every path answers alike, those that are not there too. */
static void test_no_right(void **state)
{
	static const char *const wrong[] = {
		NULL, "Bearer " HEX64("9"), "Bearer ", "Bearer " HEX64("1") "1", HEX64("1"),
		"Basic " HEX64("1"), "Bearer " HEX16("1"), "Bearer  " HEX64("1"), "bearer",
		"Bearer " HEX64("1") " ", "Bearer " HEX16("A") HEX16("1") HEX16("1") HEX16("1"),
	};
	static const char *const paths[] = {
		"/", "/v1/", "/v1/ask/", "/v1/asks/", "/v1/asks/a/b", "/v1/me", "//", "/v1/../v1/ask",
		"/V1/ASK", "/v1/ask%20", "/frame", "/frame/", "/add-checkpoint",
		"/v1/asks/" HEX64("a") "a", "/favicon.ico", "/%2e%2e/", "/v1/receipts/a;b",
	};
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "HEAD", "TRACE", "X" };
	size_t i, w, p, m;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];

		if (route->right != RIGHT_TOKEN && route->right != RIGHT_CODE)
			continue;
		for (w = 0; w < sizeof(wrong) / sizeof(wrong[0]); w++) {
			struct guard_request request = right(route, DOORS_HTTP);

			if (route->right == RIGHT_CODE && w == 1)
				continue;	/* whether a code is right the vault knows */
			set(&request, GUARD_AUTHORIZATION, wrong[w]);
			assert_int_equal(check(&request), 401);
		}
	}
	for (p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
		for (m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
			struct guard_request request = right(route_of(ACT_ASK), DOORS_HTTP);

			request.target = paths[p];
			request.method = methods[m];
			assert_int_equal(check(&request), 404);	/* with a token */
			set(&request, GUARD_AUTHORIZATION, NULL);
			assert_int_equal(check(&request), 401);
		}
}

static void test_two_tokens(void **state)
{
	struct guard_request request = right(route_of(ACT_ASK), DOORS_HTTP);

	(void)state;
	add(&request, "authorization", "Bearer " HEX64("1"));
	assert_int_equal(check(&request), 401);
}

/* Pages: only that of the token's service, and only where pages may. */
static void test_pages(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		struct guard_request request = right(route, DOORS_HTTP);
		struct guard_verdict verdict;

		set(&request, GUARD_ORIGIN, SHOP);
		add(&request, "Sec-Fetch-Site", "cross-site");
		add(&request, "Sec-Fetch-Dest", "empty");
		guard_check(&request, &world, &verdict);
		assert_int_equal(verdict.status, route->across ? 0 :
				 route->right == RIGHT_CHOOSER ? 401 : 403);
		if (verdict.status == 0)
			assert_string_equal(verdict.origin, SHOP);
		if (route->right != RIGHT_TOKEN)
			continue;
		/* a token of another origin, and of a program */
		set(&request, GUARD_AUTHORIZATION, "Bearer " HEX64("2"));
		assert_int_equal(check(&request), 403);
		set(&request, GUARD_AUTHORIZATION, "Bearer " HEX64("3"));
		assert_int_equal(check(&request), 403);
		set(&request, GUARD_ORIGIN, "http://127.0.0.1:7717");
		set(&request, GUARD_SITE, "same-origin");
		set(&request, GUARD_AUTHORIZATION, "Bearer " HEX64("1"));
		assert_int_equal(check(&request), 403);
		/* a program has no origin */
		set(&request, GUARD_ORIGIN, NULL);
		set(&request, GUARD_AUTHORIZATION, "Bearer " HEX64("3"));
		assert_int_equal(check(&request), 0);
	}
}

static void test_frames(void **state)
{
	struct guard_request request = right(route_of(ACT_FRAME), DOORS_HTTP);

	(void)state;
	add(&request, "Sec-Fetch-Site", "cross-site");
	assert_int_equal(check(&request), 403);
	add(&request, "Sec-Fetch-Dest", "iframe");
	assert_int_equal(check(&request), 0);
	set(&request, GUARD_DEST, "document");
	assert_int_equal(check(&request), 403);
	set(&request, GUARD_DEST, "image");
	assert_int_equal(check(&request), 403);
	/* the choice comes from the frame, by the name that the frame was opened with */
	request = right(route_of(ACT_CHOOSE), DOORS_HTTP);
	add(&request, "Sec-Fetch-Site", "same-origin");
	assert_int_equal(check(&request), 0);
	set(&request, GUARD_ORIGIN, "http://localhost:7717");
	assert_int_equal(check(&request), 401);
	set(&request, GUARD_ORIGIN, SHOP);
	assert_int_equal(check(&request), 401);
	set(&request, GUARD_ORIGIN, NULL);
	assert_int_equal(check(&request), 401);
	request.target = "/frame/short";
	assert_int_equal(check(&request), 401);
}

static void test_preflight(void **state)
{
	struct guard_request request = right(route_of(ACT_ASK), DOORS_HTTP);
	struct guard_verdict verdict;

	(void)state;
	request.method = "OPTIONS";
	set(&request, GUARD_AUTHORIZATION, NULL);
	set(&request, GUARD_TYPE, NULL);
	set(&request, GUARD_LENGTH, NULL);
	set(&request, GUARD_ORIGIN, SHOP);
	assert_int_equal(check(&request), 403);	/* of what method? */
	add(&request, "Access-Control-Request-Method", "POST");
	add(&request, "Access-Control-Request-Private-Network", "true");
	guard_check(&request, &world, &verdict);
	assert_int_equal(verdict.status, 204);
	assert_string_equal(verdict.origin, SHOP);
	assert_string_equal(verdict.allow, "POST");
	assert_true(verdict.private_network);
	set(&request, GUARD_METHOD, "DELETE");
	assert_int_equal(check(&request), 403);
	set(&request, GUARD_METHOD, "GET");
	request.target = "/openapi.json";
	assert_int_equal(check(&request), 403);
	set(&request, GUARD_METHOD, "POST");
	request.target = "/v1/ask";
	set(&request, GUARD_ORIGIN, "https://evil.example");
	assert_int_equal(check(&request), 403);
	set(&request, GUARD_ORIGIN, NULL);
	assert_int_equal(check(&request), 403);
}

static void test_bodies(void **state)
{
	static const char *const good[] = {
		"application/json", "Application/JSON", "application/json; charset=utf-8",
		"application/json;charset=UTF-8",
	};
	static const char *const bad[] = {
		"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
		"application/jsonp", "application/json; charset=utf-16", "application/json,text/plain",
		"text/plain; application/json", "application/json; charset=utf-8; x=y",
	};
	char text[32];
	size_t i, w;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		struct guard_request request = right(route, DOORS_HTTP);

		snprintf(text, sizeof(text), "%zu", route->body + 1);
		set(&request, GUARD_LENGTH, text);
		assert_int_equal(check(&request), 413);
		snprintf(text, sizeof(text), "%zu", route->body);
		assert_int_equal(check(&request), 0);
		if (route->body > 0) {
			set(&request, GUARD_LENGTH, NULL);
			assert_int_equal(check(&request), 411);
			set(&request, GUARD_LENGTH, "2");
		}
		for (w = 0; w < sizeof(good) / sizeof(good[0]) && route->json; w++) {
			set(&request, GUARD_TYPE, good[w]);
			assert_int_equal(check(&request), 0);
		}
		for (w = 0; w < sizeof(bad) / sizeof(bad[0]) && route->json; w++) {
			set(&request, GUARD_TYPE, bad[w]);
			assert_int_equal(check(&request), 415);
		}
	}
}

static void test_hosts(void **state)
{
	static const char *const good[] = { "127.0.0.1:7717", "[::1]:7717", "localhost:7717" };
	struct guard_request request = right(route_of(ACT_ASK), DOORS_HTTP);
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		set(&request, GUARD_HOST, good[i]);
		assert_int_equal(check(&request), 0);
	}
	set(&request, GUARD_HOST, "localhost");
	assert_int_equal(check(&request), 400);
	request.door = DOORS_UNIX;
	assert_int_equal(check(&request), 0);
	request.port = 0;
	set(&request, GUARD_HOST, "localhost:0");
	assert_int_equal(check(&request), 400);
}

/* A locked vault says nothing of who is known. */
static void test_locked(void **state)
{
	struct guard_request request = right(route_of(ACT_ASK), DOORS_HTTP);
	struct guard_verdict verdict;

	(void)state;
	vault = TACIT_E_LOCKED;
	assert_int_equal(check(&request), 503);
	set(&request, GUARD_ORIGIN, SHOP);
	guard_check(&request, &world, &verdict);
	assert_int_equal(verdict.status, 503);
	assert_int_equal(verdict.failure, TACIT_E_LOCKED);
	assert_null(verdict.origin);
	vault = 0;
}

/* With a witness nothing else is there, and no page may. */
static void test_witness(void **state)
{
	struct guard_request request = right(route_of(ACT_CHECKPOINT), DOORS_HTTP);

	(void)state;
	assert_int_equal(check(&request), 0);
	set(&request, GUARD_ORIGIN, SHOP);
	assert_int_equal(check(&request), 403);
	set(&request, GUARD_ORIGIN, NULL);
	add(&request, "Authorization", "Bearer " HEX64("1"));
	request.target = "/v1/ask";
	assert_int_equal(check(&request), 404);
}

/* ---- the description ----------------------------------------------------------------------- */

static void path_of(const struct route *route, char *out, size_t max)
{
	if (route->name == NULL)
		snprintf(out, max, "%s", route->path);
	else
		snprintf(out, max, "%s{%s}", route->path, route->name);
}

static void test_openapi(void **state)
{
	json_t *description = json_loads(tacit_openapi(), JSON_REJECT_DUPLICATES, NULL);
	json_t *paths = json_object_get(description, "paths"), *item, *operation;
	const char *path, *method;
	size_t i, described = 0;
	char wanted[128], lower[8];

	(void)state;
	assert_non_null(description);
	assert_string_equal(json_string_value(json_object_get(description, "openapi")), "3.1.0");
	json_object_foreach(paths, path, item)
		described += json_object_size(item);
	assert_int_equal(described, routes_count);
	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		const json_t *security;

		path_of(route, wanted, sizeof(wanted));
		snprintf(lower, sizeof(lower), "%s", strcmp(route->method, "GET") == 0 ? "get" : "post");
		operation = json_object_get(json_object_get(paths, wanted), lower);
		if (operation == NULL)
			fail_msg("%s %s is not described", route->method, wanted);
		security = json_array_get(json_object_get(operation, "security"), 0);
		assert_int_equal(json_object_get(security, "token") != NULL,
				 route->right == RIGHT_TOKEN);
		assert_int_equal(json_object_get(security, "code") != NULL,
				 route->right == RIGHT_CODE);
		assert_int_equal(json_object_get(operation, "requestBody") != NULL,
				 route->body > 0);
		assert_int_equal(json_object_get(operation, "parameters") != NULL,
				 route->name != NULL);
	}
	/* and every method described is in the table, for there are as many */
	json_object_foreach(paths, path, item)
		json_object_foreach(item, method, operation)
			assert_non_null(json_object_get(operation, "responses"));
	json_decref(description);
}

/* ---- how often ----------------------------------------------------------------------------- */

static void test_bucket(void **state)
{
	struct buckets *buckets = calloc(1, sizeof(*buckets));
	char name[32];
	int i, taken = 0;

	(void)state;
	buckets->burst = 10;
	buckets->second = 5;
	for (i = 0; i < 20; i++)
		taken += bucket_take(buckets, "a", 1000);
	assert_int_equal(taken, 10);
	assert_true(bucket_take(buckets, "b", 1000));	/* another's is its own */
	assert_false(bucket_take(buckets, "a", 1199));
	assert_true(bucket_take(buckets, "a", 1200));	/* 5 a second: one in 200 ms */
	assert_false(bucket_take(buckets, "a", 1200));
	for (i = 0, taken = 0; i < 20; i++)
		taken += bucket_take(buckets, "a", 1000000);
	assert_int_equal(taken, 10);			/* never more than a burst */
	for (i = 0; i < 1000; i++) {			/* many names take no more room */
		snprintf(name, sizeof(name), "%d", i);
		assert_true(bucket_take(buckets, name, 2000000 + i));
	}
	free(buckets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_route_and_change),
		cmocka_unit_test(test_no_right),
		cmocka_unit_test(test_two_tokens),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_preflight),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_openapi),
		cmocka_unit_test(test_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
