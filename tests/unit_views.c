/* What pages and API say, held against each other: every list against the
 * whole list, every page against the clock. The store is the demo's. */
#include "check.h"
#include "demo_store.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/clock.h"
#include "schema/db.h"
#include "web/router.h"
#include "web/views.h"

#define PATH "unit_views.db"
#define DUMP "unit_views.demo"
#define NOW "2026-11-22T09:40:00Z"
#define PAGES_MOST 400 /* a walk that does not end by then never does */

static struct edge_err err;
static struct db *db;
static int64_t now_ms;

static void
fill_store(void)
{
	CHECK(setenv("EDGE_NOW", NOW, 1) == 0);
	now_ms = clock_now_ms();
	demo_store(PATH, DUMP, 5, now_ms);
	db = db_open(PATH, DB_READER, 0, &err);
	CHECK(db != NULL);
}

struct got {
	enum view_result result;
	struct edge_err err;
	int64_t expires_ms;
	enum request_form form;
	const struct route *route;
	cJSON *page;
};

/* Runs the view behind a target as of `at_ms`; free with got_free. */
static struct got
get_at(const char *target, int64_t at_ms)
{
	struct router router = { routes, routes_length };
	struct got got = { .result = VIEW_FAILED };
	struct request req;
	struct view view = { .db = db, .req = &req, .now_ms = at_ms,
		.expires_ms = INT64_MAX, .err = &got.err };

	got.page = view.out = cJSON_CreateObject();
	CHECK_INT(request_parse(&req, target), 0);
	got.route = router_match(&router, &req);
	CHECK(got.route != NULL);
	if (got.route == NULL || got.route->view == NULL)
		return got;
	CHECK(db_begin(db, &err));
	got.result = got.route->view(&view);
	db_rollback(db);
	got.form = req.form;
	got.expires_ms = view.expires_ms;
	return got;
}

static struct got
get(const char *target)
{
	return get_at(target, now_ms);
}

static void
got_free(struct got *got)
{
	cJSON_Delete(got->page);
}

static enum view_result
result_of(const char *target)
{
	struct got got = get(target);

	got_free(&got);
	return got.result;
}

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *
text(const cJSON *object, const char *name)
{
	const char *value = cJSON_GetStringValue(member(object, name));

	return value != NULL ? value : "";
}

static int64_t
number(const cJSON *object, const char *name)
{
	return (int64_t)cJSON_GetNumberValue(member(object, name));
}

static int
rows(const struct got *got, const char *name)
{
	return cJSON_GetArraySize(member(got->page, name));
}

/* The addresses of all missions of a list, in its order, one a line; follows
 * next_url. */
static char *
walk(const char *target, int *count)
{
	struct buffer urls = { 0 };
	char next[1024], *copy;
	const cJSON *item;
	int pages = 0;

	*count = 0;
	(void)snprintf(next, sizeof next, "%s", target);
	while (next[0] != '\0' && pages++ < PAGES_MOST) {
		struct got got = get(next);

		CHECK_INT(got.result, VIEW_OK);
		cJSON_ArrayForEach(item, member(got.page, "items")) {
			buffer_add_text(&urls, text(item, "url"));
			buffer_add_char(&urls, '\n');
			++*count;
		}
		(void)snprintf(next, sizeof next, "%s", text(got.page,
		    "next_url"));
		got_free(&got);
	}
	CHECK(pages < PAGES_MOST);
	copy = strdup(buffer_text(&urls));
	buffer_free(&urls);
	return copy;
}

static void
list_has_every_mission_once_newest_first(void)
{
	int one_by_one, at_once, i;
	char *small = walk("/api/v1/missions?limit=7", &one_by_one);
	char *large = walk("/api/v1/missions?limit=500", &at_once);
	struct got got = get("/api/v1/missions?limit=500");
	const cJSON *items = member(got.page, "items");

	CHECK_INT(one_by_one, at_once);
	CHECK(at_once > 120);
	CHECK_STR(small, large);
	for (i = 1; i < cJSON_GetArraySize(items); i++)
		CHECK(strcmp(text(cJSON_GetArrayItem(items, i - 1), "start"),
		    text(cJSON_GetArrayItem(items, i), "start")) >= 0);
	got_free(&got);
	free(small);
	free(large);
}

static bool
has_text(const cJSON *array, const char *word)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, array)
		if (strcmp(item->valuestring, word) == 0)
			return true;
	return false;
}

