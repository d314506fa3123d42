/* The portal without a socket: routes, forms, errors, headers, caching. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/beat.h"
#include "schema/clock.h"
#include "schema/db.h"
#include "web/site.h"

#define PATH "unit_site.db"
#define NOW "2026-11-22T09:40:30Z"
#define NOW_MS INT64_C(1795340430000)

/* ---- a portal of a few pages ---- */

static int views_run;              /* how often a view was asked */
static int64_t next_expiry = INT64_MAX;

static enum view_result
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

static enum view_result
view_bad(struct view *view)
{
	err_set(view->err, EDGE_FAILED, "year takes a year, not %s",
	    request_param(view->req, "year"));
	return VIEW_BAD_PARAM;
}

static enum view_result
view_slow(struct view *view)
{
	err_set(view->err, EDGE_TEMPORARY, "secret/path: took too long");
	return VIEW_FAILED;
}

static enum view_result
view_broken(struct view *view)
{
	err_set(view->err, EDGE_FAILED, "secret: out of memory");
	return VIEW_FAILED;
}

static bool
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
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_SVG },
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

static struct site_options
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

static void
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

static void
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

static void
forget(void)
{
	(void)unlink(PATH);
	(void)unlink(PATH "-wal");
	(void)unlink(PATH "-shm");
	(void)unlink(PATH ".status");
}

/* A commit that changes something. */
static void
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

static void
synced(int64_t success_ms, int64_t failing_ms, const char *mode)
{
	struct beat beat = { .attempt_ms = NOW_MS, .success_ms = success_ms,
		.failing_ms = failing_ms };
	struct edge_err err = { 0 };

	(void)snprintf(beat.mode, sizeof beat.mode, "%s", mode);
	CHECK(beat_write(PATH, &beat, &err));
}

static void
open_site(const struct site_options *options)
{
	struct edge_err err = { 0 };

	CHECK(site_open(&site, options, &err));
	CHECK_STR(err.text, "");
	reader = site_reader(site, NULL, &err);
	CHECK(reader != NULL);
}

static void
shut(void)
{
	answer_free(&answer);
	db_close(reader);
	site_close(site);
	site = NULL;
	reader = NULL;
}

/* A store of generation 1, synced two minutes ago. */
static void
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

static void
page_and_twin_come_from_one_view(void)
{
	begin();
	GET("/", 200, "<p>T &amp; T / fresh: Up to date \xc2\xb7 synced 2 min "
	    "ago g1 /index.json");
	HEAD_HAS("HTTP/1.1 200 OK");
	HEAD_HAS("Content-Type: text/html; charset=utf-8");
	GET("/index.json", 200, "{\"generation\":1,\"as_of\":"
	    "\"2026-11-22T08:40:30Z\"}\n");
	HEAD_HAS("Content-Type: application/json");
	GET("/SEA063/M33", 200, "<style>p{color:red}</style><script src=\""
	    "/assets/0889a34434e586e9/edge.js\"></script>SEA063 33");
	GET("/SEA063/M33.json", 200, "{\"serial\":\"SEA063\",\"number\":"
	    "\"33\",\"next_url\":\"/next?after=1\",\"items\":[{\"name\":"
	    "\"=1+1\",\"n\":-5}],\"generation\":1,\"as_of\":"
	    "\"2026-11-22T08:40:30Z\"}\n");
	HEAD_HAS("Link: </next?after=1>; rel=\"next\"");
	GET("/SEA063/M33.csv", 200, "name,n\r\n\"'=1+1\",-5\r\n");
	HEAD_HAS("Content-Type: text/csv; charset=utf-8; header=present");
	GET("/SEA063/M33.svg", 200, "<svg/>");
	HEAD_HAS("Content-Type: image/svg+xml");
	GET("/map.svg", 200, "<svg/>");
	GET("/feed.xml", 200, "<rss>T &amp; T</rss>");
	HEAD_HAS("Content-Type: application/xml");
	GET_STATUS("/SEA063/M33.geojson", 404);
	GET_STATUS("/missions.csv", 404);
	shut();
}

