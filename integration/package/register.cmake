# Looks at the installed tree as its users do: documents, manual pages, completions, pkg-config, the Debian package.
if(PATHOLOGY_INSTALL)
    find_package(Python3 COMPONENTS Interpreter REQUIRED)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
    separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}}")
    add_test(NAME package.installed
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/installed_test.py ${PROJECT_BINARY_DIR}.consumer_prefix
                     ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER} ${flags})
    set_tests_properties(package.installed PROPERTIES LABELS integration TIMEOUT 900 FIXTURES_REQUIRED installed_tree)
endif()
