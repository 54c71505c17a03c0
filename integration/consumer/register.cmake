# Builds and runs the consumer twice: against an installed tree, and with our sources inside its own build.
string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
string(REPLACE ";" "\\;" launcher "${CMAKE_CXX_COMPILER_LAUNCHER}")  # one argument, though a list
set(tree ${PROJECT_BINARY_DIR}.consumer)  # beside our own tree: as deep, so that ccache serves both
set(as_we_are_built
    "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${launcher}"
    "-DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}" "-DCMAKE_CXX_FLAGS_${config}=${CMAKE_CXX_FLAGS_${config}}")

# consumer_way(<name> <option>…) configures, builds and runs the consumer in a tree of its own.
function(consumer_way name)
    add_test(NAME consumer.${name}
             COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${PROJECT_SOURCE_DIR}/integration/consumer ${tree}_${name}
                     --build-generator ${CMAKE_GENERATOR} --build-target my_tests
                     --build-options ${as_we_are_built} ${ARGN} --test-command my_tests)
    set_tests_properties(consumer.${name} PROPERTIES LABELS integration TIMEOUT 2700)  # all is built anew where nothing is cached
endfunction()

# Our sources are compiled in batches there, of which ccache has none from our own tree. So they are not optimised, as in most
# builds of tests.
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    set(cheaper -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O0)
endif()
consumer_way(by_sources ${cheaper} -DPATHOLOGY_SOURCES=${PROJECT_SOURCE_DIR} -DPATHOLOGY_WERROR=${PATHOLOGY_WERROR})
if(PATHOLOGY_INSTALL)
    add_test(NAME consumer.install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${tree}_prefix)
    set_tests_properties(consumer.install PROPERTIES LABELS integration TIMEOUT 60 FIXTURES_SETUP installed_tree)
    consumer_way(by_package -DCMAKE_PREFIX_PATH=${tree}_prefix)
    set_tests_properties(consumer.by_package PROPERTIES FIXTURES_REQUIRED installed_tree)
endif()
