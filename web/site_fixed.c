/* site_fixed.c: addresses that are no page: health, files, robots. */
#include "site_internal.h"

#include <string.h>

#include "../schema/clock.h"

#define IMMUTABLE "public, max-age=31536000, immutable"
#define FAVICON "favicon.svg"
#define SECURITY "/.well-known/security.txt"

static void
send_text(struct visit *visit, const char *text)
{
	struct buffer body = { 0 };

	buffer_add_text(&body, text);
	site_send_buffer(visit, SITE_TEXT_TYPE, &body, SITE_REVALIDATE);
}

bool
site_send_asset(struct visit *visit, const char *name)
{
	struct cached *cached = asset_open_name(visit->site->assets, name);

	if (cached == NULL)
		return false;
	site_send(visit, cached, SITE_REVALIDATE);
	return true;
}

static void
send_hashed(struct visit *visit)
{
	struct cached *cached = asset_open(visit->site->assets,
	    visit->req->path);

	if (cached != NULL)
		site_send(visit, cached, IMMUTABLE);
	else
		site_error(visit, 404, "There is no such file.", "A page that "
		    "is loaded again names the files of this version.", NULL);
}

static void
send_robots(struct visit *visit)
{
	const char *url = visit->site->options.url;
	struct buffer body = { 0 };

	buffer_add_text(&body, "User-agent: *\nDisallow: /api/\n"
	    "Disallow: /status\n");
	/* The address is the operator's, never that of a request. */
	if (url != NULL)
		buffer_printf(&body, "\nSitemap: %s/sitemap.xml\n", url);
	site_send_buffer(visit, SITE_TEXT_TYPE, &body, SITE_REVALIDATE);
}

/* Where to tell a fault (RFC 9116). It has to say until when it holds: about a
 * year from now, another date every 30 days. */
static bool
send_security(struct visit *visit)
{
	const char *contact = visit->site->options.portal->security;
	const char *url = visit->site->options.url;
	struct buffer body = { 0 };
	char expires[CLOCK_TEXT_BYTES];
	int64_t month = 30 * CLOCK_DAY_MS;

	if (contact == NULL)
		return false;
	clock_format((visit->now_ms / month + 12) * month, expires);
	buffer_printf(&body, "Contact: %s\nExpires: %s\n"
	    "Preferred-Languages: en\n", contact, expires);
	if (url != NULL)
		buffer_printf(&body, "Canonical: %s" SECURITY "\n", url);
	site_send_buffer(visit, SITE_TEXT_TYPE, &body, SITE_REVALIDATE);
	return true;
}

/* NULL when the store can be served from. */
static const char *
not_ready(struct visit *visit, const struct edge_err *store_err)
{
	static const char newer[] = "the store is of a newer edge; restart "
	    "this one";
	struct edge_err err = { 0 };
	bool ok;

	if (visit->reader == NULL)
		return store_err != NULL && store_err->kind == EDGE_NEWER ?
		    newer : "the store cannot be opened";
	db_deadline(visit->reader, visit->site->options.query_ms);
	ok = db_begin(visit->reader, &err) && site_read_version(visit, &err);
	db_rollback(visit->reader);
	visit->answer->db_us = db_take_micros(visit->reader);
	if (!ok)
		return err.kind == EDGE_NEWER ? newer :
		    "the store cannot be read";
	if (visit->version.generation == 0)
		return "nothing has been synced yet";
	return NULL;
}

static void
send_ready(struct visit *visit, const struct edge_err *store_err)
{
	const char *reason = not_ready(visit, store_err);
	cJSON *object = cJSON_CreateObject();
	struct buffer body = { 0 };
	char *printed;

	cJSON_AddBoolToObject(object, "ready", reason == NULL);
	if (reason != NULL)
		cJSON_AddStringToObject(object, "reason", reason);
	if (visit->reader == NULL && store_err != NULL)
		cJSON_AddStringToObject(object, "kind",
		    err_kind_name(store_err->kind));
	if (visit->version.store[0] != '\0')
		cJSON_AddNumberToObject(object, "generation",
		    (double)visit->version.generation);
	printed = cJSON_PrintUnformatted(object);
	if (printed != NULL)
		buffer_printf(&body, "%s\n", printed);
	else
		body.failed = true;
	cJSON_free(printed);
	cJSON_Delete(object);
	visit->answer->status = reason == NULL ? 200 : 503;
	site_send_buffer(visit, SITE_JSON_TYPE, &body, NULL);
}

/* What metrics count it as. */
static const char *
name_of(const char *path)
{
	static const char *const names[] = { "/healthz", "/readyz",
		"/robots.txt", SECURITY, ("/" FAVICON), "/data/edge.sqlite",
		"/data/edge.sqlite.sha256" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(path, names[i]) == 0)
			return names[i];
	if (strncmp(path, PORTAL_PLOTS, strlen(PORTAL_PLOTS)) == 0)
		return "/plots/{file}";
	return strncmp(path, "/assets/", 8) == 0 ? "/assets/{file}" : NULL;
}

bool
site_fixed(struct visit *visit, const struct edge_err *store_err)
{
	const char *path = visit->req->path;

	if (visit->answer->route == NULL)
		visit->answer->route = name_of(path);
	if (strncmp(path, "/assets/", 8) == 0) {
		send_hashed(visit);
	} else if (strncmp(path, PORTAL_PLOTS, strlen(PORTAL_PLOTS)) == 0) {
		return site_send_plot(visit);
	} else if (strcmp(path, "/healthz") == 0) {
		send_text(visit, "ok\n");
	} else if (strcmp(path, "/readyz") == 0) {
		send_ready(visit, store_err);
	} else if (strcmp(path, "/" FAVICON) == 0) {
		return site_send_asset(visit, FAVICON);
	} else if (strcmp(path, SECURITY) == 0) {
		return send_security(visit);
	} else if (strcmp(path, "/robots.txt") == 0) {
		send_robots(visit);
	} else {
		return site_data(visit);
	}
	return true;
}
