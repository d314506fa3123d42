/* cache.h: answers that are ready to be sent, kept until the store or the
 * clock makes them old.
 *
 * A kept answer belongs to one generation of one store: when a newer one is
 * seen, all older answers go at once. Of two visitors who ask for the same
 * missing answer one makes it, the other waits for it. Bounded in bytes; the
 * answer that was not asked for the longest goes first.
 *
 * Thread: all functions from any thread; a struct cached is counted, and each
 * holder releases it once. */
#ifndef EDGE_CACHE_H
#define EDGE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "request.h"

#define CACHE_BYTES ((size_t)64 << 20)  /* bound of one cache */
#define CACHE_WAIT_MS 5000              /* longest wait for another visitor */
#define CACHE_KEY_BYTES (2 * REQUEST_PATH_BYTES)
#define CACHE_ETAG_BYTES 48
#define CACHE_STORE_BYTES 40

/* A body with its compressed forms, made when first asked for, and its tag. */
struct cached;

/* Takes the bytes over (`body` becomes empty). `type` is static. NULL when out
 * of memory or when `body` has failed; `body` is released either way. The
 * holder starts with one count. */
struct cached *cached_new(const char *type, struct buffer *body);
struct cached *cached_hold(struct cached *cached); /* returns it */
void cached_release(struct cached *cached);        /* NULL is fine */

/* A Link header that goes with the body: what is set before it is shared,
 * copied; checked by the caller to be fit for a header. NULL when none. */
bool cached_set_link(struct cached *cached, const char *link);
const char *cached_link(const struct cached *cached);

const char *cached_type(const struct cached *cached);
size_t cached_length(const struct cached *cached); /* of the identity body */
/* The body in `*encoding`, which becomes ENCODING_IDENTITY when the body is too
 * small to gain. Borrowed as long as the caller holds it. */
const char *cached_body(struct cached *cached, enum request_encoding *encoding,
    size_t *length);
/* The strong entity tag of the body in that encoding, quoted: 128 bits of
 * SHA-256 of the identity body, with "-g" or "-b" for the compressed forms. */
void cached_etag(struct cached *cached, enum request_encoding encoding,
    char etag[CACHE_ETAG_BYTES]);

/* Which data an answer was made from. */
struct cache_version {
	char store[CACHE_STORE_BYTES]; /* identity of the store */
	int64_t generation;
};

struct cache;
struct cache_ticket; /* the duty to make one answer */

/* NULL when out of memory. */
struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache *cache); /* no ticket may be out */

/* Looks an answer up. Returns it, held for the caller; or NULL, and then
 * either *ticket is set and the caller has to make the answer and end the
 * ticket, or it is NULL (older data than the cache has seen, the other visitor
 * took too long, no memory) and the caller makes an answer for itself. */
struct cached *cache_find(struct cache *cache, const char *key,
    const struct cache_version *version, int64_t now_ms,
    struct cache_ticket **ticket);

/* Ends a ticket: keeps `cached` (held once more) until `expires_ms`, or with
 * NULL tells those who wait that nothing came of it. */
void cache_end(struct cache *cache, struct cache_ticket *ticket,
    struct cached *cached, int64_t expires_ms);

struct cache_stats {
	size_t entries, bytes;
	int64_t hits, misses, waits, evictions;
};
struct cache_stats cache_stats(struct cache *cache);

#endif
