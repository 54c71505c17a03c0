# A bounded fuzz run as part of the suite. libFuzzer comes with clang, so the fuzzers get a build tree of their own,
# made by the first of these tests. `ctest -LE fuzz` excludes them. The suite runs the same number of the same inputs each time
# and on any machine, so a failure is caused by the change; `./dev fuzz` uses other inputs each time.
get_property(fuzzers GLOBAL PROPERTY PATHOLOGY_FUZZERS)
find_program(PATHOLOGY_CLANGXX clang++)
mark_as_advanced(PATHOLOGY_CLANGXX)
if(NOT fuzzers OR NOT PATHOLOGY_CLANGXX)
    message(STATUS "No fuzz run in the suite: it needs fuzzers and clang++ (fuzzers: '${fuzzers}', clang++: ${PATHOLOGY_CLANGXX})")
    return()
endif()

set(tree ${PROJECT_BINARY_DIR}/fuzzers)
add_test(NAME fuzzers.configure COMMAND ${CMAKE_COMMAND} --preset fuzz -B ${tree}
                 -D PATHOLOGY_FUZZ_SEED=1 -D PATHOLOGY_FUZZ_RUNS=5000 -D PATHOLOGY_FUZZ_SECONDS=60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME fuzzers.build COMMAND ${CMAKE_COMMAND} --build ${tree} --target fuzzers)
add_test(NAME fuzzers.run COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${tree} -L fuzz --output-on-failure --no-tests=error)
set_tests_properties(fuzzers.configure PROPERTIES FIXTURES_SETUP fuzz_tree)
set_tests_properties(fuzzers.build PROPERTIES FIXTURES_REQUIRED fuzz_tree FIXTURES_SETUP fuzz_programs)
set_tests_properties(fuzzers.run PROPERTIES FIXTURES_REQUIRED fuzz_programs)
set_tests_properties(fuzzers.configure fuzzers.build fuzzers.run PROPERTIES LABELS fuzz TIMEOUT 2700)
