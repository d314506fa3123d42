/* site_frame.c: what stands around a page: names, addresses of its twins, and
 * how fresh the data are. */
#include "site_internal.h"

#include <string.h>

#include "../schema/clock.h"
#include "format.h"

#define BEAT_KEPT_MS 1000

/* ---- freshness ---- */

void
site_read_beat(struct site *site, struct beat *beat)
{
	int64_t now = clock_monotonic_us() / 1000;

	(void)pthread_mutex_lock(&site->beat_lock);
	if (site->beat_ms == 0 || now - site->beat_ms >= BEAT_KEPT_MS) {
		beat_read(site->options.db_path, &site->beat);
		site->beat_ms = now;
	}
	*beat = site->beat;
	(void)pthread_mutex_unlock(&site->beat_lock);
}

enum fresh_state
site_fresh_state(const struct visit *visit)
{
	if (visit->site->options.still)
		return FRESH_COPY;
	return fresh_state(&visit->beat, visit->version.store[0] != '\0',
	    visit->version.generation, visit->now_ms,
	    visit->site->options.fresh_ms);
}

/* "09:40 UTC" today, "22 Nov 2026 09:40 UTC" on another day. */
static void
add_when(int64_t ms, int64_t now_ms, struct buffer *out)
{
	if (ms / CLOCK_DAY_MS == now_ms / CLOCK_DAY_MS)
		format_clock(ms, out);
	else
		format_datetime(ms, out);
}

static void
add_data_as_of(const struct visit *visit, struct buffer *out)
{
	int64_t ms = visit->beat.success_ms != 0 ? visit->beat.success_ms :
	    visit->as_of_ms;

	if (ms == 0) {
		buffer_add_text(out, "; there are no data yet");
		return;
	}
	buffer_add_text(out, "; showing data as of ");
	add_when(ms, visit->now_ms, out);
}

static void
add_fresh_text(const struct visit *visit, enum fresh_state state,
    struct buffer *out)
{
	const struct beat *beat = &visit->beat;

	switch (state) {
	case FRESH_GOOD:
		buffer_add_text(out, "Up to date \xc2\xb7 synced ");
		format_age(visit->now_ms - beat->success_ms, out);
		buffer_add_text(out, " ago");
		break;
	case FRESH_COPY:
		buffer_add_text(out, "Copy made ");
		format_datetime(beat->success_ms != 0 ? beat->success_ms :
		    visit->as_of_ms, out);
		break;
	case FRESH_FAILING:
		buffer_add_text(out, "Source has not answered since ");
		add_when(beat->failing_ms, visit->now_ms, out);
		add_data_as_of(visit, out);
		break;
	case FRESH_LATE:
		buffer_add_text(out, "Not synced since ");
		add_when(beat->success_ms, visit->now_ms, out);
		break;
	case FRESH_EMPTY:
		buffer_add_text(out, "Nothing has been synced yet");
		break;
	case FRESH_UNKNOWN:
	case FRESH_MAX:
		buffer_add_text(out, "Not known when last synced");
		if (visit->as_of_ms != 0)
			add_data_as_of(visit, out);
		break;
	}
}

/* ---- the frame ---- */

/* Each adds one member, null for a NULL text or the time 0; false when out of
 * memory. */
static bool
put_text(cJSON *object, const char *name, const char *text)
{
	return (text != NULL ? cJSON_AddStringToObject(object, name, text) :
	    cJSON_AddNullToObject(object, name)) != NULL;
}

static bool
put_time(cJSON *object, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms, text);
	return put_text(object, name, ms != 0 ? text : NULL);
}

/* Takes the buffer over. */
static bool
put_buffer(cJSON *object, const char *name, struct buffer *text)
{
	bool ok = !text->failed && put_text(object, name, buffer_text(text));

	buffer_free(text);
	return ok;
}

static bool
put_fresh(const struct visit *visit, cJSON *site)
{
	enum fresh_state state = site_fresh_state(visit);
	cJSON *fresh = cJSON_AddObjectToObject(site, "fresh");
	struct buffer text = { 0 };

	add_fresh_text(visit, state, &text);
	return put_buffer(fresh, "text", &text) &&
	    put_text(fresh, "state", fresh_word(state)) &&
	    cJSON_AddBoolToObject(fresh, "calm", state == FRESH_GOOD ||
	    state == FRESH_COPY) != NULL &&
	    cJSON_AddBoolToObject(fresh, "copy", state == FRESH_COPY) !=
	    NULL &&
	    put_time(fresh, "synced", visit->beat.success_ms) &&
	    put_time(fresh, "failing", visit->beat.failing_ms);
}

/* What makes of a list one page of it. */
static bool
is_of_paging(const char *name)
{
	return strcmp(name, "after") == 0 || strcmp(name, "before") == 0 ||
	    strcmp(name, "limit") == 0;
}

/* The parameters that were asked with, for the address of a twin. A file to
 * take away is of the whole list, on whichever page it is offered. */
