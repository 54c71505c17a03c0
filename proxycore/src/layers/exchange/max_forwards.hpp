// Max-Forwards of OPTIONS and TRACE (RFC 9110 §7.6.2).
#pragma once

#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>

namespace pathology::proxycore::layers {

/// Counts Max-Forwards of the request down. If it is 0, the request must not be forwarded: returns the response of its
/// final recipient. A value that is no number, and the field in other methods, have no effect.
std::optional<flow::Response> count_forward(flow::Request& request);

}  // namespace pathology::proxycore::layers
