/* metrics.h: what the server counts, and the text that Prometheus reads
 * (exposition format 0.0.4).
 *
 * Counting takes no lock: each figure is an atomic of its own, and a reading
 * may see one request in one of them and not yet in another. Thread:
 * metrics_new and metrics_free by one thread while nobody else uses it,
 * everything else from any. */
#ifndef EDGE_METRICS_H
#define EDGE_METRICS_H

#include <stdint.h>

#include "buffer.h"
#include "routes.h"

struct metrics;

/* Counts requests of these routes (borrowed). NULL when out of memory. */
struct metrics *metrics_new(const struct route *table, size_t length);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* One answer: the route's pattern (as in the table, or of a file; NULL: no
 * route fits), its status, and what it took, microseconds. */
void metrics_count(struct metrics *metrics, const char *route, int status,
    int64_t us);

/* What the server knows beside. */
struct metrics_server {
	int busy;            /* requests being answered */
	int64_t connections, refused, capped, dropped, cut_short;
};

/* Appends everything; of the store and its status file what can be read. */
void metrics_write(struct metrics *metrics,
    const struct metrics_server *server, const char *db_path, bool immutable,
    struct buffer *out);

#endif
