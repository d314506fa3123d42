/* Every statement a page is served with finds its rows by an index: asked of
 * SQLite's plan for each, and of its counters while every page is made from a
 * filled store. */
#include "check.h"
#include "demo_store.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/db.h"
#include "web/site.h"

#define PATH "unit_queries.db"
#define DUMP "unit_queries.demo"

static struct edge_err err;

static void
fill_store(void)
{
	demo_store(PATH, DUMP, 3, 0);
}

/* A line of a plan that reads more than it must. */
static bool
is_bad(const char *line)
{
	if (strncmp(line, "SCAN ", 5) == 0)
		return strncmp(line, "SCAN CONSTANT ROW", 17) != 0 &&
		    strstr(line, " VIRTUAL TABLE ") == NULL;
	return strstr(line, "TEMP B-TREE") != NULL ||
	    strstr(line, "AUTOMATIC") != NULL;
}

static void
plan_of_every_served_statement_uses_an_index(void)
{
	struct db *db = db_open(PATH, DB_READER, 0, &err);
	int q, seen = 0;

	CHECK(db != NULL);
	for (q = 0; db != NULL && q < QUERY_MAX; q++) {
		char *plan, *line, *rest;

		if (query_texts[q].role != ROLE_READER)
			continue;
		seen++;
		plan = rest = db_query_plan(db, (enum query)q, &err);
		CHECK(plan != NULL);
		while (plan != NULL && (line = strsep(&rest, "\n")) != NULL) {
			CHECK(!is_bad(line));
			if (is_bad(line))
				printf("  %s: %s\n", query_texts[q].name,
				    line);
		}
		free(plan);
	}
	CHECK(seen > 10);
	db_close(db);
}

static const char *const pages[] = {
	"/", "/index.json", "/missions", "/missions.json", "/missions.csv",
	"/missions?limit=500", "/missions?year=2024",
	"/missions?basin=SEA-007", "/missions?status=complete",
	"/missions?status=active", "/fleet", "/fleet.json", "/stats",
	"/stats.json", "/api/v1/totals", "/api/v1/totals?year=2024",
	"/api/v1/totals?basin=SEA-007", "/api/v1/missions?limit=7",
	"/api/v1/missions?variable=salinity&limit=3",
	"/index.svg", "/index.svg?width=390", "/index.geojson", "/map",
	"/map.json", "/map.csv", "/map.svg", "/map.geojson",
	"/map.svg?year=2024", "/map/basin/SEA-007", "/map/basin/SEA-007.svg",
	"/map/basin/SEA-007.geojson", "/map/basin/SEA-007.csv",
	"/map/basin/nowhere", "/projects", "/projects.svg",
	"/projects.geojson", "/projects.csv",
	"/projects?project=Baltic%20Ocean%20Watch",
	"/projects.svg?project=Baltic%20Ocean%20Watch", "/projects?project=x",
	"/api/v1/positions?since=now-10d", "/api/v1/generation", "/SEA999/M1",
	"/fleet/SEA999", "/about", "/missions?q=salinity",
	"/missions?sort=basins", "/missions.geojson",
	"/missions?sort=-distance&year=2025&basin=SEA-007",
	"/stats/gantt.svg", "/stats/coverage.svg", "/stats/coverage.csv",
	"/stats/profiles.csv?year=2025",
};

static void
answer(struct site *site, struct db *db, const char *target)
{
	struct answer out;
	struct request req;

	CHECK_INT(request_parse(&req, target), 0);
	site_answer(site, db, NULL, &req, &out);
	CHECK(out.status == 200 || out.status == 404);
	if (out.status >= 500)
		printf("  %s: %d\n", target, out.status);
	answer_free(&out);
}

/* Pages of single missions and platforms, of each kind. */
static void
answer_details(struct site *site, struct db *db)
{
	static const char *const forms[] = { "/%s/M%d", "/%s/M%d.json",
		"/api/v1/missions/%s/%d",
		"/api/v1/missions/%s/%d/track.geojson",
		"/api/v1/missions/%s/%d/track.csv", "/fleet/%s",
		"/fleet/%s.svg", "/fleet/%s.geojson", "/%s/M%d/map.geojson",
		"/missions?platform=%s", "/%s/M%d/map.svg",
		"/%s/M%d/depth.svg", "/%s/M%d/distance.svg?width=390",
		"/status/missions/%s/M%d",
		"/api/v1/platforms/%s" };
	char targets[64][128];
	size_t length = 0, i;
	struct stmt *s;
	struct db *tool = db_open(PATH, DB_WRITER, 0, &err);
	struct edge_err failed = { 0 };

	CHECK(tool != NULL);
	/* With nothing staged every mission is one that vanished. */
	CHECK(db_open_staging(tool, &err));
	s = db_stmt(tool, Q_PLAN_GONE);
	stmt_int(s, 1, -1);
	CHECK(stmt_row(s, &failed));
	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(targets[length], sizeof targets[0], forms[i],
		    stmt_get_text(s, 1), (int)stmt_get_int(s, 2));
#pragma GCC diagnostic pop
		length++;
	}
	db_close(tool);
	for (i = 0; i < length; i++)
		answer(site, db, targets[i]);
}

static void
making_every_page_scans_and_sorts_nothing(void)
{
	struct site_options options = { .db_path = PATH, .title = "Test",
		.url = "https://portal.example.org",
		.no_cache = true, .strict = true };
	struct db_counters counters;
	struct site *site;
	struct db *db;
	size_t i;

	CHECK(site_open(&site, &options, &err));
	CHECK_STR(err.text, "");
	db = site_reader(site, NULL, &err);
	CHECK(db != NULL);
	for (i = 0; db != NULL && i < sizeof pages / sizeof pages[0]; i++)
		answer(site, db, pages[i]);
	answer_details(site, db);
	counters = db_take_counters(db);
	CHECK_INT(counters.scan_steps, 0);
	CHECK_INT(counters.sorts, 0);
	CHECK_INT(counters.auto_index_rows, 0);
	if (counters.worst != NULL)
		printf("  %s\n", counters.worst);
	CHECK(counters.vm_steps > 1000);
	db_close(db);
	site_close(site);
}

int
main(void)
{
	RUN(fill_store);
	RUN(plan_of_every_served_statement_uses_an_index);
	RUN(making_every_page_scans_and_sorts_nothing);
	return check_exit();
}
