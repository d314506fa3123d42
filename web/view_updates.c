/* What is new: announcements of the operator, and what missions did: started,
 * went silent, completed. /data/updates shows it, /feed.xml and /feed.json give
 * it to feed readers, /sitemap.xml tells search engines where everything is.
 *
 * Events are not stored but follow from the missions: one started at its
 * start, went silent when its last data were as old as "live" allows, and was
 * completed when edge saw that it is (its end, when it was so from the
 * first). An item's id says mission, event and, for a silence, the day, so
 * that it stays the same as long as the event does. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "news.h"
#include "view_util.h"
#include "views.h"

#define EVENTS_MOST 60  /* of missions; there are always new ones … */
#define NEWS_MOST 500   /* … while what was announced stays */
#define SITEMAP_MOST 49000 /* the protocol allows 50000 */
#define FEED_KEPT_MS 60000
#define ANNOUNCED_MS (60 * CLOCK_DAY_MS) /* then it is not new */

/* When the names in tag: addresses (RFC 4151) were theirs. */
#define TAG_DATE "2026"

enum event { STARTED, COMPLETED, SILENT, EVENTS };

static const char *const event_words[EVENTS] = { "started", "completed",
	"silent" };

/* ---- text from outside ---- */

/* XML knows no control characters, not even escaped, nor U+FFFE and U+FFFF. */
static void
add_clean(struct buffer *out, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	for (; *c != '\0'; c++) {
		if (*c < 0x20 || *c == 0x7f)
			buffer_add_char(out, ' ');
		else if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe)
			c += 2;
		else
			buffer_add_char(out, (char)*c);
	}
}

static void
put_buffer(struct view *view, cJSON *object, const char *name,
    struct buffer *text)
{
	if (text->failed && view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	else
		put_text(view, object, name, buffer_text(text));
	buffer_free(text);
}

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object,
	    name));
}

/* ---- ids ---- */

/* "tag:portal.example.org,2026:" when the portal's address is known. */
static void
add_tag(const struct view *view, struct buffer *out)
{
	const char *host = view->site->url;

	if (host == NULL)
		return;
	host = strstr(host, "://") != NULL ? strstr(host, "://") + 3 : host;
	buffer_add_text(out, "tag:");
	buffer_add(out, host, strcspn(host, ":/"));
	buffer_add_text(out, "," TAG_DATE ":");
}

/* ---- events ---- */

static void
add_basins(const cJSON *mission, struct buffer *out)
{
	const cJSON *basins = cJSON_GetObjectItemCaseSensitive(mission,
	    "basins"), *name;
	const char *between = " in ";

	cJSON_ArrayForEach(name, basins)
		if (cJSON_IsString(name)) {
			buffer_add_text(out, between);
			add_clean(out, name->valuestring);
			between = ", ";
		}
}

static void
add_figure(const cJSON *mission, const char *name, const char *one,
    const char *many, struct buffer *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(mission, name);

	if (!cJSON_IsNumber(item))
		return;
	buffer_add_text(out, ", ");
	format_int((int64_t)item->valuedouble, out);
	buffer_printf(out, " %s", item->valuedouble == 1 ? one : many);
}

static void
put_summary(struct view *view, cJSON *item, const cJSON *mission,
    enum event event, int64_t start_ms, int64_t end_ms)
{
	struct buffer text = { 0 };

	switch (event) {
	case STARTED:
		buffer_add_text(&text, "Started ");
		format_datetime(start_ms, &text);
		break;
	case COMPLETED:
		buffer_add_text(&text, "Complete: ");
		format_date(start_ms, &text);
		buffer_add_text(&text, " to ");
		format_date(end_ms, &text);
		add_figure(mission, "profiles", "profile", "profiles", &text);
		add_figure(mission, "distance_km", "km", "km", &text);
		break;
	case SILENT:
	case EVENTS:
		buffer_add_text(&text, "Not heard of since ");
		format_datetime(end_ms, &text);
		break;
	}
	add_basins(mission, &text);
	buffer_add_char(&text, '.');
	put_buffer(view, item, "summary", &text);
}

static void
put_event(struct view *view, cJSON *items, struct stmt *s, enum event event,
    int64_t ms)
{
	cJSON *item = add_object(view, items);
	cJSON *mission = cJSON_CreateObject();
	struct buffer id = { 0 }, title = { 0 };
	const char *platform = row_text(s, 0);
	int64_t number = stmt_get_int(s, 1), end_ms = stmt_get_int(s, 4);
	char day[CLOCK_TEXT_BYTES];

	add_tag(view, &id);
	buffer_printf(&id, "%s/M%" PRId64 "/%s", platform, number,
	    event_words[event]);
	if (event == SILENT) {
		clock_format(end_ms, day);
		buffer_printf(&id, "/%.10s", day);
	}
	put_buffer(view, item, "id", &id);
	put_text(view, item, "kind", event_words[event]);
	buffer_printf(&title, "%s M%" PRId64 " %s", platform, number,
	    event == STARTED ? "started" : event == COMPLETED ?
	    "is complete" : "went silent");
	put_buffer(view, item, "title", &title);
	put_time(view, item, "time", ms);
	put_mission_url(view, item, "url", platform, number);
	put_text(view, item, "platform", platform);
	put_int(view, item, "mission", number);
	(void)put_mission(view, mission, stmt_get_int(s, 5), NULL);
	put_summary(view, item, mission, event, stmt_get_int(s, 3), end_ms);
	put_null(view, item, "text");
	(void)put_array(view, item, "blocks");
	cJSON_Delete(mission);
}

