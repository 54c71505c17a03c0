# pathology::transport: sockets, time limits, stopping.

pathology_library(transport ASIO
    SOURCES src/net/cancelled.cpp src/net/connect.cpp src/net/errc.cpp src/net/held_signals.cpp src/net/memory_stream.cpp src/net/original_destination.cpp src/net/pause.cpp src/net/put_back.cpp
            src/net/resolve.cpp
            src/net/running_server.cpp src/net/server.cpp src/net/stream.cpp src/net/tcp_stream.cpp
            src/net/watchdog.cpp src/net/within.cpp src/net/worker.cpp
    HEADERS include/pathology/proxycore/net/connect.hpp include/pathology/proxycore/net/errc.hpp
            include/pathology/proxycore/net/failure.hpp include/pathology/proxycore/net/held_signals.hpp include/pathology/proxycore/net/memory_stream.hpp
            include/pathology/proxycore/net/pause.hpp include/pathology/proxycore/net/put_back.hpp
            include/pathology/proxycore/net/server.hpp
            include/pathology/proxycore/net/stream.hpp include/pathology/proxycore/net/token.hpp
            include/pathology/proxycore/net/within.hpp
    PUBLIC  Boost::headers Threads::Threads)
pathology_test(transport_unit_test SIZE unit LINK pathology::transport
    SOURCES test/net/errc_test.cpp test/net/memory_stream_test.cpp test/net/pause_test.cpp test/net/put_back_test.cpp
            test/support/streams.cpp)
pathology_test(transport_test SIZE component LINK pathology::transport
    SOURCES test/net/connect_test.cpp test/net/server_listeners_test.cpp test/net/server_signals_test.cpp
            test/net/server_test.cpp test/net/tcp_stream_test.cpp test/support/streams.cpp)
