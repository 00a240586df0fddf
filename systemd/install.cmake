# Runs at installation: only then is it known where the unit's program and configuration go
# (cmake --install --prefix, CPack). Set by the caller: FAULTPRINT_SOURCE, FAULTPRINT_BINARY.
set(prefix ${CMAKE_INSTALL_PREFIX})
if(prefix STREQUAL "/usr")
  set(etc /etc)
else()
  set(etc ${prefix}/etc)
endif()
configure_file(${FAULTPRINT_SOURCE}/faultprint.service.in ${FAULTPRINT_BINARY}/faultprint.service @ONLY)
file(INSTALL ${FAULTPRINT_BINARY}/faultprint.service DESTINATION ${prefix}/lib/systemd/system)
file(INSTALL ${FAULTPRINT_SOURCE}/faultprint.yaml DESTINATION ${etc}/faultprint)
file(INSTALL ${FAULTPRINT_SOURCE}/faultprint.default DESTINATION ${etc}/default RENAME faultprint)
