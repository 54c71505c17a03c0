// Two streams joined in memory: a connection without a socket.
#pragma once

#include <cstddef>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {

/// The properties of a pair of streams in memory.
struct MemoryPipeOptions {
    std::size_t capacity = 65536;         ///< bytes that a side buffers until the other one reads them; at least 1
    std::size_t max_per_read = 65536;     ///< limit of one read in bytes; at least 1
    Endpoint near_endpoint{"memory", 1};  ///< local_endpoint() of `near`
    Endpoint far_endpoint{"memory", 2};   ///< local_endpoint() of `far`
};

/// The two ends. Bytes written to one are read from the other.
struct MemoryPipe {
    std::unique_ptr<Stream> near, far;
};

/// Returns two joined streams. Both belong to the thread of `executor`. They have every property of Stream: end,
/// half-close, reset, time limits, cancellation and back-pressure.
MemoryPipe make_memory_pipe(asio::any_io_executor executor, MemoryPipeOptions options = {});

}  // namespace pathology::proxycore::net
