/* Which addresses a feed may come from, and for how long one that failed is left alone. */
#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/clock.h"

static bool public(const char *text)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(&storage, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(&storage, &in6, sizeof(in6));
	else
		fail_msg("%s is no address", text);
	return fetch_public((struct sockaddr *)&storage);
}

static void test_addresses(void **state)
{
	/* The first and last of each range, and those just outside. */
	static const char *const not[] = {
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0",
		"100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254",
		"172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.0",
		"192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.7",
		"224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:192.168.1.1", "::7f00:1", "fe80::1",
		"febf::1", "fec0::1", "fc00::1", "fdff::1", "ff02::1", "64:ff9b::a00:1",
		"64:ff9b:1::808:808", "2002:7f00:1::", "2002:c0a8:101::1", "2001::1", "2001:db8::1",
		"3fff::1", "100::1",
	};
	static const char *const yes[] = {
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
		"126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255",
		"172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"223.255.255.255", "8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
		"2001:4860:4860::8888", "2606:4700::1111", "2a00::1",
	};
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(not) / sizeof(*not); i++)
		if (public(not[i]))
			fail_msg("%s is not public", not[i]);
	for (i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!public(yes[i]))
			fail_msg("%s is public", yes[i]);
	assert_false(fetch_public((struct sockaddr *)&un));
}

static void test_hosts(void **state)
{
	static const char *const not[] = {
		"", "lamp", "file:///etc/passwd", "ftp://lamp.example/", "gopher://lamp.example/",
		"http://", "https://me@lamp.example/", "https://me:word@lamp.example/",
		"javascript:1", "http://lamp.example:99999/", "dict://lamp.example/",
	};
	char host[FETCH_PLACE], place[FETCH_PLACE];
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(not) / sizeof(*not); i++)
		if (fetch_host(not[i], host, place, &error) != TACIT_E_ARGUMENT)
			fail_msg("\"%s\" is taken for %s", not[i], host);
	assert_int_equal(fetch_host("HTTPS://lamp.example/a?b=c", host, place, &error), 0);
	assert_string_equal(host, "lamp.example");
	assert_string_equal(place, "lamp.example:443");
	assert_int_equal(fetch_host("http://lamp.example:8080", host, place, &error), 0);
	assert_string_equal(place, "lamp.example:8080");
}

static void test_pauses(void **state)
{
	int64_t hour = CLOCK_HOUR_MS, day = CLOCK_DAY_MS;

	(void)state;
	assert_int_equal(fetch_pause(1, 0), hour);
	assert_int_equal(fetch_pause(2, 0), 2 * hour);
	assert_int_equal(fetch_pause(3, 0), 4 * hour);
	assert_int_equal(fetch_pause(8, 0), 128 * hour);
	assert_int_equal(fetch_pause(9, 0), 7 * day);
	assert_int_equal(fetch_pause(4000000000u, 0), 7 * day);
	assert_int_equal(fetch_pause(1, 7200 * 1000), 2 * hour);
	assert_int_equal(fetch_pause(1, 60 * 1000), hour);
	assert_int_equal(fetch_pause(1, 90 * day), day);
	assert_int_equal(fetch_pause(9, day), 7 * day);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
