// Host and port: the one type for where to connect, where to listen, and who is connected.
//
// As text an IPv6 address always has brackets. A zone id (RFC 4007) stays with the address: "[fe80::1%eth0]:80".
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore {

/// A host and a port.
struct Endpoint {
    std::string host{};      ///< a name or an address, without brackets; empty = unknown, for a listener all interfaces
    std::uint16_t port = 0;  ///< 0 = unknown, for a listener a free one
    bool operator==(Endpoint const&) const = default;
};

/// `host:port`.
std::string to_string(Endpoint const& endpoint);

/// The same for a listener: `*:port` for all interfaces.
std::string listening_text(Endpoint const& endpoint);

/// The host, in brackets if it is an IPv6 address; one in brackets stays as it is.
std::string bracketed(std::string_view host);

/// A host whose port may have been left out.
struct HostPort {
    std::string host{};
    std::optional<std::uint16_t> port{};
    bool operator==(HostPort const&) const = default;

    Endpoint with_default(std::uint16_t default_port) const { return {host, port.value_or(default_port)}; }
};

enum class EndpointErrc : std::uint8_t {
    bad_host = 1,  ///< no host, bytes that no host has, or an IPv6 address without brackets
    bad_port,      ///< not a number within the range
};

/// Why a text is not a host and a port.
struct EndpointFailure : BasicFailure<EndpointErrc> {
    Span span{};  ///< the invalid bytes of the text
};

/// Parses `host` or `host:port`.
///
/// `min_port` is 1 for connecting, 0 for listening.
/// Errors: `expected a host, not "a b"`, `expected a port, a number from 1 to 65535`.
boost::system::result<HostPort, EndpointFailure> parse_host_port(std::string_view text, std::uint16_t min_port = 1);

/// Parses a port, decimal digits only. std::nullopt if it is out of range.
std::optional<std::uint16_t> parse_port(std::string_view text, std::uint16_t min_port = 0);

}  // namespace pathology::proxycore
