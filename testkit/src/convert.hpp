// From what daemons and proxies record to the values that tests look at.
#pragma once

#include <pathology/testkit/flow.hpp>
#include <pathology/testkit/message.hpp>
#include <vector>

namespace pathology::testkit {

/// Whether an entry of the log is a request that was answered.
bool is_request(proxycore::record::Exchange const& entry);

/// The request of an entry for which is_request() holds.
Request to_request(proxycore::record::Exchange entry);

/// The requests among the entries, in their order.
std::vector<Request> to_requests(std::vector<proxycore::record::Exchange> entries);

/// The WebSocket frames received among the entries, in their order.
std::vector<Frame> to_frames(std::vector<proxycore::record::Exchange> entries);

Flow to_flow(proxycore::record::Exchange exchange);

}  // namespace pathology::testkit
