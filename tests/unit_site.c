/* The portal without a socket: routes, forms, errors, headers, caching. */
#include "site_fixture.h"

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
	BODY_HAS("\"parameter\":\"x\"}");
	GET_STATUS("/missions.json?yaer=1", 400);
	BODY_HAS("basin and q. Is \xe2\x80\x9cyear\xe2\x80\x9d meant?\","
	    "\"parameter\":\"yaer\"}");
	GET_STATUS("/missions.json?q=1&year=2024&q=1", 400);
	BODY_HAS("\"detail\":\"The parameter \xe2\x80\x9cq\xe2\x80\x9d is "
	    "there twice.\",\"parameter\":\"q\"}");
	GET_STATUS("/missions?q&q", 400);
	BODY_HAS("E400 Bad Request: The parameter");
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
	forget();
	buffer_free(&head);
	return check_exit();
}