/* What a filter is to leave of the whole list. */
static bool
fits(const cJSON *item, const char *filter, const char *value)
{
	if (strcmp(filter, "year") == 0)
		return strncmp(text(item, "start"), value, 4) == 0;
	if (strcmp(filter, "basin") == 0) /* SEA-007 */
		return has_text(member(item, "basins"), "Bornholm Basin");
	if (strcmp(filter, "variable") == 0)
		return has_text(member(item, "variables"), value);
	return strcmp(text(item, filter), value) == 0;
}

static void
check_filters(const struct got *all, const char *const filters[2][2])
{
	struct buffer target = { 0 }, should = { 0 };
	const cJSON *item;
	int count, i;
	char *is;

	buffer_add_text(&target, "/api/v1/missions?limit=3");
	for (i = 0; i < 2 && filters[i][0] != NULL; i++) {
		buffer_printf(&target, "&%s=", filters[i][0]);
		buffer_add_url(&target, filters[i][1], strlen(filters[i][1]));
	}
	cJSON_ArrayForEach(item, member(all->page, "items")) {
		bool wanted = true;

		for (i = 0; i < 2 && filters[i][0] != NULL; i++)
			wanted = wanted && fits(item, filters[i][0],
			    filters[i][1]);
		if (wanted)
			buffer_printf(&should, "%s\n", text(item, "url"));
	}
	is = walk(buffer_text(&target), &count);
	CHECK_STR(is, buffer_text(&should));
	free(is);
	buffer_free(&target);
	buffer_free(&should);
}

static void
filters_leave_what_fits_of_the_whole_list(void)
{
	struct got all = get("/api/v1/missions?limit=500");
	const cJSON *first = cJSON_GetArrayItem(member(all.page, "items"), 0);
	const char *const values[][2] = {
		{ "year", "2025" }, { "basin", "SEA-007" },
		{ "platform", text(first, "platform") },
		{ "project", text(first, "project") },
		{ "variable", "salinity" }, { "status", "active" },
		{ "status", "complete" }, { "status", "silent" },
		{ "variable", "no such thing" }, { "project", "no such" },
	};
	size_t length = sizeof values / sizeof values[0], i, j;

	CHECK(*text(first, "project") != '\0');
	for (i = 0; i < length; i++)
		for (j = 0; j < length; j++) {
			const char *const pair[2][2] = {
				{ values[i][0], values[i][1] },
				{ i == j ? NULL : values[j][0], values[j][1] },
			};

			/* One parameter twice is refused before any view. */
			if (i == j || strcmp(values[i][0], values[j][0]) != 0)
				check_filters(&all, pair);
		}
	got_free(&all);
}

static void
place_in_another_list_is_refused(void)
{
	struct got got = get("/api/v1/missions?limit=3&year=2025");
	char next[1024], target[1100];
	char *after = strstr(strncpy(next, text(got.page, "next_url"),
	    sizeof next - 1), "after=");

	next[sizeof next - 1] = '\0';
	CHECK(after != NULL);
	if (after == NULL)
		return;
	CHECK_INT(result_of(next), VIEW_OK);
	(void)snprintf(target, sizeof target, "/missions?year=2024&%s", after);
	CHECK_INT(result_of(target), VIEW_BAD_PARAM);
	(void)snprintf(target, sizeof target, "/missions?%s", after);
	CHECK_INT(result_of(target), VIEW_BAD_PARAM);
	(void)snprintf(target, sizeof target, "/missions?year=2025&%.*s",
	    (int)strlen(after) - 1, after);
	CHECK_INT(result_of(target), VIEW_BAD_PARAM);
	after[strlen(after) - 1] ^= 1;
	(void)snprintf(target, sizeof target, "/missions?year=2025&%s", after);
	CHECK_INT(result_of(target), VIEW_BAD_PARAM);
	got_free(&got);
}

static void
page_of_html_is_never_long(void)
{
	struct got got = get("/missions?limit=500");

	CHECK_INT(rows(&got, "items"), 50);
	got_free(&got);
}

