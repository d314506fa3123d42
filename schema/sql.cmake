# The SQL files of schema/ as C, made again when one of them changes.
set(SQL_DIR "${CMAKE_CURRENT_SOURCE_DIR}/schema")
set(SQL_SCHEMA "${SQL_DIR}/facts.sql" "${SQL_DIR}/totals.sql"
  "${SQL_DIR}/find.sql" "${SQL_DIR}/state.sql")
set(SQL_STAGING "${SQL_DIR}/staging.sql")
set(SQL_SNAPSHOT "${SQL_DIR}/snapshot.sql")
set(SQL_QUERIES "${SQL_DIR}/queries_find.sql" "${SQL_DIR}/queries_map.sql"
  "${SQL_DIR}/queries_guard.sql"
  "${SQL_DIR}/queries_stage.sql" "${SQL_DIR}/queries_status.sql"
  "${SQL_DIR}/queries_sync.sql" "${SQL_DIR}/queries_verify.sql"
  "${SQL_DIR}/queries_web.sql")
string(REPLACE ";" "|" sql_schema "${SQL_SCHEMA}")
string(REPLACE ";" "|" sql_queries "${SQL_QUERIES}")
add_custom_command(
  OUTPUT "${GENERATED}/queries.c"
  BYPRODUCTS "${GENERATED}/queries.h"
  COMMAND "${CMAKE_COMMAND}" "-DOUT=${GENERATED}" "-DSCHEMA=${sql_schema}"
    "-DSTAGING=${SQL_STAGING}"
    "-DSNAPSHOT=${SQL_SNAPSHOT}" "-DQUERIES=${sql_queries}"
    -P "${SQL_DIR}/embed.cmake"
  DEPENDS ${SQL_SCHEMA} ${SQL_STAGING} ${SQL_SNAPSHOT} ${SQL_QUERIES} "${SQL_DIR}/embed.cmake"
  VERBATIM)
