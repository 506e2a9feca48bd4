#include "guard.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const names[GUARD_HEADERS] = {
	"host", "origin", "authorization", "content-type", "content-length", "transfer-encoding",
	"sec-fetch-site", "sec-fetch-dest", "access-control-request-method",
	"access-control-request-headers", "access-control-request-private-network",
};

void guard_add(struct guard_request *request, const char *name, size_t name_size,
	       const char *value, size_t size)
{
	size_t i;

	request->lines++;
	for (i = 0; i < size; i++)
		if ((unsigned char)value[i] < 0x20 ? value[i] != '\t' : value[i] == 0x7f)
			request->dirty = true;
	for (i = 0; i < GUARD_HEADERS; i++)
		if (strlen(names[i]) == name_size && strncasecmp(names[i], name, name_size) == 0) {
			request->header[i].count++;
			request->header[i].text = value;
		}
}

static int refuse(struct guard_verdict *out, int status, const char *error, const char *words)
{
	out->status = status;
	out->error = error;
	out->words = words;
	return status;
}

static int refuse_bytes(struct guard_verdict *out, int status, const char *error,
			const char *words)
{
	out->close = true;
	return refuse(out, status, error, words);
}

/* Its text where it stands there once; NULL where it does not. */
static const char *once(const struct guard_request *request, enum guard_header header)
{
	return request->header[header].count == 1 ? request->header[header].text : NULL;
}

