# Everything Pathology links. The installed package config repeats what its users need (pathologyConfig.cmake.in).
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)          # Asio, Beast's parser, Spirit X3, System: all headers
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)         # TLS, certificates
find_package(ZLIB REQUIRED)                # permessage-deflate, gzip and deflate content
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)   # HTTP/2: reading header blocks, sessions
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlidec libbrotlienc)   # br content
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)         # zstd content
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-cpp)        # files of multi-upstream mode
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)      # the shared state of multi-upstream mode
# Its flags are -I of a folder that no include needs and -D_FILE_OFFSET_BITS=64, with which precompiled headers would differ.
set_target_properties(PkgConfig::HIREDIS PROPERTIES INTERFACE_COMPILE_OPTIONS "" INTERFACE_INCLUDE_DIRECTORIES "")
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)   # the text format of metrics
if(PATHOLOGY_MIMALLOC)
    find_package(mimalloc 2.0 REQUIRED)    # the allocator of the programs, not of the libraries
endif()

# The test kit is part of the product and uses GoogleTest, so GoogleTest is not a test-only dependency. GLOBAL: a project
# that has our sources as a subdirectory links GTest::gmock_main itself.
find_package(GTest 1.12 REQUIRED GLOBAL)
if(PATHOLOGY_BUILD_TESTS OR PATHOLOGY_BUILD_FUZZERS)
    enable_testing()
endif()
if(PATHOLOGY_BUILD_TESTS)
    include(GoogleTest)
    find_package(CURL REQUIRED)            # the client under test in the test kit's examples
endif()
if(PATHOLOGY_BUILD_BENCHMARKS)
    find_package(benchmark REQUIRED)
endif()