static void
route_captures_are_typed(void)
{
	begin();
	GET_STATUS("/never/M1", 200);   /* literal wins */
	CHECK_INT(views_run, 0);
	GET_STATUS("/SEA-06_3/M0", 200);
	GET_STATUS("/SEA063/M033", 404);
	GET_STATUS("/SEA063/M-1", 404);
	GET_STATUS("/SEA063/M", 404);
	GET_STATUS("/SEA063/M1234567890", 404);
	GET_STATUS("/SEA063/M1x", 404);
	GET_STATUS("/SEA%20063/M1", 404);
	GET_STATUS("/-SEA/M1", 404);
	GET_STATUS("/A1234567890123456789012345678901/M1", 200);
	GET_STATUS("/A12345678901234567890123456789012/M1", 404);
	GET_STATUS("/SEA063/x/M1", 404);
	shut();
}

static void
unknown_parameter_is_named(void)
{
	begin();
	GET_STATUS("/missions?year=2024&basin=", 200);
	GET_STATUS("/missions?yaer=2024", 400);
	BODY_HAS("E400 Bad Request: This address does not know the parameter "
	    "\xe2\x80\x9cyaer\xe2\x80\x9d; it takes year, basin and q.");
	GET_STATUS("/?%3Cb%3E=1", 400);
	BODY_HAS("\xe2\x80\x9c&lt;b&gt;\xe2\x80\x9d; it takes none.");
	GET_STATUS("/missions.json?x=1", 400);
	HEAD_HAS("Content-Type: application/problem+json");
	BODY_HAS("{\"type\":\"about:blank\",\"status\":400,\"title\":"
	    "\"Bad Request\",\"detail\":\"This address");
	GET_STATUS("/bad?year=x", 400);
	BODY_HAS("year takes a year, not x");
	shut();
}

static void
nothing_there_says_what_may_be_meant(void)
{
	begin();
	GET("/mission", 404, "E404 Not Found: There is no page at this "
	    "address. [/missions](/missions) T &amp; T");
	HEAD_HAS("Cache-Control: no-store");
	HEAD_LACKS("ETag");
	GET("/completely/other/thing", 404, "E404 Not Found: There is no page "
	    "at this address.  T &amp; T");
	GET("/NONE/M1", 404, "E404 Not Found: There is no such &lt;thing&gt;. "
	    "[SEA063 &lt;M33&gt;](/SEA063/M33) T &amp; T");
	GET("/NONE/M1.json", 404, "{\"type\":\"about:blank\",\"status\":404,"
	    "\"title\":\"Not Found\",\"detail\":\"There is no such <thing>.\","
	    "\"near\":[{\"text\":\"SEA063 <M33>\",\"url\":\"/SEA063/M33\"}]}"
	    "\n");
	GET_STATUS("/api/v1/nothing", 404);
	HEAD_HAS("Content-Type: application/problem+json");
	GET_STATUS("/api/v1/items/SEA063?year=1", 400);
	HEAD_HAS("Content-Type: application/problem+json");
	GET_STATUS("/nothing.json", 404);
	HEAD_HAS("Content-Type: application/problem+json");
	shut();
}

static void
failure_keeps_its_cause_to_itself(void)
{
	static struct request req;

	begin();
	GET_STATUS("/slow", 503);
	HEAD_HAS("Retry-After: 30");
	BODY_LACKS("secret");
	GET_STATUS("/broken", 500);
	BODY_LACKS("secret");
	db_close(reader);
	reader = NULL;
	GET_STATUS("/", 503);
	BODY_HAS("cannot be read at the moment");
	HEAD_HAS("Retry-After: 30");
	GET_STATUS("/index.json", 503);
	HEAD_HAS("Content-Type: application/problem+json");
	GET_STATUS("/nothing", 404);
	GET("/healthz", 200, "ok\n");
	GET("/readyz", 503, "{\"ready\":false,\"reason\":\"the store cannot "
	    "be opened\"}\n");
	CHECK_INT(request_parse(&req, "/healthz"), 0);
	CHECK(!site_needs_reader(&req));
	CHECK_INT(request_parse(&req, "/readyz"), 0);
	CHECK(site_needs_reader(&req));
	shut();
}

