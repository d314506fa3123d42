/* server.c: CivetWeb's side of the portal. Every request is answered in
 * begin_request, before CivetWeb looks for a file: there is no document root,
 * and its own handlers are never reached. */
#include "server.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <civetweb.h>

#include "../schema/clock.h"
#include "../schema/log.h"
#include "compress.h"
#include "gate.h"
#include "guard.h"
#include "listen.h"
#include "metrics.h"
#include "pool.h"

#define REQUEST_MAX_BYTES 8192 /* request line and header fields */
#define QUEUE_LENGTH 256       /* accepted, waiting for a thread */
#define BACKLOG 1024           /* not yet accepted */

/* The time limit of a write holds for each piece: a reader must take so many
 * bytes in that time, or the answer is given up. */
#define PIECE_BYTES 16384

/* Files of the store's size that are sent at once: each holds a thread as long
 * as its reader takes. */
#define DOWNLOADS_MOST 8

/* Threads that answer /metrics, beside those of pages: it must be answered
 * when all of these are busy. */
#define METRICS_THREADS 2
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Of malloc; the default is eight for each processor. */
#define ARENAS 2

struct server {
	struct server_options options;
	struct site *site;
	struct pool *pool;
	struct guard *guard;
	struct metrics *metrics;
	struct mg_context *context;
	struct mg_context *metrics_context; /* NULL: nobody may ask */
	int port;
	atomic_llong requests, refused, cut_short;
	atomic_int downloads;
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

/* The body from the answer's file, piece by piece: it is as large as the
 * store. */
static bool
write_file(struct mg_connection *conn, const struct answer *answer)
{
	char piece[PIECE_BYTES];
	size_t rest = answer->length;
	int64_t at = answer->first;
	ssize_t n;

	while (rest > 0) {
		n = pread(answer->file, piece, rest < sizeof piece ? rest :
		    sizeof piece, at);
		if (n <= 0 || !write_all(conn, piece, (size_t)n))
			return false;
		rest -= (size_t)n;
		at += n;
	}
	return true;
}

static void
write_answer(struct server *server, struct mg_connection *conn,
    const struct answer *answer, bool keep_alive)
{
	struct buffer out = { 0 };
	const char *body = answer->body;
	size_t rest = answer->no_body || answer->has_file ? 0 :
	    answer->length, first;
	bool ok;

	/* Only this call closes in every case; the header alone does not. */
	if (!keep_alive)
		mg_disable_connection_keep_alive(conn);
	answer_head(answer, keep_alive, &out);
	/* What begins the body goes out with the header. */
	first = rest < PIECE_BYTES ? rest : PIECE_BYTES;
	buffer_add(&out, body, first);
	ok = !out.failed && write_all(conn, out.bytes, out.length) &&
	    write_all(conn, body + first, rest - first) &&
	    (!answer->has_file || answer->no_body ||
	    write_file(conn, answer));
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
	/* After the request line it blanks all space, the empty line too. The
	 * last bytes of its buffer are not looked at. */
	return next - info->request_method < REQUEST_MAX_BYTES - 64 &&
	    *next == (info->num_headers > 0 ? '\r' : '\0');
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
	req->range = gate->range;
	req->if_range = gate->if_range;
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
	int64_t start = clock_monotonic_us();
	int slot, status;
	bool download;

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
		    info->request_uri != NULL && strncmp(info->request_uri,
		    "/api/", 5) == 0, &answer);
		answer.no_body = info->request_method != NULL &&
		    strcmp(info->request_method, "HEAD") == 0;
	}
	download = answer.has_file && !answer.no_body;
	if (download && atomic_fetch_add(&server->downloads, 1) >=
	    DOWNLOADS_MOST) {
		answer_free(&answer);
		site_refuse(server->site, 503, "Too many visitors take this "
		    "file away at once; please try again in a few minutes.",
		    NULL, strncmp(info->request_uri, "/api/", 5) == 0,
		    &answer);
		answer.retry_after_s = 120;
		keep_alive = false;
	}
	status = answer.status;
	write_answer(server, conn, &answer, keep_alive);
	if (download)
		atomic_fetch_sub(&server->downloads, 1);
	metrics_count(server->metrics, answer.route, status,
	    clock_monotonic_us() - start);
	answer_free(&answer);
	guard_served(server->guard, slot);
	return status;
}

/* The metrics in place of the answer that `answer` is. */
static void
make_metrics(struct server *server, struct answer *answer,
    struct buffer *body)
{
	const struct server_stats stats = server_stats(server);
	const struct metrics_server facts = { stats.busy, stats.connections,
		stats.refused, stats.capped, stats.dropped, stats.cut_short };

