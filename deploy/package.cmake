# What an operator gets: `cmake --install build --prefix /usr`, or the package
# of `make deb`. Settings that are there already stay as they are.
install(TARGETS edge RUNTIME DESTINATION bin)
install(FILES deploy/edge.service deploy/edge-sync.service
  deploy/edge-sync.timer DESTINATION lib/systemd/system)
install(FILES README.md deploy/nginx.conf DESTINATION share/doc/edge)
execute_process(COMMAND gzip -9nc "${CMAKE_SOURCE_DIR}/deploy/changelog"
  OUTPUT_FILE "${CMAKE_BINARY_DIR}/changelog.gz" COMMAND_ERROR_IS_FATAL ANY)
install(FILES "${CMAKE_BINARY_DIR}/changelog.gz" DESTINATION share/doc/edge)
install(FILES deploy/portal-example.json deploy/portal-example-logo.svg
  deploy/portal-example-basins.geojson deploy/mapping-voto.json
  deploy/mapping-example.json DESTINATION share/doc/edge)
install(CODE "
  if(NOT EXISTS \"\$ENV{DESTDIR}/etc/edge/edge.json\")
    file(INSTALL \"${CMAKE_SOURCE_DIR}/deploy/edge.json\"
      DESTINATION /etc/edge)
  endif()")

set(CPACK_PACKAGE_NAME edge)
set(CPACK_PACKAGE_VENDOR edge)
set(CPACK_PACKAGE_CONTACT "edge maintainers <edge@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "portal of an ocean-observation fleet, from a local copy of MongoDB")
set(CPACK_SET_DESTDIR ON) # /etc is no part of the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
file(WRITE "${CMAKE_BINARY_DIR}/conffiles" "/etc/edge/edge.json\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_BINARY_DIR}/conffiles")
include(CPack)
