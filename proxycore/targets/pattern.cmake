# pathology::pattern: regular expressions of users.

pathology_library(pattern
    SOURCES src/pattern/pattern.cpp
    HEADERS include/pathology/proxycore/pattern/pattern.hpp
    PUBLIC  Boost::headers
    PRIVATE PkgConfig::PCRE2 pathology::protocol)
pathology_test(pattern_test SIZE unit LINK pathology::pattern SOURCES test/pattern/pattern_test.cpp)
