#include "routes.h"

#include "csv.h"
#include "views.h"

#define LIST_PARAMS \
	"limit after year basin platform project variable status kind wmo " \
	"bbox min_time max_time q sort"

/* The columns of tables. A column may be added behind the others; none goes
 * away, for programs read them. */
#define MISSION_FACTS \
	"kind platform mission start end basins project variables profiles " \
	"distance_km complete url name days status"
#define MISSION_COLUMNS MISSION_FACTS " last.time last.lon last.lat"
#define POSITION_COLUMNS MISSION_FACTS " time lon lat"
#define POINT_COLUMNS \
	"kind platform mission number time lon lat max_depth_m"
#define TRACK_COLUMNS "number time lon lat max_depth_m"
#define PLATFORM_COLUMNS \
	"platform kind name url profiles sea_time_s distance_km vertical_km " \
	"deepest_dives missions at_sea last_seen latest.mission latest.url"
#define PROJECT_COLUMNS \
	"project missions platforms profiles distance_km first last url"
#define STEP(name) " " name ".done " name ".count " name ".time"
#define PIPELINE_COLUMNS \
	"platform mission url state awaited since" STEP("yml") \
	STEP("nrt_profiles") STEP("nrt_proc") STEP("nrt_plots") \
	STEP("complete_profiles") STEP("complete_proc") \
	STEP("complete_plots") STEP("up")

/* A page with a map has its picture and its tracks as twins. */
#define TWIN_MAP (TWIN_GEOJSON | TWIN_SVG)
#define MAP_WRITERS .geojson = write_tracks_geojson, .svg = write_map_svg

