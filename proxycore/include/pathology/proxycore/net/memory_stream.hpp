// Two streams joined in memory: conversations without a socket, for tests and for layers that speak inside others.
#pragma once

#include <cstddef>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {

/// How a pair of streams in memory behaves.
struct MemoryPipeOptions {
    std::size_t capacity = 65536;        ///< bytes one side may send ahead of the other's reading; at least 1
    std::size_t most_per_read = 65536;   ///< bytes one read gives at most; 1 feeds a reader byte by byte; at least 1
    Endpoint near_endpoint{"memory", 1};  ///< local_endpoint() of `near`
    Endpoint far_endpoint{"memory", 2};   ///< local_endpoint() of `far`
};

/// The two ends. What is written to one is read from the other.
struct MemoryPipe {
    std::unique_ptr<Stream> near, far;
};

/// Makes two joined streams on one executor; both ends belong to its thread, in one coroutine or in several.
/// They keep every promise of Stream: end, half-close, reset, time limits, cancellation, back-pressure.
MemoryPipe make_memory_pipe(asio::any_io_executor executor, MemoryPipeOptions options = {});

}  // namespace pathology::proxycore::net
