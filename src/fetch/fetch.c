/*
 * The download itself: libcurl, one address after another of a chain of redirects. libcurl brings
 * some twenty libraries along, so that it is opened when it is needed: no other command starts
 * slower for it, and the readers' process never has it.
 */
#include "fetch.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#define CURL_FILE "libcurl.so.4"
#define CONNECT_MS 10000
#define SLOW_BYTES 64			/* a second, for so many seconds: given up */
#define SLOW_SECONDS 20

struct calls {
	__typeof__(&curl_url) url;
	__typeof__(&curl_url_set) url_set;
	__typeof__(&curl_url_get) url_get;
	__typeof__(&curl_url_cleanup) url_cleanup;
	__typeof__(&curl_free) free;
	__typeof__(&curl_easy_init) easy_init;
	__typeof__(&curl_easy_setopt) easy_setopt;
	__typeof__(&curl_easy_perform) easy_perform;
	__typeof__(&curl_easy_getinfo) easy_getinfo;
	__typeof__(&curl_easy_header) easy_header;
	__typeof__(&curl_easy_strerror) easy_strerror;
	__typeof__(&curl_easy_cleanup) easy_cleanup;
	__typeof__(&curl_slist_append) slist_append;
	__typeof__(&curl_slist_free_all) slist_free_all;
};

struct download {
	struct calls calls;
	const struct fetch_ask *ask;
	struct fetch_reply *reply;
	struct error *error;
	CURL *curl;
	struct curl_slist *headers;
	char host[FETCH_PLACE];
	bool near;			/* the open address may be private */
	bool refused, large;
};

/* The same few addresses each time: dlopen counts, and nothing is closed. */
static int load(struct calls *out, struct error *error)
{
	const struct {
		const char *name;
		void *call;
	} list[] = {
		{ "curl_url", &out->url },
		{ "curl_url_set", &out->url_set },
		{ "curl_url_get", &out->url_get },
		{ "curl_url_cleanup", &out->url_cleanup },
		{ "curl_free", &out->free },
		{ "curl_easy_init", &out->easy_init },
		{ "curl_easy_setopt", &out->easy_setopt },
		{ "curl_easy_perform", &out->easy_perform },
		{ "curl_easy_getinfo", &out->easy_getinfo },
		{ "curl_easy_header", &out->easy_header },
		{ "curl_easy_strerror", &out->easy_strerror },
		{ "curl_easy_cleanup", &out->easy_cleanup },
		{ "curl_slist_append", &out->slist_append },
		{ "curl_slist_free_all", &out->slist_free_all },
	};
	void *library = dlopen(CURL_FILE, RTLD_NOW | RTLD_LOCAL), *call;
	size_t i;

	for (i = 0; library != NULL && i < sizeof(list) / sizeof(*list); i++) {
		call = dlsym(library, list[i].name);
		if (call == NULL)
			break;
		memcpy(list[i].call, &call, sizeof(call));
	}
	return i == sizeof(list) / sizeof(*list) ? 0 :
	       error_set(error, TACIT_E_NOT_FOUND, "there is no " CURL_FILE " of 7.85 or later, "
			 "which fetching needs; install it (Debian: libcurl4)");
}

int fetch_host(const char *address, char host[FETCH_PLACE], char place[FETCH_PLACE],
	       struct error *error)
{
	char *scheme = NULL, *name = NULL, *port = NULL, *user = NULL;
	struct calls calls;
	CURLU *url;
	int result = load(&calls, error);