	metrics_write(server->metrics, &facts, server->options.db_path,
	    server->options.immutable, body);
	memset(answer, 0, sizeof *answer);
	answer->status = body->failed ? 500 : 200;
	answer->type = METRICS_TYPE;
	answer->body = buffer_text(body);
	answer->length = body->failed ? 0 : body->length;
}

/* A request to the address for metrics: there is one answer. */
static int
on_metrics(struct mg_connection *conn)
{
	const struct mg_request_info *info = mg_get_request_info(conn);
	struct server *server = info->user_data;
	struct buffer body = { 0 };
	struct gate_result gate;
	struct answer answer;
	struct request req;
	int status;

	if (!read_request(info, &req, &gate))
		site_refuse(server->site, gate.status, gate.reason, gate.allow,
		    false, &answer);
	else if (strcmp(req.path, "/metrics") != 0 || req.options)
		site_refuse(server->site, 404, "This address has /metrics "
		    "and nothing else.", NULL, false, &answer);
	else
		make_metrics(server, &answer, &body);
	answer.no_body = info->request_method != NULL &&
	    strcmp(info->request_method, "HEAD") == 0;
	status = answer.status;
	write_answer(server, conn, &answer, false);
	answer_free(&answer);
	buffer_free(&body);
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
	    false, &answer);
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

/* Its messages are about single clients, and never say more than the answer
 * they got. */
static int
on_message(const struct mg_connection *conn, const char *message)
{
	(void)conn;
	log_debug("civetweb: %s", message);
	return 1;
}

/* ---- start ---- */

static const char *
number(char text[16], int value)
{
	(void)snprintf(text, 16, "%d", value);
	return text;
}

/* Starts CivetWeb with all signals blocked, so that its threads leave them to
 * the main thread. */
static struct mg_context *
start_context(struct server *server, const struct sockaddr_in *address,
    const char *name, int count, const struct mg_callbacks *callbacks,
    struct edge_err *err)
{
	char host[INET_ADDRSTRLEN], listen_on[64], cause[256] = "";
	char threads[16], keep[16], request[16], size[16], queue[16];
	char backlog[16];
	const char *options[] = {
		"listening_ports", listen_on,
		"listen_backlog", number(backlog, BACKLOG),
		"connection_queue", number(queue, QUEUE_LENGTH),
		"num_threads", number(threads, count),
		"enable_keep_alive", "yes",
		"keep_alive_timeout_ms", number(keep,
		    server->options.keep_alive_ms),
		"request_timeout_ms", number(request,
		    server->options.request_ms),
		"max_request_size", number(size, REQUEST_MAX_BYTES),
		"tcp_nodelay", "1",
		"decode_url", "no",
		"decode_query_string", "no",
		NULL,
	};
	unsigned code = 0;
	struct mg_error_data error = { &code, cause, sizeof cause };
	struct mg_init_data init = { callbacks, server, options };
	struct mg_context *context;
	sigset_t all, before;

	(void)inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
	(void)snprintf(listen_on, sizeof listen_on, "%s:%d", host,
	    ntohs(address->sin_port));
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	context = mg_start2(&init, &error);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (context == NULL)
		err_set(err, EDGE_CONFIG, "cannot listen on %.80s: %s", name,
		    cause);
	return context;
}

static int
port_of(const struct mg_context *context)
{
	struct mg_server_port port = { 0 };

	(void)mg_get_server_ports(context, 1, &port);
	return port.port;
}

static bool
start_metrics(struct server *server, struct edge_err *err)
{
	static const struct mg_callbacks callbacks = {
		.begin_request = on_metrics, .http_error = on_error,
		.log_message = on_message,
	};
	const char *name = server->options.metrics_listen;
	struct sockaddr_in address;
	char host[INET_ADDRSTRLEN];

	if (name == NULL)
		return true;
	if (!listen_parse(name, &address, err) ||
	    !listen_try(name, &address, err))
		return false;
	server->metrics_context = start_context(server, &address, name,
	    METRICS_THREADS, &callbacks, err);
	if (server->metrics_context == NULL)
		return false;
	(void)inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
	log_info("metrics on http://%s:%d/metrics%s", host,
	    port_of(server->metrics_context), listen_reach(&address));
	return true;
}

static void
set_defaults(struct server_options *o)
{
	if (o->threads == 0)
		o->threads = SERVER_THREADS;
	if (o->readers == 0)
		o->readers = SERVER_READERS;
	if (o->per_address == 0)
		o->per_address = SERVER_PER_ADDRESS;
	if (o->keep_alive_ms == 0)
		o->keep_alive_ms = SERVER_KEEP_ALIVE_MS;
	if (o->request_ms == 0)
		o->request_ms = SERVER_REQUEST_MS;
}