static void
wrong_parameters_are_refused(void)
{
	static const char *const targets[] = {
		"/missions?year=x", "/missions?year=0", "/missions?basin=7",
		"/missions?status=done", "/missions?limit=0",
		"/missions?limit=501", "/missions?after=!",
		"/api/v1/totals?year=24", "/api/v1/totals?year=2024&basin=x",
		"/api/v1/positions?since=yesterday",
		"/api/v1/positions?since=now-", "/api/v1/positions?after=1",
		"/api/v1/positions?since=now-9w",
	};
	size_t i;

	for (i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		struct got got = get(targets[i]);

		CHECK_INT(got.result, VIEW_BAD_PARAM);
		CHECK(strstr(got.err.text, "takes") != NULL);
		got_free(&got);
	}
}

static void
totals_of_a_scope_without_missions(void)
{
	struct got got = get("/api/v1/totals?year=1901");

	CHECK_INT(got.result, VIEW_OK);
	CHECK_INT(number(member(got.page, "glider"), "missions"), 0);
	CHECK_INT(number(member(got.page, "sailbuoy"), "distance_km"), 0);
	got_free(&got);
	CHECK_INT(result_of("/api/v1/totals?basin=SEA-018"), VIEW_OK);
	CHECK_INT(result_of("/api/v1/totals?basin=SEA-999"), VIEW_NOT_FOUND);
	CHECK_INT(result_of("/api/v1/totals?platform=SEA9"), VIEW_NOT_FOUND);
	CHECK_INT(result_of("/api/v1/totals?project=nothing"), VIEW_NOT_FOUND);
}

static void
years_add_up_to_everything(void)
{
	struct got got = get("/stats");
	const cJSON *all = member(member(got.page, "all"), "glider"), *year;
	int64_t missions = 0, profiles = 0;

	cJSON_ArrayForEach(year, member(got.page, "years")) {
		missions += number(member(year, "glider"), "missions");
		profiles += number(member(year, "glider"), "profiles");
	}
	CHECK(missions > 0);
	CHECK_INT(missions, number(all, "missions"));
	CHECK_INT(profiles, number(all, "profiles"));
	got_free(&got);
}

/* Until the very end of an answer nobody leaves the table, and each who does
 * leaves it at the end of one. */
static void
landing_page_ends_when_a_mission_leaves(void)
{
	struct got now = get("/"), next;
	int shown = rows(&now, "at_sea"), steps;

	CHECK(shown > 0);
	for (steps = 0; steps < 50 && shown > 0; steps++) {
		int64_t ends = now.expires_ms;

		CHECK(ends > now_ms && ends <= now_ms + CLOCK_DAY_MS + 1);
		next = get_at("/", ends - 1);
		CHECK(cJSON_Compare(member(next.page, "at_sea"),
		    member(now.page, "at_sea"), true));
		CHECK_INT(number(next.page, "reported"), number(now.page,
		    "reported"));
		got_free(&next);
		got_free(&now);
		now = get_at("/", ends);
		CHECK(rows(&now, "at_sea") <= shown);
		shown = rows(&now, "at_sea");
	}
	CHECK_INT(shown, 0);
	got_free(&now);
}

static void
landing_page_falls_back_to_last_known_positions(void)
{
	struct got got = get_at("/", now_ms + 30 * CLOCK_DAY_MS);

	CHECK_INT(rows(&got, "at_sea"), 0);
	CHECK_INT(number(got.page, "reported"), 0);
	CHECK(rows(&got, "last_known") > 3);
	got_free(&got);
}

static void
missions_of_a_platform_are_a_chain(void)
{
	struct got list = get("/api/v1/missions?limit=1"), got;
	const cJSON *first = cJSON_GetArrayItem(member(list.page, "items"), 0);
	char target[256], back[256];
	int length = 0, count;
	char *all;

	(void)snprintf(target, sizeof target, "/api/v1/missions?platform=%s",
	    text(first, "platform"));
	all = walk(target, &count);
	(void)snprintf(target, sizeof target, "%s", text(first, "url"));
	back[0] = '\0';
	while (target[0] != '\0' && length <= count) {
		got = get(target);
		CHECK_INT(got.result, VIEW_OK);
		CHECK_STR(text(member(got.page, "next"), "url"), back);
		(void)snprintf(back, sizeof back, "%s", target);
		(void)snprintf(target, sizeof target, "%s",
		    text(member(got.page, "previous"), "url"));
		got_free(&got);
		length++;
	}
	CHECK_INT(length, count);
	free(all);
	got_free(&list);
}

