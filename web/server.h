/* server.h: the portal on a TCP port, by CivetWeb; server.c is the only file
 * that knows it. HTTP only, IPv4 only. Thread: start and stop by one thread;
 * requests are served by threads of its own. */
#ifndef EDGE_SERVER_H
#define EDGE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../schema/err.h"
#include "site.h"

struct server;

#define SERVER_THREADS 64     /* connections served at once */
#define SERVER_READERS 8      /* connections to the store, shared by them */
#define SERVER_PER_ADDRESS 32 /* connections of one client address at once */
#define SERVER_KEEP_ALIVE_MS 1000 /* an idle connection is kept so long */
#define SERVER_REQUEST_MS 10000   /* to send a request, or to take an answer */
#define SERVER_STOP_MS 5000

/* Zero or NULL stands for the default of each. All is borrowed until the
 * server has stopped. */
struct server_options {
	const char *db_path;
	const char *listen;  /* "127.0.0.1:8080", ":8080"; port 0: any free */
	const char *metrics_listen; /* answers /metrics alone, on threads of
	                               its own; NULL: nothing does */
	const struct portal *portal; /* what the operator has set, or NULL */
	const char *title;   /* of the portal; NULL: that of `portal` */
	bool cors;             /* see web/site.h */
	bool no_cache;
	bool immutable;
	const volatile int *stop; /* server_run returns once it is not 0 */

	int threads, readers;
	int per_address;     /* loopback, where a proxy may be, is not capped */
	bool cap_loopback;   /* … but by this */
	int keep_alive_ms, request_ms;
};

/* Opens the site, listens, serves until *stop and ends it all. A store that is
 * damaged or of another program is an error, one that is not there yet is
 * not. */
bool server_run(const struct server_options *options, struct edge_err *err)
    MUST_CHECK;

/* Listens and serves `site` (borrowed until server_stop); logs "listening on
 * http://127.0.0.1:8080" when it does. EDGE_CONFIG with the address and the
 * cause when it cannot. */
bool server_start(struct server **server, struct site *site,
    const struct server_options *options, struct edge_err *err) MUST_CHECK;

/* The port that is listened on. */
int server_port(const struct server *server);

/* Stops listening, lets running answers end and frees it; returns within
 * SERVER_STOP_MS. False when something still ran then: the server is leaked,
 * and the caller ends the process without freeing what it uses. */
bool server_stop(struct server *server);

struct server_stats {
	int64_t connections, requests; /* since the start */
	int64_t refused;   /* by the gate or by CivetWeb */
	int64_t capped;    /* connections over the limit of an address */
	int64_t dropped;   /* connections idle while threads were short */
	int64_t cut_short; /* answers whose reader was too slow */
	int busy;          /* requests being answered now */
};
struct server_stats server_stats(const struct server *server);

#define SERVER_VERSIONS_BYTES 160

/* "civetweb 1.15, zlib 1.2.13, …": what is linked; server_libraries: with
 * SQLite. */
void server_versions(char *text, size_t size);
void server_libraries(char *text, size_t size);

#endif
