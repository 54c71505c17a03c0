# Functions for the kinds of targets of this project: library, program, test, benchmark, fuzzer.
# Sources are listed by hand where the function is called; paths are relative to the calling folder.

# Warnings and language level for our own code only; no user of an installed target inherits them.
add_library(pathology_build_options INTERFACE)
target_compile_features(pathology_build_options INTERFACE cxx_std_20)
target_compile_options(pathology_build_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wconversion
    -Wno-mismatched-new-delete  # g++ 12 at -O1 does not match the two functions of a coroutine frame's allocator
    -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds  # g++ 12: false positives in std::string
    # In a batch a name may be that of another source, and no type belongs to the main file.
    $<$<BOOL:${PATHOLOGY_UNITY}>:-Wno-shadow$<$<CXX_COMPILER_ID:GNU>:$<SEMICOLON>-Wno-subobject-linkage>>
    $<$<BOOL:${PATHOLOGY_WERROR}>:-Werror>)

# Tests are compiled without optimisation if the preset sets it: it does not change the code under test, and compiling the
# macros of GoogleTest takes a third less time.
set(PATHOLOGY_TEST_OPTIONS $<$<CONFIG:RelWithDebInfo>:-O0>)

# use_precompiled(<target> <kind>): the target reads the headers of cmake/precompiled/<kind>.hpp already compiled.
function(use_precompiled target kind)
    if(PATHOLOGY_PRECOMPILE_HEADERS)
        target_precompile_headers(${target} REUSE_FROM pathology_precompiled_${kind})
    endif()
endfunction()

# precompiled_kind(<variable> <library>…) sets the variable to the kind with the headers of the topmost of these libraries.
function(precompiled_kind variable)
    set(kind asio)
    if("${ARGN}" MATCHES "pathology::(proxycore|kit|testkit)|pathology_test_proxy|pathop_program")
        set(kind proxy)
    elseif("${ARGN}" MATCHES "pathology::(language|performer|pathod|pathoc)|(pathoc|pathod)_program|pathology_conformance")
        set(kind endpoint)
    endif()
    set(${variable} ${kind} PARENT_SCOPE)
endfunction()

# use_precompiled_in_program(<program> <library>…): as use_precompiled, with the kind of these libraries. What is precompiled
# for libraries is position independent code.
function(use_precompiled_in_program program)
    precompiled_kind(kind ${ARGN})
    target_compile_options(${program} PRIVATE -fPIC)
    use_precompiled(${program} ${kind})
endfunction()

# pathology_library(<name> [PRECOMPILED kind] [SOURCES …] [HEADERS include/…] [PUBLIC libs…] [PRIVATE libs…])
# makes the static library pathology_<name> with the alias and export name pathology::<name>. The kind of its precompiled
# headers is "standard" if none is named.
function(pathology_library name)
    cmake_parse_arguments(arg "" "PRECOMPILED" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
    if(NOT arg_PRECOMPILED)
        set(arg_PRECOMPILED standard)
    endif()
    set(target pathology_${name})
    add_library(${target} STATIC ${arg_SOURCES})
    add_library(pathology::${name} ALIAS ${target})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_include_directories(${target} PRIVATE src)
    if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -ffat-lto-objects)  # installed libraries must work with any linker
    endif()
    target_link_libraries(${target} PUBLIC ${arg_PUBLIC}
                                    PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:pathology_build_options>)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON
                                               VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
    use_precompiled(${target} ${arg_PRECOMPILED})
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${PATHOLOGY_UNITY} UNITY_BUILD_BATCH_SIZE 16)
    set_property(GLOBAL APPEND PROPERTY PATHOLOGY_LIBRARIES ${target})
endfunction()

