/* site_page.c: one page: from the cache, or read by its view and written in
 * the form that is asked for. */
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "csv.h"
#include "site_internal.h"

#define GEOJSON_TYPE "application/geo+json"
#define SVG_TYPE "image/svg+xml"

bool
site_read_version(struct visit *visit, struct edge_err *err)
{
	struct stmt *s = db_stmt(visit->reader, Q_GENERATION);
	const char *store;

	if (!stmt_row(s, err))
		return err->kind != EDGE_NONE ? false : err_set(err,
		    EDGE_CORRUPT, "the store has no generation");
	visit->version.generation = stmt_get_int(s, 0);
	visit->as_of_ms = stmt_get_int(s, 1);
	store = stmt_get_text(s, 2);
	(void)snprintf(visit->version.store, sizeof visit->version.store, "%s",
	    store != NULL && store[0] != '\0' ? store : "?");
	stmt_reset(s);
	return true;
}

/* Every answer with data says of which generation they are. */
static bool
add_version(const struct visit *visit, cJSON *page)
{
	char as_of[CLOCK_TEXT_BYTES];

	clock_format(visit->as_of_ms, as_of);
	if (!cJSON_HasObjectItem(page, "generation") &&
	    cJSON_AddNumberToObject(page, "generation",
	    (double)visit->version.generation) == NULL)
		return false;
	if (cJSON_HasObjectItem(page, "as_of"))
		return true;
	return (visit->as_of_ms != 0 ?
	    cJSON_AddStringToObject(page, "as_of", as_of) :
	    cJSON_AddNullToObject(page, "as_of")) != NULL;
}

static bool
print_json(const cJSON *value, struct buffer *out, struct edge_err *err)
{
	char *printed = value != NULL ? cJSON_PrintUnformatted(value) : NULL;

	if (printed == NULL)
		return err_set(err, EDGE_FAILED, "JSON: nothing to print or "
		    "out of memory");
	buffer_add_text(out, printed);
	buffer_add_char(out, '\n');
	cJSON_free(printed);
	return true;
}

static bool
render_template(const struct visit *visit, const cJSON *page,
    struct buffer *out, struct edge_err *err)
{
	cJSON *frame = site_frame(visit);
	struct template_data data = { .page = page, .frame = frame,
		.now_ms = visit->now_ms,
		.flags = visit->site->options.strict ? TEMPLATE_STRICT : 0 };
	bool ok = frame != NULL ? template_render(template_find(
	    visit->site->templates, visit->route->template_name), &data, out,
	    err) : err_set(err, EDGE_FAILED, "frame: out of memory");

	cJSON_Delete(frame);
	return ok;
}

static const char *
type_of(const struct visit *visit)
{
	const struct route *route = visit->route;

	switch (visit->req->form) {
	case FORM_CSV:
		return CSV_TYPE;
	case FORM_GEOJSON:
		return GEOJSON_TYPE;
	case FORM_SVG:
		return SVG_TYPE;
	case FORM_PAGE:
		return route->type != NULL ? route->type : SITE_HTML_TYPE;
	case FORM_JSON:
	case FORM_MAX:
		break;
	}
	return SITE_JSON_TYPE;
}

/* Writes the view's object in the form that is asked for. */
static bool
write_form(const struct visit *visit, cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const struct route *route = visit->route;
	const cJSON *part;

	switch (visit->req->form) {
	case FORM_CSV:
		if (route->csv != NULL)
			return route->csv(page, out, err);
		part = cJSON_GetObjectItemCaseSensitive(page, "items");
		return csv_write(part, route->columns, out) || err_set(err, EDGE_FAILED,
		    "%s: no rows to write as CSV", route->pattern);
	case FORM_GEOJSON:
		if (route->geojson != NULL)
			return route->geojson(page, out, err);
		part = cJSON_GetObjectItemCaseSensitive(page, "geojson");
		return print_json(part, out, err);
	case FORM_SVG:
		return route->svg(page, out, err);
	case FORM_PAGE:
		if (route->write != NULL)
			return route->write(page, out, err);
		return render_template(visit, page, out, err);
	case FORM_JSON:
	case FORM_MAX:
		break;
	}
	return print_json(page, out, err);
}

static bool
write_object(const struct visit *visit, cJSON *page, struct buffer *body,
    struct edge_err *err)
{
	if (!add_version(visit, page))
		return err_set(err, EDGE_FAILED, "page: out of memory");
	if (write_form(visit, page, body, err))
		return true;
	buffer_free(body);
	return false;
}

static const char *
next_url(const cJSON *page)
{
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next_url");

	return cJSON_IsString(next) && answer_safe(next->valuestring) ?
	    next->valuestring : NULL;
}

/* A body from a page that was read, and that may have been `written` by its
 * view; NULL with err set when it fails. */
static struct cached *
write_page(const struct visit *visit, cJSON *page, struct buffer *written,
    struct edge_err *err)
{
	struct buffer body = *written, link = { 0 };
	struct cached *cached;
	const char *next = next_url(page);

	memset(written, 0, sizeof *written);
	if (body.length == 0) {
		buffer_free(&body);
		if (!write_object(visit, page, &body, err))
			return NULL;
	}

