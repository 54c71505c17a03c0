// Converts flows to records of the log.
#pragma once

#include <cstddef>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <pathology/proxycore/record/exchange.hpp>

namespace pathology::proxycore::flow {

/// The limit for each body, and for all messages together.
inline constexpr std::size_t max_recorded_bytes = 64 * 1024;
/// Messages may be empty, so their number is limited, too.
inline constexpr std::size_t max_recorded_messages = 4096;

/// For a flow that is over. The caller sets the numbers: `id`, `connection`, `index`.
///
/// Type: error if it has an error and no response, else relayed.
record::Exchange recorded(HttpFlow const& flow);
record::Exchange recorded(TcpFlow const& flow);

}  // namespace pathology::proxycore::flow
