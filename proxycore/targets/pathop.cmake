# pathop: the proxy as a program.

pathology_program(pathop INCLUDE src LINK pathology::proxycore pathology::console
    SOURCES program/explain_route.cpp program/flags.cpp program/options.cpp program/output.cpp program/run.cpp)

pathology_loads_addons(pathop)

pathology_test(pathop_unit_test SIZE unit LINK pathop_program SOURCES test/program/options_test.cpp)
pathology_test(pathop_program_test SIZE integration LINK pathology_test_support nlohmann_json::nlohmann_json
    SOURCES test/program/multiupstream_program_test.cpp test/program/program_test.cpp
    DEFINE PATHOP_PROGRAM="$<TARGET_FILE:pathop>" GREETER_ADDON="$<TARGET_FILE:pathology_greeter_addon>")
if(TARGET pathop_program_test)
    add_dependencies(pathop_program_test pathop pathology_greeter_addon)
endif()
