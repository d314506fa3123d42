# assets.cmake: the files of www/, Leaflet and the base maps as bytes in the
# binary.
# Included by CMakeLists.txt it says how; run as a script
#   cmake -DOUT=DIR "-DFILES=a.html|b.css" -DMAPS=DIR -P assets.cmake
# it writes DIR/assets.c (names and lengths) and DIR/assets_bytes.S (the bytes,
# each file followed by a 0, so that a text can be read as a string).
cmake_minimum_required(VERSION 3.25)

if(CMAKE_SCRIPT_MODE_FILE)
  set(rows "")
  set(externs "")
  set(bytes "/* made by www/assets.cmake */\n\t.section .rodata\n")

  function(add_bytes symbol file)
    file(SIZE "${file}" size)
    string(APPEND bytes "\t.balign 16\n\t.globl ${symbol}\n"
      "\t.hidden ${symbol}\n\t.type ${symbol}, %object\n${symbol}:\n"
      "\t.incbin \"${file}\"\n\t.byte 0\n\t.size ${symbol}, . - ${symbol}\n")
    set(bytes "${bytes}" PARENT_SCOPE)
    set(size "${size}" PARENT_SCOPE)
  endfunction()

  string(REPLACE "|" ";" files "${FILES}")
  set(number 0)
  foreach(file IN LISTS files)
    cmake_path(GET file FILENAME name)
    add_bytes(asset_${number} "${file}")
    string(APPEND externs "HIDDEN extern const unsigned char "
      "asset_${number}[];\n")
    string(APPEND rows "\t{ \"${name}\", asset_${number}, ${size} },\n")
    math(EXPR number "${number} + 1")
  endforeach()
  foreach(map IN ITEMS region world)
    add_bytes(asset_basemap_${map} "${MAPS}/basemap_${map}.bin")
    string(APPEND rows "\t{ \"basemap_${map}.bin\", "
      "asset_basemap_${map}, ${size} },\n")
    string(APPEND rows_maps
      "const size_t asset_basemap_${map}_len = ${size};\n")
  endforeach()

  file(WRITE "${OUT}/assets_bytes.S"
    "${bytes}\t.section .note.GNU-stack, \"\", %progbits\n")
  file(WRITE "${OUT}/assets.c" "/* made by www/assets.cmake */
#include \"assets.h\"
#include \"embedded.h\"
#define HIDDEN __attribute__((visibility(\"hidden\")))
${externs}
const struct asset assets[] = {
${rows}};
const size_t assets_length = sizeof assets / sizeof *assets;
${rows_maps}")
  return()
endif()

find_program(NODE node REQUIRED)
find_program(NPM npm REQUIRED)

set(WWW "${CMAKE_CURRENT_SOURCE_DIR}/www")
file(GLOB ASSET_FILES CONFIGURE_DEPENDS "${WWW}/*.html" "${WWW}/*.css"
  "${WWW}/*.svg" "${WWW}/*.xml" "${WWW}/*.js" "${WWW}/openapi.json")
list(SORT ASSET_FILES)

file(CONFIGURE OUTPUT "${GENERATED}/assets.h" @ONLY CONTENT
"/* made by www/assets.cmake: the files of www/, Leaflet and the base maps. A
 * byte 0 follows the bytes of each and is not in its length. */
#ifndef EDGE_ASSETS_TABLE_H
#define EDGE_ASSETS_TABLE_H

#include <stddef.h>

struct asset {
	const char *name; /* \"style.css\" */
	const unsigned char *bytes;
	size_t length;
};

extern const struct asset assets[];
extern const size_t assets_length;

#endif
")
file(CONFIGURE OUTPUT "${GENERATED}/embedded.h" @ONLY CONTENT
"/* made by www/assets.cmake: the base maps of www/basemap.mjs, to be opened
 * with schema/basemap.h. */
#ifndef EDGE_EMBEDDED_H
#define EDGE_EMBEDDED_H

#include <stddef.h>

extern const unsigned char asset_basemap_region[];
extern const size_t asset_basemap_region_len;
extern const unsigned char asset_basemap_world[];
extern const size_t asset_basemap_world_len;

#endif
")

# The coast and Leaflet come from npm packages, fetched once into the build
# directory.
set(MAPS "${GENERATED}/maps")
set(MODULES "${GENERATED}/npm")
set(LEAFLET "${MODULES}/node_modules/leaflet/dist")
set(LEAFLET_FILES "${LEAFLET}/leaflet.css" "${LEAFLET}/leaflet.js")
list(APPEND ASSET_FILES ${LEAFLET_FILES})
add_custom_command(
  OUTPUT "${MODULES}/fetched"
  BYPRODUCTS ${LEAFLET_FILES}
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${MODULES}"
  COMMAND "${CMAKE_COMMAND}" -E copy "${WWW}/package.json"
    "${WWW}/package-lock.json" "${MODULES}"
  COMMAND "${CMAKE_COMMAND}" -E chdir "${MODULES}" "${NPM}" ci
    --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND "${CMAKE_COMMAND}" -E touch "${MODULES}/fetched"
  DEPENDS "${WWW}/package.json" "${WWW}/package-lock.json"
  COMMENT "Fetching coast data and Leaflet"
  VERBATIM)
add_custom_command(
  OUTPUT "${MAPS}/basemap_region.bin" "${MAPS}/basemap_world.bin"
  BYPRODUCTS "${MAPS}/basemap_region.json" "${MAPS}/basemap_world.json"
  COMMAND "${NODE}" "${WWW}/basemap.mjs" "${MAPS}" "${MODULES}/node_modules"
  DEPENDS "${WWW}/basemap.mjs" "${MODULES}/fetched"
  COMMENT "Making base maps"
  VERBATIM)

string(REPLACE ";" "|" asset_files "${ASSET_FILES}")
add_custom_command(
  OUTPUT "${GENERATED}/assets.c" "${GENERATED}/assets_bytes.S"
  COMMAND "${CMAKE_COMMAND}" "-DOUT=${GENERATED}" "-DFILES=${asset_files}"
    "-DMAPS=${MAPS}" -P "${WWW}/assets.cmake"
  DEPENDS ${ASSET_FILES} "${MODULES}/fetched" "${WWW}/assets.cmake" "${MAPS}/basemap_region.bin"
    "${MAPS}/basemap_world.bin"
  COMMENT "Embedding www/"
  VERBATIM)
# The assembler reads the files themselves.
set_source_files_properties("${GENERATED}/assets_bytes.S" PROPERTIES
  OBJECT_DEPENDS "${ASSET_FILES};${MAPS}/basemap_region.bin;${MAPS}/basemap_world.bin")
