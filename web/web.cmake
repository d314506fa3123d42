# The web room: pages and API over the store. CivetWeb is seen by server.c.
file(GLOB WEB_FILES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/web/*.c")
list(SORT WEB_FILES)
add_library(edge_web STATIC ${WEB_FILES})
target_link_libraries(edge_web PUBLIC edge_store edge_assets edge_options
  PRIVATE ZLIB::ZLIB PkgConfig::BROTLI "${CIVETWEB_LIBRARY}" m)
target_include_directories(edge_web SYSTEM PRIVATE "${CIVETWEB_INCLUDE}")
