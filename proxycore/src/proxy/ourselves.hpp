// Whether an address is one of those the proxy itself listens on.
#pragma once

#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <vector>

namespace pathology::proxycore::proxy {

/// Names but `localhost` are not looked up: what they lead to is asked again once it is known.
bool is_ourselves(std::vector<Listener> const& listeners, Endpoint const& address);

}  // namespace pathology::proxycore::proxy