static void
second_visitor_gets_the_kept_answer(void)
{
	begin();
	GET_STATUS("/SEA063/M33", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	GET_STATUS("/SEA063/M33", 200);
	CHECK_INT(answer.cache, CACHE_HIT);
	CHECK_INT(views_run, 1);
	GET_STATUS("/SEA063/M33?q=", 200);
	CHECK_INT(views_run, 1);
	GET_STATUS("/SEA063/M33?q=1", 200);
	GET_STATUS("/SEA063/M34", 200);
	GET_STATUS("/SEA063/M33.json", 200);
	CHECK_INT(views_run, 4);
	bump();
	GET_STATUS("/SEA063/M33", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	CHECK_INT(views_run, 5);
	GET_STATUS("/NONE/M1", 404);
	GET_STATUS("/NONE/M1", 404);
	CHECK_INT(views_run, 7);
	GET_STATUS("/never/M1", 200);
	CHECK_INT(answer.cache, CACHE_OFF);
	shut();
}

static void
order_of_parameters_does_not_matter(void)
{
	begin();
	GET_STATUS("/missions?year=2024&basin=x&q=y", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	GET_STATUS("/missions?q=y&year=2024&basin=x", 200);
	CHECK_INT(answer.cache, CACHE_HIT);
	GET_STATUS("/missions?q=x&year=2024&basin=y", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	/* Values cannot be mistaken for names. */
	GET_STATUS("/missions?year=1%26basin%3D2", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	GET_STATUS("/missions?year=1&basin=2", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	shut();
}

static void
answer_is_made_again_when_its_time_is_over(void)
{
	begin();
	next_expiry = NOW_MS + 5000;
	GET_STATUS("/SEA063/M33.json", 200);
	setenv("EDGE_NOW", "2026-11-22T09:40:34Z", 1);
	GET_STATUS("/SEA063/M33.json", 200);
	CHECK_INT(answer.cache, CACHE_HIT);
	setenv("EDGE_NOW", "2026-11-22T09:40:35Z", 1);
	GET_STATUS("/SEA063/M33.json", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	/* A page tells ages, so it lasts a minute at most. */
	next_expiry = INT64_MAX;
	GET_STATUS("/SEA063/M34", 200);
	setenv("EDGE_NOW", "2026-11-22T09:41:34Z", 1);
	GET_STATUS("/SEA063/M34", 200);
	CHECK_INT(answer.cache, CACHE_HIT);
	setenv("EDGE_NOW", "2026-11-22T09:41:35Z", 1);
	GET_STATUS("/SEA063/M34", 200);
	CHECK_INT(answer.cache, CACHE_MISS);
	setenv("EDGE_NOW", NOW, 1);
	shut();
}

static void
without_cache_every_answer_is_made(void)
{
	struct site_options options = options_of();

	begin();
	shut();
	options.no_cache = true;
	open_site(&options);
	GET_STATUS("/SEA063/M33", 200);
	GET_STATUS("/SEA063/M33", 200);
	CHECK_INT(answer.cache, CACHE_OFF);
	CHECK_INT(views_run, 2);
	CHECK(answer.etag[0] == '"');
	CHECK(strstr(buffer_text(&head), "cache;desc=\"off\"") != NULL);
	shut();
}

static void
visitor_who_has_it_gets_304(void)
{
	struct wish wish = { .head = false };
	char etag[ANSWER_ETAG_BYTES], list[200];

	begin();
	GET_STATUS("/index.json", 200);
	HEAD_HAS("Cache-Control: no-cache");
	memcpy(etag, answer.etag, sizeof etag);
	CHECK_INT(strlen(etag), 34);
	(void)snprintf(list, sizeof list, "\"x\", W/%s", etag);
	wish.if_none_match = list;
	ask("/index.json", &wish);
	CHECK_INT(answer.status, 304);
	CHECK_INT(answer.length, 0);
	HEAD_HAS("HTTP/1.1 304 Not Modified");
	HEAD_HAS("Cache-Control: no-cache");
	HEAD_HAS("Vary: Accept-Encoding");
	CHECK(strstr(buffer_text(&head), etag) != NULL);
	HEAD_LACKS("Content-Length");
	HEAD_LACKS("\nContent-Type");
	CHECK(strstr(buffer_text(&head), "Server-Timing: db;dur=") != NULL);
	bump();
	ask("/index.json", &wish);
	CHECK_INT(answer.status, 200);
	/* Another restart, the same bytes, the same tag. */
	(void)snprintf(list, sizeof list, "%s", answer.etag);
	db_close(reader);
	site_close(site);
	{
		struct site_options options = options_of();

		open_site(&options);
	}
	ask("/index.json", &wish);
	CHECK_INT(answer.status, 304);
	wish.if_none_match = "*";
	ask("/nothing", &wish);
	CHECK_INT(answer.status, 404);
	shut();
}

static void
head_and_options_follow_from_get(void)
{
	struct wish wish = { .head = true };

	begin();
	ask("/index.json", &wish);
	CHECK_INT(answer.status, 200);
	CHECK(answer.no_body && answer.length == 48);
	HEAD_HAS("Content-Length: 48");
	CHECK(answer.etag[0] == '"');
	ask("/nothing", &wish);
	CHECK_INT(answer.status, 404);
	CHECK(answer.no_body);
	wish = (struct wish){ .options = true };
	ask("/", &wish);
	CHECK_INT(answer.status, 204);
	HEAD_HAS("Allow: GET, HEAD, OPTIONS");
	HEAD_LACKS("Content-Length");
	shut();
}

static void
every_answer_has_the_safe_headers(void)
{
	static const char *const targets[] = { "/", "/index.json", "/nothing",
		"/slow", "/healthz", "/favicon.svg", "/feed", "/missions/" };
	size_t i;

	begin();
	for (i = 0; i < sizeof targets / sizeof *targets; i++) {
		get(targets[i]);
		HEAD_HAS("X-Content-Type-Options: nosniff");
		HEAD_HAS("Cross-Origin-Opener-Policy: same-origin");
		HEAD_HAS("Cross-Origin-Resource-Policy: same-origin");
		CHECK(strstr(buffer_text(&head),
		    "Content-Security-Policy: default-src 'none'; img-src "
		    "'self' data:; style-src 'self' 'sha256-") != NULL);
		HEAD_LACKS("unsafe-inline");
		CHECK(strstr(buffer_text(&head), "Server-Timing: db;dur=") !=
		    NULL);
		CHECK(strstr(buffer_text(&head), "cache;desc=") != NULL);
		HEAD_LACKS("Server: ");
		HEAD_HAS("Vary: Accept-Encoding");
		HEAD_HAS("Date: Sun, 22 Nov 2026 09:40:30 GMT");
		HEAD_LACKS("Set-Cookie");
	}
	shut();
}

static void
redirects_name_known_addresses(void)
{
	begin();
	GET_STATUS("/feed", 308);
	HEAD_HAS("Location: /feed.xml");
	HEAD_HAS("Content-Length: 0");
	GET_STATUS("/missions/", 308);
	HEAD_HAS("Location: /missions");
	GET_STATUS("/SEA063/M33/", 308);
	HEAD_HAS("Location: /SEA063/M33");
	GET_STATUS("/nothing/", 404);
	GET_STATUS("/fee%22x/", 404);
	shut();
}

static void
files_have_hashed_names(void)
{
	begin();
	GET("/assets/0889a34434e586e9/edge.js", 200, "1;");
	HEAD_HAS("Content-Type: text/javascript; charset=utf-8");
	HEAD_HAS("Cache-Control: public, max-age=31536000, immutable");
	GET_STATUS("/assets/0889a34434e586e8/edge.js", 404);
	GET_STATUS("/assets/edge.js", 404);
	GET_STATUS("/assets/", 404);
	GET("/file", 200, "1;");
	HEAD_HAS("Cache-Control: no-cache");
	GET("/favicon.svg", 200, "<svg/>");
	HEAD_HAS("Content-Type: image/svg+xml");
	GET("/robots.txt", 200, "User-agent: *\nDisallow: /api/\n");
	shut();
}

static void
readiness_follows_the_store(void)
{
	struct site_options options = options_of();
	struct edge_err err = { 0 };

	begin();
	GET("/readyz", 200, "{\"ready\":true,\"generation\":1}\n");
	HEAD_HAS("Cache-Control: no-store");
	shut();
	forget();
	db_close(db_open(PATH, DB_WRITER, DB_CREATE, &err));
	open_site(&options);
	GET("/readyz", 503, "{\"ready\":false,\"reason\":\"nothing has been "
	    "synced yet\",\"generation\":0}\n");
	GET("/", 200, "<p>T &amp; T / empty: Nothing has been synced yet g0 "
	    "/index.json");
	shut();
}

/* The words for a status file, asked of a new site. */
static void
fresh(int64_t success_ms, int64_t failing_ms, const char *mode,
    const char *should)
{
	struct site_options options = options_of();
	const char *from, *to;
	char words[200];

	if (mode != NULL)
		synced(success_ms, failing_ms, mode);
	else
		(void)unlink(PATH ".status");
	open_site(&options);
	get("/");
	from = strstr(answer.body, " / ");
	to = strstr(answer.body, " g1");
	CHECK(from != NULL && to != NULL);
	if (from != NULL && to != NULL) {
		(void)snprintf(words, sizeof words, "%.*s",
		    (int)(to - from - 3), from + 3);
		CHECK_STR(words, should);
	}
	shut();
}

static void
freshness_is_told_in_words(void)
{
	begin();
	shut();
	fresh(NOW_MS - 30000, 0, "once", "fresh: Up to date \xc2\xb7 synced "
	    "less than a minute ago");
	fresh(NOW_MS - 899999, NOW_MS - 1000, "once", "fresh: Up to date "
	    "\xc2\xb7 synced 14 min ago");
	fresh(NOW_MS - 900000, 0, "once",
	    "late: Not synced since 09:25 UTC");
	fresh(NOW_MS - 86400000, 0, "watch",
	    "late: Not synced since 21 Nov 2026 09:40 UTC");
	fresh(NOW_MS - 3600000, NOW_MS - 3500000, "once", "failing: Source "
	    "has not answered since 08:42 UTC; showing data as of 08:40 UTC");
	fresh(0, NOW_MS - 60000, "once", "failing: Source has not answered "
	    "since 09:39 UTC; showing data as of 08:40 UTC");
	fresh(NOW_MS - 86400000, 0, "import",
	    "copy: Copy made 21 Nov 2026 09:40 UTC");
	fresh(0, 0, NULL, "unknown: Not known when last synced; showing data "
	    "as of 08:40 UTC");
}

static void
change_of_freshness_is_seen_in_a_kept_page(void)
{
	begin();
	GET_STATUS("/", 200);
	BODY_HAS(" fresh: ");
	synced(NOW_MS - 3600000, NOW_MS - 3500000, "once");
	/* The status file is read at most once a second. */
	(void)usleep(1100000);
	GET_STATUS("/", 200);
	BODY_HAS(" failing: ");
	shut();
}

static void
link_header_holds_no_text_of_others(void)
{
	begin();
	GET_STATUS("/SEA063/M33.json?q=a%3E%3B%20b", 200);
	HEAD_LACKS("Link");
	GET_STATUS("/SEA063/M33.json?q=/a%C3%A5", 200);
	HEAD_LACKS("Link");
	GET_STATUS("/SEA063/M33.json?q=/a%22b", 200);
	HEAD_LACKS("Link");
	shut();
}

static void
compressed_forms_differ_in_tag_only(void)
{
	static char large[4000];
	const struct asset more[] = {
		{ "home.html", (const unsigned char *)large, sizeof large },
	};
	const struct route routes_of[] = {
		{ .pattern = "/", .template_name = "home.html" },
	};
	struct site_options options = options_of();
	struct wish wish = { .encoding = ENCODING_BROTLI };

	memset(large, 'a', sizeof large);
	begin();
	shut();
	options.assets = more;
	options.assets_length = 1;
	options.routes = routes_of;
	options.routes_length = 1;
	open_site(&options);
	ask("/", &wish);
	HEAD_HAS("Content-Encoding: br");
	CHECK_STR(answer.etag + 33, "-b\"");
	CHECK(answer.length < 200);
	wish.if_none_match = answer.etag;
	wish.encoding = ENCODING_GZIP;
	{
		char etag[ANSWER_ETAG_BYTES];

		memcpy(etag, answer.etag, sizeof etag);
		wish.if_none_match = etag;
		ask("/", &wish);
		/* The tag of another form is not the tag of this one. */
		CHECK_INT(answer.status, 200);
		HEAD_HAS("Content-Encoding: gzip");
	}
	get("/");
	HEAD_LACKS("Content-Encoding");
	CHECK_INT(answer.length, 4000);
	/* There is no error page here: a bare one stands in. */
	GET_STATUS("/nothing", 404);
	BODY_HAS("<h1>Not Found</h1>");
	shut();
}

static void
refused_request_gets_a_page_and_is_closed(void)
{
	begin();
	answer_free(&answer);
	site_refuse(site, 405, "This portal is read-only.", "GET", &answer);
	CHECK_INT(answer.status, 405);
	CHECK(answer.close);
	BODY_HAS("E405 Method Not Allowed: This portal is read-only.");
	buffer_clear(&head);
	answer_head(&answer, false, &head);
	HEAD_HAS("Allow: GET");
	HEAD_HAS("Connection: close");
	shut();
}

static void
swapped_store_is_opened_anew(void)
{
	struct edge_err err = { 0 };

	begin();
	bump();
	GET("/index.json", 200, "{\"generation\":2,\"as_of\":"
	    "\"2026-11-22T08:40:30Z\"}\n");
	(void)rename(PATH, PATH ".old");
	forget();
	bump();
	reader = site_reader(site, reader, &err);
	CHECK(reader != NULL);
	GET("/index.json", 200, "{\"generation\":1,\"as_of\":"
	    "\"2026-11-22T08:40:30Z\"}\n");
	(void)unlink(PATH ".old");
	shut();
}

/* The error of a portal with one route or file too bad. */
static const char *
open_error(const struct route *route, const struct asset *asset)
{
	static struct edge_err err;
	struct site_options options = options_of();
	struct site *bad;

	memset(&err, 0, sizeof err);
	if (route != NULL) {
		options.routes = route;
		options.routes_length = 1;
	}
	if (asset != NULL) {
		options.assets = asset;
		options.assets_length = 1;
	}
	CHECK(!site_open(&bad, &options, &err));
	CHECK(bad == NULL);
	CHECK_INT(err.kind, EDGE_CONFIG);
	return err.text;
}

static void
bad_table_does_not_open(void)
{
	static const struct route bad[] = {
		{ .pattern = "x", .template_name = "home.html" },
		{ .pattern = "/{a", .template_name = "home.html" },
		{ .pattern = "/{a:b}", .template_name = "home.html" },
		{ .pattern = "/", .template_name = "none.html" },
		{ .pattern = "/", .asset = "none" },
		{ .pattern = "/", .twins = TWIN_SVG },
		{ .pattern = "/", .redirect = "/a b" },
		{ .pattern = "/{a}/{b}/{c}/{d}/{e}" },
	};
	static const struct asset file = ASSET("home.html", "\n{{#a}}");

	CHECK_STR(open_error(&bad[0], NULL),
	    "route x: must begin with a slash");
	CHECK_STR(open_error(&bad[1], NULL), "route /{a: has a capture that "
	    "is not closed or one too many");
	CHECK_STR(open_error(&bad[2], NULL),
	    "route /{a:b}: has a capture of unknown kind");
	CHECK_STR(open_error(&bad[3], NULL),
	    "route /: there is no template none.html");
	CHECK_STR(open_error(&bad[4], NULL), "route /: there is no file none");
	CHECK_STR(open_error(&bad[5], NULL),
	    "route /: has an SVG twin that nothing draws");
	CHECK_STR(open_error(&bad[6], NULL),
	    "route /: redirects to what is no address");
	CHECK_STR(open_error(&bad[7], NULL), "route /{a}/{b}/{c}/{d}/{e}: has "
	    "a capture that is not closed or one too many");
	CHECK_STR(open_error(NULL, &file), "home.html:2: not ended 'a'");
}

int
main(void)
{
	setenv("EDGE_NOW", NOW, 1);
	RUN(page_and_twin_come_from_one_view);
	RUN(route_captures_are_typed);
	RUN(unknown_parameter_is_named);
	RUN(nothing_there_says_what_may_be_meant);
	RUN(failure_keeps_its_cause_to_itself);
	RUN(second_visitor_gets_the_kept_answer);
	RUN(order_of_parameters_does_not_matter);
	RUN(answer_is_made_again_when_its_time_is_over);
	RUN(without_cache_every_answer_is_made);
	RUN(visitor_who_has_it_gets_304);
	RUN(head_and_options_follow_from_get);
	RUN(every_answer_has_the_safe_headers);
	RUN(redirects_name_known_addresses);
	RUN(files_have_hashed_names);
	RUN(readiness_follows_the_store);
	RUN(freshness_is_told_in_words);
	RUN(change_of_freshness_is_seen_in_a_kept_page);
	RUN(link_header_holds_no_text_of_others);
	RUN(compressed_forms_differ_in_tag_only);
	RUN(refused_request_gets_a_page_and_is_closed);
	RUN(swapped_store_is_opened_anew);
	RUN(bad_table_does_not_open);
	forget();
	buffer_free(&head);
	return check_exit();
}
