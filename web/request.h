/* request.h: one HTTP request, parsed and validated before any database work.
 * Pure: no socket, no clock, no store; a fuzz target. Holds no pointer into
 * itself, so a struct request may be copied. */
#ifndef EDGE_REQUEST_H
#define EDGE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_PATH_BYTES 2048 /* longest target that is read, with query */
#define REQUEST_PARAMS 16       /* most query parameters of one request */
#define REQUEST_CAPTURES 4      /* most {names} in a route pattern */

enum request_encoding {
	ENCODING_IDENTITY, ENCODING_GZIP, ENCODING_BROTLI, ENCODING_MAX
};

/* The forms one address has: the page and its data twins. */
enum request_form {
	FORM_PAGE, FORM_JSON, FORM_CSV, FORM_GEOJSON, FORM_SVG, FORM_MAX
};

/* Where a name and its value start in storage; both NUL-ended. */
struct request_param {
	uint16_t name, value;
};

struct request {
	bool head;                       /* HEAD: headers only */
	bool options;                    /* OPTIONS: what may be asked */
	char path[REQUEST_PATH_BYTES];   /* decoded, valid UTF-8, from '/' on */
	struct request_param params[REQUEST_PARAMS];
	size_t params_length;
	uint16_t twice;                  /* for request_param_twice */
	struct request_param captures[REQUEST_CAPTURES]; /* set by the router */
	size_t captures_length;
	enum request_form form;          /* set by the router */
	enum request_encoding encoding;  /* best that both sides know */
	const char *if_none_match;       /* borrowed header value or NULL */
	const char *range, *if_range;    /* the same */
	size_t storage_length;
	char storage[REQUEST_PATH_BYTES * 2]; /* names and values, decoded */
};

/* Parses a request target ("/missions?year=2024"), still percent-encoded;
 * fills everything but what the router sets and the header fields, which
 * become empty. Returns 0, or the HTTP status that refuses it: 400 for bad
 * escapes, control bytes, %00, invalid UTF-8, %2f or %5c or "\" in the path, a
 * path with empty, "." or ".." segments (a last empty one may stay), more than
 * REQUEST_PARAMS parameters; 414 when it is too long.
 * In the query "+" is a space. */
int request_parse(struct request *req, const char *target);

/* The value of a query parameter or of a route's {name}; NULL when absent. A
 * parameter without a value ("?year=", as forms send it) counts as absent.
 * Borrowed from `req`. */
const char *request_param(const struct request *req, const char *name);
const char *request_capture(const struct request *req, const char *name);

/* The name of the first parameter that is there twice, NULL when each is there
 * once. Such a request is to be refused: which value counts is not said. */
const char *request_param_twice(const struct request *req);

/* The at-th parameter's name and value, from 0 to params_length - 1, in the
 * order of the target. */
const char *request_param_name(const struct request *req, size_t at);
const char *request_param_value(const struct request *req, size_t at);

/* Adds a route's {name} and the part of the path it stands for. False when
 * there are too many. For the router. */
bool request_add_capture(struct request *req, const char *name,
    size_t name_length, const char *value, size_t value_length);

/* A whole decimal number between min and max with nothing before or after it:
 * "-"? digits, no "+", no space. */
bool request_parse_int(const char *text, int64_t min, int64_t max,
    int64_t *value);

/* Chooses the encoding from an Accept-Encoding value (RFC 9110 §12.5.3, with
 * q=0 and *); NULL means identity. Of equal wishes brotli wins, then gzip. */
enum request_encoding request_choose_encoding(const char *accept_encoding);

/* Whether an If-None-Match value names `etag` (quoted; weak comparison,
 * lists and * as in RFC 9110 §13.1.2). A malformed list matches nothing from
 * its fault on. */
bool request_etag_matches(const char *if_none_match, const char *etag);

/* Whether bytes are well-formed UTF-8 without C0 controls and DEL. */
bool request_text_valid(const char *bytes, size_t length);

#endif
