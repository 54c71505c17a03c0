// The endpoints of streams as addresses of records.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/address.hpp>
#include <string_view>

#include "port.hpp"

namespace pathology::proxycore::layers {

/// "127.0.0.1:80", "[::1]:80"; nothing for a stream that has none of the kind.
inline std::optional<flow::Address> address_of(std::string_view endpoint) {
    auto const colon = endpoint.rfind(':');
    if (colon == endpoint.npos) return std::nullopt;
    auto const port = parse_port(endpoint.substr(colon + 1));
    if (!port) return std::nullopt;
    auto host = endpoint.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    return flow::Address{std::string(host), *port};
}

}  // namespace pathology::proxycore::layers
