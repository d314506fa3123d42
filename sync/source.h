/* source.h: where documents come from: a MongoDB-protocol server or a dump.
 * Both give the same projected documents through the same calls. A struct
 * source belongs to one thread. */
#ifndef EDGE_SOURCE_H
#define EDGE_SOURCE_H

#include <bson/bson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../schema/err.h"
#include "mapping.h"

struct source;

/* Takes one document; borrowed until it returns. `sound` is false when the
 * document is not valid BSON or has no _id of its own: `document` then holds
 * what could be read and `source_id` names its place. False ends the scan
 * with the error that was set. */
typedef bool source_fn(void *context, const bson_t *document,
    const char *source_id, bool sound, struct edge_err *err);

/* One mission's documents. */
struct source_key {
	char kind; /* 'g' or 's' */
	const char *platform;
	int64_t number;
};

/* Limits of one run. */
struct source_limits {
	int64_t deadline_us;       /* monotonic; 0: none */
	const volatile int *stop;  /* not 0: end at once; may be NULL */
};

/* Opens the server named by a MongoDB URI with a database in its path.
 * Nothing is sent yet. A URI that cannot be used gives EDGE_CONFIG. */
struct source *source_open_mongo(const char *uri,
    const struct source_limits *limits, struct edge_err *err) MUST_CHECK;

/* Opens a mongodump directory (the database's folder, or one that holds just
 * one such folder) or a directory of mongoexport JSON lines; .gz is read too.
 * EDGE_CONFIG when there is none. */
struct source *source_open_dump(const char *directory,
    const struct source_limits *limits, struct edge_err *err) MUST_CHECK;

void source_close(struct source *source); /* NULL is fine */

/* Calls `fn` for every document of a collection, projected by the mapping, or
 * only for a mission's when `key` is not NULL (a server only). */
bool source_scan(struct source *source, enum collection collection,
    const struct source_key *key, source_fn *fn, void *context,
    struct edge_err *err) MUST_CHECK;

/* Whether the collection exists, for telling an empty source from a wrong
 * name. */
bool source_has(struct source *source, enum collection collection,
    bool *exists, struct edge_err *err) MUST_CHECK;

/* True for a server: it can look up one mission, and a mission that vanished
 * may be about to be written again. A dump is whole. */
bool source_is_live(const struct source *source);

/* "mongodb://host/voto" or the directory; never a credential. */
const char *source_name(const struct source *source);

/* "libmongoc 1.23.1", as linked. */
void source_driver_version(char *text, size_t size);

/* For the two kinds: what stands behind the calls above. */
struct source_ops {
	bool (*scan)(struct source *source, enum collection collection,
	    const struct source_key *key, source_fn *fn, void *context,
	    struct edge_err *err);
	bool (*has)(struct source *source, enum collection collection,
	    bool *exists, struct edge_err *err);
	void (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
	struct source_limits limits;
	bool live;
	char name[512];
};

/* False, with EDGE_TEMPORARY, once the deadline has passed or the process was
 * asked to stop. */
bool source_may_go_on(const struct source *source, struct edge_err *err);

/* Hands one raw document to `fn` after projecting it. `place` counts the
 * documents of the collection from 1. */
bool source_deliver(const bson_t *raw, enum collection collection,
    int64_t place, source_fn *fn, void *context, struct edge_err *err);

#endif
