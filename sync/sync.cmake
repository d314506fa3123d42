# The sync room: source, decode, apply; links no web library.
add_library(edge_sync STATIC sync/apply.c sync/coerce.c sync/commands.c
  sync/decode.c sync/dropped.c sync/demo.c sync/demo_basins.c sync/demo_dirty.c sync/demo_dirty_rows.c
  sync/demo_documents.c sync/demo_dump.c sync/demo_plan.c sync/demo_random.c
  sync/demo_sites.c sync/demo_stats.c sync/demo_track.c sync/sea.c
  sync/explain.c sync/extra.c sync/fetch.c sync/guard.c sync/inspect.c
  sync/check.c sync/mapping.c sync/mapping_file.c sync/project.c sync/query.c sync/refs.c sync/source.c sync/source_dump.c
  sync/server_codes.c sync/source_mongo.c sync/stage.c sync/steps.c sync/sync.c sync/tls.c sync/track.c
  sync/verify.c sync/watch.c sync/watch_events.c sync/watch_streams.c sync/worker.c
  sync/keeper.c)
target_link_libraries(edge_sync PUBLIC edge_store PkgConfig::BSON
  edge_assets PRIVATE PkgConfig::MONGOC ZLIB::ZLIB m)
