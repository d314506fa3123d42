/* view.h: what every page is made of.
 *
 * A view reads what one page shows from the store, in the read transaction
 * its caller has opened, and returns it as one JSON object. The page's data
 * twin (.json) is that object printed; the page (.html) is a template of www/
 * filled from the same object. So a page and its twin cannot disagree.
 *
 * Rules for a view: numbers are numbers, times are RFC 3339 UTC text with Z,
 * missing is JSON null; names are those of the API. No HTML, no words for
 * numbers: formatters of the template do that. No write, no scan, no clock
 * other than view->now_ms. */
#ifndef EDGE_VIEW_H
#define EDGE_VIEW_H

#include <cjson/cJSON.h>

#include "../schema/beat.h"
#include "../schema/db.h"
#include "buffer.h"
#include "portal.h"
#include "request.h"

struct news;

/* What a view may know of the site it belongs to. */
struct view_site {
	const char *url;      /* "https://host", no last "/"; NULL: not set */
	const char *title;    /* of the portal */
	const char *libraries; /* "SQLite 3.40.1, …"; NULL: not known */
	const char *db_path;  /* the store, for its size */
	int64_t fresh_ms;     /* a sync this long ago is fresh */
	bool still;           /* a copy that will not change: an export */
	struct beat beat;     /* how the runs went, as the page's frame says */
	struct news *news;    /* announcements; any thread */
};

enum view_result {
	VIEW_OK,
	VIEW_NOT_FOUND, /* the thing named by the address is not in the store */
	VIEW_BAD_PARAM, /* err->text says which parameter and what it takes */
	VIEW_FAILED     /* err as set by the store: answers 500 or 503 */
};

struct view {
	struct db *db;             /* a reader in a read transaction; borrowed */
	const struct request *req; /* borrowed */
	const struct portal *portal; /* never NULL in a site; borrowed */
	const struct view_site *site; /* never NULL in a site; borrowed */
	int64_t now_ms;            /* UTC; the page's one idea of now */
	int64_t expires_ms;        /* out: when the answer changes by the clock
	                              alone (a mission leaves "last 24 h");
	                              INT64_MAX when it does not */
	cJSON *out;                /* out: an empty object to fill; owned by the
	                              caller */
	const char *columns;       /* of the CSV twin; NULL: it has none */
	struct buffer body;        /* out: the answer, when the view has written
	                              it itself row by row, because it would be
	                              large as an object; freed by the caller */
	const char *bad_param;     /* out: with VIEW_BAD_PARAM, its name; static */
	struct edge_err *err;
};

typedef enum view_result view_fn(struct view *view);

#endif
