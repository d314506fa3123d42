#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"
#include "../schema/conf.h"
#include "site_internal.h"

#define PARAM_BYTES 256 /* of all names of a route */

/* ---- open and close ---- */

static bool
ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), n = strlen(ending);

	return length > n && strcmp(name + length - n, ending) == 0;
}

/* Templates are the files a route names, and the pages and parts in HTML. */
static bool
is_template(const struct site *site, const char *name)
{
	size_t i;

	if (ends_with(name, ".html"))
		return true;
	for (i = 0; i < site->router.length; i++)
		if (site->router.routes[i].template_name != NULL && strcmp(
		    site->router.routes[i].template_name, name) == 0)
			return true;
	return false;
}

static bool
compile_templates(struct site *site, struct edge_err *err)
{
	const struct site_options *o = &site->options;
	const struct asset *a;
	const char *text;
	size_t i;

	for (i = 0; i < o->assets_length; i++) {
		a = &o->assets[i];
		text = (const char *)a->bytes;
		if (is_template(site, a->name) && !template_compile(
		    site->templates, a->name, text, a->length, err))
			return false;
		if (ends_with(a->name, ".css") && !template_add_text(
		    site->templates, a->name, text, a->length, err))
			return false;
	}
	return template_link(site->templates, err);
}

static bool
check_routes(const struct site *site, struct edge_err *err)
{
	const struct route *route;
	size_t i;

	if (!router_check(&site->router, err))
		return false;
	for (i = 0; i < site->router.length; i++) {
		route = &site->router.routes[i];
		if (route->template_name != NULL && template_find(
		    site->templates, route->template_name) == NULL)
			return err_set(err, EDGE_CONFIG, "route %s: there is "
			    "no template %s", route->pattern,
			    route->template_name);
		if (route->asset != NULL && asset_find(site->assets,
		    route->asset) == NULL)
			return err_set(err, EDGE_CONFIG, "route %s: there is "
			    "no file %s", route->pattern, route->asset);
	}
	return true;
}

/* A portal without a file has no problems. */
static void
ignore_problem(void *context, const char *text)
{
	(void)context;
	(void)text;
}

static void
set_defaults(struct site_options *o)
{
	if (o->title == NULL)
		o->title = o->portal->title != NULL ? o->portal->title :
		    SITE_TITLE;
	if (o->url == NULL)
		o->url = o->portal->url;
	if (o->query_ms == 0)
		o->query_ms = SITE_QUERY_MS;
	if (o->fresh_ms == 0)
		o->fresh_ms = SITE_FRESH_MS;
	if (o->cache_bytes == 0)
		o->cache_bytes = CACHE_BYTES;
	if (o->routes == NULL) {
		o->routes = routes;
		o->routes_length = routes_length;
	}
	if (o->assets == NULL) {
		o->assets = assets;
		o->assets_length = assets_length;
	}
}

/* The operator's files are served as those of www/ are. */
static bool
add_portal_files(struct site *site)
{
	const struct portal *portal = site->options.portal;
	size_t own = site->options.assets_length;

	if (portal->assets_length == 0)
		return true;
	site->all_assets = calloc(own + portal->assets_length,
	    sizeof *site->all_assets);
	if (site->all_assets == NULL)
		return false;
	memcpy(site->all_assets, site->options.assets, own *
	    sizeof *site->all_assets);
	memcpy(site->all_assets + own, portal->assets,
	    portal->assets_length * sizeof *site->all_assets);
	site->options.assets = site->all_assets;
	site->options.assets_length = own + portal->assets_length;
	return true;
}

bool
site_open(struct site **out, const struct site_options *options,
    struct edge_err *err)
{
	struct site *site = calloc(1, sizeof *site);

	*out = NULL;
	if (site == NULL || pthread_mutex_init(&site->beat_lock, NULL) != 0) {
		free(site);
		return err_set(err, EDGE_FAILED, "site: out of memory");
	}
	site->options = *options;
	if (options->portal == NULL) {
		if (!portal_open(&site->plain, NULL, ignore_problem, NULL,
		    err)) {
			site_close(site);
			return false;
		}
		site->options.portal = site->plain;
	}
	set_defaults(&site->options);
	if (!add_portal_files(site)) {
		site_close(site);
		return err_set(err, EDGE_FAILED, "site: out of memory");
	}
	site->news = news_open(site->options.portal->news);
	site->router.routes = site->options.routes;
	site->router.length = site->options.routes_length;
	site->assets = asset_table_new(site->options.assets,
	    site->options.assets_length);
	site->templates = template_set_new(asset_address, site->assets);
	if (!options->no_cache)
		site->cache = cache_new(site->options.cache_bytes);
	if (site->news == NULL || site->assets == NULL || site->templates == NULL ||
	    (!options->no_cache && site->cache == NULL)) {
		site_close(site);
		return err_set(err, EDGE_FAILED, "site: out of memory");
	}
	if (!compile_templates(site, err) || !check_routes(site, err)) {
		site_close(site);
		return false;
	}
	if (!site_write_policy(site)) {
		site_close(site);
		return err_set(err, EDGE_FAILED, "site: out of memory");
	}
	*out = site;
	return true;
}

