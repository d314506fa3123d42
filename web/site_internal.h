/* site_internal.h: the parts of a site, shared by the site_*.c files. */
#ifndef EDGE_SITE_INTERNAL_H
#define EDGE_SITE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <cjson/cJSON.h>

#include "../schema/beat.h"
#include "asset.h"
#include "fresh.h"
#include "news.h"
#include "router.h"
#include "site.h"
#include "template.h"

#define SITE_JSON_TYPE "application/json"
#define SITE_PROBLEM_TYPE "application/problem+json"
#define SITE_HTML_TYPE "text/html; charset=utf-8"
#define SITE_TEXT_TYPE "text/plain; charset=utf-8"

/* May be kept, but is asked for each time. */
#define SITE_REVALIDATE "no-cache"

struct site {
	struct site_options options;
	struct portal *plain;         /* stands in when none is given */
	struct news *news;            /* what the operator announces */
	struct router router;
	struct asset *all_assets;     /* with those of the portal, or NULL */
	struct asset_table *assets;
	struct template_set *templates;
	struct cache *cache;          /* NULL with no_cache */
	struct buffer policy;         /* Content-Security-Policy */
	pthread_mutex_t beat_lock;
	struct beat beat;             /* as read at beat_ms */
	int64_t beat_ms;
	atomic_llong logged_ms;       /* last line about a failed answer … */
	atomic_llong newer_ms;        /* … and about a store too new */
};

/* What one answer is made from and for. */
struct visit {
	struct site *site;
	struct db *reader;            /* NULL: the store cannot be read */
	struct request *req;          /* NULL: it could not be read */
	const struct route *route;    /* NULL: none fits */
	struct answer *answer;
	int64_t now_ms;
	struct cache_version version; /* store "": not known */
	int64_t as_of_ms;
	struct beat beat;
	bool refused_data;            /* without req: data were asked for */
	const char *bad_param;        /* that an error is about; NULL: none */
};

/* site_frame.c: what stands around a page. */

/* The status file, read at most once a second. */
void site_read_beat(struct site *site, struct beat *beat);
enum fresh_state site_fresh_state(const struct visit *visit);
/* The frame's object for templates, {"site": {…}}; NULL when out of memory. */
cJSON *site_frame(const struct visit *visit);

/* site_plots.c: a picture of the operator's folder, for a path below
 * PORTAL_PLOTS. False when there is no such folder. */
bool site_send_plot(struct visit *visit);

/* site_policy.c: what pages may load. False when out of memory. */
bool site_write_policy(struct site *site);

/* site_error.c: answers that say what is wrong. */

/* Whether errors of this visit are told as JSON. */
bool site_wants_data(const struct visit *visit);
/* Fills the answer with an error; `text` and `advice` are sentences, `near` an
 * array of {"text", "url"} or NULL. */
void site_error(struct visit *visit, int status, const char *text,
    const char *advice, const cJSON *near);
/* The same for a failure of the store, which is logged and not shown. */
void site_store_error(struct visit *visit, const struct edge_err *err);

/* site_fixed.c: addresses that are no page. True when it has answered. */
bool site_fixed(struct visit *visit, const struct edge_err *store_err);
/* site_data.c: files beside the store. True when it has answered. */
bool site_data(struct visit *visit);
/* Answers with an embedded file. False when there is none of that name. */
bool site_send_asset(struct visit *visit, const char *name);

/* site.c */

/* Puts a body (released by the answer) into the answer, in the encoding that
 * is asked for; 304 when the visitor has it already. */
void site_send(struct visit *visit, struct cached *cached,
    const char *cache_control);
/* The same from a buffer, taken over; a 500 without a body when it failed. */
void site_send_buffer(struct visit *visit, const char *type,
    struct buffer *body, const char *cache_control);

/* site_page.c */

/* Generation and time of the data; needs a read transaction. */
bool site_read_version(struct visit *visit, struct edge_err *err);
/* Answers with the route's page or twin; needs a reader. */
void site_answer_page(struct visit *visit);

#endif
