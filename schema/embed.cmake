# embed.cmake: turns the .sql files into C at build time.
#   cmake -DOUT=DIR -DSCHEMA="a.sql|b.sql" -DSTAGING=c.sql
#         -DSNAPSHOT=f.sql -DQUERIES="d.sql|e.sql" -P embed.cmake
# writes DIR/queries.h (enum query) and DIR/queries.c (the text of the schema
# and of every statement). A statement starts at "-- name: x", its role stands
# on the next line "-- role: y", and it is the only one up to the next name.
cmake_minimum_required(VERSION 3.25)

function(sql_literal text out)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

# Comments and blank lines do not reach the binary, except the markers that
# tests read ("-- scans:", "-- sorts:").
function(sql_strip text out)
  string(REGEX REPLACE "-- (scans|sorts):([^\n]*)" "/* \\1:\\2 */" text "${text}")
  string(REGEX REPLACE " *--[^\n]*" "" text "${text}")
  string(REGEX REPLACE "\n+" "\n" text "${text}")
  string(STRIP "${text}" text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(sql_read files out)
  string(REPLACE "|" ";" files "${files}")
  set(all "")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(APPEND all "${text}\n")
  endforeach()
  set(${out} "${all}" PARENT_SCOPE)
endfunction()

# The tables keep their comments: whoever opens the file reads the units there.
sql_read("${SCHEMA}" schema)
sql_literal("${schema}" schema)
sql_read("${STAGING}" staging)
sql_literal("${staging}" staging)

sql_read("${SNAPSHOT}" snapshot)
sql_literal("${snapshot}" snapshot)

sql_read("${QUERIES}" queries)
# A semicolon separates CMake's lists and brackets group them, so neither may
# stand in the text while it is taken apart.
string(REPLACE ";" "" queries "${queries}")
string(REPLACE "[" "<LB>" queries "${queries}")
string(REPLACE "]" "<RB>" queries "${queries}")
string(REPLACE "-- name: " ";" queries "${queries}")
list(POP_FRONT queries)

set(names "")
set(table "")
foreach(query IN LISTS queries)
  if(NOT query MATCHES "^([a-z0-9_]+)\n-- role: (reader|writer|tool)\n(.*)$")
    string(SUBSTRING "${query}" 0 60 start)
    message(FATAL_ERROR "no name and role at: ${start}")
  endif()
  set(name "${CMAKE_MATCH_1}")
  set(role "${CMAKE_MATCH_2}")
  set(text "${CMAKE_MATCH_3}")
  string(REPLACE "<LB>" "[" text "${text}")
  string(REPLACE "<RB>" "]" text "${text}")
  sql_strip("${text}" text)
  sql_literal("${text}" text)
  string(TOUPPER "${name}" upper)
  string(TOUPPER "${role}" role)
  string(APPEND names "\tQ_${upper},\n")
  string(APPEND table "\t[Q_${upper}] = { \"${name}\", ROLE_${role},\n${text} },\n")
endforeach()

file(WRITE "${OUT}/queries.h.new" "/* made from the .sql files of schema/ */
#ifndef EDGE_QUERIES_H
#define EDGE_QUERIES_H
enum query {
${names}\tQUERY_MAX
};
enum query_role { ROLE_READER, ROLE_TOOL, ROLE_WRITER };
struct query_text {
	const char *name;
	enum query_role role;
	const char *sql;
};
extern const struct query_text query_texts[QUERY_MAX];
extern const char schema_sql[];
extern const char staging_sql[];
extern const char snapshot_sql[];
#endif
")
file(COPY_FILE "${OUT}/queries.h.new" "${OUT}/queries.h" ONLY_IF_DIFFERENT)
file(WRITE "${OUT}/queries.c" "/* made from the .sql files of schema/ */
#include \"queries.h\"
const char schema_sql[] = ${schema};
const char staging_sql[] = ${staging};
const char snapshot_sql[] = ${snapshot};
const struct query_text query_texts[QUERY_MAX] = {
${table}};
")
