# pathology::http2_driver: moves the bytes of an HTTP/2 session over a stream.

pathology_library(http2_driver PRECOMPILED asio
    SOURCES src/http2/driver.cpp
    HEADERS include/pathology/proxycore/http2/driver.hpp
    PUBLIC  pathology::protocol pathology::transport)
pathology_test(http2_driver_test SIZE unit LINK pathology_test_codecs pathology::http2_driver
    SOURCES test/http2/driver_test.cpp)