	if (result != 0)
		return result;
	result = TACIT_E_ARGUMENT;
	url = calls.url();
	if (url == NULL)
		return error_memory(error);
	if (strlen(address) < LIMIT_FEED_ADDRESS &&
	    calls.url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK &&
	    calls.url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
	    calls.url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
	    calls.url_get(url, CURLUPART_HOST, &name, 0) == CURLUE_OK && strlen(name) < 256 &&
	    calls.url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		result = 0;
	if (result == 0 && host != NULL)
		snprintf(host, FETCH_PLACE, "%s", name);
	if (result == 0 && place != NULL)
		snprintf(place, FETCH_PLACE, "%s:%s", name, port);
	if (result != 0)
		error_set(error, result, "that is no address of a feed; give one that begins with "
			  "https:// or http://, without a user's name");
	calls.free(scheme);
	calls.free(name);
	calls.free(port);
	calls.free(user);
	calls.url_cleanup(url);
	return result;
}

static size_t on_body(char *data, size_t one, size_t size, void *context)
{
	struct download *download = context;
	struct bytes *body = &download->reply->body;

	(void)one;
	if (body->size + size > LIMIT_FEED_BYTES) {
		download->large = true;
		return 0;
	}
	return bytes_append(body, data, size) == 0 ? size : 0;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct download *download = context;

	if (purpose != CURLSOCKTYPE_IPCXN || (!download->near && !fetch_public(&to->addr))) {
		download->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static int set_up(struct download *download)
{
	const struct calls *calls = &download->calls;
	const struct fetch_ask *ask = download->ask;
	char line[FETCH_ETAG + 32];
	struct curl_slist *more;
	CURL *curl = download->curl = calls->easy_init();
	int bad = 0;

	if (curl == NULL)
		return error_memory(download->error);
	bad |= calls->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") != CURLE_OK;
	/* Each redirect is followed here, so that its host is known when the socket is checked. */
	bad |= calls->easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_USERAGENT, "tacit") != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "") != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE,
				(curl_off_t)LIMIT_FEED_BYTES) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_WRITEDATA, download) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket) != CURLE_OK;
	bad |= calls->easy_setopt(curl, CURLOPT_OPENSOCKETDATA, download) != CURLE_OK;
	if (ask->etag != NULL && ask->etag[0] != 0) {
		snprintf(line, sizeof(line), "If-None-Match: %.*s", FETCH_ETAG - 1, ask->etag);
		more = calls->slist_append(download->headers, line);
		bad |= more == NULL;
		download->headers = more != NULL ? more : download->headers;
	}
	if (ask->modified != NULL && ask->modified[0] != 0) {
		snprintf(line, sizeof(line), "If-Modified-Since: %.*s", FETCH_MODIFIED - 1,
			 ask->modified);
		more = calls->slist_append(download->headers, line);
		bad |= more == NULL;
		download->headers = more != NULL ? more : download->headers;
	}
	bad |= calls->easy_setopt(curl, CURLOPT_HTTPHEADER, download->headers) != CURLE_OK;
	/* A libcurl that cannot do one of these is not used at all. */
	return bad ? error_set(download->error, TACIT_E_IO, "this libcurl cannot do what a safe "
			       "download needs; install libcurl 7.85 or later") : 0;
}

static int tell(struct download *download, CURLcode code)
{
	const char *host = download->host;
	struct error *error = download->error;

	if (download->large || code == CURLE_FILESIZE_EXCEEDED)
		return error_set(error, TACIT_E_IO, "%.200s sends more than %d MiB, which no feed "
				 "does; check the address", host, LIMIT_FEED_BYTES >> 20);
	if (code == CURLE_OUT_OF_MEMORY)
		return error_memory(error);
	if (download->refused && (code == CURLE_COULDNT_CONNECT))
		return error_set(error, TACIT_E_IO, "%.200s is on this machine or a private "
				 "network, where no feed of a file and no redirect may lead; "
				 "if you trust it: tacit fetch ADDRESS", host);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return error_set(error, TACIT_E_IO, "%.200s is not found; check the address and "
				 "the network", host);
	case CURLE_UNSUPPORTED_PROTOCOL:
		return error_set(error, TACIT_E_IO, "%.200s leads to what is neither http nor "
				 "https; check the address", host);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(error, TACIT_E_IO, "%.200s is too slow; try again later, or with "
				 "--timeout SECONDS", host);
	case CURLE_PEER_FAILED_VERIFICATION:
		return error_set(error, TACIT_E_IO, "the certificate of %.200s does not hold, so "
				 "nothing was read; check the address and the clock", host);
	default:
		return error_set(error, TACIT_E_IO, "%.200s: %s; check the address and the network",
				 host, download->calls.easy_strerror(code));
	}
}

