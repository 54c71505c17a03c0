# pathology::console: what the command-line programs share: output, options, units.

pathology_library(console PRECOMPILED asio
    SOURCES src/console/command_line.cpp src/console/completion.cpp src/console/console.cpp src/console/dump.cpp
            src/console/help_text.cpp src/console/manual_page.cpp src/console/output.cpp
            src/console/program.cpp src/console/timestamp.cpp src/console/units.cpp src/console/version.cpp
    HEADERS include/pathology/proxycore/console/argument.hpp include/pathology/proxycore/console/command_line.hpp
            include/pathology/proxycore/console/console.hpp include/pathology/proxycore/console/dump.hpp
            include/pathology/proxycore/console/exit_code.hpp include/pathology/proxycore/console/program.hpp
            include/pathology/proxycore/console/timestamp.hpp include/pathology/proxycore/console/units.hpp
            include/pathology/proxycore/console/version.hpp
    PUBLIC  Boost::headers
    PRIVATE pathology::protocol $<BUILD_INTERFACE:CLI11::CLI11>)
set_source_files_properties(src/console/version.cpp PROPERTIES
    COMPILE_DEFINITIONS PATHOLOGY_VERSION="${PROJECT_VERSION}")
pathology_test(console_test SIZE unit LINK pathology_test_support pathology::console
    SOURCES test/console/command_line_test.cpp test/console/console_test.cpp test/console/dump_test.cpp
            test/console/generate_test.cpp
            test/console/program_test.cpp test/console/timestamp_test.cpp test/console/units_test.cpp)
