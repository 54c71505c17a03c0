# pathology::filter: filter expressions over exchanges and connections.

pathology_library(filter
    SOURCES src/filter/argument.cpp src/filter/checks.cpp src/filter/compile.cpp src/filter/failure.cpp
            src/filter/filter.cpp src/filter/operators.cpp src/filter/parser.cpp src/filter/print.cpp
            src/filter/texts.cpp
    HEADERS include/pathology/proxycore/filter/expression.hpp include/pathology/proxycore/filter/failure.hpp
            include/pathology/proxycore/filter/filter.hpp include/pathology/proxycore/filter/subject.hpp
    PUBLIC  Boost::headers pathology::pattern pathology::protocol)
pathology_test(filter_test SIZE unit INCLUDE src LINK pathology::filter
    SOURCES test/filter/error_test.cpp test/filter/page_test.cpp test/filter/parse_test.cpp test/filter/print_test.cpp
            test/filter/subject_test.cpp test/filter/tree_text.cpp
    DEFINE  FILTERS_PAGE="${PROJECT_SOURCE_DIR}/doc/filters.md")
