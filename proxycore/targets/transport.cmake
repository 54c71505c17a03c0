# pathology::transport: coroutine primitives, sockets, time limits, stopping.

pathology_library(transport PRECOMPILED asio
    SOURCES src/async/cancellation.cpp src/async/child.cpp src/async/finally.cpp src/async/mutex.cpp src/async/task.cpp
            src/async/task_group.cpp
            src/async/timeout.cpp src/async/timer_wheel.cpp src/async/turns.cpp src/async/waiter_list.cpp src/async/workers.cpp
            src/net/blocked_signals.cpp src/net/connect.cpp src/net/connect_to_any.cpp src/net/errc.cpp
            src/net/lingering_close.cpp src/net/memory_stream.cpp
            src/net/listener.cpp src/net/original_destination.cpp src/net/prefixed_stream.cpp src/net/resolve.cpp src/net/running_server.cpp
            src/net/server.cpp src/net/stream.cpp src/net/tcp_stream.cpp src/net/worker.cpp
    HEADERS include/pathology/proxycore/async/as_values.hpp include/pathology/proxycore/async/cancellation.hpp
            include/pathology/proxycore/async/completion.hpp include/pathology/proxycore/async/event.hpp
            include/pathology/proxycore/async/finally.hpp include/pathology/proxycore/async/mutex.hpp
            include/pathology/proxycore/async/outcome.hpp include/pathology/proxycore/async/race.hpp
            include/pathology/proxycore/async/run_on_loop.hpp include/pathology/proxycore/async/task.hpp
            include/pathology/proxycore/async/task_group.hpp
            include/pathology/proxycore/async/timeout.hpp include/pathology/proxycore/async/turns.hpp
            include/pathology/proxycore/async/waiter_list.hpp
            include/pathology/proxycore/async/workers.hpp
            include/pathology/proxycore/net/blocked_signals.hpp include/pathology/proxycore/net/connect.hpp
            include/pathology/proxycore/net/errc.hpp include/pathology/proxycore/net/failure.hpp
            include/pathology/proxycore/net/lingering_close.hpp
            include/pathology/proxycore/net/memory_stream.hpp include/pathology/proxycore/net/prefixed_stream.hpp
            include/pathology/proxycore/net/resolve.hpp include/pathology/proxycore/net/server.hpp include/pathology/proxycore/net/stream.hpp
    PUBLIC  pathology::protocol Boost::headers Threads::Threads)
pathology_test(transport_unit_test SIZE unit LINK pathology_test_streams pathology::transport INCLUDE src
    SOURCES test/async/completion_test.cpp test/async/event_test.cpp test/async/finally_test.cpp
            test/async/mutex_test.cpp test/async/race_test.cpp test/async/run_on_loop_test.cpp test/async/task_group_test.cpp
            test/async/task_test.cpp
            test/async/timeout_test.cpp test/async/timer_wheel_test.cpp
            test/net/errc_test.cpp test/net/memory_stream_test.cpp test/net/prefixed_stream_test.cpp)
pathology_test(transport_test SIZE component INCLUDE src LINK pathology_test_streams pathology::transport
    SOURCES test/net/connect_test.cpp test/net/server_faults_test.cpp test/net/server_listeners_test.cpp test/net/server_signals_test.cpp
            test/net/server_test.cpp test/net/tcp_stream_test.cpp)
pathology_benchmark(async_bench SOURCES bench/async_bench.cpp LINK pathology::transport)