/* Frees what server_start made before CivetWeb ran. */
static void
release(struct server *server)
{
	guard_stop(server->guard);
	pool_free(server->pool);
	metrics_free(server->metrics);
	free(server);
}

static bool
start_pages(struct server *server, const struct sockaddr_in *address,
    struct edge_err *err)
{
	static const struct mg_callbacks callbacks = {
		.begin_request = on_request, .http_error = on_error,
		.init_connection = on_open, .connection_closed = on_closed,
		.log_message = on_message,
	};

	server->context = start_context(server, address,
	    server->options.listen, server->options.threads, &callbacks, err);
	return server->context != NULL;
}

static bool
start_parts(struct server *server, const struct sockaddr_in *address,
    struct edge_err *err)
{
	const struct guard_options guarding = {
		.threads = server->options.threads,
		.per_address = server->options.per_address,
		.cap_loopback = server->options.cap_loopback,
	};

	const struct route *table;
	size_t length;

	table = site_routes(server->site, &length);
	server->metrics = metrics_new(table, length);
	server->pool = pool_new(server->site, server->options.readers);
	if (server->pool == NULL || server->metrics == NULL)
		return err_set(err, EDGE_FAILED, "server: out of memory");
	if (!guard_start(&server->guard, &guarding, err))
		return false;
	(void)mg_init_library(MG_FEATURES_DEFAULT);
	if (start_metrics(server, err) && start_pages(server, address, err))
		return true;
	if (server->metrics_context != NULL)
		mg_stop(server->metrics_context);
	(void)mg_exit_library();
	return false;
}

bool
server_start(struct server **out, struct site *site,
    const struct server_options *options, struct edge_err *err)
{
	struct sockaddr_in address;
	char host[INET_ADDRSTRLEN];
	struct server *server;

	*out = NULL;
	if (!listen_parse(options->listen, &address, err) ||
	    !listen_try(options->listen, &address, err))
		return false;
	server = calloc(1, sizeof *server);
	if (server == NULL)
		return err_set(err, EDGE_FAILED, "server: out of memory");
	server->options = *options;
	set_defaults(&server->options);
	server->site = site;
	/* Pages are short-lived: few arenas keep what is freed in one place. */
	(void)mallopt(M_ARENA_MAX, ARENAS);
	if (!start_parts(server, &address, err)) {
		release(server);
		return false;
	}
	server->port = port_of(server->context);
	guard_watch(server->guard, server->port);
	(void)inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
	log_info("listening on http://%s:%d%s", host, server->port,
	    listen_reach(&address));
	*out = server;
	return true;
}

int
server_port(const struct server *server)
{
	return server->port;
}

/* ---- stop ---- */

static void *
stop_contexts(void *context)
{
	const struct server *server = context;

	if (server->metrics_context != NULL)
		mg_stop(server->metrics_context);
	mg_stop(server->context);
	return NULL;
}

bool
server_stop(struct server *server)
{
	struct timespec until;
	pthread_t stopper;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += SERVER_STOP_MS / 1000;
	/* mg_stop has no limit of its own and waits for every thread. */
	if (pthread_create(&stopper, NULL, stop_contexts, server) !=
	    0) {
		stop_contexts(server);
	} else if (pthread_timedjoin_np(stopper, NULL, &until) != 0) {
		(void)pthread_detach(stopper);
		log_warn("an answer was still being sent after %d s",
		    SERVER_STOP_MS / 1000);
		return false;
	}
	(void)mg_exit_library();
	release(server);
	return true;
}

/* ---- what others ask ---- */

struct server_stats
server_stats(const struct server *server)
{
	const struct guard_counts counts = guard_counts(server->guard);
	struct server_stats stats = {
		.connections = counts.opened,
		.requests = atomic_load(&server->requests),
		.refused = atomic_load(&server->refused),
		.capped = counts.capped,
		.dropped = counts.dropped,
		.cut_short = atomic_load(&server->cut_short),
		.busy = counts.serving,
	};

	return stats;
}

void
server_versions(char *text, size_t size)
{
	char compressors[64];

	compress_versions(compressors, sizeof compressors);
	(void)snprintf(text, size, "civetweb %s, cJSON %s, %s", mg_version(),
	    cJSON_Version(), compressors);
}

void
server_libraries(char *text, size_t size)
{
	char versions[SERVER_VERSIONS_BYTES];

	server_versions(versions, sizeof versions);
	(void)snprintf(text, size, "SQLite %s, %s", db_library_version(),
	    versions);
}
