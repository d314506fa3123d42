/* site_error.c: answers that say what is wrong: a page in the portal's frame,
 * or a problem document (RFC 9457). */
#include "site_internal.h"

#include <string.h>

#include "../schema/clock.h"
#include "../schema/log.h"

/* One line a second about failed answers says enough. */
#define LOG_EVERY_MS 1000
/* … and of what lasts until somebody comes. */
#define LOG_LASTING_MS 600000

/* A failing store may be back by then. */
#define RETRY_AFTER_S 30

bool
site_wants_data(const struct visit *visit)
{
	const struct request *req = visit->req;

	if (req == NULL)
		return visit->refused_data;
	if (visit->route != NULL && visit->route->type != NULL)
		return true;
	return req->form != FORM_PAGE || strncmp(req->path, "/api/", 5) == 0;
}

static cJSON *
describe(int status, const char *text, const char *advice,
    const char *parameter, const cJSON *near, bool problem)
{
	cJSON *page = cJSON_CreateObject();

	if (problem)
		cJSON_AddStringToObject(page, "type", "about:blank");
	cJSON_AddNumberToObject(page, "status", status);
	cJSON_AddStringToObject(page, "title", answer_reason(status));
	cJSON_AddStringToObject(page, problem ? "detail" : "text", text);
	if (problem && parameter != NULL)
		cJSON_AddStringToObject(page, "parameter", parameter);
	if (advice != NULL)
		cJSON_AddStringToObject(page, "advice", advice);
	else if (!problem)
		cJSON_AddNullToObject(page, "advice");
	if (cJSON_IsArray(near))
		cJSON_AddItemToObject(page, "near",
		    cJSON_Duplicate(near, true));
	else if (!problem)
		cJSON_AddArrayToObject(page, "near");
	return page;
}

/* What is said when not even the template can be rendered. */
static void
add_bare_page(int status, const char *text, struct buffer *out)
{
	buffer_printf(out, "<!doctype html><html lang=\"en\"><meta "
	    "charset=\"utf-8\"><title>%d %s</title><h1>%s</h1><p>", status,
	    answer_reason(status), answer_reason(status));
	buffer_add_html(out, text, strlen(text));
	buffer_add_text(out, "</p><p><a href=\"/\">Home</a></p></html>\n");
}

static void
render_page(const struct visit *visit, const cJSON *page, int status,
    const char *text, struct buffer *out)
{
	const struct template *tpl = template_find(visit->site->templates,
	    "error.html");
	cJSON *frame = site_frame(visit);
	struct template_data data = { .page = page, .frame = frame,
		.now_ms = visit->now_ms };
	struct edge_err err = { 0 };

	if (tpl == NULL || frame == NULL || page == NULL ||
	    !template_render(tpl, &data, out, &err)) {
		if (err.kind != EDGE_NONE)
			log_error("error page: %s", err.text);
		buffer_clear(out);
		add_bare_page(status, text, out);
	}
	cJSON_Delete(frame);
}

void
site_error(struct visit *visit, int status, const char *text,
    const char *advice, const cJSON *near)
{
	struct answer *answer = visit->answer;
	bool problem = site_wants_data(visit);
	cJSON *page = describe(status, text, advice, visit->bad_param, near,
	    problem);
	struct buffer body = { 0 };
	int64_t start = clock_monotonic_us();
	char *printed;

	answer->status = status; /* before the frame, which looks at it */
	if (problem) {
		printed = cJSON_PrintUnformatted(page);
		if (printed != NULL)
			buffer_printf(&body, "%s\n", printed);
		else
			body.failed = true;
		cJSON_free(printed);
	} else {
		render_page(visit, page, status, text, &body);
	}
	cJSON_Delete(page);
	site_send_buffer(visit, problem ? SITE_PROBLEM_TYPE : SITE_HTML_TYPE,
	    &body, NULL);
	answer->render_us += clock_monotonic_us() - start;
}

static void
log_failure(struct site *site, const struct edge_err *err)
{
	bool lasting = err->kind == EDGE_NEWER;
	atomic_llong *logged_ms = lasting ? &site->newer_ms : &site->logged_ms;
	/* Never 0, which is before the first. */
	long long now = clock_monotonic_us() / 1000 + LOG_LASTING_MS;
	long long before = atomic_load(logged_ms);

	if (now - before >= (lasting ? LOG_LASTING_MS : LOG_EVERY_MS) &&
	    atomic_compare_exchange_strong(logged_ms, &before, now))
		log_error("answer failed: %s", err->text);
}

void
site_store_error(struct visit *visit, const struct edge_err *err)
{
	/* A failure of edge's own is 500; what the store or the disk refuses
	 * may pass. */
	bool passing = err->kind == EDGE_TEMPORARY || err->kind == EDGE_IO ||
	    err->kind == EDGE_CONFIG || err->kind == EDGE_NEWER ||
	    err->kind == EDGE_CORRUPT;

	log_failure(visit->site, err);
	if (!passing) {
		site_error(visit, 500, "This page could not be made because "
		    "of a fault in the portal.", "It has been logged. Other "
		    "pages may work.", NULL);
		return;
	}
	visit->answer->retry_after_s = RETRY_AFTER_S;
	if (err->kind == EDGE_TEMPORARY)
		site_error(visit, 503, "This page took longer than it may.",
		    "Please try again in a moment.", NULL);
	else if (err->kind == EDGE_NEWER)
		site_error(visit, 503, "The portal's program is older than "
		    "its copy of the data.", "Its server must be restarted; "
		    "then everything is here again.", NULL);
	else
		site_error(visit, 503, "The portal's copy of the data cannot "
		    "be read at the moment.", "Please try again in a few "
		    "minutes.", NULL);
}