# pathology_program(<name> SOURCES program/… LINK … [INCLUDE folders]) makes the program <name> of program/main.cpp and the
# object library <name>_program of the other sources, in bin/ of the build tree. Tests link the object library.
function(pathology_program name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;INCLUDE" ${ARGN})
    add_library(${name}_program OBJECT ${arg_SOURCES})
    target_include_directories(${name}_program PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${arg_INCLUDE})
    target_link_libraries(${name}_program PUBLIC ${arg_LINK} PRIVATE pathology_build_options)
    set_target_properties(${name}_program PROPERTIES POSITION_INDEPENDENT_CODE ON)  # as the precompiled headers are
    precompiled_kind(kind ${arg_LINK})
    use_precompiled(${name}_program ${kind})
    add_executable(${name} program/main.cpp)
    if(PATHOLOGY_MIMALLOC)
        target_link_libraries(${name} PRIVATE mimalloc)  # the first library, so that its malloc() is found before that of libc
    endif()
    target_link_libraries(${name} PRIVATE ${name}_program pathology_build_options)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
    if(NOT PROJECT_IS_TOP_LEVEL AND NOT PATHOLOGY_INSTALL)  # a project that has our sources builds what it links
        set_target_properties(${name} ${name}_program PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
    set_property(GLOBAL APPEND PROPERTY PATHOLOGY_PROGRAMS ${name})
endfunction()

# pathology_test(<name> SIZE unit|component|integration SOURCES … LINK … [DEFINE …] [INCLUDE folders] [TIMEOUT seconds]
#                [WHOLE])
# makes a GoogleTest program; ctest sees each of its tests, labelled with the size. INCLUDE names folders beside test/: src,
# for tests of private headers. WHOLE makes the program one test of ctest, for tables of hundreds of
# rows, where starting a process for each costs more than the rows. Its rows are selected by --gtest_filter.
function(pathology_test name)
    if(NOT PATHOLOGY_BUILD_TESTS)
        return()
    endif()
    cmake_parse_arguments(arg "WHOLE" "SIZE;TIMEOUT" "SOURCES;LINK;DEFINE;INCLUDE" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE test ${arg_INCLUDE})
    target_compile_definitions(${name} PRIVATE ${arg_DEFINE})
    target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gmock_main pathology_build_options)
    target_compile_options(${name} PRIVATE ${PATHOLOGY_TEST_OPTIONS})
    precompiled_kind(kind ${arg_LINK})
    use_precompiled(${name} test_${kind})
    if(arg_WHOLE)
        add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
        set_tests_properties(${name} PROPERTIES LABELS ${arg_SIZE} TIMEOUT ${arg_TIMEOUT})
        return()
    endif()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 TEST_PREFIX ${name}.
                         PROPERTIES LABELS ${arg_SIZE} TIMEOUT ${arg_TIMEOUT})
endfunction()

# pathology_test_library(<name> SOURCES … LINK … [INCLUDE folders]) makes a static library that several tests share.
function(pathology_test_library name)
    if(NOT PATHOLOGY_BUILD_TESTS)
        return()
    endif()
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;INCLUDE" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC test PRIVATE ${arg_INCLUDE})
    target_link_libraries(${name} PUBLIC ${arg_LINK} GTest::gmock PRIVATE pathology_build_options)
    target_compile_options(${name} PRIVATE ${PATHOLOGY_TEST_OPTIONS})
    precompiled_kind(kind ${arg_LINK})
    use_precompiled(${name} test_${kind})
endfunction()

# pathology_benchmark(<name> SOURCES … LINK … [INCLUDE folders]) makes a Google Benchmark program, in bench/ of the build tree.
function(pathology_benchmark name)
    if(NOT PATHOLOGY_BUILD_BENCHMARKS)
        return()
    endif()
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;INCLUDE" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${arg_INCLUDE})
    target_link_libraries(${name} PRIVATE ${arg_LINK} benchmark::benchmark_main pathology_build_options)
    use_precompiled_in_program(${name} ${arg_LINK})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endfunction()

# Builds all fuzzers.
if(PATHOLOGY_BUILD_FUZZERS)
    add_custom_target(fuzzers)
endif()

# pathology_fuzzer(<name> [WIDE] SOURCES … LINK … [INCLUDE folders] [SEEDS folder] [DICTIONARY file]) makes a libFuzzer
# program, in fuzz/ of the build tree, and a run of it as a test labelled "fuzz", of PATHOLOGY_FUZZ_RUNS inputs or
# PATHOLOGY_FUZZ_SECONDS, whichever ends first. The corpus is stored next to the program. WIDE: inputs reach so much code that
# the entropic weighting (-entropic) would take longer than the inputs themselves.
function(pathology_fuzzer name)
    set_property(GLOBAL APPEND PROPERTY PATHOLOGY_FUZZERS ${name})
    if(NOT PATHOLOGY_BUILD_FUZZERS)
        return()
    endif()
    cmake_parse_arguments(arg "WIDE" "SEEDS;DICTIONARY" "SOURCES;LINK;INCLUDE" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${arg_INCLUDE})
    add_dependencies(fuzzers ${name})
    target_link_libraries(${name} PRIVATE ${arg_LINK} pathology_build_options)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    use_precompiled_in_program(${name} ${arg_LINK})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    set(corpus ${PROJECT_BINARY_DIR}/fuzz/${name}.corpus)
    file(MAKE_DIRECTORY ${corpus})
    set(flags -seed=${PATHOLOGY_FUZZ_SEED} -max_total_time=${PATHOLOGY_FUZZ_SECONDS} -runs=${PATHOLOGY_FUZZ_RUNS}
              -max_len=512 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1
              -artifact_prefix=${PROJECT_BINARY_DIR}/fuzz/${name}.)
    if(arg_WIDE)
        list(APPEND flags -entropic=0)
    endif()
    if(arg_DICTIONARY)
        list(APPEND flags -dict=${CMAKE_CURRENT_SOURCE_DIR}/${arg_DICTIONARY})
    endif()
    set(folders ${corpus})
    if(arg_SEEDS)
        list(APPEND folders ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SEEDS})
    endif()
    math(EXPR limit "${PATHOLOGY_FUZZ_SECONDS} + 120")
    add_test(NAME fuzz.${name} COMMAND ${name} ${flags} ${folders})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${limit})
endfunction()
