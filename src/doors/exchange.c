#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "answers.h"
#include "sockets.h"

/* ---- connections --------------------------------------------------------------------------- */

static void enter(struct exchange_link *link, enum exchange_phase phase)
{
	link->phase = phase;
	link->since = doors_clock();
}

static void end(struct exchange_link *link)
{
	link->ended = true;
	shutdown(link->fd, SHUT_RDWR);
}

/* Where it is crowded, one that waits for its next request makes room: first those that have shown
 * no right yet, of them the one that waits longest. */
static void make_room(const struct door *door)
{
	struct exchange_link *link, *worst = NULL;

	for (link = door->server->links; link != NULL; link = link->next)
		if (link->phase <= PHASE_REQUEST && !link->ended &&
		    (worst == NULL || link->trusted < worst->trusted ||
		     (link->trusted == worst->trusted && link->since <= worst->since)))
			worst = link;
	if (worst != NULL)
		end(worst);
}

static void begin_link(struct door *door, struct MHD_Connection *connection, void **context)
{
	struct exchange_link *link = calloc(1, sizeof(*link));
	struct server *server = door->server;

	if (link == NULL)
		return;
	if (++door->links > DOORS_CROWDED)
		make_room(door);
	link->server = server;
	link->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
		   ->connect_fd;
	link->next = server->links;
	if (link->next != NULL)
		link->next->previous = link;
	server->links = link;
	enter(link, PHASE_BEGIN);
	if (door->kind == DOORS_UNIX && !sockets_own(link->fd)) {
		link->stranger = true;
		end(link);
	}
	*context = link;
}

static void notice_link(void *context, struct MHD_Connection *connection, void **link_context,
			enum MHD_ConnectionNotificationCode code)
{
	struct door *door = context;
	struct exchange_link *link = *link_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		begin_link(door, connection, link_context);
		return;
	}
	if (link == NULL)
		return;
	door->links--;
	if (link->previous != NULL)
		link->previous->next = link->next;
	else
		door->server->links = link->next;
	if (link->next != NULL)
		link->next->previous = link->previous;
	free(link);
	*link_context = NULL;
}

void exchange_sweep(struct server *server, int64_t now)
{
	struct exchange_link *link;

	for (link = server->links; link != NULL; link = link->next) {
		int64_t most = link->phase == PHASE_BEGIN ? doors_times.begin_ms :
			       link->phase == PHASE_REQUEST ? doors_times.request_ms :
			       doors_times.reply_ms;

		if (!link->ended && link->phase != PHASE_VAULT && now - link->since > most)
			end(link);
	}
}

/* ---- requests ------------------------------------------------------------------------------ */

/* The first line is there. */
static void *begin(void *context, const char *target, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info;
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	(void)context;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (exchange == NULL || info == NULL || info->socket_context == NULL) {
		free(exchange);
		return NULL;
	}
	exchange->link = info->socket_context;
	exchange->connection = connection;
	snprintf(exchange->target, sizeof(exchange->target), "%s", target);
	enter(exchange->link, PHASE_REQUEST);
	return exchange;
}

static void finish(void *context, struct MHD_Connection *connection, void **request,
		   enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *request;

	(void)context;
	(void)connection;
	(void)code;
	if (exchange == NULL)
		return;
	enter(exchange->link, PHASE_BEGIN);
	free(exchange->body);
	free(exchange->reply.body);
	explicit_bzero(&exchange->verdict, sizeof(exchange->verdict));
	free(exchange);
	*request = NULL;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	MHD_add_response_header(response, name, value);
}

