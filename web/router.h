/* router.h: which route answers a path. Pure; any thread. */
#ifndef EDGE_ROUTER_H
#define EDGE_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "routes.h"

struct router {
	const struct route *routes; /* borrowed */
	size_t length;
};

/* The route for req->path, or NULL; sets req->form and the captures. */
const struct route *router_match(const struct router *router,
    struct request *req);

/* Whether the route's main form is the view's JSON, as in the API. */
bool router_is_data(const struct route *route);

/* The first query parameter the route does not know, or NULL. Parameters
 * without a value count. */
const char *router_unknown_param(const struct route *route,
    const struct request *req);

/* The literal route that is written most like `path`, or NULL. */
const char *router_near(const struct router *router, const char *path);

/* Whether each route is well formed; EDGE_CONFIG naming the first that is
 * not. */
bool router_check(const struct router *router, struct edge_err *err) MUST_CHECK;

#endif
