# pathop: the proxy as a program.

add_library(pathop_program STATIC pathop/flags.cpp pathop/options.cpp pathop/output.cpp pathop/run.cpp)
target_include_directories(pathop_program PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(pathop_program PUBLIC pathology::proxycore pathology::console PRIVATE pathology_build_options)

pathology_program(pathop SOURCES pathop/main.cpp LINK pathop_program)
set_target_properties(pathop PROPERTIES ENABLE_EXPORTS ON)  # an addon of a shared object uses its Asio, not a second one

pathology_test(pathop_unit_test SIZE unit LINK pathop_program SOURCES test/pathop/options_test.cpp)
pathology_test(pathop_program_test SIZE integration LINK pathology_test_support
    SOURCES test/pathop/program_test.cpp
    DEFINE PATHOP_PROGRAM="$<TARGET_FILE:pathop>" GREETER_ADDON="$<TARGET_FILE:pathology_greeter_addon>")
if(TARGET pathop_program_test)
    add_dependencies(pathop_program_test pathop pathology_greeter_addon)
endif()