static void add_origin(struct MHD_Response *response, const struct guard_verdict *verdict)
{
	if (verdict->origin == NULL) {
		add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
		return;
	}
	add_header(response, "Cross-Origin-Resource-Policy", "cross-origin");
	add_header(response, "Access-Control-Allow-Origin", verdict->origin);
	if (verdict->allow == NULL)
		return;
	add_header(response, "Access-Control-Allow-Methods", verdict->allow);
	add_header(response, "Access-Control-Allow-Headers", "authorization, content-type");
	add_header(response, "Access-Control-Max-Age", "600");
	if (verdict->private_network)
		add_header(response, "Access-Control-Allow-Private-Network", "true");
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
	struct doors_reply *reply = &exchange->reply;
	const struct guard_verdict *verdict = &exchange->verdict;
	struct MHD_Response *response;
	enum MHD_Result result;

	response = MHD_create_response_from_buffer(reply->size, reply->body,
						   MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		return MHD_NO;
	reply->body = NULL;
	if (reply->status != 204)
		add_header(response, "Content-Type", reply->type != NULL ? reply->type :
			   "application/json");
	add_header(response, "Cache-Control", "no-store");
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "Referrer-Policy", "no-referrer");
	add_header(response, "Content-Security-Policy", reply->policy[0] != 0 ? reply->policy :
		   "default-src 'none'; frame-ancestors 'none'");
	add_header(response, "Vary", "Origin");
	add_origin(response, verdict);
	if (reply->status == 401)
		add_header(response, "WWW-Authenticate", "Bearer");
	if (reply->status == 429 || reply->status == 503)
		add_header(response, "Retry-After", "1");
	if (verdict->close)
		add_header(response, "Connection", "close");
	enter(exchange->link, PHASE_REPLY);
	result = MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- the guard ----------------------------------------------------------------------------- */

static int known(void *context, const char *service)
{
	return tacit_service_known(((struct server *)context)->t, service);
}

static int service_of(void *context, const char *token, char service[TACIT_SERVICE_BYTES])
{
	return tacit_service_of(((struct server *)context)->t, token, service);
}

static enum MHD_Result add(void *context, enum MHD_ValueKind kind, const char *name,
			   size_t name_size, const char *value, size_t size)
{
	(void)kind;
	guard_add(context, name, name_size, value != NULL ? value : "", size);
	return MHD_YES;
}

/* Wrong tokens are slowed down for all that come through a door; right ones are not. */
static void refuse_failure(struct door *door, struct exchange *exchange)
{
	const char *name = door->kind == DOORS_UNIX ? "unix" : "http";

	if (exchange->reply.status != 401)
		return;
	exchange->link->trusted = false;
	if (bucket_take(&door->server->failures, name, doors_clock()))
		return;
	free(exchange->reply.body);
	exchange->verdict.close = true;
	doors_refuse(&exchange->reply, 429, "failures", "Too many wrong tokens; wait a second.");
}

static enum MHD_Result check(struct door *door, struct exchange *exchange, const char *method,
			     const char *version)
{
	struct server *server = door->server;
	struct guard_request request = { .door = door->kind, .witness = server->witness != NULL,
					 .port = server->port, .stranger = exchange->link->stranger,
					 .method = method, .target = exchange->target,
					 .version = version };
	const struct guard_world world = { server, known, service_of };
	struct guard_verdict *verdict = &exchange->verdict;

	server->last = doors_clock();
	server->rested = false;
	MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, add, &request);
	guard_check(&request, &world, verdict);
	if (verdict->status == 0 && verdict->route->act == ACT_ASK &&
	    !bucket_take(&server->asks, verdict->service, server->last)) {
		verdict->status = 429;
		verdict->error = "busy";
		verdict->words = "Too many asks; wait a moment.";
		verdict->close = true;
	}
	if (verdict->status == 0) {
		exchange->link->trusted = verdict->route->right == RIGHT_TOKEN;
		if (verdict->length == 0)
			return MHD_YES;
		exchange->body = malloc(verdict->length);
		return exchange->body != NULL ? MHD_YES : MHD_NO;
	}
	if (verdict->status == 204)
		exchange->reply.status = 204;
	else if (verdict->status == 503)
		doors_fail(&exchange->reply, verdict->failure);
	else
		doors_refuse(&exchange->reply, verdict->status, verdict->error, verdict->words);
	refuse_failure(door, exchange);
	return send_reply(exchange);
}

/* ---- answering ----------------------------------------------------------------------------- */

static void enqueue(struct server *server, struct exchange *exchange)
{
	exchange->next = NULL;
	*server->queue_end = exchange;
	server->queue_end = &exchange->next;
	enter(exchange->link, PHASE_VAULT);
	MHD_suspend_connection(exchange->connection);
}

void exchange_batch(struct server *server)
{
	struct tacit_asking asking[DOORS_BATCH];
	struct exchange *batch[DOORS_BATCH];
	size_t count = 0, i;
	int result;

	for (; count < DOORS_BATCH && server->queue != NULL; count++) {
		struct exchange *exchange = server->queue;

		server->queue = exchange->next;
		batch[count] = exchange;
		asking[count] = (struct tacit_asking){ exchange->verdict.service,
						       exchange->body, exchange->size, 0, NULL,
						       0 };
	}
	if (server->queue == NULL)
		server->queue_end = &server->queue;
	if (count == 0)
		return;
	result = tacit_ask(server->t, asking, count);
	for (i = 0; i < count; i++) {
		answers_asked(&asking[i], result, &batch[i]->reply);
		batch[i]->answered = true;
		MHD_resume_connection(batch[i]->connection);
	}
	server->last = doors_clock();
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *size, void **request)
{
	struct door *door = context;
	struct exchange *exchange = *request;

	(void)connection;
	(void)url;
	if (exchange == NULL)
		return MHD_NO;
	if (!exchange->checked) {
		exchange->checked = true;
		return check(door, exchange, method, version);
	}
	if (*size > 0) {
		if (*size > exchange->verdict.length - exchange->size)
			return MHD_NO;
		memcpy(exchange->body + exchange->size, data, *size);
		exchange->size += *size;
		*size = 0;
		return MHD_YES;
	}
	if (!exchange->answered && exchange->verdict.route->act == ACT_ASK) {
		enqueue(door->server, exchange);
		return MHD_YES;
	}
	if (!exchange->answered) {
		answers_make(door->server->t, door->server->witness, &exchange->verdict,
			     exchange->body, exchange->size, &exchange->reply);
		refuse_failure(door, exchange);
	}
	return send_reply(exchange);
}

static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static void say_nothing(void *context, const char *format, va_list list)
{
	(void)context;
	(void)format;
	(void)list;
}

int exchange_open(struct server *server, struct door *door, unsigned kind, int fd)
{
	door->server = server;
	door->kind = kind;
	door->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		handle, door,
		MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)DOORS_CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)DOORS_POOL_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, doors_times.idle_seconds,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, finish, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, notice_link, door,
		MHD_OPTION_END);
	return door->daemon != NULL ? 0 : TACIT_E_IO;
}
