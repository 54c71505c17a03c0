# install(): libraries with their headers, programs, and the package that find_package(pathology) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
get_property(libraries GLOBAL PROPERTY PATHOLOGY_LIBRARIES)
get_property(programs GLOBAL PROPERTY PATHOLOGY_PROGRAMS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pathology)

install(TARGETS ${libraries} EXPORT pathologyTargets FILE_SET HEADERS)
install(TARGETS ${programs})
install(EXPORT pathologyTargets NAMESPACE pathology:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/pathologyConfig.cmake.in pathologyConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(pathologyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pathologyConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/pathologyConfigVersion.cmake
        DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
