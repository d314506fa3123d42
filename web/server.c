/* server.c: CivetWeb's side of the portal. Every request is answered in
 * begin_request, before CivetWeb looks for a file: there is no document root,
 * and its own handlers are never reached. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <civetweb.h>

#include "../schema/log.h"
#include "compress.h"
#include "gate.h"
#include "guard.h"
#include "pool.h"

#define REQUEST_MAX_BYTES 8192 /* request line and header fields */
#define QUEUE_LENGTH 256       /* accepted, waiting for a thread */
#define BACKLOG 1024           /* not yet accepted */

/* The time limit of a write holds for each piece: a reader must take so many
 * bytes in that time, or the answer is given up. */
#define PIECE_BYTES 16384

#define POLL_STOP_MS 200

struct server {
	struct server_options options;
	struct site *site;
	struct pool *pool;
	struct guard *guard;
	struct mg_context *context;
	int port;
	atomic_llong requests, refused, cut_short;
};

/* ---- writing an answer ---- */

static bool
write_all(struct mg_connection *conn, const char *bytes, size_t length)
{
	size_t piece;

	while (length > 0) {
		piece = length < PIECE_BYTES ? length : PIECE_BYTES;
		if (mg_write(conn, bytes, piece) != (int)piece)
			return false;
		bytes += piece;
		length -= piece;
	}
	return true;
}

static void
write_answer(struct server *server, struct mg_connection *conn,
    const struct answer *answer, bool keep_alive)
{
	struct buffer out = { 0 };
	const char *body = answer->body;
	size_t rest = answer->no_body ? 0 : answer->length, first;
	bool ok;

	/* Only this call closes in every case; the header alone does not. */
	if (!keep_alive)
		mg_disable_connection_keep_alive(conn);
	answer_head(answer, keep_alive, &out);
	/* What begins the body goes out with the header. */
	first = rest < PIECE_BYTES ? rest : PIECE_BYTES;
	buffer_add(&out, body, first);
	ok = !out.failed && write_all(conn, out.bytes, out.length) &&
	    write_all(conn, body + first, rest - first);
	buffer_free(&out);
	if (!ok) {
		mg_disable_connection_keep_alive(conn);
		atomic_fetch_add(&server->cut_short, 1);
	}
}

/* ---- reading a request ---- */

/* CivetWeb stops at a folded line, takes spaces before the colon and bare
 * newlines, and reads no more than MG_MAX_HEADERS fields: what comes after is
 * invisible, also a Transfer-Encoding. It cuts the fields out of its buffer by
 * putting NULs at their ends, so what stands between them can still be seen:
 * name ":" [space] value CR LF name … CR. (1.15, measured.) */
static bool
shows_all_fields(const struct mg_request_info *info)
{
	const char *next = info->http_version + strlen(info->http_version) + 2;
	const char *name, *value;
	int i;

	for (i = 0; i < info->num_headers; i++) {
		name = info->http_headers[i].name;
		value = info->http_headers[i].value;
		if (name != next)
			return false;
		name += strlen(name) + 1;
		if (name < value && *name != ' ' && *name != '\t')
			return false;
		next = value + strlen(value) + 2;
		if (next[-1] != '\0')
			return false;
	}
	/* The last byte of a request's buffer is not looked at. */
	return next - info->request_method < REQUEST_MAX_BYTES - 64 &&
	    *next == '\r';
}

/* What the Connection header may promise. */
static bool
wants_keep_alive(const struct mg_connection *conn,
    const struct mg_request_info *info)
{
	const char *wish = mg_get_header(conn, "Connection");

	if (wish == NULL)
		return strcmp(info->http_version, "1.1") == 0;
	return strcasecmp(wish, "keep-alive") == 0;
}

/* The target as it was sent; CivetWeb has cut it at the question mark and its
 * local_uri is normalised. False when it is too long. */
static bool
join_target(const struct mg_request_info *info,
    char target[REQUEST_PATH_BYTES])
{
	int length = snprintf(target, REQUEST_PATH_BYTES, "%s%s%s",
	    info->request_uri, info->query_string != NULL ? "?" : "",
	    info->query_string != NULL ? info->query_string : "");

	return length >= 0 && length < REQUEST_PATH_BYTES;
}

static void
pass_gate(const struct mg_request_info *info, const char *target,
    struct gate_result *gate)
{
	struct gate_header headers[MG_MAX_HEADERS];
	struct gate_input in = { info->request_method, target,
		info->http_version, headers, (size_t)info->num_headers };
	int i;

