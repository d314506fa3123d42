/* Pages with a map: what is drawn is what the lists say, and picture and
 * GeoJSON are sound whatever a track or a name holds. */
#include "check.h"
#include "check_svg.h"
#include "demo_store.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/clock.h"
#include "schema/db.h"
#include "web/asset.h"
#include "web/chart.h"
#include "web/router.h"
#include "web/svg.h"
#include "web/views.h"

#define PATH "unit_chart.db"
#define DUMP "unit_chart.demo"
#define EMPTY "unit_chart_empty.db"
#define NOW "2026-11-22T09:40:00Z"
#define HOSTILE "<script>alert(1)</script>&\"'\\ ]]>"

static struct edge_err err;
static struct db *db;
static int64_t now_ms;
static const struct portal *operators; /* what views are told; NULL: nothing */

static void
fill_store(void)
{
	CHECK(setenv("EDGE_NOW", NOW, 1) == 0);
	now_ms = clock_now_ms();
	demo_store(PATH, DUMP, 7, now_ms);
	db = db_open(PATH, DB_READER, 0, &err);
	CHECK(db != NULL);
}

/* ---- asking ---- */

struct got {
	enum view_result result;
	struct edge_err err;
	int64_t expires_ms;
	cJSON *page;
	struct buffer written; /* by the form's writer */
	cJSON *geojson;        /* what was written, read again */
};

static struct got
ask(struct db *store, const char *target, int64_t at_ms)
{
	struct router router = { routes, routes_length };
	struct got got = { .result = VIEW_FAILED };
	struct request req;
	struct view view = { .db = store, .req = &req, .portal = operators,
		.now_ms = at_ms,
		.expires_ms = INT64_MAX, .err = &got.err };
	const struct route *route;

	got.page = view.out = cJSON_CreateObject();
	CHECK_INT(request_parse(&req, target), 0);
	route = router_match(&router, &req);
	CHECK(route != NULL && route->view != NULL);
	if (route == NULL || route->view == NULL)
		return got;
	CHECK(db_begin(store, &err));
	got.result = route->view(&view);
	db_rollback(store);
	got.expires_ms = view.expires_ms;
	if (got.result == VIEW_OK && req.form == FORM_SVG) {
		CHECK(route->svg(got.page, &got.written, &err));
		CHECK_SVG(&got.written);
	}
	if (got.result == VIEW_OK && req.form == FORM_GEOJSON) {
		CHECK(route->geojson(got.page, &got.written, &err));
		got.geojson = cJSON_Parse(buffer_text(&got.written));
		CHECK(got.geojson != NULL);
	}
	return got;
}

static struct got
get(const char *target)
{
	return ask(db, target, now_ms);
}

