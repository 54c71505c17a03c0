// An end of a connection, in the words of the log.
#pragma once
#include <cstdint>
#include <string>

namespace pathology::proxycore::record {

/// An address and a port as text and number: `127.0.0.1`, 8080.
struct Endpoint {
    std::string address{};
    std::uint16_t port = 0;
    bool operator==(Endpoint const&) const = default;
};

}  // namespace pathology::proxycore::record
