/* Which addresses are public (the registries of RFC 6890 and of IPv6), and how long to wait. */
#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "fetch.h"

static bool public4(uint32_t address)
{
	static const struct {
		uint32_t network;
		int bits;
	} not[] = {
		{ 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0x7f000000, 8 },
		{ 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
		{ 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
		{ 0xcb007100, 24 }, { 0xe0000000, 4 }, { 0xf0000000, 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(not) / sizeof(*not); i++)
		if ((address ^ not[i].network) >> (32 - not[i].bits) == 0)
			return false;
	return true;
}

static uint32_t load4(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool public6(const uint8_t *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return public4(load4(a + 12));
	if ((a[0] & 0xe0) != 0x20)
		return false;		/* global unicast is 2000::/3 */
	if (a[0] == 0x20 && a[1] == 0x02)
		return public4(load4(a + 2));	/* 6to4 */
	if (a[0] == 0x20 && a[1] == 0x01 &&
	    (a[2] < 2 || (a[2] == 0x0d && a[3] == 0xb8)))
		return false;		/* protocols such as Teredo; documentation */
	return !(a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10);
}

bool fetch_public(const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return public4(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&in6, address, sizeof(in6));
	return public6(in6.sin6_addr.s6_addr);
}

int64_t fetch_pause(unsigned failures, int64_t retry_after)
{
	int64_t pause = failures == 0 ? 0 : failures > 8 ? 7 * CLOCK_DAY_MS :
			CLOCK_HOUR_MS << (failures - 1);

	if (pause > 7 * CLOCK_DAY_MS)
		pause = 7 * CLOCK_DAY_MS;
	if (retry_after > CLOCK_DAY_MS)
		retry_after = CLOCK_DAY_MS;
	return retry_after > pause ? retry_after : pause;
}