const struct route routes[] = {
	{ .pattern = "/", .view = view_landing, .params = "width",
	  .twins = TWIN_JSON | TWIN_MAP, .template_name = "landing.html",
	  MAP_WRITERS },
	{ .pattern = "/map", .view = view_map, .params = "year width",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .columns = "year missions platforms url missions_url",
	  .template_name = "map.html", MAP_WRITERS },
	{ .pattern = "/map/basin/{basin}", .view = view_basin,
	  .params = "width", .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .columns = MISSION_COLUMNS,
	  .template_name = "basin.html", MAP_WRITERS },
	{ .pattern = "/projects", .view = view_projects,
	  .params = "project width",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .columns = PROJECT_COLUMNS,
	  .template_name = "projects.html", MAP_WRITERS },
	{ .pattern = "/missions", .view = view_missions,
	  .params = LIST_PARAMS " before",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .columns = MISSION_COLUMNS,
	  .template_name = "missions.html" },
	{ .pattern = "/{serial}/M{number:int}", .view = view_mission_page,
	  .twins = TWIN_JSON, .template_name = "mission.html" },
	{ .pattern = "/map/seas.geojson", .view = view_seas, .write = write_seas_geojson,
	  .type = "application/geo+json" },
	{ .pattern = "/{serial}/M{number:int}/map.geojson",
	  .view = view_mission_map, .write = write_tracks_geojson,
	  .type = "application/geo+json" },
	{ .pattern = "/{serial}/M{number:int}/map.svg",
	  .view = view_mission_map, .params = "width",
	  .write = write_map_svg, .type = "image/svg+xml" },
	{ .pattern = "/{serial}/M{number:int}/depth.svg",
	  .view = view_mission_depth, .params = "width",
	  .write = write_depth_svg, .type = "image/svg+xml" },
	{ .pattern = "/{serial}/M{number:int}/distance.svg",
	  .view = view_mission_distance, .params = "width",
	  .write = write_distance_svg, .type = "image/svg+xml" },
	{ .pattern = "/fleet", .view = view_fleet, .params = "after",
	  .twins = TWIN_JSON | TWIN_CSV, .template_name = "fleet.html",
	  .columns = PLATFORM_COLUMNS },
	{ .pattern = "/fleet/{serial}", .view = view_platform,
	  .params = "width", .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .columns = MISSION_COLUMNS, .template_name = "platform.html",
	  MAP_WRITERS },
	{ .pattern = "/about", .template_name = "about.html" },
	{ .pattern = "/stats", .view = view_stats,
	  .twins = TWIN_JSON | TWIN_CSV, .template_name = "stats.html",
	  .csv = write_stats_csv },
	{ .pattern = "/stats/gantt.svg", .view = view_gantt,
	  .params = "width", .write = write_gantt_svg,
	  .type = "image/svg+xml" },
	{ .pattern = "/stats/coverage.svg", .view = view_coverage,
	  .params = "width", .write = write_coverage_svg,
	  .type = "image/svg+xml" },
	{ .pattern = "/stats/coverage.csv", .view = view_coverage,
	  .write = write_coverage_csv, .type = CSV_TYPE },
	{ .pattern = "/stats/profiles.csv", .view = view_profiles,
	  .params = "year after", .type = CSV_TYPE },
	{ .pattern = "/stats/missions.csv", .redirect = "/missions.csv" },

	{ .pattern = "/data", .view = view_data, .twins = TWIN_JSON,
	  .cache = CACHE_NEVER, .template_name = "data.html" },
	{ .pattern = "/data/updates", .view = view_updates,
	  .twins = TWIN_JSON, .template_name = "updates.html" },
	{ .pattern = "/feed.xml", .view = view_updates,
	  .template_name = "feed.xml", .type = "application/rss+xml" },
	{ .pattern = "/feed.json", .view = view_feed_json,
	  .write = write_feed_json, .type = "application/feed+json" },
	{ .pattern = "/sitemap.xml", .view = view_sitemap,
	  .template_name = "sitemap.xml", .type = "application/xml" },
	{ .pattern = "/pipeline", .view = view_pipeline,
	  .params = "show limit after", .twins = TWIN_JSON | TWIN_CSV,
	  .columns = PIPELINE_COLUMNS,
	  .template_name = "pipeline.html" },
	{ .pattern = "/status", .view = view_status, .cache = CACHE_NEVER,
	  .twins = TWIN_JSON, .template_name = "status.html" },
	{ .pattern = "/status/missions/{id}", .view = view_why,
	  .cache = CACHE_NEVER, .twins = TWIN_JSON,
	  .template_name = "why.html" },
	{ .pattern = "/status/missions/{serial}/M{number:int}",
	  .view = view_why, .cache = CACHE_NEVER, .twins = TWIN_JSON,
	  .template_name = "why.html" },

	{ .pattern = "/api", .view = view_document,
	  .template_name = "api.html" },
	{ .pattern = "/api/v1", .redirect = "/api" },
	{ .pattern = "/api/v1/openapi.json", .asset = "openapi.json" },
	{ .pattern = "/api/v1/missions", .view = view_missions,
	  .params = LIST_PARAMS },
	{ .pattern = "/api/v1/missions/{serial}/{number:int}",
	  .view = view_mission },
	{ .pattern = "/api/v1/missions/{serial}/{number:int}/track",
	  .view = view_track, .params = "limit after",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .columns = TRACK_COLUMNS, .geojson = write_track_geojson },
	{ .pattern = "/api/v1/search", .view = view_search,
	  .params = LIST_PARAMS },
	{ .pattern = "/api/v1/positions", .view = view_positions,
	  .params = "since limit after",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .columns = POSITION_COLUMNS, .geojson = write_points_geojson },
	{ .pattern = "/api/v1/points", .view = view_points,
	  .params = "since limit after",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .columns = POINT_COLUMNS, .geojson = write_points_geojson },
	{ .pattern = "/api/v1/platforms", .view = view_fleet,
	  .params = "limit after" },
	{ .pattern = "/api/v1/platforms/{serial}", .view = view_platform },
	{ .pattern = "/api/v1/basins", .view = view_basins },
	{ .pattern = "/api/v1/totals", .view = view_totals,
	  .params = "year basin platform project" },
	{ .pattern = "/api/v1/stats", .view = view_stats },
	{ .pattern = "/api/v1/status", .view = view_status,
	  .cache = CACHE_NEVER },
	{ .pattern = "/api/v1/generation" },
	{ .pattern = "/api/v1/version", .view = view_version },

	{ .pattern = "/favicon.ico", .asset = "favicon.svg" },

	/* Where feeds were before. */
	{ .pattern = "/fee", .redirect = "/feed.xml" },
	{ .pattern = "/rs", .redirect = "/feed.xml" },
	{ .pattern = "/fee{rest:any}", .redirect = "/feed.xml" },
	{ .pattern = "/rs{rest:any}", .redirect = "/feed.xml" },
	{ .pattern = "/fee{rest:any}/{more:any}", .redirect = "/feed.xml" },
	{ .pattern = "/rs{rest:any}/{more:any}", .redirect = "/feed.xml" },
};

const size_t routes_length = sizeof routes / sizeof *routes;
