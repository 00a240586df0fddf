# `cpack -G DEB` in any build folder makes the Debian package.
set(DEBIAN ${CMAKE_CURRENT_LIST_DIR})
file(STRINGS ${DEBIAN}/changelog newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^faultprint \\(${PROJECT_VERSION}-([^)]+)\\)")
  message(FATAL_ERROR "${DEBIAN}/changelog: begins with '${newest}', the project is ${PROJECT_VERSION}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CMAKE_MATCH_1})
file(STRINGS ${PROJECT_SOURCE_DIR}/CHANGELOG.md versions REGEX "^## ")
list(GET versions 0 newest)
if(NOT newest STREQUAL "## ${PROJECT_VERSION}")
  message(FATAL_ERROR "CHANGELOG.md: begins with '${newest}', the project is ${PROJECT_VERSION}")
endif()

set(CHANGELOG ${PROJECT_BINARY_DIR}/changelog)
execute_process(COMMAND gzip -9nc ${DEBIAN}/changelog OUTPUT_FILE ${CHANGELOG}.Debian.gz COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md OUTPUT_FILE ${CHANGELOG}.gz COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${CHANGELOG}.Debian.gz ${CHANGELOG}.gz ${DEBIAN}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)  # the unit's text holds final paths
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS  # whatever the umask
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "faultprint maintainers <faultprint@packages.debian.org>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION  # below the project's own DESCRIPTION
"The daemon watches KPI streams in Kafka, embeds windows of each element with
a siamese encoder and raises an alarm that names the fault. It learns from
labelled incidents, works on elements it never saw, says unknown when a
window is like nothing it knows, and alerts through Prometheus.")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${DEBIAN}/conffiles ${DEBIAN}/postinst ${DEBIAN}/prerm ${DEBIAN}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PROJECT_CONFIG_FILE ${DEBIAN}/cpack.cmake)
include(CPack)
