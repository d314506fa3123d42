/* answer.h: one HTTP answer before it is written to a socket. Nothing from a
 * request or from the source goes into a header, except where it is checked to
 * be printable ASCII (location, link). Thread: belongs to its caller. */
#ifndef EDGE_ANSWER_H
#define EDGE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "cache.h"
#include "request.h"

#define ANSWER_ETAG_BYTES 48

enum answer_cache { CACHE_OFF, CACHE_HIT, CACHE_MISS };

struct answer {
	int status;
	int64_t date_ms;             /* Date: UTC; 0: none */
	const char *type;            /* Content-Type; NULL: none; static */
	const char *cache_control;   /* static; NULL: no-store */
	const char *allow;           /* static or NULL */
	bool cors;                   /* any site's script may read it */
	const char *csp;             /* Content-Security-Policy; borrowed from
	                                the site */
	enum request_encoding encoding; /* of the body */
	char etag[ANSWER_ETAG_BYTES];   /* quoted; "" when none */
	struct buffer location;      /* empty when none */
	const char *link;            /* Link: value; from `kept` or NULL */
	int retry_after_s;           /* 0: none */
	bool close;                  /* the connection must not be used again */

	const char *route;           /* pattern of the route, for metrics; static;
	                                NULL: none fits */
	const char *body;            /* borrowed from `kept` or static */
	size_t length;
	bool has_file;               /* the body is read from `file` */
	int file;                    /* open for reading; closed by the answer */
	int64_t first;               /* of its bytes, that is sent */
	int64_t whole;               /* bytes of all of a file that is sent in
	                                parts; 0: never in parts */
	char filename[64];           /* what a browser saves it as; "" none */
	bool no_body;                /* HEAD: the length without the bytes */
	struct cached *kept;         /* holds the body; NULL when static */

	int64_t db_us, render_us, cache_us; /* what it cost */
	enum answer_cache cache;
};

/* Releases what the answer holds; all zero is an empty answer. */
void answer_free(struct answer *answer);

/* The reason phrase of a status ("Not Found"). Static storage. */
const char *answer_reason(int status);

/* Appends the status line and all headers, ending with the empty line.
 * `keep_alive` says what the Connection header promises. */
void answer_head(const struct answer *answer, bool keep_alive,
    struct buffer *out);

/* Whether `text` may stand in a header value: printable ASCII without spaces,
 * quotes and angle brackets. */
bool answer_safe(const char *text);

#endif
