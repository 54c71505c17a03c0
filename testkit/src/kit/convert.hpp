// Converts records of daemons and proxies to the values of the test kit.
#pragma once

#include <chrono>
#include <cstddef>
#include <pathology/kit/flow.hpp>
#include <pathology/kit/message.hpp>
#include <pathology/pathod/request_function.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::kit {

/// Returns true if an entry of the log is a request with a response.
bool is_request(proxycore::record::Exchange const& entry);

/// The request of an entry. Precondition: is_request().
Request to_request(proxycore::record::Exchange entry);

/// A request whose response is being chosen: its method, target, path, headers, body and connection.
Request to_request(pathod::IncomingRequest const& incoming);

/// The requests among the entries, in their order.
std::vector<Request> to_requests(std::vector<proxycore::record::Exchange> entries);

/// The WebSocket frames received among the entries, in their order.
std::vector<Frame> to_frames(std::vector<proxycore::record::Exchange> entries);

Flow to_flow(proxycore::record::Exchange exchange);

/// `no flow came within 2 s; 1 was recorded, and taken`.
std::string why_nothing(std::string_view what, std::chrono::nanoseconds limit, std::size_t recorded);

}  // namespace pathology::kit