/* Whether `text` is our own address: prefix and host, and the port where there is one. */
static bool own(const struct guard_request *request, const char *prefix, const char *text)
{
	static const char *const hosts[] = { "127.0.0.1", "[::1]", "localhost" };
	char wanted[64];
	size_t i;

	for (i = 0; i < 3 && request->port != 0; i++) {
		snprintf(wanted, sizeof(wanted), "%s%s:%u", prefix, hosts[i],
			 (unsigned)request->port);
		if (strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

static int check_line(const struct guard_request *request, struct guard_verdict *out)
{
	const char *host = once(request, GUARD_HOST), *target = request->target;
	size_t size = strlen(target);

	if (request->stranger)
		return refuse_bytes(out, 403, "user", "This socket is another user's.");
	if (strcmp(request->version, "HTTP/1.1") != 0)
		return refuse_bytes(out, 505, "version", "Only HTTP/1.1 is spoken here.");
	if (request->lines > DOORS_HEADERS)
		return refuse_bytes(out, 431, "headers", "There are too many headers.");
	if (request->dirty)
		return refuse_bytes(out, 400, "headers", "A header has a control character.");
	if (host == NULL ||
	    (!own(request, "", host) &&
	     (request->door != DOORS_UNIX || strcmp(host, "localhost") != 0)))
		return refuse_bytes(out, 400, "host", "The Host has to be this machine's loopback "
				    "address with the port, once.");
	if (size > DOORS_TARGET_BYTES)
		return refuse_bytes(out, 414, "target", "The address is too long.");
	if (target[0] != '/')
		return refuse_bytes(out, 400, "target", "The address has to be a path.");
	if (strpbrk(target, "?#") != NULL)
		return refuse_bytes(out, 400, "query", "Nothing goes into the address: no query, "
				    "no token.");
	return 0;
}

/* One length in digits or none; where it ends is then beyond doubt. */
static int check_framing(const struct guard_request *request, struct guard_verdict *out)
{
	const char *length = request->header[GUARD_LENGTH].text;
	size_t size;

	if (request->header[GUARD_TRANSFER].count > 0 || request->header[GUARD_LENGTH].count > 1)
		return refuse_bytes(out, 400, "framing", "The body's size has to be said once, by "
				    "Content-Length.");
	if (length == NULL)
		return 0;
	size = strspn(length, "0123456789");
	if (size == 0 || size > 18 || length[size] != 0)
		return refuse_bytes(out, 400, "framing", "Content-Length has to be a number.");
	for (; *length != 0; length++)
		out->length = out->length * 10 + (uint64_t)(*length - '0');
	return 0;
}

/* Which page this comes from, where a browser says so. */
static int check_origin(const struct guard_request *request, const struct guard_world *world,
			struct guard_verdict *out)
{
	const char *origin = request->header[GUARD_ORIGIN].text;
	int known;

	if (origin == NULL)
		return 0;
	if (request->header[GUARD_ORIGIN].count == 1 && !request->witness) {
		if (request->door == DOORS_HTTP && own(request, "http://", origin))
			return 0;
		known = strlen(origin) < TACIT_SERVICE_BYTES && strstr(origin, "://") != NULL ?
			world->known(world->context, origin) : 0;
		if (known < 0) {
			out->failure = known;
			return refuse(out, 503, NULL, NULL);
		}
		if (known == 1) {
			out->origin = origin;
			return 0;
		}
	}
	return refuse(out, 403, "origin", "Pages from there were not let in.");
}

/* What the browser says of where a request comes from and goes to. Requests from other sites are
 * those of services that were let in, and pages of theirs that show our frame. */
static int check_site(const struct guard_request *request, struct guard_verdict *out)
{
	const char *site = request->header[GUARD_SITE].text;
	const char *dest = once(request, GUARD_DEST);
	bool framed = strcmp(request->method, "GET") == 0 &&
		      strncmp(request->target, "/frame/", 7) == 0;

	if (request->header[GUARD_SITE].count > 1 || request->header[GUARD_DEST].count > 1)
		return refuse(out, 403, "site", "Where this comes from is said twice.");
	if (framed && dest != NULL && strcmp(dest, "iframe") != 0)
		return refuse(out, 403, "site", "This is for a frame of the service's page.");
	if (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)
		return 0;
	if ((strcmp(site, "cross-site") == 0 || strcmp(site, "same-site") == 0) &&
	    (out->origin != NULL || (framed && dest != NULL)))
		return 0;
	return refuse(out, 403, "site", "Pages of other sites may not do this.");
}

/* A browser asks before it sends a token from a page. */
static int check_preflight(const struct guard_request *request, struct guard_verdict *out)
{
	const char *method = once(request, GUARD_METHOD), *segment;
	const char *private_network = once(request, GUARD_PRIVATE);
	const struct route *route;

	route = method == NULL ? NULL : routes_find(method, request->target, request->door,
						    request->witness, &segment);
	if (out->origin == NULL || route == NULL || !route->across) {
		out->origin = NULL;
		return refuse(out, 403, "preflight", "Pages may not do this.");
	}
	out->allow = route->method;
	out->private_network = private_network != NULL && strcmp(private_network, "true") == 0;
	return refuse(out, 204, NULL, NULL);
}

static bool hexadecimal(const char *text)
{
	return strspn(text, "0123456789abcdef") == 64 && text[64] == 0;
}

/* The secret of "Authorization: Bearer SECRET", or NULL. */
static const char *bearer(const struct guard_request *request)
{
	const char *text = once(request, GUARD_AUTHORIZATION);

	if (text == NULL || strncasecmp(text, "Bearer ", 7) != 0 || !hexadecimal(text + 7))
		return NULL;
	return text + 7;
}

static int check_token(const struct guard_request *request, const struct guard_world *world,
		       struct guard_verdict *out)
{
	const char *origin = request->header[GUARD_ORIGIN].text, *token = bearer(request);
	int result = TACIT_E_SECRET;

	if (token != NULL)
		result = world->service_of(world->context, token, out->service);
	if (result == TACIT_E_SECRET || result == TACIT_E_NOT_FOUND) {
		out->service[0] = 0;
		return refuse(out, 401, DOORS_NOBODY);
	}
	if (result != 0) {
		out->failure = result;
		return refuse(out, 503, NULL, NULL);
	}
	/* A token taken from one page is worth nothing on another; a program's on none. */
	if (origin != NULL && strcmp(origin, out->service) != 0)
		return refuse(out, 403, "origin", "This token is not this page's.");
	return 0;
}

/* Who may. Somebody without a right learns nothing of what there is: a path that does not exist
 * wants a token like one that does. */
static int check_right(const struct guard_request *request, const struct guard_world *world,
		       struct guard_verdict *out)
{
	const struct route *route = out->route;
	const char *host = once(request, GUARD_HOST), *origin = once(request, GUARD_ORIGIN);
	const char *code;

	switch (route != NULL ? route->right : request->witness ? RIGHT_NONE : RIGHT_TOKEN) {
	case RIGHT_TOKEN:
		return check_token(request, world, out);
	case RIGHT_CODE:
		code = bearer(request);
		if (code == NULL)
			return refuse(out, 401, DOORS_NOBODY);
		memcpy(out->secret, code, sizeof(out->secret));
		return 0;
	case RIGHT_CHOOSER:	/* only the frame itself */
		if (origin == NULL || strncmp(origin, "http://", 7) != 0 ||
		    strcmp(origin + 7, host) != 0)
			return refuse(out, 401, DOORS_NOBODY);
		break;
	case RIGHT_HANDLE:	/* opened, not fetched */
		if (origin != NULL)
			return refuse(out, 401, DOORS_NOBODY);
		break;
	case RIGHT_NONE:
		return 0;
	}
	return hexadecimal(out->segment) ? 0 : refuse(out, 401, DOORS_NOBODY);
}

static bool json_type(const char *type)
{
	static const char wanted[] = "application/json";
	size_t size = sizeof(wanted) - 1;

	if (type == NULL || strncasecmp(type, wanted, size) != 0)
		return false;
	type += size;
	if (*type == 0)
		return true;
	type += strspn(type, " ");
	if (*type != ';')
		return false;
	type++;
	type += strspn(type, " ");
	return strcasecmp(type, "charset=utf-8") == 0;
}

static int check_body(const struct guard_request *request, struct guard_verdict *out)
{
	const struct route *route = out->route;

	if (route->json && !json_type(once(request, GUARD_TYPE)))
		return refuse_bytes(out, 415, "type", "The body has to be application/json.");
	if (route->body > 0 && request->header[GUARD_LENGTH].count == 0)
		return refuse_bytes(out, 411, "framing", "Content-Length is missing.");
	if (out->length > route->body)
		return refuse_bytes(out, 413, "size", "The body is too large.");
	return 0;
}

void guard_check(const struct guard_request *request, const struct guard_world *world,
		 struct guard_verdict *out)
{
	const char *segment = NULL;

	memset(out, 0, sizeof(*out));
	if (check_line(request, out) != 0 || check_framing(request, out) != 0 ||
	    check_origin(request, world, out) != 0 || check_site(request, out) != 0)
		return;
	if (strcmp(request->method, "OPTIONS") == 0) {
		check_preflight(request, out);
		return;
	}
	out->route = routes_find(request->method, request->target, request->door, request->witness,
				 &segment);
	if (segment != NULL)
		snprintf(out->segment, sizeof(out->segment), "%s", segment);
	if (check_right(request, world, out) != 0)
		return;
	if (out->route == NULL)
		refuse(out, 404, "path", "There is nothing of that name here.");
	else if (out->origin != NULL && !out->route->across)
		refuse(out, 403, "origin", "Pages may not do this.");
	else
		check_body(request, out);
}