static void
add_query(const struct request *req, enum request_form form,
    struct buffer *out)
{
	bool whole = form == FORM_CSV || form == FORM_GEOJSON;
	const char *name, *value;
	char sign = '?';
	size_t i;

	for (i = 0; i < req->params_length; i++) {
		name = request_param_name(req, i);
		value = request_param_value(req, i);
		if (value[0] == '\0' || (whole && is_of_paging(name)))
			continue;
		buffer_add_char(out, sign);
		buffer_add_url(out, name, strlen(name));
		buffer_add_char(out, '=');
		buffer_add_url(out, value, strlen(value));
		sign = '&';
	}
}

/* The address of this page in another form, null when it has none. */
static bool
put_twin(const struct visit *visit, cJSON *site, const char *name,
    enum request_form form)
{
	struct buffer address = { 0 };
	const char *path;

	if (visit->route == NULL || !(visit->route->twins & (1u << form)))
		return put_text(site, name, NULL);
	path = visit->req->path;
	buffer_printf(&address, "%s.%s", strcmp(path, "/") == 0 ? "/index" :
	    path, name);
	add_query(visit->req, form, &address);
	return put_buffer(site, name, &address);
}

static bool
put_place(const struct visit *visit, cJSON *site)
{
	const char *path = visit->req != NULL ? visit->req->path : "/";
	char section[64];
	size_t length = path[0] == '/' ? strcspn(path + 1, "/") : 0;

	if (length >= sizeof section)
		length = 0;
	memcpy(section, path + (length > 0), length);
	section[length] = '\0';
	return put_text(site, "path", path) &&
	    put_text(site, "section", section) &&
	    put_twin(visit, site, "json", FORM_JSON) &&
	    put_twin(visit, site, "csv", FORM_CSV) &&
	    put_twin(visit, site, "geojson", FORM_GEOJSON) &&
	    put_twin(visit, site, "svg", FORM_SVG);
}

/* A page under filters or of an error has no address to be known by. */
static bool
put_canonical(const struct visit *visit, cJSON *site)
{
	const char *url = visit->site->options.url, *path, *end;
	struct buffer address = { 0 };

	if (url == NULL || visit->route == NULL || visit->answer->status != 0 ||
	    visit->req->params_length > 0)
		return put_text(site, "canonical", NULL);
	buffer_add_text(&address, url);
	for (path = visit->req->path; *path != '\0'; path = end) {
		end = path + (*path == '/' ? 1 : strcspn(path, "/"));
		if (*path == '/')
			buffer_add_char(&address, '/');
		else
			buffer_add_url(&address, path, (size_t)(end - path));
	}
	return put_buffer(site, "canonical", &address);
}

static bool
put_version(const struct visit *visit, cJSON *site)
{
	const struct site_options *options = &visit->site->options;
	bool known = visit->version.store[0] != '\0';

	return cJSON_AddBoolToObject(site, "live", known &&
	    !options->still && !options->immutable) != NULL &&
	    cJSON_AddBoolToObject(site, "still", options->still) != NULL &&
	    (known ? cJSON_AddNumberToObject(site, "generation",
	    (double)visit->version.generation) :
	    cJSON_AddNullToObject(site, "generation")) != NULL &&
	    put_time(site, "as_of", known ? visit->as_of_ms : 0);
}

/* Where the operator's colours and logo are. */
static bool
put_look(const struct site *from, cJSON *site)
{
	const char *logo = asset_address(PORTAL_LOGO_SVG, from->assets);
	cJSON *object;

	if (!put_text(site, "style", asset_address(PORTAL_STYLE,
	    from->assets)))
		return false;
	if (logo == NULL)
		logo = asset_address(PORTAL_LOGO_PNG, from->assets);
	if (logo == NULL)
		return put_text(site, "logo", NULL);
	object = cJSON_AddObjectToObject(site, "logo");
	return put_text(object, "src", logo) &&
	    cJSON_AddNumberToObject(object, "width",
	    from->options.portal->logo_width) != NULL &&
	    cJSON_AddNumberToObject(object, "height",
	    from->options.portal->logo_height) != NULL;
}

cJSON *
site_frame(const struct visit *visit)
{
	const struct site_options *options = &visit->site->options;
	cJSON *frame = cJSON_CreateObject();
	cJSON *site = cJSON_AddObjectToObject(frame, "site");

	if (put_text(site, "title", options->title) &&
	    put_text(site, "url", options->url != NULL ? options->url : "") &&
	    put_text(site, "version", EDGE_VERSION) &&
	    put_look(visit->site, site) &&
	    cJSON_AddItemReferenceToObject(site, "portal",
	    (cJSON *)(uintptr_t)options->portal->frame) &&
	    put_time(site, "now", visit->now_ms) &&
	    put_version(visit, site) && put_place(visit, site) &&
	    put_canonical(visit, site) &&
	    put_fresh(visit, site))
		return frame;
	cJSON_Delete(frame);
	return NULL;
}