static void
unknown_addresses_name_what_is_near(void)
{
	struct got list = get("/api/v1/missions?limit=1"), got;
	const cJSON *first = cJSON_GetArrayItem(member(list.page, "items"), 0);
	char target[256];

	(void)snprintf(target, sizeof target, "/%s/M9999",
	    text(first, "platform"));
	got = get(target);
	CHECK_INT(got.result, VIEW_NOT_FOUND);
	CHECK(rows(&got, "near") > 0);
	CHECK_STR(text(cJSON_GetArrayItem(member(got.page, "near"), 0), "url"),
	    text(first, "url"));
	got_free(&got);
	(void)snprintf(target, sizeof target, "/fleet/%sX",
	    text(first, "platform"));
	got = get(target);
	CHECK_INT(got.result, VIEW_NOT_FOUND);
	CHECK_STR(text(cJSON_GetArrayItem(member(got.page, "near"), 0),
	    "text"), text(first, "platform"));
	got_free(&got);
	got_free(&list);
}

static void
track_is_geojson_of_its_points(void)
{
	struct got list = get("/api/v1/missions?limit=1"), got;
	char target[256], *at;
	struct buffer out = { 0 };
	const cJSON *features, *line, *point;
	cJSON *geojson;

	(void)snprintf(target, sizeof target,
	    "/api/v1/missions%s/track.geojson",
	    text(cJSON_GetArrayItem(member(list.page, "items"), 0), "url"));
	at = strstr(target, "/M");
	memmove(at + 1, at + 2, strlen(at + 2) + 1);
	got = get(target);
	CHECK_INT(got.result, VIEW_OK);
	CHECK_INT(got.form, FORM_GEOJSON);
	CHECK(write_track_geojson(got.page, &out, &err));
	geojson = cJSON_Parse(buffer_text(&out));
	features = member(geojson, "features");
	CHECK_INT(cJSON_GetArraySize(features), rows(&got, "items") + 1);
	line = member(cJSON_GetArrayItem(features, 0), "geometry");
	CHECK_STR(text(line, "type"), "MultiLineString");
	CHECK_INT(cJSON_GetArraySize(cJSON_GetArrayItem(member(line,
	    "coordinates"), 0)), rows(&got, "items"));
	point = cJSON_GetArrayItem(member(member(cJSON_GetArrayItem(features,
	    1), "geometry"), "coordinates"), 0);
	CHECK(cJSON_Compare(point, member(cJSON_GetArrayItem(member(got.page,
	    "items"), 0), "lon"), true));
	cJSON_Delete(geojson);
	buffer_free(&out);
	got_free(&got);
	got_free(&list);
}

/* RFC 7946 §3.1.9: a line that crosses 180 degrees is cut there. */
static void
track_across_the_antimeridian_is_cut(void)
{
	cJSON *page = cJSON_Parse("{\"mission\":{},\"next_url\":null,\"items\":"
	    "[{\"lon\":179,\"lat\":10},{\"lon\":-179,\"lat\":12}]}");
	struct buffer out = { 0 };

	CHECK(write_track_geojson(page, &out, &err));
	CHECK(strstr(buffer_text(&out), "\"coordinates\":[[[179,10],[180,11]],"
	    "[[-180,11],[-179,12]]]") != NULL);
	buffer_free(&out);
	cJSON_Delete(page);
}

static void
positions_go_on_where_a_page_ends(void)
{
	int small_count, large_count;
	char *small = walk("/api/v1/positions?since=now-400d&limit=4",
	    &small_count);
	char *large = walk("/api/v1/positions?since=now-400d", &large_count);

	CHECK(large_count > 20);
	CHECK_STR(small, large);
	free(small);
	free(large);
}

int
main(void)
{
	RUN(fill_store);
	if (db == NULL)
		return check_exit();
	RUN(list_has_every_mission_once_newest_first);
	RUN(filters_leave_what_fits_of_the_whole_list);
	RUN(place_in_another_list_is_refused);
	RUN(page_of_html_is_never_long);
	RUN(wrong_parameters_are_refused);
	RUN(totals_of_a_scope_without_missions);
	RUN(years_add_up_to_everything);
	RUN(landing_page_ends_when_a_mission_leaves);
	RUN(landing_page_falls_back_to_last_known_positions);
	RUN(missions_of_a_platform_are_a_chain);
	RUN(unknown_addresses_name_what_is_near);
	RUN(track_is_geojson_of_its_points);
	RUN(track_across_the_antimeridian_is_cut);
	RUN(positions_go_on_where_a_page_ends);
	db_close(db);
	return check_exit();
}