	cached = cached_new(type_of(visit), &body);
	if (cached == NULL) {
		err_set(err, EDGE_FAILED, "%s: out of memory",
		    visit->route->pattern);
		return NULL;
	}
	if (next != NULL) {
		buffer_printf(&link, "<%s>; rel=\"next\"", next);
		(void)cached_set_link(cached, buffer_text(&link));
		buffer_free(&link);
	}
	return cached;
}

/* Makes the page, or answers with what is wrong and returns NULL. */
static struct cached *
make_page(struct visit *visit, int64_t *expires_ms)
{
	struct edge_err err = { 0 };
	cJSON *page = cJSON_CreateObject();
	const struct site_options *options = &visit->site->options;
	const struct view_site about = { .url = options->url,
		.title = options->title, .libraries = options->libraries,
		.db_path = options->db_path,
		.fresh_ms = options->fresh_ms, .still = options->still,
		.beat = visit->beat,
		.news = visit->site->news };
	struct view view = { .db = visit->reader, .req = visit->req,
		.site = &about,
		.portal = options->portal,
		.columns = visit->route->columns,
		.now_ms = visit->now_ms, .expires_ms = INT64_MAX, .out = page,
		.err = &err };
	enum view_result result = visit->route->view != NULL ?
	    visit->route->view(&view) : VIEW_OK;
	struct cached *cached = NULL;

	*expires_ms = view.expires_ms;
	/* A page tells ages and how fresh the data are. */
	if (visit->req->form == FORM_PAGE &&
	    *expires_ms > visit->now_ms + SITE_PAGE_MS)
		*expires_ms = visit->now_ms + SITE_PAGE_MS;
	if (result == VIEW_OK)
		cached = write_page(visit, page, &view.body, &err);
	if (result == VIEW_NOT_FOUND)
		site_error(visit, 404, err.kind != EDGE_NONE ? err.text :
		    "There is nothing at this address.", NULL,
		    cJSON_GetObjectItemCaseSensitive(page, "near"));
	else if (result == VIEW_BAD_PARAM) {
		visit->bad_param = view.bad_param;
		site_error(visit, 400, err.text, NULL, NULL);
	}
	else if (cached == NULL)
		site_store_error(visit, &err);
	buffer_free(&view.body);
	cJSON_Delete(page);
	return cached;
}

/* Two requests with the same key get the same bytes. A control byte divides
 * the parts: no path and no parameter holds one. */
static void
write_key(const struct visit *visit, struct buffer *key)
{
	const struct request *req = visit->req;
	const char *name, *last = NULL, *best;
	size_t i, at = 0;

	buffer_printf(key, "%d%c\x01%s", (int)req->form,
	    req->form == FORM_PAGE ? 'a' + (int)site_fresh_state(visit) : '-',
	    req->path);
	/* Parameters in the order of their names; no name is there twice. */
	for (;;) {
		best = NULL;
		for (i = 0; i < req->params_length; i++) {
			name = request_param_name(req, i);
			if (request_param_value(req, i)[0] == '\0' ||
			    (last != NULL && strcmp(name, last) <= 0) ||
			    (best != NULL && strcmp(name, best) >= 0))
				continue;
			best = name;
			at = i;
		}
		if (best == NULL)
			return;
		buffer_printf(key, "\x01%s\x01%s", best,
		    request_param_value(req, at));
		last = best;
	}
}

/* The page from the cache or made now; NULL when an error is answered. */
static struct cached *
find_page(struct visit *visit)
{
	struct answer *answer = visit->answer;
	struct cache *cache = visit->route->cache == CACHE_NEVER ? NULL :
	    visit->site->cache;
	struct cache_ticket *ticket = NULL;
	struct cached *cached = NULL;
	struct buffer key = { 0 };
	int64_t start = clock_monotonic_us(), expires_ms, made;

	if (cache != NULL) {
		answer->cache = CACHE_MISS;
		write_key(visit, &key);
		if (!key.failed)
			cached = cache_find(cache, key.bytes, &visit->version,
			    visit->now_ms, &ticket);
		buffer_free(&key);
		answer->cache_us = clock_monotonic_us() - start;
	}
	if (cached != NULL) {
		answer->cache = CACHE_HIT;
		return cached;
	}
	made = clock_monotonic_us();
	cached = make_page(visit, &expires_ms);
	answer->render_us = clock_monotonic_us() - made;
	if (ticket != NULL)
		cache_end(cache, ticket, cached, expires_ms);
	return cached;
}

void
site_answer_page(struct visit *visit)
{
	struct answer *answer = visit->answer;
	struct edge_err err = { 0 };
	struct cached *cached = NULL;

	(void)db_take_micros(visit->reader);
	db_deadline(visit->reader, visit->site->options.query_ms);
	if (!db_begin(visit->reader, &err) || !site_read_version(visit, &err))
		site_store_error(visit, &err);
	else
		cached = find_page(visit);
	db_rollback(visit->reader);
	db_deadline(visit->reader, 0);
	answer->db_us = db_take_micros(visit->reader);
	/* What the queries took is told apart from the rendering. */
	answer->render_us -= answer->render_us > answer->db_us ?
	    answer->db_us : answer->render_us;
	if (cached != NULL)
		site_send(visit, cached, SITE_REVALIDATE);
}
