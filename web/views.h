/* views.h: every view and writer that the route table names; see view.h for
 * what a view is. */
#ifndef EDGE_VIEWS_H
#define EDGE_VIEWS_H

#include "routes.h"
#include "view.h"

view_fn view_landing;        /* / */
view_fn view_missions;       /* /missions, /api/v1/missions */
view_fn view_search;         /* /api/v1/search */
view_fn view_mission;        /* /api/v1/missions/SEA063/33 */
view_fn view_mission_page;   /* the same with what its page adds */
view_fn view_track;          /* /api/v1/missions/SEA063/33/track */
view_fn view_fleet;          /* /fleet, /api/v1/platforms */
view_fn view_platform;       /* the same of SEA063 */
view_fn view_stats;          /* /stats */
view_fn view_totals;         /* /api/v1/totals */
view_fn view_positions;      /* /api/v1/positions */
view_fn view_points;         /* /api/v1/points */
view_fn view_basins;         /* /api/v1/basins */
view_fn view_version;        /* /api/v1/version */
view_fn view_document;       /* /api, from www/openapi.json */

view_fn view_landing_map;    /* /index.svg, /index.geojson */
view_fn view_map;            /* /map */
view_fn view_basin;          /* /map/basin/SEA-007 */
view_fn view_projects;       /* /projects */
view_fn view_seas;           /* /map/seas.geojson */
view_fn view_platform_map;    /* /fleet/SEA063.svg, .geojson */
view_fn view_mission_map;    /* /SEA063/M33/map.svg, .geojson */

view_fn view_data;           /* /data */
view_fn view_updates;        /* /data/updates, /feed.xml */
view_fn view_feed_json;      /* /feed.json */
view_fn view_sitemap;        /* /sitemap.xml */
view_fn view_status;         /* /status */
view_fn view_why;            /* /status/missions/SEA063-M33 */
view_fn view_pipeline;       /* /pipeline */

view_fn view_mission_depth;    /* /SEA063/M33/depth.svg */
view_fn view_mission_distance; /* /SEA063/M33/distance.svg */

/* The points of a mission as plots, "width" pixels wide. */
route_write_fn write_depth_svg;
route_write_fn write_distance_svg;

/* A page's member "feed" as JSON Feed 1.1. */
route_write_fn write_feed_json;
/* A page's map, as chart.h describes it: as a picture, as GeoJSON. */
route_write_fn write_map_svg;
route_write_fn write_tracks_geojson;
/* The names of seas as points, for a map that is moved. */
route_write_fn write_seas_geojson;
/* A track as GeoJSON (RFC 7946): the line, cut at the antimeridian, then every
 * point with its number, time and depth. */
route_write_fn write_track_geojson;
view_fn view_gantt;          /* /stats/gantt.svg */
view_fn view_coverage;       /* /stats/coverage.svg, /stats/coverage.csv */
view_fn view_profiles;       /* /stats/profiles.csv */
route_write_fn write_gantt_svg;
route_write_fn write_coverage_svg;
route_write_fn write_coverage_csv;

/* The rows of "items" as points at their "lon" and "lat". */
route_write_fn write_points_geojson;
/* The years of /stats as rows. */
route_write_fn write_stats_csv;

#endif
