// Converts records of daemons and proxies to the values of the test kit.
#pragma once

#include <pathology/testkit/flow.hpp>
#include <pathology/testkit/message.hpp>
#include <vector>

namespace pathology::testkit {

/// Returns true if an entry of the log is a request with a response.
bool is_request(proxycore::record::Exchange const& entry);

/// The request of an entry. Precondition: is_request().
Request to_request(proxycore::record::Exchange entry);

/// The requests among the entries, in their order.
std::vector<Request> to_requests(std::vector<proxycore::record::Exchange> entries);

/// The WebSocket frames received among the entries, in their order.
std::vector<Frame> to_frames(std::vector<proxycore::record::Exchange> entries);

Flow to_flow(proxycore::record::Exchange exchange);

}  // namespace pathology::testkit
