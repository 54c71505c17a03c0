// A flow in the words of the log.
#pragma once

#include <cstddef>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <pathology/proxycore/record/exchange.hpp>

namespace pathology::proxycore::flow {

/// Of each body, and of all messages together.
inline constexpr std::size_t bytes_recorded = 64 * 1024;

/// A flow that is over. Its numbers (`id`, `connection`, `index`) are left to the caller.
///
/// Type: error for one that has an error and no response, else relayed.
record::Exchange recorded(HttpFlow const& flow);
record::Exchange recorded(TcpFlow const& flow);

}  // namespace pathology::proxycore::flow