	for (i = 0; i < info->num_headers; i++)
		headers[i] = (struct gate_header){ info->http_headers[i].name,
			info->http_headers[i].value };
	gate_check(&in, gate);
}

/* Reads the request into `req`; false when it is refused, with the reason in
 * `gate`. */
static bool
read_request(const struct mg_request_info *info, struct request *req,
    struct gate_result *gate)
{
	char target[REQUEST_PATH_BYTES];

	memset(gate, 0, sizeof *gate);
	if (info->request_uri == NULL || info->request_method == NULL ||
	    info->http_version == NULL || !shows_all_fields(info)) {
		gate->status = info->num_headers >= MG_MAX_HEADERS ? 431 : 400;
		gate->reason = "The request cannot be read.";
		return false;
	}
	if (!join_target(info, target)) {
		gate->status = 414;
		gate->reason = "The address is too long.";
		return false;
	}
	pass_gate(info, target, gate);
	if (gate->status != 0)
		return false;
	gate->status = request_parse(req, target);
	gate->reason = "The address cannot be read.";
	if (gate->status != 0)
		return false;
	req->head = gate->head;
	req->options = gate->options;
	req->if_none_match = gate->if_none_match;
	req->encoding = request_choose_encoding(gate->accept_encoding);
	return true;
}

static void
make_answer(struct server *server, struct request *req, struct answer *answer)
{
	struct edge_err err = { 0 };
	struct db *reader = NULL;
	int slot = -1;

	if (site_needs_reader(req))
		reader = pool_take(server->pool, &slot, &err);
	site_answer(server->site, reader, reader == NULL ? &err : NULL, req,
	    answer);
	/* Given back before the answer is sent to a client that may be slow. */
	pool_give(server->pool, slot);
}

/* ---- CivetWeb's callbacks ---- */

static int
on_request(struct mg_connection *conn)
{
	const struct mg_request_info *info = mg_get_request_info(conn);
	struct server *server = info->user_data;
	struct gate_result gate;
	struct answer answer;
	struct request req;
	bool keep_alive = false;
	int slot, status;

	slot = guard_serving(server->guard, info->remote_addr,
	    info->remote_port);
	atomic_fetch_add(&server->requests, 1);
	if (read_request(info, &req, &gate)) {
		make_answer(server, &req, &answer);
		keep_alive = wants_keep_alive(conn, info) &&
		    !guard_pressed(server->guard);
	} else {
		atomic_fetch_add(&server->refused, 1);
		site_refuse(server->site, gate.status, gate.reason, gate.allow,
		    &answer);
		answer.no_body = info->request_method != NULL &&
		    strcmp(info->request_method, "HEAD") == 0;
	}
	status = answer.status;
	write_answer(server, conn, &answer, keep_alive);
	answer_free(&answer);
	guard_served(server->guard, slot);
	return status;
}

/* A request that CivetWeb itself could not read. */
static int
on_error(struct mg_connection *conn, int status, const char *message)
{
	struct server *server = mg_get_user_data(mg_get_context(conn));
	struct answer answer;

	(void)message;
	/* 411 is its word for a Content-Length that is no number. */
	if (status == 411 || answer_reason(status)[0] == '\0')
		status = 400;
	atomic_fetch_add(&server->refused, 1);
	site_refuse(server->site, status, status < 500 || status == 505 ?
	    "The request cannot be read." : "The portal has failed.", NULL,
	    &answer);
	write_answer(server, conn, &answer, false);
	answer_free(&answer);
	return 0;
}

static int
on_open(const struct mg_connection *conn, void **data)
{
	const struct server *server = mg_get_user_data(mg_get_context(conn));

	(void)data;
	guard_opened(server->guard);
	return 0;
}

static void
on_closed(const struct mg_connection *conn)
{
	const struct server *server = mg_get_user_data(mg_get_context(conn));

	guard_closed(server->guard);
}

static int
on_message(const struct mg_connection *conn, const char *message)
{
	(void)conn;
	log_debug("civetweb: %s", message);
	return 1;
}

/* ---- listening ---- */

static bool
bad_address(const struct server *server, const char *cause,
    struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "cannot listen on %.80s: %s",
	    server->options.listen, cause);
}

