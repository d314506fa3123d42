/* site.h: the portal without a socket: routes, pages, twins, errors, caching
 * and headers. Given a request it makes an answer; web/server.c carries both,
 * and tests and the export call it directly.
 *
 * What templates see: the view's object as the page, and around it the frame:
 *   site.title        the portal's name
 *   site.path         the path of this page ("/missions")
 *   site.section      its first segment ("missions", "" for "/")
 *   site.canonical    absolute address of this page when it has one name and
 *                     the origin is known, else null
 *   site.url          origin for absolute addresses ("https://…", "" unknown)
 *   site.generation   number; site.as_of: when it was made, time or null
 *   site.version      of edge
 *   site.now          time of this rendering
 *   site.live         true when a page may ask for newer data later
 *   site.still        true when pages become files: nothing answers a query
 *   site.json         address of the JSON twin of this page, null when none
 *                     (site.csv, site.geojson, site.svg the same)
 *   site.style        address of the operator's colours, null when none
 *   site.logo         {"src", "width", "height"} or null
 *   site.portal       what the operator has set, see web/portal.h
 *   site.fresh.state  fresh, copy, late, failing, unknown or empty
 *   site.fresh.calm   true for fresh and copy
 *   site.fresh.text   "Up to date · synced 2 min ago"
 *   site.fresh.synced time of the last success or null
 *   site.fresh.failing  since when the source fails, time or null
 * error.html sees as its page {"status", "title", "text", "advice", "near":
 * [{"text", "url"}]}: a view that answers VIEW_NOT_FOUND may put "near" into
 * its object. "generation" and "as_of" are added to every page object that is
 * printed as JSON and does not have them.
 *
 * Thread: site_open and site_close by one thread while nobody else uses it;
 * everything else from any thread. */
#ifndef EDGE_SITE_H
#define EDGE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../schema/db.h"
#include "answer.h"
#include "assets.h"
#include "portal.h"
#include "request.h"
#include "routes.h"

struct site;

/* Everything is borrowed and must outlive the site, the texts too. */
struct site_options {
	const char *db_path;
	const struct portal *portal; /* NULL: nothing is set */
	const char *title;        /* NULL: the portal's, or "Ocean portal" */
	const char *libraries;    /* "SQLite 3.40.1, …", for the API; or NULL */
	const char *url;          /* "https://host", for feeds; NULL: the
	                             portal's, or none */
	bool cors;                /* pages of other sites may read the data */
	bool no_cache;            /* render each answer from the store */
	bool immutable;           /* the store is on read-only media */
	bool still;               /* pages become files: they say when, and
	                             ask for nothing newer */
	bool strict;              /* templates may not name unknown values */
	int64_t query_ms;         /* longest time for one page's queries;
	                             0: SITE_QUERY_MS */
	int64_t fresh_ms;         /* a sync this long ago is fresh;
	                             0: SITE_FRESH_MS */
	size_t cache_bytes;       /* 0: CACHE_BYTES of web/cache.h */
	const struct route *routes; /* NULL: the table of web/routes.c */
	size_t routes_length;
	const struct asset *assets; /* NULL: the embedded ones */
	size_t assets_length;
};

#define SITE_TITLE "Ocean portal"
#define SITE_QUERY_MS INT64_C(5000)
#define SITE_FRESH_MS INT64_C(900000)  /* 15 min */
#define SITE_PAGE_MS INT64_C(60000)    /* a page says "2 min ago" */

/* Compiles the templates and checks the route table; does not need the store.
 * EDGE_CONFIG when one of them is wrong. Free with site_close. */
bool site_open(struct site **site, const struct site_options *options,
    struct edge_err *err) MUST_CHECK;
void site_close(struct site *site); /* NULL is fine */

/* The site's table of routes; borrowed from it. */
const struct route *site_routes(const struct site *site, size_t *length);

/* Whether the answer may need the store: files and liveness do not, and must
 * not wait for a reader. */
bool site_needs_reader(const struct request *req);

/* Answers. `reader` is a connection of this store that nobody else uses, or
 * NULL with the reason in `store_err`: then what needs the store answers 503.
 * Sets the router's part of `req`. Never fails: the worst is a 500. The answer
 * is to be freed with answer_free, before site_close. */
void site_answer(struct site *site, struct db *reader,
    const struct edge_err *store_err, struct request *req,
    struct answer *answer);

/* An answer to a request that was refused before it could be read: a page in
 * the portal's frame, or a problem document when it asked for `data`. `allow`
 * may be NULL. */
void site_refuse(struct site *site, int status, const char *reason,
    const char *allow, bool data, struct answer *answer);

/* Opens a reader of the site's store, or looks whether the store behind `old`
 * is still the one in use and opens the new one in its place. NULL with err
 * set when it cannot. */
struct db *site_reader(struct site *site, struct db *old,
    struct edge_err *err) MUST_CHECK;

#endif
