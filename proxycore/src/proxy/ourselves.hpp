// Finds out whether an address is a listener of the proxy itself. A connection to it would be a loop.
#pragma once

#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <vector>

namespace pathology::proxycore::proxy {

/// Names other than `localhost` are not resolved. The caller calls again with the resolved address.
bool is_ourselves(std::vector<Listener> const& listeners, Endpoint const& address);

}  // namespace pathology::proxycore::proxy