void
site_close(struct site *site)
{
	if (site == NULL)
		return;
	cache_free(site->cache);
	news_close(site->news);
	template_set_free(site->templates);
	asset_table_free(site->assets);
	free(site->all_assets);
	portal_close(site->plain);
	buffer_free(&site->policy);
	(void)pthread_mutex_destroy(&site->beat_lock);
	free(site);
}

struct db *
site_reader(struct site *site, struct db *old, struct edge_err *err)
{
	if (old != NULL && !db_replaced(old))
		return old;
	db_close(old);
	return db_open(site->options.db_path, DB_READER,
	    site->options.immutable ? DB_IMMUTABLE : 0, err);
}

/* ---- sending ---- */

void
site_send(struct visit *visit, struct cached *cached, const char *cache_control)
{
	struct answer *answer = visit->answer;
	int64_t start = clock_monotonic_us();

	answer->kept = cached;
	answer->encoding = visit->req != NULL ? visit->req->encoding :
	    ENCODING_IDENTITY;
	answer->body = cached_body(cached, &answer->encoding, &answer->length);
	answer->type = cached_type(cached);
	answer->link = cached_link(cached);
	answer->cache_control = cache_control;
	answer->no_body = visit->req != NULL && visit->req->head;
	if (answer->status == 0)
		answer->status = 200;
	if (answer->status == 200) {
		cached_etag(cached, answer->encoding, answer->etag);
		if (request_etag_matches(visit->req->if_none_match,
		    answer->etag)) {
			answer->status = 304;
			answer->length = 0;
			answer->body = "";
		}
	}
	answer->cache_us += clock_monotonic_us() - start;
}

void
site_send_buffer(struct visit *visit, const char *type, struct buffer *body,
    const char *cache_control)
{
	struct cached *cached = cached_new(type, body);

	if (cached != NULL) {
		site_send(visit, cached, cache_control);
		return;
	}
	visit->answer->status = 500;
	visit->answer->type = SITE_TEXT_TYPE;
	visit->answer->body = "out of memory\n";
	visit->answer->length = strlen(visit->answer->body);
}

/* Whether a route of this address takes no parameters: those of an address
 * that leads there would be refused. */
static bool
takes_none(const struct site *site, const char *address)
{
	size_t i;

	for (i = 0; i < site->router.length; i++)
		if (strcmp(site->router.routes[i].pattern, address) == 0)
			return site->router.routes[i].params == NULL;
	return false;
}

/* Whether a parameter was added to a link by those who pass links on, to count
 * clicks: the visitor has not chosen it, and pages do not look at it. */
static bool
counts_clicks(const char *name)
{
	static const char *const names[] = {
		"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid",
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strncmp(name, "utm_", 4) == 0;
}

static void
redirect(struct visit *visit, const char *address)
{
	char before = '?';
	const struct request *req = visit->req;
	struct buffer *location = &visit->answer->location;
	size_t i;

	visit->answer->status = 308;
	buffer_add_text(location, address);
	for (i = 0; i < req->params_length &&
	    !takes_none(visit->site, address); i++) {
		const char *name = request_param_name(req, i);
		const char *value = request_param_value(req, i);

		if (counts_clicks(name))
			continue;
		buffer_add_char(location, before);
		before = '&';
		buffer_add_url(location, name, strlen(name));
		buffer_add_char(location, '=');
		buffer_add_url(location, value, strlen(value));
	}
	visit->answer->cache_control = SITE_REVALIDATE;
	visit->answer->body = "";
}

/* ---- answering ---- */

/* Says of which data an error page is, when that can be told. */
static void
peek_version(struct visit *visit)
{
	struct edge_err ignored = { 0 };

	if (visit->reader == NULL || site_wants_data(visit))
		return;
	if (db_begin(visit->reader, &ignored))
		(void)site_read_version(visit, &ignored);
	db_rollback(visit->reader);
	visit->answer->db_us = db_take_micros(visit->reader);
}

/* A parameter of the route that is written much like `name`. */
static const char *
near_param(const char *params, const char *name, char text[PARAM_BYTES])
{
	const char *names[REQUEST_PARAMS], *near;
	size_t length = 0, n;

	if (params == NULL)
		return NULL;
	(void)snprintf(text, PARAM_BYTES, "%s", params);
	while (*text != '\0' && length < REQUEST_PARAMS) {
		n = strcspn(text, " ");
		names[length++] = text;
		text += n;
		if (*text == ' ')
			*text++ = '\0';
	}
	near = conf_near(name, names, length);
	return near;
}

static void
refuse_param(struct visit *visit, const char *name)
{
	const char *params = visit->route->params, *near;
	char names[PARAM_BYTES];
	struct buffer text = { 0 };

	peek_version(visit);
	near = near_param(params, name, names);
	buffer_printf(&text, "This address does not know the parameter "
	    "\xe2\x80\x9c%.80s\xe2\x80\x9d; it takes ", name);
	if (params == NULL || params[0] == '\0')
		buffer_add_text(&text, "none");
	for (; params != NULL && *params != '\0'; params++) {
		if (*params == ' ')
			buffer_add_text(&text, strchr(params + 1, ' ') ?
			    ", " : " and ");
		else
			buffer_add_char(&text, *params);
	}
	buffer_add_char(&text, '.');
	if (near != NULL)
		buffer_printf(&text, " Is \xe2\x80\x9c%s\xe2\x80\x9d meant?",
		    near);
	visit->bad_param = name;
	site_error(visit, 400, buffer_text(&text), NULL, NULL);
	buffer_free(&text);
}

/* Which of two values is meant cannot be told. */
static void
refuse_twice(struct visit *visit, const char *name)
{
	struct buffer text = { 0 };

	peek_version(visit);
	buffer_printf(&text, "The parameter \xe2\x80\x9c%.80s\xe2\x80\x9d is "
	    "there twice.", name);
	visit->bad_param = name;
	site_error(visit, 400, buffer_text(&text), NULL, NULL);
	buffer_free(&text);
}

/* "/missions/" is written "/missions". */
static bool
redirect_slash(struct visit *visit)
{
	struct request *req = visit->req;
	size_t length = strlen(req->path);

	if (length < 2 || req->path[length - 1] != '/')
		return false;
	req->path[length - 1] = '\0';
	if (router_match(&visit->site->router, req) == NULL ||
	    !answer_safe(req->path)) {
		req->path[length - 1] = '/';
		return false;
	}
	redirect(visit, req->path);
	return true;
}

static void
answer_unknown(struct visit *visit)
{
	const char *near = router_near(&visit->site->router, visit->req->path);
	cJSON *list, *item;

	if (redirect_slash(visit))
		return;
	peek_version(visit);
	list = cJSON_CreateArray();
	if (near != NULL) {
		item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "text", near);
		cJSON_AddStringToObject(item, "url", near);
		cJSON_AddItemToArray(list, item);
	}
	site_error(visit, 404, "There is no page at this address.", NULL,
	    list);
	cJSON_Delete(list);
}

