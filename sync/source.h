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
#include "../schema/progress.h"
#include "refs.h"

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
	int64_t number; /* -1: a platform's */
};

/* Limits of one run. */
struct source_limits {
	int64_t deadline_us;       /* monotonic; 0: none */
	const volatile int *stop;  /* not 0: end at once; may be NULL */
	struct progress *progress; /* borrowed, may be NULL */
};

/* What an address says. Its options that the driver does not know, or that are
 * empty or given twice, have no effect as they are written: "ssll, foo", or "". */
struct source_address {
	char dropped[256];
	bool password; /* it holds one */
};
#define SOURCE_DROPPED_OPTIONS "%s: options of the address that have no " \
	"effect as they are written: %s"

/* Reads a MongoDB URI; EDGE_CONFIG when it cannot be used. Asks no network,
 * nor for what mongodb+srv leads to. */
bool source_read_address(const char *uri, struct source_address *address,
    struct edge_err *err) MUST_CHECK;

/* Opens the server named by a MongoDB URI with a database in its path.
 * Nothing is sent yet. A URI that cannot be used gives EDGE_CONFIG. The
 * mapping is borrowed until source_close. */
struct source *source_open_mongo(const char *uri,
    const struct mapping *mapping, const struct source_limits *limits,
    struct edge_err *err) MUST_CHECK;

/* Opens a mongodump directory (the database's folder, or one that holds just
 * one such folder) or a directory of mongoexport JSON lines; .gz is read too.
 * EDGE_CONFIG when there is none. */
struct source *source_open_dump(const char *directory,
    const struct mapping *mapping, const struct source_limits *limits,
    struct edge_err *err) MUST_CHECK;

void source_close(struct source *source); /* NULL is fine */

/* Begins a reading of what the source holds now. Where a server tells its
 * operation time, all that is read until the next call is at least as new as
 * that and is on a majority of the members, whichever of them answers; one
 * that lags behind is waited for. *time_ms: that time, UTC; 0 when the source
 * does not tell, as a standalone or a dump. */
bool source_begin(struct source *source, int64_t *time_ms,
    struct edge_err *err) MUST_CHECK;

/* Whether the mapping has the collection; one that it does not have is
 * empty. */
bool source_maps(const struct source *source, enum collection collection);

/* Calls `fn` for every document of a collection, projected by the mapping, or
 * only for a mission's when `key` is not NULL (a server only). What documents
 * refer to is read before. `fn` does not scan. */
bool source_scan(struct source *source, enum collection collection,
    const struct source_key *key, source_fn *fn, void *context,
    struct edge_err *err) MUST_CHECK;

/* Whether the collection exists, for telling an empty source from a wrong
 * name. */
bool source_has(struct source *source, enum collection collection,
    bool *exists, struct edge_err *err) MUST_CHECK;

/* Takes the number of documents in `profiles` of one mission, and the last
 * time among them (DECODE_NO_INT: none, or not counted). May be called more
 * than once for a mission: the calls add up. Documents that name no mission
 * are counted as those of platform "", number -1. */
typedef bool source_count_fn(void *context, const char *platform,
    int64_t number, int64_t documents, int64_t last_ms, struct edge_err *err);

/* Counts the profiles of all missions: one aggregation on a server. *times:
 * whether the last times are known; some servers cannot tell them. */
bool source_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err) MUST_CHECK;

/* What a change stream answers. */
enum source_stream {
	STREAM_EVENT,       /* something changed */
	STREAM_IDLE,        /* nothing new, or just opened */
	STREAM_UNSUPPORTED, /* this server has no change streams */
	STREAM_LOST,        /* it cannot go on from its token, or the collection
	                       was dropped or renamed: everything must be
	                       compared anew; err says why */
	STREAM_FAILED       /* source away or refuses; err says why */
};

/* One change, as far as it names what changed. */
struct source_event {
	char source_id[256]; /* of the document, as decode_source_id has it */
	bool has_document;   /* the document is there: no deletion */
	char platform[33];   /* '' when the event does not tell */
	int64_t number;      /* -1 when the event does not tell */
};

/* Opens the change stream of a collection, after a resume token or from now
 * on (NULL). A server only; found out by trying. */
enum source_stream source_stream_open(struct source *source,
    enum collection collection, const void *token, size_t length,
    struct edge_err *err) MUST_CHECK;
/* Takes the next event; waits a moment for it. */
enum source_stream source_stream_next(struct source *source,
    enum collection collection, struct source_event *event,
    struct edge_err *err) MUST_CHECK;
/* The token after the last event taken, or after an empty batch; borrowed
 * until the next call for this collection. False: there is none yet. */
bool source_stream_token(struct source *source, enum collection collection,
    const void **bytes, size_t *length);

/* True for a server: it can look up one mission, and a mission that vanished
 * may be about to be written again. A dump is whole. */
bool source_is_live(const struct source *source);

/* "mongodb://host/voto" or the directory; never a credential. */
const char *source_name(const struct source *source);

/* "libmongoc 1.23.1", as linked. */
void source_driver_version(char *text, size_t size);

/* What a scan is to bring. */
struct source_ask {
	const struct source_key *key; /* NULL: every document */
	const bson_t *filter; /* the same for a server; NULL for a dump */
	bool identity;        /* only what names the documents will do */
};

/* For the two kinds: what stands behind the calls above. */
struct source_ops {
	bool (*begin)(struct source *source, int64_t *time_ms,
	    struct edge_err *err); /* NULL: it has no operation time */
	bool (*scan)(struct source *source, enum collection collection,
	    const struct source_ask *ask, source_fn *fn, void *context,
	    struct edge_err *err);
	bool (*has)(struct source *source, enum collection collection,
	    bool *exists, struct edge_err *err);
	bool (*counts)(struct source *source, source_count_fn *fn,
	    void *context, bool *times, struct edge_err *err);
	enum source_stream (*stream_open)(struct source *source,
	    enum collection collection, const void *token, size_t length,
	    struct edge_err *err);
	enum source_stream (*stream_next)(struct source *source,
	    enum collection collection, struct source_event *event,
	    struct edge_err *err);
	bool (*stream_token)(struct source *source, enum collection collection,
	    const void **bytes, size_t *length);
	void (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
	const struct mapping *mapping; /* borrowed */
	struct source_limits limits;
	bool live;
	struct refs refs;      /* what documents refer to, as last read */
	uint8_t missing[REFS_KEY_BYTES]; /* a reference that led nowhere … */
	int64_t missing_us;    /* … at this time; 0: none */
	char name[512];
};

/* Documents between two looks at the progress. */
#define SOURCE_TICK 512

/* False, with EDGE_TEMPORARY, once the deadline has passed or the process was
 * asked to stop. */
bool source_may_go_on(const struct source *source, struct edge_err *err);

/* Hands one raw document to `fn` after projecting it. `place` counts the
 * documents of the collection from 1. */
bool source_deliver(const struct source *source, const bson_t *raw,
    enum collection collection, int64_t place, source_fn *fn, void *context,
    struct edge_err *err);

/* Looks up what one document of an event refers to. */
bool source_resolve(struct source *source, enum collection collection,
    const bson_t *document, struct edge_err *err) MUST_CHECK;

/* The name of a collection in the source; edge's own when it has none. */
const char *source_collection_name(const struct source *source,
    enum collection collection);

#endif
