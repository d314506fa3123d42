/* The portal without a socket: methods, headers, files, readiness, freshness
 * and tables that do not open. */
#define PATH "unit_site_more.db"
#include "site_fixture.h"

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
	GET_STATUS("/missions/?year=2024&q=%22%3c+x&basin", 308);
	HEAD_HAS("Location: /missions?year=2024&q=%22%3C%20x&basin=");
	/* What passers-on of links add to count clicks is no error of the
	 * visitor's; programs are told. */
	GET_STATUS("/?fbclid=x", 308);
	HEAD_HAS("Location: /");
	GET_STATUS("/missions?utm_source=a&year=2024&fbclid=b&q=%c3%a5", 308);
	HEAD_HAS("Location: /missions?year=2024&q=%C3%A5");
	GET_STATUS("/missions?yaer=2024&fbclid=b", 400);
	GET_STATUS("/missions.json?fbclid=b", 400);
	BODY_HAS("\"parameter\":\"fbclid\"}");
	GET_STATUS("/missions/?q=%c3%a5", 308);
	HEAD_HAS("Location: /missions?q=%C3%A5");
	/* It takes none, and an old address must not lead to a refusal. */
	GET_STATUS("/feed?x=%c3%a5", 308);
	HEAD_HAS("Location: /feed.xml");
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
	GET("/robots.txt", 200, "User-agent: *\nDisallow: /api/\n"
	    "Disallow: /status\n");
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
	site_refuse(site, 405, "This portal is read-only.", "GET", false, &answer);
	CHECK_INT(answer.status, 405);
	CHECK(answer.close);
	BODY_HAS("E405 Method Not Allowed: This portal is read-only.");
	answer_free(&answer);
	site_refuse(site, 400, "The address cannot be read.", NULL, true,
	    &answer);
	CHECK_STR(answer.type, "application/problem+json");
	BODY_HAS("\"detail\":\"The address cannot be read.\"");
	answer_free(&answer);
	site_refuse(site, 405, "This portal is read-only.", "GET", false,
	    &answer);
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

#define OPTIONS(target) do { \
		static const struct wish options_wish = { .options = true }; \
		ask(target, &options_wish); \
		CHECK_INT(answer.status, 204); \
	} while (0)

static void
other_sites_read_data_when_that_is_set(void)
{
	static const char *const data[] = { "/SEA063/M33.json", "/map.svg",
		"/api/v1/nothing", "/missions.json?x=1" };
	struct site_options options;
	size_t i;

	begin();
	GET_STATUS("/SEA063/M33.json", 200);
	HEAD_LACKS("Access-Control");
	HEAD_HAS("Cross-Origin-Resource-Policy: same-origin");
	OPTIONS("/SEA063/M33.json");
	HEAD_LACKS("Access-Control");
	shut();
	options = options_of();
	options.cors = true;
	open_site(&options);
	for (i = 0; i < sizeof data / sizeof data[0]; i++) {
		GET_STATUS(data[i], i < 2 ? 200 : i == 2 ? 404 : 400);
		HEAD_HAS("Access-Control-Allow-Origin: *");
		HEAD_HAS("Access-Control-Expose-Headers: ETag, Link, Server-Timing");
		HEAD_HAS("Cross-Origin-Resource-Policy: cross-origin");
		HEAD_LACKS("Access-Control-Allow-Methods");
		HEAD_LACKS("Access-Control-Allow-Credentials");
	}
	GET_STATUS("/", 200);
	HEAD_LACKS("Access-Control");
	OPTIONS("/SEA063/M33.json");
	HEAD_HAS("Access-Control-Allow-Origin: *");
	HEAD_HAS("Access-Control-Allow-Methods: GET, HEAD, OPTIONS");
	HEAD_HAS("Access-Control-Allow-Headers: If-None-Match, Accept, "
	    "Accept-Encoding");
	HEAD_HAS("Access-Control-Max-Age: 86400");
	OPTIONS("/");
	HEAD_LACKS("Access-Control");
	shut();
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
		{ .pattern = "/", .twins = TWIN_CSV },
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
	CHECK_STR(open_error(&bad[8], NULL),
	    "route /: has a CSV twin without columns");
	CHECK_STR(open_error(NULL, &file), "home.html:2: not ended 'a'");
}

int
main(void)
{
	setenv("EDGE_NOW", NOW, 1);
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
	RUN(other_sites_read_data_when_that_is_set);
	RUN(bad_table_does_not_open);
	forget();
	buffer_free(&head);
	return check_exit();
}