static void
got_free(struct got *got)
{
	cJSON_Delete(got->page);
	cJSON_Delete(got->geojson);
	buffer_free(&got->written);
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
rows(const cJSON *object, const char *name)
{
	return cJSON_GetArraySize(member(object, name));
}

/* How many features have this geometry, and of those how many this property
 * true (NULL: any). */
static int
features(const cJSON *geojson, const char *type, const char *property)
{
	const cJSON *feature;
	int count = 0;

	cJSON_ArrayForEach(feature, member(geojson, "features"))
		count += strcmp(text(member(feature, "geometry"), "type"),
		    type) == 0 && (property == NULL || cJSON_IsTrue(member(
		    member(feature, "properties"), property)));
	return count;
}

/* Whether each step of each line is a short one, and on the globe. */
static bool
lines_are_cut(const cJSON *geojson)
{
	const cJSON *feature, *line, *point, *shape;

	cJSON_ArrayForEach(feature, member(geojson, "features")) {
		shape = member(feature, "geometry");
		if (strcmp(text(shape, "type"), "MultiLineString") != 0)
			continue;
		cJSON_ArrayForEach(line, member(shape, "coordinates")) {
			double last = NAN;

			if (cJSON_GetArraySize(line) < 2)
				return false;
			cJSON_ArrayForEach(point, line) {
				double lon = cJSON_GetNumberValue(
				    cJSON_GetArrayItem(point, 0));

				if (!(fabs(lon) <= 180) ||
				    fabs(lon - last) > 180)
					return false;
				last = lon;
			}
		}
	}
	return true;
}

/* ---- all missions ---- */

static void
map_draws_every_mission(void)
{
	struct got all = get("/api/v1/missions?limit=500");
	struct got map = get("/map.geojson"), picture = get("/map.svg");

	CHECK(rows(all.page, "items") > 120);
	CHECK_INT(features(map.geojson, "MultiLineString", NULL),
	    rows(all.page, "items"));
	CHECK(lines_are_cut(map.geojson));
	CHECK(strstr(buffer_text(&picture.written), "class=\"thin r") != NULL);
	CHECK(strstr(buffer_text(&picture.written), "class=\"bold r") != NULL);
	got_free(&all);
	got_free(&map);
	got_free(&picture);
}

static void
years_of_page_picture_and_tracks_are_the_same(void)
{
	struct got page = get("/map"), map = get("/map.geojson");
	const cJSON *year, *key = member(map.geojson, "legend")->child;
	int64_t missions = 0;
	char target[64];

	CHECK(rows(page.page, "items") > 3);
	CHECK_INT(rows(page.page, "items"), rows(map.geojson, "legend"));
	cJSON_ArrayForEach(year, member(page.page, "items")) {
		struct got one;

		CHECK_INT(number(year, "year"), strtol(text(key, "text"),
		    NULL, 10));
		CHECK_STR(text(year, "class"), text(key, "class"));
		key = key != NULL ? key->next : NULL;
		missions += number(year, "missions");
		(void)snprintf(target, sizeof target, "/map.geojson?year=%d",
		    (int)number(year, "year"));
		one = get(target);
		CHECK_INT(rows(one.geojson, "legend"), 1);
		/* Some missions count in no total. */
		CHECK(features(one.geojson, "MultiLineString", NULL) >=
		    number(year, "missions"));
		got_free(&one);
	}
	CHECK_INT(number(page.page, "missions"), missions);
	CHECK_STR(text(member(page.page, "items")->child, "class"), "r9");
	got_free(&page);
	got_free(&map);
}

static void
missions_of_fifty_days_are_highlighted(void)
{
	struct got page = get("/map"), map = get("/map.geojson"), later;
	int64_t next;

	CHECK(rows(page.page, "recent") > 3);
	CHECK_INT(features(map.geojson, "MultiLineString", "highlight"),
	    rows(page.page, "recent"));
	CHECK(features(map.geojson, "MultiLineString", "live") > 0);
	CHECK_INT(features(map.geojson, "MultiLineString", "live"),
	    features(map.geojson, "Point", NULL));
	/* The page says itself when the first of them leaves. */
	next = page.expires_ms;
	CHECK(next > now_ms && next <= now_ms + CHART_RECENT_MS);
	later = ask(db, "/map", next + CHART_RECENT_MS);
	CHECK_INT(rows(later.page, "recent"), 0);
	CHECK(later.expires_ms == INT64_MAX);
	got_free(&later);
	got_free(&page);
	got_free(&map);
}

static void
wrong_parameters_are_refused(void)
{
	static const char *const targets[] = { "/map?year=x", "/map?year=0",
		"/map.svg?width=319", "/map.svg?width=2001", "/map.svg?width=x",
		"/map.json?width=390", "/index.svg?width=1",
		"/map/basin/SEA-007.svg?width=1", "/projects.svg?width=1" };
	size_t i;

	for (i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct got got = get(targets[i]);

		CHECK_INT(got.result, VIEW_BAD_PARAM);
		CHECK(got.err.text[0] != '\0');
		got_free(&got);
	}
}

/* ---- basins ---- */

static void
every_basin_has_its_missions(void)
{
	struct got page = get("/map");
	const cJSON *basin;
	char target[128], before[32] = "";
	int with_missions = 0;

	CHECK_INT(rows(page.page, "basins"), 18);
	cJSON_ArrayForEach(basin, member(page.page, "basins")) {
		struct got own = get(text(basin, "url")), list, map;

		(void)snprintf(target, sizeof target,
		    "/api/v1/missions?limit=500&basin=%s",
		    text(basin, "code"));
		list = get(target);
		(void)snprintf(target, sizeof target, "%s.geojson",
		    text(basin, "url"));
		map = get(target);
		CHECK_STR(text(own.page, "name"), text(basin, "name"));
		CHECK_INT(number(own.page, "missions"),
		    rows(list.page, "items"));
		CHECK_INT(number(basin, "missions"),
		    rows(list.page, "items"));
		CHECK_INT(features(map.geojson, "MultiLineString", NULL),
		    rows(list.page, "items"));
		CHECK_STR(text(member(own.page, "previous"), "code"), before);
		(void)snprintf(before, sizeof before, "%s",
		    text(basin, "code"));
		with_missions += rows(own.page, "items") > 0;
		got_free(&own);
		got_free(&list);
		got_free(&map);
	}
	CHECK(with_missions > 10);
	got_free(&page);
}

static void
unknown_basins_name_what_is_near(void)
{
	static const struct {
		const char *asked, *near;
	} cases[] = {
		{ "SEA-7", "/map/basin/SEA-007" },
		{ "7", "/map/basin/SEA-007" },
		{ "sea-018", "/map/basin/SEA-018" },
		{ "kategat", "/map/basin/SEA-001" },
		{ "bornholm", "/map/basin/SEA-007" },
		{ "SEA-099", "/map" },
		{ "x", "/map" },
	};
	char target[128];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct got got;

		(void)snprintf(target, sizeof target, "/map/basin/%s",
		    cases[i].asked);
		got = get(target);
		CHECK_INT(got.result, VIEW_NOT_FOUND);
		CHECK_STR(text(cJSON_GetArrayItem(member(got.page, "near"),
		    0), "url"), cases[i].near);
		got_free(&got);
	}
}

