# The web room: pages and API over the store. CivetWeb is seen by server.c.
add_library(edge_web STATIC
  web/answer.c web/asset.c web/bits.c web/buffer.c web/cache.c web/cached.c
  web/chart.c web/compress.c web/csv.c web/export.c web/export_page.c web/find.c
  web/format.c web/format_more.c web/gate.c
  web/geojson.c web/geojson_line.c web/geojson_tracks.c web/guard.c web/listen.c web/map_coast.c web/map_draw.c
  web/map_frame.c web/map_label.c web/map_line.c web/map_marks.c
  web/map_rule.c web/map_seas.c web/map_tracks.c web/place.c web/plot.c
  web/plot_depth.c web/plot_gantt.c web/plot_time.c web/polyline.c web/pool.c
  web/request.c web/router.c web/routes.c web/server.c web/site.c
  web/site_error.c web/site_fixed.c web/site_frame.c web/site_page.c web/svg.c
  web/svg_style.c web/template.c web/template_parse.c web/view_api.c web/view_basin.c
  web/view_choices.c
  web/view_fleet.c web/view_landing.c web/view_map.c web/view_map_all.c web/view_mission.c web/view_missions.c
  web/view_near.c web/view_projects.c web/view_stats.c web/view_strip.c web/view_util.c
  web/write_map.c)
# What the operator sets, and the page of a mission.
target_sources(edge_web PRIVATE web/portal.c web/portal_check.c
  web/portal_link.c web/prose.c web/site_policy.c web/view_ld.c
  web/view_mission_page.c web/view_plots.c)
target_link_libraries(edge_web PUBLIC edge_store edge_assets edge_options
  PRIVATE ZLIB::ZLIB PkgConfig::BROTLI "${CIVETWEB_LIBRARY}" m)
target_include_directories(edge_web SYSTEM PRIVATE "${CIVETWEB_INCLUDE}")