/* "HOST:PORT", ":PORT" (every address) or "PORT". */
static bool
parse_listen(const struct server *server, struct sockaddr_in *address,
    struct edge_err *err)
{
	const char *text = server->options.listen;
	const char *colon = strrchr(text, ':');
	const char *port_text = colon != NULL ? colon + 1 : text;
	char host[64] = "";
	int64_t port;

	if (text[0] == '[' || (colon != NULL && strchr(text, ':') != colon))
		return bad_address(server, "IPv6 is not supported by this "
		    "CivetWeb; listen on IPv4 behind a proxy", err);
	if (colon != NULL && (size_t)(colon - text) < sizeof host)
		memcpy(host, text, (size_t)(colon - text));
	if (strcmp(host, "localhost") == 0)
		(void)snprintf(host, sizeof host, "127.0.0.1");
	if (host[0] == '\0')
		(void)snprintf(host, sizeof host, "0.0.0.0");
	if (!request_parse_int(port_text, 0, 65535, &port))
		return bad_address(server, "the port must be a number from 0 "
		    "to 65535", err);
	memset(address, 0, sizeof *address);
	address->sin_family = AF_INET;
	address->sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &address->sin_addr) != 1)
		return bad_address(server, "the host must be an IPv4 address "
		    "(127.0.0.1, 0.0.0.0) or localhost", err);
	return true;
}

static const char *
bind_fault(int number)
{
	switch (number) {
	case EADDRINUSE:
		return "the port is in use by another program";
	case EACCES:
		return "no permission for this port (below 1024 needs "
		    "CAP_NET_BIND_SERVICE)";
	case EADDRNOTAVAIL:
		return "this machine does not have that address";
	default:
		return strerror(number);
	}
}

/* CivetWeb says of any failure only that it failed: the cause is found out
 * by trying first. */
static bool
try_address(const struct server *server, const struct sockaddr_in *address,
    struct edge_err *err)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	bool ok;

	if (fd < 0)
		return bad_address(server, strerror(errno), err);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	ok = bind(fd, (const struct sockaddr *)address, sizeof *address) ==
	    0 && listen(fd, 1) == 0;
	if (!ok)
		bad_address(server, bind_fault(errno), err);
	(void)close(fd);
	return ok;
}

/* Starts CivetWeb with all signals blocked, so that its threads leave them to
 * the main thread. */
static bool
start_context(struct server *server, const struct sockaddr_in *address,
    struct edge_err *err)
{
	static const struct mg_callbacks callbacks = {
		.begin_request = on_request, .http_error = on_error,
		.init_connection = on_open, .connection_closed = on_closed,
		.log_message = on_message,
	};
	char host[INET_ADDRSTRLEN], listen_on[64], threads[16], keep[16];
	char request[16], cause[256] = "";
	const char *options[] = {
		"listening_ports", listen_on, "num_threads", threads,
		"enable_keep_alive", "yes", "keep_alive_timeout_ms", keep,
		"request_timeout_ms", request, "tcp_nodelay", "1",
		"max_request_size", NULL, "connection_queue", NULL,
		"listen_backlog", NULL, "decode_url", "no",
		"decode_query_string", "no", NULL,
	};
	char size[16], queue[16], backlog[16];
	unsigned code = 0;
	struct mg_error_data error = { &code, cause, sizeof cause };
	struct mg_init_data init = { &callbacks, server, options };
	sigset_t all, before;
	size_t i;

	(void)inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
	(void)snprintf(listen_on, sizeof listen_on, "%s:%d", host,
	    ntohs(address->sin_port));
	(void)snprintf(threads, sizeof threads, "%d", server->options.threads);
	(void)snprintf(keep, sizeof keep, "%d",
	    server->options.keep_alive_ms);
	(void)snprintf(request, sizeof request, "%d",
	    server->options.request_ms);
	(void)snprintf(size, sizeof size, "%d", REQUEST_MAX_BYTES);
	(void)snprintf(queue, sizeof queue, "%d", QUEUE_LENGTH);
	(void)snprintf(backlog, sizeof backlog, "%d", BACKLOG);
	for (i = 0; options[i] != NULL; i += 2) {
		if (strcmp(options[i], "max_request_size") == 0)
			options[i + 1] = size;
		else if (strcmp(options[i], "connection_queue") == 0)
			options[i + 1] = queue;
		else if (strcmp(options[i], "listen_backlog") == 0)
			options[i + 1] = backlog;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	server->context = mg_start2(&init, &error);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return server->context != NULL || bad_address(server, cause, err);
}