static void
answer_route(struct visit *visit, const struct edge_err *store_err)
{
	static const struct edge_err closed = { EDGE_IO, "no store" };
	const char *unknown = router_unknown_param(visit->route, visit->req);
	const char *twice = request_param_twice(visit->req);

	if (twice != NULL)
		refuse_twice(visit, twice);
	else if (visit->route->redirect != NULL)
		redirect(visit, visit->route->redirect);
	else if (unknown != NULL && visit->req->form == FORM_PAGE &&
	    counts_clicks(unknown) && answer_safe(visit->req->path))
		redirect(visit, visit->req->path);
	else if (unknown != NULL)
		refuse_param(visit, unknown);
	else if (visit->route->asset != NULL)
		(void)site_send_asset(visit, visit->route->asset);
	else if (visit->reader == NULL)
		site_store_error(visit, store_err != NULL ? store_err :
		    &closed);
	else
		site_answer_page(visit);
}

const struct route *
site_routes(const struct site *site, size_t *length)
{
	*length = site->router.length;
	return site->router.routes;
}

bool
site_needs_reader(const struct request *req)
{
	return !req->options && strncmp(req->path, "/assets/", 8) != 0 &&
	    strncmp(req->path, "/data/edge.sqlite", 17) != 0 &&
	    strcmp(req->path, "/healthz") != 0 &&
	    strncmp(req->path, PORTAL_PLOTS, strlen(PORTAL_PLOTS)) != 0;
}

void
site_answer(struct site *site, struct db *reader,
    const struct edge_err *store_err, struct request *req,
    struct answer *answer)
{
	struct visit visit = { .site = site, .reader = reader, .req = req,
		.answer = answer, .now_ms = clock_now_ms() };

	memset(answer, 0, sizeof *answer);
	answer->csp = buffer_text(&site->policy);
	answer->date_ms = visit.now_ms;
	site_read_beat(site, &visit.beat);
	visit.route = router_match(&site->router, req);
	answer->route = visit.route != NULL ? visit.route->pattern : NULL;
	answer->cors = site->options.cors && site_wants_data(&visit);
	if (req->options) {
		answer->status = 204;
		answer->allow = "GET, HEAD, OPTIONS";
		answer->body = "";
	} else if (site_fixed(&visit, store_err)) {
		return;
	} else if (visit.route == NULL) {
		answer_unknown(&visit);
	} else {
		answer_route(&visit, store_err);
	}
}

void
site_refuse(struct site *site, int status, const char *reason,
    const char *allow, bool data, struct answer *answer)
{
	struct visit visit = { .site = site, .answer = answer,
		.now_ms = clock_now_ms(), .refused_data = data };

	memset(answer, 0, sizeof *answer);
	answer->csp = buffer_text(&site->policy);
	answer->date_ms = visit.now_ms;
	answer->allow = allow;
	answer->close = true;
	site_read_beat(site, &visit.beat);
	site_error(&visit, status, reason, NULL, NULL);
}
