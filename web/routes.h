/* routes.h: the web surface, one line of a table for each address. What an
 * address takes and what it may answer is all here: 404, 405, 400 for unknown
 * parameters, HEAD, entity tags and caching follow from the table. */
#ifndef EDGE_ROUTES_H
#define EDGE_ROUTES_H

#include "buffer.h"
#include "view.h"

/* Which data twins an address has. "/missions" has "/missions.json" and so
 * on; "/" has "/index.json". */
enum route_twins {
	TWIN_JSON = 1 << FORM_JSON,
	TWIN_CSV = 1 << FORM_CSV,
	TWIN_GEOJSON = 1 << FORM_GEOJSON,
	TWIN_SVG = 1 << FORM_SVG
};

enum route_cache {
	CACHE_GENERATION, /* same until the next commit, or view->expires_ms */
	CACHE_NEVER       /* made anew for each request */
};

/* Writes a form of the page from the view's object. Appends to `out`; false
 * with err set when it cannot. Pure. */
typedef bool route_write_fn(const cJSON *page, struct buffer *out,
    struct edge_err *err);

/* What a route answers with, tried in this order: redirect, asset, what the
 * view has written itself (view->body), write, template_name, and the view's
 * JSON when none of them is set (the API).
 *
 * Pattern: literal text with {name} for a word of letters, digits, "_" and
 * "-" that begins with a letter or a digit, up to 32 bytes ({serial});
 * {name:int} for 1 to 9 digits without leading zeros; {name:any} for one or
 * more bytes up to the end of the segment. A literal route wins over one with
 * captures, an earlier over a later one. */
struct route {
	const char *pattern;       /* "/{serial}/M{number:int}" */
	view_fn *view;             /* NULL: nothing to read, an empty object */
	const char *params;        /* of the query, "year basin"; NULL: none */
	unsigned twins;            /* of enum route_twins */
	enum route_cache cache;

	const char *template_name; /* "missions.html" */
	route_write_fn *write;     /* in place of a template, e.g. an SVG map */
	const char *type;          /* of template or write, NULL: text/html;
	                              of what the view writes itself */
	const char *redirect;      /* 308 to this address */
	const char *asset;         /* the embedded file of that name */

	const char *columns;       /* of the CSV twin, see web/csv.h */
	route_write_fn *csv;       /* NULL: the rows of "items" */
	route_write_fn *geojson;   /* NULL: the page's member "geojson" */
	route_write_fn *svg;       /* needed for TWIN_SVG */
};

extern const struct route routes[];
extern const size_t routes_length;

#endif
