#include "routes.h"

#include "views.h"

#define LIST_PARAMS \
	"limit after year basin platform project variable status"

/* A page with a map has its picture and its tracks as twins. */
#define TWIN_MAP (TWIN_GEOJSON | TWIN_SVG)
#define MAP_WRITERS .geojson = write_tracks_geojson, .svg = write_map_svg

const struct route routes[] = {
	{ .pattern = "/", .view = view_landing, .params = "width",
	  .twins = TWIN_JSON | TWIN_MAP, .template_name = "landing.html",
	  MAP_WRITERS },
	{ .pattern = "/map", .view = view_map, .params = "year width",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .template_name = "map.html", MAP_WRITERS },
	{ .pattern = "/map/basin/{basin}", .view = view_basin,
	  .params = "width", .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .template_name = "basin.html", MAP_WRITERS },
	{ .pattern = "/projects", .view = view_projects,
	  .params = "project width",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_MAP,
	  .template_name = "projects.html", MAP_WRITERS },
	{ .pattern = "/missions", .view = view_missions,
	  .params = LIST_PARAMS " q sort",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .template_name = "missions.html",
	  .geojson = write_missions_geojson },
	{ .pattern = "/{serial}/M{number:int}", .view = view_mission_page,
	  .twins = TWIN_JSON, .template_name = "mission.html" },
	{ .pattern = "/map/seas.geojson", .write = write_seas_geojson,
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
	  .twins = TWIN_JSON | TWIN_CSV, .template_name = "fleet.html" },
	{ .pattern = "/fleet/{serial}", .view = view_platform,
	  .twins = TWIN_JSON | TWIN_CSV, .template_name = "platform.html" },
	{ .pattern = "/about", .template_name = "about.html" },
	{ .pattern = "/stats", .view = view_stats,
	  .twins = TWIN_JSON | TWIN_CSV, .template_name = "stats.html",
	  .csv = write_stats_csv },

	{ .pattern = "/pipeline", .view = view_pipeline,
	  .params = "show limit after", .twins = TWIN_JSON | TWIN_CSV,
	  .template_name = "pipeline.html" },
	{ .pattern = "/status", .view = view_status, .cache = CACHE_NEVER,
	  .twins = TWIN_JSON, .template_name = "status.html" },
	{ .pattern = "/status/missions/{id}", .view = view_why,
	  .cache = CACHE_NEVER, .twins = TWIN_JSON,
	  .template_name = "why.html" },
	{ .pattern = "/status/missions/{serial}/M{number:int}",
	  .view = view_why, .cache = CACHE_NEVER, .twins = TWIN_JSON,
	  .template_name = "why.html" },

	{ .pattern = "/api/v1/totals", .view = view_totals,
	  .params = "year basin platform project" },
	{ .pattern = "/api/v1/missions", .view = view_missions,
	  .params = LIST_PARAMS " q sort" },
	{ .pattern = "/api/v1/missions/{serial}/{number:int}",
	  .view = view_mission },
	{ .pattern = "/api/v1/missions/{serial}/{number:int}/track",
	  .view = view_track, .params = "limit after",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .geojson = write_track_geojson },
	{ .pattern = "/api/v1/positions", .view = view_positions,
	  .params = "since limit after",
	  .twins = TWIN_JSON | TWIN_CSV | TWIN_GEOJSON,
	  .geojson = write_points_geojson },
	{ .pattern = "/api/v1/generation" },

	{ .pattern = "/favicon.ico", .asset = "favicon.svg" },
};

const size_t routes_length = sizeof routes / sizeof *routes;
