/* site_fixture.h: a small portal for the tests of web/site.c: a store of its
 * own, routes and views that say what they were asked. */
#ifndef EDGE_SITE_FIXTURE_H
#define EDGE_SITE_FIXTURE_H

#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/beat.h"
#include "schema/clock.h"
#include "schema/db.h"
#include "web/site.h"

#ifndef PATH /* tests run side by side: each has a store of its own */
#define PATH "unit_site.db"
#endif
#define NOW "2026-11-22T09:40:30Z"
#define NOW_MS INT64_C(1795340430000)

/* ---- a portal of a few pages ---- */

static int views_run;              /* how often a view was asked */
static int64_t next_expiry = INT64_MAX;

static inline enum view_result
view_item(struct view *view)
{
	const char *serial = request_capture(view->req, "serial");
	const char *number = request_capture(view->req, "number");
	cJSON *items, *row;

	views_run++;
	view->expires_ms = next_expiry;
	if (strcmp(serial, "NONE") == 0) {
		items = cJSON_AddArrayToObject(view->out, "near");
		row = cJSON_CreateObject();
		cJSON_AddItemToArray(items, row);
		cJSON_AddStringToObject(row, "text", "SEA063 <M33>");
		cJSON_AddStringToObject(row, "url", "/SEA063/M33");
		err_set(view->err, EDGE_FAILED, "There is no such <thing>.");
		return VIEW_NOT_FOUND;
	}
	cJSON_AddStringToObject(view->out, "serial", serial);
	cJSON_AddStringToObject(view->out, "number", number);
	cJSON_AddStringToObject(view->out, "next_url",
	    request_param(view->req, "q") ? request_param(view->req, "q") :
	    "/next?after=1");
	items = cJSON_AddArrayToObject(view->out, "items");
	row = cJSON_CreateObject();
	cJSON_AddItemToArray(items, row);
	cJSON_AddStringToObject(row, "name", "=1+1");
	cJSON_AddNumberToObject(row, "n", -5);
	return VIEW_OK;
}

static inline enum view_result
view_bad(struct view *view)
{
	err_set(view->err, EDGE_FAILED, "year takes a year, not %s",
	    request_param(view->req, "year"));
	return VIEW_BAD_PARAM;
}

static inline enum view_result
view_slow(struct view *view)
{
	err_set(view->err, EDGE_TEMPORARY, "secret/path: took too long");
	return VIEW_FAILED;
}

static inline enum view_result
view_broken(struct view *view)
{
	err_set(view->err, EDGE_FAILED, "secret: out of memory");
	return VIEW_FAILED;
}

static inline bool
write_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	(void)page;
	(void)err;
	buffer_add_text(out, "<svg/>");
	return true;
}

static const struct route table[] = {
	{ .pattern = "/", .twins = TWIN_JSON, .template_name = "home.html" },
	{ .pattern = "/missions", .params = "year basin q",
	  .template_name = "home.html", .twins = TWIN_JSON },
	{ .pattern = "/{serial}/M{number:int}", .view = view_item,
	  .params = "q", .template_name = "item.html", .svg = write_svg,
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_SVG, .columns = "name n" },
	{ .pattern = "/never/M1", .cache = CACHE_NEVER, .view = NULL,
	  .template_name = "home.html" },
	{ .pattern = "/bad", .view = view_bad, .params = "year",
	  .template_name = "home.html" },
	{ .pattern = "/slow", .view = view_slow,
	  .template_name = "home.html" },
	{ .pattern = "/broken", .view = view_broken,
	  .template_name = "home.html" },
	{ .pattern = "/map.svg", .write = write_svg,
	  .type = "image/svg+xml" },
	{ .pattern = "/api/v1/items/{serial}", .view = view_bad,
	  .params = "year" },
	{ .pattern = "/fee{rest:any}", .redirect = "/feed.xml" },
	{ .pattern = "/feed.xml", .template_name = "feed.xml",
	  .type = "application/xml" },
	{ .pattern = "/file", .asset = "edge.js" },
};

#define ASSET(name, text) \
	{ name, (const unsigned char *)(text), sizeof(text) - 1 }

