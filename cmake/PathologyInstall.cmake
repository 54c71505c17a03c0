# install(): libraries with their headers, what find_package(pathology) and pkg-config read, programs with their manual pages
# and completions, documents.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
get_property(libraries GLOBAL PROPERTY PATHOLOGY_LIBRARIES)
get_property(programs GLOBAL PROPERTY PATHOLOGY_PROGRAMS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pathology)

install(TARGETS ${libraries} EXPORT pathologyTargets FILE_SET HEADERS)
if(programs)
    install(TARGETS ${programs})
    include(PathologyPages)
endif()
include(PathologyPkgConfig)
install(EXPORT pathologyTargets NAMESPACE pathology:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/pathologyConfig.cmake.in pathologyConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(pathologyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pathologyConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/pathologyConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/PathologyAddons.cmake
        DESTINATION ${package_dir})
# As in the source tree, so that the links between the documents work. Debian looks for the licence in `copyright`.
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY doc DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md)

# cpack: one Debian package and one archive, of the same files. The programs need the packages that dpkg-shlibdeps
# finds, and the certificates of public authorities to verify servers; compiling against the libraries needs the suggested
# packages.
set(CPACK_PACKAGE_NAME pathology)
set(CPACK_PACKAGE_CONTACT "The Pathology authors <pathology@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "pathod is an HTTP server and pathoc an HTTP client that send any bytes, pauses and disconnects that a spec
describes. pathop is an intercepting proxy with addons. The libraries have all of them as fixtures and matchers for
GoogleTest.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
list(JOIN PATHOLOGY_DEVELOPMENT_PACKAGES ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)
string(PREPEND CPACK_DEBIAN_PACKAGE_SUGGESTS "g++, cmake, pkg-config, ")
include(CPack)
