/* Addresses of pages; see google_address.h. */
#include "google_address.h"

#include <string.h>

bool google_address_has(struct act_text address, const char *part)
{
	return address.size > 0 && memmem(address.data, address.size, part, strlen(part)) != NULL;
}

static bool begins(struct act_text text, const char *part)
{
	size_t size = strlen(part);

	return text.size >= size && memcmp(text.data, part, size) == 0;
}

static struct act_text from(struct act_text text, size_t at)
{
	return (struct act_text){ text.data + at, text.size - (uint32_t)at };
}

/* The host of an address as it stands, without "www." and the port. */
static struct act_text plain_host(struct act_text address)
{
	uint32_t end = 0;
	const char *port;

	if (begins(address, "https://"))
		address = from(address, 8);
	else if (begins(address, "http://"))
		address = from(address, 7);
	else
		return (struct act_text){ NULL, 0 };
	while (end < address.size && strchr("/?#", address.data[end]) == NULL)
		end++;
	/* A name before the host is a login, with a password behind a colon. */
	if (memchr(address.data, '@', end) != NULL)
		end = 0;
	port = memchr(address.data, ':', end);
	address.size = port != NULL ? (uint32_t)(port - address.data) : end;
	return begins(address, "www.") ? from(address, 4) : address;
}

/* Where a name's value stands in the query, still encoded. */
static struct act_text raw_query(struct act_text address, const char *name)
{
	const char *mark = address.size == 0 ? NULL : memchr(address.data, '?', address.size);
	size_t size = strlen(name), at;
	uint32_t end;

	if (mark == NULL)
		return (struct act_text){ NULL, 0 };
	for (at = (size_t)(mark - address.data) + 1; at < address.size; at++) {
		struct act_text left = from(address, at);

		if (left.size > size && memcmp(left.data, name, size) == 0 &&
		    left.data[size] == '=') {
			left = from(left, size + 1);
			end = 0;
			while (end < left.size && strchr("&#", left.data[end]) == NULL)
				end++;
			left.size = end;
			return left;
		}
		while (at < address.size && address.data[at] != '&')
			at++;
	}
	return (struct act_text){ NULL, 0 };
}

struct act_text google_address_host(struct act_text address)
{
	if (google_address_has(address, "google.") && google_address_has(address, "/url?")) {
		struct act_text to = plain_host(raw_query(address, "q"));

		if (to.size > 0)
			return to;
	}
	return plain_host(address);
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ?
	       (c | 32) - 'a' + 10 : -1;
}

struct act_text google_address_query(struct act_text address, const char *name, struct bytes *out)
{
	struct act_text raw = raw_query(address, name), value = { NULL, 0 };
	uint32_t i;

	bytes_clear(out);
	if (raw.size == 0 || bytes_reserve(out, raw.size) != 0)
		return value;
	for (i = 0; i < raw.size; i++) {
		char c = raw.data[i];

		if (c == '%' && i + 2 < raw.size && hex(raw.data[i + 1]) >= 0 &&
		    hex(raw.data[i + 2]) >= 0) {
			c = (char)(hex(raw.data[i + 1]) * 16 + hex(raw.data[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		out->data[out->size++] = (uint8_t)(c == 0 ? ' ' : c);
	}
	value.data = (const char *)out->data;
	value.size = (uint32_t)out->size;
	return value;
}

struct act_text google_address_search(struct act_text address, struct bytes *out)
{
	struct act_text host = plain_host(address);

	if (google_address_has(host, "youtube.") && google_address_has(address, "/results?"))
		return google_address_query(address, "search_query", out);
	if ((google_address_has(host, "google.") || google_address_has(host, "bing.")) &&
	    google_address_has(address, "/search?"))
		return google_address_query(address, "q", out);
	if (google_address_has(host, "duckduckgo.com"))
		return google_address_query(address, "q", out);
	return (struct act_text){ NULL, 0 };
}