static void
put_silent(struct view *view, cJSON *items, const char *kind, int64_t window)
{
	struct stmt *s = db_stmt(view->db, Q_EVENT_SILENT);

	stmt_text(s, 1, kind);
	stmt_int(s, 2, view->now_ms - window);
	stmt_int(s, 3, EVENTS_MOST);
	while (stmt_row(s, view->err))
		put_event(view, items, s, SILENT, stmt_get_int(s, 2) +
		    window);
}

static void
put_events(struct view *view, cJSON *items, enum query query,
    enum event event)
{
	struct stmt *s = db_stmt(view->db, query);

	stmt_int(s, 1, view->now_ms);
	stmt_int(s, 2, EVENTS_MOST);
	while (stmt_row(s, view->err))
		put_event(view, items, s, event, stmt_get_int(s, 2));
}

/* ---- announcements ---- */

static void
put_news(struct view *view, cJSON *items)
{
	cJSON *news = cJSON_CreateArray(), *item;
	const char *name;

	if (!news_items(view->site->news, view->now_ms, NEWS_MOST, news) &&
	    view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	while ((item = cJSON_DetachItemFromArray(news, 0)) != NULL) {
		struct buffer id = { 0 }, url = { 0 };
		cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(item,
		    "id");

		name = cJSON_GetStringValue(old);
		add_tag(view, &id);
		buffer_printf(&id, "news/%s", name);
		buffer_printf(&url, "/data/updates#%s", name);
		put_text(view, item, "anchor", name);
		put_buffer(view, item, "id", &id);
		put_text(view, item, "kind", "news");
		put_buffer(view, item, "url", &url);
		put_null(view, item, "summary");
		cJSON_Delete(old);
		if (!cJSON_AddItemToArray(items, item))
			cJSON_Delete(item);
	}
	cJSON_Delete(news);
}

void
put_announcements(struct view *view, int most)
{
	cJSON *list = put_array(view, view->out, "announcements");
	cJSON *news = cJSON_CreateArray(), *from, *item;
	int64_t ms;

	if (view->site != NULL && !news_items(view->site->news, view->now_ms,
	    most, news) && view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	cJSON_ArrayForEach(from, news) {
		const char *time = text_of(from, "time");
		struct buffer url = { 0 };

		if (time == NULL || !clock_parse(time, &ms) ||
		    ms < view->now_ms - ANNOUNCED_MS)
			break;
		item = add_object(view, list);
		put_text(view, item, "title", text_of(from, "title"));
		put_text(view, item, "time", time);
		buffer_printf(&url, "/data/updates#%s", text_of(from, "id"));
		put_buffer(view, item, "url", &url);
	}
	cJSON_Delete(news);
}

/* ---- together ---- */

/* An item and its time, for sorting. */
struct dated {
	cJSON *item;
	int64_t ms;
};

static int
newer_first(const void *left, const void *right)
{
	const struct dated *a = left, *b = right;

	return a->ms > b->ms ? -1 : a->ms < b->ms;
}

static bool
is_event(const cJSON *item)
{
	const char *kind = text_of(item, "kind");

	return kind == NULL || strcmp(kind, "news") != 0;
}

/* Sorts the items, newest first, and leaves off the oldest events. */
static void
sort_items(struct view *view, cJSON *items)
{
	int length = cJSON_GetArraySize(items), events = 0, i;
	struct dated *all = calloc((size_t)length + 1, sizeof *all);

	if (all == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return;
	}
	for (i = 0; i < length; i++) {
		all[i].item = cJSON_DetachItemFromArray(items, 0);
		(void)clock_parse(cJSON_GetStringValue(
		    cJSON_GetObjectItemCaseSensitive(all[i].item, "time")),
		    &all[i].ms);
	}
	qsort(all, (size_t)length, sizeof *all, newer_first);
	for (i = 0; i < length; i++)
		if ((is_event(all[i].item) && ++events > EVENTS_MOST) ||
		    !cJSON_AddItemToArray(items, all[i].item))
			cJSON_Delete(all[i].item);
	free(all);
}

enum view_result
view_updates(struct view *view)
{
	cJSON *items = put_array(view, view->out, "items");

	put_news(view, items);
	put_events(view, items, Q_EVENT_STARTED, STARTED);
	put_events(view, items, Q_EVENT_COMPLETED, COMPLETED);
	put_silent(view, items, "glider", LIVE_GLIDER_MS);
	put_silent(view, items, "sailbuoy", LIVE_SAILBUOY_MS);
	if (view->err->kind == EDGE_NONE)
		sort_items(view, items);
	/* An announcement may be added, and a platform go silent. */
	view_expires(view, view->now_ms + FEED_KEPT_MS);
	return view_end(view);
}

/* ---- JSON Feed ---- */

static void
put_absolute(struct view *view, cJSON *object, const char *name,
    const char *path)
{
	struct buffer url = { 0 };

	buffer_printf(&url, "%s%s", view->site->url != NULL ? view->site->url :
	    "", path);
	put_buffer(view, object, name, &url);
}

static void
put_feed_item(struct view *view, cJSON *list, const cJSON *from)
{
	cJSON *item = add_object(view, list);
	const char *text = text_of(from, "text"), *word = text_of(from,
	    "kind");

	put_text(view, item, "id", text_of(from, "id"));
	put_absolute(view, item, "url", text_of(from, "url"));
	put_text(view, item, "title", text_of(from, "title"));
	put_text(view, item, "content_text", text != NULL ? text :
	    text_of(from, "summary"));
	put_text(view, item, "date_published", text_of(from, "time"));
	add_text(view, put_array(view, item, "tags"), word, strlen(word));
}

enum view_result
view_feed_json(struct view *view)
{
	enum view_result result = view_updates(view);
	cJSON *feed, *list, *item;

	if (result != VIEW_OK)
		return result;
	feed = put_object(view, view->out, "feed");
	put_text(view, feed, "version", "https://jsonfeed.org/version/1.1");
	put_text(view, feed, "title", view->site->title);
	if (view->site->url != NULL) {
		put_absolute(view, feed, "home_page_url", "/");
		put_absolute(view, feed, "feed_url", "/feed.json");
	}
	put_text(view, feed, "language", "en");
	list = put_array(view, feed, "items");
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(view->out,
	    "items"))
		put_feed_item(view, list, item);
	return view_end(view);
}

bool
write_feed_json(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	char *printed = cJSON_PrintUnformatted(
	    cJSON_GetObjectItemCaseSensitive(page, "feed"));

	if (printed == NULL)
		return err_set(err, EDGE_FAILED, "feed: out of memory");
	buffer_add_text(out, printed);
	buffer_add_char(out, '\n');
	cJSON_free(printed);
	return true;
}

/* ---- sitemap ---- */

static void
put_place(struct view *view, cJSON *urls, struct buffer *path, int64_t ms)
{
	cJSON *item = add_object(view, urls);

	put_buffer(view, item, "path", path);
	if (ms != 0)
		put_time(view, item, "changed", ms);
	else
		put_null(view, item, "changed");
}

enum view_result
view_sitemap(struct view *view)
{
	static const char *const pages[] = { "/", "/map", "/missions",
		"/fleet", "/projects", "/stats", "/data", "/data/updates",
		"/about" };
	cJSON *urls;
	struct stmt *s;
	size_t i;

	if (view->site->url == NULL) {
		err_set(view->err, EDGE_USAGE, "A sitemap needs the portal's "
		    "own address, and this portal does not know it.");
		return VIEW_NOT_FOUND;
	}
	urls = put_array(view, view->out, "urls");
	for (i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct buffer path = { 0 };

		buffer_add_text(&path, pages[i]);
		put_place(view, urls, &path, 0);
	}
	s = db_stmt(view->db, Q_BASINS_CODED);
	while (stmt_row(s, view->err)) {
		struct buffer path = { 0 };

		buffer_printf(&path, "/map/basin/%s", row_text(s, 1));
		put_place(view, urls, &path, 0);
	}
	s = db_stmt(view->db, Q_PLATFORM_SERIALS);
	stmt_int(s, 1, SITEMAP_MOST / 7);
	while (stmt_row(s, view->err)) {
		struct buffer path = { 0 };

		buffer_add_text(&path, "/fleet/");
		buffer_add_url(&path, row_text(s, 0), strlen(row_text(s, 0)));
		put_place(view, urls, &path, 0);
	}
	s = db_stmt(view->db, Q_SITEMAP_MISSIONS);
	stmt_int(s, 1, INT64_MAX);
	stmt_int(s, 2, SITEMAP_MOST - SITEMAP_MOST / 7);
	while (stmt_row(s, view->err)) {
		struct buffer path = { 0 };

		buffer_add_char(&path, '/');
		buffer_add_url(&path, row_text(s, 1), strlen(row_text(s, 1)));
		buffer_printf(&path, "/M%" PRId64, stmt_get_int(s, 2));
		put_place(view, urls, &path, stmt_get_int(s, 3));
	}
	return view_end(view);
}