static const struct asset files[] = {
	ASSET("home.html", "<p>{{site.title}} {{site.path}} "
	    "{{site.fresh.state}}: {{site.fresh.text}} g{{site.generation}} "
	    "{{#site.json}}{{.}}{{/site.json}}"),
	ASSET("item.html", "{{<frame.html}}{{$main}}{{serial}} {{number}}"
	    "{{/main}}{{/frame.html}}"),
	ASSET("frame.html", "<style>{{>style.css}}</style>"
	    "<script src=\"{{@asset edge.js}}\"></script>{{$main}}{{/main}}"),
	ASSET("error.html", "E{{status}} {{title}}: {{text}} {{advice}}"
	    "{{#near}}[{{text}}]({{url}}){{/near}} {{site.title}}"),
	ASSET("feed.xml", "<rss>{{site.title}}</rss>"),
	ASSET("style.css", "p{color:red}"),
	ASSET("edge.js", "1;"),
	ASSET("favicon.svg", "<svg/>"),
};

static inline struct site_options
options_of(void)
{
	struct site_options o = { .db_path = PATH, .title = "T & T",
		.routes = table, .routes_length = sizeof table / sizeof *table,
		.assets = files, .assets_length = sizeof files / sizeof *files,
		.strict = true };

	return o;
}

/* ---- asking ---- */

static struct site *site;
static struct db *reader;
static struct answer answer;
static struct buffer head;

/* What a request brings besides its target. */
struct wish {
	bool head, options;
	enum request_encoding encoding;
	const char *if_none_match;
};

static inline void
ask(const char *target, const struct wish *wish)
{
	static struct request req;

	answer_free(&answer);
	CHECK_INT(request_parse(&req, target), 0);
	req.head = wish->head;
	req.options = wish->options;
	req.encoding = wish->encoding;
	req.if_none_match = wish->if_none_match;
	site_answer(site, reader, NULL, &req, &answer);
	buffer_clear(&head);
	answer_head(&answer, true, &head);
}

static inline void
get(const char *target)
{
	static const struct wish plain = { .head = false };

	ask(target, &plain);
}

#define GET(target, should_status, should_body) do { \
	get(target); \
	CHECK_INT(answer.status, (should_status)); \
	CHECK_STR(answer.body, (should_body)); \
} while (0)
/* Only the beginning of the body. */
#define GET_STATUS(target, should_status) do { \
	get(target); \
	CHECK_INT(answer.status, (should_status)); \
} while (0)
#define HEAD_HAS(line) CHECK(strstr(buffer_text(&head), line "\r\n") != NULL)
#define HEAD_LACKS(name) CHECK(strstr(buffer_text(&head), name) == NULL)
#define BODY_HAS(text) CHECK(strstr(answer.body, (text)) != NULL)
#define BODY_LACKS(text) CHECK(strstr(answer.body, (text)) == NULL)

/* ---- the store ---- */

static inline void
forget(void)
{
	(void)unlink(PATH);
	(void)unlink(PATH "-wal");
	(void)unlink(PATH "-shm");
	(void)unlink(PATH ".status");
}

/* A commit that changes something. */
static inline void
bump(void)
{
	struct edge_err err = { 0 };
	struct db *db = db_open(PATH, DB_WRITER, DB_CREATE, &err);
	struct stmt *s;

	CHECK(db != NULL && db_begin(db, &err));
	s = db_stmt(db, Q_STATE_BUMP);
	stmt_int(s, 1, NOW_MS - 3600000);
	CHECK(stmt_run(s, &err) && db_commit(db, &err));
	db_close(db);
}

static inline void
synced(int64_t success_ms, int64_t failing_ms, const char *mode)
{
	struct beat beat = { .attempt_ms = NOW_MS, .success_ms = success_ms,
		.failing_ms = failing_ms };
	struct edge_err err = { 0 };

	(void)snprintf(beat.mode, sizeof beat.mode, "%s", mode);
	CHECK(beat_write(PATH, &beat, &err));
}

static inline void
open_site(const struct site_options *options)
{
	struct edge_err err = { 0 };

	CHECK(site_open(&site, options, &err));
	CHECK_STR(err.text, "");
	reader = site_reader(site, NULL, &err);
	CHECK(reader != NULL);
}

static inline void
shut(void)
{
	answer_free(&answer);
	db_close(reader);
	site_close(site);
	site = NULL;
	reader = NULL;
}

/* A store of generation 1, synced two minutes ago. */
static inline void
begin(void)
{
	struct site_options options = options_of();

	forget();
	bump();
	synced(NOW_MS - 130000, 0, "once");
	open_site(&options);
	views_run = 0;
	next_expiry = INT64_MAX;
}

/* ---- cases ---- */

#endif
