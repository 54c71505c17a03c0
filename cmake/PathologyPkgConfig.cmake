# What the installed libraries link, for those who do not use CMake: a file pathology-<library>.pc for each library, and
# PATHOLOGY_DEVELOPMENT_PACKAGES, the Debian packages that a program needs to compile with the libraries and link them.
# find_package(pathology) looks for the same (pathologyConfig.cmake.in).

# The items of target_link_libraries from outside: their modules of pkg-config or their flags, and their Debian package.
set(external_items
    "Boost::headers     -                         libboost1.81-dev"
    "Threads::Threads   -pthread                  -"
    "OpenSSL::SSL       libssl                    libssl-dev"
    "OpenSSL::Crypto    libcrypto                 libssl-dev"
    "ZLIB::ZLIB         zlib                      zlib1g-dev"
    "PkgConfig::PCRE2   libpcre2-8                libpcre2-dev"
    "PkgConfig::NGHTTP2 libnghttp2                libnghttp2-dev"
    "PkgConfig::BROTLI  libbrotlidec,libbrotlienc libbrotli-dev"
    "PkgConfig::ZSTD    libzstd                   libzstd-dev"
    "PkgConfig::YAML    yaml-cpp                  libyaml-cpp-dev"
    "PkgConfig::HIREDIS hiredis                   libhiredis-dev"
    "PkgConfig::PROMETHEUS prometheus-cpp-core    prometheus-cpp-dev"
    "GTest::gtest       gtest                     libgtest-dev"
    "GTest::gmock       gmock                     libgmock-dev"
    "crypt              -lcrypt                   libcrypt-dev"
    "dl                 -ldl                      -")  # - : nothing, or part of what g++ needs itself

# find_external(<item>) sets modules, flags and package to what the table has for the item.
function(find_external item)
    foreach(row IN LISTS external_items)
        string(REGEX REPLACE " +" ";" row "${row}")
        list(POP_FRONT row name linked package)
        if(name STREQUAL item)
            string(REGEX REPLACE "^-$" "" package "${package}")
            string(REGEX REPLACE "^-$" "" linked "${linked}")
            set(modules)
            set(flags)
            if(linked MATCHES "^-")
                set(flags ${linked})
            else()
                string(REPLACE "," ";" modules "${linked}")
            endif()
            return(PROPAGATE modules flags package)
        endif()
    endforeach()
    message(FATAL_ERROR "An installed library links ${item}: name its pkg-config module and its Debian package in "
                        "cmake/PathologyPkgConfig.cmake")
endfunction()

# write_pkg_config(<library>) writes pathology-<library>.pc. The headers of what is linked publicly are needed to compile, so
# they go into Requires; what is linked privately is needed to link a static library.
function(write_pkg_config library)
    get_target_property(items pathology_${library} INTERFACE_LINK_LIBRARIES)
    set(requires)
    set(requires_private)
    set(libs_private)
    set(cflags)
    set(packages)
    foreach(item IN LISTS items)
        if(item MATCHES "BUILD_INTERFACE:")  # its code is within the library, or it has none
            continue()
        endif()
        set(visibility requires)
        if(item MATCHES "^\\$<LINK_ONLY:(.*)>$")
            set(visibility requires_private)
            set(item ${CMAKE_MATCH_1})
        endif()
        if(item MATCHES "^pathology::(.*)$")
            list(APPEND ${visibility} "pathology-${CMAKE_MATCH_1} = ${PROJECT_VERSION}")
            continue()
        endif()
        find_external(${item})
        list(APPEND ${visibility} ${modules})
        list(APPEND libs_private ${flags})
        list(APPEND packages ${package})
        if(flags STREQUAL -pthread)
            list(APPEND cflags -pthread)
        elseif(item STREQUAL Boost::headers AND NOT Boost_INCLUDE_DIRS IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
            list(APPEND cflags "-I${Boost_INCLUDE_DIRS}")
        endif()
    endforeach()
    foreach(field requires requires_private)
        list(JOIN ${field} ", " ${field})
    endforeach()
    foreach(field libs_private cflags)
        list(JOIN ${field} " " ${field})
    endforeach()
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/pathology.pc.in pkgconfig/pathology-${library}.pc @ONLY)
    set(packages "${PATHOLOGY_DEVELOPMENT_PACKAGES};${packages}")
    list(REMOVE_DUPLICATES packages)
    list(REMOVE_ITEM packages "")
    set(PATHOLOGY_DEVELOPMENT_PACKAGES ${packages} PARENT_SCOPE)
endfunction()

# The files name the folders relative to themselves, so that an installed tree can be moved.
set(pkg_config_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(ABSOLUTE_PATH pkg_config_folder BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE here)
file(RELATIVE_PATH include_folder ${here} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(RELATIVE_PATH library_folder ${here} ${CMAKE_INSTALL_FULL_LIBDIR})
string(REGEX REPLACE "/$" "" library_folder "${library_folder}")

set(PATHOLOGY_DEVELOPMENT_PACKAGES)
foreach(target IN LISTS libraries)
    string(REGEX REPLACE "^pathology_" "" library ${target})
    write_pkg_config(${library})
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pkgconfig/pathology-${library}.pc DESTINATION ${pkg_config_folder})
endforeach()