/* ---- platforms ---- */

static void
platform_has_its_missions_on_a_map(void)
{
	struct got page = get("/fleet"), none = get("/fleet/SEA999.svg");
	const cJSON *row;
	char target[128];
	int seen = 0;

	CHECK_INT(none.result, VIEW_NOT_FOUND);
	cJSON_ArrayForEach(row, member(page.page, "items")) {
		struct got list, map;

		(void)snprintf(target, sizeof target, "/api/v1/missions?"
		    "limit=500&platform=%s", text(row, "platform"));
		list = get(target);
		(void)snprintf(target, sizeof target, "/fleet/%s.geojson",
		    text(row, "platform"));
		map = get(target);
		CHECK_INT(features(map.geojson, "MultiLineString", NULL),
		    rows(list.page, "items"));
		seen += rows(list.page, "items") > 0;
		got_free(&list);
		got_free(&map);
	}
	CHECK(seen > 5);
	got_free(&page);
	got_free(&none);
}

/* ---- projects ---- */

static void
every_project_has_its_missions(void)
{
	struct got page = get("/projects"), map = get("/projects.geojson");
	const cJSON *project;
	int64_t all = 0, last = INT64_MAX;
	char target[256];

	CHECK(rows(page.page, "items") > 3);
	cJSON_ArrayForEach(project, member(page.page, "items")) {
		struct got own = get(text(project, "url")), list;

		list = get(text(project, "missions_url"));
		CHECK_INT(own.result, VIEW_OK);
		CHECK_INT(rows(own.page, "items"), 1);
		CHECK_STR(text(own.page, "chosen"), text(project, "project"));
		(void)snprintf(target, sizeof target, "/api/v1%s&limit=500",
		    text(project, "missions_url"));
		got_free(&list);
		list = get(target);
		CHECK_INT(number(project, "missions"),
		    rows(list.page, "items"));
		CHECK(number(project, "missions") <= last);
		last = number(project, "missions");
		all += last;
		got_free(&own);
		got_free(&list);
	}
	CHECK_INT(features(map.geojson, "MultiLineString", NULL), all);
	CHECK_INT(rows(map.geojson, "legend"), rows(page.page, "items"));
	got_free(&page);
	got_free(&map);
	page = get("/projects?project=Nobody%27s");
	CHECK_INT(page.result, VIEW_NOT_FOUND);
	CHECK(rows(page.page, "near") > 0);
	got_free(&page);
}

/* ---- the landing page's map ---- */

static void
colours_at_sea_are_those_of_the_table(void)
{
	struct got page = get("/"), map = get("/index.geojson");
	const cJSON *row, *feature;
	char class_name[8];
	int seen = 0;

	CHECK(rows(page.page, "at_sea") > 2);
	cJSON_ArrayForEach(row, member(page.page, "at_sea")) {
		(void)snprintf(class_name, sizeof class_name, "s%d",
		    (int)number(row, "series"));
		cJSON_ArrayForEach(feature, member(map.geojson, "features")) {
			const cJSON *p = member(feature, "properties");

			if (strcmp(text(p, "url"), text(row, "url")) != 0)
				continue;
			CHECK(cJSON_IsTrue(member(p, "live")));
			CHECK_STR(text(p, "class"), cJSON_IsNull(member(row,
			    "series")) ? "" : class_name);
			seen++;
		}
	}
	/* A line and a point of each. */
	CHECK_INT(seen, 2 * rows(page.page, "at_sea"));
	got_free(&page);
	got_free(&map);
}

