// User and password for a proxy.
#pragma once

#include <string>

namespace pathology::proxycore::tunnel {

struct Credentials {
    std::string user, password;
    bool operator==(Credentials const&) const = default;
};

/// The value of an Authorization or Proxy-Authorization field: `Basic …` (RFC 7617 §2).
std::string to_basic(Credentials const& credentials);

}  // namespace pathology::proxycore::tunnel