static void keep_header(struct download *download, const char *name, char *out, size_t max)
{
	struct curl_header *header;
	CURLHcode code = download->calls.easy_header(download->curl, name, 0, CURLH_HEADER, -1,
						     &header);

	out[0] = 0;
	if (code == CURLHE_OK && strlen(header->value) < max)
		memcpy(out, header->value, strlen(header->value) + 1);
}

/* One address; 1 and the next one in `address` where it leads on. */
static int get_one(struct download *download, char address[LIMIT_FEED_ADDRESS], int64_t ms)
{
	const struct calls *calls = &download->calls;
	char place[FETCH_PLACE], near[FETCH_PLACE], *next = NULL;
	struct error ignored;
	curl_off_t retry = 0;
	long status = 0;
	CURLcode code;
	int i, result;

	if (ms <= 0)
		return tell(download, CURLE_OPERATION_TIMEDOUT);
	result = fetch_host(address, NULL, place, &ignored);
	if (result != 0)
		return tell(download, CURLE_UNSUPPORTED_PROTOCOL);
	fetch_host(address, download->host, NULL, &ignored);
	download->near = false;
	for (i = 0; i < FETCH_NEAR; i++)
		if (download->ask->near[i] != NULL &&
		    fetch_host(download->ask->near[i], NULL, near, &ignored) == 0 &&
		    strcasecmp(place, near) == 0)
			download->near = true;
	download->refused = false;
	bytes_clear(&download->reply->body);
	calls->easy_setopt(download->curl, CURLOPT_URL, address);
	calls->easy_setopt(download->curl, CURLOPT_TIMEOUT_MS, (long)ms);
	code = calls->easy_perform(download->curl);
	calls->easy_getinfo(download->curl, CURLINFO_RESPONSE_CODE, &status);
	calls->easy_getinfo(download->curl, CURLINFO_RETRY_AFTER, &retry);
	if (retry > 0)
		download->reply->retry_after = retry > 86400 ? CLOCK_DAY_MS : retry * 1000;
	if (code != CURLE_OK)
		return tell(download, code);
	download->reply->status = (int)status;
	if (status == 200 || status == 304)
		return 0;
	calls->easy_getinfo(download->curl, CURLINFO_REDIRECT_URL, &next);
	if (next == NULL || strlen(next) >= LIMIT_FEED_ADDRESS)
		return error_set(download->error, TACIT_E_IO, "%.200s answers %ld; %s",
				 download->host, status, status == 404 || status == 410 ?
				 "the feed may be gone: check its address" : "try again later");
	snprintf(address, LIMIT_FEED_ADDRESS, "%s", next);
	return 1;
}

int fetch_get(const struct fetch_ask *ask, struct fetch_reply *reply, struct error *error)
{
	struct download download = { .ask = ask, .reply = reply, .error = error };
	double until = clock_seconds() + (ask->seconds == 0 ? FETCH_SECONDS : ask->seconds);
	char address[LIMIT_FEED_ADDRESS];
	int result, hop;

	memset(reply, 0, sizeof(*reply));
	result = load(&download.calls, error);
	if (result != 0)
		return result;
	result = fetch_host(ask->address, download.host, NULL, error);
	if (result == 0)
		result = set_up(&download);
	if (result == 0) {
		snprintf(address, sizeof(address), "%s", ask->address);
		result = 1;
	}
	for (hop = 0; result == 1 && hop <= LIMIT_FEED_REDIRECTS; hop++)
		result = get_one(&download, address,
				 (int64_t)((until - clock_seconds()) * 1000.0));
	if (result == 1)
		result = error_set(error, TACIT_E_IO, "%.200s leads on more than %d times; check "
				   "the address", download.host, LIMIT_FEED_REDIRECTS);
	if (result == 0) {
		keep_header(&download, "ETag", reply->etag, sizeof(reply->etag));
		keep_header(&download, "Last-Modified", reply->modified,
			    sizeof(reply->modified));
	}
	download.calls.easy_cleanup(download.curl);
	download.calls.slist_free_all(download.headers);
	return result;
}