static void
last_known_positions_stand_in(void)
{
	int64_t later = now_ms + 400 * CLOCK_DAY_MS;
	struct got page = ask(db, "/", later);
	struct got map = ask(db, "/index.geojson", later);
	struct got picture = ask(db, "/index.svg", later);
	const cJSON *row;

	CHECK_INT(rows(page.page, "last_known"), 8);
	CHECK_INT(features(map.geojson, "Point", NULL), 8);
	CHECK_INT(features(map.geojson, "Point", "live"), 0);
	cJSON_ArrayForEach(row, member(page.page, "last_known"))
		CHECK(strstr(buffer_text(&map.written), text(row, "url")) !=
		    NULL);
	CHECK(strstr(buffer_text(&picture.written), "class=\"dot\"") != NULL);
	got_free(&page);
	got_free(&map);
	got_free(&picture);
}

static void
landing_map_holds_the_operators_region(void)
{
	static const double wide[4] = { -12, 50, 31, 71 };
	struct got plain = get("/index.geojson"), wider;
	struct portal portal = { .has_region = true,
		.region = { -12, 50, 31, 71 } };
	int i;

	operators = &portal;
	wider = get("/index.geojson");
	operators = NULL;
	for (i = 0; i < 4; i++) {
		const cJSON *bbox = member(wider.geojson, "bbox");
		double at = cJSON_GetArrayItem(bbox, i)->valuedouble;

		CHECK(fabs(at - wide[i]) < 1e-6);
		bbox = member(plain.geojson, "bbox");
		CHECK(fabs(cJSON_GetArrayItem(bbox, i)->valuedouble - at) > 0.5);
	}
	got_free(&plain);
	got_free(&wider);
}

/* ---- writers ---- */

static void
add_track(cJSON *tracks, const char *name, const char *line)
{
	cJSON *track = cJSON_CreateObject();

	cJSON_AddItemToArray(tracks, track);
	cJSON_AddStringToObject(track, "platform", name);
	cJSON_AddNumberToObject(track, "mission", 1);
	cJSON_AddStringToObject(track, "url", "/SEA001/M1");
	cJSON_AddStringToObject(track, "line", line);
	cJSON_AddStringToObject(track, "class", HOSTILE);
	cJSON_AddTrueToObject(track, "highlight");
	cJSON_AddTrueToObject(track, "dot");
	cJSON_AddTrueToObject(track, "fits");
	cJSON_AddNumberToObject(track, "lon", 179.5);
	cJSON_AddNumberToObject(track, "lat", 1);
}

/* A map with one track, written in both forms. */
static cJSON *
write_both(const char *name, const char *line, struct buffer *svg)
{
	cJSON *page = cJSON_CreateObject(), *key, *read;
	struct buffer out = { 0 };

	cJSON_AddNumberToObject(page, "width", 800);
	cJSON_AddStringToObject(page, "title", name);
	add_track(cJSON_AddArrayToObject(page, "tracks"), name, line);
	key = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(page, "legend"), key);
	cJSON_AddStringToObject(key, "text", name);
	cJSON_AddStringToObject(key, "class", "s99");
	buffer_clear(svg);
	CHECK(write_map_svg(page, svg, &err));
	CHECK_SVG(svg);
	CHECK(write_tracks_geojson(page, &out, &err));
	read = cJSON_Parse(buffer_text(&out));
	CHECK(read != NULL);
	buffer_free(&out);
	cJSON_Delete(page);
	return read;
}

static void
hostile_names_stay_text(void)
{
	struct buffer svg = { 0 };
	cJSON *geojson = write_both(HOSTILE, "_ibE_ibE", &svg);

	CHECK(strstr(buffer_text(&svg), "<script") == NULL);
	CHECK(strstr(buffer_text(&svg), "&lt;script") != NULL);
	CHECK_STR(text(member(member(geojson, "features")->child,
	    "properties"), "platform"), HOSTILE);
	cJSON_Delete(geojson);
	buffer_free(&svg);
}

