// Where a tunnel leads to, and who asks for it.
#pragma once

#include <cstdint>
#include <string>

namespace pathology::proxycore::tunnel {

/// The end of the tunnel; the proxy resolves the name.
struct Destination {
    std::string host;  ///< a name or an address, without the brackets of an IPv6 address
    std::uint16_t port = 0;
    bool operator==(Destination const&) const = default;
};

/// `host:port`, with brackets around an IPv6 address.
std::string to_string(Destination const& destination);

struct Credentials {
    std::string user, password;
    bool operator==(Credentials const&) const = default;
};

/// As a field of HTTP has them: `Basic …` (RFC 7617 §2).
std::string to_basic(Credentials const& credentials);

}  // namespace pathology::proxycore::tunnel
