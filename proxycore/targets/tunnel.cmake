# pathology::tunnel: ways through other people's proxies: CONNECT, SOCKS5.

pathology_library(tunnel PRECOMPILED asio
    SOURCES src/tunnel/credentials.cpp src/tunnel/hop.cpp src/tunnel/http_connect.cpp
            src/tunnel/socks5_accept.cpp src/tunnel/socks5_connect.cpp src/tunnel/socks5_messages.cpp
    HEADERS include/pathology/proxycore/tunnel/connector.hpp include/pathology/proxycore/tunnel/credentials.hpp
            include/pathology/proxycore/tunnel/failure.hpp include/pathology/proxycore/tunnel/hop.hpp
            include/pathology/proxycore/tunnel/http_connect.hpp include/pathology/proxycore/tunnel/socks5.hpp
    PUBLIC pathology::protocol pathology::transport)
pathology_test(tunnel_test SIZE unit LINK pathology_test_streams pathology::tunnel
    SOURCES test/tunnel/connector_test.cpp test/tunnel/hop_test.cpp test/tunnel/http_connect_test.cpp
            test/tunnel/socks5_test.cpp)
pathology_fuzzer(tunnel_fuzz SOURCES fuzz/tunnel_fuzz.cpp LINK pathology::tunnel SEEDS fuzz/tunnel_seeds)