static void
lines_are_cut_at_the_antimeridian(void)
{
	/* (179, 1), (-179, 1.5), (-178, 2), (179.5, 2): over it and back. */
	static const char crossing[] = "_ibE_}oca@_t`B~z`hcA_t`B_ibE?_f_ecA";
	struct buffer svg = { 0 };
	cJSON *geojson;
	const cJSON *bbox;

	geojson = write_both("A", crossing, &svg);
	CHECK(lines_are_cut(geojson));
	CHECK_INT(cJSON_GetArraySize(member(member(member(geojson,
	    "features")->child, "geometry"), "coordinates")), 3);
	bbox = member(geojson, "bbox");
	CHECK_INT(cJSON_GetArraySize(bbox), 4);
	CHECK(cJSON_GetArrayItem(bbox, 0)->valuedouble >
	    cJSON_GetArrayItem(bbox, 2)->valuedouble);
	cJSON_Delete(geojson);
	buffer_free(&svg);
}

static void
damaged_lines_are_no_lines(void)
{
	static const char *const lines[] = { "", "?", "\x7f", "~~~~~~~~~~~~",
		"_ibE", "_ibE_ibE\x01\x01" };
	struct buffer svg = { 0 };
	size_t i;

	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		cJSON *geojson = write_both("A", lines[i], &svg);

		CHECK_INT(features(geojson, "MultiLineString", NULL), 1);
		cJSON_Delete(geojson);
	}
	buffer_free(&svg);
}

/* ---- colours ---- */

static void
check_ramp(const char *style, const char *sheet, double least)
{
	char rule[32], token[32];
	double last = 0, now;
	int step;

	for (step = 0; step < SVG_RAMP_STEPS; step++) {
		(void)snprintf(rule, sizeof rule, ".r%d{color:", step);
		now = fmin(contrast(style, rule, ".sea{"),
		    contrast(style, rule, ".land{"));
		CHECK(now >= least && now > last);
		last = now;
		/* The pages' style sheet has the same colour. */
		(void)snprintf(token, sizeof token, "--r%d: %.7s;", step,
		    strstr(style, rule) + strlen(rule));
		CHECK(strstr(sheet, token) != NULL);
	}
}

static void
ramp_stands_out_more_from_year_to_year(void)
{
	struct asset_table *table = asset_table_new(assets, assets_length);
	const struct asset *sheet = asset_find(table, "style.css");
	const char *dark = strstr(svg_map_style, "prefers-color-scheme:dark");
	const char *dark_sheet = strstr((const char *)sheet->bytes,
	    "(prefers-color-scheme: dark)");

	CHECK(dark != NULL && dark_sheet != NULL);
	check_ramp(svg_map_style, (const char *)sheet->bytes, 2);
	check_ramp(dark, dark_sheet, 3);
	asset_table_free(table);
}

/* ---- nothing ---- */

static void
empty_store_has_maps_too(void)
{
	static const char *const targets[] = { "/", "/index.svg",
		"/index.geojson", "/map", "/map.json", "/map.csv", "/map.svg",
		"/map.geojson", "/map?year=2024", "/map/basin/SEA-007",
		"/map/basin/SEA-007.svg", "/map/basin/SEA-007.geojson",
		"/projects", "/projects.svg", "/projects.geojson" };
	struct db *empty;
	size_t i;

	(void)unlink(EMPTY);
	db_close(db_open(EMPTY, DB_WRITER, DB_CREATE, &err));
	empty = db_open(EMPTY, DB_READER, 0, &err);
	CHECK(empty != NULL);
	for (i = 0; empty != NULL && i < sizeof targets / sizeof *targets;
	    i++) {
		struct got got = ask(empty, targets[i], now_ms);

		CHECK_INT(got.result, VIEW_OK);
		got_free(&got);
	}
	db_close(empty);
}

int
main(void)
{
	RUN(fill_store);
	if (db == NULL)
		return check_exit();
	RUN(map_draws_every_mission);
	RUN(years_of_page_picture_and_tracks_are_the_same);
	RUN(missions_of_fifty_days_are_highlighted);
	RUN(wrong_parameters_are_refused);
	RUN(every_basin_has_its_missions);
	RUN(unknown_basins_name_what_is_near);
	RUN(platform_has_its_missions_on_a_map);
	RUN(every_project_has_its_missions);
	RUN(colours_at_sea_are_those_of_the_table);
	RUN(last_known_positions_stand_in);
	RUN(landing_map_holds_the_operators_region);
	RUN(hostile_names_stay_text);
	RUN(lines_are_cut_at_the_antimeridian);
	RUN(damaged_lines_are_no_lines);
	RUN(ramp_stands_out_more_from_year_to_year);
	RUN(empty_store_has_maps_too);
	db_close(db);
	return check_exit();
}
